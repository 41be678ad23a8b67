package profiles

import (
	"hash/maphash"
	"sync/atomic"
	"time"

	"github.com/guildhall/guildhall/internal/ids"
	"github.com/maypok86/otter/v2"
	"github.com/maypok86/otter/v2/stats"
	"golang.org/x/sync/singleflight"
)

// lifetime bounds how long a cached value is used should its invalidation be
// lost. nobodyLifetime is the same for names that nobody has.
const (
	lifetime       = 10 * time.Minute
	nobodyLifetime = 10 * time.Second
)

// cache keeps values that were derived from the database. A value that was
// loaded before its key was forgotten is never stored after it: a loader takes
// a mark before it reads and hands it in with the value.
type cache[K comparable, V any] struct {
	values  *otter.Cache[K, V]
	flights singleflight.Group
	seed    maphash.Seed
	marks   [1024]atomic.Uint64 // by the keys' hashes; collisions only cost a load
}

func newCache[K comparable, V any](bytes uint64, weigh func(K, V) uint32, life func(otter.Entry[K, V]) time.Duration) *cache[K, V] {
	return &cache[K, V]{seed: maphash.MakeSeed(), values: otter.Must(&otter.Options[K, V]{
		MaximumWeight: bytes, Weigher: weigh, StatsRecorder: stats.NewCounter(), ExpiryCalculator: otter.ExpiryWritingFunc(life)})}
}

func (c *cache[K, V]) get(key K) (V, bool) { return c.values.GetIfPresent(key) }

// mark returns the state of a key, to be taken before its value is read.
func (c *cache[K, V]) mark(key K) uint64 { return c.slot(key).Load() }

// put stores a value unless its key was forgotten since the mark was taken.
func (c *cache[K, V]) put(key K, v V, mark uint64) {
	// The check is made under the key's lock, which forget takes after it has
	// moved the mark: either the check sees that, or forget removes the value.
	c.values.Compute(key, func(old V, _ bool) (V, otter.ComputeOp) {
		if c.mark(key) != mark {
			return old, otter.CancelOp
		}
		return v, otter.WriteOp
	})
}

// forget drops a key's value, also one that is being loaded now.
func (c *cache[K, V]) forget(key K) {
	c.slot(key).Add(1)
	c.values.Invalidate(key)
}

// forgetAll drops every value.
func (c *cache[K, V]) forgetAll() {
	for i := range c.marks {
		c.marks[i].Add(1)
	}
	c.values.InvalidateAll()
}

func (c *cache[K, V]) slot(key K) *atomic.Uint64 {
	return &c.marks[maphash.Comparable(c.seed, key)%uint64(len(c.marks))]
}

func keep[K comparable, V any](otter.Entry[K, V]) time.Duration { return lifetime }

func keepName(e otter.Entry[string, ids.ID]) time.Duration {
	if e.Value == 0 {
		return nobodyLifetime
	}
	return lifetime
}

// The weights are estimates of the memory that a value takes, in bytes.

func weighAccount(_ ids.ID, a *Account) uint32 {
	n := 600 + len(a.Note) + len(a.NoteHTML) + len(a.AvatarAlt) + len(a.HeaderAlt)
	for _, f := range a.Fields {
		n += 100 + len(f.Name) + len(f.Value) + len(f.ValueHTML)
	}
	for _, domain := range a.Attributions {
		n += 16 + len(domain)
	}
	return uint32(n)
}

func weighName(name string, _ ids.ID) uint32 { return uint32(100 + len(name)) }

func weighGraph(_ ids.ID, g *Graph) uint32 {
	n := 400 + 80*len(g.Following) + 24*(len(g.Blocking)+len(g.BlockedBy)) + 64*len(g.Muting)
	return uint32(n)
}

func weighSuggestions(_ ids.ID, s *suggestions) uint32 { return uint32(100 + 64*len(s.list)) }
