package posts

import (
	"slices"
	"testing"
	"time"

	"github.com/guildhall/guildhall/internal/ids"
	"github.com/guildhall/guildhall/internal/page"
	"github.com/guildhall/guildhall/internal/testkit"
)

// Another node hears of everything, and shows it at once.
func TestNodesAgree(t *testing.T) {
	testkit.Engines(t, func(t *testing.T, k *testkit.Kit) {
		url := testkit.NATS(t)
		k.Bus = k.Connect(url)
		w := open(t, k).start()
		p := w.accounts("ada", "bob")
		ada, bob := p[0], p[1]
		w.follow(ada, bob)
		other := w.node(k.Connect(url))
		must(t, other.startReading(k.Ctx))
		post := w.say(bob, "hello", func(d *Draft) { d.Poll = &PollDraft{Options: []string{"a", "b"}, ExpiresIn: time.Hour} })
		look := func() *View {
			views, err := other.Home(k.Ctx, ada, page.Page{Limit: 20})
			must(t, err)
			if len(views) == 0 {
				return &View{Post: &Post{}}
			}
			return views[0]
		}
		eventually := func(what string, f func(v *View) bool) {
			t.Helper()
			defer func() {
				if t.Failed() {
					t.Log(what)
				}
			}()
			testkit.Eventually(t, func() bool { return f(look()) })
		}
		eventually("create", func(v *View) bool { return v.ID == post.ID })
		_, err := w.Favourite(k.Ctx, ada, post.ID)
		must(t, err)
		eventually("favourite", func(v *View) bool { return v.Viewer.Favourited && v.Stats.Favourites == 1 })
		_, err = w.Unfavourite(k.Ctx, ada, post.ID)
		must(t, err)
		eventually("unfavourite", func(v *View) bool { return !v.Viewer.Favourited && v.Stats.Favourites == 0 })
		_, err = w.Bookmark(k.Ctx, ada, post.ID)
		must(t, err)
		_, err = w.MuteThread(k.Ctx, ada, post.ID)
		must(t, err)
		eventually("marks", func(v *View) bool { return v.Viewer.Bookmarked && v.Viewer.Muted })
		_, _, err = w.Vote(k.Ctx, ada, post.PollID, []int{1})
		must(t, err)
		eventually("vote", func(v *View) bool {
			return v.Viewer.Voted && slices.Equal(v.Viewer.Votes, []int{1}) && v.Poll.Options[1].Votes == 1
		})
		_, err = w.Edit(k.Ctx, bob, post.ID, Draft{Text: "hello", Poll: &PollDraft{Options: []string{"c", "d"}, ExpiresIn: time.Hour}})
		must(t, err)
		eventually("another poll", func(v *View) bool {
			return v.Poll != nil && v.Poll.Options[1].Title == "d" && v.Poll.Voters == 0 && !v.Viewer.Voted
		})
		w.say(ada, "an answer", to(post.ID))
		eventually("reply", func(v *View) bool { return v.InReplyToID == post.ID })
		testkit.Eventually(t, func() bool {
			v, err := other.Get(k.Ctx, ada, post.ID)
			return err == nil && v.Stats.Replies == 1
		})
		second := w.say(bob, "second")
		_, err = w.Edit(k.Ctx, bob, second.ID, Draft{Text: "second, edited"})
		must(t, err)
		eventually("edit", func(v *View) bool { return v.Text == "second, edited" })
		w.delete(bob, second.ID)
		eventually("delete", func(v *View) bool { return v.ID != second.ID && v.ID != 0 })
		testkit.Eventually(t, func() bool {
			st, err := other.AuthorStats(k.Ctx, []ids.ID{bob})
			return err == nil && st[bob].Posts == 1
		})
	})
}
