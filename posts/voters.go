package posts

import (
	"context"

	"github.com/guildhall/guildhall/internal/db"
	"github.com/guildhall/guildhall/internal/ids"
)

// Voters returns the accounts that have voted in a poll.
func (s *Service) Voters(ctx context.Context, poll ids.ID) ([]ids.ID, error) {
	return db.Values[ids.ID](ctx, s.DB, "SELECT DISTINCT account_id FROM posts_poll_votes WHERE poll_id = $1", poll)
}
