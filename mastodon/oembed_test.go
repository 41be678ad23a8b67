package mastodon_test

import (
	"net/url"
	"strings"
	"testing"
)

func TestOEmbed(t *testing.T) {
	t.Parallel()
	w := open(t)
	ann, bob := w.person("ann"), w.person("bob")
	// XS-06: what people write is escaped, and nothing in it is active.
	hostile := `<script>alert(1)</script>"><img src=x>`
	w.do("PATCH", "/api/v1/accounts/update_credentials", ann.token, url.Values{"display_name": {`"><script>`}}.Encode()).is(200)
	id := w.says(ann, hostile)
	hidden, direct := w.says(ann, "canary", "visibility", "private"), w.says(ann, "canary", "visibility", "direct")
	unlisted, warned := w.says(ann, "quiet", "visibility", "unlisted"), w.says(ann, "canary", "spoiler_text", "a <b> warning")
	boost := w.do("POST", "/api/v1/statuses/"+id+"/reblog", bob.token, nil).is(200).text("id")
	at := func(address string) string { return "/api/oembed?url=" + url.QueryEscape(address) }
	page := "https://guild.test/@ann/"
	a := w.do("GET", at(page+id), "", nil).is(200).has(`{"type": "rich", "version": "1.0", "title": "New status by \"><script>", "author_name": "\"><script>",
		"author_url": "https://guild.test/@ann", "provider_name": "guild.test", "provider_url": "https://guild.test/", "cache_age": 86400, "width": 400, "height": null}`)
	if html := a.text("html"); strings.Contains(html, "<script") || strings.Contains(html, "<img") || !strings.Contains(html, "&lt;script&gt;alert(1)") ||
		!strings.Contains(html, `cite="`+page+id+`"`) {
		t.Errorf("%s", html)
	}
	if html := w.do("GET", at(page+warned), "", nil).is(200).text("html"); strings.Contains(html, "canary") || !strings.Contains(html, "a &lt;b&gt; warning") {
		t.Errorf("%s", html)
	}
	if html := w.do("GET", at(page+id)+"&maxwidth=200&maxheight=300&format=json", "", nil).is(200).has(`{"width": 200}`).text("html"); !strings.Contains(html, "max-width: 200px; max-height: 300px") {
		t.Errorf("%s", html)
	}
	w.run([]test{
		{"by its URI", "GET", at("https://guild.test/users/ann/statuses/" + id), "", nil, 200, ""},
		{"with more behind", "GET", at(page + id + "/?x=y#z"), "", nil, 200, ""},
		{"unlisted", "GET", at(page + unlisted), "", nil, 200, ""},
		// LK-02: only what everybody may see, whoever asks.
		{"for followers", "GET", at(page + hidden), ann.token, nil, 404, `{"error": "Record not found"}`},
		{"direct", "GET", at(page + direct), ann.token, nil, 404, `{"error": "Record not found"}`},
		{"nothing", "GET", at(page + "1"), "", nil, 404, `{"error": "Record not found"}`},
		{"a boost", "GET", at("https://guild.test/@bob/" + boost), "", nil, 404, ""},
		{"under another name", "GET", at("https://guild.test/@bob/" + id), "", nil, 404, ""},
		{"a profile", "GET", at("https://guild.test/@ann"), "", nil, 404, ""},
		{"elsewhere", "GET", at("https://guild.test.evil.test/@ann/" + id), "", nil, 404, ""},
		{"no address", "GET", "/api/oembed", "", nil, 404, ""},
		{"odd", "GET", at("https://guild.test/@/%ff/\x00"), "", nil, 404, ""},
		{"as XML", "GET", at(page+id) + "&format=xml", "", nil, 501, ""},
	})
}

func TestSearchV1(t *testing.T) {
	t.Parallel()
	w := open(t)
	ann := w.person("ann")
	w.says(ann, "In the #burrow")
	w.run([]test{
		{"hashtags are names", "GET", "/api/v1/search?q=burr", ann.token, nil, 200, `{"accounts": [], "hashtags": ["burrow"]}`},
		{"accounts", "GET", "/api/v1/search?q=ann", ann.token, nil, 200, `{"accounts": [{"username": "ann"}], "hashtags": []}`},
		{"nothing", "GET", "/api/v1/search", ann.token, nil, 422, ""},
		{"nobody", "GET", "/api/v1/search?q=ann", "", nil, 401, ""},
	})
}

// Nothing is answered before it is ready, so there is nothing to wait for.
func TestAsyncRefreshes(t *testing.T) {
	t.Parallel()
	w := open(t)
	ann := w.person("ann")
	w.do("GET", "/api/v1_alpha/async_refreshes/1", ann.token, nil).is(404)
	w.do("GET", "/api/v1_alpha/async_refreshes/1", "", nil).is(401)
}
