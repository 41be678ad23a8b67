package posts

import (
	"cmp"
	"context"
	"maps"
	"slices"
	"time"

	"github.com/guildhall/guildhall/internal/bus"
	"github.com/guildhall/guildhall/internal/days"
	"github.com/guildhall/guildhall/internal/db"
	"github.com/guildhall/guildhall/internal/ids"
	"github.com/guildhall/guildhall/profiles"
)

// TrendKind is what trends.
type TrendKind int

// The kinds. The numbers are stored.
const (
	TrendTag TrendKind = iota
	TrendLink
	TrendPost
	TrendSite // that links lead to; decides about its links
)

const (
	// trendsStep is how many posts are counted in a transaction.
	trendsStep = 256
	// trendsEvery is how often old counts are swept.
	trendsEvery = time.Hour
)

// startTrends keeps the counts of trends up to date until ctx ends, and makes
// them once for the days before there were any.
func (s *Service) startTrends(ctx context.Context) error {
	err := s.Bus.Consume(ctx, bus.Consumer{Name: "trends", Handle: s.trendEvents, Events: []string{
		"posts.created", "posts.edited", "posts.deleted", "posts.favourited", "posts.unfavourited", "profiles.state_changed", "profiles.updated"}})
	if err != nil {
		return err
	}
	made, err := db.Value[bool](ctx, s.DB, "SELECT made FROM posts_trend_turn WHERE id = 1")
	if err != nil {
		return err
	}
	if !made {
		go func() {
			if err := s.RecountTrends(ctx); err != nil && ctx.Err() == nil {
				s.Log.Error("trends not counted", "error", err)
			}
		}()
	}
	go s.every(ctx, "trends", trendsEvery, s.sweepTrends)
	return nil
}

// trendEvents counts anew what events have touched: whatever the event, as it
// is now.
func (s *Service) trendEvents(ctx context.Context, events []bus.Event) error {
	var touched trendsTouched
	for _, e := range events {
		v, err := bus.Decode[struct {
			ID         ids.ID     `json:"id"`
			PostID     ids.ID     `json:"post_id"`
			BoostOfID  ids.ID     `json:"boost_of_id"`
			AccountID  ids.ID     `json:"account_id"`
			Visibility Visibility `json:"visibility"`
			Reach      bool       `json:"reach"`
		}](e)
		switch {
		case err != nil:
			return err
		case e.Kind == (profiles.Updated{}).Kind() && !v.Reach:
		case e.Domain == "profiles":
			if err := s.recountAuthor(ctx, v.AccountID); err != nil {
				return err
			}
			s.forgetTrends()
		case v.PostID != 0:
			touched.scored = append(touched.scored, v.PostID)
		case v.BoostOfID != 0:
			touched.scored = append(touched.scored, v.BoostOfID)
		case v.Visibility == Public:
			touched.counted = append(touched.counted, v.ID)
			touched.authors = append(touched.authors, v.AccountID)
			if e.Kind == (Edited{}).Kind() {
				touched.scored = append(touched.scored, v.ID)
			}
		}
	}
	return s.countTrends(ctx, touched)
}

// RecountTrends brings all counts of the last days up to date, after posts came
// without events. It may run while the server does.
func (s *Service) RecountTrends(ctx context.Context) error {
	after := ids.At(s.trendsSince()) - 1
	for {
		rows, err := db.All(ctx, s.DB, func(k *keyed[ids.ID]) []any { return []any{&k.of, &k.value} },
			"SELECT id, account_id FROM posts_posts WHERE id > $1 AND visibility = 0 ORDER BY id LIMIT $2", after, trendsStep)
		if err != nil {
			return err
		}
		if len(rows) == 0 {
			_, err := db.Exec(ctx, s.DB, "UPDATE posts_trend_turn SET made = TRUE WHERE id = 1")
			return err
		}
		var touched trendsTouched
		for _, r := range rows {
			touched.counted, touched.authors = append(touched.counted, r.of), append(touched.authors, r.value)
		}
		touched.scored = touched.counted
		if err := s.countTrends(ctx, touched); err != nil {
			return err
		}
		after = rows[len(rows)-1].of
	}
}

// recountAuthor brings the counts of what an account has used in the last days
// up to date, after moderators or its owner have decided something else about it.
func (s *Service) recountAuthor(ctx context.Context, account ids.ID) error {
	after := ids.At(s.trendsSince()) - 1
	for {
		list, err := db.Values[ids.ID](ctx, s.DB, "SELECT id FROM posts_posts WHERE account_id = $1 AND id > $2 AND visibility = 0 AND boost_of_id = 0 ORDER BY id LIMIT $3",
			account, after, trendsStep)
		if err != nil || len(list) == 0 {
			return err
		}
		if err := s.countTrends(ctx, trendsTouched{counted: list, authors: []ids.ID{account}}); err != nil {
			return err
		}
		after = list[len(list)-1]
	}
}

// trendsSince returns from when on uses count.
func (s *Service) trendsSince() time.Time {
	return s.Now().UTC().Truncate(24*time.Hour).AddDate(0, 0, 1-historyDays)
}

// trendsTouched are posts whose counts may have changed.
type trendsTouched struct {
	counted []ids.ID // their hashtags and links
	authors []ids.ID // of these
	scored  []ids.ID // what people think of them
}

func (s *Service) countTrends(ctx context.Context, t trendsTouched) error {
	since := ids.At(s.trendsSince())
	old := func(id ids.ID) bool { return id < since }
	counted, scored := slices.DeleteFunc(slices.Clone(t.counted), old), slices.DeleteFunc(slices.Clone(t.scored), old)
	if len(counted) == 0 && len(scored) == 0 {
		return nil
	}
	accounts, err := s.Profiles.Accounts(ctx, t.authors)
	if err != nil {
		return err
	}
	return s.write(ctx, func(tx *db.Tx) error {
		if _, err := db.Exec(ctx, tx, "UPDATE posts_trend_turn SET id = 1 WHERE id = 1"); err != nil {
			return err
		}
		for part := range slices.Chunk(counted, trendsStep) {
			if err := s.countTrendUses(ctx, tx, part, accounts); err != nil {
				return err
			}
		}
		for part := range slices.Chunk(scored, trendsStep) {
			if err := s.scorePosts(ctx, tx, part); err != nil {
				return err
			}
		}
		return nil
	})
}

// trendUse is a row of posts_trend_uses.
type trendUse struct {
	kind     TrendKind
	object   ids.ID
	day      int64
	account  ids.ID
	post     ids.ID
	eligible bool
}

func scanUse(u *trendUse) []any {
	return []any{&u.kind, &u.object, &u.day, &u.account, &u.post, &u.eligible}
}

// place is whom and when a use is counted for.
type place struct {
	kind    TrendKind
	object  ids.ID
	day     int64
	account ids.ID
}

func (u trendUse) place() place { return place{u.kind, u.object, u.day, u.account} }

// dayOf counts days from 1970.
func dayOf(t time.Time) int64 { return int64(days.Of(t)) }

// usesSQL finds what public posts use now.
const usesSQL = `SELECT 0, t.tag_id, 0, p.account_id, p.id, NOT p.sensitive AND p.spoiler = '' FROM posts_posts p JOIN posts_tags t ON t.post_id = p.id
	WHERE p.visibility = 0 AND p.id IN `

// linkUsesSQL is the same for links.
const linkUsesSQL = `SELECT 1, l.link_id, 0, p.account_id, p.id, NOT p.sensitive AND p.spoiler = '' FROM posts_posts p JOIN posts_link_uses l ON l.post_id = p.id
	WHERE p.visibility = 0 AND p.id IN `

// countTrendUses brings the counts of what some posts by known accounts use up
// to date: what silenced and suspended accounts use does not count. The turn
// must be held.
func (s *Service) countTrendUses(ctx context.Context, tx *db.Tx, list []ids.ID, authors map[ids.ID]*profiles.Account) error {
	in, args := db.In(nil, list)
	have, err := db.All(ctx, tx, scanUse, "SELECT kind, object_id, day, account_id, post_id, eligible FROM posts_trend_uses WHERE post_id IN "+in, args...)
	if err != nil {
		return err
	}
	want, err := db.All(ctx, tx, scanUse, usesSQL+in, args...)
	if err != nil {
		return err
	}
	links, err := db.All(ctx, tx, scanUse, linkUsesSQL+in, args...)
	if err != nil {
		return err
	}
	if err := s.nameHosts(ctx, tx, links); err != nil {
		return err
	}
	change := map[trendUse]int{}
	for _, u := range have {
		change[u]--
	}
	for _, u := range append(want, links...) {
		a := authors[u.account]
		if a == nil || a.State&(profiles.Suspended|profiles.Silenced) != 0 {
			continue
		}
		u.day = dayOf(u.post.Time())
		u.eligible = u.eligible && a.Discoverable && a.State == 0
		change[u]++
	}
	by := map[place][]trendUse{}
	for u, n := range change {
		if n != 0 {
			by[u.place()] = append(by[u.place()], u)
		}
	}
	places := slices.SortedFunc(maps.Keys(by), func(a, b place) int {
		return cmp.Or(cmp.Compare(a.kind, b.kind), cmp.Compare(a.object, b.object), cmp.Compare(a.day, b.day), cmp.Compare(a.account, b.account))
	})
	for _, p := range places {
		if err := countPlace(ctx, tx, p, by[p], change); err != nil {
			return err
		}
	}
	return nil
}

// countPlace adds and removes the uses of one account, day and object.
func countPlace(ctx context.Context, tx *db.Tx, p place, uses []trendUse, change map[trendUse]int) error {
	type counts struct{ uses, eligible int }
	before, err := db.One(ctx, tx, func(c *counts) []any { return []any{&c.uses, &c.eligible} },
		`SELECT COUNT(*), COALESCE(SUM(CASE WHEN eligible THEN 1 ELSE 0 END), 0) FROM posts_trend_uses
		WHERE kind = $1 AND object_id = $2 AND day = $3 AND account_id = $4`, p.kind, p.object, p.day, p.account)
	if err != nil {
		return err
	}
	after := before
	slices.SortFunc(uses, func(a, b trendUse) int { return cmp.Compare(change[a], change[b]) }) // a use that is no longer eligible is removed first
	for _, u := range uses {
		n, text := change[u], "INSERT INTO posts_trend_uses (kind, object_id, day, account_id, post_id, eligible) VALUES ($1, $2, $3, $4, $5, $6)"
		args := []any{u.kind, u.object, u.day, u.account, u.post, u.eligible}
		if n < 0 {
			text, args = "DELETE FROM posts_trend_uses WHERE kind = $1 AND object_id = $2 AND day = $3 AND account_id = $4 AND post_id = $5", args[:5]
		}
		if _, err := db.Exec(ctx, tx, text, args...); err != nil {
			return err
		}
		after.uses += n
		if u.eligible {
			after.eligible += n
		}
	}
	_, err = db.Exec(ctx, tx, `INSERT INTO posts_trend_days (kind, object_id, day, uses, accounts, eligible) VALUES ($1, $2, $3, $4, $5, $6)
		ON CONFLICT (kind, object_id, day) DO UPDATE SET uses = posts_trend_days.uses + excluded.uses, accounts = posts_trend_days.accounts + excluded.accounts,
		eligible = posts_trend_days.eligible + excluded.eligible`,
		p.kind, p.object, p.day, after.uses-before.uses, some(after.uses)-some(before.uses), some(after.eligible)-some(before.eligible))
	return err
}

// some returns 1 if there are any.
func some(n int) int { return min(n, 1) }

// sweepTrends deletes counts of days that nobody is told of any more, a bounded
// number at a time so that no writer waits long.
func (s *Service) sweepTrends(ctx context.Context) error {
	since := s.trendsSince()
	for _, sweep := range []struct {
		text string
		args []any
	}{
		{`DELETE FROM posts_trend_uses WHERE (kind, object_id, day, account_id, post_id) IN
			(SELECT kind, object_id, day, account_id, post_id FROM posts_trend_uses WHERE post_id < $1 ORDER BY post_id LIMIT 500)`, []any{ids.At(since)}},
		{`DELETE FROM posts_trend_posts WHERE post_id IN (SELECT post_id FROM posts_trend_posts WHERE post_id < $1 ORDER BY post_id LIMIT 500)`, []any{ids.At(since)}},
		{`DELETE FROM posts_trend_days WHERE (kind, object_id, day) IN
			(SELECT kind, object_id, day FROM posts_trend_days WHERE kind = $1 AND day < $2 LIMIT 500)`, []any{TrendTag, dayOf(since)}},
		{`DELETE FROM posts_trend_days WHERE (kind, object_id, day) IN
			(SELECT kind, object_id, day FROM posts_trend_days WHERE kind = $1 AND day < $2 LIMIT 500)`, []any{TrendLink, dayOf(since)}},
	} {
		for {
			n, err := db.Exec(ctx, s.DB, sweep.text, sweep.args...)
			if err != nil {
				return err
			}
			if n == 0 {
				break
			}
		}
	}
	return nil
}
