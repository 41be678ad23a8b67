package posts_test

import (
	"fmt"
	"sync"
	"testing"
	"time"

	"github.com/guildhall/guildhall/internal/errs"
	"github.com/guildhall/guildhall/internal/ids"
	"github.com/guildhall/guildhall/internal/testkit"
	"github.com/guildhall/guildhall/posts"
)

func TestDelete(t *testing.T) {
	testkit.Engines(t, func(t *testing.T, k *testkit.Kit) {
		d := newDesk(t, k)
		ada, bob := d.person("ada"), d.person("bob")
		parent := d.say(bob, "parent", posts.Public)
		p := d.post(ada, posts.Draft{Text: "@bob #tag", InReplyToID: parent.ID, Poll: &posts.PollDraft{Options: []string{"x", "y"}, ExpiresIn: time.Hour}})
		d.ok(d.Favourite(d.ctx, bob, p.ID))
		d.ok(d.Bookmark(d.ctx, bob, p.ID))
		d.ok(d.Pin(d.ctx, ada, p.ID))
		if _, _, err := d.Vote(d.ctx, bob, p.PollID, []int{0}); err != nil {
			t.Fatal(err)
		}
		d.ok(d.Edit(d.ctx, ada, p.ID, posts.Draft{Text: "@bob #tag2", Poll: &posts.PollDraft{Options: []string{"x", "y"}, ExpiresIn: time.Hour}}))
		boost := d.ok(d.Boost(d.ctx, bob, p.ID, nil))
		d.told()
		if v := d.ok(d.Delete(d.ctx, ada, p.ID)); v.Text != "@bob #tag2" || v.Stats.Favourites != 1 {
			t.Errorf("returned %+v, %+v", v.Post, v.Stats)
		}
		d.tells(posts.Deleted{ID: boost.ID, AccountID: bob, ParentID: p.ID, BoostOfID: p.ID},
			posts.Deleted{ID: p.ID, AccountID: ada, ParentID: parent.ID, ThreadID: parent.ID, Mentions: []ids.ID{bob}, Tags: []string{"tag2"}})
		for _, id := range []ids.ID{p.ID, boost.ID} {
			_, err := d.Get(d.ctx, ada, id)
			d.fails(err, errs.NotFound, "")
			_, err = d.Delete(d.ctx, ada, id)
			d.fails(err, errs.NotFound, "")
			_, err = d.Favourite(d.ctx, bob, id)
			d.fails(err, errs.NotFound, "")
		}
		if v := d.get(bob, parent.ID); v.Stats.Replies != 0 {
			t.Errorf("parent %+v", v.Stats)
		}
		for table, column := range map[string]string{
			"posts_posts": "id", "posts_mentions": "post_id", "posts_tags": "post_id", "posts_polls": "id", "posts_poll_options": "poll_id",
			"posts_poll_votes": "poll_id", "posts_stats": "post_id", "posts_favourites": "post_id", "posts_bookmarks": "post_id",
			"posts_pins": "post_id", "posts_edits": "post_id",
		} {
			want := 0
			if table == "posts_posts" || table == "posts_stats" {
				want = 1 // the parent
			}
			if n := count(t, d, table, column); n != want {
				t.Errorf("%d rows are left in %s", n, table)
			}
		}
		for who, want := range map[ids.ID]int{ada: 0, bob: 1} {
			if n := d.number("SELECT posts FROM posts_authors WHERE account_id = $1", who); n != want {
				t.Errorf("%d posts of %d are counted, want %d", n, who, want)
			}
		}
	})
}

// count counts a small table's rows; the plan of doing so is not to be checked.
func count(t *testing.T, d *desk, table, column string) int {
	t.Helper()
	other, err := d.kit.Reopen("posts", posts.Schema())
	if err != nil {
		t.Fatal(err)
	}
	defer other.Close()
	return (&desk{T: t, db: other, ctx: d.ctx}).number("SELECT COUNT(" + column + ") FROM " + table)
}

func TestDeleteBoost(t *testing.T) {
	testkit.Engines(t, func(t *testing.T, k *testkit.Kit) {
		d := newDesk(t, k)
		ada, bob := d.person("ada"), d.person("bob")
		p := d.say(ada, "x", posts.Public)
		boost := d.ok(d.Boost(d.ctx, bob, p.ID, nil))
		if v := d.ok(d.Delete(d.ctx, bob, boost.ID)); v.ID != boost.ID {
			t.Errorf("returned %d", v.ID)
		}
		if v := d.get(bob, p.ID); v.Stats.Boosts != 0 || v.Viewer.Boosted {
			t.Errorf("original %+v, %+v", v.Stats, v.Viewer)
		}
	})
}

func TestDeletePostWithManyBoosts(t *testing.T) {
	testkit.Engines(t, func(t *testing.T, k *testkit.Kit) {
		d := newDesk(t, k)
		ada := d.person("ada")
		p := d.say(ada, "x", posts.Public)
		var all sync.WaitGroup
		const fans = 201 // one more than a transaction deletes
		for i := range fans {
			fan := d.person(fmt.Sprintf("fan%d", i))
			all.Go(func() {
				if _, err := d.Boost(d.ctx, fan, p.ID, nil); err != nil {
					t.Error(err)
				}
			})
		}
		all.Wait()
		d.told()
		d.ok(d.Delete(d.ctx, ada, p.ID))
		if n := len(d.told()); n != fans+1 {
			t.Errorf("%d events, want %d", n, fans+1)
		}
		if n := count(t, d, "posts_posts", "id"); n != 0 {
			t.Errorf("%d posts are left", n)
		}
	})
}

// Nobody may get more than "not found" out of a post that goes away meanwhile.
func TestDeleteWhileOthersAct(t *testing.T) {
	testkit.Engines(t, func(t *testing.T, k *testkit.Kit) {
		d := newDesk(t, k)
		ada, bob := d.person("ada"), d.person("bob")
		for range 10 {
			p := d.ask(ada, false, "x", "y")
			var all sync.WaitGroup
			for _, f := range []func() error{
				func() error { return second(d.Favourite(d.ctx, bob, p.ID)) },
				func() error { return second(d.Boost(d.ctx, bob, p.ID, nil)) },
				func() error { return second(d.Bookmark(d.ctx, bob, p.ID)) },
				func() error { return second(d.Pin(d.ctx, ada, p.ID)) },
				func() error { return second(d.Create(d.ctx, bob, posts.Draft{Text: "re", InReplyToID: p.ID})) },
				func() error { return second(d.Edit(d.ctx, ada, p.ID, posts.Draft{Text: "#late"})) },
				func() error { _, _, err := d.Vote(d.ctx, bob, p.PollID, []int{0}); return err },
				func() error { return second(d.Delete(d.ctx, ada, p.ID)) },
			} {
				all.Go(func() {
					if err := f(); err != nil && !errs.Is(err, errs.NotFound) && !errs.Is(err, errs.Invalid) {
						t.Errorf("%v (%v)", err, errs.KindOf(err))
					}
				})
			}
			all.Wait()
			_, err := d.Get(d.ctx, ada, p.ID)
			d.fails(err, errs.NotFound, "")
		}
	})
}

// The number of answers is shown to everybody, so that a private one must not
// show in it.
func TestPrivateAnswersAreNotCounted(t *testing.T) {
	testkit.Engines(t, func(t *testing.T, k *testkit.Kit) {
		d := newDesk(t, k)
		ada, bob := d.person("ada"), d.person("bob")
		p := d.post(ada, posts.Draft{Text: "a question"})
		var answers []ids.ID
		for visibility, want := range []int{posts.Public: 1, posts.Unlisted: 2, posts.Followers: 2, posts.Direct: 2} {
			v := posts.Visibility(visibility)
			answers = append(answers, d.post(bob, posts.Draft{Text: "@ada an answer", InReplyToID: p.ID, Visibility: &v}).ID)
			if n := d.get(ada, p.ID).Stats.Replies; n != want {
				t.Errorf("%d answers after one of visibility %d, want %d", n, v, want)
			}
		}
		for i, want := range []int{1, 0, 0, 0} {
			d.ok(d.Delete(d.ctx, bob, answers[i]))
			if n := d.get(ada, p.ID).Stats.Replies; n != want {
				t.Errorf("%d answers after %d are deleted, want %d", n, i+1, want)
			}
		}
	})
}
