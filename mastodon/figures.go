package mastodon

import (
	"context"
	"fmt"
	"slices"
	"strconv"
	"time"

	"github.com/guildhall/guildhall/internal/days"
	"github.com/guildhall/guildhall/internal/ids"
)

// The figures of the dashboard. All are of counts that the domains keep, so that
// they cost the same however many posts there are. Of other servers nothing is
// known: what is asked about them is zero, or empty.

// figureDays is how many days a figure can be asked for at once.
const figureDays = 366

// spanParams are the days that a figure is asked for, both included.
type spanParams struct {
	StartAt *string `param:"start_at"`
	EndAt   *string `param:"end_at"`
}

// recentDays are how many days, up to the present one, stand for none.
const recentDays = 30

// orRecent fills in the latest days if none are given at all.
func (p *spanParams) orRecent(now time.Time) {
	if p.StartAt == nil && p.EndAt == nil {
		end, start := midnight(days.Of(now)), midnight(days.Of(now)-recentDays+1)
		p.StartAt, p.EndAt = &start, &end
	}
}

// span returns the days, which must not be more than so many.
func (p spanParams) span(most int) (days.Span, error) {
	start, err := parseTime("start_at", p.StartAt)
	if err != nil {
		return days.Span{}, err
	}
	end, err := parseTime("end_at", p.EndAt)
	switch {
	case err != nil:
		return days.Span{}, err
	case start == nil || start.IsZero():
		return days.Span{}, wrongType("start_at", "must be given")
	case end == nil || end.IsZero():
		return days.Span{}, wrongType("end_at", "must be given")
	}
	s := days.Span{First: days.Of(*start), Last: days.Of(*end)}
	switch {
	case s.Len() < 1:
		return s, wrongType("end_at", "must not be before start_at")
	case s.Len() > most:
		return s, wrongType("end_at", "must be within "+strconv.Itoa(most)+" days of start_at")
	}
	return s, nil
}

// onlyOnce leaves out what is asked for again.
func onlyOnce(keys []string) ([]string, error) {
	if len(keys) == 0 {
		return nil, wrongType("keys", "must be given")
	}
	var list []string
	for _, key := range keys {
		if !slices.Contains(list, key) {
			list = append(list, key)
		}
		if len(list) > 50 { // more than there are
			break
		}
	}
	return list, nil
}

// unknownKey refuses a figure that there is not.
func unknownKey(key string) error {
	return wrongType("keys", fmt.Sprintf("has %.40q, which is not known", key))
}

// figureTag is the hashtag that a figure is asked of.
type figureTag struct {
	ID ids.ID `param:"id"`
}

// given returns an error if no hashtag is named.
func (t figureTag) given(key string) error {
	if t.ID == 0 {
		return wrongType(key+"[id]", "must be given")
	}
	return nil
}

// given returns an error if no domain is named, or what is named is none.
func (p domainParams) given(key string) error {
	if p.Domain == "" || len(p.Domain) > 253 {
		return wrongType(key+"[domain]", "must be the name of a server")
	}
	return nil
}

// midnight is when a day begins.
func midnight(day days.Day) string { return day.Start().Format(timeFormat) }

// readable returns a number of bytes as people write it.
func readable(bytes int64) string {
	n, units := float64(bytes), []string{"Bytes", "KB", "MB", "GB", "TB"}
	for n >= 1024 && len(units) > 1 {
		n, units = n/1024, units[1:]
	}
	return strconv.FormatFloat(float64(int64(n*10))/10, 'f', -1, 64) + " " + units[0]
}

// counting counts something by the day, and in all.
type counting func(ctx context.Context, span days.Span) (daily days.Counts, total int, err error)

// summed is a counting whose total is that of its days.
func summed(count func(context.Context, days.Span) (days.Counts, error)) counting {
	return func(ctx context.Context, span days.Span) (days.Counts, int, error) {
		daily, err := count(ctx, span)
		return daily, daily.Sum(span), err
	}
}
