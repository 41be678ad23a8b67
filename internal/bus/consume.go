package bus

import (
	"context"
	"errors"
	"maps"
	"slices"
	"sync"
	"time"

	"github.com/nats-io/nats.go"
	"github.com/nats-io/nats.go/jetstream"
)

const (
	batchMax = 256
	// linger is how long a batch waits to grow.
	linger = 10 * time.Millisecond
	// attempts is how often a consumer tries an event before it is parked.
	attempts = 5
	// patience is how long nothing may be heard of a node that was given events
	// before they are given to another one.
	patience = 30 * time.Second
	// workMax is how long one call of a handler may take.
	workMax = 5 * time.Minute
	// givenMax is how many events may be given out and not dealt with.
	givenMax = 4 * batchMax
)

// Handler deals with events in the order they came. An error means that none
// of them counts as done: they come again, one by one, so that one bad event
// does not hold up the others. It must do no harm if events come twice, or late,
// and may be called while another call runs, here or on another node.
type Handler func(ctx context.Context, events []Event) error

// Consumer names a durable consumer and what it wants.
type Consumer struct {
	Name   string   // nodes that use the same name share the work
	Events []string // "domain.kind", or "domain.*" for all of a domain
	Handle Handler
}

type consumer struct {
	bus     *Bus
	spec    Consumer
	durable jetstream.Consumer
	cons    jetstream.ConsumeContext
	queue   chan jetstream.Msg
	ctx     context.Context
	cancel  context.CancelFunc
	ended   sync.WaitGroup
	mu      sync.Mutex
	holding map[jetstream.Msg]bool // given to this node and not answered
}

// Consume starts a consumer; it runs until the bus is closed. Events that were
// parked are tried once more at the start and every few minutes.
func (b *Bus) Consume(ctx context.Context, spec Consumer) error {
	subjects := make([]string, len(spec.Events))
	for i, e := range spec.Events {
		subjects[i] = "ev." + e
	}
	durable, err := b.stream.CreateOrUpdateConsumer(ctx, jetstream.ConsumerConfig{
		Durable: spec.Name, FilterSubjects: subjects, AckPolicy: jetstream.AckExplicitPolicy,
		AckWait: b.patience, MaxAckPending: givenMax,
	})
	if err != nil {
		return err
	}
	// No more can come than fit, so all that came is held, and none waits unseen
	// in the connection while its time runs out.
	c := &consumer{bus: b, spec: spec, durable: durable, queue: make(chan jetstream.Msg, givenMax), holding: map[jetstream.Msg]bool{}}
	c.ctx, c.cancel = context.WithCancel(context.WithoutCancel(ctx))
	c.cons, err = durable.Consume(func(m jetstream.Msg) {
		c.hold(m)
		select {
		case c.queue <- m:
		case <-c.ctx.Done():
		}
	}, jetstream.PullMaxMessages(2*batchMax))
	if err != nil {
		c.cancel()
		return err
	}
	c.ended.Go(c.run)
	c.ended.Go(c.keep)
	c.ended.Go(c.mend)
	b.mu.Lock()
	b.consumers = append(slices.Clip(b.consumers), c)
	b.mu.Unlock()
	return nil
}

func (c *consumer) stop() {
	c.cancel()
	c.cons.Stop()
	c.ended.Wait()
}

func (c *consumer) run() {
	for {
		select {
		case <-c.ctx.Done():
			return
		case m := <-c.queue:
			c.handle(c.gather(m))
		}
	}
}

// gather waits a moment for more events: a batch is one commit, and under load
// few large commits cost a fraction of many small ones.
func (c *consumer) gather(first jetstream.Msg) []jetstream.Msg {
	batch := []jetstream.Msg{first}
	full := time.NewTimer(linger)
	defer full.Stop()
	for len(batch) < batchMax {
		select {
		case m := <-c.queue:
			batch = append(batch, m)
		case <-full.C:
			return batch
		case <-c.ctx.Done():
			return batch
		}
	}
	return batch
}

func (c *consumer) handle(batch []jetstream.Msg) {
	events := make([]Event, 0, len(batch))
	for _, m := range batch {
		e, err := event(m.Subject(), m.Headers(), m.Data())
		if err != nil {
			c.bus.log.Error("event not understood", "consumer", c.spec.Name, "error", err)
			continue // acknowledged below: nobody can ever deal with it
		}
		events = append(events, e)
	}
	err := c.try(events)
	if err == nil {
		for _, m := range batch {
			c.answer(m, m.Ack)
		}
		return
	}
	if len(batch) > 1 && c.ctx.Err() == nil {
		for _, m := range batch {
			c.handle([]jetstream.Msg{m})
		}
		return
	}
	c.again(batch[0], err)
}

func (c *consumer) try(events []Event) error {
	ctx, cancel := context.WithTimeout(c.ctx, workMax)
	defer cancel()
	err := c.spec.Handle(ctx, events)
	if err != nil {
		c.bus.metrics.failed.WithLabelValues(c.spec.Name).Inc()
		return err
	}
	c.bus.metrics.handled.WithLabelValues(c.spec.Name).Add(float64(len(events)))
	return nil
}

func (c *consumer) hold(m jetstream.Msg) {
	c.mu.Lock()
	defer c.mu.Unlock()
	c.holding[m] = true
}

// answer says what has become of an event, which is not this node's any more.
func (c *consumer) answer(m jetstream.Msg, say func() error) {
	c.mu.Lock()
	delete(c.holding, m)
	c.mu.Unlock()
	// The event comes again if this is lost; at shutdown that is expected.
	if err := say(); err != nil && c.ctx.Err() == nil {
		c.bus.log.Warn("event not acknowledged", "consumer", c.spec.Name, "error", err)
	}
}

// again has a failed event delivered later, or puts it aside.
func (c *consumer) again(m jetstream.Msg, cause error) {
	if c.ctx.Err() != nil {
		c.answer(m, m.Nak)
		return
	}
	meta, err := m.Metadata()
	if err != nil {
		c.bus.log.Error("event without metadata", "consumer", c.spec.Name, "error", err)
		return
	}
	log := c.bus.log.With("consumer", c.spec.Name, "subject", m.Subject(), "attempt", meta.NumDelivered, "error", cause)
	if meta.NumDelivered < attempts {
		log.Warn("event failed")
		c.answer(m, func() error { return m.NakWithDelay(c.bus.delay << meta.NumDelivered) })
		return
	}
	parked := &nats.Msg{Subject: "parked." + c.spec.Name, Header: m.Headers(), Data: m.Data()}
	parked.Header.Set("Guildhall-Subject", m.Subject())
	if _, err := c.bus.js.PublishMsg(c.ctx, parked); err != nil {
		log.Error("event not parked", "parking", err)
		c.answer(m, func() error { return m.NakWithDelay(patience) })
		return
	}
	log.Error("event parked")
	c.bus.metrics.parked.WithLabelValues(c.spec.Name).Inc()
	c.answer(m, m.Ack)
}

// keep tells the stream now and then that the events which wait here, or are
// worked on, are in good hands: they would be given out again, and each time
// counts as an attempt.
func (c *consumer) keep() {
	tick := time.NewTicker(c.bus.patience / 3)
	defer tick.Stop()
	for {
		select {
		case <-c.ctx.Done():
			return
		case <-tick.C:
		}
		c.mu.Lock()
		held := slices.Collect(maps.Keys(c.holding))
		c.mu.Unlock()
		for _, m := range held {
			// One that was answered since refuses, and so does a connection that is
			// away: the event comes again then.
			if err := m.InProgress(); err != nil && !errors.Is(err, jetstream.ErrMsgAlreadyAckd) && c.ctx.Err() == nil {
				c.bus.log.Warn("event not kept", "consumer", c.spec.Name, "error", err)
				break
			}
		}
	}
}

// mend tries the parked events again now and then: what they failed for, a
// database or a mail server that was away, is over some time. It holds up
// neither the start nor the other events.
func (c *consumer) mend() {
	again := time.NewTicker(c.bus.rest)
	defer again.Stop()
	for {
		if err := c.unpark(c.ctx); err != nil && c.ctx.Err() == nil {
			c.bus.log.Error("parked events not read", "consumer", c.spec.Name, "error", err)
		}
		select {
		case <-c.ctx.Done():
			return
		case <-again.C:
		}
	}
}

// unpark tries the events once more that were put aside.
func (c *consumer) unpark(ctx context.Context) error {
	stream, err := c.bus.js.Stream(ctx, "PARKED")
	if err != nil {
		return err
	}
	for next := uint64(1); ; {
		m, err := stream.GetMsg(ctx, next, jetstream.WithGetMsgSubject("parked."+c.spec.Name))
		if errors.Is(err, jetstream.ErrMsgNotFound) {
			return nil
		}
		if err != nil {
			return err
		}
		next = m.Sequence + 1
		e, err := event(m.Header.Get("Guildhall-Subject"), m.Header, m.Data)
		if err == nil {
			err = c.try([]Event{e})
		}
		if err == nil {
			err = stream.DeleteMsg(ctx, m.Sequence) // fails if another node was faster
		}
		if err != nil && ctx.Err() == nil {
			c.bus.log.Warn("event stays parked", "consumer", c.spec.Name, "sequence", m.Sequence, "error", err)
		}
	}
}
