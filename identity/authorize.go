package identity

import (
	"context"
	"encoding/base64"
	"slices"

	"github.com/guildhall/guildhall/internal/db"
	"github.com/guildhall/guildhall/internal/errs"
	"github.com/guildhall/guildhall/internal/ids"
)

// stateMax bounds what a client has us hand back, in bytes.
const stateMax = 4096

// CheckAuthorize tells whether a client may ask a user for this consent, and
// for which scopes. An *OAuthError is for the client: the browser may be sent
// back with it. Other errors are for the user alone and must not lead to a
// redirect: NotFound if there is no such client; Invalid if the redirect URI is
// not one of its own, to the byte, or the state is too long.
func (s *Service) CheckAuthorize(ctx context.Context, r AuthorizeRequest) (*App, Scopes, error) {
	app, err := s.AppByClientID(ctx, r.ClientID)
	if errs.Is(err, errs.NotFound) {
		return nil, nil, errs.Wrap(errs.NotFound, "This application is not known here", err)
	}
	if err != nil {
		return nil, nil, err
	}
	if !slices.Contains(app.RedirectURIs, r.RedirectURI) {
		return nil, nil, errs.New(errs.Invalid, "The redirect URI is not one of the application's")
	}
	if len(r.State) > stateMax {
		return nil, nil, errs.New(errs.Invalid, "The state is too long")
	}
	if r.ResponseType != "code" {
		return nil, nil, &OAuthError{Code: "unsupported_response_type", Text: "The response type must be code"}
	}
	if err := checkChallenge(r.CodeChallenge, r.CodeChallengeMethod); err != nil {
		return nil, nil, err
	}
	scopes, err := grantable(app, r.Scope)
	if err != nil {
		return nil, nil, err
	}
	return app, scopes, nil
}

// checkChallenge accepts no proof key or one with S256; "plain", which is also
// meant when no method is named, would prove nothing to who sees the request.
func checkChallenge(challenge, method string) error {
	if challenge == "" && method == "" {
		return nil
	}
	if method != "S256" {
		return &OAuthError{Code: "invalid_request", Text: "The code challenge method must be S256"}
	}
	if b, err := base64.RawURLEncoding.Strict().DecodeString(challenge); err != nil || len(b) != len(digest{}) {
		return &OAuthError{Code: "invalid_request", Text: "The code challenge is not the hash of a verifier"}
	}
	return nil
}

// grantable returns the scopes that an app asks for, if it may.
func grantable(app *App, text string) (Scopes, error) {
	scopes, err := ParseScopes(text)
	if err == nil && len(scopes) == 0 {
		scopes = Scopes{defaultScope}
	}
	if err != nil || !app.Scopes.Covers(scopes) {
		return nil, &OAuthError{Code: "invalid_scope", Text: "The scope is unknown or not one that the application registered for"}
	}
	return scopes, nil
}

// Authorize records a user's consent and returns the code for the client. The
// failures are those of CheckAuthorize, and Forbidden if the user may not use
// the server (yet).
func (s *Service) Authorize(ctx context.Context, userID ids.ID, r AuthorizeRequest) (code string, err error) {
	app, scopes, err := s.CheckAuthorize(ctx, r)
	if err != nil {
		return "", err
	}
	u, err := s.User(ctx, userID)
	if err != nil {
		return "", err
	}
	if u.Barred() {
		return "", errDisabled()
	}
	if why := pending(u.Confirmed, u.Approved); why != "" {
		return "", errs.New(errs.Forbidden, why)
	}
	code = newSecret()
	hash := hashSecret(code)
	_, err = db.Exec(ctx, s.db, `INSERT INTO identity_codes (hash, app_id, user_id, redirect_uri, scopes, challenge, expires_at, used, token_id)
		VALUES ($1, $2, $3, $4, $5, $6, $7, FALSE, 0)`, hash[:], app.ID, userID, r.RedirectURI, scopes.String(), r.CodeChallenge,
		s.now().Add(s.cfg.CodeTTL).UnixMilli())
	if err != nil {
		return "", err
	}
	return code, nil
}
