package mastodon

import (
	"net/http"
	"strings"

	"github.com/guildhall/guildhall/identity"
	"github.com/guildhall/guildhall/internal/errs"
)

// admit finds out who calls and whether they may call this route at all. What
// they may see or do there is for the domains to say.
func (e *endpoint) admit(c *Call) error {
	if e.Audience == Public {
		return nil
	}
	token, sent := bearer(c.R, e.Flags&QueryToken != 0)
	if !sent {
		if e.Audience == Anyone {
			return nil
		}
		return badToken()
	}
	c.token = token
	if err := e.server.authenticate(c); err != nil {
		return err
	}
	caller := c.Caller
	if caller.Pending != "" && e.Flags&PendingToo == 0 {
		return errs.New(errs.Forbidden, caller.Pending)
	}
	if e.Audience >= User && caller.UserID == 0 {
		return errs.New(errs.Invalid, "This method requires an authenticated user")
	}
	if !e.staff(caller.Role) {
		return errs.New(errs.Forbidden, "This action is not allowed")
	}
	for _, scope := range e.scopes {
		if caller.Scopes.Allows(scope) {
			return nil
		}
	}
	if len(e.scopes) > 0 {
		return errs.New(errs.Forbidden, "This action is outside the authorized scopes")
	}
	return nil
}

// staff tells whether a role may call the route.
func (e *endpoint) staff(role identity.Role) bool {
	admin := role == identity.RoleAdmin || role == identity.RoleOwner
	switch e.Audience {
	case Moderators:
		return admin || role == identity.RoleModerator
	case Admins:
		return admin
	}
	return true
}

// authenticate finds out whom the request's token stands for.
func (s *server) authenticate(c *Call) error {
	caller, err := s.Identity.Authenticate(c.R.Context(), c.token)
	if errs.Is(err, errs.Unauthenticated) {
		return badToken()
	}
	c.Caller = caller
	return err
}

// bearer returns the token that a request carries, and whether it carries one.
// A header that is there and holds something else counts as a bad token.
func bearer(r *http.Request, elsewhere bool) (token string, sent bool) {
	if lines := r.Header["Authorization"]; len(lines) > 0 {
		scheme, token, _ := strings.Cut(lines[0], " ")
		if len(lines) > 1 || !strings.EqualFold(scheme, "Bearer") {
			return "", true
		}
		return strings.TrimSpace(token), true
	}
	if !elsewhere {
		return "", false
	}
	if token := r.URL.Query().Get("access_token"); token != "" {
		return token, true
	}
	token = r.Header.Get("Sec-Websocket-Protocol")
	return token, token != ""
}

func badToken() error { return errs.New(errs.Unauthenticated, "The access token is invalid") }
