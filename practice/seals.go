package practice

import (
	"context"

	"github.com/guildhall/guildhall/internal/db"
	"github.com/guildhall/guildhall/internal/ids"
)

// Seal is what stands beside a member's name: the newest receipt that they show.
type Seal struct {
	Receipt ids.ID
	Title   string // of what was passed
}

// Seals returns the seals of accounts; those that show nothing are not in it.
// Whom the viewer may see is for the caller to know.
func (s *Service) Seals(ctx context.Context, accounts []ids.ID) (map[ids.ID]Seal, error) {
	in, args := db.In(nil, accounts)
	rows, err := db.All(ctx, s.DB, scanReceipt, "SELECT "+receiptColumns+` FROM practice_receipts
		WHERE id IN (SELECT MAX(id) FROM practice_receipts WHERE shown AND account_id IN `+in+" GROUP BY account_id)", args...)
	if err != nil {
		return nil, err
	}
	seals := make(map[ids.ID]Seal, len(rows))
	for i := range rows {
		r, err := rows[i].made()
		if err != nil {
			return nil, err
		}
		seals[r.AccountID] = Seal{r.ID, r.Title}
	}
	return seals, nil
}
