package posts

import (
	"context"
	"math"
	"slices"
	"sync"

	"github.com/guildhall/guildhall/internal/ids"
	"github.com/guildhall/guildhall/internal/page"
)

// item is a post in a timeline.
type item struct {
	id    ids.ID
	boost ids.ID // the boosted post, 0: none
}

// ring holds the newest items of a timeline. It is filled from the database
// once and then kept up to date by events, which may come twice and in any
// order. What is older than its floor is read from the database.
type ring struct {
	mu    sync.RWMutex
	items []item // oldest first
	floor ids.ID // from here on nothing is missing; 0: there is nothing older at all
	size  int    // how many items are kept
	gone  map[ids.ID]struct{}
	state ringState
}

type ringState uint8

const (
	ringEmpty   ringState = iota // knows nothing and learns nothing
	ringFilling                  // is being read; hears events already
	ringFull
)

func newRing(size int) *ring { return &ring{size: size, floor: math.MaxInt64} }

// begin makes the ring hear events from now on. The rows for fill must be read
// after that.
func (r *ring) begin() {
	r.mu.Lock()
	r.items, r.floor, r.gone, r.state = nil, 0, map[ids.ID]struct{}{}, ringFilling
	r.mu.Unlock()
}

// fill adds what was read, newest first. all says that there is nothing older.
func (r *ring) fill(rows []item, all bool) {
	r.mu.Lock()
	defer r.mu.Unlock()
	if r.state != ringFilling {
		return // emptied meanwhile
	}
	if r.items == nil {
		r.items = make([]item, 0, len(rows)+16)
	}
	for _, it := range slices.Backward(rows) {
		if _, gone := r.gone[it.id]; !gone {
			r.add(it)
		}
	}
	r.gone, r.state = nil, ringFull
	if !all && len(rows) > 0 {
		r.floor = rows[len(rows)-1].id
		at, _ := r.find(r.floor)
		r.items = slices.Delete(r.items, 0, at)
	}
	r.trim()
}

// empty throws everything away.
func (r *ring) empty() {
	r.mu.Lock()
	r.items, r.floor, r.gone, r.state = nil, math.MaxInt64, nil, ringEmpty
	r.mu.Unlock()
}

func (r *ring) full() bool {
	r.mu.RLock()
	defer r.mu.RUnlock()
	return r.state == ringFull
}

// push adds an item.
func (r *ring) push(it item) {
	r.mu.Lock()
	defer r.mu.Unlock()
	if r.state == ringEmpty || it.id < r.floor {
		return
	}
	r.add(it)
	r.trim()
}

// remove takes an item out.
func (r *ring) remove(id ids.ID) {
	r.mu.Lock()
	defer r.mu.Unlock()
	if r.gone != nil {
		r.gone[id] = struct{}{}
	}
	if at, ok := r.find(id); ok {
		r.items = slices.Delete(r.items, at, at+1)
	}
}

// find returns where an id is or would be. r must be locked.
func (r *ring) find(id ids.ID) (int, bool) {
	return slices.BinarySearchFunc(r.items, id, func(it item, id ids.ID) int { return int(max(-1, min(1, it.id-id))) })
}

func (r *ring) add(it item) {
	if n := len(r.items); n == 0 || r.items[n-1].id < it.id {
		r.items = append(r.items, it)
		return
	}
	if at, ok := r.find(it.id); !ok {
		r.items = slices.Insert(r.items, at, it)
	}
}

// trim drops the oldest, a quarter at a time.
func (r *ring) trim() {
	if r.state == ringFull && len(r.items) > r.size+r.size/4 {
		r.items = slices.Delete(r.items, 0, len(r.items)-r.size)
		r.floor = r.items[0].id
	}
}

// page appends the items of a page to out, newest first, or oldest first of a
// Min page. below is not 0 if the page goes on where the ring ends: it is the
// Max, of a Min page any number, to go on with in the database.
func (r *ring) page(p page.Page, out []item) (items []item, below ids.ID) {
	r.mu.RLock()
	defer r.mu.RUnlock()
	if p.Min != 0 {
		if r.state != ringFull || p.Min+1 < r.floor {
			return out, math.MaxInt64
		}
		at, _ := r.find(p.Min + 1)
		for ; at < len(r.items) && len(out) < p.Limit && p.Holds(r.items[at].id); at++ {
			out = append(out, r.items[at])
		}
		return out, 0
	}
	floor := r.floor
	if r.state != ringFull {
		floor = math.MaxInt64
	} else {
		at := len(r.items)
		if p.Max != 0 {
			at, _ = r.find(p.Max)
		}
		for at--; at >= 0 && len(out) < p.Limit; at-- {
			if r.items[at].id <= p.Since {
				return out, 0
			}
			out = append(out, r.items[at])
		}
	}
	if floor == 0 || len(out) == p.Limit || p.Since+1 >= floor {
		return out, 0
	}
	if p.Max != 0 {
		floor = min(floor, p.Max)
	}
	return out, floor
}

// fetch reads the items of a page, from the ring and, where it ends, by older.
func (r *ring) fetch(ctx context.Context, p page.Page, older func(context.Context, page.Page) ([]item, error)) ([]item, error) {
	out, below := r.page(p, make([]item, 0, p.Limit))
	if below == 0 {
		return out, nil
	}
	q := p
	if p.Min == 0 {
		q.Limit -= len(out)
		if below != math.MaxInt64 {
			q.Max = below
		}
	}
	more, err := older(ctx, q)
	return append(out, more...), err
}
