package posts

import (
	"context"
	"slices"
	"testing"

	"github.com/guildhall/guildhall/internal/db"
	"github.com/guildhall/guildhall/internal/ids"
	"github.com/guildhall/guildhall/internal/page"
	"github.com/guildhall/guildhall/internal/testkit"
)

func TestSearch(t *testing.T) {
	testkit.Engines(t, func(t *testing.T, k *testkit.Kit) {
		w := open(t, k).start()
		p := w.accounts("ada", "bob")
		ada, bob := p[0], p[1]
		fox := w.say(ada, "The quick brown FOX jumps")
		cafe := w.say(bob, "Un café brûlant, quick!")
		odd := w.say(bob, "O'Reilly said \"a:b*c\" -- and (OR) NEAR it")
		search := func(viewer ids.ID, q string, account ids.ID) []ids.ID {
			t.Helper()
			views, err := w.SearchPosts(k.Ctx, viewer, q, account, 20, 0, page.Page{})
			must(t, err)
			return viewIDs(views)
		}
		testkit.Eventually(t, func() bool { return len(search(0, "near", 0)) == 1 })
		for _, c := range []struct {
			q       string
			account ids.ID
			want    []*View
		}{
			{"quick", 0, []*View{cafe, fox}},
			{"QUICK fox", 0, []*View{fox}},
			{`"quick brown"`, 0, []*View{fox}},
			{`"brown quick"`, 0, nil},
			{"brown quick", 0, []*View{fox}},
			{"cafe brulant", 0, []*View{cafe}},
			{"café", 0, []*View{cafe}},
			{"quick", bob, []*View{cafe}},
			{"quick from:ada", 0, []*View{fox}},
			{"quick from:@bob", 0, []*View{cafe}},
			{"quick from:nobody", 0, nil},
			{"quick has:media", 0, nil},
			{"o'reilly", 0, []*View{odd}},
			{"a:b*c", 0, []*View{odd}},
			{"words:quick", 0, nil},
			{`marks : "all"`, 0, nil},
			{"all", 0, nil},
			{"quick OR near", 0, nil},
			{"(or)", 0, []*View{odd}},
			{`"`, 0, nil}, {`"""`, 0, nil}, {"*", 0, nil}, {"", 0, nil}, {"' | '=all", 0, nil}, {"\x00quick'\\", 0, []*View{cafe, fox}},
			{"u" + ada.String(), 0, nil},
		} {
			if got := search(0, c.q, c.account); !slices.Equal(got, viewIDs(c.want)) {
				t.Errorf("%q: got %v, want %v", c.q, got, viewIDs(c.want))
			}
		}
		views, err := w.SearchPosts(k.Ctx, 0, "quick", 0, 1, 1, page.Page{})
		if err != nil || len(views) != 1 || views[0].ID != fox.ID {
			t.Errorf("offset: %v, %v", views, err)
		}
		_, err = w.Edit(k.Ctx, bob, cafe.ID, Draft{Text: "tisane"})
		must(t, err)
		testkit.Eventually(t, func() bool { return len(search(0, "quick", 0)) == 1 && len(search(0, "tisane", 0)) == 1 })
		w.delete(bob, cafe.ID)
		testkit.Eventually(t, func() bool { return len(search(0, "tisane", 0)) == 0 })

		// The index can be thrown away.
		if k.Engine == db.SQLite {
			_, err = db.Exec(k.Ctx, w.Search, "DELETE FROM posts_search WHERE rowid > 0")
		} else {
			_, err = db.Exec(k.Ctx, w.Search, "DELETE FROM posts_search WHERE post_id > 0")
		}
		must(t, err)
		if got := search(0, "fox", 0); len(got) > 0 {
			t.Errorf("%v found without an index", got)
		}
		must(t, w.Reindex(k.Ctx))
		if got := search(0, "fox", 0); !slices.Equal(got, []ids.ID{fox.ID}) {
			t.Errorf("after making the index anew: %v", got)
		}
	})
}

// An index that was not made to its end is made at the next start.
func TestHalfMadeIndexIsFinished(t *testing.T) {
	testkit.Engines(t, func(t *testing.T, k *testkit.Kit) {
		w := open(t, k)
		ada := w.accounts("ada")[0]
		old, late := w.say(ada, "an old fox"), w.say(ada, "a late fox")
		must(t, w.index(k.Ctx, []ids.ID{old.ID}, map[ids.ID]*entry{})) // and then the process was killed
		ctx, stop := context.WithCancel(k.Ctx)
		defer stop()
		must(t, w.startSearch(ctx)) // nothing is relayed: no event tells of the late one
		testkit.Eventually(t, func() bool {
			views, err := w.SearchPosts(k.Ctx, 0, "fox", 0, 20, 0, page.Page{})
			return err == nil && slices.Equal(viewIDs(views), []ids.ID{late.ID, old.ID})
		})
	})
}

// Whatever is typed, the query stays one of words.
func FuzzSearch(f *testing.F) {
	for _, q := range []string{`a "b c" d`, `"`, "from:", `x' & !'y`, "a\x00b", "ﬃ ß İ", "::*()"} {
		f.Add(q)
	}
	f.Fuzz(func(t *testing.T, q string) {
		for _, term := range parseQuery(q).terms {
			for _, word := range term {
				for _, r := range word {
					if r == '"' || r == '\'' || r == ' ' || r == '\\' || r == 0 {
						t.Errorf("%q lets %q through", q, r)
					}
				}
			}
		}
	})
}
