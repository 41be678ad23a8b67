package posts

import (
	"fmt"
	"testing"

	"github.com/guildhall/guildhall/internal/errs"
	"github.com/guildhall/guildhall/internal/ids"
	"github.com/guildhall/guildhall/internal/testkit"
)

// Moderators decide whether a hashtag may trend, and can decide otherwise; where
// a review is needed nothing trends without.
func TestTagReview(t *testing.T) {
	testkit.Engines(t, func(t *testing.T, k *testkit.Kit) {
		w := open(t, k, func(c *Config) { c.TrendAccounts = 2 })
		people := w.accounts("ada", "bob", "cyd")
		w.discoverable(people...)
		for i, p := range people {
			w.say(p, "#go")
			if i < 2 {
				w.say(p, "#sql")
			}
		}
		trending := func(when string, all bool, want ...string) map[string]Trend {
			t.Helper()
			k.Clock.Advance(trendsTTL)
			must(t, w.RecountTrends(k.Ctx))
			list, err := w.Trends(k.Ctx, TrendTag, all)
			must(t, err)
			found := map[string]Trend{}
			var got []string
			for _, x := range list {
				tag, err := w.RuledTag(k.Ctx, 0, x.ID)
				must(t, err)
				if tag.Review != x.Review {
					t.Errorf("%s: #%s is %v here and %v there", when, tag.Name, tag.Review, x.Review)
				}
				got, found[tag.Name] = append(got, fmt.Sprint(tag.Name, " ", x.Review)), x
			}
			if fmt.Sprint(got) != fmt.Sprint(want) {
				t.Errorf("%s: %v, want %v", when, got, want)
			}
			return found
		}
		tags := trending("at first", false, "go 0", "sql 0")
		review := func(name string, allowed bool) { must(t, w.ReviewTrend(k.Ctx, TrendTag, tags[name].ID, allowed)) }
		review("go", false)
		trending("one is rejected", false, "sql 0")
		trending("to moderators", true, "go 2", "sql 0")
		w.config.TrendsReview = true
		trending("a review is needed", false)
		review("sql", true)
		review("go", true)
		trending("both are allowed", false, "go 1", "sql 1")
		no := false
		_, err := w.RuleTag(k.Ctx, 0, tags["go"].ID, TagRules{Trendable: &no})
		must(t, err)
		trending("by the tag's rules", false, "sql 1")
		for _, kind := range []TrendKind{TrendTag, TrendPost, TrendLink, TrendSite} {
			if err := w.ReviewTrend(k.Ctx, kind, ids.ID(1), true); !errs.Is(err, errs.NotFound) {
				t.Errorf("a review of nothing of kind %v: %v", kind, err)
			}
		}
	})
}
