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

func (s *Service) dismiss(ctx context.Context, account ids.ID, which string, arg any) (int64, error) {
	n, err := db.Exec(ctx, s.DB, "UPDATE notifications_notifications SET live = FALSE WHERE account_id = $1 AND live AND "+which, account, arg)
	if err == nil && n > 0 {
		s.changed(account)
	}
	return n, err
}

// changed drops what is cached of an account's notifications, on all nodes. A
// node that does not hear it shows the old list until the cache's time is up.
func (s *Service) changed(account ids.ID) {
	s.recent.forget(account)
	if err := s.Bus.Publish(liveSubject+account.String(), nil); err != nil {
		s.Log.Warn("change of notifications not published", "account", account, "error", err)
	}
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
