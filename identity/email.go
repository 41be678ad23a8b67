package identity

import (
	"context"
	"strings"

	"github.com/guildhall/guildhall/internal/db"
	"github.com/guildhall/guildhall/internal/errs"
	"github.com/guildhall/guildhall/internal/ids"
)

// checkOwn returns a user who has just said their password. Returns Invalid with
// Fields ("current_password") if it is wrong; TooMany after too many tries;
// NotFound if there is no such user.
func (s *Service) checkOwn(ctx context.Context, userID ids.ID, password string) (userRow, error) {
	if err := s.allow(rulePassword, userID.String()); err != nil {
		return userRow{}, err
	}
	row, err := s.userRow(ctx, s.db, userID)
	if err != nil {
		return userRow{}, err
	}
	ok, err := s.hasher.matches(ctx, password, row.hash)
	if err == nil && !ok {
		err = refused(map[string][]errs.Field{"current_password": {{Code: "ERR_INVALID", Text: "is wrong"}}})
	}
	return row, err
}

// ChangeEmail has a link sent to another address, which becomes the user's when
// they follow it (see Confirm), and tells the present one. A change that waits
// is replaced. Returns Invalid with Fields if the password is wrong
// ("current_password") or the address cannot be had ("email"): whether
// somebody else has it is not told. TooMany after too many tries or mails.
func (s *Service) ChangeEmail(ctx context.Context, userID ids.ID, password, newEmail string) error {
	row, err := s.checkOwn(ctx, userID, password)
	if err != nil {
		return err
	}
	u, err := s.open(&row)
	if err != nil {
		return err
	}
	email, err := s.newEmail(ctx, u, newEmail)
	if err != nil {
		return err
	}
	for _, who := range []string{userID.String(), email} {
		if err := s.allow(ruleMail, who); err != nil {
			return err
		}
	}
	return s.db.Write(ctx, func(tx *db.Tx) error {
		if err := s.stillHas(ctx, tx, &row); err != nil {
			return err
		}
		if _, err := db.Exec(ctx, tx, "INSERT INTO identity_email_changes (user_id, email) VALUES ($1, $2) ON CONFLICT (user_id) DO UPDATE SET email = excluded.email",
			userID, s.keys.Seal([]byte(email), emailContext(userID))); err != nil {
			return err
		}
		_, err := s.outbox.Add(ctx, tx, EmailChangeRequested{UserID: userID})
		return err
	})
}

// newEmail returns the normalized address that a user wants to have, if they can
// have it.
func (s *Service) newEmail(ctx context.Context, u *User, typed string) (string, error) {
	problem := func(code, text string) error {
		return refused(map[string][]errs.Field{"email": {{Code: code, Text: text}}})
	}
	email, ok := normalizeEmail(typed)
	switch {
	case strings.TrimSpace(typed) == "":
		return "", problem("ERR_BLANK", "can't be blank")
	case !ok:
		return "", problem("ERR_INVALID", "is not an e-mail address")
	case email == u.Email:
		return "", problem("ERR_TAKEN", "is your address already")
	}
	if _, err := s.emailAllowed(ctx, email); err != nil {
		return "", err
	}
	_, err := s.UserByLogin(ctx, email)
	if errs.Is(err, errs.NotFound) {
		return email, nil
	}
	if err == nil {
		err = problem("ERR_INVALID", "cannot be used")
	}
	return "", err
}

// PendingEmail returns the address that a user has asked for and not confirmed,
// empty for none.
func (s *Service) PendingEmail(ctx context.Context, userID ids.ID) (string, error) {
	return s.pendingEmail(ctx, s.db, userID)
}

func (s *Service) pendingEmail(ctx context.Context, q db.Querier, userID ids.ID) (string, error) {
	sealed, err := db.Values[[]byte](ctx, q, "SELECT email FROM identity_email_changes WHERE user_id = $1", userID)
	if err != nil || len(sealed) == 0 {
		return "", err
	}
	email, err := s.keys.Open(sealed[0], emailContext(userID))
	return string(email), err
}

// CancelEmailChange lets a user keep the address that they have; the link that
// was sent ends. It is no error if nothing waits.
func (s *Service) CancelEmailChange(ctx context.Context, userID ids.ID) error {
	return s.db.Write(ctx, func(tx *db.Tx) error { return s.dropEmailChange(ctx, tx, userID) })
}

func (s *Service) dropEmailChange(ctx context.Context, tx *db.Tx, userID ids.ID) error {
	if _, err := db.Exec(ctx, tx, "DELETE FROM identity_email_changes WHERE user_id = $1", userID); err != nil {
		return err
	}
	_, err := db.Exec(ctx, tx, "DELETE FROM identity_links WHERE user_id = $1 AND kind = $2", userID, linkEmail)
	return err
}

// confirmEmail gives a user the address that a link was sent to. Nothing happens
// if that has been done. Links to the old address end, which is told.
func (s *Service) confirmEmail(ctx context.Context, userID ids.ID, hash digest) error {
	return s.db.Write(ctx, func(tx *db.Tx) error {
		// The link is asked for again: it is gone if the change was canceled.
		good, err := db.Value[bool](ctx, tx, "SELECT EXISTS (SELECT 1 FROM identity_links WHERE hash = $1 AND kind = $2)", hash[:], linkEmail)
		if err != nil {
			return err
		}
		email, err := s.pendingEmail(ctx, tx, userID)
		if err != nil || email == "" || !good {
			return err
		}
		old, err := s.userRow(ctx, tx, userID)
		if err != nil {
			return err
		}
		_, err = db.Exec(ctx, tx, "UPDATE identity_users SET email = $2, email_index = $3, confirmed = TRUE WHERE id = $1",
			userID, s.keys.Seal([]byte(email), emailContext(userID)), s.emailIndex(email))
		if db.IsDuplicate(err) {
			return errLink() // somebody has signed up with it meanwhile
		}
		if err != nil {
			return err
		}
		for _, text := range []string{"DELETE FROM identity_email_changes WHERE user_id = $1", "DELETE FROM identity_links WHERE user_id = $1 AND kind = '" + linkReset + "'"} {
			if _, err := db.Exec(ctx, tx, text, userID); err != nil {
				return err
			}
		}
		if _, err := s.outbox.Add(ctx, tx, EmailChanged{UserID: userID, Old: old.sealed}); err != nil {
			return err
		}
		return s.tellChanged(ctx, tx, userID)
	})
}
