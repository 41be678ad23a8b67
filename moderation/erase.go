package moderation

import (
	"context"
	"time"

	"github.com/guildhall/guildhall/identity"
	"github.com/guildhall/guildhall/internal/db"
	"github.com/guildhall/guildhall/internal/errs"
	"github.com/guildhall/guildhall/internal/ids"
)

const (
	eraseEvery = 15 * time.Second // how often a node looks for what others left behind
	claimFor   = 10 * time.Minute // how long a node may work on one account before others try
)

// Erase has all data of a suspended account deleted for good, by and by. The
// username stays taken. Errors are those of Act, and Forbidden for an account
// that is not suspended.
func (s *Service) Erase(ctx context.Context, by Actor, account ids.ID) error {
	if err := by.may(identity.DeleteUserData); err != nil {
		return err
	}
	name, err := s.actOn(ctx, by, account)
	if err != nil {
		return err
	}
	u, err := s.Identity.User(ctx, account)
	if err != nil {
		return err
	}
	if !u.Suspended {
		return errs.New(errs.Forbidden, "Only the data of a suspended account can be erased")
	}
	return s.write(ctx, func(tx *db.Tx) error {
		if _, err := db.Exec(ctx, tx, "INSERT INTO moderation_erasures (account_id, requested_at) VALUES ($1, $2) ON CONFLICT (account_id) DO NOTHING",
			account, s.Now().UnixMilli()); err != nil {
			return err
		}
		tx.OnCommit(s.wake)
		return s.record(ctx, tx, by, Entry{Action: "destroy", Kind: "account", TargetID: account, Target: name})
	})
}

// erasing tells whether an account's data are to be erased, or were.
func (s *Service) erasing(ctx context.Context, account ids.ID) (bool, error) {
	return db.Value[bool](ctx, s.DB, "SELECT EXISTS (SELECT 1 FROM moderation_erasures WHERE account_id = $1)", account)
}

func (s *Service) wake() {
	select {
	case s.nudge <- struct{}{}:
	default:
	}
}

// erases erases accounts until ctx ends. Whatever cuts it short, the rest is
// done later, here or on another node.
func (s *Service) erases(ctx context.Context) {
	tick := time.NewTicker(eraseEvery)
	defer tick.Stop()
	for {
		if err := s.eraseAll(ctx); err != nil && ctx.Err() == nil {
			s.Log.Error("account not erased yet", "error", err)
		}
		select {
		case <-ctx.Done():
			return
		case <-tick.C:
		case <-s.nudge:
		}
	}
}

func (s *Service) eraseAll(ctx context.Context) error {
	for {
		now, list := s.Now(), []ids.ID(nil)
		err := s.DB.Write(ctx, func(tx *db.Tx) (err error) {
			list, err = db.Values[ids.ID](ctx, tx, `UPDATE moderation_erasures SET claimed_until = $1 WHERE done_at = 0 AND account_id =
				(SELECT account_id FROM moderation_erasures WHERE done_at = 0 AND claimed_until < $2 ORDER BY account_id LIMIT 1) AND claimed_until < $2
				RETURNING account_id`, now.Add(claimFor).UnixMilli(), now.UnixMilli())
			return err
		})
		if err != nil || len(list) == 0 {
			return err
		}
		if err := s.erase(ctx, list[0]); err != nil {
			return err
		}
	}
}

// erase deletes an account in this room and all before it. Those after it hear
// of it from the room profiles.
func (s *Service) erase(ctx context.Context, account ids.ID) error {
	for _, room := range []func(context.Context, ids.ID) error{s.Posts.Erase, s.Instance.Erase, s.Profiles.Erase, s.Identity.Remove} {
		if err := room(ctx, account); err != nil {
			return err
		}
	}
	return s.write(ctx, func(tx *db.Tx) error {
		for _, text := range erasures {
			if _, err := db.Exec(ctx, tx, text, account); err != nil {
				return err
			}
		}
		_, err := db.Exec(ctx, tx, "UPDATE moderation_erasures SET done_at = $2 WHERE account_id = $1", account, s.Now().UnixMilli())
		return err
	})
}

// erasures take what is personal out of what is kept: that there was a report,
// and what was done about it.
var erasures = [...]string{
	"UPDATE moderation_reports SET comment = '' WHERE account_id = $1",
	"UPDATE moderation_reports SET comment = '' WHERE target_id = $1",
	"DELETE FROM moderation_report_statuses WHERE report_id IN (SELECT id FROM moderation_reports WHERE target_id = $1)",
	"DELETE FROM moderation_report_collections WHERE report_id IN (SELECT id FROM moderation_reports WHERE target_id = $1)",
	"DELETE FROM moderation_report_notes WHERE report_id IN (SELECT id FROM moderation_reports WHERE target_id = $1)",
	"DELETE FROM moderation_warnings WHERE account_id = $1",
}
