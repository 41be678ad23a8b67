package limit_test

import (
	"fmt"
	"net/netip"
	"sync"
	"sync/atomic"
	"testing"
	"time"

	"github.com/guildhall/guildhall/internal/limit"
)

// clock is set by hand.
type clock struct{ t time.Time }

func (c *clock) now() time.Time { return c.t }

func newClock() *clock { return &clock{time.Date(2026, 11, 21, 9, 2, 30, 0, time.UTC)} }

var perFive = limit.Rule{Name: "api", Limit: 3, Window: 5 * time.Minute}

func TestWindow(t *testing.T) {
	c := newClock()
	l := limit.New(c.now)
	next := time.Date(2026, 11, 21, 9, 5, 0, 0, time.UTC)
	for i, want := range []limit.Decision{
		{OK: true, Limit: 3, Remaining: 2, Reset: next},
		{OK: true, Limit: 3, Remaining: 1, Reset: next},
		{OK: true, Limit: 3, Remaining: 0, Reset: next},
		{OK: false, Limit: 3, Remaining: 0, Reset: next, RetryAfter: 150 * time.Second},
		{OK: false, Limit: 3, Remaining: 0, Reset: next, RetryAfter: 150 * time.Second},
	} {
		if got := l.Allow("ada", perFive); got != want {
			t.Errorf("request %d: %+v, want %+v", i+1, got, want)
		}
	}
	c.t = next.Add(-time.Nanosecond)
	if d := l.Allow("ada", perFive); d.OK || d.RetryAfter != time.Nanosecond {
		t.Errorf("a moment before the next window: %+v", d)
	}
	c.t = next
	want := limit.Decision{OK: true, Limit: 3, Remaining: 2, Reset: next.Add(5 * time.Minute)}
	if got := l.Allow("ada", perFive); got != want {
		t.Errorf("in the next window: %+v, want %+v", got, want)
	}
}

func TestKeysAndRulesAreCountedApart(t *testing.T) {
	l := limit.New(newClock().now)
	one := limit.Rule{Name: "login", Limit: 1, Window: time.Hour}
	for _, c := range []struct {
		key  string
		rule limit.Rule
		ok   bool
	}{
		{"ada", one, true}, {"ada", one, false}, {"bob", one, true},
		{"ada", limit.Rule{Name: "reset", Limit: 1, Window: time.Hour}, true},
		{"", one, true}, {"", one, false},
		{"nada", limit.Rule{Name: "logi", Limit: 1, Window: time.Hour}, true},
	} {
		if d := l.Allow(c.key, c.rule); d.OK != c.ok {
			t.Errorf("%q under %s: %v, want %v", c.key, c.rule.Name, d.OK, c.ok)
		}
	}
}

func TestNoLimit(t *testing.T) {
	c := newClock()
	var none *limit.Limiter
	for name, d := range map[string]limit.Decision{
		"nil limiter":     none.Allow("ada", perFive),
		"limit of zero":   limit.New(c.now).Allow("ada", limit.Rule{Name: "off", Window: time.Hour}),
		"window of zero":  limit.New(c.now).Allow("ada", limit.Rule{Name: "off", Limit: 1}),
		"negative limit":  limit.New(c.now).Allow("ada", limit.Rule{Name: "off", Limit: -1, Window: time.Hour}),
		"negative window": limit.New(c.now).Allow("ada", limit.Rule{Name: "off", Limit: 1, Window: -time.Hour}),
	} {
		if d != (limit.Decision{OK: true}) {
			t.Errorf("%s: %+v", name, d)
		}
	}
}

func TestRuleMadeStricter(t *testing.T) {
	l := limit.New(newClock().now)
	for range 3 {
		l.Allow("ada", perFive)
	}
	if d := l.Allow("ada", limit.Rule{Name: "api", Limit: 2, Window: 5 * time.Minute}); d.OK || d.Remaining != 0 {
		t.Errorf("%+v", d)
	}
}

func TestClockBeforeTheEpoch(t *testing.T) {
	l := limit.New(func() time.Time { return time.Unix(-1, 0) })
	if d := l.Allow("ada", limit.Rule{Name: "r", Limit: 1, Window: time.Minute}); !d.OK || d.Reset.Unix() != 0 {
		t.Errorf("%+v", d)
	}
}

// Exactly Limit of all concurrent requests get through.
func TestConcurrent(t *testing.T) {
	l := limit.New(newClock().now)
	var allowed atomic.Int64
	var wg sync.WaitGroup
	for range 8 {
		wg.Go(func() {
			for i := range 1000 {
				l.Allow(fmt.Sprint(i), perFive)
				if l.Allow("ada", limit.Rule{Name: "many", Limit: 500, Window: time.Hour}).OK {
					allowed.Add(1)
				}
			}
		})
	}
	wg.Wait()
	if allowed.Load() != 500 {
		t.Errorf("%d allowed, want 500", allowed.Load())
	}
}

func TestAddressKey(t *testing.T) {
	for in, want := range map[string]string{
		"203.0.113.9":              "203.0.113.9",
		"::ffff:203.0.113.9":       "203.0.113.9",
		"2001:db8:1:2:3:4:5:6":     "2001:db8:1:2::/64",
		"2001:db8:1:2:ffff::1":     "2001:db8:1:2::/64",
		"2001:db8:1:3::1":          "2001:db8:1:3::/64",
		"fe80::1%eth0":             "fe80::/64",
		"::1":                      "::/64",
		"::ffff:203.0.113.9%zone0": "203.0.113.9",
	} {
		if got := limit.AddressKey(netip.MustParseAddr(in)); got != want {
			t.Errorf("%s: %s, want %s", in, got, want)
		}
	}
	if got := limit.AddressKey(netip.Addr{}); got != "unknown" {
		t.Errorf("no address: %s", got)
	}
}

func TestAllowDoesNotAllocate(t *testing.T) {
	l := limit.New(newClock().now)
	many := limit.Rule{Name: "many", Limit: 1 << 30, Window: time.Hour}
	once := limit.Rule{Name: "once", Limit: 1, Window: time.Hour}
	key := limit.AddressKey(netip.MustParseAddr("2001:db8::1"))
	if n := testing.AllocsPerRun(100, func() { l.Allow(key, many); l.Allow(key, once) }); n != 0 {
		t.Errorf("%v allocations a request", n)
	}
	a := netip.MustParseAddr("::ffff:203.0.113.9")
	if n := testing.AllocsPerRun(100, func() { limit.AddressKey(a) }); n > 1 {
		t.Errorf("%v allocations an address", n)
	}
}

func BenchmarkAllow(b *testing.B) {
	l := limit.New(time.Now)
	rule := limit.Rule{Name: "api", Limit: 1 << 30, Window: 5 * time.Minute}
	b.ReportAllocs()
	for b.Loop() {
		l.Allow("203.0.113.9", rule)
	}
}
