package mastodon_test

import (
	"fmt"
	"strings"
	"testing"
)

func TestTags(t *testing.T) {
	t.Parallel()
	w := open(t)
	ann, bob := w.person("ann"), w.person("bob")
	post := w.says(bob, "I learn #Golang and #SQL")
	w.run([]test{
		{"to everybody", "GET", "/api/v1/tags/golang", "", nil, 200, `{"name": "golang", "url": "https://guild.test/tags/golang"}`},
		{"to a member", "GET", "/api/v1/tags/GoLang", ann.token, nil, 200, `{"name": "golang", "following": false, "featuring": false}`},
		{"unused", "GET", "/api/v1/tags/nobody", "", nil, 200, `{"id": "nobody", "name": "nobody"}`},
		{"none", "GET", "/api/v1/tags/12", "", nil, 404, `{"error": "Record not found"}`},
		{"none either", "GET", "/api/v1/tags/a%20b", "", nil, 404, ""},
		{"not at home yet", "GET", "/api/v1/timelines/home", ann.token, nil, 200, `[]`},
		{"follow", "POST", "/api/v1/tags/Golang/follow", ann.token, nil, 200, `{"name": "golang", "following": true}`},
		{"again", "POST", "/api/v1/tags/golang/follow", ann.token, nil, 200, `{"following": true}`},
		{"new", "POST", "/api/v1/tags/unheard/follow", ann.token, nil, 200, `{"name": "unheard", "following": true}`},
		{"nobody", "POST", "/api/v1/tags/golang/follow", "", nil, 401, ""},
		{"no tag", "POST", "/api/v1/tags/a.b/follow", ann.token, nil, 404, ""},
		{"the list", "GET", "/api/v1/followed_tags", ann.token, nil, 200, `[{"name": "unheard", "following": true}, {"name": "golang"}]`},
		{"others' list", "GET", "/api/v1/followed_tags", bob.token, nil, 200, `[]`},
		{"nobody's list", "GET", "/api/v1/followed_tags", "", nil, 401, ""},
		{"at home", "GET", "/api/v1/timelines/home", ann.token, nil, 200, `[{"id": "` + post + `"}]`},
		{"unfollow", "POST", "/api/v1/tags/golang/unfollow", ann.token, nil, 200, `{"following": false}`},
		{"unfollow again", "POST", "/api/v1/tags/golang/unfollow", ann.token, nil, 200, `{"following": false}`},
		{"gone from home", "GET", "/api/v1/timelines/home", ann.token, nil, 200, `[]`},
	})
	id := w.do("GET", "/api/v1/tags/sql", "", nil).is(200).text("id")
	w.do("POST", "/api/v1/tags/"+id+"/follow", ann.token, nil).is(200).has(`{"name": "sql", "following": true}`)
	first := w.do("GET", "/api/v1/followed_tags?limit=1", ann.token, nil).is(200).has(`[{"name": "sql"}]`)
	link := first.header.Get("Link")
	if !strings.HasPrefix(link, "<https://guild.test/api/v1/followed_tags?limit=1&max_id=") {
		t.Fatalf("Link: %q", link)
	}
	next, _, _ := strings.Cut(strings.TrimPrefix(link, "<https://guild.test"), ">")
	w.do("GET", next, ann.token, nil).is(200).has(`[{"name": "unheard"}]`)
}

func TestFeaturedTags(t *testing.T) {
	t.Parallel()
	w := open(t)
	ann, bob := w.person("ann"), w.person("bob")
	of := "/api/v1/accounts/" + ann.id.String() + "/featured_tags"
	w.says(ann, "#go")
	unlisted := w.says(ann, "#Go again", "visibility", "unlisted")
	w.says(ann, "#go for friends", "visibility", "private")
	w.says(ann, "#sql")
	day := w.kit.Clock.Now().UTC().Format("2006-01-02")
	w.run([]test{
		{"suggestions", "GET", "/api/v1/featured_tags/suggestions", ann.token, nil, 200, `[{"name": "go"}, {"name": "sql"}]`},
		{"feature", "POST", "/api/v1/featured_tags", ann.token, `{"name": "#Go"}`, 200,
			`{"name": "go", "statuses_count": "2", "last_status_at": "` + day + `", "url": "https://guild.test/@ann/tagged/go"}`},
		{"no name", "POST", "/api/v1/featured_tags", ann.token, nil, 422, ""},
		{"no tag", "POST", "/api/v1/featured_tags", ann.token, `name=1`, 422, ""},
		{"by the tag", "POST", "/api/v1/tags/rust/feature", ann.token, nil, 200, `{"name": "rust", "featuring": true}`},
		{"one's own", "GET", "/api/v1/featured_tags", ann.token, nil, 200, `[{"name": "go"}, {"name": "rust", "statuses_count": "0", "last_status_at": null}]`},
		{"to everybody", "GET", of, "", nil, 200, `[{"name": "go"}, {"name": "rust"}]`},
		{"nobody's", "GET", "/api/v1/accounts/1/featured_tags", "", nil, 404, ""},
		{"without a token", "GET", "/api/v1/featured_tags", "", nil, 401, ""},
		{"less suggestions", "GET", "/api/v1/featured_tags/suggestions", ann.token, nil, 200, `[{"name": "sql"}]`},
		{"unfeature", "POST", "/api/v1/tags/rust/unfeature", ann.token, nil, 200, `{"featuring": false}`},
		{"a post less", "DELETE", "/api/v1/statuses/" + unlisted, ann.token, nil, 200, ""},
		{"counted", "GET", of, bob.token, nil, 200, `[{"name": "go", "statuses_count": "1"}]`},
	})
	place := w.do("GET", "/api/v1/featured_tags", ann.token, nil).is(200).text("0.id")
	w.run([]test{
		{"others' place", "DELETE", "/api/v1/featured_tags/" + place, bob.token, nil, 404, ""},
		{"delete", "DELETE", "/api/v1/featured_tags/" + place, ann.token, nil, 200, `{}`},
		{"delete again", "DELETE", "/api/v1/featured_tags/" + place, ann.token, nil, 404, ""},
	})
	for i := range 10 {
		w.do("POST", "/api/v1/featured_tags", ann.token, fmt.Sprintf("name=t%d", i)).is(200)
	}
	w.do("POST", "/api/v1/featured_tags", ann.token, "name=more").is(422)
	w.do("POST", "/api/v1/featured_tags", ann.token, "name=t3").is(200)
	w.do("POST", "/api/v1/accounts/"+bob.id.String()+"/block", ann.token, nil).is(200)
	w.do("GET", of, bob.token, nil).is(200).has(`[]`)
}

// LK-01: a hashtag that only posts for some have is found by nobody; LK-14: nor
// one whose public posts are gone.
func TestHiddenTagsAreNotFound(t *testing.T) {
	t.Parallel()
	w := open(t)
	ann, bob := w.person("ann"), w.person("bob")
	for _, visibility := range []string{"unlisted", "private", "direct"} {
		w.says(ann, "#tagwsecret", "visibility", visibility)
	}
	find := "/api/v2/search?type=hashtags&q=tagw"
	w.do("GET", find, bob.token, nil).is(200).has(`{"hashtags": []}`)
	w.do("GET", find, "", nil).is(200).has(`{"hashtags": []}`)
	public := w.says(ann, "#tagwsecret")
	w.do("GET", find, "", nil).is(200).has(`{"hashtags": [{"name": "tagwsecret"}]}`)
	w.do("PUT", "/api/v1/statuses/"+public, ann.token, "status=nothing").is(200)
	w.do("GET", find, "", nil).is(200).has(`{"hashtags": []}`)
	w.do("PUT", "/api/v1/statuses/"+public, ann.token, "status=%23tagwsecret").is(200)
	w.do("DELETE", "/api/v1/statuses/"+public, ann.token, nil).is(200)
	w.do("GET", find, "", nil).is(200).has(`{"hashtags": []}`)
}
