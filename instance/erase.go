package instance

import (
	"context"

	"github.com/guildhall/guildhall/internal/db"
	"github.com/guildhall/guildhall/internal/ids"
)

// Erase deletes what an account has done with announcements, and its annual
// reports, for good. It may be called again after it was cut short.
func (s *Service) Erase(ctx context.Context, account ids.ID) error {
	return s.write(ctx, func(tx *db.Tx) error {
		for _, text := range []string{"DELETE FROM instance_announcement_reads WHERE account_id = $1", "DELETE FROM instance_annual_reports WHERE account_id = $1"} {
			if _, err := db.Exec(ctx, tx, text, account); err != nil {
				return err
			}
		}
		type reaction struct {
			id   ids.ID
			name string
		}
		gone, err := db.All(ctx, tx, func(r *reaction) []any { return []any{&r.id, &r.name} },
			"DELETE FROM instance_reactions WHERE account_id = $1 RETURNING announcement_id, name", account)
		for _, r := range gone {
			if err == nil {
				err = s.uncount(ctx, tx, account, r.id, r.name)
			}
		}
		return err
	})
}
