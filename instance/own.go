package instance

import (
	"context"

	"github.com/guildhall/guildhall/internal/db"
	"github.com/guildhall/guildhall/internal/ids"
)

// OwnReaction is what an account has answered to an announcement.
type OwnReaction struct {
	AnnouncementID ids.ID
	Name           string // a Unicode emoji, or the shortcode of one of ours
}

// ReactionsOf returns what an account has answered to announcements.
func (s *Service) ReactionsOf(ctx context.Context, account ids.ID) ([]OwnReaction, error) {
	return db.All(ctx, s.DB, func(r *OwnReaction) []any { return []any{&r.AnnouncementID, &r.Name} },
		"SELECT announcement_id, name FROM instance_reactions WHERE account_id = $1 ORDER BY announcement_id, name", account)
}
