package identity

import (
	"context"
	"crypto/sha256"
	"crypto/subtle"
	"encoding/base64"
	"strings"

	"github.com/guildhall/guildhall/internal/db"
	"github.com/guildhall/guildhall/internal/errs"
	"github.com/guildhall/guildhall/internal/ids"
)

// Exchange gives a client a token for a grant: an authorization code, its own
// credentials, or (if configured) a user's password. Returns an *OAuthError
// with the code of RFC 6749 §5.2, or TooMany after too many tries of passwords.
func (s *Service) Exchange(ctx context.Context, r TokenRequest) (*Token, error) {
	grant := s.grant(r.GrantType)
	if grant == nil {
		if r.GrantType == "" {
			return nil, &OAuthError{Code: "invalid_request", Text: "The grant type is missing"}
		}
		return nil, &OAuthError{Code: "unsupported_grant_type", Text: "The grant type is not supported"}
	}
	app, err := s.client(ctx, r.ClientID, r.ClientSecret)
	if err != nil {
		return nil, err
	}
	return grant(ctx, app, r)
}

type granting func(context.Context, *App, TokenRequest) (*Token, error)

func (s *Service) grant(name string) granting {
	switch {
	case name == "authorization_code":
		return s.redeem
	case name == "client_credentials":
		return s.grantApp
	case name == "password" && s.cfg.PasswordGrant:
		return s.grantPassword
	}
	return nil
}

// client returns the app with these credentials, or invalid_client.
func (s *Service) client(ctx context.Context, clientID, secret string) (*App, error) {
	row, err := s.appByClientID(ctx, clientID)
	if err != nil && !errs.Is(err, errs.NotFound) {
		return nil, err
	}
	if err != nil || !fits(secret, row.secretHash) {
		return nil, &OAuthError{Code: "invalid_client", Text: "The client is unknown or its secret is wrong"}
	}
	return &row.App, nil
}

func errGrant() error {
	return &OAuthError{Code: "invalid_grant", Text: "The grant is invalid, expired, used already, or made for another client or redirect URI"}
}

// codeRow is an authorization code as stored.
type codeRow struct {
	appID, userID, tokenID         ids.ID
	redirectURI, scopes, challenge string
	expires                        int64
	used                           bool
}

func scanCode(c *codeRow) []any {
	return []any{&c.appID, &c.userID, &c.tokenID, &c.redirectURI, &c.scopes, &c.challenge, &c.expires, &c.used}
}

// redeem gives a token for an authorization code, once.
func (s *Service) redeem(ctx context.Context, app *App, r TokenRequest) (*Token, error) {
	hash := hashSecret(r.Code)
	c, err := s.code(ctx, s.db, hash)
	if errs.Is(err, errs.NotFound) {
		return nil, errGrant()
	}
	if err != nil {
		return nil, err
	}
	good := c.appID == app.ID && c.redirectURI == r.RedirectURI && s.millis() < c.expires && proves(r.CodeVerifier, c.challenge)
	if !good && !(c.used && c.appID == app.ID) {
		return nil, errGrant()
	}
	u, err := s.User(ctx, c.userID)
	if errs.Is(err, errs.NotFound) || (err == nil && u.Barred()) {
		return nil, errGrant()
	}
	if err != nil {
		return nil, err
	}
	t := &Token{Secret: newSecret(), Scopes: strings.Fields(c.scopes), CreatedAt: fromMillis(s.millis())}
	id := s.ids.New(c.userID)
	var won bool
	err = s.db.Write(ctx, func(tx *db.Tx) error {
		n, err := db.Exec(ctx, tx, "UPDATE identity_codes SET used = TRUE, token_id = $2 WHERE hash = $1 AND used = FALSE", hash[:], id)
		if err != nil {
			return err
		}
		if won = n == 1; !won {
			return s.replayed(ctx, tx, hash)
		}
		return s.insertToken(ctx, tx, id, app.ID, c.userID, c.scopes, hashSecret(t.Secret))
	})
	if err == nil && !won {
		err = errGrant()
	}
	if err != nil {
		return nil, err
	}
	return t, nil
}

func (s *Service) code(ctx context.Context, q db.Querier, hash digest) (codeRow, error) {
	return db.One(ctx, q, scanCode, `SELECT app_id, user_id, token_id, redirect_uri, scopes, challenge, expires_at, used
		FROM identity_codes WHERE hash = $1`, hash[:])
}

// replayed ends in tx the token that was made from a code which somebody uses
// again: one of the two has stolen it (RFC 6749 §4.1.2).
func (s *Service) replayed(ctx context.Context, tx *db.Tx, hash digest) error {
	c, err := s.code(ctx, tx, hash)
	if errs.Is(err, errs.NotFound) { // ended by a new password meanwhile
		return nil
	}
	if err != nil {
		return err
	}
	s.log.WarnContext(ctx, "authorization code used twice", "app", c.appID, "user", c.userID)
	return s.deleteToken(ctx, tx, c.tokenID, c.userID)
}

// proves tells whether a verifier has the challenge that a code was made with
// (RFC 7636 §4.6). A verifier where no challenge was is refused: somebody took
// the challenge out of the request.
func proves(verifier, challenge string) bool {
	if challenge == "" || verifier == "" {
		return challenge == verifier
	}
	if len(verifier) < 43 || len(verifier) > 128 {
		return false
	}
	h := sha256.Sum256([]byte(verifier))
	return subtle.ConstantTimeCompare([]byte(base64.RawURLEncoding.EncodeToString(h[:])), []byte(challenge)) == 1
}

// grantApp gives an app a token for itself.
func (s *Service) grantApp(ctx context.Context, app *App, r TokenRequest) (*Token, error) {
	scopes, err := grantable(app, r.Scope)
	if err != nil {
		return nil, err
	}
	return s.NewToken(ctx, app.ID, 0, scopes)
}

// grantPassword gives an app a token for a user whose password it was told.
func (s *Service) grantPassword(ctx context.Context, app *App, r TokenRequest) (*Token, error) {
	scopes, err := grantable(app, r.Scope)
	if err != nil {
		return nil, err
	}
	row, err := s.checkPassword(ctx, r.Username, r.Password, r.Address)
	if errs.Is(err, errs.Unauthenticated) || errs.Is(err, errs.Forbidden) {
		return nil, errGrant()
	}
	if err != nil {
		return nil, err
	}
	t := &Token{Secret: newSecret(), Scopes: scopes, CreatedAt: fromMillis(s.millis())}
	id := s.ids.New(row.ID)
	err = s.db.Write(ctx, func(tx *db.Tx) error {
		if err := s.stillHas(ctx, tx, &row); err != nil {
			return err
		}
		if err := s.noteAddress(ctx, tx, row.ID, r.Address); err != nil {
			return err
		}
		return s.insertToken(ctx, tx, id, app.ID, row.ID, scopes.String(), hashSecret(t.Secret))
	})
	if errs.Is(err, errs.Unauthenticated) {
		return nil, errGrant()
	}
	if err != nil {
		return nil, err
	}
	return t, nil
}

// Revoke ends a token at the wish of the client that it was given to (RFC
// 7009). An unknown token is no error. Returns an *OAuthError: invalid_client,
// or unauthorized_client if the token is another client's.
func (s *Service) Revoke(ctx context.Context, clientID, clientSecret, token string) error {
	app, err := s.client(ctx, clientID, clientSecret)
	if err != nil {
		return err
	}
	hash := hashSecret(token)
	c, err := db.One(ctx, s.db, func(c *Caller) []any { return []any{&c.TokenID, &c.AppID, &c.UserID} },
		"SELECT id, app_id, user_id FROM identity_tokens WHERE hash = $1", hash[:])
	if errs.Is(err, errs.NotFound) {
		return nil
	}
	if err != nil {
		return err
	}
	if c.AppID != app.ID {
		return &OAuthError{Code: "unauthorized_client", Text: "The token was not given to this client"}
	}
	return s.db.Write(ctx, func(tx *db.Tx) error { return s.deleteToken(ctx, tx, c.TokenID, c.UserID) })
}

// deleteToken ends a token in tx, if it is still there.
func (s *Service) deleteToken(ctx context.Context, tx *db.Tx, id, userID ids.ID) error {
	n, err := db.Exec(ctx, tx, "DELETE FROM identity_tokens WHERE id = $1", id)
	if err != nil || n == 0 {
		return err
	}
	return s.tellRevoked(ctx, tx, Revoked{UserID: userID, TokenID: id})
}
