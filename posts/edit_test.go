package posts_test

import (
	"fmt"
	"slices"
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/guildhall/guildhall/internal/errs"
	"github.com/guildhall/guildhall/internal/ids"
	"github.com/guildhall/guildhall/internal/testkit"
	"github.com/guildhall/guildhall/posts"
)

func TestEdit(t *testing.T) {
	testkit.Engines(t, func(t *testing.T, k *testkit.Kit) {
		d := newDesk(t, k)
		ada, bob, cat := d.person("ada"), d.person("bob"), d.person("cat")
		p := d.post(ada, posts.Draft{Text: "@bob #a #b", Language: "en", Visibility: to(posts.Unlisted)})
		d.ok(d.Favourite(d.ctx, bob, p.ID))
		d.told()

		k.Clock.Advance(time.Minute)
		again := posts.Draft{Text: "@bob #a #b"}
		if v := d.ok(d.Edit(d.ctx, ada, p.ID, again)); !v.EditedAt.IsZero() {
			t.Errorf("edited at %v without a change", v.EditedAt)
		}
		d.tells()

		v := d.ok(d.Edit(d.ctx, ada, p.ID, posts.Draft{Text: "@bob @cat #b #c", Spoiler: "cw", Visibility: to(posts.Public), Language: "fr"}))
		d.tells(posts.Edited{ID: p.ID, AccountID: ada, Visibility: posts.Unlisted, Tags: []string{"b", "c"}, Added: []ids.ID{cat}})
		stored := d.ok(newReader(d).Get(d.ctx, ada, p.ID))
		for _, v := range []*posts.View{v, stored} {
			if v.Text != "@bob @cat #b #c" || v.Spoiler != "cw" || !v.Sensitive || v.Language != "fr" || v.Visibility != posts.Unlisted ||
				!v.EditedAt.Equal(k.Clock.Now()) || !slices.Equal(v.Tags, []string{"b", "c"}) || len(v.Mentions) != 2 || v.Stats.Favourites != 1 {
				t.Errorf("edited %+v, stats %+v", *v.Post, v.Stats)
			}
		}
		k.Clock.Advance(time.Minute)
		if v := d.ok(d.Edit(d.ctx, ada, p.ID, posts.Draft{Text: "third", Sensitive: to(false)})); v.Sensitive || v.Language != "fr" {
			t.Errorf("sensitive %v, language %q", v.Sensitive, v.Language)
		}
		history, err := d.History(d.ctx, cat, p.ID)
		if err != nil {
			t.Fatal(err)
		}
		var got []string
		for _, e := range history {
			got = append(got, fmt.Sprintf("%s|%s|%v|%v", e.Text, e.Spoiler, e.Sensitive, e.CreatedAt.Sub(p.CreatedAt)))
		}
		if want := "@bob #a #b||false|0s @bob @cat #b #c|cw|true|1m0s third||false|2m0s"; strings.Join(got, " ") != want {
			t.Errorf("history %s, want %s", strings.Join(got, " "), want)
		}
		if text, spoiler, err := d.Source(d.ctx, ada, p.ID); text != "third" || spoiler != "" || err != nil {
			t.Errorf("source %q, %q, %v", text, spoiler, err)
		}
	})
}

// AZ-03
func TestOnlyTheAuthorChangesAPost(t *testing.T) {
	testkit.Engines(t, func(t *testing.T, k *testkit.Kit) {
		d := newDesk(t, k)
		ada, bob := d.person("ada"), d.person("bob")
		p := d.say(ada, "mine", posts.Public)
		d.told()
		_, err := d.Edit(d.ctx, bob, p.ID, posts.Draft{Text: "yours"})
		d.fails(err, errs.NotFound, "Record not found")
		_, err = d.Delete(d.ctx, bob, p.ID)
		d.fails(err, errs.NotFound, "Record not found")
		_, _, err = d.Source(d.ctx, bob, p.ID)
		d.fails(err, errs.NotFound, "Record not found")
		if v := d.get(ada, p.ID); v.Text != "mine" || !v.EditedAt.IsZero() {
			t.Errorf("post %+v", v.Post)
		}
		boost := d.ok(d.Boost(d.ctx, bob, p.ID, nil))
		d.told()
		_, err = d.Edit(d.ctx, bob, boost.ID, posts.Draft{Text: "yours"})
		d.fails(err, errs.Invalid, "boost")
		d.tells()
	})
}

func TestEditMedia(t *testing.T) {
	testkit.Engines(t, func(t *testing.T, k *testkit.Kit) {
		d := newDesk(t, k)
		ada, bob := d.person("ada"), d.person("bob")
		a, b, c, foreign := d.upload(ada, 1).ID, d.upload(ada, 2).ID, d.upload(ada, 3).ID, d.upload(bob, 4).ID
		p := d.post(ada, posts.Draft{Text: "x", Media: []ids.ID{a, b}})
		k.Clock.Advance(time.Minute)
		v := d.ok(d.Edit(d.ctx, ada, p.ID, posts.Draft{Text: "x", Media: []ids.ID{c, a},
			Attributes: []posts.MediaAttributes{{ID: a, Description: to("better")}, {ID: b, Description: to("passed over")}}}))
		if len(v.Media) != 2 || v.Media[0].ID != c || v.Media[1].ID != a || v.Media[1].Description != "better" {
			t.Errorf("media %+v", v.Media)
		}
		for _, media := range [][]ids.ID{{foreign}, {1}, {a, a}} {
			_, err := d.Edit(d.ctx, ada, p.ID, posts.Draft{Text: "x", Media: media})
			d.fails(err, errs.Invalid, "Validation failed")
		}
		_, err := d.Edit(d.ctx, ada, p.ID, posts.Draft{})
		d.fails(err, errs.Invalid, "blank")
		// What was taken away is still in the history, and can come back.
		history, err := d.History(d.ctx, bob, p.ID)
		if err != nil || len(history) != 2 || len(history[0].Media) != 2 || history[0].Media[1].ID != b || history[0].Media[0].Description != "shade" || history[0].Media[1].Original.Width != 40 {
			t.Errorf("history %+v, %v", history, err)
		}
		if v := d.ok(d.Edit(d.ctx, ada, p.ID, posts.Draft{Media: []ids.ID{b}})); len(v.Media) != 1 || v.Media[0].ID != b || v.Text != "" {
			t.Errorf("media %+v", v.Media)
		}
		d.ok(d.Delete(d.ctx, ada, p.ID))
		if n := d.number("SELECT COUNT(*) FROM posts_media WHERE id > $1", 0); n != 2 {
			t.Errorf("%d images are left, want bob's and the one that the post showed at its end", n)
		}
	})
}

func TestEditPoll(t *testing.T) {
	testkit.Engines(t, func(t *testing.T, k *testkit.Kit) {
		d := newDesk(t, k)
		ada, bob := d.person("ada"), d.person("bob")
		p := d.ask(ada, false, "x", "y")
		vote := func(poll ids.ID) {
			t.Helper()
			if _, _, err := d.Vote(d.ctx, bob, poll, []int{1}); err != nil {
				t.Fatal(err)
			}
		}
		vote(p.PollID)
		draft := posts.Draft{Text: "which?", Poll: &posts.PollDraft{Options: []string{"x", "y"}, ExpiresIn: 2 * time.Hour}}
		if v := d.ok(d.Edit(d.ctx, ada, p.ID, draft)); v.PollID != p.PollID || !v.Poll.Expires.Equal(p.Poll.Expires) || v.Poll.Voters != 1 || v.Text != "which?" {
			t.Errorf("poll %+v, want the votes kept", v.Poll)
		}
		draft.Poll.Options = []string{"x", "z"}
		v := d.ok(d.Edit(d.ctx, ada, p.ID, draft))
		if v.PollID == p.PollID || v.Poll.Voters != 0 || v.Poll.Options[1] != (posts.PollOption{Title: "z"}) {
			t.Errorf("poll %+v, want a new one", v.Poll)
		}
		if v := d.get(bob, p.ID); v.Viewer.Voted {
			t.Errorf("viewer %+v", v.Viewer)
		}
		vote(v.PollID)
		if v := d.ok(d.Edit(d.ctx, ada, p.ID, posts.Draft{Text: "never mind"})); v.Poll != nil || v.PollID != 0 {
			t.Errorf("poll %+v, want none", v.Poll)
		}
		history, err := d.History(d.ctx, bob, p.ID)
		if err != nil || len(history) != 4 || !slices.Equal(history[1].Poll, []string{"x", "y"}) || !slices.Equal(history[2].Poll, []string{"x", "z"}) || history[3].Poll != nil {
			t.Errorf("history %+v, %v", history, err)
		}
	})
}

func TestEditsAtOnce(t *testing.T) {
	testkit.Engines(t, func(t *testing.T, k *testkit.Kit) {
		d := newDesk(t, k)
		ada := d.person("ada")
		p := d.say(ada, "0", posts.Public)
		var all sync.WaitGroup
		for i := range 3 {
			all.Go(func() {
				if _, err := d.Edit(d.ctx, ada, p.ID, posts.Draft{Text: fmt.Sprint("#e", i+1)}); err != nil {
					t.Error(err)
				}
			})
		}
		all.Wait()
		history, err := d.History(d.ctx, ada, p.ID)
		if err != nil || len(history) != 4 {
			t.Fatalf("%d versions, want 4: %v", len(history), err)
		}
		for i, e := range history[1:] {
			if !e.CreatedAt.After(history[i].CreatedAt) {
				t.Errorf("version %d is not later than the one before", i+1)
			}
		}
		if v := d.ok(newReader(d).Get(d.ctx, ada, p.ID)); len(v.Tags) != 1 || "#"+v.Tags[0] != v.Text {
			t.Errorf("text %q with tags %v", v.Text, v.Tags)
		}
	})
}
