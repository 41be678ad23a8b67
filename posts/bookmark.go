package posts

import (
	"context"

	"github.com/guildhall/guildhall/internal/db"
	"github.com/guildhall/guildhall/internal/ids"
)

// Bookmark puts a post on the viewer's private list; once more changes nothing.
// Returns NotFound if the viewer may not see the post.
func (s *Service) Bookmark(ctx context.Context, viewer, id ids.ID) (*View, error) {
	return s.mark(ctx, viewer, id, func(st *ViewerState) { st.Bookmarked = true },
		func(tx *db.Tx, p *Post) (int64, error) {
			return db.Exec(ctx, tx, `INSERT INTO posts_bookmarks (account_id, post_id, id)
				SELECT CAST($1 AS BIGINT), id, CAST($2 AS BIGINT) FROM posts_posts WHERE id = $3 ON CONFLICT (account_id, post_id) DO NOTHING`,
				viewer, s.IDs.New(viewer), p.ID)
		})
}

// Unbookmark takes Bookmark back. Returns NotFound if the viewer may not see
// the post.
func (s *Service) Unbookmark(ctx context.Context, viewer, id ids.ID) (*View, error) {
	return s.mark(ctx, viewer, id, func(st *ViewerState) { st.Bookmarked = false },
		func(tx *db.Tx, p *Post) (int64, error) {
			return db.Exec(ctx, tx, "DELETE FROM posts_bookmarks WHERE account_id = $1 AND post_id = $2", viewer, p.ID)
		})
}

// mark changes what only the viewer sees of a post: change writes it and
// returns how many rows it changed; none means that it was so before.
func (s *Service) mark(ctx context.Context, viewer, id ids.ID, f func(*ViewerState), change func(*db.Tx, *Post) (int64, error)) (*View, error) {
	p, err := s.original(ctx, viewer, id)
	if err != nil {
		return nil, err
	}
	err = s.write(ctx, func(tx *db.Tx) error {
		n, err := change(tx, p)
		if err != nil || n == 0 {
			return err
		}
		tx.OnCommit(func() { s.markViewer(viewer, p.ID, f) })
		_, err = s.outbox.Add(ctx, tx, Marked{PostID: p.ID, AccountID: viewer})
		return err
	})
	if err != nil {
		return nil, err
	}
	return s.view(ctx, viewer, p.ID)
}
