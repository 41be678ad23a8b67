package web_test

import (
	"bytes"
	"image/jpeg"
	"mime/multipart"
	"net/http"
	"net/url"
	"strings"
	"testing"

	"github.com/guildhall/guildhall/internal/testkit"
	"github.com/guildhall/guildhall/posts"
)

// send sends the page's form to an address with files, which have a name each.
func (s *shown) send(action string, values url.Values, files map[string][]byte) *shown {
	s.Helper()
	_, hidden := s.form(action)
	values.Set("token", hidden.Get("token"))
	var b bytes.Buffer
	m := multipart.NewWriter(&b)
	for name, list := range values {
		for _, v := range list {
			s.must(m.WriteField(name, v))
		}
	}
	for name, data := range files {
		f, err := m.CreateFormFile(name, name+".jpg")
		s.must(err)
		_, err = f.Write(data)
		s.must(err)
	}
	s.must(m.Close())
	r, err := http.NewRequestWithContext(s.kit.Ctx, "POST", s.base+action, &b)
	s.must(err)
	r.Header.Set("Content-Type", m.FormDataContentType())
	return s.browser.send(r)
}

func (w *world) jpeg(width, height int) []byte {
	w.Helper()
	var b bytes.Buffer
	w.must(jpeg.Encode(&b, paint(width, height), nil))
	return b.Bytes()
}

// A member's profile with pictures makes a round trip; mistakes stand beside
// their fields and nothing that was typed is lost.
func TestProfileSettings(t *testing.T) {
	w := open(t)
	ann := w.member("ann")
	a := w.signedIn("ann")
	a.get("/settings").is(http.StatusSeeOther).follow().is(http.StatusOK).says("What others see of you.")
	page := a.get("/settings/profile")
	typed := url.Values{"display_name": {"Ann Author"}, "note": {"I write #go"}, "field_name": {"Site", "", "Work"}, "field_value": {"https://ann.example", "", "Here"}, "avatar_description": {"A face"}}
	page.send("/settings/profile", typed, map[string][]byte{"avatar": w.jpeg(500, 400), "header": w.jpeg(900, 300)}).is(http.StatusSeeOther).
		follow().says("Saved.", "I write #go")
	got, err := w.profiles.Account(w.kit.Ctx, ann)
	w.must(err)
	if got.DisplayName != "Ann Author" || got.Avatar == "" || got.Header == "" || got.AvatarAlt != "A face" || len(got.Fields) != 2 || got.Fields[1].Name != "Work" {
		t.Errorf("the account is %+v", got)
	}
	typed.Set("display_name", strings.Repeat("n", 31))
	s := page.send("/settings/profile", typed, nil).is(http.StatusUnprocessableEntity).says("Is too long (maximum is 30 characters).", "I write #go")
	if !strings.Contains(s.body, strings.Repeat("n", 31)) {
		t.Error("what was typed is lost")
	}
	typed.Set("display_name", "Ann")
	page.send("/settings/profile", typed, map[string][]byte{"avatar": []byte("no picture")}).is(http.StatusUnprocessableEntity).says("Cannot be used")
	page.send("/settings/profile", typed, map[string][]byte{"header": make([]byte, 9<<20)}).is(http.StatusUnprocessableEntity).says("Cannot be used")
	typed.Set("remove_avatar", "1")
	page.send("/settings/profile", typed, nil).is(http.StatusSeeOther)
	if got, err = w.profiles.Account(w.kit.Ctx, ann); err != nil || got.Avatar != "" || got.Header == "" {
		t.Errorf("after removing: %+v, %v", got, err)
	}
	w.browser().do("POST", "/settings/profile", url.Values{}).is(http.StatusSeeOther)
	v := &shown{browser: w.browser(), doc: page.doc}
	if to := v.send("/settings/profile", typed, nil).is(http.StatusSeeOther).location().Path; to != "/auth/sign_in" {
		t.Errorf("a visitor is sent to %s", to)
	}
}

// What is saved is shown again; a mistake stands beside its field, and what was
// typed is kept.
func TestPrivacySettings(t *testing.T) {
	w := open(t)
	ann := w.member("ann")
	a := w.signedIn("ann")
	page := a.get("/settings/privacy").is(http.StatusOK)
	page.shows("privacy", "public", "show_application", "1")
	saved := page.submit("/settings/privacy", "privacy", "private", "language", "de", "quote_policy", "nobody", "sensitive", "1", "locked", "1", "indexable", "1", "hide_collections", "1").
		is(http.StatusSeeOther).follow().says("Saved.")
	saved.shows("privacy", "private", "language", "de", "quote_policy", "nobody", "sensitive", "1", "locked", "1", "indexable", "1", "hide_collections", "1", "discoverable", "", "show_application", "")
	got, err := w.profiles.Account(w.kit.Ctx, ann)
	w.must(err)
	if got.Privacy != "private" || got.Language != "de" || got.QuotePolicy != "nobody" || !got.Sensitive || !got.Locked || got.Discoverable || !got.Indexable || !got.HideCollections || got.ShowApplication {
		t.Errorf("the account is %+v", got)
	}
	wrong := page.submit("/settings/privacy", "privacy", "secret", "language", "tlhx-", "quote_policy", "x", "discoverable", "1").is(http.StatusUnprocessableEntity).
		says("Is not one of public, unlisted, private.", "Is not a language.")
	wrong.shows("discoverable", "1", "language", "tlhx-", "locked", "")
	for _, name := range []string{"privacy", "language", "quote_policy"} {
		if !strings.Contains(wrong.body, `aria-describedby="`+name+`-wrong"`) && !strings.Contains(wrong.body, name+`-hint `+name+`-wrong`) {
			t.Errorf("what is wrong with %s does not belong to it", name)
		}
	}
	a.get("/settings/posting").is(http.StatusPermanentRedirect).follow().is(http.StatusOK)
}

// shows checks what is in the fields of a page, by their names.
func (s *shown) shows(fields ...string) *shown {
	s.Helper()
	have := map[string]string{}
	for n := range s.nodes("") {
		switch name := attr(n, "name"); {
		case n.Data == "input" && attr(n, "type") == "checkbox":
			if have[name] = ""; has(n, "checked") {
				have[name] = attr(n, "value")
			}
		case n.Data == "input":
			have[name] = attr(n, "value")
		case n.Data == "select":
			for o := range n.Descendants() {
				if o.Data == "option" && has(o, "selected") {
					have[name] = attr(o, "value")
				}
			}
		}
	}
	for i := 0; i < len(fields); i += 2 {
		if got, ok := have[fields[i]]; !ok || got != fields[i+1] {
			s.Errorf("%s: %s is %q, want %q", s.call, fields[i], got, fields[i+1])
		}
	}
	return s
}

func TestAppearanceSettings(t *testing.T) {
	w := open(t)
	ann := w.member("ann")
	a := w.signedIn("ann")
	a.get("/settings/appearance").is(http.StatusOK).submit("/prefer", "language", "de", "theme", "dark").is(http.StatusSeeOther)
	if u, err := w.identity.User(w.kit.Ctx, ann); err != nil || u.Locale != "de" {
		t.Errorf("mails are in %+v, %v", u, err)
	}
	if s := a.get("/settings/appearance"); !strings.Contains(s.body, `data-theme="dark"`) || !strings.Contains(s.body, `lang="de"`) {
		t.Error("neither language nor theme")
	}
}

// Members see where they are signed in and end what they do not want; a new
// password ends all but the browser that it was chosen in.
func TestSessionSettings(t *testing.T) {
	w := open(t)
	ann := w.member("ann")
	eve := w.member("eve")
	token, err := w.identity.IssueToken(w.kit.Ctx, ann, "Tusker", "read")
	w.must(err)
	_, err = w.identity.IssueToken(w.kit.Ctx, eve, "Spy", "read")
	w.must(err)
	a, other := w.signedIn("ann"), w.browser()
	other.header.Set("User-Agent", "Mozilla/5.0 (X11; Linux x86_64; rv:140.0) Gecko/20100101 Firefox/140.0")
	other.get("/auth/sign_in").submit("", "login", "ann", "password", password).is(http.StatusSeeOther)
	page := a.get("/settings/sessions").is(http.StatusOK).says("This browser", "Firefox · Linux", "Tusker")
	if strings.Contains(page.body, "Spy") {
		t.Error("somebody else's app is listed")
	}
	other.get("/notifications").is(http.StatusOK)
	page.says("Signed in on")
	page.submit("/settings/sessions/others/end").is(http.StatusSeeOther).follow().says("Saved.", "This browser")
	other.get("/notifications").is(http.StatusSeeOther)
	other.get("/auth/sign_in").submit("", "login", "ann", "password", password).is(http.StatusSeeOther)
	page = a.get("/settings/sessions")
	page.submit("/settings/sessions/").is(http.StatusSeeOther) // the first one with a button is the other one
	other.get("/notifications").is(http.StatusSeeOther)
	page.submit("/settings/sessions/apps/").is(http.StatusSeeOther).follow().says("No app acts for you.")
	if _, err := w.identity.Authenticate(w.kit.Ctx, token); err == nil {
		t.Error("the app's token still works")
	}
	a.do("POST", "/settings/sessions/x/end", url.Values{"token": {page.memberToken()}}).is(http.StatusNotFound)

	other.get("/auth/sign_in").submit("", "login", "ann", "password", password).is(http.StatusSeeOther)
	form := a.get("/settings/password").is(http.StatusOK)
	form.submit("/settings/password", "current_password", "wrong", "password", "another good passphrase").is(http.StatusUnprocessableEntity).says("Is wrong.")
	form.submit("/settings/password", "current_password", password, "password", "short").is(http.StatusUnprocessableEntity).says("at least 10 characters")
	form.submit("/settings/password", "current_password", password, "password", "another good passphrase").is(http.StatusSeeOther).follow().is(http.StatusOK).says("Saved.")
	other.get("/settings/password").is(http.StatusSeeOther)
	w.browser().get("/auth/sign_in").submit("", "login", "ann", "password", "another good passphrase").is(http.StatusSeeOther)
}

// memberToken is what the forms of a settings page bring back.
func (s *shown) memberToken() string {
	s.Helper()
	_, v := s.form("/settings")
	return v.Get("token")
}

func TestBlockSettings(t *testing.T) {
	w := open(t)
	ann, ben, eve := w.member("ann"), w.member("ben"), w.member("eve")
	_, err := w.profiles.Mute(w.kit.Ctx, ann, ben, true, 0)
	w.must(err)
	_, err = w.profiles.Block(w.kit.Ctx, ann, eve)
	w.must(err)
	a := w.signedIn("ann")
	page := a.get("/settings/blocks").is(http.StatusOK).says("@ben", "@eve")
	a.header.Set("Referer", a.base+"/settings/blocks")
	page.submit("/@ben/unmute").is(http.StatusSeeOther)
	if to := page.submit("/@eve/unblock").is(http.StatusSeeOther).location().Path; to != "/settings/blocks" {
		t.Errorf("it leads to %s", to)
	}
	a.get("/settings/blocks").says("You mute nobody.", "You block nobody.")
}

// Strangers can be put aside; then they wait to be accepted or dismissed.
func TestNotificationSettings(t *testing.T) {
	w := open(t)
	w.member("ann")
	ben, eve := w.member("ben"), w.member("eve")
	a := w.signedIn("ann")
	choices := []string{"for_not_following", "filter", "for_not_followers", "accept", "for_new_accounts", "accept", "for_private_mentions", "accept", "for_limited_accounts", "filter"}
	page := a.get("/settings/notifications").is(http.StatusOK).says("What was put aside")
	page.submit("/settings/notifications", choices...).is(http.StatusSeeOther).follow().says("Saved.")
	page.submit("/settings/notifications", append(choices, "for_new_accounts", "maybe")...).is(http.StatusUnprocessableEntity).says("Must be accept, filter or drop.")
	w.post(ben, posts.Draft{Text: "@ann hello from ben"})
	w.post(eve, posts.Draft{Text: "@ann hello from eve"})
	testkit.Eventually(t, func() bool {
		body := a.get("/notifications/requests").body
		return strings.Contains(body, "hello from ben") && strings.Contains(body, "hello from eve")
	})
	a.get("/settings/notifications").says("2 people wait")
	list := a.get("/notifications/requests")
	list.pressRow("eve", "Dismiss").is(http.StatusSeeOther)
	list.pressRow("ben", "Accept").is(http.StatusSeeOther).follow().says("Nobody waits.")
	a.get("/notifications").says("hello from ben")
	if strings.Contains(a.get("/notifications").body, "hello from eve") {
		t.Error("what was dismissed came")
	}
}

// pressRow presses the button of the list's row about an account.
func (s *shown) pressRow(name, button string) *shown {
	s.Helper()
	for row := range s.nodes("li") {
		whole := &shown{browser: s.browser, call: s.call, doc: row}
		if !strings.Contains(whole.words(), "@"+name) && !strings.Contains(whole.words(), "hello from "+name) {
			continue
		}
		for form := range whole.nodes("form") {
			part := &shown{browser: s.browser, call: s.call, doc: form}
			if strings.Contains(part.words(), button) {
				_, v := whole.form(attr(form, "action"))
				return s.browser.do("POST", attr(form, "action"), v)
			}
		}
	}
	s.Fatalf("no row of %s has a button %q", name, button)
	return nil
}

// A filter is made, changed and deleted by its own member only.
func TestFilterSettings(t *testing.T) {
	w := open(t)
	ann := w.member("ann")
	w.member("eve")
	a, e := w.signedIn("ann"), w.signedIn("eve")
	a.get("/settings/filters").is(http.StatusOK).says("No filters yet.")
	form := a.get("/settings/filters/new").is(http.StatusOK)
	form.submit("/settings/filters/new", "title", "", "keyword", "spoilers", "action", "0", "expires", "0", "in_home", "1").is(http.StatusUnprocessableEntity).says("Can't be blank.")
	s := form.submit("/settings/filters/new", "title", "Films", "keyword", "spoilers", "action", "0", "expires", "0").is(http.StatusUnprocessableEntity).says("Choose where it is at work.")
	if !strings.Contains(s.body, `value="spoilers"`) || !strings.Contains(s.body, `value="Films"`) {
		t.Error("what was typed is lost")
	}
	form.submit("/settings/filters/new", "title", "Films", "keyword", "spoilers", "action", "9", "expires", "0", "in_home", "1").is(http.StatusBadRequest)
	form.submit("/settings/filters/new", "title", "Films", "keyword", "spoilers", "whole0", "1", "action", "1", "expires", "86400", "in_home", "1").
		is(http.StatusSeeOther).follow().says("Saved.", "Films", "spoilers · Leave it out")
	all, err := w.posts.Filters(w.kit.Ctx, ann)
	w.must(err)
	if len(all) != 1 || all[0].Action != posts.FilterHide || all[0].Contexts != posts.FilterHome || len(all[0].Keywords) != 1 || !all[0].Keywords[0].WholeWord || all[0].ExpiresAt.IsZero() {
		t.Fatalf("filters %+v", all)
	}
	path := "/settings/filters/" + all[0].ID.String()
	edit := a.get(path).is(http.StatusOK)
	values := url.Values{"token": {edit.memberToken()}, "title": {"Films"}, "keyword_id": {all[0].Keywords[0].ID.String(), ""}, "keyword": {"", "endings"},
		"action": {"0"}, "expires": {""}, "in_home": {"1"}, "in_thread": {"1"}}
	a.do("POST", path, values).is(http.StatusSeeOther).follow().says("endings")
	if all, err = w.posts.Filters(w.kit.Ctx, ann); err != nil || len(all[0].Keywords) != 1 || all[0].Keywords[0].Keyword != "endings" || all[0].ExpiresAt.IsZero() {
		t.Errorf("filters %+v, %v", all, err)
	}
	e.get(path).is(http.StatusNotFound)
	values.Set("token", e.get("/settings/filters/new").memberToken())
	e.do("POST", path, values).is(http.StatusNotFound)
	e.do("POST", path+"/delete", values)
	a.get("/settings/filters").says("endings").submit(path + "/delete").is(http.StatusSeeOther).follow().says("No filters yet.")
}
