package posts

import (
	"bytes"
	"image"
	"image/png"
	"slices"
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

// A post that waits is replaced whole: what is no longer of it can go, what is
// wrong changes nothing, and what it answers stays.
func TestChangeScheduled(t *testing.T) {
	testkit.Engines(t, func(t *testing.T, k *testkit.Kit) {
		w := open(t, k)
		p := w.accounts("ada", "bob")
		ada, bob := p[0], p[1]
		question := w.say(bob, "a question")
		at := k.Clock.Now().Add(time.Hour)
		shot := func() ids.ID {
			var file bytes.Buffer
			must(t, png.Encode(&file, image.NewGray(image.Rect(0, 0, 8, 8))))
			m, err := w.Upload(k.Ctx, ada, &file, "", 0, 0)
			must(t, err)
			return m.ID
		}
		old, kept := shot(), shot()
		x, err := w.Schedule(k.Ctx, ada, Draft{Text: "an answer", InReplyToID: question.ID, Media: []ids.ID{old, kept}}, at)
		must(t, err)
		full, err := w.Schedule(k.Ctx, ada, Draft{Text: "another", Media: []ids.ID{shot()}}, at)
		must(t, err)
		other := Draft{Text: "a better answer", Spoiler: "mind", Media: []ids.ID{kept}}
		for what, try := range map[string]func() (*Scheduled, error){
			"somebody else's": func() (*Scheduled, error) { return w.ChangeScheduled(k.Ctx, bob, x.ID, other, at) },
			"none":            func() (*Scheduled, error) { return w.ChangeScheduled(k.Ctx, ada, x.ID+1, other, at) },
			"too soon":        func() (*Scheduled, error) { return w.ChangeScheduled(k.Ctx, ada, x.ID, other, k.Clock.Now()) },
			"empty":           func() (*Scheduled, error) { return w.ChangeScheduled(k.Ctx, ada, x.ID, Draft{}, at) },
			"a used picture": func() (*Scheduled, error) {
				return w.ChangeScheduled(k.Ctx, ada, x.ID, Draft{Text: "x", Media: full.Draft.Media}, at)
			},
		} {
			want := errs.Invalid
			if what == "somebody else's" || what == "none" {
				want = errs.NotFound
			}
			if _, err := try(); !errs.Is(err, want) {
				t.Errorf("%s: %v", what, err)
			}
		}
		if now, err := w.ScheduledPost(k.Ctx, ada, x.ID); err != nil || now.Draft.Text != "an answer" || len(now.Draft.Media) != 2 || !now.At.Equal(x.At) {
			t.Errorf("after mistakes: %+v, %v", now, err)
		}
		got, err := w.ChangeScheduled(k.Ctx, ada, x.ID, other, at.Add(time.Hour))
		must(t, err)
		if got.ID != x.ID || got.Draft.Text != "a better answer" || got.Draft.Spoiler != "mind" || got.Draft.InReplyToID != question.ID ||
			!slices.Equal(got.Draft.Media, []ids.ID{kept}) || !got.At.Equal(at.Add(time.Hour).UTC().Truncate(time.Millisecond)) {
			t.Errorf("changed to %+v", got)
		}
		must(t, w.DeleteMedia(k.Ctx, ada, old)) // free again
		if err := w.DeleteMedia(k.Ctx, ada, kept); !errs.Is(err, errs.Invalid) {
			t.Errorf("a picture that waits is deleted: %v", err)
		}
		k.Clock.Advance(90 * time.Minute)
		must(t, w.publishDue(k.Ctx))
		published := func() []*View {
			views, err := w.AccountPosts(k.Ctx, ada, ada, AccountFilter{}, page.Page{Limit: 20})
			must(t, err)
			return views
		}
		if views := published(); len(views) != 1 || views[0].Text != "another" {
			t.Errorf("at the first time: %d posts", len(views))
		}
		k.Clock.Advance(time.Hour)
		must(t, w.publishDue(k.Ctx))
		if views := published(); len(views) != 2 || views[0].Text != "a better answer" || views[0].InReplyToID != question.ID || len(views[0].Media) != 1 {
			t.Errorf("at the second time: %d posts", len(views))
		}
		if _, err := w.ChangeScheduled(k.Ctx, ada, x.ID, other, k.Clock.Now().Add(time.Hour)); !errs.Is(err, errs.NotFound) {
			t.Errorf("changed after it was published: %v", err)
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
