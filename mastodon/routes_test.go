package mastodon_test

import (
	"net/http"
	"net/url"
	"regexp"
	"slices"
	"strings"
	"testing"

	"github.com/guildhall/guildhall/identity"
	"github.com/guildhall/guildhall/mastodon"
)

var wildcard = regexp.MustCompile(`\{[^}]*\}`)

// concrete fills the wildcards of a pattern with an id that nothing has.
func concrete(pattern string) string { return wildcard.ReplaceAllString(pattern, "123") }

// public are the routes that answer without a token; everything else must not.
var public = []string{
	"GET /api/v1/instance", "GET /api/v2/instance", "GET /api/v1/instance/", "GET /api/v1/custom_emojis", "GET /.well-known/", "GET /nodeinfo/",
	"GET /health", "GET /health/", "POST /oauth/token", "POST /oauth/revoke", "POST /api/v1/apps", "GET /media/", "GET /avatars/", "GET /headers/",
	"GET /api/v1/accounts", "GET /api/v1/accounts/lookup", "GET /api/v1/accounts/{id}", "GET /api/v1/accounts/{id}/", "GET /api/v1/statuses/",
	"GET /api/v1/statuses", "GET /api/v1/timelines/public", "GET /api/v1/timelines/link", "GET /api/v1/timelines/tag/", "GET /api/v1/polls/", "GET /api/v1/tags/",
	"GET /api/v1/streaming/health", "GET /api/v1/peers/search", "GET /api/v1/collections/", "POST /api/v1/accounts/{id}/email_subscriptions", "GET /api/v1/directory", "GET /api/v1/trends", "GET /api/v1/trends/", "GET /api/v2/search", "GET /api/oembed", "GET /api/guildhall/v1/openapi.json",
	"GET /api/guildhall/v1/accounts/", "GET /api/guildhall/v1/practice/keys",
}

// isPublic tells whether a route is on the list: itself, or by a beginning that
// ends with a slash.
func isPublic(r mastodon.Route) bool {
	name := r.Method + " " + r.Pattern
	if slices.Contains([]string{"GET /api/v1/accounts/familiar_followers", "GET /api/v1/accounts/{id}/lists", "GET /api/v1/instance/domain_blocks",
		"GET /api/v1/statuses/{id}/source"}, name) {
		return false
	}
	return slices.ContainsFunc(public, func(p string) bool {
		return name == p || strings.HasSuffix(p, "/") && strings.HasPrefix(name, p)
	})
}

// AZ-35: no token, a bad token, a token of the wrong scope, on every route.
func TestEveryRoute(t *testing.T) {
	t.Parallel()
	w := open(t)
	ann := w.staff("ann", identity.RoleOwner) // whom nothing but a scope keeps out
	pushOnly := w.token(ann, "push")
	readOnly := w.token(ann, "read")
	for _, r := range mastodon.Routes() {
		path := concrete(r.Pattern)
		if r.Pattern == "/api/v1/streaming" || strings.HasPrefix(r.Pattern, "/api/v1/streaming/") && r.Flags&mastodon.Raw != 0 {
			continue // a stream stays open; its own tests refuse and admit
		}
		refused := func(token, text string) bool {
			a := w.do(r.Method, path, token, nil)
			if a.status >= 500 {
				t.Errorf("%s: %d %s", a.call, a.status, a.body)
			}
			return (a.status == 401 || a.status == 403) && strings.Contains(string(a.body), text)
		}
		if (r.Audience <= mastodon.Anyone) != isPublic(r) || refused("", "access token is invalid") == isPublic(r) {
			t.Errorf("%s %s answers without a token, or does not; it is for audience %d", r.Method, r.Pattern, r.Audience)
		}
		if refused("garbage", "access token is invalid") != (r.Audience != mastodon.Public) {
			t.Errorf("%s %s with a bad token, for audience %d", r.Method, r.Pattern, r.Audience)
		}
		if r.Audience == mastodon.Public {
			continue
		}
		wrong, scope := pushOnly, "push"
		if identity.Scopes(strings.Fields(r.Scope)).Allows("push") {
			wrong, scope = readOnly, "read"
		}
		if refused(wrong, "outside the authorized scopes") != (r.Scope != "") {
			t.Errorf("%s %s with the scope %s", r.Method, r.Pattern, scope)
		}
	}
}

// OA-12: tokens of a single scope open exactly the routes of that scope, and
// reading never writes.
func TestScopes(t *testing.T) {
	t.Parallel()
	w := open(t)
	ann := w.person("ann")
	tokens := map[string]string{}
	for _, scope := range []string{"read", "write", "follow", "push", "profile", "read:accounts", "read:statuses", "read:follows", "read:blocks",
		"read:mutes", "write:accounts", "write:follows", "write:blocks", "write:mutes", "write:media", "admin:read"} {
		tokens[scope] = w.token(ann, scope)
	}
	for _, c := range []struct {
		method, path string
		opens        []string
	}{
		{"GET", "/api/v1/accounts/verify_credentials", []string{"read", "profile", "read:accounts"}},
		{"GET", "/api/v1/preferences", []string{"read", "read:accounts"}},
		{"GET", "/api/v1/accounts/" + ann.id.String(), []string{"read", "read:accounts"}},
		{"PATCH", "/api/v1/accounts/update_credentials", []string{"write", "write:accounts"}},
		{"GET", "/api/v1/accounts/relationships", []string{"read", "follow", "read:follows"}},
		{"GET", "/api/v1/follow_requests", []string{"read", "follow", "read:follows"}},
		{"GET", "/api/v1/blocks", []string{"read", "follow", "read:blocks"}},
		{"GET", "/api/v1/mutes", []string{"read", "follow", "read:mutes"}},
		{"POST", "/api/v1/accounts/1/follow", []string{"write", "follow", "write:follows"}},
		{"POST", "/api/v1/accounts/1/block", []string{"write", "follow", "write:blocks"}},
		{"POST", "/api/v1/accounts/1/mute", []string{"write", "follow", "write:mutes"}},
		{"POST", "/api/v1/accounts/1/note", []string{"write", "write:accounts"}},
		{"GET", "/api/v1/push/subscription", []string{"push"}},
		{"GET", "/api/v1/apps/verify_credentials", []string{"read", "write", "follow", "push", "profile", "read:accounts", "read:statuses",
			"read:follows", "read:blocks", "read:mutes", "write:accounts", "write:follows", "write:blocks", "write:mutes", "write:media", "admin:read"}},
	} {
		for scope, token := range tokens {
			a := w.do(c.method, c.path, token, nil)
			if want := slices.Contains(c.opens, scope); (a.status != 403) != want {
				t.Errorf("%s with the scope %s: %d %s", a.call, scope, a.status, a.body)
			}
			if a.status == 403 {
				a.has(`{"error": "This action is outside the authorized scopes"}`)
			}
		}
	}
}

// An app's own token is no user.
func TestAppToken(t *testing.T) {
	t.Parallel()
	w := open(t)
	app := w.app("read write")
	w.run([]test{
		{"itself", "GET", "/api/v1/apps/verify_credentials", app.token, nil, 200, `{"name": "Tester"}`},
		{"a public thing", "GET", "/api/v1/accounts/1", app.token, nil, 404, ""},
		{"a user's thing", "GET", "/api/v1/accounts/verify_credentials", app.token, nil, 422, `{"error": "This method requires an authenticated user"}`},
		{"a user's change", "POST", "/api/v1/accounts/1/follow", app.token, nil, 422, ""},
	})
}

// Every path of the table belongs to the edge, and every limit has its rule.
func TestTable(t *testing.T) {
	t.Parallel()
	seen := map[string]bool{}
	limits := mastodon.DefaultLimits()
	for _, r := range mastodon.Routes() {
		name := r.Method + " " + r.Pattern
		if seen[name] {
			t.Errorf("%s is there twice", name)
		}
		seen[name] = true
		if !mastodon.Owns(concrete(r.Pattern)) {
			t.Errorf("%s is not owned", name)
		}
		if r.Limit != "" && limits[r.Limit].Limit == 0 {
			t.Errorf("%s has the limit %q, which has no rule", name, r.Limit)
		}
		if r.Service == "" || r.Handle == nil {
			t.Errorf("%s is not complete", name)
		}
		if _, err := identity.ParseScopes(r.Scope); err != nil {
			t.Errorf("%s has the scope %q: %v", name, r.Scope, err)
		}
		if r.Scope != "" && r.Audience == mastodon.Public {
			t.Errorf("%s has a scope and takes no token", name)
		}
	}
	for _, path := range []string{"/", "/@ann", "/auth/sign_in", "/oauth/authorize", "/mediaX", "/apis"} {
		if mastodon.Owns(path) {
			t.Errorf("%s is owned", path)
		}
	}
}

// client is a registered application with a token of its own.
type client struct{ id, secret, token string }

func (w *world) app(scopes string) client {
	w.Helper()
	a := w.do("POST", "/api/v1/apps", "", url.Values{"client_name": {"Tester"}, "redirect_uris": {"https://app.test/cb"},
		"scopes": {scopes}}.Encode()).is(200)
	c := client{id: a.text("client_id"), secret: a.text("client_secret")}
	c.token = w.do("POST", "/oauth/token", "", url.Values{"grant_type": {"client_credentials"}, "client_id": {c.id},
		"client_secret": {c.secret}, "scope": {scopes}}.Encode()).is(http.StatusOK).text("access_token")
	return c
}
