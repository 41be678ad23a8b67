package mastodon_test

import (
	"net/http"
	"net/url"
	"strings"
	"testing"

	"github.com/guildhall/guildhall/identity"
	"github.com/guildhall/guildhall/mastodon"
)

// code returns an authorization code with a member's consent, as the page for
// it would give it.
func (w *world) code(p *person, app client, scope string) string {
	w.Helper()
	code, err := w.identity.Authorize(w.kit.Ctx, p.id, identity.AuthorizeRequest{ClientID: app.id, RedirectURI: "https://app.test/cb",
		ResponseType: "code", Scope: scope})
	w.must(err)
	return code
}

func form(pairs ...string) string {
	v := url.Values{}
	for i := 0; i < len(pairs); i += 2 {
		v.Add(pairs[i], pairs[i+1])
	}
	return v.Encode()
}

func TestApps(t *testing.T) {
	t.Parallel()
	w := open(t)
	const want = `{"name": "Elk", "website": "https://elk.test", "scopes": ["read", "write"], "redirect_uris": ["https://elk.test/cb"],
		"redirect_uri": "https://elk.test/cb", "client_secret_expires_at": 0}`
	w.run([]test{
		{"form", "POST", "/api/v1/apps", "", form("client_name", "Elk", "redirect_uris", "https://elk.test/cb", "scopes", "read write",
			"website", "https://elk.test"), 200, want},
		{"JSON", "POST", "/api/v1/apps", "", `{"client_name": "Elk", "redirect_uris": "https://elk.test/cb", "scopes": "read write", "website": "https://elk.test"}`, 200, want},
		{"JSON list", "POST", "/api/v1/apps", "", `{"client_name": "Elk", "redirect_uris": ["https://elk.test/cb", "urn:ietf:wg:oauth:2.0:oob"]}`, 200,
			`{"website": null, "scopes": ["read"], "redirect_uris": ["https://elk.test/cb", "urn:ietf:wg:oauth:2.0:oob"]}`},
		{"no name", "POST", "/api/v1/apps", "", `{"redirect_uris": "https://elk.test/cb"}`, 422, `{"details": {"client_name": [{"error": "ERR_BLANK"}]}}`},
		{"unknown scope", "POST", "/api/v1/apps", "", `{"client_name": "x", "redirect_uris": "https://elk.test/cb", "scopes": "everything"}`, 422, ""},
	})
	for _, uri := range []string{"javascript:alert(1)", "data:text/html,x", "vbscript:x", "file:///x", "//evil", "relative", "https://x/" + strings.Repeat("x", 3000)} {
		w.do("POST", "/api/v1/apps", "", form("client_name", "x", "redirect_uris", uri)).is(422) // OA-02
	}
	for _, uri := range []string{"https://app.test/cb", "http://127.0.0.1:9999/cb", "custom-scheme://cb", "urn:ietf:wg:oauth:2.0:oob"} {
		w.do("POST", "/api/v1/apps", "", form("client_name", "x", "redirect_uris", uri)).is(200)
	}
	// OA-16: the secret is told once.
	app := w.app("read")
	if a := w.do("GET", "/api/v1/apps/verify_credentials", app.token, nil).is(200); strings.Contains(string(a.body), app.secret) || strings.Contains(string(a.body), "client_secret") {
		t.Errorf("%s", a.body)
	}
}

func TestTokens(t *testing.T) {
	t.Parallel()
	w := open(t)
	ann := w.person("ann")
	app := w.app("read write")
	grant := func(pairs ...string) string {
		return form(append(pairs, "client_id", app.id, "client_secret", app.secret, "redirect_uri", "https://app.test/cb")...)
	}
	code := w.code(ann, app, "read write")
	a := w.do("POST", "/oauth/token", "", grant("grant_type", "authorization_code", "code", code)).is(200)
	a.has(`{"token_type": "Bearer", "scope": "read write"}`)
	noStore(a)
	token := a.text("access_token")
	w.do("GET", "/api/v1/accounts/verify_credentials", token, nil).is(200).has(`{"username": "ann"}`)
	w.do("GET", "/oauth/userinfo", token, nil).is(200).has(`{"preferred_username": "ann", "sub": "https://guild.test/users/ann"}`)

	// OA-03: a code used twice ends the token that it gave.
	noStore(w.do("POST", "/oauth/token", "", grant("grant_type", "authorization_code", "code", code)).is(400).has(`{"error": "invalid_grant"}`))
	w.do("GET", "/api/v1/accounts/verify_credentials", token, nil).is(401)

	// JSON, with the client in the header.
	code = w.code(ann, app, "read")
	r, err := http.NewRequest("POST", w.server.URL+"/oauth/token", strings.NewReader(
		`{"grant_type": "authorization_code", "code": "`+code+`", "redirect_uri": "https://app.test/cb"}`))
	w.must(err)
	r.Header.Set("Content-Type", "application/json")
	r.SetBasicAuth(app.id, app.secret)
	token = w.send(r).is(200).text("access_token")

	// OA-18, OA-17: failures are not stored either, and never give a token.
	other := w.app("read")
	for _, c := range []struct {
		body   string
		status int
		error  string
	}{
		{grant("grant_type", "password", "username", "ann", "password", password), 400, "unsupported_grant_type"},
		{grant("grant_type", "implicit"), 400, "unsupported_grant_type"},
		{grant(), 400, "invalid_request"},
		{grant("grant_type", "authorization_code", "code", "x"), 400, "invalid_grant"},
		{form("grant_type", "client_credentials", "client_id", app.id, "client_secret", "wrong"), 401, "invalid_client"},
		{form("grant_type", "client_credentials", "client_id", app.id), 401, "invalid_client"},
		{form("grant_type", "client_credentials", "client_id", app.id, "client_secret", other.secret), 401, "invalid_client"},
		{grant("grant_type", "client_credentials", "scope", "push"), 400, "invalid_scope"},
		{"%zz", 400, "invalid_request"},
		{`{"grant_type": []}`, 400, "invalid_request"},
	} {
		a := w.do("POST", "/oauth/token", "", c.body).is(c.status).has(`{"error": "` + c.error + `"}`)
		noStore(a)
		if a.value("access_token") != nil {
			t.Errorf("%s gave a token", c.body)
		}
	}
	// Secrets in the URL are not read.
	w.do("POST", "/oauth/token?"+grant("grant_type", "client_credentials"), "", nil).is(400)

	// OA-13: revoked at once; once more is fine.
	w.do("GET", "/api/v1/accounts/verify_credentials", token, nil).is(200)
	for range 2 {
		w.do("POST", "/oauth/revoke", "", grant("token", token)).is(200).has(`{}`)
	}
	w.do("GET", "/api/v1/accounts/verify_credentials", token, nil).is(401).has(`{"error": "The access token is invalid"}`)
}

func noStore(a *answer) {
	a.Helper()
	if got := a.header.Get("Cache-Control"); !strings.Contains(got, "no-store") {
		a.Errorf("%s: Cache-Control %q", a.call, got)
	}
	if a.header.Get("Location") != "" {
		a.Errorf("%s: Location %q", a.call, a.header.Get("Location"))
	}
}

func TestMetadata(t *testing.T) {
	t.Parallel()
	w := open(t, func(_ *mastodon.Deps, c *mastodon.Config) { c.PasswordGrant = true })
	w.do("GET", "/.well-known/oauth-authorization-server", "", nil).is(200).has(`{"issuer": "https://guild.test/",
		"authorization_endpoint": "https://guild.test/oauth/authorize", "token_endpoint": "https://guild.test/oauth/token",
		"code_challenge_methods_supported": ["S256"], "grant_types_supported": ["authorization_code", "client_credentials", "password"]}`)
}

// AZ-20, AZ-30, AZ-33, AT-18: what the sign-up API takes and what it gives.
func TestSignUp(t *testing.T) {
	t.Parallel()
	w := open(t)
	app := w.app("read write")
	const path = "/api/v1/accounts"
	fields := func(pairs ...string) string {
		return form(append([]string{"email", "new@example.org", "password", password, "agreement", "true", "locale", "en"}, pairs...)...)
	}
	w.person("taken")
	for _, c := range []struct{ name, code string }{
		{"", "ERR_BLANK"}, {"taken", "ERR_TAKEN"}, {"TAKEN", "ERR_TAKEN"}, {"admin", "ERR_RESERVED"}, {"a b", "ERR_INVALID"}, {"ａｌｉｃｅ", "ERR_INVALID"},
		{"a..", "ERR_INVALID"}, {strings.Repeat("a", 31), "ERR_TOO_LONG"},
	} {
		w.do("POST", path, app.token, fields("username", c.name)).is(422).has(`{"details": {"username": [{"error": "` + c.code + `"}]}}`)
	}
	w.do("POST", path, "", fields("username", "new")).is(401)
	w.do("POST", path, app.token, fields("username", "", "email", "", "password", "", "agreement", "false", "locale", "nowhere")).is(422).has(`{"details": {
		"username": [{"error": "ERR_BLANK", "description": "can't be blank"}], "password": [{"error": "ERR_BLANK", "description": "can't be blank"}],
		"email": [{"error": "ERR_BLANK", "description": "can't be blank"}, {"error": "ERR_INVALID", "description": "is invalid"}],
		"agreement": [{"error": "ERR_ACCEPTED", "description": "must be accepted"}]}}`)
	// An app that has a member's token only: the new member is nobody's, and what the one may do the other may not.
	admin := w.staff("chief", identity.RoleAdmin)
	newcomer := w.do("POST", path, admin.token, fields("username", "newcomer", "email", "newcomer@example.org")).is(200).text("access_token")
	w.do("GET", "/api/v1/admin/accounts", newcomer, nil).is(403)
	w.do("POST", "/api/v1/emails/confirmations", newcomer, form("email", "elsewhere@example.org")).is(200)
	w.do("POST", path, w.token(admin, "read"), fields("username", "newer", "email", "newer@example.org")).is(403)

	token := w.do("POST", path, app.token, fields("username", "new", "role", "owner", "role_id", "3", "admin", "1", "is_admin", "true",
		"confirmed", "true", "approved", "true", "id", "1", "user[admin]", "1", "account[role]", "owner")).is(200).
		has(`{"token_type": "Bearer", "scope": "read write"}`).text("access_token")
	for _, r := range []string{"GET /api/v1/accounts/verify_credentials", "GET /api/v1/instance/domain_blocks", "POST /api/v1/accounts/1/follow",
		"GET /api/v1/accounts/1", "GET /api/v1/timelines/home", "POST /api/v1/statuses"} {
		method, path, _ := strings.Cut(r, " ")
		if a := w.do(method, path, token, nil); a.status != 403 && a.status != 404 && a.status != 405 {
			t.Errorf("%s with an unconfirmed address: %d %s", r, a.status, a.body)
		}
	}
	w.do("GET", "/api/v1/accounts/verify_credentials", token, nil).is(403)
	if a := w.do("GET", "/api/v1/emails/check_confirmation", token, nil).is(200); string(a.body) != "false" {
		t.Errorf("%s", a.body)
	}
	w.do("POST", "/api/v1/emails/confirmations", token, form("email", "other@example.org")).is(200)
	w.do("POST", "/api/v1/emails/confirmations", token, form("email", "no address")).is(422)
	u, err := w.identity.UserByLogin(w.kit.Ctx, "new")
	w.must(err)
	if u.Role != identity.RoleUser || u.Confirmed || u.Email != "other@example.org" {
		t.Errorf("%+v", u)
	}
	// Another app's token for the same person may not.
	w.do("POST", "/api/v1/emails/confirmations", w.token(&person{id: u.ID}, "write"), nil).is(403)
}
