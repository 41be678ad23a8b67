package posts

import (
	"fmt"
	"testing"
	"time"

	"github.com/guildhall/guildhall/internal/db"
	"github.com/guildhall/guildhall/internal/errs"
	"github.com/guildhall/guildhall/internal/ids"
	"github.com/guildhall/guildhall/internal/testkit"
	"github.com/guildhall/guildhall/profiles"
)

// discoverable makes accounts want to be discovered.
func (w *town) discoverable(list ...ids.ID) {
	w.t.Helper()
	yes := true
	for _, id := range list {
		_, err := w.people.Update(w.kit.Ctx, id, profiles.Update{Discoverable: &yes})
		must(w.t, err)
	}
}

// counted returns the kept counts, and waits until they are as wanted.
func (w *town) counted(when, want string) {
	w.t.Helper()
	got := ""
	defer func() {
		if w.t.Failed() {
			w.t.Logf("%s: %s, want %s", when, got, want)
		}
	}()
	testkit.Eventually(w.t.(*testing.T), func() bool {
		rows, err := db.All(w.kit.Ctx, w.DB, func(d *trendDay) []any { return []any{&d.object, &d.day, &d.uses, &d.accounts, &d.eligible} },
			"SELECT object_id, day, uses, accounts, eligible FROM posts_trend_days WHERE kind = 0 AND object_id = (SELECT id FROM posts_tags_names WHERE name = 'go') ORDER BY day")
		must(w.t, err)
		got = ""
		for _, d := range rows {
			got += fmt.Sprint(d.uses, d.accounts, d.eligible, " ")
		}
		return got == want
	})
}

// The kept counts are right whatever happens, and the same when they are made
// anew.
func TestTrendCounts(t *testing.T) {
	testkit.Engines(t, func(t *testing.T, k *testkit.Kit) {
		w := open(t, k).start()
		people := w.accounts("ada", "bob", "cyd")
		ada, bob, cyd := people[0], people[1], people[2]
		w.discoverable(ada, bob)
		w.say(ada, "#go old")
		w.counted("one", "1 1 1 ")
		k.Clock.Advance(24 * time.Hour)
		one := w.say(ada, "#go")
		two := w.say(ada, "#go and #sql")
		w.say(bob, "#go", as(Unlisted))
		w.say(bob, "#go", as(Followers))
		w.say(cyd, "#go, not discoverable")
		w.counted("more", "1 1 1 3 2 1 ")
		warned := w.say(bob, "#go", func(d *Draft) { d.Spoiler = "careful" })
		w.counted("with a warning", "1 1 1 4 3 1 ")
		_, err := w.Edit(k.Ctx, bob, warned.ID, Draft{Text: "#go without", Sensitive: new(bool)})
		must(t, err)
		w.counted("without a warning", "1 1 1 4 3 2 ")
		w.delete(ada, one.ID)
		w.counted("deleted", "1 1 1 3 3 2 ")
		_, err = w.Edit(k.Ctx, ada, two.ID, Draft{Text: "#sql alone"})
		must(t, err)
		w.counted("edited", "1 1 1 2 2 1 ")

		must(t, w.RecountTrends(k.Ctx))
		w.counted("again", "1 1 1 2 2 1 ")
		for _, table := range []string{"posts_trend_days", "posts_trend_uses"} {
			_, err = db.Exec(k.Ctx, w.DB, "DELETE FROM "+table+" WHERE kind IN (0, 1)")
			must(t, err)
		}
		must(t, w.RecountTrends(k.Ctx))
		w.counted("made anew", "1 1 1 2 2 1 ")
		k.Clock.Advance(6 * 24 * time.Hour)
		must(t, w.sweepTrends(k.Ctx))
		w.counted("swept", "2 2 1 ")
	})
}

// What is new trends before what is usual, and posts that many like before those
// that few do, until they are older.
func TestTrendOrder(t *testing.T) {
	testkit.Engines(t, func(t *testing.T, k *testkit.Kit) {
		w := open(t, k, func(c *Config) { c.TrendAccounts = 2 })
		people := w.accounts("ada", "bob", "cyd", "dan")
		w.discoverable(people...)
		for range 5 {
			for _, p := range people {
				w.say(p, "#usual")
			}
			k.Clock.Advance(24 * time.Hour)
		}
		for i, p := range people {
			w.say(p, "#usual")
			if i < 3 {
				w.say(p, "#new")
			}
		}
		w.say(people[0], "#alone")
		like := func(id ids.ID, by ...ids.ID) {
			for _, p := range by {
				_, err := w.Favourite(k.Ctx, p, id)
				must(t, err)
			}
		}
		ada := people[0]
		few, many := w.say(ada, "few like it"), w.say(ada, "many like it")
		like(few.ID, people[1:3]...)
		like(many.ID, people...)
		own := w.say(ada, "only one other likes it")
		like(own.ID, people[:2]...)
		w.boost(people[1], own.ID)
		must(t, w.RecountTrends(k.Ctx))
		tags, err := w.TrendingTags(k.Ctx, 0, 10, 0)
		must(t, err)
		if len(tags) != 2 || tags[0].Name != "new" || tags[1].Name != "usual" {
			t.Errorf("%+v", tags)
		}
		order := func(want ...ids.ID) {
			t.Helper()
			k.Clock.Advance(trendsTTL)
			must(t, w.RecountTrends(k.Ctx))
			views, err := w.TrendingPosts(k.Ctx, 0, 10, 0)
			must(t, err)
			if fmt.Sprint(viewIDs(views)) != fmt.Sprint(want) {
				t.Errorf("%v, want %v", viewIDs(views), want)
			}
		}
		order(many.ID, few.ID)
		k.Clock.Advance(2 * rankHalf)
		late := w.say(ada, "later")
		like(late.ID, people[1:3]...)
		order(late.ID, many.ID, few.ID)

		must(t, w.ReviewTrend(k.Ctx, TrendPost, late.ID, false))
		must(t, w.ReviewTrend(k.Ctx, TrendPost, few.ID, true))
		order(many.ID, few.ID)
		w.config.TrendsReview = true
		order(few.ID)
		if err := w.ReviewTrend(k.Ctx, TrendPost, 1, true); !errs.Is(err, errs.NotFound) {
			t.Errorf("a review of nothing: %v", err)
		}
	})
}
