package web

import (
	"strings"

	"github.com/guildhall/guildhall/practice/lab"
)

// The drawing of a flame graph, in its own units.
const (
	flameWidth = 360.0
	flameRow   = 18.0 // height of a box, with the gap to the next
	flameInset = 3.0  // from a box's edge to its text
	flameSpoke = 6    // functions that are named to who hears the graph
)

// flame is a flame graph of a lab as it is drawn, all in the drawing's units.
type flame struct {
	Title, Label, View string
	Boxes              []flameBox
	Table              lab.Table
}

type flameBox struct{ Class, Title, X, Y, Width, Height, TextX, TextY, Name string }

// flameOf draws a flame graph, the outermost functions at the bottom.
func flameOf(c lab.Chart) flame {
	deepest := 0
	for _, f := range c.Frames {
		deepest = max(deepest, f.Depth)
	}
	height := flameRow * float64(deepest+1)
	g := flame{Title: c.Title, View: "0 0 360 " + coordinate(height), Table: lab.Table{Head: []string{"", c.Y, c.X}}}
	below := make([]string, deepest+2) // whose names are at each depth, of the frames so far
	var widest []string
	for _, f := range c.Frames {
		part := short(100*f.Share) + "\u00a0%"
		below[f.Depth+1] = f.Name
		top, width := height-flameRow*float64(f.Depth+1), flameWidth*f.Share
		g.Boxes = append(g.Boxes, flameBox{Class: string(f.Group), Title: f.Name + ": " + part, X: coordinate(flameWidth * f.From), Y: coordinate(top), Width: coordinate(width),
			Height: coordinate(flameRow - 1), TextX: coordinate(flameWidth*f.From + flameInset), TextY: coordinate(top + 12.5), Name: fitted(f.Name, width-2*flameInset)})
		g.Table.Rows = append(g.Table.Rows, []string{f.Name, below[f.Depth], part})
		if f.Group == lab.OwnFrame && len(widest) < flameSpoke {
			widest = append(widest, f.Name+" "+part)
		}
	}
	g.Label = c.Title + ": " + strings.Join(widest, ", ")
	return g
}

// fitted is as much of a function's name as fits into a width, its own name
// rather than its package's; nothing if that is too little to be read.
func fitted(name string, width float64) string {
	most := int(width / plotLetter)
	if len(name) <= most {
		return name
	}
	if i := strings.LastIndexByte(name, '.'); i >= 0 && len(name)-i-1 <= most {
		return name[i+1:]
	}
	if most < 4 {
		return ""
	}
	return name[:most-1] + "…"
}
