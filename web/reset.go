package web

import (
	"errors"
	"net/http"

	"github.com/guildhall/guildhall/internal/errs"
)

func (c *call) requestForm() error {
	return c.show(http.StatusOK, requestPage(c.private(c.words().Text("Forgotten password")), c.visitorToken(requestPath), ""))
}

// request has a link to set a new password sent. The answer is the same whether
// the address is known or not.
func (c *call) request() error {
	if err := c.checkVisitor(requestPath); err != nil {
		return err
	}
	if err := c.Identity.RequestReset(c.r.Context(), c.field("email"), c.address(), c.words().Tag.String()); err != nil {
		return err
	}
	return c.show(http.StatusOK, requestedPage(c.private(c.words().Text("Look into your mail"))))
}

// resetData is what the page to choose a new password shows.
type resetData struct {
	Token, Link string
	Problems    []errs.Field
}

func (c *call) resetForm() error {
	link := c.query("token")
	if link == "" {
		return c.goTo(requestPath)
	}
	return c.showReset(http.StatusOK, resetData{Link: link})
}

func (c *call) showReset(status int, d resetData) error {
	d.Token = c.visitorToken(resetPath)
	return c.show(status, resetPage(c.private(c.words().Text("New password")), d))
}

// reset sets the new password; all sessions and tokens of the account end.
func (c *call) reset() error {
	if err := c.checkVisitor(resetPath); err != nil {
		return err
	}
	link := c.field("link")
	err := c.Identity.Reset(c.r.Context(), link, c.field("password"))
	var why *errs.Error
	if errs.Is(err, errs.Invalid) && errors.As(err, &why) {
		status := failures[errs.Invalid].status
		if len(why.Fields) > 0 {
			return c.showReset(status, resetData{Link: link, Problems: why.Fields["password"]})
		}
		return c.show(status, requestPage(c.private(c.words().Text("Forgotten password")), c.visitorToken(requestPath), c.words().sentence(why.Text)))
	}
	if err != nil {
		return err
	}
	if c.session != "" {
		c.setCookie(sessionCookie, "", -1)
		c.session, c.user = "", nil
	}
	return c.show(http.StatusOK, resetDonePage(c.private(c.words().Text("Password changed"))))
}
