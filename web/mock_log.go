package web

import (
	"context"
	"fmt"
	"time"

	"github.com/guildhall/guildhall/internal/ids"
	"github.com/guildhall/guildhall/practice"
	"github.com/guildhall/guildhall/practice/deck"
)

// logPage is how many events are read at once.
const logPage = 1000

// panes are the texts of a round in the order in which they stand.
var panes = []string{practice.PaneCandidate, practice.PaneInterviewer}

// paneText is what a pane comes to.
type paneText struct {
	Text    string
	Patches int
}

// saidLine is a hint, a marked moment or a note.
type saidLine struct {
	Type, Text string
	By         ids.ID
	Offset     string // since the round began: 3:07
}

// mockRound is what the log tells of a round.
type mockRound struct {
	Round int
	Panes map[string]paneText
	Said  []saidLine
	Card  *deck.Card // nil: none was asked
}

// wholeLog reads an interview's log as the reader may see it.
func (c *call) wholeLog(id ids.ID) ([]practice.MockEvent, error) {
	var all []practice.MockEvent
	for after := int64(0); ; after = all[len(all)-1].Seq {
		some, err := c.Practice.MockEvents(c.r.Context(), c.user.ID, id, after, logPage)
		if err != nil {
			return nil, err
		}
		all = append(all, some...)
		if len(some) < logPage {
			return all, nil
		}
	}
}

// roundsOf says what a log comes to, round by round.
func roundsOf(events []practice.MockEvent) []mockRound {
	var rounds []mockRound
	var text practice.MockPanes
	var now *mockRound // nil: none runs
	var began time.Time
	end := func() {
		if now != nil {
			now.Panes[practice.PaneCandidate] = paneText{text.Candidate(), now.Panes[practice.PaneCandidate].Patches}
			now.Panes[practice.PaneInterviewer] = paneText{text.Interviewer(), now.Panes[practice.PaneInterviewer].Patches}
		}
	}
	for _, e := range events {
		if e.Data == nil { // the other's note, or gone with who wrote it
			continue
		}
		if e.Type == practice.MockPhase {
			end()
			now = nil
		}
		text.Apply(e)
		switch {
		case e.Type == practice.MockPhase && text.Round > len(rounds):
			rounds = append(rounds, mockRound{Round: text.Round, Panes: map[string]paneText{}})
			now, began = &rounds[len(rounds)-1], e.At
		case now == nil:
		case e.Type == practice.MockPatch:
			now.Panes[e.Data.Pane] = paneText{Patches: e.Data.Base + 1}
		case e.Type == practice.MockHint, e.Type == practice.MockFlag, e.Type == practice.MockNote:
			now.Said = append(now.Said, saidLine{Type: e.Type, Text: e.Data.Text, By: e.By, Offset: clockOf(e.At.Sub(began))})
		}
	}
	end()
	return rounds
}

// clockOf writes a time as a clock does.
func clockOf(d time.Duration) string {
	s := int(max(d, 0).Seconds())
	return fmt.Sprintf("%d:%02d", s/60, s%60)
}

// insertMost is how many bytes a patch may insert, so that its JSON fits however
// it is escaped.
const insertMost = 1200

// patchesTo are the patches that make one text of another, one after the other.
func patchesTo(before, after string) []practice.MockData {
	a, b := []rune(before), []rune(after)
	from := 0
	for from < len(a) && from < len(b) && a[from] == b[from] {
		from++
	}
	endA, endB := len(a), len(b)
	for endA > from && endB > from && a[endA-1] == b[endB-1] {
		endA, endB = endA-1, endB-1
	}
	if endA == from && endB == from {
		return nil
	}
	list := []practice.MockData{{At: from, Remove: endA - from}}
	for _, r := range b[from:endB] {
		last := &list[len(list)-1]
		if len(last.Insert) >= insertMost {
			list = append(list, practice.MockData{At: from})
			last = &list[len(list)-1]
		}
		last.Insert += string(r)
		from++
	}
	return list
}

// saidTitle says what a line is.
func (d *mockData) saidTitle(ctx context.Context, x saidLine) string {
	switch {
	case x.Type == practice.MockHint:
		return t(ctx, "Hint")
	case x.Type == practice.MockNote:
		return t(ctx, "Your note")
	case x.By == d.Me:
		return t(ctx, "You marked this")
	case d.Other != nil && x.By == d.Other.ID:
		return t(ctx, "%s marked this", nameOf(d.Other))
	}
	return t(ctx, "Marked")
}
