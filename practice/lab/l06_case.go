package lab

import (
	"fmt"
	"math"
)

const (
	l06Reads = 200_000 // of a run, a thousand a second
	l06Keys  = 20_000
	l06Warm  = 10_000.0 // ms that are not measured
	l06Load  = 0.30     // how far off the loads foreseen may be
	l06Moved = 0.04     // how far off a share of moved keys may be, absolute
)

// What must be right with the loads of an attempt, beside one at a time for a key.
const (
	strainPlain = "plain"
	strainWaits = "waits" // the readers of the most read keys must not wait
)

// cacheCase is one attempt's situation, with its targets.
type cacheCase struct {
	trace
	seed    uint64
	skew    float64 // Zipf's exponent
	crawler float64 // its share of the requests
	drift   int     // keys by which the ranks move on every 2 s
	strain  string
	budget  int     // entries
	nodes   int     // of the cache cluster, before one is added
	top     float64 // part of the members' reads that the most read key has
	ratio   float64 // hit ratio to be reached
	stale   float64 // share of old values that is allowed
	waits   float64 // share of waits that is allowed, for waits
	best    keeping // with which the targets were found
}

func cacheCapacities() []int { return []int{256, 512, 1024, 2048, 4096, 8192} }

// newCacheCase makes up the situation of a seed and finds its targets.
func newCacheCase(seed uint64) (*cacheCase, error) {
	r := dice(seed, 1)
	for range 20 {
		c := &cacheCase{seed: seed, nodes: 3 + r.IntN(8), trace: trace{keys: l06Keys, load: float64(150 + 50*r.IntN(4)), warm: l06Warm}}
		if r.IntN(3) == 0 { // news: what is read changes
			c.crawler, c.budget, c.skew = 0.05, []int{2048, 4096}[r.IntN(2)], 0.95+0.02*float64(r.IntN(5))
			c.drift, c.strain, c.best.evict = 20+5*r.IntN(4), strainPlain, evictLRU
		} else {
			c.crawler, c.budget, c.skew = 0.35+0.05*float64(r.IntN(3)), []int{1024, 2048}[r.IntN(2)], 0.9+0.02*float64(r.IntN(6))
			c.strain, c.best.evict = []string{strainPlain, strainWaits}[r.IntN(2)], evictLFU
		}
		c.best.ttl = []float64{20e3, 30e3, 45e3, 60e3}[r.IntN(4)]
		c.change = 10e3 * math.Round(c.best.ttl/(2*(0.015+0.005*float64(r.IntN(6))))/10e3)
		c.best.size = c.budget
		c.best.protect = map[string]string{strainPlain: protectFlight, strainWaits: protectEarly}[c.strain]
		c.write()
		if c.aim() {
			return c, nil
		}
	}
	return nil, fmt.Errorf("lab L06: no situation for seed %d", seed)
}

// write makes the trace.
func (c *cacheCase) write() {
	r, z := dice(c.seed, 2), newZipf(c.keys, c.skew)
	c.top, c.all, c.reads = z[0], c.keys, make([]read, 0, l06Reads)
	now := 0.0
	for range l06Reads {
		now += r.ExpFloat64()
		if r.Float64() < c.crawler {
			c.reads = append(c.reads, read{now, int32(c.all)}) // a page that nobody else reads
			c.all++
			continue
		}
		key := (z.draw(r) + int(now/2e3)*c.drift) % c.keys
		c.reads = append(c.reads, read{now, int32(key)})
	}
}

// aim finds targets that the right policy meets with room to spare, and no other
// one in as much memory; false if there are none.
func (c *cacheCase) aim() bool {
	best := c.run(c.best, c.seed)
	c.stale = math.Ceil(1100*best.staleShare()) / 1000
	low := c.best
	low.ttl = 0.9 * c.rule()
	good, others := c.run(low, c.seed).ratio(), 0.0
	for _, e := range evictions() {
		if k := c.best; e != c.best.evict {
			k.evict = e
			others = max(others, c.run(k, c.seed).ratio())
		}
	}
	c.ratio = math.Round(1000*(good+others)/2) / 1000
	if good-others < 0.012 {
		return false
	}
	if c.strain == strainPlain {
		return true
	}
	flight := c.best
	flight.protect = protectFlight
	f := c.run(flight, c.seed)
	c.waits = math.Ceil(1e4*math.Sqrt(f.waitShare()*max(1e-4, best.waitShare()))) / 1e4
	return c.waits > 1.5*best.waitShare() && f.waitShare() > 1.5*c.waits
}

// rule is the time to live by the rule of thumb that the task gives.
func (c *cacheCase) rule() float64 { return 2 * c.change * c.stale }

// alone is how many requests for the most read key come while its load runs.
func (c *cacheCase) alone() float64 { return (1 - c.crawler) * c.top * c.load }
