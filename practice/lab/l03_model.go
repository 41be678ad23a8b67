package lab

import (
	"math/rand/v2"
	"slices"
)

// plant is a web application as queues: requests arrive at random, a pool of web
// workers takes them, and those that the cache cannot answer go on to a pool of
// database workers. Service times are exponential, queues are first come, first
// served, and have no bound.
type plant struct {
	rate    float64 // requests per ms
	web, db pool
	miss    float64 // share of the requests that go to the database
}

// pool is workers that share one queue.
type pool struct {
	workers int
	mean    float64 // ms of work for a request
}

// crowd is how many requests may be in the plant: beyond it is overloaded, and
// to run on would only cost memory.
const crowd = 50_000

// flow is what a run of a plant came to.
type flow struct {
	times    []float64 // ms from arrival to answer, in order of answers
	waits    []float64 // ms of them in a queue
	busy     [2]float64
	overload bool // it was given up, as more came than went
}

// p returns a quantile of the times. It sorts them.
func (f *flow) p(q float64) float64 {
	if !slices.IsSorted(f.times) {
		slices.Sort(f.times)
	}
	return quantile(f.times, q)
}

// job is a request in the plant.
type job struct {
	arrived, queued, waited float64
	db                      bool // it is in or before the database
}

// run simulates count arrivals event by event. All memory is taken in the beginning,
// or by doubling when queues grow: nothing is allocated for an arrival.
func (p *plant) run(count int, r *rand.Rand) *flow {
	f := &flow{times: make([]float64, 0, count), waits: make([]float64, 0, count)}
	s := &simulation{plant: p, flow: f, r: r, jobs: make([]job, 0, 1024)}
	arrival, left, now := r.ExpFloat64()/p.rate, count, 0.0
	for left > 0 || len(s.events) > 0 {
		if left > 0 && (len(s.events) == 0 || arrival <= s.events[0].at) {
			now = arrival
			s.arrive(now)
			left--
			arrival = now + r.ExpFloat64()/p.rate
			if len(s.jobs)-len(s.free) > crowd {
				f.overload = true
				break
			}
			continue
		}
		e := s.pop()
		now = e.at
		s.leave(e.job, now)
	}
	f.busy[0] /= now * float64(p.web.workers)
	f.busy[1] /= now * float64(max(1, p.db.workers))
	return f
}

// simulation is a run's state.
type simulation struct {
	plant  *plant
	flow   *flow
	r      *rand.Rand
	jobs   []job
	free   []int32  // places in jobs that may be used again
	events []ending // what is being worked on, as a binary heap by its end
	queues [2]ring  // who waits, for web and database
	active [2]int   // workers that work
}

// ending is the end of a worker's work on a request.
type ending struct {
	at  float64
	job int32
}

func (s *simulation) arrive(now float64) {
	var id int32
	if n := len(s.free); n > 0 {
		id, s.free = s.free[n-1], s.free[:n-1]
	} else {
		id = int32(len(s.jobs))
		s.jobs = append(s.jobs, job{})
	}
	s.jobs[id] = job{arrived: now}
	s.enter(0, id, now)
}

// pool returns the web's or the database's pool.
func (s *simulation) pool(at int) *pool {
	if at == 0 {
		return &s.plant.web
	}
	return &s.plant.db
}

// enter puts a request before a pool, or to work at once.
func (s *simulation) enter(at int, id int32, now float64) {
	s.jobs[id].queued = now
	if s.active[at] == s.pool(at).workers {
		s.queues[at].push(id)
		return
	}
	s.active[at]++
	s.work(at, id, now)
}

func (s *simulation) work(at int, id int32, now float64) {
	s.jobs[id].waited += now - s.jobs[id].queued
	took := s.r.ExpFloat64() * s.pool(at).mean
	s.flow.busy[at] += took
	s.push(ending{now + took, id})
}

// leave ends the work on a request: its worker takes the next one, and it goes on
// to the database or is answered.
func (s *simulation) leave(id int32, now float64) {
	j := &s.jobs[id]
	at := 0
	if j.db {
		at = 1
	}
	if next, ok := s.queues[at].pop(); ok {
		s.work(at, next, now)
	} else {
		s.active[at]--
	}
	if at == 0 && s.plant.miss > 0 && s.r.Float64() < s.plant.miss {
		j.db = true
		s.enter(1, id, now)
		return
	}
	s.flow.times = append(s.flow.times, now-j.arrived)
	s.flow.waits = append(s.flow.waits, j.waited)
	s.free = append(s.free, id)
}

// push adds to the heap of events.
func (s *simulation) push(e ending) {
	s.events = append(s.events, e)
	h := s.events
	i := len(h) - 1
	for i > 0 {
		parent := (i - 1) / 2
		if h[parent].at <= e.at {
			break
		}
		h[i] = h[parent]
		i = parent
	}
	h[i] = e
}

// pop takes the earliest ending.
func (s *simulation) pop() ending {
	h := s.events
	first, last := h[0], h[len(h)-1]
	h = h[:len(h)-1]
	s.events = h
	if len(h) == 0 {
		return first
	}
	i := 0
	for {
		child := 2*i + 1
		if child >= len(h) {
			break
		}
		if child+1 < len(h) && h[child+1].at < h[child].at {
			child++
		}
		if last.at <= h[child].at {
			break
		}
		h[i] = h[child]
		i = child
	}
	h[i] = last
	return first
}

// ring is a queue in an array that is used in circles.
type ring struct {
	list       []int32 // its length is a power of two
	head, size int
}

func (q *ring) push(id int32) {
	if q.size == len(q.list) {
		grown := make([]int32, max(64, 2*len(q.list)))
		for i := range q.size {
			grown[i] = q.list[(q.head+i)&(len(q.list)-1)]
		}
		q.list, q.head = grown, 0
	}
	q.list[(q.head+q.size)&(len(q.list)-1)] = id
	q.size++
}

func (q *ring) pop() (int32, bool) {
	if q.size == 0 {
		return 0, false
	}
	id := q.list[q.head]
	q.head = (q.head + 1) & (len(q.list) - 1)
	q.size--
	return id, true
}
