package web

import (
	"context"
	"math"
	"regexp"
	"strings"
	"time"
	"unicode"
	"unicode/utf8"
)

// ago says when something was, seen from now.
func (c *catalogue) ago(now, t time.Time) string {
	switch d := now.Sub(t); {
	case d < time.Minute:
		return c.Text("now")
	case d < time.Hour:
		return c.Text("%s min", c.Number(int(d.Minutes())))
	case d < 24*time.Hour:
		return c.Text("%s h", c.Number(int(d.Hours())))
	case d < 7*24*time.Hour:
		return c.Text("%s d", c.Number(int(d.Hours()/24)))
	case now.Year() == t.Year():
		return c.date("2 Jan", t)
	}
	return c.date("2 Jan 2006", t)
}

// date writes a date (UTC) in one of the forms of package time that the
// catalogue knows, with the names of months in its language.
func (c *catalogue) date(english string, t time.Time) string {
	text := t.UTC().Format(c.Text(english))
	month := t.UTC().Month().String()
	if strings.Contains(english, "January") {
		return strings.Replace(text, month, c.Text(month), 1)
	}
	return strings.Replace(text, month[:3], c.Text(month[:3]), 1)
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

// wait says how long to wait.
func (c *catalogue) wait(d time.Duration) string {
	if d > 90*time.Minute {
		return c.Count(int(math.Ceil(d.Hours())), "%s hour|%s hours")
	}
	return c.Count(max(1, int(math.Ceil(d.Minutes()))), "%s minute|%s minutes")
}

// slower says when something may be tried again.
func (c *catalogue) slower(after time.Duration) string {
	return c.Text("There were too many tries. Please wait %s and try again.", c.wait(after))
}

// size writes how many bytes something may have.
func (c *catalogue) size(bytes int64) string {
	if bytes < 1<<20 {
		return c.Text("%s KB", c.Number(int(bytes>>10)))
	}
	return c.Text("%s MB", c.Number(int(bytes>>20)))
}

// digits are the numbers in what a domain says, such as a limit.
var digits = regexp.MustCompile(`[0-9]+`)

// sentence makes a sentence in the language of what a domain says about an
// input. The catalogue has a %s for each number in it.
func (c *catalogue) sentence(english string) string {
	english = strings.TrimPrefix(english, "Validation failed: ")
	r, n := utf8.DecodeRuneInString(english)
	if n == 0 {
		return ""
	}
	english = string(unicode.ToUpper(r)) + strings.TrimSuffix(english[n:], ".") + "."
	text, ok := c.Find(english)
	if ok {
		return text
	}
	if before, after, found := strings.Cut(english, ": "); found {
		if _, ok := c.Find(before + ": %s"); ok {
			return c.Text(before+": %s", c.sentence(after))
		}
	}
	if text, ok = c.Find(digits.ReplaceAllLiteralString(english, "%s")); !ok {
		return english
	}
	for _, number := range digits.FindAllString(english, -1) {
		text = strings.Replace(text, "%s", number, 1)
	}
	return text
}
