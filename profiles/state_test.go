package profiles_test

import (
	"testing"

	"github.com/guildhall/guildhall/internal/errs"
	"github.com/guildhall/guildhall/internal/testkit"
	"github.com/guildhall/guildhall/profiles"
)

func TestState(t *testing.T) {
	testkit.Engines(t, func(t *testing.T, k *testkit.Kit) {
		w := open(t, k)
		p := w.people("ann", "bob", "cleo")
		is := func(bits profiles.State, want bool) {
			t.Helper()
			all, err := w.States(k.Ctx)
			if err != nil || all.Is(p[0], bits) != want || w.account(p[0]).State.Is(bits) != want || all.Is(p[1], bits) {
				t.Errorf("state %d: %v, %v", bits, all, err)
			}
		}
		set := func(bits profiles.State, on bool) {
			t.Helper()
			if err := w.SetState(k.Ctx, p[0], bits, on); err != nil {
				t.Fatal(err)
			}
		}
		is(profiles.Suspended, false)
		set(profiles.Silenced, true)
		set(profiles.Sensitized, true)
		is(profiles.Silenced|profiles.Sensitized, true)
		set(profiles.Silenced, false)
		is(profiles.Sensitized, true)
		is(profiles.Silenced, false)
		if err := w.SetState(k.Ctx, 42, profiles.Suspended, true); !errs.Is(err, errs.NotFound) {
			t.Error(err)
		}

		found := func(viewer int, want int) {
			t.Helper()
			list, err := w.Search(k.Ctx, p[viewer], "ann", 10, 0, false)
			if err != nil || len(list) != want {
				t.Errorf("%d found, %v", len(list), err)
			}
		}
		w.follow(p[1], p[0])
		set(profiles.Silenced, true)
		found(0, 1)
		found(1, 1)
		found(2, 0)
		set(profiles.Suspended, true)
		found(1, 0)
		if _, err := w.Follow(k.Ctx, p[2], p[0], profiles.FollowOptions{}); !errs.Is(err, errs.Forbidden) {
			t.Error(err)
		}
	})
}
