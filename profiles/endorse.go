package profiles

import (
	"context"

	"github.com/guildhall/guildhall/internal/db"
	"github.com/guildhall/guildhall/internal/errs"
	"github.com/guildhall/guildhall/internal/ids"
	"github.com/guildhall/guildhall/internal/page"
)

// Endorse recommends an account on one's own profile; once more changes nothing.
// It ends with the follow. Returns NotFound if there is no such account; Invalid
// if one does not follow it.
func (s *Service) Endorse(ctx context.Context, from, to ids.ID) (*Relationship, error) {
	if _, err := s.Account(ctx, to); err != nil {
		return nil, err
	}
	err := s.write(ctx, func(tx *db.Tx) error {
		n, err := db.Exec(ctx, tx, `INSERT INTO profiles_endorsements (from_id, to_id, id)
SELECT from_id, to_id, CAST($3 AS BIGINT) FROM profiles_follows WHERE from_id = $1 AND to_id = $2 AND pending = FALSE
ON CONFLICT (from_id, to_id) DO UPDATE SET id = profiles_endorsements.id`, from, to, s.ids.New(from))
		if err == nil && n == 0 {
			err = errs.New(errs.Invalid, "Validation failed: You must be already following the person you want to endorse")
		}
		return err
	})
	if err != nil {
		return nil, err
	}
	return s.relationship(ctx, from, to)
}

// Unendorse takes Endorse back; there need not be anything. Returns NotFound if
// there is no such account.
func (s *Service) Unendorse(ctx context.Context, from, to ids.ID) (*Relationship, error) {
	if _, err := s.Account(ctx, to); err != nil {
		return nil, err
	}
	if _, err := db.Exec(ctx, s.db, "DELETE FROM profiles_endorsements WHERE from_id = $1 AND to_id = $2", from, to); err != nil {
		return nil, err
	}
	return s.relationship(ctx, from, to)
}

// EndorsementsOf lists whom an account recommends, the latest first, as a viewer
// may see it: nothing if one blocks the other. Returns NotFound if there is no
// such account.
func (s *Service) EndorsementsOf(ctx context.Context, viewer, id ids.ID, p page.Page) ([]Entry, error) {
	a, err := s.Account(ctx, id)
	if err != nil || a.State.Is(Suspended) && viewer != id {
		return nil, err
	}
	g, err := s.Graph(ctx, viewer)
	if err != nil || g.Blocking[id] || g.BlockedBy[id] {
		return nil, err
	}
	return s.entries(ctx, p, "SELECT id, to_id FROM profiles_endorsements WHERE from_id = $1"+notBlocked("profiles_endorsements.to_id"), id, viewer)
}
