package lab

import (
	"context"
	"fmt"
	"slices"
	"strings"

	"github.com/guildhall/guildhall/internal/balance"
)

// balanceAnswer is what was filled in.
type balanceAnswer struct {
	p99      float64
	diverges string
	weights  []int
	policy   balance.Policy
}

func gradeBalance(_ context.Context, seed uint64, a Answer) (*Report, error) {
	c, err := newBalanceCase(seed)
	if err != nil {
		return nil, err
	}
	f := readForm(balanceFields(), a)
	got := balanceAnswer{p99: f.number("p99", 0, 1e6), diverges: f.choice("diverges"), weights: f.wholes("weights", len(c.servers), 0, 100), policy: balance.Policy(f.choice("policy"))}
	if len(f.wrong) == 0 && slices.Max(got.weights) == 0 {
		f.wrong = append(f.wrong, "With weights that are all 0 no server is left.")
	}
	if r := f.unread(12); r != nil {
		return r, nil
	}
	if err := c.measure(seed); err != nil {
		return nil, err
	}
	runs, equal := map[balance.Policy]*outcome{}, slices.Repeat([]int{1}, len(c.servers))
	for _, p := range balance.Policies() {
		weights := equal
		if p == balance.WeightedRoundRobin {
			weights = got.weights
		}
		if runs[p], err = c.run(p, weights, seed); err != nil {
			return nil, err
		}
	}
	weighted, chosen := runs[balance.WeightedRoundRobin], runs[got.policy]
	report := reportOf(c.gradeReading(got.p99), c.gradeDiverges(got.diverges), c.gradeWeights(got.weights, weighted), gradeStable(chosen), c.gradeTargets(got.policy, chosen))
	report.Charts = c.charts(runs)
	report.Tables = []Table{c.results(runs), c.shares(runs)}
	return report, nil
}

func (c *balanceCase) gradeReading(got float64) Part {
	right := c.healthy.p(.99)
	return part("Reading p99", 2, near(got, right, l02Reading),
		"99 %% of the requests took at most %s ms; you read %s ms. Find the two bounds between which the share passes 99 %%, or the height 1 %% in the chart.", figure(right), figure(got))
}

func (c *balanceCase) gradeDiverges(got string) Part {
	worst := func(weights []int) string {
		loads := c.load(weights, 1)
		i := slices.Index(loads, slices.Max(loads))
		return fmt.Sprintf("%s is given work for %s of its time", c.servers[i].name, percent(loads[i]))
	}
	said := "That is what you foresaw."
	if got != c.diverges {
		said = "You foresaw something else."
	}
	return part("Which queue grows", 2, got == c.diverges,
		"In the afternoon, under round robin %s; with the weights %s, %s. Over 100 %% a queue grows for as long as that lasts, whatever the others have to spare. %s",
		worst(slices.Repeat([]int{1}, len(c.servers))), list(c.old), worst(c.old), said)
}

func (c *balanceCase) gradeWeights(weights []int, o *outcome) Part {
	for half, when := range []string{"before", "after"} {
		if most := slices.Max(o.busy[half]); most > l02Busy {
			i := slices.Index(o.busy[half], most)
			return part("Weights", 2, false, "With %s, %s is given work for %s of its time %s noon; %s is the bound. Its part of the requests is %s: weights must follow what a server can do at its worst.",
				list(weights), c.servers[i].name, percent(most), when, percent(l02Busy), percent(o.shares[i]))
		}
	}
	if c.fails && o.errors > l02ErrorRate {
		return part("Weights", 2, false, "With %s, %s gets %s of the requests, and %s of all requests after noon end in an error; the bound is %s.",
			list(weights), c.servers[c.changed].name, percent(o.shares[c.changed]), percent(o.errors), percent(l02ErrorRate))
	}
	return part("Weights", 2, true, "With %s the busiest server works for %s of its time before noon and %s after it.", list(weights), percent(slices.Max(o.busy[0])), percent(slices.Max(o.busy[1])))
}

func gradeStable(o *outcome) Part {
	if !o.stable() {
		return part("Stability", 2, false, "When the last request has come, %d wait for one server, and it would go on like this: the queue grows without end. Its server is given more than it can do.", o.waiting)
	}
	return part("Stability", 2, true, "When the last request has come, no more than %d wait for one server.", o.waiting)
}

func (c *balanceCase) gradeTargets(p balance.Policy, o *outcome) Part {
	var not []string
	if v := o.p(.5); v > c.p50 {
		not = append(not, fmt.Sprintf("p50 is %s ms and not %s", figure(v), figure(c.p50)))
	}
	if v := o.p(.99); v > c.p99 {
		not = append(not, fmt.Sprintf("p99 is %s ms and not %s", figure(v), figure(c.p99)))
	}
	if c.fails && o.errors > l02ErrorRate {
		why := ""
		if p == balance.LeastConnections {
			why = " (a server that fails fast always has the fewest connections, and so draws the most requests)"
		}
		not = append(not, fmt.Sprintf("%s of the requests after noon end in an error and not %s%s", percent(o.errors), percent(l02ErrorRate), why))
	}
	if len(not) > 0 {
		return part("Targets", 4, false, "With %s %s.", strings.ReplaceAll(string(p), "-", " "), strings.Join(not, "; "))
	}
	return part("Targets", 4, true, "p50 %s ms of %s, p99 %s ms of %s, errors %s.", figure(o.p(.5)), figure(c.p50), figure(o.p(.99)), figure(c.p99), percent(o.errors))
}

// charts draws the distribution of answer times of all policies.
func (c *balanceCase) charts(runs map[balance.Policy]*outcome) []Chart {
	chart := Chart{Kind: Lines, Title: "Answer times by policy", X: "answer time, ms", Y: "slower, % of requests", LogX: true, LogY: true, Limit: 1}
	for _, p := range balance.Policies() {
		chart.Series = append(chart.Series, slower(strings.ReplaceAll(string(p), "-", " "), runs[p].sorted))
	}
	return []Chart{chart}
}

func (c *balanceCase) results(runs map[balance.Policy]*outcome) Table {
	t := Table{Title: "What the runs came to", Head: []string{"policy", "mean, ms", "p50, ms", "p99, ms", "waiting at the end", "errors after noon"}}
	for _, p := range balance.Policies() {
		o := runs[p]
		t.Rows = append(t.Rows, []string{strings.ReplaceAll(string(p), "-", " "), figure(mean(o.times)), figure(o.p(.5)), figure(o.p(.99)), fmt.Sprint(o.waiting), percent(o.errors)})
	}
	return t
}

func (c *balanceCase) shares(runs map[balance.Policy]*outcome) Table {
	t := Table{Title: "Part of the requests, and how busy that made a server before and after noon", Head: []string{"server"}}
	for _, p := range balance.Policies() {
		t.Head = append(t.Head, strings.ReplaceAll(string(p), "-", " "))
	}
	for i, s := range c.servers {
		row := []string{s.name}
		for _, p := range balance.Policies() {
			o := runs[p]
			row = append(row, fmt.Sprintf("%s; busy %s, %s", percent(o.shares[i]), percent(o.busy[0][i]), percent(o.busy[1][i])))
		}
		t.Rows = append(t.Rows, row)
	}
	return t
}
