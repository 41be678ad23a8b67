package web_test

import (
	"net/http"
	"net/url"
	"strings"
	"testing"

	"github.com/guildhall/guildhall/internal/ids"
	"github.com/guildhall/guildhall/internal/testkit"
	"github.com/guildhall/guildhall/posts"
	"github.com/guildhall/guildhall/profiles"
)

// found makes members who want to be found, and returns their ids.
func (w *world) found(names ...string) []ids.ID {
	w.Helper()
	var list []ids.ID
	for _, name := range names {
		id := w.member(name)
		_, err := w.profiles.Update(w.kit.Ctx, id, profiles.Update{Discoverable: ref(true), Indexable: ref(true), Note: ref("I am " + name)})
		w.must(err)
		list = append(list, id)
	}
	return list
}

// Members find people, posts and tags; visitors people and tags.
func TestSearch(t *testing.T) {
	w := open(t)
	p := w.found("ann", "ben")
	w.post(p[1], posts.Draft{Text: "Covering indexes need no table #postgres"})
	a, v := w.signedIn("ann"), w.browser()
	testkit.Eventually(t, func() bool { return strings.Contains(a.get("/search?q=covering").body, "need no table") })
	a.get("/search?q=ben").is(http.StatusOK).says("I am ben", "0 followers").press("/@ben/follow").is(http.StatusSeeOther).follow().says("Unfollow")
	a.get("/search?q=postg&type=hashtags").says("#postgres", "1 post in the last seven days").press("/tags/postgres/follow").follow().says("Unfollow #postgres")
	a.get("/search?q=covering&type=statuses").says("need no table")
	a.get("/search?q=zebra").is(http.StatusOK).says("Nothing was found.", "fewer or other words")
	a.get("/search?q=zebra&type=accounts").says("Search everywhere")
	a.get("/search").says("Find people by their names")
	a.get("/search?q=" + strings.Repeat("x", 1001)).is(http.StatusUnprocessableEntity).says("too long")
	v.get("/search?q=ben").is(http.StatusOK).says("I am ben")
	for _, q := range []string{"covering", "covering&type=statuses"} {
		if s := v.get("/search?q=" + q).is(http.StatusOK); strings.Contains(s.body, "need no table") {
			t.Error("visitors find posts")
		}
	}
	if to := v.get("/search?q=" + url.QueryEscape(w.base+"/@ben")).is(http.StatusSeeOther).location().String(); to != "/@ben" {
		t.Errorf("an address leads to %s", to)
	}
	if to := v.get("/search?q=" + url.QueryEscape(w.base+"//evil.test/x")).is(http.StatusSeeOther).location().String(); to != "/" {
		t.Errorf("another site's address leads to %s", to)
	}
	for _, q := range append(payloads, "\x00", "\xff", "%", "'", `"`) {
		for _, b := range []*browser{a, v} {
			for _, kind := range []string{"", "accounts", "hashtags", "statuses", "nonsense"} {
				b.get("/search?" + url.Values{"q": {q}, "type": {kind}, "offset": {"-1"}}.Encode()).is(http.StatusOK)
			}
		}
	}
}

// What is talked about, and whom to meet.
func TestExplore(t *testing.T) {
	w := open(t)
	p := w.found("ann", "ben", "cleo")
	w.post(p[1], posts.Draft{Text: "Measure first #sqlite"})
	_, err := w.profiles.Follow(w.kit.Ctx, p[0], p[1], profiles.FollowOptions{})
	w.must(err)
	_, err = w.profiles.Follow(w.kit.Ctx, p[1], p[2], profiles.FollowOptions{})
	w.must(err)
	a, v := w.signedIn("ann"), w.browser()
	for _, path := range []string{"/explore", "/explore/tags", "/explore/links", "/explore/people", "/explore/people?order=new", "/explore/tags?offset=9999999", "/explore/people?offset=x"} {
		a.get(path).is(http.StatusOK)
		v.get(path).is(http.StatusOK)
	}
	testkit.Eventually(t, func() bool { return strings.Contains(v.get("/explore/people").body, "I am ben") })
	v.get("/explore/people?order=new").says("I am cleo", "I am ben", "I am ann")
	v.get("/explore/people?offset=100").says("That was all.")
	v.get("/explore/nonsense").is(http.StatusNotFound)
	if to := v.get("/explore/suggestions").is(http.StatusSeeOther).location().Query().Get("return_to"); to != "/explore/suggestions" {
		t.Errorf("a visitor comes back to %q", to)
	}
	s := a.get("/explore/suggestions").is(http.StatusOK).says("I am cleo", "People whom you follow follow them")
	if s = s.press("/@cleo/dismiss").is(http.StatusSeeOther).follow(); strings.Contains(s.body, "I am cleo") {
		t.Error("who was dismissed is suggested")
	}
	if to := v.get("/directory").is(http.StatusPermanentRedirect).location().String(); to != "/explore/people" {
		t.Errorf("the directory is at %s", to)
	}
}

// Who follows whom can be read unless it is hidden.
func TestFollows(t *testing.T) {
	w := open(t)
	p := w.found("ann", "ben", "cleo")
	_, err := w.profiles.Follow(w.kit.Ctx, p[0], p[1], profiles.FollowOptions{})
	w.must(err)
	a, v := w.signedIn("ann"), w.browser()
	v.get("/@ben/followers").is(http.StatusOK).says("Followers of ben", "I am ann")
	v.get("/@ann/following").is(http.StatusOK).says("Whom ann follows", "I am ben")
	v.get("/@ben/following").says("Nobody yet.")
	a.get("/@ann/following").press("/@ben/unfollow").is(http.StatusSeeOther).follow().says("Nobody yet.")
	_, err = w.profiles.Follow(w.kit.Ctx, p[0], p[1], profiles.FollowOptions{})
	w.must(err)
	_, err = w.profiles.Update(w.kit.Ctx, p[0], profiles.Update{HideCollections: ref(true)})
	w.must(err)
	if s := v.get("/@ann/following").is(http.StatusOK).says("keep to themselves"); strings.Contains(s.body, "I am ben") {
		t.Error("hidden follows are shown")
	}
	a.get("/@ann/following").says("I am ben")
	v.get("/@nobody/followers").is(http.StatusNotFound)
	v.get("/ann/followers").is(http.StatusNotFound)
}

// Requests wait on a page of their own until they are answered.
func TestFollowRequests(t *testing.T) {
	w := open(t)
	p := w.found("ann", "ben", "cleo")
	_, err := w.profiles.Update(w.kit.Ctx, p[0], profiles.Update{Locked: ref(true)})
	w.must(err)
	for _, from := range p[1:] {
		_, err = w.profiles.Follow(w.kit.Ctx, from, p[0], profiles.FollowOptions{})
		w.must(err)
	}
	a := w.signedIn("ann")
	a.get("/follow_requests").is(http.StatusOK).says("I am ben", "I am cleo").press("/@ben/accept").follow().press("/@cleo/reject").follow().says("Nobody waits")
	a.get("/@ann/followers").says("I am ben")
	w.browser().get("/follow_requests").is(http.StatusSeeOther)
}

// What a member tells of themselves beside posts: hashtags and people.
func TestProfileDetails(t *testing.T) {
	w := open(t)
	ann, ben := w.member("ann"), w.member("ben")
	page := w.browser().get("/@ann?show=details").is(http.StatusOK).says("would be here")
	page.says("Details", "With answers")
	_, err := w.posts.FeatureTag(w.kit.Ctx, ann, "postgres")
	w.must(err)
	_, err = w.profiles.Follow(w.kit.Ctx, ann, ben, profiles.FollowOptions{})
	w.must(err)
	_, err = w.profiles.Endorse(w.kit.Ctx, ann, ben)
	w.must(err)
	w.browser().get("/@ann?show=details").is(http.StatusOK).says("Writes about", "#postgres", "Recommends", "@ben")
}
