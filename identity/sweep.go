package identity

import (
	"context"
	"time"

	"github.com/guildhall/guildhall/internal/db"
)

// usedCodesKept is how long a code is remembered after its end, so that whoever
// uses it again is noticed.
const usedCodesKept = 24 * time.Hour

// sweeping deletes every hour what has expired, until ctx ends.
func (s *Service) sweeping(ctx context.Context) {
	tick := time.NewTicker(time.Hour)
	defer tick.Stop()
	for {
		s.reloadNetworks(ctx) // the net below events
		if err := s.sweep(ctx); err != nil && ctx.Err() == nil {
			s.log.ErrorContext(ctx, "sweep", "domain", "identity", "error", err)
		}
		select {
		case <-ctx.Done():
			return
		case <-tick.C:
		}
	}
}

// sweep deletes what has expired, a bounded number at a time so that no writer
// waits long.
func (s *Service) sweep(ctx context.Context) error {
	now := s.now()
	for _, d := range []struct {
		text   string
		before time.Time
	}{
		{`DELETE FROM identity_sessions WHERE id IN
			(SELECT id FROM identity_sessions WHERE used_at < $1 ORDER BY used_at LIMIT 1000)`, now.Add(-s.cfg.SessionTTL)},
		{`DELETE FROM identity_codes WHERE hash IN
			(SELECT hash FROM identity_codes WHERE expires_at < $1 ORDER BY expires_at LIMIT 1000)`, now.Add(-usedCodesKept)},
		{`DELETE FROM identity_links WHERE hash IN
			(SELECT hash FROM identity_links WHERE expires_at < $1 ORDER BY expires_at LIMIT 1000)`, now},
		{`DELETE FROM identity_addresses WHERE (user_id, address) IN
			(SELECT user_id, address FROM identity_addresses WHERE used_at < $1 ORDER BY used_at LIMIT 1000)`, now.Add(-addressesFor)},
	} {
		for {
			n, err := db.Exec(ctx, s.db, d.text, d.before.UnixMilli())
			if err != nil {
				return err
			}
			if n == 0 {
				break
			}
		}
	}
	return nil
}
