package mastodon_test

import (
	"strings"
	"testing"
)

func TestDomainBlocks(t *testing.T) {
	t.Parallel()
	w := open(t)
	ann, bob := w.person("ann"), w.person("bob")
	const path = "/api/v1/domain_blocks"
	for _, domain := range []string{"Spam.Example", "spam.example.", " b\u00fccher.example ", "x.y.example"} {
		w.do("POST", path, ann.token, form("domain", domain)).is(200)
	}
	w.do("GET", path, ann.token, nil).is(200).has(`["x.y.example", "xn--bcher-kva.example", "spam.example"]`)
	first := w.do("GET", path+"?limit=1", ann.token, nil).is(200).has(`["x.y.example"]`)
	if link := first.header.Get("Link"); !strings.Contains(link, "max_id=") {
		t.Errorf("Link %q", link)
	}
	w.do("GET", path, bob.token, nil).is(200).has(`[]`) // one's own alone
	w.do("GET", path+"/preview?domain=spam.example", ann.token, nil).is(200).has(`{"following_count": 0, "followers_count": 0}`)
	w.do("DELETE", path, ann.token, `{"domain": "SPAM.example"}`).is(200)
	w.do("DELETE", path+"?domain=x.y.example", ann.token, nil).is(200)
	w.do("DELETE", path+"?domain=never.example", ann.token, nil).is(200)
	w.do("GET", path, ann.token, nil).is(200).has(`["xn--bcher-kva.example"]`)
	for _, domain := range []string{"", "spam", "a b.example", "-.example", "http://spam.example", "127.0.0.1", "a..b", strings.Repeat("a.", 200) + "b",
		strings.Repeat("a", 64) + ".example", "';DROP TABLE x;--.example", "x.example/path", "\x00.example"} {
		if a := w.do("POST", path, ann.token, form("domain", domain)); a.status != 422 {
			t.Errorf("%q: %d %s", domain, a.status, a.body)
		}
	}
	w.do("GET", path+"/preview", ann.token, nil).is(422)
	w.do("GET", path, "", nil).is(401)
}

func TestOwnProfile(t *testing.T) {
	t.Parallel()
	w := open(t)
	ann := w.person("ann")
	const path = "/api/v1/profile"
	w.do("GET", path, ann.token, nil).is(200).has(`{"id": "` + ann.id.String() + `", "display_name": "", "avatar": null, "header": null, "show_media": true,
		"show_media_replies": true, "show_featured": true, "attribution_domains": [], "fields": [], "featured_tags": []}`)
	for _, method := range []string{"PATCH", "PUT"} {
		w.do(method, path, ann.token, `{"note": "I <b>code</b>", "show_media": false, "show_featured": false, "attribution_domains": ["Blog.Example", "blog.example", ""],
			"fields_attributes": [{"name": "a", "value": "https://b.example"}]}`).is(200).
			has(`{"note": "I <b>code</b>", "show_media": false, "show_media_replies": true, "show_featured": false, "attribution_domains": ["blog.example"],
				"fields": [{"name": "a", "value": "https://b.example"}]}`)
	}
	a := w.do("PATCH", path, ann.token, upload(t, "@avatar", picture(t, 40, 30), "avatar_description", "Me")).is(200).has(`{"avatar_description": "Me"}`)
	if !strings.HasPrefix(a.text("avatar"), base+"/media/") {
		t.Errorf("%s", a.body)
	}
	tag := w.do("POST", "/api/v1/featured_tags", ann.token, form("name", "Go")).is(200).text("id")
	w.do("GET", path, w.token(ann, "profile"), nil).is(200).
		has(`{"show_media": false, "featured_tags": [{"id": "` + tag + `", "name": "go", "url": "https://guild.test/@ann/tagged/go", "statuses_count": "0", "last_status_at": null}]}`)
	w.run([]test{
		{"no domain", "PATCH", path, ann.token, `{"attribution_domains": ["x y"]}`, 422, ""},
		{"nothing was changed", "GET", path, ann.token, nil, 200, `{"attribution_domains": ["blog.example"]}`},
		{"nobody", "GET", path, "", nil, 401, ""},
		{"reading only", "PATCH", path, w.token(ann, "read"), `{"note": "x"}`, 403, ""},
	})
}
