package lab

import (
	"context"
	"fmt"
	"strconv"
)

// capacityPlan is L03: how many servers, and how much cache, an application needs for
// millions of members. It is simulated, by a model that is tested against theory.
func capacityPlan() Lab {
	return Lab{
		ID: "L03", Version: 1, Title: "Capacity for millions",
		Summary: "From members to requests a second to servers: estimate, choose web servers, database servers and cache at the least cost, and see the busiest hour run.",
		Topic:   "architecture", Minutes: 25,
		Prepare: func(_ context.Context, seed uint64) (*Task, error) {
			c := newCapacityCase(seed)
			c.aim()
			return c.task(), nil
		},
		Grade: gradeCapacity,
	}
}

const l03Text = `## Situation

Your social network has grown: **%[1]d million members**, of whom **%[2]s come on a day**. Who comes makes **%[3]d requests a day**. The busiest hour has
**%[4]s times** as many requests as the mean of the day. An answer is **%[5]s kB** long (1 kB = 1000 bytes).

Of the requests, **%[6]s are writes**. Each request is worked on by a web server. A read is then answered from the cache if it is there; all other reads
**and all writes** go on to a database server. (The data is sharded, so that reads and writes spread over all of them.)

## What you are given

| | at once | work for a request | cost |
|---|---|---|---|
| web server | %[7]d requests | %[8]s ms | %[9]s € a month |
| database server | %[10]d requests | %[11]s ms | %[12]s € a month |
| cache | | none | %[13]s € a month and GB |

Service times are exponential around these means, arrivals are random, and each pool has one queue, first come, first served. The hit ratio was
measured for caches of different sizes: see the table and the chart.

## What to decide

**On the back of an envelope**, for the busiest hour, each within %[14]s:

1. requests a second at the web servers;
2. requests a second that reach the database with the cache of your choice;
3. the bandwidth of the answers, in Gbit/s.

**The plant**: web servers, database servers and cache, so that in the busiest hour

- **p99 ≤ %[15]s ms**;
- no pool is busy for more than **%[16]s** of its time;
- **one server may be lost**, in either pool: what is left is busy for at most %[17]s of its time and keeps p99 ≤ %[18]s ms;
- it costs **at most %[19]s more than the cheapest** plant that does all this.

## How it is graded

Your plant is simulated event by event, %[20]s requests, and again without one web server, and without one database server. The cheapest plant is found by
searching. The simulator is tested against Erlang's formula for waiting. All parts must hold to pass.

Hints for the way of thinking: *busy share = requests a second × seconds of work ÷ requests at once of the pool.* Start from the load and the bounds for
busy shares, see which bound asks for more servers, and compare the cost for each size of cache; then look at p99: work alone has a p99 too.
`

func (c *capacityCase) task() *Task {
	text := fmt.Sprintf(l03Text, c.members, percent(c.daily), c.actions, figure(c.peak), figure(c.kilobytes), percent(c.writes),
		c.web.workers, figure(c.web.mean), figure(c.web.cost), c.db.workers, figure(c.db.mean), figure(c.db.cost), figure(c.cacheCost),
		percent(l03Rate), figure(c.target), percent(l03Busy), percent(l03LostBusy), figure(l03LostP99*c.target), percent(l03Cost-1), figure(l03Requests))
	table := Table{Title: "Reads that a cache answers", Head: []string{"cache, GB", "hit ratio of the reads"}}
	hits := Series{Name: "hit ratio"}
	for _, gb := range cacheSizes() {
		table.Rows = append(table.Rows, []string{strconv.Itoa(gb), percent(c.hits(gb))})
		hits.Points = append(hits.Points, [2]float64{float64(gb), 100 * c.hits(gb)})
	}
	return &Task{
		Text: text, Fields: capacityFields(), Tables: []Table{table},
		Charts: []Chart{{Kind: Lines, Title: "Reads that a cache answers", X: "cache, GB", Y: "hit ratio, %", Series: []Series{hits}}},
	}
}

func capacityFields() []Field {
	var sizes []Option
	for _, gb := range cacheSizes() {
		sizes = append(sizes, Option{strconv.Itoa(gb), strconv.Itoa(gb) + " GB"})
	}
	return []Field{
		{Name: "rate", Label: "Requests a second in the busiest hour", Kind: Number, Max: 32},
		{Name: "queries", Label: "Requests a second that reach the database", Kind: Number, Max: 32},
		{Name: "bandwidth", Label: "Bandwidth of the answers, Gbit/s", Kind: Number, Max: 32},
		{Name: "web", Label: "Web servers", Kind: Number, Max: 32, Help: "A whole number from 1 to 1000."},
		{Name: "db", Label: "Database servers", Kind: Number, Max: 32, Help: "A whole number from 1 to 1000."},
		{Name: "cache", Label: "Cache", Kind: Choice, Max: 32, Options: sizes},
	}
}
