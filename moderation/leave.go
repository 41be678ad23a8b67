package moderation

import (
	"context"

	"github.com/guildhall/guildhall/identity"
	"github.com/guildhall/guildhall/internal/db"
	"github.com/guildhall/guildhall/internal/errs"
	"github.com/guildhall/guildhall/internal/ids"
	"github.com/guildhall/guildhall/profiles"
)

// Leave deletes a member's own account: it is closed at once, and all data of it
// are erased by and by, as Erase does it. The username stays taken. Errors are
// those of identity's Leave.
func (s *Service) Leave(ctx context.Context, account ids.ID, password string) error {
	u, err := s.Identity.User(ctx, account)
	if err != nil {
		return err
	}
	if err := s.Identity.Leave(ctx, account, password); err != nil {
		return err
	}
	return s.left(ctx, account, u.Username)
}

// left has the data of a member erased who has closed their account. It is called
// right after that, and once more by a consumer, in case the program ended in
// between.
func (s *Service) left(ctx context.Context, account ids.ID, name string) error {
	err := s.Profiles.SetState(ctx, account, profiles.Suspended, true)
	if err != nil && !errs.Is(err, errs.NotFound) { // erased already
		return err
	}
	return s.write(ctx, func(tx *db.Tx) error {
		n, err := db.Exec(ctx, tx, "INSERT INTO moderation_erasures (account_id, requested_at) VALUES ($1, $2) ON CONFLICT (account_id) DO NOTHING",
			account, s.Now().UnixMilli())
		if err != nil || n == 0 {
			return err
		}
		tx.OnCommit(s.wake)
		return s.record(ctx, tx, Actor{ID: account, Role: identity.RoleUser}, Entry{Action: "leave", Kind: "account", TargetID: account, Target: name})
	})
}
