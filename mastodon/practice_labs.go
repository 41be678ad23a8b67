package mastodon

import (
	"maps"
	"net/http"
	"slices"

	"github.com/guildhall/guildhall/internal/ids"
	"github.com/guildhall/guildhall/practice"
	"github.com/guildhall/guildhall/practice/lab"
)

// labEntity is a task that a program grades.
type labEntity struct {
	ID      string         `json:"id"`
	Version int            `json:"version"`
	Title   string         `json:"title"`
	Summary string         `json:"summary"`
	Topic   string         `json:"topic"`
	Minutes int            `json:"minutes"`
	Best    *labBestEntity `json:"best"` // null: not graded yet
}

type labBestEntity struct {
	Passed  bool `json:"passed"`
	Percent int  `json:"percent"`
}

// labAttemptEntity is a try at a lab. Lists have neither task nor answers nor
// report.
type labAttemptEntity struct {
	ID        ids.ID            `json:"id"`
	CreatedAt string            `json:"created_at"`
	Lab       string            `json:"lab"`
	Version   int               `json:"version"`
	State     string            `json:"state" enum:"asked,graded"`
	Passed    bool              `json:"passed"`
	Points    int               `json:"points"`
	Most      int               `json:"most"`
	GradedAt  *string           `json:"graded_at"`
	Task      *labTaskEntity    `json:"task"`
	Answers   []labFilledEntity `json:"answers"`
	Report    *labReportEntity  `json:"report"`
}

// labFilledEntity is what was put into a field.
type labFilledEntity struct {
	Field string `json:"field"`
	Text  string `json:"text"`
}

type labTaskEntity struct {
	Text   string            `json:"text"` // Markdown
	Fields []labFieldEntity  `json:"fields"`
	Charts []labChartEntity  `json:"charts"`
	Tables []labFigureEntity `json:"tables"`
}

type labFieldEntity struct {
	Name    string            `json:"name"`
	Label   string            `json:"label"`
	Help    string            `json:"help"`
	Kind    string            `json:"kind" enum:"line,text,sql,number,choice,steps"`
	Options []labOptionEntity `json:"options"`
	Value   string            `json:"value"` // what stands in it at first
	Max     int               `json:"max"`   // bytes
}

type labOptionEntity struct {
	Value string `json:"value"`
	Label string `json:"label"`
}

// labReportEntity is how an answer did. One that is void has no grade: another
// answer may follow.
type labReportEntity struct {
	Passed bool              `json:"passed"`
	Void   bool              `json:"void"`
	Parts  []labPartEntity   `json:"parts"`
	Charts []labChartEntity  `json:"charts"`
	Tables []labFigureEntity `json:"tables"`
	Log    string            `json:"log"`
}

type labPartEntity struct {
	Name   string `json:"name"`
	Points int    `json:"points"`
	Max    int    `json:"max"`
	Text   string `json:"text"`
}

// labChartEntity is figures to be drawn: lines, filled steps, bars with labels,
// or a flame graph of frames.
type labChartEntity struct {
	Kind   string            `json:"kind" enum:"lines,bars,histogram,flame"`
	Title  string            `json:"title"`
	X      string            `json:"x"`
	Y      string            `json:"y"`
	LogX   bool              `json:"log_x"`
	LogY   bool              `json:"log_y"`
	Labels []string          `json:"labels"`
	Series []labSeriesEntity `json:"series"`
	Limit  float64           `json:"limit"` // a line across; 0: none
	Frames []labFrameEntity  `json:"frames"`
}

// labFrameEntity is a function in a flame graph; from and share are parts of its
// width.
type labFrameEntity struct {
	Name  string  `json:"name"`
	Depth int     `json:"depth"` // 0: called by none
	From  float64 `json:"from"`
	Share float64 `json:"share"`
	Group string  `json:"group" enum:"own,library,runtime"`
}

type labSeriesEntity struct {
	Name   string       `json:"name"`
	Points [][2]float64 `json:"points"` // x and y
}

// labFigureEntity is a table.
type labFigureEntity struct {
	Title string     `json:"title"`
	Head  []string   `json:"head"`
	Rows  [][]string `json:"rows"`
}

func labTaskOf(t *lab.Task) *labTaskEntity {
	if t == nil {
		return nil
	}
	e := &labTaskEntity{Text: t.Text, Fields: make([]labFieldEntity, len(t.Fields)), Charts: labChartsOf(t.Charts), Tables: labTablesOf(t.Tables)}
	for i, f := range t.Fields {
		e.Fields[i] = labFieldEntity{Name: f.Name, Label: f.Label, Help: f.Help, Kind: string(f.Kind), Options: make([]labOptionEntity, len(f.Options)), Value: f.Value, Max: f.Max}
		for j, o := range f.Options {
			e.Fields[i].Options[j] = labOptionEntity(o)
		}
	}
	return e
}

func labReportOf(r *lab.Report) *labReportEntity {
	if r == nil {
		return nil
	}
	e := &labReportEntity{Passed: r.Passed, Void: r.Void, Parts: make([]labPartEntity, len(r.Parts)), Charts: labChartsOf(r.Charts), Tables: labTablesOf(r.Tables), Log: r.Log}
	for i, p := range r.Parts {
		e.Parts[i] = labPartEntity(p)
	}
	return e
}

func labChartsOf(all []lab.Chart) []labChartEntity {
	out := make([]labChartEntity, len(all))
	for i, c := range all {
		out[i] = labChartEntity{Kind: string(c.Kind), Title: c.Title, X: c.X, Y: c.Y, LogX: c.LogX, LogY: c.LogY, Labels: list(c.Labels),
			Series: make([]labSeriesEntity, len(c.Series)), Limit: c.Limit, Frames: make([]labFrameEntity, len(c.Frames))}
		for j, f := range c.Frames {
			out[i].Frames[j] = labFrameEntity{f.Name, f.Depth, f.From, f.Share, string(f.Group)}
		}
		for j, s := range c.Series {
			out[i].Series[j] = labSeriesEntity{s.Name, append([][2]float64{}, s.Points...)}
		}
	}
	return out
}

func labTablesOf(all []lab.Table) []labFigureEntity {
	out := make([]labFigureEntity, len(all))
	for i, t := range all {
		out[i] = labFigureEntity{t.Title, list(t.Head), append([][]string{}, t.Rows...)}
	}
	return out
}

func labAttemptOf(a *practice.LabAttempt) labAttemptEntity {
	e := labAttemptEntity{ID: a.ID, CreatedAt: a.ID.Time().UTC().Format(timeFormat), Lab: a.LabID, Version: a.Version, State: "asked", Passed: a.Passed,
		Points: a.Points, Most: a.Most, GradedAt: timestamp(a.GradedAt), Task: labTaskOf(a.Task), Answers: []labFilledEntity{}, Report: labReportOf(a.Report)}
	if e.GradedAt != nil {
		e.State = "graded"
	}
	for _, name := range slices.Sorted(maps.Keys(a.Answer)) {
		e.Answers = append(e.Answers, labFilledEntity{name, a.Answer[name]})
	}
	return e
}

func answerLab(c *Call, a *practice.LabAttempt, err error) error {
	if err != nil {
		return err
	}
	return c.JSON(http.StatusOK, labAttemptOf(a))
}

func (s *server) labs(c *Call) error {
	bests, err := s.Practice.LabBests(c.R.Context(), c.Viewer())
	if err != nil {
		return err
	}
	all := lab.All()
	out := make([]labEntity, len(all))
	for i, l := range all {
		out[i] = labEntity{ID: l.ID, Version: l.Version, Title: l.Title, Summary: l.Summary, Topic: l.Topic, Minutes: l.Minutes}
		if best, ok := bests[l.ID]; ok {
			out[i].Best = &labBestEntity{best.Passed, best.Percent}
		}
	}
	return c.JSON(http.StatusOK, out)
}

func (s *server) beginLab(c *Call) error {
	c.slot.Leave() // labs have slots of their own
	a, err := s.Practice.BeginLab(c.R.Context(), c.Viewer(), c.Path("lab"))
	return answerLab(c, a, err)
}

// labAttemptsParams are those of a part of the list, of one lab or of all.
type labAttemptsParams struct {
	pageParams
	Lab string `param:"lab"` // empty: all
}

func (s *server) labAttempts(c *Call) error {
	var in labAttemptsParams
	if err := c.Decode(&in); err != nil {
		return err
	}
	all, err := s.Practice.LabAttempts(c.R.Context(), c.Viewer(), in.Lab, c.Page(practicePage, practicePageMax))
	if err != nil {
		return err
	}
	out := make([]labAttemptEntity, len(all))
	for i, a := range all {
		out[i] = labAttemptOf(a)
	}
	if len(all) > 0 {
		c.Link(all[0].ID, all[len(all)-1].ID)
	}
	return c.JSON(http.StatusOK, out)
}

func (s *server) labAttempt(c *Call) error {
	id, err := c.PathID("id")
	if err != nil {
		return err
	}
	a, err := s.Practice.LabAttempt(c.R.Context(), c.Viewer(), id)
	return answerLab(c, a, err)
}

// labAnswerParams are what is filled in, by the fields' names.
type labAnswerParams struct {
	Answers []labFilledParams `param:"answers"`
}

type labFilledParams struct {
	Field string `param:"field"`
	Text  string `param:"text"`
}

func (s *server) answerLabAttempt(c *Call) error {
	id, err := c.PathID("id")
	if err != nil {
		return err
	}
	var in labAnswerParams
	if err := c.Decode(&in); err != nil {
		return err
	}
	given := make(lab.Answer, len(in.Answers))
	for _, f := range in.Answers {
		given[f.Field] = f.Text
	}
	c.slot.Leave() // labs have slots of their own
	a, err := s.Practice.GradeLab(c.R.Context(), c.Viewer(), id, given)
	return answerLab(c, a, err)
}
