package lab

import (
	"context"
	"fmt"
	"slices"
	"strings"

	"github.com/guildhall/guildhall/internal/balance"
)

// loadBalancing is L02: choose a policy and weights for unequal servers, of which
// one changes for the worse. It is run with the policies of the front door.
func loadBalancing() Lab {
	return Lab{
		ID: "L02", Version: 1, Title: "Balance unequal servers when one goes bad",
		Summary: "Read latencies, foresee which policy lets a queue grow without end, choose policy and weights, and see them run.",
		Topic:   "networking", Minutes: 20,
		Prepare: func(_ context.Context, seed uint64) (*Task, error) {
			c, err := newBalanceCase(seed)
			if err != nil {
				return nil, err
			}
			if err := c.measure(seed); err != nil {
				return nil, err
			}
			return c.task(seed), nil
		},
		Grade: gradeBalance,
	}
}

const l02Text = `## Situation

You look after the front door of a web application. Behind the load balancer stand **%[1]d servers** of different age. Together they get
**%[2]s requests a second**, which arrive at random (Poisson). Each server works on one request at a time; the others wait in its own queue, in order.
Work varies: service times are exponential around the means of the table.

At noon something happens to **%[3]s**: %[4]s
No health check notices. The load stays the same all day.

## What you are given

- **Service times**, measured at each server in the morning and in the afternoon: the time a request takes once it is its turn, without waiting.
- **Answer times of an ordinary day** (waiting included), under least connections, as a histogram with cumulative counts as Prometheus keeps them,
  and as a chart of the share of requests that took longer.

## What to decide

1. **Read the p99** of the ordinary day off the histogram, within %[5]s. Between two bounds, interpolate.
2. **Foresee** whose queue grows without end in the afternoon: round robin, weighted round robin with the weights of the morning
   (**%[6]s**, in the order of the table), both, or neither. A queue grows for as long as a server is given more work than it can do.
3. **Weights** for weighted round robin with which no server is busy for more than %[7]s of its time, neither before nor after noon%[8]s. They are
   looked at whichever policy you choose: it is what you fall back to where connections cannot be counted.
4. **The policy** to run today. If it is weighted round robin, it runs with your weights. Over the whole day it must keep
   **p50 ≤ %[9]s ms** and **p99 ≤ %[10]s ms**%[11]s.

## How it is graded

%[12]s requests, half of them before noon, are run through all three policies on a simulated clock. The policies are those of this server's own
front door. All numbers come from the runs; the report shows the distribution of all three. All parts must hold to pass.

A hint for the way of thinking: *busy share = requests a second to the server × seconds a request takes.*
`

func (c *balanceCase) task(seed uint64) *Task {
	bad, change, errors, weightErrors := c.servers[c.changed], "", "", ""
	if c.fails {
		change = fmt.Sprintf("its disk is full. Of its requests, %s now fail **at once, after 1 ms**, with a 500; the rest it serves as before.", percent(bad.failing))
		errors = fmt.Sprintf(", and of the requests after noon no more than **%s** may get an error", percent(l02ErrorRate))
		weightErrors = fmt.Sprintf(", and no more than %s of the requests after noon get an error", percent(l02ErrorRate))
	} else {
		change = "a neighbour on the same machine takes its memory bandwidth. It still answers correctly, but slower."
	}
	text := fmt.Sprintf(l02Text, len(c.servers), figure(1000*c.rate), bad.name, change, percent(l02Reading), list(c.old), percent(l02Busy), weightErrors,
		figure(c.p50), figure(c.p99), errors, figure(l02Requests))
	ordinary := slower("least connections, an ordinary day", c.healthy.sorted)
	return &Task{
		Text:   text,
		Fields: balanceFields(),
		Tables: []Table{c.services(seed), c.buckets()},
		Charts: []Chart{{Kind: Lines, Title: "Answer times of an ordinary day", X: "answer time, ms", Y: "slower, % of requests", LogX: true, LogY: true, Series: []Series{ordinary}, Limit: 1}},
	}
}

func balanceFields() []Field {
	return []Field{
		{Name: "p99", Label: "p99 of the ordinary day, in ms", Kind: Number, Max: 32},
		{Name: "diverges", Label: "Whose queue grows without end in the afternoon?", Kind: Choice, Max: 32, Options: []Option{
			{divergesNone, "Neither's"}, {divergesRR, "Round robin's only"},
			{divergesOld, "Only that of weighted round robin with the morning's weights"}, {divergesBoth, "Both"}}},
		{Name: "weights", Label: "Weights", Kind: Line, Max: 64, Help: "One whole number from 0 to 100 for each server, in the order of the table, with commas. 0 takes a server out."},
		{Name: "policy", Label: "Policy for today", Kind: Choice, Max: 32, Options: []Option{
			{string(balance.RoundRobin), "Round robin"}, {string(balance.WeightedRoundRobin), "Weighted round robin, with my weights"}, {string(balance.LeastConnections), "Least connections"}}},
	}
}

// services is what was measured of each server: means of samples, as real ones are.
func (c *balanceCase) services(seed uint64) Table {
	r, t := dice(seed, 3), Table{Title: "Mean service time", Head: []string{"server", "morning, ms", "afternoon, ms", "errors in the afternoon"}}
	for _, s := range c.servers {
		row := []string{s.name, figure(sample(r, s.mean[0], 10_000)), figure(sample(r, s.mean[1], 10_000)), "none"}
		if s.failing > 0 {
			row[2] += " (served)"
			row[3] = percent(s.failing) + ", after 1 ms"
		}
		t.Rows = append(t.Rows, row)
	}
	return t
}

// buckets is the ordinary day's answer times as a cumulative histogram.
func (c *balanceCase) buckets() Table {
	t := Table{Title: "Answer times of an ordinary day", Head: []string{"at most, ms", "requests", "share"}}
	sorted := c.healthy.sorted
	for bound := 5.0; ; bound *= 1.3 {
		n, _ := slices.BinarySearch(sorted, bound)
		if share := float64(n) / float64(len(sorted)); share >= 0.2 {
			t.Rows = append(t.Rows, []string{figure(bound), fmt.Sprint(n), fmt.Sprintf("%.2f %%", 100*share)})
		}
		if n == len(sorted) {
			return t
		}
	}
}

func list(weights []int) string {
	return strings.Trim(strings.ReplaceAll(fmt.Sprint(weights), " ", ", "), "[]")
}
