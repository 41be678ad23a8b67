package web_test

import (
	"archive/zip"
	"bytes"
	"encoding/json"
	"io"
	"net/http"
	"net/url"
	"strings"
	"testing"
	"time"

	"github.com/guildhall/guildhall/identity"
	"github.com/guildhall/guildhall/internal/ids"
	"github.com/guildhall/guildhall/internal/testkit"
	"github.com/guildhall/guildhall/posts"
	"github.com/guildhall/guildhall/profiles"
)

// Another e-mail address takes the password and the link; until then it can be
// called off.
func TestEmailSettings(t *testing.T) {
	w := open(t)
	ann := w.member("ann")
	a := w.signedIn("ann")
	a.get("/settings/account").is(http.StatusOK).says("ann@example.org", "You are signed in with 1 browser.")
	a.get("/auth/edit").is(http.StatusPermanentRedirect).follow().is(http.StatusOK)
	page := a.get("/settings/email").is(http.StatusOK).says("ann@example.org")
	page.submit("/settings/email", "email", "new@example.org", "current_password", "wrong").is(http.StatusForbidden).says("Is wrong.").shows("email", "new@example.org")
	page.submit("/settings/email", "email", "no address", "current_password", password).is(http.StatusUnprocessableEntity).says("Is not an e-mail address.").shows("email", "no address")
	page.submit("/settings/email", "email", "other@example.org", "current_password", password).is(http.StatusSeeOther).follow().says("We have sent a link to other@example.org.").
		submit("/settings/email/keep").is(http.StatusSeeOther).follow().says("Saved.")
	page.submit("/settings/email", "email", "new@example.org", "current_password", password).is(http.StatusSeeOther)
	a.get("/settings/account").says("new@example.org waits to be confirmed")
	w.browser().get(w.link("new@example.org", 1)).is(http.StatusOK).submit("/auth/confirmation").is(http.StatusOK)
	if u, err := w.identity.User(w.kit.Ctx, ann); err != nil || u.Email != "new@example.org" {
		t.Errorf("the user is %+v, %v", u, err)
	}
	a.get("/settings/account").says("new@example.org")
}

// AT-09, AT-19, AZ-33: who deletes their account says their password; then
// nothing of it is left but the name.
func TestDeleteAccount(t *testing.T) {
	w := open(t)
	ann := w.member("ann")
	post := w.post(ann, posts.Draft{Text: "hello"})
	token, err := w.identity.IssueToken(w.kit.Ctx, ann, "Tusker", "read")
	w.must(err)
	a, other := w.signedIn("ann"), w.signedIn("ann")
	page := a.get("/settings/delete").is(http.StatusOK).says("What goes", "What stays")
	page.submit("/settings/delete").is(http.StatusForbidden).says("Is wrong.")
	page.submit("/settings/delete", "current_password", "wrong").is(http.StatusForbidden).says("Is wrong.")
	a.do("POST", "/settings/delete", url.Values{"current_password": {password}}).is(http.StatusForbidden) // without the form's token
	w.browser().get(w.address("ann", post)).is(http.StatusOK)
	page.submit("/settings/delete", "current_password", password).is(http.StatusSeeOther).follow().is(http.StatusOK).says("Goodbye")
	for _, b := range []*browser{a, other} {
		b.get("/settings/account").is(http.StatusSeeOther)
	}
	if _, err := w.identity.Authenticate(w.kit.Ctx, token); err == nil {
		t.Error("the app's token works")
	}
	v := w.browser()
	v.get(w.address("ann", post)).is(http.StatusNotFound) // at once
	testkit.Eventually(t, func() bool { return v.get("/@ann").status == http.StatusNotFound })
	v.get("/auth/sign_in").submit("", "login", "ann", "password", password).is(http.StatusUnauthorized)
	for _, name := range []string{"ann", "ANN"} {
		v.get("/auth/sign_up").submit("", "username", name, "email", "eve@example.org", "password", password, "agreement", "1").is(http.StatusUnprocessableEntity)
	}
	testkit.Eventually(t, func() bool { return len(w.mailsTo("ann@example.org")) == 1 })
}

// The house is never without an owner.
func TestDeleteLastOwner(t *testing.T) {
	w := open(t)
	ann := w.member("ann")
	w.must(w.identity.SetRole(w.kit.Ctx, ann, identity.RoleOwner))
	a := w.signedIn("ann")
	a.get("/settings/delete").submit("/settings/delete", "current_password", password).is(http.StatusConflict).says("You are the only owner.")
	a.get("/settings/account").is(http.StatusOK)
}

// The lists are files in Mastodon's form, of who is signed in.
func TestExportLists(t *testing.T) {
	w := open(t)
	ann, ben, eve, dan := w.member("ann"), w.member("ben"), w.member("eve"), w.member("dan")
	_, err := w.profiles.Follow(w.kit.Ctx, ann, ben, profiles.FollowOptions{Boosts: ref(false), Notify: ref(true), Languages: &[]string{"de", "en"}})
	w.must(err)
	_, err = w.profiles.Follow(w.kit.Ctx, eve, ann, profiles.FollowOptions{})
	w.must(err)
	_, err = w.profiles.Mute(w.kit.Ctx, ann, eve, true, 0)
	w.must(err)
	_, err = w.profiles.Block(w.kit.Ctx, ann, dan)
	w.must(err)
	w.must(w.profiles.BlockDomain(w.kit.Ctx, ann, "bad.example"))
	l, err := w.posts.CreateList(w.kit.Ctx, ann, posts.ListUpdate{Title: ref(`Friends, "old"`)})
	w.must(err)
	w.must(w.posts.AddToList(w.kit.Ctx, ann, l.ID, []ids.ID{ben}))
	post := w.post(ben, posts.Draft{Text: "keep this"})
	_, err = w.posts.Bookmark(w.kit.Ctx, ann, post.ID)
	w.must(err)
	a := w.signedIn("ann")
	page := a.get("/settings/export").is(http.StatusOK)
	for name, want := range map[string]string{
		"follows":       "Account address,Show boosts,Notify on new posts,Languages\nben@HOST,false,true,\"de, en\"\n",
		"followers":     "Account address\neve@HOST\n",
		"mutes":         "Account address,Hide notifications\neve@HOST,true\n",
		"blocks":        "dan@HOST\n",
		"domain_blocks": "bad.example\n",
		"lists":         "\"Friends, \"\"old\"\"\",ben@HOST\n",
		"bookmarks":     "http://HOST/users/ben/statuses/" + post.ID.String() + "\n",
	} {
		path := "/settings/exports/" + name + ".csv"
		if !strings.Contains(page.body, path) {
			t.Errorf("the page does not lead to %s", path)
		}
		s := a.get(path).is(http.StatusOK)
		if s.body != strings.ReplaceAll(want, "HOST", w.host) {
			t.Errorf("%s:\n%s", name, s.body)
		}
		if h := s.header; h.Get("Content-Type") != "text/csv; charset=utf-8" || !strings.HasPrefix(h.Get("Content-Disposition"), "attachment; filename=") || h.Get("Cache-Control") != "private, no-store" {
			t.Errorf("%s: %v", name, h)
		}
		w.browser().get(path).is(http.StatusSeeOther) // to sign in
	}
	for _, path := range []string{"/settings/exports/secrets.csv", "/settings/exports/follows", "/settings/exports/.csv"} {
		a.get(path).is(http.StatusNotFound)
	}
}

// AZ-32, AT-09: an archive is asked for with the password, and had by its member
// alone, for a week; its address tells nobody anything.
func TestAZ32(t *testing.T) {
	w := open(t)
	ann := w.member("ann")
	w.member("eve")
	w.post(ann, posts.Draft{Text: "canary", Media: []ids.ID{w.picture(ann, 64, 48, "A chart")}, Visibility: ref(posts.Followers)})
	a, e := w.signedIn("ann"), w.signedIn("eve")
	page := a.get("/settings/export").is(http.StatusOK)
	page.submit("/settings/export", "current_password", "wrong").is(http.StatusForbidden).says("Is wrong.")
	page.submit("/settings/export", "current_password", password).is(http.StatusSeeOther)
	page.submit("/settings/export", "current_password", password).is(http.StatusConflict).says("You have asked for an archive less than six days ago.")
	var address string
	testkit.Eventually(t, func() bool {
		for _, to := range a.get("/settings/export").attrs("a", "href") {
			if strings.HasPrefix(to, "/backups/") {
				address = to
			}
		}
		return address != ""
	})
	if to := w.link("ann@example.org", 1); to != "/settings/export" {
		t.Errorf("the mail leads to %s", to)
	}
	s := a.get(address).is(http.StatusOK)
	if h := s.header; h.Get("Content-Type") != "application/zip" || !strings.HasPrefix(h.Get("Content-Disposition"), "attachment; filename=archive-ann-") || h.Get("Cache-Control") != "private, no-store" {
		t.Errorf("the archive's headers: %v", h)
	}
	files := w.unzip(s.body)
	if !strings.Contains(files["outbox.json"], "canary") || !strings.Contains(files["account.json"], "ann@example.org") {
		t.Errorf("the archive has %d files: %s", len(files), files["outbox.json"])
	}
	id, ok := ids.Parse(strings.Split(address, "/")[2])
	if !ok {
		t.Fatal(address)
	}
	missing := squeeze(w.browser().get("/backups/1/download").is(http.StatusNotFound).words())
	for _, near := range []ids.ID{id - 1, id, id + 1} {
		for _, b := range []*browser{e, w.browser()} {
			if s := b.get("/backups/" + near.String() + "/download").is(http.StatusNotFound); b != e && squeeze(s.words()) != missing {
				t.Errorf("one that is somebody else's differs from none: %s", s.words())
			}
		}
		if near != id {
			a.get("/backups/" + near.String() + "/download").is(http.StatusNotFound)
		}
	}
	if strings.Contains(e.get("/settings/export").body, "/backups/") {
		t.Error("somebody else's page shows it")
	}
	w.kit.Clock.Advance(8 * 24 * time.Hour)
	a.get(address).is(http.StatusNotFound)
	w.must(w.archive.Sweep(w.kit.Ctx))
	a.get(address).is(http.StatusNotFound)
}

// unzip returns the files of an archive. Those that say they are JSON must be.
func (w *world) unzip(data string) map[string]string {
	w.Helper()
	r, err := zip.NewReader(strings.NewReader(data), int64(len(data)))
	w.must(err)
	files := map[string]string{}
	for _, f := range r.File {
		in, err := f.Open()
		w.must(err)
		body, err := io.ReadAll(in)
		w.must(err)
		w.must(in.Close())
		if strings.HasSuffix(f.Name, ".json") && !json.Valid(body) {
			w.Errorf("%s is not JSON: %s", f.Name, body)
		}
		files[f.Name] = string(bytes.TrimSpace(body))
	}
	return files
}

// A list is brought along; what cannot be done is told with its line.
func TestImportSettings(t *testing.T) {
	w := open(t)
	ann, ben := w.member("ann"), w.member("ben")
	eve := w.member("eve")
	a := w.signedIn("ann")
	page := a.get("/settings/import").is(http.StatusOK)
	file := func(text string) map[string][]byte { return map[string][]byte{"file": []byte(text)} }
	page.send("/settings/import", url.Values{"kind": {"follows"}, "mode": {"merge"}}, nil).is(http.StatusUnprocessableEntity).says("Has no lines.")
	// finished waits until the background has done with the last file.
	finished := func(n int) *shown {
		t.Helper()
		testkit.Eventually(t, func() bool {
			w.kit.Clock.Advance(time.Minute) // pages are limited
			list, err := w.archive.Imports(w.kit.Ctx, ann)
			return err == nil && len(list) == n && list[0].Finished
		})
		return a.get("/settings/import").is(http.StatusOK)
	}
	page.send("/settings/import", url.Values{"kind": {"follows"}, "mode": {"merge"}},
		file("Account address,Show boosts,Notify on new posts,Languages\nben@"+w.host+",false,true,\"de, en\"\nnobody@"+w.host+",true,false,\n")).is(http.StatusSeeOther)
	if s := finished(1).says("1 line is done.", "1 line could not be done", "Line 3", "nobody@", "Is not known here."); strings.Contains(s.body, "every 3s") {
		t.Error("the page goes on to ask")
	}
	g, err := w.profiles.Graph(w.kit.Ctx, ann)
	w.must(err)
	if f, ok := g.Following[ben]; !ok || f.Boosts || !f.Notify || len(f.Languages) != 2 {
		t.Errorf("the follow is %+v, %v", f, ok)
	}
	page.send("/settings/import", url.Values{"kind": {"follows"}, "mode": {"overwrite"}}, file("Account address\neve\n")).is(http.StatusSeeOther)
	finished(2).says("1 line is done.", "1 that was not in the file is ended.")
	if g, err = w.profiles.Graph(w.kit.Ctx, ann); err != nil || len(g.Following) != 1 || g.Following[eve].Boosts != true {
		t.Errorf("follows %+v, %v", g.Following, err)
	}
	page.send("/settings/import", url.Values{"kind": {"secrets"}, "mode": {"merge"}}, file("x\n")).is(http.StatusUnprocessableEntity).says("Is not known.")
	page.send("/settings/import", url.Values{"kind": {"blocks"}, "mode": {"merge"}}, file(strings.Repeat("ben\n", 2001))).is(http.StatusUnprocessableEntity).says("Has too many lines")
	if to := w.browser().get("/settings/import").is(http.StatusSeeOther).location().Path; to != "/auth/sign_in" {
		t.Errorf("a visitor is sent to %s", to)
	}
}
