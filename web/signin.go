package web

import (
	"errors"
	"net/http"
	"net/url"
	"strings"

	"github.com/guildhall/guildhall/identity"
	"github.com/guildhall/guildhall/internal/errs"
)

// signInData is what the page to sign in shows.
type signInData struct {
	Token, ReturnTo, Login string
	App                    string // the app that waits for it, empty: none
	Problem                string
}

// signInForm shows the page, also to those who are signed in if an app or they
// themselves want another account ("again").
func (c *call) signInForm() error {
	to := localPath(c.query("return_to"))
	if c.user != nil && c.query("again") == "" {
		return c.goTo(to)
	}
	return c.showSignIn(http.StatusOK, signInData{ReturnTo: to})
}

func (c *call) showSignIn(status int, d signInData) error {
	d.Token = c.visitorToken(signInPath)
	var err error
	if d.App, err = c.waitingApp(d.ReturnTo); err != nil {
		return err
	}
	return c.show(status, signInPage(c.private(c.words().Text("Sign in")), d))
}

// waitingApp returns the name of the app whose consent page is at an address.
func (c *call) waitingApp(address string) (string, error) {
	u, err := url.Parse(address)
	if err != nil || u.Path != authorizePath {
		return "", nil
	}
	app, err := c.Identity.AppByClientID(c.r.Context(), u.Query().Get("client_id"))
	if errs.Is(err, errs.NotFound) {
		return "", nil
	}
	if err != nil {
		return "", err
	}
	return app.Name, nil
}

func (c *call) signIn() error {
	if err := c.checkVisitor(signInPath); err != nil {
		return err
	}
	to := localPath(c.field("return_to"))
	login := strings.TrimPrefix(strings.TrimSpace(c.field("login")), "@")
	u, err := c.start(login, c.field("password"))
	if errs.Is(err, errs.Unauthenticated) || errs.Is(err, errs.Forbidden) {
		var why *errs.Error
		errors.As(err, &why)
		return c.showSignIn(failures[why.Kind].status, signInData{ReturnTo: to, Login: c.field("login"), Problem: c.words().sentence(why.Text)})
	}
	if err != nil {
		return err
	}
	return c.onward(u, to)
}

// start begins a session in this browser and ends the one before it.
func (c *call) start(login, password string) (*identity.User, error) {
	ctx := c.r.Context()
	secret, u, err := c.Identity.SignIn(ctx, login, password, c.address(), c.r.UserAgent())
	if err != nil {
		return nil, err
	}
	if c.session != "" {
		if err := c.Identity.SignOut(ctx, c.session); err != nil {
			return nil, err
		}
	}
	c.setCookie(sessionCookie, secret, sessionAge)
	return u, nil
}

// onward leads a user who has just signed in to where they wanted to go, or to
// what is missing before they can.
func (c *call) onward(u *identity.User, to string) error {
	if !u.Active() {
		return c.goTo(confirmPath)
	}
	return c.goTo(to)
}

func (c *call) signOut() error {
	if c.user == nil {
		return c.goTo("/")
	}
	if err := c.checkSession(signOutPath); err != nil {
		return err
	}
	if err := c.Identity.SignOut(c.r.Context(), c.session); err != nil {
		return err
	}
	c.setCookie(sessionCookie, "", -1)
	return c.goTo("/")
}

// againURL leads to the page to sign in, also for those who are signed in.
func againURL(to string) string {
	return signInPath + "?" + url.Values{"again": {"1"}, "return_to": {to}}.Encode()
}
