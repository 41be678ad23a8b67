package observe

import (
	"net/http"
	"sync"
	"time"
)

// slotTime is how long a slot of the hour is that is remembered, and hourSlots
// how many there are.
const (
	slotTime  = 10 * time.Second
	hourSlots = 360
)

// bounds are the upper ends of the buckets in which durations are counted. What
// took longer is in one more.
var bounds = [...]time.Duration{250 * time.Microsecond, 500 * time.Microsecond, time.Millisecond, 2 * time.Millisecond, 4 * time.Millisecond,
	8 * time.Millisecond, 16 * time.Millisecond, 32 * time.Millisecond, 64 * time.Millisecond, 128 * time.Millisecond, 256 * time.Millisecond,
	512 * time.Millisecond, time.Second, 2 * time.Second, 4 * time.Second, 8 * time.Second}

// histogram counts requests by how long they took.
type histogram struct {
	counts [len(bounds) + 1]uint32
	failed uint32
}

// slot is what happened in one stretch of time.
type slot struct {
	number int64 // of slots since the Unix epoch
	histogram
}

// Traffic counts the requests of this process in groups of routes, for an hour
// back. A nil *Traffic counts nothing.
type Traffic struct {
	now    func() time.Time
	mu     sync.Mutex
	groups []*Group
}

// Group is routes whose requests are counted together.
type Group struct {
	name string
	now  func() time.Time
	mu   sync.Mutex
	ring [hourSlots]slot
}

// Flow is what a group had to do in some time.
type Flow struct {
	Name          string
	Requests      int
	Failed        int           // answered with a status of 500 or above
	P50, P95, P99 time.Duration // estimates: half, 95 % and 99 % were faster
}

// NewTraffic returns a Traffic that reads the time from now.
func NewTraffic(now func() time.Time) *Traffic { return &Traffic{now: now} }

// Group returns the group with a name, which is there from then on; without name
// none.
func (t *Traffic) Group(name string) *Group {
	if t == nil || name == "" {
		return nil
	}
	t.mu.Lock()
	defer t.mu.Unlock()
	for _, g := range t.groups {
		if g.name == name {
			return g
		}
	}
	g := &Group{name: name, now: t.now}
	t.groups = append(t.groups, g)
	return g
}

// Add counts a request. A nil *Group counts none.
func (g *Group) Add(status int, took time.Duration) {
	if g == nil {
		return
	}
	number := slotNumber(g.now())
	bucket := 0
	for bucket < len(bounds) && took > bounds[bucket] {
		bucket++
	}
	g.mu.Lock()
	defer g.mu.Unlock()
	s := &g.ring[number%hourSlots]
	if s.number != number {
		*s = slot{number: number}
	}
	s.counts[bucket]++
	if status >= http.StatusInternalServerError {
		s.failed++
	}
}

func slotNumber(at time.Time) int64 { return at.UnixNano() / int64(slotTime) }

// sum adds up the slots from first to last.
func (g *Group) sum(first, last int64) histogram {
	g.mu.Lock()
	defer g.mu.Unlock()
	var h histogram
	for i := range g.ring {
		if s := &g.ring[i]; s.number >= first && s.number <= last {
			h.add(&s.histogram)
		}
	}
	return h
}

func (h *histogram) add(other *histogram) {
	for i, n := range other.counts {
		h.counts[i] += n
	}
	h.failed += other.failed
}

func (h *histogram) flow(name string) Flow {
	f := Flow{Name: name, Failed: int(h.failed), P50: h.quantile(.5), P95: h.quantile(.95), P99: h.quantile(.99)}
	for _, n := range h.counts {
		f.Requests += int(n)
	}
	return f
}

// quantile estimates which duration a share of the requests did not exceed, as
// if those of a bucket were spread evenly in it.
func (h *histogram) quantile(share float64) time.Duration {
	all := 0.0
	for _, n := range h.counts {
		all += float64(n)
	}
	rank, below := share*all, 0.0
	for i, n := range h.counts {
		if n == 0 || below+float64(n) < rank {
			below += float64(n)
			continue
		}
		if i == len(bounds) {
			return bounds[i-1]
		}
		var from time.Duration
		if i > 0 {
			from = bounds[i-1]
		}
		return from + time.Duration((rank-below)/float64(n)*float64(bounds[i]-from))
	}
	return 0
}

// Flows returns what each group had to do in the last hour.
func (t *Traffic) Flows() []Flow {
	now := slotNumber(t.now())
	var list []Flow
	for _, g := range t.all() {
		h := g.sum(now-hourSlots+1, now)
		list = append(list, h.flow(g.name))
	}
	return list
}

// last returns what all groups had to do in the last slot that is over.
func (t *Traffic) last() Flow {
	number := slotNumber(t.now()) - 1
	var all histogram
	for _, g := range t.all() {
		h := g.sum(number, number)
		all.add(&h)
	}
	return all.flow("")
}

func (t *Traffic) all() []*Group {
	t.mu.Lock()
	defer t.mu.Unlock()
	return t.groups[:len(t.groups):len(t.groups)]
}
