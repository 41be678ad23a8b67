package profiles

import (
	"sync"
	"sync/atomic"
	"testing"

	"github.com/guildhall/guildhall/internal/ids"
)

func TestCacheStoresNothingThatIsStale(t *testing.T) {
	c := newCache(1<<20, weighName, keepName)
	mark := c.mark("ann")
	c.put("ann", 1, mark)
	if v, ok := c.get("ann"); !ok || v != 1 {
		t.Fatal("not stored")
	}
	mark = c.mark("ann")
	c.forget("ann")
	c.put("ann", 1, mark)
	if v, ok := c.get("ann"); ok {
		t.Errorf("stored %d that was read before it was forgotten", v)
	}
	mark = c.mark("ann")
	c.forgetAll()
	c.put("ann", 1, mark)
	if _, ok := c.get("ann"); ok {
		t.Error("stored what was read before all was forgotten")
	}
}

// Writers change the truth and forget; readers load and store. When they have
// ended, and at every moment after a forget, no older value is there.
func TestCacheRace(t *testing.T) {
	c := newCache(1<<20, func(ids.ID, int64) uint32 { return 1 }, keep[ids.ID, int64])
	var truth atomic.Int64
	var wg sync.WaitGroup
	for range 4 {
		wg.Go(func() {
			for range 5000 {
				mark := c.mark(7)
				c.put(7, truth.Load(), mark)
			}
		})
		wg.Go(func() {
			for range 5000 {
				now := truth.Add(1)
				c.forget(7)
				if v, ok := c.get(7); ok && v < now {
					t.Errorf("%d is cached after %d was announced", v, now)
					return
				}
			}
		})
	}
	wg.Wait()
}
