package mastodon

import (
	"net/http"
	"strconv"
	"strings"

	"github.com/guildhall/guildhall/instance"
	"github.com/guildhall/guildhall/internal/errs"
)

// asyncRefreshFound is AsyncRefreshResponse of the API.
type asyncRefreshFound struct {
	Refresh asyncRefreshEntity `json:"async_refresh"`
}

// asyncRefreshEntity is AsyncRefresh of the API: something that was not ready
// when it was answered, which a header of that answer names. Annual reports
// alone are answered before they are ready.
type asyncRefreshEntity struct {
	ID          string `json:"id"`
	Status      string `json:"status" enum:"running,finished"`
	ResultCount *int   `json:"result_count"` // null: it is not counted
}

// refreshingReport, with the year, names the making of the caller's annual report.
const refreshingReport = "annual_report-"

// refreshRetry is after how many seconds a client may ask again.
const refreshRetry = "2"

// refreshing says in a header that an annual report is being made.
func (c *Call) refreshing(year int) {
	c.W.Header().Set("Mastodon-Async-Refresh", `id="`+refreshingReport+strconv.Itoa(year)+`", retry=`+refreshRetry)
}

func (s *server) asyncRefresh(c *Call) error {
	number, ok := strings.CutPrefix(c.Path("id"), refreshingReport)
	year, err := strconv.Atoi(number)
	if !ok || err != nil {
		return errs.NotFoundRecord()
	}
	state, err := s.Instance.ReportState(c.R.Context(), c.Viewer(), year)
	if err != nil {
		return err
	}
	status, ok := map[instance.ReportState]string{instance.ReportGenerating: "running", instance.ReportAvailable: "finished"}[state]
	if !ok {
		return errs.NotFoundRecord()
	}
	return c.JSON(http.StatusOK, asyncRefreshFound{asyncRefreshEntity{ID: c.Path("id"), Status: status}})
}
