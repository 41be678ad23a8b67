package posts

import (
	"fmt"
	"slices"
	"testing"
	"time"

	"github.com/guildhall/guildhall/internal/ids"
	"github.com/guildhall/guildhall/internal/page"
	"github.com/guildhall/guildhall/internal/testkit"
	"github.com/guildhall/guildhall/profiles"
)

func TestHome(t *testing.T) {
	testkit.Engines(t, func(t *testing.T, k *testkit.Kit) {
		w := open(t, k).start()
		p := w.accounts("ada", "bob", "cyd", "dan")
		ada, bob, cyd, dan := p[0], p[1], p[2], p[3]
		w.follow(ada, bob, cyd)
		w.home(ada, 20) // loads the feed: what follows is pushed

		var want []ids.ID
		sees := func(yes bool, v *View) *View {
			if yes {
				want = append([]ids.ID{v.ID}, want...)
			}
			return v
		}
		sees(true, w.say(ada, "my own"))
		first := sees(true, w.say(bob, "hello"))
		stranger := sees(false, w.say(dan, "not followed"))
		sees(true, w.say(bob, "only followers", as(Followers)))
		sees(true, w.say(cyd, "an answer to somebody I follow", to(first.ID)))
		sees(false, w.say(cyd, "an answer to a stranger", to(stranger.ID)))
		sees(true, w.say(dan, "mentions me, but is not followed: @ada"))
		want = want[1:]
		sees(true, w.say(bob, "@ada directly", as(Direct)))
		sees(false, w.say(bob, "@cyd directly", as(Direct)))
		sees(true, w.say(ada, "@dan from me", as(Direct)))
		sees(true, w.boost(cyd, stranger.ID))
		sees(false, w.boost(bob, stranger.ID)) // cyd's boost is close
		sees(false, w.boost(cyd, first.ID))    // the post itself is close
		own := sees(true, w.say(bob, "deleted soon"))
		w.delete(bob, own.ID)
		want = want[1:]

		check := func(what string) {
			t.Helper()
			for _, limit := range []int{1, 3, 20} {
				if got := w.home(ada, limit); !slices.Equal(got, want) {
					t.Errorf("%s, pages of %d:\n got %v\nwant %v", what, limit, got, want)
				}
				got := walkUp(t, limit, func(p page.Page) ([]*View, error) { return w.Home(k.Ctx, ada, p) })
				if !slices.Equal(got, want) {
					t.Errorf("%s, upwards in pages of %d:\n got %v\nwant %v", what, limit, got, want)
				}
			}
		}
		check("pushed")
		w.lost(k.Ctx)
		check("rebuilt")
		again := w.say(dan, "boosted twice")
		_, err := w.Unboost(k.Ctx, cyd, w.boost(cyd, again.ID).ID)
		must(t, err)
		sees(true, w.boost(bob, again.ID))
		check("boosted again")

		no := false
		_, err = w.people.Follow(k.Ctx, ada, cyd, profiles.FollowOptions{Boosts: &no})
		must(t, err)
		views, err := w.Home(k.Ctx, ada, page.Page{Limit: 40})
		must(t, err)
		for _, v := range views {
			if v.BoostOfID != 0 && v.AccountID == cyd {
				t.Error("shows a boost of somebody whose boosts are not wanted")
			}
		}
		_, err = w.people.Mute(k.Ctx, ada, bob, false, time.Minute)
		must(t, err)
		has := func(author ids.ID) bool {
			views, err := w.Home(k.Ctx, ada, page.Page{Limit: 40})
			must(t, err)
			return slices.ContainsFunc(views, func(v *View) bool { return v.AccountID == author })
		}
		if has(bob) {
			t.Error("shows a muted account")
		}
		k.Clock.Advance(2 * time.Minute)
		if !has(bob) {
			t.Error("does not show an account whose mute has ended")
		}
		_, err = w.people.Follow(k.Ctx, ada, bob, profiles.FollowOptions{Languages: &[]string{"fr"}})
		must(t, err)
		w.say(bob, "auf Deutsch", func(d *Draft) { d.Language = "de" })
		bon := w.say(bob, "en français", func(d *Draft) { d.Language = "fr" })
		if views, err = w.Home(k.Ctx, ada, page.Page{Limit: 1}); err != nil || len(views) != 1 || views[0].ID != bon.ID {
			t.Errorf("%v, %v: want the French post", views, err)
		}
		if views, err = w.Home(k.Ctx, ada, page.Page{Limit: 2}); err != nil || views[1].Language == "de" {
			t.Errorf("%v, %v: shows a post in a language that is not wanted", views, err)
		}
	})
}

// Beyond what is held in memory the timeline goes on from the database, with
// no gap and nothing twice.
func TestHomeGoesOn(t *testing.T) {
	testkit.Engines(t, func(t *testing.T, k *testkit.Kit) {
		w := open(t, k)
		p := w.accounts("ada", "bob", "cyd")
		w.follow(p[0], p[1], p[2])
		want := w.scatter(500, p[1], p[2])
		k.Clock.Advance(400 * 24 * time.Hour)
		want = append(want, w.scatter(30, p[2])...)
		slices.SortFunc(want, func(a, b ids.ID) int { return int(max(-1, min(1, b-a))) })
		if got := w.home(p[0], 40); !slices.Equal(got, want) {
			t.Errorf("down: got %d posts, want %d in order", len(got), len(want))
		}
		got := walkUp(t, 40, func(pg page.Page) ([]*View, error) { return w.Home(k.Ctx, p[0], pg) })
		if !slices.Equal(got, want) {
			t.Errorf("up: got %d posts, want %d in order", len(got), len(want))
		}
		views, err := w.Home(k.Ctx, p[0], page.Page{Limit: 40, Since: want[10]})
		must(t, err)
		if got := viewIDs(views); !slices.Equal(got, want[:10]) {
			t.Errorf("since: got %v, want %v", got, want[:10])
		}
		seen := w.watch()
		_, err = w.Home(k.Ctx, p[0], page.Page{Limit: 20})
		must(t, err)
		_, err = w.Home(k.Ctx, p[0], page.Page{Limit: 20})
		must(t, err)
		seen.taken()
		_, err = w.Home(k.Ctx, p[0], page.Page{Limit: 20})
		must(t, err)
		if list := seen.taken(); len(list) > 0 {
			t.Errorf("a warm home timeline asks the database: %q", list)
		}
	})
}

// An author with very many followers is not pushed but merged in.
func TestHomeMergesBigAuthors(t *testing.T) {
	testkit.Engines(t, func(t *testing.T, k *testkit.Kit) {
		w := open(t, k, func(c *Config) { c.PushLimit = 2 }).start()
		p := w.accounts("ada", "big", "small")
		ada, big, small := p[0], p[1], p[2]
		w.follow(ada, big, small)
		w.follow(small, big)
		var want []ids.ID
		for i := range 130 {
			author := []ids.ID{big, small, big}[i%3]
			want = append([]ids.ID{w.say(author, fmt.Sprint("post ", i)).ID}, want...)
			if i == 60 {
				w.home(ada, 20)
			}
		}
		stranger := w.accounts("dan")[0]
		w.say(big, "an answer to a stranger", to(w.say(stranger, "hi").ID))
		w.say(big, "@small directly", as(Direct))
		want = append([]ids.ID{w.say(big, "@ada directly", as(Direct)).ID}, want...)
		if w.feeds.of[feedKey{reader: ada}] == nil || !slices.Contains(w.feeds.of[feedKey{reader: ada}].big, big) || slices.Contains(w.feeds.of[feedKey{reader: ada}].big, small) {
			t.Fatal("the feed pushes the wrong authors")
		}
		if got := w.home(ada, 20); !slices.Equal(got, want) {
			t.Errorf("\n got %v\nwant %v", got, want)
		}
		if got := walkUp(t, 20, func(p page.Page) ([]*View, error) { return w.Home(k.Ctx, ada, p) }); !slices.Equal(got, want) {
			t.Errorf("upwards\n got %v\nwant %v", got, want)
		}
	})
}

// A post that is published while the feed is being read is not lost.
func TestFeedIsLoadedWhilePostsArrive(t *testing.T) {
	testkit.Engines(t, func(t *testing.T, k *testkit.Kit) {
		w := open(t, k)
		p := w.accounts("ada", "bob")
		w.follow(p[0], p[1])
		old := w.say(p[1], "before")
		v, err := w.viewer(k.Ctx, p[0])
		must(t, err)
		f, err := w.newFeed(k.Ctx, v, 0)
		must(t, err)
		f.ring.begin()
		w.feeds.add(f)
		rows, err := w.scanHome(k.Ctx, f, newest(f.ring.size))
		must(t, err)
		during := w.say(p[1], "during")
		w.delete(p[1], old.ID)
		w.unpublished(Deleted{ID: old.ID, AccountID: p[1]})
		f.ring.fill(rows, true)
		if got := w.home(p[0], 20); !slices.Equal(got, []ids.ID{during.ID}) {
			t.Errorf("got %v, want %v", got, during.ID)
		}
	})
}

// The memory of feeds is bounded: the least used go, connected readers' stay.
func TestFeedsAreBounded(t *testing.T) {
	k := testkit.New(t, "sqlite")
	w := open(t, k, func(c *Config) { c.FeedCache = 3 * 20_000 })
	p := w.accounts("ada", "bob", "cyd", "dan", "eve", "fay")
	release, err := w.KeepFeed(k.Ctx, p[0])
	must(t, err)
	for _, id := range p {
		w.home(id, 20)
	}
	if n := len(w.feeds.of); n > 4 {
		t.Errorf("%d feeds are held", n)
	}
	if w.feeds.of[feedKey{reader: p[0]}] == nil {
		t.Error("a connected reader's feed is gone")
	}
	release()
	for _, id := range p[1:] {
		w.home(id, 20)
	}
	for id, set := range w.feeds.by {
		for f := range set {
			if w.feeds.of[f.feedKey] != f {
				t.Errorf("author %d still pushes to a feed that is gone", id)
			}
		}
	}
}

func TestHomeReaders(t *testing.T) {
	testkit.Engines(t, func(t *testing.T, k *testkit.Kit) {
		w := open(t, k).start()
		p := w.accounts("ada", "bob", "cyd")
		ada, bob, cyd := p[0], p[1], p[2]
		w.follow(ada, bob)
		for _, id := range []ids.ID{ada, cyd} {
			release, err := w.KeepFeed(k.Ctx, id)
			must(t, err)
			defer release()
		}
		readers := func(c Created) []ids.ID {
			list, err := w.HomeReaders(k.Ctx, c)
			must(t, err)
			slices.Sort(list)
			return list
		}
		post := Created{ID: k.IDs.New(bob), AccountID: bob}
		if got := readers(post); !slices.Equal(got, []ids.ID{ada}) {
			t.Errorf("got %v, want ada", got)
		}
		w.follow(cyd, bob)
		if got := readers(post); !slices.Equal(got, []ids.ID{ada, cyd}) { // the event may come later than the next post's
			t.Errorf("right after a follow: %v, want ada and cyd", got)
		}
		_, err := w.people.Block(k.Ctx, bob, ada)
		must(t, err)
		if got := readers(post); !slices.Equal(got, []ids.ID{cyd}) {
			t.Errorf("right after a block: %v, want cyd", got)
		}
		if got := readers(Created{ID: post.ID, AccountID: bob, Visibility: Direct, Mentions: []ids.ID{ada}}); len(got) != 0 {
			t.Errorf("a direct post to another one reaches %v", got)
		}
	})
}
