package identity_test

import (
	"crypto/sha256"
	"encoding/base64"
	"encoding/json"
	"errors"
	"fmt"
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/guildhall/guildhall/identity"
	"github.com/guildhall/guildhall/internal/errs"
	"github.com/guildhall/guildhall/internal/ids"
	"github.com/guildhall/guildhall/internal/testkit"
)

func oauthCode(err error) string {
	var e *identity.OAuthError
	if errors.As(err, &e) {
		return e.Code
	}
	return fmt.Sprint(err)
}

// asking is a request for consent that is acceptable.
func asking(app *identity.App) identity.AuthorizeRequest {
	return identity.AuthorizeRequest{ClientID: app.ClientID, RedirectURI: app.RedirectURIs[0], ResponseType: "code"}
}

// redeeming is the request that gives a token for a code.
func redeeming(app *identity.App, code string) identity.TokenRequest {
	return identity.TokenRequest{GrantType: "authorization_code", ClientID: app.ClientID, ClientSecret: app.ClientSecret,
		Code: code, RedirectURI: app.RedirectURIs[0]}
}

func (r *room) app(scopes string, uris ...string) *identity.App {
	r.Helper()
	if len(uris) == 0 {
		uris = []string{"https://app.test/cb"}
	}
	app, err := r.CreateApp(r.Ctx, "app", "https://app.test", uris, scopes)
	r.must(err)
	return app
}

func TestRedirectURIs(t *testing.T) {
	testkit.Engines(t, func(t *testing.T, k *testkit.Kit) {
		r := open(k)
		for _, c := range []struct {
			uri string
			ok  bool
		}{ // OA-02
			{"javascript:alert(1)", false},
			{"JavaScript:alert(1)", false},
			{"java\nscript:alert(1)", false},
			{"data:text/html,x", false},
			{"vbscript:x", false},
			{"file:///x", false},
			{"//evil", false},
			{"/cb", false},
			{"cb", false},
			{"", false},
			{"https://", false},
			{"https:cb", false},
			{"https://user:pw@app.test/cb", false},
			{"https://app.test/cb#x", false},
			{"https://app.test/\x00", false},
			{"https://app.test/\xff", false},
			{"https://app.test/" + strings.Repeat("a", 3000), false},
			{"https://app.test;script-src/cb", false},
			{"https://app.test,evil.test/cb", false},
			{"https://*/cb", false},
			{"https://'self'/cb", false},
			{"https://:443/cb", false},
			{"http://[fe80::1%25eth0]/cb", false},
			{"https://bücher.test/cb", true},
			{"http://my_host:8080/cb", true},
			{"https://app.test/cb", true},
			{"http://127.0.0.1:12345/cb", true},
			{"http://[::1]/cb", true},
			{"http://localhost:3000", true},
			{"custom-scheme://cb", true},
			{"com.example.app:/cb", true},
			{"icecubesapp://", true},
			{identity.OutOfBand, true},
		} {
			_, err := r.CreateApp(k.Ctx, "app", "", []string{c.uri}, "read")
			if (err == nil) != c.ok || (err != nil && !strings.HasPrefix(codes(err), "redirect_uris=")) {
				t.Errorf("%.60q: %v", c.uri, err)
			}
		}
		app := r.app("read", "https://a.test/cb\nhttps://b.test/cb\r\n", identity.OutOfBand)
		got, err := r.App(k.Ctx, app.ID)
		r.must(err)
		if want := []string{"https://a.test/cb", "https://b.test/cb", identity.OutOfBand}; fmt.Sprint(got.RedirectURIs) != fmt.Sprint(want) {
			t.Errorf("list: %q", got.RedirectURIs)
		}
		for name, c := range map[string]struct{ name, website, scopes, want string }{
			"all wrong":     {"", "javascript:x", "nonsense", "client_name=ERR_BLANK website=ERR_INVALID scopes=ERR_INVALID"},
			"long name":     {strings.Repeat("é", 61), "", "", "client_name=ERR_TOO_LONG"},
			"no text":       {"a\x00b", "https://a.test/\xff", "", "client_name=ERR_INVALID website=ERR_INVALID"},
			"credentials":   {"app", "https://a@b.test", "", "website=ERR_INVALID"},
			"unknown scope": {"app", "", "read read:nothing", "scopes=ERR_INVALID"},
		} {
			if _, err := r.CreateApp(k.Ctx, c.name, c.website, []string{"https://a.test"}, c.scopes); codes(err) != c.want {
				t.Errorf("%s: %s", name, codes(err))
			}
		}
	})
}

func TestCheckAuthorize(t *testing.T) {
	testkit.Engines(t, func(t *testing.T, k *testkit.Kit) {
		r := open(k)
		u := r.member("ada")
		app := r.app("read write:media")
		challenge := base64.RawURLEncoding.EncodeToString(make([]byte, 32))
		page := func(uri string) func(*identity.AuthorizeRequest) {
			return func(a *identity.AuthorizeRequest) { a.RedirectURI = uri }
		}
		for _, c := range []struct {
			name   string
			change func(*identity.AuthorizeRequest)
			want   string // an OAuth code, or what is for the user alone
		}{
			{"OA-01 slash", page("https://app.test/cb/"), "page"},
			{"OA-01 dots", page("https://app.test/cb/../x"), "page"},
			{"OA-01 query", page("https://app.test/cb?x=1"), "page"},
			{"OA-01 suffix", page("https://app.test.evil/cb"), "page"},
			{"OA-01 user", page("https://app.test@evil/cb"), "page"},
			{"OA-01 scheme", page("http://app.test/cb"), "page"},
			{"OA-01 case", page("https://APP.test/CB"), "page"},
			{"OA-01 port", page("https://app.test:444/cb"), "page"},
			{"OA-01 escape", page("https://app.test/%63b"), "page"},
			{"OA-01 none", page(""), "page"},
			{"OA-20", func(a *identity.AuthorizeRequest) { a.ClientID = "x" }, "page"},
			{"OA-09", func(a *identity.AuthorizeRequest) { a.ClientID = `"><script>` + "\x00\xff" }, "page"},
			{"long state", func(a *identity.AuthorizeRequest) { a.State = strings.Repeat("x", 5000) }, "page"},
			{"OA-17", func(a *identity.AuthorizeRequest) { a.ResponseType = "token" }, "unsupported_response_type"},
			{"no type", func(a *identity.AuthorizeRequest) { a.ResponseType = "" }, "unsupported_response_type"},
			{"wider scope", func(a *identity.AuthorizeRequest) { a.Scope = "read write" }, "invalid_scope"},
			{"unknown scope", func(a *identity.AuthorizeRequest) { a.Scope = "everything" }, "invalid_scope"},
			{"plain", func(a *identity.AuthorizeRequest) { a.CodeChallenge, a.CodeChallengeMethod = challenge, "plain" }, "invalid_request"},
			{"plain unsaid", func(a *identity.AuthorizeRequest) { a.CodeChallenge = challenge }, "invalid_request"},
			{"no challenge", func(a *identity.AuthorizeRequest) { a.CodeChallengeMethod = "S256" }, "invalid_request"},
			{"bad challenge", func(a *identity.AuthorizeRequest) { a.CodeChallenge, a.CodeChallengeMethod = challenge[:40], "S256" }, "invalid_request"},
			{"narrower scope", func(a *identity.AuthorizeRequest) { a.Scope = "read:accounts write:media" }, "ok"},
			{"no scope", func(*identity.AuthorizeRequest) {}, "ok"},
			{"S256", func(a *identity.AuthorizeRequest) { a.CodeChallenge, a.CodeChallengeMethod = challenge, "S256" }, "ok"},
		} {
			a := asking(app)
			c.change(&a)
			_, _, err := r.CheckAuthorize(k.Ctx, a)
			got := oauthCode(err)
			switch {
			case err == nil:
				got = "ok"
			case errs.Is(err, errs.NotFound) || errs.Is(err, errs.Invalid):
				got = "page"
			}
			if got != c.want {
				t.Errorf("%s: %v, want %s", c.name, err, c.want)
			}
			if code, err := r.Authorize(k.Ctx, u.ID, a); (err == nil) != (c.want == "ok") || (code != "") != (c.want == "ok") {
				t.Errorf("%s: code %q, %v", c.name, code, err)
			}
		}
		waiting, err := r.SignUp(k.Ctx, form("waiting"))
		r.must(err)
		if _, err := r.Authorize(k.Ctx, waiting.ID, asking(app)); !errs.Is(err, errs.Forbidden) {
			t.Errorf("unconfirmed user: %v", err)
		}
	})
}

func TestCodes(t *testing.T) {
	testkit.Engines(t, func(t *testing.T, k *testkit.Kit) {
		r := open(k)
		u := r.member("ada")
		app, other := r.app("read write", "https://app.test/cb", "https://app.test/2"), r.app("read write")
		code := func(change func(*identity.AuthorizeRequest)) string {
			a := asking(app)
			change(&a)
			code, err := r.Authorize(k.Ctx, u.ID, a)
			r.must(err)
			return code
		}
		simple := func(*identity.AuthorizeRequest) {}
		t.Run("OA-03", func(t *testing.T) {
			c := code(func(a *identity.AuthorizeRequest) { a.Scope = "write read:lists" })
			token, err := r.Exchange(k.Ctx, redeeming(app, c))
			r.must(err)
			caller, err := r.Authenticate(k.Ctx, token.Secret)
			r.must(err)
			if caller.UserID != u.ID || caller.AppID != app.ID || caller.Scopes.String() != "write read:lists" || token.Scopes.String() != "write read:lists" {
				t.Errorf("caller %+v, token %+v", caller, token)
			}
			if _, err := r.Exchange(k.Ctx, redeeming(app, c)); oauthCode(err) != "invalid_grant" {
				t.Errorf("replay: %v", err)
			}
			if _, err := r.Authenticate(k.Ctx, token.Secret); !errs.Is(err, errs.Unauthenticated) {
				t.Errorf("token after the replay: %v", err)
			}
		})
		t.Run("OA-06", func(t *testing.T) {
			c := code(simple)
			k.Clock.Advance(10 * time.Minute)
			if _, err := r.Exchange(k.Ctx, redeeming(app, c)); oauthCode(err) != "invalid_grant" {
				t.Errorf("old code: %v", err)
			}
		})
		t.Run("OA-07", func(t *testing.T) {
			verifier := strings.Repeat("verifier-", 6)
			h := sha256.Sum256([]byte(verifier))
			challenge := base64.RawURLEncoding.EncodeToString(h[:])
			c := code(func(a *identity.AuthorizeRequest) { a.CodeChallenge, a.CodeChallengeMethod = challenge, "S256" })
			for _, v := range []string{"", "wrong", strings.Repeat("w", 43), challenge, verifier + "\n"} {
				req := redeeming(app, c)
				req.CodeVerifier = v
				if _, err := r.Exchange(k.Ctx, req); oauthCode(err) != "invalid_grant" {
					t.Errorf("verifier %q: %v", v, err)
				}
			}
			req := redeeming(app, c)
			req.CodeVerifier = verifier
			if _, err := r.Exchange(k.Ctx, req); err != nil {
				t.Errorf("right verifier: %v", err)
			}
			req = redeeming(app, code(simple))
			req.CodeVerifier = verifier
			if _, err := r.Exchange(k.Ctx, req); oauthCode(err) != "invalid_grant" {
				t.Errorf("verifier without challenge: %v", err)
			}
		})
		t.Run("other client or URI", func(t *testing.T) {
			c := code(simple)
			req := redeeming(app, c)
			req.ClientID, req.ClientSecret = other.ClientID, other.ClientSecret
			if _, err := r.Exchange(k.Ctx, req); oauthCode(err) != "invalid_grant" {
				t.Errorf("other client: %v", err)
			}
			req = redeeming(app, c)
			req.RedirectURI = app.RedirectURIs[1]
			if _, err := r.Exchange(k.Ctx, req); oauthCode(err) != "invalid_grant" {
				t.Errorf("other URI: %v", err)
			}
			for _, bad := range []string{"", "x", "\x00", strings.Repeat("x", 100000)} {
				if _, err := r.Exchange(k.Ctx, redeeming(app, bad)); oauthCode(err) != "invalid_grant" {
					t.Errorf("no code: %v", err)
				}
			}
			if _, err := r.Exchange(k.Ctx, redeeming(app, c)); err != nil {
				t.Errorf("the right one: %v", err)
			}
		})
	})
}

func TestParallelRedemption(t *testing.T) {
	testkit.Engines(t, func(t *testing.T, k *testkit.Kit) { // OA-22
		r := open(k)
		u := r.member("ada")
		app := r.app("read")
		for range 5 {
			code, err := r.Authorize(k.Ctx, u.ID, asking(app))
			r.must(err)
			tokens := make([]*identity.Token, 20)
			var wg sync.WaitGroup
			for i := range tokens {
				wg.Go(func() {
					var err error
					if tokens[i], err = r.Exchange(k.Ctx, redeeming(app, code)); err != nil && oauthCode(err) != "invalid_grant" {
						t.Error(err)
					}
				})
			}
			wg.Wait()
			won := 0
			for _, token := range tokens {
				if token != nil {
					won++
					if _, err := r.Authenticate(k.Ctx, token.Secret); !errs.Is(err, errs.Unauthenticated) {
						t.Errorf("token of a replayed code: %v", err)
					}
				}
			}
			if won != 1 {
				t.Errorf("%d won", won)
			}
		}
	})
}

func TestGrants(t *testing.T) {
	testkit.Engines(t, func(t *testing.T, k *testkit.Kit) { // OA-17
		r := open(k)
		u := r.member("ada")
		x, y := r.app("read write"), r.app("read")
		code, err := r.Authorize(k.Ctx, u.ID, asking(x))
		r.must(err)
		local, err := r.IssueToken(k.Ctx, u.ID, "demo", "read")
		r.must(err)
		for _, c := range []struct {
			name   string
			change func(*identity.TokenRequest)
			want   string
		}{
			{"wrong secret", func(q *identity.TokenRequest) { q.ClientSecret = "wrong" }, "invalid_client"},
			{"no secret", func(q *identity.TokenRequest) { q.ClientSecret = "" }, "invalid_client"},
			{"secret of Y", func(q *identity.TokenRequest) { q.ClientSecret = y.ClientSecret }, "invalid_client"},
			{"unknown client", func(q *identity.TokenRequest) { q.ClientID = "unknown" }, "invalid_client"},
			{"no client", func(q *identity.TokenRequest) { q.ClientID = "" }, "invalid_client"},
			{"local client", func(q *identity.TokenRequest) { q.ClientID, q.ClientSecret = "local:demo", "" }, "invalid_client"},
			{"password", func(q *identity.TokenRequest) { q.GrantType, q.Username, q.Password = "password", "ada", password }, "unsupported_grant_type"},
			{"implicit", func(q *identity.TokenRequest) { q.GrantType = "implicit" }, "unsupported_grant_type"},
			{"no grant", func(q *identity.TokenRequest) { q.GrantType = "" }, "invalid_request"},
			{"app, wider scope", func(q *identity.TokenRequest) { q.GrantType, q.Scope = "client_credentials", "push" }, "invalid_scope"},
			{"app, wrong secret", func(q *identity.TokenRequest) { q.GrantType, q.ClientSecret = "client_credentials", "wrong" }, "invalid_client"},
		} {
			req := redeeming(x, code)
			c.change(&req)
			if token, err := r.Exchange(k.Ctx, req); oauthCode(err) != c.want || token != nil {
				t.Errorf("%s: %v, want %s", c.name, err, c.want)
			}
		}
		token, err := r.Exchange(k.Ctx, identity.TokenRequest{GrantType: "client_credentials", ClientID: x.ClientID, ClientSecret: x.ClientSecret})
		r.must(err)
		c, err := r.Authenticate(k.Ctx, token.Secret)
		r.must(err)
		if c.UserID != 0 || c.AppID != x.ID || c.Scopes.String() != "read" || c.Role != "" || c.Pending != "" {
			t.Errorf("app's caller %+v", c)
		}

		r.cfg.PasswordGrant = true
		with := r.node(r.db)
		req := identity.TokenRequest{GrantType: "password", ClientID: x.ClientID, ClientSecret: x.ClientSecret, Username: "ada", Password: password, Scope: "write"}
		token, err = with.Exchange(k.Ctx, req)
		r.must(err)
		if c, err := with.Authenticate(k.Ctx, token.Secret); err != nil || c.UserID != u.ID || c.Scopes.String() != "write" {
			t.Errorf("password: %+v %v", c, err)
		}
		req.Password = "wrong"
		if _, err := with.Exchange(k.Ctx, req); oauthCode(err) != "invalid_grant" {
			t.Errorf("wrong password: %v", err)
		}
		if _, err := r.Authenticate(k.Ctx, local); err != nil {
			t.Error(err)
		}
	})
}

func TestSecretsStaySecret(t *testing.T) {
	testkit.Engines(t, func(t *testing.T, k *testkit.Kit) { // OA-16
		r := open(k)
		app := r.app("read")
		byID, err := r.App(k.Ctx, app.ID)
		r.must(err)
		byClient, err := r.AppByClientID(k.Ctx, app.ClientID)
		r.must(err)
		asked, _, err := r.CheckAuthorize(k.Ctx, asking(app))
		r.must(err)
		for _, a := range []*identity.App{byID, byClient, asked} {
			text, err := json.Marshal(a)
			r.must(err)
			if a.ClientSecret != "" || strings.Contains(string(text), app.ClientSecret) {
				t.Errorf("app %s", text)
			}
		}
	})
}

func TestRevoke(t *testing.T) {
	testkit.Engines(t, func(t *testing.T, k *testkit.Kit) { // OA-13
		r := open(k)
		other := r.node(r.db)
		u := r.member("ada")
		x, y := r.app("read"), r.app("read")
		token, err := r.NewToken(k.Ctx, x.ID, u.ID, identity.Scopes{"read"})
		r.must(err)
		kept, err := r.NewToken(k.Ctx, x.ID, u.ID, identity.Scopes{"read"})
		r.must(err)
		c, err := other.Authenticate(k.Ctx, token.Secret)
		r.must(err)
		closed := make(chan string, 16)
		for _, s := range []*identity.Service{r.Service, other} {
			s.OnRevoked(func(userID, tokenID ids.ID) { closed <- fmt.Sprint(userID, tokenID) })
		}
		for name, f := range map[string]func() error{
			"wrong secret": func() error { return r.Revoke(k.Ctx, x.ClientID, "wrong", token.Secret) },
			"no secret":    func() error { return r.Revoke(k.Ctx, x.ClientID, "", token.Secret) },
			"other client": func() error { return r.Revoke(k.Ctx, y.ClientID, y.ClientSecret, token.Secret) },
		} {
			if got := oauthCode(f()); got != "invalid_client" && got != "unauthorized_client" {
				t.Errorf("%s: %s", name, got)
			}
		}
		if _, err := r.Authenticate(k.Ctx, token.Secret); err != nil {
			t.Errorf("not revoked: %v", err)
		}
		r.must(r.Revoke(k.Ctx, x.ClientID, x.ClientSecret, token.Secret))
		r.must(r.Revoke(k.Ctx, x.ClientID, x.ClientSecret, token.Secret))
		r.must(r.Revoke(k.Ctx, x.ClientID, x.ClientSecret, "unknown"))
		if _, err := r.Authenticate(k.Ctx, token.Secret); !errs.Is(err, errs.Unauthenticated) {
			t.Errorf("revoked: %v", err)
		}
		testkit.Eventually(t, func() bool {
			_, err := other.Authenticate(k.Ctx, token.Secret)
			return errs.Is(err, errs.Unauthenticated)
		})
		testkit.Eventually(t, func() bool { return len(closed) >= 3 }) // here at once, and as heard here and there
		for range len(closed) {
			if got := <-closed; got != fmt.Sprint(u.ID, c.TokenID) {
				t.Errorf("told %s", got)
			}
		}
		if _, err := r.Authenticate(k.Ctx, kept.Secret); err != nil {
			t.Errorf("another token: %v", err)
		}
	})
}
