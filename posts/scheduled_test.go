package posts

import (
	"testing"
	"time"

	"github.com/guildhall/guildhall/internal/db"
	"github.com/guildhall/guildhall/internal/errs"
	"github.com/guildhall/guildhall/internal/ids"
	"github.com/guildhall/guildhall/internal/page"
	"github.com/guildhall/guildhall/internal/testkit"
	"github.com/guildhall/guildhall/profiles"
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

// Whom moderators do not let write neither posts, nor schedules, nor has
// published what waits: that is dropped when its time has come.
func TestScheduledAuthorSuspended(t *testing.T) {
	testkit.Engines(t, func(t *testing.T, k *testkit.Kit) {
		w := open(t, k)
		ada := w.accounts("ada")[0]
		soon := func() time.Time { return k.Clock.Now().Add(time.Hour) }
		_, err := w.Schedule(k.Ctx, ada, Draft{Text: "later"}, soon())
		must(t, err)
		must(t, w.people.SetState(k.Ctx, ada, profiles.Suspended, true))
		if _, err := w.Create(k.Ctx, ada, Draft{Text: "now"}); !errs.Is(err, errs.Forbidden) {
			t.Errorf("posted: %v", err)
		}
		if _, err := w.Schedule(k.Ctx, ada, Draft{Text: "again"}, soon()); !errs.Is(err, errs.Forbidden) {
			t.Errorf("scheduled: %v", err)
		}
		k.Clock.Advance(2 * time.Hour)
		must(t, w.publishDue(k.Ctx))
		must(t, w.people.SetState(k.Ctx, ada, profiles.Suspended, false))
		k.Clock.Advance(2 * time.Hour)
		must(t, w.publishDue(k.Ctx))
		views, err := w.AccountPosts(k.Ctx, ada, ada, AccountFilter{}, page.Page{Limit: 20})
		if err != nil || len(views) != 0 {
			t.Errorf("%d posts, %v", len(views), err)
		}
		if list, err := w.ScheduledPosts(k.Ctx, ada, page.Page{Limit: 20}); err != nil || len(list) != 0 {
			t.Errorf("%d wait, %v", len(list), err)
		}
		_, err = w.Create(k.Ctx, ada, Draft{Text: "back"})
		must(t, err)
	})
}

// A key stands for its post also after that was published, as long as for any.
func TestScheduledKey(t *testing.T) {
	testkit.Engines(t, func(t *testing.T, k *testkit.Kit) {
		w := open(t, k)
		ada := w.accounts("ada")[0]
		schedule := func() *Scheduled {
			t.Helper()
			x, err := w.Schedule(k.Ctx, ada, Draft{Text: "once", Key: "k"}, k.Clock.Now().Add(10*time.Minute))
			must(t, err)
			return x
		}
		first := schedule()
		if again := schedule(); again.ID != first.ID {
			t.Errorf("%d, want %d", again.ID, first.ID)
		}
		k.Clock.Advance(15 * time.Minute)
		must(t, w.publishDue(k.Ctx))
		again := schedule()
		if again.Posted == nil || again.Posted.Text != "once" {
			t.Fatalf("%+v", again)
		}
		if v, err := w.Create(k.Ctx, ada, Draft{Text: "once", Key: "k"}); err != nil || v.ID != again.Posted.ID {
			t.Errorf("%+v, %v", v, err)
		}
		_, err := w.Delete(k.Ctx, ada, again.Posted.ID)
		must(t, err)
		if x := schedule(); x.Posted != nil { // its post is gone: the key is free
			t.Errorf("%+v", x)
		}
	})
}
