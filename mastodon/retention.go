package mastodon

import (
	"net/http"
	"strconv"

	"github.com/guildhall/guildhall/internal/days"
)

const (
	cohortDays   = 92 // days of a retention by the day
	cohortMonths = 24 // months of one by the month
)

// retentionParams say whose retention is wanted.
type retentionParams struct {
	spanParams
	Frequency string `param:"frequency"`
}

// cohortEntity is Admin::Cohort of the API: who joined in a period, and when
// they were active.
type cohortEntity struct {
	Period    string             `json:"period"`
	Frequency string             `json:"frequency" enum:"day,month"`
	Data      []cohortDataEntity `json:"data"`
}

type cohortDataEntity struct {
	Date  string  `json:"date"`
	Rate  float64 `json:"rate"` // 1 is all of those who joined
	Value string  `json:"value"`
}

// periods returns the days of a retention, or the first days of its months, and
// the whole span of them.
func (in *retentionParams) periods() ([]days.Day, days.Span, error) {
	most := cohortDays
	switch in.Frequency {
	case "day":
	case "month":
		most = cohortMonths * 31
	default:
		return nil, days.Span{}, wrongType("frequency", "must be day or month")
	}
	span, err := in.span(most)
	if err != nil {
		return nil, span, err
	}
	var list []days.Day
	if in.Frequency == "day" {
		for day := span.First; day <= span.Last; day++ {
			list = append(list, day)
		}
		return list, span, nil
	}
	span = days.Span{First: span.First.Month(), Last: span.Last.NextMonth() - 1}
	for month := span.First; month < span.Last; month = month.NextMonth() {
		list = append(list, month)
	}
	return list, span, nil
}

func (s *server) adminRetention(c *Call) error {
	var in retentionParams
	if err := c.Decode(&in); err != nil {
		return err
	}
	periods, span, err := in.periods()
	if err != nil {
		return err
	}
	joined, err := s.Identity.Joined(c.R.Context(), span)
	if err != nil {
		return err
	}
	retained, err := s.Identity.Retention(c.R.Context(), in.Frequency == "month", periods)
	if err != nil {
		return err
	}
	active := map[[2]days.Day]int{}
	for _, r := range retained {
		active[[2]days.Day{r.Joined, r.Active}] = r.Users
	}
	list := make([]cohortEntity, len(periods))
	for i, period := range periods {
		end := period
		if in.Frequency == "month" {
			end = period.NextMonth() - 1
		}
		of := joined.Sum(days.Span{First: period, Last: end})
		list[i] = cohortEntity{Period: midnight(period), Frequency: in.Frequency, Data: make([]cohortDataEntity, 0, len(periods)-i)}
		for _, on := range periods[i:] {
			n := active[[2]days.Day{period, on}]
			list[i].Data = append(list[i].Data, cohortDataEntity{midnight(on), float64(n) / float64(max(of, 1)), strconv.Itoa(n)})
		}
	}
	return c.JSON(http.StatusOK, list)
}
