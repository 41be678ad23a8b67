package notifications

import (
	"cmp"
	"context"
	"maps"
	"slices"
	"time"

	"github.com/guildhall/guildhall/internal/ids"
	"github.com/guildhall/guildhall/posts"
	"github.com/guildhall/guildhall/profiles"
)

// silences tells whether an account takes no notifications from another one:
// blocked from either side, or its notifications muted.
func silences(g *profiles.Graph, from ids.ID, now time.Time) bool {
	return g.Blocking[from] || g.BlockedBy[from] || g.Muting[from].Notifications && g.Mutes(from, now)
}

// allowed returns a plan's changes in the order of their events, without the
// notifications that their readers do not want or may not see.
func (s *Service) allowed(ctx context.Context, p *plan) ([]change, error) {
	var changes []change
	readers := map[ids.ID][]change{}
	for _, c := range p.changes {
		if c.live {
			readers[c.account] = append(readers[c.account], c)
		} else {
			changes = append(changes, c)
		}
	}
	if len(readers) > 0 {
		all := make([]ids.ID, 0, len(readers))
		people := map[ids.ID]bool{}
		for id, wanted := range readers {
			all = append(all, id)
			people[id] = true
			for _, c := range wanted {
				people[c.from] = true
			}
		}
		accounts, err := s.Profiles.Accounts(ctx, slices.Collect(maps.Keys(people)))
		if err != nil {
			return nil, err
		}
		policies, err := policiesOf(ctx, s.DB, all)
		if err != nil {
			return nil, err
		}
		for id, wanted := range readers {
			if a := accounts[id]; a == nil || a.Domain != "" {
				continue
			}
			wanted = slices.DeleteFunc(wanted, func(c change) bool { return accounts[c.from] == nil }) // gone for good
			wanted, err = s.wantedBy(ctx, id, policies[id], wanted)
			if err != nil {
				return nil, err
			}
			changes = append(changes, wanted...)
		}
	}
	slices.SortFunc(changes, func(a, b change) int {
		return cmp.Or(cmp.Compare(a.event, b.event), cmp.Compare(a.account, b.account), cmp.Compare(a.kind, b.kind))
	})
	return changes, nil
}

// wantedBy leaves out what one reader does not want to be told: from accounts
// that are blocked or silenced, about posts and collections that the reader may not
// see, from conversations that the reader has muted, and what the reader's
// policy drops.
func (s *Service) wantedBy(ctx context.Context, reader ids.ID, policy Policy, changes []change) ([]change, error) {
	graph, err := s.Profiles.Graph(ctx, reader)
	if err != nil {
		return nil, err
	}
	now := s.Now()
	changes = slices.DeleteFunc(changes, func(c change) bool { return silences(graph, c.from, now) })
	if changes, err = s.inCollections(ctx, reader, changes); err != nil {
		return nil, err
	}
	var about []ids.ID
	for _, c := range changes {
		for _, id := range []ids.ID{c.aboutPost(), c.via} {
			if id != 0 && !slices.Contains(about, id) {
				about = append(about, id)
			}
		}
	}
	seen := make(map[ids.ID]*posts.View, len(about))
	if len(about) > 0 {
		views, err := s.Posts.GetMany(ctx, reader, about)
		if err != nil {
			return nil, err
		}
		for _, v := range views {
			seen[v.ID] = v
		}
	}
	changes = slices.DeleteFunc(changes, func(c change) bool {
		v := seen[c.aboutPost()]
		return c.aboutPost() != 0 && (v == nil || v.Viewer.Muted) || c.via != 0 && seen[c.via] == nil
	})
	return s.applyPolicy(ctx, reader, policy, graph, changes, seen)
}

// aboutPost returns the post that a change is about, 0 if it is about none.
func (c change) aboutPost() ids.ID {
	if !c.kind.aboutPost() {
		return 0
	}
	return c.post
}
