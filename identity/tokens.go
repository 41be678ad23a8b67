package identity

import (
	"context"
	"strings"

	"github.com/guildhall/guildhall/internal/days"
	"github.com/guildhall/guildhall/internal/db"
	"github.com/guildhall/guildhall/internal/errs"
	"github.com/guildhall/guildhall/internal/ids"
)

// access is what the cache holds of a token: the caller, or why there is none.
type access struct {
	caller *Caller
	denied error
}

// weight is about what a cached token takes, in bytes.
func (a *access) weight() uint32 {
	if a.caller == nil {
		return 256
	}
	return uint32(320 + 32*len(a.caller.Scopes))
}

// accessRow is a token with its user as stored; the user's part is zero for
// an app's own token.
type accessRow struct {
	Caller
	scopes              string
	confirmed, approved bool
	disabled, suspended bool
	seen                int64
}

func scanAccess(r *accessRow) []any {
	return []any{&r.TokenID, &r.AppID, &r.UserID, &r.scopes, &r.Role, &r.confirmed, &r.approved, &r.disabled, &r.suspended, &r.seen}
}

// Authenticate returns who a bearer token stands for. It is called for every
// request: a cached token costs one hash and one look-up. The value is shared
// and must not be changed. Returns Unauthenticated if the token is unknown or
// revoked; Forbidden if the user is disabled or suspended.
func (s *Service) Authenticate(ctx context.Context, bearer string) (*Caller, error) {
	if bearer == "" || len(bearer) > secretMax {
		return nil, errToken()
	}
	hash := hashSecret(bearer)
	a, err := lookup(ctx, s.cache, s.cache.tokens, hash, func(ctx context.Context, g *generations) (cached[*access], error) {
		a, owner, err := s.loadAccess(ctx, hash)
		if err != nil {
			return cached[*access]{}, err
		}
		return keep(s.cache, a, owner, g, tokenFor), nil
	})
	if err != nil {
		return nil, err
	}
	return a.caller, a.denied
}

func errToken() error { return errs.New(errs.Unauthenticated, "The access token is invalid") }

const selectAccess = `SELECT t.id, t.app_id, t.user_id, t.scopes, COALESCE(u.role, ''),
		COALESCE(u.confirmed, FALSE), COALESCE(u.approved, FALSE), COALESCE(u.disabled, FALSE), COALESCE(u.suspended, FALSE), COALESCE(a.seen_at, 0)
		FROM identity_tokens t LEFT JOIN identity_users u ON u.id = t.user_id
		LEFT JOIN identity_activity a ON a.user_id = t.user_id WHERE `

// Token returns who a token stands for by the token's id, without counting as
// its use. Returns NotFound if it was revoked; Forbidden if the user is disabled
// or suspended.
func (s *Service) Token(ctx context.Context, id ids.ID) (*Caller, error) {
	r, err := db.One(ctx, s.db, scanAccess, selectAccess+"t.id = $1", id)
	switch {
	case err != nil:
		return nil, err
	case r.UserID != 0 && r.Role == "": // the user was removed
		return nil, errs.NotFoundRecord()
	case r.suspended:
		return nil, errSuspended()
	case r.disabled:
		return nil, errDisabled()
	}
	c := r.Caller
	c.Scopes = Scopes(strings.Fields(r.scopes)).forRole(r.Role)
	if c.UserID != 0 {
		c.Pending = pending(r.confirmed, r.approved)
	}
	return &c, nil
}

func (s *Service) loadAccess(ctx context.Context, hash digest) (*access, ids.ID, error) {
	r, err := db.One(ctx, s.db, scanAccess, selectAccess+"t.hash = $1", hash[:])
	if errs.Is(err, errs.NotFound) {
		return nil, 0, errToken()
	}
	if err != nil {
		return nil, 0, err
	}
	if r.UserID != 0 && r.Role == "" { // the user was removed
		return nil, 0, errToken()
	}
	c := r.Caller
	c.Scopes = Scopes(strings.Fields(r.scopes)).forRole(r.Role)
	a := &access{caller: &c}
	if c.UserID != 0 {
		c.Pending = pending(r.confirmed, r.approved)
		if r.suspended {
			return &access{denied: errSuspended()}, r.UserID, nil
		}
		if r.disabled {
			return &access{denied: errDisabled()}, r.UserID, nil
		}
		if r.seen < days.Of(s.now()).Start().UnixMilli() {
			err := s.db.Write(ctx, func(tx *db.Tx) error { return s.seen(ctx, tx, c.UserID) })
			if err != nil { // must not keep anybody out
				s.log.WarnContext(ctx, "activity not recorded", "user", c.UserID, "error", err)
			}
		}
	}
	return a, r.UserID, nil
}

func errDisabled() error { return errs.New(errs.Forbidden, "Your login is currently disabled") }

func errSuspended() error { return errs.New(errs.Forbidden, "Your account has been suspended") }

// pending says what a user still waits for, or nothing.
func pending(confirmed, approved bool) string {
	switch {
	case !confirmed:
		return "Your e-mail address is not confirmed yet"
	case !approved:
		return "Your registration has not been approved yet"
	}
	return ""
}

// insertToken makes a token in tx.
func (s *Service) insertToken(ctx context.Context, tx *db.Tx, id, appID, userID ids.ID, scopes string, hash digest) error {
	_, err := db.Exec(ctx, tx, `INSERT INTO identity_tokens (id, hash, app_id, user_id, scopes, created_at)
		VALUES ($1, $2, $3, $4, $5, $6)`, id, hash[:], appID, userID, scopes, s.millis())
	return err
}

// NewToken gives an app a token for a user, or for itself when userID is 0,
// without asking anybody: the sign-up API and the command line do that. Returns
// an error of the database only.
func (s *Service) NewToken(ctx context.Context, appID, userID ids.ID, scopes Scopes) (*Token, error) {
	t := &Token{Secret: newSecret(), Scopes: scopes, CreatedAt: fromMillis(s.millis())}
	id := s.ids.New(userID)
	err := s.db.Write(ctx, func(tx *db.Tx) error {
		return s.insertToken(ctx, tx, id, appID, userID, scopes.String(), hashSecret(t.Secret))
	})
	if err != nil {
		return nil, err
	}
	return t, nil
}

// IssueToken gives a user a token of an app that has this name and cannot sign
// in anybody else; it is made at the first call. It is for the command line.
// Returns Invalid for an unknown scope, NotFound if there is no such user.
func (s *Service) IssueToken(ctx context.Context, userID ids.ID, appName, scopes string) (secret string, err error) {
	granted, err := ParseScopes(scopes)
	if err != nil {
		return "", err
	}
	if _, err := s.User(ctx, userID); err != nil {
		return "", err
	}
	app, err := s.localApp(ctx, appName)
	if err != nil {
		return "", err
	}
	t, err := s.NewToken(ctx, app.ID, userID, granted)
	if err != nil {
		return "", err
	}
	return t.Secret, nil
}

// localApp returns the app of a name that the command line uses. Its client id
// is not one that a registration can get, and no secret fits it.
func (s *Service) localApp(ctx context.Context, name string) (*App, error) {
	clientID := "local:" + name
	app, err := s.AppByClientID(ctx, clientID)
	if !errs.Is(err, errs.NotFound) {
		return app, err
	}
	if f := appNameRefusal(name); f != nil {
		return nil, refused(map[string][]errs.Field{"client_name": f})
	}
	err = s.insertApp(ctx, &App{ID: s.ids.Global(), Name: name, ClientID: clientID, CreatedAt: s.now(),
		Scopes: Scopes{"read", "write", "follow", "push", "profile", "admin:read", "admin:write"}}, []byte{})
	if err != nil {
		return nil, err
	}
	return s.AppByClientID(ctx, clientID)
}
