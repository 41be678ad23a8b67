package mastodon_test

import (
	"fmt"
	"net/url"
	"strings"
	"testing"
	"time"
)

// contents returns what the statuses of a list say, in their order; of a boost
// what was boosted, behind "boost:".
func (a *answer) contents() string {
	a.Helper()
	var all []string
	for i := range mustInt(a.T, a.is(200).text("length")) {
		at := fmt.Sprint(i)
		text, before := a.text(at+".content"), ""
		if a.value(at+".reblog") != nil {
			text, before = a.text(at+".reblog.content"), "boost:"
		}
		text, _, _ = strings.Cut(strings.TrimPrefix(text, "<p>"), "<")
		all = append(all, before+strings.TrimSpace(text))
	}
	return strings.Join(all, " ")
}

func TestTimelines(t *testing.T) {
	t.Parallel()
	w := open(t)
	ann, bob, cleo := w.person("ann"), w.person("bob"), w.person("cleo")
	w.follows(bob, ann)
	hers := w.says(cleo, "hers #go #fun")
	first := w.says(ann, "one #Go")
	w.says(ann, "two", "visibility", "unlisted")
	w.says(ann, "three", "visibility", "private")
	w.says(ann, "four @bob", "visibility", "direct")
	w.says(ann, "five @cleo", "in_reply_to_id", hers)
	w.says(ann, "six", "in_reply_to_id", first)
	w.says(ann, "seven #fun", "media_ids[]", w.upload(ann, ""))
	w.kit.Clock.Advance(time.Second)
	w.do("POST", statusesPath+hers+"/reblog", ann.token, nil).is(200)
	w.says(bob, "own")
	w.do("POST", statusesPath+first+"/pin", ann.token, nil).is(200)

	of := "/api/v1/accounts/" + ann.id.String() + "/statuses"
	for _, c := range []struct{ path, token, want string }{
		{"/api/v1/timelines/home", bob.token, "own boost:hers seven six four three two one"},
		{"/api/v1/timelines/home?limit=2", bob.token, "own boost:hers"},
		{"/api/v1/timelines/home?since_id=" + first + "&limit=2", bob.token, "own boost:hers"},
		{"/api/v1/timelines/home?min_id=" + first + "&limit=2", bob.token, "three two"},
		{"/api/v1/timelines/home?max_id=" + first, bob.token, ""},
		{"/api/v1/timelines/home", cleo.token, "hers"},

		{"/api/v1/timelines/public", "", "own seven six one hers"},
		{"/api/v1/timelines/public?local=true", bob.token, "own seven six one hers"},
		{"/api/v1/timelines/public?local=1&limit=1", "", "own"},
		{"/api/v1/timelines/public?remote=true", bob.token, ""},
		{"/api/v1/timelines/public?only_media=true", "", "seven"},

		{"/api/v1/timelines/tag/go", "", "one hers"},
		{"/api/v1/timelines/tag/GO?local=true", bob.token, "one hers"},
		{"/api/v1/timelines/tag/go?any[]=fun", "", "seven one hers"},
		{"/api/v1/timelines/tag/go?any=fun", "", "seven one hers"},
		{"/api/v1/timelines/tag/go?any[0]=x&any[1]=fun", "", "seven one hers"},
		{"/api/v1/timelines/tag/go?all[]=FUN", "", "hers"},
		{"/api/v1/timelines/tag/go?none[]=fun", "", "one"},
		{"/api/v1/timelines/tag/go?remote=true", "", ""},
		{"/api/v1/timelines/tag/fun?only_media=true", "", "seven"},
		{"/api/v1/timelines/tag/%23go", "", "one hers"},
		{"/api/v1/timelines/tag/" + url.PathEscape("ＧＯ"), "", "one hers"}, // as it would be found in a text
		{"/api/v1/timelines/tag/unheard", "", ""},

		{of, "", "boost:hers seven six five two one"},
		{of, cleo.token, "boost:hers seven six five two one"},
		{of, bob.token, "boost:hers seven six five four three two one"},
		{of, ann.token, "boost:hers seven six five four three two one"},
		{of + "?exclude_replies=true", "", "boost:hers seven six two one"},
		{of + "?exclude_reblogs=1", "", "seven six five two one"},
		{of + "?exclude_replies=on&exclude_reblogs=t", "", "seven six two one"},
		{of + "?exclude_reblogs=false", "", "boost:hers seven six five two one"},
		{of + "?only_media=true", "", "seven"},
		{of + "?tagged=GO", "", "one"},
		{of + "?tagged=" + url.QueryEscape("ｇｏ"), "", "one"},
		{of + "?tagged=unheard", "", ""},
		{of + "?pinned=true", "", "one"},
		{of + "?pinned=true", bob.token, "one"},
		{of + "?limit=1&max_id=" + first, "", ""},
	} {
		if got := w.do("GET", c.path, c.token, nil).contents(); got != c.want {
			t.Errorf("%s: %q, want %q", c.path, got, c.want)
		}
	}
	for _, path := range []string{of + "?pinned=true", of + "?tagged=unheard"} {
		if l := w.do("GET", path, "", nil).header.Get("Link"); l != "" {
			t.Errorf("%s leads to %s", path, l)
		}
	}
	w.do("GET", "/api/v1/timelines/home", "", nil).is(401)
	// What is hidden from one is not from others.
	w.do("POST", "/api/v1/accounts/"+ann.id.String()+"/mute", bob.token, nil).is(200)
	if got := w.do("GET", "/api/v1/timelines/public", bob.token, nil).contents(); got != "own hers" {
		t.Errorf("with ann muted: %s", got)
	}
	if got := w.do("GET", "/api/v1/timelines/home", bob.token, nil).contents(); got != "own" {
		t.Errorf("home with ann muted: %s", got)
	}
}

// Every list of statuses is read to its end and back by its links, which keep
// the other parameters and lead to this server whatever Host says.
func TestPagesOfStatuses(t *testing.T) {
	t.Parallel()
	w := open(t)
	ann, bob := w.person("ann"), w.person("bob")
	w.follows(bob, ann)
	for i := range 5 {
		id := w.says(ann, fmt.Sprintf("p%d #go", i+1))
		w.do("POST", statusesPath+id+"/favourite", bob.token, nil).is(200)
		w.do("POST", statusesPath+id+"/bookmark", bob.token, nil).is(200)
	}
	of := "/api/v1/accounts/" + ann.id.String() + "/statuses"
	for _, path := range []string{"/api/v1/timelines/home?limit=2", "/api/v1/timelines/public?limit=2&local=true", "/api/v1/timelines/tag/go?limit=2&any[]=x",
		of + "?limit=2", of + "?limit=2&exclude_reblogs=true", of + "?limit=2&tagged=go", "/api/v1/favourites?limit=2", "/api/v1/bookmarks?limit=2"} {
		var forward, back []string
		var last *answer
		for a := w.do("GET", path, bob.token, nil, "X-Forwarded-Host", "evil.test").is(200); a.text("length") != "0"; a = w.do("GET", link(a, "next"), bob.token, nil).is(200) {
			forward = append(forward, a.contents())
			last = a
		}
		for a := w.do("GET", link(last, "prev"), bob.token, nil).is(200); a.text("length") != "0"; a = w.do("GET", link(a, "prev"), bob.token, nil).is(200) {
			back = append(back, a.contents())
		}
		if got := strings.Join(forward, ", "); got != "p5 p4, p3 p2, p1" {
			t.Errorf("%s: %s", path, got)
		}
		if got := strings.Join(back, ", "); got != "p3 p2, p5 p4" {
			t.Errorf("%s back: %s", path, got)
		}
		query := path[strings.Index(path, "?")+1:]
		if l := last.header.Get("Link"); !strings.Contains(l, query+"&max_id=") || !strings.Contains(l, query+"&min_id=") {
			t.Errorf("%s: Link %s", path, l)
		}
	}
	id := w.says(ann, "liked by many")
	for _, name := range []string{"q1", "q2", "q3"} {
		p := w.person(name)
		w.kit.Clock.Advance(time.Second)
		w.do("POST", statusesPath+id+"/favourite", p.token, nil).is(200)
		w.do("POST", statusesPath+id+"/reblog", p.token, nil).is(200)
	}
	for _, path := range []string{statusesPath + id + "/favourited_by?limit=2", statusesPath + id + "/reblogged_by?limit=2"} {
		a := w.do("GET", path, "", nil).is(200).has(`[{"username": "q3"}, {"username": "q2"}]`)
		a = w.do("GET", link(a, "next"), "", nil).is(200).has(`[{"username": "q1"}]`)
		w.do("GET", link(a, "prev"), "", nil).is(200).has(`[{"username": "q3"}, {"username": "q2"}]`)
	}
}
