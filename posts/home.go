package posts

import (
	"cmp"
	"context"
	"math"
	"slices"
	"time"

	"github.com/guildhall/guildhall/internal/db"
	"github.com/guildhall/guildhall/internal/ids"
	"github.com/guildhall/guildhall/internal/page"
)

// Home returns the viewer's home timeline: their own posts, those of accounts
// that they follow, and what these boost. The newest come from the feed in
// memory, older ones from the database by the same rules.
func (s *Service) Home(ctx context.Context, by ids.ID, p page.Page) ([]*View, error) {
	return s.fed(ctx, by, 0, p)
}

// ListTimeline returns what the members of a list have posted and boosted, as
// Home does. Returns NotFound if the list is not the viewer's.
func (s *Service) ListTimeline(ctx context.Context, by, list ids.ID, p page.Page) ([]*View, error) {
	return s.fed(ctx, by, list, p)
}

// fed returns a page of a timeline that has a feed.
func (s *Service) fed(ctx context.Context, by, list ids.ID, p page.Page) ([]*View, error) {
	v, err := s.viewer(ctx, by)
	if err != nil {
		return nil, err
	}
	f, err := s.feed(ctx, v, list)
	if err != nil {
		return nil, err
	}
	from := func(ctx context.Context, p page.Page) ([]ids.ID, ids.ID, error) { return s.homePage(ctx, f, p) }
	return s.fill(ctx, v, p, from, func(v *viewer, p, of *Post) bool { return wanted(v, p, of) && f.holds(v, p) })
}

// wanted leaves out of a home timeline what depends on more than who follows
// whom: languages, and authors of boosted posts.
func wanted(v *viewer, p, of *Post) bool {
	content := p
	if of != nil {
		content = of
	}
	languages := v.graph.Following[p.AccountID].Languages
	if len(languages) > 0 && content.Language != "" && !slices.Contains(languages, content.Language) {
		return false
	}
	return p.AccountID == v.id || !v.hides(p, of)
}

func newest(n int) page.Page { return page.Page{Limit: n} }

// homePage is the source of the home timeline. It leaves out boosts of what
// appears among the 40 posts before them, so it reads those too.
func (s *Service) homePage(ctx context.Context, f *feed, p page.Page) ([]ids.ID, ids.ID, error) {
	if p.Min != 0 {
		return s.homePageUp(ctx, f, p)
	}
	items, err := s.homeItems(ctx, f, page.Page{Max: p.Max, Limit: p.Limit + boostGap})
	if err != nil {
		return nil, 0, err
	}
	n := min(p.Limit, len(items))
	out := make([]ids.ID, 0, n)
	for i, it := range items[:n] {
		if it.id <= p.Since {
			return out, 0, nil
		}
		if !repeats(items[i:]) {
			out = append(out, it.id)
		}
	}
	if len(items) <= p.Limit {
		return out, 0, nil
	}
	return out, items[n-1].id, nil
}

// homePageUp is homePage for the posts next above Min, oldest first.
func (s *Service) homePageUp(ctx context.Context, f *feed, p page.Page) ([]ids.ID, ids.ID, error) {
	up, err := s.homeItems(ctx, f, page.Page{Min: p.Min, Max: p.Max, Limit: p.Limit})
	if err != nil || len(up) == 0 {
		return nil, 0, err
	}
	items, err := s.homeItems(ctx, f, page.Page{Max: up[0].id, Limit: boostGap})
	if err != nil {
		return nil, 0, err
	}
	all := append(slices.Clone(up), items...)
	slices.Reverse(all[:len(up)])
	out := make([]ids.ID, 0, len(up))
	for i := len(up) - 1; i >= 0; i-- {
		if !repeats(all[i:]) {
			out = append(out, all[i].id)
		}
	}
	if len(up) < p.Limit {
		return out, 0, nil
	}
	return out, up[len(up)-1].id, nil
}

// repeats tells whether the first of items, newest first, boosts what is among
// the next 40 or is boosted there.
func repeats(items []item) bool {
	of := items[0].boost
	return of != 0 && slices.ContainsFunc(items[1:min(len(items), boostGap+1)], func(it item) bool { return it.id == of || it.boost == of })
}

// homeItems reads a part of everything that belongs into a home timeline by
// who follows whom, newest first, or oldest first of a Min page.
func (s *Service) homeItems(ctx context.Context, f *feed, p page.Page) ([]item, error) {
	items, err := f.ring.fetch(ctx, p, func(ctx context.Context, p page.Page) ([]item, error) { return s.scanHome(ctx, f, p) })
	if err != nil || len(f.big) == 0 {
		return items, err
	}
	for _, id := range f.big {
		more, err := s.bigItems(ctx, f, id, p)
		if err != nil {
			return nil, err
		}
		items = append(items, more...)
	}
	return firstItems(items, p), nil
}

// firstItems sorts items in the order of a page, each once, and cuts them to
// its limit.
func firstItems(items []item, p page.Page) []item {
	slices.SortFunc(items, func(a, b item) int {
		if p.Min != 0 {
			return cmp.Compare(a.id, b.id)
		}
		return cmp.Compare(b.id, a.id)
	})
	items = slices.Compact(items)
	return items[:min(len(items), p.Limit)]
}

// bigItems reads a page of what one author with very many followers puts into
// a home timeline.
func (s *Service) bigItems(ctx context.Context, f *feed, author ids.ID, p page.Page) ([]item, error) {
	var out []item
	now, q := s.Now(), p
	for {
		items, err := s.authorItems(ctx, author, q)
		if err != nil {
			return nil, err
		}
		found := make([]*entry, len(items))
		if err := s.entries(ctx, idsOf(items), found); err != nil {
			return nil, err
		}
		for i, e := range found {
			if e == nil || e.post.Visibility == Direct && !slices.Contains(mentioned(e.post.Mentions), f.reader) {
				continue
			}
			c := candidate{item: items[i], author: author, replyTo: e.post.InReplyToAccountID, visibility: e.post.Visibility}
			if f.admits(&c, now) {
				out = append(out, items[i])
			}
		}
		if len(items) < q.Limit || len(out) >= p.Limit {
			return out[:min(len(out), p.Limit)], nil
		}
		if p.Min != 0 {
			q.Min = items[len(items)-1].id
		} else {
			q.Max = items[len(items)-1].id
		}
	}
}

// window is a range of ids, Low included and high not.
type window struct{ low, high ids.ID }

// scanHome reads a page of what the pushed authors put into a home timeline
// from the database. It looks at windows of time, each eight times as long as
// the one before, so that few rows are read in vain whether posts are dense or
// sparse, and only at authors who have posted since.
func (s *Service) scanHome(ctx context.Context, f *feed, p page.Page) ([]item, error) {
	stats, err := s.AuthorStats(ctx, f.authors)
	if err != nil {
		return nil, err
	}
	// Nothing is newer than the last post, but for direct ones, which the stats
	// do not count: the first window reaches from there up to now.
	var last time.Time
	for _, st := range stats {
		if st.LastAt.After(last) {
			last = st.LastAt
		}
	}
	now := s.Now().Add(lastSlack)
	all := window{low: max(p.Since, p.Min) + 1, high: ids.At(now)}
	if p.Max != 0 {
		all.high = min(all.high, p.Max)
	}
	first := time.Hour
	if p.Min == 0 && last.Before(all.high.Time()) && len(f.tags) == 0 { // tags have posts of strangers
		first += all.high.Time().Sub(last)
	}
	var out []item
	for span := spanOf(first); all.low < all.high && len(out) < p.Limit; span *= 8 {
		w := all
		if p.Min != 0 && all.high-all.low > span {
			w.high = all.low + span
		} else if p.Min == 0 && all.high-all.low > span {
			w.low = all.high - span
		}
		items, seen, err := s.scanWindow(ctx, f, stats, w, p)
		if err != nil {
			return nil, err
		}
		out = append(out, items...)
		if p.Min != 0 {
			all.low = seen.high
		} else {
			all.high = seen.low
		}
		span = min(span, math.MaxInt64/8)
	}
	return out[:min(len(out), p.Limit)], nil
}

// lastSlack is how much later than an author's last post the time in its id
// may be: nodes' clocks differ.
const lastSlack = time.Minute

// authorsMax bounds how many authors one statement asks for.
const authorsMax = 512

// scanWindow reads what belongs into a home timeline from a window of ids, in
// the order of p. seen is the part of the window that was read whole.
func (s *Service) scanWindow(ctx context.Context, f *feed, stats map[ids.ID]AuthorStats, w window, p page.Page) (items []item, seen window, err error) {
	since := w.low.Time()
	var active []ids.ID
	for _, id := range f.authors {
		if st := stats[id]; id == f.reader || st.Posts > 0 && !st.LastAt.Add(lastSlack).Before(since) {
			active = append(active, id)
		}
	}
	scan := windowScan{s: s, page: p, seen: w, limit: p.Limit + boostGap}
	for chunk := range slices.Chunk(active, authorsMax) {
		in, args := db.In([]any{scan.seen.low, scan.seen.high, scan.limit}, chunk)
		if err := scan.add(ctx, candidateColumns+"posts_posts p WHERE p.account_id IN "+in+" AND p.id >= $1 AND p.id < $2", "p.id", args, func(c *candidate) bool {
			return c.visibility != Direct || c.author == f.reader
		}); err != nil {
			return nil, w, err
		}
	}
	if f.list == 0 && len(f.authors) > 1 { // direct posts are found by whom they mention
		if err := scan.add(ctx, candidateColumns+"posts_mentions m JOIN posts_posts p ON p.id = m.post_id WHERE m.account_id = $4 AND m.post_id >= $1 AND m.post_id < $2 AND p.visibility = 3",
			"m.post_id", []any{scan.seen.low, scan.seen.high, scan.limit, f.reader}, func(c *candidate) bool {
				_, pushed := slices.BinarySearch(f.authors, c.author)
				return pushed && c.author != f.reader
			}); err != nil {
			return nil, w, err
		}
	}
	if err := scan.addTagged(ctx, f); err != nil {
		return nil, w, err
	}
	now := s.Now()
	for i := range scan.found {
		c := &scan.found[i]
		if c.id >= scan.seen.low && c.id < scan.seen.high && f.admits(c, now) {
			items = append(items, c.item)
		}
	}
	return firstItems(items, page.Page{Min: p.Min, Limit: len(items)}), scan.seen, nil
}

// candidateColumns is what scanCandidate reads.
const candidateColumns = "SELECT p.id, p.account_id, p.boost_of_id, p.in_reply_to_account_id, p.visibility FROM "

// windowScan puts together what several statements find in a window.
type windowScan struct {
	s     *Service
	page  page.Page
	seen  window // what all of them have read whole
	limit int
	found []candidate
}

// add runs a statement whose limit is $3 and keeps the rows that fit.
func (w *windowScan) add(ctx context.Context, text, column string, args []any, fits func(*candidate) bool) error {
	order := " DESC"
	if w.page.Min != 0 {
		order = " ASC"
	}
	rows, err := db.All(ctx, w.s.DB, scanCandidate, text+" ORDER BY "+column+order+" LIMIT $3", args...)
	if err != nil {
		return err
	}
	for i := range rows {
		if fits(&rows[i]) {
			w.found = append(w.found, rows[i])
		}
	}
	if len(rows) < w.limit {
		return nil
	}
	if last := rows[len(rows)-1].id; w.page.Min != 0 {
		w.seen.high = min(w.seen.high, last+1)
	} else {
		w.seen.low = max(w.seen.low, last)
	}
	return nil
}

func scanCandidate(c *candidate) []any {
	return []any{&c.id, &c.author, &c.boost, &c.replyTo, &c.visibility}
}

// spanOf returns how far ids are apart that are made so long after another.
func spanOf(d time.Duration) ids.ID {
	const most = 50 * 365 * 24 * time.Hour // an id holds no more
	return ids.At(ids.ID(0).Time().Add(min(d, most)))
}
