package lab

import (
	"fmt"
	"math"
	"testing"
)

// rightCache is what an expert would answer.
func rightCache(t *testing.T, seed uint64) (Answer, *cacheCase) {
	t.Helper()
	c, err := newCacheCase(seed)
	if err != nil {
		t.Fatal(err)
	}
	n := float64(c.nodes)
	return Answer{"evict": c.best.evict, "size": fmt.Sprint(c.budget), "ttl": fmt.Sprintf("%.1f", 0.97*c.rule()/1000), "protect": c.best.protect,
		"loads": fmt.Sprint(math.Round(c.alone())), "modulo": fmt.Sprintf("%.1f", 100*n/(n+1)), "ring": fmt.Sprintf("%.1f", 100/(n+1))}, c
}

func TestCacheRight(t *testing.T) {
	t.Parallel()
	kinds := map[string]int{}
	for seed := range uint64(seeds) {
		a, c := rightCache(t, seed)
		for _, chart := range passes(t, caching(), seed, a).Charts {
			checkChart(t, chart)
			if len(chart.Series) != 4 {
				t.Errorf("%d policies drawn", len(chart.Series))
			}
		}
		kinds[c.best.evict]++
		kinds[c.best.protect]++
	}
	if len(kinds) != 4 {
		t.Errorf("of %d seeds: %v: attempts are too much alike", seeds, kinds)
	}
}

func TestCacheWrong(t *testing.T) {
	t.Parallel()
	l := caching()
	for seed := range uint64(2) {
		a, c := rightCache(t, seed)
		why := map[string]string{evictLFU: "crawler", evictLRU: "change all the time"}[c.best.evict]
		for _, e := range evictions() {
			if e != c.best.evict {
				fails(t, l, seed, with(a, "evict", e), "Hit ratio", why)
			}
		}
		fails(t, l, seed, with(a, "size", "256"), "Hit ratio", "other policies and sizes")
		fails(t, l, seed, with(a, "size", "8192"), "Room", "there is room for")
		if c.drift == 0 { // news are forgotten before they are old
			fails(t, l, seed, with(a, "ttl", "3600"), "Old values", "rule of thumb")
		}
		fails(t, l, seed, with(a, "ttl", "1"), "Hit ratio", "longer life")
		fails(t, l, seed, with(a, "protect", protectNone), "Stampede", "loads for the same key")
		fails(t, l, seed, with(a, "protect", protectJitter), "Stampede", "loads for the same key")
		if c.strain == strainWaits {
			fails(t, l, seed, with(a, "protect", protectFlight), "Stampede", "lets nobody wait")
		}
		fails(t, l, seed, with(a, "loads", "1"), "Loads foreseen", "reads a second")
		fails(t, l, seed, with(a, "modulo", a["ring"]), "Keys moved, modulo", "both remainders")
		fails(t, l, seed, with(a, "ring", a["modulo"]), "Keys moved, ring", "fair part")
	}
}

func TestCacheHostile(t *testing.T) {
	t.Parallel()
	for seed := range uint64(2) {
		a, _ := rightCache(t, seed)
		withstands(t, caching(), seed, a)
		fails(t, caching(), seed, with(a, "size", "1000000000"), "Answer", "is none of its options")
	}
}

func TestCacheSeeds(t *testing.T) {
	t.Parallel()
	sameSeedSameTask(t, caching(), func(seed uint64) Answer { a, _ := rightCache(t, seed); return a })
}

// A trace that can be followed by hand.
func TestCachePolicies(t *testing.T) {
	at := func(keys ...int32) *trace {
		c := &trace{keys: 10, all: 10, load: 0.1, change: math.Inf(1)}
		for i, k := range keys {
			c.reads = append(c.reads, read{float64(i), k})
		}
		return c
	}
	for _, c := range []struct {
		name  string
		trace *trace
		keep  keeping
		hits  int
	}{
		{"LRU keeps what was just read", at(0, 1, 0, 2, 0, 1), keeping{evict: evictLRU, size: 2, ttl: 100}, 2},
		{"FIFO throws it out", at(0, 1, 0, 2, 0, 1), keeping{evict: evictFIFO, size: 2, ttl: 100}, 1},
		{"TinyLFU refuses what is read once", at(0, 0, 1, 1, 2, 3, 4, 0, 1), keeping{evict: evictLFU, size: 2, ttl: 100}, 4},
		{"LRU lets it in", at(0, 0, 1, 1, 2, 3, 4, 0, 1), keeping{evict: evictLRU, size: 2, ttl: 100}, 2},
		{"a life ends", at(0, 0, 0, 0, 0), keeping{evict: evictLRU, size: 2, ttl: 2}, 2},
		{"a load anew puts it last", at(0, 1, 5, 0, 2, 0), keeping{evict: evictTTL, size: 3, ttl: 2.5}, 1},
	} {
		if got := c.trace.run(c.keep, 1); got.hits != c.hits || got.asked != len(c.trace.reads) {
			t.Errorf("%s: %d hits of %d, want %d", c.name, got.hits, got.asked, c.hits)
		}
	}
	many := at(0, 0, 0, 0, 0, 0)
	many.load = 3
	for protect, want := range map[string]int{protectNone: 3, protectFlight: 1} {
		if got := many.run(keeping{evict: evictLRU, size: 2, ttl: 100, protect: protect}, 1); got.keyLoads != want || got.made != want {
			t.Errorf("%s: %d loads at once of %d, want %d", protect, got.keyLoads, got.made, want)
		}
	}
}

func TestKeysMoved(t *testing.T) {
	for _, n := range []int{1, 3, 10} {
		modulo, ring := moved(n)
		if math.Abs(modulo-float64(n)/float64(n+1)) > .01 || math.Abs(ring-1/float64(n+1)) > .03 {
			t.Errorf("%d nodes and one: %v and %v of the keys moved", n, modulo, ring)
		}
	}
}

func BenchmarkGradeCache(b *testing.B) {
	for b.Loop() {
		if _, err := caching().Grade(b.Context(), 1, Answer{"evict": "lru", "size": "2048", "ttl": "30", "protect": "none", "loads": "1", "modulo": "1", "ring": "1"}); err != nil {
			b.Fatal(err)
		}
	}
}
