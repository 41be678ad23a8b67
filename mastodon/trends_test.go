package mastodon_test

import (
	"io"
	"net/http"
	"net/http/httptest"
	"strings"
	"testing"
	"time"

	"github.com/guildhall/guildhall/identity"
	"github.com/guildhall/guildhall/internal/testkit"
	"github.com/guildhall/guildhall/profiles"
)

// soon asks until the answer has something: counts follow what happens.
func (w *world) soon(path, token, want string) {
	w.Helper()
	testkit.Eventually(w.T, func() bool {
		w.kit.Clock.Advance(time.Minute) // so long rankings are remembered
		return strings.Contains(string(w.do("GET", path, token, nil).is(200).body), want)
	})
}

func TestTrends(t *testing.T) {
	t.Parallel()
	w := open(t)
	ann, bob, cyd, shy := w.listed("ann"), w.listed("bob"), w.listed("cyd"), w.person("shy")
	staff := w.staff("mod", identity.RoleModerator)
	for _, p := range []*person{ann, bob, cyd} {
		w.says(p, "#golang")
		w.says(p, "#private", "visibility", "private")
		w.says(p, "#unlisted", "visibility", "unlisted")
		w.says(p, "#naked", "sensitive", "true")
	}
	w.says(ann, "#alone")
	w.says(ann, "#alone")
	w.says(shy, "#golang")
	liked := w.says(ann, "good news")
	private := w.says(ann, "secret news", "visibility", "private")
	shys := w.says(shy, "shy news")
	for _, p := range []*person{bob, cyd, staff} {
		w.follows(p, ann)
		for _, id := range []string{liked, shys, private} {
			w.do("POST", "/api/v1/statuses/"+id+"/favourite", p.token, nil).is(200)
		}
	}
	w.do("POST", "/api/v1/statuses/"+liked+"/reblog", bob.token, nil).is(200)
	w.soon("/api/v1/trends/tags", "", `"golang"`)
	w.soon("/api/v1/trends/statuses", "", liked)
	w.run([]test{
		{"tags", "GET", "/api/v1/trends/tags", ann.token, nil, 200, `[{"name": "golang", "following": false, "history": [{"uses": "4", "accounts": "4"}, {}, {}, {}, {}, {}, {}]}]`},
		{"as they were called", "GET", "/api/v1/trends", "", nil, 200, `[{"name": "golang"}]`},
		{"further", "GET", "/api/v1/trends/tags?offset=1", "", nil, 200, `[]`},
		{"statuses", "GET", "/api/v1/trends/statuses", bob.token, nil, 200, `[{"id": "` + liked + `", "favourited": true}]`},
		{"further", "GET", "/api/v1/trends/statuses?offset=1&limit=5", "", nil, 200, `[]`},
		{"hashtags only by few", "GET", "/api/v1/tags/alone", "", nil, 200, `{"history": [{"uses": "2", "accounts": "1"}, {}, {}, {}, {}, {}, {}]}`},
		{"block", "POST", "/api/v1/accounts/" + bob.id.String() + "/block", ann.token, nil, 200, ""},
		{"of whom it blocks", "GET", "/api/v1/trends/statuses", bob.token, nil, 200, `[]`},
		{"edit", "PUT", "/api/v1/statuses/" + liked, ann.token, "status=bad news&spoiler_text=careful", 200, ""},
		{"with a warning", "GET", "/api/v1/trends/statuses", "", nil, 200, `[]`},
	})
}

// AZ: only moderators see and decide what trends.
func TestTrendReview(t *testing.T) {
	t.Parallel()
	w := open(t)
	ann, bob, cyd := w.listed("ann"), w.listed("bob"), w.listed("cyd")
	mod := w.staff("mod", identity.RoleModerator)
	for _, p := range []*person{ann, bob, cyd} {
		w.says(p, "#golang")
	}
	liked := w.says(ann, "good news")
	for _, p := range []*person{bob, cyd, mod} {
		w.do("POST", "/api/v1/statuses/"+liked+"/favourite", p.token, nil).is(200)
	}
	w.soon("/api/v1/trends/tags", "", `"golang"`)
	w.soon("/api/v1/trends/statuses", "", liked)
	tag := w.do("GET", "/api/v1/tags/golang", "", nil).is(200).text("id")
	tags, statuses := "/api/v1/admin/trends/tags", "/api/v1/admin/trends/statuses"
	readOnly := w.token(mod, "admin:read")
	w.run([]test{
		{"a member", "GET", tags, ann.token, nil, 403, ""},
		{"nobody", "GET", tags, "", nil, 401, ""},
		{"who may only read", "POST", tags + "/" + tag + "/reject", readOnly, nil, 403, ""},
		{"waiting", "GET", tags, readOnly, nil, 200, `[{"id": "` + tag + `", "name": "golang", "requires_review": true, "trendable": false, "usable": true, "listable": true}]`},
		{"reject", "POST", tags + "/" + tag + "/reject", mod.token, nil, 200, `{"requires_review": false, "trendable": false}`},
		{"rejected", "GET", "/api/v1/trends/tags", "", nil, 200, `[]`},
		{"still there", "GET", tags, mod.token, nil, 200, `[{"requires_review": false}]`},
		{"approve", "POST", tags + "/" + tag + "/approve", mod.token, nil, 200, `{"trendable": true}`},
		{"approved", "GET", "/api/v1/trends/tags", "", nil, 200, `[{"name": "golang"}]`},
		{"nothing", "POST", tags + "/1/approve", mod.token, nil, 404, ""},
		{"waiting", "GET", statuses, mod.token, nil, 200, `[{"id": "` + liked + `", "requires_review": true}]`},
		{"reject", "POST", statuses + "/" + liked + "/reject", mod.token, nil, 200, `{"id": "` + liked + `", "requires_review": false}`},
		{"rejected", "GET", "/api/v1/trends/statuses", "", nil, 200, `[]`},
		{"approve", "POST", statuses + "/" + liked + "/approve", mod.token, nil, 200, `{"requires_review": false}`},
		{"approved", "GET", "/api/v1/trends/statuses", "", nil, 200, `[{"id": "` + liked + `"}]`},
		{"nothing", "POST", statuses + "/1/approve", mod.token, nil, 404, ""},
		{"a member", "POST", statuses + "/" + liked + "/reject", ann.token, nil, 403, ""},
		{"a tag", "GET", "/api/v1/admin/tags/" + tag, mod.token, nil, 200, `{"name": "golang", "trendable": true}`},
		{"no tag", "GET", "/api/v1/admin/tags/1", mod.token, nil, 404, ""},
		{"all tags", "GET", "/api/v1/admin/tags?limit=1", mod.token, nil, 200, `[{"name": "golang"}]`},
		{"all tags to a member", "GET", "/api/v1/admin/tags", ann.token, nil, 403, ""},
		{"not to be found", "PUT", "/api/v1/admin/tags/" + tag, mod.token, `{"listable": false}`, 200, `{"listable": false, "usable": true, "trendable": true}`},
		{"not found", "GET", "/api/v2/search?type=hashtags&q=gol", ann.token, nil, 200, `{"hashtags": []}`},
		{"nor trending", "GET", "/api/v1/trends/tags", "", nil, 200, `[]`},
		{"not to be used", "PATCH", "/api/v1/admin/tags/" + tag, mod.token, `usable=false&listable=true`, 200, `{"listable": true, "usable": false}`},
		{"refused", "POST", "/api/v1/statuses", bob.token, "status=%23golang again", 422, ""},
		{"no such tag", "PUT", "/api/v1/admin/tags/1", mod.token, "usable=false", 404, ""},
		{"a member", "PUT", "/api/v1/admin/tags/" + tag, ann.token, "usable=true", 403, ""},
	})
}

// newsPage serves one page, and returns its address.
func newsPage(t *testing.T) string {
	t.Helper()
	site := httptest.NewServer(http.HandlerFunc(func(rw http.ResponseWriter, _ *http.Request) {
		rw.Header().Set("Content-Type", "text/html")
		_, _ = io.WriteString(rw, `<title>News</title><meta name="author" content="Ada">`)
	}))
	t.Cleanup(site.Close)
	return site.URL + "/news"
}

// AZ: everybody sees what links trend, and moderators decide.
func TestTrendingLinks(t *testing.T) {
	t.Parallel()
	w := open(t)
	news := newsPage(t)
	for _, name := range []string{"ann", "bob", "cyd"} {
		w.says(w.listed(name), news)
	}
	dan, mod := w.person("dan"), w.staff("mod", identity.RoleModerator)
	const links, staff = "/api/v1/trends/links", "/api/v1/admin/trends/links"
	w.soon(links, "", `"News"`)
	readOnly := w.token(mod, "admin:read")
	id := w.do("GET", staff, readOnly, nil).is(200).text("0.id")
	site := w.do("GET", staff+"/publishers", readOnly, nil).is(200).has(`[{"domain": "127.0.0.1", "requires_review": true, "trendable": false}]`).text("0.id")
	w.run([]test{
		{"all", "GET", links, "", nil, 200, `[{"url": "` + news + `", "title": "News", "type": "link", "authors": [{"name": "Ada", "account": null}], "image": null,
			"history": [{"uses": "3", "accounts": "3"}, {"uses": "0"}, {}, {}, {}, {}, {}]}]`},
		{"further", "GET", links + "?limit=1&offset=1", dan.token, nil, 200, `[]`},
		{"wrong scope", "GET", links, w.token(dan, "push"), nil, 403, ""},
		{"waiting", "GET", staff, readOnly, nil, 200, `[{"id": "` + id + `", "title": "News", "requires_review": true, "history": [{"uses": "3"}, {}, {}, {}, {}, {}, {}]}]`},
		{"further", "GET", staff + "?offset=1", mod.token, nil, 200, `[]`},
		{"a member", "GET", staff, dan.token, nil, 403, ""},
		{"nobody", "GET", staff, "", nil, 401, ""},
		{"a member decides", "POST", staff + "/" + id + "/approve", dan.token, nil, 403, ""},
		{"who may only read", "POST", staff + "/" + id + "/reject", readOnly, nil, 403, ""},
		{"reject", "POST", staff + "/" + id + "/reject", mod.token, nil, 200, `{"id": "` + id + `", "title": "News", "requires_review": false}`},
		{"rejected", "GET", links, "", nil, 200, `[]`},
		{"still there", "GET", staff, mod.token, nil, 200, `[{"requires_review": false}]`},
		{"approve", "POST", staff + "/" + id + "/approve", mod.token, nil, 200, `{"id": "` + id + `", "requires_review": false}`},
		{"approved", "GET", links, "", nil, 200, `[{"title": "News"}]`},
		{"nothing", "POST", staff + "/1/approve", mod.token, nil, 404, ""},
		{"nothing", "POST", staff + "/1/reject", mod.token, nil, 404, ""},
		{"a site", "POST", staff + "/publishers/" + site + "/reject", mod.token, nil, 200, `{"id": "` + site + `", "trendable": false, "requires_review": false}`},
		{"what was said of the link stays", "GET", links, "", nil, 200, `[{"title": "News"}]`},
		{"a site", "POST", staff + "/publishers/" + site + "/approve", mod.token, nil, 200, `{"trendable": true}`},
		{"the log names them", "GET", "/api/guildhall/v1/admin/audit_log?limit=3", mod.token, nil, 200, `[
			{"action": "approve", "target_type": "link_publisher"}, {"action": "reject", "target_type": "link_publisher"},
			{"action": "approve", "target_type": "trending_link", "details": "News"}]`},
		{"no site", "POST", staff + "/publishers/1/approve", mod.token, nil, 404, ""},
		{"a member", "GET", staff + "/publishers", dan.token, nil, 403, ""},
	})
}

// Whoever is limited is in no list that shows people and posts to strangers, and
// is there again afterwards.
func TestSilencedIsNotDiscovered(t *testing.T) {
	t.Parallel()
	w := open(t)
	ann, bob, cyd := w.listed("ann"), w.listed("bob"), w.listed("cyd")
	dan, fan := w.person("dan"), w.person("fan")
	w.follows(fan, ann)
	news := newsPage(t)
	for _, p := range []*person{ann, bob, cyd} {
		w.says(p, "#golang "+news)
	}
	liked := w.says(ann, "good news")
	for _, p := range []*person{bob, cyd, dan} {
		w.do("POST", statusesPath+liked+"/favourite", p.token, nil).is(200)
	}
	places := []struct{ path, token, shown, hidden string }{
		{"/api/v1/trends/tags", "", `"golang"`, `[]`},
		{"/api/v1/trends/links", "", `"News"`, `[]`},
		{"/api/v1/trends/statuses", dan.token, liked, `[]`},
		{"/api/v1/directory", dan.token, `"ann"`, `[{"username": "cyd"}, {"username": "bob"}]`},
		{"/api/v1/directory?order=new", "", `"ann"`, `[{"username": "cyd"}, {"username": "bob"}]`},
		{"/api/v2/suggestions", dan.token, `"ann"`, `[{"account": {"username": "bob"}}, {"account": {"username": "cyd"}}]`},
		{"/api/v1/accounts/search?q=ann", dan.token, `"ann"`, `[]`},
		{"/api/v1/timelines/link?url=" + news, dan.token, `"username":"ann"`, `[{"account": {"username": "cyd"}}, {"account": {"username": "bob"}}]`},
	}
	shown := func() {
		t.Helper()
		for _, p := range places {
			w.soon(p.path, p.token, p.shown)
		}
	}
	shown()
	for _, state := range []profiles.State{profiles.Silenced, profiles.Suspended} {
		w.state(ann, state, true)
		testkit.Eventually(t, func() bool { // the counts follow
			w.kit.Clock.Advance(time.Minute)
			return w.do("GET", "/api/v1/trends/tags", "", nil).is(200).text("length") == "0" && w.do("GET", "/api/v1/trends/links", "", nil).is(200).text("length") == "0"
		})
		for _, p := range places {
			w.do("GET", p.path, p.token, nil).is(200).has(p.hidden)
		}
		if state == profiles.Silenced { // who follows sees the posts
			w.do("GET", "/api/v1/timelines/link?url="+news, fan.token, nil).is(200).has(`[{}, {}, {"account": {"username": "ann"}}]`)
		}
		w.state(ann, state, false)
		shown()
	}
}
