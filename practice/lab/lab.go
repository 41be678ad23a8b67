// Package lab is tasks that a program grades, on real components or on a model
// that is checked against theory: each attempt has a seed of its own, so that
// answers cannot be handed on. A lab runs in a child process with bounds of
// time, memory and output (runner.go); what it knows it gets with its seed and
// the answer. Attempts are kept by practice; charts are drawn by the edges.
package lab

import (
	"context"
	"encoding/json"
	"io"
)

// Lab is one task.
type Lab struct {
	ID      string // L01
	Version int    // grows when tasks or grades of old seeds change
	Title   string
	Summary string // one sentence
	Topic   string
	Minutes int // that it takes a member
	Procs   int // processors that a run needs; 0: one

	// Prepare makes what the member of an attempt is given.
	Prepare func(ctx context.Context, seed uint64) (*Task, error)
	// Grade looks at an answer to the task of the seed. An answer that cannot be
	// read or does something forbidden is a Report too, which says so; an error is
	// a fault of the lab.
	Grade func(ctx context.Context, seed uint64, a Answer) (*Report, error)
	// Serve is what a process does that the lab itself starts (helper.go). What it
	// writes to out the lab reads. Nil: it starts none.
	Serve func(ctx context.Context, args json.RawMessage, out io.Writer) error
}

// Task is what a member reads and fills in.
type Task struct {
	Text   string  `json:"text"` // Markdown
	Fields []Field `json:"fields"`
	Charts []Chart `json:"charts,omitempty"`
	Tables []Table `json:"tables,omitempty"`
}

// FieldKind says how a field is filled in.
type FieldKind string

// The kinds of fields.
const (
	Line   FieldKind = "line"   // one line of text
	Text   FieldKind = "text"   // several lines
	SQL    FieldKind = "sql"    // statements
	Number FieldKind = "number" // decimal
	Choice FieldKind = "choice" // one of Options
	Steps  FieldKind = "steps"  // some of Options' values in an order, one a line
)

// Field is one input of an answer.
type Field struct {
	Name    string    `json:"name"`
	Label   string    `json:"label"`
	Help    string    `json:"help,omitempty"`
	Kind    FieldKind `json:"kind"`
	Options []Option  `json:"options,omitempty"`
	Value   string    `json:"value,omitempty"` // what stands in it at first
	Max     int       `json:"max"`             // bytes
}

// Option is one value of a field.
type Option struct {
	Value string `json:"value"`
	Label string `json:"label"`
}

// Answer is what was filled in, by the fields' names.
type Answer map[string]string

// Report is how an answer did.
type Report struct {
	Passed bool    `json:"passed"`
	Void   bool    `json:"void,omitempty"` // nothing was run to its end: another answer may follow
	Parts  []Part  `json:"parts"`
	Charts []Chart `json:"charts,omitempty"`
	Tables []Table `json:"tables,omitempty"`
	Log    string  `json:"log,omitempty"` // what happened, line by line
}

// Part is one thing that was looked at.
type Part struct {
	Name   string `json:"name"`
	Points int    `json:"points"`
	Max    int    `json:"max"`
	Text   string `json:"text"` // why so many
}

// Points returns what an answer got and what it could have got.
func (r *Report) Points() (points, most int) {
	for _, p := range r.Parts {
		points, most = points+p.Points, most+p.Max
	}
	return points, most
}

// ChartKind says how a chart is drawn.
type ChartKind string

// The kinds of charts.
const (
	Lines     ChartKind = "lines"     // a line for each series
	Bars      ChartKind = "bars"      // a bar for each point of one series, named by Labels
	Histogram ChartKind = "histogram" // filled steps for each series
	Flame     ChartKind = "flame"     // Frames, each on the one that called it; no axes, no series
)

// Chart is figures to be drawn.
type Chart struct {
	Kind   ChartKind `json:"kind"`
	Title  string    `json:"title"`
	X      string    `json:"x"` // what is along it, with its unit
	Y      string    `json:"y"`
	LogX   bool      `json:"log_x,omitempty"`
	LogY   bool      `json:"log_y,omitempty"`
	Labels []string  `json:"labels,omitempty"` // of bars
	Series []Series  `json:"series"`
	Limit  float64   `json:"limit,omitempty"`  // a line across at this height: what must be reached; 0: none
	Frames []Frame   `json:"frames,omitempty"` // of a flame graph, who calls before who is called
}

// Frame is a function in a flame graph, as it was called from those below it.
type Frame struct {
	Name  string     `json:"name"`
	Depth int        `json:"depth"` // 0: called by none
	From  float64    `json:"from"`  // where it begins, of a width of 1
	Share float64    `json:"share"` // its width
	Group FrameGroup `json:"group"`
}

// FrameGroup says whose a function is; groups are told apart by colour.
type FrameGroup string

// The groups of functions.
const (
	OwnFrame     FrameGroup = "own"     // the program's
	LibraryFrame FrameGroup = "library" // the standard library's
	RuntimeFrame FrameGroup = "runtime" // the language's
)

// Series is one line, or the bars.
type Series struct {
	Name   string       `json:"name"`
	Points [][2]float64 `json:"points"` // x and y, x growing
}

// Table is figures to be read.
type Table struct {
	Title string     `json:"title"`
	Head  []string   `json:"head"`
	Rows  [][]string `json:"rows"`
}

// All returns the labs by id.
func All() []Lab {
	return []Lab{
		slowQuery(),
		loadBalancing(), // L02
		capacityPlan(),  // L03
		failedRelease(), // L04
		brokenQueue(),
		caching(), // L06
		highCPU(), // L07
	}
}

// Find returns the lab with an id.
func Find(id string) (Lab, bool) {
	for _, l := range All() {
		if l.ID == id {
			return l, true
		}
	}
	return Lab{}, false
}
