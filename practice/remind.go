package practice

import (
	"context"
	"errors"
	"time"

	"github.com/guildhall/guildhall/internal/db"
	"github.com/guildhall/guildhall/internal/errs"
	"github.com/guildhall/guildhall/internal/ids"
)

const (
	// remindEvery is how long a member hears nothing after a reminder.
	remindEvery = 24 * time.Hour
	// lookEvery is how often it is looked whether cards of a member are due.
	lookEvery = time.Hour
	// laterBy is how much later it is looked again while a session goes on.
	laterBy = 15 * time.Minute
)

// setReminder begins or ends the reminding of a member. Who ends it and begins
// again gets no more reminders than others.
func setReminder(ctx context.Context, tx *db.Tx, account ids.ID, on bool, now time.Time) error {
	if !on {
		_, err := db.Exec(ctx, tx, "UPDATE practice_reminders SET next_at = 0 WHERE account_id = $1", account)
		return err
	}
	_, err := db.Exec(ctx, tx, `INSERT INTO practice_reminders (account_id, next_at, sent_at, post_id) VALUES ($1, $2, 0, 0)
		ON CONFLICT (account_id) DO UPDATE SET next_at = CASE WHEN practice_reminders.sent_at + $3 > $2 THEN practice_reminders.sent_at + $3 ELSE $2 END
		WHERE practice_reminders.next_at = 0`, account, now.Add(lookEvery).UnixMilli(), remindEvery.Milliseconds())
	return err
}

// remind looks which members are to be reminded.
func (s *Service) remind(ctx context.Context) error {
	type row struct {
		account ids.ID
		next    int64
	}
	for {
		rows, err := db.All(ctx, s.DB, func(r *row) []any { return []any{&r.account, &r.next} },
			"SELECT account_id, next_at FROM practice_reminders WHERE next_at > 0 AND next_at <= $1 ORDER BY next_at LIMIT $2", s.Now().UnixMilli(), sweptAtOnce)
		if err != nil {
			return err
		}
		var all []error
		for _, r := range rows {
			all = append(all, s.remindMember(ctx, r.account, r.next))
		}
		if err := errors.Join(all...); err != nil || len(rows) < sweptAtOnce {
			return err
		}
	}
}

// remindMember reminds a member if cards are due and they are not at it already;
// was is when that was to be looked at.
func (s *Service) remindMember(ctx context.Context, account ids.ID, was int64) error {
	due, err := s.DueCount(ctx, account)
	if err != nil {
		return err
	}
	sitting, err := s.CurrentSession(ctx, account)
	if err != nil {
		return err
	}
	now, in := s.Now(), remindEvery
	switch {
	case sitting != nil:
		due, in = 0, laterBy
	case due == 0:
		in = lookEvery
	}
	return s.write(ctx, func(tx *db.Tx) error {
		n, err := db.Exec(ctx, tx, `UPDATE practice_reminders SET next_at = $3, sent_at = CASE WHEN CAST($4 AS BIGINT) > 0 THEN CAST($5 AS BIGINT) ELSE sent_at END
			WHERE account_id = $1 AND next_at = $2`, account, was, now.Add(in).UnixMilli(), due, now.UnixMilli())
		if err != nil || n == 0 || due == 0 {
			return err
		}
		_, err = s.outbox.Add(ctx, tx, CardsDue{AccountID: account, Due: due})
		return err
	})
}

// reminded keeps which post the member was reminded by, and deletes the one
// before it.
func (s *Service) reminded(ctx context.Context, account, post ids.ID) error {
	earlier, err := db.Values[ids.ID](ctx, s.DB, "SELECT post_id FROM practice_reminders WHERE account_id = $1", account)
	if err != nil {
		return err
	}
	if len(earlier) > 0 && earlier[0] != 0 && earlier[0] != post {
		house, err := s.messengerID(ctx)
		if err != nil {
			return err
		}
		if _, err := s.Posts.Delete(ctx, house, earlier[0]); err != nil && !errs.Is(err, errs.NotFound) {
			return err
		}
	}
	return s.write(ctx, func(tx *db.Tx) error {
		_, err := db.Exec(ctx, tx, "UPDATE practice_reminders SET post_id = $2 WHERE account_id = $1", account, post)
		return err
	})
}
