package profiles

import (
	"context"
	"errors"

	"github.com/guildhall/guildhall/internal/db"
	"github.com/guildhall/guildhall/internal/errs"
	"github.com/guildhall/guildhall/internal/ids"
)

// AuthorizeRequest lets an account follow me that asked to. Returns NotFound if
// it did not ask; Forbidden for oneself.
func (s *Service) AuthorizeRequest(ctx context.Context, me, from ids.ID) (*Relationship, error) {
	err := s.between(ctx, from, me, func(c *change) (bool, error) {
		// A new id: the follower of this moment is the newest.
		n, err := db.Exec(ctx, c.tx, "UPDATE profiles_follows SET pending = FALSE, id = $3 WHERE from_id = $1 AND to_id = $2 AND pending = TRUE",
			from, me, s.ids.New(me))
		if err != nil {
			return false, err
		}
		if n == 0 {
			return false, errs.NotFoundRecord()
		}
		return true, errors.Join(
			c.count(ctx, from, 0, 1, 0),
			c.count(ctx, me, 1, 0, -1),
			c.tell(ctx, RequestEnded{From: from, To: me, Accepted: true}),
			c.tell(ctx, Followed{From: from, To: me}))
	})
	if err != nil {
		return nil, err
	}
	return s.relationship(ctx, me, from)
}

// RejectRequest turns down an account that asked to follow me. Returns NotFound
// if it did not ask; Forbidden for oneself.
func (s *Service) RejectRequest(ctx context.Context, me, from ids.ID) (*Relationship, error) {
	err := s.between(ctx, from, me, func(c *change) (bool, error) {
		asked, err := c.exists(ctx, "SELECT 1 FROM profiles_follows WHERE from_id = $1 AND to_id = $2 AND pending = TRUE", from, me)
		if err != nil {
			return false, err
		}
		if !asked {
			return false, errs.NotFoundRecord()
		}
		return c.unfollow(ctx, from, me)
	})
	if err != nil {
		return nil, err
	}
	return s.relationship(ctx, me, from)
}
