package web

import (
	"context"
	"net/http"

	"github.com/guildhall/guildhall/instance"
	"github.com/guildhall/guildhall/internal/ids"
	"github.com/guildhall/guildhall/internal/page"
	"github.com/guildhall/guildhall/moderation"
)

// categories are what reports are about.
var categories = map[moderation.Category]string{moderation.Spam: "Spam", moderation.Legal: "Against the law",
	moderation.Violation: "Breaks the rules", moderation.Other: "Something else"}

// reportLine is a report with the people that it names; who is gone is nil.
type reportLine struct {
	*moderation.Report
	By, Target, Assigned, ResolvedBy *moderation.Member
}

func (l reportLine) url() string { return reportsPath + "/" + l.ID.String() }

// reportsData is what the list of reports shows.
type reportsData struct {
	Resolved bool
	Lines    []reportLine
	Older    string
}

// reportLines gives reports the people that they name.
func (c *call) reportLines(list []*moderation.Report) ([]reportLine, error) {
	var named []ids.ID
	for _, r := range list {
		named = append(named, r.AccountID, r.TargetID, r.AssignedID, r.ResolvedID)
	}
	people, err := c.Moderation.MembersByID(c.r.Context(), named)
	lines := make([]reportLine, len(list))
	for i, r := range list {
		lines[i] = reportLine{r, people[r.AccountID], people[r.TargetID], people[r.AssignedID], people[r.ResolvedID]}
	}
	return lines, err
}

func (c *call) reports() error {
	d := reportsData{Resolved: c.query("show") == "resolved"}
	list, err := c.Moderation.Reports(c.r.Context(), moderation.ReportFilter{Resolved: d.Resolved}, c.deskLines())
	if err != nil {
		return err
	}
	if d.Lines, err = c.reportLines(list); err != nil {
		return err
	}
	if len(list) > 0 {
		path := reportsPath + "?"
		if d.Resolved {
			path += "show=resolved&"
		}
		d.Older = older(path, len(list), list[len(list)-1].ID)
	}
	return c.show(http.StatusOK, reportsPage(c.private(c.words().Text("Reports")), d))
}

// reportData is what the page of a report shows.
type reportData struct {
	reportLine
	Rules   []*instance.Rule
	Posts   []card
	Notes   []reportNote
	Measure measureData
	Note    string    // that was typed
	Unkept  *mistakes // with the note, nil: nothing
	MayAct  bool      // the reader outranks who is reported
}

// reportNote is a note with who has written it, nil if they are gone.
type reportNote struct {
	moderation.Note
	Actor *moderation.Member
}

// notesShown is how many notes a report's page has; the latest.
const notesShown = 100

func (c *call) report() error {
	id, err := c.pathID()
	if err != nil {
		return err
	}
	return c.showReport(http.StatusOK, id, reportData{Measure: noMeasure})
}

// noMeasure is what is chosen before anything is.
var noMeasure = measureData{Action: moderation.None, Mail: true}

// showReport answers with a report; d has what was typed into its forms.
func (c *call) showReport(status int, id ids.ID, d reportData) error {
	r, err := c.Moderation.ReportByID(c.r.Context(), id)
	if err != nil {
		return err
	}
	lines, err := c.reportLines([]*moderation.Report{r})
	if err != nil {
		return err
	}
	d.reportLine = lines[0]
	if d.Notes, err = c.reportNotes(id); err != nil {
		return err
	}
	views, err := c.Posts.Evidence(c.r.Context(), r.StatusIDs)
	if err != nil {
		return err
	}
	if d.Posts, err = c.cards(views); err != nil {
		return err
	}
	for _, rule := range c.Instance.House().Rules {
		for _, broken := range r.RuleIDs {
			if rule.ID == broken {
				d.Rules = append(d.Rules, rule)
			}
		}
	}
	d.MayAct = d.Target != nil && d.Target.User.Role.Rank() < c.user.Role.Rank()
	return c.show(status, reportPage(c.private(c.words().Text("Report")), d))
}

// reportNotes are what moderators have noted about a report.
func (c *call) reportNotes(id ids.ID) ([]reportNote, error) {
	notes, err := c.Moderation.Notes(c.r.Context(), id, page.Page{Limit: notesShown})
	if err != nil {
		return nil, err
	}
	var named []ids.ID
	for _, n := range notes {
		named = append(named, n.ActorID)
	}
	people, err := c.Moderation.MembersByID(c.r.Context(), named)
	list := make([]reportNote, len(notes))
	for i, n := range notes {
		list[i] = reportNote{n, people[n.ActorID]}
	}
	return list, err
}

// noteReport keeps a note about a report.
func (c *call) noteReport() error {
	id, err := c.pathID()
	if err != nil {
		return err
	}
	d := reportData{Measure: noMeasure, Note: c.field("note")}
	err = c.Moderation.AddNote(c.r.Context(), c.actor(), id, d.Note)
	if d.Unkept = mistakesOf(err); d.Unkept != nil {
		return c.showReport(http.StatusUnprocessableEntity, id, d)
	}
	if err != nil {
		return err
	}
	return c.goTo(reportsPath + "/" + id.String())
}

// reportDeeds are what can be done with a report by one press.
var reportDeeds = map[string]func(s *moderation.Service, ctx context.Context, by moderation.Actor, id ids.ID) (*moderation.Report, error){
	"assign": func(s *moderation.Service, ctx context.Context, by moderation.Actor, id ids.ID) (*moderation.Report, error) {
		return s.Assign(ctx, by, id, by.ID)
	},
	"unassign": func(s *moderation.Service, ctx context.Context, by moderation.Actor, id ids.ID) (*moderation.Report, error) {
		return s.Assign(ctx, by, id, 0)
	},
	"resolve": (*moderation.Service).Resolve,
	"reopen":  (*moderation.Service).Reopen,
}

func (c *call) keepReport() error {
	do, ok := reportDeeds[c.r.PathValue("deed")]
	if !ok {
		return errNoPage()
	}
	id, err := c.pathID()
	if err != nil {
		return err
	}
	if _, err := do(c.Moderation, c.r.Context(), c.actor(), id); err != nil {
		return err
	}
	return c.goTo(reportsPath + "/" + id.String())
}

// actOnReport does something about who is reported.
func (c *call) actOnReport() error {
	id, err := c.pathID()
	if err != nil {
		return err
	}
	r, err := c.Moderation.ReportByID(c.r.Context(), id)
	if err != nil {
		return err
	}
	m := c.measure()
	err = c.Moderation.Act(c.r.Context(), c.actor(), r.TargetID, moderation.Measure{Action: m.Action, Text: m.Text, ReportID: id, Mail: m.Mail})
	if m.Wrong = mistakesOf(err); m.Wrong != nil {
		return c.showReport(http.StatusUnprocessableEntity, id, reportData{Measure: m})
	}
	if err != nil {
		return err
	}
	return c.goTo(reportsPath + "/" + id.String())
}
