package mastodon

import (
	"net/http"
	"strconv"

	"github.com/guildhall/guildhall/instance"
	"github.com/guildhall/guildhall/internal/errs"
	"github.com/guildhall/guildhall/internal/ids"
)

// annualReportEntity is AnnualReport of the API.
type annualReportEntity struct {
	Year          int        `json:"year"`
	Data          annualData `json:"data"`
	SchemaVersion int        `json:"schema_version"`
	ShareURL      *string    `json:"share_url"` // null: it has no page
	AccountID     ids.ID     `json:"account_id"`
}

// annualData is a report in version 2.
type annualData struct {
	Archetype   string             `json:"archetype" enum:"lurker,booster,pollster,replier,oracle"`
	TimeSeries  []annualMonth      `json:"time_series"`
	TopHashtags []annualTag        `json:"top_hashtags"`
	TopStatuses map[string]*ids.ID `json:"top_statuses"`
}

type annualMonth struct {
	Month     int `json:"month"`
	Statuses  int `json:"statuses"`
	Followers int `json:"followers"`
}

type annualTag struct {
	Name  string `json:"name"`
	Count int    `json:"count"`
}

// annualReportsEntity has the reports and what they name.
type annualReportsEntity struct {
	Reports  []annualReportEntity     `json:"annual_reports"`
	Accounts []encoded[accountEntity] `json:"accounts"`
	Statuses encoded[[]statusAnswer]  `json:"statuses"`
}

func (s *server) annualReports(c *Call) error {
	list, err := s.Instance.Reports(c.R.Context(), c.Viewer())
	if err != nil {
		return err
	}
	return s.answerReports(c, list)
}

func (s *server) annualReport(c *Call) error {
	list, err := s.Instance.Reports(c.R.Context(), c.Viewer())
	if err != nil {
		return err
	}
	for _, r := range list {
		if strconv.Itoa(r.Year) == c.Path("year") {
			return s.answerReports(c, []instance.Report{r})
		}
	}
	return errs.NotFoundRecord()
}

func (s *server) answerReports(c *Call, list []instance.Report) error {
	e := annualReportsEntity{Reports: make([]annualReportEntity, len(list)), Accounts: []encoded[accountEntity]{}}
	var top []ids.ID
	for i, r := range list {
		data := annualData{Archetype: r.Archetype, TimeSeries: make([]annualMonth, len(r.Months)), TopHashtags: []annualTag{},
			TopStatuses: map[string]*ids.ID{"by_reblogs": idOrNil(r.TopPost), "by_replies": nil, "by_favourites": nil}}
		for k, m := range r.Months {
			data.TimeSeries[k] = annualMonth{m.Month, m.Posts, m.Followers}
		}
		if r.TopTag != "" {
			data.TopHashtags = append(data.TopHashtags, annualTag{r.TopTag, r.TopUses})
		}
		if r.TopPost != 0 {
			top = append(top, r.TopPost)
		}
		e.Reports[i] = annualReportEntity{Year: r.Year, Data: data, SchemaVersion: 2, AccountID: c.Viewer()}
	}
	views, err := s.Posts.GetMany(c.R.Context(), c.Viewer(), top)
	if err != nil {
		return err
	}
	w, err := s.writer(c.R.Context(), c.Viewer(), views...)
	if err != nil {
		return err
	}
	if err := w.list(views); err != nil {
		return err
	}
	e.Statuses = w.buf
	if len(list) > 0 {
		account, err := s.accountJSON(c.R.Context(), c.Viewer())
		if err != nil {
			return err
		}
		e.Accounts = append(e.Accounts, account)
	}
	return c.JSON(http.StatusOK, e)
}

// annualState says how a report stands.
type annualState struct {
	State instance.ReportState `json:"state" enum:"available,generating,eligible,ineligible"`
}

// year returns the year of the path. It returns NotFound for anything that is
// none.
func (c *Call) year() (int, error) {
	year, err := strconv.Atoi(c.R.PathValue("year"))
	if err != nil || year < 1 || year > 9999 {
		return 0, errs.NotFoundRecord()
	}
	return year, nil
}

func (s *server) annualReportState(c *Call) error {
	year, err := c.year()
	if err != nil {
		return err
	}
	state, err := s.Instance.ReportState(c.R.Context(), c.Viewer(), year)
	if err != nil {
		return err
	}
	if state == instance.ReportGenerating {
		c.refreshing(year)
	}
	return c.JSON(http.StatusOK, annualState{state})
}

func (s *server) makeAnnualReport(c *Call) error {
	year, err := c.year()
	if err != nil {
		return err
	}
	state, err := s.Instance.MakeReport(c.R.Context(), c.Viewer(), year)
	if err != nil {
		return err
	}
	if state == instance.ReportGenerating {
		c.refreshing(year)
		return c.JSON(http.StatusAccepted, struct{}{})
	}
	return c.JSON(http.StatusOK, struct{}{})
}

func (s *server) readAnnualReport(c *Call) error {
	year, err := c.year()
	if err != nil {
		return err
	}
	return c.done(s.Instance.ReadReport(c.R.Context(), c.Viewer(), year))
}
