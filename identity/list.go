package identity

import (
	"context"

	"github.com/guildhall/guildhall/internal/db"
	"github.com/guildhall/guildhall/internal/ids"
)

// Users returns up to limit users with ids above one, in the order in which
// they signed up.
func (s *Service) Users(ctx context.Context, after ids.ID, limit int) ([]*User, error) {
	rows, err := db.All(ctx, s.db, scanUser, "SELECT "+userColumns+" FROM identity_users u WHERE u.id > $1 ORDER BY u.id LIMIT $2", after, limit)
	if err != nil {
		return nil, err
	}
	users := make([]*User, len(rows))
	for i := range rows {
		if users[i], err = s.open(&rows[i]); err != nil {
			return nil, err
		}
	}
	return users, nil
}
