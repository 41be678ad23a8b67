package mastodon

import (
	"context"
	"sync/atomic"
	"time"

	"github.com/guildhall/guildhall/internal/errs"
)

// gate bounds how many requests run at once. A few more may wait for a moment;
// the rest are told to come back, which costs next to nothing and keeps those
// that run fast.
type gate struct {
	slots   chan struct{}
	waiting atomic.Int64
	queue   int64
	wait    time.Duration
}

func newGate(slots, queue int, wait time.Duration) *gate {
	return &gate{slots: make(chan struct{}, slots), queue: int64(queue), wait: wait}
}

// enter takes a slot; the caller gives it back with leave. It returns
// Unavailable when the queue is full or the wait was in vain.
func (g *gate) enter(ctx context.Context) error {
	select {
	case g.slots <- struct{}{}:
		return nil
	default:
	}
	defer g.waiting.Add(-1)
	if g.waiting.Add(1) > g.queue {
		return busy()
	}
	timer := time.NewTimer(g.wait)
	defer timer.Stop()
	select {
	case g.slots <- struct{}{}:
		return nil
	case <-timer.C:
	case <-ctx.Done():
	}
	return busy()
}

func (g *gate) leave() { <-g.slots }

// enter takes a slot for the call.
func (c *Call) enter() error {
	err := c.server.gate.enter(c.R.Context())
	c.slot = err == nil
	return err
}

// leave gives the call's slot back, if it has one.
func (c *Call) leave() {
	if c.slot {
		c.slot = false
		c.server.gate.leave()
	}
}

func busy() error {
	return &errs.Error{Kind: errs.Unavailable, Text: "The server is busy, try again in a moment", After: 5 * time.Second}
}
