package app

import (
	"context"
	"fmt"
	"maps"
	"strings"
	"time"

	"github.com/guildhall/guildhall/app/demo"
	"github.com/guildhall/guildhall/internal/ids"
	"github.com/guildhall/guildhall/internal/page"
	"github.com/guildhall/guildhall/practice"
	"github.com/guildhall/guildhall/practice/deck"
	"github.com/guildhall/guildhall/practice/lab"
)

// demoDeck is the deck whose cards the demo's members have answered.
const demoDeck = "backend-core"

// demoLab is the lab that some have tried.
const demoLab = "L05"

// sittingCards is how many cards of an unfinished session are answered.
const sittingCards = 2

// practise plans what members do to prepare for interviews.
func (s *seeding) practise(all []demo.Practice) {
	for _, p := range all {
		begin := p.Sitting
		if len(p.Tries) > 0 {
			begin = p.Tries[0].At
		}
		if joined := s.people[p.Member].Joined.Add(time.Minute); begin.Before(joined) {
			begin = joined
		}
		var stories []ids.ID
		s.later(begin, "plan", func(ctx context.Context) (err error) {
			stories, err = s.prepare(ctx, p)
			return err
		})
		for _, t := range p.Tries {
			at := t.At
			if at.Before(begin) {
				at = begin
			}
			s.later(at, "answer to "+t.Card, func(ctx context.Context) error {
				who := s.ids[p.Member]
				a, err := s.app.Practice.Begin(ctx, who, demoDeck, t.Card, 0)
				if err != nil {
					return err
				}
				story := ids.ID(0)
				if t.Story >= 0 {
					story = stories[t.Story]
				}
				return s.answer(ctx, who, a, t, story)
			})
		}
		for _, r := range p.Runs {
			at := r.At
			if at.Before(begin) {
				at = begin
			}
			s.later(at, "lab", func(ctx context.Context) error { return s.runLab(ctx, s.ids[p.Member], r.Right) })
		}
		if !p.Sitting.IsZero() {
			s.later(p.Sitting, "session", func(ctx context.Context) error { return s.sit(ctx, p) })
		}
	}
}

// prepare makes a member's plan and stories.
func (s *seeding) prepare(ctx context.Context, p demo.Practice) ([]ids.ID, error) {
	who := s.ids[p.Member]
	if err := s.app.Practice.SetPlan(ctx, who, practice.Plan{Role: p.Role, Level: p.Level, InterviewAt: p.Interview, Minutes: p.Minutes, Remind: true}); err != nil {
		return nil, err
	}
	var stories []ids.ID
	for _, t := range p.Stories {
		made, err := s.app.Practice.AddStory(ctx, who, practice.Story{Title: t.Title, Situation: t.Situation, Task: t.Task, Action: t.Action, Result: t.Result})
		if err != nil {
			return nil, err
		}
		stories = append(stories, made.ID)
	}
	return stories, nil
}

// answer takes an attempt from the question to the ticked rubric.
func (s *seeding) answer(ctx context.Context, who ids.ID, a *practice.Attempt, t demo.Try, story ids.ID) error {
	if t.Skip {
		_, err := s.app.Practice.Skip(ctx, who, a.ID)
		return err
	}
	if len(t.Marks) != len(a.Card.Rubric) {
		return fmt.Errorf("%d marks for the %d points of %s", len(t.Marks), len(a.Card.Rubric), t.Card)
	}
	if _, err := s.app.Practice.Answer(ctx, who, a.ID, practice.Given{Text: t.Text, StoryID: story, Seconds: t.Seconds}); err != nil {
		return err
	}
	if _, err := s.app.Practice.Predict(ctx, who, a.ID, t.Predicted); err != nil {
		return err
	}
	_, err := s.app.Practice.Check(ctx, who, a.ID, demoMarks(a.Card, t.Marks), "")
	return err
}

// demoMarks are the marks of a card's points, y, p or n for each in order.
func demoMarks(card *deck.Card, letters string) []practice.Ticked {
	marks := make([]practice.Ticked, len(letters))
	for i, point := range card.Rubric {
		marks[i] = practice.Ticked{Point: point.ID, Mark: map[byte]practice.Mark{'y': practice.Yes, 'p': practice.Partly, 'n': practice.No}[letters[i]]}
	}
	return marks
}

// runLab has a member try the lab of the queue, and show the receipt if they pass.
func (s *seeding) runLab(ctx context.Context, who ids.ID, right bool) error {
	a, err := s.app.Practice.BeginLab(ctx, who, demoLab)
	if err != nil {
		return err
	}
	answer := lab.Answer{"key": "message", "record": "after", "ack": "commit", "dead": "park", "backoff": "fixed", "delay": "8", "most": "18", "ordering": "none", "wait": "5"}
	if right {
		maps.Copy(answer, lab.Answer{"key": "operation", "record": "same", "ordering": "account", "wait": slowestMessage(a.Task) + "1"})
	}
	if a, err = s.app.Practice.GradeLab(ctx, who, a.ID, answer); err != nil || !a.Passed {
		return err
	}
	list, err := s.app.Practice.Receipts(ctx, who, page.Page{Limit: 1})
	if err != nil {
		return err
	}
	_, err = s.app.Practice.ShowReceipt(ctx, who, list[0].ID, true)
	return err
}

// slowestMessage is a figure of the lab's task, in seconds; one more digit makes
// it a time to wait that is long enough.
func slowestMessage(t *lab.Task) string {
	for _, row := range t.Tables[0].Rows {
		if row[0] == "slowest message" {
			return strings.TrimSuffix(row[1], " s")
		}
	}
	return ""
}

// sit begins a session and leaves it after some cards.
func (s *seeding) sit(ctx context.Context, p demo.Practice) error {
	who := s.ids[p.Member]
	session, err := s.app.Practice.StartSession(ctx, who)
	if err != nil {
		return err
	}
	for _, c := range session.Cards[:min(len(session.Cards)-1, sittingCards)] {
		t, ok := demo.Reply(uint64(p.Member), c.Card.ID, p.Sitting)
		if !ok {
			return nil
		}
		a, err := s.app.Practice.Begin(ctx, who, c.DeckID, c.Card.ID, session.ID)
		if err != nil {
			return err
		}
		if err := s.answer(ctx, who, a, t, 0); err != nil {
			return err
		}
	}
	return nil
}
