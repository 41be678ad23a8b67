package httpx

import (
	"context"
	"sync/atomic"
	"time"

	"github.com/guildhall/guildhall/internal/errs"
)

// Gate bounds how many requests run at once, those of both edges together. A few
// more may wait for a moment; the rest are told to come back, which costs next
// to nothing and keeps those that run fast. A nil *Gate lets everybody in.
type Gate struct {
	slots   chan struct{}
	waiting atomic.Int64
	queue   int64
	wait    time.Duration
}

// NewGate returns a gate for so many requests at once and so many that wait, for
// no longer than wait.
func NewGate(slots, queue int, wait time.Duration) *Gate {
	return &Gate{slots: make(chan struct{}, slots), queue: int64(queue), wait: wait}
}

// Load returns how many requests run and how many wait.
func (g *Gate) Load() (running, waiting int) { return len(g.slots), int(g.waiting.Load()) }

// enter takes a slot. It returns Unavailable when the queue is full or the wait
// was in vain.
func (g *Gate) enter(ctx context.Context) error {
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

func busy() error {
	return &errs.Error{Kind: errs.Unavailable, Text: "The server is busy, try again in a moment", After: 5 * time.Second}
}

// Slot is one request's place behind a gate. Who sends or reads slowly must not
// keep the slot that others wait for: leave before the answer is written, and
// while a body is read.
type Slot struct {
	Gate *Gate
	held bool
}

// Enter takes a slot. Returns Unavailable if there is none to be had.
func (s *Slot) Enter(ctx context.Context) error {
	if s.Gate == nil {
		return nil
	}
	err := s.Gate.enter(ctx)
	s.held = err == nil
	return err
}

// Leave gives the slot back, and tells whether there was one.
func (s *Slot) Leave() bool {
	held := s.held
	if held {
		s.held = false
		<-s.Gate.slots
	}
	return held
}
