package archive

import (
	"path"

	"github.com/guildhall/guildhall/internal/ids"
	"github.com/guildhall/guildhall/internal/page"
	"github.com/guildhall/guildhall/practice"
)

// practised writes how the member has prepared for interviews.
func (b *book) practised() error {
	plan, made, err := b.Practice.Plan(b.ctx, b.me.ID)
	if err != nil {
		return err
	}
	if err := b.object("practice/plan.json", thing{"made": made, "role": plan.Role, "level": plan.Level, "interview_at": plan.InterviewAt,
		"minutes": plan.Minutes, "remind": plan.Remind}); err != nil {
		return err
	}
	stories, err := b.Practice.Stories(b.ctx, b.me.ID)
	if err != nil {
		return err
	}
	if err := b.object("practice/stories.json", each(stories, func(t practice.Story) thing {
		return thing{"id": t.ID, "title": t.Title, "situation": t.Situation, "task": t.Task, "action": t.Action, "result": t.Result, "changed_at": t.ChangedAt}
	})); err != nil {
		return err
	}
	schedules, err := b.Practice.Schedules(b.ctx, b.me.ID)
	if err != nil {
		return err
	}
	if err := b.object("practice/schedules.json", each(schedules, func(d practice.Schedule) thing {
		return thing{"deck": d.DeckID, "card": d.CardID, "stability": d.Stability, "difficulty": d.Difficulty, "reviewed_at": d.ReviewedAt,
			"due_at": d.DueAt, "reviews": d.Reviews, "lapses": d.Lapses}
	})); err != nil {
		return err
	}
	for name, f := range map[string]func(func(any) error) error{"sessions": b.sessions, "attempts": b.attempts, "reviews": b.reviews, "log": b.rated, "labs": b.labs, "mocks": b.mocks,
		"receipts": b.receipts, "asks": b.asks, "seats": b.seats} {
		if err := b.array("practice/"+name+".json", f); err != nil {
			return err
		}
	}
	return b.recordings()
}

func (b *book) sessions(add func(any) error) error {
	return pages(func(p page.Page) (last ids.ID, n int, err error) {
		list, err := b.Practice.Sessions(b.ctx, b.me.ID, p)
		if err != nil {
			return 0, 0, err
		}
		for _, x := range list {
			if err := b.hold(); err != nil {
				return 0, 0, err
			}
			whole, err := b.Practice.Session(b.ctx, b.me.ID, x.ID)
			if err != nil {
				return 0, 0, err
			}
			cards := each(whole.Cards, func(c practice.SessionCard) thing {
				card := thing{"deck": c.DeckID, "card": c.Card.ID, "reason": c.Reason.String()}
				if c.Attempt != nil {
					card["attempt"] = c.Attempt.ID
				}
				return card
			})
			last = x.ID
			if err := add(thing{"id": x.ID, "began_at": x.ID.Time(), "ended_at": x.EndedAt, "minutes": x.Minutes, "cards": cards}); err != nil {
				return 0, 0, err
			}
		}
		return last, len(list), nil
	})
}

func (b *book) attempts(add func(any) error) error {
	return b.tried(func(a *practice.Attempt) error {
		out := thing{"id": a.ID, "began_at": a.ID.Time(), "deck": a.DeckID, "card": a.CardID, "version": a.Card.Hash, "question": a.Card.Question,
			"session": a.SessionID, "state": a.State.String(), "answer": a.Answer, "story": a.StoryID, "predicted": a.Predicted, "seconds": a.Seconds,
			"answered_at": a.AnsweredAt, "checked_at": a.CheckedAt}
		if a.Audio != "" {
			out["recording"] = recordingName(a) + path.Ext(a.Audio)
		}
		return add(out)
	})
}

// labs writes the attempts at labs.
func (b *book) labs(add func(any) error) error {
	return pages(func(p page.Page) (last ids.ID, n int, err error) {
		list, err := b.Practice.LabAttempts(b.ctx, b.me.ID, "", p)
		if err != nil {
			return 0, 0, err
		}
		for _, x := range list {
			if err := b.hold(); err != nil {
				return 0, 0, err
			}
			a, err := b.Practice.LabAttempt(b.ctx, b.me.ID, x.ID)
			if err != nil {
				return 0, 0, err
			}
			last = x.ID
			if err := add(thing{"id": a.ID, "began_at": a.ID.Time(), "lab": a.LabID, "version": a.Version, "task": a.Task, "answer": a.Answer,
				"report": a.Report, "passed": a.Passed, "points": a.Points, "of": a.Most, "graded_at": a.GradedAt}); err != nil {
				return 0, 0, err
			}
		}
		return last, len(list), nil
	})
}

// receipts writes what the server certifies: each as it is signed, and whether it
// is shown.
func (b *book) receipts(add func(any) error) error {
	return pages(func(p page.Page) (last ids.ID, n int, err error) {
		if err := b.hold(); err != nil {
			return 0, 0, err
		}
		list, err := b.Practice.Receipts(b.ctx, b.me.ID, p)
		for _, r := range list {
			if last = r.ID; err == nil {
				err = add(thing{"id": r.ID, "issued_at": r.ID.Time(), "says": r.Claims, "token": r.Token, "shown": r.Shown})
			}
		}
		return last, len(list), err
	})
}

// tried calls f for each attempt, the newest first.
func (b *book) tried(f func(*practice.Attempt) error) error {
	return pages(func(p page.Page) (last ids.ID, n int, err error) {
		if err := b.hold(); err != nil {
			return 0, 0, err
		}
		list, err := b.Practice.Attempts(b.ctx, b.me.ID, p)
		for _, a := range list {
			if last = a.ID; err == nil {
				err = f(a)
			}
		}
		return last, len(list), err
	})
}

func (b *book) reviews(add func(any) error) error {
	for after := ids.ID(0); ; {
		list, err := b.Practice.ReviewsOf(b.ctx, b.me.ID, after, atOnce)
		if err != nil || len(list) == 0 {
			return err
		}
		for _, r := range list {
			points := each(r.Marks, func(m practice.Ticked) thing { return thing{"point": m.Point, "mark": m.Mark.String(), "note": m.Note} })
			out := thing{"id": r.ID, "at": r.ID.Time(), "of_somebody_else": r.Peer, "points": points, "score": r.Score, "rating": practice.RatingName(r.Rating), "note": r.Note}
			if !r.Peer { // whose answer it was may not be for them to know: see seats.json
				out["attempt"] = r.AttemptID
			}
			if err := add(out); err != nil {
				return err
			}
			after = r.ID
		}
	}
}

func (b *book) rated(add func(any) error) error {
	for after := (practice.Rated{}); ; {
		list, err := b.Practice.Ratings(b.ctx, b.me.ID, after, atOnce)
		if err != nil || len(list) == 0 {
			return err
		}
		for _, r := range list {
			if err := add(thing{"id": r.ID, "deck": r.DeckID, "card": r.CardID, "attempt": r.AttemptID, "rating": practice.RatingName(r.Rating), "at": r.At}); err != nil {
				return err
			}
			after = r
		}
	}
}

// recordings writes the spoken answers.
func (b *book) recordings() error {
	return b.tried(func(a *practice.Attempt) error {
		if a.Audio == "" {
			return nil
		}
		return b.copy(b.Practice.Recordings, a.Audio, recordingName(a))
	})
}

// recordingName is the name of a spoken answer's file without what its sort adds.
func recordingName(a *practice.Attempt) string { return "practice/recordings/" + a.ID.String() }
