package web

import (
	"errors"
	"net/http"
	"net/url"

	"github.com/guildhall/guildhall/identity"
	"github.com/guildhall/guildhall/internal/errs"
	"golang.org/x/text/language"
)

// signUpData is what the page to sign up shows.
type signUpData struct {
	Token, ReturnTo string
	In              identity.SignUp
	Problems        map[string][]errs.Field
	Problem         string
}

func (c *call) signUpForm() error {
	to := localPath(c.query("return_to"))
	if c.user != nil {
		return c.goTo(to)
	}
	return c.showSignUp(http.StatusOK, signUpData{ReturnTo: to, In: identity.SignUp{Invite: c.query("invite")}})
}

func (c *call) showSignUp(status int, d signUpData) error {
	if c.config.Registrations == identity.Closed {
		return c.show(http.StatusOK, closedPage(c.private(c.words().Text("Sign up"))))
	}
	d.Token = c.visitorToken(signUpPath)
	return c.show(status, signUpPage(c.private(c.words().Text("Sign up")), d))
}

func (c *call) signUp() error {
	if err := c.checkVisitor(signUpPath); err != nil {
		return err
	}
	in := identity.SignUp{Username: c.field("username"), Email: c.field("email"), Password: c.field("password"),
		Reason: c.field("reason"), Invite: c.field("invite_code"), Agreed: c.field("agreement") == "1",
		Locale: preferredLanguage(c.r), Address: c.address()}
	to := localPath(c.field("return_to"))
	u, err := c.Profiles.Register(c.r.Context(), in)
	var why *errs.Error
	if (errs.Is(err, errs.Invalid) || errs.Is(err, errs.Forbidden)) && errors.As(err, &why) {
		d := signUpData{ReturnTo: to, In: in, Problems: why.Fields, Problem: c.words().Text("Please look at what is marked below.")}
		if len(why.Fields) == 0 {
			d.Problem = c.words().sentence(why.Text)
		}
		return c.showSignUp(failures[why.Kind].status, d)
	}
	if err != nil {
		return err
	}
	if u, err = c.start(u.Username, in.Password); err != nil {
		return err
	}
	return c.onward(u, to)
}

// preferredLanguage returns the language that a browser asks for first.
func preferredLanguage(r *http.Request) string {
	tags, _, err := language.ParseAcceptLanguage(r.Header.Get("Accept-Language"))
	if err != nil || len(tags) == 0 {
		return "" // identity has a default
	}
	return tags[0].String()
}

// withReturn returns a page's address that leads on to another page afterwards.
func withReturn(page, to string) string {
	if to == "" || to == "/" {
		return page
	}
	return page + "?" + url.Values{"return_to": {to}}.Encode()
}
