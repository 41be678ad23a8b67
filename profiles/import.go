package profiles

import (
	"cmp"
	"context"
	"slices"

	"github.com/guildhall/guildhall/internal/db"
	"github.com/guildhall/guildhall/internal/ids"
)

// PastFollow is a follow of a history that is brought in.
type PastFollow struct {
	ID       ids.ID // of ids.Past: its time and the shard of To
	From, To ids.ID
}

// ImportFollows writes follows that were accepted long ago, in one transaction;
// none of them is there yet. No event tells of it and nobody is notified: it is
// meant for an instance that is being filled and has no readers yet.
func (s *Service) ImportFollows(ctx context.Context, past []PastFollow) error {
	type gain struct{ followers, following int }
	gains := map[ids.ID]gain{}
	rows := make([]any, 0, 6*len(past))
	// In the order of the primary key: a page is written once for all its rows.
	for _, f := range slices.SortedFunc(slices.Values(past), func(a, b PastFollow) int {
		return cmp.Or(cmp.Compare(a.From, b.From), cmp.Compare(a.To, b.To))
	}) {
		rows = append(rows, f.From, f.To, f.ID, false, true, false)
		from, to := gains[f.From], gains[f.To]
		from.following++
		to.followers++
		gains[f.From], gains[f.To] = from, to
	}
	err := s.write(ctx, func(tx *db.Tx) error {
		if err := db.Insert(ctx, tx, "profiles_follows (from_id, to_id, id, pending, boosts, notify)", 6, rows, ""); err != nil {
			return err
		}
		for id, g := range gains {
			if _, err := db.Exec(ctx, tx, "UPDATE profiles_accounts SET followers = followers + $2, following = following + $3, graph = graph + 1 WHERE id = $1",
				id, g.followers, g.following); err != nil {
				return err
			}
		}
		return nil
	})
	s.forgetAll()
	return err
}
