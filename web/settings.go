package web

import (
	"errors"
	"net/http"

	"github.com/guildhall/guildhall/internal/errs"
)

// The addresses of the settings.
const (
	settingsPath             = "/settings"
	profileSettingsPath      = settingsPath + "/profile"
	postingSettingsPath      = settingsPath + "/posting"
	notificationSettingsPath = settingsPath + "/notifications"
	filterSettingsPath       = settingsPath + "/filters"
	blockSettingsPath        = settingsPath + "/blocks"
	sessionSettingsPath      = settingsPath + "/sessions"
	passwordSettingsPath     = settingsPath + "/password"
	appearanceSettingsPath   = settingsPath + "/appearance"
)

// settingsPages are the settings in the order of their navigation.
var settingsPages = []struct{ path, icon, text string }{
	{profileSettingsPath, "person", "Profile"},
	{postingSettingsPath, "write", "Posting"},
	{notificationSettingsPath, "bell", "Notifications"},
	{filterSettingsPath, "filter", "Filters"},
	{blockSettingsPath, "mute", "Muted and blocked"},
	{sessionSettingsPath, "app", "Sessions and apps"},
	{passwordSettingsPath, "lock", "Password"},
	{appearanceSettingsPath, "read", "Appearance"},
}

// settingsRoutes are the pages of the settings.
func settingsRoutes() []route {
	return []route{
		{"GET " + settingsPath, (*call).settings, members},
		{"GET " + profileSettingsPath, (*call).profileSettings, members},
		{"POST " + profileSettingsPath, (*call).setProfile, members},
		{"GET " + postingSettingsPath, (*call).postingSettings, members},
		{"POST " + postingSettingsPath, (*call).setPosting, members},
		{"GET " + notificationSettingsPath, (*call).notificationSettings, members},
		{"POST " + notificationSettingsPath, (*call).setPolicy, members},
		{"POST " + devicePath, (*call).subscribeDevice, members},
		{"POST " + devicePath + "/alerts", (*call).updateDevice, members},
		{"POST " + devicePath + "/test", (*call).tryDevice, members},
		{"POST " + devicePath + "/end", (*call).unsubscribeDevice, members},
		{"GET " + asidePath, (*call).asideList, members},
		{"POST " + asidePath + "/{id}/accept", (*call).acceptAside, members},
		{"POST " + asidePath + "/{id}/dismiss", (*call).dismissAside, members},
		{"GET " + filterSettingsPath, (*call).filterList, members},
		{"GET " + filterSettingsPath + "/new", (*call).newFilter, members},
		{"POST " + filterSettingsPath + "/new", (*call).createFilter, members},
		{"GET " + filterSettingsPath + "/{id}", (*call).editFilter, members},
		{"POST " + filterSettingsPath + "/{id}", (*call).updateFilter, members},
		{"POST " + filterSettingsPath + "/{id}/delete", (*call).deleteFilter, members},
		{"GET " + blockSettingsPath, (*call).blockSettings, members},
		{"GET " + sessionSettingsPath, (*call).sessionSettings, members},
		{"POST " + sessionSettingsPath + "/{id}/end", (*call).endSession, members},
		{"POST " + sessionSettingsPath + "/apps/{id}/end", (*call).endGrant, members},
		{"GET " + passwordSettingsPath, (*call).passwordSettings, members},
		{"POST " + passwordSettingsPath, (*call).setPassword, members},
		{"GET " + appearanceSettingsPath, (*call).appearanceSettings, members},
	}
}

func (c *call) settings() error { return c.goTo(profileSettingsPath) }

// settingsFrame is what a page of the settings has around it.
func (c *call) settingsFrame(title string) frame { return c.private(c.words().text(title)) }

// saved leads back to a page of the settings, which then says so.
func (c *call) saved(path string) error { return c.goTo(path, "saved", "1") }

// isSaved tells whether the page shall say that a change was kept.
func (c *call) isSaved() bool { return c.query("saved") != "" }

// refusal returns what is wrong with what was typed, nil if the error is another.
func refusal(err error) *errs.Error {
	var known *errs.Error
	if errors.As(err, &known) && known.Kind == errs.Invalid {
		return known
	}
	return nil
}

// ticked tells whether a box was ticked.
func (c *call) ticked(name string) *bool {
	on := c.field(name) != ""
	return &on
}

func (c *call) appearanceSettings() error {
	return c.show(http.StatusOK, appearancePage(c.settingsFrame("Appearance")))
}
