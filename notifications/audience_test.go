package notifications

import (
	"context"

	"github.com/guildhall/guildhall/internal/db"
	"github.com/guildhall/guildhall/internal/ids"
	"github.com/guildhall/guildhall/posts"
)

type audience struct {
	*posts.Service
	db *db.DB
}

func (a audience) BoosterIDs(ctx context.Context, post ids.ID) ([]ids.ID, error) {
	return db.Values[ids.ID](ctx, a.db, "SELECT account_id FROM posts_posts WHERE boost_of_id = $1 AND boost_of_id <> 0", post)
}

func (a audience) Voters(ctx context.Context, poll ids.ID) ([]ids.ID, error) {
	return db.Values[ids.ID](ctx, a.db, "SELECT DISTINCT account_id FROM posts_poll_votes WHERE poll_id = $1", poll)
}
