package observe_test

import (
	"fmt"
	"testing"
	"time"

	"github.com/guildhall/guildhall/internal/observe"
)

// clock is a time that the test sets.
type clock struct{ at time.Time }

func (c *clock) now() time.Time { return c.at }

func newClock() *clock { return &clock{time.Date(2026, 3, 1, 12, 0, 0, 0, time.UTC)} }

// Requests are counted in their group for an hour, and then forgotten.
func TestTraffic(t *testing.T) {
	c := newClock()
	traffic := observe.NewTraffic(c.now)
	posts, pages := traffic.Group("posts"), traffic.Group("pages")
	for i := range 100 {
		posts.Add(200, time.Duration(i)*time.Millisecond)
	}
	pages.Add(503, time.Minute)
	c.at = c.at.Add(40 * time.Minute)
	traffic.Group("pages").Add(200, time.Microsecond)
	flows := traffic.Flows()
	if len(flows) != 2 || flows[0].Name != "posts" || flows[0].Requests != 100 || flows[0].Failed != 0 {
		t.Fatalf("%+v", flows)
	}
	for share, took := range map[string][3]time.Duration{"half": {flows[0].P50, 32 * time.Millisecond, 64 * time.Millisecond},
		"95 %": {flows[0].P95, 64 * time.Millisecond, 128 * time.Millisecond}, "99 %": {flows[0].P99, flows[0].P95, 128 * time.Millisecond}} {
		if took[0] < took[1] || took[0] > took[2] {
			t.Errorf("%s took %s, not between %s and %s", share, took[0], took[1], took[2])
		}
	}
	if flows[1].Requests != 2 || flows[1].Failed != 1 || flows[1].P99 != 8*time.Second {
		t.Errorf("pages: %+v", flows[1])
	}
	c.at = c.at.Add(40 * time.Minute)
	if flows = traffic.Flows(); flows[0].Requests != 0 || flows[0].P95 != 0 || flows[1].Requests != 1 {
		t.Errorf("an hour later: %+v", flows)
	}
	var none *observe.Traffic
	none.Group("x").Add(200, 1) // counts nothing
}

// The history holds an hour in steps of ten seconds and a day in steps of five
// minutes, and never more.
func TestHistory(t *testing.T) {
	c := newClock()
	begin := c.at.Add(10 * time.Second)
	traffic := observe.NewTraffic(c.now)
	h := observe.NewHistory(traffic, c.now)
	for range 26 * 360 {
		traffic.Group("g").Add(500, time.Millisecond)
		c.at = c.at.Add(10 * time.Second)
		h.Take()
	}
	hour, day := h.Hour(), h.Day()
	if !h.Since().Equal(begin) {
		t.Errorf("since %s", h.Since())
	}
	if len(hour) != 360 || len(day) != 288 {
		t.Fatalf("%d and %d points", len(hour), len(day))
	}
	if last := hour[359]; !last.At.Equal(c.at) || last.Requests != .1 || last.Failed != .1 || last.P95 == 0 || last.Goroutines < 1 {
		t.Errorf("%+v", last)
	}
	if got := day[287].At.Sub(day[0].At); got != 287*5*time.Minute || day[287].Requests < .099 || day[287].Requests > .101 {
		t.Errorf("a day of %s, %+v", got, day[287])
	}
}

// Incidents that are alike are one line; there are never many, and none is old.
func TestWatch(t *testing.T) {
	c := newClock()
	w := observe.NewWatch(c.now)
	for range 3 {
		w.Note("sign_in", "", "192.0.2.1")
		c.at = c.at.Add(time.Minute)
	}
	w.Note("limit", "web.pages", "192.0.2.2")
	if r := w.Recent(); len(r) != 2 || r[0].What != "web.pages" || r[1].Count != 3 || r[1].Last.Sub(r[1].First) != 2*time.Minute {
		t.Errorf("%+v", r)
	}
	for i := range 1000 {
		c.at = c.at.Add(time.Second)
		w.Note("form", "", fmt.Sprint(i))
	}
	if r := w.Recent(); len(r) != 256 || r[0].Address != "999" {
		t.Errorf("%d incidents, the last one %+v", len(r), r[0])
	}
	c.at = c.at.Add(25 * time.Hour)
	if r := w.Recent(); len(r) != 0 {
		t.Errorf("a day later: %+v", r)
	}
	var none *observe.Watch
	none.Note("form", "", "") // remembers nothing
}
