package posts

import (
	"fmt"
	"slices"
	"testing"

	"github.com/guildhall/guildhall/internal/errs"
	"github.com/guildhall/guildhall/internal/ids"
	"github.com/guildhall/guildhall/internal/testkit"
)

func TestContext(t *testing.T) {
	testkit.Engines(t, func(t *testing.T, k *testkit.Kit) {
		w := open(t, k)
		p := w.accounts("ada", "bob", "cyd")
		ada, bob, cyd := p[0], p[1], p[2]
		root := w.say(ada, "root")
		a := w.say(bob, "a", to(root.ID))
		b := w.say(bob, "b", to(root.ID))
		a1 := w.say(ada, "a1", to(a.ID))
		hidden := w.say(bob, "@ada hidden", to(a1.ID), as(Direct))
		below := w.say(ada, "below", to(hidden.ID), as(Public))
		a2 := w.say(cyd, "a2", to(a.ID))

		check := func(viewer ids.ID, of *View, up, down []*View) {
			t.Helper()
			for range 2 {
				gotUp, gotDown, err := w.Context(k.Ctx, viewer, of.ID)
				must(t, err)
				if !slices.Equal(viewIDs(gotUp), viewIDs(up)) || !slices.Equal(viewIDs(gotDown), viewIDs(down)) {
					t.Errorf("got %v and %v, want %v and %v", viewIDs(gotUp), viewIDs(gotDown), viewIDs(up), viewIDs(down))
				}
			}
		}
		check(ada, root, nil, []*View{a, a1, hidden, below, a2, b})
		check(cyd, root, nil, []*View{a, a1, below, a2, b})
		check(0, a1, []*View{root, a}, []*View{below})
		check(0, below, []*View{root, a, a1}, nil)
		seen := w.watch()
		check(0, a, []*View{root}, []*View{a1, below, a2})
		if list := seen.taken(); len(list) > 0 {
			t.Errorf("a warm conversation asks the database: %q", list)
		}
		late := w.say(cyd, "late", to(b.ID))
		check(0, root, nil, []*View{a, a1, below, a2, b, late})
		_, err := w.people.Mute(k.Ctx, ada, cyd, false, 0)
		must(t, err)
		check(ada, root, nil, []*View{a, a1, hidden, below, b})
		w.delete(bob, b.ID)
		testkit.Eventually(t, func() bool {
			_, down, err := w.Context(k.Ctx, 0, root.ID)
			return err == nil && slices.Equal(viewIDs(down), viewIDs([]*View{a, a1, below, a2}))
		})
		if _, _, err := w.Context(k.Ctx, cyd, hidden.ID); !errs.Is(err, errs.NotFound) {
			t.Errorf("the context of a post that may not be seen: %v", err)
		}
	})
}

// Anonymous viewers get a bounded part of a long conversation.
func TestContextIsBounded(t *testing.T) {
	k := testkit.New(t, "sqlite")
	w := open(t, k)
	ada := w.accounts("ada")[0]
	chain := []*View{w.say(ada, "root")}
	for i := range 70 {
		chain = append(chain, w.say(ada, fmt.Sprint(i), to(chain[i].ID)))
	}
	wide := w.say(ada, "wide")
	for i := range 70 {
		w.say(ada, fmt.Sprint(i), to(wide.ID))
	}
	for _, c := range []struct {
		viewer   ids.ID
		of       *View
		up, down int
	}{
		{0, chain[0], 0, 20}, {0, chain[70], 40, 0}, {0, wide, 0, 60},
		{ada, chain[0], 0, 70}, {ada, chain[70], 70, 0}, {ada, wide, 0, 70},
	} {
		up, down, err := w.Context(k.Ctx, c.viewer, c.of.ID)
		if err != nil || len(up) != c.up || len(down) != c.down {
			t.Errorf("viewer %d: %d above and %d below (%v), want %d and %d", c.viewer, len(up), len(down), err, c.up, c.down)
		}
		if c.up > 0 && up[len(up)-1].ID != c.of.InReplyToID {
			t.Error("the nearest ancestor is missing")
		}
	}
}
