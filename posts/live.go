package posts

import (
	"context"
	"slices"
	"time"

	"github.com/guildhall/guildhall/internal/errs"
	"github.com/guildhall/guildhall/internal/ids"
	"github.com/guildhall/guildhall/internal/page"
	"github.com/guildhall/guildhall/profiles"
)

// KeepFeed holds a connected reader's home feed in memory, so that HomeReaders
// finds them, until release is called.
func (s *Service) KeepFeed(ctx context.Context, reader ids.ID) (release func(), err error) {
	return s.keepFeed(ctx, feedKey{reader: reader})
}

// KeepList is KeepFeed for one of the reader's lists and ListReaders. Returns
// NotFound if it is not theirs.
func (s *Service) KeepList(ctx context.Context, reader, list ids.ID) (release func(), err error) {
	return s.keepFeed(ctx, feedKey{reader, list})
}

func (s *Service) keepFeed(ctx context.Context, key feedKey) (release func(), err error) {
	s.feeds.keep(key, 1)
	release = func() { s.feeds.keep(key, -1) }
	v, err := s.viewer(ctx, key.reader)
	if err == nil {
		_, err = s.feed(ctx, v, key.list)
	}
	if err != nil {
		release()
		return nil, err
	}
	return release, nil
}

// keep counts how often a feed is held.
func (fs *feeds) keep(key feedKey, by int) {
	fs.mu.Lock()
	defer fs.mu.Unlock()
	fs.count(key, by)
}

// count is keep; fs must be locked. What is not held may be released.
func (fs *feeds) count(key feedKey, by int) {
	of := fs.kept[key.reader]
	if of == nil {
		of = map[ids.ID]int{}
		fs.kept[key.reader] = of
	}
	before := of[key.list]
	of[key.list] += by
	if of[key.list] <= 0 {
		delete(of, key.list)
	}
	if len(of) == 0 {
		delete(fs.kept, key.reader)
	}
	if key.list != 0 {
		fs.lists += min(1, max(0, before+by)) - min(1, before)
	}
}

// HomeReaders returns those of the connected readers (see KeepFeed) in whose
// home timeline a post appears, without reading the database as a rule. For an
// edited or a deleted post, give what is known of it.
func (s *Service) HomeReaders(ctx context.Context, c Created) ([]ids.ID, error) {
	found, err := s.readers(ctx, c, func(key feedKey) bool { return key.list == 0 })
	out := make([]ids.ID, 0, len(found))
	for key := range found {
		out = append(out, key.reader)
	}
	return out, err
}

// ListReader is a connected reader of one of their lists.
type ListReader struct{ Reader, List ids.ID }

// ListReaders is HomeReaders for lists (see KeepList).
func (s *Service) ListReaders(ctx context.Context, c Created) ([]ListReader, error) {
	if !s.feeds.anyList() {
		return nil, nil
	}
	found, err := s.readers(ctx, c, func(key feedKey) bool { return key.list != 0 })
	out := make([]ListReader, 0, len(found))
	for key := range found {
		out = append(out, ListReader{key.reader, key.list})
	}
	return out, err
}

func (fs *feeds) anyList() bool {
	fs.mu.RLock()
	defer fs.mu.RUnlock()
	return fs.lists > 0
}

// ThreadReaders returns those of the accounts, who read a thread, to whom a post
// in it appears: who may see it and does not hide its author. For an edited or a
// deleted post, give what is known of it.
func (s *Service) ThreadReaders(ctx context.Context, c Created, among []ids.ID) ([]ids.ID, error) {
	p := &Post{ID: c.ID, AccountID: c.AccountID, Visibility: c.Visibility}
	for _, id := range c.Mentions {
		p.Mentions = append(p.Mentions, Mention{AccountID: id})
	}
	var out []ids.ID
	for _, id := range among {
		v, err := s.viewer(ctx, id)
		if errs.Is(err, errs.NotFound) { // an account that is gone
			continue
		}
		if err != nil {
			return nil, err
		}
		if s.visible(v, p) && !v.hides(p, nil) {
			out = append(out, id)
		}
	}
	return out, nil
}

// readers returns the kept feeds, of those that are asked for, in which a post
// appears.
func (s *Service) readers(ctx context.Context, c Created, among func(feedKey) bool) (map[feedKey]struct{}, error) {
	found := map[feedKey]struct{}{}
	h := homecoming{Created: &c, candidate: c.candidate(), now: s.Now()}
	unsure := s.feeds.readers(&h, among, func(key feedKey) { found[key] = struct{}{} })
	for _, key := range unsure {
		g, err := s.Profiles.Graph(ctx, key.reader)
		if err != nil {
			return nil, err
		}
		r, err := s.readRules(ctx, key)
		if errs.Is(err, errs.NotFound) { // a list that is gone
			continue
		}
		if err != nil {
			return nil, err
		}
		if h.belongs(r, g, false) || r.follows(c.Tags) && h.belongs(r, g, true) {
			found[key] = struct{}{}
		}
	}
	return found, nil
}

// homecoming is a post for whose readers is looked.
type homecoming struct {
	*Created
	candidate candidate
	now       time.Time
}

// belongs tells whether the post appears in a feed, because its reader follows
// the author, or (tagged) one of its hashtags.
func (h *homecoming) belongs(r *rules, g *profiles.Graph, tagged bool) bool {
	if r.reader != h.AccountID && h.Visibility == Direct && !slices.Contains(h.Mentions, r.reader) {
		return false
	}
	c := h.candidate
	c.tagged = tagged
	languages := g.Following[h.AccountID].Languages
	return r.admits(g, &c, h.now) && !(h.BoostOfAccountID != 0 && g.Hides(h.BoostOfAccountID, h.now)) &&
		(len(languages) == 0 || h.Language == "" || slices.Contains(languages, h.Language))
}

// readers calls found for those of the kept feeds that are asked for in which a
// post is, and returns those that cannot tell. A feed may be found twice.
func (fs *feeds) readers(h *homecoming, among func(feedKey) bool, found func(feedKey)) (unsure []feedKey) {
	fs.mu.RLock()
	defer fs.mu.RUnlock()
	pushed := func(f *feed, tagged bool) {
		if _, stale := fs.stale[f.feedKey]; !stale && fs.kept[f.reader][f.list] > 0 && among(f.feedKey) &&
			h.belongs(f.rules, f.graph.Load(), tagged) && !f.repeats(h.candidate.item) {
			found(f.feedKey)
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
	for reader, lists := range fs.kept {
		for list := range lists {
			key := feedKey{reader, list}
			if !among(key) {
				continue
			}
			f := fs.of[key]
			if _, stale := fs.stale[key]; stale || f == nil {
				unsure = append(unsure, key)
			} else if slices.Contains(f.big, h.AccountID) && h.belongs(f.rules, f.graph.Load(), false) {
				found(key) // big authors' posts are not pushed
			}
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
	fs.mu.Lock()
	defer fs.mu.Unlock()
	for _, id := range accounts {
		if fs.kept[id][0] == 0 { // others are found stale when they are read
			fs.take(fs.of[feedKey{reader: id}])
		}
		for list := range fs.kept[id] {
			key := feedKey{id, list}
			if _, running := fs.stale[key]; running {
				fs.stale[key] = true
				continue
			}
			fs.stale[key] = false
			go s.renewFeed(ctx, key)
		}
	}
}

// renewFeed loads a connected reader's feed until nothing has changed meanwhile.
func (s *Service) renewFeed(ctx context.Context, key feedKey) {
	for {
		v, err := s.viewer(ctx, key.reader)
		if err == nil {
			_, err = s.feed(ctx, v, key.list)
		}
		if err != nil && !errs.Is(err, errs.NotFound) && ctx.Err() == nil {
			s.Log.Warn("feed not loaded", "reader", key.reader, "list", key.list, "error", err)
		}
		s.feeds.mu.Lock()
		if errs.Is(err, errs.NotFound) { // a list that is gone
			s.feeds.take(s.feeds.of[key])
			s.feeds.count(key, -s.feeds.kept[key.reader][key.list])
		}
		if again := s.feeds.stale[key]; !again || err != nil {
			delete(s.feeds.stale, key)
			s.feeds.mu.Unlock()
			return
		}
		s.feeds.stale[key] = false
		s.feeds.mu.Unlock()
	}
}

// rechosen has a reader's feeds loaded anew, who has chosen other hashtags to
// follow, or has other lists, from now on.
func (s *Service) rechosen(ctx context.Context, reader ids.ID) {
	s.feeds.outdate(reader)
	s.related(ctx, reader)
}
