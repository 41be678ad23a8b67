package days_test

import (
	"testing"
	"time"

	"github.com/guildhall/guildhall/internal/days"
)

func day(text string) days.Day {
	t, err := time.Parse(time.DateOnly, text)
	if err != nil {
		panic(err)
	}
	return days.Of(t.Add(23 * time.Hour))
}

func TestDays(t *testing.T) {
	for _, c := range []struct{ name, got, want string }{
		{"itself", day("2026-11-21").Start().Format(time.DateTime), "2026-11-21 00:00:00"},
		{"month", day("2026-11-21").Month().Start().Format(time.DateOnly), "2026-11-01"},
		{"after a short month", day("2027-02-28").NextMonth().Start().Format(time.DateOnly), "2027-03-01"},
		{"after a long month", day("2026-12-01").NextMonth().Start().Format(time.DateOnly), "2027-01-01"},
		{"week", day("2026-11-22").Week().Start().Format(time.DateOnly), "2026-11-16"},
		{"a Monday's week", day("2026-11-16").Week().Start().Format(time.DateOnly), "2026-11-16"},
		{"before", days.Span{First: day("2026-11-16"), Last: day("2026-11-22")}.Before().First.Start().Format(time.DateOnly), "2026-11-09"},
	} {
		if c.got != c.want {
			t.Errorf("%s: %s, want %s", c.name, c.got, c.want)
		}
	}
	s := days.Span{First: 10, Last: 12}
	if n := (days.Counts{9: 1, 10: 2, 12: 4, 13: 8}).Sum(s); n != 6 || s.Len() != 3 || s.Before() != (days.Span{First: 7, Last: 9}) {
		t.Errorf("%d %d %v", n, s.Len(), s.Before())
	}
}
