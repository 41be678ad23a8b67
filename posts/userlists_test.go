package posts

import (
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/guildhall/guildhall/internal/db"
	"github.com/guildhall/guildhall/internal/errs"
	"github.com/guildhall/guildhall/internal/ids"
	"github.com/guildhall/guildhall/internal/page"
	"github.com/guildhall/guildhall/internal/testkit"
	"github.com/guildhall/guildhall/profiles"
)

// list makes a list with members.
func (w *town) list(owner ids.ID, u ListUpdate, members ...ids.ID) *List {
	w.t.Helper()
	w.kit.Clock.Advance(time.Millisecond)
	title := "a list"
	u.Title = &title
	l, err := w.CreateList(w.kit.Ctx, owner, u)
	must(w.t, err)
	must(w.t, w.AddToList(w.kit.Ctx, owner, l.ID, members))
	w.kit.Clock.Advance(time.Millisecond)
	return l
}

// listed returns the ids of a whole list's timeline, read in pages.
func (w *town) listed(reader, list ids.ID, limit int) []ids.ID {
	w.t.Helper()
	return walkDown(w.t, limit, func(p page.Page) ([]*View, error) { return w.ListTimeline(w.kit.Ctx, reader, list, p) })
}

func (w *town) members(owner, list ids.ID) []ids.ID {
	w.t.Helper()
	entries, err := w.ListMembers(w.kit.Ctx, owner, list, page.Page{Limit: 80})
	must(w.t, err)
	out := make([]ids.ID, len(entries))
	for i, e := range entries {
		out[i] = e.Account.ID
	}
	return out
}

func of(p RepliesPolicy) ListUpdate { return ListUpdate{Replies: &p} }

func TestListTimeline(t *testing.T) {
	testkit.Engines(t, func(t *testing.T, k *testkit.Kit) {
		w := open(t, k).start()
		p := w.accounts("ada", "bob", "cyd", "dan", "eve")
		ada, bob, cyd, dan, eve := p[0], p[1], p[2], p[3], p[4]
		w.follow(ada, bob, cyd, dan)
		lists := map[string]ids.ID{
			"members":  w.list(ada, of(RepliesToMembers), bob, cyd).ID,
			"followed": w.list(ada, of(RepliesToFollowed), bob, cyd).ID,
			"none":     w.list(ada, of(RepliesToNone), bob, cyd).ID,
			"own":      w.list(ada, ListUpdate{}, ada).ID,
		}
		want := map[string][]ids.ID{}
		for _, id := range lists { // loads the feeds: what follows is pushed
			w.listed(ada, id, 20)
		}
		in := func(names string, v *View) *View {
			for name := range strings.FieldsSeq(names) {
				want[name] = append([]ids.ID{v.ID}, want[name]...)
			}
			return v
		}
		const all = "members followed none"
		mine := in("own", w.say(ada, "mine"))
		first := in(all, w.say(bob, "first"))
		in(all, w.say(bob, "for followers", as(Followers)))
		in("", w.say(bob, "@ada directly", as(Direct)))
		dans := in("", w.say(dan, "followed, but in no list"))
		eves := in("", w.say(eve, "a stranger's"))
		in(all, w.say(bob, "an answer to myself", to(first.ID)))
		in(all, w.say(bob, "@ada an answer to the reader", to(mine.ID)))
		in("members followed", w.say(cyd, "@bob an answer to a member", to(first.ID)))
		in("followed", w.say(cyd, "@dan an answer to one who is followed", to(dans.ID)))
		in("", w.say(cyd, "@eve an answer to a stranger", to(eves.ID)))
		in(all, w.boost(bob, eves.ID))
		again := in("", w.boost(cyd, eves.ID)) // too close to the one before
		gone := w.say(bob, "deleted soon")
		w.delete(bob, gone.ID)

		check := func(what string) {
			t.Helper()
			for name, id := range lists {
				for _, limit := range []int{1, 3, 20} {
					if got := w.listed(ada, id, limit); !slices.Equal(got, want[name]) {
						t.Errorf("%s, %s, pages of %d:\n got %v\nwant %v", what, name, limit, got, want[name])
					}
					got := walkUp(t, limit, func(p page.Page) ([]*View, error) { return w.ListTimeline(k.Ctx, ada, id, p) })
					if !slices.Equal(got, want[name]) {
						t.Errorf("%s, %s, upwards in pages of %d:\n got %v\nwant %v", what, name, limit, got, want[name])
					}
				}
			}
		}
		check("pushed")
		w.lost(k.Ctx)
		check("rebuilt")

		none := RepliesToNone
		_, err := w.UpdateList(k.Ctx, ada, lists["members"], ListUpdate{Replies: &none})
		must(t, err)
		want["members"] = want["none"]
		check("with another policy")
		must(t, w.RemoveFromList(k.Ctx, ada, lists["none"], []ids.ID{bob, eve}))
		want["none"] = []ids.ID{again.ID} // there is none before it now
		check("without bob")
		_, err = w.people.Mute(k.Ctx, ada, bob, false, 0)
		must(t, err)
		if got := w.listed(ada, lists["members"], 20); !slices.Equal(got, []ids.ID{again.ID}) {
			t.Errorf("with bob muted: %v", got)
		}
	})
}

// What the members of an exclusive list post leaves the home timeline, and comes
// back with the list's end.
func TestExclusiveList(t *testing.T) {
	testkit.Engines(t, func(t *testing.T, k *testkit.Kit) {
		w := open(t, k, func(c *Config) { c.PushLimit = 2 }).start()
		p := w.accounts("ada", "bob", "cyd", "big", "fan")
		ada, bob, cyd, big := p[0], p[1], p[2], p[3]
		w.follow(ada, bob, cyd, big)
		w.follow(p[4], big) // big's posts are not pushed
		yes, no := true, false
		l := w.list(ada, ListUpdate{Exclusive: &yes}, bob, big, ada)
		bobs, bigs, cyds, mine := w.say(bob, "bob's"), w.say(big, "big's"), w.say(cyd, "cyd's"), w.say(ada, "mine")
		direct := w.say(bob, "@ada directly", as(Direct))
		boosted := w.boost(cyd, w.say(p[4], "a fan's").ID)
		both := []ids.ID{boosted.ID, direct.ID, mine.ID, cyds.ID, bigs.ID, bobs.ID}
		without := []ids.ID{boosted.ID, mine.ID, cyds.ID}
		check := func(what string, want []ids.ID) {
			t.Helper()
			if got := w.home(ada, 20); !slices.Equal(got, want) {
				t.Errorf("%s: home has %v, want %v", what, got, want)
			}
			w.lost(k.Ctx)
			if got := w.home(ada, 20); !slices.Equal(got, want) {
				t.Errorf("%s, rebuilt: home has %v, want %v", what, got, want)
			}
		}
		check("exclusive", without)
		if got := w.listed(ada, l.ID, 20); !slices.Equal(got, []ids.ID{mine.ID, bigs.ID, bobs.ID}) {
			t.Errorf("the list has %v", got)
		}
		_, err := w.UpdateList(k.Ctx, ada, l.ID, ListUpdate{Exclusive: &no})
		must(t, err)
		check("not exclusive", both)
		_, err = w.UpdateList(k.Ctx, ada, l.ID, ListUpdate{Exclusive: &yes})
		must(t, err)
		check("exclusive again", without)
		must(t, w.RemoveFromList(k.Ctx, ada, l.ID, []ids.ID{bob, big}))
		check("without members", both)
		must(t, w.AddToList(k.Ctx, ada, l.ID, []ids.ID{bob, big}))
		check("with members", without)
		must(t, w.DeleteList(k.Ctx, ada, l.ID))
		check("deleted", both)
	})
}

// The connected hear of a list what its timeline shows.
func TestListReaders(t *testing.T) {
	testkit.Engines(t, func(t *testing.T, k *testkit.Kit) {
		w := open(t, k).start()
		p := w.accounts("ada", "bob", "cyd")
		ada, bob, cyd := p[0], p[1], p[2]
		w.follow(ada, bob, cyd)
		yes := true
		l := w.list(ada, ListUpdate{Exclusive: &yes}, bob)
		if _, err := w.KeepList(k.Ctx, bob, l.ID); !errs.Is(err, errs.NotFound) {
			t.Errorf("another's list is kept: %v", err)
		}
		release, err := w.KeepList(k.Ctx, ada, l.ID)
		must(t, err)
		defer release()
		letHomeGo, err := w.KeepFeed(k.Ctx, ada)
		must(t, err)
		defer letHomeGo()
		hear := func(author ids.ID) (home, list bool) {
			t.Helper()
			c := Created{ID: k.IDs.New(author), AccountID: author}
			homes, err := w.HomeReaders(k.Ctx, c)
			must(t, err)
			lists, err := w.ListReaders(k.Ctx, c)
			must(t, err)
			return slices.Contains(homes, ada), slices.Contains(lists, ListReader{ada, l.ID})
		}
		check := func(what string, author ids.ID, home, list bool) {
			t.Helper()
			for range 2 { // while the feeds are loaded anew, and after that
				if h, l := hear(author); h != home || l != list {
					t.Errorf("%s: home %v, list %v; want %v, %v", what, h, l, home, list)
				}
				testkit.Eventually(t, func() bool {
					w.feeds.mu.RLock()
					defer w.feeds.mu.RUnlock()
					return len(w.feeds.stale) == 0
				})
			}
		}
		check("a member", bob, false, true)
		check("another", cyd, true, false)
		must(t, w.AddToList(k.Ctx, ada, l.ID, []ids.ID{cyd}))
		check("a new member", cyd, false, true)
		must(t, w.RemoveFromList(k.Ctx, ada, l.ID, []ids.ID{bob}))
		check("a former member", bob, true, false)
		must(t, w.DeleteList(k.Ctx, ada, l.ID))
		check("the list is gone", cyd, true, false)
		if w.feeds.anyList() {
			t.Error("a list that is gone is kept")
		}
	})
}

func TestListMembers(t *testing.T) {
	testkit.Engines(t, func(t *testing.T, k *testkit.Kit) {
		w := open(t, k).start()
		p := w.accounts("ada", "bob", "cyd", "dan", "eve")
		ada, bob, cyd, dan, eve := p[0], p[1], p[2], p[3], p[4]
		w.follow(ada, bob, cyd, dan)
		l := w.list(ada, ListUpdate{}, bob, cyd, ada)
		second := w.list(ada, ListUpdate{}, bob)
		for what, c := range map[string]struct {
			accounts []ids.ID
			want     errs.Kind
		}{
			"not followed":              {[]ids.ID{dan, eve}, errs.NotFound},
			"nobody":                    {[]ids.ID{dan, 99}, errs.NotFound},
			"a member":                  {[]ids.ID{dan, bob}, errs.Invalid},
			"very many":                 {make([]ids.ID, membersAtOnce+1), errs.Invalid},
			"one twice, and not at all": {[]ids.ID{eve, eve}, errs.NotFound},
		} {
			if err := w.AddToList(k.Ctx, ada, l.ID, c.accounts); !errs.Is(err, c.want) {
				t.Errorf("%s: %v", what, err)
			}
		}
		if got := w.members(ada, l.ID); !slices.Equal(got, []ids.ID{ada, cyd, bob}) {
			t.Errorf("%v: something was added", got)
		}
		_, err := w.people.Block(k.Ctx, ada, cyd)
		must(t, err)
		_, err = w.people.Unfollow(k.Ctx, ada, bob)
		must(t, err)
		if got := w.members(ada, l.ID); !slices.Equal(got, []ids.ID{ada}) { // at once
			t.Errorf("%v: still has who is not followed any more", got)
		}
		rows := func() []ids.ID {
			all, err := db.Values[ids.ID](k.Ctx, w.DB, "SELECT account_id FROM posts_list_members WHERE list_id IN ($1, $2)", l.ID, second.ID)
			must(t, err)
			return all
		}
		testkit.Eventually(t, func() bool { return slices.Equal(rows(), []ids.ID{ada}) })
		k.Clock.Advance(time.Second)
		w.follow(ada, bob)
		if got := w.members(ada, second.ID); len(got) > 0 {
			t.Errorf("%v: is back by being followed again", got)
		}
		lists, err := w.ListsWith(k.Ctx, ada, ada)
		if err != nil || len(lists) != 1 || lists[0].ID != l.ID {
			t.Errorf("%v, %v: want the list that the owner is in", lists, err)
		}
		_, err = w.people.Follow(k.Ctx, ada, dan, profiles.FollowOptions{})
		must(t, err)
		must(t, w.AddToList(k.Ctx, ada, l.ID, []ids.ID{dan, dan}))
	})
}

// An account has at most so many lists, however many are made at once.
func TestListsBounded(t *testing.T) {
	testkit.Engines(t, func(t *testing.T, k *testkit.Kit) {
		w := open(t, k, func(c *Config) { c.MaxLists = 5 })
		ada := w.accounts("ada")[0]
		title := "x"
		made := make(chan error, 12)
		for range cap(made) {
			go func() {
				_, err := w.CreateList(k.Ctx, ada, ListUpdate{Title: &title})
				made <- err
			}()
		}
		for range cap(made) {
			if err := <-made; err != nil && !errs.Is(err, errs.Invalid) {
				t.Error(err)
			}
		}
		if lists, err := w.Lists(k.Ctx, ada); err != nil || len(lists) != 5 {
			t.Errorf("%d lists, %v", len(lists), err)
		}
	})
}
