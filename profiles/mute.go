package profiles

import (
	"context"
	"errors"
	"time"

	"github.com/guildhall/guildhall/internal/db"
	"github.com/guildhall/guildhall/internal/errs"
	"github.com/guildhall/guildhall/internal/ids"
)

// Mute hides an account's posts from me, and its notifications if wanted, for
// a time, 0 for good. Returns NotFound if there is no such account; Forbidden
// for oneself; Invalid for a negative time.
func (s *Service) Mute(ctx context.Context, from, to ids.ID, notifications bool, d time.Duration) (*Relationship, error) {
	if d < 0 {
		return nil, errs.New(errs.Invalid, "The duration must not be negative")
	}
	var ends int64
	if d > 0 {
		ends = s.now().Add(d).UnixMilli()
	}
	err := s.between(ctx, from, to, func(c *change) (bool, error) {
		_, err := db.Exec(ctx, c.tx, `INSERT INTO profiles_mutes (from_id, to_id, id, notifications, ends_at) VALUES ($1, $2, $3, $4, $5)
ON CONFLICT (from_id, to_id) DO UPDATE SET notifications = excluded.notifications, ends_at = excluded.ends_at`,
			from, to, s.ids.New(from), notifications, ends)
		return true, errors.Join(err, c.tell(ctx, GraphChanged{From: from, To: to}))
	})
	if err != nil {
		return nil, err
	}
	return s.relationship(ctx, from, to)
}

// Unmute takes a mute back; there need not be one. Returns NotFound if there
// is no such account; Forbidden for oneself.
func (s *Service) Unmute(ctx context.Context, from, to ids.ID) (*Relationship, error) {
	return s.undo(ctx, from, to, "DELETE FROM profiles_mutes WHERE from_id = $1 AND to_id = $2")
}
