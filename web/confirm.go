package web

import (
	"errors"
	"net/http"
	"strings"

	"github.com/guildhall/guildhall/internal/errs"
)

// confirmForm shows a button to those who come with a mail's link: programs
// that only look at links must not use them up. Others see what they wait for.
func (c *call) confirmForm() error {
	if token := c.query("token"); token != "" {
		return c.show(http.StatusOK, confirmPage(c.private(c.words().Text("Confirm your address")), c.visitorToken(confirmPath), token))
	}
	return c.showWaiting(http.StatusOK, waitingData{})
}

func (c *call) confirm() error {
	if err := c.checkVisitor(confirmPath); err != nil {
		return err
	}
	u, err := c.Identity.Confirm(c.r.Context(), c.field("link"))
	if errs.Is(err, errs.Invalid) {
		return c.showWaiting(failures[errs.Invalid].status, waitingData{Problem: c.words().Text("This link was replaced by a newer one or is too old.")})
	}
	if err != nil {
		return err
	}
	return c.show(http.StatusOK, confirmedPage(c.private(c.words().Text("Address confirmed")), u))
}

// waitingData is what the page for those who cannot start yet shows.
type waitingData struct {
	Token, Problem, Sent string
	Email                string
	Problems             []errs.Field
}

func (c *call) showWaiting(status int, d waitingData) error {
	if c.user != nil {
		d.Token = c.sessionToken(resendPath)
		if d.Email == "" {
			d.Email = c.user.Email
		}
	}
	return c.show(status, waitingPage(c.private(c.words().Text("Confirm your address")), d))
}

// resend has the mail sent again, to another address if one was typed.
func (c *call) resend() error {
	if err := c.checkSession(resendPath); err != nil {
		return err
	}
	email := strings.TrimSpace(c.field("email"))
	other := email
	if other == c.user.Email {
		other = ""
	}
	err := c.Identity.ResendConfirmation(c.r.Context(), c.user.ID, other)
	var why *errs.Error
	if errs.Is(err, errs.Invalid) && errors.As(err, &why) {
		return c.showWaiting(failures[errs.Invalid].status, waitingData{Email: email, Problems: why.Fields["email"]})
	}
	if err != nil {
		return err
	}
	if email == "" {
		email = c.user.Email
	}
	return c.showWaiting(http.StatusOK, waitingData{Email: email, Sent: email})
}
