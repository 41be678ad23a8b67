package notifications

import (
	"context"
	"time"

	"github.com/guildhall/guildhall/internal/db"
	"github.com/guildhall/guildhall/internal/errs"
	"github.com/guildhall/guildhall/internal/ids"
)

// Dismissing leaves dead rows (see the schema); sweep deletes them when no
// event of theirs can come again.

// Dismiss removes one of an account's notifications. Returns NotFound if there
// is no such one.
func (s *Service) Dismiss(ctx context.Context, account, id ids.ID) error {
	n, err := s.dismiss(ctx, account, "id = $2", id)
	if err == nil && n == 0 {
		return errs.NotFoundRecord()
	}
	return err
}

// DismissMany removes some of an account's notifications; those that it does
// not have are left out.
func (s *Service) DismissMany(ctx context.Context, account ids.ID, list []ids.ID) error {
	if len(list) == 0 {
		return nil
	}
	in, args := db.In([]any{account}, list)
	_, err := s.dismiss(ctx, account, "id IN "+in, args[1:]...)
	return err
}

// Clear removes all of an account's notifications.
func (s *Service) Clear(ctx context.Context, account ids.ID) error {
	_, err := s.dismiss(ctx, account, "id > $2", ids.ID(0))
	return err
}

// DismissGroup removes a group of notifications. A group that does not exist
// is no error.
func (s *Service) DismissGroup(ctx context.Context, account ids.ID, key string) error {
	if id, ok := soleID(key); ok {
		_, err := s.dismiss(ctx, account, "id = $2", id)
		return err
	}
	if !isKey(key) {
		return nil
	}
	_, err := s.dismiss(ctx, account, "group_key = $2 AND group_key <> ''", key)
	return err
}

// dismiss removes the notifications that a condition holds for, and returns how
// many they were.
func (s *Service) dismiss(ctx context.Context, account ids.ID, which string, args ...any) (int, error) {
	var n int
	args = append([]any{account}, args...)
	err := s.DB.Write(ctx, func(tx *db.Tx) error {
		n = 0
		left := map[pair]bool{}
		// Each has an index of its own.
		for _, filtered := range []string{"NOT filtered", "filtered"} {
			rows, err := db.All(ctx, tx, scanEnded, "UPDATE notifications_notifications SET live = FALSE WHERE account_id = $1 AND live AND "+
				filtered+" AND "+which+" RETURNING account_id, from_id, filtered", args...)
			if err != nil {
				return err
			}
			n += len(rows)
			for _, r := range rows {
				if r.filtered {
					left[r.pair] = true
				}
			}
		}
		return tidy(ctx, tx, left)
	})
	if err == nil && n > 0 {
		s.publish(account, nil)
	}
	return n, err
}

// remembered is how long dead rows are kept: longer than events are, so that
// an event that is handed out once more finds them.
const remembered = 96 * time.Hour

func (s *Service) sweepForever(ctx context.Context) {
	tick := time.NewTicker(time.Hour)
	defer tick.Stop()
	for {
		select {
		case <-ctx.Done():
			return
		case <-tick.C:
			if err := s.sweep(ctx); err != nil && ctx.Err() == nil {
				s.Log.Error("sweep of notifications", "error", err)
			}
		}
	}
}

// sweep deletes dead rows, a bounded number at a time so that no writer waits
// long.
func (s *Service) sweep(ctx context.Context) error {
	for {
		n, err := db.Exec(ctx, s.DB, `DELETE FROM notifications_notifications WHERE id IN
			(SELECT id FROM notifications_notifications WHERE NOT live AND event_id < $1 ORDER BY event_id LIMIT 1000)`,
			ids.At(s.Now().Add(-remembered)))
		if err != nil || n == 0 {
			return err
		}
	}
}
