package web

import (
	"errors"
	"net/http"
	"net/url"
	"regexp"
	"strings"

	"github.com/guildhall/guildhall/identity"
	"github.com/guildhall/guildhall/internal/errs"
	"github.com/guildhall/guildhall/profiles"
)

// authorizeRequest reads a client's request. It is in the address for the form
// too: what is typed into forms would come back with other line ends.
func (c *call) authorizeRequest() identity.AuthorizeRequest {
	q := c.r.URL.Query()
	return identity.AuthorizeRequest{
		ClientID: q.Get("client_id"), RedirectURI: q.Get("redirect_uri"), ResponseType: q.Get("response_type"),
		Scope: q.Get("scope"), State: q.Get("state"),
		CodeChallenge: q.Get("code_challenge"), CodeChallengeMethod: q.Get("code_challenge_method"),
		ForceLogin: q.Get("force_login") == "true" || q.Get("force_login") == "1", Lang: q.Get("lang"),
	}
}

// authorizeURL returns the address of the consent page for a request, without
// what is done with once the page is shown.
func authorizeURL(r identity.AuthorizeRequest) string {
	v := url.Values{}
	for name, value := range map[string]string{
		"client_id": r.ClientID, "redirect_uri": r.RedirectURI, "response_type": r.ResponseType, "scope": r.Scope, "state": r.State,
		"code_challenge": r.CodeChallenge, "code_challenge_method": r.CodeChallengeMethod,
	} {
		if value != "" {
			v.Set(name, value)
		}
	}
	return authorizePath + "?" + v.Encode()
}

// consentData is what the consent page shows.
type consentData struct {
	Token   string
	Action  string
	App     *identity.App
	Website string // its host, empty: none
	Target  string // where the browser goes afterwards, in words
	Scopes  []scopeWords
	Face    face
	Name    string
	Acct    string
}

func (c *call) consentForm() error {
	r := c.authorizeRequest()
	app, scopes, err := c.Identity.CheckAuthorize(c.r.Context(), r)
	if err != nil {
		return c.refuseClient(r, err)
	}
	if c.user == nil || r.ForceLogin {
		again := ""
		if c.user != nil {
			again = "1"
		}
		return c.goTo(signInPath, "return_to", authorizeURL(r), "again", again)
	}
	if !c.user.Active() {
		return c.goTo(confirmPath)
	}
	name, picture, err := c.self()
	if err != nil {
		return err
	}
	c.w.Header().Set("Content-Security-Policy", policy(formTarget(r.RedirectURI)))
	action := authorizeURL(r)
	return c.show(http.StatusOK, consentPage(c.private(c.words().Text("Connect %s", app.Name)), consentData{
		Token: c.sessionToken(action), Action: action, App: app, Website: hostOf(app.Website), Target: targetWords(c.words(), r.RedirectURI),
		Scopes: describe(c.words(), scopes), Face: picture, Name: name, Acct: "@" + c.user.Username + "@" + c.host,
	}))
}

// self returns the name and the picture of who is signed in.
func (c *call) self() (string, face, error) {
	a, err := c.Profiles.Account(c.r.Context(), c.user.ID)
	if errs.Is(err, errs.NotFound) { // just signed up: it is being made
		a, err = &profiles.Account{ID: c.user.ID, Username: c.user.Username}, nil
	}
	if err != nil {
		return "", face{}, err
	}
	return nameOf(a), faceOf(a), nil
}

// consent does what the user has decided.
func (c *call) consent() error {
	r := c.authorizeRequest()
	app, _, err := c.Identity.CheckAuthorize(c.r.Context(), r)
	if err != nil {
		return c.refuseClient(r, err)
	}
	action := authorizeURL(r)
	if c.user == nil {
		return c.goTo(signInPath, "return_to", action)
	}
	if err := c.checkSession(action); err != nil {
		return err
	}
	if c.field("decision") != "allow" {
		if r.RedirectURI == identity.OutOfBand {
			return c.show(http.StatusOK, deniedPage(c.private(c.words().Text("Not connected")), app.Name))
		}
		return c.backToClient(r, "error", "access_denied", "error_description", "The user did not allow it")
	}
	code, err := c.Identity.Authorize(c.r.Context(), c.user.ID, r)
	if err != nil {
		return c.refuseClient(r, err)
	}
	if r.RedirectURI == identity.OutOfBand {
		return c.goTo(codePath, "code", code)
	}
	return c.backToClient(r, "code", code)
}

// backToClient sends the browser to the redirect URI, which was checked.
func (c *call) backToClient(r identity.AuthorizeRequest, params ...string) error {
	h := c.w.Header()
	// Not http.Redirect: it would rewrite what is not ASCII.
	h.Set("Location", clientURL(r, params...))
	c.w.WriteHeader(http.StatusSeeOther)
	return nil
}

// clientURL returns the redirect URI with parameters and the state added; what
// is there already stays as it is.
func clientURL(r identity.AuthorizeRequest, params ...string) string {
	var b strings.Builder
	b.WriteString(r.RedirectURI)
	sep := byte('?')
	if strings.Contains(r.RedirectURI, "?") {
		sep = '&'
	}
	if r.State != "" {
		params = append(params, "state", r.State)
	}
	for i := 0; i < len(params); i += 2 {
		b.WriteByte(sep)
		b.WriteString(params[i] + "=" + url.QueryEscape(params[i+1]))
		sep = '&'
	}
	return b.String()
}

// refuseClient shows what is wrong with a client's request. It never sends the
// browser on by itself: anybody can register a client with any address. If the
// address is the client's own, a link leads there with the protocol's error.
func (c *call) refuseClient(r identity.AuthorizeRequest, err error) error {
	var oauth *identity.OAuthError
	switch {
	case errors.As(err, &oauth):
		back := ""
		if r.RedirectURI != identity.OutOfBand {
			back = clientURL(r, "error", oauth.Code, "error_description", oauth.Text)
		}
		return c.show(http.StatusBadRequest, badClientPage(c.private(c.words().Text("This app's request is not in order")), c.words().sentence(oauth.Text), oauth.Code, back))
	case errs.Is(err, errs.NotFound), errs.Is(err, errs.Invalid):
		var why *errs.Error
		errors.As(err, &why)
		return c.show(http.StatusBadRequest, badClientPage(c.private(c.words().Text("This app's request is not in order")), c.words().sentence(why.Text), "", ""))
	}
	return err
}

// code shows the code to those whose app cannot be sent one.
func (c *call) code() error {
	code := c.query("code")
	if code == "" {
		return errNoPage()
	}
	return c.show(http.StatusOK, codePage(c.private(c.words().Text("Your code")), code))
}

// plainHost is a host that may stand in a policy as it is.
var plainHost = regexp.MustCompile(`^[A-Za-z0-9.-]+(:[0-9]+)?$`)

// formTarget returns the source for form-action that lets a form's answer
// redirect to a URI: its origin, or its scheme where there is no host that a
// policy can name (an app's own scheme, an IPv6 address).
func formTarget(uri string) string {
	if uri == identity.OutOfBand {
		return ""
	}
	u, err := url.Parse(uri)
	if err != nil || u.Scheme == "" {
		return ""
	}
	if (u.Scheme == "http" || u.Scheme == "https") && plainHost.MatchString(u.Host) {
		return u.Scheme + "://" + u.Host
	}
	return u.Scheme + ":"
}

func hostOf(address string) string {
	u, err := url.Parse(address)
	if err != nil {
		return ""
	}
	return u.Host
}

// targetWords says where a redirect URI leads.
func targetWords(words *catalogue, uri string) string {
	u, err := url.Parse(uri)
	switch {
	case uri == identity.OutOfBand:
		return words.Text("You then copy a code into the app.")
	case err == nil && (u.Hostname() == "127.0.0.1" || u.Hostname() == "::1" || u.Hostname() == "localhost"):
		return words.Text("You then go back to the app on this computer.")
	case err == nil && (u.Scheme == "http" || u.Scheme == "https"):
		return words.Text("You then go back to %s.", u.Host)
	}
	return words.Text("You then go back to the app on this device.")
}
