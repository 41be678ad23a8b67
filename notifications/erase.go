package notifications

import (
	"context"

	"github.com/guildhall/guildhall/internal/db"
	"github.com/guildhall/guildhall/internal/ids"
)

// eraseAtOnce bounds how many notifications one transaction deletes, so that no
// other writer waits long.
const eraseAtOnce = 500

// erasures delete what hangs on an account; what it has told others is found
// in parts, see erase.
var erasures = [...]string{
	"DELETE FROM notifications_markers WHERE account_id = $1",
	"DELETE FROM notifications_policies WHERE account_id = $1",
	"DELETE FROM notifications_permissions WHERE account_id = $1",
	"DELETE FROM notifications_permissions WHERE from_id = $1",
	"DELETE FROM notifications_requests WHERE account_id = $1",
	"DELETE FROM notifications_requests WHERE from_id = $1",
	"DELETE FROM notifications_pushes WHERE subscription_id IN (SELECT id FROM notifications_subscriptions WHERE account_id = $1)",
	"DELETE FROM notifications_subscriptions WHERE account_id = $1",
}

// erase deletes what accounts were told, what others were told of them, and what
// they have set up here. Nothing of it comes back: who is not there neither
// tells nor is told anything (allow.go).
func (s *Service) erase(ctx context.Context, accounts []ids.ID) error {
	for _, id := range accounts {
		for _, which := range []string{"account_id = $1", "from_id = $1"} {
			if err := s.eraseNotifications(ctx, id, which); err != nil {
				return err
			}
		}
		err := s.DB.Write(ctx, func(tx *db.Tx) error {
			for _, text := range erasures {
				if _, err := db.Exec(ctx, tx, text, id); err != nil {
					return err
				}
			}
			return nil
		})
		if err != nil {
			return err
		}
	}
	return nil
}

// eraseNotifications deletes the notifications that a condition on an account
// holds for.
func (s *Service) eraseNotifications(ctx context.Context, id ids.ID, which string) error {
	for {
		var told []ids.ID
		err := s.DB.Write(ctx, func(tx *db.Tx) (err error) {
			told, err = db.Values[ids.ID](ctx, tx, `DELETE FROM notifications_notifications WHERE id IN
				(SELECT id FROM notifications_notifications WHERE `+which+` LIMIT $2) RETURNING account_id`, id, eraseAtOnce)
			return err
		})
		if err != nil || len(told) == 0 {
			return err
		}
		gone := map[ids.ID]bool{}
		for _, account := range told {
			gone[account] = true
		}
		if err := s.announce(nil, gone); err != nil {
			return err
		}
	}
}
