package observe

import (
	"slices"
	"sync"
	"time"
)

// incidentsMax bounds how many incidents are remembered, and incidentLife how
// long: addresses are personal data.
const (
	incidentsMax = 256
	incidentLife = 24 * time.Hour
)

// Incident is something odd that was refused, perhaps again and again.
type Incident struct {
	Kind        string // sign_in, limit, form, network, staff
	What        string // more exactly: the limit's name; may be empty
	Address     string // whose, empty: unknown
	Count       int
	First, Last time.Time
}

// Watch remembers recent incidents of this process, in memory alone. A nil
// *Watch remembers none.
type Watch struct {
	now  func() time.Time
	mu   sync.Mutex
	seen map[[3]string]*Incident
}

// NewWatch returns a Watch that reads the time from now.
func NewWatch(now func() time.Time) *Watch {
	return &Watch{now: now, seen: map[[3]string]*Incident{}}
}

// Note remembers an incident. What people typed does not belong in it.
func (w *Watch) Note(kind, what, address string) {
	if w == nil {
		return
	}
	now := w.now()
	key := [3]string{kind, what, address}
	w.mu.Lock()
	defer w.mu.Unlock()
	i := w.seen[key]
	if i == nil {
		w.makeRoom(now)
		i = &Incident{Kind: kind, What: what, Address: address, First: now}
		w.seen[key] = i
	}
	i.Count++
	i.Last = now
}

// makeRoom forgets what is old, and if need be the one that was last seen the
// longest ago.
func (w *Watch) makeRoom(now time.Time) {
	var oldest [3]string
	var at time.Time
	for key, i := range w.seen {
		if now.Sub(i.Last) > incidentLife {
			delete(w.seen, key)
		} else if at.IsZero() || i.Last.Before(at) {
			oldest, at = key, i.Last
		}
	}
	if len(w.seen) >= incidentsMax {
		delete(w.seen, oldest)
	}
}

// Recent returns the incidents of the last day, the latest first.
func (w *Watch) Recent() []Incident {
	now := w.now()
	w.mu.Lock()
	defer w.mu.Unlock()
	var list []Incident
	for _, i := range w.seen {
		if now.Sub(i.Last) <= incidentLife {
			list = append(list, *i)
		}
	}
	slices.SortFunc(list, func(a, b Incident) int { return b.Last.Compare(a.Last) })
	return list
}
