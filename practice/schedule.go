package practice

import (
	"context"
	"time"

	"github.com/guildhall/guildhall/internal/db"
	"github.com/guildhall/guildhall/internal/ids"
	"github.com/guildhall/guildhall/practice/fsrs"
)

// scheduleRow is a row of practice_schedules.
type scheduleRow struct {
	Schedule
	reviewed, due int64
}

const scheduleColumns = "deck_id, card_id, stability, difficulty, reviewed_at, due_at, reviews, lapses"

func scanSchedule(r *scheduleRow) []any {
	return []any{&r.DeckID, &r.CardID, &r.Stability, &r.Difficulty, &r.reviewed, &r.due, &r.Reviews, &r.Lapses}
}

func schedulesOf(rows []scheduleRow) []Schedule {
	list := make([]Schedule, len(rows))
	for i := range rows {
		list[i] = rows[i].Schedule
		list[i].ReviewedAt, list[i].DueAt = moment(rows[i].reviewed), moment(rows[i].due)
	}
	return list
}

// rate notes a rating in the log and moves the card's schedule. Of an attempt
// that was rated before, a peer's rating takes the place of the member's own: at
// is when the attempt was checked, whoever rates it, and whenever.
func (s *Service) rate(ctx context.Context, tx *db.Tx, a *Attempt, rating int, at time.Time) error {
	if _, err := db.Exec(ctx, tx, "INSERT INTO practice_log (id, account_id, deck_id, card_id, attempt_id, rating, at) VALUES ($1, $2, $3, $4, $5, $6, $7)",
		s.IDs.New(a.AccountID), a.AccountID, a.DeckID, a.CardID, a.ID, rating, at.UnixMilli()); err != nil {
		return err
	}
	return s.replay(ctx, tx, a.AccountID, a.DeckID, a.CardID)
}

// logRow is a row of practice_log.
type logRow struct {
	attempt ids.ID
	rating  int
	at      int64
}

// replay makes a schedule anew from the log.
func (s *Service) replay(ctx context.Context, tx *db.Tx, account ids.ID, deckID, cardID string) error {
	rows, err := db.All(ctx, tx, func(r *logRow) []any { return []any{&r.attempt, &r.rating, &r.at} },
		"SELECT attempt_id, rating, at FROM practice_log WHERE account_id = $1 AND deck_id = $2 AND card_id = $3 ORDER BY id", account, deckID, cardID)
	if err != nil {
		return err
	}
	st := fsrs.Default().Replay(entries(rows))
	_, err = db.Exec(ctx, tx, `INSERT INTO practice_schedules (account_id, `+scheduleColumns+`) VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9)
		ON CONFLICT (account_id, deck_id, card_id) DO UPDATE SET stability = excluded.stability, difficulty = excluded.difficulty,
		reviewed_at = excluded.reviewed_at, due_at = excluded.due_at, reviews = excluded.reviews, lapses = excluded.lapses`,
		account, deckID, cardID, st.Stability, st.Difficulty, millis(st.ReviewedAt), millis(st.DueAt), st.Reviews, st.Lapses)
	return err
}

// entries are the ratings that hold: the last one of each attempt, in the order
// of the attempts.
func entries(rows []logRow) []fsrs.Entry {
	at, list := map[ids.ID]int{}, []fsrs.Entry(nil)
	for _, r := range rows {
		e := fsrs.Entry{At: moment(r.at), Rating: fsrs.Rating(r.rating), Seed: uint64(r.attempt)}
		if i, rated := at[r.attempt]; rated {
			list[i] = e
			continue
		}
		at[r.attempt], list = len(list), append(list, e)
	}
	return list
}

// schedule returns when a card returns to a member; nil if it was never checked.
func (s *Service) schedule(ctx context.Context, account ids.ID, deckID, cardID string) (*Schedule, error) {
	rows, err := db.All(ctx, s.DB, scanSchedule, "SELECT "+scheduleColumns+" FROM practice_schedules WHERE account_id = $1 AND deck_id = $2 AND card_id = $3", account, deckID, cardID)
	if err != nil || len(rows) == 0 {
		return nil, err
	}
	return &schedulesOf(rows)[0], nil
}

// Due returns the cards whose review is due, the one that waits longest first.
// Cards that no deck has any more are left out.
func (s *Service) Due(ctx context.Context, account ids.ID, limit int) ([]Schedule, error) {
	return s.scheduled(ctx, account, s.Now(), limit)
}

// scheduled returns what is due until a time.
func (s *Service) scheduled(ctx context.Context, account ids.ID, until time.Time, limit int) ([]Schedule, error) {
	rows, err := db.All(ctx, s.DB, scanSchedule, "SELECT "+scheduleColumns+" FROM practice_schedules WHERE account_id = $1 AND due_at <= $2 ORDER BY due_at LIMIT $3",
		account, until.UnixMilli(), limit)
	if err != nil {
		return nil, err
	}
	lib, list := s.library.Load(), []Schedule(nil)
	for _, d := range schedulesOf(rows) {
		if lib.card(d.DeckID, d.CardID) != nil {
			list = append(list, d)
		}
	}
	return list, nil
}

// maxCards is how many cards of a member are looked at.
const maxCards = 5000

// DueCount returns how many reviews are due.
func (s *Service) DueCount(ctx context.Context, account ids.ID) (int, error) {
	list, err := s.scheduled(ctx, account, s.Now(), maxCards)
	return len(list), err
}

// Forecast returns how many reviews fall due on each of the coming days, from
// that of midnight on; what is overdue falls on the first.
func (s *Service) Forecast(ctx context.Context, account ids.ID, midnight time.Time, days int) ([]int, error) {
	list, err := s.scheduled(ctx, account, midnight.AddDate(0, 0, days), maxCards)
	counts := make([]int, days)
	for _, d := range list {
		for i := days - 1; i >= 0; i-- {
			if i == 0 || !d.DueAt.Before(midnight.AddDate(0, 0, i)) {
				counts[i]++
				break
			}
		}
	}
	return counts, err
}
