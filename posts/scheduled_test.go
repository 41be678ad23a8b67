package posts

import (
	"testing"
	"time"

	"github.com/guildhall/guildhall/internal/db"
	"github.com/guildhall/guildhall/internal/errs"
	"github.com/guildhall/guildhall/internal/ids"
	"github.com/guildhall/guildhall/internal/page"
	"github.com/guildhall/guildhall/internal/testkit"
)

// LO-09: a scheduled post is published once, however many nodes look at the same
// time, and not at all once it has been deleted.
func TestScheduledOnce(t *testing.T) {
	testkit.Engines(t, func(t *testing.T, k *testkit.Kit) {
		w := open(t, k, func(c *Config) { c.MaxScheduledDay = 3 })
		ada := w.accounts("ada")[0]
		at := k.Clock.Now().Add(time.Hour)
		poll := &PollDraft{Options: []string{"a", "b"}, ExpiresIn: time.Hour}
		x, err := w.Schedule(k.Ctx, ada, Draft{Text: "later", Poll: poll}, at)
		must(t, err)
		dropped, err := w.Schedule(k.Ctx, ada, Draft{Text: "never"}, at)
		must(t, err)
		_, err = w.Reschedule(k.Ctx, ada, x.ID, at.Add(time.Minute))
		must(t, err)
		must(t, w.Unschedule(k.Ctx, ada, dropped.ID))
		k.Clock.Advance(2 * time.Hour)
		done := make(chan error, 6)
		for range cap(done) {
			go func() { done <- w.publishDue(k.Ctx) }()
		}
		for range cap(done) {
			must(t, <-done)
		}
		views, err := w.AccountPosts(k.Ctx, ada, ada, AccountFilter{}, page.Page{Limit: 20})
		if err != nil || len(views) != 1 || views[0].Text != "later" || views[0].Poll == nil {
			t.Errorf("%d posts, %v", len(views), err)
		}
		if err := w.Unschedule(k.Ctx, ada, x.ID); !errs.Is(err, errs.NotFound) {
			t.Errorf("deleted after it was published: %v", err)
		}
		made := make(chan error, 8)
		for range cap(made) {
			go func() {
				_, err := w.Schedule(k.Ctx, ada, Draft{Text: "many"}, k.Clock.Now().Add(time.Hour))
				made <- err
			}()
		}
		for range cap(made) {
			if err := <-made; err != nil && !errs.Is(err, errs.Invalid) {
				t.Error(err)
			}
		}
		if n, err := db.Value[int](k.Ctx, w.DB, "SELECT COUNT(*) FROM posts_scheduled WHERE account_id = $1 AND id > $2", ada, ids.ID(0)); err != nil || n != 3 {
			t.Errorf("%d are scheduled, %v", n, err)
		}
	})
}
