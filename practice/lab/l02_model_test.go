package lab

import (
	"testing"

	"github.com/guildhall/guildhall/internal/balance"
)

// The figures that the deck's card be-007 gives, in units of the mean service time of a
// server of speed 1.
func TestBalancingFiguresOfTheDeck(t *testing.T) {
	equal := []server{{mean: [2]float64{1, 1}}, {mean: [2]float64{1, 1}}, {mean: [2]float64{1, 1}}, {mean: [2]float64{1, 1}}}
	unequal := []server{{mean: [2]float64{.5, .5}}, {mean: [2]float64{1, 1}}, {mean: [2]float64{1, 1}}, {mean: [2]float64{2, 2}}}
	for _, c := range []struct {
		name      string
		servers   []server
		rate      float64
		policy    balance.Policy
		weights   []int
		mean, p99 float64 // 0: not looked at
		stable    bool
	}{
		{"equal, round robin", equal, 3.2, balance.RoundRobin, []int{1, 1, 1, 1}, 3.28, 15.1, true},
		{"equal, least connections", equal, 3.2, balance.LeastConnections, []int{1, 1, 1, 1}, 2.01, 8.7, true},
		{"unequal, round robin", unequal, 2.25, balance.RoundRobin, []int{1, 1, 1, 1}, 0, 0, false},
		{"unequal, weighted", unequal, 2.25, balance.WeightedRoundRobin, []int{4, 2, 2, 1}, 1.29, 0, true},
		{"unequal, least connections", unequal, 2.25, balance.LeastConnections, []int{1, 1, 1, 1}, 1.17, 0, true},
	} {
		h := &hall{servers: c.servers, rate: c.rate, count: 400_000}
		o, err := h.run(c.policy, c.weights, 7)
		if err != nil {
			t.Fatal(err)
		}
		m := mean(o.times)
		t.Logf("%s: mean %.3f, p99 %.2f, waiting %d", c.name, m, o.p(.99), o.waiting)
		if o.stable() != c.stable || c.mean > 0 && !near(m, c.mean, .05) || c.p99 > 0 && !near(o.p(.99), c.p99, .08) {
			t.Errorf("%s: mean %.3f (%.2f), p99 %.2f (%.1f), stable %v", c.name, m, c.mean, o.p(.99), c.p99, o.stable())
		}
	}
}
