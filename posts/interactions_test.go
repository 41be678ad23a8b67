package posts_test

import (
	"context"
	"fmt"
	"sync"
	"testing"
	"time"

	"github.com/guildhall/guildhall/internal/errs"
	"github.com/guildhall/guildhall/internal/ids"
	"github.com/guildhall/guildhall/internal/testkit"
	"github.com/guildhall/guildhall/posts"
)

func TestFavourite(t *testing.T) {
	testkit.Engines(t, func(t *testing.T, k *testkit.Kit) {
		d := newDesk(t, k)
		ada, bob := d.person("ada"), d.person("bob")
		p := d.say(ada, "like me", posts.Public)
		d.get(bob, p.ID) // what bob has done with it is cached now
		d.told()
		for range 2 {
			if v := d.ok(d.Favourite(d.ctx, bob, p.ID)); v.Stats.Favourites != 1 || !v.Viewer.Favourited {
				t.Errorf("stats %+v, viewer %+v", v.Stats, v.Viewer)
			}
		}
		d.tells(posts.Favourited{PostID: p.ID, AccountID: bob, AuthorID: ada})
		if v := d.get(ada, p.ID); v.Stats.Favourites != 1 || v.Viewer.Favourited {
			t.Errorf("ada sees stats %+v, viewer %+v", v.Stats, v.Viewer)
		}
		for range 2 {
			if v := d.ok(d.Unfavourite(d.ctx, bob, p.ID)); v.Stats.Favourites != 0 || v.Viewer.Favourited {
				t.Errorf("stats %+v, viewer %+v", v.Stats, v.Viewer)
			}
		}
		d.tells(posts.Unfavourited{PostID: p.ID, AccountID: bob, AuthorID: ada})
		// A boost's favourite is one of the original.
		boost := d.ok(d.Boost(d.ctx, ada, p.ID, nil))
		if v := d.ok(d.Favourite(d.ctx, bob, boost.ID)); v.ID != p.ID || v.Stats.Favourites != 1 {
			t.Errorf("post %d, stats %+v", v.ID, v.Stats)
		}
	})
}

func TestHundredFavouritesAtOnce(t *testing.T) {
	testkit.Engines(t, func(t *testing.T, k *testkit.Kit) {
		d := newDesk(t, k)
		p := d.say(d.person("ada"), "like me", posts.Public)
		fans := make([]ids.ID, 100)
		for i := range fans {
			fans[i] = d.person(fmt.Sprintf("fan%d", i))
		}
		run := func(f func(context.Context, ids.ID, ids.ID) (*posts.View, error)) {
			var all sync.WaitGroup
			for _, fan := range fans {
				all.Go(func() {
					if _, err := f(d.ctx, fan, p.ID); err != nil {
						t.Error(err)
					}
				})
			}
			all.Wait()
		}
		run(d.Favourite)
		if n := d.number("SELECT favourites FROM posts_stats WHERE post_id = $1", p.ID); n != 100 {
			t.Errorf("%d favourites, want 100", n)
		}
		fans = fans[:30]
		run(d.Unfavourite)
		if n := d.number("SELECT favourites FROM posts_stats WHERE post_id = $1", p.ID); n != 70 {
			t.Errorf("%d favourites, want 70", n)
		}
	})
}

func TestBoost(t *testing.T) {
	testkit.Engines(t, func(t *testing.T, k *testkit.Kit) {
		d := newDesk(t, k)
		ada, bob, cat := d.person("ada"), d.person("bob"), d.person("cat")
		p := d.say(ada, "pass it on", posts.Unlisted)
		d.get(bob, p.ID)
		d.told()
		boost := d.ok(d.Boost(d.ctx, bob, p.ID, nil))
		if boost.AccountID != bob || boost.Boost == nil || boost.Boost.ID != p.ID || boost.Boost.Stats.Boosts != 1 || !boost.Boost.Viewer.Boosted {
			t.Errorf("boost %+v of %+v", boost, boost.Boost)
		}
		if again := d.ok(d.Boost(d.ctx, bob, p.ID, to(posts.Followers))); again.ID != boost.ID || again.Visibility != posts.Public || again.Boost.Stats.Boosts != 1 {
			t.Errorf("second boost %+v", again)
		}
		d.tells(posts.Created{ID: boost.ID, AccountID: bob, BoostOfID: p.ID, BoostOfAccountID: ada, Visibility: posts.Public})
		// A boost's boost is one of the original.
		second := d.ok(d.Boost(d.ctx, cat, boost.ID, to(posts.Followers)))
		if second.BoostOfID != p.ID || second.Visibility != posts.Followers || second.Boost.Stats.Boosts != 2 {
			t.Errorf("boost of a boost %+v", second)
		}
		d.told()
		for range 2 {
			if v := d.ok(d.Unboost(d.ctx, bob, p.ID)); v.ID != p.ID || v.Stats.Boosts != 1 || v.Viewer.Boosted {
				t.Errorf("after unboost: %d, %+v, %+v", v.ID, v.Stats, v.Viewer)
			}
		}
		d.tells(posts.Deleted{ID: boost.ID, AccountID: bob, ParentID: p.ID, BoostOfID: p.ID})
		_, err := d.Get(d.ctx, ada, boost.ID)
		d.fails(err, errs.NotFound, "Record not found")
		if n := d.number("SELECT posts FROM posts_authors WHERE account_id = $1", bob); n != 0 {
			t.Errorf("bob has %d posts, want 0", n)
		}
	})
}

// AZ-23
func TestWhatMayBeBoosted(t *testing.T) {
	testkit.Engines(t, func(t *testing.T, k *testkit.Kit) {
		d := newDesk(t, k)
		ada, bob := d.person("ada"), d.person("bob")
		d.follow(bob, ada)
		p, direct := d.say(ada, "for followers", posts.Followers), d.say(ada, "@bob psst", posts.Direct)
		d.told()
		for _, vis := range []*posts.Visibility{nil, to(posts.Public)} {
			for _, id := range []ids.ID{p.ID, direct.ID} {
				_, err := d.Boost(d.ctx, bob, id, vis)
				d.fails(err, errs.Forbidden, "not allowed")
			}
		}
		_, err := d.Boost(d.ctx, ada, direct.ID, nil)
		d.fails(err, errs.Forbidden, "not allowed")
		_, err = d.Boost(d.ctx, ada, d.say(ada, "x", posts.Public).ID, to(posts.Direct))
		d.fails(err, errs.Invalid, "direct")
		d.told()
		// One's own may be shown again to those who may see it.
		if v := d.ok(d.Boost(d.ctx, ada, p.ID, to(posts.Public))); v.Visibility != posts.Followers {
			t.Errorf("visibility %d, want followers", v.Visibility)
		}
		if n := len(d.told()); n != 1 {
			t.Errorf("%d events, want 1", n)
		}
	})
}

func TestBoostAtOnce(t *testing.T) {
	testkit.Engines(t, func(t *testing.T, k *testkit.Kit) {
		d := newDesk(t, k)
		ada := d.person("ada")
		p := d.say(ada, "pass it on", posts.Public)
		var all sync.WaitGroup
		found := make([]ids.ID, 10)
		for i := range found {
			all.Go(func() {
				v, err := d.Boost(d.ctx, ada, p.ID, nil)
				if err != nil {
					t.Error(err)
					return
				}
				found[i] = v.ID
			})
		}
		all.Wait()
		for _, id := range found[1:] {
			if id != found[0] {
				t.Fatalf("boosts %v, want one", found)
			}
		}
		if v := d.get(ada, p.ID); v.Stats.Boosts != 1 {
			t.Errorf("stats %+v", v.Stats)
		}
	})
}

func TestBookmarkAndMute(t *testing.T) {
	testkit.Engines(t, func(t *testing.T, k *testkit.Kit) {
		d := newDesk(t, k)
		ada, bob := d.person("ada"), d.person("bob")
		p := d.say(ada, "a", posts.Public)
		reply := d.post(ada, posts.Draft{Text: "b", InReplyToID: p.ID})
		d.get(bob, p.ID)
		d.told()
		marked := posts.Marked{PostID: p.ID, AccountID: bob}
		for range 2 {
			if v := d.ok(d.Bookmark(d.ctx, bob, p.ID)); !v.Viewer.Bookmarked {
				t.Errorf("viewer %+v", v.Viewer)
			}
		}
		d.tells(marked)
		for range 2 {
			if v := d.ok(d.MuteThread(d.ctx, bob, p.ID)); !v.Viewer.Muted || !v.Viewer.Bookmarked {
				t.Errorf("viewer %+v", v.Viewer)
			}
		}
		d.tells(marked)
		if v := d.get(bob, reply.ID); !v.Viewer.Muted || v.Viewer.Bookmarked {
			t.Errorf("viewer of the reply %+v", v.Viewer)
		}
		if v := d.ok(d.UnmuteThread(d.ctx, bob, reply.ID)); v.Viewer.Muted {
			t.Errorf("viewer %+v", v.Viewer)
		}
		if v := d.ok(d.Unbookmark(d.ctx, bob, p.ID)); v.Viewer.Bookmarked || v.Viewer.Muted {
			t.Errorf("viewer %+v", v.Viewer)
		}
		if n := len(d.told()); n != 2 {
			t.Errorf("%d events, want 2", n)
		}
	})
}

func TestPin(t *testing.T) {
	testkit.Engines(t, func(t *testing.T, k *testkit.Kit) {
		d := newDesk(t, k)
		ada, bob := d.person("ada"), d.person("bob")
		var own []ids.ID
		for i := range 7 {
			own = append(own, d.say(ada, fmt.Sprint(i), posts.Visibility(i%3)).ID)
		}
		for _, id := range append(own[:5:5], own[0]) {
			if v := d.ok(d.Pin(d.ctx, ada, id)); !v.Viewer.Pinned {
				t.Errorf("viewer %+v", v.Viewer)
			}
		}
		_, err := d.Pin(d.ctx, ada, own[5])
		d.fails(err, errs.Invalid, "maximum")
		if v := d.ok(d.Unpin(d.ctx, ada, own[0])); v.Viewer.Pinned {
			t.Errorf("viewer %+v", v.Viewer)
		}
		var all sync.WaitGroup
		for _, id := range own[5:] {
			all.Go(func() {
				if _, err := d.Pin(d.ctx, ada, id); err != nil && !errs.Is(err, errs.Invalid) {
					t.Error(err)
				}
			})
		}
		all.Wait()
		if n := d.number("SELECT COUNT(*) FROM posts_pins WHERE account_id = $1", ada); n != 5 {
			t.Errorf("%d pins, want 5", n)
		}
		boost := d.ok(d.Boost(d.ctx, bob, own[0], nil))
		for _, c := range []struct {
			id   ids.ID
			want string
		}{{own[0], "Someone else"}, {boost.ID, "boost"}, {d.say(bob, "psst", posts.Direct).ID, "only visible"}} {
			_, err := d.Pin(d.ctx, bob, c.id)
			d.fails(err, errs.Invalid, c.want)
		}
	})
}

// AZ-02, the part of this room: to who may not see a post, nothing of it is
// there, whatever they try.
func TestNothingCanBeDoneToWhatIsNotVisible(t *testing.T) {
	testkit.Engines(t, func(t *testing.T, k *testkit.Kit) {
		d := newDesk(t, k)
		ada, bob, cat := d.person("ada"), d.person("bob"), d.person("cat")
		poll := &posts.PollDraft{Options: []string{"a", "b"}, ExpiresIn: time.Hour}
		private := d.post(ada, posts.Draft{Text: "canary", Visibility: to(posts.Followers), Poll: poll})
		direct := d.post(ada, posts.Draft{Text: "@cat canary", Visibility: to(posts.Direct), Poll: poll})
		d.told()
		boost := func(ctx context.Context, viewer, id ids.ID) (*posts.View, error) {
			return d.Boost(ctx, viewer, id, nil)
		}
		edit := func(ctx context.Context, viewer, id ids.ID) (*posts.View, error) {
			return d.Edit(ctx, viewer, id, posts.Draft{Text: "mine"})
		}
		source := func(ctx context.Context, viewer, id ids.ID) (*posts.View, error) {
			_, _, err := d.Source(ctx, viewer, id)
			return nil, err
		}
		history := func(ctx context.Context, viewer, id ids.ID) (*posts.View, error) {
			_, err := d.History(ctx, viewer, id)
			return nil, err
		}
		want := errs.NotFoundRecord().Error()
		for _, viewer := range []ids.ID{bob, 0} {
			for _, p := range []*posts.View{private, direct, {Post: &posts.Post{ID: 4711, PollID: 4712}}} {
				for i, f := range []func(context.Context, ids.ID, ids.ID) (*posts.View, error){
					d.Get, d.Favourite, d.Unfavourite, boost, d.Unboost, d.Bookmark, d.Unbookmark, d.Pin, d.Unpin,
					d.MuteThread, d.UnmuteThread, d.Delete, edit, source, history,
				} {
					if v, err := f(d.ctx, viewer, p.ID); err == nil || err.Error() != want || v != nil {
						t.Errorf("method %d by %d: %v, %v", i, viewer, v, err)
					}
				}
				if p, _, err := d.Poll(d.ctx, viewer, p.PollID); err == nil || err.Error() != want || p != nil {
					t.Errorf("poll by %d: %v, %v", viewer, p, err)
				}
				if p, _, err := d.Vote(d.ctx, viewer, p.PollID, []int{0}); err == nil || err.Error() != want || p != nil {
					t.Errorf("vote by %d: %v, %v", viewer, p, err)
				}
			}
		}
		d.tells()
		for _, p := range []*posts.View{private, direct} {
			if v := d.get(ada, p.ID); v.Stats != (posts.Stats{}) || v.Poll.Voters != 0 || v.Text != p.Text {
				t.Errorf("changed: %+v", v)
			}
		}
		d.ok(d.Favourite(d.ctx, cat, direct.ID))
	})
}
