package identity

import (
	"context"

	"github.com/guildhall/guildhall/internal/db"
	"github.com/guildhall/guildhall/internal/errs"
	"github.com/guildhall/guildhall/internal/ids"
)

// Leave closes the account of a user who wants to go, for good: nothing opens
// anything from now on, and the room moderation has everything erased. The
// username stays taken. Returns Invalid with Fields if the password is wrong
// ("current_password"); Conflict for the only owner; TooMany after too many
// tries; NotFound if there is no such user.
func (s *Service) Leave(ctx context.Context, userID ids.ID, password string) error {
	row, err := s.checkOwn(ctx, userID, password)
	if err != nil {
		return err
	}
	return s.db.Write(ctx, func(tx *db.Tx) error {
		if err := s.stillHas(ctx, tx, &row); err != nil {
			return err
		}
		if row.Role == RoleOwner {
			// Written, not read: of two owners who leave at once, one waits for the other.
			owners, err := db.Exec(ctx, tx, `UPDATE identity_users SET role = role WHERE id > 0 AND role <> 'user' AND role = 'owner'
				AND confirmed AND approved AND NOT disabled AND NOT suspended AND id <> $1`, userID)
			if err != nil {
				return err
			}
			if owners == 0 {
				return errs.New(errs.Conflict, "You are the only owner. Make somebody else an owner first.")
			}
		}
		if _, err := db.Exec(ctx, tx, "UPDATE identity_users SET suspended = TRUE WHERE id = $1", userID); err != nil {
			return err
		}
		if err := s.endAll(ctx, tx, userID); err != nil {
			return err
		}
		if _, err := s.outbox.Add(ctx, tx, Left{UserID: userID, Username: row.Username, Locale: row.Locale, Email: row.sealed}); err != nil {
			return err
		}
		return s.tellChanged(ctx, tx, userID)
	})
}
