package posts_test

import (
	"math"
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/guildhall/guildhall/internal/errs"
	"github.com/guildhall/guildhall/internal/ids"
	"github.com/guildhall/guildhall/internal/testkit"
	"github.com/guildhall/guildhall/posts"
)

func TestUpload(t *testing.T) {
	testkit.Engines(t, func(t *testing.T, k *testkit.Kit) {
		d := newDesk(t, k)
		ada, bob := d.person("ada"), d.person("bob")
		m, err := d.Upload(d.ctx, ada, picture(t, 1000, 500, 1), " two\r\nlines\x00 ", 0.5, -7)
		if err != nil {
			t.Fatal(err)
		}
		if m.Description != "two\nlines" || m.FocusX != 0.5 || m.FocusY != -1 || m.Blurhash == "" || m.Original.Width != 1000 || m.Original.Height != 500 {
			t.Errorf("media %+v", m)
		}
		if px := m.Small.Width * m.Small.Height; px > 230_400 || px < 200_000 || !d.filed(m.Original.Key) || !d.filed(m.Small.Key) {
			t.Errorf("small %+v", m.Small)
		}
		if got, err := d.Media(d.ctx, ada, m.ID); err != nil || *got != *m {
			t.Errorf("media %+v, %v", got, err)
		}
		m, err = d.UpdateMedia(d.ctx, ada, m.ID, posts.MediaAttributes{Description: to("new"), FocusY: to(1.0)})
		if err != nil || m.Description != "new" || m.FocusX != 0.5 || m.FocusY != 1 {
			t.Errorf("media %+v, %v", m, err)
		}
		for _, err := range []error{
			second(d.Media(d.ctx, bob, m.ID)),
			second(d.UpdateMedia(d.ctx, bob, m.ID, posts.MediaAttributes{Description: to("x")})),
			d.DeleteMedia(d.ctx, bob, m.ID),
		} {
			d.fails(err, errs.NotFound, "Record not found")
		}
		_, err = d.Upload(d.ctx, ada, strings.NewReader("no image"), "", 0, 0)
		d.fails(err, errs.Invalid, "")
		if err := d.DeleteMedia(d.ctx, ada, m.ID); err != nil {
			t.Fatal(err)
		}
		d.fails(second(d.Media(d.ctx, ada, m.ID)), errs.NotFound, "Record not found")
		if d.filed(m.Original.Key) || d.filed(m.Small.Key) {
			t.Error("the files are still there")
		}
	})
}

func second[T any](_ T, err error) error { return err }

// ME-11
func TestMediaAttributes(t *testing.T) {
	testkit.Engines(t, func(t *testing.T, k *testkit.Kit) {
		d := newDesk(t, k)
		ada := d.person("ada")
		m := d.upload(ada, 1)
		for _, c := range []struct {
			name  string
			x, y  float64
			words string
			want  string // in the error; empty: accepted
		}{
			{"nan", math.NaN(), 0, "", "Focus"},
			{"nan below", 0, math.NaN(), "", "Focus"},
			{"infinite", math.Inf(1), math.Inf(-1), "", ""},
			{"far", 9e99, -9e99, "", ""},
			{"long", 0, 0, strings.Repeat("é", 1501), "1500"},
			{"many bytes", 0, 0, "a" + strings.Repeat("\u0301", 3001), "1500"},
			{"just fits", 0, 0, strings.Repeat("日", 1500), ""},
			{"active", 0, 0, "<script>alert(1)</script>", ""},
		} {
			got, err := d.UpdateMedia(d.ctx, ada, m.ID, posts.MediaAttributes{Description: &c.words, FocusX: &c.x, FocusY: &c.y})
			if c.want != "" {
				d.fails(err, errs.Invalid, c.want)
				_, err = d.Upload(d.ctx, ada, picture(t, 4, 4, 0), c.words, c.x, c.y)
				d.fails(err, errs.Invalid, c.want)
				continue
			}
			if err != nil || math.Abs(got.FocusX) > 1 || math.Abs(got.FocusY) > 1 || got.Description != c.words {
				t.Errorf("%s: %+v, %v", c.name, got, err)
			}
		}
	})
}

// AZ-04, ME-08
func TestWhichMediaMayBePosted(t *testing.T) {
	testkit.Engines(t, func(t *testing.T, k *testkit.Kit) {
		d := newDesk(t, k)
		ada, bob := d.person("ada"), d.person("bob")
		var own []ids.ID
		for i := range 5 {
			own = append(own, d.upload(ada, uint8(i)).ID)
		}
		d.told()
		poll := &posts.PollDraft{Options: []string{"a", "b"}, ExpiresIn: time.Hour}
		for _, c := range []struct {
			who   ids.ID
			media []ids.ID
			poll  *posts.PollDraft
			want  string
		}{
			{bob, own[:1], nil, "does not exist"},
			{ada, own, nil, "more than 4"},
			{ada, []ids.ID{own[0], own[0]}, nil, "twice"},
			{ada, []ids.ID{own[0], 1}, nil, "does not exist"},
			{ada, own[:1], poll, "not both"},
		} {
			_, err := d.Create(d.ctx, c.who, posts.Draft{Text: "?", Media: c.media, Poll: c.poll})
			d.fails(err, errs.Invalid, c.want)
		}
		d.tells()
		order := []ids.ID{own[2], own[0], own[3], own[1]}
		p := d.post(ada, posts.Draft{Media: order})
		stored := d.ok(newReader(d).Get(d.ctx, bob, p.ID))
		for i, id := range order {
			if p.Media[i].ID != id || stored.Media[i] != p.Media[i] {
				t.Errorf("image %d: %+v, stored %+v", i, p.Media[i], stored.Media[i])
			}
		}
		_, err := d.Create(d.ctx, ada, posts.Draft{Media: own[:1]})
		d.fails(err, errs.Invalid, "attached already")
		d.fails(second(d.UpdateMedia(d.ctx, ada, own[0], posts.MediaAttributes{Description: to("x")})), errs.NotFound, "")
		d.fails(d.DeleteMedia(d.ctx, ada, own[0]), errs.Invalid, "used by a post")
		d.post(ada, posts.Draft{Media: own[4:]})
	})
}

func TestMediaIsPostedOnce(t *testing.T) {
	testkit.Engines(t, func(t *testing.T, k *testkit.Kit) {
		d := newDesk(t, k)
		ada := d.person("ada")
		m := d.upload(ada, 1)
		var all sync.WaitGroup
		for range 10 {
			all.Go(func() {
				if _, err := d.Create(d.ctx, ada, posts.Draft{Media: []ids.ID{m.ID}}); err != nil && !errs.Is(err, errs.Invalid) {
					t.Error(err)
				}
			})
		}
		all.Wait()
		if n := d.number("SELECT posts FROM posts_authors WHERE account_id = $1", ada); n != 1 {
			t.Errorf("%d posts, want 1", n)
		}
	})
}

// ME-15
func TestFilesGoWithTheirPost(t *testing.T) {
	testkit.Engines(t, func(t *testing.T, k *testkit.Kit) {
		d := newDesk(t, k)
		ada, bob := d.person("ada"), d.person("bob")
		same, other := d.upload(bob, 1), d.upload(ada, 2)
		p := d.post(ada, posts.Draft{Media: []ids.ID{d.upload(ada, 1).ID, other.ID}})
		if p.Media[0].Original.Key != same.Original.Key {
			t.Fatal("the same image has two files")
		}
		gone, err := d.Delete(d.ctx, ada, p.ID)
		if err != nil {
			t.Fatal(err)
		}
		if d.filed(other.Original.Key) || d.filed(other.Small.Key) {
			t.Error("the files of the deleted post are still there")
		}
		if !d.filed(same.Original.Key) || !d.filed(same.Small.Key) {
			t.Error("another one's files are gone")
		}
		moved := gone.Media[1]
		if moved.ID != other.ID || moved.Original.Key == other.Original.Key || !d.filed(moved.Original.Key) || !d.filed(moved.Small.Key) {
			t.Errorf("the author cannot write it anew with %+v", moved)
		}
		d.fails(second(d.Media(d.ctx, bob, other.ID)), errs.NotFound, "")
		anew := d.post(ada, posts.Draft{Media: []ids.ID{gone.Media[0].ID, other.ID}})
		if anew.Media[1].Original.Key != moved.Original.Key {
			t.Errorf("posted anew with %+v", anew.Media)
		}
		d.ok(d.Delete(d.ctx, bob, d.post(bob, posts.Draft{Media: []ids.ID{same.ID}}).ID))
		if d.filed(same.Original.Key) {
			t.Error("the other one's files are still there")
		}
		d.ok(d.Delete(d.ctx, ada, anew.ID))
		k.Clock.Advance(25 * time.Hour)
		if err := d.Start(d.ctx); err != nil {
			t.Fatal(err)
		}
		testkit.Eventually(t, func() bool { return d.number("SELECT COUNT(*) FROM posts_media WHERE id > $1", 0) == 0 })
	})
}

func TestUploadsThatNobodyPostsAreSwept(t *testing.T) {
	testkit.Engines(t, func(t *testing.T, k *testkit.Kit) {
		d := newDesk(t, k)
		ada := d.person("ada")
		old, posted := d.upload(ada, 1), d.upload(ada, 2)
		d.post(ada, posts.Draft{Media: []ids.ID{posted.ID}, Key: "k"})
		k.Clock.Advance(24*time.Hour + time.Second)
		young := d.upload(ada, 3)
		if err := d.Start(d.ctx); err != nil {
			t.Fatal(err)
		}
		testkit.Eventually(t, func() bool {
			return !d.filed(old.Original.Key) && d.number("SELECT COUNT(*) FROM posts_media WHERE id = $1", old.ID) == 0
		})
		if !d.filed(posted.Original.Key) || !d.filed(young.Small.Key) || second(d.Media(d.ctx, ada, young.ID)) != nil {
			t.Error("too much was swept")
		}
		testkit.Eventually(t, func() bool {
			return d.number("SELECT COUNT(*) FROM posts_idempotency WHERE account_id = $1", ada) == 0
		})
	})
}
