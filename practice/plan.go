package practice

import (
	"context"
	"slices"
	"time"

	"github.com/guildhall/guildhall/internal/db"
	"github.com/guildhall/guildhall/internal/errs"
	"github.com/guildhall/guildhall/internal/ids"
	"github.com/guildhall/guildhall/practice/deck"
)

// Bounds of a session, in minutes.
const (
	MinMinutes     = 5
	MaxMinutes     = 120
	defaultMinutes = 25
)

// farthest is how far ahead the day of an interview may be.
const farthest = 3 * 366 * 24 * time.Hour

// DefaultPlan is the plan of who has made none.
func DefaultPlan() Plan { return Plan{Role: "back-end", Level: "mid", Minutes: defaultMinutes} }

// Plan returns a member's plan, the default one if they have made none; made
// tells which it is.
func (s *Service) Plan(ctx context.Context, account ids.ID) (p Plan, made bool, err error) {
	type row struct {
		Plan
		interview int64
	}
	rows, err := db.All(ctx, s.DB, func(r *row) []any { return []any{&r.Role, &r.Level, &r.interview, &r.Minutes, &r.Remind} },
		"SELECT role, level, interview_at, minutes, remind FROM practice_plans WHERE account_id = $1", account)
	if err != nil || len(rows) == 0 {
		return DefaultPlan(), false, err
	}
	p = rows[0].Plan
	p.InterviewAt = moment(rows[0].interview)
	return p, true, nil
}

// SetPlan changes a member's plan. Returns Invalid with Fields for a role or
// level that does not exist, minutes out of bounds, and a day that is past or
// too far away.
func (s *Service) SetPlan(ctx context.Context, account ids.ID, p Plan) error {
	wrong := map[string][]errs.Field{}
	known := func(list []deck.Term, id string) bool {
		return slices.ContainsFunc(list, func(t deck.Term) bool { return t.ID == id })
	}
	if !known(s.terms.Roles, p.Role) {
		wrong["role"] = []errs.Field{{Code: "ERR_INCLUSION", Text: "is not a role that can be prepared for"}}
	}
	if !known(s.terms.Levels, p.Level) {
		wrong["level"] = []errs.Field{{Code: "ERR_INCLUSION", Text: "is not a level"}}
	}
	if p.Minutes < MinMinutes || p.Minutes > MaxMinutes {
		wrong["minutes"] = []errs.Field{{Code: "ERR_INVALID", Text: "must be between 5 and 120"}}
	}
	now := s.Now()
	if !p.InterviewAt.IsZero() && (p.InterviewAt.Before(now.Add(-24*time.Hour)) || p.InterviewAt.After(now.Add(farthest))) {
		wrong["interview_at"] = []errs.Field{{Code: "ERR_INVALID", Text: "must be a day within the next three years"}}
	}
	if len(wrong) > 0 {
		return invalid(wrong)
	}
	return s.write(ctx, func(tx *db.Tx) error {
		_, err := db.Exec(ctx, tx, `INSERT INTO practice_plans (account_id, role, level, interview_at, minutes, remind, changed_at) VALUES ($1, $2, $3, $4, $5, $6, $7)
			ON CONFLICT (account_id) DO UPDATE SET role = excluded.role, level = excluded.level, interview_at = excluded.interview_at, minutes = excluded.minutes,
			remind = excluded.remind, changed_at = excluded.changed_at`, account, p.Role, p.Level, millis(p.InterviewAt), p.Minutes, p.Remind, now.UnixMilli())
		if err != nil {
			return err
		}
		return setReminder(ctx, tx, account, p.Remind, now)
	})
}
