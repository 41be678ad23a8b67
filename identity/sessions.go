package identity

import (
	"context"
	"strings"
	"time"
	"unicode/utf8"

	"github.com/guildhall/guildhall/internal/db"
	"github.com/guildhall/guildhall/internal/errs"
	"github.com/guildhall/guildhall/internal/ids"
)

// userAgentMax is how much of a browser's name is kept, in bytes.
const userAgentMax = 250

// sessionTouch is how exactly it is known when a session was used last.
const sessionTouch = time.Hour

// SignIn starts a session for who knows the password of a login, which is a
// username or an e-mail address, and returns the session's secret. Users who
// are not confirmed or approved get one too: see User.Active. Returns
// Unauthenticated if the login is unknown, the password wrong or the account
// suspended, after the same time and with the same text; Forbidden if the user is disabled; TooMany after
// too many tries for the account or from the address.
func (s *Service) SignIn(ctx context.Context, login, password, address, userAgent string) (session string, u *User, err error) {
	row, err := s.checkPassword(ctx, login, password, address)
	if err != nil {
		return "", nil, err
	}
	if u, err = s.open(&row); err != nil {
		return "", nil, err
	}
	session = newSecret()
	hash := hashSecret(session)
	err = s.db.Write(ctx, func(tx *db.Tx) error {
		if err := s.stillHas(ctx, tx, &row); err != nil {
			return err
		}
		_, err := db.Exec(ctx, tx, `INSERT INTO identity_sessions (id, hash, user_id, created_at, used_at, address, user_agent)
			VALUES ($1, $2, $3, $4, $4, $5, $6)`, s.ids.New(u.ID), hash[:], u.ID, s.millis(), cut(address, userAgentMax), cut(userAgent, userAgentMax))
		if err != nil {
			return err
		}
		if err := s.noteAddress(ctx, tx, u.ID, address); err != nil {
			return err
		}
		return s.seen(ctx, tx, u.ID)
	})
	if err != nil {
		return "", nil, err
	}
	return session, u, nil
}

// checkPassword returns the user whose login and password these are. Failures
// are those of SignIn.
func (s *Service) checkPassword(ctx context.Context, login, password, address string) (userRow, error) {
	login = cut(strings.ToLower(strings.TrimSpace(login)), emailMax)
	row, err := s.rowByLogin(ctx, login)
	unknown := errs.Is(err, errs.NotFound)
	if err != nil && !unknown {
		return userRow{}, err
	}
	if err := s.allowSignIn(row.ID, login, address); err != nil {
		return userRow{}, err
	}
	hash := row.hash
	if unknown {
		hash = dummyHash
	}
	ok, err := s.hasher.matches(ctx, password, hash)
	switch {
	case err != nil:
		return userRow{}, err
	case !ok || unknown:
		s.watch.Note("sign_in", "", addressKey(address))
		return userRow{}, errSignIn()
	case row.Suspended: // whether an account is suspended is for nobody to find out here
		return userRow{}, errSignIn()
	case row.Disabled:
		return userRow{}, errDisabled()
	}
	return row, nil
}

func errSignIn() error {
	return errs.New(errs.Unauthenticated, "The login or the password is wrong")
}

// stillHas makes sure in tx that a user's password is the one that was checked,
// and keeps it from changing until the commit: else a session could begin just
// after a new password has ended them all.
func (s *Service) stillHas(ctx context.Context, tx *db.Tx, row *userRow) error {
	n, err := db.Exec(ctx, tx, "UPDATE identity_users SET password_hash = password_hash WHERE id = $1 AND password_hash = $2 AND NOT disabled AND NOT suspended",
		row.ID, row.hash)
	if err == nil && n == 0 {
		err = errSignIn()
	}
	return err
}

// sessionRow is a session as stored.
type sessionRow struct {
	Session
	created, used int64
}

// Session returns the session with a secret, and its user. It is called for every
// page; the values are shared and must not be changed. Returns Unauthenticated if
// there is none or it was not used for too long.
func (s *Service) Session(ctx context.Context, secret string) (*Session, *User, error) {
	if secret == "" || len(secret) > secretMax {
		return nil, nil, errSession()
	}
	hash := hashSecret(secret)
	session, err := lookup(ctx, s.cache, s.cache.sessions, hash, func(ctx context.Context, g *generations) (cached[*Session], error) {
		session, err := s.loadSession(ctx, hash)
		if err != nil {
			return cached[*Session]{}, err
		}
		return keep(s.cache, session, session.UserID, g, tokenFor), nil
	})
	if err != nil {
		return nil, nil, err
	}
	u, err := s.User(ctx, session.UserID)
	if errs.Is(err, errs.NotFound) || (err == nil && u.Barred()) {
		return nil, nil, errSession()
	}
	if err != nil {
		return nil, nil, err
	}
	return session, u, nil
}

// loadSession reads a session and records that it is used.
func (s *Service) loadSession(ctx context.Context, hash digest) (*Session, error) {
	now := s.now()
	r, err := db.One(ctx, s.db, func(r *sessionRow) []any { return []any{&r.ID, &r.UserID, &r.created, &r.used} },
		"SELECT id, user_id, created_at, used_at FROM identity_sessions WHERE hash = $1 AND used_at > $2", hash[:], now.Add(-s.cfg.SessionTTL).UnixMilli())
	if errs.Is(err, errs.NotFound) {
		return nil, errSession()
	}
	if err != nil {
		return nil, err
	}
	if now.UnixMilli()-r.used > sessionTouch.Milliseconds() {
		if err := s.touch(ctx, &r.Session); err != nil {
			return nil, err
		}
	}
	r.CreatedAt = fromMillis(r.created)
	return &r.Session, nil
}

// touch records that a session is used.
func (s *Service) touch(ctx context.Context, session *Session) error {
	return s.db.Write(ctx, func(tx *db.Tx) error {
		if _, err := db.Exec(ctx, tx, "UPDATE identity_sessions SET used_at = $2 WHERE id = $1", session.ID, s.millis()); err != nil {
			return err
		}
		return s.seen(ctx, tx, session.UserID)
	})
}

func errSession() error { return errs.New(errs.Unauthenticated, "Please sign in") }

// SignOut ends a session. An unknown one is no error.
func (s *Service) SignOut(ctx context.Context, secret string) error {
	hash := hashSecret(secret)
	_, err := s.endOne(ctx, "hash = $1", hash[:])
	return err
}

// endOne ends the sessions that a condition holds for, and tells of each.
// Returns how many there were.
func (s *Service) endOne(ctx context.Context, which string, args ...any) (n int, err error) {
	err = s.db.Write(ctx, func(tx *db.Tx) error {
		ended, err := db.All(ctx, tx, func(o *SignedOut) []any { return []any{&o.SessionID, &o.UserID} },
			"DELETE FROM identity_sessions WHERE "+which+" RETURNING id, user_id", args...)
		if err != nil {
			return err
		}
		n = len(ended)
		for _, o := range ended {
			tx.OnCommit(func() { s.cache.forget(o.UserID) })
			if _, err := s.outbox.Add(ctx, tx, o); err != nil {
				return err
			}
		}
		return nil
	})
	return n, err
}

// SessionUser returns whose session has an id. Returns NotFound if there is no
// such session, or it has ended.
func (s *Service) SessionUser(ctx context.Context, id ids.ID) (*User, error) {
	userID, err := db.Value[ids.ID](ctx, s.db, "SELECT user_id FROM identity_sessions WHERE id = $1 AND used_at > $2",
		id, s.now().Add(-s.cfg.SessionTTL).UnixMilli())
	if err != nil {
		return nil, err
	}
	u, err := s.User(ctx, userID)
	if err == nil && u.Barred() {
		return nil, errs.NotFoundRecord()
	}
	return u, err
}

// endSessions ends in tx what a user's browsers can do: sessions, and consents
// that were not redeemed yet.
func (s *Service) endSessions(ctx context.Context, tx *db.Tx, userID ids.ID) error {
	if _, err := db.Exec(ctx, tx, "DELETE FROM identity_sessions WHERE user_id = $1", userID); err != nil {
		return err
	}
	_, err := db.Exec(ctx, tx, "DELETE FROM identity_codes WHERE user_id = $1", userID)
	return err
}

// endAll ends in tx whatever lets somebody act as a user: sessions, codes,
// tokens and links, also the one to another e-mail address. Codes go before tokens: a code that is being redeemed is
// either gone, or its token is here.
func (s *Service) endAll(ctx context.Context, tx *db.Tx, userID ids.ID) error {
	if err := s.endSessions(ctx, tx, userID); err != nil {
		return err
	}
	if _, err := db.Exec(ctx, tx, "DELETE FROM identity_tokens WHERE user_id = $1", userID); err != nil {
		return err
	}
	if _, err := db.Exec(ctx, tx, "DELETE FROM identity_links WHERE user_id = $1 AND kind = $2", userID, linkReset); err != nil {
		return err
	}
	if err := s.dropEmailChange(ctx, tx, userID); err != nil {
		return err
	}
	return s.tellRevoked(ctx, tx, Revoked{UserID: userID})
}

// cut returns at most n bytes of what is valid text.
func cut(text string, n int) string {
	text = strings.ToValidUTF8(strings.ReplaceAll(text, "\x00", ""), "")
	if len(text) <= n {
		return text
	}
	for n > 0 && !utf8.RuneStart(text[n]) {
		n--
	}
	return text[:n]
}
