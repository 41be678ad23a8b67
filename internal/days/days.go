// Package days counts by the day: days (UTC), spans of them, and numbers for
// each. What does not belong here: what is counted (the domains know), and time
// zones of people.
package days

import "time"

// Day counts days from 1970-01-01 (UTC).
type Day int64

// Of returns the day that a time is in.
func Of(t time.Time) Day { return Day(t.Unix() / (24 * 60 * 60)) }

// Start returns the day's midnight.
func (d Day) Start() time.Time { return time.Unix(int64(d)*24*60*60, 0).UTC() }

// Month returns the first day of the day's month.
func (d Day) Month() Day {
	y, m, _ := d.Start().Date()
	return Of(time.Date(y, m, 1, 0, 0, 0, 0, time.UTC))
}

// NextMonth returns the first day of the month after the day's.
func (d Day) NextMonth() Day { return (d.Month() + 31).Month() }

// Week returns the Monday of the day's week.
func (d Day) Week() Day { return d - (d+3)%7 } // the first of January 1970 was a Thursday

// Span is the days from First to Last, both included.
type Span struct{ First, Last Day }

// Len returns how many days a span has.
func (s Span) Len() int { return int(s.Last-s.First) + 1 }

// Before returns the span of the same length that ends where this one begins.
func (s Span) Before() Span { return Span{s.First - Day(s.Len()), s.First - 1} }

// Times returns when a span begins, and when it is over.
func (s Span) Times() (from, before time.Time) { return s.First.Start(), (s.Last + 1).Start() }

// Counts is a number for each day; a missing one is zero.
type Counts map[Day]int

// Sum adds up the days of a span.
func (c Counts) Sum(s Span) int {
	sum := 0
	for day, n := range c {
		if day >= s.First && day <= s.Last {
			sum += n
		}
	}
	return sum
}
