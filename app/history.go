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
)

const (
	// demoLived is how many of a large community's newest posts are written one
	// by one, with events and notifications; what is older is imported.
	demoLived = 2000
	// demoStep is how many posts are imported at once.
	demoStep = 4000
	// demoCrowd is how many people join or follow at the same time.
	demoCrowd = 64
)

// history fills an instance with what happened before the newest posts of its
// members. It goes through the time step by step: in each step people join, they
// follow each other, and what they wrote is imported.
type history struct {
	*seeding
	joins   []int // members in the order in which they join
	follows []demo.Follow
	batch   []demo.Post
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
	if err := h.crowd(ctx, n, func(i int) (time.Time, func(context.Context) error) {
		m := h.joins[i]
		return h.people[m].Joined, func(ctx context.Context) error { return h.join(ctx, m) }
	}); err != nil {
		return err
	}
	h.joins, n = h.joins[n:], 0
	for n < len(h.follows) && !h.follows[n].At.After(until) {
		n++
	}
	if err := h.crowd(ctx, n, func(i int) (time.Time, func(context.Context) error) {
		f := h.follows[i]
		return f.At, func(ctx context.Context) error { return h.follow(ctx, f) }
	}); err != nil {
		return err
	}
	h.follows = h.follows[n:]
	return h.bring(ctx)
}

// crowd does n deeds, many at the same time.
func (h *history) crowd(ctx context.Context, n int, deed func(i int) (time.Time, func(context.Context) error)) error {
	for first := 0; first < n; first += demoCrowd {
		var work errgroup.Group
		for i := first; i < min(first+demoCrowd, n); i++ {
			at, do := deed(i)
			if at.After(h.clock.now()) {
				h.clock.set(at)
			}
			work.Go(func() error { return do(ctx) })
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

// bring imports what waits.
func (h *history) bring(ctx context.Context) error {
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
