package profiles_test

import (
	"sync"
	"testing"

	"github.com/guildhall/guildhall/internal/errs"
	"github.com/guildhall/guildhall/internal/testkit"
	"github.com/guildhall/guildhall/profiles"
)

func TestGraph(t *testing.T) {
	testkit.Engines(t, func(t *testing.T, k *testkit.Kit) {
		w := open(t, k)
		p := w.people("ann", "bob")
		a, err := w.Graph(k.Ctx, p[0])
		if err != nil || a.Version != 0 || len(a.Following) != 0 {
			t.Fatalf("%+v, %v", a, err)
		}
		if b, err := w.Graph(k.Ctx, p[0]); err != nil || b != a {
			t.Error("not cached")
		}
		w.update(p[0], profiles.Update{Note: ref("x")})
		if b, err := w.Graph(k.Ctx, p[0]); err != nil || b != a {
			t.Error("a change of the profile is none of the graph")
		}
		w.follow(p[0], p[1])
		b, err := w.Graph(k.Ctx, p[0])
		if err != nil || b.Version != w.account(p[0]).Graph || !b.Following[p[1]].Boosts || len(a.Following) != 0 {
			t.Errorf("%+v, %v", b, err)
		}
		if g, err := w.Graph(k.Ctx, 0); err != nil || g.Hides(p[0], k.Clock.Now()) {
			t.Errorf("%+v, %v", g, err)
		}
		if _, err := w.Graph(k.Ctx, 42); !errs.Is(err, errs.NotFound) {
			t.Error(err)
		}
	})
}

// Whoever has seen a change made sees it in the graph and in the accounts,
// however many others are reading them at that moment.
func TestNobodyReadsAStaleGraph(t *testing.T) {
	testkit.Engines(t, func(t *testing.T, k *testkit.Kit) {
		w := open(t, k).start()
		p := w.people("ann", "bob")
		done := make(chan struct{})
		var wg sync.WaitGroup
		for range 4 {
			wg.Go(func() {
				for {
					select {
					case <-done:
						return
					default:
					}
					if _, err := w.Graph(k.Ctx, p[0]); err != nil {
						t.Error(err)
						return
					}
				}
			})
		}
		for i := range 150 {
			want := i%2 == 0
			var err error
			if want {
				_, err = w.Follow(k.Ctx, p[0], p[1], profiles.FollowOptions{})
			} else {
				_, err = w.Unfollow(k.Ctx, p[0], p[1])
			}
			if err != nil {
				t.Fatal(err)
			}
			g, err := w.Graph(k.Ctx, p[0])
			if err != nil {
				t.Fatal(err)
			}
			if _, got := g.Following[p[1]]; got != want {
				t.Errorf("change %d: following %v, want %v", i, got, want)
				break
			}
			if n := w.account(p[1]).Followers; (n == 1) != want {
				t.Errorf("change %d: %d followers", i, n)
				break
			}
		}
		close(done)
		wg.Wait()
	})
}
