package lab

import (
	"math"
	"math/rand/v2"
	"sort"
)

// Ways to make room in a cache.
const (
	evictLRU  = "lru"      // what was read longest ago
	evictFIFO = "fifo"     // what has been in for longest
	evictLFU  = "tiny-lfu" // what was read longest ago, but only for a key that is read more often
	evictTTL  = "ttl"      // what was loaded longest ago, and so expires first
)

// Ways to protect what is behind a cache.
const (
	protectNone   = "none"
	protectJitter = "jitter"        // each entry lives up to 30 % shorter than others
	protectFlight = "flight"        // one load for a key at a time; others wait for it
	protectBoth   = "flight-jitter" // both
	protectEarly  = "early"         // the first reader in the last fifth of its life lets an entry be loaded anew, and does not wait; one load for a key at a time
)

func evictions() []string { return []string{evictLRU, evictFIFO, evictLFU, evictTTL} }

// read is one request of a trace; keys from the trace's own number on are a crawler's.
type read struct {
	at  float64 // ms
	key int32
}

// trace is what is read, and how what is behind it changes.
type trace struct {
	reads  []read
	keys   int     // that members read
	all    int     // with those of the crawler
	load   float64 // ms that a load takes
	change float64 // ms between two changes of a key, on average
	warm   float64 // ms after which is measured
}

// keeping is what a member decides about a cache.
type keeping struct {
	evict, protect string
	size           int
	ttl            float64 // ms
}

// kept is what a run came to; asked are the reads of members.
type kept struct {
	asked, hits           int
	stale                 float64 // hits that are to be expected to be older than the last change
	hot, waited           int     // reads of the 100 most read keys, and those of them that waited
	keyLoads, loads, made int     // most loads at once for a key and in all; all loads
}

func (k *kept) ratio() float64      { return float64(k.hits) / float64(max(1, k.asked)) }
func (k *kept) staleShare() float64 { return k.stale / float64(max(1, k.hits)) }
func (k *kept) waitShare() float64  { return float64(k.waited) / float64(max(1, k.hot)) }

// entry is all that is known of a key, in the cache or not.
type entry struct {
	in              bool
	before, after   int32
	loaded, expires float64 // when its load began; when it is too old
	loading         int
	count           uint8 // how often it was read of late
}

// cacheRun is a run's state. The entries of the cache form a list, what goes first
// at its front; entry 0 is the list's own end.
type cacheRun struct {
	*trace
	keeping
	kept
	r        *rand.Rand
	entries  []entry
	held     int
	flights  []read // loads on their way: when they began, in order
	landed   int    // of them, those that are over
	sinceAge int
}

// run reads a trace through a cache.
func (t *trace) run(k keeping, seed uint64) *kept {
	c := &cacheRun{trace: t, keeping: k, r: dice(seed, 9), entries: make([]entry, t.all+1)}
	for _, q := range t.reads {
		c.land(q.at)
		c.read(q.key+1, q.at)
	}
	return &c.kept
}

// read is one request for a key.
func (c *cacheRun) read(id int32, now float64) {
	e, member, measured := &c.entries[id], int(id) <= c.keys, now >= c.warm
	c.countRead(e)
	hit := e.in && now < e.expires
	if measured && member {
		c.asked++
		if id <= 100 {
			c.hot++
		}
	}
	if hit {
		if measured && member {
			c.hits++
			c.stale += 1 - math.Exp(-(now-e.loaded)/c.change) // the chance, not a throw: it needs no long trace
		}
		if c.evict == evictLRU || c.evict == evictLFU {
			c.unlink(id)
			c.link(id)
		}
		if c.protect == protectEarly && e.loading == 0 && now > e.expires-c.ttl/5 {
			c.fly(id, now)
		}
		return
	}
	if measured && member && id <= 100 {
		c.waited++
	}
	if single := c.protect != protectNone && c.protect != protectJitter; !single || e.loading == 0 {
		c.fly(id, now)
	}
}

// fly begins a load.
func (c *cacheRun) fly(id int32, now float64) {
	e := &c.entries[id]
	e.loading++
	c.flights = append(c.flights, read{now, id})
	c.made++
	if now >= c.warm {
		c.keyLoads = max(c.keyLoads, e.loading)
		c.loads = max(c.loads, len(c.flights)-c.landed)
	}
}

// land ends the loads that are over by now.
func (c *cacheRun) land(now float64) {
	for c.landed < len(c.flights) && c.flights[c.landed].at+c.load <= now {
		f := c.flights[c.landed]
		c.landed++
		c.entries[f.key].loading--
		c.store(f.key, f.at)
	}
}

// store puts what was loaded into the cache, if it may come in.
func (c *cacheRun) store(id int32, loaded float64) {
	e := &c.entries[id]
	if !e.in {
		if c.held == c.size {
			first := c.entries[0].after
			if c.evict == evictLFU && c.entries[first].count >= e.count {
				return // what it would push out is read as often
			}
			c.unlink(first)
			c.entries[first].in = false
			c.held--
		}
		e.in = true
		c.held++
		c.link(id)
	} else if c.evict != evictFIFO {
		c.unlink(id)
		c.link(id)
	}
	e.loaded, e.expires = loaded, loaded+c.ttl
	if c.protect == protectJitter || c.protect == protectBoth {
		e.expires -= 0.3 * c.ttl * c.r.Float64()
	}
}

// countRead counts how often keys are read; all counts are halved now and then,
// so that what was read much long ago does not stay for ever.
func (c *cacheRun) countRead(e *entry) {
	if e.count < 255 {
		e.count++
	}
	if c.sinceAge++; c.sinceAge >= 10*c.size {
		c.sinceAge = 0
		for i := range c.entries {
			c.entries[i].count /= 2
		}
	}
}

func (c *cacheRun) link(id int32) {
	last := c.entries[0].before
	c.entries[last].after, c.entries[id].before = id, last
	c.entries[id].after, c.entries[0].before = 0, id
}

func (c *cacheRun) unlink(id int32) {
	e := &c.entries[id]
	c.entries[e.before].after, c.entries[e.after].before = e.after, e.before
}

// zipf draws ranks from 0 on, of which the n-th is read as often as 1/(n+1)^s.
type zipf []float64

func newZipf(n int, s float64) zipf {
	z, sum := make(zipf, n), 0.0
	for i := range z {
		sum += math.Pow(float64(i+1), -s)
		z[i] = sum
	}
	for i := range z {
		z[i] /= sum
	}
	return z
}

func (z zipf) draw(r *rand.Rand) int { return min(len(z)-1, sort.SearchFloat64s(z, r.Float64())) }

// hash mixes a number's bits (the finalizer of SplitMix64).
func hash(x uint64) uint64 {
	x += 0x9e3779b97f4a7c15
	x = (x ^ x>>30) * 0xbf58476d1ce4e5b9
	x = (x ^ x>>27) * 0x94d049bb133111eb
	return x ^ x>>31
}

// moved returns the shares of keys that change their node when one is added to n,
// if the node is the hash modulo the number of nodes, and if it is the next point
// on a ring on which each node has 200.
func moved(nodes int) (modulo, ring float64) {
	const keys = 20_000
	before, after := newHashRing(nodes), newHashRing(nodes+1)
	for k := range uint64(keys) {
		h := hash(k)
		if h%uint64(nodes) != h%uint64(nodes+1) {
			modulo++
		}
		if before.node(h) != after.node(h) {
			ring++
		}
	}
	return modulo / keys, ring / keys
}

// hashRing is consistent hashing: points in order, and whose they are.
type hashRing []point

type point struct {
	at   uint64
	node int
}

func newHashRing(nodes int) hashRing {
	var ring hashRing
	for n := range nodes {
		for i := range 200 {
			ring = append(ring, point{hash(1<<40 + uint64(n)<<20 + uint64(i)), n})
		}
	}
	sort.Slice(ring, func(i, j int) bool { return ring[i].at < ring[j].at })
	return ring
}

func (g hashRing) node(h uint64) int {
	i := sort.Search(len(g), func(i int) bool { return g[i].at >= h })
	return g[i%len(g)].node
}
