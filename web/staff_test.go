package web_test

import (
	"net/http"
	"net/url"
	"strings"
	"testing"

	"github.com/guildhall/guildhall/identity"
	"github.com/guildhall/guildhall/internal/errs"
	"github.com/guildhall/guildhall/internal/ids"
	"github.com/guildhall/guildhall/internal/page"
	"github.com/guildhall/guildhall/moderation"
	"github.com/guildhall/guildhall/posts"
	"github.com/guildhall/guildhall/profiles"
	"github.com/guildhall/guildhall/web"
)

// keeper makes a member with a role.
func (w *world) keeper(name string, role identity.Role) ids.ID {
	w.Helper()
	id := w.member(name)
	w.must(w.identity.SetRole(w.kit.Ctx, id, role))
	return id
}

// staffToken is what the forms of a member bring back, from whichever page.
func (b *browser) staffToken() url.Values {
	b.Helper()
	return url.Values{"token": {b.get("/").token()}}
}

// staffPages are all pages for staff, with the lowest role that sees them.
var staffPages = map[string]identity.Role{
	"/admin": identity.RoleModerator, "/admin/reports": identity.RoleModerator, "/admin/reports?show=resolved": identity.RoleModerator,
	"/admin/accounts": identity.RoleModerator, "/admin/accounts?show=staff": identity.RoleModerator, "/admin/approvals": identity.RoleModerator,
	"/admin/log": identity.RoleModerator, "/admin/system": identity.RoleAdmin, "/admin/system?span=day": identity.RoleAdmin, "/admin/trends": identity.RoleModerator,
	"/admin/rules": identity.RoleAdmin, "/admin/announcements": identity.RoleAdmin, "/admin/emoji": identity.RoleAdmin, "/admin/terms": identity.RoleAdmin,
	"/admin/blocks": identity.RoleAdmin, "/admin/invites": identity.RoleAdmin, "/admin/log?deed=account.suspend": identity.RoleModerator,
}

// staffForms are all forms for staff, with the lowest role that may send them.
var staffForms = map[string]identity.Role{
	"/admin/reports/1/assign": identity.RoleModerator, "/admin/reports/1/resolve": identity.RoleModerator, "/admin/reports/1/act": identity.RoleModerator,
	"/admin/reports/1/note": identity.RoleModerator, "/admin/invites": identity.RoleAdmin, "/admin/invites/1/end": identity.RoleAdmin,
	"/admin/blocks/box": identity.RoleAdmin, "/admin/blocks/allow": identity.RoleAdmin, "/admin/blocks/box/1/remove": identity.RoleAdmin, "/admin/blocks/allow/1/remove": identity.RoleAdmin,
	"/admin/accounts/1/act": identity.RoleModerator, "/admin/accounts/1/approve": identity.RoleModerator, "/admin/accounts/1/role": identity.RoleAdmin,
	"/admin/trends/tags/1/approve": identity.RoleModerator, "/admin/rules": identity.RoleAdmin, "/admin/rules/1/remove": identity.RoleAdmin,
	"/admin/announcements": identity.RoleAdmin, "/admin/announcements/1/publish": identity.RoleAdmin, "/admin/emoji": identity.RoleAdmin,
	"/admin/emoji/1/hide": identity.RoleAdmin, "/admin/terms/terms": identity.RoleAdmin, "/admin/terms/1/remove": identity.RoleAdmin,
	"/admin/blocks/ip": identity.RoleAdmin, "/admin/blocks/email/1/remove": identity.RoleAdmin, "/admin/blocks/ip/1/remove": identity.RoleAdmin,
	"/admin/blocks/domain/1/remove": identity.RoleAdmin,
}

// Pages for staff do not exist for whom they are not for; forms need this
// session's token.
func TestStaffOnly(t *testing.T) {
	w := open(t)
	ranks := map[string]identity.Role{"max": identity.RoleUser, "mod": identity.RoleModerator, "adm": identity.RoleAdmin}
	for name, role := range ranks {
		w.keeper(name, role)
		b := w.signedIn(name)
		missing := squeeze(b.get("/nothing/here").is(http.StatusNotFound).words())
		if found := strings.Contains(b.get("/").body, `href="/admin"`); found != (role != identity.RoleUser) {
			t.Errorf("%s: a way to the administration: %v", name, found)
		}
		for path, needs := range staffPages {
			s := b.get(path)
			if role.Rank() < needs.Rank() {
				if s.is(http.StatusNotFound); squeeze(s.words()) != missing {
					t.Errorf("%s for %s differs from nothing: %s", path, name, s.words())
				}
				continue
			}
			if s.status == http.StatusSeeOther {
				s = s.follow()
			}
			readable(t, path, s.is(http.StatusOK))
		}
		token := b.staffToken()
		for path, needs := range staffForms {
			if role.Rank() < needs.Rank() {
				if s := b.do("POST", path, token).is(http.StatusNotFound); squeeze(s.words()) != missing {
					t.Errorf("%s for %s differs from nothing: %s", path, name, s.words())
				}
				continue
			}
			b.do("POST", path, url.Values{}).is(http.StatusForbidden)
			if s := b.do("POST", path, token); s.status >= 500 || s.status == http.StatusForbidden {
				t.Errorf("%s for %s: %d", path, name, s.status)
			}
		}
	}
	v := w.browser()
	if _, form := v.get("/admin/reports?show=resolved").is(http.StatusUnauthorized).form("/auth/sign_in"); form.Get("return_to") != "/admin/reports?show=resolved" {
		t.Errorf("a visitor comes back to %s", form.Get("return_to"))
	}
}

// A moderator takes a report, reads the evidence, warns and suspends, and takes
// it back.
func TestModeration(t *testing.T) {
	w := open(t)
	mod := w.keeper("mod", identity.RoleModerator)
	boss := w.keeper("boss", identity.RoleAdmin)
	ann, ben := w.member("ann"), w.member("ben")
	hidden := posts.Followers
	bad := w.post(ben, posts.Draft{Text: "Buy my elixir", Visibility: &hidden})
	_, err := w.profiles.Follow(w.kit.Ctx, ann, ben, profiles.FollowOptions{})
	w.must(err)
	report, err := w.moderation.Report(w.kit.Ctx, ann, moderation.Draft{TargetID: ben, Category: moderation.Spam, Comment: "He sells <b>snake</b> oil", StatusIDs: []ids.ID{bad.ID}})
	w.must(err)
	path := "/admin/reports/" + report.ID.String()
	m := w.signedIn("mod")
	m.get("/admin/reports").is(http.StatusOK).says("Report about ben", "He sells <b>snake</b> oil", "by ann", "1 post")
	s := m.get(path).is(http.StatusOK).says("Buy my elixir", "He sells <b>snake</b> oil", "nobody yet", "Spam")
	readable(t, path, s)
	s = s.submit(path+"/assign").is(http.StatusSeeOther).follow().says("Looked after by mod", "Leave it to others")
	s.submit(path + "/unassign").is(http.StatusSeeOther).follow().says("nobody yet")
	s.submit(path+"/note", "note", " ").is(http.StatusUnprocessableEntity).says("an't be blank")
	s.submit(path+"/note", "note", strings.Repeat("x", 5001)).is(http.StatusUnprocessableEntity).says("too long")
	s.submit(path+"/note", "note", "He did it <i>before</i>").is(http.StatusSeeOther).follow().says("He did it <i>before</i>")
	s.submit(path+"/act", "type", "flog", "text", "no elixirs").is(http.StatusUnprocessableEntity).says("no elixirs", "not one of")
	s.submit(path+"/act", "type", "none", "text", strings.Repeat("x", 5001)).is(http.StatusUnprocessableEntity).says("too long")
	s.submit(path+"/act", "type", "none", "text", "No elixirs, please").is(http.StatusSeeOther).follow().says("Resolved", "Reopen")
	m.get("/admin/reports?show=resolved").says("Report about ben")
	m.get(path).submit(path + "/reopen").is(http.StatusSeeOther).follow().says("Resolve without action")

	account := "/admin/accounts/" + ben.String()
	s = m.get(account).is(http.StatusOK).says("ben@example.org", "No elixirs, please", "He sells <b>snake</b> oil")
	readable(t, account, s)
	s.submit(account+"/act", "type", "suspend", "mail", "1").is(http.StatusSeeOther).follow().says("suspended", "Lift the suspension")
	w.browser().get("/@ben").is(http.StatusNotFound)
	m.get("/admin/accounts?show=suspended").says("@ben")
	m.get("/admin/reports").says("No open reports")
	m.get(account).submit(account + "/unsuspend").is(http.StatusSeeOther)
	w.browser().get("/@ben").is(http.StatusOK)
	log := m.get("/admin/log").says("mod suspended @ben", "mod lifted the suspension of @ben", "mod warned @ben", "No elixirs, please", "mod reopened report #"+report.ID.String())
	readable(t, "/admin/log", log)
	m.get("/admin/log?deed=account.suspend&actor=" + mod.String()).is(http.StatusOK).says("mod suspended @ben")
	for _, none := range []string{"?deed=account.silence", "?actor=" + boss.String(), "?deed=account.suspend&actor=" + boss.String()} {
		m.get("/admin/log" + none).is(http.StatusOK).says("Nothing of that kind was done")
	}
	m.get("/admin/log?deed=%00&actor=x&max_id=1").is(http.StatusOK)
	m.header.Set("Accept-Language", "de")
	m.get("/admin/log").says("mod hat @ben gesperrt")
	m.header.Set("Accept-Language", "es")
	m.get("/admin/log").says("mod suspendió a @ben")
	m.header.Del("Accept-Language")

	above := "/admin/accounts/" + boss.String()
	if s := m.get(above).is(http.StatusOK); strings.Contains(s.body, above+"/act") {
		t.Error("a moderator is offered to act on an administrator")
	}
	m.do("POST", above+"/act", url.Values{"token": m.staffToken()["token"], "type": {"suspend"}}).is(http.StatusForbidden)
	for _, gone := range []string{"/admin/reports/1", "/admin/reports/x", "/admin/accounts/1", "/admin/accounts/x"} {
		m.get(gone).is(http.StatusNotFound)
	}
	m.do("POST", path+"/burn", m.staffToken()).is(http.StatusNotFound)
	m.do("POST", account+"/burn", m.staffToken()).is(http.StatusNotFound)
}

// Moderators find accounts, let in who waits; administrators change roles.
func TestAccounts(t *testing.T) {
	w := open(t, func(c *identity.Config, _ *web.Config) { c.Registrations = identity.ByApproval })
	w.keeper("mod", identity.RoleModerator)
	w.keeper("adm", identity.RoleAdmin)
	cat := w.member("cat")
	for _, name := range []string{"dan", "eve"} {
		_, err := w.profiles.Register(w.kit.Ctx, identity.SignUp{Username: name, Email: name + "@example.org", Password: password, Reason: "I am " + name, Agreed: true, Address: "192.0.2.7"})
		w.must(err)
	}
	m := w.signedIn("mod")
	s := m.get("/admin/approvals").is(http.StatusOK).says("I am dan", "I am eve")
	readable(t, "approvals", s)
	id := func(name string) string {
		u, err := w.identity.UserByLogin(w.kit.Ctx, name)
		w.must(err)
		return "/admin/accounts/" + u.ID.String()
	}
	dan, eve := id("dan"), id("eve")
	s.press(dan + "/approve").is(http.StatusSeeOther)
	m.get("/admin/approvals").press(eve + "/reject").is(http.StatusSeeOther).follow().says("Nobody waits")
	m.get(eve).is(http.StatusNotFound)
	for query, found := range map[string]bool{"cat": true, "%40ca": true, "cat%40example.org": true, "192.0.2.7": false, "dog": false} {
		if got := strings.Contains(m.get("/admin/accounts?q="+query).is(http.StatusOK).body, "cat@example.org<"); got != found {
			t.Errorf("search for %s: %v", query, got)
		}
	}
	m.get("/admin/accounts?q=192.0.2.0/24").says("@dan")
	if s := m.get("/admin/accounts?show=staff").says("@adm", "@mod"); strings.Contains(s.body, "@cat") {
		t.Error("cat is no staff")
	}
	path := "/admin/accounts/" + cat.String()
	if strings.Contains(m.get(path).body, path+"/role") {
		t.Error("a moderator is offered to change roles")
	}
	a := w.signedIn("adm")
	a.get(path).submit(path+"/role", "role", "moderator").is(http.StatusSeeOther).follow().says("Moderator")
	a.get(path).submit(path+"/role", "role", "admin").is(http.StatusForbidden)
	a.get(path).submit(path+"/role", "role", "king").is(http.StatusUnprocessableEntity)
	w.signedIn("cat").get("/admin/reports").is(http.StatusOK)
	a.get("/admin/log").says("adm changed the role of @cat: Moderator")
	log, err := w.moderation.AuditLog(w.kit.Ctx, moderation.LogFilter{}, page.Page{Limit: 40})
	w.must(err)
	if len(log) == 0 || log[0].Address != "127.0.0.1" {
		t.Errorf("the log: %+v", log)
	}
	if _, err := w.identity.UserByLogin(w.kit.Ctx, "eve"); !errs.Is(err, errs.NotFound) {
		t.Errorf("who was turned away is there: %v", err)
	}
}

// The log says which post may trend, and still does when it is gone.
func TestTrendReviewsAreLogged(t *testing.T) {
	w := open(t)
	w.keeper("mod", identity.RoleModerator)
	ann := w.member("ann")
	p := w.post(ann, posts.Draft{Text: "A mill that sings #mills"})
	m := w.signedIn("mod")
	path := "/admin/trends/posts/" + p.ID.String()
	m.do("POST", path+"/approve", m.staffToken()).is(http.StatusSeeOther)
	m.do("POST", "/admin/trends/posts/1/approve", m.staffToken()).is(http.StatusNotFound)
	m.get("/admin/log").says("mod let the post @ann/"+p.ID.String()+" trend", "A mill that sings")
	_, err := w.posts.Delete(w.kit.Ctx, ann, p.ID)
	w.must(err)
	m.get("/admin/log").says("mod let the post @ann/" + p.ID.String() + " trend")
}

// What a domain says of a form is said in the reader's language, also where one
// thing is said about another.
func TestRefusalsAreTranslated(t *testing.T) {
	w := open(t)
	w.keeper("adm", identity.RoleAdmin)
	a := w.signedIn("adm")
	a.do("POST", "/prefer", url.Values{"language": {"de"}}).is(http.StatusSeeOther)
	a.get("/admin/blocks").submit("/admin/blocks/domain", "domain", "x", "domain-severity", "suspend").is(http.StatusUnprocessableEntity).says("Das ist keine Domain.")
	a.get("/admin/rules").submit("/admin/rules", "text", strings.Repeat("x", 1001)).is(http.StatusUnprocessableEntity).says("Ist zu lang (höchstens 1000 Zeichen).")
	a.upload("/admin/emoji", "image", []byte("no picture"), "token", a.staffToken().Get("token"), "shortcode", "mill").is(http.StatusUnprocessableEntity).
		says("Nicht brauchbar: Die Datei ist kein Bild in JPEG, PNG, GIF oder WebP.")
	a.do("POST", "/admin/accounts/"+w.member("ann").String()+"/role", url.Values{"token": a.staffToken()["token"], "role": {"king"}}).is(http.StatusUnprocessableEntity).says("Ist keine Rolle.")
}
