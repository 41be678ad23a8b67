// Package balance decides which of several backends gets the next request:
// round robin, least connections, or smooth weighted round robin. It counts what
// is on its way and knows nothing else: no HTTP, no health checks and no
// retries; who finds a backend ill gives it the weight 0.
package balance

import (
	"fmt"
	"sync"
)

// Policy is a way to choose.
type Policy string

// The policies.
const (
	// RoundRobin takes one backend after the other. It counts requests, not work.
	RoundRobin Policy = "round-robin"
	// LeastConnections takes the backend with the fewest requests on their way;
	// among equals it takes turns.
	LeastConnections Policy = "least-connections"
	// WeightedRoundRobin gives each backend as many requests in a round as its
	// weight is, and spreads them over the round as nginx does.
	WeightedRoundRobin Policy = "weighted-round-robin"
)

// Policies returns all policies.
func Policies() []Policy { return []Policy{RoundRobin, LeastConnections, WeightedRoundRobin} }

// MaxWeight is the largest weight that is taken; it keeps sums from overflowing.
const MaxWeight = 1_000_000

// Balancer chooses among backends, which it knows by their place. It may be used
// by several goroutines at once.
type Balancer struct {
	policy Policy

	mu       sync.Mutex
	backends []backend
	last     int // the place that was chosen last
}

type backend struct {
	weight   int // 0: gets nothing, under any policy
	current  int // what smooth weighted round robin owes it
	inFlight int
}

// New returns a balancer over as many backends as there are weights. It fails for
// an unknown policy, for no backends, and for a weight below 0 or over MaxWeight.
func New(policy Policy, weights ...int) (*Balancer, error) {
	switch policy {
	case RoundRobin, LeastConnections, WeightedRoundRobin:
	default:
		return nil, fmt.Errorf("balance: no policy %q", policy)
	}
	if len(weights) == 0 {
		return nil, fmt.Errorf("balance: no backends")
	}
	b := &Balancer{policy: policy, backends: make([]backend, len(weights)), last: len(weights) - 1}
	for i, w := range weights {
		if err := b.SetWeight(i, w); err != nil {
			return nil, err
		}
	}
	return b, nil
}

// SetWeight gives the i-th backend another weight. With 0 it gets no more
// requests under any policy, as is wanted while it is ill or drained.
func (b *Balancer) SetWeight(i, weight int) error {
	if weight < 0 || weight > MaxWeight {
		return fmt.Errorf("balance: weight %d is not within 0 and %d", weight, MaxWeight)
	}
	b.mu.Lock()
	defer b.mu.Unlock()
	b.backends[i].weight = weight
	if weight == 0 {
		b.backends[i].current = 0 // what it was owed while away is not made up for in a burst
	}
	return nil
}

// Pick chooses a backend for a request and counts the request as on its way until
// Done. It returns false if all backends have the weight 0.
func (b *Balancer) Pick() (int, bool) {
	b.mu.Lock()
	defer b.mu.Unlock()
	var i int
	switch b.policy {
	case LeastConnections:
		i = b.least()
	case WeightedRoundRobin:
		i = b.weighted()
	default:
		i = b.next()
	}
	if i < 0 {
		return 0, false
	}
	b.last = i
	b.backends[i].inFlight++
	return i, true
}

// Done says that a request to the i-th backend has ended, well or not. It panics
// if there was none: the count would be wrong from then on.
func (b *Balancer) Done(i int) {
	b.mu.Lock()
	defer b.mu.Unlock()
	if b.backends[i].inFlight == 0 {
		panic("balance: Done without Pick")
	}
	b.backends[i].inFlight--
}

// InFlight returns how many requests to the i-th backend are on their way.
func (b *Balancer) InFlight(i int) int {
	b.mu.Lock()
	defer b.mu.Unlock()
	return b.backends[i].inFlight
}

// next returns the place after the last one, or -1.
func (b *Balancer) next() int {
	for step := 1; step <= len(b.backends); step++ {
		if i := (b.last + step) % len(b.backends); b.backends[i].weight > 0 {
			return i
		}
	}
	return -1
}

// least returns the place with the fewest requests on their way, or -1. It starts
// to look after the last one, so that equals take turns.
func (b *Balancer) least() int {
	best := -1
	for step := 1; step <= len(b.backends); step++ {
		i := (b.last + step) % len(b.backends)
		if b.backends[i].weight > 0 && (best < 0 || b.backends[i].inFlight < b.backends[best].inFlight) {
			best = i
		}
	}
	return best
}

// weighted returns the place that is owed most, or -1: every backend gains its
// weight, and the one that is chosen pays the sum of all weights.
func (b *Balancer) weighted() int {
	best, total := -1, 0
	for i := range b.backends {
		s := &b.backends[i]
		if s.weight == 0 {
			continue
		}
		s.current += s.weight
		total += s.weight
		if best < 0 || s.current > b.backends[best].current {
			best = i
		}
	}
	if best >= 0 {
		b.backends[best].current -= total
	}
	return best
}
