package practice

import (
	"context"

	"github.com/guildhall/guildhall/internal/db"
	"github.com/guildhall/guildhall/internal/errs"
	"github.com/guildhall/guildhall/internal/ids"
)

// eraseMocks takes an account out of its interviews. The other member keeps what
// is theirs, and the order of the log: of what the one who is gone has written,
// there is left that something was.
func (s *Service) eraseMocks(ctx context.Context, account ids.ID) error {
	for {
		list, err := db.Values[ids.ID](ctx, s.DB, "SELECT mock_id FROM practice_mock_members WHERE account_id = $1 ORDER BY mock_id LIMIT 100", account)
		if err != nil || len(list) == 0 {
			return err
		}
		for _, id := range list {
			err := s.changeMock(ctx, id, func(w *mockWork) error { return w.without(account) })
			if err != nil && !errs.Is(err, errs.NotFound) { // deleted in the meantime
				return err
			}
		}
	}
}

// without takes a member out of the interview, which goes with the last of the two.
func (w *mockWork) without(account ids.ID) error {
	side := w.side(account)
	if side < 0 {
		return nil
	}
	other := w.sides[1-side]
	if other == 0 || side == 0 && w.State == MockProposed {
		_, err := db.Exec(w.ctx, w.tx, "DELETE FROM practice_mocks WHERE id = $1", w.ID)
		return err
	}
	switch {
	case w.State < MockReviewing:
		if err := w.move(MockCancelled, 0, MockWasCancelled, other); err != nil {
			return err
		}
	case w.State == MockReviewing:
		if err := w.move(MockClosed, 0, MockWasReviewed, other); err != nil {
			return err
		}
	}
	if side == 0 {
		if _, err := db.Exec(w.ctx, w.tx, "UPDATE practice_mocks SET note = '' WHERE id = $1", w.ID); err != nil {
			return err
		}
	}
	for _, text := range []string{
		`UPDATE practice_mock_events SET account_id = 0, key = '', digest = '', data = CASE WHEN type IN ('note', 'patch', 'hint', 'flag') THEN '' ELSE data END
			WHERE mock_id = $1 AND account_id = $2 AND account_id <> 0`,
		"DELETE FROM practice_mock_reviews WHERE mock_id = $1 AND account_id = $2",
		"DELETE FROM practice_mock_members WHERE mock_id = $1 AND account_id = $2",
	} {
		if _, err := db.Exec(w.ctx, w.tx, text, w.ID, account); err != nil {
			return err
		}
	}
	return nil
}
