package profiles

import (
	"cmp"
	"context"
	"maps"
	"slices"

	"github.com/guildhall/guildhall/internal/db"
	"github.com/guildhall/guildhall/internal/ids"
)

// familiarMax bounds how many familiar followers of an account are named.
const familiarMax = 40

// Familiar is which of those whom a viewer follows follow an account, too.
type Familiar struct {
	ID        ids.ID
	Followers []*Account // in the order of their ids
}

// FamiliarFollowers tells of accounts, in their order, who of those whom the
// viewer follows follows them. Nobody is named of an account that hides its
// followers, and nobody who hides whom they follow. Accounts that do not exist
// are left out.
func (s *Service) FamiliarFollowers(ctx context.Context, viewer ids.ID, list []ids.ID) ([]Familiar, error) {
	g, err := s.Graph(ctx, viewer)
	if err != nil {
		return nil, err
	}
	accounts, err := s.Accounts(ctx, list)
	if err != nil {
		return nil, err
	}
	friends := slices.Sorted(maps.Keys(g.Following))
	var out []Familiar
	for _, id := range list {
		a := accounts[id]
		if a == nil || slices.ContainsFunc(out, func(f Familiar) bool { return f.ID == id }) {
			continue
		}
		f := Familiar{ID: id}
		if id != viewer && !a.HideCollections && !a.State.Is(Suspended) && !g.Blocking[id] && !g.BlockedBy[id] {
			if f.Followers, err = s.familiar(ctx, id, friends); err != nil {
				return nil, err
			}
		}
		out = append(out, f)
	}
	return out, nil
}

// familiar returns those of a viewer's friends who follow an account and say so.
func (s *Service) familiar(ctx context.Context, id ids.ID, friends []ids.ID) ([]*Account, error) {
	var out []*Account
	for part := range slices.Chunk(friends, accountsAtOnce) {
		in, args := db.In([]any{id}, part)
		found, err := db.Values[ids.ID](ctx, s.db, "SELECT from_id FROM profiles_follows WHERE to_id = $1 AND pending = FALSE AND from_id IN "+in, args...)
		if err != nil {
			return nil, err
		}
		accounts, err := s.Accounts(ctx, found)
		if err != nil {
			return nil, err
		}
		for _, a := range accounts {
			if !a.HideCollections && a.State == 0 {
				out = append(out, a)
			}
		}
		if len(out) >= familiarMax {
			break
		}
	}
	slices.SortFunc(out, func(a, b *Account) int { return cmp.Compare(a.ID, b.ID) })
	return out[:min(len(out), familiarMax)], nil
}
