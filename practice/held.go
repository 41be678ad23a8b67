package practice

import (
	"context"
	"time"

	"github.com/guildhall/guildhall/internal/db"
	"github.com/guildhall/guildhall/internal/ids"
)

// Rated is a line of a member's log: a rating that moved a card's schedule. The
// last one of an attempt holds.
type Rated struct {
	ID             ids.ID
	DeckID, CardID string
	AttemptID      ids.ID
	Rating         int // 1 Again, 2 Hard, 3 Good, 4 Easy
	At             time.Time
}

// Ratings returns a member's ratings by card, each card's oldest first, that come
// after one; the zero value begins.
func (s *Service) Ratings(ctx context.Context, account ids.ID, after Rated, limit int) ([]Rated, error) {
	type row struct {
		Rated
		at int64
	}
	rows, err := db.All(ctx, s.DB, func(r *row) []any { return []any{&r.ID, &r.DeckID, &r.CardID, &r.AttemptID, &r.Rating, &r.at} },
		`SELECT id, deck_id, card_id, attempt_id, rating, at FROM practice_log
		WHERE account_id = $1 AND (deck_id, card_id, id) > ($2, $3, $4) ORDER BY deck_id, card_id, id LIMIT $5`,
		account, after.DeckID, after.CardID, after.ID, limit)
	list := make([]Rated, len(rows))
	for i, r := range rows {
		list[i] = r.Rated
		list[i].At = moment(r.at)
	}
	return list, err
}

// Schedules returns when a member's cards return, soonest first, also those of
// cards that no deck has any more.
func (s *Service) Schedules(ctx context.Context, account ids.ID) ([]Schedule, error) {
	rows, err := db.All(ctx, s.DB, scanSchedule, "SELECT "+scheduleColumns+" FROM practice_schedules WHERE account_id = $1 ORDER BY due_at LIMIT $2", account, maxCards)
	return schedulesOf(rows), err
}

// ReviewsOf returns what a member has found in answers, with ids above one,
// oldest first.
func (s *Service) ReviewsOf(ctx context.Context, account, after ids.ID, limit int) ([]Review, error) {
	return s.reviews(ctx, "WHERE account_id = $1 AND id > $2 ORDER BY id LIMIT $3", account, after, limit)
}
