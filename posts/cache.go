package posts

import (
	"context"
	"time"

	"github.com/guildhall/guildhall/internal/db"
	"github.com/guildhall/guildhall/internal/ids"
	"github.com/guildhall/guildhall/internal/observe"
	"github.com/maypok86/otter/v2"
	"github.com/maypok86/otter/v2/stats"
)

// cacheTTL is the net below invalidation: nothing stale lives longer.
const cacheTTL = 10 * time.Minute

// loadMax bounds how many posts one round of statements reads.
const loadMax = 512

type (
	postCache   = otter.Cache[ids.ID, *entry]
	threadCache = otter.Cache[ids.ID, *thread]
	statsCache  = otter.Cache[ids.ID, AuthorStats]
	filterCache = otter.Cache[ids.ID, *FilterSet]
)

func (s *Service) openCaches() {
	c := s.config
	s.posts = newCache(c.PostCache, weighEntry)
	s.threads = newCache(c.ThreadCache, weighThread)
	s.translations = newTranslations()
	s.filters = newCache(c.FilterCache, func(_ ids.ID, f *FilterSet) uint32 { return uint32(f.size()) })
	s.cards = newCache(c.CardCache, weighCard)
	s.marks = newCache(c.ViewerCache, weighMarks)
	s.authors = newCache(c.AuthorCache, func(ids.ID, *author) uint32 { return uint32(512 + 20*c.AuthorSize) })
	s.authorStats = newCache(c.AuthorCache/4, func(ids.ID, AuthorStats) uint32 { return 128 })
	s.feeds = newFeeds(c.FeedCache)
	s.public = newRing(c.PublicSize)
	observe.Keep(s.Caches, "posts.posts", s.posts)
	observe.Keep(s.Caches, "posts.threads", s.threads)
	observe.Keep(s.Caches, "posts.cards", s.cards)
	observe.Keep(s.Caches, "posts.marks", s.marks)
	observe.Keep(s.Caches, "posts.authors", s.authors)
	observe.Keep(s.Caches, "posts.author_stats", s.authorStats)
	observe.Keep(s.Caches, "posts.filters", s.filters)
	observe.Keep(s.Caches, "posts.translations", s.translations.done)
	s.Caches.Add(s.feeds.look)
}

// newCache returns a cache that is bounded by the bytes that weigh returns. A
// value that is loaded while its key is invalidated is not kept: the cache
// sees to that itself.
func newCache[V any](bytes uint64, weigh func(ids.ID, V) uint32) *otter.Cache[ids.ID, V] {
	return otter.Must(&otter.Options[ids.ID, V]{
		MaximumWeight: bytes, Weigher: weigh, StatsRecorder: stats.NewCounter(),
		ExpiryCalculator: otter.ExpiryWriting[ids.ID, V](cacheTTL),
	})
}

func weighEntry(_ ids.ID, e *entry) uint32 {
	p := e.post
	n := 512 + len(p.Text) + len(p.Content) + len(p.Spoiler) + len(p.URI) + 96*len(p.Mentions) + 48*len(p.Tags)
	for _, m := range p.Media {
		n += 400 + len(m.Description)
	}
	if p.PollID != 0 {
		n += 512
	}
	return uint32(n)
}

// load returns posts by id, from the cache or from the database; those that do
// not exist are left out.
func (s *Service) load(ctx context.Context, want []ids.ID) (map[ids.ID]*entry, error) {
	found := make([]*entry, len(want))
	if err := s.entries(ctx, want, found); err != nil {
		return nil, err
	}
	out := make(map[ids.ID]*entry, len(want))
	for i, e := range found {
		if e != nil {
			out[want[i]] = e
		}
	}
	return out, nil
}

// entries puts the posts of want at the same places of out, nil for those that
// do not exist.
func (s *Service) entries(ctx context.Context, want []ids.ID, out []*entry) error {
	var missing []ids.ID
	var stale []*entry
	for i, id := range want {
		e, ok := s.posts.GetIfPresent(id)
		if !ok {
			missing = append(missing, id)
			continue
		}
		if e.stale.Load() {
			stale = append(stale, e)
		}
		out[i] = e
	}
	if len(stale) > 0 {
		if err := s.refresh(ctx, stale); err != nil {
			return err
		}
	}
	for len(missing) > 0 {
		n := min(len(missing), loadMax)
		loaded, err := s.posts.BulkGet(ctx, missing[:n], otter.BulkLoaderFunc[ids.ID, *entry](func(ctx context.Context, keys []ids.ID) (map[ids.ID]*entry, error) {
			return s.read(ctx, s.DB, keys)
		}))
		if err != nil {
			return err
		}
		for i, id := range want {
			if out[i] == nil {
				out[i] = loaded[id]
			}
		}
		missing = missing[n:]
	}
	return nil
}

// forget drops what is cached of a post.
func (s *Service) forget(id ids.ID) { s.posts.Invalidate(id) }

// setStats replaces a post's counters, after the commit of their change.
func (s *Service) setStats(id ids.ID, st Stats) {
	if e, ok := s.posts.GetIfPresent(id); ok {
		e.change(func() {
			e.stats.Store(&st)
			e.stale.Store(e.stale.Load() || s.unordered())
		})
		return
	}
	s.forget(id) // so that what is being read now is not kept
}

// unordered tells whether two commits may be told in the other order. Then the
// counters of the later call may be the older ones, and are read again.
func (s *Service) unordered() bool { return s.DB.Engine() == db.Postgres }

// setPoll replaces a poll, after the commit of its change. It must not be
// changed any more.
func (s *Service) setPoll(p *Poll) {
	if e, ok := s.posts.GetIfPresent(p.PostID); ok {
		e.change(func() {
			e.poll.Store(p)
			e.stale.Store(e.stale.Load() || s.unordered())
		})
		return
	}
	s.forget(p.PostID)
}

// outdate has a post's counters and its poll read again before the next use:
// another node may have changed them.
func (s *Service) outdate(id ids.ID) {
	if e, ok := s.posts.GetIfPresent(id); ok {
		e.change(func() { e.stale.Store(true) })
		return
	}
	s.forget(id)
}

// change makes a change of counters that what is being read now must not undo.
func (e *entry) change(f func()) {
	e.mu.Lock()
	e.changes++
	f()
	e.mu.Unlock()
}

// refresh reads the counters and polls of stale entries again.
func (s *Service) refresh(ctx context.Context, stale []*entry) error {
	before := make([]uint32, len(stale))
	of := make([]ids.ID, len(stale))
	var polls []ids.ID
	for i, e := range stale {
		e.mu.Lock()
		before[i] = e.changes
		e.mu.Unlock()
		of[i] = e.post.ID
		if e.post.PollID != 0 {
			polls = append(polls, e.post.PollID)
		}
	}
	stats, err := queryStats(ctx, s.DB, of)
	if err != nil {
		return err
	}
	var made map[ids.ID]*Poll
	if len(polls) > 0 {
		if made, err = queryPolls(ctx, s.DB, polls); err != nil {
			return err
		}
	}
	for i, e := range stale {
		st := stats[e.post.ID]
		if st == nil {
			st = &Stats{}
		}
		e.renew(before[i], st, made[e.post.PollID])
	}
	return nil
}

// renew stores counters that were read, unless they have changed since.
func (e *entry) renew(before uint32, st *Stats, p *Poll) {
	e.mu.Lock()
	defer e.mu.Unlock()
	if e.changes != before {
		return // still stale, or set to something newer
	}
	e.stats.Store(st)
	if p != nil {
		e.poll.Store(p)
	}
	e.stale.Store(false)
}
