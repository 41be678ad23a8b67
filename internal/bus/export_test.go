package bus

import (
	"context"
	"time"
)

// SetRetryDelay shortens the wait before a failed event comes again.
func SetRetryDelay(b *Bus, d time.Duration) { b.delay = d }

// SetRest shortens the wait before parked events are tried again.
func SetRest(b *Bus, d time.Duration) { b.rest = d }

// SetPatience shortens the time after which events are given to another node.
func SetPatience(b *Bus, d time.Duration) { b.patience = d }

// Disconnect cuts the connection to the inside server; it comes back by itself.
func Disconnect(b *Bus) error {
	id, err := b.nc.GetClientID()
	if err != nil {
		return err
	}
	return b.server.DisconnectClientByID(id)
}

// Listen and Adopt are what Run does every few seconds.
func Listen(o *Outbox) error                     { return o.listen() }
func Adopt(ctx context.Context, o *Outbox) error { return o.adopt(ctx) }
