package posts

import (
	"context"

	"github.com/guildhall/guildhall/internal/db"
	"github.com/guildhall/guildhall/internal/ids"
)

// original returns a post that the viewer may see, of a boost what it boosts.
// Returns NotFound if there is none.
func (s *Service) original(ctx context.Context, viewer, id ids.ID) (*Post, error) {
	e, err := s.visibleTo(ctx, viewer, id)
	if err != nil || e.post.BoostOfID == 0 {
		return post(e), err
	}
	e, err = s.visibleTo(ctx, viewer, e.post.BoostOfID)
	return post(e), err
}

func post(e *entry) *Post {
	if e == nil {
		return nil
	}
	return e.post
}

// Favourite tells that the viewer likes a post; once more changes nothing.
// Returns NotFound if the viewer may not see the post.
func (s *Service) Favourite(ctx context.Context, viewer, id ids.ID) (*View, error) {
	p, err := s.original(ctx, viewer, id)
	if err != nil {
		return nil, err
	}
	err = s.write(ctx, func(tx *db.Tx) error {
		n, err := db.Exec(ctx, tx, `INSERT INTO posts_favourites (account_id, post_id, id)
			SELECT CAST($1 AS BIGINT), id, CAST($2 AS BIGINT) FROM posts_posts WHERE id = $3 ON CONFLICT (account_id, post_id) DO NOTHING`,
			viewer, s.IDs.New(viewer), p.ID)
		if err != nil || n == 0 {
			return err
		}
		if _, err := s.bump(ctx, tx, p.ID, "favourites", 1); err != nil {
			return err
		}
		tx.OnCommit(func() { s.markViewer(viewer, p.ID, func(st *ViewerState) { st.Favourited = true }) })
		_, err = s.outbox.Add(ctx, tx, Favourited{PostID: p.ID, AccountID: viewer, AuthorID: p.AccountID})
		return err
	})
	if err != nil {
		return nil, err
	}
	return s.view(ctx, viewer, p.ID)
}

// Unfavourite takes Favourite back. Returns NotFound if the viewer may not see
// the post.
func (s *Service) Unfavourite(ctx context.Context, viewer, id ids.ID) (*View, error) {
	p, err := s.original(ctx, viewer, id)
	if err != nil {
		return nil, err
	}
	err = s.write(ctx, func(tx *db.Tx) error {
		n, err := db.Exec(ctx, tx, "DELETE FROM posts_favourites WHERE account_id = $1 AND post_id = $2", viewer, p.ID)
		if err != nil || n == 0 {
			return err
		}
		if _, err := s.bump(ctx, tx, p.ID, "favourites", -1); err != nil {
			return err
		}
		tx.OnCommit(func() { s.markViewer(viewer, p.ID, func(st *ViewerState) { st.Favourited = false }) })
		_, err = s.outbox.Add(ctx, tx, Unfavourited{PostID: p.ID, AccountID: viewer, AuthorID: p.AccountID})
		return err
	})
	if err != nil {
		return nil, err
	}
	return s.view(ctx, viewer, p.ID)
}
