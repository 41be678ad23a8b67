package profiles

import (
	"context"
	"strings"

	"github.com/guildhall/guildhall/identity"
	"github.com/guildhall/guildhall/internal/db"
)

// Register makes a user and the account of the same id. Its errors are those of
// identity's SignUp.
func (s *Service) Register(ctx context.Context, r identity.SignUp) (*identity.User, error) {
	u, err := s.users.SignUp(ctx, r)
	if err != nil {
		return nil, err
	}
	// Should this fail, the consumer of identity.registered does it.
	return u, s.create(ctx, u)
}

// create makes a user's account if it is not there yet.
func (s *Service) create(ctx context.Context, u *identity.User) error {
	name := strings.ToLower(u.Username)
	return s.write(ctx, func(tx *db.Tx) error {
		// Also if it is there: the consumer asks for it before it makes it, and
		// nobody may share what it reads then.
		tx.OnCommit(func() {
			s.accounts.forget(u.ID)
			s.names.forget(name)
		})
		n, err := db.Exec(ctx, tx, `INSERT INTO profiles_accounts (id, domain, name, username, created_at) VALUES ($1, '', $2, $3, $4)
ON CONFLICT (id) DO NOTHING`, u.ID, name, u.Username, u.CreatedAt.UnixMilli())
		if err != nil || n == 0 {
			return err
		}
		if err := index(ctx, tx, u.ID, u.Username, ""); err != nil {
			return err
		}
		_, err = s.outbox.Add(ctx, tx, Registered{AccountID: u.ID, Username: u.Username})
		return err
	})
}
