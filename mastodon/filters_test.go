package mastodon_test

import (
	"fmt"
	"net/url"
	"strings"
	"testing"
	"time"

	"github.com/guildhall/guildhall/internal/testkit"
)

func TestFiltersV2(t *testing.T) {
	t.Parallel()
	w := open(t)
	ann, bob := w.person("ann"), w.person("bob")
	post := w.says(bob, "something")
	const path = "/api/v2/filters"
	a := w.do("POST", path, ann.token, `{"title": "Spoilers", "context": ["home", "thread"], "filter_action": "hide", "expires_in": 3600,
		"keywords_attributes": [{"keyword": "dragon"}, {"keyword": "#throne", "whole_word": false}]}`).is(200).
		has(`{"title": "Spoilers", "context": ["home", "thread"], "filter_action": "hide", "statuses": [],
			"keywords": [{"keyword": "dragon", "whole_word": true}, {"keyword": "#throne", "whole_word": false}]}`)
	if got, err := time.Parse(time.RFC3339, a.text("expires_at")); err != nil || !got.Equal(w.kit.Clock.Now().Add(time.Hour).Truncate(time.Millisecond)) {
		t.Errorf("expires at %v, it is %v", got, w.kit.Clock.Now())
	}
	id, dragon, throne := a.text("id"), a.text("keywords.0.id"), a.text("keywords.1.id")
	// A form, as Phanpy and masto write it.
	form := url.Values{"title": {"Form"}, "context[]": {"public", "notifications", "account"}, "keywords_attributes[0][keyword]": {"one"},
		"keywords_attributes[0][whole_word]": {"false"}, "keywords_attributes[1][keyword]": {"two"}}
	second := w.do("POST", path, ann.token, form.Encode()).is(200).has(`{"title": "Form", "context": ["notifications", "public", "account"], "filter_action": "warn",
		"expires_at": null, "keywords": [{"keyword": "one", "whole_word": false}, {"keyword": "two", "whole_word": true}]}`).text("id")
	third := w.do("POST", path, ann.token, "title=Rails&context[]=home&keywords_attributes[][keyword]=a&keywords_attributes[][keyword]=b").is(200).
		has(`{"keywords": [{"keyword": "a"}, {"keyword": "b"}]}`).text("id")

	named := w.do("POST", path+"/"+id+"/statuses", ann.token, "status_id="+post).is(200).has(`{"status_id": "` + post + `"}`).text("id")
	w.run([]test{
		{"again", "POST", path + "/" + id + "/statuses", ann.token, `{"status_id": "` + post + `"}`, 200, `{"id": "` + named + `"}`},
		{"all", "GET", path, ann.token, nil, 200, `[{"id": "` + id + `", "statuses": [{"id": "` + named + `", "status_id": "` + post + `"}]}, {"id": "` + second + `"}, {"id": "` + third + `"}]`},
		{"one", "GET", path + "/" + id, ann.token, nil, 200, `{"id": "` + id + `", "keywords": [{}, {}]}`},
		{"its keywords", "GET", path + "/" + id + "/keywords", ann.token, nil, 200, `[{"id": "` + dragon + `", "keyword": "dragon"}, {"id": "` + throne + `"}]`},
		{"its posts", "GET", path + "/" + id + "/statuses", ann.token, nil, 200, `[{"id": "` + named + `"}]`},
		{"a post", "GET", path + "/statuses/" + named, ann.token, nil, 200, `{"status_id": "` + post + `"}`},
		{"a keyword", "GET", path + "/keywords/" + dragon, ann.token, nil, 200, `{"keyword": "dragon", "whole_word": true}`},
		{"change a keyword", "PUT", path + "/keywords/" + dragon, ann.token, "keyword=drake&whole_word=false", 200, `{"id": "` + dragon + `", "keyword": "drake", "whole_word": false}`},
		{"change it otherwise", "PATCH", path + "/keywords/" + dragon, ann.token, `{"whole_word": true}`, 200, `{"keyword": "drake", "whole_word": true}`},
		{"change all", "PUT", path + "/" + id, ann.token, `{"title": "New", "context": ["public"], "filter_action": "blur", "expires_in": null, "keywords_attributes": [
			{"id": "` + dragon + `", "keyword": "wyvern"}, {"id": "` + throne + `", "_destroy": true}, {"keyword": "crown"}]}`, 200,
			`{"title": "New", "context": ["public"], "filter_action": "blur", "expires_at": null, "keywords": [{"id": "` + dragon + `", "keyword": "wyvern", "whole_word": true}, {"keyword": "crown"}]}`},
		{"change little", "PATCH", path + "/" + id, ann.token, "filter_action=warn&keywords_attributes[0][id]=" + dragon + "&keywords_attributes[0][_destroy]=1", 200,
			`{"title": "New", "context": ["public"], "filter_action": "warn", "keywords": [{"keyword": "crown"}]}`},
		{"an empty line", "PUT", path + "/" + third, ann.token, `{"expires_in": "", "keywords_attributes": [{}, {"_destroy": true}]}`, 200, `{"expires_at": null, "keywords": [{}, {}]}`},

		{"without a title", "POST", path, ann.token, `{"context": ["home"]}`, 422, `{"details": {"title": [{"error": "ERR_BLANK"}]}}`},
		{"without a context", "POST", path, ann.token, "title=x", 422, `{"details": {"context": [{}]}}`},
		{"with an empty one", "PUT", path + "/" + id, ann.token, `{"context": []}`, 422, ""},
		{"with an unknown one", "POST", path, ann.token, "title=x&context[]=street", 422, `{"details": {"context": [{}]}}`},
		{"with an unknown action", "POST", path, ann.token, "title=x&context[]=home&filter_action=burn", 422, ""},
		{"with no time", "POST", path, ann.token, "title=x&context[]=home&expires_in=soon", 422, ""},
		{"with time gone by", "POST", path, ann.token, "title=x&context[]=home&expires_in=-1", 422, ""},
		{"with more time than there is", "POST", path, ann.token, `{"title": "x", "context": ["home"], "expires_in": 9223372036854775807}`, 422, ""},
		{"with a blank keyword", "POST", path, ann.token, `{"title": "x", "context": ["home"], "keywords_attributes": [{"keyword": ""}]}`, 422, ""},
		{"with a stranger's keyword", "PUT", path + "/" + second, ann.token, `{"keywords_attributes": [{"id": "` + dragon + `", "keyword": "x"}]}`, 404, ""},
		{"no keyword", "POST", path + "/" + id + "/keywords", ann.token, nil, 422, ""},
		{"a post that is not", "POST", path + "/" + id + "/statuses", ann.token, "status_id=1", 404, ""},
		{"a post that is no id", "POST", path + "/" + id + "/statuses", ann.token, "status_id=x", 404, ""},
		{"no list", "GET", path + "/" + id + "/words", ann.token, nil, 404, ""},
		{"another method", "DELETE", path + "/" + id + "/keywords", ann.token, nil, 405, ""},

		// Nobody else's.
		{"other's", "GET", path, bob.token, nil, 200, `[]`},
		{"other's one", "GET", path + "/" + id, bob.token, nil, 404, `{"error": "Record not found"}`},
		{"other's change", "PUT", path + "/" + id, bob.token, "title=x", 404, ""},
		{"other's end", "DELETE", path + "/" + id, bob.token, nil, 404, ""},
		{"other's keywords", "GET", path + "/" + id + "/keywords", bob.token, nil, 404, ""},
		{"one more for others", "POST", path + "/" + id + "/keywords", bob.token, "keyword=x", 404, ""},
		{"other's keyword", "GET", path + "/keywords/" + dragon, bob.token, nil, 404, ""},
		{"other's keyword's change", "PUT", path + "/keywords/" + dragon, bob.token, "keyword=x", 404, ""},
		{"other's keyword's end", "DELETE", path + "/keywords/" + dragon, bob.token, nil, 404, ""},
		{"other's posts", "GET", path + "/" + id + "/statuses", bob.token, nil, 404, ""},
		{"other's post", "GET", path + "/statuses/" + named, bob.token, nil, 404, ""},
		{"other's post's end", "DELETE", path + "/statuses/" + named, bob.token, nil, 404, ""},
		{"nobody's", "GET", path, "", nil, 401, ""},
		{"a narrow token", "GET", path, w.token(ann, "read:statuses write:filters"), nil, 403, ""},
		{"a narrow change", "POST", path, w.token(ann, "read:filters write:statuses"), "title=x", 403, ""},
	})
	more := w.do("POST", path+"/"+id+"/keywords", ann.token, `{"keyword": "more", "whole_word": true}`).is(200).has(`{"keyword": "more", "whole_word": true}`).text("id")
	w.do("GET", path+"/"+id, ann.token, nil).is(200).has(`{"keywords": [{"keyword": "crown"}, {"keyword": "more"}], "statuses": [{}]}`)
	w.run([]test{
		{"drop a keyword", "DELETE", path + "/keywords/" + more, ann.token, nil, 200, `{}`},
		{"drop a post", "DELETE", path + "/statuses/" + named, ann.token, nil, 200, `{}`},
		{"what is left", "GET", path + "/" + id, ann.token, nil, 200, `{"keywords": [{"keyword": "crown"}], "statuses": []}`},
		{"drop", "DELETE", path + "/" + id, ann.token, nil, 200, `{}`},
		{"dropped", "GET", path + "/" + id, ann.token, nil, 404, ""},
	})
}

func TestFiltersV1(t *testing.T) {
	t.Parallel()
	w := open(t)
	ann, bob := w.person("ann"), w.person("bob")
	const path = "/api/v1/filters"
	a := w.do("POST", path, ann.token, `{"phrase": "dragons", "context": ["home", "public"], "irreversible": true, "expires_in": 60}`).is(200).
		has(`{"phrase": "dragons", "context": ["home", "public"], "irreversible": true, "whole_word": false}`)
	id := a.text("id")
	whole := w.do("GET", "/api/v2/filters", ann.token, nil).is(200).has(`[{"title": "dragons", "filter_action": "hide", "keywords": [{"id": "` + id + `", "keyword": "dragons"}]}]`).text("0.id")
	w.run([]test{
		{"all", "GET", path, ann.token, nil, 200, `[{"id": "` + id + `"}]`},
		{"one", "GET", path + "/" + id, ann.token, nil, 200, `{"phrase": "dragons"}`},
		{"change", "PUT", path + "/" + id, ann.token, "phrase=drakes&context[]=thread&irreversible=false&whole_word=1&expires_in=", 200,
			`{"id": "` + id + `", "phrase": "drakes", "context": ["thread"], "irreversible": false, "whole_word": true, "expires_at": null}`},
		{"its title too", "GET", "/api/v2/filters/" + whole, ann.token, nil, 200, `{"title": "drakes", "filter_action": "warn"}`},
		{"change little", "PATCH", path + "/" + id, ann.token, `{"whole_word": false}`, 200, `{"phrase": "drakes", "whole_word": false}`},
		{"other's", "GET", path + "/" + id, bob.token, nil, 404, ""},
		{"other's change", "PUT", path + "/" + id, bob.token, "phrase=x", 404, ""},
		{"other's end", "DELETE", path + "/" + id, bob.token, nil, 404, ""},
		{"other's all", "GET", path, bob.token, nil, 200, `[]`},
		{"nobody's", "GET", path, "", nil, 401, ""},
		{"without a phrase", "POST", path, ann.token, "context[]=home", 422, ""},
		{"without a context", "POST", path, ann.token, "phrase=x", 422, ""},

		{"not alone any more", "POST", "/api/v2/filters/" + whole + "/keywords", ann.token, "keyword=second", 200, ""},
		{"of both", "PUT", path + "/" + id, ann.token, "phrase=x&context[]=home", 422, ""},
		{"of one", "PUT", path + "/" + id, ann.token, "phrase=lizards&context[]=thread&whole_word=true", 200, `{"phrase": "lizards", "whole_word": true}`},
		{"two", "GET", path, ann.token, nil, 200, `[{"phrase": "lizards"}, {"phrase": "second"}]`},
		{"drop", "DELETE", path + "/" + id, ann.token, nil, 200, `{}`},
		{"the other is left", "GET", "/api/v2/filters/" + whole, ann.token, nil, 200, `{"keywords": [{"keyword": "second"}]}`},
	})
	w.do("DELETE", path+"/"+w.do("GET", path, ann.token, nil).text("0.id"), ann.token, nil).is(200)
	w.do("GET", "/api/v2/filters/"+whole, ann.token, nil).is(404) // nothing was left of it
	long := strings.Repeat("é", 512)
	w.do("POST", path, ann.token, url.Values{"phrase": {long}, "context[]": {"home"}}.Encode()).is(200).has(`{"phrase": "` + long + `"}`)
}

// DO-11: what is over a limit is refused, and nothing of it is stored.
func TestDO11Filters(t *testing.T) {
	t.Parallel()
	w := open(t)
	ann := w.person("ann")
	const path = "/api/v2/filters"
	long := strings.Repeat("x", 513)
	var many []string
	for i := range 1000 {
		many = append(many, fmt.Sprintf(`{"keyword": "word %d"}`, i))
	}
	keywords := func(list ...string) string {
		return `{"title": "x", "context": ["home"], "keywords_attributes": [` + strings.Join(list, ",") + `]}`
	}
	w.run([]test{
		{"a title", "POST", path, ann.token, `{"title": "` + long[:257] + `", "context": ["home"]}`, 422, `{"details": {"title": [{"error": "ERR_TOO_LONG"}]}}`},
		{"a keyword", "POST", path, ann.token, keywords(`{"keyword": "` + long + `"}`), 422, `{"details": {"keyword": [{"error": "ERR_TOO_LONG"}]}}`},
		{"101 keywords", "POST", path, ann.token, keywords(many[:101]...), 422, ""},
		{"1000 keywords", "POST", path, ann.token, keywords(many...), 422, ""},
		{"a megabyte", "POST", path, ann.token, `{"title": "` + strings.Repeat("x", 1<<20) + `"}`, 413, ""},
		{"nothing stored", "GET", path, ann.token, nil, 200, `[]`},
		{"100 keywords", "POST", path, ann.token, keywords(many[:100]...), 200, ""},
		{"the longest", "POST", path, ann.token, `{"title": "` + long[:256] + `", "context": ["home"], "keywords_attributes": [{"keyword": "` + long[:512] + `"}]}`, 200, ""},
	})
	for range 98 {
		w.do("POST", path, ann.token, `{"title": "x", "context": ["home"]}`).is(200)
	}
	w.do("POST", path, ann.token, `{"title": "x", "context": ["home"]}`).is(422)
	// XS-02: plain text, as given.
	id := w.do("GET", path, ann.token, nil).text("0.id")
	hostile := `<script>alert(1)</script>"><img src=x>`
	if got := w.do("PUT", path+"/"+id, ann.token, url.Values{"title": {hostile}}.Encode()).is(200).text("title"); got != hostile {
		t.Errorf("title %s", got)
	}
}

// Every answer that has a status says which of the viewer's filters match it.
func TestFiltered(t *testing.T) {
	t.Parallel()
	w := open(t)
	ann, bob, cleo := w.person("ann"), w.person("bob"), w.person("cleo")
	w.follows(ann, bob)
	filter := w.do("POST", "/api/v2/filters", ann.token, `{"title": "Beasts", "context": ["home"], "filter_action": "hide", "keywords_attributes": [{"keyword": "dragon"}]}`).is(200).text("id")
	id := w.says(bob, "@ann A dragon! #beasts")
	want := `{"filtered": [{"filter": {"id": "` + filter + `", "title": "Beasts", "context": ["home"], "filter_action": "hide", "expires_at": null}, "keyword_matches": ["dragon"], "status_matches": []}]}`
	unfiltered := `{"filtered": []}`
	w.do("POST", "/api/v1/statuses/"+id+"/favourite", ann.token, nil).is(200).has(want)
	w.do("POST", "/api/v1/statuses/"+id+"/bookmark", ann.token, nil).is(200).has(want)
	answer := w.says(cleo, "@bob where is it?", "in_reply_to_id", id)
	boost := w.do("POST", "/api/v1/statuses/"+id+"/reblog", cleo.token, nil).is(200).has(unfiltered).text("id")
	w.run([]test{
		{"status", "GET", "/api/v1/statuses/" + id, ann.token, nil, 200, want},
		{"statuses", "GET", "/api/v1/statuses?id[]=" + id, ann.token, nil, 200, `[` + want + `]`},
		{"boost", "GET", "/api/v1/statuses/" + boost, ann.token, nil, 200, want[:len(want)-1] + `, "reblog": ` + want + `}`},
		{"ancestors", "GET", "/api/v1/statuses/" + answer + "/context", ann.token, nil, 200, `{"ancestors": [` + want + `]}`},
		{"home", "GET", "/api/v1/timelines/home", ann.token, nil, 200, `[` + want + `]`},
		{"public", "GET", "/api/v1/timelines/public", ann.token, nil, 200, `[` + want + `]`},
		{"tag", "GET", "/api/v1/timelines/tag/beasts", ann.token, nil, 200, `[` + want + `]`},
		{"account", "GET", "/api/v1/accounts/" + bob.id.String() + "/statuses", ann.token, nil, 200, `[` + want + `]`},
		{"favourites", "GET", "/api/v1/favourites", ann.token, nil, 200, `[` + want + `]`},
		{"bookmarks", "GET", "/api/v1/bookmarks", ann.token, nil, 200, `[` + want + `]`},
		{"search by address", "GET", "/api/v2/search?q=" + url.QueryEscape("https://guild.test/@bob/"+id), ann.token, nil, 200, `{"statuses": [` + want + `]}`},
		{"its author", "GET", "/api/v1/statuses/" + id, bob.token, nil, 200, unfiltered},
		{"another one", "GET", "/api/v1/statuses/" + id, cleo.token, nil, 200, unfiltered},
	})
	if body := w.do("GET", "/api/v1/statuses/"+id, "", nil).is(200).body; strings.Contains(string(body), "filtered") {
		t.Errorf("anonymous: %s", body)
	}
	testkit.Eventually(t, func() bool { return w.do("GET", "/api/v1/notifications", ann.token, nil).text("length") == "1" })
	w.do("GET", "/api/v1/notifications", ann.token, nil).has(`[{"type": "mention", "status": ` + want + `}]`)
	w.do("GET", "/api/v2/notifications", ann.token, nil).is(200).has(`{"statuses": [` + want + `]}`)
	testkit.Eventually(t, func() bool {
		return w.do("GET", "/api/v2/search?type=statuses&q=dragon", ann.token, nil).text("statuses.length") == "1"
	})
	w.do("GET", "/api/v2/search?type=statuses&q=dragon", ann.token, nil).has(`{"statuses": [` + want + `]}`)
	w.do("GET", "/api/v1/search?type=statuses&q=dragon", ann.token, nil).has(`{"statuses": [` + want + `]}`)

	// One's own posts are not filtered; a post can be by itself.
	own := w.says(ann, "my dragon")
	w.do("GET", "/api/v1/statuses/"+own, ann.token, nil).has(unfiltered)
	w.do("POST", "/api/v2/filters/"+filter+"/statuses", ann.token, "status_id="+answer).is(200)
	w.do("GET", "/api/v1/statuses/"+answer, ann.token, nil).has(`{"filtered": [{"keyword_matches": [], "status_matches": ["` + answer + `"]}]}`)
	w.do("DELETE", "/api/v2/filters/"+filter, ann.token, nil).is(200)
	w.do("GET", "/api/v1/statuses/"+id, ann.token, nil).has(unfiltered)
}

// Streams say it too, to whom it concerns, and tell of changed filters.
func TestFilteredStreams(t *testing.T) {
	t.Parallel()
	w := open(t)
	ann, bob, cleo := w.person("ann"), w.person("bob"), w.person("cleo")
	for _, p := range []*person{ann, cleo} {
		w.follows(p, bob)
	}
	open := func(p *person) *socket {
		s := w.dial("?access_token=" + p.token)
		s.send(`{"type": "subscribe", "stream": "user"}`, `{"type": "subscribe", "stream": "public"}`, `{"type": "subscribe", "stream": "hashtag", "tag": "beasts"}`)
		return s
	}
	filtered, plain, nobody := open(ann), open(cleo), w.dial("?stream=public")
	sse := w.events("user", ann.token)
	w.do("POST", "/api/v2/filters", ann.token, `{"title": "Beasts", "context": ["home"], "keywords_attributes": [{"keyword": "dragon"}]}`).is(200)
	if f := filtered.next(); f.Event != "filters_changed" || f.Payload != "" || strings.Join(f.Stream, "/") != "user" {
		t.Errorf("%+v", f)
	}
	event, _ := sse.line()
	if data, _ := sse.line(); event != "event: filters_changed" || data != "data: undefined" {
		t.Errorf("%s %s", event, data)
	}
	id := w.says(bob, "A dragon! #beasts")
	match := `"filtered":[{"filter":{`
	for range 3 { // home, public, tag
		if f := filtered.next(); f.Event != "update" || !strings.Contains(f.Payload, match) {
			t.Errorf("%v: %s", f, f.Payload)
		}
		if f := plain.next(); f.Event != "update" || !strings.Contains(f.Payload, `"filtered":[]`) {
			t.Errorf("%v: %s", f, f.Payload)
		}
	}
	if f := nobody.next(); !strings.Contains(f.Payload, `"filtered":[]`) {
		t.Errorf("%v: %s", f, f.Payload)
	}
	w.do("PUT", "/api/v1/statuses/"+id, bob.token, "status=No+dragon").is(200)
	for range 2 { // home, public
		if f := filtered.next(); f.Event != "status.update" || !strings.Contains(f.Payload, match) {
			t.Errorf("%v: %s", f, f.Payload)
		}
	}
	w.says(bob, "@ann boo, dragon")
	seen := map[string]bool{}
	for range 3 { // home, public, notification
		f := filtered.next()
		seen[f.Event] = true
		if !strings.Contains(f.Payload, match) {
			t.Errorf("%v: %s", f, f.Payload)
		}
	}
	if !seen["notification"] || !seen["update"] {
		t.Errorf("%v", seen)
	}
}
