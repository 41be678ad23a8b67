package mastodon

import (
	"context"
	"strconv"
	"time"

	"github.com/guildhall/guildhall/internal/days"
)

// activityWeeks is how many weeks are told of, this one included.
const activityWeeks = 12

// weekEntity is what happened in a week. All of it are decimal numbers.
type weekEntity struct {
	Week          string `json:"week"` // when it began, in Unix seconds
	Statuses      string `json:"statuses"`
	Logins        string `json:"logins"`
	Registrations string `json:"registrations"`
}

// weeks returns what happened in the last weeks, the newest first.
func (s *server) weeks(ctx context.Context, now time.Time) ([]weekEntity, error) {
	monday := days.Of(now).Week()
	all := days.Span{First: monday - 7*(activityWeeks-1), Last: monday + 6}
	posted, err := s.Posts.Days(ctx, all)
	if err != nil {
		return nil, err
	}
	joined, err := s.Identity.Joined(ctx, all)
	if err != nil {
		return nil, err
	}
	list := make([]weekEntity, activityWeeks)
	for i := range list {
		week := days.Span{First: monday - days.Day(7*i), Last: monday - days.Day(7*i) + 6}
		_, people, err := s.Identity.Active(ctx, week)
		if err != nil {
			return nil, err
		}
		statuses := 0
		for day := week.First; day <= week.Last; day++ {
			statuses += posted[day].Posts
		}
		list[i] = weekEntity{Week: strconv.FormatInt(week.First.Start().Unix(), 10), Statuses: strconv.Itoa(statuses),
			Logins: strconv.Itoa(people), Registrations: strconv.Itoa(joined.Sum(week))}
	}
	return list, nil
}

func (s *server) instanceActivity(c *Call) error {
	return s.document(c, func(d *instanceDocs) []byte { return d.activity })
}
