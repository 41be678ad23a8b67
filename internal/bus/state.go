package bus

import (
	"context"
	"slices"
	"strings"
	"time"
)

// State is how the queues do.
type State struct {
	Consumers []ConsumerState // by name
	Outboxes  []OutboxState   // by domain
	Messages  uint64          // in the stream, three days of them
	Bytes     uint64
}

// ConsumerState is how a durable consumer does, on all nodes together.
type ConsumerState struct {
	Name        string
	Pending     int // not given to a node yet
	InProgress  int // given to one, and not answered
	Redelivered int // among these, given more than once
	Parked      int // put aside after too many failures; -1: not known
}

// OutboxState is how far a domain's events are published by this process.
type OutboxState struct {
	Domain  string
	Waiting int           // events that wait
	Lag     time.Duration // how long the first one does
	Behind  bool          // the table is read for more
}

// State looks at the queues that this process works on.
func (b *Bus) State(ctx context.Context) (State, error) {
	b.mu.Lock()
	outboxes, consumers := b.outboxes, b.consumers
	b.mu.Unlock()
	info, err := b.stream.Info(ctx)
	if err != nil {
		return State{}, err
	}
	s := State{Messages: info.State.Msgs, Bytes: info.State.Bytes}
	for _, o := range outboxes {
		s.Outboxes = append(s.Outboxes, o.state())
	}
	for _, c := range consumers {
		info, err := c.durable.Info(ctx)
		if err != nil {
			return State{}, err
		}
		s.Consumers = append(s.Consumers, ConsumerState{Name: c.spec.Name, Pending: int(info.NumPending), InProgress: info.NumAckPending,
			Redelivered: info.NumRedelivered, Parked: b.Parked(ctx, c.spec.Name)})
	}
	slices.SortFunc(s.Consumers, func(a, b ConsumerState) int { return strings.Compare(a.Name, b.Name) })
	slices.SortFunc(s.Outboxes, func(a, b OutboxState) int { return strings.Compare(a.Domain, b.Domain) })
	return s, nil
}

func (o *Outbox) state() OutboxState {
	o.mu.Lock()
	defer o.mu.Unlock()
	s := OutboxState{Domain: o.db.Name(), Waiting: len(o.pending), Behind: o.behind}
	if len(o.pending) > 0 {
		s.Lag = max(0, o.now().Sub(o.pending[0].At()))
	}
	return s
}
