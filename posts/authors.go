package posts

import (
	"context"
	"sync"
	"time"

	"github.com/guildhall/guildhall/internal/db"
	"github.com/guildhall/guildhall/internal/ids"
	"github.com/guildhall/guildhall/internal/page"
	"github.com/maypok86/otter/v2"
)

// author is what is cached of an account whose posts are looked at.
type author struct {
	posts *ring
	pins  []ids.ID // newest pin first
}

type authorCache = otter.Cache[ids.ID, *author]

// author returns the newest posts of an account and its pins.
func (s *Service) author(ctx context.Context, id ids.ID) (*author, error) {
	if a, ok := s.authors.GetIfPresent(id); ok {
		return a, nil
	}
	// What happens during the load invalidates the key, and it is loaded again.
	return s.authors.Get(ctx, id, otter.LoaderFunc[ids.ID, *author](func(ctx context.Context, id ids.ID) (*author, error) {
		a := &author{posts: newRing(s.config.AuthorSize)}
		if err := fillRing(ctx, a.posts, s.accountBelow(id)); err != nil {
			return nil, err
		}
		var err error
		a.pins, err = db.Values[ids.ID](ctx, s.DB, "SELECT post_id FROM posts_pins WHERE account_id = $1 ORDER BY id DESC LIMIT $2", id, s.config.MaxPins)
		return a, err
	}))
}

// accountBelow reads an account's posts and boosts from the database.
func (s *Service) accountBelow(id ids.ID) func(context.Context, page.Page) ([]item, error) {
	return func(ctx context.Context, p page.Page) ([]item, error) {
		end, args := p.SQL("id", []any{id})
		return db.All(ctx, s.DB, func(it *item) []any { return []any{&it.id, &it.boost} },
			"SELECT id, boost_of_id FROM posts_posts WHERE account_id = $1"+end, args...)
	}
}

// authorItems reads an account's posts and boosts, the newest from memory.
func (s *Service) authorItems(ctx context.Context, id ids.ID, p page.Page) ([]item, error) {
	a, err := s.author(ctx, id)
	if err != nil {
		return nil, err
	}
	return a.posts.fetch(ctx, p, s.accountBelow(id))
}

func (s *Service) accountItems(id ids.ID) func(context.Context, page.Page) ([]ids.ID, error) {
	return func(ctx context.Context, p page.Page) ([]ids.ID, error) {
		items, err := s.authorItems(ctx, id, p)
		return idsOf(items), err
	}
}

// pinned returns an account's pinned posts, the newest pin first. They are few:
// the page is cut out of all of them.
func (s *Service) pinned(ctx context.Context, v *viewer, id ids.ID, f AccountFilter, p page.Page) ([]*View, error) {
	a, err := s.author(ctx, id)
	if err != nil {
		return nil, err
	}
	list, err := s.views(ctx, v, a.pins, func(v *viewer, post, of *Post) bool { return p.Holds(post.ID) && f.keep(v, post, of) })
	return list[:min(len(list), p.Limit)], err
}

// authorPushed adds a new post to what is cached of its author.
func (s *Service) authorPushed(c *Created) {
	if a, ok := s.authors.GetIfPresent(c.AccountID); ok {
		a.posts.push(item{c.ID, c.BoostOfID})
		return
	}
	s.authors.Invalidate(c.AccountID)
}

// authorRemoved takes a deleted post out of what is cached of its author.
func (s *Service) authorRemoved(id, post ids.ID) {
	s.authorStats.Invalidate(id)
	if a, ok := s.authors.GetIfPresent(id); ok {
		a.posts.remove(post)
		return
	}
	s.authors.Invalidate(id)
}

// dropPins has an account's pins read again.
func (s *Service) dropPins(id ids.ID) { s.authors.Invalidate(id) }

// AuthorStats returns how much accounts have posted. Those who have posted
// nothing have zero stats.
func (s *Service) AuthorStats(ctx context.Context, want []ids.ID) (map[ids.ID]AuthorStats, error) {
	out := make(map[ids.ID]AuthorStats, len(want))
	var missing []ids.ID
	for _, id := range want {
		if st, ok := s.authorStats.GetIfPresent(id); ok {
			out[id] = st
		} else {
			missing = append(missing, id)
		}
	}
	for len(missing) > 0 {
		n := min(len(missing), loadMax)
		loaded, err := s.authorStats.BulkGet(ctx, missing[:n], otter.BulkLoaderFunc[ids.ID, AuthorStats](s.readAuthorStats))
		if err != nil {
			return nil, err
		}
		for id, st := range loaded {
			out[id] = st
		}
		missing = missing[n:]
	}
	return out, nil
}

func scanAuthorStats(st *AuthorStats) []any { return []any{&st.Posts, millis{&st.LastAt}} }

func (s *Service) readAuthorStats(ctx context.Context, want []ids.ID) (map[ids.ID]AuthorStats, error) {
	in, args := db.In(nil, want)
	rows, err := db.All(ctx, s.DB, func(k *keyed[AuthorStats]) []any {
		return append([]any{&k.of}, scanAuthorStats(&k.value)...)
	}, "SELECT account_id, posts, last_at FROM posts_authors WHERE account_id IN "+in, args...)
	if err != nil {
		return nil, err
	}
	found := make(map[ids.ID]AuthorStats, len(want))
	for _, id := range want {
		found[id] = AuthorStats{}
	}
	for _, r := range rows {
		found[r.of] = r.value
	}
	return found, nil
}

// total is the number of posts on this server, counted now and then.
type total struct {
	mu    sync.Mutex
	posts int
	until time.Time
}

// countEvery is how old the number of posts may be.
const countEvery = 5 * time.Minute

// countStep is how many authors are summed up by a statement.
const countStep = 2000

// Counts returns how many posts and boosts there are, a few minutes ago.
func (s *Service) Counts(ctx context.Context) (int, error) {
	s.total.mu.Lock()
	defer s.total.mu.Unlock()
	if s.Now().Before(s.total.until) {
		return s.total.posts, nil
	}
	sum, after := 0, ids.ID(0)
	for {
		rows, err := db.All(ctx, s.DB, func(k *keyed[int]) []any { return []any{&k.of, &k.value} },
			"SELECT account_id, posts FROM posts_authors WHERE account_id > $1 ORDER BY account_id LIMIT $2", after, countStep)
		if err != nil {
			return 0, err
		}
		for _, r := range rows {
			sum += r.value
		}
		if len(rows) < countStep {
			break
		}
		after = rows[len(rows)-1].of
	}
	s.total.posts, s.total.until = sum, s.Now().Add(countEvery)
	return sum, nil
}
