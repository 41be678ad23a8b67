package web

import (
	"context"
	"net/http"
	"strings"

	"github.com/guildhall/guildhall/identity"
	"github.com/guildhall/guildhall/internal/errs"
	"github.com/guildhall/guildhall/internal/ids"
)

// sessionsData is what the page about browsers and apps shows.
type sessionsData struct {
	Current  ids.ID // the session of this browser
	Sessions []identity.Session
	Grants   []identity.Grant
	Saved    bool
}

func (c *call) sessionSettings() error {
	ctx := c.r.Context()
	current, _, err := c.Identity.Session(ctx, c.session)
	if err != nil {
		return err
	}
	d := sessionsData{Current: current.ID, Saved: c.isSaved()}
	if d.Sessions, err = c.Identity.Sessions(ctx, c.user.ID); err != nil {
		return err
	}
	if d.Grants, err = c.Identity.Grants(ctx, c.user.ID); err != nil {
		return err
	}
	return c.show(http.StatusOK, sessionsPage(c.settingsFrame("Sessions and apps"), d))
}

func (c *call) endSession() error {
	return c.end(c.Identity.EndSession, sessionSettingsPath)
}

// endOtherSessions signs the reader out everywhere but here.
func (c *call) endOtherSessions() error {
	current, _, err := c.Identity.Session(c.r.Context(), c.session)
	if err != nil {
		return err
	}
	if err := c.Identity.EndOtherSessions(c.r.Context(), c.user.ID, current.ID); err != nil {
		return err
	}
	return c.saved(sessionSettingsPath)
}

func (c *call) endGrant() error {
	return c.end(c.Identity.EndGrant, sessionSettingsPath)
}

// end ends what the address names by its id and belongs to the reader. What has
// gone meanwhile is fine: that was wanted.
func (c *call) end(do func(ctx context.Context, me, id ids.ID) error, path string) error {
	id, ok := ids.Parse(c.r.PathValue("id"))
	if !ok {
		return errNoPage()
	}
	if err := do(c.r.Context(), c.user.ID, id); err != nil && !errs.Is(err, errs.NotFound) {
		return err
	}
	return c.saved(path)
}

// browserNames are what tells browsers apart, by what they call themselves, the
// most telling first: most claim to be several.
var browserNames = [][2]string{{"Edg", "Edge"}, {"OPR/", "Opera"}, {"Firefox/", "Firefox"}, {"Chrome/", "Chrome"}, {"Safari/", "Safari"}, {"curl/", "curl"}, {"Lynx", "Lynx"}}

var systemNames = [][2]string{{"iPhone", "iPhone"}, {"iPad", "iPad"}, {"Android", "Android"}, {"Windows", "Windows"}, {"Mac OS X", "macOS"}, {"CrOS", "ChromeOS"}, {"Linux", "Linux"}}

// browserName says in a few words what a browser is, empty if nobody knows.
func browserName(userAgent string) string {
	var words []string
	for _, names := range [][][2]string{browserNames, systemNames} {
		for _, n := range names {
			if strings.Contains(userAgent, n[0]) {
				words = append(words, n[1])
				break
			}
		}
	}
	return strings.Join(words, " · ")
}
