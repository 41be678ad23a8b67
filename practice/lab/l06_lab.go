package lab

import (
	"context"
	"fmt"
	"strconv"
)

// caching is L06: policy, size, time to live and protection of a cache, run over a
// trace.
func caching() Lab {
	return Lab{
		ID: "L06", Version: 1, Title: "A cache that holds",
		Summary: "Choose what a cache throws out, how large it is, how long entries live and what happens when a hot one expires; a trace of 200,000 requests shows the rest.",
		Topic:   "performance", Minutes: 25,
		Prepare: func(_ context.Context, seed uint64) (*Task, error) {
			c, err := newCacheCase(seed)
			if err != nil {
				return nil, err
			}
			return c.task(), nil
		},
		Grade: gradeCache,
	}
}

const l06Text = `## Situation

A page of your site is made from a database, and a cache stands before it. There are **%[1]s pages** (keys) that members read, and **1000 requests a
second**. Of the requests, **%[2]s come from a crawler** that asks for one old page after the other, each only once: pages that no member reads.

%[3]s

A load from the database takes **%[4]s ms**. A page changes every **%[5]s s** on average, at random, and nobody tells the cache.

## What you are given

- how the members' reads spread over the pages: a chart by rank (Zipf), and a table of the part that the most read pages have. The most read page has
  **%[6]s of the members' reads**;
- all caches count in entries. There is room for at most **%[7]d entries**.

## What to decide

1. **What goes** when the cache is full: *LRU* (read longest ago), *FIFO* (in the cache for longest), *TinyLFU* (as LRU, but a new page comes in only if it
   was read more often of late than the one it would push out), *TTL* (loaded longest ago, and so next to expire).
2. **The size**, within the room. With 1 and 2 the members' **hit ratio must be at least %[8]s** after the first 10 s. A hit is a read that is answered
   from the cache at once.
3. **The time to live** in seconds: of the hits, **at most %[9]s may be older than the page's last change**. (Rule of thumb: read at any moment of its
   life, an entry is half its time to live old, and an entry of age *a* is out of date with a probability of about *a* ÷ the mean time between changes.)
   Too short a life costs hits.
4. **The protection** against many loads at once. For one key there may be **at most one load at a time**%[10]s.

And foresee:

5. how many requests for the most read page come in while one load runs, which is how many loads run at once if nothing protects it (within %[11]s);
6. the cache is a cluster of **%[12]d nodes**, and one is added: which part of the keys moves to another node if the node is *hash modulo number of
   nodes*, and if it is found on a *consistent hash ring* (each within %[13]s percentage points).

## How it is graded

Your cache reads the trace: %[14]s requests, with loads that take their time. Keys are really hashed. The report draws the hit ratio over the size for
all four policies. All parts must hold to pass.
`

func (c *cacheCase) task() *Task {
	spread := "What members read stays the same all day."
	if c.drift > 0 {
		spread = fmt.Sprintf("It is a news site: every 2 s **%d new pages** push in at the top of the ranks, and all others go down by as many.", c.drift)
	}
	bound := ""
	if c.strain == strainWaits {
		bound = fmt.Sprintf(", and of the reads of the 100 most read pages **at most %s may wait** for a load", share(c.waits))
	}
	text := fmt.Sprintf(l06Text, figure(float64(c.keys)), percent(c.crawler), spread, figure(c.load), figure(c.change/1000), percent(c.top), c.budget,
		percent(c.ratio), percent(c.stale), bound, percent(l06Load), c.nodes, figure(100*l06Moved), figure(l06Reads))
	z := newZipf(c.keys, c.skew)
	table := Table{Title: "Part of the members' reads at any moment", Head: []string{"most read pages", "part of the reads"}}
	for _, n := range append([]int{1, 10, 100}, cacheCapacities()...) {
		table.Rows = append(table.Rows, []string{strconv.Itoa(n), percent(z[min(n, c.keys)-1])})
	}
	ranks := Series{Name: "reads of a page"}
	for n := 1; n <= c.keys; n = n + max(1, n/4) {
		before := 0.0
		if n > 1 {
			before = z[n-2]
		}
		ranks.Points = append(ranks.Points, [2]float64{float64(n), 1000 * (1 - c.crawler) * (z[n-1] - before)})
	}
	return &Task{
		Text: text, Fields: cacheFields(), Tables: []Table{table},
		Charts: []Chart{{Kind: Lines, Title: "How often a page is read", X: "rank of the page", Y: "members' reads a second", LogX: true, LogY: true, Series: []Series{ranks}}},
	}
}

// share writes a small share for people, to a hundredth of a percent.
func share(x float64) string { return fmt.Sprintf("%.2f %%", 100*x) }

func cacheFields() []Field {
	var sizes []Option
	for _, n := range cacheCapacities() {
		sizes = append(sizes, Option{strconv.Itoa(n), strconv.Itoa(n) + " entries"})
	}
	return []Field{
		{Name: "evict", Label: "What goes when the cache is full", Kind: Choice, Max: 32, Options: []Option{
			{evictLRU, "LRU: what was read longest ago"}, {evictFIFO, "FIFO: what has been in for longest"},
			{evictLFU, "TinyLFU: as LRU, but only for a page that is read more often"}, {evictTTL, "TTL: what expires next"}}},
		{Name: "size", Label: "Size", Kind: Choice, Max: 32, Options: sizes},
		{Name: "ttl", Label: "Time to live, in seconds", Kind: Number, Max: 32},
		{Name: "protect", Label: "Protection", Kind: Choice, Max: 32, Options: []Option{
			{protectNone, "None: who misses loads"}, {protectJitter, "Jitter: each entry lives up to 30 % shorter, by chance"},
			{protectFlight, "Single flight: one load for a key at a time, others wait for it"},
			{protectEarly, "Early refresh: in the last fifth of its life the first reader has an entry loaded anew and does not wait; single flight otherwise"},
			{protectBoth, "Single flight and jitter"}}},
		{Name: "loads", Label: "Loads at once for the most read page without protection", Kind: Number, Max: 32},
		{Name: "modulo", Label: "Keys that move, modulo, in %", Kind: Number, Max: 32},
		{Name: "ring", Label: "Keys that move, ring, in %", Kind: Number, Max: 32},
	}
}
