package profiles

import (
	"context"

	"github.com/guildhall/guildhall/internal/db"
	"github.com/guildhall/guildhall/internal/ids"
)

// OwnNote is what an account has written down about another one, for itself.
type OwnNote struct {
	About ids.ID
	Text  string
}

// Notes returns what an account has written down about others, in the order of
// their ids, after one of them (0: from the start).
func (s *Service) Notes(ctx context.Context, me, after ids.ID, limit int) ([]OwnNote, error) {
	return db.All(ctx, s.db, func(n *OwnNote) []any { return []any{&n.About, &n.Text} },
		"SELECT to_id, note FROM profiles_notes WHERE from_id = $1 AND to_id > $2 ORDER BY to_id LIMIT $3", me, after, limit)
}

// Ties are what an account has to do with others beside its Graph.
type Ties struct {
	Asked     []ids.ID // whom it has asked to follow
	Endorsed  []ids.ID // whom it recommends on its profile
	Dismissed []ids.ID // whom it does not want to be suggested
}

// Ties returns what an account has to do with others beside its Graph.
func (s *Service) Ties(ctx context.Context, me ids.ID) (t Ties, err error) {
	for _, part := range []struct {
		text string
		list *[]ids.ID
	}{
		{"SELECT to_id FROM profiles_follows WHERE from_id = $1 AND pending = TRUE ORDER BY id", &t.Asked},
		{"SELECT to_id FROM profiles_endorsements WHERE from_id = $1 ORDER BY to_id", &t.Endorsed},
		{"SELECT to_id FROM profiles_dismissals WHERE from_id = $1 ORDER BY to_id", &t.Dismissed},
	} {
		if *part.list, err = db.Values[ids.ID](ctx, s.db, part.text, me); err != nil {
			return t, err
		}
	}
	return t, nil
}
