package posts

import (
	"context"

	"github.com/guildhall/guildhall/internal/bus"
	"github.com/guildhall/guildhall/internal/ids"
	"github.com/guildhall/guildhall/profiles"
)

// startReading keeps caches, feeds and the full-text index up to date until
// ctx ends.
func (s *Service) startReading(ctx context.Context) error {
	context.AfterFunc(ctx, func() {
		s.posts.StopAllGoroutines()
		s.marks.StopAllGoroutines()
		s.authors.StopAllGoroutines()
		s.authorStats.StopAllGoroutines()
		s.threads.StopAllGoroutines()
		s.filters.StopAllGoroutines()
		s.translations.done.StopAllGoroutines()
		s.translations.languages.StopAllGoroutines()
		s.cards.StopAllGoroutines()
	})
	s.Profiles.WatchRelations(func(p bus.Payload) { s.regraph(ctx, p) })
	err := s.Bus.Follow(bus.Follower{
		Event: func(e bus.Event) {
			if err := s.hear(ctx, e); err != nil {
				s.Log.Error("event not understood", "error", err)
			}
		},
		Lost: func() { s.lost(ctx) },
	})
	if err != nil {
		return err
	}
	return s.startSearch(ctx)
}

// hear brings what this node holds in memory up to date with an event, which
// may have happened on this node or on another one.
func (s *Service) hear(ctx context.Context, e bus.Event) error {
	switch e.Domain {
	case "posts":
		return s.hearPosts(ctx, e)
	case "profiles":
		return s.hearProfiles(ctx, e)
	}
	return nil
}

func (s *Service) hearPosts(ctx context.Context, e bus.Event) error {
	if e.Own && e.Kind != (Edited{}).Kind() { // what it changed was brought up to date right after the commit
		return nil
	}
	switch e.Kind {
	case Created{}.Kind():
		return on(e, func(c Created) {
			s.authorStats.Invalidate(c.AccountID)
			s.published(c)
			s.outdate(c.InReplyToID)
			s.outdate(c.QuoteOfID)
			s.touched(c.AccountID, c.BoostOfID)
		})
	case Deleted{}.Kind():
		return on(e, func(d Deleted) {
			s.unpublished(d)
			s.outdate(d.ParentID)
			s.outdate(d.QuoteOfID)
			s.touched(d.AccountID, d.BoostOfID)
		})
	case Edited{}.Kind():
		return on(e, func(e Edited) {
			s.rewritten(e)
			if e.Visibility == Direct {
				s.feeds.mention(&e)
			}
		})
	case Refreshed{}.Kind():
		return on(e, func(r Refreshed) { s.refreshed(r) })
	case Favourited{}.Kind():
		return on(e, func(f Favourited) { s.touched(f.AccountID, f.PostID) })
	case Unfavourited{}.Kind():
		return on(e, func(f Unfavourited) { s.touched(f.AccountID, f.PostID) })
	case Marked{}.Kind():
		return on(e, func(m Marked) {
			s.dropMark(m.AccountID, m.PostID)
			s.dropPins(m.AccountID)
			if m.Voted {
				s.outdate(m.PostID)
			}
		})
	case TrendReviewed{}.Kind():
		s.forgetTrends()
	case FiltersChanged{}.Kind():
		return on(e, func(f FiltersChanged) { s.forgetFilters(f.AccountID) })
	case TagFollowed{}.Kind():
		return on(e, func(f TagFollowed) { s.rechosen(ctx, f.AccountID) })
	case ListChanged{}.Kind():
		return on(e, func(l ListChanged) { s.rechosen(ctx, l.AccountID) })
	}
	return nil
}

func on[T any](e bus.Event, f func(T)) error {
	v, err := bus.Decode[T](e)
	if err == nil {
		f(v)
	}
	return err
}

// touched has the counters of a post, and what an account has done with it,
// read again.
func (s *Service) touched(by, id ids.ID) {
	s.outdate(id)
	s.dropMark(by, id)
}

// published makes a new post known to what this node holds in memory. It may
// be called more than once.
func (s *Service) published(c Created) {
	s.authorPushed(&c)
	s.feeds.push(&c, s.Now())
	if c.BoostOfID == 0 && inPublic(&Post{AccountID: c.AccountID, Visibility: c.Visibility, InReplyToID: c.InReplyToID, InReplyToAccountID: c.InReplyToAccountID}) {
		s.public.push(item{id: c.ID})
	}
	if c.ThreadID != 0 {
		s.threads.Invalidate(c.ThreadID)
	}
}

// unpublished takes a deleted post out of what this node holds in memory. It
// may be called more than once.
func (s *Service) unpublished(d Deleted) {
	s.forget(d.ID)
	s.authorRemoved(d.AccountID, d.ID)
	s.feeds.remove(&d)
	s.public.remove(d.ID)
	if d.ThreadID != 0 {
		s.threads.Invalidate(d.ThreadID)
	}
}

// rewritten has an edited post read again.
func (s *Service) rewritten(e Edited) {
	s.forget(e.ID)
	if e.Unvoted {
		s.dropVotes(e.ID)
	}
}

func (s *Service) hearProfiles(ctx context.Context, e bus.Event) error {
	if e.Own { // regraph was called right after the commit
		return nil
	}
	switch e.Kind {
	case profiles.Followed{}.Kind():
		return on(e, func(f profiles.Followed) { s.regraph(ctx, f) })
	case profiles.Unfollowed{}.Kind():
		return on(e, func(f profiles.Unfollowed) { s.regraph(ctx, f) })
	case profiles.GraphChanged{}.Kind():
		return on(e, func(g profiles.GraphChanged) { s.regraph(ctx, g) })
	}
	return nil
}

// regraph has the feeds made anew of those whose relations have changed. Changes
// of this node come before the next post of this node can be made: that one would
// else be told to those who have read the former feed.
func (s *Service) regraph(ctx context.Context, change bus.Payload) {
	switch c := change.(type) {
	case profiles.Followed:
		s.related(ctx, c.From)
	case profiles.Unfollowed:
		s.related(ctx, c.From)
	case profiles.GraphChanged:
		s.related(ctx, c.From, c.To)
	}
}

// lost throws away everything that events keep up to date.
func (s *Service) lost(ctx context.Context) {
	s.posts.InvalidateAll()
	s.marks.InvalidateAll()
	s.authors.InvalidateAll()
	s.authorStats.InvalidateAll()
	s.threads.InvalidateAll()
	s.filters.InvalidateAll()
	s.cards.InvalidateAll()
	s.public.empty()
	s.forgetTrends()
	s.related(ctx, s.feeds.clear()...)
}
