package posts

import (
	"context"

	"github.com/guildhall/guildhall/internal/db"
	"github.com/guildhall/guildhall/internal/errs"
	"github.com/guildhall/guildhall/internal/ids"
)

// Boost shows a post to the viewer's followers and returns the boost; a boost's
// boost is one of the original. It happens once: later calls return the first
// boost. vis is who sees it, nil for the viewer's default. Returns NotFound if
// the viewer may not see the post; Forbidden if it is not for all to see, unless
// it is the viewer's own and for followers; Invalid for a direct boost.
func (s *Service) Boost(ctx context.Context, viewer, id ids.ID, vis *Visibility) (*View, error) {
	of, err := s.original(ctx, viewer, id)
	if err != nil {
		return nil, err
	}
	account, err := s.Profiles.Account(ctx, viewer)
	if err != nil {
		return nil, err
	}
	circle := privacy(account)
	if vis != nil {
		circle = *vis
	}
	switch {
	case of.Visibility == Direct, of.Visibility == Followers && of.AccountID != viewer:
		return nil, errs.New(errs.Forbidden, "This action is not allowed")
	case circle == Direct:
		return nil, invalid("A boost can't be direct")
	case of.Visibility == Followers:
		circle = Followers
	}
	boost := boosting{s: s, of: of, template: Post{AccountID: viewer, BoostOfID: of.ID, Visibility: circle}}
	if err := s.write(ctx, func(tx *db.Tx) error { return boost.store(ctx, tx) }); err != nil {
		return nil, err
	}
	if boost.earlier == 0 {
		s.fresh(boost.post, nil)
		s.published(boost.created)
	}
	return s.view(ctx, viewer, boost.post.ID)
}

// boosting is a boost on its way into the database.
type boosting struct {
	s        *Service
	of       *Post
	template Post

	// What a run of store has made.
	earlier ids.ID // the boost that there was already
	post    *Post
	created Created
}

func (b *boosting) store(ctx context.Context, tx *db.Tx) error {
	p := b.template
	p.ID = b.s.IDs.New(p.AccountID)
	p.CreatedAt = p.ID.Time()
	b.post, b.earlier = &p, 0
	n, err := insertPost(ctx, tx, &p)
	if err != nil {
		return err
	}
	if n == 0 {
		b.earlier, err = db.Value[ids.ID](ctx, tx, "SELECT id FROM posts_posts WHERE boost_of_id = $1 AND account_id = $2 AND boost_of_id <> 0", p.BoostOfID, p.AccountID)
		p.ID = b.earlier
		return err
	}
	if ok, err := b.s.bump(ctx, tx, p.BoostOfID, "boosts", 1); err != nil {
		return err
	} else if !ok {
		return errs.NotFoundRecord()
	}
	if err := b.s.countPost(ctx, tx, &p); err != nil {
		return err
	}
	tx.OnCommit(func() { b.s.markViewer(p.AccountID, p.BoostOfID, func(st *ViewerState) { st.Boosted = true }) })
	b.created = Created{ID: p.ID, AccountID: p.AccountID, BoostOfID: p.BoostOfID, BoostOfAccountID: b.of.AccountID, Visibility: p.Visibility}
	_, err = b.s.outbox.Add(ctx, tx, b.created)
	return err
}

// Unboost takes Boost back and returns the post that was boosted. Returns
// NotFound if the viewer may not see it.
func (s *Service) Unboost(ctx context.Context, viewer, id ids.ID) (*View, error) {
	of, err := s.original(ctx, viewer, id)
	if err != nil {
		return nil, err
	}
	err = s.write(ctx, func(tx *db.Tx) error {
		boosts, err := db.All(ctx, tx, scanBoost, "DELETE FROM posts_posts WHERE boost_of_id = $1 AND account_id = $2 AND boost_of_id <> 0 RETURNING id, account_id, visibility", of.ID, viewer)
		if err != nil || len(boosts) == 0 {
			return err
		}
		return s.unboosted(ctx, tx, of.ID, boosts)
	})
	if err != nil {
		return nil, err
	}
	return s.view(ctx, viewer, of.ID)
}

// boostRow is what is told of a boost that is gone.
type boostRow struct {
	id, account ids.ID
	visibility  Visibility
}

func scanBoost(r *boostRow) []any { return []any{&r.id, &r.account, &r.visibility} }

// unboosted does what hangs on boosts of a post that have been deleted:
// counters, caches and events.
func (s *Service) unboosted(ctx context.Context, tx *db.Tx, of ids.ID, gone []boostRow) error {
	if _, err := s.bump(ctx, tx, of, "boosts", -len(gone)); err != nil {
		return err
	}
	for _, b := range gone {
		if err := uncountPost(ctx, tx, b.account, b.visibility); err != nil {
			return err
		}
		tx.OnCommit(func() { s.markViewer(b.account, of, func(st *ViewerState) { st.Boosted = false }) })
		if err := s.tellDeleted(ctx, tx, Deleted{ID: b.id, AccountID: b.account, ParentID: of, BoostOfID: of, Visibility: b.visibility}); err != nil {
			return err
		}
	}
	return nil
}
