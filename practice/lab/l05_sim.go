package lab

import (
	"container/heap"
	"fmt"
	"slices"
	"time"
)

const (
	horizon  = 15 * time.Minute // of the clock of a run
	restart  = 2 * time.Second  // of a worker that died
	workers  = 3
	longest  = time.Minute // that an exponential backoff grows to
	logLines = 300
)

// broker is a run: a queue that delivers at least once, workers, and a database.
// Its clock is its own, so that a seed and a configuration make one run.
type broker struct {
	*stream
	config
	now      time.Duration
	events   events
	workers  []*worker
	queue    []*message // by place
	balances map[string]int
	keys     map[string]bool // recorded in the database
	last     map[string]int  // the place of the last operation applied, by account
	backlog  [][2]float64
	handed   int // deliveries
	lines    []string
	dropped  int // lines beyond the bound
}

type worker struct {
	number int
	busy   bool
	life   int // grows when it dies: what it had begun counts no more
	memory map[string]bool
}

type event struct {
	at   time.Duration
	turn int // of two at the same time, the one put in first
	do   func()
}

type events struct {
	all  []event
	turn int
}

func (e *events) Len() int { return len(e.all) }
func (e *events) Less(i, j int) bool {
	a, b := e.all[i], e.all[j]
	return a.at < b.at || a.at == b.at && a.turn < b.turn
}
func (e *events) Swap(i, j int) { e.all[i], e.all[j] = e.all[j], e.all[i] }
func (e *events) Push(v any)    { e.all = append(e.all, v.(event)) }
func (e *events) Pop() any {
	last := e.all[len(e.all)-1]
	e.all = e.all[:len(e.all)-1]
	return last
}

// simulate runs a configuration against the stream of a seed.
func simulate(seed uint64, c config) *broker {
	b := &broker{stream: newStream(seed), config: c, balances: map[string]int{}, keys: map[string]bool{}, last: map[string]int{}}
	for i := range workers {
		b.workers = append(b.workers, &worker{number: i + 1, memory: map[string]bool{}})
	}
	for _, m := range b.messages {
		b.at(m.published, func() { b.queue = append(b.queue, m); b.order(); b.dispatch() })
	}
	for t := time.Duration(0); t < horizon; t += 2 * time.Second {
		b.at(t, b.sample)
	}
	for b.events.Len() > 0 {
		e := heap.Pop(&b.events).(event)
		if b.now = e.at; b.now > horizon {
			break
		}
		e.do()
	}
	return b
}

func (b *broker) at(t time.Duration, do func()) {
	b.events.turn++
	heap.Push(&b.events, event{at: t, turn: b.events.turn, do: do})
}

func (b *broker) in(d time.Duration, do func()) { b.at(b.now+d, do) }

func (b *broker) order() {
	slices.SortFunc(b.queue, func(x, y *message) int { return x.place - y.place })
}

// sample notes how much waits.
func (b *broker) sample() {
	n := 0
	for _, m := range b.queue {
		if !m.done {
			n++
		}
	}
	b.backlog = append(b.backlog, [2]float64{b.now.Seconds(), float64(n)})
}

func (b *broker) say(format string, args ...any) {
	if len(b.lines) == logLines {
		b.dropped++
		return
	}
	b.lines = append(b.lines, fmt.Sprintf("%7.2f s  ", b.now.Seconds())+fmt.Sprintf(format, args...))
}

// dispatch gives free workers what may be delivered.
func (b *broker) dispatch() {
	for _, w := range b.workers {
		if w.busy {
			continue
		}
		if m := b.deliverable(); m != nil {
			b.deliver(w, m)
		}
	}
}

// deliverable is the first message that waits for nothing: with an ordering
// key, that includes the unfinished ones before it with the same key.
func (b *broker) deliverable() *message {
	behind := map[string]bool{}
	for _, m := range b.queue {
		key := ""
		if b.ordering == orderAccount {
			key = m.op.account
		}
		if m.done || b.ordering != orderNone && behind[key] {
			continue
		}
		if !m.waits {
			return m
		}
		behind[key] = true
	}
	return nil
}

// deliver has a worker handle a message.
func (b *broker) deliver(w *worker, m *message) {
	m.deliveries++
	m.tries++
	b.handed++
	m.waits, w.busy = true, true
	delivery, life := m.tries, w.life
	key := b.dedupeKey(m)
	b.in(b.wait, func() {
		if !m.done && m.waits && m.tries == delivery {
			b.say("%s: not acknowledged within %g s, comes again", m.id, b.wait.Seconds())
			b.again(m)
		}
	})
	if b.ack == ackReceipt {
		m.done = true
	}
	if key != "" && b.seen(w, key) {
		b.in(5*time.Millisecond, func() {
			b.skip(m, key)
			b.free(w, life)
		})
		return
	}
	if b.record == recordBefore && key != "" {
		b.keys[key] = true
	}
	if m.crash == middle && m.tries == 1 {
		b.in(m.work/2, func() { b.die(w, m, "in the middle of the work") })
		return
	}
	b.in(m.work, func() {
		if w.life == life {
			b.finish(w, m, key)
			b.free(w, life)
		}
	})
}

// dedupeKey is what a delivery is known by, or nothing.
func (b *broker) dedupeKey(m *message) string {
	switch b.key {
	case keyDelivery:
		return fmt.Sprintf("%s/%d/%d", m.id, m.place, m.tries)
	case keyMessage:
		return m.id
	case keyOperation:
		return m.op.id
	case keyContent:
		return fmt.Sprintf("%s %d", m.op.account, m.op.amount)
	case keyAccount:
		return m.op.account
	}
	return ""
}

// seen tells, before the work, whether it was done. The key that is recorded
// with the effect is looked at with the effect.
func (b *broker) seen(w *worker, key string) bool {
	switch b.record {
	case recordMemory:
		return w.memory[key]
	case recordBefore, recordAfter:
		return b.keys[key]
	}
	return false
}

// skip ends a message whose key says that it was done.
func (b *broker) skip(m *message, key string) {
	if m.op.applied == 0 {
		m.op.fate = fmt.Sprintf("taken for a duplicate by the key %s, and never applied", key)
	}
	b.say("%s: %s is skipped, %s was seen before", m.id, m.op.id, key)
	m.done = true
}

func (b *broker) free(w *worker, life int) {
	if w.life == life {
		w.busy = false
		b.dispatch()
	}
}

// die ends a worker with all it had in memory. What it had in hand comes again
// when nobody has acknowledged it in time.
func (b *broker) die(w *worker, m *message, where string) {
	b.say("%s: worker %d is killed %s", m.id, w.number, where)
	if m.done && m.op.applied == 0 {
		m.op.fate = "acknowledged, then the worker was killed before the commit"
		b.say("%s: %s is lost: the queue believes that it is done", m.id, m.op.id)
	}
	w.life++
	w.memory = map[string]bool{}
	life := w.life
	b.in(restart, func() { b.free(w, life) })
}

// finish is the end of the work: it fails, or commit and acknowledgement follow
// in the order of the configuration.
func (b *broker) finish(w *worker, m *message, key string) {
	if b.ack == ackWork {
		m.done = true
	}
	dies := m.crash == gap && m.tries == 1
	switch {
	case m.op.poison:
		b.fail(m, "its content cannot be read")
		return
	case dies && b.ack == ackWork:
		b.die(w, m, "between the acknowledgement and the commit")
		return
	case b.now >= b.away && b.now < b.away+b.outage:
		b.fail(m, "the database is away")
		return
	}
	if !b.commit(m, key) {
		b.skip(m, key)
	} else if dies && b.ack != ackWork {
		b.die(w, m, "after the commit, before anything else")
		return
	}
	if key != "" && b.record == recordMemory {
		w.memory[key] = true
	}
	if key != "" && b.record == recordAfter {
		b.keys[key] = true
	}
	m.done = true
}

// fail is a delivery that did not work.
func (b *broker) fail(m *message, why string) {
	if m.done {
		if m.op.applied == 0 {
			m.op.fate = "acknowledged before the commit, which then failed: " + why
		}
		b.say("%s: delivery %d fails, %s; it was acknowledged, so it is lost", m.id, m.tries, why)
		return
	}
	b.say("%s: delivery %d fails, %s", m.id, m.tries, why)
	b.again(m)
}

// commit applies an operation to its account. It tells whether it did: not if
// the key that belongs to the same transaction is there.
func (b *broker) commit(m *message, key string) bool {
	if key != "" && b.record == recordSame {
		if b.keys[key] {
			return false
		}
		b.keys[key] = true
	}
	op := m.op
	if op.applied++; op.applied > 1 {
		b.say("%s: %s takes effect for the %d. time", m.id, op.id, op.applied)
	} else {
		op.first = b.now
		place := slices.Index(b.ops, op) + 1
		if place < b.last[op.account] {
			op.late = true
			b.say("%s: %s takes effect after a later one of %s", m.id, op.id, op.account)
		}
		b.last[op.account] = max(b.last[op.account], place)
	}
	if b.balances[op.account]+op.amount < 0 {
		op.refused = true
		b.say("%s: %s is refused: %s has %d, %d are asked for", m.id, op.id, op.account, b.balances[op.account], -op.amount)
		return true
	}
	b.balances[op.account] += op.amount
	return true
}

// again lets a message wait for its next delivery, or ends it.
func (b *broker) again(m *message) {
	if b.most > 0 && m.deliveries >= b.most {
		switch b.dead {
		case deadPark:
			m.done, m.parked = true, true
			m.op.fate = fmt.Sprintf("parked after %d deliveries", m.tries)
			b.say("%s: parked after %d deliveries", m.id, m.tries)
			b.dispatch()
			return
		case deadDrop:
			m.done = true
			m.op.fate = fmt.Sprintf("dropped after %d deliveries", m.tries)
			b.say("%s: dropped after %d deliveries", m.id, m.tries)
			b.dispatch()
			return
		}
		m.deliveries, m.place = 0, b.queue[len(b.queue)-1].place+1
		b.order()
	}
	delivery := m.tries
	b.in(b.pause(m.deliveries), func() {
		if m.tries == delivery && !m.done {
			m.waits = false
			b.dispatch()
		}
	})
}

// pause is how long a message waits after so many deliveries. A millisecond is
// the least, in which the broker hears of the failure.
func (b *broker) pause(deliveries int) time.Duration {
	switch b.backoff {
	case backoffFixed:
		return max(b.delay, time.Millisecond)
	case backoffExponential:
		d := max(b.delay, time.Millisecond)
		for range deliveries - 1 {
			if d *= 2; d >= longest {
				break
			}
		}
		return min(d, max(longest, b.delay))
	}
	return time.Millisecond
}
