package posts

import (
	"context"
	"fmt"
	"maps"
	"math"
	"slices"
	"sync"
	"sync/atomic"
	"time"

	"github.com/guildhall/guildhall/internal/ids"
	"github.com/guildhall/guildhall/internal/observe"
	"github.com/guildhall/guildhall/profiles"
)

// boostGap is how many posts must be between two appearances of a post.
const boostGap = 40

// feed is a reader's home timeline, or one of their lists, as far as it is held
// in memory: everything that belongs there by its rules and by who follows whom.
// Whether a post may be seen, and whether a boost is too close to its original,
// is found out when it is read.
type feed struct {
	*rules
	graph   atomic.Pointer[profiles.Graph] // what it is made by; one that differs for feeds makes it stale
	ring    *ring
	authors []ids.ID  // pushed: of the reader and those they follow and do not hide
	big     []ids.ID  // those with very many followers, merged in when read
	mark    uint64    // of the reader's choices, see feeds.outdate
	until   time.Time // when a mute ends, or the net below events
	used    atomic.Int64
}

// bytes estimates the memory that the feed takes.
func (f *feed) bytes() int64 {
	return 512 + 20*int64(f.ring.size) + 64*int64(len(f.authors)) + 128*int64(len(f.tags)) + 32*int64(len(f.apart)+len(f.members))
}

// feeds are the loaded feeds of this process.
type feeds struct {
	mu     sync.RWMutex
	of     map[feedKey]*feed
	by     map[ids.ID]map[*feed]struct{} // by author: whom a new post is pushed to
	tagged map[string]map[*feed]struct{} // by followed hashtag
	kept   map[ids.ID]map[ids.ID]int     // by connected reader: their feeds' lists (0: home), held how often
	lists  int                           // how many lists are among kept
	stale  map[feedKey]bool              // kept feeds that are being loaded anew; true: once more
	bytes  int64
	budget int64
	clock  atomic.Int64       // counts uses
	marks  [256]atomic.Uint64 // by reader, more than one each: which followed hashtags and lists
}

func newFeeds(budget uint64) *feeds {
	return &feeds{of: map[feedKey]*feed{}, by: map[ids.ID]map[*feed]struct{}{}, tagged: map[string]map[*feed]struct{}{},
		kept: map[ids.ID]map[ids.ID]int{}, stale: map[feedKey]bool{}, budget: int64(min(budget, math.MaxInt64))}
}

// look tells how many feeds are loaded and what they take.
func (fs *feeds) look() observe.Cache {
	fs.mu.RLock()
	defer fs.mu.RUnlock()
	return observe.Cache{Name: "posts.feeds", Entries: len(fs.of), Bytes: uint64(max(0, fs.bytes)), Max: uint64(fs.budget)}
}

// mark returns a number that is another one after a reader's choices have
// changed: followed hashtags, lists.
func (fs *feeds) mark(reader ids.ID) uint64 {
	return fs.marks[ids.ShardOf(reader)%len(fs.marks)].Load()
}

// outdate makes a reader's feeds stale, also those that are being loaded now.
func (fs *feeds) outdate(reader ids.ID) { fs.marks[ids.ShardOf(reader)%len(fs.marks)].Add(1) }

// get returns one of the viewer's feeds if it is loaded and belongs to their
// graph.
func (fs *feeds) get(v *viewer, list ids.ID) *feed {
	fs.mu.RLock()
	f := fs.of[feedKey{v.id, list}]
	fs.mu.RUnlock()
	if f == nil || !v.now.Before(f.until) || !f.ring.full() || f.mark != fs.mark(v.id) {
		return nil
	}
	if g := f.graph.Load(); g != v.graph && g.Version != v.graph.Version {
		if !alike(g, v.graph) {
			return nil
		}
		f.graph.Store(v.graph)
	}
	f.used.Store(fs.clock.Add(1))
	return f
}

// alike tells whether two graphs of a reader make the same feed. Every new
// follower makes another graph, but not another feed.
func alike(a, b *profiles.Graph) bool {
	return maps.Equal(a.Blocking, b.Blocking) && maps.Equal(a.BlockedBy, b.BlockedBy) && maps.Equal(a.Muting, b.Muting) &&
		maps.EqualFunc(a.Following, b.Following, func(x, y profiles.Follow) bool { return x.Boosts == y.Boosts })
}

// add makes a feed hear of new posts, instead of the former one of its key, and
// makes room for it.
func (fs *feeds) add(f *feed) {
	f.used.Store(fs.clock.Add(1))
	fs.mu.Lock()
	defer fs.mu.Unlock()
	fs.take(fs.of[f.feedKey])
	fs.of[f.feedKey] = f
	for _, a := range f.authors {
		if fs.by[a] == nil {
			fs.by[a] = map[*feed]struct{}{}
		}
		fs.by[a][f] = struct{}{}
	}
	for _, tag := range f.tags {
		if fs.tagged[tag] == nil {
			fs.tagged[tag] = map[*feed]struct{}{}
		}
		fs.tagged[tag][f] = struct{}{}
	}
	fs.bytes += f.bytes()
	for fs.bytes > fs.budget {
		old := fs.oldest(f)
		if old == nil {
			return
		}
		fs.take(old)
	}
}

// oldest returns the least used of a few feeds, neither f nor a kept one.
func (fs *feeds) oldest(f *feed) *feed {
	var old *feed
	looked := 0
	for _, o := range fs.of {
		if o == f || fs.kept[o.reader][o.list] > 0 {
			continue
		}
		if old == nil || o.used.Load() < old.used.Load() {
			old = o
		}
		if looked++; looked == 16 {
			break
		}
	}
	return old
}

// take removes a feed if it is there. fs must be locked.
func (fs *feeds) take(f *feed) {
	if f == nil || fs.of[f.feedKey] != f {
		return
	}
	delete(fs.of, f.feedKey)
	for _, a := range f.authors {
		delete(fs.by[a], f)
		if len(fs.by[a]) == 0 {
			delete(fs.by, a)
		}
	}
	for _, tag := range f.tags {
		delete(fs.tagged[tag], f)
		if len(fs.tagged[tag]) == 0 {
			delete(fs.tagged, tag)
		}
	}
	fs.bytes -= f.bytes()
}

// drop removes a feed.
func (fs *feeds) drop(f *feed) {
	fs.mu.Lock()
	fs.take(f)
	fs.mu.Unlock()
}

// clear removes all feeds and returns the readers that are connected.
func (fs *feeds) clear() []ids.ID {
	fs.mu.Lock()
	defer fs.mu.Unlock()
	clear(fs.of)
	clear(fs.by)
	clear(fs.tagged)
	fs.bytes = 0
	readers := make([]ids.ID, 0, len(fs.kept))
	for id := range fs.kept {
		readers = append(readers, id)
	}
	return readers
}

// candidate is what decides whether a post belongs into a home timeline.
type candidate struct {
	item
	author, replyTo ids.ID // replyTo is the answered account, 0: no answer
	visibility      Visibility
	tagged          bool // found by a hashtag that the reader follows
}

func (c *Created) candidate() candidate {
	replyTo := c.InReplyToAccountID
	if c.InReplyToID == 0 {
		replyTo = 0
	}
	return candidate{item: item{c.ID, c.BoostOfID}, author: c.AccountID, replyTo: replyTo, visibility: c.Visibility}
}

// admits tells whether a post belongs into the feed; see rules.admits.
func (f *feed) admits(c *candidate, now time.Time) bool {
	return f.rules.admits(f.graph.Load(), c, now)
}

// admits tells whether a post belongs into a reader's home by who follows whom.
func admits(g *profiles.Graph, reader ids.ID, c *candidate, now time.Time) bool {
	if c.author == reader {
		return true
	}
	if c.tagged {
		return c.visibility == Public && c.boost == 0 && !g.Hides(c.author, now)
	}
	follow, ok := g.Following[c.author]
	if !ok || g.Hides(c.author, now) {
		return false
	}
	if c.boost != 0 {
		return follow.Boosts
	}
	if c.replyTo == 0 || c.replyTo == c.author || c.replyTo == reader {
		return true
	}
	_, ok = g.Following[c.replyTo]
	return ok
}

// push adds a new post to every loaded feed that it belongs into.
func (fs *feeds) push(c *Created, now time.Time) {
	cand := c.candidate()
	fs.mu.RLock()
	defer fs.mu.RUnlock()
	for f := range fs.by[c.AccountID] {
		if f.admits(&cand, now) && (c.Visibility != Direct || f.reader == c.AccountID || slices.Contains(c.Mentions, f.reader)) {
			f.ring.push(cand.item)
		}
	}
	cand.tagged = true
	for _, tag := range c.Tags {
		for f := range fs.tagged[tag] {
			if f.admits(&cand, now) {
				f.ring.push(cand.item)
			}
		}
	}
}

// mention adds an edited direct post to the feeds of those it mentions now.
func (fs *feeds) mention(e *Edited) {
	fs.mu.RLock()
	defer fs.mu.RUnlock()
	for _, reader := range e.Added {
		f := fs.of[feedKey{reader: reader}]
		if f == nil {
			continue
		}
		if _, follows := fs.by[e.AccountID][f]; follows {
			f.ring.push(item{id: e.ID})
		}
	}
}

// remove takes a deleted post out of the feeds.
func (fs *feeds) remove(d *Deleted) {
	fs.mu.RLock()
	defer fs.mu.RUnlock()
	for f := range fs.by[d.AccountID] {
		f.ring.remove(d.ID)
	}
	for _, tag := range d.Tags {
		for f := range fs.tagged[tag] {
			f.ring.remove(d.ID)
		}
	}
}

// feed returns the viewer's home feed, or that of one of their lists, loading it
// if need be. Returns NotFound for a list that is not the viewer's.
func (s *Service) feed(ctx context.Context, v *viewer, list ids.ID) (*feed, error) {
	if f := s.feeds.get(v, list); f != nil {
		return f, nil
	}
	f, err, _ := s.flights.Do(fmt.Sprint("feed ", v.id, list, v.graph.Version, s.feeds.mark(v.id)), func() (any, error) {
		if f := s.feeds.get(v, list); f != nil {
			return f, nil
		}
		return s.loadFeed(context.WithoutCancel(ctx), v, list)
	})
	if err != nil {
		return nil, err
	}
	return f.(*feed), nil
}

// loadFeed makes a feed hear of new posts first and then reads the older ones,
// so that none is missed.
func (s *Service) loadFeed(ctx context.Context, v *viewer, list ids.ID) (*feed, error) {
	f, err := s.newFeed(ctx, v, list)
	if err != nil {
		return nil, err
	}
	f.ring.begin()
	s.feeds.add(f)
	rows, err := s.scanHome(ctx, f, newest(f.ring.size))
	if err != nil {
		s.feeds.drop(f)
		return nil, err
	}
	f.ring.fill(rows, len(rows) < f.ring.size)
	return f, nil
}

// newFeed returns an empty feed that belongs to the viewer's graph.
func (s *Service) newFeed(ctx context.Context, v *viewer, list ids.ID) (*feed, error) {
	g := v.graph
	f := &feed{ring: newRing(s.config.FeedSize + boostGap), until: v.now.Add(cacheTTL), mark: s.feeds.mark(v.id)}
	var err error
	if f.rules, err = s.readRules(ctx, feedKey{v.id, list}); err != nil {
		return nil, err
	}
	f.graph.Store(g)
	for _, m := range g.Muting {
		if !m.Until.IsZero() && m.Until.After(v.now) && m.Until.Before(f.until) {
			f.until = m.Until
		}
	}
	followed := make([]ids.ID, 0, len(g.Following)+1)
	for id := range g.Following {
		if !g.Hides(id, v.now) && id != v.id && f.pushes(id) {
			followed = append(followed, id)
		}
	}
	accounts, err := s.Profiles.Accounts(ctx, followed)
	if err != nil {
		return nil, err
	}
	for _, id := range followed {
		if a := accounts[id]; a != nil && a.Followers >= s.config.PushLimit {
			f.big = append(f.big, id)
		} else {
			f.authors = append(f.authors, id)
		}
	}
	if f.pushes(v.id) {
		f.authors = append(f.authors, v.id)
	}
	slices.Sort(f.authors)
	return f, nil
}
