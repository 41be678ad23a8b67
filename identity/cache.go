package identity

import (
	"context"
	"errors"
	"sync/atomic"
	"time"

	"github.com/guildhall/guildhall/internal/ids"
	"github.com/maypok86/otter/v2"
	"github.com/maypok86/otter/v2/stats"
)

const (
	tokenFor = 5 * time.Second  // a net: revocations are broadcast; sessions' too
	userFor  = 10 * time.Minute // a net: changes are broadcast
	appFor   = 24 * time.Hour   // apps never change

	tokenBytes   = 16 << 20
	sessionBytes = 8 << 20
	userBytes    = 16 << 20
	appBytes     = 4 << 20
)

// cache holds what every request asks for. A cached value belongs to a user,
// and is good while the user's generation is what it was before the value was
// read from the database; so a value that was read before a change can never
// be taken for one that was read after it, however late it is stored.
type cache struct {
	now      func() time.Time
	gens     [256]atomic.Uint64
	tokens   *otter.Cache[digest, cached[*access]]
	sessions *otter.Cache[digest, cached[*Session]]
	users    *otter.Cache[ids.ID, cached[*User]]
	apps     *otter.Cache[ids.ID, *App]
}

type cached[V any] struct {
	value V
	owner ids.ID
	gen   uint64
	until int64 // Unix milliseconds
}

// generations is what a reader notes before it reads.
type generations [256]uint64

func newCache(now func() time.Time) *cache {
	return &cache{
		now: now,
		tokens: otter.Must(&otter.Options[digest, cached[*access]]{MaximumWeight: tokenBytes, StatsRecorder: stats.NewCounter(),
			Weigher:          func(_ digest, c cached[*access]) uint32 { return c.value.weight() },
			ExpiryCalculator: otter.ExpiryWriting[digest, cached[*access]](tokenFor)}),
		sessions: otter.Must(&otter.Options[digest, cached[*Session]]{MaximumWeight: sessionBytes, StatsRecorder: stats.NewCounter(),
			Weigher:          func(digest, cached[*Session]) uint32 { return 320 },
			ExpiryCalculator: otter.ExpiryWriting[digest, cached[*Session]](tokenFor)}),
		users: otter.Must(&otter.Options[ids.ID, cached[*User]]{MaximumWeight: userBytes, StatsRecorder: stats.NewCounter(),
			Weigher:          func(_ ids.ID, c cached[*User]) uint32 { return c.value.weight() },
			ExpiryCalculator: otter.ExpiryWriting[ids.ID, cached[*User]](userFor)}),
		apps: otter.Must(&otter.Options[ids.ID, *App]{MaximumWeight: appBytes, StatsRecorder: stats.NewCounter(),
			Weigher:          func(_ ids.ID, a *App) uint32 { return a.weight() },
			ExpiryCalculator: otter.ExpiryWriting[ids.ID, *App](appFor)}),
	}
}

// forget makes everything stale that is cached of a user. It is the one
// invalidation of tokens, sessions and users.
func (c *cache) forget(owner ids.ID) { c.gens[slot(owner)].Add(1) }

// forgetAll makes everything stale.
func (c *cache) forgetAll() {
	for i := range c.gens {
		c.gens[i].Add(1)
	}
}

// stop ends what the caches do in the background; they can still be used.
func (c *cache) stop() {
	c.tokens.StopAllGoroutines()
	c.sessions.StopAllGoroutines()
	c.users.StopAllGoroutines()
	c.apps.StopAllGoroutines()
}

func slot(owner ids.ID) int { return ids.ShardOf(owner) & 255 }

func (c *cache) note() (g generations) {
	for i := range c.gens {
		g[i] = c.gens[i].Load()
	}
	return g
}

// keep wraps a value that was read after g was noted.
func keep[V any](c *cache, v V, owner ids.ID, g *generations, d time.Duration) cached[V] {
	return cached[V]{value: v, owner: owner, gen: g[slot(owner)], until: c.now().Add(d).UnixMilli()}
}

func fresh[V any](c *cache, v cached[V]) bool {
	return c.gens[slot(v.owner)].Load() == v.gen && c.now().UnixMilli() < v.until
}

// loadTimeout bounds a load, which may serve more requests than the one whose
// context it began with.
const loadTimeout = 10 * time.Second

var errStale = errors.New("what was read changed while it was read, again and again")

// lookup returns a fresh value from the cache, or loads it, once for all who
// ask at the same time.
func lookup[K comparable, V any](ctx context.Context, c *cache, in *otter.Cache[K, cached[V]], key K,
	load func(context.Context, *generations) (cached[V], error)) (V, error) {
	if v, ok := in.GetIfPresent(key); ok && fresh(c, v) {
		return v.value, nil
	}
	loader := otter.LoaderFunc[K, cached[V]](func(ctx context.Context, _ K) (cached[V], error) {
		ctx, cancel := context.WithTimeout(context.WithoutCancel(ctx), loadTimeout)
		defer cancel()
		g := c.note()
		return load(ctx, &g)
	})
	for range 10 {
		v, err := in.Get(ctx, key, loader)
		if err != nil {
			return v.value, err
		}
		if fresh(c, v) {
			return v.value, nil
		}
		in.Invalidate(key)
	}
	var none V
	return none, errStale
}
