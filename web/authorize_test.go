package web_test

import (
	"net/http"
	"net/url"
	"strings"
	"testing"

	"github.com/guildhall/guildhall/identity"
)

// nowhere fails the test if an answer gives a code or leads to another host.
func (s *shown) nowhere() *shown {
	s.Helper()
	if to := s.header.Get("Location"); to != "" && (!strings.HasPrefix(to, "/") || strings.HasPrefix(to, "//")) {
		s.Errorf("%s leads to %s", s.call, to)
	}
	if strings.Contains(s.header.Get("Location"), "code=") {
		s.Errorf("%s gives a code", s.call)
	}
	return s
}

func TestOA01(t *testing.T) {
	w := open(t)
	app := w.app("https://app.test/cb")
	w.member("b")
	b := w.signedIn("b")
	for _, uri := range []string{"https://app.test/cb/", "https://app.test/cb/../x", "https://app.test/cb?x=1", "https://app.test.evil/cb",
		"https://app.test@evil/cb", "http://app.test/cb", "https://APP.test/CB", "https://app.test:444/cb", "https://app.test%2fcb",
		"https://app.test/%2fcb", "https://app.test/cb#", "", identity.OutOfBand} {
		b.get(authorize(app, "redirect_uri", uri)).is(http.StatusBadRequest).nowhere().says("The redirect URI is not one of the application's.")
		b.do("POST", authorize(app, "redirect_uri", uri), url.Values{"decision": {"allow"}}).is(http.StatusBadRequest).nowhere()
	}
}

func TestOA09(t *testing.T) {
	w := open(t)
	app := w.app("https://app.test/cb?fixed=1", "tusker://cb")
	w.member("b")
	b := w.signedIn("b")
	const payload = `"><script>alert(1)</script>`
	b.get(authorize(app, "client_id", payload)).is(http.StatusBadRequest).nowhere()
	for _, state := range []string{payload, "a b+c%20&=?#/ü", "lines\r\nand\nmore\ttabs", "\xff\x00bytes", strings.Repeat("ü€", 500)} {
		for _, uri := range app.RedirectURIs {
			address := authorize(app, "state", state, "redirect_uri", uri)
			for decision, name := range map[string]string{"allow": "code", "deny": "error"} {
				s := b.get(address).is(http.StatusOK).submit("/oauth/authorize", "decision", decision).is(http.StatusSeeOther)
				to := s.header.Get("Location")
				if !strings.HasPrefix(to, uri) {
					t.Errorf("redirected to %s, not to %s", to, uri)
				}
				q := s.location().Query()
				if q.Get("state") != state {
					t.Errorf("state %q came back as %q", state, q.Get("state"))
				}
				if q.Get(name) == "" || uri == app.RedirectURIs[0] && q.Get("fixed") != "1" {
					t.Errorf("redirected to %s", to)
				}
			}
		}
	}
}

func TestOA10(t *testing.T) {
	w := open(t)
	app := w.app("https://app.test/cb")
	w.member("a")
	w.member("b")
	b := w.signedIn("b")
	address := authorize(app)
	page := b.get(address).is(http.StatusOK)
	if !strings.Contains(page.header.Get("Content-Security-Policy"), "frame-ancestors 'none'") || !strings.Contains(page.header.Get("Cache-Control"), "no-store") {
		t.Errorf("headers %v", page.header)
	}
	action, good := page.form("/oauth/authorize")
	_, others := w.signedIn("a").get(address).form("/oauth/authorize")
	_, another := b.get(authorize(app, "scope", "read")).form("/oauth/authorize")
	for name, token := range map[string]string{"none": "", "another user's": others.Get("token"), "another request's": another.Get("token")} {
		b.do("POST", action, url.Values{"decision": {"allow"}, "token": {token}}).nowhere()
		if s := b.do("POST", action, url.Values{"decision": {"allow"}, "token": {token}}); s.status != http.StatusForbidden {
			t.Errorf("token %s: status %d", name, s.status)
		}
	}
	good.Set("decision", "allow")
	for _, headers := range [][2]string{{"Origin", "https://evil.test"}, {"Origin", "null"}, {"Sec-Fetch-Site", "cross-site"}, {"Sec-Fetch-Site", "same-site"}} {
		b.header.Set(headers[0], headers[1])
		b.do("POST", action, good).is(http.StatusForbidden).nowhere()
		b.header.Del(headers[0])
	}
	b.header.Set("Origin", w.base)
	b.header.Set("Sec-Fetch-Site", "same-origin")
	if s := b.do("POST", action, good); s.location().Query().Get("code") == "" {
		t.Errorf("the good form: status %d", s.status)
	}
	// Nobody is signed in: no code without signing in first.
	w.browser().do("POST", action, good).is(http.StatusSeeOther).nowhere()
}

func TestOA17AtTheConsentPage(t *testing.T) {
	w := open(t)
	app := w.app("https://app.test/cb")
	w.member("b")
	b := w.signedIn("b")
	for _, c := range []struct{ name, value, code string }{
		{"response_type", "token", "unsupported_response_type"},
		{"response_type", "", "unsupported_response_type"},
		{"scope", "read admin:write", "invalid_scope"},
		{"scope", "nonsense", "invalid_scope"},
		{"code_challenge", "short", "invalid_request"},
	} {
		s := b.get(authorize(app, c.name, c.value, "state", "x y")).is(http.StatusBadRequest).nowhere().says(c.code)
		back, err := url.Parse(s.href("Back to the app"))
		w.must(err)
		if back.Host != "app.test" || back.Query().Get("error") != c.code || back.Query().Get("state") != "x y" {
			t.Errorf("%s=%s leads back to %s", c.name, c.value, back)
		}
	}
}

func TestOA20(t *testing.T) {
	w := open(t)
	w.member("b")
	for _, b := range []*browser{w.browser(), w.signedIn("b")} {
		for _, path := range []string{"/oauth/authorize?client_id=x&redirect_uri=https://evil.test", "/oauth/authorize?client_id=x&redirect_uri=https://evil.test&response_type=code", "/oauth/authorize"} {
			s := b.get(path).is(http.StatusBadRequest).nowhere().says("This application is not known here.")
			for _, href := range s.attrs("a", "href") {
				if strings.Contains(href, "evil") {
					t.Errorf("a link to %s", href)
				}
			}
		}
	}
}

func TestForcedSignIn(t *testing.T) {
	w := open(t)
	app := w.app("https://app.test/cb")
	w.member("a")
	w.member("b")
	b := w.signedIn("a")
	form := b.get(authorize(app, "force_login", "true", "state", "s")).follow().is(http.StatusOK).says("Sign in", "to connect Tusker")
	consent := form.submit("", "login", "b", "password", password).follow().is(http.StatusOK).says("@b@" + w.host)
	// "Not you?" leads back to the same request.
	consent = b.get(consent.href("Not you?")).submit("", "login", "a", "password", password).follow().says("@a@" + w.host)
	to := consent.submit("/oauth/authorize", "decision", "allow").location()
	if to.Host != "app.test" || to.Query().Get("state") != "s" {
		t.Errorf("redirected to %s", to)
	}
}

func TestCodeToCopy(t *testing.T) {
	w := open(t)
	app := w.app(identity.OutOfBand)
	w.member("b")
	b := w.signedIn("b")
	s := b.get(authorize(app)).says("You then copy a code into the app.")
	s.submit("/oauth/authorize", "decision", "deny").is(http.StatusOK).says("Not connected")
	page := s.submit("/oauth/authorize", "decision", "allow").follow().is(http.StatusOK).says("Copy this code into your app")
	code := page.attrs("input", "value")[0]
	_, err := w.identity.Exchange(w.kit.Ctx, identity.TokenRequest{GrantType: "authorization_code", ClientID: app.ClientID,
		ClientSecret: app.ClientSecret, RedirectURI: identity.OutOfBand, Code: code})
	w.must(err)
}

// Chromium holds form-action against redirects after a form, too.
func TestConsentPolicyAllowsTheRedirect(t *testing.T) {
	w := open(t)
	w.member("b")
	b := w.signedIn("b")
	for uri, source := range map[string]string{
		"http://127.0.0.1:4711/cb": "http://127.0.0.1:4711",
		"https://app.test/cb?x=1":  "https://app.test",
		"tusker://cb":              "tusker:",
		"com.example.app:/cb":      "com.example.app:",
		"http://[::1]:4711/cb":     "http:",
		"https://bücher.test/cb":   "https:",
		identity.OutOfBand:         "",
	} {
		policy := b.get(authorize(w.app(uri))).is(http.StatusOK).header.Get("Content-Security-Policy")
		_, rest, _ := strings.Cut(policy, "form-action ")
		got, _, _ := strings.Cut(rest, ";")
		if want := strings.TrimSpace("'self' " + source); got != want {
			t.Errorf("%s: form-action %s, want %s", uri, got, want)
		}
	}
}
