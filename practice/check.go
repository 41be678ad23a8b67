package practice

import (
	"context"
	"math/rand/v2"
	"time"

	"github.com/guildhall/guildhall/internal/db"
	"github.com/guildhall/guildhall/internal/errs"
	"github.com/guildhall/guildhall/internal/ids"
	"github.com/guildhall/guildhall/practice/deck"
	"github.com/guildhall/guildhall/practice/fsrs"
	"github.com/guildhall/guildhall/practice/hint"
)

// MaxNote bounds a note to a review or to one of its points, in characters.
const MaxNote = 2000

const again = int(fsrs.Again)

// Result is what a checked attempt comes to.
type Result struct {
	Review   Review
	Hints    []hint.Hint // where the answer seems to say what a point wants: a pointer, no grade
	Flags    hint.Flags
	FollowUp *deck.FollowUp // drawn by the attempt's id; nil: the card has none
	Schedule *Schedule
}

// Check takes what a member has ticked in the rubric, a mark for each point, and
// moves the card's schedule. Returns NotFound for an attempt that is not theirs,
// Conflict if the rubric is not open or was ticked, and Invalid with Fields for
// points that are missing or not in the rubric.
func (s *Service) Check(ctx context.Context, account, id ids.ID, marks []Ticked, note string) (*Result, error) {
	a, err := s.Attempt(ctx, account, id)
	if err != nil {
		return nil, err
	}
	r, err := judge(a, marks, note)
	if err != nil {
		return nil, err
	}
	r.AccountID = account
	now := s.Now()
	err = s.write(ctx, func(tx *db.Tx) error {
		if err := step(ctx, tx, a, Opened, Checked, "checked_at = $4", now.UnixMilli()); err != nil {
			return err
		}
		if err := s.keepReview(ctx, tx, r); err != nil {
			return err
		}
		if err := s.rate(ctx, tx, a, r.Rating, now); err != nil {
			return err
		}
		_, err := s.outbox.Add(ctx, tx, Reviewed{AccountID: account, AttemptID: id})
		return err
	})
	if err != nil {
		return nil, err
	}
	return s.Result(ctx, account, id)
}

// judge makes a review of marks.
func judge(a *Attempt, marks []Ticked, note string) (*Review, error) {
	wrong := map[string][]errs.Field{}
	checkText(wrong, "note", note, MaxNote)
	by := make(map[string]Ticked, len(marks))
	for _, m := range marks {
		checkText(wrong, m.Point, m.Note, MaxNote)
		if _, twice := by[m.Point]; twice || m.Mark > Yes {
			wrong[m.Point] = []errs.Field{{Code: "ERR_INVALID", Text: "must be marked once: yes, partly or no"}}
		}
		by[m.Point] = m
	}
	r := &Review{AttemptID: a.ID, Note: note}
	points := make([]fsrs.Marked, 0, len(a.Card.Rubric))
	for _, p := range a.Card.Rubric {
		m, ok := by[p.ID]
		if !ok {
			wrong[p.ID] = []errs.Field{{Code: "ERR_BLANK", Text: "must be marked once: yes, partly or no"}}
			continue
		}
		r.Marks = append(r.Marks, m)
		points = append(points, fsrs.Marked{Must: p.Must, Weight: p.Weight, Mark: m.Mark})
		delete(by, p.ID)
	}
	for id := range by {
		wrong[id] = []errs.Field{{Code: "ERR_INCLUSION", Text: "is no point of this rubric"}}
	}
	if len(wrong) > 0 {
		return nil, invalid(wrong)
	}
	score, rating := fsrs.Rate(points, a.Seconds, a.Card.Minutes*int(time.Minute/time.Second))
	r.Score, r.Rating = score, int(rating)
	return r, nil
}

// keepReview writes a review with its marks.
func (s *Service) keepReview(ctx context.Context, tx *db.Tx, r *Review) error {
	r.ID = s.IDs.New(r.AccountID)
	if _, err := db.Exec(ctx, tx, "INSERT INTO practice_reviews (id, attempt_id, account_id, peer, score, rating, note) VALUES ($1, $2, $3, $4, $5, $6, $7)",
		r.ID, r.AttemptID, r.AccountID, r.Peer, r.Score, r.Rating, r.Note); err != nil {
		return err
	}
	rows := make([]any, 0, 4*len(r.Marks))
	for _, m := range r.Marks {
		rows = append(rows, r.ID, m.Point, m.Mark, m.Note)
	}
	return db.Insert(ctx, tx, "practice_marks (review_id, point, mark, note)", 4, rows, "")
}

// Result returns what one of a member's own attempts has come to. Returns
// NotFound for others and for attempts that are not checked.
func (s *Service) Result(ctx context.Context, account, id ids.ID) (*Result, error) {
	a, err := s.Attempt(ctx, account, id)
	if err != nil {
		return nil, err
	}
	if a.State != Checked {
		return nil, errs.NotFoundRecord()
	}
	own, err := s.reviews(ctx, "WHERE attempt_id = $1 AND account_id = $2", id, account)
	if err != nil {
		return nil, err
	}
	if len(own) == 0 {
		return nil, errs.NotFoundRecord()
	}
	res := &Result{Review: own[0], FollowUp: followUp(a)}
	res.Hints = hint.Compare(a.Answer, a.Card.Rubric)
	res.Flags = hint.Flag(res.Hints)
	res.Schedule, err = s.schedule(ctx, account, a.DeckID, a.CardID)
	return res, err
}

// followUp draws the question that comes after an answer: always the same one
// for the same attempt.
func followUp(a *Attempt) *deck.FollowUp {
	list := a.Card.FollowUps
	if len(list) == 0 {
		return nil
	}
	return &list[rand.New(rand.NewPCG(uint64(a.ID), 0)).IntN(len(list))]
}

// reviews returns reviews with their marks.
func (s *Service) reviews(ctx context.Context, where string, args ...any) ([]Review, error) {
	return readReviews(ctx, s.DB, where, args...)
}

func readReviews(ctx context.Context, q db.Querier, where string, args ...any) ([]Review, error) {
	list, err := db.All(ctx, q, func(r *Review) []any {
		return []any{&r.ID, &r.AttemptID, &r.AccountID, &r.Peer, &r.Score, &r.Rating, &r.Note}
	}, "SELECT id, attempt_id, account_id, peer, score, rating, note FROM practice_reviews "+where, args...)
	if err != nil || len(list) == 0 {
		return nil, err
	}
	at, found := map[ids.ID]int{}, make([]ids.ID, len(list))
	for i, r := range list {
		at[r.ID], found[i] = i, r.ID
	}
	type markRow struct {
		review ids.ID
		Ticked
	}
	in, args := db.In(nil, found)
	marks, err := db.All(ctx, q, func(m *markRow) []any { return []any{&m.review, &m.Point, &m.Mark, &m.Note} },
		"SELECT review_id, point, mark, note FROM practice_marks WHERE review_id IN "+in+" ORDER BY review_id, point", args...)
	for _, m := range marks {
		r := &list[at[m.review]]
		r.Marks = append(r.Marks, m.Ticked)
	}
	return list, err
}

// Scores returns what a member found their checked attempts worth, in percent.
func (s *Service) Scores(ctx context.Context, account ids.ID, list []*Attempt) (map[ids.ID]int, error) {
	scores, checked := map[ids.ID]int{}, []ids.ID(nil)
	for _, a := range list {
		if a.State == Checked {
			checked = append(checked, a.ID)
		}
	}
	if len(checked) == 0 {
		return scores, nil
	}
	type row struct {
		attempt ids.ID
		score   int
	}
	in, args := db.In([]any{account}, checked)
	rows, err := db.All(ctx, s.DB, func(r *row) []any { return []any{&r.attempt, &r.score} },
		"SELECT attempt_id, score FROM practice_reviews WHERE account_id = $1 AND attempt_id IN "+in, args...)
	for _, r := range rows {
		scores[r.attempt] = r.score
	}
	return scores, err
}
