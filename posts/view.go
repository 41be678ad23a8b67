package posts

import (
	"context"

	"github.com/guildhall/guildhall/internal/errs"
	"github.com/guildhall/guildhall/internal/ids"
	"github.com/guildhall/guildhall/internal/page"
)

// keep tells whether a visible post belongs into a list. of is the boosted
// post, nil unless p is a boost.
type keep func(v *viewer, p, of *Post) bool

// Get returns a post as a viewer sees it. Returns NotFound if there is none or
// the viewer may not see it.
func (s *Service) Get(ctx context.Context, by, id ids.ID) (*View, error) { return s.view(ctx, by, id) }

// GetMany returns posts in the order of want, without those that the viewer
// may not see.
func (s *Service) GetMany(ctx context.Context, by ids.ID, want []ids.ID) ([]*View, error) {
	v, err := s.viewer(ctx, by)
	if err != nil {
		return nil, err
	}
	return s.views(ctx, v, want, nil)
}

func (s *Service) view(ctx context.Context, by, id ids.ID) (*View, error) {
	v, err := s.viewer(ctx, by)
	if err != nil {
		return nil, err
	}
	views, err := s.views(ctx, v, []ids.ID{id}, nil)
	if err != nil {
		return nil, err
	}
	if len(views) == 0 {
		return nil, errs.NotFoundRecord()
	}
	return views[0], nil
}

// shown is a post that goes into a list, and the post it boosts.
type shown struct{ e, of *entry }

// content returns the entry that has text, counters and marks.
func (x shown) content() *entry {
	if x.of != nil {
		return x.of
	}
	return x.e
}

// views returns posts as the viewer sees them, in the order of want, without
// those that they may not see or that keep refuses; nil keeps all.
func (s *Service) views(ctx context.Context, v *viewer, want []ids.ID, k keep) ([]*View, error) {
	list, err := s.pick(ctx, v, want, k)
	if err != nil || len(list) == 0 {
		return nil, err
	}
	states := make([]ViewerState, len(list))
	if v.id != 0 {
		content := make([]*entry, len(list))
		for i, x := range list {
			content[i] = x.content()
		}
		if err := s.states(ctx, v.id, content, states); err != nil {
			return nil, err
		}
	}
	boosts := 0
	for _, x := range list {
		if x.of != nil {
			boosts++
		}
	}
	block := make([]View, len(list)+boosts)
	out := make([]*View, len(list))
	for i, x := range list {
		w := &block[i]
		w.Post, w.Viewer = x.e.post, states[i]
		c := x.content()
		w.Stats, w.Poll, w.MayQuote = *c.stats.Load(), c.poll.Load(), s.mayQuote(v, c.post)
		if x.of != nil {
			boosts--
			w.Boost = &block[len(list)+boosts]
			*w.Boost = View{Post: x.of.post, Stats: w.Stats, Poll: w.Poll, Viewer: w.Viewer, MayQuote: w.MayQuote}
			w.Poll = nil
		}
		out[i] = w
	}
	if err := s.showQuotes(ctx, v, out); err != nil {
		return nil, err
	}
	return out, s.showCards(ctx, out)
}

// pick loads posts and leaves out what the viewer may not see or keep refuses.
func (s *Service) pick(ctx context.Context, v *viewer, want []ids.ID, k keep) ([]shown, error) {
	if len(want) == 0 {
		return nil, nil
	}
	found := make([]*entry, len(want))
	if err := s.entries(ctx, want, found); err != nil {
		return nil, err
	}
	list := make([]shown, 0, len(want))
	var originals []ids.ID
	for _, e := range found {
		if e == nil || !s.visible(v, e.post) {
			continue
		}
		list = append(list, shown{e: e})
		if e.post.BoostOfID != 0 {
			originals = append(originals, e.post.BoostOfID)
		}
	}
	if len(originals) > 0 {
		of := make([]*entry, len(originals))
		if err := s.entries(ctx, originals, of); err != nil {
			return nil, err
		}
		for i := range list {
			if list[i].e.post.BoostOfID != 0 {
				list[i].of, of = of[0], of[1:]
			}
		}
	}
	kept := list[:0]
	for _, x := range list {
		var of *Post
		if x.e.post.BoostOfID != 0 {
			if x.of == nil || !s.visible(v, x.of.post) {
				continue
			}
			of = x.of.post
		}
		if k == nil || k(v, x.e.post, of) {
			kept = append(kept, x)
		}
	}
	return kept, nil
}

// source reads the ids of one part of a list: newest first, or oldest first of
// a Min page. next is the cursor (Max, of a Min page Min) that the list goes
// on with, 0 at its end. It may return fewer ids than asked for before that.
type source func(ctx context.Context, p page.Page) (found []ids.ID, next ids.ID, err error)

// overfetch bounds how many posts are looked at at once when many of a list
// may not be shown.
const overfetch = 160

// fill reads a list until the page is full or the list ends.
func (s *Service) fill(ctx context.Context, v *viewer, p page.Page, from source, k keep) ([]*View, error) {
	var out []*View
	q := p
	for {
		found, next, err := from(ctx, q)
		if err != nil {
			return nil, err
		}
		views, err := s.views(ctx, v, found, k)
		if err != nil {
			return nil, err
		}
		views = views[:min(len(views), p.Limit-len(out))]
		if out == nil {
			out = views
		} else {
			out = append(out, views...)
		}
		if next == 0 || len(out) >= p.Limit {
			return page.Sort(p, out), nil
		}
		if err := ctx.Err(); err != nil {
			return nil, errs.Wrap(errs.Unavailable, "The request was given up", err)
		}
		if p.Min != 0 {
			q.Min = next
		} else {
			q.Max = next
		}
		q.Limit = min(2*q.Limit, max(overfetch, p.Limit))
	}
}

// whole makes a source of a function that returns fewer ids than asked for
// only at the end of the list.
func whole(read func(context.Context, page.Page) ([]ids.ID, error)) source {
	return func(ctx context.Context, p page.Page) ([]ids.ID, ids.ID, error) {
		found, err := read(ctx, p)
		if err != nil || len(found) < p.Limit {
			return found, 0, err
		}
		return found, found[len(found)-1], nil
	}
}

// idsOf returns the ids of items.
func idsOf(items []item) []ids.ID {
	out := make([]ids.ID, len(items))
	for i, it := range items {
		out[i] = it.id
	}
	return out
}
