package app

import (
	"context"
	"fmt"
	"slices"
	"time"

	"golang.org/x/sync/errgroup"

	"github.com/guildhall/guildhall/app/demo"
	"github.com/guildhall/guildhall/internal/ids"
	"github.com/guildhall/guildhall/posts"
	"github.com/guildhall/guildhall/profiles"
)

const (
	// demoLived is how many of a large community's newest posts are written one
	// by one, with events and notifications; what is older is imported.
	demoLived = 2000
	// demoStep is how many posts are imported at once: of many, more rows belong
	// on the same page of an index.
	demoStep = 40_000
	// demoCrowd is how many people join at the same time.
	demoCrowd = 64
)

// history fills an instance with what happened before the newest posts of its
// members. It goes through the time step by step: in each step people join, and
// what they wrote is imported. Whom they follow is imported in the end.
type history struct {
	*seeding
	joins   []int // members in the order in which they join
	follows []demo.Follow
	batch   []demo.Post
	// importing is how long the imports of posts took.
	importing time.Duration
}

func newHistory(s *seeding, c *demo.Community) *history {
	h := &history{seeding: s, follows: c.Follows}
	for i := range c.Members {
		h.joins = append(h.joins, i)
	}
	slices.SortStableFunc(h.joins, func(a, b int) int { return c.Members[a].Joined.Compare(c.Members[b].Joined) })
	return h
}

// add takes the next post of the history.
func (h *history) add(ctx context.Context, p demo.Post) error {
	if p.Poll != nil || len(p.Images) > 0 || p.Pinned { // no import makes these
		if err := h.step(ctx, p.At); err != nil {
			return err
		}
		return h.at(ctx, p.At, func(ctx context.Context) error { return h.write(ctx, p) })
	}
	h.batch = append(h.batch, p)
	if len(h.batch) == demoStep {
		return h.step(ctx, p.At)
	}
	return nil
}

// step has the people come who are there by a time, and imports what they have
// written.
func (h *history) step(ctx context.Context, until time.Time) error {
	n := 0
	for n < len(h.joins) && !h.people[h.joins[n]].Joined.After(until) {
		n++
	}
	if err := h.crowd(ctx, h.joins[:n]); err != nil {
		return err
	}
	h.joins = h.joins[n:]
	return h.bring(ctx)
}

// crowd has people join, many at the same time.
func (h *history) crowd(ctx context.Context, members []int) error {
	for some := range slices.Chunk(members, demoCrowd) {
		var work errgroup.Group
		h.clock.set(h.people[some[len(some)-1]].Joined)
		for _, m := range some {
			work.Go(func() error { return h.join(ctx, m) })
		}
		if err := work.Wait(); err != nil {
			return err
		}
		if err := ctx.Err(); err != nil {
			return err
		}
	}
	return nil
}

// befriend imports who has followed whom by a time.
func (h *history) befriend(ctx context.Context, until time.Time) error {
	var past []profiles.PastFollow
	for len(h.follows) > 0 && !h.follows[0].At.After(until) {
		f := h.follows[0]
		h.follows = h.follows[1:]
		past = append(past, profiles.PastFollow{ID: ids.Past(f.At, h.ids[f.To]), From: h.ids[f.From], To: h.ids[f.To]})
	}
	return h.app.Profiles.ImportFollows(ctx, past)
}

// bring imports what waits.
func (h *history) bring(ctx context.Context) error {
	began := time.Now()
	defer func() { h.importing += time.Since(began) }()
	past := make([]posts.Past, len(h.batch))
	for i, p := range h.batch {
		author := h.ids[p.Author]
		past[i] = posts.Past{ID: ids.Past(p.At, author), Author: author, Draft: h.draft(p),
			Favourites: h.deeds(p, p.Favourites, "favourite"), Boosts: h.deeds(p, p.Boosts, "boost"), Bookmarks: h.deeds(p, p.Bookmarks, "bookmark")}
		h.posts = append(h.posts, past[i].ID)
	}
	h.batch = h.batch[:0]
	if err := h.app.Posts.Import(ctx, past); err != nil {
		return fmt.Errorf("history: %w", err)
	}
	return nil
}

func (h *history) deeds(p demo.Post, members []int, word string) []posts.Deed {
	var list []posts.Deed
	for _, m := range members {
		if h.ids[m] == 0 || h.people[m].Joined.After(p.At) {
			continue // who came later has not leafed back so far
		}
		at := p.At.Add(delay(ids.ID(len(h.posts)), m, word))
		if at.After(h.now) {
			at = h.now
		}
		list = append(list, posts.Deed{ID: ids.Past(at, h.ids[m]), By: h.ids[m]})
	}
	return list
}
