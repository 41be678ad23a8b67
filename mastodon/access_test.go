package mastodon_test

import (
	"net/http"
	"strings"
	"testing"

	"github.com/coder/websocket"

	"github.com/guildhall/guildhall/identity"
)

// AZ-17: what an app of an ordinary member was granted of the administration
// opens nothing, also not under a method or address that is only similar.
func TestAZ17AdminScopesOfMembers(t *testing.T) {
	t.Parallel()
	w := open(t)
	bob := w.person("bob")
	app := w.app("read write admin:read admin:write")
	code := w.code(bob, app, "read admin:read admin:write")
	token := w.do("POST", "/oauth/token", "", form("grant_type", "authorization_code", "code", code, "redirect_uri", "https://app.test/cb",
		"client_id", app.id, "client_secret", app.secret)).is(200).text("access_token")
	w.do("GET", "/api/v1/accounts/verify_credentials", token, nil).is(200).has(`{"username": "bob", "role": {"permissions": "0"}}`)
	who, err := w.identity.Authenticate(w.kit.Ctx, token)
	w.must(err)
	if got := who.Scopes.String(); got != "read" {
		t.Errorf("the token opens %q", got)
	}
	for _, call := range []string{"GET /api/v1/admin/accounts", "GET /api/v2/admin/accounts", "GET /api/v1/admin/accounts/" + bob.id.String(),
		"GET /api/v1/admin/reports", "POST /api/v1/admin/accounts/" + bob.id.String() + "/action", "GET /api/v1/admin/ip_blocks",
		"GET /api/v1/admin/email_domain_blocks", "POST /api/v1/admin/measures", "POST /api/v1/admin/retention", "GET /admin", "GET /api/v1/%61dmin/accounts"} {
		method, path, _ := strings.Cut(call, " ")
		for _, token := range []string{token, app.token, ""} {
			a := w.do(method, path, token, nil)
			if a.status < 400 || a.status >= 500 {
				t.Errorf("%s: status %d", a.call, a.status)
			}
			if body := string(a.body); strings.Contains(body, "@example.org") || strings.Contains(body, "127.0.0.1") {
				t.Errorf("%s tells %s", a.call, body)
			}
		}
	}
}

// AZ-29: whoever is disabled is out at once, and in again when it is taken back.
func TestAZ29Disabled(t *testing.T) {
	t.Parallel()
	w := open(t)
	u, err := w.profiles.Register(w.kit.Ctx, identity.SignUp{Username: "bob", Email: "bob@example.org", Password: password, Trusted: true})
	w.must(err)
	bob := &person{name: "bob", id: u.ID}
	bob.token = w.token(bob, allowed)
	signIn := func() (string, error) {
		session, _, err := w.identity.SignIn(w.kit.Ctx, "bob", password, "192.0.2.1", "")
		return session, err
	}
	session, err := signIn()
	w.must(err)
	socket, events := w.dial("?stream=user&access_token="+bob.token), w.events("user", bob.token)
	app := w.app("read")
	code := w.code(bob, app, "read")
	w.do("GET", "/api/v1/timelines/home", bob.token, nil).is(200)

	w.must(w.identity.Disable(w.kit.Ctx, bob.id, true))
	socket.ends(websocket.StatusPolicyViolation)
	events.ends()
	for _, call := range []string{"GET /api/v1/timelines/home", "GET /api/v1/accounts/verify_credentials", "POST /api/v1/statuses", "GET /api/v1/apps/verify_credentials",
		"GET /api/v1/emails/check_confirmation", "GET /api/v1/accounts/" + bob.id.String(), "GET /api/v1/streaming/user", "GET /api/v1/streaming/public"} {
		method, path, _ := strings.Cut(call, " ")
		w.do(method, path, bob.token, nil).is(403).has(`{"error": "Your login is currently disabled"}`)
	}
	if _, res, err := websocket.Dial(w.kit.Ctx, w.server.URL+"/api/v1/streaming?stream=user&access_token="+bob.token, nil); err == nil || res.StatusCode != http.StatusForbidden {
		t.Errorf("a new stream: %v", err)
	}
	if _, _, err := w.identity.Session(w.kit.Ctx, session); err == nil {
		t.Error("the session goes on")
	}
	if _, err := signIn(); err == nil {
		t.Error("a new session begins")
	}

	w.must(w.identity.Disable(w.kit.Ctx, bob.id, false))
	w.do("GET", "/api/v1/accounts/verify_credentials", bob.token, nil).is(200).has(`{"username": "bob"}`)
	again := w.dial("?stream=user&access_token=" + bob.token)
	w.says(bob, "back")
	again.gets("user update bob back")
	if _, err := signIn(); err != nil {
		t.Error(err)
	}
	if _, _, err := w.identity.Session(w.kit.Ctx, session); err == nil {
		t.Error("the ended session is back")
	}
	w.do("POST", "/oauth/token", "", form("grant_type", "authorization_code", "code", code, "redirect_uri", "https://app.test/cb",
		"client_id", app.id, "client_secret", app.secret)).is(400).has(`{"error": "invalid_grant"}`)
}
