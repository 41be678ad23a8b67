package bus

import (
	"context"
	"time"
)

// SetRetryDelay shortens the wait before a failed event comes again.
func SetRetryDelay(b *Bus, d time.Duration) { b.delay = d }

// Listen and Adopt are what Run does every few seconds.
func Listen(o *Outbox) error                     { return o.listen() }
func Adopt(ctx context.Context, o *Outbox) error { return o.adopt(ctx) }
