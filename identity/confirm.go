package identity

import (
	"context"

	"github.com/guildhall/guildhall/internal/db"
	"github.com/guildhall/guildhall/internal/errs"
	"github.com/guildhall/guildhall/internal/ids"
)

// Confirm takes the link of a mail as the proof that a user's address is
// theirs, the one that they signed up with or another one, and returns them. Following the link again, as mail programs do, is
// no error. It proves nothing about who follows it: do not sign them in.
// Returns Invalid if the link was replaced or is too old.
func (s *Service) Confirm(ctx context.Context, token string) (*User, error) {
	hash := hashSecret(token)
	type link struct {
		user ids.ID
		kind string
	}
	found, err := db.One(ctx, s.db, func(l *link) []any { return []any{&l.user, &l.kind} },
		"SELECT user_id, kind FROM identity_links WHERE hash = $1 AND kind IN ($2, $3) AND expires_at > $4", hash[:], linkConfirm, linkEmail, s.millis())
	if errs.Is(err, errs.NotFound) {
		return nil, errLink()
	}
	if err != nil {
		return nil, err
	}
	if found.kind == linkEmail {
		err = s.confirmEmail(ctx, found.user, hash)
	} else {
		err = s.confirmFirst(ctx, found.user, hash)
	}
	if err != nil {
		return nil, err
	}
	u, err := s.User(ctx, found.user)
	if err == nil && !u.Confirmed {
		return nil, errLink()
	}
	return u, err
}

// confirmFirst confirms the address that a user has.
func (s *Service) confirmFirst(ctx context.Context, id ids.ID, hash digest) error {
	return s.db.Write(ctx, func(tx *db.Tx) error {
		// The link is asked for again: it is gone if the address was changed.
		n, err := db.Exec(ctx, tx, `UPDATE identity_users SET confirmed = TRUE WHERE id = $1 AND NOT confirmed
			AND EXISTS (SELECT 1 FROM identity_links WHERE hash = $2 AND kind = $3)`, id, hash[:], linkConfirm)
		if err != nil || n == 0 {
			return err
		}
		return s.tellChanged(ctx, tx, id)
	})
}

// ResendConfirmation sends the mail again to a user whose address is not
// confirmed; with newEmail, to that address from now on. Too many mails are
// dropped silently. Returns Forbidden if the address is confirmed; Invalid with
// Fields if the new one is not acceptable or taken; TooMany for too many new
// ones; NotFound if there is no such user.
func (s *Service) ResendConfirmation(ctx context.Context, userID ids.ID, newEmail string) error {
	row, err := s.userRow(ctx, s.db, userID)
	if err != nil {
		return err
	}
	u, err := s.open(&row)
	if err != nil {
		return err
	}
	if u.Confirmed {
		return errs.New(errs.Forbidden, "Your e-mail address is confirmed already")
	}
	email := u.Email
	if newEmail != "" {
		var ok bool
		if email, ok = normalizeEmail(newEmail); !ok {
			return refused(map[string][]errs.Field{"email": {{Code: "ERR_INVALID", Text: "is not an e-mail address"}}})
		}
	}
	if email != u.Email {
		if _, err := s.emailAllowed(ctx, email); err != nil {
			return err
		}
	}
	err = s.allow(ruleMail, userID.String())
	if err == nil {
		err = s.allow(ruleMail, email)
	}
	switch {
	case err != nil && email == u.Email:
		return nil
	case err != nil:
		return err
	}
	return s.db.Write(ctx, func(tx *db.Tx) error {
		if email != u.Email {
			if err := s.changeEmail(ctx, tx, userID, email); err != nil {
				return err
			}
		}
		_, err := s.outbox.Add(ctx, tx, ConfirmationRequested{UserID: userID})
		return err
	})
}

// changeEmail gives a user who is not confirmed another address in tx. Links to
// the old one end.
func (s *Service) changeEmail(ctx context.Context, tx *db.Tx, userID ids.ID, email string) error {
	n, err := db.Exec(ctx, tx, `UPDATE identity_users SET email = $2, email_index = $3 WHERE id = $1 AND NOT confirmed`,
		userID, s.keys.Seal([]byte(email), emailContext(userID)), s.emailIndex(email))
	if db.IsDuplicate(err) {
		return refused(map[string][]errs.Field{"email": taken()})
	}
	if err != nil {
		return err
	}
	if n == 0 {
		return errs.New(errs.Forbidden, "Your e-mail address is confirmed already")
	}
	if _, err := db.Exec(ctx, tx, "DELETE FROM identity_links WHERE user_id = $1", userID); err != nil {
		return err
	}
	return s.tellChanged(ctx, tx, userID)
}
