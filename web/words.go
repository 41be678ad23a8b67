package web

import (
	"context"
	"strings"
	"time"
)

// ago says when something was, seen from now.
func (c *catalogue) ago(now, t time.Time) string {
	switch d := now.Sub(t); {
	case d < time.Minute:
		return c.text("now")
	case d < time.Hour:
		return c.text("%s min", c.number(int(d.Minutes())))
	case d < 24*time.Hour:
		return c.text("%s h", c.number(int(d.Hours())))
	case d < 7*24*time.Hour:
		return c.text("%s d", c.number(int(d.Hours()/24)))
	case now.Year() == t.Year():
		return c.date("2 Jan", t)
	}
	return c.date("2 Jan 2006", t)
}

// date writes a date (UTC) in one of the forms of package time that the
// catalogue knows, with the names of months in its language.
func (c *catalogue) date(form string, t time.Time) string {
	text := t.UTC().Format(c.text(form))
	month := t.UTC().Month().String()
	if strings.Contains(form, "January") {
		return strings.Replace(text, month, c.text(month), 1)
	}
	return strings.Replace(text, month[:3], c.text(month[:3]), 1)
}

// left says how long something goes on.
func left(ctx context.Context, d time.Duration) string {
	switch {
	case d > 48*time.Hour:
		return count(ctx, int(d.Hours()/24), "%s day left|%s days left")
	case d > 2*time.Hour:
		return count(ctx, int(d.Hours()), "%s hour left|%s hours left")
	}
	return count(ctx, int(d.Minutes())+1, "%s minute left|%s minutes left")
}
