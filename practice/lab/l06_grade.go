package lab

import (
	"context"
	"fmt"
	"math"
	"strconv"
)

func gradeCache(_ context.Context, seed uint64, a Answer) (*Report, error) {
	f := readForm(cacheFields(), a)
	k := keeping{evict: f.choice("evict"), protect: f.choice("protect"), ttl: 1000 * f.number("ttl", 0.1, 86400)}
	k.size, _ = strconv.Atoi(f.choice("size")) // an option is a number; none is noted
	loads, modulo, ring := f.number("loads", 0, 1e9), f.number("modulo", 0, 100), f.number("ring", 0, 100)
	if r := f.unread(12); r != nil {
		return r, nil
	}
	c, err := newCacheCase(seed)
	if err != nil {
		return nil, err
	}
	got, bare := c.run(k, seed), k
	bare.protect = protectNone
	report := reportOf(append([]Part{c.gradeRatio(k, got), c.gradeSize(k), c.gradeStale(k, got), c.gradeLoads(k, got), c.gradeForeseen(loads, c.run(bare, seed))},
		c.gradeMoved(modulo, ring)...)...)
	report.Charts, report.Tables = []Chart{c.sizes(k)}, []Table{c.protections(k)}
	return report, nil
}

func (c *cacheCase) gradeRatio(k keeping, got *kept) Part {
	if got.ratio() >= c.ratio {
		return part("Hit ratio", 3, true, "%s of the members' reads are hits; %s are needed.", percent(got.ratio()), percent(c.ratio))
	}
	why := "The chart shows what other policies and sizes reach."
	switch {
	case k.evict == c.best.evict && k.size >= c.budget && k.ttl < c.best.ttl/2:
		why = "Entries expire before they are read again: a longer life gives more hits."
	case k.evict != c.best.evict && c.drift > 0 && k.evict == evictLFU:
		why = "The most read pages change all the time. Counting reads keeps yesterday's news in and today's out."
	case k.evict != c.best.evict && c.drift > 0:
		why = "The most read pages change all the time, and reads say which are in use; the order of loads does not."
	case k.evict != c.best.evict:
		why = "Every page of the crawler comes into the cache and pushes out one that members read; look for a policy that does not let in what is read once."
	}
	return part("Hit ratio", 3, false, "%s of the members' reads are hits; %s are needed. %s", percent(got.ratio()), percent(c.ratio), why)
}

func (c *cacheCase) gradeSize(k keeping) Part {
	return part("Room", 1, k.size <= c.budget, "%d entries of the %d that there is room for.", k.size, c.budget)
}

func (c *cacheCase) gradeStale(k keeping, got *kept) Part {
	return part("Old values", 2, got.staleShare() <= c.stale, "With a life of %s s, %s of the hits are older than the last change; %s are allowed. By the rule of thumb, 2 × %s s × %s = %s s.",
		figure(k.ttl/1000), share(got.staleShare()), share(c.stale), figure(c.change/1000), percent(c.stale), figure(c.rule()/1000))
}

func (c *cacheCase) gradeLoads(k keeping, got *kept) Part {
	const name, most = "Stampede", 3
	if got.keyLoads > 1 {
		return part(name, most, false, "Up to %d loads for the same key run at once: when it expires, every reader that comes before the first load is done starts one more.", got.keyLoads)
	}
	if w := got.waitShare(); c.strain == strainWaits && w > c.waits {
		return part(name, most, false, "One load for a key at a time, but %s of the reads of the 100 most read pages wait for one, and %s may. Who loads before the entry expires lets nobody wait.", share(w), share(c.waits))
	}
	return part(name, most, true, "At most one load for a key at a time, at most %d for all; %s of the reads of the 100 most read pages wait.", got.loads, share(got.waitShare()))
}

func (c *cacheCase) gradeForeseen(loads float64, bare *kept) Part {
	return part("Loads foreseen", 1, near(loads, c.alone(), l06Load), "%s members' reads a second × %s × %s s = %s; you foresaw %s. Without protection your cache had up to %d loads at once for one key.",
		figure(1000*(1-c.crawler)), percent(c.top), figure(c.load/1000), figure(c.alone()), figure(loads), bare.keyLoads)
}

func (c *cacheCase) gradeMoved(modulo, ring float64) []Part {
	m, r := moved(c.nodes)
	return []Part{
		part("Keys moved, modulo", 1, math.Abs(modulo/100-m) <= l06Moved, "From %d to %d nodes %s of the keys moved; you foresaw %s. A key stays only if both remainders agree: 1 in %d.",
			c.nodes, c.nodes+1, percent(m), percent(modulo/100), c.nodes+1),
		part("Keys moved, ring", 1, math.Abs(ring/100-r) <= l06Moved, "From %d to %d nodes %s of the keys moved; you foresaw %s. The new node takes its fair part, 1 in %d, and nothing else moves.",
			c.nodes, c.nodes+1, percent(r), percent(ring/100), c.nodes+1),
	}
}

// sizes draws the hit ratio over the size for each policy, with the life and
// protection that were chosen.
func (c *cacheCase) sizes(k keeping) Chart {
	chart := Chart{Kind: Lines, Title: "Hit ratio by policy and size", X: "entries", Y: "hit ratio of the members' reads, %", LogX: true, Limit: 100 * c.ratio}
	for _, e := range evictions() {
		s := Series{Name: e}
		for _, n := range cacheCapacities() {
			k.evict, k.size = e, n
			s.Points = append(s.Points, [2]float64{float64(n), 100 * c.run(k, c.seed).ratio()})
		}
		chart.Series = append(chart.Series, s)
	}
	return chart
}

// protections compares the ways to protect the cache that was chosen.
func (c *cacheCase) protections(k keeping) Table {
	t := Table{Title: "Your cache with each protection", Head: []string{"protection", "hit ratio", "old values", "most loads at once for a key", "for all keys", "loads", "waits of the 100 most read"}}
	for _, f := range cacheFields()[3].Options {
		k.protect = f.Value
		got := c.run(k, c.seed)
		t.Rows = append(t.Rows, []string{f.Value, percent(got.ratio()), share(got.staleShare()), strconv.Itoa(got.keyLoads), strconv.Itoa(got.loads), fmt.Sprint(got.made), share(got.waitShare())})
	}
	return t
}
