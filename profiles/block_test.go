package profiles_test

import (
	"reflect"
	"strings"
	"testing"
	"time"

	"github.com/guildhall/guildhall/internal/errs"
	"github.com/guildhall/guildhall/internal/ids"
	"github.com/guildhall/guildhall/internal/page"
	"github.com/guildhall/guildhall/internal/testkit"
	"github.com/guildhall/guildhall/profiles"
)

// AZ-16: whom I block cannot follow me.
func TestAZ16Block(t *testing.T) {
	testkit.Engines(t, func(t *testing.T, k *testkit.Kit) {
		w := open(t, k)
		p := w.people("ann", "bob", "cyd")
		ann, bob, cyd := p[0], p[1], p[2]
		w.follow(ann, bob)
		w.update(ann, profiles.Update{Locked: ref(true)})
		w.follow(bob, ann) // a request
		w.follow(bob, cyd)
		w.recorded()
		for range 2 { // the second time it is there already
			if r, err := w.Block(k.Ctx, ann, bob); err != nil || !reflect.DeepEqual(*r, profiles.Relationship{ID: bob, Blocking: true}) {
				t.Fatalf("%+v, %v", r, err)
			}
		}
		if got := w.recorded(); got != "unfollowed request_ended graph_changed" {
			t.Error(got)
		}
		if a, b := w.counts(ann), w.counts(bob); a != [3]int{} || b != [3]int{0, 1, 0} {
			t.Errorf("%v %v", a, b)
		}
		for _, c := range [][2]ids.ID{{bob, ann}, {ann, bob}} {
			if r, err := w.Follow(k.Ctx, c[0], c[1], profiles.FollowOptions{}); !errs.Is(err, errs.Forbidden) || err.Error() != "This action is not allowed" {
				t.Errorf("%v, %v", r, err)
			}
		}
		if r := w.relationship(bob, ann); !reflect.DeepEqual(r, profiles.Relationship{ID: ann, BlockedBy: true}) {
			t.Errorf("%+v", r)
		}
		if _, err := w.AuthorizeRequest(k.Ctx, ann, bob); !errs.Is(err, errs.NotFound) {
			t.Errorf("the request is still there: %v", err)
		}
		if list, err := w.FollowersOf(k.Ctx, cyd, ann, page.Page{Limit: 10}); err != nil || len(list) != 0 {
			t.Errorf("%v, %v", names(list), err)
		}
		if g, err := w.Graph(k.Ctx, bob); err != nil || !g.BlockedBy[ann] || !g.Hides(ann, k.Clock.Now()) {
			t.Errorf("%+v, %v", g, err)
		}
		if list, err := w.Blocks(k.Ctx, ann, page.Page{Limit: 10}); err != nil || names(list) != "bob" {
			t.Errorf("%v, %v", names(list), err)
		}
		for range 2 {
			if r, err := w.Unblock(k.Ctx, ann, bob); err != nil || r.Blocking {
				t.Errorf("%+v, %v", r, err)
			}
		}
		if got := w.recorded(); got != "graph_changed" {
			t.Error(got)
		}
		w.follow(bob, ann)
	})
}

func TestBlockEndsAFollowBack(t *testing.T) {
	testkit.Engines(t, func(t *testing.T, k *testkit.Kit) {
		w := open(t, k)
		p := w.people("ann", "bob")
		w.follow(p[0], p[1])
		w.follow(p[1], p[0])
		if _, err := w.Block(k.Ctx, p[0], p[1]); err != nil || w.counts(p[0]) != [3]int{} || w.counts(p[1]) != [3]int{} {
			t.Errorf("%v, %v, %v", err, w.counts(p[0]), w.counts(p[1]))
		}
	})
}

func TestMute(t *testing.T) {
	testkit.Engines(t, func(t *testing.T, k *testkit.Kit) {
		w := open(t, k)
		p := w.people("ann", "bob", "cyd")
		ann, bob, cyd := p[0], p[1], p[2]
		r, err := w.Mute(k.Ctx, ann, bob, true, 0)
		if err != nil || !r.Muting || !r.MutingNotifications || !r.MuteUntil.IsZero() {
			t.Fatalf("%+v, %v", r, err)
		}
		if r, err = w.Mute(k.Ctx, ann, cyd, true, time.Hour); err != nil || !r.MuteUntil.Equal(k.Clock.Now().Add(time.Hour)) {
			t.Fatalf("%+v, %v", r, err)
		}
		if r, err = w.Mute(k.Ctx, ann, cyd, false, time.Minute); err != nil || r.MutingNotifications || !r.MuteUntil.Equal(k.Clock.Now().Add(time.Minute)) {
			t.Fatalf("%+v, %v", r, err)
		}
		check := func(list string, cydMuted bool) {
			t.Helper()
			got, err := w.Mutes(k.Ctx, ann, page.Page{Limit: 10})
			if err != nil || names(got) != list {
				t.Errorf("%v, %v", names(got), err)
			}
			g, err := w.Graph(k.Ctx, ann)
			if err != nil || g.Mutes(cyd, k.Clock.Now()) != cydMuted || w.relationship(ann, cyd).Muting != cydMuted {
				t.Errorf("%+v, %v", g, err)
			}
		}
		check("cyd bob", true)
		k.Clock.Advance(time.Minute)
		check("bob", false)
		if r := w.relationship(bob, ann); r.Muting || r.BlockedBy {
			t.Errorf("the muted one can tell: %+v", r)
		}
		for range 2 {
			if r, err := w.Unmute(k.Ctx, ann, bob); err != nil || r.Muting {
				t.Errorf("%+v, %v", r, err)
			}
		}
		check("", false)
		if _, err := w.Mute(k.Ctx, ann, bob, true, -1); !errs.Is(err, errs.Invalid) {
			t.Error(err)
		}
	})
}

func TestNote(t *testing.T) {
	testkit.Engines(t, func(t *testing.T, k *testkit.Kit) {
		w := open(t, k)
		p := w.people("ann", "bob")
		for _, c := range []struct{ given, want string }{
			{"met in Rome", "met in Rome"}, {" a\r\nb\x00\xff ", "a\nb\uFFFD"}, {strings.Repeat("é", 2000), strings.Repeat("é", 2000)}, {"", ""},
		} {
			if r, err := w.SetNote(k.Ctx, p[0], p[1], c.given); err != nil || r.Note != c.want {
				t.Errorf("%.20q: %.20q, %v", c.given, r.Note, err)
			}
			if r := w.relationship(p[1], p[0]); r.Note != "" {
				t.Error("the other one sees it")
			}
		}
		if _, err := w.SetNote(k.Ctx, p[0], p[1], strings.Repeat("é", 2001)); !errs.Is(err, errs.Invalid) {
			t.Error(err)
		}
		if _, err := w.SetNote(k.Ctx, p[0], 42, "x"); !errs.Is(err, errs.NotFound) {
			t.Error(err)
		}
	})
}

// Nobody does anything to oneself or to nobody.
func TestChangesNeedTwo(t *testing.T) {
	testkit.Engines(t, func(t *testing.T, k *testkit.Kit) {
		w := open(t, k)
		ann := w.people("ann")[0]
		for name, f := range map[string]func(to ids.ID) error{
			"unfollow":        func(to ids.ID) error { _, err := w.Unfollow(k.Ctx, ann, to); return err },
			"remove follower": func(to ids.ID) error { _, err := w.RemoveFollower(k.Ctx, ann, to); return err },
			"block":           func(to ids.ID) error { _, err := w.Block(k.Ctx, ann, to); return err },
			"unblock":         func(to ids.ID) error { _, err := w.Unblock(k.Ctx, ann, to); return err },
			"mute":            func(to ids.ID) error { _, err := w.Mute(k.Ctx, ann, to, true, 0); return err },
			"unmute":          func(to ids.ID) error { _, err := w.Unmute(k.Ctx, ann, to); return err },
		} {
			if err := f(ann); !errs.Is(err, errs.Forbidden) {
				t.Errorf("%s oneself: %v", name, err)
			}
			for _, id := range []ids.ID{0, 42, -1} {
				if err := f(id); !errs.Is(err, errs.NotFound) {
					t.Errorf("%s %d: %v", name, id, err)
				}
			}
		}
		if a := w.account(ann); a.Graph != 0 {
			t.Errorf("what failed has left a trace: %+v", a)
		}
	})
}

func TestRelationships(t *testing.T) {
	testkit.Engines(t, func(t *testing.T, k *testkit.Kit) {
		w := open(t, k)
		p := w.people("ann", "bob", "cyd", "dan")
		w.follow(p[0], p[1])
		w.follow(p[2], p[0])
		got, err := w.Relationships(k.Ctx, p[0], []ids.ID{p[3], p[2], 42, p[1], p[2], p[0]})
		want := []profiles.Relationship{{ID: p[3]}, {ID: p[2], FollowedBy: true}, {ID: p[1], Following: true, Boosts: true}, {ID: p[0]}}
		if err != nil || !reflect.DeepEqual(got, want) {
			t.Errorf("%+v, %v", got, err)
		}
		if got, err := w.Relationships(k.Ctx, p[0], nil); err != nil || len(got) != 0 {
			t.Errorf("%v, %v", got, err)
		}
	})
}
