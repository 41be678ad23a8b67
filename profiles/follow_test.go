package profiles_test

import (
	"fmt"
	"math/rand/v2"
	"reflect"
	"slices"
	"strings"
	"sync"
	"testing"

	"github.com/guildhall/guildhall/internal/errs"
	"github.com/guildhall/guildhall/internal/ids"
	"github.com/guildhall/guildhall/internal/page"
	"github.com/guildhall/guildhall/internal/testkit"
	"github.com/guildhall/guildhall/profiles"
)

func TestFollow(t *testing.T) {
	testkit.Engines(t, func(t *testing.T, k *testkit.Kit) {
		w := open(t, k)
		p := w.people("ann", "bob")
		ann, bob := p[0], p[1]
		if r, err := w.Follow(k.Ctx, ann, bob, profiles.FollowOptions{}); err != nil ||
			!reflect.DeepEqual(*r, profiles.Relationship{ID: bob, Following: true, Boosts: true}) {
			t.Errorf("%+v, %v", r, err)
		}
		if r := w.relationship(bob, ann); !reflect.DeepEqual(r, profiles.Relationship{ID: ann, FollowedBy: true}) {
			t.Errorf("%+v", r)
		}
		if a, b := w.counts(ann), w.counts(bob); a != [3]int{0, 1, 0} || b != [3]int{1, 0, 0} {
			t.Errorf("%v %v", a, b)
		}
		if got := w.recorded(); got != "followed" {
			t.Error(got)
		}
		before := w.account(ann).Graph
		w.follow(ann, bob) // again, nothing new
		if got := w.recorded(); got != "" || w.account(ann).Graph != before {
			t.Error(got, "or the graph has changed")
		}
		r, err := w.Follow(k.Ctx, ann, bob, profiles.FollowOptions{Boosts: ref(false), Notify: ref(true), Languages: &[]string{"pt-br", "DE", "de"}})
		if err != nil || r.Boosts || !r.Notify || strings.Join(r.Languages, " ") != "de pt-BR" {
			t.Errorf("%+v, %v", r, err)
		}
		r, err = w.Follow(k.Ctx, ann, bob, profiles.FollowOptions{Boosts: ref(true)})
		if err != nil || !r.Boosts || !r.Notify || len(r.Languages) != 2 {
			t.Errorf("the rest stays: %+v, %v", r, err)
		}
		g, err := w.Graph(k.Ctx, ann)
		if err != nil || !reflect.DeepEqual(g.Following, map[ids.ID]profiles.Follow{bob: {Boosts: true, Notify: true, Languages: []string{"de", "pt-BR"}}}) {
			t.Errorf("%+v, %v", g, err)
		}
		if n, err := w.Notifiers(k.Ctx, bob); err != nil || len(n) != 1 || n[0] != ann {
			t.Errorf("%v, %v", n, err)
		}
		w.recorded()
		for range 2 { // the second time there is nothing to end
			if r, err := w.Unfollow(k.Ctx, ann, bob); err != nil || !reflect.DeepEqual(*r, profiles.Relationship{ID: bob}) {
				t.Errorf("%+v, %v", r, err)
			}
		}
		if got := w.recorded(); got != "unfollowed" {
			t.Error(got)
		}
		if a, b := w.counts(ann), w.counts(bob); a != [3]int{} || b != [3]int{} {
			t.Errorf("%v %v", a, b)
		}
		w.follow(ann, bob)
		if r := w.relationship(ann, bob); len(r.Languages) != 0 || r.Notify {
			t.Errorf("old options came back: %+v", r)
		}
	})
}

func TestFollowRefuses(t *testing.T) {
	testkit.Engines(t, func(t *testing.T, k *testkit.Kit) {
		w := open(t, k)
		p := w.people("ann", "bob")
		many := make([]string, 51)
		for i := range many {
			many[i] = "en"
		}
		for _, c := range []struct {
			name string
			to   ids.ID
			o    profiles.FollowOptions
			want errs.Kind
		}{
			{"oneself", p[0], profiles.FollowOptions{}, errs.Forbidden},
			{"nobody", 42, profiles.FollowOptions{}, errs.NotFound},
			{"no language", p[1], profiles.FollowOptions{Languages: &[]string{"\x00'"}}, errs.Invalid},
			{"an endless language", p[1], profiles.FollowOptions{Languages: &[]string{strings.Repeat("en-", 1<<16)}}, errs.Invalid},
			{"too many languages", p[1], profiles.FollowOptions{Languages: &many}, errs.Invalid},
		} {
			if r, err := w.Follow(k.Ctx, p[0], c.to, c.o); !errs.Is(err, c.want) {
				t.Errorf("%s: %v, %v", c.name, r, err)
			}
		}
		if a, b := w.account(p[0]), w.account(p[1]); a.Following != 0 || b.Followers != 0 || a.Graph != 0 {
			t.Errorf("%+v %+v", a, b)
		}
	})
}

func TestFollowLimit(t *testing.T) {
	testkit.Engines(t, func(t *testing.T, k *testkit.Kit) {
		w := open(t, k, func(c *profiles.Config) { c.FollowLimit = 2 })
		var names []string
		for i := range 12 {
			names = append(names, fmt.Sprint("p", i))
		}
		p := w.people(names...)
		w.follow(p[0], p[1], p[2])
		if _, err := w.Follow(k.Ctx, p[0], p[3], profiles.FollowOptions{}); !errs.Is(err, errs.Invalid) || err.Error() != "You cannot follow more than 2 people" {
			t.Errorf("over the limit: %v", err)
		}
		w.follow(p[0], p[1]) // is there already
		for _, id := range p[1:11] {
			w.follow(id, p[0])
		}
		w.follow(p[0], p[3:12]...) // ten followers allow eleven
		if _, err := w.Follow(k.Ctx, p[0], w.people("late")[0], profiles.FollowOptions{}); !errs.Is(err, errs.Invalid) {
			t.Errorf("over 1.1 times the followers: %v", err)
		}
	})
}

// AZ-14: who is locked is followed only after consent.
func TestAZ14RequestToFollow(t *testing.T) {
	testkit.Engines(t, func(t *testing.T, k *testkit.Kit) {
		w := open(t, k)
		p := w.people("ann", "bob", "cyd")
		ann, bob, cyd := p[0], p[1], p[2]
		w.update(ann, profiles.Update{Locked: ref(true)})
		w.recorded()
		r, err := w.Follow(k.Ctx, bob, ann, profiles.FollowOptions{Notify: ref(true), Languages: &[]string{"de"}})
		if err != nil || r.Following || !r.Requested || r.Notify {
			t.Fatalf("%+v, %v", r, err)
		}
		if r := w.relationship(ann, bob); r.FollowedBy || !r.RequestedBy {
			t.Errorf("%+v", r)
		}
		if g, err := w.Graph(k.Ctx, bob); err != nil || len(g.Following) != 0 {
			t.Errorf("%+v, %v", g, err)
		}
		if n, err := w.Notifiers(k.Ctx, ann); err != nil || len(n) != 0 {
			t.Errorf("notified before consent: %v, %v", n, err)
		}
		if n, err := w.FollowerIDs(k.Ctx, ann, 0, 10); err != nil || len(n) != 0 {
			t.Errorf("%v, %v", n, err)
		}
		if a, b := w.counts(ann), w.counts(bob); a != [3]int{0, 0, 1} || b != [3]int{} {
			t.Errorf("%v %v", a, b)
		}
		w.follow(cyd, ann)
		w.update(ann, profiles.Update{Locked: ref(false)})
		if list, err := w.Requests(k.Ctx, ann, page.Page{Limit: 10}); err != nil || names(list) != "cyd bob" {
			t.Errorf("unlocking answers nobody: %v, %v", names(list), err)
		}
		if r, err := w.AuthorizeRequest(k.Ctx, ann, bob); err != nil || !r.FollowedBy || r.RequestedBy {
			t.Errorf("%+v, %v", r, err)
		}
		if r := w.relationship(bob, ann); !r.Following || r.Requested || !r.Notify || len(r.Languages) != 1 {
			t.Errorf("%+v", r)
		}
		if r, err := w.RejectRequest(k.Ctx, ann, cyd); err != nil || r.FollowedBy || r.RequestedBy {
			t.Errorf("%+v, %v", r, err)
		}
		if a, b, c := w.counts(ann), w.counts(bob), w.counts(cyd); a != [3]int{1, 0, 0} || b != [3]int{0, 1, 0} || c != [3]int{} {
			t.Errorf("%v %v %v", a, b, c)
		}
		if got := w.recorded(); got != "requested requested updated request_ended followed request_ended" {
			t.Error(got)
		}
	})
}

func TestWithdrawRequest(t *testing.T) {
	testkit.Engines(t, func(t *testing.T, k *testkit.Kit) {
		w := open(t, k)
		p := w.people("ann", "bob")
		w.update(p[0], profiles.Update{Locked: ref(true)})
		w.follow(p[1], p[0])
		if _, err := w.RemoveFollower(k.Ctx, p[0], p[1]); err != nil || !w.relationship(p[1], p[0]).Requested {
			t.Errorf("a request is not a follower: %v", err)
		}
		if r, err := w.Unfollow(k.Ctx, p[1], p[0]); err != nil || r.Requested || w.counts(p[0]) != [3]int{} {
			t.Errorf("%+v, %v", r, err)
		}
	})
}

// AZ-12: nobody is made a follower who did not ask.
func TestAZ12NobodyAsked(t *testing.T) {
	testkit.Engines(t, func(t *testing.T, k *testkit.Kit) {
		w := open(t, k)
		p := w.people("ann", "cyd", "fan")
		w.update(p[0], profiles.Update{Locked: ref(true)})
		w.follow(p[0], p[1]) // the other way round is no request
		for _, id := range []ids.ID{p[1], 42} {
			if _, err := w.AuthorizeRequest(k.Ctx, p[0], id); !errs.Is(err, errs.NotFound) {
				t.Errorf("authorize %d: %v", id, err)
			}
			if _, err := w.RejectRequest(k.Ctx, p[0], id); !errs.Is(err, errs.NotFound) {
				t.Errorf("reject %d: %v", id, err)
			}
		}
		if r := w.relationship(p[0], p[1]); r.FollowedBy || r.RequestedBy || !r.Following {
			t.Errorf("%+v", r)
		}
		// Nor is a follower turned down.
		w.update(p[0], profiles.Update{Locked: ref(false)})
		w.follow(p[2], p[0])
		if _, err := w.RejectRequest(k.Ctx, p[0], p[2]); !errs.Is(err, errs.NotFound) || w.counts(p[0]) != [3]int{1, 1, 0} {
			t.Errorf("%v, %v", err, w.counts(p[0]))
		}
		if r, err := w.RemoveFollower(k.Ctx, p[0], p[2]); err != nil || r.FollowedBy || w.counts(p[0]) != [3]int{0, 1, 0} || w.counts(p[2]) != [3]int{} {
			t.Errorf("%+v, %v", r, err)
		}
	})
}

// Parallel changes of the same few accounts, in every direction, leave counts
// that agree with the rows.
func TestParallelChangesKeepCounts(t *testing.T) {
	testkit.Engines(t, func(t *testing.T, k *testkit.Kit) {
		w := open(t, k)
		p := w.people("ann", "bob", "cyd", "dan", "eve")
		w.update(p[4], profiles.Update{Locked: ref(true)})
		var wg sync.WaitGroup
		for n := range 8 {
			rnd := rand.New(rand.NewPCG(1, uint64(n)))
			wg.Go(func() {
				for range 40 {
					a, b := p[rnd.IntN(5)], p[rnd.IntN(5)]
					if a == b {
						continue
					}
					if err := w.random(rnd.IntN(8), a, b); err != nil && !errs.Is(err, errs.Forbidden) && !errs.Is(err, errs.NotFound) {
						t.Error(err)
					}
				}
			})
		}
		wg.Wait()
		for _, id := range p {
			var want [3]int
			for _, other := range p {
				if other == id {
					continue
				}
				r := w.relationship(id, other)
				for i, yes := range []bool{r.FollowedBy, r.Following, r.RequestedBy} {
					if yes {
						want[i]++
					}
				}
				if (r.Blocking || r.BlockedBy) && (r.Following || r.FollowedBy || r.Requested || r.RequestedBy) {
					t.Errorf("blocked and followed: %+v", r)
				}
			}
			if got := w.counts(id); got != want {
				t.Errorf("%d: kept %v, rows say %v", id, got, want)
			}
		}
	})
}

func (w *town) random(what int, a, b ids.ID) (err error) {
	switch what {
	case 0:
		_, err = w.Unfollow(w.kit.Ctx, a, b)
	case 1:
		_, err = w.Block(w.kit.Ctx, a, b)
	case 2:
		_, err = w.Unblock(w.kit.Ctx, a, b)
	case 3:
		_, err = w.AuthorizeRequest(w.kit.Ctx, a, b)
	case 4:
		_, err = w.RemoveFollower(w.kit.Ctx, a, b)
	default:
		_, err = w.Follow(w.kit.Ctx, a, b, profiles.FollowOptions{})
	}
	return err
}

func TestManyFollowAtOnce(t *testing.T) {
	testkit.Engines(t, func(t *testing.T, k *testkit.Kit) {
		w := open(t, k)
		star := w.people("star")[0]
		var list []string
		for i := range 40 {
			list = append(list, fmt.Sprint("fan", i))
		}
		fans := w.people(list...)
		var wg sync.WaitGroup
		for _, id := range fans {
			for range 2 { // each twice
				wg.Go(func() {
					if _, err := w.Follow(k.Ctx, id, star, profiles.FollowOptions{}); err != nil {
						t.Error(err)
					}
				})
			}
		}
		wg.Wait()
		if got := w.counts(star); got != [3]int{40, 0, 0} {
			t.Error(got)
		}
		var all []ids.ID
		for after := ids.ID(0); ; {
			part, err := w.FollowerIDs(k.Ctx, star, after, 7)
			if err != nil {
				t.Fatal(err)
			}
			if len(part) == 0 {
				break
			}
			all = append(all, part...)
			after = part[len(part)-1]
		}
		slices.Sort(fans)
		if !slices.Equal(all, fans) {
			t.Errorf("%v, want %v", all, fans)
		}
	})
}

// names returns the usernames of a list.
func names(list []profiles.Entry) string {
	out := make([]string, len(list))
	for i, e := range list {
		out[i] = e.Account.Username
	}
	return strings.Join(out, " ")
}
