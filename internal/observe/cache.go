package observe

import (
	"sync"

	"github.com/maypok86/otter/v2"
)

// Cache is how a cache does. Hits and misses count from the start of the
// process.
type Cache struct {
	Name         string
	Entries      int
	Bytes, Max   uint64 // by the cache's own estimate
	Hits, Misses uint64 // both 0: not counted
}

// Caches are the caches of this process. A nil *Caches knows none.
type Caches struct {
	mu   sync.Mutex
	list []func() Cache
}

// Add makes a cache known by what looks at it.
func (c *Caches) Add(look func() Cache) {
	if c == nil {
		return
	}
	c.mu.Lock()
	defer c.mu.Unlock()
	c.list = append(c.list, look)
}

// All looks at all caches, in the order in which they were made known.
func (c *Caches) All() []Cache {
	c.mu.Lock()
	defer c.mu.Unlock()
	list := make([]Cache, len(c.list))
	for i, look := range c.list {
		list[i] = look()
	}
	return list
}

// Keep makes a cache known that is bounded by bytes and records statistics.
func Keep[K comparable, V any](all *Caches, name string, c *otter.Cache[K, V]) {
	all.Add(func() Cache {
		s := c.Stats()
		return Cache{Name: name, Entries: c.EstimatedSize(), Bytes: c.WeightedSize(), Max: c.GetMaximum(), Hits: s.Hits, Misses: s.Misses}
	})
}
