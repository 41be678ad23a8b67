package posts

import (
	"cmp"
	"context"
	"slices"
	"sync"
	"time"

	"github.com/guildhall/guildhall/internal/db"
	"github.com/guildhall/guildhall/internal/ids"
)

const (
	// trendsTTL is how old the order of trends may be.
	trendsTTL = time.Minute
	// trendsMax bounds how many tags, links or posts can trend at a time.
	trendsMax = 200
)

// Trend is a hashtag, a link or a post that is much talked about, and what
// moderators think of that.
type Trend struct {
	ID     ids.ID
	Review Review
	score  float64
}

// trends are the rankings that this process remembers.
type trends struct {
	mu    sync.Mutex
	epoch int
	kinds [3]struct {
		list  []Trend
		until time.Time
	}
}

// forgetTrends has the rankings made anew, after a decision.
func (s *Service) forgetTrends() {
	s.trends.mu.Lock()
	defer s.trends.mu.Unlock()
	s.trends.epoch++
	for i := range s.trends.kinds {
		s.trends.kinds[i].until = time.Time{}
	}
}

// Trends returns what trends, the most talked about first. Only staff is shown
// (all) what waits for a review or was rejected.
func (s *Service) Trends(ctx context.Context, kind TrendKind, all bool) ([]Trend, error) {
	list, err := s.ranking(ctx, kind)
	if err != nil || all {
		return list, err
	}
	shown := make([]Trend, 0, len(list))
	for _, t := range list {
		if t.Review == Allowed || t.Review == Unreviewed && !s.config.TrendsReview {
			shown = append(shown, t)
		}
	}
	return shown, nil
}

// ranking returns the trends of a kind, from memory as a rule.
func (s *Service) ranking(ctx context.Context, kind TrendKind) ([]Trend, error) {
	t := &s.trends
	t.mu.Lock()
	kept, epoch := t.kinds[kind], t.epoch
	t.mu.Unlock()
	if s.Now().Before(kept.until) {
		return kept.list, nil
	}
	v, err, _ := s.flights.Do("trends "+string(rune('0'+int(kind))), func() (any, error) {
		return s.rankTrends(context.WithoutCancel(ctx), kind)
	})
	if err != nil {
		return nil, err
	}
	t.mu.Lock()
	defer t.mu.Unlock()
	if t.epoch == epoch {
		t.kinds[kind].list, t.kinds[kind].until = v.([]Trend), s.Now().Add(trendsTTL)
	}
	return v.([]Trend), nil
}

func (s *Service) rankTrends(ctx context.Context, kind TrendKind) ([]Trend, error) {
	var list []Trend
	var err error
	if kind == TrendPost {
		list, err = db.All(ctx, s.DB, func(t *Trend) []any { return []any{&t.ID} },
			"SELECT post_id FROM posts_trend_posts ORDER BY rank DESC, post_id DESC LIMIT $1", trendsMax)
	} else {
		list, err = s.rankDays(ctx, kind)
	}
	if err != nil || len(list) == 0 {
		return nil, err
	}
	if kind == TrendTag {
		if list, err = s.leaveRuledOut(ctx, list); err != nil || len(list) == 0 {
			return nil, err
		}
	}
	return list, s.addReviews(ctx, kind, list)
}

// rankDays ranks hashtags or links by how many accounts use them, today above
// all, and more than they do as a rule.
func (s *Service) rankDays(ctx context.Context, kind TrendKind) ([]Trend, error) {
	today := dayOf(s.Now())
	var found []ids.ID
	for day := today; day > today-historyDays && len(found) < 2*trendsMax; day-- {
		most, err := db.Values[ids.ID](ctx, s.DB, "SELECT object_id FROM posts_trend_days WHERE kind = $1 AND day = $2 AND eligible >= $3 ORDER BY eligible DESC, object_id DESC LIMIT $4",
			kind, day, s.config.TrendAccounts, trendsMax)
		if err != nil {
			return nil, err
		}
		found = append(found, most...)
	}
	slices.Sort(found)
	found = slices.Compact(found)
	if len(found) == 0 {
		return nil, nil
	}
	days, err := s.trendDays(ctx, kind, found)
	if err != nil {
		return nil, err
	}
	list := make([]Trend, len(found))
	for i, id := range found {
		list[i] = Trend{ID: id, score: scoreOf(days[id], today)}
	}
	slices.SortFunc(list, func(a, b Trend) int { return cmp.Or(cmp.Compare(b.score, a.score), cmp.Compare(b.ID, a.ID)) })
	return list[:min(len(list), trendsMax)], nil
}

// scoreOf says how much something is talked about now. What is so every day
// counts a quarter of what is new.
func scoreOf(days map[int64]trendDay, today int64) float64 {
	now := float64(days[today].eligible) + float64(days[today-1].eligible)/2
	usual := 0.0
	for day := today - 2; day > today-historyDays; day-- {
		usual += float64(days[day].eligible) / (historyDays - 2)
	}
	if now == 0 {
		return usual / 1000 // over, but better than nothing
	}
	return now * now / (now + 3*1.5*usual) // as now, a usual day and half of the one before
}

// trendDay is how something was used on a day.
type trendDay struct {
	object                   ids.ID
	day                      int64
	uses, accounts, eligible int
}

// trendDays reads how hashtags or links were used in the last days.
func (s *Service) trendDays(ctx context.Context, kind TrendKind, list []ids.ID) (map[ids.ID]map[int64]trendDay, error) {
	out := make(map[ids.ID]map[int64]trendDay, len(list))
	for part := range slices.Chunk(list, loadMax) {
		in, args := db.In([]any{kind, dayOf(s.trendsSince())}, part)
		rows, err := db.All(ctx, s.DB, func(d *trendDay) []any { return []any{&d.object, &d.day, &d.uses, &d.accounts, &d.eligible} },
			"SELECT object_id, day, uses, accounts, eligible FROM posts_trend_days WHERE kind = $1 AND day >= $2 AND object_id IN "+in, args...)
		if err != nil {
			return nil, err
		}
		for _, d := range rows {
			if out[d.object] == nil {
				out[d.object] = map[int64]trendDay{}
			}
			out[d.object][d.day] = d
		}
	}
	return out, nil
}

// histories returns how hashtags or links were used in the last days, the newest
// day first; of what was not used too.
func (s *Service) histories(ctx context.Context, kind TrendKind, list []ids.ID) (map[ids.ID][]TagDay, error) {
	days, err := s.trendDays(ctx, kind, list)
	if err != nil {
		return nil, err
	}
	today := s.Now().UTC().Truncate(24 * time.Hour)
	out := make(map[ids.ID][]TagDay, len(list))
	for _, id := range list {
		history := make([]TagDay, historyDays)
		for i := range history {
			d := days[id][dayOf(today)-int64(i)]
			history[i] = TagDay{Day: today.AddDate(0, 0, -i), Uses: d.uses, Accounts: d.accounts}
		}
		out[id] = history
	}
	return out, nil
}

// idsOfTrends returns the ids of a part of a ranking.
func idsOfTrends(list []Trend, limit, offset int) []ids.ID {
	list = list[min(offset, len(list)):]
	list = list[:min(limit, len(list))]
	out := make([]ids.ID, len(list))
	for i, t := range list {
		out[i] = t.ID
	}
	return out
}

// TrendingTags returns the hashtags that trend, as a viewer sees them.
func (s *Service) TrendingTags(ctx context.Context, viewer ids.ID, limit, offset int) ([]Tag, error) {
	list, err := s.Trends(ctx, TrendTag, false)
	if err != nil {
		return nil, err
	}
	return s.TagsByID(ctx, viewer, idsOfTrends(list, limit, offset))
}

// TrendingPosts returns the posts that trend, as far as the viewer wants to see
// them. Authors must want to be discovered.
func (s *Service) TrendingPosts(ctx context.Context, by ids.ID, limit, offset int) ([]*View, error) {
	list, err := s.Trends(ctx, TrendPost, false)
	if err != nil {
		return nil, err
	}
	v, err := s.viewer(ctx, by)
	if err != nil {
		return nil, err
	}
	views, err := s.views(ctx, v, idsOfTrends(list, len(list), 0), func(v *viewer, p, _ *Post) bool {
		return inPublic(p) && !p.Sensitive && p.Spoiler == "" && !v.hides(p, nil) && !v.limited(p)
	})
	if err != nil {
		return nil, err
	}
	if views, err = s.discoverableViews(ctx, views); err != nil {
		return nil, err
	}
	views = views[min(offset, len(views)):]
	return views[:min(limit, len(views))], nil
}

// discoverableViews leaves out posts whose authors do not want to be discovered.
func (s *Service) discoverableViews(ctx context.Context, views []*View) ([]*View, error) {
	authors := make([]ids.ID, len(views))
	for i, w := range views {
		authors[i] = w.AccountID
	}
	accounts, err := s.Profiles.Accounts(ctx, authors)
	if err != nil {
		return nil, err
	}
	return slices.DeleteFunc(views, func(w *View) bool {
		a := accounts[w.AccountID]
		return a == nil || !a.Discoverable || a.State != 0
	}), nil
}
