package instance_test

import (
	"bytes"
	stdimage "image"
	"image/png"
	"path/filepath"
	"testing"
	"time"

	"github.com/guildhall/guildhall/identity"
	"github.com/guildhall/guildhall/instance"
	"github.com/guildhall/guildhall/internal/blob"
	"github.com/guildhall/guildhall/internal/errs"
	"github.com/guildhall/guildhall/internal/ids"
	"github.com/guildhall/guildhall/internal/image"
	"github.com/guildhall/guildhall/internal/page"
	"github.com/guildhall/guildhall/internal/testkit"
	"github.com/guildhall/guildhall/profiles"
)

func TestMain(m *testing.M) { testkit.Main(m) }

// open returns the room, started, without members.
func open(t *testing.T, k *testkit.Kit) *instance.Service {
	t.Helper()
	blobs, err := blob.Open(filepath.Join(k.Dir, "blobs"))
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { _ = blobs.Close() })
	images := image.New(1, image.Limits{Bytes: 1 << 20, Pixels: 1 << 20})
	people := profiles.New(profiles.Deps{DB: k.Open("profiles", profiles.Schema()), Bus: k.Bus, IDs: k.IDs, Now: k.Clock.Now, Log: k.Log,
		Identity: (*identity.Service)(nil), Images: images, Blobs: blobs, Format: func(s string) string { return s }}, profiles.DefaultConfig())
	s := instance.New(instance.Deps{DB: k.Open("instance", instance.Schema()), Bus: k.Bus, IDs: k.IDs, Now: k.Clock.Now, Log: k.Log,
		Profiles: people, Images: images, Blobs: blobs}, instance.DefaultConfig())
	if err := s.Start(k.Ctx); err != nil {
		t.Fatal(err)
	}
	return s
}

func TestHouse(t *testing.T) {
	testkit.Engines(t, func(t *testing.T, k *testkit.Kit) {
		s := open(t, k)
		must := func(err error) {
			t.Helper()
			if err != nil {
				t.Fatal(err)
			}
		}
		before := s.Emojis()
		var picture bytes.Buffer
		must(png.Encode(&picture, stdimage.NewGray(stdimage.Rect(0, 0, 8, 8))))
		e, err := s.AddEmoji(k.Ctx, 1, instance.EmojiDraft{Shortcode: "ab", Image: &picture})
		must(err)
		if s.Emojis() == before || s.Emojis().ByCode["ab"].ID != e.ID {
			t.Error("the emoji is not known at once")
		}
		same := s.Emojis()
		text := "Be kind"
		r, err := s.AddRule(k.Ctx, 1, instance.RuleDraft{Text: &text, Translations: &[]instance.Translation{{Language: "de", Text: "Sei nett"}}})
		must(err)
		if s.Emojis() != same || len(s.House().Rules) != 1 {
			t.Error("a rule changed the emoji, or is not known at once")
		}
		_, err = s.ChangeRule(k.Ctx, 1, r.ID, instance.RuleDraft{Translations: &[]instance.Translation{}})
		must(err)
		_, err = s.AddTerms(k.Ctx, 1, k.Clock.Now().Format(time.DateOnly), "Terms")
		must(err)
		must(s.SetPrivacyPolicy(k.Ctx, 1, "Little"))
		must(s.SetPrivacyPolicy(k.Ctx, 1, "Less"))
		if h := s.House(); h.PrivacyPolicy.Text != "Less" || len(h.Terms) != 1 {
			t.Errorf("%+v", h)
		}
		must(s.RemoveRule(k.Ctx, 1, r.ID))
		must(s.RemoveEmoji(k.Ctx, 1, e.ID))
	})
}

func TestAnnouncements(t *testing.T) {
	testkit.Engines(t, func(t *testing.T, k *testkit.Kit) {
		s := open(t, k)
		must := func(err error) {
			t.Helper()
			if err != nil {
				t.Fatal(err)
			}
		}
		text, at := "Soon", k.Clock.Now().Add(time.Hour)
		ends := at.Add(time.Hour)
		a, err := s.Announce(k.Ctx, 1, instance.AnnouncementDraft{Text: &text, ScheduledAt: &at, EndsAt: &ends})
		must(err)
		if err := s.React(k.Ctx, 2, a.ID, "☕"); !errs.Is(err, errs.NotFound) {
			t.Errorf("reacted to what is not published: %v", err)
		}
		shown := func(n int) func() bool {
			return func() bool {
				list, err := s.Announcements(k.Ctx, 2)
				must(err)
				return len(list) == n
			}
		}
		k.Clock.Advance(90 * time.Minute)
		testkit.Eventually(t, shown(1))
		for _, who := range []ids.ID{2, 2, 3} {
			must(s.React(k.Ctx, who, a.ID, "☕"))
		}
		must(s.Dismiss(k.Ctx, 2, a.ID))
		must(s.Dismiss(k.Ctx, 2, a.ID))
		seen, err := s.Announcement(k.Ctx, 2, a.ID)
		must(err)
		if len(seen.Reactions) != 1 || seen.Reactions[0] != (instance.Reaction{Name: "☕", Count: 2, Me: true}) || !seen.Read {
			t.Errorf("%+v", seen)
		}
		must(s.Unreact(k.Ctx, 2, a.ID, "☕"))
		must(s.Unreact(k.Ctx, 3, a.ID, "☕"))
		all, err := s.AllAnnouncements(k.Ctx, page.Page{Limit: 10})
		must(err)
		if len(all) != 1 || len(all[0].Reactions) != 0 {
			t.Errorf("%+v", all)
		}
		k.Clock.Advance(time.Hour)
		testkit.Eventually(t, func() bool {
			a, err := s.AnyAnnouncement(k.Ctx, a.ID)
			must(err)
			return shown(0)() && a.PublishedAt.IsZero()
		})
		must(s.RemoveAnnouncement(k.Ctx, 1, a.ID))
	})
}
