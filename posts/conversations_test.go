package posts

import (
	"testing"

	"github.com/guildhall/guildhall/internal/db"
	"github.com/guildhall/guildhall/internal/ids"
	"github.com/guildhall/guildhall/internal/page"
	"github.com/guildhall/guildhall/internal/testkit"
)

// Unread conversations count however many newer ones there are that were read.
func TestOldUnreadConversationsCount(t *testing.T) {
	testkit.Engines(t, func(t *testing.T, k *testkit.Kit) {
		w := open(t, k)
		p := w.accounts("ada", "bob")
		old := w.say(p[0], "@bob hello", as(Direct))
		var rows []any
		for i := range 250 {
			rows = append(rows, k.IDs.New(p[1]), p[1], i+1, "", old.ID+ids.ID(i)+1, false)
		}
		must(t, w.DB.Write(k.Ctx, func(tx *db.Tx) error {
			return db.Insert(k.Ctx, tx, "posts_conversations (id, account_id, thread_id, people, last_id, unread)", 6, rows, "")
		}))
		if n, err := w.UnreadConversations(k.Ctx, p[1]); n != 1 || err != nil {
			t.Errorf("%d are unread, %v", n, err)
		}
	})
}

// Whoever comes to a direct post by an edit takes part from then on; when the
// last post is deleted nothing is left.
func TestConversationsFollowPosts(t *testing.T) {
	testkit.Engines(t, func(t *testing.T, k *testkit.Kit) {
		w := open(t, k)
		p := w.accounts("ada", "bob", "cyd")
		ada, bob, cyd := p[0], p[1], p[2]
		check := func(what string, want ...int) {
			t.Helper()
			for i, id := range p {
				list, err := w.Conversations(k.Ctx, id, page.Page{Limit: 20})
				if err != nil || len(list) != want[i] {
					t.Errorf("%s: account %d has %d conversations, want %d (%v)", what, i, len(list), want[i], err)
				}
			}
		}
		post := w.say(ada, "@bob hello", as(Direct))
		second := w.say(bob, "@ada hi", as(Direct), to(post.ID))
		check("two posts", 1, 1, 0)
		_, err := w.Edit(k.Ctx, ada, post.ID, Draft{Text: "@bob @cyd hello"})
		must(t, err)
		check("with cyd", 2, 2, 1)
		_, err = w.Edit(k.Ctx, ada, post.ID, Draft{Text: "@cyd hello"})
		must(t, err)
		check("without bob", 2, 1, 1)
		if c, err := w.ConversationOf(k.Ctx, cyd, post.ID); err != nil || !c.Unread || len(c.People) != 1 || c.People[0] != ada {
			t.Errorf("%+v, %v", c, err)
		}
		w.delete(bob, second.ID)
		w.delete(ada, post.ID)
		check("deleted", 0, 0, 0)
		left, err := db.Values[ids.ID](k.Ctx, w.DB, "SELECT id FROM posts_conversations WHERE account_id IN ($1, $2, $3)", ada, bob, cyd)
		if err != nil || len(left) > 0 {
			t.Errorf("%v is left, %v", left, err)
		}
	})
}
