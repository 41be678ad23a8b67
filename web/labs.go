package web

import (
	"context"
	"errors"
	"net/http"
	"regexp"

	"github.com/guildhall/guildhall/internal/errs"
	"github.com/guildhall/guildhall/internal/ids"
	"github.com/guildhall/guildhall/internal/markdown"
	"github.com/guildhall/guildhall/internal/page"
	"github.com/guildhall/guildhall/practice"
	"github.com/guildhall/guildhall/practice/lab"
)

const (
	labsPath        = practicePath + "/labs"
	labAttemptsPath = practicePath + "/lab_attempts"
)

// labRoutes are the pages of tasks that a program grades.
func labRoutes() []route {
	return []route{
		{"GET " + labsPath, (*call).labs, members},
		{"GET " + labsPath + "/{lab}", (*call).lab, members},
		{"POST " + labAttemptsPath, (*call).beginLab, members},
		{"GET " + labAttemptsPath + "/{id}", (*call).labAttempt, members},
		{"POST " + labAttemptsPath + "/{id}", (*call).answerLab, members},
	}
}

// labsOf are the labs of a card that there are.
func labsOf(names []string) []lab.Lab {
	var list []lab.Lab
	for _, id := range names {
		if l, ok := lab.Find(id); ok {
			list = append(list, l)
		}
	}
	return list
}

func (c *call) labs() error {
	bests, err := c.Practice.LabBests(c.r.Context(), c.user.ID)
	if err != nil {
		return err
	}
	return c.show(http.StatusOK, labsPage(c.private(c.words().Text("Labs")), lab.All(), bests))
}

// labTries is how many attempts the page of a lab lists.
const labTries = 20

func (c *call) lab() error {
	l, ok := lab.Find(c.r.PathValue("lab"))
	if !ok {
		return errNoPage()
	}
	list, err := c.Practice.LabAttempts(c.r.Context(), c.user.ID, l.ID, page.Page{Limit: labTries})
	if err != nil {
		return err
	}
	return c.show(http.StatusOK, labPage(c.private(l.Title), l, list))
}

func (c *call) beginLab() error {
	c.slot.Leave() // labs have slots of their own
	a, err := c.Practice.BeginLab(c.r.Context(), c.user.ID, c.field("lab"))
	if err != nil {
		return err
	}
	return c.goTo(labAttemptsPath + "/" + a.ID.String())
}

// labData is what the page of an attempt at a lab shows.
type labData struct {
	*practice.LabAttempt
	Lab      lab.Lab
	Text     string            // of the task, as HTML
	Typed    map[string]string // by field
	Problems map[string][]errs.Field
	Problem  string
}

// Open says whether an answer may be given.
func (d *labData) Open() bool { return d.GradedAt.IsZero() && d.Lab.Version == d.Version }

func (c *call) ownLabAttempt() (*labData, error) {
	id, ok := ids.Parse(c.r.PathValue("id"))
	if !ok {
		return nil, errNoPage()
	}
	a, err := c.Practice.LabAttempt(c.r.Context(), c.user.ID, id)
	if err != nil {
		return nil, err
	}
	d := &labData{LabAttempt: a, Typed: map[string]string{}}
	if d.Lab, ok = lab.Find(a.LabID); !ok {
		d.Lab = lab.Lab{ID: a.LabID, Title: a.LabID} // of an earlier version of the program
	}
	for _, f := range a.Task.Fields {
		d.Typed[f.Name] = f.Value
		if text, there := a.Answer[f.Name]; there {
			d.Typed[f.Name] = text
		}
	}
	d.Text, err = markdown.HTML([]byte(a.Task.Text))
	return d, err
}

func (c *call) labAttempt() error {
	d, err := c.ownLabAttempt()
	if err != nil {
		return err
	}
	return c.show(http.StatusOK, labAttemptPage(c.private(d.Lab.Title), d))
}

func (c *call) answerLab() error {
	d, err := c.ownLabAttempt()
	if err != nil {
		return err
	}
	given := lab.Answer{}
	for _, f := range d.Task.Fields {
		given[f.Name] = c.field(fieldName(f))
		d.Typed[f.Name] = given[f.Name]
	}
	c.slot.Leave() // labs have slots of their own
	_, err = c.Practice.GradeLab(c.r.Context(), c.user.ID, d.ID, given)
	var known *errs.Error
	switch {
	case err == nil, errs.Is(err, errs.Conflict): // what was done twice is done
		return c.goTo(labAttemptsPath + "/" + d.ID.String())
	case !errors.As(err, &known):
		return err
	case known.Kind == errs.Invalid:
		d.Problems = known.Fields
	case known.Kind == errs.Unavailable, known.Kind == errs.TooMany:
		d.Problem = c.words().Text("All labs are busy. Your answer is kept here: send it again in a moment.")
	default:
		return err
	}
	return c.show(failures[known.Kind].status, labAttemptPage(c.private(d.Lab.Title), d))
}

// fieldName is the name of a lab's field in the form.
func fieldName(f lab.Field) string { return "answer-" + f.Name }

// labInput is a lab's field, for what belongs to it.
func labInput(f lab.Field, problems []errs.Field) input {
	return input{Name: fieldName(f), Hint: f.Help, Problems: problems}
}

// labLines is how many lines of a field are seen at once.
func labLines(f lab.Field) string {
	if f.Kind == lab.Steps {
		return "12"
	}
	return "6"
}

// Cells of a table up to these lengths are not broken over lines: shortHead is for
// the first of a row.
const shortCell, shortHead = 12, 20

// measure is a figure and its unit.
var measure = regexp.MustCompile(`([0-9]) (%|(?:ms|s|min|KiB|MiB)\b)`)

// bound keeps figures on one line with their units.
func bound(text string) string { return measure.ReplaceAllString(text, "$1\u00a0$2") }

// outOf says what an attempt came to.
func outOf(ctx context.Context, points, most int) string {
	return t(ctx, "%s of %s points", number(ctx, points), number(ctx, most))
}
