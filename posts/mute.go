package posts

import (
	"context"

	"github.com/guildhall/guildhall/internal/db"
	"github.com/guildhall/guildhall/internal/ids"
)

// MuteThread spares the viewer notifications about the conversation that a post
// belongs to; once more changes nothing. Returns NotFound if the viewer may not
// see the post.
func (s *Service) MuteThread(ctx context.Context, viewer, id ids.ID) (*View, error) {
	return s.mark(ctx, viewer, id, func(st *ViewerState) { st.Muted = true }, func(tx *db.Tx, p *Post) (int64, error) {
		return db.Exec(ctx, tx, "INSERT INTO posts_thread_mutes (account_id, thread_id) VALUES ($1, $2) ON CONFLICT (account_id, thread_id) DO NOTHING", viewer, p.ThreadID)
	})
}

// UnmuteThread takes MuteThread back. Returns NotFound if the viewer may not
// see the post.
func (s *Service) UnmuteThread(ctx context.Context, viewer, id ids.ID) (*View, error) {
	return s.mark(ctx, viewer, id, func(st *ViewerState) { st.Muted = false }, func(tx *db.Tx, p *Post) (int64, error) {
		return db.Exec(ctx, tx, "DELETE FROM posts_thread_mutes WHERE account_id = $1 AND thread_id = $2", viewer, p.ThreadID)
	})
}
