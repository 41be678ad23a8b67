package practice

import (
	"context"

	"github.com/guildhall/guildhall/internal/bus"
	"github.com/guildhall/guildhall/internal/db"
	"github.com/guildhall/guildhall/internal/ids"
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

// Messenger returns the account that speaks for the house.
func Messenger(ctx context.Context, s *Service) (ids.ID, error) { return s.messenger(ctx) }

// TellAgain tells all that has happened once more, as if the events came twice.
func TellAgain(ctx context.Context, s *Service) error {
	events, err := db.All(ctx, s.DB, func(e *bus.Event) []any { return []any{&e.ID, &e.Kind, &e.Data} }, "SELECT id, kind, data FROM practice_outbox WHERE id > 0 ORDER BY id LIMIT 1000")
	if err != nil {
		return err
	}
	return s.tell(ctx, events)
}
