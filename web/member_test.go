package web_test

import (
	"net/http"
	"net/url"
	"strings"
	"testing"

	"github.com/guildhall/guildhall/internal/testkit"
	"github.com/guildhall/guildhall/posts"
	"github.com/guildhall/guildhall/profiles"
)

// press sends the form of a page that has a button leading to an address.
func (s *shown) press(address string) *shown {
	s.Helper()
	for form := range s.nodes("form") {
		for n := range form.Descendants() {
			if n.Data == "button" && attr(n, "formaction") == address {
				values := url.Values{}
				for in := range form.Descendants() {
					if in.Data == "input" && attr(in, "type") == "hidden" {
						values.Set(attr(in, "name"), attr(in, "value"))
					}
				}
				s.browser.header.Set("Referer", s.base+strings.TrimPrefix(s.call, "GET "))
				defer s.browser.header.Del("Referer")
				return s.browser.do("POST", address, values)
			}
		}
	}
	s.Fatalf("%s has no button to %s", s.call, address)
	return nil
}

// A member writes, answers, likes, boosts, bookmarks and deletes, without scripts.
func TestMemberPosts(t *testing.T) {
	w := open(t)
	ann, ben := w.member("ann"), w.member("ben")
	_, err := w.profiles.Follow(w.kit.Ctx, ben, ann, profiles.FollowOptions{})
	w.must(err)
	a, b := w.signedIn("ann"), w.signedIn("ben")
	a.get("/").submit("/compose", "text", strings.Repeat("x", 501)).is(http.StatusUnprocessableEntity).says(strings.Repeat("x", 501), "500")
	post := a.get("/").submit("/compose", "text", "Indexes are sorted copies", "visibility", "public").is(http.StatusSeeOther).follow().is(http.StatusOK).says("Indexes are sorted copies")
	path := strings.TrimPrefix(post.call, "GET ")
	home := b.get("/").is(http.StatusOK).says("Indexes are sorted copies")
	home.press(path + "/favourite").is(http.StatusSeeOther).follow().is(http.StatusOK)
	home.press(path + "/boost").is(http.StatusSeeOther)
	home.press(path + "/bookmark").is(http.StatusSeeOther)
	b.get("/").press(path + "/unbookmark").is(http.StatusSeeOther)
	b.get(path).submit("/compose", "text", "@ann And they cost writes").is(http.StatusSeeOther).follow().says("And they cost writes", "answers ann")
	a.get(path).says("And they cost writes", "1 Boost", "1 Favourite")

	testkit.Eventually(t, func() bool { return strings.Count(a.get("/notifications").body, `<article class="notice`) == 4 })
	a.get("/notifications").is(http.StatusOK).says("ben follows you", "ben likes your post", "ben boosted your post", "ben mentioned you", "And they cost writes")
	a.get("/notifications?show=mentions").is(http.StatusOK).says("ben mentioned you")
	if strings.Contains(a.get("/notifications?show=mentions").body, "likes") {
		t.Error("mentions have likes")
	}

	b.get(path).is(http.StatusOK)
	b.do("POST", path+"/delete", url.Values{"token": {home.token()}}).is(http.StatusNotFound) // not his
	a.get(path).press(path + "/delete").is(http.StatusSeeOther)
	a.get(path).is(http.StatusNotFound)
}

// What a script asks for is a part of a page.
func TestMemberParts(t *testing.T) {
	w := open(t)
	w.member("ann")
	ben := w.member("ben")
	view := w.post(ben, posts.Draft{Text: "What is a B-tree?", Poll: &posts.PollDraft{Options: []string{"A tree", "A river"}, ExpiresIn: 3600e9}})
	a := w.signedIn("ann")
	path := w.address("ben", view)
	page := a.get(path).is(http.StatusOK)
	token := url.Values{"token": {page.token()}}
	a.header.Set("HX-Request", "true")
	part := a.do("POST", path+"/favourite", token).is(http.StatusOK)
	if strings.Contains(part.body, "<html") || !strings.Contains(part.body, path+"/unfavourite") {
		t.Errorf("the part: %s", part.body)
	}
	token.Set("choice", "1")
	if s := a.do("POST", path+"/vote", token).is(http.StatusOK); !strings.Contains(s.body, "100 %") {
		t.Errorf("after the vote: %s", s.body)
	}
	if s := a.do("POST", "/@ben/follow", token).is(http.StatusOK); !strings.Contains(s.body, "/@ben/unfollow") {
		t.Errorf("after the follow: %s", s.body)
	}
	if s := a.do("POST", "/compose", url.Values{"token": token["token"], "text": {"Written by a script"}, "key": {"k"}}).is(http.StatusOK); !strings.Contains(s.body, "Written by a script") {
		t.Errorf("after posting: %s", s.body)
	}
	a.do("POST", "/@ben/nonsense", token).is(http.StatusNotFound)
	a.do("POST", path+"/nonsense", token).is(http.StatusNotFound)
	a.do("POST", path+"/vote", url.Values{"token": token["token"], "choice": {"x"}}).is(http.StatusNotFound)
}

// Members' pages send others to where they can become one, and back; forms
// without this session's token do nothing.
func TestMembersOnly(t *testing.T) {
	w := open(t)
	w.member("ann")
	ben := w.member("ben")
	path := w.address("ben", w.post(ben, posts.Draft{Text: "hello"}))
	v := w.browser()
	if to := v.get("/notifications?show=follows").is(http.StatusSeeOther).location().String(); to != "/auth/sign_in?return_to=%2Fnotifications%3Fshow%3Dfollows" {
		t.Errorf("a visitor is sent to %s", to)
	}
	v.header.Set("Referer", w.base+path)
	if to := v.do("POST", path+"/favourite", url.Values{}).is(http.StatusSeeOther).location().Query().Get("return_to"); to != path {
		t.Errorf("whose session has ended comes back to %s", to)
	}
	v.header.Set("Referer", "https://evil.test/x")
	if to := v.do("POST", path+"/favourite", url.Values{}).is(http.StatusSeeOther).location().String(); to != "/auth/sign_in" {
		t.Errorf("from another site: sent to %s", to)
	}
	a, b := w.signedIn("ann"), w.signedIn("ben")
	a.do("POST", path+"/favourite", url.Values{"token": {b.get("/").token()}}).is(http.StatusForbidden)
	a.do("POST", path+"/favourite", url.Values{}).is(http.StatusForbidden)
	if s := a.get(path); !strings.Contains(s.body, path+"/favourite") {
		t.Error("what was refused was done")
	}
}

// People follow, ask to follow, mute and block from a profile.
func TestRelations(t *testing.T) {
	w := open(t)
	w.member("ann")
	ben := w.member("ben")
	a, b := w.signedIn("ann"), w.signedIn("ben")
	a.get("/@ben").press("/@ben/follow").is(http.StatusSeeOther).follow().says("Unfollow")
	b.get("/@ann").says("follows you").press("/@ann/remove").is(http.StatusSeeOther)
	a.get("/@ben").press("/@ben/mute").follow().says("muted").press("/@ben/unmute").is(http.StatusSeeOther)
	_, err := w.profiles.Update(w.kit.Ctx, ben, profiles.Update{Locked: ref(true)})
	w.must(err)
	a.get("/@ben").press("/@ben/follow").follow().says("Withdraw request")
	testkit.Eventually(t, func() bool { return strings.Contains(b.get("/notifications").body, "/@ann/accept") })
	b.get("/notifications").says("ann wants to follow you").press("/@ann/accept").is(http.StatusSeeOther)
	a.get("/@ben").says("Unfollow")
	b.get("/@ann").press("/@ann/block").follow().says("Unblock")
}

// The language is the one that was chosen, else one that the browser asks for.
func TestLanguagesAndThemes(t *testing.T) {
	w := open(t)
	b := w.browser()
	b.header.Set("Accept-Language", "fr-CH, de;q=0.9, en;q=0.5")
	page := b.get("/")
	if lang := page.header.Get("Content-Language"); lang != "de" {
		t.Errorf("the language is %q", lang)
	}
	b.do("POST", "/prefer", url.Values{"language": {"es"}, "return_to": {"/about"}}).is(http.StatusSeeOther)
	b.do("POST", "/prefer", url.Values{"language": {"tlh"}, "theme": {"dark"}}).is(http.StatusSeeOther)
	page = b.get("/")
	if lang := page.header.Get("Content-Language"); lang != "es" || !strings.Contains(page.body, `data-theme="dark"`) {
		t.Errorf("the language is %q, %.300s", lang, page.body)
	}
	b.do("POST", "/prefer", url.Values{"theme": {""}}).is(http.StatusSeeOther)
	if page = b.get("/"); !strings.Contains(page.body, `data-theme=""`) {
		t.Error("the theme stays")
	}
	if to := b.do("POST", "/prefer", url.Values{"language": {"en"}, "return_to": {"https://evil.test"}}).location().String(); to != "/" {
		t.Errorf("sent to %s", to)
	}
	b.header.Set("Accept-Language", strings.Repeat("de,", 3000))
	b.get("/").is(http.StatusOK)
}

// token is what members' forms of a page bring back.
func (s *shown) token() string {
	s.Helper()
	_, v := s.form("/compose")
	return v.Get("token")
}
