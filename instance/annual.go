package instance

import (
	"context"
	"encoding/json"
	"time"

	"github.com/guildhall/guildhall/internal/bus"
	"github.com/guildhall/guildhall/internal/db"
	"github.com/guildhall/guildhall/internal/errs"
	"github.com/guildhall/guildhall/internal/ids"
	"github.com/guildhall/guildhall/posts"
)

// Report is what a member did in a year.
type Report struct {
	Year      int     `json:"year"`
	Archetype string  `json:"archetype"` // lurker, booster, pollster, replier or oracle
	Months    []Month `json:"months"`
	TopTag    string  `json:"top_tag"` // empty: none
	TopUses   int     `json:"top_uses"`
	TopPost   ids.ID  `json:"top_post"` // the most boosted; 0: none
}

// Month is a part of a report.
type Month struct {
	Month     int `json:"month"`
	Posts     int `json:"posts"`
	Followers int `json:"followers"` // who came and stayed
}

// ReportState says how a report stands.
type ReportState string

// The states.
const (
	ReportAvailable  ReportState = "available"
	ReportGenerating ReportState = "generating"
	ReportEligible   ReportState = "eligible"   // can be made
	ReportIneligible ReportState = "ineligible" // cannot: too early, or nothing was written
)

// reportDay is from when in December on the year's report can be made.
const reportDay = 10

// ReportWanted says that a report is to be made.
type ReportWanted struct {
	AccountID ids.ID `json:"account_id"`
	Year      int    `json:"year"`
}

// Kind implements bus.Payload.
func (ReportWanted) Kind() string { return "report_wanted" }

func yearBounds(year int) (from, to time.Time) {
	return time.Date(year, 1, 1, 0, 0, 0, 0, time.UTC), time.Date(year+1, 1, 1, 0, 0, 0, 0, time.UTC)
}

// Campaign returns the year whose reports are offered to everybody now, 0 for
// none.
func (s *Service) Campaign() int {
	if now := s.Now().UTC(); now.Month() == time.December && now.Day() >= reportDay {
		return now.Year()
	}
	return 0
}

// ReportState tells how a member's report of a year stands.
func (s *Service) ReportState(ctx context.Context, account ids.ID, year int) (ReportState, error) {
	data, err := db.Values[string](ctx, s.DB, "SELECT data FROM instance_annual_reports WHERE account_id = $1 AND year = $2", account, year)
	if err != nil {
		return "", err
	}
	if len(data) > 0 {
		if data[0] == "" {
			return ReportGenerating, nil
		}
		return ReportAvailable, nil
	}
	if now := s.Now().UTC().Year(); year < 2020 || year > now || year == now && s.Campaign() != year {
		return ReportIneligible, nil
	}
	from, to := yearBounds(year)
	if wrote, err := s.Posts.Wrote(ctx, account, from, to); err != nil || !wrote {
		return ReportIneligible, err
	}
	return ReportEligible, nil
}

// MakeReport has a member's report of a year made in the background, if it can
// be, and returns how it stands then.
func (s *Service) MakeReport(ctx context.Context, account ids.ID, year int) (ReportState, error) {
	state, err := s.ReportState(ctx, account, year)
	if err != nil || state != ReportEligible {
		return state, err
	}
	err = s.write(ctx, func(tx *db.Tx) error {
		n, err := db.Exec(ctx, tx, "INSERT INTO instance_annual_reports (account_id, year) VALUES ($1, $2) ON CONFLICT (account_id, year) DO NOTHING", account, year)
		if err != nil || n == 0 {
			return err
		}
		return s.tell(ctx, tx, ReportWanted{AccountID: account, Year: year})
	})
	return ReportGenerating, err
}

// makeReports makes the reports that events ask for.
func (s *Service) makeReports(ctx context.Context, events []bus.Event) error {
	for _, e := range events {
		w, err := bus.Decode[ReportWanted](e)
		if err != nil {
			return err
		}
		if err := s.makeReport(ctx, w.AccountID, w.Year); err != nil {
			return err
		}
	}
	return nil
}

func (s *Service) makeReport(ctx context.Context, account ids.ID, year int) error {
	from, to := yearBounds(year)
	a, err := s.Posts.Activity(ctx, account, from, to)
	if err != nil {
		return err
	}
	r := Report{Year: year, Archetype: archetype(a), TopTag: a.TopTag, TopUses: a.TopTagUses, TopPost: a.MostBoosted}
	for i, n := range a.Months {
		month := from.AddDate(0, i, 0)
		if !month.Before(s.Now()) {
			break
		}
		gained, err := s.Profiles.Gained(ctx, account, month, month.AddDate(0, 1, 0))
		if err != nil {
			return err
		}
		r.Months = append(r.Months, Month{Month: i + 1, Posts: n, Followers: gained})
	}
	data, err := json.Marshal(r)
	if err != nil {
		return err
	}
	_, err = db.Exec(ctx, s.DB, "UPDATE instance_annual_reports SET data = $3 WHERE account_id = $1 AND year = $2", account, year, string(data))
	return err
}

// archetype says in a word what somebody mostly did.
func archetype(a posts.Activity) string {
	own := a.Posts - a.Boosts
	switch {
	case a.Posts < 12: // not even one a month
		return "lurker"
	case a.Boosts > 2*own:
		return "booster"
	case a.Polls*10 >= own:
		return "pollster"
	case a.Replies*2 > own:
		return "replier"
	}
	return "oracle"
}

// Reports returns a member's reports, the newest year first.
func (s *Service) Reports(ctx context.Context, account ids.ID) ([]Report, error) {
	rows, err := db.Values[string](ctx, s.DB, "SELECT data FROM instance_annual_reports WHERE account_id = $1 AND data <> '' ORDER BY year DESC LIMIT 100", account)
	if err != nil {
		return nil, err
	}
	list := make([]Report, len(rows))
	for i, data := range rows {
		if err := json.Unmarshal([]byte(data), &list[i]); err != nil {
			return nil, err
		}
	}
	return list, nil
}

// ReadReport notes that a member has read a report. Returns NotFound if there is
// none.
func (s *Service) ReadReport(ctx context.Context, account ids.ID, year int) error {
	n, err := db.Exec(ctx, s.DB, "UPDATE instance_annual_reports SET read_at = $3 WHERE account_id = $1 AND year = $2 AND data <> ''",
		account, year, s.Now().UnixMilli())
	if err != nil {
		return err
	}
	if n == 0 {
		return errs.NotFoundRecord()
	}
	return nil
}
