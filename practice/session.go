package practice

import (
	"context"
	"time"

	"github.com/guildhall/guildhall/internal/db"
	"github.com/guildhall/guildhall/internal/errs"
	"github.com/guildhall/guildhall/internal/ids"
	"github.com/guildhall/guildhall/internal/page"
)

// sessionLasts is how long a session can be gone on with.
const sessionLasts = 24 * time.Hour

// sessionRow is a row of practice_sessions.
type sessionRow struct {
	Session
	ended int64
}

func scanSession(r *sessionRow) []any { return []any{&r.ID, &r.AccountID, &r.Minutes, &r.ended} }

const sessionColumns = "id, account_id, minutes, ended_at"

// StartSession draws the cards of a new session by the member's plan: reviews
// that are due, then what the plan wants and was practised least, then what was
// never seen. Returns NotFound if there is not one card.
func (s *Service) StartSession(ctx context.Context, account ids.ID) (*Session, error) {
	plan, _, err := s.Plan(ctx, account)
	if err != nil {
		return nil, err
	}
	now := s.Now()
	known, err := s.scheduled(ctx, account, now.Add(farthest), maxCards)
	if err != nil {
		return nil, err
	}
	id := s.IDs.New(account)
	drawn := draw(s.library.Load(), s.terms, plan, known, now, uint64(id))
	if len(drawn) == 0 {
		return nil, errs.New(errs.NotFound, "There are no cards for this plan yet")
	}
	err = s.write(ctx, func(tx *db.Tx) error {
		id = s.IDs.New(account)
		if _, err := db.Exec(ctx, tx, "INSERT INTO practice_sessions ("+sessionColumns+") VALUES ($1, $2, $3, 0)", id, account, plan.Minutes); err != nil {
			return err
		}
		rows := make([]any, 0, 5*len(drawn))
		for i, c := range drawn {
			rows = append(rows, id, i, c.Card.Hash, c.Reason, ids.ID(0))
		}
		return db.Insert(ctx, tx, "practice_session_cards (session_id, position, hash, reason, attempt_id)", 5, rows, "")
	})
	if err != nil {
		return nil, err
	}
	return s.Session(ctx, account, id)
}

// Session returns one of a member's own sessions with its cards and attempts.
// Returns NotFound for others.
func (s *Service) Session(ctx context.Context, account, id ids.ID) (*Session, error) {
	rows, err := db.All(ctx, s.DB, scanSession, "SELECT "+sessionColumns+" FROM practice_sessions WHERE id = $1", id)
	if err != nil {
		return nil, err
	}
	if len(rows) == 0 || rows[0].AccountID != account {
		return nil, errs.NotFoundRecord()
	}
	made := rows[0].Session
	made.EndedAt = moment(rows[0].ended)
	return &made, s.addCards(ctx, &made)
}

// Sessions returns a member's own sessions, the newest first, without their cards.
func (s *Service) Sessions(ctx context.Context, account ids.ID, p page.Page) ([]Session, error) {
	end, args := p.SQL("id", []any{account})
	rows, err := db.All(ctx, s.DB, scanSession, "SELECT "+sessionColumns+" FROM practice_sessions WHERE account_id = $1"+end, args...)
	list := make([]Session, len(rows))
	for i, r := range page.Sort(p, rows) {
		list[i] = r.Session
		list[i].EndedAt = moment(r.ended)
	}
	return list, err
}

// CurrentSession returns the member's newest session if it goes on, else nil.
func (s *Service) CurrentSession(ctx context.Context, account ids.ID) (*Session, error) {
	list, err := s.Sessions(ctx, account, page.Page{Limit: 1})
	if err != nil || len(list) == 0 || !list[0].EndedAt.IsZero() || s.Now().Sub(list[0].ID.Time()) > sessionLasts {
		return nil, err
	}
	return s.Session(ctx, account, list[0].ID)
}

// EndSession ends one of a member's own sessions, once. Returns NotFound for others.
func (s *Service) EndSession(ctx context.Context, account, id ids.ID) (*Session, error) {
	if _, err := s.Session(ctx, account, id); err != nil {
		return nil, err
	}
	err := s.write(ctx, func(tx *db.Tx) error {
		_, err := db.Exec(ctx, tx, "UPDATE practice_sessions SET ended_at = $2 WHERE id = $1 AND ended_at = 0", id, s.Now().UnixMilli())
		return err
	})
	if err != nil {
		return nil, err
	}
	return s.Session(ctx, account, id)
}

// addCards completes a session.
func (s *Service) addCards(ctx context.Context, to *Session) error {
	type row struct {
		hash    string
		reason  Reason
		attempt ids.ID
	}
	rows, err := db.All(ctx, s.DB, func(r *row) []any { return []any{&r.hash, &r.reason, &r.attempt} },
		"SELECT hash, reason, attempt_id FROM practice_session_cards WHERE session_id = $1 ORDER BY position", to.ID)
	if err != nil || len(rows) == 0 {
		return err
	}
	hashes, begun := make([]string, len(rows)), []ids.ID(nil)
	for i, r := range rows {
		hashes[i] = r.hash
		if r.attempt != 0 {
			begun = append(begun, r.attempt)
		}
	}
	cards, err := s.versions(ctx, hashes)
	if err != nil {
		return err
	}
	attempts, err := s.attemptsByID(ctx, begun)
	if err != nil {
		return err
	}
	places, err := s.decksOf(ctx, hashes)
	if err != nil {
		return err
	}
	for _, r := range rows {
		to.Cards = append(to.Cards, SessionCard{Card: cards[r.hash], DeckID: places[r.hash], Reason: r.reason, Attempt: attempts[r.attempt]})
	}
	return nil
}

// decksOf returns the ids of the decks that cards are, or were, in.
func (s *Service) decksOf(ctx context.Context, hashes []string) (map[string]string, error) {
	lib, found, gone := s.library.Load(), map[string]string{}, []string(nil)
	for _, h := range hashes {
		if id, ok := lib.deckOf[h]; ok {
			found[h] = id
		} else {
			gone = append(gone, h)
		}
	}
	if len(gone) == 0 {
		return found, nil
	}
	in, args := db.In(nil, gone)
	rows, err := db.All(ctx, s.DB, func(r *cardRow) []any { return []any{&r.hash, &r.deckID} }, "SELECT hash, deck_id FROM practice_versions WHERE hash IN "+in, args...)
	for _, r := range rows {
		found[r.hash] = r.deckID
	}
	return found, err
}

func (s *Service) attemptsByID(ctx context.Context, list []ids.ID) (map[ids.ID]*Attempt, error) {
	found := map[ids.ID]*Attempt{}
	if len(list) == 0 {
		return found, nil
	}
	in, args := db.In(nil, list)
	rows, err := db.All(ctx, s.DB, scanAttempt, "SELECT "+attemptColumns+" FROM practice_attempts WHERE id IN "+in, args...)
	if err != nil {
		return nil, err
	}
	made, err := s.attempts(ctx, rows)
	for _, a := range made {
		found[a.ID] = a
	}
	return found, err
}

// find returns the place of a card in the session; -1 if it is not in it.
func (s *Session) find(deckID, cardID string) int {
	for i, c := range s.Cards {
		if c.DeckID == deckID && c.Card.ID == cardID {
			return i
		}
	}
	return -1
}

// Next returns the place of the first card that is not dealt with; -1 if all are.
func (s *Session) Next() int {
	for i, c := range s.Cards {
		if c.Attempt == nil || c.Attempt.State < Checked {
			return i
		}
	}
	return -1
}
