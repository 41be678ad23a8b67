package posts

import (
	"slices"
	"testing"

	"github.com/guildhall/guildhall/internal/ids"
	"github.com/guildhall/guildhall/internal/page"
	"github.com/guildhall/guildhall/internal/testkit"
)

func (w *town) followTag(reader ids.ID, name string) {
	w.t.Helper()
	_, err := w.FollowTag(w.kit.Ctx, reader, name)
	must(w.t, err)
}

// Public posts with a followed hashtag are in the home timeline, each once,
// whether the feed is read from the database or is in memory.
func TestFollowedTagsInHome(t *testing.T) {
	testkit.Engines(t, func(t *testing.T, k *testkit.Kit) {
		w := open(t, k).start()
		people := w.accounts("ada", "bob", "cyd", "dan")
		ada, bob, cyd, dan := people[0], people[1], people[2], people[3]
		w.follow(ada, bob)
		var want []ids.ID
		say := func() {
			want = append(want, w.say(cyd, "#go from a stranger").ID, w.say(bob, "#go and #sql from a friend").ID)
			first := w.say(cyd, "#sql #go both")
			want = append(want, first.ID, w.say(cyd, "#GO an answer", to(first.ID)).ID)
			w.say(cyd, "#go for few", as(Followers))
			w.say(cyd, "#go unlisted", as(Unlisted))
			w.say(cyd, "#rust")
			w.say(dan, "#go of somebody blocked")
			w.boost(cyd, first.ID)
		}
		_, err := w.people.Block(k.Ctx, ada, dan)
		must(t, err)
		say()
		w.followTag(ada, "go")
		w.followTag(ada, "SQL")
		check := func(when string) {
			t.Helper()
			down := slices.Clone(want)
			slices.Reverse(down)
			for _, limit := range []int{1, 3, 40} {
				if got := w.home(ada, limit); !slices.Equal(got, down) {
					t.Fatalf("%s, by %d:\n got %v\nwant %v", when, limit, got, down)
				}
			}
			up := walkUp(t, 2, func(p page.Page) ([]*View, error) { return w.Home(k.Ctx, ada, p) })
			if !slices.Equal(up, down) {
				t.Fatalf("%s, upwards:\n got %v\nwant %v", when, up, down)
			}
		}
		check("read")
		say()
		check("pushed")
		w.lost(k.Ctx)
		check("read again")

		w.delete(cyd, want[len(want)-1])
		want = want[:len(want)-1]
		check("deleted")
		_, err = w.Edit(k.Ctx, cyd, want[0], Draft{Text: "of nothing"})
		must(t, err)
		want = want[1:]
		check("edited")
		_, err = w.UnfollowTag(k.Ctx, ada, "go")
		must(t, err)
		_, err = w.UnfollowTag(k.Ctx, ada, "sql")
		must(t, err)
		want = slices.DeleteFunc(want, func(id ids.ID) bool {
			v, err := w.Get(k.Ctx, ada, id)
			must(t, err)
			return v.AccountID != bob
		})
		check("unfollowed")
	})
}

// Connected readers hear of posts with a hashtag that they follow.
func TestFollowedTagsLive(t *testing.T) {
	testkit.Engines(t, func(t *testing.T, k *testkit.Kit) {
		w := open(t, k).start()
		people := w.accounts("ada", "bob")
		ada, bob := people[0], people[1]
		release, err := w.KeepFeed(k.Ctx, ada)
		must(t, err)
		defer release()
		readers := func(v *View) []ids.ID {
			t.Helper()
			got, err := w.HomeReaders(k.Ctx, Created{ID: v.ID, AccountID: v.AccountID, Visibility: v.Visibility, Tags: v.Tags})
			must(t, err)
			return got
		}
		post := w.say(bob, "#go #sql")
		if got := readers(post); len(got) != 0 {
			t.Errorf("%v hear of a hashtag that they do not follow", got)
		}
		w.followTag(ada, "go")
		w.followTag(ada, "sql")
		// At once, while the feed may still be loading, and when it is there.
		for range 2 {
			if got := readers(post); !slices.Equal(got, []ids.ID{ada}) {
				t.Errorf("%v hear of the post, want %v", got, ada)
			}
			testkit.Eventually(t, func() bool {
				w.feeds.mu.RLock()
				defer w.feeds.mu.RUnlock()
				return len(w.feeds.stale) == 0 && w.feeds.of[feedKey{reader: ada}] != nil && len(w.feeds.of[feedKey{reader: ada}].tags) == 2
			})
		}
		if got := readers(w.say(bob, "#go for few", as(Unlisted))); len(got) != 0 {
			t.Errorf("%v hear of an unlisted post", got)
		}
	})
}

// What an author has used how often is right after edits and deletions.
func TestTagCounts(t *testing.T) {
	testkit.Engines(t, func(t *testing.T, k *testkit.Kit) {
		w := open(t, k)
		ada := w.accounts("ada")[0]
		_, err := w.FeatureTag(k.Ctx, ada, "go")
		must(t, err)
		check := func(when string, posts int, last ids.ID) {
			t.Helper()
			tags, err := w.FeaturedTags(k.Ctx, 0, ada)
			must(t, err)
			if len(tags) != 1 || tags[0].Posts != posts || posts > 0 && !tags[0].LastAt.Equal(last.Time()) || posts == 0 && !tags[0].LastAt.IsZero() {
				t.Errorf("%s: %+v, want %d, the last at %v", when, tags, posts, last.Time())
			}
		}
		check("nothing", 0, 0)
		one := w.say(ada, "#go")
		two := w.say(ada, "#go", as(Unlisted))
		w.say(ada, "#go", as(Followers))
		w.say(ada, "#go", as(Direct))
		check("public and unlisted", 2, two.ID)
		_, err = w.Edit(k.Ctx, ada, two.ID, Draft{Text: "no more"})
		must(t, err)
		check("edited away", 1, one.ID)
		_, err = w.Edit(k.Ctx, ada, two.ID, Draft{Text: "again #go"})
		must(t, err)
		check("edited back", 2, two.ID)
		w.delete(ada, two.ID)
		check("deleted", 1, one.ID)
		w.delete(ada, one.ID)
		check("all deleted", 0, 0)
	})
}
