package app

import (
	"context"
	"fmt"
	"time"
	"unicode/utf8"

	"github.com/guildhall/guildhall/app/demo"
	"github.com/guildhall/guildhall/internal/ids"
	"github.com/guildhall/guildhall/practice"
)

// staged is a mock interview on its way.
type staged struct {
	demo.Mock
	id      ids.ID
	patches [2]int // to each one's pane in this round
	length  [2]int
}

// interview plans the mock interviews of members.
func (s *seeding) interview(all []demo.Mock) {
	for _, m := range all {
		since := s.people[m.Proposer].Joined
		if m.Partner >= 0 && s.people[m.Partner].Joined.After(since) {
			since = s.people[m.Partner].Joined
		}
		if !since.Before(m.ProposedAt) {
			continue // they have come too late for it
		}
		st := &staged{Mock: m}
		s.later(m.ProposedAt, "mock interview", func(ctx context.Context) error { return s.propose(ctx, st) })
		if m.Partner < 0 {
			continue
		}
		s.later(m.AcceptedAt, "mock interview", func(ctx context.Context) error {
			_, err := s.app.Practice.AcceptMock(ctx, s.ids[st.Partner], st.id, st.Slots[0].Truncate(time.Millisecond))
			return err
		})
		for _, a := range m.Acts {
			s.later(a.At, "mock interview: "+a.Do, func(ctx context.Context) error { return s.act(ctx, st, a) })
		}
	}
}

func (s *seeding) propose(ctx context.Context, st *staged) error {
	o := practice.MockOffer{Slots: st.Slots, Role: st.Role, Level: st.Level, Note: st.Note}
	if st.Partner >= 0 {
		o.Invited = s.ids[st.Partner]
	}
	m, err := s.app.Practice.Propose(ctx, s.ids[st.Proposer], o)
	if err == nil {
		st.id = m.ID
	}
	return err
}

// act does one thing in an interview.
func (s *seeding) act(ctx context.Context, st *staged, a demo.Act) error {
	side, who := 0, s.ids[st.Proposer]
	if a.Partner {
		side, who = 1, s.ids[st.Partner]
	}
	m, err := s.app.Practice.Mock(ctx, who, st.id)
	if err != nil {
		return err
	}
	d := practice.MockDraft{Type: a.Do, Data: practice.MockData{Text: a.Text}}
	switch a.Do {
	case "enter":
		_, err := s.app.Practice.EnterMock(ctx, who, st.id)
		return err
	case "review":
		return s.assess(ctx, m, who, a)
	case practice.MockPhase:
		d.Data = practice.MockData{Phase: a.Text}
		st.patches, st.length = [2]int{}, [2]int{}
	case practice.MockAsks:
		d.Data = practice.MockData{Deck: demoDeck, Card: a.Text}
	case "type":
		pane := practice.PaneCandidate
		if m.Interviewer() == who {
			pane = practice.PaneInterviewer
		}
		d.Type, d.Data = practice.MockPatch, practice.MockData{Pane: pane, Base: st.patches[side], At: st.length[side], Insert: a.Text}
		st.patches[side]++
		st.length[side] += utf8.RuneCountInString(a.Text)
	}
	_, err = s.app.Practice.SendMock(ctx, who, st.id, d)
	return err
}

// assess gives one's review of the other.
func (s *seeding) assess(ctx context.Context, m *practice.Mock, who ids.ID, a demo.Act) error {
	card := m.Cards[m.AskedIn(who)-1].Card
	if len(a.Marks) != len(card.Rubric) {
		return fmt.Errorf("%d marks for the %d points of %s", len(a.Marks), len(card.Rubric), card.ID)
	}
	_, err := s.app.Practice.ReviewMock(ctx, who, m.ID, practice.MockForm{Marks: demoMarks(card, a.Marks), Note: a.Text, Strength: a.Praise, Improve: a.Advice})
	return err
}
