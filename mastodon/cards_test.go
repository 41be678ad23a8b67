package mastodon_test

import (
	"io"
	"net/http"
	"net/http/httptest"
	"strings"
	"testing"

	"github.com/guildhall/guildhall/internal/testkit"
	"github.com/guildhall/guildhall/profiles"
)

func TestCards(t *testing.T) {
	t.Parallel()
	w := open(t)
	ann, bob := w.person("ann"), w.person("bob")
	w.follows(bob, ann)
	wait := make(chan struct{})
	site := httptest.NewServer(http.HandlerFunc(func(rw http.ResponseWriter, r *http.Request) {
		<-wait
		switch r.URL.Path {
		case "/pic.png":
			rw.Header().Set("Content-Type", "image/png")
			_, _ = io.WriteString(rw, picture(t, 800, 600))
		case "/oembed":
			rw.Header().Set("Content-Type", "application/json")
			_, _ = io.WriteString(rw, `{"type": "rich", "html": "<script>alert(1)</script>", "author_name": "Ada", "author_url": "/ada"}`)
		default: // XS-07
			rw.Header().Set("Content-Type", "text/html")
			_, _ = io.WriteString(rw, `<html lang=de><meta property=og:title content="P&lt;script>alert(1)&lt;/script>"><meta property=og:image content=/pic.png><meta property=og:site_name content=News>
				<meta property=article:published_time content=2026-01-02><link rel=alternate type=application/json+oembed href=/oembed>`)
		}
	}))
	defer site.Close()
	stream := w.events("user", bob.token)
	one := w.do("POST", "/api/v1/statuses", ann.token, form("status", "see "+site.URL+"/page?a=b")).is(200).has(`{"card": null}`).text("id")
	stream.gets("update ann see")
	close(wait)
	stream.gets("status.update ann see")
	a := w.do("GET", statusesPath+one, "", nil).is(200).has(`{"edited_at": null, "card": {"url": "` + site.URL + `/page?a=b", "title": "P", "description": "", "type": "link", "html": "", "embed_url": "",
		"author_name": "Ada", "author_url": "` + site.URL + `/ada", "authors": [{"name": "Ada", "url": "` + site.URL + `/ada", "account": null}], "provider_name": "News", "provider_url": "",
		"language": "de", "published_at": "2026-01-02T00:00:00.000Z", "width": 554, "height": 415}}`)
	image := a.text("card.image")
	if !strings.HasPrefix(image, base+"/media/") || a.text("card.blurhash") == "" { // ME-06: served by us, made anew
		t.Errorf("%s", image)
	}
	w.do("GET", strings.TrimPrefix(image, base), "", nil).is(200)
	w.do("PATCH", "/api/v1/accounts/update_credentials", ann.token, form("discoverable", "true")).is(200)
	w.run([]test{
		{"the card alone", "GET", statusesPath + one + "/card", "", nil, 200, `{"title": "P", "type": "link", "html": "", "authors": [{"name": "Ada", "account": null}]}`},
		{"none", "GET", statusesPath + w.says(ann, "no link") + "/card", "", nil, 200, `{}`},
		{"of what nobody may see", "GET", statusesPath + w.says(ann, "to me "+site.URL+"/page?a=b", "visibility", "direct") + "/card", bob.token, nil, 404, `{"error": "Record not found"}`},
		{"of nothing", "GET", statusesPath + "1/card", "", nil, 404, `{"error": "Record not found"}`},
		{"wrong scope", "GET", statusesPath + one + "/card", w.token(ann, "write"), nil, 403, ""},
	})
	link := "/api/v1/timelines/link?url=" + site.URL + "/page?a=b"
	w.run([]test{
		{"the next post has it at once", "POST", "/api/v1/statuses", bob.token, form("status", site.URL+"/page?a=b"), 200, `{"card": {"title": "P"}}`},
		{"an edit without it", "PUT", statusesPath + one, ann.token, form("status", "none"), 200, `{"card": null}`},
		{"an edit with it", "PUT", statusesPath + one, ann.token, form("status", "again "+site.URL+"/page?a=b"), 200, `{"card": {"title": "P"}}`},
		{"who shows it", "GET", link, "", nil, 200, `[{"id": "` + one + `"}]`},
		{"a part", "GET", link + "&limit=1&max_id=" + one, bob.token, nil, 200, `[]`},
		{"nobody", "GET", link + "x", "", nil, 200, `[]`},
		{"no link", "GET", "/api/v1/timelines/link?url=javascript:x", "", nil, 200, `[]`},
		{"none", "GET", "/api/v1/timelines/link", "", nil, 200, `[]`},
		{"wrong scope", "GET", link, w.token(ann, "write"), nil, 403, ""},
	})
	next := w.do("GET", link+"&limit=1", "", nil).is(200).header.Get("Link")
	if !strings.Contains(next, "max_id="+one) {
		t.Errorf("Link: %s", next)
	}
}

// A page may name whom it likes as its author: the account is shown only if it
// says that the site may, and no longer than that.
func TestCreators(t *testing.T) {
	t.Parallel()
	w := open(t)
	ann, bob := w.person("ann"), w.person("bob")
	site := httptest.NewServer(http.HandlerFunc(func(rw http.ResponseWriter, r *http.Request) {
		rw.Header().Set("Content-Type", "text/html")
		_, _ = io.WriteString(rw, `<title>`+r.URL.Path+`</title><meta name="fediverse:creator" content="@ann@guild.test">`)
	}))
	defer site.Close()
	post := w.says(bob, "see http://blog.pages.test"+site.URL[strings.LastIndexByte(site.URL, ':'):]+"/one")
	credits := func(want string) {
		t.Helper()
		testkit.Eventually(t, func() bool { return w.do("GET", statusesPath+post, "", nil).is(200).value("card") != nil })
		w.do("GET", statusesPath+post, "", nil).is(200).has(`{"card": {"title": "/one", "authors": ` + want + `}}`)
		w.do("GET", statusesPath+post+"/card", "", nil).is(200).has(`{"authors": ` + want + `}`)
	}
	credits(`[]`)
	for _, allowed := range []string{"blog.pages.test", "pages.test"} {
		w.do("PATCH", "/api/v1/accounts/update_credentials", ann.token, `{"attribution_domains": ["`+allowed+`"]}`).is(200).has(`{"source": {"attribution_domains": ["` + allowed + `"]}}`)
		credits(`[{"name": "", "account": {"username": "ann", "display_name": ""}}]`)
	}
	w.do("PATCH", "/api/v1/accounts/update_credentials", ann.token, `{"display_name": "Ann Lee"}`).is(200)
	credits(`[{"account": {"display_name": "Ann Lee"}}]`)
	w.state(ann, profiles.Suspended, true)
	credits(`[]`)
	w.state(ann, profiles.Suspended, false)
	for _, other := range []string{"other.test", "log.pages.test", "a.blog.pages.test"} {
		w.do("PATCH", "/api/v1/accounts/update_credentials", ann.token, `{"attribution_domains": ["`+other+`"]}`).is(200)
		credits(`[]`)
	}
}

// SS-05, SS-07, SS-13: no other feature reaches inside, and nobody is told what
// is there.
func TestSS05NothingElseFetches(t *testing.T) {
	t.Parallel()
	w := open(t)
	bob := w.person("bob")
	hits := 0
	inside := httptest.NewServer(http.HandlerFunc(func(http.ResponseWriter, *http.Request) { hits++ }))
	defer inside.Close()
	host := strings.TrimPrefix(inside.URL, "http://")
	w.do("GET", "/api/v2/search?resolve=true&q="+inside.URL+"/x", bob.token, nil).is(200)
	w.do("GET", "/api/v2/search?resolve=true&q=@x@"+host, bob.token, nil).is(200)
	w.do("GET", "/api/v2/search?resolve=true&q="+inside.URL+"/x", "", nil).is(401)
	w.do("PATCH", "/api/v1/accounts/update_credentials", bob.token, form("fields_attributes[0][name]", "me", "fields_attributes[0][value]", inside.URL+"/me")).is(200).
		has(`{"fields": [{"verified_at": null}]}`)
	// SS-13: an address where something listens and one where nothing does look the same.
	var answers []string
	for _, link := range []string{"http://127.0.0.2" + host[strings.IndexByte(host, ':'):] + "/", "http://127.0.0.2:1/"} {
		id := w.says(bob, "see "+link)
		testkit.Eventually(t, func() bool { return w.do("GET", statusesPath+id, "", nil).is(200).value("card") == nil })
		answers = append(answers, w.do("GET", statusesPath+id, "", nil).text("card"))
	}
	if hits != 0 || answers[0] != answers[1] {
		t.Errorf("%d hits, %q", hits, answers)
	}
}
