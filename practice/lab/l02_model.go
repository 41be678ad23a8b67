package lab

import (
	"math/rand/v2"
	"slices"

	"github.com/guildhall/guildhall/internal/balance"
)

// server is a backend of the model: one request at a time, in order of arrival,
// with service times that are exponential.
type server struct {
	name    string
	mean    [2]float64 // ms that a request takes, before and after the change
	failing float64    // share of its answers after the change that are errors; those take 1 ms
}

// hall is the servers behind one balancer, and what is asked of them.
type hall struct {
	servers []server
	rate    float64 // requests per ms
	count   int     // requests of a run; the change comes after half of them
}

// outcome is what a run of the model came to.
type outcome struct {
	times   []float64 // ms from arrival to answer, in order of arrival
	sorted  []float64
	shares  []float64    // of the requests, by server
	busy    [2][]float64 // work given for each ms that passed, by server, before and after the change
	waiting int          // the longest queue when the last request has come
	errors  float64      // share of errors after the change
}

// growing is how many requests may wait for one server at the end: the bound
// between a queue that comes and goes and one that grows for as long as it can.
const growing = 300

func (o *outcome) stable() bool        { return o.waiting <= growing }
func (o *outcome) p(q float64) float64 { return quantile(o.sorted, q) }

// queue is the times at which what a server has been given is done. They only
// grow, as a server works in order of arrival.
type queue struct {
	done []float64
	head int
}

func (q *queue) last(now float64) float64 {
	if q.head == len(q.done) {
		return now
	}
	return max(now, q.done[len(q.done)-1])
}

// run gives the hall's requests to the servers by a policy, on a simulated clock.
// Arrivals and work are the same for every policy and the same random numbers.
func (h *hall) run(policy balance.Policy, weights []int, seed uint64) (*outcome, error) {
	b, err := balance.New(policy, weights...)
	if err != nil {
		return nil, err
	}
	r, n := dice(seed, 2), len(h.servers)
	o := &outcome{times: make([]float64, 0, h.count), shares: make([]float64, n), busy: [2][]float64{make([]float64, n), make([]float64, n)}}
	queues := make([]queue, n)
	var now, changed float64
	var failed int
	for i := range h.count {
		now += r.ExpFloat64() / h.rate
		work, luck := r.ExpFloat64(), r.Float64()
		for at := range queues {
			q := &queues[at]
			for q.head < len(q.done) && q.done[q.head] <= now {
				q.head++
				b.Done(at)
			}
		}
		at, ok := b.Pick()
		if !ok {
			break // every weight is 0: nothing is served
		}
		half := 0
		if 2*i >= h.count {
			half = 1
		}
		if half == 1 && changed == 0 {
			changed = now
		}
		took, q := h.servers[at].mean[half]*work, &queues[at]
		if half == 1 && luck < h.servers[at].failing {
			took = 1
			failed++
		}
		end := q.last(now) + took
		q.done = append(q.done, end)
		o.times = append(o.times, end-now)
		o.shares[at]++
		o.busy[half][at] += took
	}
	for at := range queues {
		o.waiting = max(o.waiting, len(queues[at].done)-queues[at].head)
		o.shares[at] /= float64(h.count)
		o.busy[0][at] /= changed
		o.busy[1][at] /= now - changed
	}
	o.errors = float64(failed) / float64(h.count-h.count/2)
	o.sorted = slices.Clone(o.times)
	slices.Sort(o.sorted)
	return o, nil
}

// load returns how busy each server is if it gets its part of the requests, by
// weight, after the change (1) or before it (0); over 1 its queue grows without end.
func (h *hall) load(weights []int, half int) []float64 {
	sum := 0
	for _, w := range weights {
		sum += w
	}
	list := make([]float64, len(weights))
	for i, w := range weights {
		took := h.servers[i].mean[half]
		if half == 1 && h.servers[i].failing > 0 {
			took = took*(1-h.servers[i].failing) + h.servers[i].failing
		}
		list[i] = h.rate * float64(w) / float64(sum) * took
	}
	return list
}

// sample returns the mean of n measured service times, which is what a member
// gets to see of a server.
func sample(r *rand.Rand, mean float64, n int) float64 {
	sum := 0.0
	for range n {
		sum += mean * r.ExpFloat64()
	}
	return sum / float64(n)
}
