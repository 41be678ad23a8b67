package practice

import (
	"context"

	"github.com/guildhall/guildhall/internal/db"
)

// ReceiptOfCard is what happens to an answer's receipt when its review by peers
// is done.
func (s *Service) ReceiptOfCard(ctx context.Context, a *Attempt, peers []Review) error {
	member, err := s.memberURL(ctx, a.AccountID)
	if err != nil {
		return err
	}
	return s.write(ctx, func(tx *db.Tx) error { return s.receiptOfCard(ctx, tx, member, a, peers) })
}
