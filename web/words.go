package web

import (
	"strconv"
	"time"
)

// ago says when something was, seen from now.
func ago(now, t time.Time) string {
	switch d := now.Sub(t); {
	case d < time.Minute:
		return "now"
	case d < time.Hour:
		return strconv.Itoa(int(d.Minutes())) + " min"
	case d < 24*time.Hour:
		return strconv.Itoa(int(d.Hours())) + " h"
	case d < 7*24*time.Hour:
		return strconv.Itoa(int(d.Hours()/24)) + " d"
	case now.Year() == t.Year():
		return t.UTC().Format("2 Jan")
	}
	return t.UTC().Format("2 Jan 2006")
}

// left says how long something goes on.
func left(d time.Duration) string {
	switch {
	case d > 48*time.Hour:
		return plural(int(d.Hours()/24), "day")
	case d > 2*time.Hour:
		return plural(int(d.Hours()), "hour")
	}
	return plural(int(d.Minutes())+1, "minute")
}

// number writes a count with its thousands set apart.
func number(n int) string {
	s := strconv.Itoa(n)
	for i := len(s) - 3; i > 0; i -= 3 {
		s = s[:i] + "," + s[i:]
	}
	return s
}

// noun is a word in the singular or plural.
func noun(n int, word string) string {
	if n == 1 {
		return word
	}
	return word + "s"
}

func plural(n int, word string) string { return number(n) + " " + noun(n, word) }
