package lab

import (
	"cmp"
	"fmt"
	"math"
	"slices"
)

const (
	l03Requests = 40_000 // of a run
	l03Busy     = 0.70   // bound with all servers
	l03LostBusy = 0.90   // bound with one server lost
	l03LostP99  = 1.5    // times the target that p99 may be with one server lost
	l03Cost     = 1.10   // times the least cost that is good enough
	l03Rate     = 0.10   // how far off an estimate may be
)

// capacityCase is one attempt's situation.
type capacityCase struct {
	seed      uint64
	members   int     // in millions
	daily     float64 // share of them that comes on a day
	actions   int     // requests a day of who comes
	peak      float64 // times the mean of the day
	writes    float64 // share of the requests; no cache answers them
	kilobytes float64 // of an answer
	half      float64 // GB, how fast the hit ratio grows with the cache
	web, db   machine
	cacheCost float64 // a month and GB
	strict    float64 // how far the target is from what merely carries the load to the best there is
	target    float64 // ms
}

// machine is a kind of server.
type machine struct {
	workers int     // requests at once
	mean    float64 // ms of work
	cost    float64 // a month
}

// size is what a member decides.
type size struct{ web, db, cache int } // servers, servers, GB

func cacheSizes() []int { return []int{0, 4, 8, 16, 32, 64} }

// newCapacityCase makes up the situation of a seed, without its target.
func newCapacityCase(seed uint64) *capacityCase {
	r := dice(seed, 1)
	for {
		c := &capacityCase{
			seed: seed, members: 2 + r.IntN(19), daily: 0.05 * float64(4+r.IntN(5)), actions: 10 * (3 + r.IntN(6)), peak: 2 + 0.5*float64(r.IntN(5)),
			writes: 0.05 * float64(1+r.IntN(3)), kilobytes: float64(10 * (1 + r.IntN(6))), half: float64(1 + r.IntN(5)),
			web:       machine{8, float64(10 + 5*r.IntN(5)), float64(60 + 10*r.IntN(7))},
			db:        machine{4, float64(15 + 5*r.IntN(6)), float64(200 + 50*r.IntN(7))},
			cacheCost: float64(8 + 4*r.IntN(8)), strict: 0.15 * float64(r.IntN(3)),
		}
		if rate := c.rate(); rate > 800 && rate < 8000 {
			return c
		}
	}
}

// rate is requests a second in the busiest hour.
func (c *capacityCase) rate() float64 {
	return float64(c.members) * 1e6 * c.daily * float64(c.actions) / 86400 * c.peak
}

// hits is the share of the reads that a cache of so many GB answers.
func (c *capacityCase) hits(gb int) float64 {
	return math.Round(970*(1-math.Pow(1+float64(gb)/c.half, -0.6))) / 1000
}

// miss is the share of all requests that reach the database.
func (c *capacityCase) miss(gb int) float64 { return c.writes + (1-c.writes)*(1-c.hits(gb)) }

func (c *capacityCase) cost(s size) float64 {
	return float64(s.web)*c.web.cost + float64(s.db)*c.db.cost + float64(s.cache)*c.cacheCost
}

// busy is the share of their time that web and database servers work.
func (c *capacityCase) busy(s size) (web, db float64) {
	perMS := c.rate() / 1000
	return perMS * c.web.mean / float64(s.web*c.web.workers), perMS * c.miss(s.cache) * c.db.mean / float64(s.db*c.db.workers)
}

// carries says whether the pools have room enough, with all servers and with one less.
func (c *capacityCase) carries(s size) bool {
	if s.web < 2 || s.db < 2 {
		return false
	}
	web, db := c.busy(s)
	lostWeb, _ := c.busy(size{s.web - 1, s.db, s.cache})
	_, lostDB := c.busy(size{s.web, s.db - 1, s.cache})
	return max(web, db) <= l03Busy && max(lostWeb, lostDB) <= l03LostBusy
}

// run simulates the busiest hour; load is a factor on its requests.
func (c *capacityCase) run(s size, load float64) *flow {
	p := &plant{rate: load * c.rate() / 1000, web: pool{s.web * c.web.workers, c.web.mean}, db: pool{s.db * c.db.workers, c.db.mean}, miss: c.miss(s.cache)}
	f := p.run(l03Requests, dice(c.seed, 2))
	web, db := c.busy(s)
	f.overload = f.overload || load*max(web, db) >= 1 // the run may be too short to show it
	return f
}

// smallest returns the fewest servers that carry the load with a cache of a size.
func (c *capacityCase) smallest(gb int) size {
	s := size{2, 2, gb}
	for s.web = 2; !c.carries(size{s.web, 10_000, gb}); s.web++ {
	}
	for s.db = 2; !c.carries(size{s.web, s.db, gb}); s.db++ {
	}
	return s
}

// aim sets the target: near what the cheapest plant reaches that merely carries
// the load, or below it, where more servers or cache help at all.
func (c *capacityCase) aim() {
	cheapest := slices.MinFunc(c.smallests(), func(a, b size) int { return cmp.Compare(c.cost(a), c.cost(b)) })
	most := c.smallest(64)
	p, best := c.run(cheapest, 1).p(.99), c.run(size{2 * most.web, 2 * most.db, 64}, 1).p(.99)
	if p < 1.05*best {
		c.target = math.Ceil(1.1 * p)
		return
	}
	c.target = math.Ceil(1.02 * (p - c.strict*(p-best)))
}

func (c *capacityCase) smallests() []size {
	var all []size
	for _, gb := range cacheSizes() {
		all = append(all, c.smallest(gb))
	}
	return all
}

// holds says whether a plant meets the target, and with one server lost the wider one.
func (c *capacityCase) holds(s size) bool {
	return c.meets(s, 1) && c.meets(size{s.web - 1, s.db, s.cache}, l03LostP99) && c.meets(size{s.web, s.db - 1, s.cache}, l03LostP99)
}

func (c *capacityCase) meets(s size, times float64) bool {
	f := c.run(s, 1)
	return !f.overload && f.p(.99) <= times*c.target
}

// least searches the cheapest plant that holds: those that carry the load, from the
// cheapest up, without the caches with which not even many servers meet the target.
func (c *capacityCase) least() (size, error) {
	const more = 4 // servers above the fewest
	var all []size
	for _, s := range c.smallests() {
		if !c.meets(size{s.web + more, s.db + more, s.cache}, 1) {
			continue
		}
		for web := range more + 1 {
			for db := range more + 1 {
				all = append(all, size{s.web + web, s.db + db, s.cache})
			}
		}
	}
	slices.SortStableFunc(all, func(a, b size) int { return cmp.Compare(c.cost(a), c.cost(b)) })
	for _, s := range all {
		if c.holds(s) {
			return s, nil
		}
	}
	return size{}, fmt.Errorf("lab L03: nothing holds for seed %d", c.seed)
}
