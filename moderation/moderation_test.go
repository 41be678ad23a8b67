package moderation_test

import (
	"context"
	"html"
	"path/filepath"
	"testing"
	"time"

	"github.com/guildhall/guildhall/identity"
	"github.com/guildhall/guildhall/instance"
	"github.com/guildhall/guildhall/internal/blob"
	"github.com/guildhall/guildhall/internal/days"
	"github.com/guildhall/guildhall/internal/errs"
	"github.com/guildhall/guildhall/internal/ids"
	"github.com/guildhall/guildhall/internal/image"
	"github.com/guildhall/guildhall/internal/mail"
	"github.com/guildhall/guildhall/internal/page"
	"github.com/guildhall/guildhall/internal/seal"
	"github.com/guildhall/guildhall/internal/testkit"
	"github.com/guildhall/guildhall/moderation"
	"github.com/guildhall/guildhall/posts"
	"github.com/guildhall/guildhall/profiles"
)

func TestMain(m *testing.M) { testkit.Main(m) }

// house is the room with all rooms before it.
type house struct {
	*testing.T
	*moderation.Service
	kit *testkit.Kit
}

func open(t *testing.T, k *testkit.Kit) *house {
	t.Helper()
	h := &house{T: t, kit: k}
	blobs, err := blob.Open(filepath.Join(k.Dir, "blobs"))
	h.must(err)
	t.Cleanup(func() { h.must(blobs.Close()) })
	keys, err := seal.LoadOrCreate(filepath.Join(k.Dir, "keys"))
	h.must(err)
	mails, err := mail.New(mail.Config{From: "Guild <no-reply@guild.test>", Folder: filepath.Join(k.Dir, "mails"), Now: k.Clock.Now}, k.Log)
	h.must(err)
	images := image.New(2, image.Limits{Bytes: 1 << 20, Pixels: 1 << 20})
	users := identity.New(identity.Deps{DB: k.Open("identity", identity.Schema()), Bus: k.Bus, IDs: k.IDs, Now: k.Clock.Now, Log: k.Log, Keys: keys, Mail: mails},
		identity.DefaultConfig())
	people := profiles.New(profiles.Deps{DB: k.Open("profiles", profiles.Schema()), Bus: k.Bus, IDs: k.IDs, Now: k.Clock.Now, Log: k.Log,
		Identity: users, Images: images, Blobs: blobs, Format: html.EscapeString}, profiles.DefaultConfig())
	talk := posts.New(posts.Deps{DB: k.Open("posts", posts.Schema()), Search: k.Open("search", posts.SearchSchema()), Bus: k.Bus, IDs: k.IDs, Now: k.Clock.Now,
		Log: k.Log, Profiles: people, Images: images, Blobs: blobs}, posts.DefaultConfig())
	h.Service = moderation.New(moderation.Deps{DB: k.Open("moderation", moderation.Schema()), Bus: k.Bus, IDs: k.IDs, Now: k.Clock.Now, Log: k.Log,
		Identity: users, Profiles: people, Posts: talk,
		Instance: instance.New(instance.Deps{DB: k.Open("instance", instance.Schema()), Bus: k.Bus, IDs: k.IDs, Now: k.Clock.Now, Log: k.Log, Profiles: people, Posts: talk,
			Images: images, Blobs: blobs}, instance.DefaultConfig())})
	return h
}

func (h *house) must(err error) {
	h.Helper()
	if err != nil {
		h.Fatal(err)
	}
}

func (h *house) person(name string, r identity.Role) ids.ID {
	h.Helper()
	u, err := h.Profiles.Register(h.kit.Ctx, identity.SignUp{Username: name, Email: name + "@example.org", Trusted: true, Role: r})
	h.must(err)
	return u.ID
}

func (h *house) says(who ids.ID, text string) ids.ID {
	h.Helper()
	v, err := h.Posts.Create(h.kit.Ctx, who, posts.Draft{Text: text})
	h.must(err)
	return v.ID
}

func TestActions(t *testing.T) {
	testkit.Engines(t, func(t *testing.T, k *testkit.Kit) {
		h := open(t, k)
		mod, ann, bob := h.person("mod", identity.RoleModerator), h.person("ann", ""), h.person("bob", "")
		by := moderation.Actor{ID: mod, Role: identity.RoleModerator, Address: "192.0.2.1"}
		id := h.says(ann, "rude")
		r, err := h.Report(k.Ctx, bob, moderation.Draft{TargetID: ann, StatusIDs: []ids.ID{id, 42}, RuleIDs: []ids.ID{1}})
		h.must(err)
		if r.Category != moderation.Violation || len(r.StatusIDs) != 1 || len(r.RuleIDs) != 1 {
			t.Errorf("%+v", r)
		}
		h.must(h.Act(k.Ctx, by, ann, moderation.Measure{Action: moderation.Closed, Text: "out", ReportID: r.ID}))
		if r, err = h.ReportByID(k.Ctx, r.ID); err != nil || r.ResolvedID != mod {
			t.Errorf("%+v, %v", r, err)
		}
		today := days.Of(k.Clock.Now())
		for _, count := range []func(context.Context, days.Span) (days.Counts, error){h.Opened, h.Resolved} {
			if n, err := count(k.Ctx, days.Span{First: today, Last: today}); err != nil || len(n) != 1 || n[today] != 1 {
				t.Errorf("%v, %v", n, err)
			}
			if n, err := count(k.Ctx, days.Span{First: today - 9, Last: today - 1}); err != nil || len(n) != 0 {
				t.Errorf("%v, %v", n, err)
			}
		}
		if views, err := h.Posts.GetMany(k.Ctx, bob, []ids.ID{id}); err != nil || len(views) != 0 {
			t.Errorf("still there: %v", err)
		}
		if views, err := h.Posts.Evidence(k.Ctx, []ids.ID{id}); err != nil || len(views) != 1 {
			t.Errorf("moderators do not see it: %v", err)
		}
		log, err := h.AuditLog(k.Ctx, moderation.LogFilter{}, page.Page{Limit: 10})
		if err != nil || len(log) != 1 || log[0].Action != "suspend" || log[0].ActorID != mod || log[0].TargetID != ann || log[0].Address != "192.0.2.1" {
			t.Errorf("%+v, %v", log, err)
		}
		list, err := h.Members(k.Ctx, moderation.MemberFilter{Status: "suspended"}, page.Page{Limit: 10})
		if err != nil || len(list) != 1 || list[0].User.ID != ann {
			t.Errorf("%v, %v", list, err)
		}
		for _, f := range []moderation.MemberFilter{{Username: "bo"}, {Email: "bob@example.org"}, {Status: "active", Username: "BOB"}} {
			if list, err := h.Members(k.Ctx, f, page.Page{Limit: 10}); err != nil || len(list) != 1 || list[0].User.ID != bob {
				t.Errorf("%+v: %v, %v", f, list, err)
			}
		}
		for _, f := range []moderation.MemberFilter{{Status: "pending"}, {Status: "disabled"}, {IP: "192.0.2.0/24"}, {InvitedBy: bob}, {Roles: []identity.Role{identity.RoleOwner}}} {
			if list, err := h.Members(k.Ctx, f, page.Page{Limit: 10}); err != nil || len(list) != 0 {
				t.Errorf("%+v: %v, %v", f, list, err)
			}
		}
		h.must(h.Undo(k.Ctx, by, ann, moderation.Closed))
		if _, err := h.Posts.Get(k.Ctx, bob, id); err != nil {
			t.Error(err)
		}
		if err := h.Act(k.Ctx, by, mod, moderation.Measure{Action: moderation.None}); !errs.Is(err, errs.Forbidden) {
			t.Error(err)
		}
	})
}

// A decision that was written and not carried out is carried out by whoever
// hears of it, and an erasure goes on where it ended.
func TestErase(t *testing.T) {
	testkit.Engines(t, func(t *testing.T, k *testkit.Kit) {
		h := open(t, k)
		boss, ann, bob := h.person("boss", identity.RoleOwner), h.person("ann", ""), h.person("bob", "")
		by := moderation.Actor{ID: boss, Role: identity.RoleOwner}
		mine := h.says(bob, "mine")
		for range 120 {
			h.says(ann, "hers")
		}
		_, err := h.Posts.Boost(k.Ctx, ann, mine, nil)
		h.must(err)
		_, err = h.Posts.Favourite(k.Ctx, ann, mine)
		h.must(err)
		_, err = h.Profiles.Follow(k.Ctx, ann, bob, profiles.FollowOptions{})
		h.must(err)
		_, err = h.Profiles.Block(k.Ctx, ann, boss)
		h.must(err)
		if err := h.Erase(k.Ctx, by, ann); !errs.Is(err, errs.Forbidden) {
			t.Errorf("erased the living: %v", err)
		}
		h.must(h.Act(k.Ctx, by, ann, moderation.Measure{Action: moderation.Closed}))
		h.must(h.Erase(k.Ctx, by, ann))
		if err := h.Undo(k.Ctx, by, ann, moderation.Closed); !errs.Is(err, errs.Forbidden) {
			t.Errorf("came back: %v", err)
		}
		h.must(h.Start(k.Ctx)) // nobody was running when it was asked for
		testkit.Eventually(t, func() bool {
			_, err := h.Identity.User(k.Ctx, ann)
			return errs.Is(err, errs.NotFound)
		})
		v, err := h.Posts.Get(k.Ctx, bob, mine)
		if err != nil || v.Stats != (posts.Stats{}) {
			t.Errorf("%+v, %v", v, err)
		}
		if a, err := h.Profiles.Account(k.Ctx, bob); err != nil || a.Followers != 0 {
			t.Errorf("%+v, %v", a, err)
		}
		if _, err := h.Profiles.Account(k.Ctx, ann); !errs.Is(err, errs.NotFound) {
			t.Error(err)
		}
	})
}

// Who changes the rules, emoji or announcements stands in the log, once.
func TestHouseIsLogged(t *testing.T) {
	testkit.Engines(t, func(t *testing.T, k *testkit.Kit) {
		h := open(t, k)
		boss := h.person("boss", identity.RoleOwner)
		h.must(h.Instance.Start(k.Ctx))
		h.must(h.Start(k.Ctx))
		text := "Be kind"
		_, err := h.Instance.AddRule(k.Ctx, boss, instance.RuleDraft{Text: &text})
		h.must(err)
		h.must(h.Instance.SetPrivacyPolicy(k.Ctx, 0, "nothing is kept"))
		a, err := h.Instance.Announce(k.Ctx, boss, instance.AnnouncementDraft{Text: &text})
		h.must(err)
		h.must(h.Instance.RemoveAnnouncement(k.Ctx, boss, a.ID))
		var log []moderation.Entry
		testkit.Eventually(t, func() bool {
			log, err = h.AuditLog(k.Ctx, moderation.LogFilter{}, page.Page{Limit: 10})
			h.must(err)
			return len(log) == 4
		})
		for i, want := range []moderation.Entry{{ActorID: boss, Action: "withdraw", Kind: "announcement", TargetID: a.ID},
			{ActorID: boss, Action: "publish", Kind: "announcement", TargetID: a.ID}, {Action: "update", Kind: "privacy_policy"}, {ActorID: boss, Action: "update", Kind: "rules"}} {
			got := log[i]
			got.ID, got.At = 0, time.Time{}
			if got != want {
				t.Errorf("%+v, want %+v", got, want)
			}
		}
	})
}

func TestDomains(t *testing.T) {
	testkit.Engines(t, func(t *testing.T, k *testkit.Kit) {
		h := open(t, k)
		by := moderation.Actor{Role: identity.RoleOwner}
		allowed, err := h.AllowDomain(k.Ctx, by, "Good.Example")
		h.must(err)
		if again, err := h.AllowDomain(k.Ctx, by, "good.example"); err != nil || again != allowed {
			t.Errorf("%+v, %v", again, err)
		}
		if list, err := h.DomainAllows(k.Ctx, 0, page.Page{Limit: 10}); err != nil || len(list) != 1 || list[0] != allowed {
			t.Errorf("%+v, %v", list, err)
		}
		if list, err := h.DomainAllows(k.Ctx, allowed.ID, page.Page{Limit: 10}); err != nil || len(list) != 1 {
			t.Errorf("%+v, %v", list, err)
		}
		h.must(h.DisallowDomain(k.Ctx, by, allowed.ID))
		if err := h.DisallowDomain(k.Ctx, by, allowed.ID); !errs.Is(err, errs.NotFound) {
			t.Error(err)
		}
		b, err := h.SetDomainBlock(k.Ctx, by, moderation.DomainBlock{Domain: "bad.example", Severity: "silence", PublicComment: "spam"})
		h.must(err)
		if _, err := h.SetDomainBlock(k.Ctx, by, moderation.DomainBlock{Domain: "BAD.example", Severity: "suspend"}); !errs.Is(err, errs.Invalid) {
			t.Error(err)
		}
		b.Severity, b.RejectMedia = "suspend", true
		changed, err := h.SetDomainBlock(k.Ctx, by, b)
		if err != nil || changed != b {
			t.Errorf("%+v, %v", changed, err)
		}
		if list, err := h.DomainBlocks(k.Ctx, 0, page.Page{Limit: 10}); err != nil || len(list) != 1 || list[0] != b {
			t.Errorf("%+v, %v", list, err)
		}
		h.must(h.UnblockDomain(k.Ctx, by, b.ID))
		if list, err := h.DomainBlocks(k.Ctx, b.ID, page.Page{Limit: 10}); err != nil || len(list) != 0 {
			t.Errorf("%+v, %v", list, err)
		}
	})
}
