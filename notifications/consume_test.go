package notifications

import (
	"reflect"
	"slices"
	"testing"
	"time"

	"github.com/guildhall/guildhall/internal/bus"
	"github.com/guildhall/guildhall/internal/ids"
	"github.com/guildhall/guildhall/internal/page"
	"github.com/guildhall/guildhall/internal/testkit"
	"github.com/guildhall/guildhall/posts"
	"github.com/guildhall/guildhall/profiles"
)

// Everything that is told is told once, in one batch, and not again when the
// batch comes a second time.
func TestEachTypeOnce(t *testing.T) {
	testkit.Engines(t, func(t *testing.T, k *testkit.Kit) {
		w := open(t, k)
		p := w.people("ann", "bob", "cyd")
		ann, bob, cyd := p[0], p[1], p[2]
		_, err := w.profiles.Update(k.Ctx, cyd, profiles.Update{Locked: ref(true)})
		w.must(err)
		w.follow(bob, ann, profiles.FollowOptions{Notify: ref(true)})
		w.follow(bob, cyd, profiles.FollowOptions{})
		id := w.post(ann, "hello", posts.Public)
		_, err = w.posts.Favourite(k.Ctx, bob, id)
		w.must(err)
		_, err = w.posts.Boost(k.Ctx, bob, id, nil)
		w.must(err)
		w.post(bob, "hi @ann", posts.Direct)
		w.post(bob, "I talk to myself, @bob", posts.Public)
		_, err = w.posts.Edit(k.Ctx, ann, id, posts.Draft{Text: "hello, @cyd"})
		w.must(err)
		events := w.deliver()
		check := func(again string) {
			t.Helper()
			for account, want := range map[ids.ID]string{
				ann: "mention bob, reblog bob, favourite bob, follow bob",
				bob: "update ann, status ann",
				cyd: "mention ann, follow_request bob",
			} {
				if got := w.told(account); got != want {
					t.Errorf("%s%s: %q, want %q", again, w.names[account], got, want)
				}
			}
		}
		check("")
		first, err := w.List(k.Ctx, ann, Filter{}, page.Page{Limit: 40})
		w.must(err)
		w.deliver(events...)
		for _, e := range slices.Backward(events) {
			w.deliver(e)
		}
		check("again ")
		again, err := w.List(k.Ctx, ann, Filter{}, page.Page{Limit: 40})
		w.must(err)
		for i := range first {
			first[i].View, again[i].View = nil, nil
		}
		if !reflect.DeepEqual(first, again) {
			t.Errorf("\n%v\n%v", first, again)
		}
		w.must(w.Dismiss(k.Ctx, ann, first[0].ID))
		w.must(w.Clear(k.Ctx, bob))
		w.deliver(events...)
		w.wantTold(ann, "reblog bob, favourite bob, follow bob")
		w.wantTold(bob, "")
	})
}

func TestPollEnded(t *testing.T) {
	testkit.Engines(t, func(t *testing.T, k *testkit.Kit) {
		w := open(t, k)
		p := w.people("ann", "bob", "cyd")
		view, err := w.posts.Create(k.Ctx, p[0], posts.Draft{Text: "tea?", Poll: &posts.PollDraft{Options: []string{"yes", "no"}, ExpiresIn: time.Hour}})
		w.must(err)
		_, _, err = w.posts.Vote(k.Ctx, p[1], view.PollID, []int{0})
		w.must(err)
		w.deliver()
		ended := w.event("posts", posts.PollEnded{PostID: view.ID, PollID: view.PollID, AuthorID: p[0]})
		w.deliver(ended, ended)
		w.wantTold(p[0], "poll ann")
		w.wantTold(p[1], "poll ann")
		w.wantTold(p[2], "")
	})
}

func TestEveryEditIsTold(t *testing.T) {
	testkit.Engines(t, func(t *testing.T, k *testkit.Kit) {
		w := open(t, k)
		p := w.people("ann", "bob")
		id := w.post(p[0], "one", posts.Public)
		_, err := w.posts.Boost(k.Ctx, p[1], id, nil)
		w.must(err)
		var seen []ids.ID
		for _, text := range []string{"two @bob", "three", "four @bob"} {
			_, err = w.posts.Edit(k.Ctx, p[0], id, posts.Draft{Text: text})
			w.must(err)
			w.deliver()
			rows, err := w.List(k.Ctx, p[1], Filter{Types: []Type{PostEdited}}, page.Page{Limit: 40})
			w.must(err)
			if len(rows) != 1 {
				t.Fatalf("%v", rows)
			}
			seen = append(seen, rows[0].ID)
		}
		if !slices.IsSorted(seen) || len(slices.Compact(seen)) != 3 {
			t.Error("an edit is told by a new notification:", seen)
		}
		// The mention is told once, though it was edited out and in.
		w.wantTold(p[1], "update ann, mention ann")
	})
}

func TestTakenBack(t *testing.T) {
	testkit.Engines(t, func(t *testing.T, k *testkit.Kit) { takeBack(t, k, false) })
}

func TestTakenBackInOneBatch(t *testing.T) {
	testkit.Engines(t, func(t *testing.T, k *testkit.Kit) { takeBack(t, k, true) })
}

func takeBack(t *testing.T, k *testkit.Kit, batched bool) {
	w := open(t, k)
	p := w.people("ann", "bob", "cyd", "dan")
	ann, bob, cyd, dan := p[0], p[1], p[2], p[3]
	_, err := w.profiles.Update(k.Ctx, cyd, profiles.Update{Locked: ref(true)})
	w.must(err)
	id := w.post(ann, "hello", posts.Public)
	w.follow(bob, ann, profiles.FollowOptions{})
	w.follow(bob, cyd, profiles.FollowOptions{})
	_, err = w.posts.Favourite(k.Ctx, bob, id)
	w.must(err)
	_, err = w.posts.Boost(k.Ctx, bob, id, nil)
	w.must(err)
	gone := w.post(bob, "hi @ann", posts.Public)
	_, err = w.posts.Favourite(k.Ctx, dan, id)
	w.must(err)
	before := w.events()
	if !batched {
		w.deliver(before...)
		w.wantTold(ann, "favourite dan, mention bob, reblog bob, favourite bob, follow bob")
		w.wantTold(cyd, "follow_request bob")
	}
	_, err = w.posts.Unfavourite(k.Ctx, bob, id)
	w.must(err)
	_, err = w.posts.Unboost(k.Ctx, bob, id)
	w.must(err)
	_, err = w.posts.Delete(k.Ctx, bob, gone)
	w.must(err)
	_, err = w.profiles.Unfollow(k.Ctx, bob, ann)
	w.must(err)
	_, err = w.profiles.RejectRequest(k.Ctx, cyd, bob)
	w.must(err)
	_, err = w.profiles.Block(k.Ctx, ann, dan)
	w.must(err)
	after := w.events()
	w.deliver(append(before, after...)...)
	w.wantTold(ann, "")
	w.wantTold(cyd, "")
	// The block is taken back, what it has removed does not come again,
	// and what was taken back may be done again.
	_, err = w.profiles.Unblock(k.Ctx, ann, dan)
	w.must(err)
	_, err = w.posts.Favourite(k.Ctx, bob, id)
	w.must(err)
	w.deliver()
	w.deliver(before...)
	w.wantTold(ann, "favourite bob")
}

// On several nodes an end may be dealt with before the beginning.
func TestLateEvents(t *testing.T) {
	testkit.Engines(t, func(t *testing.T, k *testkit.Kit) {
		w := open(t, k)
		p := w.people("ann", "bob")
		ann, bob := p[0], p[1]
		id := w.post(ann, "hello", posts.Public)
		pairs := [][2]bus.Payload{
			{posts.Favourited{PostID: id, AccountID: bob, AuthorID: ann}, posts.Unfavourited{PostID: id, AccountID: bob, AuthorID: ann}},
			{profiles.Followed{From: bob, To: ann}, profiles.Unfollowed{From: bob, To: ann}},
			{profiles.Requested{From: bob, To: ann}, profiles.RequestEnded{From: bob, To: ann}},
		}
		for _, pair := range pairs {
			domain := "posts"
			if pair[0].Kind() != "favourited" {
				domain = "profiles"
			}
			begin, end := w.event(domain, pair[0]), w.event(domain, pair[1])
			w.deliver(end)
			w.deliver(begin)
			if got := w.told(ann); got != "" {
				t.Errorf("%s after its end: %q", begin.Kind, got)
			}
		}
		// Dead rows go when no event of theirs can come any more.
		w.must(w.sweep(k.Ctx))
		if n := w.rowCount(); n != 3 {
			t.Errorf("%d rows are remembered", n)
		}
		k.Clock.Advance(remembered + time.Second)
		w.must(w.sweep(k.Ctx))
		if n := w.rowCount(); n != 0 {
			t.Errorf("%d dead rows stay", n)
		}
	})
}

func TestSilence(t *testing.T) {
	testkit.Engines(t, func(t *testing.T, k *testkit.Kit) {
		w := open(t, k)
		p := w.people("ann", "bob", "cyd", "dan", "eve")
		ann, muted, quiet, fine := p[0], p[1], p[2], p[3]
		id := w.post(ann, "hello", posts.Public)
		thread := w.post(ann, "a long talk", posts.Public)
		_, err := w.posts.MuteThread(k.Ctx, ann, thread)
		w.must(err)
		_, err = w.profiles.Mute(k.Ctx, ann, muted, true, time.Hour)
		w.must(err)
		_, err = w.profiles.Mute(k.Ctx, ann, quiet, false, 0)
		w.must(err)
		for _, from := range []ids.ID{muted, quiet, fine} {
			w.post(from, "hi @ann", posts.Unlisted)
			_, err = w.posts.Favourite(k.Ctx, from, id)
			w.must(err)
			w.post(from, "and @ann?", posts.Public, thread)
		}
		// bob's followers-only post names nobody: cyd, who is told of everything
		// and does not follow any more, hears nothing.
		secret := w.post(muted, "for my followers", posts.Followers)
		events := append(w.events(), w.event("posts", posts.Created{ID: secret, AccountID: muted, Visibility: posts.Followers, Mentions: []ids.ID{p[4]}}))
		w.deliver(events...)
		w.wantTold(ann, "favourite dan, mention dan, favourite cyd, mention cyd")
		w.wantTold(p[4], "")
		k.Clock.Advance(2 * time.Hour)
		w.post(muted, "me again, @ann", posts.Public)
		w.deliver()
		w.wantTold(ann, "mention bob, favourite dan, mention dan, favourite cyd, mention cyd")
		// Who blocks or mutes later sees nothing of it any more.
		_, err = w.profiles.Mute(k.Ctx, ann, muted, true, 0)
		w.must(err)
		_, err = w.profiles.Block(k.Ctx, fine, ann)
		w.must(err)
		w.wantTold(ann, "favourite cyd, mention cyd")
	})
}

func TestNewPosts(t *testing.T) {
	testkit.Engines(t, func(t *testing.T, k *testkit.Kit) {
		w := open(t, k)
		p := w.people("ann", "bob", "cyd")
		ann, bob, cyd := p[0], p[1], p[2]
		w.follow(bob, ann, profiles.FollowOptions{Notify: ref(true)})
		w.follow(cyd, ann, profiles.FollowOptions{})
		other := w.post(cyd, "hello", posts.Public)
		w.deliver()
		w.must(w.Clear(k.Ctx, ann))
		own := w.post(ann, "public", posts.Public)
		w.post(ann, "followers", posts.Followers)
		w.post(ann, "own thread", posts.Unlisted, own)
		w.post(ann, "answer", posts.Public, other)
		w.post(ann, "to @cyd", posts.Direct)
		w.post(ann, "for @bob", posts.Public)
		_, err := w.posts.Boost(k.Ctx, ann, other, nil)
		w.must(err)
		w.deliver()
		w.wantTold(bob, "mention ann, status ann, status ann, status ann")
		w.wantTold(cyd, "reblog ann, mention ann")
		w.follow(bob, ann, profiles.FollowOptions{Notify: ref(false)})
		w.post(ann, "not told", posts.Public)
		w.deliver()
		w.wantTold(bob, "mention ann, status ann, status ann, status ann")
	})
}

// What nobody has to be told of costs no statement.
func TestPlainPostsRunNoSQL(t *testing.T) {
	testkit.Engines(t, func(t *testing.T, k *testkit.Kit) {
		w := open(t, k)
		p := w.people("ann", "bob")
		w.follow(p[1], p[0], profiles.FollowOptions{})
		var batch []bus.Event
		for range 100 {
			batch = append(batch, w.event("posts", posts.Created{ID: k.IDs.New(p[0]), AccountID: p[0]}))
		}
		w.deliver(batch[0]) // warms what is cached of the author
		ran := w.countSQL()
		w.deliver(batch...)
		if n := ran(); n != 0 {
			t.Errorf("%d statements", n)
		}
	})
}

func TestQuotesAreTold(t *testing.T) {
	testkit.Engines(t, func(t *testing.T, k *testkit.Kit) {
		w := open(t, k)
		p := w.people("ann", "bob")
		id := w.post(p[0], "one", posts.Public)
		quote, err := w.posts.Create(k.Ctx, p[1], posts.Draft{Text: "see", QuoteOfID: id})
		w.must(err)
		_, err = w.posts.Create(k.Ctx, p[0], posts.Draft{Text: "myself", QuoteOfID: id})
		w.must(err)
		_, err = w.posts.Edit(k.Ctx, p[0], id, posts.Draft{Text: "two"})
		w.must(err)
		w.deliver()
		w.wantTold(p[0], "quote bob")
		w.wantTold(p[1], "quoted_update ann")
		for reader, kind := range map[ids.ID]Type{p[0]: Quote, p[1]: QuotedUpdate} {
			rows, err := w.List(k.Ctx, reader, Filter{Types: []Type{kind}}, page.Page{Limit: 40})
			w.must(err)
			if len(rows) != 1 || rows[0].View.ID != quote.ID { // their own post, not the edited one
				t.Errorf("%s: %+v", kind, rows)
			}
		}
		_, err = w.posts.Delete(k.Ctx, p[1], quote.ID)
		w.must(err)
		w.deliver()
		w.wantTold(p[0], "")
		w.wantTold(p[1], "")
	})
}

func TestCollectionsAreTold(t *testing.T) {
	testkit.Engines(t, func(t *testing.T, k *testkit.Kit) {
		w := open(t, k)
		p := w.people("ann", "bob", "cyd")
		for _, id := range p {
			_, err := w.profiles.Update(k.Ctx, id, profiles.Update{Discoverable: ref(true)})
			w.must(err)
		}
		name := "people"
		c, err := w.profiles.CreateCollection(k.Ctx, p[0], profiles.CollectionDraft{Name: &name, Accounts: p})
		w.must(err)
		w.deliver()
		w.wantTold(p[0], "") // oneself is no news
		w.wantTold(p[1], "added_to_collection ann")
		_, err = w.profiles.ChangeCollection(k.Ctx, p[0], c.ID, profiles.CollectionDraft{Sensitive: ref(true)})
		w.must(err)
		w.deliver()
		w.wantTold(p[1], "collection_update ann, added_to_collection ann")
		for _, item := range c.Items {
			if item.AccountID == p[1] {
				w.must(w.profiles.RemoveFromCollection(k.Ctx, p[0], c.ID, item.ID))
			}
		}
		w.deliver()
		w.wantTold(p[1], "")
		// An old event of what is no more tells nobody.
		w.deliver(w.event("profiles", profiles.Collected{From: p[0], To: p[1], CollectionID: c.ID}))
		w.wantTold(p[1], "")
		w.must(w.profiles.RemoveCollection(k.Ctx, p[0], c.ID))
		w.deliver()
		w.wantTold(p[2], "")
		w.deliver(w.event("profiles", profiles.Collected{From: p[0], To: p[2], CollectionID: c.ID}),
			w.event("profiles", profiles.CollectionChanged{From: p[0], CollectionID: c.ID}))
		w.wantTold(p[2], "")
	})
}
