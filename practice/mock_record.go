package practice

import (
	"context"
	"fmt"
	"strings"
	"time"

	"github.com/guildhall/guildhall/internal/ids"
)

// MockRecord is all of an interview that a member may see.
type MockRecord struct {
	*Mock
	Events []MockEvent
	names  map[ids.ID]string
}

// MockRecord returns an interview with its whole log. Returns NotFound for who is
// none of the two.
func (s *Service) MockRecord(ctx context.Context, account, id ids.ID) (*MockRecord, error) {
	if _, err := s.ownMock(ctx, account, id); err != nil {
		return nil, err
	}
	m, err := s.Mock(ctx, account, id)
	if err != nil {
		return nil, err
	}
	// The server adds few events to those that members may send.
	list, err := s.MockEvents(ctx, account, id, 0, MaxMockEvents+100)
	if err != nil {
		return nil, err
	}
	accounts, err := s.Profiles.Accounts(ctx, []ids.ID{m.Proposer, m.Partner})
	names := map[ids.ID]string{0: "Somebody"}
	for _, a := range accounts {
		if a != nil {
			names[a.ID] = "@" + a.Username
		}
	}
	return &MockRecord{m, list, names}, err
}

// Markdown returns the record for people: the rounds with their questions, what
// stood in the panes at their ends, notes, hints, flags, and the reviews.
func (r *MockRecord) Markdown() string {
	var b strings.Builder
	fmt.Fprintf(&b, "# Mock interview\n\n%s and %s, %s, %s", r.names[r.Proposer], r.names[r.Partner], r.Role, r.Level)
	if !r.At.IsZero() {
		fmt.Fprintf(&b, ", %s", r.At.UTC().Format("2006-01-02 15:04 MST"))
	}
	b.WriteString("\n")
	var panes MockPanes
	var began time.Time
	for _, e := range r.Events {
		switch {
		case e.Type == MockPhase && e.Data != nil:
			r.paneText(&b, &panes)
			panes, began = MockPanes{Round: panes.Round}, e.At
			fmt.Fprintf(&b, "\n## %s (%s)\n", phaseTitles[e.Data.Phase], e.At.UTC().Format("15:04:05"))
		case e.Type == MockAsks && e.Data != nil:
			r.questionText(&b, e.Data.Hash)
		case e.Data != nil && e.Data.Text != "":
			fmt.Fprintf(&b, "\n- %s %s, %s: %s\n", offset(e.At.Sub(began)), r.names[e.By], e.Type, indented(e.Data.Text))
		case e.Type == MockFlag:
			fmt.Fprintf(&b, "\n- %s %s: flag\n", offset(e.At.Sub(began)), r.names[e.By])
		}
		panes.Apply(e)
	}
	r.paneText(&b, &panes)
	for _, x := range r.Reviews {
		r.reviewText(&b, x)
	}
	return b.String()
}

// phaseTitles are the phases in a record.
var phaseTitles = map[string]string{"lobby": "Lobby", "round1": "Round 1", "swap": "Pause", "round2": "Round 2", "reviewing": "Review", "closed": "Closed",
	"cancelled": "Cancelled", "no_show": "Somebody did not come"}

// offset is a time since a phase began: 12:05.
func offset(d time.Duration) string {
	seconds := int(d / time.Second)
	return fmt.Sprintf("%d:%02d", seconds/60, seconds%60)
}

// indented is text that stays within its item of a list.
func indented(text string) string { return strings.ReplaceAll(text, "\n", "\n  ") }

func (r *MockRecord) questionText(b *strings.Builder, hash string) {
	for _, c := range r.Cards {
		if c != nil && c.Card.Hash == hash {
			fmt.Fprintf(b, "\n**%s** %s\n", c.Card.Title, c.Card.Question)
		}
	}
}

// paneText writes what stands in the panes, each line indented, so that nothing
// in it is taken for a mark of the record.
func (r *MockRecord) paneText(b *strings.Builder, p *MockPanes) {
	for _, pane := range []struct{ name, text string }{{"Candidate", p.Candidate()}, {"Interviewer", p.Interviewer()}} {
		if pane.text != "" {
			fmt.Fprintf(b, "\n%s's pane:\n\n    %s\n", pane.name, strings.ReplaceAll(pane.text, "\n", "\n    "))
		}
	}
}

func (r *MockRecord) reviewText(b *strings.Builder, x MockReview) {
	fmt.Fprintf(b, "\n## Review of round %d by %s\n\n", x.Round, r.names[x.AccountID])
	if x.Score >= 0 {
		fmt.Fprintf(b, "%d %%\n", x.Score)
	}
	points := map[string]string{}
	if x.Round > 0 && r.Cards[x.Round-1] != nil {
		for _, p := range r.Cards[x.Round-1].Card.Rubric {
			points[p.ID] = p.Text
		}
	}
	for _, m := range x.Marks {
		fmt.Fprintf(b, "\n- %s: %s", points[m.Point], m.Mark)
		if m.Note != "" {
			b.WriteString(" – " + indented(m.Note))
		}
	}
	for _, t := range []struct{ name, text string }{{"Strength", x.Strength}, {"To improve", x.Improve}, {"Note", x.Note}} {
		if t.text != "" {
			fmt.Fprintf(b, "\n\n%s: %s", t.name, t.text)
		}
	}
	b.WriteString("\n")
}
