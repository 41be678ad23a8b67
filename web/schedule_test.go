package web_test

import (
	"net/http"
	"net/url"
	"strconv"
	"strings"
	"testing"
	"time"

	"github.com/guildhall/guildhall/internal/ids"
	"github.com/guildhall/guildhall/internal/page"
	"github.com/guildhall/guildhall/posts"
)

// Without scripts, a post is written for a time in UTC, moved, changed and
// cancelled; with them the form says how far the reader's clock is from it.
func TestScheduledPosts(t *testing.T) {
	w := open(t)
	ann := w.member("ann")
	w.member("ben")
	a, b := w.signedIn("ann"), w.signedIn("ben")
	now := w.kit.Clock.Now().UTC()
	at := func(d time.Duration) string { return now.Add(d).Format("2006-01-02T15:04") }
	a.get("/compose").says("Publish on, in UTC")
	a.get("/scheduled").is(http.StatusOK).says("Nothing waits")
	a.get("/compose").submit("/compose", "text", "Too soon", "at", at(time.Minute)).is(http.StatusUnprocessableEntity).says("Too soon", "at least 5 minutes ahead")
	a.get("/compose").submit("/compose", "text", "No day", "at", "tomorrow").is(http.StatusUnprocessableEntity).says("No day", "That is no day and time")
	list := a.get("/compose").submit("/compose", "text", "Later then", "spoiler", "soon", "at", at(26*time.Hour)).is(http.StatusSeeOther).follow().is(http.StatusOK).says("Later then", "soon")
	if !strings.Contains(list.body, now.Add(26*time.Hour).Format("2006-01-02T15:04")) {
		t.Errorf("not at the time:\n%s", list.words())
	}
	waiting := func() []posts.Scheduled {
		found, err := w.posts.ScheduledPosts(w.kit.Ctx, ann, page.Page{Limit: 10})
		w.must(err)
		return found
	}
	path := "/scheduled/" + waiting()[0].ID.String()
	list.submit(path+"/move", "at", at(time.Minute)).is(http.StatusUnprocessableEntity).says("at least 5 minutes ahead")
	list.submit(path+"/move", "at", "").is(http.StatusUnprocessableEntity).says("no day and time")
	// At an offset of two hours, 12:00 is 10:00 UTC.
	list.submit(path+"/move", "at", at(28*time.Hour), "offset", "120").is(http.StatusSeeOther)
	if got := waiting()[0].At; !got.Equal(now.Add(26 * time.Hour).Truncate(time.Minute)) {
		t.Errorf("moved to %v", got)
	}
	form := a.get(path).is(http.StatusOK).says("Later then", "Change a scheduled post")
	form.submit(path, "text", "Later now", "at", "").is(http.StatusUnprocessableEntity).says("Later now", "Choose a day and a time")
	form.submit(path, "text", "", "spoiler", "").is(http.StatusUnprocessableEntity).says("blank")
	form.submit(path, "text", "Later now", "spoiler", "", "at", at(48*time.Hour), "visibility", "unlisted", "option", "").is(http.StatusSeeOther).follow().says("Later now", "Quiet")
	if now := waiting(); len(now) != 1 || now[0].Draft.Text != "Later now" || "/scheduled/"+now[0].ID.String() != path {
		t.Errorf("after the change: %+v", now)
	}
	// Others do not know of it.
	b.get(path).is(http.StatusNotFound)
	b.do("POST", path+"/cancel", url.Values{"token": {b.get("/").token()}}).is(http.StatusNotFound)
	a.do("POST", path+"/cancel", url.Values{}).is(http.StatusForbidden)
	if to := w.browser().get("/scheduled").is(http.StatusSeeOther).location().Path; to != "/auth/sign_in" {
		t.Errorf("a visitor is sent to %s", to)
	}
	a.get("/scheduled").submit(path + "/cancel").is(http.StatusSeeOther)
	if now := waiting(); len(now) != 0 {
		t.Errorf("it still waits: %+v", now)
	}
}

// A scheduled post keeps all that the composer has, and is published.
func TestScheduledWithPictures(t *testing.T) {
	w := open(t)
	ann := w.member("ann")
	a := w.signedIn("ann")
	id := w.picture(ann, 64, 48, "A mill").String()
	token, at := a.get("/compose").token(), w.kit.Clock.Now().UTC().Add(time.Hour).Format("2006-01-02T15:04")
	a.sends("/compose", nil, "token", token, "text", "Look", "media", id, "alt"+id, "A mill at dawn", "x"+id, "20", "y"+id, "30", "at", at).is(http.StatusSeeOther)
	found, err := w.posts.ScheduledPosts(w.kit.Ctx, ann, page.Page{Limit: 10})
	w.must(err)
	path := "/scheduled/" + found[0].ID.String()
	page := a.get(path).is(http.StatusOK).says("A mill at dawn")
	if page.hidden("media") != id || !strings.Contains(page.body, `value="20"`) {
		t.Errorf("the composer has lost the picture: %s", page.body)
	}
	list := a.sends(path, nil, "token", token, "text", "Look again", "media", id, "at", at).is(http.StatusSeeOther).follow().says("Look again")
	if !strings.Contains(list.body, `class="fx2 fy3"`) || !strings.Contains(strings.Join(list.attrs("img", "alt"), "|"), "A mill at dawn") {
		t.Errorf("the picture's focus or description is lost: %s", list.body)
	}
	if _, err := w.posts.ScheduledPost(w.kit.Ctx, ann, found[0].ID); err != nil {
		t.Errorf("it has another id: %v", err)
	}
}

// A quote is written with the quoted post in sight, where its author allows it;
// who was quoted may take it out.
func TestQuoteIsWritten(t *testing.T) {
	w := open(t)
	ann, ben := w.member("ann"), w.member("ben")
	view := w.post(ben, posts.Draft{Text: "Indexes are sorted copies"})
	closed := w.post(ben, posts.Draft{Text: "Between us", QuotePolicy: ref(posts.QuotableByNobody)})
	a, b := w.signedIn("ann"), w.signedIn("ben")
	to := a.get(w.address("ben", view)).href("Quote")
	if to != "/compose?quoted_status_id="+view.ID.String() {
		t.Errorf("quoted at %s", to)
	}
	page := a.get(to).is(http.StatusOK).says("Indexes are sorted copies")
	page.submit("/compose", "text", strings.Repeat("x", 501)).is(http.StatusUnprocessableEntity).says("Indexes are sorted copies")
	post := page.submit("/compose", "text", "So true", "quote_policy", "nobody").is(http.StatusSeeOther).follow().says("So true", "Indexes are sorted copies")
	path := strings.TrimPrefix(post.call, "GET ")
	id, _ := ids.Parse(path[strings.LastIndex(path, "/")+1:])
	made, err := w.posts.Get(w.kit.Ctx, ann, id)
	w.must(err)
	if made.QuoteOfID != view.ID || made.QuotePolicy != posts.QuotableByNobody {
		t.Errorf("made %+v", made.Post)
	}
	if body := a.get(w.address("ben", closed)).body; strings.Contains(body, "quoted_status_id") {
		t.Error("what may not be quoted is offered")
	}
	a.get("/compose?quoted_status_id=" + closed.ID.String()).is(http.StatusNotFound)
	a.get("/compose?quoted_status_id=x").is(http.StatusNotFound)
	a.do("POST", "/compose", url.Values{"token": {a.get("/").token()}, "text": {"x"}, "quoted_status_id": {closed.ID.String()}}).is(http.StatusNotFound)
	a.do("POST", path+"/revoke", url.Values{"token": {a.get("/").token()}}).is(http.StatusForbidden)
	b.get(path).press(path + "/revoke").is(http.StatusSeeOther)
	if body := a.get(path).says("Its author does not want").body; strings.Contains(body, "Indexes are") {
		t.Error("the quote is still shown")
	}
}

// What a word could become is told to members only.
func TestCompletion(t *testing.T) {
	w := open(t)
	ann := w.member("ann")
	w.member("benjamin")
	w.emoji(ann, "party")
	w.emoji(ann, "after_party")
	w.post(ann, posts.Draft{Text: "About #golang"})
	a := w.signedIn("ann")
	a.header.Set("HX-Request", "true")
	for q, want := range map[string]string{"@benj": "@benjamin", "#gol": "#golang", ":party": ":party: :after_party:", ":PAR": ":party: :after_party:",
		"@": "", "": "", "@nobody": "", ":zzz": "", "x": "", "@" + strings.Repeat("b", 200): "", "#\x00": "", "@%": ""} {
		part := a.get("/compose/complete?q=" + url.QueryEscape(q)).is(http.StatusOK)
		if got := strings.Join(part.attrs("li", "data-insert"), " "); got != want {
			t.Errorf("%q could become %q, want %q", q, got, want)
		}
	}
	v := w.browser()
	v.header.Set("HX-Request", "true")
	if s := v.get("/compose/complete?q=@benj").is(http.StatusNoContent); !strings.HasPrefix(s.header.Get("HX-Redirect"), "/auth/sign_in") {
		t.Errorf("a visitor is told %s", s.body)
	}
}

// Who is no longer signed in comes back to what they had written.
func TestSessionEndsWhileWriting(t *testing.T) {
	w := open(t)
	ann := w.member("ann")
	view := w.post(ann, posts.Draft{Text: "A frst draft"})
	id := w.picture(ann, 64, 48, "").String()
	for _, path := range []string{"/compose", w.address("ann", view) + "/edit"} {
		b := w.browser()
		in := b.sends(path, nil, "token", "old", "text", "Long thoughts", "spoiler", "deep", "media", id, "alt"+id, "A mill", "option", "one").
			is(http.StatusUnauthorized).says("What you wrote is kept")
		back := in.submit("/auth/sign_in", "login", "ann", "password", password).is(http.StatusSeeOther).follow().is(http.StatusOK).says("Long thoughts", "A mill")
		_, fields := back.form(path)
		if fields.Get("spoiler") != "deep" || fields.Get("media") != id || !strings.Contains(back.body, `value="one"`) {
			t.Errorf("%s: came back to %v", path, fields)
		}
	}
	// A script is led to the same place.
	v := w.browser()
	v.header.Set("HX-Request", "true")
	to := v.sends("/compose", nil, "text", "Long thoughts").is(http.StatusNoContent).header.Get("HX-Redirect")
	if !strings.Contains(to, "Long%2Bthoughts") {
		t.Errorf("led to %s", to)
	}
	// A form of an earlier session does nothing, and loses nothing.
	a := w.signedIn("ann")
	again := a.sends("/compose", nil, "token", "old", "text", "More thoughts").is(http.StatusUnprocessableEntity).says("More thoughts", "signed in again")
	again.submit("/compose", "text", "More thoughts").is(http.StatusSeeOther)
	if body := a.get("/@ann").body; strings.Count(body, "More thoughts") != 1 {
		t.Error("it was posted other than once")
	}
}

// Forms take about as much as their pictures may have.
func TestLargeForms(t *testing.T) {
	w := open(t)
	w.member("ann")
	a := w.signedIn("ann")
	token := a.get("/compose").token()
	a.sends("/settings/profile", [][]byte{make([]byte, 21<<20)}, "token", token).is(http.StatusRequestEntityTooLarge).says("This form takes up to 20 MB", "still there")
	a.sends("/lists", [][]byte{make([]byte, 100<<10)}, "token", token, "title", "x").is(http.StatusRequestEntityTooLarge)
	a.sends("/compose", [][]byte{append(photo(w), make([]byte, 17<<20)...)}, "token", token, "text", "Large").
		is(http.StatusUnprocessableEntity).says("Large", "picture 0.jpg", "more than 16 MB")
}

// A picture that is removed is gone from the server; posted ones are not.
func TestPictureIsRemoved(t *testing.T) {
	w := open(t)
	ann := w.member("ann")
	w.member("ben")
	first, second := w.picture(ann, 64, 48, ""), w.picture(ann, 64, 48, "")
	posted := w.picture(ann, 64, 48, "")
	w.post(ann, posts.Draft{Text: "x", Media: []ids.ID{posted}})
	a, b := w.signedIn("ann"), w.signedIn("ben")
	token := url.Values{"token": {a.get("/").token()}}
	b.do("POST", "/compose/pictures/"+first.String()+"/remove", url.Values{"token": {b.get("/").token()}})
	if _, err := w.posts.Media(w.kit.Ctx, ann, first); err != nil {
		t.Errorf("somebody else has removed it: %v", err)
	}
	for _, id := range []ids.ID{first, posted, 1} {
		a.do("POST", "/compose/pictures/"+id.String()+"/remove", token).is(http.StatusOK)
	}
	a.do("POST", "/compose/pictures/"+first.String()+"/remove", nil).is(http.StatusForbidden)
	a.sends("/compose", nil, "token", token.Get("token"), "text", "x", "media", second.String(), "detach", second.String()).is(http.StatusOK)
	for id, there := range map[ids.ID]bool{first: false, second: false, posted: true} {
		if _, err := w.posts.Media(w.kit.Ctx, ann, id); (err == nil) != there {
			t.Errorf("picture %d: %v", id, err)
		}
	}
}

// Errors stand beside their fields, and what was typed stays.
func TestProblemsOfDrafts(t *testing.T) {
	w := open(t)
	ann := w.member("ann")
	a := w.signedIn("ann")
	id := w.picture(ann, 64, 48, "").String()
	token := a.get("/compose").token()
	for _, c := range []struct {
		beside, says string
		fields       []string
	}{
		{"text-wrong", "can't be blank", []string{"text", ""}},
		{"poll-wrong", "more than one option", []string{"text", "x", "option", "one"}},
		{"poll-wrong", "not both", []string{"text", "x", "option", "one", "option", "two", "media", id}},
		{"at-wrong", "no day", []string{"text", "x", "at", "99"}},
		{"alt" + id + "-wrong", "too long (maximum is 1500", []string{"text", "x", "media", id, "alt" + id, strings.Repeat("a", 1501)}},
		{"alt" + id + "-wrong", "numbers from 0 to 100", []string{"text", "x", "media", id, "x" + id, "200", "y" + id, "NaN"}},
	} {
		page := a.sends("/compose", nil, append(c.fields, "token", token)...).is(http.StatusUnprocessableEntity).says(c.says)
		found := false
		for n := range page.nodes("p") {
			found = found || attr(n, "id") == c.beside
		}
		if !found || !strings.Contains(page.body, `aria-describedby="`+c.beside) && !strings.HasPrefix(c.beside, "poll") {
			t.Errorf("%v: nothing beside %s", c.fields, c.beside)
		}
	}
	limits := posts.DefaultConfig()
	a.get("/compose").says("up to " + strconv.Itoa(int(limits.MediaBytes>>20)) + " MB each, at most 4")
}
