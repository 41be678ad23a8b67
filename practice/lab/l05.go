package lab

import (
	"context"
	"fmt"
	"math"
	"math/rand/v2"
	"strconv"
	"strings"
	"time"
)

// brokenQueue is L05: effects that happen once over a queue that delivers at
// least once.
func brokenQueue() Lab {
	return Lab{ID: "L05", Version: 1, Title: "Exactly once, over a queue that delivers at least once",
		Summary: "Set up a consumer so that money moves once although workers die, messages come twice, one can never be read and the database goes away.",
		Topic:   "messaging", Minutes: 20,
		Prepare: func(_ context.Context, seed uint64) (*Task, error) { return queueTask(seed), nil },
		Grade:   func(_ context.Context, seed uint64, a Answer) (*Report, error) { return gradeQueue(seed, a), nil }}
}

// The values of the choices.
const (
	keyNone, keyDelivery, keyMessage, keyOperation, keyContent, keyAccount = "none", "delivery", "message", "operation", "content", "account"
	recordMemory, recordBefore, recordAfter, recordSame                    = "memory", "before", "after", "same"
	ackReceipt, ackWork, ackCommit                                         = "receipt", "work", "commit"
	deadPark, deadDrop, deadRestart                                        = "park", "drop", "restart"
	backoffNone, backoffFixed, backoffExponential                          = "none", "fixed", "exponential"
	orderNone, orderAccount, orderAll                                      = "none", "account", "all"
)

// config is how a consumer is set up.
type config struct {
	key, record, ack string
	wait             time.Duration // for an acknowledgement
	most             int           // deliveries; 0: without end
	dead             string
	backoff          string
	delay            time.Duration // the first
	ordering         string
}

// read takes an answer apart. A text says what cannot be read.
func (c *config) read(a Answer, fields []Field) string {
	for _, f := range fields {
		v := strings.TrimSpace(a[f.Name])
		if f.Kind != Choice {
			continue
		}
		known := false
		for _, o := range f.Options {
			known = known || o.Value == v
		}
		if !known {
			return f.Label + ": choose one of its values."
		}
	}
	choice := func(name string) string { return strings.TrimSpace(a[name]) }
	c.key, c.record, c.ack, c.dead = choice("key"), choice("record"), choice("ack"), choice("dead")
	c.backoff, c.ordering = choice("backoff"), choice("ordering")
	wait, ok := decimal(a["wait"], 0.1, 3600)
	if !ok {
		return "Acknowledgement timeout: a number of seconds from 0.1 to 3600."
	}
	most, ok := decimal(a["most"], 0, 1000)
	if !ok || most != math.Trunc(most) {
		return "Deliveries at most: a whole number from 0 to 1000; 0 is without end."
	}
	delay, ok := decimal(a["delay"], 0, 3600)
	if !ok {
		return "First delay: a number of seconds from 0 to 3600."
	}
	c.wait, c.most, c.delay = seconds(wait), int(most), seconds(delay)
	return ""
}

func seconds(s float64) time.Duration {
	return time.Duration(s * float64(time.Second)).Round(time.Millisecond)
}

// decimal reads a number between two others.
func decimal(s string, least, most float64) (float64, bool) {
	if s = strings.TrimSpace(s); len(s) > 20 {
		return 0, false
	}
	f, err := strconv.ParseFloat(s, 64)
	return f, err == nil && f >= least && f <= most
}

// right is a good answer for the seed, which others are measured against.
func (s *stream) right() config {
	c := config{key: keyOperation, record: recordSame, ack: ackCommit, wait: 2 * s.slowest, dead: deadPark,
		backoff: backoffExponential, delay: 500 * time.Millisecond, ordering: orderAccount}
	waited := time.Duration(0)
	for c.most = 1; waited < s.outage*13/10; c.most++ {
		waited += min(c.delay<<(c.most-1), longest)
	}
	return c
}

// answer is a configuration as it is filled in.
func (c config) answer() Answer {
	number := func(d time.Duration) string { return strconv.FormatFloat(d.Seconds(), 'f', -1, 64) }
	return Answer{"key": c.key, "record": c.record, "ack": c.ack, "wait": number(c.wait), "most": strconv.Itoa(c.most), "dead": c.dead,
		"backoff": c.backoff, "delay": number(c.delay), "ordering": c.ordering}
}

func queueTask(seed uint64) *Task {
	s := newStream(seed)
	poisoned := 0
	for _, o := range s.ops {
		if o.poison {
			poisoned++
		}
	}
	return &Task{Fields: queueFields(seed), Tables: []Table{{Title: "What is known", Head: []string{"what", "figure"}, Rows: [][]string{
		{"messages", fmt.Sprint(len(s.messages))}, {"operations", fmt.Sprint(len(s.ops))}, {"accounts", fmt.Sprint(len(s.accounts))},
		{"workers", fmt.Sprint(workers)}, {"a dead worker is back after", fmt.Sprint(restart)},
		{"usual time to handle a message", "0.04 to 0.9 s"}, {"slowest message", fmt.Sprintf("%g s", s.slowest.Seconds())},
		{"longest time the database was away", fmt.Sprintf("%g s", s.outage.Seconds())},
		{"an exponential backoff doubles up to", fmt.Sprint(longest)},
	}}}, Text: fmt.Sprintf(`Payments come over a queue as messages. Each carries an operation: an operation id that the sender made, an account, and an amount that is put in or taken out. %d workers share the queue and book the amounts in a database that has transactions and unique keys. An amount that the account does not cover is refused for good, so it matters that a deposit comes before what it must cover.

The queue delivers **at least once**: a message that is not acknowledged in time comes again. In the run that your configuration must survive, these happen:

- workers are killed: in the middle of the work, and between the last two of work, commit and acknowledgement;
- the broker delivers some messages twice, under the same message id;
- the sender, unsure whether it was heard, sends some operations again: a new message id, the same operation id;
- two customers pay the same amount into the same account twice, and mean it: two operations that look alike;
- one message can never be read, whatever is tried;
- the database is away for a while, and every commit fails meanwhile;
- a deposit takes long to handle, and what it must cover follows at once.

Set up the consumer so that **each operation takes effect exactly once, in order within its account**; so that what cannot be handled is put aside where somebody can look at it, without taking the rest along; and so that the queue is not hammered while the database is away. Take the numbers from the table: a message must outlive an outage, but not everything should wait for one that is hopeless.
`, workers)}
}

// queueFields are the settings, their options in an order of the seed.
func queueFields(seed uint64) []Field {
	fields := []Field{
		{Name: "key", Label: "Idempotency key", Kind: Choice, Max: 20, Help: "What tells that an operation was done already.", Options: []Option{
			{keyNone, "none: every delivery is handled"}, {keyDelivery, "the delivery (message id and number of the delivery)"}, {keyMessage, "the message id, made by the broker"},
			{keyOperation, "the operation id, made by the sender"}, {keyContent, "a hash of account and amount"}, {keyAccount, "the account"}}},
		{Name: "record", Label: "Where the key is kept", Kind: Choice, Max: 20, Help: "The transaction boundary.", Options: []Option{
			{recordMemory, "in the worker's memory"}, {recordBefore, "in the database, in a transaction before the effect"},
			{recordAfter, "in the database, in a transaction after the effect"}, {recordSame, "in the database, in one transaction with the effect"}}},
		{Name: "ack", Label: "Acknowledge", Kind: Choice, Max: 20, Options: []Option{
			{ackReceipt, "on receipt, before the work"}, {ackWork, "after the work, before the commit"}, {ackCommit, "after the commit"}}},
		{Name: "dead", Label: "After the last delivery", Kind: Choice, Max: 20, Options: []Option{
			{deadPark, "park it in a dead-letter queue"}, {deadDrop, "drop it"}, {deadRestart, "put it at the end of the queue and count anew"}}},
		{Name: "backoff", Label: "Pause before it comes again", Kind: Choice, Max: 20, Help: "After a delivery that failed or was not acknowledged.", Options: []Option{
			{backoffNone, "none"}, {backoffFixed, "always the first delay"}, {backoffExponential, "the first delay, doubled each time"}}},
		{Name: "ordering", Label: "Ordering key", Kind: Choice, Max: 20, Help: "Messages with the same key are delivered one after the other.", Options: []Option{
			{orderNone, "none: any worker takes any message"}, {orderAccount, "the account"}, {orderAll, "one for all messages"}}},
	}
	r := rand.New(rand.NewPCG(seed, 0x2005))
	for _, f := range fields {
		r.Shuffle(len(f.Options), func(i, j int) { f.Options[i], f.Options[j] = f.Options[j], f.Options[i] })
	}
	return append(fields,
		Field{Name: "wait", Label: "Acknowledgement timeout", Kind: Number, Max: 20, Help: "Seconds until a message that nobody acknowledged comes again."},
		Field{Name: "most", Label: "Deliveries at most", Kind: Number, Max: 20, Help: "0 is without end."},
		Field{Name: "delay", Label: "First delay", Kind: Number, Max: 20, Help: "Seconds."})
}
