package web

import (
	"net/http"
	"strings"

	"github.com/guildhall/guildhall/internal/errs"
)

// accountSettingsData is what the page about one's user shows.
type accountSettingsData struct {
	Pending  string // the e-mail address that waits to be confirmed, empty: none
	Sessions int
	Saved    bool
}

func (c *call) accountSettings() error {
	pending, err := c.Identity.PendingEmail(c.r.Context(), c.user.ID)
	if err != nil {
		return err
	}
	sessions, err := c.Identity.Sessions(c.r.Context(), c.user.ID)
	if err != nil {
		return err
	}
	return c.show(http.StatusOK, accountSettingsPage(c.settingsFrame("Account"), accountSettingsData{Pending: pending, Sessions: len(sessions), Saved: c.isSaved()}))
}

// emailData is what the page about the e-mail address shows.
type emailData struct {
	Email, Pending string // as typed; as it waits to be confirmed
	Problems       map[string][]errs.Field
}

func (c *call) emailSettings() error { return c.showEmail(http.StatusOK, emailData{}) }

func (c *call) showEmail(status int, d emailData) error {
	var err error
	if d.Pending, err = c.Identity.PendingEmail(c.r.Context(), c.user.ID); err != nil {
		return err
	}
	return c.show(status, emailPage(c.settingsFrame("E-mail address"), d))
}

func (c *call) setEmail() error {
	email := strings.TrimSpace(c.field("email"))
	err := c.Identity.ChangeEmail(c.r.Context(), c.user.ID, c.field("current_password"), email)
	if why := refusal(err); why != nil {
		return c.showEmail(refusedStatus(why), emailData{Email: email, Problems: why.Fields})
	}
	if err != nil {
		return err
	}
	return c.goTo(emailSettingsPath)
}

// keepEmail calls a change of the address off.
func (c *call) keepEmail() error {
	if err := c.Identity.CancelEmailChange(c.r.Context(), c.user.ID); err != nil {
		return err
	}
	return c.saved(accountSettingsPath)
}

// refusedStatus is the status of an answer to what was typed: who does not know
// the password is refused.
func refusedStatus(why *errs.Error) int {
	if len(why.Fields["current_password"]) > 0 {
		return http.StatusForbidden
	}
	return http.StatusUnprocessableEntity
}

// passwordData is what the page about the password shows.
type passwordData struct {
	Problems map[string][]errs.Field
	Saved    bool
}

func (c *call) passwordSettings() error {
	return c.show(http.StatusOK, passwordPage(c.settingsFrame("Password"), passwordData{Saved: c.isSaved()}))
}

// setPassword changes the password, which ends all sessions, and signs this
// browser in again.
func (c *call) setPassword() error {
	err := c.Identity.ChangePassword(c.r.Context(), c.user.ID, c.field("current_password"), c.field("password"))
	if why := refusal(err); why != nil {
		return c.show(http.StatusUnprocessableEntity, passwordPage(c.settingsFrame("Password"), passwordData{Problems: why.Fields}))
	}
	if err != nil {
		return err
	}
	if _, err := c.start(c.user.Username, c.field("password")); err != nil {
		return err
	}
	return c.saved(passwordSettingsPath)
}

// leaveData is what the page shows on which members delete their account.
type leaveData struct {
	Problem  string // with the whole
	Problems map[string][]errs.Field
}

func (c *call) leaveForm() error {
	return c.show(http.StatusOK, leavePage(c.settingsFrame("Delete account"), leaveData{}))
}

func (c *call) leave() error {
	err := c.Moderation.Leave(c.r.Context(), c.user.ID, c.field("current_password"))
	if why := refusal(err); why != nil {
		return c.show(refusedStatus(why), leavePage(c.settingsFrame("Delete account"), leaveData{Problems: why.Fields}))
	}
	if errs.Is(err, errs.Conflict) {
		return c.show(http.StatusConflict, leavePage(c.settingsFrame("Delete account"), leaveData{Problem: c.words().sentence(err.Error())}))
	}
	if err != nil {
		return err
	}
	c.setCookie(sessionCookie, "", -1)
	return c.goTo(farewellPath)
}

// farewell is what who has left sees last.
func (c *call) farewell() error {
	return c.show(http.StatusOK, farewellPage(c.private(c.words().Text("Goodbye"))))
}
