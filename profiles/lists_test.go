package profiles_test

import (
	"testing"

	"github.com/guildhall/guildhall/internal/errs"
	"github.com/guildhall/guildhall/internal/ids"
	"github.com/guildhall/guildhall/internal/page"
	"github.com/guildhall/guildhall/internal/testkit"
	"github.com/guildhall/guildhall/profiles"
)

func TestPaging(t *testing.T) {
	testkit.Engines(t, func(t *testing.T, k *testkit.Kit) {
		w := open(t, k)
		p := w.people("star", "a", "b", "c", "d", "e")
		for _, id := range p[1:] {
			w.follow(id, p[0])
			w.follow(p[0], id)
			if _, err := w.Mute(k.Ctx, p[0], id, false, 0); err != nil {
				t.Fatal(err)
			}
		}
		type list func(page.Page) ([]profiles.Entry, error)
		for name, f := range map[string]list{
			"followers": func(g page.Page) ([]profiles.Entry, error) { return w.FollowersOf(k.Ctx, p[1], p[0], g) },
			"following": func(g page.Page) ([]profiles.Entry, error) { return w.FollowingOf(k.Ctx, 0, p[0], g) },
			"mutes":     func(g page.Page) ([]profiles.Entry, error) { return w.Mutes(k.Ctx, p[0], g) },
		} {
			all, err := f(page.Page{Limit: 10})
			if err != nil || names(all) != "e d c b a" {
				t.Fatalf("%s: %v, %v", name, names(all), err)
			}
			for _, c := range []struct {
				page page.Page
				want string
			}{
				{page.Page{Limit: 2}, "e d"},
				{page.Page{Max: all[1].Cursor, Limit: 2}, "c b"},
				{page.Page{Max: all[4].Cursor, Limit: 2}, ""},
				{page.Page{Since: all[3].Cursor, Limit: 2}, "e d"},
				{page.Page{Min: all[3].Cursor, Limit: 2}, "d c"},
				{page.Page{Min: all[4].Cursor, Max: all[0].Cursor, Limit: 10}, "d c b"},
				{page.Page{Since: all[0].Cursor, Limit: 2}, ""},
			} {
				if got, err := f(c.page); err != nil || names(got) != c.want {
					t.Errorf("%s %+v: %q, want %q, %v", name, c.page, names(got), c.want, err)
				}
			}
		}
	})
}

func TestListsHide(t *testing.T) {
	testkit.Engines(t, func(t *testing.T, k *testkit.Kit) {
		w := open(t, k)
		p := w.people("ann", "bob", "cyd", "dan")
		ann, bob, cyd, dan := p[0], p[1], p[2], p[3]
		for _, id := range []ids.ID{bob, cyd, dan} {
			w.follow(ann, id)
			w.follow(id, ann)
		}
		all := page.Page{Limit: 10}
		check := func(what string, viewer ids.ID, want string) {
			t.Helper()
			if got, err := w.FollowersOf(k.Ctx, viewer, ann, all); err != nil || names(got) != want {
				t.Errorf("%s: followers %q, want %q, %v", what, names(got), want, err)
			}
			if got, err := w.FollowingOf(k.Ctx, viewer, ann, all); err != nil || names(got) != want {
				t.Errorf("%s: following %q, want %q, %v", what, names(got), want, err)
			}
		}
		check("anonymous", 0, "dan cyd bob")
		if _, err := w.Block(k.Ctx, bob, dan); err != nil {
			t.Fatal(err)
		}
		check("who blocks one of them", bob, "cyd bob")
		check("who is blocked by one of them", dan, "dan cyd")
		if _, err := w.Block(k.Ctx, ann, cyd); err != nil {
			t.Fatal(err)
		}
		check("who is blocked by the account", cyd, "")
		w.update(ann, profiles.Update{HideCollections: ref(true)})
		check("others", 0, "")
		check("oneself", ann, "dan bob")
		for _, f := range []func() ([]profiles.Entry, error){
			func() ([]profiles.Entry, error) { return w.FollowersOf(k.Ctx, ann, 42, all) },
			func() ([]profiles.Entry, error) { return w.FollowingOf(k.Ctx, 0, 42, all) },
		} {
			if got, err := f(); !errs.Is(err, errs.NotFound) {
				t.Errorf("%v, %v", got, err)
			}
		}
	})
}
