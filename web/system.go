package web

import (
	"context"
	"net/http"
	"slices"
	"strconv"
	"strings"
	"time"

	"github.com/guildhall/guildhall/identity"
	"github.com/guildhall/guildhall/internal/bus"
	"github.com/guildhall/guildhall/internal/db"
	"github.com/guildhall/guildhall/internal/httpx"
	"github.com/guildhall/guildhall/internal/limit"
	"github.com/guildhall/guildhall/internal/observe"
)

const (
	systemPath = "/admin/system"
	forDevops  = staff | audience(identity.ViewDevops)
)

// Machine is where the page of the machine looks. A nil *Machine has no page.
type Machine struct {
	History   *observe.History
	Traffic   *observe.Traffic
	Caches    *observe.Caches
	Watch     *observe.Watch
	Databases []*db.DB
	Queues    func(context.Context) (bus.State, error)
}

// systemRoutes are the pages of the machine.
func systemRoutes() []route {
	return []route{
		{"GET " + systemPath, (*call).system, forDevops},
		{"GET " + systemPath + "/statements/{database}/{key}", (*call).statement, forDevops},
	}
}

// group returns the group that requests are counted in, nil without a machine.
func (m *Machine) group(name string) *observe.Group {
	if m == nil {
		return nil
	}
	return m.Traffic.Group(name)
}

// suspect notes that the request was refused for being odd.
func (c *call) suspect(kind string) { c.server.suspect(c.r, kind) }

func (s *server) suspect(r *http.Request, kind string) {
	if s.Machine != nil {
		s.Machine.Watch.Note(kind, "", limit.AddressKey(httpx.ClientAddress(r, s.config.TrustedProxies)))
	}
}

// statementsShown and incidentsShown bound the page's longest tables.
const (
	statementsShown = 20
	incidentsShown  = 30
)

// slowStatement is a statement with its database.
type slowStatement struct {
	Database string
	db.Statement
}

func (s slowStatement) url() string {
	return systemPath + "/statements/" + s.Database + "/" + s.Key
}

// systemData is what the page of the machine shows.
type systemData struct {
	Day       bool      // the charts show a day, else an hour
	Since     time.Time // zero: just now
	Charts    []trace
	Flows     []observe.Flow
	Queues    bus.State
	Databases []db.Stats
	Writers   bool // the databases have one each
	Slow      []slowStatement
	Caches    []observe.Cache
	Incidents []observe.Incident
}

// url is the address of the page with the charts of the same span.
func (d systemData) url() string {
	if d.Day {
		return systemPath + "?span=day"
	}
	return systemPath
}

func (c *call) system() error {
	m := c.Machine
	if m == nil {
		return errNoPage()
	}
	d := systemData{Day: c.query("span") == "day", Since: m.History.Since(), Flows: m.Traffic.Flows(), Caches: m.Caches.All(), Incidents: m.Watch.Recent()}
	points, span := m.History.Hour(), time.Hour
	if d.Day {
		points, span = m.History.Day(), 24*time.Hour
	}
	from := c.Now().Add(-span)
	points = slices.DeleteFunc(points, func(p observe.Point) bool { return p.At.Before(from) })
	d.Charts = c.traces(points, from, span)
	d.Incidents = d.Incidents[:min(len(d.Incidents), incidentsShown)]
	var err error
	if d.Queues, err = m.Queues(c.r.Context()); err != nil {
		return err
	}
	for _, database := range m.Databases {
		stats, err := database.Stats(c.r.Context())
		if err != nil {
			return err
		}
		d.Databases = append(d.Databases, stats)
		d.Writers = d.Writers || database.Engine() == db.SQLite
		for _, s := range database.Slow() {
			d.Slow = append(d.Slow, slowStatement{database.Name(), s})
		}
	}
	slices.SortStableFunc(d.Slow, func(a, b slowStatement) int { return int(max(-1, min(1, b.Total-a.Total))) })
	d.Slow = d.Slow[:min(len(d.Slow), statementsShown)]
	if isPart(c.r) {
		return c.show(http.StatusOK, systemPart(d))
	}
	return c.show(http.StatusOK, systemPage(c.private(c.words().Text("System")), d))
}

// statement shows a slow statement and how the engine carries it out.
func (c *call) statement() error {
	if c.Machine == nil {
		return errNoPage()
	}
	for _, database := range c.Machine.Databases {
		if database.Name() != c.r.PathValue("database") {
			continue
		}
		s, plan, err := database.SlowPlan(c.r.Context(), c.r.PathValue("key"))
		if err != nil {
			return err
		}
		return c.show(http.StatusOK, statementPage(c.private(c.words().Text("A slow statement")), slowStatement{database.Name(), s}, plan))
	}
	return errNoPage()
}

// trace is a chart of how something went on.
type trace struct {
	Name      string
	Last, Max string     // with their units
	Line      string     // points of the chart
	Area      string     // the same, closed below
	Rows      []traceRow // the same as numbers, fewer of them
}

// traceRow is a value at a time.
type traceRow struct {
	At    time.Time
	Value string
}

// The size of such a chart in its own units, and how many rows its table has.
const (
	traceWidth  = 360
	traceHeight = 60
	traceRows   = 12
)

// measured are what is drawn, each with how its numbers are written.
var measured = []struct {
	name string
	of   func(observe.Point) float64
	say  func(*catalogue, float64) string
}{
	{"Processors in use", func(p observe.Point) float64 { return p.CPU }, func(c *catalogue, v float64) string { return c.decimal(v, 2) }},
	{"Memory", func(p observe.Point) float64 { return p.Memory }, func(c *catalogue, v float64) string { return c.bytes(int64(v)) }},
	{"Goroutines", func(p observe.Point) float64 { return p.Goroutines }, func(c *catalogue, v float64) string { return c.decimal(v, 0) }},
	{"Requests a second", func(p observe.Point) float64 { return p.Requests }, func(c *catalogue, v float64) string { return c.decimal(v, 1) }},
	{"95 in 100 within", func(p observe.Point) float64 { return float64(p.P95) }, func(c *catalogue, v float64) string { return c.took(time.Duration(v)) }},
	{"Errors of ours a second", func(p observe.Point) float64 { return p.Failed }, func(c *catalogue, v float64) string { return c.decimal(v, 1) }},
}

// traces are the charts of a span that begins at from.
func (c *call) traces(points []observe.Point, from time.Time, span time.Duration) []trace {
	list := make([]trace, len(measured))
	for i, x := range measured {
		list[i] = drawTrace(x.name, points, from, span, x.of, func(v float64) string { return x.say(c.words(), v) })
	}
	return list
}

// drawTrace draws a line through points. A line of zeros lies on the ground.
func drawTrace(name string, points []observe.Point, from time.Time, span time.Duration, of func(observe.Point) float64, say func(float64) string) trace {
	most := 0.0
	for _, p := range points {
		most = max(most, of(p))
	}
	d := trace{Name: name, Last: say(0), Max: say(most)}
	if len(points) == 0 {
		return d
	}
	d.Last = say(of(points[len(points)-1]))
	var line strings.Builder
	place := func(p observe.Point) string {
		return strconv.FormatFloat(traceWidth*min(1, max(0, float64(p.At.Sub(from))/float64(span))), 'f', 1, 64)
	}
	for i, p := range points {
		y := float64(traceHeight)
		if most > 0 {
			y -= traceHeight * of(p) / most
		}
		line.WriteString(place(p) + "," + strconv.FormatFloat(y, 'f', 1, 64) + " ")
		if step := max(1, len(points)/traceRows); (len(points)-1-i)%step == 0 {
			d.Rows = append(d.Rows, traceRow{p.At, say(of(p))})
		}
	}
	ground := "," + strconv.Itoa(traceHeight)
	d.Line = line.String()
	d.Area = place(points[0]) + ground + " " + d.Line + place(points[len(points)-1]) + ground
	return d
}

// incidentWords say what was refused.
var incidentWords = map[string]string{"sign_in": "Wrong login or password", "limit": "Too many requests", "form": "A form from elsewhere, or out of date",
	"network": "A blocked network", "staff": "The administration, without being allowed to"}
