package lab

import (
	"fmt"
	"math"
	"math/rand/v2"
	"slices"

	"github.com/guildhall/guildhall/internal/balance"
)

// What may be answered to “whose queue grows without end after the change”.
const (
	divergesNone = "none"
	divergesRR   = "round-robin"
	divergesOld  = "old-weights"
	divergesBoth = "both"
)

const (
	l02Requests  = 100_000 // of a run
	l02Busy      = 0.90    // no server may be busier
	l02ErrorRate = 0.02    // of the requests after the change
	l02Reading   = 0.15    // how far off a reading of p99 may be
)

// balanceCase is one attempt's situation, with what is right in it.
type balanceCase struct {
	hall
	changed  int   // the server that changes at noon
	fails    bool  // it fails fast; otherwise it slows down
	old      []int // weights by what was measured before noon
	fit      []int // weights that hold before and after
	diverges string
	healthy  *outcome // least connections, if nothing had changed
	p50, p99 float64  // ms, what must be reached
}

// newBalanceCase makes up the situation of a seed: it throws dice until one lies
// clear of every border, so that no answer hangs on the model's noise.
func newBalanceCase(seed uint64) (*balanceCase, error) {
	r := dice(seed, 1)
	fails, want := r.IntN(3) == 0, []string{divergesNone, divergesRR, divergesOld, divergesBoth}[r.IntN(4)]
	for range 100_000 {
		c := throwServers(r, fails)
		if c == nil || c.diverges != want && !(fails && want != divergesRR && c.diverges == divergesNone) {
			continue
		}
		return c, nil
	}
	return nil, fmt.Errorf("lab L02: no situation for seed %d", seed)
}

// throwServers makes up servers and a load; nil if a queue would be near the
// border between one that grows and one that does not.
func throwServers(r *rand.Rand, fails bool) *balanceCase {
	n := 4 + r.IntN(3)
	c := &balanceCase{changed: r.IntN(n), fails: fails, hall: hall{count: l02Requests}}
	base, capacity := float64(20+5*r.IntN(9)), 0.0
	speeds := make([]float64, n)
	for i := range n {
		speeds[i] = []float64{1, 1, 2, 2, 4}[r.IntN(5)]
		s := server{name: fmt.Sprintf("app-%c", 'a'+i), mean: [2]float64{base / speeds[i], base / speeds[i]}}
		if i == c.changed && fails {
			s.failing = 0.6 + 0.05*float64(r.IntN(7))
		} else if i == c.changed {
			s.mean[1] *= []float64{1.4, 1.5, 2, 3, 4.5}[r.IntN(5)]
		}
		if i != c.changed || !fails {
			capacity += 1 / s.mean[1] // who fails serves nobody
		}
		c.servers = append(c.servers, s)
		c.old = append(c.old, int(speeds[i]))
	}
	c.rate = math.Round(capacity*(0.55+0.2*r.Float64())*1000) / 1000
	c.fit = c.fitting()
	if slices.Max(c.load(c.fit, 0)) > l02Busy-0.06 || slices.Max(c.load(c.fit, 1)) > l02Busy-0.06 {
		return nil
	}
	rr, rrClear := c.grows(slices.Repeat([]int{1}, n))
	old, oldClear := c.grows(c.old)
	if !rrClear || !oldClear {
		return nil
	}
	c.diverges = map[[2]bool]string{{false, false}: divergesNone, {true, false}: divergesRR, {false, true}: divergesOld, {true, true}: divergesBoth}[[2]bool{rr, old}]
	return c
}

// fitting returns weights that hold before and after the change: by the slower of
// the two speeds, and nothing for a server that fails.
func (c *balanceCase) fitting() []int {
	slowest := 0.0
	for _, s := range c.servers {
		slowest = max(slowest, s.mean[1])
	}
	weights := make([]int, len(c.servers))
	for i, s := range c.servers {
		weights[i] = int(math.Round(5 * slowest / s.mean[1]))
		if s.failing > 0 {
			weights[i] = 0
		}
	}
	return weights
}

// grows says whether some queue grows without end after the change, and whether
// that is clear.
func (c *balanceCase) grows(weights []int) (yes, clear bool) {
	most := slices.Max(c.load(weights, 1))
	return most > 1, most > 1.15 || most < 0.85 && slices.Max(c.load(weights, 0)) < 0.85
}

// measure runs what the task shows and what sets its targets; until then these
// are empty.
func (c *balanceCase) measure(seed uint64) error {
	calm := hall{rate: c.rate, count: c.count}
	for _, s := range c.servers {
		calm.servers = append(calm.servers, server{mean: [2]float64{s.mean[0], s.mean[0]}})
	}
	equal := slices.Repeat([]int{1}, len(c.servers))
	var err error
	if c.healthy, err = calm.run(balance.LeastConnections, equal, seed+1); err != nil {
		return err
	}
	best, weights := balance.LeastConnections, equal
	if c.fails {
		best, weights = balance.WeightedRoundRobin, c.fit
	}
	o, err := c.run(best, weights, seed)
	if err != nil {
		return err
	}
	c.p50, c.p99 = math.Ceil(1.25*o.p(.5)), math.Ceil(1.15*o.p(.99))
	return nil
}
