package profiles

import (
	"context"
	"time"

	"github.com/guildhall/guildhall/internal/db"
	"github.com/guildhall/guildhall/internal/ids"
)

// Gained counts the followers that an account has and that came from one time to
// before another.
func (s *Service) Gained(ctx context.Context, id ids.ID, from, to time.Time) (int, error) {
	return db.Value[int](ctx, s.db, "SELECT COUNT(*) FROM profiles_follows WHERE to_id = $1 AND pending = FALSE AND id >= $2 AND id < $3",
		id, ids.At(from), ids.At(to))
}
