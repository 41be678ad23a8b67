package web

import (
	"slices"
)

// preferAge is how long a browser keeps what it was told, in seconds.
const preferAge = 365 * 24 * 60 * 60

// prefer keeps the language or the theme that was chosen, in this browser; in the
// language members get their mail too. The form needs no token: other sites cannot send it (see ServeHTTP), and what it
// changes is seen at once.
func (c *call) prefer() error {
	form := c.r.PostForm
	if form.Has("language") {
		chosen := c.field("language")
		if slices.ContainsFunc(c.catalogues, func(w *catalogue) bool { return w.Tag.String() == chosen }) {
			c.setCookie(languageCookie, chosen, preferAge)
			if c.user != nil && c.user.Locale != chosen {
				if err := c.Identity.SetLocale(c.r.Context(), c.user.ID, chosen); err != nil {
					return err
				}
			}
		}
	}
	if form.Has("theme") {
		if chosen := c.field("theme"); slices.Contains(themes, chosen) {
			c.setCookie(themeCookie, chosen, preferAge)
		} else {
			c.setCookie(themeCookie, "", -1) // as the device has it
		}
	}
	return c.goTo(localPath(c.field("return_to")))
}
