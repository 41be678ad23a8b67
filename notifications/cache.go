package notifications

import (
	"context"
	"slices"
	"strconv"
	"sync"
	"time"

	"github.com/guildhall/guildhall/internal/ids"
	"github.com/guildhall/guildhall/internal/page"
	"github.com/maypok86/otter/v2"
	"github.com/maypok86/otter/v2/stats"
	"golang.org/x/sync/singleflight"
)

// recentMax is how many notifications of an account are kept in memory.
const recentMax = 200

// recent is an account's newest notifications, newest first. It is shared and
// must not be changed.
type recent struct {
	rows     []Notification
	complete bool // there are no older ones
}

// slice returns the next rows of a page, as the table would, and whether the
// table need not be asked.
func (r *recent) slice(w wanted, p page.Page) ([]Notification, bool) {
	var oldest ids.ID
	if n := len(r.rows); n > 0 && !r.complete {
		oldest = r.rows[n-1].ID
	}
	if p.Min != 0 && p.Min < oldest {
		return nil, false
	}
	rows := make([]Notification, 0, min(p.Limit, len(r.rows)))
	for i := range r.rows {
		n := &r.rows[i]
		if p.Min != 0 {
			n = &r.rows[len(r.rows)-1-i]
		}
		if len(rows) == p.Limit {
			return rows, true
		}
		if p.Holds(n.ID) && w.holds(n) {
			rows = append(rows, *n)
		}
	}
	return rows, len(rows) == p.Limit || r.complete || max(p.Since, p.Min) >= oldest
}

// recentCache keeps recent lists by account. A list that was read before a
// change is never stored after it: change and store meet in a shard's lock, and
// a load stores only if nothing of the shard has changed since it began.
type recentCache struct {
	cache   *otter.Cache[ids.ID, *recent]
	flights singleflight.Group
	shards  [64]cacheShard
}

type cacheShard struct {
	mu  sync.Mutex
	gen uint64
}

func newRecentCache(bytes uint64) *recentCache {
	return &recentCache{cache: otter.Must(&otter.Options[ids.ID, *recent]{
		MaximumWeight: bytes, StatsRecorder: stats.NewCounter(),
		Weigher: func(_ ids.ID, r *recent) uint32 {
			return uint32(128 + len(r.rows)*160) // a row with its group key
		},
		ExpiryCalculator: otter.ExpiryWriting[ids.ID, *recent](10 * time.Minute),
	})}
}

func (c *recentCache) shard(account ids.ID) *cacheShard {
	return &c.shards[ids.ShardOf(account)%len(c.shards)]
}

// get returns an account's list, with load if it is not there.
func (c *recentCache) get(ctx context.Context, account ids.ID, load func(context.Context) (*recent, error)) (*recent, error) {
	if r, ok := c.cache.GetIfPresent(account); ok {
		return r, nil
	}
	shard := c.shard(account)
	shard.mu.Lock()
	gen := shard.gen
	shard.mu.Unlock()
	// The generation is part of the key: who comes after a change must not
	// join a flight that began before it.
	key := account.String() + "-" + strconv.FormatUint(gen, 10)
	v, err, _ := c.flights.Do(key, func() (any, error) {
		r, err := load(context.WithoutCancel(ctx))
		if err != nil {
			return nil, err
		}
		shard.mu.Lock()
		defer shard.mu.Unlock()
		if shard.gen == gen {
			c.cache.Set(account, r)
		}
		return r, nil
	})
	if err != nil {
		return nil, err
	}
	return v.(*recent), nil
}

// forget drops an account's list. It is called after each commit that changes
// it, on this node at once and on the others through the bus.
func (c *recentCache) forget(account ids.ID) {
	shard := c.shard(account)
	shard.mu.Lock()
	defer shard.mu.Unlock()
	shard.gen++
	c.cache.Invalidate(account)
}

// forgetAll drops everything.
func (c *recentCache) forgetAll() {
	for i := range c.shards {
		c.shards[i].mu.Lock()
		c.shards[i].gen++
		c.shards[i].mu.Unlock()
	}
	c.cache.InvalidateAll()
}

// wanted is a filter made ready.
type wanted struct {
	types []Type // nil: all
	from  ids.ID
	aside bool // also what was put aside
}

func (f Filter) wanted() wanted {
	if len(f.Types) == 0 && len(f.Exclude) == 0 {
		return wanted{from: f.FromID, aside: f.Aside}
	}
	types := slices.DeleteFunc(Types(), func(t Type) bool {
		return len(f.Types) > 0 && !slices.Contains(f.Types, t) || slices.Contains(f.Exclude, t)
	})
	if len(types) == len(Types()) {
		types = nil
	}
	return wanted{types: types, from: f.FromID, aside: f.Aside}
}

// nothing tells whether no notification can match.
func (w wanted) nothing() bool { return w.types != nil && len(w.types) == 0 }

func (w wanted) holds(n *Notification) bool {
	return (w.from == 0 || n.FromID == w.from) && (w.types == nil || slices.Contains(w.types, n.Type))
}
