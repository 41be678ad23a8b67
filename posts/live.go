package posts

import (
	"context"
	"slices"

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
	fs, cand := s.feeds, c.candidate()
	now := s.Now()
	belongs := func(g *profiles.Graph, reader ids.ID) bool {
		if reader != c.AccountID && c.Visibility == Direct && !slices.Contains(c.Mentions, reader) {
			return false
		}
		languages := g.Following[c.AccountID].Languages
		return admits(g, reader, &cand, now) && !(c.BoostOfAccountID != 0 && g.Hides(c.BoostOfAccountID, now)) &&
			(len(languages) == 0 || c.Language == "" || slices.Contains(languages, c.Language))
	}
	var readers, unsure []ids.ID
	fs.mu.RLock()
	for f := range fs.by[c.AccountID] {
		if _, stale := fs.stale[f.reader]; !stale && fs.kept[f.reader] > 0 && among(f.reader) && belongs(f.graph.Load(), f.reader) && !f.repeats(cand.item) {
			readers = append(readers, f.reader)
		}
	}
	for reader := range fs.kept {
		f := fs.of[reader]
		if _, stale := fs.stale[reader]; stale || f == nil {
			unsure = append(unsure, reader)
		} else if slices.Contains(f.big, c.AccountID) && among(reader) && belongs(f.graph.Load(), reader) {
			readers = append(readers, reader) // big authors' posts are not pushed
		}
	}
	fs.mu.RUnlock()
	for _, reader := range unsure {
		if !among(reader) {
			continue
		}
		g, err := s.Profiles.Graph(ctx, reader)
		if err != nil {
			return nil, err
		}
		if belongs(g, reader) {
			readers = append(readers, reader)
		}
	}
	return readers, nil
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
