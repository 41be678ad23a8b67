package moderation_test

import (
	"strings"
	"testing"

	"github.com/guildhall/guildhall/identity"
	"github.com/guildhall/guildhall/internal/errs"
	"github.com/guildhall/guildhall/internal/ids"
	"github.com/guildhall/guildhall/internal/page"
	"github.com/guildhall/guildhall/internal/testkit"
	"github.com/guildhall/guildhall/moderation"
)

// Roles are given by those who may decide about access, below their own rank and
// to those below it; what is refused is not in the log.
func TestRoles(t *testing.T) {
	testkit.Engines(t, func(t *testing.T, k *testkit.Kit) {
		h := open(t, k)
		actor := map[string]moderation.Actor{"console": {Role: identity.RoleOwner}}
		people := map[string]ids.ID{}
		for name, role := range map[string]identity.Role{"owner": identity.RoleOwner, "admin": identity.RoleAdmin, "admin2": identity.RoleAdmin, "mod": identity.RoleModerator, "ann": ""} {
			people[name] = h.person(name, role)
			actor[name] = moderation.Actor{ID: people[name], Role: role, Address: "192.0.2.1"}
		}
		role := func(name string) identity.Role {
			u, err := h.Identity.User(k.Ctx, people[name])
			h.must(err)
			return u.Role
		}
		for _, c := range []struct {
			by, whom string
			to       identity.Role
			kind     errs.Kind
		}{
			{"mod", "ann", identity.RoleModerator, errs.Forbidden},
			{"ann", "mod", identity.RoleUser, errs.Forbidden},
			{"admin", "ann", identity.RoleAdmin, errs.Forbidden},
			{"admin", "ann", identity.RoleOwner, errs.Forbidden},
			{"admin", "admin2", identity.RoleUser, errs.Forbidden},
			{"admin", "admin", identity.RoleUser, errs.Forbidden},
			{"admin", "owner", identity.RoleUser, errs.Forbidden},
			{"owner", "owner", identity.RoleUser, errs.Forbidden},
			{"owner", "ann", "king", errs.Invalid},
		} {
			before := role(c.whom)
			if err := h.SetRole(k.Ctx, actor[c.by], people[c.whom], c.to); !errs.Is(err, c.kind) || role(c.whom) != before {
				t.Errorf("%s makes %s %s: %v", c.by, c.whom, c.to, err)
			}
		}
		if err := h.SetRole(k.Ctx, actor["owner"], 42, identity.RoleUser); !errs.Is(err, errs.NotFound) {
			t.Errorf("nobody was given a role: %v", err)
		}
		if log, err := h.AuditLog(k.Ctx, moderation.LogFilter{}, page.Page{Limit: 10}); err != nil || len(log) != 0 {
			t.Errorf("what was refused is in the log: %+v, %v", log, err)
		}
		for _, c := range []struct {
			by, whom string
			to       identity.Role
		}{{"admin", "ann", identity.RoleModerator}, {"owner", "ann", identity.RoleAdmin}, {"owner", "admin2", identity.RoleUser}, {"console", "ann", identity.RoleOwner}} {
			h.must(h.SetRole(k.Ctx, actor[c.by], people[c.whom], c.to))
			if role(c.whom) != c.to {
				t.Errorf("%s is %s", c.whom, role(c.whom))
			}
		}
		for f, want := range map[moderation.LogFilter]string{
			{}: "ann:owner admin2:user ann:admin ann:moderator", {ActorID: people["owner"]}: "admin2:user ann:admin",
			{Kind: "account", Action: "change_role"}: "ann:owner admin2:user ann:admin ann:moderator", {Kind: "account", Action: "suspend"}: "",
			{Kind: "account", Action: "change_role", ActorID: people["admin"]}: "ann:moderator",
		} {
			log, err := h.AuditLog(k.Ctx, f, page.Page{Limit: 10})
			h.must(err)
			var got []string
			for _, e := range log {
				got = append(got, e.Target+":"+e.Details)
			}
			if strings.Join(got, " ") != want {
				t.Errorf("%+v: %v, want %s", f, got, want)
			}
		}
	})
}

// Moderators note for each other what they find out about a report.
func TestNotes(t *testing.T) {
	testkit.Engines(t, func(t *testing.T, k *testkit.Kit) {
		h := open(t, k)
		mod, ann, bob := h.person("mod", identity.RoleModerator), h.person("ann", ""), h.person("bob", "")
		by := moderation.Actor{ID: mod, Role: identity.RoleModerator}
		r, err := h.Report(k.Ctx, bob, moderation.Draft{TargetID: ann})
		h.must(err)
		for text, kind := range map[string]errs.Kind{" \n": errs.Invalid, strings.Repeat("ä", 5001): errs.Invalid} {
			if err := h.AddNote(k.Ctx, by, r.ID, text); !errs.Is(err, kind) {
				t.Errorf("%.20q: %v", text, err)
			}
		}
		if err := h.AddNote(k.Ctx, by, 42, "x"); !errs.Is(err, errs.NotFound) {
			t.Errorf("a note about nothing: %v", err)
		}
		h.must(h.AddNote(k.Ctx, by, r.ID, " first "))
		h.must(h.AddNote(k.Ctx, by, r.ID, "second"))
		notes, err := h.Notes(k.Ctx, r.ID, page.Page{Limit: 10})
		if err != nil || len(notes) != 2 || notes[1].Text != "first" || notes[0].ActorID != mod || notes[0].CreatedAt.IsZero() {
			t.Errorf("%+v, %v", notes, err)
		}
	})
}
