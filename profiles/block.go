package profiles

import (
	"context"
	"errors"

	"github.com/guildhall/guildhall/internal/db"
	"github.com/guildhall/guildhall/internal/ids"
)

// Block keeps two accounts apart: follows and requests in both directions end.
// Returns NotFound if there is no such account; Forbidden for oneself.
func (s *Service) Block(ctx context.Context, from, to ids.ID) (*Relationship, error) {
	err := s.between(ctx, from, to, func(c *change) (bool, error) {
		n, err := db.Exec(ctx, c.tx, "INSERT INTO profiles_blocks (from_id, to_id, id) VALUES ($1, $2, $3) ON CONFLICT (from_id, to_id) DO NOTHING",
			from, to, s.ids.New(from))
		if err != nil || n == 0 {
			return false, err
		}
		_, err1 := c.unfollow(ctx, from, to)
		_, err2 := c.unfollow(ctx, to, from)
		return true, errors.Join(err1, err2, c.leaveCollections(ctx), c.tell(ctx, GraphChanged{From: from, To: to, Blocked: true}))
	})
	if err != nil {
		return nil, err
	}
	return s.relationship(ctx, from, to)
}

// Unblock takes a block back; there need not be one. Returns NotFound if there
// is no such account; Forbidden for oneself.
func (s *Service) Unblock(ctx context.Context, from, to ids.ID) (*Relationship, error) {
	return s.undo(ctx, from, to, "DELETE FROM profiles_blocks WHERE from_id = $1 AND to_id = $2")
}

// undo removes a block or a mute.
func (s *Service) undo(ctx context.Context, from, to ids.ID, text string) (*Relationship, error) {
	err := s.between(ctx, from, to, func(c *change) (bool, error) {
		there, err := c.delete(ctx, text, from, to)
		if err != nil || !there {
			return false, err
		}
		return true, c.tell(ctx, GraphChanged{From: from, To: to})
	})
	if err != nil {
		return nil, err
	}
	return s.relationship(ctx, from, to)
}
