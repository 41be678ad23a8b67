package posts

import (
	"context"

	"github.com/guildhall/guildhall/internal/db"
	"github.com/guildhall/guildhall/internal/ids"
)

// Pin shows a post at the top of its author's profile; once more changes
// nothing. Returns NotFound if the author may not see the post; Invalid if it
// is somebody else's, a boost or direct, or if enough are pinned.
func (s *Service) Pin(ctx context.Context, author, id ids.ID) (*View, error) {
	e, err := s.visibleTo(ctx, author, id)
	if err != nil {
		return nil, err
	}
	switch p := e.post; {
	case p.AccountID != author:
		return nil, invalid("Someone else's post cannot be pinned")
	case p.BoostOfID != 0:
		return nil, invalid("A boost cannot be pinned")
	case p.Visibility == Direct:
		return nil, invalid("Posts that are only visible to mentioned people cannot be pinned")
	}
	return s.mark(ctx, author, id, func(st *ViewerState) { st.Pinned = true }, func(tx *db.Tx, p *Post) (int64, error) {
		// Lets one pin at a time through for an author; the row is there since
		// the first post.
		if _, err := db.Exec(ctx, tx, "UPDATE posts_authors SET posts = posts WHERE account_id = $1", author); err != nil {
			return 0, err
		}
		n, err := db.Exec(ctx, tx, `INSERT INTO posts_pins (account_id, post_id, id)
			SELECT account_id, id, CAST($1 AS BIGINT) FROM posts_posts WHERE id = $2 ON CONFLICT (account_id, post_id) DO NOTHING`,
			s.IDs.New(author), p.ID)
		if err != nil || n == 0 {
			return 0, err
		}
		pins, err := db.Value[int](ctx, tx, "SELECT COUNT(*) FROM posts_pins WHERE account_id = $1", author)
		if err == nil && pins > s.config.MaxPins {
			err = invalid("You have already pinned the maximum number of posts")
		}
		return n, err
	})
}

// Unpin takes Pin back. Returns NotFound if the author may not see the post.
func (s *Service) Unpin(ctx context.Context, author, id ids.ID) (*View, error) {
	return s.mark(ctx, author, id, func(st *ViewerState) { st.Pinned = false }, func(tx *db.Tx, p *Post) (int64, error) {
		return db.Exec(ctx, tx, "DELETE FROM posts_pins WHERE account_id = $1 AND post_id = $2", author, p.ID)
	})
}
