package bus

import "time"

// SetRetryDelay shortens the wait before a failed event comes again.
func SetRetryDelay(b *Bus, d time.Duration) { b.delay = d }
