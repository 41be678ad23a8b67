package bus

import (
	"context"
	"time"
)

// Settle waits until every event that was recorded before the call has been
// dealt with by all consumers of this process.
func (b *Bus) Settle(ctx context.Context) error {
	for {
		done, err := b.settled(ctx)
		if done || err != nil {
			return err
		}
		select {
		case <-ctx.Done():
			return ctx.Err()
		case <-time.After(5 * time.Millisecond):
		}
	}
}

func (b *Bus) settled(ctx context.Context) (bool, error) {
	b.mu.Lock()
	outboxes, consumers := b.outboxes, b.consumers
	b.mu.Unlock()
	for _, o := range outboxes {
		o.mu.Lock()
		waiting := len(o.pending) > 0 || o.behind || o.busy
		o.mu.Unlock()
		if waiting {
			return false, nil
		}
	}
	for _, c := range consumers {
		info, err := c.durable.Info(ctx)
		if err != nil {
			return false, err
		}
		if info.NumPending > 0 || info.NumAckPending > 0 {
			return false, nil
		}
	}
	return true, nil
}
