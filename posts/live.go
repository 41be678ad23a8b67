package posts

import (
	"context"
	"maps"
	"slices"
	"time"

	"github.com/guildhall/guildhall/internal/ids"
	"github.com/guildhall/guildhall/internal/page"
	"github.com/guildhall/guildhall/profiles"
)

// KeepFeed holds a connected reader's feed in memory, so that HomeReaders finds
// them, until release is called.
func (s *Service) KeepFeed(ctx context.Context, reader ids.ID) (release func(), err error) {
	fs := s.feeds
	fs.mu.Lock()
	fs.kept[reader]++
	fs.mu.Unlock()
	release = func() {
		fs.mu.Lock()
		defer fs.mu.Unlock()
		if fs.kept[reader]--; fs.kept[reader] <= 0 {
			delete(fs.kept, reader)
		}
	}
	v, err := s.viewer(ctx, reader)
	if err == nil {
		_, err = s.feed(ctx, v)
	}
	if err != nil {
		release()
		return nil, err
	}
	return release, nil
}

// HomeReaders returns those of the connected readers (see KeepFeed) in whose
// home timeline a post appears, without reading the database as a rule. among
// is asked first. For an edited or a deleted post, give what is known of it.
func (s *Service) HomeReaders(ctx context.Context, c Created, among func(ids.ID) bool) ([]ids.ID, error) {
	found := map[ids.ID]struct{}{}
	h := homecoming{Created: &c, candidate: c.candidate(), now: s.Now()}
	unsure := s.feeds.readers(&h, func(reader ids.ID) {
		if among(reader) {
			found[reader] = struct{}{}
		}
	})
	for _, reader := range unsure {
		if !among(reader) {
			continue
		}
		g, err := s.Profiles.Graph(ctx, reader)
		if err != nil {
			return nil, err
		}
		belongs := h.belongs(g, reader, false)
		if !belongs && len(c.Tags) > 0 && h.belongs(g, reader, true) {
			if belongs, err = s.FollowsTag(ctx, reader, c.Tags); err != nil {
				return nil, err
			}
		}
		if belongs {
			found[reader] = struct{}{}
		}
	}
	return slices.Collect(maps.Keys(found)), nil
}

// homecoming is a post for whose readers is looked.
type homecoming struct {
	*Created
	candidate candidate
	now       time.Time
}

// belongs tells whether the post appears in a reader's home timeline, because
// they follow its author, or (tagged) one of its hashtags.
func (h *homecoming) belongs(g *profiles.Graph, reader ids.ID, tagged bool) bool {
	if reader != h.AccountID && h.Visibility == Direct && !slices.Contains(h.Mentions, reader) {
		return false
	}
	c := h.candidate
	c.tagged = tagged
	languages := g.Following[h.AccountID].Languages
	return admits(g, reader, &c, h.now) && !(h.BoostOfAccountID != 0 && g.Hides(h.BoostOfAccountID, h.now)) &&
		(len(languages) == 0 || h.Language == "" || slices.Contains(languages, h.Language))
}

// readers calls found for the connected readers in whose feeds a post is, and
// returns those whose feeds cannot tell. A reader may be found twice.
func (fs *feeds) readers(h *homecoming, found func(ids.ID)) (unsure []ids.ID) {
	fs.mu.RLock()
	defer fs.mu.RUnlock()
	pushed := func(f *feed, tagged bool) {
		if _, stale := fs.stale[f.reader]; !stale && fs.kept[f.reader] > 0 && h.belongs(f.graph.Load(), f.reader, tagged) && !f.repeats(h.candidate.item) {
			found(f.reader)
		}
	}
	for f := range fs.by[h.AccountID] {
		pushed(f, false)
	}
	for _, tag := range h.Tags {
		for f := range fs.tagged[tag] {
			pushed(f, true)
		}
	}
	for reader := range fs.kept {
		f := fs.of[reader]
		if _, stale := fs.stale[reader]; stale || f == nil {
			unsure = append(unsure, reader)
		} else if slices.Contains(f.big, h.AccountID) && h.belongs(f.graph.Load(), reader, false) {
			found(reader) // big authors' posts are not pushed
		}
	}
	return unsure
}

// repeats tells whether the feed does not show a boost because what it boosts
// has appeared shortly before.
func (f *feed) repeats(it item) bool {
	if it.boost == 0 {
		return false
	}
	before, _ := f.ring.page(page.Page{Max: it.id, Limit: boostGap + 1}, make([]item, 1, boostGap+1))
	before[0] = it
	return repeats(before)
}

// related has the feeds of two accounts loaded anew that stand otherwise to
// each other from now on, those of connected readers at once.
func (s *Service) related(ctx context.Context, accounts ...ids.ID) {
	fs := s.feeds
	for _, id := range accounts {
		fs.mu.Lock()
		_, running := fs.stale[id]
		switch {
		case fs.kept[id] == 0:
			fs.take(fs.of[id])
		case running:
			fs.stale[id] = true
		default:
			fs.stale[id] = false
			go s.renewFeed(ctx, id)
		}
		fs.mu.Unlock()
	}
}

// renewFeed loads a connected reader's feed until nothing has changed meanwhile.
func (s *Service) renewFeed(ctx context.Context, reader ids.ID) {
	for {
		v, err := s.viewer(ctx, reader)
		if err == nil {
			_, err = s.feed(ctx, v)
		}
		if err != nil && ctx.Err() == nil {
			s.Log.Warn("feed not loaded", "reader", reader, "error", err)
		}
		s.feeds.mu.Lock()
		if again := s.feeds.stale[reader]; !again || err != nil {
			delete(s.feeds.stale, reader)
			s.feeds.mu.Unlock()
			return
		}
		s.feeds.stale[reader] = false
		s.feeds.mu.Unlock()
	}
}

// retagged has a reader's feed loaded anew, who follows other hashtags from now
// on.
func (s *Service) retagged(ctx context.Context, reader ids.ID) {
	s.feeds.retag(reader)
	s.related(ctx, reader)
}
