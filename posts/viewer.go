package posts

import (
	"context"
	"slices"
	"sync"
	"sync/atomic"

	"github.com/guildhall/guildhall/internal/db"
	"github.com/guildhall/guildhall/internal/ids"
	"github.com/maypok86/otter/v2"
)

// mark is what a viewer has done with a post, as bits.
type mark uint8

const (
	markFavourited mark = 1 << iota
	markBoosted
	markBookmarked
	markPinned
	markVoted
)

// marks is what is cached of one viewer.
type marks struct {
	mu      sync.RWMutex
	posts   map[ids.ID]mark
	votes   map[ids.ID][]int // of the posts with markVoted
	threads map[ids.ID]bool  // whether conversations are muted
	changes uint32           // guards against keeping what was read before a change
	weighed atomic.Int64     // how many posts the cache knows of
}

type markCache = otter.Cache[ids.ID, *marks]

// marksMax bounds how many posts are remembered of one viewer.
const marksMax = 4096

func weighMarks(_ ids.ID, m *marks) uint32 { return uint32(256 + 80*m.weighed.Load()) }

func newMarks() *marks {
	return &marks{posts: map[ids.ID]mark{}, votes: map[ids.ID][]int{}, threads: map[ids.ID]bool{}}
}

// marksOf returns what is cached of a viewer, empty at first.
func (s *Service) marksOf(viewer ids.ID) *marks {
	if m, ok := s.marks.GetIfPresent(viewer); ok {
		return m
	}
	m, _ := s.marks.ComputeIfAbsent(viewer, func() (*marks, bool) { return newMarks(), false })
	return m
}

// states puts what a viewer has done with the posts of found at the same
// places of out.
func (s *Service) states(ctx context.Context, by ids.ID, found []*entry, out []ViewerState) error {
	m := s.marksOf(by)
	var missing []*entry
	m.mu.RLock()
	before := m.changes
	for i, e := range found {
		if !m.state(e.post, &out[i]) {
			missing = append(missing, e)
		}
	}
	m.mu.RUnlock()
	for len(missing) > 0 {
		n := min(len(missing), loadMax)
		fresh, err := s.readMarks(ctx, by, missing[:n])
		if err != nil {
			return err
		}
		for i, e := range found {
			fresh.state(e.post, &out[i])
		}
		s.keepMarks(by, m, fresh, before)
		missing = missing[n:]
	}
	return nil
}

// state puts what is known of a post into st and tells whether that is all.
// m must be locked.
func (m *marks) state(p *Post, st *ViewerState) bool {
	bits, ok := m.posts[p.ID]
	if !ok {
		return false
	}
	muted, ok := m.threads[p.ThreadID]
	if !ok {
		return false
	}
	*st = ViewerState{
		Favourited: bits&markFavourited != 0, Boosted: bits&markBoosted != 0, Bookmarked: bits&markBookmarked != 0,
		Pinned: bits&markPinned != 0, Voted: bits&markVoted != 0, Muted: muted,
	}
	if st.Voted {
		st.Votes = m.votes[p.ID]
	}
	return true
}

func bitsOf(st *ViewerState) mark {
	var bits mark
	for i, on := range [...]bool{st.Favourited, st.Boosted, st.Bookmarked, st.Pinned, st.Voted} {
		if on {
			bits |= 1 << i
		}
	}
	return bits
}

// readMarks reads what a viewer has done with posts, in one statement.
func (s *Service) readMarks(ctx context.Context, by ids.ID, of []*entry) (*marks, error) {
	fresh := newMarks()
	posts := make([]ids.ID, len(of))
	var threads, polls []ids.ID
	byPoll := map[ids.ID]ids.ID{}
	for i, e := range of {
		p := e.post
		posts[i] = p.ID
		fresh.posts[p.ID] = 0
		if _, ok := fresh.threads[p.ThreadID]; !ok {
			fresh.threads[p.ThreadID] = false
			threads = append(threads, p.ThreadID)
		}
		if p.PollID != 0 {
			polls = append(polls, p.PollID)
			byPoll[p.PollID] = p.ID
		}
	}
	text, args := marksQuery(by, posts, threads, polls)
	rows, err := db.All(ctx, s.DB, func(r *markRow) []any { return []any{&r.bit, &r.id, &r.choice} }, text, args...)
	for _, r := range rows {
		switch r.bit {
		case 0:
			fresh.threads[r.id] = true
		case markVoted:
			id := byPoll[r.id]
			fresh.posts[id] |= markVoted
			fresh.votes[id] = append(fresh.votes[id], r.choice)
		default:
			fresh.posts[r.id] |= r.bit
		}
	}
	for _, choices := range fresh.votes {
		slices.Sort(choices)
	}
	return fresh, err
}

type markRow struct {
	bit    mark // 0: a muted conversation
	id     ids.ID
	choice int
}

func marksQuery(by ids.ID, posts, threads, polls []ids.ID) (string, []any) {
	in, args := db.In([]any{by}, posts)
	text := "SELECT 1 AS bit, post_id, 0 AS choice FROM posts_favourites WHERE account_id = $1 AND post_id IN " + in +
		" UNION ALL SELECT 2, boost_of_id, 0 FROM posts_posts WHERE account_id = $1 AND boost_of_id <> 0 AND boost_of_id IN " + in +
		" UNION ALL SELECT 4, post_id, 0 FROM posts_bookmarks WHERE account_id = $1 AND post_id IN " + in +
		" UNION ALL SELECT 8, post_id, 0 FROM posts_pins WHERE account_id = $1 AND post_id IN " + in
	in, args = db.In(args, threads)
	text += " UNION ALL SELECT 0, thread_id, 0 FROM posts_thread_mutes WHERE account_id = $1 AND thread_id IN " + in
	if len(polls) > 0 {
		in, args = db.In(args, polls)
		text += " UNION ALL SELECT 16, poll_id, position FROM posts_poll_votes WHERE account_id = $1 AND poll_id IN " + in
	}
	return text, args
}

// keepMarks adds what was read to what is cached, unless that has changed since.
func (s *Service) keepMarks(by ids.ID, m, fresh *marks, before uint32) {
	m.mu.Lock()
	if m.changes != before {
		m.mu.Unlock()
		return
	}
	if len(m.posts) >= marksMax {
		clear(m.posts)
		clear(m.votes)
		clear(m.threads)
	}
	for id, bits := range fresh.posts {
		m.posts[id] = bits
	}
	for id, choices := range fresh.votes {
		m.votes[id] = choices
	}
	for id, muted := range fresh.threads {
		m.threads[id] = muted
	}
	grown := int64(len(m.posts)) >= 2*m.weighed.Load()
	if grown {
		m.weighed.Store(int64(len(m.posts)))
	}
	m.mu.Unlock()
	if grown { // have it weighed again
		s.marks.ComputeIfPresent(by, func(old *marks) (*marks, otter.ComputeOp) {
			if old != m {
				return old, otter.CancelOp
			}
			return m, otter.WriteOp
		})
	}
}

// markViewer changes what is cached of what a viewer has done with a post,
// after the commit of the change.
func (s *Service) markViewer(by, id ids.ID, f func(*ViewerState)) {
	if pins(f) {
		s.dropPins(by)
	}
	m, ok := s.marks.GetIfPresent(by)
	if !ok {
		return
	}
	thread := s.threadOf(id)
	m.mu.Lock()
	defer m.mu.Unlock()
	m.changes++
	var st ViewerState
	if thread == 0 || !m.state(&Post{ID: id, ThreadID: thread}, &st) {
		m.drop(id, thread)
		return
	}
	f(&st)
	m.posts[id] = bitsOf(&st)
	m.threads[thread] = st.Muted
	delete(m.votes, id)
	if st.Voted {
		m.votes[id] = st.Votes
	}
}

// pins tells whether a change of marks pins or unpins.
func pins(f func(*ViewerState)) bool {
	off, on := ViewerState{}, ViewerState{Pinned: true}
	f(&off)
	f(&on)
	return off.Pinned || !on.Pinned
}

// dropMark has what a viewer has done with a post read again.
func (s *Service) dropMark(by, id ids.ID) {
	if m, ok := s.marks.GetIfPresent(by); ok {
		thread := s.threadOf(id)
		m.mu.Lock()
		m.changes++
		m.drop(id, thread)
		m.mu.Unlock()
	}
}

// threadOf returns the conversation of a post, or 0 if that is not in memory.
func (s *Service) threadOf(id ids.ID) ids.ID {
	if e, ok := s.posts.GetIfPresent(id); ok {
		return e.post.ThreadID
	}
	return 0
}

// drop forgets a post and whether its conversation is muted, or of all whether
// they are if that is not known (0). m must be locked.
func (m *marks) drop(id, thread ids.ID) {
	delete(m.posts, id)
	delete(m.votes, id)
	if thread == 0 {
		clear(m.threads)
	} else {
		delete(m.threads, thread)
	}
}
