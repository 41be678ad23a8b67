package notifications

import (
	"testing"
	"time"

	"github.com/guildhall/guildhall/identity"
	"github.com/guildhall/guildhall/internal/db"
	"github.com/guildhall/guildhall/internal/errs"
	"github.com/guildhall/guildhall/internal/ids"
	"github.com/guildhall/guildhall/internal/page"
	"github.com/guildhall/guildhall/internal/testkit"
	"github.com/guildhall/guildhall/posts"
	"github.com/guildhall/guildhall/profiles"
)

func (w *town) setPolicy(account ids.ID, u PolicyUpdate) {
	w.Helper()
	_, err := w.SetPolicy(w.kit.Ctx, account, u)
	w.must(err)
}

// wantAside fails the test unless so much waits for an account.
func (w *town) wantAside(account ids.ID, requests, notifications int) {
	w.Helper()
	p, err := w.Pending(w.kit.Ctx, account)
	w.must(err)
	if p != (Pending{requests, notifications}) {
		w.Errorf("%+v waits, want %d of %d", p, notifications, requests)
	}
	list, err := w.Requests(w.kit.Ctx, account, page.Page{Limit: 40})
	w.must(err)
	n := 0
	for _, r := range list {
		n += r.Count
	}
	if len(list) != requests || n != notifications {
		w.Errorf("%d requests with %d, want %d with %d", len(list), n, requests, notifications)
	}
}

// Each part of a policy, dropping and putting aside; the strictest wins.
func TestPolicies(t *testing.T) {
	testkit.Engines(t, func(t *testing.T, k *testkit.Kit) {
		w := open(t, k)
		p := w.people("ann", "fan", "idol", "old")
		ann, fan, idol, old := p[0], p[1], p[2], p[3]
		k.Clock.Advance(newFor + time.Hour)
		newcomer := w.people("new")[0]
		w.identity.users[newcomer].Role = identity.RoleUser
		w.follow(fan, ann, profiles.FollowOptions{})
		w.follow(ann, idol, profiles.FollowOptions{})
		w.deliver()
		w.must(w.Clear(k.Ctx, ann))
		everybody := map[ids.ID]string{fan: "fan", idol: "idol", old: "old", newcomer: "new"}
		for _, c := range []struct {
			name   string
			policy PolicyUpdate
			told   string // mentions by all four, in this order
			aside  int
		}{
			{"accepts", PolicyUpdate{}, "mention new, mention old, mention idol, mention fan", 0},
			{"not following", PolicyUpdate{NotFollowing: ref(Aside)}, "mention idol", 3},
			{"not followers", PolicyUpdate{NotFollowers: ref(Aside)}, "mention fan", 3},
			{"new", PolicyUpdate{NewAccounts: ref(Aside)}, "mention old, mention idol, mention fan", 1},
			{"new dropped", PolicyUpdate{NewAccounts: ref(Drop)}, "mention old, mention idol, mention fan", 0},
			{"the strictest", PolicyUpdate{NewAccounts: ref(Drop), NotFollowers: ref(Aside)}, "mention fan", 2},
			{"nobody", PolicyUpdate{NotFollowing: ref(Drop), NotFollowers: ref(Drop)}, "", 0},
		} {
			all := PolicyUpdate{ref(Accept), ref(Accept), ref(Accept), ref(Accept), ref(Accept)}
			w.setPolicy(ann, all)
			w.setPolicy(ann, c.policy)
			for _, from := range []ids.ID{fan, idol, old, newcomer} {
				w.post(from, "@ann "+everybody[from], posts.Public)
			}
			events := w.deliver()
			w.deliver(events...) // the second time changes nothing
			t.Log(c.name)
			w.wantTold(ann, c.told)
			w.wantAside(ann, c.aside, c.aside)
			w.must(w.Clear(k.Ctx, ann))
			w.wantAside(ann, 0, 0)
		}
	})
}

// Moderators' limits on an account put aside what it sends, unless the reader
// wants something else or follows it.
func TestLimitedAccounts(t *testing.T) {
	testkit.Engines(t, func(t *testing.T, k *testkit.Kit) {
		w := open(t, k)
		p := w.people("ann", "bob", "idol", "free")
		ann, bob, idol, free := p[0], p[1], p[2], p[3]
		w.follow(ann, idol, profiles.FollowOptions{})
		w.deliver()
		for _, id := range []ids.ID{bob, idol} {
			w.must(w.profiles.SetState(k.Ctx, id, profiles.Silenced, true))
		}
		for _, c := range []struct {
			policy PolicyUpdate
			told   string
			aside  int
		}{
			{PolicyUpdate{}, "mention free, mention idol", 1},
			{PolicyUpdate{LimitedAccounts: ref(Drop)}, "mention free, mention idol", 0},
			{PolicyUpdate{LimitedAccounts: ref(Accept)}, "mention free, mention idol, mention bob", 0},
			{PolicyUpdate{LimitedAccounts: ref(Aside)}, "mention free, mention idol", 1},
			{PolicyUpdate{LimitedAccounts: ref(Aside), NotFollowing: ref(Drop)}, "mention idol", 0},
		} {
			w.setPolicy(ann, c.policy)
			for _, from := range []ids.ID{bob, idol, free} {
				w.post(from, "@ann hello", posts.Public)
			}
			w.deliver()
			w.wantTold(ann, c.told)
			w.wantAside(ann, c.aside, c.aside)
			w.must(w.Clear(k.Ctx, ann))
		}
		w.must(w.profiles.SetState(k.Ctx, bob, profiles.Silenced, false))
		w.setPolicy(ann, PolicyUpdate{NotFollowing: ref(Accept)})
		w.post(bob, "@ann hello", posts.Public)
		w.deliver()
		w.wantTold(ann, "mention bob")
	})
}

// A direct post that nobody asked for is put aside; answers to one's own are not.
func TestPrivateMentions(t *testing.T) {
	testkit.Engines(t, func(t *testing.T, k *testkit.Kit) {
		w := open(t, k)
		p := w.people("ann", "bob", "mod")
		ann, bob, mod := p[0], p[1], p[2]
		w.identity.users[mod].Role = identity.RoleModerator
		w.setPolicy(ann, PolicyUpdate{PrivateMentions: ref(Aside)})
		public := w.post(ann, "hello all", posts.Public)
		asked := w.post(ann, "@bob a question", posts.Direct)
		w.post(bob, "@ann buy this", posts.Direct)
		w.post(bob, "@ann buy this", posts.Direct, public)
		w.deliver()
		w.wantTold(ann, "")
		w.wantAside(ann, 1, 2)
		answer := w.post(bob, "@ann an answer", posts.Direct, asked)
		w.post(bob, "@ann and more", posts.Direct, answer)
		w.post(bob, "@ann for all", posts.Public)
		w.post(mod, "@ann a word", posts.Direct) // who keeps the house is heard
		w.deliver()
		w.wantTold(ann, "mention mod, mention bob, mention bob, mention bob")
		w.wantAside(ann, 1, 2)
	})
}

// A request is there as long as something waits: what is taken back, deleted or
// blocked does not, whatever comes first.
func TestRequestsEnd(t *testing.T) {
	testkit.Engines(t, func(t *testing.T, k *testkit.Kit) {
		w := open(t, k)
		p := w.people("ann", "bob", "cyd", "dan", "eve", "fay")
		ann := p[0]
		w.setPolicy(ann, PolicyUpdate{NotFollowing: ref(Aside)})
		id := w.post(ann, "a post", posts.Public)
		_, err := w.posts.Favourite(k.Ctx, p[1], id)
		w.must(err)
		_, err = w.posts.Boost(k.Ctx, p[2], id, nil)
		w.must(err)
		gone := w.post(p[3], "@ann", posts.Public)
		w.post(p[4], "@ann", posts.Public)
		w.post(p[5], "@ann", posts.Public)
		before := w.deliver()
		w.wantAside(ann, 5, 5)
		_, err = w.profiles.Mute(k.Ctx, ann, p[5], true, 0)
		w.must(err)
		w.wantAside(ann, 4, 4)
		_, err = w.posts.Unfavourite(k.Ctx, p[1], id)
		w.must(err)
		_, err = w.posts.Unboost(k.Ctx, p[2], id)
		w.must(err)
		_, err = w.posts.Delete(k.Ctx, p[3], gone)
		w.must(err)
		_, err = w.profiles.Block(k.Ctx, ann, p[4])
		w.must(err)
		w.deliver()
		w.wantAside(ann, 0, 0)
		w.deliver(before...)
		w.wantAside(ann, 0, 0)
		left, err := db.Value[int](k.Ctx, w.dbs[2], "SELECT COUNT(*) FROM notifications_requests WHERE id > 0")
		w.must(err)
		if left != 1 { // of who is muted
			t.Errorf("%d requests are left", left)
		}
	})
}

// What is accepted is shown in its place, and who was accepted stays so.
func TestAcceptRequests(t *testing.T) {
	testkit.Engines(t, func(t *testing.T, k *testkit.Kit) {
		w := open(t, k)
		p := w.people("ann", "bob", "cyd")
		ann, bob := p[0], p[1]
		w.setPolicy(ann, PolicyUpdate{NotFollowing: ref(Aside)})
		w.post(bob, "@ann one", posts.Public)
		k.Clock.Advance(time.Second)
		w.post(p[2], "@ann two", posts.Public)
		w.deliver()
		list, err := w.Requests(k.Ctx, ann, page.Page{Limit: 40})
		w.must(err)
		if len(list) != 2 || list[0].FromID != p[2] || list[1].FromID != bob || list[1].View == nil || list[1].View.Text != "@ann one" {
			t.Fatalf("%+v", list)
		}
		if err := w.AcceptRequests(k.Ctx, bob, list[0].ID, list[1].ID); !errs.Is(err, errs.NotFound) {
			t.Error(err)
		}
		w.must(w.AcceptRequests(k.Ctx, ann, list[1].ID, 5))
		w.wantTold(ann, "mention bob")
		w.wantAside(ann, 1, 1)
		w.must(w.DismissRequests(k.Ctx, ann, list[0].ID))
		w.wantAside(ann, 0, 0)
		if err := w.DismissRequests(k.Ctx, ann, list[0].ID); !errs.Is(err, errs.NotFound) {
			t.Error(err)
		}
		k.Clock.Advance(time.Second)
		w.post(bob, "@ann three", posts.Public)
		w.post(p[2], "@ann four", posts.Public)
		w.deliver()
		w.wantTold(ann, "mention bob, mention bob")
		w.wantAside(ann, 1, 1)
		// In the list of all, both come by their ids.
		all, err := w.List(k.Ctx, ann, Filter{Aside: true, Types: []Type{Mention}}, page.Page{Limit: 40})
		w.must(err)
		if got := w.spell(all); got != "mention cyd, mention bob, mention bob" && got != "mention bob, mention cyd, mention bob" {
			t.Error(got)
		}
		up, err := w.List(k.Ctx, ann, Filter{Aside: true}, page.Page{Min: all[2].ID, Limit: 1})
		w.must(err)
		if len(up) != 1 || up[0].ID != all[1].ID {
			t.Errorf("%v", up)
		}
	})
}
