package practice

import (
	"context"
	"slices"

	"github.com/guildhall/guildhall/internal/db"
	"github.com/guildhall/guildhall/internal/errs"
	"github.com/guildhall/guildhall/internal/ids"
	"github.com/guildhall/guildhall/profiles"
)

const (
	offersAtOnce = 100
	// offersRead bounds how many asks are looked at to find those that a member
	// may take.
	offersRead = 2000
)

// OpenAsks returns the answers that a member may review: those for which they
// were asked by name, then the others, what waits longest first.
func (s *Service) OpenAsks(ctx context.Context, account ids.ID, limit int) ([]OpenAsk, error) {
	rows, err := s.askRows(ctx, "to_id = $1 AND state = 0 AND taken < seats ORDER BY id LIMIT $2", account, offersAtOnce)
	if err != nil {
		return nil, err
	}
	found, err := s.offered(ctx, account, rows)
	if err != nil {
		return nil, err
	}
	for after, read := ids.ID(0), 0; len(found) < limit && read < offersRead; read += offersAtOnce {
		rows, err := s.askRows(ctx, "state = 0 AND taken < seats AND id > $1 ORDER BY id LIMIT $2", after, offersAtOnce)
		if err != nil {
			return nil, err
		}
		if len(rows) == 0 {
			break
		}
		after = rows[len(rows)-1].ID
		others := slices.DeleteFunc(rows, func(k askRow) bool { return k.Person == account })
		more, err := s.offered(ctx, account, others)
		if err != nil {
			return nil, err
		}
		found = append(found, more...)
	}
	found = found[:min(len(found), limit)]
	attempts := make([]ids.ID, len(found))
	for i, k := range found {
		attempts[i] = k.AttemptID
	}
	answers, err := s.attemptsByID(ctx, attempts)
	list := make([]OpenAsk, 0, len(found))
	for _, k := range found {
		if a := answers[k.AttemptID]; a != nil {
			list = append(list, OpenAsk{AskID: k.ID, DeckID: a.DeckID, Card: a.Card, Asked: k.Person == account, At: k.ID.Time()})
		}
	}
	return list, err
}

// offered returns those of the asks that are offered to a member: open, within a
// circle that they are in, of nobody that they or who hides from them, and whose
// answer they have not reviewed.
func (s *Service) offered(ctx context.Context, account ids.ID, rows []askRow) ([]askRow, error) {
	if len(rows) == 0 {
		return nil, nil
	}
	mine, err := s.Profiles.Graph(ctx, account)
	if err != nil {
		return nil, err
	}
	states, err := s.Profiles.States(ctx)
	if err != nil {
		return nil, err
	}
	known, err := s.looked(ctx, account, rows)
	if err != nil {
		return nil, err
	}
	var found []askRow
	for _, k := range rows {
		if known[k.AttemptID] || states.Is(account, profiles.Suspended) || states.Is(k.AccountID, profiles.Suspended) || !within(account, &k.Ask, mine, states) {
			continue
		}
		theirs, err := s.Profiles.Graph(ctx, k.AccountID)
		if errs.Is(err, errs.NotFound) {
			continue // being erased
		}
		if err != nil {
			return nil, err
		}
		if now := s.Now(); !theirs.Hides(account, now) && !mine.Hides(k.AccountID, now) {
			found = append(found, k)
		}
	}
	return found, nil
}

// within tells whether somebody is in the circle of an open ask.
func within(account ids.ID, k *Ask, g *profiles.Graph, states profiles.States) bool {
	if k.State != AskOpen || k.AccountID == account {
		return false
	}
	_, follows := g.Following[k.AccountID]
	return k.Person == account || k.Circle >= Followers && follows || k.Circle == Everyone && !states.Is(account, profiles.Silenced)
}

// looked returns the attempts of asks that somebody has reviewed, or reviews.
func (s *Service) looked(ctx context.Context, account ids.ID, rows []askRow) (map[ids.ID]bool, error) {
	asked, attempts, of := make([]ids.ID, len(rows)), make([]ids.ID, len(rows)), map[ids.ID]ids.ID{}
	for i, k := range rows {
		asked[i], attempts[i], of[k.ID] = k.ID, k.AttemptID, k.AttemptID
	}
	in, args := db.In([]any{account}, attempts)
	reviewed, err := db.Values[ids.ID](ctx, s.DB, "SELECT attempt_id FROM practice_reviews WHERE account_id = $1 AND attempt_id IN "+in, args...)
	if err != nil {
		return nil, err
	}
	in, args = db.In([]any{account}, asked)
	held, err := db.Values[ids.ID](ctx, s.DB, "SELECT ask_id FROM practice_seats WHERE account_id = $1 AND ask_id IN "+in, args...)
	known := make(map[ids.ID]bool, len(reviewed)+len(held))
	for _, id := range reviewed {
		known[id] = true
	}
	for _, id := range held {
		known[of[id]] = true
	}
	return known, err
}
