package identity

import (
	"context"

	"github.com/guildhall/guildhall/internal/db"
	"github.com/guildhall/guildhall/internal/errs"
	"github.com/guildhall/guildhall/internal/ids"
)

// RequestReset has a link to set a new password sent to an address, if somebody
// has it, in the language that they ask in (empty: their own); the answer and the time it takes do not tell. Too many mails to one
// address are dropped silently. Returns TooMany after too many requests from
// one client's address.
func (s *Service) RequestReset(ctx context.Context, email, address, inLocale string) error {
	if err := s.allow(ruleMailAddress, addressKey(address)); err != nil {
		return err
	}
	email, ok := normalizeEmail(email)
	if !ok || !s.limiter.Allow(email, ruleMail).OK {
		return nil
	}
	id, err := db.Value[ids.ID](ctx, s.db, "SELECT id FROM identity_users WHERE email_index = $1", s.emailIndex(email))
	if err != nil && !errs.Is(err, errs.NotFound) {
		return err
	}
	asked := ""
	if inLocale != "" {
		asked = locale(inLocale)
	}
	return s.db.Write(ctx, func(tx *db.Tx) error {
		_, err := s.outbox.Add(ctx, tx, ResetRequested{UserID: id, Locale: asked}) // 0 for an unknown address: the same work
		return err
	})
}

// Reset sets a new password for the user to whom a link was sent, and ends all
// their sessions and tokens. The link proves the address, so it is confirmed.
// Returns Invalid if the link was used, replaced or is too old, or with Fields
// if the password is not acceptable; the link stays good then.
func (s *Service) Reset(ctx context.Context, token, newPassword string) error {
	hash := hashSecret(token)
	const found = "SELECT user_id FROM identity_links WHERE hash = $1 AND kind = $2 AND expires_at > $3"
	id, err := db.Value[ids.ID](ctx, s.db, found, hash[:], linkReset, s.millis())
	if errs.Is(err, errs.NotFound) {
		return errLink()
	}
	if err != nil {
		return err
	}
	newHash, err := s.newPassword(ctx, id, newPassword)
	if err != nil {
		return err
	}
	return s.db.Write(ctx, func(tx *db.Tx) error {
		n, err := db.Exec(ctx, tx, "DELETE FROM identity_links WHERE hash = $1 AND kind = $2 AND expires_at > $3", hash[:], linkReset, s.millis())
		if err != nil {
			return err
		}
		if n == 0 {
			return errLink()
		}
		if _, err := db.Exec(ctx, tx, "UPDATE identity_users SET password_hash = $2, confirmed = TRUE WHERE id = $1", id, newHash); err != nil {
			return err
		}
		if err := s.endAll(ctx, tx, id); err != nil {
			return err
		}
		return s.tellChanged(ctx, tx, id)
	})
}

func errLink() error {
	return errs.New(errs.Invalid, "This link is not valid any more; ask for a new one")
}

// newPassword returns the hash of a password that a user wants to have.
func (s *Service) newPassword(ctx context.Context, id ids.ID, password string) (hash string, err error) {
	u, err := s.User(ctx, id)
	if err != nil {
		return "", err
	}
	if f := s.hasher.refusal(password, u.Username, u.Email); f != nil {
		return "", refused(map[string][]errs.Field{"password": f})
	}
	return s.hasher.hash(ctx, password)
}

// ChangePassword sets a new password for a user who knows the old one, and ends
// all their sessions and tokens. Returns Invalid with Fields if the old one is
// wrong ("current_password") or the new one not acceptable ("password");
// NotFound if there is no such user; Conflict if it changed meanwhile; TooMany
// after too many tries.
func (s *Service) ChangePassword(ctx context.Context, userID ids.ID, oldPassword, newPassword string) error {
	row, err := s.checkOwn(ctx, userID, oldPassword)
	if err != nil {
		return err
	}
	hash, err := s.newPassword(ctx, userID, newPassword)
	if err != nil {
		return err
	}
	return s.db.Write(ctx, func(tx *db.Tx) error {
		n, err := db.Exec(ctx, tx, "UPDATE identity_users SET password_hash = $3 WHERE id = $1 AND password_hash = $2", userID, row.hash, hash)
		if err != nil {
			return err
		}
		if n == 0 {
			return errs.New(errs.Conflict, "The password was changed meanwhile")
		}
		return s.endAll(ctx, tx, userID)
	})
}

// SetPassword sets a user's password without asking for the old one, and ends
// all their sessions and tokens. It is for the command line. Returns Invalid
// with Fields if it is not acceptable; NotFound if there is no such user.
func (s *Service) SetPassword(ctx context.Context, userID ids.ID, newPassword string) error {
	hash, err := s.newPassword(ctx, userID, newPassword)
	if err != nil {
		return err
	}
	return s.db.Write(ctx, func(tx *db.Tx) error {
		if _, err := db.Exec(ctx, tx, "UPDATE identity_users SET password_hash = $2 WHERE id = $1", userID, hash); err != nil {
			return err
		}
		return s.endAll(ctx, tx, userID)
	})
}
