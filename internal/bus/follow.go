package bus

import (
	"errors"

	"github.com/nats-io/nats.go"
)

// Follower hears every event on this node, soon and in order, but not for
// sure: caches, feeds and live streams are kept fresh so. What must happen is
// done by a consumer.
type Follower struct {
	// Event is called for each event, one at a time. It must not block.
	Event func(Event)
	// Lost is called when events were missed; what was derived from them must
	// be thrown away.
	Lost func()
}

// Follow makes f hear every event from now on.
func (b *Bus) Follow(f Follower) error {
	b.mu.Lock()
	defer b.mu.Unlock()
	b.followers = append(append([]*Follower(nil), b.followers...), &f)
	if b.sub != nil {
		return nil
	}
	var err error
	if b.sub, err = b.nc.Subscribe("ev.>", b.hear); err != nil {
		return err
	}
	return b.sub.SetPendingLimits(1<<20, 256<<20)
}

func (b *Bus) hear(m *nats.Msg) {
	e, err := event(m.Subject, m.Header, m.Data)
	if err != nil {
		b.log.Warn("event not understood", "error", err)
		return
	}
	e.Own = m.Header.Get(makerHeader) == b.name
	for _, f := range b.following() {
		f.Event(e)
	}
}

func (b *Bus) following() []*Follower {
	b.mu.Lock()
	defer b.mu.Unlock()
	return b.followers
}

func (b *Bus) onError(_ *nats.Conn, _ *nats.Subscription, err error) {
	if errors.Is(err, nats.ErrSlowConsumer) {
		b.lost(err)
	} else {
		b.log.Warn("bus", "error", err)
	}
}

// lost tells the followers that events have passed them by.
func (b *Bus) lost(why error) {
	b.log.Warn("events were missed: what is in memory is read again", "error", why)
	for _, f := range b.following() {
		f.Lost()
	}
}

// Publish tells all nodes something that need not survive. Subjects are built
// from fixed words and ids, never from what people wrote. A nil Bus, of a
// process that only writes to the database, tells nobody.
func (b *Bus) Publish(subject string, data []byte) error {
	if b == nil {
		return nil
	}
	return b.nc.Publish(subject, data)
}

// Subscribe calls f for what is published on a subject, one at a time.
func (b *Bus) Subscribe(subject string, f func(subject string, data []byte)) error {
	_, err := b.nc.Subscribe(subject, func(m *nats.Msg) { f(m.Subject, m.Data) })
	return err
}
