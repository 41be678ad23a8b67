package web

import (
	"net/http"

	"github.com/guildhall/guildhall/internal/ids"
	"github.com/guildhall/guildhall/internal/page"
	"github.com/guildhall/guildhall/profiles"
)

// blocksSize is how many people a part of the page lists.
const blocksSize = 40

// blocksData is what the page about muted and blocked people shows.
type blocksData struct {
	Muted, Blocked           []profiles.Entry
	OlderMuted, OlderBlocked string // addresses of what follows, empty: nothing
}

func (c *call) blockSettings() error {
	ctx := c.r.Context()
	part := func(name string) page.Page {
		from, _ := ids.Parse(c.query(name)) // 0, the start, for what is no id
		return page.Page{Max: from, Limit: blocksSize}
	}
	older := func(name string, list []profiles.Entry) string {
		if len(list) < blocksSize {
			return ""
		}
		return blockSettingsPath + "?" + name + "=" + list[len(list)-1].Cursor.String()
	}
	var d blocksData
	var err error
	if d.Muted, err = c.Profiles.Mutes(ctx, c.user.ID, part("muted")); err != nil {
		return err
	}
	if d.Blocked, err = c.Profiles.Blocks(ctx, c.user.ID, part("blocked")); err != nil {
		return err
	}
	d.OlderMuted, d.OlderBlocked = older("muted", d.Muted), older("blocked", d.Blocked)
	return c.show(http.StatusOK, blocksPage(c.settingsFrame("Muted and blocked"), d))
}
