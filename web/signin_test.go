package web_test

import (
	"net/http"
	"strings"
	"testing"
	"time"

	"github.com/guildhall/guildhall/identity"
	"github.com/guildhall/guildhall/web"
)

func TestFromSignUpToToken(t *testing.T) {
	w := open(t)
	app := w.app("http://127.0.0.1:9/cb")
	b := w.browser()

	// The app opens the browser; its owner has no account yet.
	in := b.get(authorize(app)).follow().is(http.StatusOK).says("Sign in", "to connect Tusker")
	up := b.get(in.href("Create an account")).is(http.StatusOK).says("Create an account")
	up.submit("/auth/sign_up", "username", "Mara", "email", "mara@example.org", "password", password, "agreement", "1").follow().
		is(http.StatusOK).says("Look into your mail", "mara@example.org")
	b.get(authorize(app)).follow().says("Look into your mail")

	// Mail programs look at the link, then its owner follows it, elsewhere.
	link := w.link("mara@example.org", 1)
	for range 2 {
		w.browser().get(link).is(http.StatusOK)
	}
	b.get("/auth/confirmation").says("Look into your mail")
	other := w.browser()
	other.get(link).submit("/auth/confirmation").is(http.StatusOK).says("Your address is confirmed", "Sign in")
	other.get("/").says("Create an account") // not signed in by it

	consent := b.get(authorize(app, "state", "s1")).is(http.StatusOK)
	consent.says("Connect Tusker?", "tusker.example", "@Mara@"+w.host, "Read what you can read", "Act in your name")
	to := consent.submit("/oauth/authorize", "decision", "allow").is(http.StatusSeeOther).location()
	token, err := w.identity.Exchange(w.kit.Ctx, identity.TokenRequest{GrantType: "authorization_code", ClientID: app.ClientID,
		ClientSecret: app.ClientSecret, RedirectURI: app.RedirectURIs[0], Code: to.Query().Get("code")})
	w.must(err)
	caller, err := w.identity.Authenticate(w.kit.Ctx, token.Secret)
	w.must(err)
	if caller.Pending != "" || caller.Scopes.String() != "read write" {
		t.Errorf("caller %+v", caller)
	}
}

func TestSignInAndOut(t *testing.T) {
	w := open(t)
	w.member("mara")
	b := w.browser()
	form := b.get("/auth/sign_in")
	wrong := form.submit("", "login", "mara", "password", "not the right one")
	wrong.is(http.StatusUnauthorized).says("The login or the password is wrong.")
	unknown := form.submit("", "login", "nobody", "password", "not the right one").is(http.StatusUnauthorized)
	if unknown.words() != wrong.words() { // the tokens of forms differ in each answer
		t.Error("an unknown login is answered otherwise than a wrong password")
	}
	home := wrong.submit("", "login", "@Mara", "password", password).follow().is(http.StatusOK)
	home.says("Notifications", "Sign out")
	b.get("/auth/sign_in").follow().says("Notifications") // already signed in
	home.submit("/auth/sign_out").follow().is(http.StatusOK).says("Create an account")
	b.get("/auth/sign_in?return_to=%2Fabout").is(http.StatusOK).
		submit("", "login", "mara@example.org", "password", password).follow().says("About Leeds Guild")
}

// AT-10, AT-11: a new session at sign-in, dead after sign-out; cookies that
// scripts and other sites do not get.
func TestSessionCookies(t *testing.T) {
	w := open(t, func(_ *identity.Config, c *web.Config) { c.BaseURL = "https://guild.test" })
	w.member("mara")
	b := w.browser()
	b.client.Jar = nil // it would not send Secure cookies here
	cookies := map[string]string{}
	keep := func(s *shown) {
		for _, c := range (&http.Response{Header: s.header}).Cookies() {
			if !strings.HasPrefix(c.Name, "__Host-") || !c.HttpOnly || !c.Secure || c.SameSite != http.SameSiteLaxMode || c.Path != "/" || c.Domain != "" {
				t.Errorf("cookie %s", c)
			}
			cookies[c.Name] = c.Value
		}
		var line []string
		for name, value := range cookies {
			line = append(line, name+"="+value)
		}
		b.header.Set("Cookie", strings.Join(line, "; "))
	}
	form := b.get("/auth/sign_in")
	keep(form)
	keep(form.submit("", "login", "mara", "password", password).is(http.StatusSeeOther))
	first := cookies["__Host-guildhall_session"]
	form = b.get("/auth/sign_in?again=1").is(http.StatusOK)
	keep(form.submit("", "login", "mara", "password", password).is(http.StatusSeeOther))
	second := cookies["__Host-guildhall_session"]
	if first == second || first == "" {
		t.Error("the session did not change at sign-in")
	}
	b.get("/").says("Notifications").submit("/auth/sign_out").is(http.StatusSeeOther)
	for _, old := range []string{first, second} {
		b.header.Set("Cookie", "__Host-guildhall_session="+old)
		if strings.Contains(b.get("/").words(), "Hello") {
			t.Error("an ended session is still good")
		}
	}
}

func TestSignUpProblemsStandAtTheirFields(t *testing.T) {
	w := open(t)
	w.member("taken")
	form := w.browser().get("/auth/sign_up")
	s := form.submit("", "username", "taken", "email", "not an address", "password", "short").is(http.StatusUnprocessableEntity)
	s.says("Please look at what is marked below.", "Is not an e-mail address.", "Must have at least 10 characters.", "Must be accepted.")
	s = form.submit("", "username", "taken", "email", "new@example.org", "password", password, "agreement", "1").is(http.StatusUnprocessableEntity)
	s.says("Has already been taken.")
	for n := range s.nodes("input") {
		switch attr(n, "name") {
		case "username":
			if attr(n, "aria-invalid") != "true" || attr(n, "aria-describedby") != "username-hint username-wrong" || attr(n, "value") != "taken" {
				t.Errorf("username: %v", n.Attr)
			}
		case "password":
			if attr(n, "value") != "" {
				t.Error("the password comes back")
			}
		}
	}
}

func TestRegistrationModes(t *testing.T) {
	t.Run("closed", func(t *testing.T) {
		w := open(t, func(i *identity.Config, _ *web.Config) { i.Registrations = identity.Closed })
		w.browser().get("/auth/sign_up").is(http.StatusOK).says("No new members at present")
		if strings.Contains(w.browser().get("/").words(), "Create an account") {
			t.Error("the front page offers what there is not")
		}
	})
	t.Run("approval", func(t *testing.T) {
		w := open(t, func(i *identity.Config, _ *web.Config) { i.Registrations = identity.ByApproval })
		b := w.browser()
		b.get("/auth/sign_up").says("Why do you want to join?").
			submit("", "username", "mara", "email", "mara@example.org", "password", password, "agreement", "1", "reason", "I test").follow().
			says("a moderator looks at your request")
		b.get(w.link("mara@", 1)).submit("/auth/confirmation").says("A moderator still has to let you in")
		b.get("/auth/confirmation").says("Almost there")
		b.get("/").says("Your account is not ready yet")
	})
	t.Run("invitation", func(t *testing.T) {
		w := open(t, func(i *identity.Config, _ *web.Config) { i.Registrations = identity.ByInvite })
		code, err := w.identity.CreateInvite(w.kit.Ctx, w.member("host"), 1, time.Time{})
		w.must(err)
		form := w.browser().get("/auth/sign_up?invite=" + code)
		fields := []string{"email", "mara@example.org", "password", password, "agreement", "1", "username"}
		form.submit("", append(fields, "mara", "invite_code", "wrong")...).is(http.StatusUnprocessableEntity).says("Is not valid any more.")
		form.submit("", append(fields, "mara")...).follow().says("Look into your mail")
	})
}

func TestMailSentAgain(t *testing.T) {
	w := open(t)
	b := w.browser()
	b.get("/auth/sign_up").submit("", "username", "mara", "email", "wrong@example.org", "password", password, "agreement", "1").follow().
		submit("/auth/confirmation/resend", "email", "right@example.org").is(http.StatusOK).says("Sent again to right@example.org.")
	b.get(w.link("right@", 1)).submit("/auth/confirmation").is(http.StatusOK).says("Your address is confirmed")
	w.browser().get("/auth/confirmation").says("To have it sent again, sign in")
	w.browser().get("/auth/confirmation?token=unknown").submit("/auth/confirmation").is(http.StatusUnprocessableEntity).says("too old")
}

// OA-15: a new password ends every session.
func TestForgottenPassword(t *testing.T) {
	w := open(t)
	w.member("mara")
	elsewhere := w.signedIn("mara")
	b := w.browser()
	for _, email := range []string{"nobody@example.org", "mara@example.org"} {
		b.get("/auth/password/new").submit("", "email", email).is(http.StatusOK).says("If the address belongs to an account here")
	}
	link := w.link("mara@", 1)
	form := w.browser().get(link).is(http.StatusOK).says("Choose a new password")
	form.submit("", "password", "short").is(http.StatusUnprocessableEntity).says("Must have at least 10 characters.")
	form.submit("", "password", "another passphrase").is(http.StatusOK).says("Your password is changed")
	form.submit("", "password", "a third passphrase").is(http.StatusUnprocessableEntity).says("This link is not valid any more")
	if strings.Contains(elsewhere.get("/").words(), "Hello") {
		t.Error("a session outlived the password")
	}
	b.get("/auth/sign_in").submit("", "login", "mara", "password", password).is(http.StatusUnauthorized)
	b.get("/auth/sign_in").submit("", "login", "mara", "password", "another passphrase").is(http.StatusSeeOther)
}

func TestTooManyTries(t *testing.T) {
	w := open(t)
	w.member("mara")
	form := w.browser().get("/auth/sign_in")
	for range 10 {
		form.submit("", "login", "mara", "password", "wrong password").is(http.StatusUnauthorized)
	}
	s := form.submit("", "login", "mara", "password", password).is(http.StatusTooManyRequests).says("Please wait")
	if s.header.Get("Retry-After") == "" {
		t.Error("no Retry-After")
	}
}
