package bus

import (
	"context"
	"encoding/json"
	"errors"
	"slices"
	"sync"
	"time"

	"github.com/guildhall/guildhall/internal/db"
	"github.com/guildhall/guildhall/internal/ids"
	"github.com/nats-io/nats.go/jetstream"
)

// Payload is a domain's type for one kind of event.
type Payload interface {
	// Kind is a fixed word: it becomes part of the subject.
	Kind() string
}

// Outbox keeps a domain's events in its table <domain>_outbox, written in the
// transaction of the change they tell of, and relays them to the stream after
// the commit. The row's id is the message id, so publishing twice does no harm.
type Outbox struct {
	bus     *Bus
	db      *db.DB
	gen     *ids.Generator
	now     func() time.Time
	insert  string
	mu      sync.Mutex
	pending []Event
	behind  bool // pending is not all there is: read the table
	busy    bool // publishing now
	nudge   chan struct{}
	orphans orphans
}

// pendingMax bounds the memory that waiting events take while NATS is away.
const pendingMax = 1 << 14

// overlap is how far before the last message in the stream publishing starts
// again: another node's event may have been committed out of order.
const overlap = time.Minute

// NewOutbox returns the outbox of a domain. Run must be running for its events
// to go out, here or in another process on the same database: one that does
// not relay may pass no bus.
func NewOutbox(b *Bus, d *db.DB, gen *ids.Generator, now func() time.Time) *Outbox {
	return &Outbox{bus: b, db: d, gen: gen, now: now, behind: true, nudge: make(chan struct{}, 1),
		insert: "INSERT INTO " + d.Name() + "_outbox (id, kind, data) VALUES ($1, $2, $3)"}
}

// Add records an event in the transaction of the change that it tells of, and
// returns its id.
func (o *Outbox) Add(ctx context.Context, tx *db.Tx, p Payload) (ids.ID, error) {
	data, err := json.Marshal(p)
	if err != nil {
		return 0, err
	}
	e := Event{ID: o.gen.Global(), Domain: o.db.Name(), Kind: p.Kind(), Data: data, Own: true}
	if _, err := db.Exec(ctx, tx, o.insert, e.ID, e.Kind, e.Data); err != nil {
		return 0, err
	}
	tx.OnCommit(func() { o.hand(e) })
	return e.ID, nil
}

func (o *Outbox) hand(e Event) {
	o.mu.Lock()
	if len(o.pending) < pendingMax {
		o.pending = append(o.pending, e)
	} else {
		o.pending, o.behind = nil, true
	}
	o.mu.Unlock()
	select {
	case o.nudge <- struct{}{}:
	default:
	}
}

// Run relays until ctx ends. It starts with what the stream does not hold.
func (o *Outbox) Run(ctx context.Context) {
	o.bus.mu.Lock()
	o.bus.outboxes = append(slices.Clip(o.bus.outboxes), o)
	o.bus.mu.Unlock()
	sweep := time.NewTicker(time.Hour)
	defer sweep.Stop()
	retry := time.NewTicker(time.Second)
	defer retry.Stop()
	look := time.NewTicker(orphanAge)
	defer look.Stop()
	o.report(ctx, "relay", o.listen())
	for ctx.Err() == nil {
		o.report(ctx, "relay", o.relay(ctx))
		select {
		case <-ctx.Done():
		case <-o.nudge:
		case <-retry.C:
		case <-look.C:
			o.report(ctx, "outbox orphans", o.adopt(ctx))
		case <-sweep.C:
			o.report(ctx, "outbox sweep", o.sweep(ctx))
		}
	}
}

func (o *Outbox) report(ctx context.Context, what string, err error) {
	if err != nil && ctx.Err() == nil {
		o.bus.log.Error(what, "domain", o.db.Name(), "error", err)
	}
}

// relay publishes what is pending, or reads the table when that is not all.
func (o *Outbox) relay(ctx context.Context) error {
	o.mu.Lock()
	events, behind := o.pending, o.behind
	o.pending, o.behind, o.busy = nil, false, true
	o.mu.Unlock()
	var err error
	if behind { // what was pending is in the table, too
		err = o.catchUp(ctx)
	} else {
		err = o.publish(ctx, events)
	}
	o.mu.Lock()
	o.busy = false
	o.behind = o.behind || err != nil
	o.mu.Unlock()
	return err
}

func (o *Outbox) publish(ctx context.Context, events []Event) error {
	acks := make([]jetstream.PubAckFuture, 0, len(events))
	for _, e := range events {
		ack, err := o.bus.js.PublishMsgAsync(o.bus.message(e))
		if err != nil {
			return err
		}
		acks = append(acks, ack)
	}
	deadline := time.NewTimer(10 * time.Second)
	defer deadline.Stop()
	for _, ack := range acks {
		select {
		case <-ack.Ok():
		case err := <-ack.Err():
			return err
		case <-deadline.C:
			return errors.New("the stream does not acknowledge")
		case <-ctx.Done():
			return ctx.Err()
		}
	}
	o.bus.metrics.published.WithLabelValues(o.db.Name()).Add(float64(len(events)))
	return nil
}

// catchUp publishes the table's rows from shortly before the last one that the
// stream holds, without those that it holds.
func (o *Outbox) catchUp(ctx context.Context) error {
	after, held, err := o.held(ctx)
	if err != nil {
		return err
	}
	text := "SELECT id, kind, data FROM " + o.db.Name() + "_outbox WHERE id > $1 ORDER BY id LIMIT 500"
	for {
		events, err := db.All(ctx, o.db, o.columns, text, after)
		if err != nil || len(events) == 0 {
			return err
		}
		after = events[len(events)-1].ID
		events = slices.DeleteFunc(events, func(e Event) bool { return held[e.ID] })
		if err := o.publish(ctx, events); err != nil {
			return err
		}
	}
}

func (o *Outbox) columns(e *Event) []any {
	e.Domain = o.db.Name()
	return []any{&e.ID, &e.Kind, &e.Data}
}

// sweep deletes rows that are older than what the stream keeps, a bounded
// number at a time so that no writer waits long.
func (o *Outbox) sweep(ctx context.Context) error {
	text := "DELETE FROM " + o.db.Name() + "_outbox WHERE id IN (SELECT id FROM " + o.db.Name() + "_outbox WHERE id < $1 ORDER BY id LIMIT 1000)"
	for {
		n, err := db.Exec(ctx, o.db, text, ids.At(o.now().Add(-keep)))
		if err != nil || n == 0 {
			return err
		}
	}
}
