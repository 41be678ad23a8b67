package posts

import (
	"cmp"
	"context"
	"maps"
	"net/url"
	"slices"
	"strings"
	"time"

	"github.com/guildhall/guildhall/internal/db"
	"github.com/guildhall/guildhall/internal/errs"
	"github.com/guildhall/guildhall/internal/ids"
	"github.com/guildhall/guildhall/internal/page"
)

// Review is what moderators have decided about a trend.
type Review uint8

// The decisions.
const (
	Unreviewed Review = iota
	Allowed
	Rejected
)

// reviewed returns the decision that a row holds.
func reviewed(allowed bool) Review {
	if allowed {
		return Allowed
	}
	return Rejected
}

// ReviewTrend decides whether something may trend. Returns NotFound if there is
// no such thing.
func (s *Service) ReviewTrend(ctx context.Context, kind TrendKind, id ids.ID, allowed bool) error {
	exists := [...]string{
		TrendTag:  "SELECT 1 FROM posts_tags_names WHERE id = $1",
		TrendLink: "SELECT 1 FROM posts_links WHERE id = $1 AND fetched_at <> 0",
		TrendPost: "SELECT 1 FROM posts_posts WHERE id = $1 AND visibility = 0 AND boost_of_id = 0",
		TrendSite: "SELECT 1 FROM posts_link_hosts WHERE id = $1",
	}[kind]
	return s.write(ctx, func(tx *db.Tx) error {
		if _, err := db.Value[int](ctx, tx, exists, id); err != nil {
			return err
		}
		return s.storeReview(ctx, tx, kind, id, allowed)
	})
}

// TrendName says what something that may trend is called, for those who read later
// what was decided about it, and what it says of itself: a hashtag, a link by its
// address with its title, a site by its host, a post as @author/id with its text.
// Returns NotFound if there is no such thing.
func (s *Service) TrendName(ctx context.Context, kind TrendKind, id ids.ID) (name, about string, err error) {
	if kind == TrendPost {
		return s.trendingPostName(ctx, id)
	}
	type named struct{ name, about string }
	n, err := db.One(ctx, s.DB, func(n *named) []any { return []any{&n.name, &n.about} }, [...]string{
		TrendTag:  "SELECT '#' || name, '' FROM posts_tags_names WHERE id = $1",
		TrendLink: "SELECT url, title FROM posts_links WHERE id = $1",
		TrendSite: "SELECT host, '' FROM posts_link_hosts WHERE id = $1",
	}[kind], id)
	return n.name, n.about, err
}

func (s *Service) trendingPostName(ctx context.Context, id ids.ID) (name, about string, err error) {
	type said struct {
		author        ids.ID
		spoiler, text string
	}
	p, err := db.One(ctx, s.DB, func(p *said) []any { return []any{&p.author, &p.spoiler, &p.text} },
		"SELECT account_id, spoiler, text FROM posts_posts WHERE id = $1 AND visibility = 0 AND boost_of_id = 0", id)
	if err != nil {
		return "", "", err
	}
	a, err := s.Profiles.Account(ctx, p.author)
	if err != nil {
		return "", "", err
	}
	return "@" + a.Acct() + "/" + id.String(), cmp.Or(p.spoiler, p.text), nil
}

func (s *Service) storeReview(ctx context.Context, tx *db.Tx, kind TrendKind, id ids.ID, allowed bool) error {
	if _, err := db.Exec(ctx, tx, `INSERT INTO posts_trend_reviews (kind, object_id, allowed, reviewed_at) VALUES ($1, $2, $3, $4)
		ON CONFLICT (kind, object_id) DO UPDATE SET allowed = excluded.allowed, reviewed_at = excluded.reviewed_at`,
		kind, id, allowed, toMillis(s.Now())); err != nil {
		return err
	}
	return s.tellReviewed(ctx, tx, TrendReviewed{Type: kind, ID: id, Allowed: allowed})
}

func (s *Service) tellReviewed(ctx context.Context, tx *db.Tx, r TrendReviewed) error {
	tx.OnCommit(s.forgetTrends)
	_, err := s.outbox.Add(ctx, tx, r)
	return err
}

// reviewRow is a decision about one thing.
type reviewRow struct {
	id      ids.ID
	allowed bool
	at      time.Time
}

func (s *Service) readReviews(ctx context.Context, kind TrendKind, list []ids.ID) (map[ids.ID]reviewRow, error) {
	out := map[ids.ID]reviewRow{}
	for part := range slices.Chunk(list, loadMax) {
		in, args := db.In([]any{kind}, part)
		rows, err := db.All(ctx, s.DB, func(r *reviewRow) []any { return []any{&r.id, &r.allowed, millis{&r.at}} },
			"SELECT object_id, allowed, reviewed_at FROM posts_trend_reviews WHERE kind = $1 AND object_id IN "+in, args...)
		if err != nil {
			return nil, err
		}
		for _, r := range rows {
			out[r.id] = r
		}
	}
	return out, nil
}

// addReviews says of trends what was decided about them, of links else what was
// decided about their sites.
func (s *Service) addReviews(ctx context.Context, kind TrendKind, list []Trend) error {
	all := idsOfTrends(list, len(list), 0)
	reviews, err := s.readReviews(ctx, kind, all)
	if err != nil {
		return err
	}
	var sites map[ids.ID]reviewRow
	if kind == TrendLink {
		if sites, err = s.siteReviews(ctx, all); err != nil {
			return err
		}
	}
	for i := range list {
		if r, ok := reviews[list[i].ID]; ok {
			list[i].Review = reviewed(r.allowed)
		} else if r, ok := sites[list[i].ID]; ok {
			list[i].Review = reviewed(r.allowed)
		}
	}
	return nil
}

// siteReviews returns what was decided about the sites of links, by link.
func (s *Service) siteReviews(ctx context.Context, links []ids.ID) (map[ids.ID]reviewRow, error) {
	hosts, err := s.hostsOf(ctx, s.DB, links)
	if err != nil || len(hosts) == 0 {
		return nil, err
	}
	var names []string
	for _, host := range hosts {
		names = append(names, host)
	}
	in, args := db.In(nil, names)
	rows, err := db.All(ctx, s.DB, scanKeyed[string], "SELECT id, host FROM posts_link_hosts WHERE host IN "+in, args...)
	if err != nil {
		return nil, err
	}
	known := map[string]ids.ID{}
	list := make([]ids.ID, len(rows))
	for i, r := range rows {
		known[r.value], list[i] = r.of, r.of
	}
	reviews, err := s.readReviews(ctx, TrendSite, list)
	out := map[ids.ID]reviewRow{}
	for link, host := range hosts {
		if r, ok := reviews[known[host]]; ok {
			out[link] = r
		}
	}
	return out, err
}

// hostsOf returns the sites of links, by link.
func (s *Service) hostsOf(ctx context.Context, q db.Querier, links []ids.ID) (map[ids.ID]string, error) {
	in, args := db.In(nil, links)
	rows, err := db.All(ctx, q, scanKeyed[string], "SELECT id, url FROM posts_links WHERE id IN "+in, args...)
	hosts := make(map[ids.ID]string, len(rows))
	for _, r := range rows {
		if u, err := url.Parse(r.value); err == nil && u.Host != "" {
			hosts[r.of] = siteOf(u)
		}
	}
	return hosts, err
}

// siteOf returns the name of the site that an address is on.
func siteOf(u *url.URL) string { return strings.TrimPrefix(strings.ToLower(u.Hostname()), "www.") }

// nameHosts makes the sites of links known.
func (s *Service) nameHosts(ctx context.Context, tx *db.Tx, uses []trendUse) error {
	if len(uses) == 0 {
		return nil
	}
	links := make([]ids.ID, len(uses))
	for i, u := range uses {
		links[i] = u.object
	}
	hosts, err := s.hostsOf(ctx, tx, links)
	if err != nil {
		return err
	}
	for _, host := range slices.Sorted(maps.Values(hosts)) { // two transactions must not wait for each other
		if _, err := db.Exec(ctx, tx, "INSERT INTO posts_link_hosts (id, host) VALUES ($1, $2) ON CONFLICT (host) DO NOTHING", s.IDs.Global(), host); err != nil {
			return err
		}
	}
	return nil
}

// Site is where links lead to, and what moderators have decided about it.
type Site struct {
	ID         ids.ID
	Host       string
	Review     Review
	ReviewedAt time.Time // zero: never
}

// Sites lists the sites that links of posts lead to, the latest first.
func (s *Service) Sites(ctx context.Context, p page.Page) ([]Site, error) {
	end, args := p.SQL("id", nil)
	return s.sites(ctx, p, "SELECT id, host FROM posts_link_hosts WHERE id > 0"+end, args...)
}

// Site returns one. Returns NotFound if there is none.
func (s *Service) Site(ctx context.Context, id ids.ID) (Site, error) {
	list, err := s.sites(ctx, page.Page{}, "SELECT id, host FROM posts_link_hosts WHERE id = $1", id)
	if err == nil && len(list) == 0 {
		err = errs.NotFoundRecord()
	}
	if err != nil {
		return Site{}, err
	}
	return list[0], nil
}

func (s *Service) sites(ctx context.Context, p page.Page, text string, args ...any) ([]Site, error) {
	rows, err := db.All(ctx, s.DB, scanKeyed[string], text, args...)
	if err != nil || len(rows) == 0 {
		return nil, err
	}
	list := make([]ids.ID, len(rows))
	for i, r := range rows {
		list[i] = r.of
	}
	reviews, err := s.readReviews(ctx, TrendSite, list)
	if err != nil {
		return nil, err
	}
	out := make([]Site, len(rows))
	for i, r := range page.Sort(p, rows) {
		out[i] = Site{ID: r.of, Host: r.value}
		if review, ok := reviews[r.of]; ok {
			out[i].Review, out[i].ReviewedAt = reviewed(review.allowed), review.at
		}
	}
	return out, nil
}
