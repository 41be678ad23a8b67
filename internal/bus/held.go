package bus

import (
	"context"
	"errors"
	"time"

	"github.com/guildhall/guildhall/internal/ids"
	"github.com/nats-io/nats.go/jetstream"
)

// heldAtOnce is how many messages one request to the stream asks for.
const heldAtOnce = 4096

// held tells from which id on rows may be missing in the stream, and which
// later ones it holds. The stream itself only knows for two minutes what it was
// given; after a longer stop it would take the last events a second time.
func (o *Outbox) held(ctx context.Context) (after ids.ID, held map[ids.ID]bool, err error) {
	subject := "ev." + o.db.Name() + ".>"
	last, err := o.bus.stream.GetLastMsgForSubject(ctx, subject)
	if errors.Is(err, jetstream.ErrMsgNotFound) {
		return 0, nil, nil
	}
	if err != nil {
		return 0, nil, err
	}
	e, err := event(last.Subject, last.Header, last.Data)
	if err != nil {
		return 0, nil, err
	}
	// Twice as far back, for events are published some time after they are made.
	from := last.Time.Add(-2 * overlap)
	c, err := o.bus.stream.CreateConsumer(ctx, jetstream.ConsumerConfig{FilterSubjects: []string{subject}, AckPolicy: jetstream.AckNonePolicy,
		DeliverPolicy: jetstream.DeliverByStartTimePolicy, OptStartTime: &from, HeadersOnly: true, MemoryStorage: true, InactiveThreshold: time.Minute})
	if err != nil {
		return 0, nil, err
	}
	held = map[ids.ID]bool{}
	for left := c.CachedInfo().NumPending; left > 0; {
		n, err := o.note(c, held)
		if err != nil {
			return 0, nil, err
		}
		left -= min(left, uint64(n))
	}
	return ids.At(e.At().Add(-overlap)), held, o.bus.stream.DeleteConsumer(ctx, c.CachedInfo().Name)
}

// note adds the next messages' events to held and returns how many they are.
func (o *Outbox) note(c jetstream.Consumer, held map[ids.ID]bool) (n int, err error) {
	batch, err := c.FetchNoWait(heldAtOnce)
	if err != nil {
		return 0, err
	}
	for m := range batch.Messages() {
		n++
		if e, err := event(m.Subject(), m.Headers(), nil); err == nil {
			held[e.ID] = true
		}
	}
	if err := batch.Error(); err != nil {
		return n, err
	}
	if n == 0 {
		return 0, errors.New("the stream does not give what it holds")
	}
	return n, nil
}
