package profiles

import (
	"cmp"
	"context"
	"slices"
	"time"

	"github.com/guildhall/guildhall/internal/db"
	"github.com/guildhall/guildhall/internal/ids"
)

const (
	// suggestionsMax is how many suggestions an account gets.
	suggestionsMax = 80
	// suggestionsLife is how long they are good if nothing happens.
	suggestionsLife = 5 * time.Minute
	// friendsMax and friendsOfMax bound whose follows are looked at, and how
	// many of each, the latest.
	friendsMax   = 40
	friendsOfMax = 100
	// followedMax is how many of the most followed accounts are looked at.
	followedMax = 200
)

// Source says why an account is suggested.
type Source uint8

// The sources.
const (
	FriendsOfFriends Source = iota // people whom one follows follow it
	MostFollowed                   // many follow it
)

// Suggestion is an account that somebody might want to follow.
type Suggestion struct {
	Account *Account
	Sources []Source
}

// suggestions is what is cached for a viewer.
type suggestions struct {
	graph int64 // Account.Graph of the moment
	list  []suggested
}

type suggested struct {
	id      ids.ID
	friends int // how many of the viewer's friends follow it
	sources []Source
}

// Suggestions returns whom a viewer might want to follow: accounts that want to
// be discovered and that the viewer neither follows, has asked, hides nor has
// dismissed.
func (s *Service) Suggestions(ctx context.Context, viewer ids.ID, limit, offset int) ([]Suggestion, error) {
	a, err := s.Account(ctx, viewer)
	if err != nil {
		return nil, err
	}
	cached, ok := s.suggested.get(viewer)
	if !ok || cached.graph != a.Graph {
		mark := s.suggested.mark(viewer)
		list, err := s.suggest(ctx, viewer)
		if err != nil {
			return nil, err
		}
		cached = &suggestions{graph: a.Graph, list: list}
		s.suggested.put(viewer, cached, mark)
	}
	found := make([]ids.ID, len(cached.list))
	for i, x := range cached.list {
		found[i] = x.id
	}
	accounts, err := s.Accounts(ctx, found) // what has become of them meanwhile
	if err != nil {
		return nil, err
	}
	var out []Suggestion
	for _, x := range cached.list {
		if a := accounts[x.id]; a != nil && a.Discoverable && a.State&(Suspended|Silenced) == 0 {
			out = append(out, Suggestion{Account: a, Sources: x.sources})
		}
	}
	out = out[min(offset, len(out)):]
	return out[:min(limit, len(out))], nil
}

// DismissSuggestion has an account suggested to a viewer no more. Returns
// NotFound if there is no such account.
func (s *Service) DismissSuggestion(ctx context.Context, viewer, id ids.ID) error {
	if _, err := s.Account(ctx, id); err != nil {
		return err
	}
	return s.write(ctx, func(tx *db.Tx) error {
		n, err := db.Exec(ctx, tx, "INSERT INTO profiles_dismissals (from_id, to_id) VALUES ($1, $2) ON CONFLICT (from_id, to_id) DO NOTHING", viewer, id)
		if err != nil || n == 0 {
			return err
		}
		tx.OnCommit(func() { s.suggested.forget(viewer) })
		_, err = s.outbox.Add(ctx, tx, SuggestionDismissed{From: viewer, To: id})
		return err
	})
}

// suggest finds suggestions: those whom most of the viewer's friends follow
// first, then those with the most followers.
func (s *Service) suggest(ctx context.Context, viewer ids.ID) ([]suggested, error) {
	g, err := s.Graph(ctx, viewer)
	if err != nil {
		return nil, err
	}
	not, err := s.notSuggested(ctx, viewer)
	if err != nil {
		return nil, err
	}
	found := map[ids.ID]*suggested{}
	now := s.now()
	add := func(id ids.ID, from Source) *suggested {
		_, follows := g.Following[id]
		if id == viewer || follows || not[id] || g.Hides(id, now) {
			return nil
		}
		x := found[id]
		if x == nil {
			x = &suggested{id: id}
			found[id] = x
		}
		if !slices.Contains(x.sources, from) {
			x.sources = append(x.sources, from)
		}
		return x
	}
	of, err := s.friendsOfFriends(ctx, g)
	if err != nil {
		return nil, err
	}
	for _, id := range of {
		if x := add(id, FriendsOfFriends); x != nil {
			x.friends++
		}
	}
	most, err := s.mostFollowed(ctx, followedMax)
	if err != nil {
		return nil, err
	}
	for _, id := range most {
		add(id, MostFollowed)
	}
	return s.rank(ctx, viewer, found)
}

// notSuggested returns whom a viewer has asked to follow already, or dismissed.
func (s *Service) notSuggested(ctx context.Context, viewer ids.ID) (map[ids.ID]bool, error) {
	list, err := db.Values[ids.ID](ctx, s.db, `SELECT to_id FROM profiles_follows WHERE from_id = $1 AND pending = TRUE
UNION ALL SELECT to_id FROM profiles_dismissals WHERE from_id = $1`, viewer)
	not := make(map[ids.ID]bool, len(list))
	for _, id := range list {
		not[id] = true
	}
	return not, err
}

// friendsOfFriends returns whom some of those whom the viewer follows follow, as
// often as they do. Who hides their follows is not asked.
func (s *Service) friendsOfFriends(ctx context.Context, g *Graph) ([]ids.ID, error) {
	friends := make([]ids.ID, 0, 2*friendsMax)
	for id := range g.Following { // in any order: another sample each time
		if friends = append(friends, id); len(friends) == cap(friends) {
			break
		}
	}
	accounts, err := s.Accounts(ctx, friends)
	if err != nil {
		return nil, err
	}
	var out []ids.ID
	asked := 0
	for _, id := range friends {
		if a := accounts[id]; a == nil || a.HideCollections || a.State != 0 || asked == friendsMax {
			continue
		}
		asked++
		list, err := db.Values[ids.ID](ctx, s.db, "SELECT to_id FROM profiles_follows WHERE from_id = $1 AND pending = FALSE ORDER BY id DESC LIMIT $2", id, friendsOfMax)
		if err != nil {
			return nil, err
		}
		out = append(out, list...)
	}
	return out, nil
}

// rank sorts what was found and keeps the best.
func (s *Service) rank(ctx context.Context, viewer ids.ID, found map[ids.ID]*suggested) ([]suggested, error) {
	all := make([]suggested, 0, len(found))
	for _, x := range found {
		all = append(all, *x)
	}
	slices.SortFunc(all, func(a, b suggested) int { return cmp.Or(cmp.Compare(b.friends, a.friends), cmp.Compare(a.id, b.id)) })
	all = all[:min(len(all), accountsAtOnce)] // so many are looked at closer
	list := make([]ids.ID, len(all))
	for i, x := range all {
		list[i] = x.id
	}
	listed, err := s.Discoverable(ctx, viewer, list)
	if err != nil {
		return nil, err
	}
	followers := make(map[ids.ID]int, len(listed))
	for _, a := range listed {
		followers[a.ID] = a.Followers
	}
	all = slices.DeleteFunc(all, func(x suggested) bool {
		_, ok := followers[x.id]
		return !ok
	})
	slices.SortFunc(all, func(a, b suggested) int {
		return cmp.Or(cmp.Compare(b.friends, a.friends), cmp.Compare(followers[b.id], followers[a.id]), cmp.Compare(a.id, b.id))
	})
	return all[:min(len(all), suggestionsMax)], nil
}
