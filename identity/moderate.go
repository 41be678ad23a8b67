package identity

import (
	"context"

	"github.com/guildhall/guildhall/internal/db"
	"github.com/guildhall/guildhall/internal/errs"
	"github.com/guildhall/guildhall/internal/ids"
)

// SetRole gives a user another role. Returns Invalid if there is no such role;
// NotFound if there is no such user.
func (s *Service) SetRole(ctx context.Context, id ids.ID, role Role) error {
	if !role.valid() {
		return errs.Newf(errs.Invalid, "There is no role %q", string(role))
	}
	return s.change(ctx, id, "UPDATE identity_users SET role = $2 WHERE id = $1", string(role))
}

// Staff returns the users who keep the house: moderators, admins and owners who
// may come in.
func (s *Service) Staff(ctx context.Context) ([]ids.ID, error) {
	return db.Values[ids.ID](ctx, s.db, "SELECT id FROM identity_users WHERE id > 0 AND role <> 'user' AND confirmed AND approved AND NOT disabled AND NOT suspended ORDER BY id")
}

// Approve lets a user in, and tells them by mail if they waited for it. Returns
// NotFound if there is no such user.
func (s *Service) Approve(ctx context.Context, id ids.ID) error {
	return s.db.Write(ctx, func(tx *db.Tx) error {
		n, err := db.Exec(ctx, tx, "UPDATE identity_users SET approved = TRUE WHERE id = $1 AND NOT approved", id)
		if err != nil {
			return err
		}
		if n == 0 {
			_, err := s.userRow(ctx, tx, id)
			return err
		}
		if _, err := s.outbox.Add(ctx, tx, Approved{UserID: id}); err != nil {
			return err
		}
		return s.tellChanged(ctx, tx, id)
	})
}

// Reject removes a user who waits for approval; the username stays taken.
// Returns Conflict if the user was approved; NotFound if there is no such user.
func (s *Service) Reject(ctx context.Context, id ids.ID) error {
	return s.db.Write(ctx, func(tx *db.Tx) error {
		u, err := s.userRow(ctx, tx, id)
		if err != nil {
			return err
		}
		if u.Approved {
			return errs.New(errs.Conflict, "The user has been approved")
		}
		return s.remove(ctx, tx, id, "DELETE FROM identity_users WHERE id = $1 AND NOT approved")
	})
}

// Disable keeps a user from signing in, or lets them again. Their sessions end;
// their tokens are refused as long as it lasts. Returns NotFound if there is no
// such user.
func (s *Service) Disable(ctx context.Context, id ids.ID, disabled bool) error {
	return s.bar(ctx, id, "UPDATE identity_users SET disabled = $2 WHERE id = $1", disabled)
}

// Suspend is Disable for a user whose account is closed.
func (s *Service) Suspend(ctx context.Context, id ids.ID, suspended bool) error {
	return s.bar(ctx, id, "UPDATE identity_users SET suspended = $2 WHERE id = $1", suspended)
}

// bar runs a statement that keeps a user out, or lets them in again.
func (s *Service) bar(ctx context.Context, id ids.ID, text string, on bool) error {
	return s.db.Write(ctx, func(tx *db.Tx) error {
		if err := s.changeIn(ctx, tx, id, text, on); err != nil || !on {
			return err
		}
		if err := s.endSessions(ctx, tx, id); err != nil {
			return err
		}
		return s.tellRevoked(ctx, tx, Revoked{UserID: id})
	})
}

func (s *Service) change(ctx context.Context, id ids.ID, text string, value any) error {
	return s.db.Write(ctx, func(tx *db.Tx) error { return s.changeIn(ctx, tx, id, text, value) })
}

// changeIn changes one thing of a user in tx.
func (s *Service) changeIn(ctx context.Context, tx *db.Tx, id ids.ID, text string, value any) error {
	n, err := db.Exec(ctx, tx, text, id, value)
	if err != nil {
		return err
	}
	if n == 0 {
		return errs.NotFoundRecord()
	}
	return s.tellChanged(ctx, tx, id)
}
