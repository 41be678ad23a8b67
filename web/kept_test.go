package web_test

import (
	"net/http"
	"net/url"
	"strings"
	"testing"

	"github.com/guildhall/guildhall/internal/page"
	"github.com/guildhall/guildhall/posts"
	"github.com/guildhall/guildhall/profiles"
)

// Members keep posts; who likes and boosts one can be read by whoever may read it.
func TestKeptPosts(t *testing.T) {
	w := open(t)
	p := w.found("ann", "ben")
	post := w.post(p[1], posts.Draft{Text: "Vacuum is not optional"})
	path := w.address("ben", post)
	a, v := w.signedIn("ann"), w.browser()
	a.get("/bookmarks").is(http.StatusOK).says("Nothing kept for later yet.")
	a.get("/favourites").is(http.StatusOK).says("Nothing liked yet.")
	page := a.get(path)
	for _, deed := range []string{"bookmark", "favourite", "boost"} {
		page.press(path + "/" + deed).is(http.StatusSeeOther)
	}
	a.get("/bookmarks").says("Vacuum is not optional")
	a.get("/favourites").says("Vacuum is not optional")
	if to := a.get(path).href("1 favourite"); to != path+"/favourites" {
		t.Errorf("who likes it is at %q", to)
	}
	v.get(path+"/favourites").is(http.StatusOK).says("Who likes this post", "I am ann", "1 boost")
	v.get(path+"/reblogs").is(http.StatusOK).says("Who boosted this post", "I am ann")
	secret := w.post(p[1], posts.Draft{Text: "for followers", Visibility: ref(posts.Followers)})
	for _, path := range []string{w.address("ben", secret) + "/favourites", w.address("ann", post) + "/favourites", path + "/nonsense", "/@ben/x/favourites", "/ben/1/reblogs"} {
		v.get(path).is(http.StatusNotFound)
	}
	for _, path := range []string{"/bookmarks", "/favourites", "/followed_tags", "/conversations", "/lists", "/lists/1", "/lists/1/edit"} {
		v.get(path).is(http.StatusSeeOther)
	}
}

// Tags are followed on their pages, and listed.
func TestFollowedTags(t *testing.T) {
	w := open(t)
	p := w.found("ann", "ben")
	w.post(p[1], posts.Draft{Text: "Read the plan #sql"})
	a := w.signedIn("ann")
	a.get("/followed_tags").is(http.StatusOK).says("You follow no tags.")
	page := a.get("/tags/sql").is(http.StatusOK)
	page.press("/tags/sql/follow").is(http.StatusSeeOther).follow().says("Unfollow #sql")
	a.get("/followed_tags").says("#sql").press("/tags/sql/unfollow").follow().says("You follow no tags.")
	token := url.Values{"token": {a.get("/").token()}}
	a.do("POST", "/tags/sql/nonsense", token).is(http.StatusNotFound)
	a.do("POST", "/tags/a%20b/follow", token).is(http.StatusNotFound)
	a.header.Set("HX-Request", "true")
	if s := a.do("POST", "/tags/sql/follow", token).is(http.StatusOK); strings.Contains(s.body, "<html") || !strings.Contains(s.body, "/tags/sql/unfollow") {
		t.Errorf("the part: %s", s.body)
	}
	w.browser().do("POST", "/tags/sql/follow", url.Values{}).is(http.StatusSeeOther)
}

// Lists are made, named, filled, read and deleted by their owner only.
func TestOwnLists(t *testing.T) {
	w := open(t)
	p := w.found("ann", "ben", "cleo")
	_, err := w.profiles.Follow(w.kit.Ctx, p[0], p[1], profiles.FollowOptions{})
	w.must(err)
	w.post(p[1], posts.Draft{Text: "From the list"})
	a := w.signedIn("ann")
	a.get("/lists").is(http.StatusOK).says("Make the first one here").submit("/lists", "title", " ").is(http.StatusUnprocessableEntity).says("A list needs a name.")
	a.get("/lists").submit("/lists", "title", strings.Repeat("x", 257), "replies", "none").is(http.StatusUnprocessableEntity).says("Title is too long (maximum is 256 characters).")
	edit := a.get("/lists").submit("/lists", "title", "Team <b>", "replies", "none", "exclusive", "1").is(http.StatusSeeOther).follow().is(http.StatusOK).says("Team <b>")
	path := strings.TrimSuffix(strings.TrimPrefix(edit.call, "GET "), "/edit")
	edit.submit(path+"/add", "name", "@ben").is(http.StatusSeeOther).follow().says("@ben")
	edit.submit(path+"/add", "name", "ben").is(http.StatusUnprocessableEntity).says("They are on the list already.")
	for _, name := range append(payloads, "cleo", "nobody", "", "\xff") {
		edit.submit(path+"/add", "name", name).is(http.StatusUnprocessableEntity).says("Only people whom you follow can be on a list.")
	}
	a.get(path).is(http.StatusOK).says("From the list")
	edit.submit(path+"/edit", "title", "").is(http.StatusUnprocessableEntity).says("A list needs a name.")
	edit.submit(path+"/edit", "title", "Crew", "replies", "followed").follow().says("Crew")
	a.get("/lists").says("Crew")
	_, values := a.get(path + "/edit").form(path + "/remove")
	b := w.signedIn("ben")
	for _, other := range []string{path, path + "/edit", "/lists/1", "/lists/x", path + "/nonsense"} {
		b.get(other).is(http.StatusNotFound)
	}
	for _, deed := range []string{"edit", "add", "remove", "delete", "nonsense"} {
		b.do("POST", path+"/"+deed, url.Values{"token": {b.get("/").token()}, "title": {"mine"}, "name": {"ben"}, "account": values["account"]}).is(http.StatusNotFound)
	}
	if s := a.do("POST", path+"/remove", values).is(http.StatusSeeOther).follow(); strings.Contains(s.body, "@ben") {
		t.Error("who was taken out is on the list")
	}
	a.do("POST", path+"/remove", url.Values{"token": values["token"], "account": {"x"}}).is(http.StatusNotFound)
	a.get(path + "/edit").submit(path + "/delete").is(http.StatusSeeOther).follow().says("Make the first one here")
	a.get(path).is(http.StatusNotFound)
}

// Conversations are listed, marked and removed by those who take part in them.
func TestConversations(t *testing.T) {
	w := open(t)
	p := w.found("ann", "ben", "cleo")
	w.post(p[1], posts.Draft{Text: "@ann lunch?", Visibility: ref(posts.Direct)})
	a, c := w.signedIn("ann"), w.signedIn("cleo")
	c.get("/conversations").is(http.StatusOK).says("No conversations yet.")
	found, err := w.posts.Conversations(w.kit.Ctx, p[0], page.Page{Limit: 1})
	w.must(err)
	path := "/conversations/" + found[0].ID.String()
	list := a.get("/conversations").is(http.StatusOK).says("ben", "new", "lunch?", "Mark as read")
	list.press(path + "/read").is(http.StatusSeeOther).follow().says("Mark as unread").press(path + "/unread").follow().says("Mark as read")
	token := url.Values{"token": {c.get("/").token()}}
	for _, deed := range []string{"read", "unread", "remove", "nonsense"} {
		c.do("POST", path+"/"+deed, token).is(http.StatusNotFound)
	}
	c.do("POST", "/conversations/x/read", token).is(http.StatusNotFound)
	own := url.Values{"token": {a.get("/").token()}}
	a.header.Set("HX-Request", "true")
	if s := a.do("POST", path+"/read", own).is(http.StatusOK); strings.Contains(s.body, "<html") || !strings.Contains(s.body, path+"/unread") {
		t.Errorf("the part: %s", s.body)
	}
	a.header.Del("HX-Request")
	a.get("/conversations").press(path + "/remove").follow().says("No conversations yet.")
}

// The last line of a conversation is subject to what its reader does not want to
// read: filters, and people who are muted.
func TestConversationsAreFiltered(t *testing.T) {
	w := open(t)
	p := w.found("ann", "ben")
	w.post(p[1], posts.Draft{Text: "@ann how the finale went", Visibility: ref(posts.Direct)})
	a := w.signedIn("ann")
	line := func(has, hasNot string) {
		t.Helper()
		if s := a.get("/conversations").is(http.StatusOK).says("ben", has); strings.Contains(s.body, hasNot) {
			t.Errorf("it says %q: %s", hasNot, s.body)
		}
	}
	line("how the finale went", "Filtered")
	w.filter(p[0], "At home", "finale", posts.FilterHide, posts.FilterHome)
	line("how the finale went", "Filtered")
	w.filter(p[0], "No spoilers", "finale", posts.FilterHide, posts.FilterThread)
	line("Filtered: No spoilers", "the finale")
	_, err := w.profiles.Mute(w.kit.Ctx, p[0], p[1], true, 0)
	w.must(err)
	line("Somebody whom you have muted has written.", "Filtered")
}
