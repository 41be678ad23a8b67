package posts

import (
	"context"
	"fmt"
	"slices"
	"testing"

	"github.com/guildhall/guildhall/internal/errs"
	"github.com/guildhall/guildhall/internal/ids"
	"github.com/guildhall/guildhall/internal/page"
	"github.com/guildhall/guildhall/internal/testkit"
)

// reads are all exported methods that show posts: each tells whether it shows
// one. tag is what the post is tagged with and word what it says.
func (w *town) reads(post *View, parent *View) map[string]func(viewer ids.ID) bool {
	ctx, p := w.kit.Ctx, page.Page{Limit: 40}
	holds := func(views []*View, err error) bool {
		w.t.Helper()
		if err != nil && !errs.Is(err, errs.NotFound) {
			w.t.Error(err)
		}
		return slices.ContainsFunc(views, func(v *View) bool { return v.ID == post.ID || v.Boost != nil && v.Boost.ID == post.ID })
	}
	found := func(err error) bool {
		w.t.Helper()
		if err != nil && !errs.Is(err, errs.NotFound) {
			w.t.Error(err)
		}
		return err == nil
	}
	return map[string]func(ids.ID) bool{
		"Get":     func(v ids.ID) bool { _, err := w.Get(ctx, v, post.ID); return found(err) },
		"GetMany": func(v ids.ID) bool { return holds(w.GetMany(ctx, v, []ids.ID{post.ID, parent.ID})) },
		"Context": func(v ids.ID) bool { _, _, err := w.Context(ctx, v, post.ID); return found(err) },
		"Context of the parent": func(v ids.ID) bool {
			_, down, err := w.Context(ctx, v, parent.ID)
			return holds(down, err)
		},
		"AccountPosts": func(v ids.ID) bool { return holds(w.AccountPosts(ctx, v, post.AccountID, AccountFilter{}, p)) },
		"AccountPosts tagged": func(v ids.ID) bool {
			return holds(w.AccountPosts(ctx, v, post.AccountID, AccountFilter{Tagged: "Matrix"}, p))
		},
		"AccountPosts pinned": func(v ids.ID) bool {
			return holds(w.AccountPosts(ctx, v, post.AccountID, AccountFilter{Pinned: true}, p))
		},
		"FavouritedBy":   func(v ids.ID) bool { _, err := w.FavouritedBy(ctx, v, post.ID, p); return found(err) },
		"BoostedBy":      func(v ids.ID) bool { _, err := w.BoostedBy(ctx, v, post.ID, p); return found(err) },
		"PublicTimeline": func(v ids.ID) bool { return holds(w.PublicTimeline(ctx, v, PublicFilter{}, p)) },
		"TagTimeline":    func(v ids.ID) bool { return holds(w.TagTimeline(ctx, v, TagFilter{Tag: "matrix"}, p)) },
		"SearchPosts":    func(v ids.ID) bool { return holds(w.SearchPosts(ctx, v, "xylophone", 0, 20, 0, page.Page{})) },
	}
}

// Who sees what, through every door.
func TestVisibility(t *testing.T) {
	testkit.Engines(t, func(t *testing.T, k *testkit.Kit) {
		w := open(t, k).start()
		p := w.accounts("author", "follower", "mentioned", "stranger", "blocked", "blocker")
		viewers := map[string]ids.ID{"anonymous": 0, "author": p[0], "follower": p[1], "mentioned": p[2], "stranger": p[3], "blocked": p[4], "blocker": p[5]}
		author := p[0]
		w.follow(p[1], author)
		w.follow(p[4], author)
		_, err := w.people.Block(k.Ctx, author, p[4])
		must(t, err)
		_, err = w.people.Block(k.Ctx, p[5], author)
		must(t, err)

		all := []string{"anonymous", "author", "follower", "mentioned", "stranger"}
		public := []string{"AccountPosts", "AccountPosts tagged", "AccountPosts pinned", "BoostedBy", "Context", "Context of the parent", "FavouritedBy", "Get", "GetMany", "SearchPosts", "TagTimeline"}
		sees := map[Visibility][]string{Public: all, Unlisted: all, Followers: {"author", "follower", "mentioned"}, Direct: {"author", "mentioned"}}
		for _, vis := range []Visibility{Public, Unlisted, Followers, Direct} {
			parent := w.say(author, "parent")
			post := w.say(author, "xylophone for @mentioned #matrix", as(vis), to(parent.ID))
			if vis != Direct {
				_, err := w.Pin(k.Ctx, author, post.ID)
				must(t, err)
			}
			testkit.Eventually(t, func() bool {
				views, err := w.SearchPosts(k.Ctx, author, "xylophone", author, 20, 0, page.Page{})
				return err == nil && len(views) > 0 && views[0].ID == post.ID
			})
			for round := range 2 { // cold, warm
				for name, read := range w.reads(post, parent) {
					for who, id := range viewers {
						want := slices.Contains(sees[vis], who) && (slices.Contains(public, name) || vis == Public)
						switch {
						case name == "TagTimeline":
							want = want && vis == Public
						case name == "AccountPosts pinned":
							want = want && vis != Direct
						case name == "SearchPosts": // what only followers see is for those who are named
							want = want && (vis != Followers || who != "follower")
						case name == "AccountPosts" && (who == "blocked" || who == "blocker"):
							want = false
						}
						if got := read(id); got != want {
							t.Errorf("round %d: visibility %d: %s shows it to %s: %v, want %v", round, vis, name, who, got, want)
						}
					}
				}
				if round == 0 {
					w.lost(k.Ctx)
				}
			}
			if vis != Direct {
				_, err := w.Unpin(k.Ctx, author, post.ID)
				must(t, err)
			}
		}
	})
}

// A boost never shows what its reader may not see.
func TestBoostsShowNoMoreThanTheirOriginal(t *testing.T) {
	testkit.Engines(t, func(t *testing.T, k *testkit.Kit) {
		w := open(t, k).start()
		p := w.accounts("author", "booster", "reader")
		w.follow(p[2], p[1])
		post := w.say(p[0], "hello")
		boost := w.boost(p[1], post.ID)
		home := func() []ids.ID { return w.home(p[2], 20) }
		if got := home(); !slices.Equal(got, []ids.ID{boost.ID}) {
			t.Fatalf("home is %v", got)
		}
		by, err := w.BoostedBy(k.Ctx, p[2], post.ID, page.Page{Limit: 20})
		if err != nil || len(by) != 1 || by[0].Account.ID != p[1] || by[0].Cursor != boost.ID {
			t.Errorf("boosted by %v, %v", by, err)
		}
		_, err = w.people.Block(k.Ctx, p[0], p[2])
		must(t, err)
		if got := home(); len(got) > 0 {
			t.Errorf("a boost of an account that blocks the reader is shown: %v", got)
		}
		if _, err := w.Get(k.Ctx, p[2], boost.ID); !errs.Is(err, errs.NotFound) {
			t.Errorf("Get: %v", err)
		}
		if views, err := w.AccountPosts(k.Ctx, p[2], p[1], AccountFilter{}, page.Page{Limit: 20}); err != nil || len(views) > 0 {
			t.Errorf("%v, %v", views, err)
		}
	})
}

func TestOwnLists(t *testing.T) {
	testkit.Engines(t, func(t *testing.T, k *testkit.Kit) {
		w := open(t, k).start()
		p := w.accounts("ada", "bob")
		var want []ids.ID
		for i := range 7 {
			post := w.say(p[1], fmt.Sprint("post ", i))
			_, err := w.Favourite(k.Ctx, p[0], post.ID)
			must(t, err)
			_, err = w.Bookmark(k.Ctx, p[0], post.ID)
			must(t, err)
			want = append([]ids.ID{post.ID}, want...)
		}
		w.delete(p[1], want[3])
		want = slices.Delete(want, 3, 4)
		for name, read := range map[string]func(context.Context, ids.ID, page.Page) ([]Entry, error){"favourites": w.Favourites, "bookmarks": w.Bookmarks} {
			var got []ids.ID
			for pg := (page.Page{Limit: 2}); ; {
				list, err := read(k.Ctx, p[0], pg)
				must(t, err)
				if len(list) == 0 {
					break
				}
				for _, e := range list {
					got = append(got, e.ID)
					pg.Max = e.Cursor
					if !e.Viewer.Favourited || !e.Viewer.Bookmarked || e.Stats.Favourites != 1 {
						t.Errorf("%s: %+v, %+v", name, e.Viewer, e.Stats)
					}
				}
			}
			if !slices.Equal(got, want) {
				t.Errorf("%s: got %v, want %v", name, got, want)
			}
		}
		by, err := w.FavouritedBy(k.Ctx, 0, want[0], page.Page{Limit: 20})
		if err != nil || len(by) != 1 || by[0].Account.ID != p[0] {
			t.Errorf("favourited by %v, %v", by, err)
		}
	})
}

func TestTimelines(t *testing.T) {
	testkit.Engines(t, func(t *testing.T, k *testkit.Kit) {
		w := open(t, k).start()
		p := w.accounts("ada", "bob")
		ada, bob := p[0], p[1]
		one := w.say(ada, "one #go")
		two := w.say(bob, "two #go #sql", to(one.ID))
		three := w.say(bob, "three #sql")
		self := w.say(bob, "to myself #Go", to(three.ID))
		w.say(ada, "unlisted #go", as(Unlisted))
		boost := w.boost(ada, three.ID)
		pg := page.Page{Limit: 20}

		check := func(what string, want []*View, views []*View, err error) {
			t.Helper()
			if err != nil || !slices.Equal(viewIDs(views), viewIDs(want)) {
				t.Errorf("%s: got %v (%v), want %v", what, viewIDs(views), err, viewIDs(want))
			}
		}
		for range 2 {
			got, err := w.PublicTimeline(k.Ctx, 0, PublicFilter{}, pg)
			check("public", []*View{self, three, one}, got, err)
			got, err = w.PublicTimeline(k.Ctx, 0, PublicFilter{Local: true}, page.Page{Limit: 20, Min: one.ID})
			check("public above", []*View{self, three}, got, err)
			got, err = w.PublicTimeline(k.Ctx, 0, PublicFilter{Remote: true}, pg)
			check("remote", nil, got, err)
			got, err = w.PublicTimeline(k.Ctx, 0, PublicFilter{OnlyMedia: true}, pg)
			check("media", nil, got, err)
			got, err = w.TagTimeline(k.Ctx, 0, TagFilter{Tag: "#Go"}, pg)
			check("tag", []*View{self, two, one}, got, err)
			got, err = w.TagTimeline(k.Ctx, 0, TagFilter{Tag: "go", Any: []string{"sql"}, None: []string{"nothing"}}, pg)
			check("any", []*View{self, three, two, one}, got, err)
			got, err = w.TagTimeline(k.Ctx, 0, TagFilter{Tag: "go", All: []string{"sql"}}, pg)
			check("all", []*View{two}, got, err)
			got, err = w.TagTimeline(k.Ctx, 0, TagFilter{Tag: "go", None: []string{"sql"}}, pg)
			check("none", []*View{self, one}, got, err)
			got, err = w.TagTimeline(k.Ctx, 0, TagFilter{Tag: "＃ＧＯ", All: []string{"ＳＱＬ"}}, pg) // wide letters, as in a text
			check("wide", []*View{two}, got, err)
			got, err = w.TagTimeline(k.Ctx, 0, TagFilter{Tag: "go", Remote: true}, pg)
			check("remote tag", nil, got, err)
			got, err = w.AccountPosts(k.Ctx, 0, bob, AccountFilter{}, pg)
			check("account", []*View{self, three, two}, got, err)
			got, err = w.AccountPosts(k.Ctx, 0, bob, AccountFilter{ExcludeReplies: true}, pg)
			check("no replies", []*View{self, three}, got, err)
			got, err = w.AccountPosts(k.Ctx, 0, bob, AccountFilter{Tagged: "sql"}, pg)
			check("tagged", []*View{three, two}, got, err)
			got, err = w.AccountPosts(k.Ctx, 0, bob, AccountFilter{Tagged: "#ｓｑｌ"}, pg)
			check("tagged wide", []*View{three, two}, got, err)
			got, err = w.AccountPosts(k.Ctx, 0, ada, AccountFilter{ExcludeBoosts: true}, page.Page{Limit: 1, Max: boost.ID})
			must(t, err)
			if len(got) != 1 || got[0].BoostOfID != 0 {
				t.Error("boosts are not left out")
			}
			w.lost(k.Ctx)
		}
		if _, err := w.AccountPosts(k.Ctx, 0, 99, AccountFilter{}, pg); !errs.Is(err, errs.NotFound) {
			t.Errorf("an account that does not exist: %v", err)
		}
		must(t, w.RecountTrends(k.Ctx))
		tag, err := w.Tag(k.Ctx, 0, "GO")
		if err != nil || len(tag.History) != 7 || tag.History[0].Uses != 3 || tag.History[0].Accounts != 2 {
			t.Errorf("%+v, %v", tag, err)
		}
		tags, err := w.SearchTags(k.Ctx, 0, "s", 10, 0)
		if err != nil || len(tags) != 1 || tags[0].Name != "sql" {
			t.Errorf("%+v, %v", tags, err)
		}
		if n, err := w.Counts(k.Ctx); err != nil || n != 6 {
			t.Errorf("%d posts (%v), want 6", n, err)
		}
	})
}

// What is read before a change and stored after it must not stay.
func TestStaleReadsAreNotKept(t *testing.T) {
	testkit.Engines(t, func(t *testing.T, k *testkit.Kit) {
		w := open(t, k)
		ada := w.accounts("ada")[0]
		post := w.say(ada, "hello")
		e, err := w.load(k.Ctx, []ids.ID{post.ID})
		must(t, err)
		old := e[post.ID]
		old.mu.Lock()
		before := old.changes
		old.mu.Unlock()
		w.outdate(post.ID)
		w.setStats(post.ID, Stats{Favourites: 3})
		old.renew(before, &Stats{}, nil) // a reader that was slow
		if got := old.stats.Load().Favourites; got != 3 {
			t.Errorf("%d favourites, want 3", got)
		}

		v, err := w.viewer(k.Ctx, ada)
		must(t, err)
		m := w.marksOf(v.id)
		fresh, err := w.readMarks(k.Ctx, ada, []*entry{old})
		must(t, err)
		changes := m.changes
		_, err = w.Favourite(k.Ctx, ada, post.ID)
		must(t, err)
		w.keepMarks(ada, m, fresh, changes)
		got, err := w.Get(k.Ctx, ada, post.ID)
		must(t, err)
		if !got.Viewer.Favourited {
			t.Error("a slow reader has undone what the viewer sees of their favourite")
		}
	})
}

// A post that changes while it is being loaded is loaded again.
func TestLoadRacesWithForget(t *testing.T) {
	k := testkit.New(t, "sqlite")
	w := open(t, k)
	ada := w.accounts("ada")[0]
	post := w.say(ada, "before")
	w.posts.InvalidateAll()
	first := true
	w.DB.Trace(func(text string) { // runs before each statement of the load
		if first && len(text) > 6 && text[:6] == "SELECT" && slices.Contains([]byte(text), 'x') {
			first = false
			w.forget(post.ID)
		}
	})
	if _, err := w.Get(k.Ctx, 0, post.ID); err != nil || first {
		t.Fatal(err, first)
	}
	if e, ok := w.posts.GetIfPresent(post.ID); !ok || e.post.Text != "before" {
		t.Error("the second load is not kept")
	}
}

// A node that an event has passed by is right again after a while.
func TestMissedEventsAreMadeUpFor(t *testing.T) {
	testkit.Engines(t, func(t *testing.T, k *testkit.Kit) {
		w := open(t, k) // hears nothing
		ada := w.accounts("ada")[0]
		w.say(ada, "first")
		list := func() int {
			t.Helper()
			views, err := w.PublicTimeline(k.Ctx, 0, PublicFilter{}, page.Page{Limit: 20})
			must(t, err)
			return len(views)
		}
		if n := list(); n != 1 {
			t.Fatalf("%d posts", n)
		}
		w.node(k.Bus).say(ada, "second")
		k.Clock.Advance(cacheTTL)
		if n := list(); n != 2 {
			t.Errorf("%d posts of two", n)
		}
	})
}
