package lab

import (
	"fmt"
	"math/rand/v2"
	"time"
)

// operation is one thing that must happen once: money in or out of an account.
type operation struct {
	id      string
	account string
	amount  int
	poison  bool // it cannot be read, whatever is tried

	applied int           // how often it took effect
	refused bool          // it took effect as a refusal: no cover
	first   time.Duration // when it took effect first
	late    bool          // after a later one of its account
	fate    string        // why it has no effect, when it has none
}

// message carries an operation. One operation may have several: the broker
// delivers twice, or the sender sends twice.
type message struct {
	id        string
	op        *operation
	published time.Duration
	work      time.Duration // that handling it takes
	crash     crash         // what happens to the first worker that has it

	place      int // in the queue
	deliveries int
	tries      int // deliveries in all: starting over forgets the others
	waits      bool
	done       bool
	parked     bool
}

// crash is where a worker dies.
type crash uint8

const (
	never  crash = iota
	middle       // in the middle of the work
	gap          // between the last two of work, commit and acknowledgement
)

// stream is what comes, and what goes wrong: what the seed decides of L05.
type stream struct {
	seed     uint64
	accounts []string
	ops      []*operation
	messages []*message
	away     time.Duration // when the database goes away
	outage   time.Duration // for how long
	slowest  time.Duration // handling of one message
}

// newStream draws a stream. It is made anew for each run, as runs write to it.
func newStream(seed uint64) *stream {
	r := rand.New(rand.NewPCG(seed, 0x1005))
	s := &stream{seed: seed, slowest: time.Duration(15+5*r.IntN(10)) * 100 * time.Millisecond,
		away: time.Duration(15+r.IntN(10)) * time.Second, outage: time.Duration(20+5*r.IntN(13)) * time.Second}
	for i := range 8 {
		s.accounts = append(s.accounts, fmt.Sprintf("acc-%d%c", 10+r.IntN(90), 'a'+i))
	}
	now := time.Duration(0)
	add := func(account string, amount int, work time.Duration) *message {
		now += time.Duration(150+r.IntN(300)) * time.Millisecond
		op := &operation{id: fmt.Sprintf("pay-%03d", len(s.ops)+1), account: account, amount: amount}
		s.ops = append(s.ops, op)
		return s.publish(op, fmt.Sprintf("msg-%03d", len(s.messages)+1), now, work)
	}
	usual := func() time.Duration { return time.Duration(40+r.IntN(120)) * time.Millisecond }
	for range 18 {
		for range 4 {
			add(s.accounts[r.IntN(len(s.accounts))], 10*(1+r.IntN(9)), usual())
		}
		// A deposit that takes long, and at once what it must cover.
		a := s.accounts[r.IntN(len(s.accounts))]
		in := 10_000 + 100*r.IntN(50)
		add(a, in, 900*time.Millisecond)
		now -= 140 * time.Millisecond
		add(a, -in, 40*time.Millisecond)
	}
	s.spoil(r)
	return s
}

func (s *stream) publish(op *operation, id string, at, work time.Duration) *message {
	m := &message{id: id, op: op, published: at, work: work, place: len(s.messages)}
	s.messages = append(s.messages, m)
	return m
}

// spoil puts the faults in. Each is on a message of its own, and those that kill
// a worker or are sent twice lie outside the outage, so that each is met.
func (s *stream) spoil(r *rand.Rand) {
	quiet := r.Perm(30) // of the first messages
	take := func() *message {
		m := s.messages[quiet[0]]
		quiet = quiet[1:]
		return m
	}
	take().crash, take().crash = middle, gap
	take().crash, take().crash = middle, gap
	take().op.poison = true
	take().work = s.slowest
	for range 4 {
		m := take()
		s.publish(m.op, m.id, m.published+time.Duration(2+r.IntN(8))*time.Second, m.work) // by the broker
		m = take()
		s.publish(m.op, m.id+"-again", m.published+time.Duration(2+r.IntN(8))*time.Second, m.work) // by the sender
	}
	// Two honest payments that look alike.
	for range 2 {
		m := take()
		twin := s.ops[(len(s.ops)+r.IntN(20))-20]
		twin.account, twin.amount = m.op.account, m.op.amount
		if twin.amount < 0 {
			m.op.amount, twin.amount = 50, 50
		}
	}
}

// expected is what the accounts must have in the end: each operation once, in
// the order they were sent.
func (s *stream) expected() map[string]int {
	out := map[string]int{}
	for _, op := range s.ops {
		if !op.poison && out[op.account]+op.amount >= 0 {
			out[op.account] += op.amount
		}
	}
	return out
}
