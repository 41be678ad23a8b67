package web

import (
	"errors"
	"net/http"

	"github.com/guildhall/guildhall/identity"
	"github.com/guildhall/guildhall/internal/errs"
)

// The addresses of the settings.
const (
	settingsPath             = "/settings"
	profileSettingsPath      = settingsPath + "/profile"
	privacySettingsPath      = settingsPath + "/privacy"
	notificationSettingsPath = settingsPath + "/notifications"
	filterSettingsPath       = settingsPath + "/filters"
	blockSettingsPath        = settingsPath + "/blocks"
	sessionSettingsPath      = settingsPath + "/sessions"
	accountSettingsPath      = identity.AccountPath
	emailSettingsPath        = settingsPath + "/email"
	passwordSettingsPath     = settingsPath + "/password"
	leaveSettingsPath        = settingsPath + "/delete"
	exportSettingsPath       = identity.ExportPath
	exportListsPath          = settingsPath + "/exports"
	importSettingsPath       = settingsPath + "/import"
	appearanceSettingsPath   = settingsPath + "/appearance"

	// downloadPath begins the addresses of archives, as Mastodon has them.
	downloadPath = "/backups"
	farewellPath = "/farewell"
)

// settingsPages are the settings in the order of their navigation.
var settingsPages = []struct{ path, icon, text string }{
	{profileSettingsPath, "person", "Profile"},
	{privacySettingsPath, "shield", "Privacy and posting"},
	{notificationSettingsPath, "bell", "Notifications"},
	{filterSettingsPath, "filter", "Filters"},
	{blockSettingsPath, "mute", "Muted and blocked"},
	{sessionSettingsPath, "app", "Sessions and apps"},
	{appearanceSettingsPath, "read", "Appearance"},
	{accountSettingsPath, "lock", "Account"},
	{exportSettingsPath, "list", "Export and import"},
}

// settingsRoutes are the pages of the settings.
func settingsRoutes() []route {
	return []route{
		{"GET " + settingsPath, (*call).settings, members},
		{"GET " + profileSettingsPath, (*call).profileSettings, members},
		{"POST " + profileSettingsPath, (*call).setProfile, members},
		{"GET " + privacySettingsPath, (*call).privacySettings, members},
		{"POST " + privacySettingsPath, (*call).setPrivacy, members},
		{"GET " + notificationSettingsPath, (*call).notificationSettings, members},
		{"POST " + notificationSettingsPath, (*call).setPolicy, members},
		{"GET " + devicePath, (*call).deviceKeys, oneself},
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
		{"POST " + sessionSettingsPath + "/others/end", (*call).endOtherSessions, members},
		{"POST " + sessionSettingsPath + "/apps/{id}/end", (*call).endGrant, members},
		{"GET " + accountSettingsPath, (*call).accountSettings, members},
		{"GET " + emailSettingsPath, (*call).emailSettings, members},
		{"POST " + emailSettingsPath, (*call).setEmail, members},
		{"POST " + emailSettingsPath + "/keep", (*call).keepEmail, members},
		{"GET " + passwordSettingsPath, (*call).passwordSettings, members},
		{"POST " + passwordSettingsPath, (*call).setPassword, members},
		{"GET " + leaveSettingsPath, (*call).leaveForm, members},
		{"POST " + leaveSettingsPath, (*call).leave, members},
		{"GET " + farewellPath, (*call).farewell, oneself},
		{"GET " + exportSettingsPath, (*call).exportSettings, members},
		{"POST " + exportSettingsPath, (*call).requestExport, members},
		{"GET " + exportListsPath + "/{file}", (*call).exportList, members},
		{"GET " + downloadPath + "/{id}/download", (*call).download, oneself},
		{"GET " + importSettingsPath, (*call).importSettings, members},
		{"POST " + importSettingsPath, (*call).importList, members},
		{"GET " + appearanceSettingsPath, (*call).appearanceSettings, members},
	}
}

func (c *call) settings() error { return c.goTo(profileSettingsPath) }

// settingsFrame is what a page of the settings has around it.
func (c *call) settingsFrame(title string) frame { return c.private(c.words().Text(title)) }

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
