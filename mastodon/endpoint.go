package mastodon

import (
	"log/slog"
	"net/http"
	"slices"
	"strings"
	"sync/atomic"
	"time"

	"github.com/prometheus/client_golang/prometheus"

	"github.com/guildhall/guildhall/internal/errs"
	"github.com/guildhall/guildhall/internal/httpx"
	"github.com/guildhall/guildhall/internal/observe"
)

// endpoint is a route with all that can be looked up before a request comes.
type endpoint struct {
	Route
	server    *server
	scopes    []string
	traffic   *observe.Group
	durations *prometheus.HistogramVec               // nil: none
	observers [6]atomic.Pointer[prometheus.Observer] // of durations, by the first digit of the status; made when there is one
}

func newEndpoint(s *server, route Route, durations *prometheus.HistogramVec) *endpoint {
	return &endpoint{Route: route, server: s, scopes: strings.Fields(route.Scope), durations: durations, traffic: s.Traffic.Group(group(route.Pattern))}
}

// grouped are the resources whose requests are counted apart from those of the
// rest of the API.
var grouped = []string{"accounts", "statuses", "timelines", "notifications", "media", "search", "admin"}

// group is what a route's requests are counted with; empty for streams, whose
// time says nothing.
func group(pattern string) string {
	if strings.HasPrefix(pattern, "/oauth/") || strings.HasPrefix(pattern, "/media/") {
		return strings.Split(pattern, "/")[1]
	}
	parts := strings.Split(pattern+"///", "/") // "", "api", the version, the resource
	switch {
	case parts[3] == "streaming":
		return ""
	case parts[1] == "api" && slices.Contains(grouped, parts[3]):
		return "api/" + parts[3]
	}
	return "api/other"
}

// classes of statuses by their first digit.
var classes = [...]string{"", "1xx", "2xx", "3xx", "4xx", "5xx"}

// observe measures a request.
func (e *endpoint) observe(status int, took time.Duration) {
	if e.Flags&Unshed != 0 {
		return
	}
	e.traffic.Add(status, took)
	if e.durations == nil {
		return
	}
	class := status / 100
	o := e.observers[class].Load()
	if o == nil { // two at once get the same one
		made := e.durations.WithLabelValues(e.Method+" "+e.Pattern, classes[class])
		o = &made
		e.observers[class].Store(o)
	}
	(*o).Observe(took.Seconds())
}

// ServeHTTP implements http.Handler: a slot, the caller, the limits, the
// handler; then the failure if there was one, the measurements and the log.
func (e *endpoint) ServeHTTP(w http.ResponseWriter, r *http.Request) {
	start := time.Now() // a duration, not the date: the real clock is meant
	if e.Flags&Deprecated != 0 {
		w.Header()["Deprecation"] = deprecatedSince
	}
	c := &Call{W: w, R: r, server: e.server, route: &e.Route, upload: e.Flags&Upload != 0, slot: httpx.Slot{Gate: e.server.Gate}}
	defer e.done(c, start)
	begun := func() bool { return c.status != 0 }
	httpx.Protect(e.server.Log, r, func() {
		err := e.serve(c)
		switch {
		case err == nil:
		case begun():
			e.server.Log.Error("request failed after its answer began", "path", r.URL.Path, "error", err)
		default:
			c.fail(err)
		}
	}, begun, func() { c.failWith(http.StatusInternalServerError, errorBody{Error: "An unexpected error occurred"}) })
}

func (e *endpoint) serve(c *Call) error {
	if c.hasBody() {
		c.boundBody()
	}
	if e.Flags&Unshed == 0 {
		if err := c.slot.Enter(c.R.Context()); err != nil {
			return err
		}
		defer c.slot.Leave()
	}
	if e.Flags&Raw == 0 && !acceptsJSON(c.R.Header["Accept"]) {
		return errs.New(errs.NotAcceptable, "The answer is only to be had as application/json")
	}
	if err := e.admit(c); err != nil {
		// To find out that a token is bad costs as much as a good one.
		if tooMany := e.server.limit(c, ""); tooMany != nil {
			return tooMany
		}
		return err
	}
	if e.Flags&Raw == 0 || e.Route.Limit != "" {
		if err := e.server.limit(c, e.Route.Limit); err != nil {
			return err
		}
	}
	return e.Handle(e.server, c)
}

// done measures and logs a request.
func (e *endpoint) done(c *Call, start time.Time) {
	status := c.status
	if status == 0 {
		status = http.StatusOK
	}
	took := time.Since(start)
	e.observe(status, took)
	if log := e.server.Log; log.Enabled(c.R.Context(), slog.LevelDebug) {
		log.LogAttrs(c.R.Context(), slog.LevelDebug, "request", slog.String("method", e.Method),
			slog.String("path", c.R.URL.Path), slog.Int("status", status), slog.Duration("took", took),
			slog.String("request", c.ID()), slog.Int64("user", int64(c.Viewer())))
	}
}

// acceptsJSON tells whether the client takes JSON: it says so, or says nothing.
func acceptsJSON(accept []string) bool {
	for _, line := range accept {
		if strings.Contains(line, "*/*") || strings.Contains(line, "json") || strings.Contains(line, "application/*") {
			return true
		}
	}
	return len(accept) == 0 || len(accept) == 1 && accept[0] == ""
}

// newDurations returns the histogram of all routes, or nil without a registry.
func newDurations(registry prometheus.Registerer) *prometheus.HistogramVec {
	if registry == nil {
		return nil
	}
	h := prometheus.NewHistogramVec(prometheus.HistogramOpts{
		Name:    "guildhall_http_request_duration_seconds",
		Help:    "How long requests to the API took, by route and class of status.",
		Buckets: []float64{.0005, .001, .0025, .005, .01, .025, .05, .1, .25, .5, 1, 2.5, 10},
	}, []string{"route", "status"})
	registry.MustRegister(h)
	return h
}
