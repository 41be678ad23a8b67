package mastodon_test

import (
	"slices"
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/guildhall/guildhall/internal/testkit"
)

const statusesPath = "/api/v1/statuses/"

// says posts a status with further parameters, given as names and values, and
// returns its id.
func (w *world) says(p *person, text string, more ...string) string {
	w.Helper()
	w.kit.Clock.Advance(time.Second) // ids sort by time
	return w.do("POST", "/api/v1/statuses", p.token, form(append([]string{"status", text}, more...)...)).is(200).text("id")
}

func (w *world) follows(from, to *person) {
	w.Helper()
	w.do("POST", "/api/v1/accounts/"+to.id.String()+"/follow", from.token, nil).is(200)
}

// same404 fails the test unless the answer is what unknown ids get, to the byte.
func (a *answer) same404() {
	a.Helper()
	if a.status != 404 || string(a.body) != `{"error":"Record not found"}` {
		a.Errorf("%s: %d %s", a.call, a.status, a.body)
	}
}

func TestCreateStatus(t *testing.T) {
	t.Parallel()
	w := open(t)
	ann := w.person("ann")
	bob := w.person("bob")
	first := w.says(bob, "first")
	const path = "/api/v1/statuses"
	const poll = `{"poll": {"multiple": true, "expired": false, "votes_count": 0, "voters_count": 0, "voted": true, "own_votes": [],
		"options": [{"title": "yes", "votes_count": null}, {"title": "no", "votes_count": null}]}}`
	w.run([]test{
		{"plain", "POST", path, ann.token, `{"status": "Hello @bob, see #Go at https://go.dev <b>"}`, 200,
			`{"in_reply_to_id": null, "in_reply_to_account_id": null, "sensitive": false, "spoiler_text": "", "visibility": "public", "edited_at": null,
			"replies_count": 0, "reblogs_count": 0, "favourites_count": 0, "favourited": false, "reblogged": false, "muted": false, "bookmarked": false,
			"pinned": false, "reblog": null, "application": {"name": "test", "website": null}, "account": {"username": "ann"}, "media_attachments": [],
			"mentions": [{"id": "` + bob.id.String() + `", "username": "bob", "acct": "bob", "url": "https://guild.test/@bob"}],
			"tags": [{"name": "go", "url": "https://guild.test/tags/go"}], "emojis": [], "card": null, "poll": null, "filtered": []}`},
		{"all of it", "POST", path, ann.token, `{"status": "x", "spoiler_text": "beware", "sensitive": true, "visibility": "unlisted", "language": "de"}`, 200,
			`{"spoiler_text": "beware", "sensitive": true, "visibility": "unlisted", "language": "de", "content": "<p>x</p>"}`},
		{"as a form", "POST", path, ann.token, form("status", "x", "sensitive", "1", "visibility", "private", "language", "pt-BR"), 200,
			`{"sensitive": true, "visibility": "private", "language": "pt-BR"}`},
		{"nulls", "POST", path, ann.token, `{"status": "x", "sensitive": null, "visibility": null, "language": null, "media_ids": null, "poll": null,
			"in_reply_to_id": null, "spoiler_text": null, "scheduled_at": null, "quoted_status_id": null}`, 200, `{"visibility": "public"}`},
		{"empty strings", "POST", path, ann.token, form("status", "x", "sensitive", "", "visibility", "", "language", "", "in_reply_to_id", "", "spoiler_text", "",
			"scheduled_at", "", "poll[expires_in]", "", "media_ids[]", ""), 200, `{"visibility": "public", "sensitive": false}`},
		{"booleans as strings", "POST", path, ann.token, `{"status": "x", "sensitive": "true"}`, 200, `{"sensitive": true}`},
		{"a language nobody has heard of", "POST", path, ann.token, `{"status": "x", "language": "tok"}`, 200, ""},
		{"other parameters", "POST", path, ann.token, `{"status": "x", "VISIBILITY": "direct", "Status": "y", "content_type": "text/html", "quote_approval_policy": "public"}`, 200,
			`{"visibility": "public", "content": "<p>x</p>"}`},
		{"a poll", "POST", path, ann.token, `{"status": "x", "poll": {"options": ["yes", "no"], "expires_in": 3600, "multiple": true, "hide_totals": true}}`, 200, poll},
		{"a poll as a form", "POST", path, ann.token, form("status", "x", "poll[options][]", "yes", "poll[options][]", "no", "poll[expires_in]", "3600",
			"poll[multiple]", "true", "poll[hide_totals]", "true"), 200, poll},
		{"a poll as a form with numbers", "POST", path, ann.token, form("status", "x", "poll[options][0]", "yes", "poll[options][1]", "no", "poll[expires_in]", "3600",
			"poll[multiple]", "on", "poll[hide_totals]", "1"), 200, poll},
		{"a poll as JSON of strings", "POST", path, ann.token, `{"status": "x", "poll": {"options": {"0": "yes", "1": "no"}, "expires_in": "3600", "multiple": "true", "hide_totals": "true"}}`, 200, poll},
		{"no poll", "POST", path, ann.token, `{"status": "x", "poll": {"options": []}}`, 200, `{"poll": null}`},
		{"an answer", "POST", path, ann.token, `{"status": "x", "in_reply_to_id": "` + first + `"}`, 200,
			`{"in_reply_to_id": "` + first + `", "in_reply_to_account_id": "` + bob.id.String() + `"}`},
		{"an answer by number", "POST", path, ann.token, `{"status": "x", "in_reply_to_id": ` + first + `}`, 200, `{"in_reply_to_id": "` + first + `"}`},
		{"the answered one", "GET", statusesPath + first, "", nil, 200, `{"replies_count": 2}`},
		{"only a warning", "POST", path, ann.token, `{"spoiler_text": "x"}`, 200, `{"content": "<p>x</p>", "spoiler_text": ""}`},
	})
	a := w.do("GET", statusesPath+first, "", nil).is(200)
	if want := "https://guild.test/@bob/" + first; a.text("url") != want || a.text("uri") != "https://guild.test/users/bob/statuses/"+first {
		t.Errorf("%s", a.body)
	}
	for _, name := range []string{"favourited", "bookmarked", "muted", "pinned", "filtered"} {
		if strings.Contains(string(a.body), `"`+name+`"`) {
			t.Errorf("an anonymous reader is told %s: %s", name, a.body)
		}
	}
	if tag := w.do("POST", path, ann.token, `{"status": "#Größe"}`).is(200).text("tags.0.url"); tag != "https://guild.test/tags/gr%C3%B6%C3%9Fe" {
		t.Errorf("tag at %s", tag)
	}
	w.run([]test{
		{"many", "GET", "/api/v1/statuses?id[]=" + first + "&id[]=x&id[]=1&id[]=-1", "", nil, 200, `[{"id": "` + first + `"}]`},
		{"many by name", "GET", "/api/v1/statuses?id=" + first, ann.token, nil, 200, `[{"id": "` + first + `"}]`},
		{"none", "GET", "/api/v1/statuses", "", nil, 200, `[]`},
	})
}

func TestRefusedStatuses(t *testing.T) {
	t.Parallel()
	w := open(t)
	ann := w.person("ann")
	const path = "/api/v1/statuses"
	option := strings.Repeat("x", 51)
	w.run([]test{
		{"nothing", "POST", path, ann.token, nil, 422, `{"error": "Validation failed: Text can't be blank"}`},
		{"blank", "POST", path, ann.token, `{"status": " \n\t"}`, 422, `{"error": "Validation failed: Text can't be blank"}`},
		{"too long", "POST", path, ann.token, form("status", strings.Repeat("ä", 501)), 422, `{"error": "Validation failed: Text character limit of 500 exceeded"}`},
		{"too long with the warning", "POST", path, ann.token, form("status", strings.Repeat("x", 400), "spoiler_text", strings.Repeat("x", 101)), 422, ""},
		{"unknown visibility", "POST", path, ann.token, `{"status": "x", "visibility": "everybody"}`, 422,
			`{"error": "Validation failed: visibility is not included in the list", "details": {"visibility": [{"error": "ERR_INVALID"}]}}`},
		{"our own name of a visibility", "POST", path, ann.token, `{"status": "x", "visibility": "Public"}`, 422, ""},
		{"no language", "POST", path, ann.token, `{"status": "x", "language": "!!"}`, 422, `{"details": {"language": [{"error": "ERR_INVALID"}]}}`},
		{"a long language", "POST", path, ann.token, form("status", "x", "language", strings.Repeat("de-", 50_000)), 422, ""},
		{"later", "POST", path, ann.token, `{"status": "x", "scheduled_at": "2030-01-01T00:00:00Z"}`, 422, `{"details": {"scheduled_at": [{"error": "ERR_INVALID"}]}}`},
		{"a quote", "POST", path, ann.token, `{"status": "x", "quoted_status_id": "1"}`, 422, ""},
		{"answer to nothing", "POST", path, ann.token, `{"status": "x", "in_reply_to_id": "1"}`, 404, `{"error": "Record not found"}`},
		{"answer to no id", "POST", path, ann.token, `{"status": "x", "in_reply_to_id": "x"}`, 404, `{"error": "Record not found"}`},
		{"answer to a negative id", "POST", path, ann.token, `{"status": "x", "in_reply_to_id": -1}`, 404, `{"error": "Record not found"}`},
		{"unknown media", "POST", path, ann.token, `{"status": "x", "media_ids": ["1"]}`, 422, ""},
		{"media that are no ids", "POST", path, ann.token, `{"status": "x", "media_ids": ["x"]}`, 422, ""},
		{"media as an object", "POST", path, ann.token, `{"status": "x", "media_ids": {"a": 1}}`, 422, ""},
		{"poll of one", "POST", path, ann.token, `{"status": "x", "poll": {"options": ["a"], "expires_in": 3600}}`, 422, `{"error": "Validation failed: Poll must have more than one option"}`},
		{"poll of five", "POST", path, ann.token, `{"status": "x", "poll": {"options": ["a","b","c","d","e"], "expires_in": 3600}}`, 422, ""},
		{"poll of a thousand", "POST", path, ann.token, form("status", "x", "poll[options][]", "a") + strings.Repeat("&poll[options][]=b", 1000), 422, ""},
		{"poll of twins", "POST", path, ann.token, `{"status": "x", "poll": {"options": ["a", " a "], "expires_in": 3600}}`, 422, ""},
		{"poll of long words", "POST", path, ann.token, `{"status": "x", "poll": {"options": ["a", "` + option + `"], "expires_in": 3600}}`, 422, ""},
		{"poll without an end", "POST", path, ann.token, `{"status": "x", "poll": {"options": ["a", "b"]}}`, 422, `{"error": "Validation failed: Poll ends too soon"}`},
		{"poll that ends before", "POST", path, ann.token, `{"status": "x", "poll": {"options": ["a", "b"], "expires_in": -1}}`, 422, ""},
		{"poll for ever", "POST", path, ann.token, `{"status": "x", "poll": {"options": ["a", "b"], "expires_in": 9223372036854775807}}`, 422, `{"error": "Validation failed: Poll ends too far in the future"}`},
		{"poll that ends sometime", "POST", path, ann.token, `{"status": "x", "poll": {"options": ["a", "b"], "expires_in": "soon"}}`, 422, ""},
		{"poll of text", "POST", path, ann.token, `{"status": "x", "poll": "yes"}`, 422, ""},
		{"poll and media", "POST", path, ann.token, `{"status": "x", "media_ids": ["1"], "poll": {"options": ["a", "b"], "expires_in": 3600}}`, 422, ""},
		{"NUL", "POST", path, ann.token, `{"status": "a\u0000b"}`, 422, ""},
		{"text as a list", "POST", path, ann.token, `{"status": ["x"]}`, 422, ""},
		{"no token", "POST", path, "", `{"status": "x"}`, 401, `{"error": "The access token is invalid"}`},
		{"nothing has come of it", "GET", "/api/v1/accounts/" + ann.id.String() + "/statuses", ann.token, nil, 200, `[]`},
		{"and nothing was counted", "GET", "/api/v1/accounts/" + ann.id.String(), "", nil, 200, `{"statuses_count": 0}`},
	})
}

func TestIdempotencyKey(t *testing.T) {
	t.Parallel()
	w := open(t)
	ann, bob := w.person("ann"), w.person("bob")
	send := func(p *person, text, key string) string {
		return w.do("POST", "/api/v1/statuses", p.token, form("status", text), "Idempotency-Key", key).is(200).text("id")
	}
	first := send(ann, "once", "a key")
	if send(ann, "once", "a key") != first || send(ann, "other", "a key") != first {
		t.Error("the key made two statuses")
	}
	if send(bob, "once", "a key") == first || send(ann, "once", "another key") == first || send(ann, "once", strings.Repeat("k", 7000)) == first {
		t.Error("another's, or another, key gave the same status")
	}
	ids := make([]string, 4)
	var all sync.WaitGroup
	for i := range ids {
		all.Go(func() { ids[i] = send(ann, "at once", "a third key") })
	}
	all.Wait()
	if slices.Sort(ids); len(slices.Compact(ids)) != 1 {
		t.Errorf("statuses of one key: %v", ids)
	}
	w.kit.Clock.Advance(61 * time.Minute)
	if send(ann, "once", "a key") == first {
		t.Error("the key is remembered for too long")
	}
}

func TestActions(t *testing.T) {
	t.Parallel()
	w := open(t)
	ann, bob := w.person("ann"), w.person("bob")
	id := w.says(ann, "a post")
	at := statusesPath + id
	self := `{"id": "` + id + `"`
	w.run([]test{
		{"favourite", "POST", at + "/favourite", bob.token, nil, 200, self + `, "favourited": true, "favourites_count": 1, "reblogged": false}`},
		{"once more", "POST", at + "/favourite", bob.token, nil, 200, self + `, "favourited": true, "favourites_count": 1}`},
		{"seen by its author", "GET", at, ann.token, nil, 200, self + `, "favourited": false, "favourites_count": 1}`},
		{"who", "GET", at + "/favourited_by", "", nil, 200, `[{"username": "bob"}]`},
		{"which", "GET", "/api/v1/favourites", bob.token, nil, 200, `[` + self + `, "favourited": true}]`},
		{"not favourite", "POST", at + "/unfavourite", bob.token, nil, 200, self + `, "favourited": false, "favourites_count": 0}`},
		{"not favourite again", "POST", at + "/unfavourite", bob.token, nil, 200, self + `, "favourited": false, "favourites_count": 0}`},
		{"nobody", "GET", at + "/favourited_by", bob.token, nil, 200, `[]`},
		{"none", "GET", "/api/v1/favourites", bob.token, nil, 200, `[]`},

		{"bookmark", "POST", at + "/bookmark", bob.token, nil, 200, self + `, "bookmarked": true}`},
		{"bookmarks", "GET", "/api/v1/bookmarks", bob.token, nil, 200, `[` + self + `, "bookmarked": true}]`},
		{"bookmarks are one's own", "GET", "/api/v1/bookmarks", ann.token, nil, 200, `[]`},
		{"no bookmark", "POST", at + "/unbookmark", bob.token, nil, 200, self + `, "bookmarked": false}`},

		{"pin", "POST", at + "/pin", ann.token, nil, 200, self + `, "pinned": true}`},
		{"pinned", "GET", "/api/v1/accounts/" + ann.id.String() + "/statuses?pinned=true", "", nil, 200, `[` + self + `}]`},
		{"another's", "POST", at + "/pin", bob.token, nil, 422, ""},
		{"unpin", "POST", at + "/unpin", ann.token, nil, 200, self + `, "pinned": false}`},

		{"mute", "POST", at + "/mute", bob.token, nil, 200, self + `, "muted": true}`},
		{"unmute", "POST", at + "/unmute", bob.token, nil, 200, self + `, "muted": false}`},
	})
	// A boost is a status of its own with the other in it; what is taken back is the other.
	boost := w.do("POST", at+"/reblog", bob.token, `{"visibility": "unlisted"}`).is(200).
		has(`{"content": "", "visibility": "unlisted", "account": {"username": "bob"}, "reblogged": true, "reblogs_count": 1,
			"reblog": {"id": "` + id + `", "account": {"username": "ann"}, "content": "<p>a post</p>", "reblogged": true, "reblogs_count": 1, "reblog": null}}`).text("id")
	w.kit.Clock.Advance(time.Second)
	w.run([]test{
		{"boost again", "POST", at + "/reblog", bob.token, nil, 200, `{"id": "` + boost + `", "reblogs_count": 1}`},
		{"a boost's boost", "POST", statusesPath + boost + "/reblog", ann.token, nil, 200, `{"reblog": ` + self + `, "reblogs_count": 2}}`},
		{"who", "GET", at + "/reblogged_by", ann.token, nil, 200, `[{"username": "ann"}, {"username": "bob"}]`},
		{"direct", "POST", at + "/reblog", bob.token, `visibility=direct`, 422, ""},
		{"unknown visibility", "POST", at + "/reblog", bob.token, `visibility=all`, 422, `{"details": {"visibility": [{"error": "ERR_INVALID"}]}}`},
		{"a boost as others see it", "GET", statusesPath + boost, "", nil, 200, `{"reblog": ` + self + `}}`},
		{"favourite of a boost", "POST", statusesPath + boost + "/favourite", ann.token, nil, 200, `{"favourited": true, "favourites_count": 1}`},
		{"is one of the post", "GET", at, ann.token, nil, 200, `{"favourited": true, "favourites_count": 1}`},
		{"not boosted", "POST", at + "/unreblog", bob.token, nil, 200, self + `, "reblogged": false, "reblogs_count": 1, "reblog": null}`},
		{"not boosted again", "POST", at + "/unreblog", bob.token, nil, 200, self + `, "reblogged": false, "reblogs_count": 1}`},
		{"the boost is gone", "GET", statusesPath + boost, bob.token, nil, 404, ""},
	})
	for _, action := range []string{"favourite", "unfavourite", "reblog", "unreblog", "bookmark", "unbookmark", "pin", "unpin", "mute", "unmute"} {
		for _, unknown := range []string{"1", "x", "-1", "0", "9223372036854775807", "9999999999999999999999", "1e3", "%00", "1%2f2", "%ff"} {
			w.do("POST", statusesPath+unknown+"/"+action, ann.token, nil).same404()
		}
	}
}

func TestUnknownStatuses(t *testing.T) {
	t.Parallel()
	w := open(t)
	ann := w.person("ann")
	for _, path := range []string{"", "/context", "/history", "/source", "/favourited_by", "/reblogged_by"} {
		for _, unknown := range []string{"1", "x", "-1", "%20", "9999999999999999999999"} {
			w.do("GET", statusesPath+unknown+path, ann.token, nil).same404()
		}
	}
	for _, unknown := range []string{"1", "x"} {
		w.do("PUT", statusesPath+unknown, ann.token, `{"status": "x"}`).same404()
		w.do("DELETE", statusesPath+unknown, ann.token, nil).same404()
		w.do("GET", "/api/v1/polls/"+unknown, ann.token, nil).same404()
		w.do("POST", "/api/v1/polls/"+unknown+"/votes", ann.token, `{"choices": [0]}`).same404()
		w.do("GET", "/api/v1/media/"+unknown, ann.token, nil).same404()
		w.do("PUT", "/api/v1/media/"+unknown, ann.token, nil).same404()
		w.do("DELETE", "/api/v1/media/"+unknown, ann.token, nil).same404()
		w.do("GET", "/api/v1/accounts/"+unknown+"/statuses", ann.token, nil).same404()
		w.do("GET", "/api/v1/notifications/"+unknown, ann.token, nil).same404()
		w.do("POST", "/api/v1/notifications/"+unknown+"/dismiss", ann.token, nil).same404()
		w.do("GET", "/api/v2/notifications/"+unknown, ann.token, nil).same404()
		w.do("GET", "/api/v2/notifications/"+unknown+"/accounts", ann.token, nil).same404()
	}
}

func TestEditAndDelete(t *testing.T) {
	t.Parallel()
	w := open(t)
	ann, bob := w.person("ann"), w.person("bob")
	m := w.upload(ann, "an owl")
	id := w.says(ann, "first @bob", "media_ids[]", m, "spoiler_text", "beware", "language", "de")
	at := statusesPath + id
	w.run([]test{
		{"never edited", "GET", at + "/history", "", nil, 200, `[{"content": "<p>first <span class=\"h-card\" translate=\"no\"><a href=\"https://guild.test/@bob\" class=\"u-url mention\">@<span>bob</span></a></span></p>",
			"spoiler_text": "beware", "sensitive": true, "account": {"username": "ann"}, "media_attachments": [{"id": "` + m + `"}], "emojis": []}]`},
		{"source", "GET", at + "/source", ann.token, nil, 200, `{"id": "` + id + `", "text": "first @bob", "spoiler_text": "beware"}`},
		{"another's source", "GET", at + "/source", bob.token, nil, 404, ""},
		{"edit", "PUT", at, ann.token, `{"status": "second", "spoiler_text": "", "sensitive": false, "media_ids": ["` + m + `"],
			"media_attributes": [{"id": "` + m + `", "description": "a barn owl", "focus": "0.5,-0.5"}]}`, 200,
			`{"id": "` + id + `", "content": "<p>second</p>", "spoiler_text": "", "sensitive": false, "language": "de", "mentions": [],
			"media_attachments": [{"id": "` + m + `", "description": "a barn owl", "meta": {"focus": {"x": 0.5, "y": -0.5}}}]}`},
		{"as a form", "PATCH", at, ann.token, form("status", "third", "media_ids[]", m, "media_attributes[0][id]", m, "media_attributes[0][description]", "a snowy owl"), 200,
			`{"content": "<p>third</p>", "media_attachments": [{"description": "a snowy owl", "meta": {"focus": {"x": 0.5, "y": -0.5}}}]}`},
		{"as a form without numbers", "PUT", at, ann.token, form("status", "third", "media_ids[]", m, "media_attributes[][id]", m, "media_attributes[][description]", "an owl"), 200,
			`{"media_attachments": [{"description": "an owl"}]}`},
		{"to nothing", "PUT", at, ann.token, `{"status": " "}`, 422, ""},
		{"too long", "PUT", at, ann.token, form("status", strings.Repeat("x", 501)), 422, ""},
		{"bad focus", "PUT", at, ann.token, `{"status": "x", "media_ids": ["` + m + `"], "media_attributes": [{"id": "` + m + `", "focus": "left"}]}`, 422, ""},
		{"attributes of another's image", "PUT", at, ann.token, `{"status": "third", "media_ids": ["` + m + `"], "media_attributes": [{"id": "1", "description": "x"}]}`, 200,
			`{"media_attachments": [{"description": "an owl"}]}`},
		{"attributes of nothing", "PUT", at, ann.token, `{"status": "third", "media_ids": ["` + m + `"], "media_attributes": ["x"]}`, 422, ""},
		{"as it is now", "GET", at, "", nil, 200, `{"content": "<p>third</p>", "media_attachments": [{"description": "an owl"}]}`},
		{"without its image", "PUT", at, ann.token, `{"status": "third"}`, 200, `{"media_attachments": []}`},
		{"with a poll", "PUT", at, ann.token, `{"status": "third", "poll": {"options": ["a", "b"], "expires_in": 600}}`, 200, `{"poll": {"options": [{"title": "a"}, {"title": "b"}]}}`},
	})
	h := w.do("GET", at+"/history", bob.token, nil).is(200)
	if h.text("length") != "6" || h.value("0.spoiler_text") != "beware" || h.value("1.media_attachments.0.description") != "a barn owl" ||
		h.value("5.poll.options.1.title") != "b" || h.value("0.poll") != nil || h.text("0.created_at") >= h.text("1.created_at") {
		t.Errorf("%s", h.body)
	}
	if w.do("GET", at, "", nil).is(200).value("edited_at") == nil {
		t.Error("edited_at is null")
	}
	w.do("DELETE", at, bob.token, nil).same404()
	w.do("DELETE", at, ann.token, nil).is(200).has(`{"id": "` + id + `", "text": "third", "spoiler_text": "", "poll": {"options": [{"title": "a"}, {"title": "b"}]}}`)
	w.do("GET", at, ann.token, nil).same404()
	w.do("DELETE", at, ann.token, nil).same404()
	w.do("GET", "/api/v1/accounts/"+ann.id.String(), "", nil).is(200).has(`{"statuses_count": 0}`)

	boost := w.do("POST", statusesPath+w.says(ann, "boost me")+"/reblog", bob.token, nil).is(200).text("id")
	w.do("PUT", statusesPath+boost, bob.token, `{"status": "mine"}`).is(422)
	w.do("DELETE", statusesPath+boost, bob.token, nil).is(200).has(`{"reblog": {"content": "<p>boost me</p>"}}`)
	w.do("GET", statusesPath+boost, bob.token, nil).same404()
}

func TestContext(t *testing.T) {
	t.Parallel()
	w := open(t)
	ann, bob := w.person("ann"), w.person("bob")
	reply := func(p *person, to, text string, more ...string) string {
		return w.says(p, text, append(more, "in_reply_to_id", to)...)
	}
	root := w.says(ann, "root")
	a := reply(bob, root, "a")
	b := reply(ann, root, "b")
	a1 := reply(ann, a, "a1")
	secret := reply(bob, a1, "only for me", "visibility", "direct")
	a2 := reply(bob, a, "a2")
	reply(ann, b, "b1")
	a1x := reply(bob, a1, "a1x")
	shown := func(a *answer) string {
		var out []string
		for _, part := range []string{"ancestors", "descendants"} {
			list, _ := a.value(part).([]any)
			for _, s := range list {
				content := s.(map[string]any)["content"].(string)
				out = append(out, strings.TrimSuffix(strings.TrimPrefix(content, "<p>"), "</p>"))
			}
			out = append(out, "|")
		}
		return strings.Join(out, " ")
	}
	for _, c := range []struct{ id, token, want string }{
		{root, "", "| a a1 a1x a2 b b1 |"},
		{root, ann.token, "| a a1 a1x a2 b b1 |"},
		{root, bob.token, "| a a1 only for me a1x a2 b b1 |"},
		{a, "", "root | a1 a1x a2 |"},
		{a1, "", "root a | a1x |"},
		{a1x, "", "root a a1 | |"},
		{a2, ann.token, "root a | |"},
		{secret, bob.token, "root a a1 | |"},
	} {
		if got := shown(w.do("GET", statusesPath+c.id+"/context", c.token, nil).is(200)); got != c.want {
			t.Errorf("%s: %s, want %s", c.id, got, c.want)
		}
	}
	w.do("GET", statusesPath+secret+"/context", ann.token, nil).same404()
	w.do("GET", statusesPath+a+"/context", ann.token, nil).is(200).has(`{"ancestors": [{"id": "` + root + `", "favourited": false}]}`)
	w.do("DELETE", statusesPath+a, bob.token, nil).is(200)
	if got := shown(w.do("GET", statusesPath+root+"/context", ann.token, nil).is(200)); strings.Contains(got, " a ") || !strings.Contains(got, "b b1") {
		t.Errorf("after a was deleted: %s", got)
	}
}

// AZ-01, AZ-02: what somebody may not see does not exist, whatever they call.
func TestAZ02Hidden(t *testing.T) {
	t.Parallel()
	w := open(t)
	ann, bob, cleo := w.person("ann"), w.person("bob"), w.person("cleo")
	const canary = "canary7351"
	public := w.says(ann, "for all")
	private := w.do("POST", "/api/v1/statuses", ann.token, `{"status": "`+canary+`", "visibility": "private", "poll": {"options": ["`+canary+`", "no"], "expires_in": 3600}}`).is(200)
	direct := w.says(ann, "@cleo "+canary, "visibility", "direct")
	before := string(w.do("GET", statusesPath+private.text("id"), ann.token, nil).is(200).body)
	calls := []struct{ method, path string }{{"GET", "/api/v1/polls/" + private.text("poll.id")}, {"POST", "/api/v1/polls/" + private.text("poll.id") + "/votes"}}
	for _, id := range []string{private.text("id"), direct} {
		for _, part := range []string{"", "/context", "/history", "/source", "/reblogged_by", "/favourited_by", "/quotes"} {
			calls = append(calls, struct{ method, path string }{"GET", statusesPath + id + part})
		}
		for _, part := range []string{"favourite", "unfavourite", "reblog", "unreblog", "bookmark", "unbookmark", "pin", "unpin", "mute", "unmute", "translate"} {
			calls = append(calls, struct{ method, path string }{"POST", statusesPath + id + "/" + part})
		}
		calls = append(calls, struct{ method, path string }{"PUT", statusesPath + id}, struct{ method, path string }{"DELETE", statusesPath + id})
	}
	for _, c := range calls {
		body := any(nil)
		if c.method != "GET" && c.method != "DELETE" {
			body = `{"choices": [0], "status": "x"}`
		}
		w.do(c.method, c.path, bob.token, body).same404()
		if c.method == "GET" && !strings.HasSuffix(c.path, "/source") {
			w.do(c.method, c.path, "", nil).same404()
		}
	}
	for _, path := range []string{"/api/v1/statuses?id[]=" + private.text("id") + "&id[]=" + direct, "/api/v1/timelines/home", "/api/v1/timelines/public",
		"/api/v1/accounts/" + ann.id.String() + "/statuses", "/api/v2/search?q=" + canary, "/api/v1/favourites", "/api/v1/bookmarks", "/api/v1/notifications"} {
		if a := w.do("GET", path, bob.token, nil).is(200); strings.Contains(string(a.body), canary) {
			t.Errorf("%s shows what is hidden: %s", path, a.body)
		}
	}
	w.do("GET", statusesPath+direct, cleo.token, nil).is(200)
	// A hears of the one thing that B may do, and of nothing before it.
	w.do("POST", statusesPath+public+"/favourite", bob.token, nil).is(200)
	testkit.Eventually(t, func() bool { return w.do("GET", "/api/v1/notifications", ann.token, nil).is(200).text("length") == "1" })
	w.do("GET", "/api/v1/notifications", ann.token, nil).is(200).has(`[{"type": "favourite", "status": {"id": "` + public + `"}}]`)
	if after := string(w.do("GET", statusesPath+private.text("id"), ann.token, nil).is(200).body); after != before {
		t.Errorf("changed:\n%s\n%s", before, after)
	}
}

// AZ-03, AZ-21, AZ-25: what is another's stays as it is, and what the server
// decides is not for clients to say.
func TestAZ03OthersStatuses(t *testing.T) {
	t.Parallel()
	w := open(t)
	ann, bob := w.person("ann"), w.person("bob")
	id, hidden := w.says(ann, "mine"), w.says(ann, "hidden", "visibility", "private")
	w.do("PUT", statusesPath+id, bob.token, `{"status": "stolen"}`).same404()
	w.do("DELETE", statusesPath+id, bob.token, nil).same404()
	w.do("GET", statusesPath+id, ann.token, nil).is(200).has(`{"content": "<p>mine</p>", "edited_at": null}`)

	// AZ-21
	a := w.do("POST", "/api/v1/statuses", bob.token, `{"status": "x", "account_id": "`+ann.id.String()+`", "created_at": "2001-01-01T00:00:00Z", "id": "1",
		"reblogs_count": 99, "favourites_count": 99, "application": "x", "uri": "https://evil.test/1", "url": "https://evil.test/1"}`).is(200).
		has(`{"account": {"username": "bob"}, "reblogs_count": 0, "favourites_count": 0, "application": {"name": "test"}}`)
	if a.text("id") == "1" || !strings.HasPrefix(a.text("created_at"), "2026-") || strings.Contains(string(a.body), "evil") {
		t.Errorf("%s", a.body)
	}
	w.do("DELETE", statusesPath+a.text("id"), bob.token, nil).is(200)

	// AZ-25
	for _, name := range []string{"in_reply_to_id", "quoted_status_id"} {
		secret := w.do("POST", "/api/v1/statuses", bob.token, form("status", "x", name, hidden))
		nothing := w.do("POST", "/api/v1/statuses", bob.token, form("status", "x", name, "1"))
		if secret.status != 404 && secret.status != 422 || secret.status != nothing.status || string(secret.body) != string(nothing.body) {
			t.Errorf("%s: %d %s, of nothing %d %s", name, secret.status, secret.body, nothing.status, nothing.body)
		}
	}
	w.do("GET", "/api/v1/accounts/"+bob.id.String()+"/statuses", bob.token, nil).is(200).has(`[]`)
	w.do("GET", "/api/v1/notifications", ann.token, nil).is(200).has(`[]`)
}

// AZ-14, AZ-23: what is for followers is seen by followers, and goes no further.
func TestAZ14FollowersOnly(t *testing.T) {
	t.Parallel()
	w := open(t)
	ann, bob, cleo := w.person("ann"), w.person("bob"), w.person("cleo")
	w.do("PATCH", "/api/v1/accounts/update_credentials", ann.token, `{"locked": true}`).is(200)
	id := w.says(ann, "for followers", "visibility", "private")
	w.do("POST", "/api/v1/accounts/"+ann.id.String()+"/follow", bob.token, nil).is(200).has(`{"following": false, "requested": true}`)
	w.do("GET", statusesPath+id, bob.token, nil).same404()
	w.do("GET", "/api/v1/timelines/home", bob.token, nil).is(200).has(`[]`)
	w.do("POST", "/api/v1/follow_requests/"+bob.id.String()+"/authorize", ann.token, nil).is(200)
	w.do("GET", statusesPath+id, bob.token, nil).is(200)
	w.do("GET", "/api/v1/timelines/home", bob.token, nil).is(200).has(`[{"id": "` + id + `"}]`)

	for _, body := range []any{nil, `visibility=public`} {
		if a := w.do("POST", statusesPath+id+"/reblog", bob.token, body); a.status != 403 && a.status != 404 && a.status != 422 {
			t.Errorf("%s: %d", a.call, a.status)
		}
	}
	w.do("GET", "/api/v1/accounts/"+bob.id.String()+"/statuses", cleo.token, nil).is(200).has(`[]`)
	w.do("GET", statusesPath+id+"/reblogged_by", ann.token, nil).is(200).has(`[]`)
	// The author may, for the same circle.
	w.do("POST", statusesPath+id+"/reblog", ann.token, `visibility=public`).is(200).has(`{"visibility": "private"}`)
	w.do("GET", "/api/v1/accounts/"+ann.id.String()+"/statuses", cleo.token, nil).is(200).has(`[]`)
}

// AZ-16: who is blocked can do nothing with the posts of who blocks.
func TestAZ16BlockedStatuses(t *testing.T) {
	t.Parallel()
	w := open(t)
	ann, bob, cleo := w.person("ann"), w.person("bob"), w.person("cleo")
	id := w.says(ann, "a post")
	w.do("POST", "/api/v1/accounts/"+bob.id.String()+"/block", ann.token, nil).is(200)
	for _, action := range []string{"favourite", "reblog", "bookmark", "mute"} {
		w.do("POST", statusesPath+id+"/"+action, bob.token, nil).same404()
	}
	w.do("POST", "/api/v1/statuses", bob.token, form("status", "@ann!", "in_reply_to_id", id)).same404()
	w.do("GET", statusesPath+id, bob.token, nil).same404()
	w.do("POST", "/api/v1/statuses", bob.token, form("status", "hey @ann")).is(200).has(`{"mentions": []}`)
	w.do("POST", "/api/v1/statuses", bob.token, form("status", "hey @ann", "visibility", "direct")).is(200).has(`{"mentions": []}`)
	w.do("POST", statusesPath+id+"/favourite", cleo.token, nil).is(200)
	testkit.Eventually(t, func() bool { return w.do("GET", "/api/v1/notifications", ann.token, nil).text("length") != "0" })
	w.do("GET", "/api/v1/notifications", ann.token, nil).is(200).has(`[{"type": "favourite", "account": {"username": "cleo"}}]`)
}

// XS-01, XS-04, XS-09: whatever is posted, a browser runs nothing of it.
func TestXS01Statuses(t *testing.T) {
	t.Parallel()
	w := open(t)
	bob := w.person("bob")
	m := w.upload(bob, "")
	for _, p := range []string{`<script>alert(1)</script>`, `<img src=x onerror=alert(1)>`, `<svg/onload=alert(1)>`, `<a href="javascript:alert(1)">x</a>`,
		`"><img src=x>`, `&lt;script&gt;`, `<math><mi//xlink:href="data:x">`,
		`<noscript><p title="</noscript><img src=x onerror=1>">`, `<svg><style><img title="</style><img src onerror=1>">`, // XS-04
		`<math><annotation-xml encoding="text/html"><style><img src=x onerror=1>`, strings.Repeat("<b>", 150), `https://x.test/"onmouseover="x`, `javascript:alert(1)`} {
		a := w.do("POST", "/api/v1/statuses", bob.token, form("status", p, "spoiler_text", "cw "+p[:min(len(p), 30)])).is(200)
		harmless(t, a.text("content"))
		if strings.Count(p, "<") > 0 && !strings.Contains(a.text("content"), "&lt;") {
			t.Errorf("not escaped: %s", a.text("content"))
		}
		if got := w.do("GET", statusesPath+a.text("id")+"/source", bob.token, nil).is(200).text("text"); got != p {
			t.Errorf("%q is kept as %q", p, got)
		}
		if len(p) <= 50 {
			a := w.do("POST", "/api/v1/statuses", bob.token, form("status", "poll", "poll[options][]", p, "poll[options][]", "b", "poll[expires_in]", "600")).is(200)
			if a.text("poll.options.0.title") != p { // plain text, which clients escape
				t.Errorf("option %q is kept as %q", p, a.text("poll.options.0.title"))
			}
		}
		w.do("PUT", "/api/v1/media/"+m, bob.token, form("description", p)).is(200)
	}
	// XS-04: ten thousand tags are refused or escaped, soon.
	w.do("POST", "/api/v1/statuses", bob.token, form("status", strings.Repeat("<b>", 10_000))).is(422)
	w.do("GET", "/api/v1/timelines/home", bob.token, nil).is(200)

	// XS-09
	a := w.do("POST", "/api/v1/statuses", bob.token, form("status", "see https://example.org/a?b=1&c=2 and #tag and @bob")).is(200)
	for _, link := range strings.Split(a.text("content"), "<a ")[1:] {
		link, _, _ = strings.Cut(link, ">")
		ours := strings.Contains(link, `href="`+base+`/`) // these open no window, and lead nowhere else
		if strings.Contains(link, "nofollow noopener") == ours || strings.Contains(link, "target=") == ours || strings.Contains(link, `rel="me`) {
			t.Errorf("<a %s>", link)
		}
	}
}

// Bodies and parameters that nobody should send: a clear failure, never ours.
func TestBadStatusInput(t *testing.T) {
	t.Parallel()
	w := open(t)
	ann, bob := w.person("ann"), w.person("bob")
	id := w.says(ann, "a post")
	poll := w.do("POST", "/api/v1/statuses", bob.token, form("status", "x", "poll[options][]", "a", "poll[options][]", "b", "poll[expires_in]", "600")).is(200).text("poll.id")
	m := w.upload(ann, "")
	routes := []struct {
		method, path string
		names        []string
	}{
		{"POST", "/api/v1/statuses", []string{"status", "spoiler_text", "sensitive", "visibility", "language", "in_reply_to_id", "media_ids", "media_attributes", "poll", "scheduled_at"}},
		{"PUT", statusesPath + id, []string{"status", "sensitive", "media_ids", "media_attributes", "poll"}},
		{"POST", statusesPath + id + "/reblog", []string{"visibility"}},
		{"POST", "/api/v1/polls/" + poll + "/votes", []string{"choices"}},
		{"PUT", "/api/v1/media/" + m, []string{"description", "focus"}},
		{"POST", "/api/v2/media", []string{"file", "description", "focus"}},
		{"POST", "/api/v1/markers", []string{"home", "notifications"}},
	}
	values := []string{`null`, `0`, `-0`, `1e999`, `9223372036854775808`, `true`, `""`, `"x"`, `[]`, `{}`, `[[1]]`, `[{}]`, `{"0": []}`, `{"x": 1}`,
		`{"options": [[]], "last_read_id": {}}`, `"` + strings.Repeat("x", 10_000) + `"`, `"\u0000"`, `"' OR 1=1--"`}
	for _, r := range routes {
		for _, name := range r.names {
			for _, v := range values {
				if a := w.do(r.method, r.path, ann.token, `{"`+name+`": `+v+`}`); a.status >= 500 || a.status >= 300 && a.status < 400 {
					t.Errorf("%s with %s=%.40s: %d %s", a.call, name, v, a.status, a.body)
				}
			}
		}
		for _, c := range []struct {
			contentType, body string
			status            int
		}{
			{"application/json", `{"status": "x"`, 400}, {"application/json", `[1]`, 400}, {"application/json", `{"status": "x", "status": "y"}`, 400},
			{"application/json", "{\"status\": \"\xff\"}", 400}, {"application/json", `{"a": ` + strings.Repeat("[", 100_000), 400},
			{"application/json", `{"poll": {"options": [` + strings.Repeat("[],", 10_000) + `[]]}}`, 413},
			{"application/x-www-form-urlencoded", "a" + strings.Repeat("[b]", 20) + "=x", 400}, {"application/x-www-form-urlencoded", "status=%zz", 400},
			{"application/x-www-form-urlencoded", strings.Repeat("media_ids[]=1&", 6000), 413},
			{"text/plain", `{"status": "x"}`, 415}, {"", `{"status": "x"}`, 415}, {"multipart/form-data", "x", 400},
		} {
			if a := w.do(r.method, r.path, ann.token, &multipartBody{[]byte(c.body), c.contentType}); a.status != c.status {
				t.Errorf("%s with %q %.40q: %d, want %d: %s", a.call, c.contentType, c.body, a.status, c.status, a.body)
			}
		}
	}
	for _, path := range []string{"/api/v1/timelines/home", "/api/v1/timelines/public", "/api/v1/timelines/tag/go", "/api/v1/accounts/" + ann.id.String() + "/statuses",
		"/api/v1/favourites", "/api/v1/bookmarks", "/api/v1/notifications", "/api/v2/notifications", "/api/v1/notifications/unread_count", "/api/v2/notifications/unread_count",
		statusesPath + id + "/favourited_by", statusesPath + id + "/reblogged_by", "/api/v2/search", "/api/v1/markers", "/api/v1/statuses"} {
		for _, query := range []string{"limit=-1", "limit=0", "limit=x", "limit=99999999999999999999", "max_id=x", "max_id=-1", "min_id=x&since_id=y", "min_id=1&max_id=2&since_id=3",
			"max_id=9223372036854775807&min_id=9223372036854775807", "offset=-5", "any[]=%00&all[]=%ff&none[]=%00", "tagged=%00%ff", "types[]=%00&exclude_types[]=%ff", "timeline[]=%00%ff",
			"account_id=%ff", "only_media=%00", "pinned=perhaps", "id[]=%ff", "grouped_types[]=%00", "%zz=1;2", "limit[]=1&limit[a]=2", strings.Repeat("types[]=x&", 500)} {
			if path == "/api/v2/search" {
				query += "&q=x"
			}
			w.do("GET", path+"?"+query, ann.token, nil).is(200)
		}
	}
	w.do("GET", statusesPath+id, ann.token, nil).is(200)
}

// OA-12: what scopes open these routes, and AZ-35 in the small: no scope, no answer.
func TestStatusScopes(t *testing.T) {
	t.Parallel()
	w := open(t)
	ann := w.person("ann")
	tokens := map[string]string{}
	for _, scope := range []string{"read", "write", "follow", "push", "profile", "read:statuses", "read:accounts", "read:favourites", "read:bookmarks",
		"read:search", "read:notifications", "write:statuses", "write:favourites", "write:bookmarks", "write:accounts", "write:mutes", "write:media",
		"write:notifications"} {
		tokens[scope] = w.token(ann, scope)
	}
	for _, c := range []struct {
		call  string
		opens []string
	}{
		{"POST /api/v1/statuses", []string{"write", "write:statuses"}},
		{"PUT /api/v1/statuses/1", []string{"write", "write:statuses"}},
		{"DELETE /api/v1/statuses/1", []string{"write", "write:statuses"}},
		{"GET /api/v1/statuses/1", []string{"read", "read:statuses"}},
		{"GET /api/v1/statuses/1/context", []string{"read", "read:statuses"}},
		{"GET /api/v1/statuses/1/source", []string{"read", "read:statuses"}},
		{"GET /api/v1/statuses/1/favourited_by", []string{"read", "read:accounts"}},
		{"POST /api/v1/statuses/1/favourite", []string{"write", "write:favourites"}},
		{"POST /api/v1/statuses/1/reblog", []string{"write", "write:statuses"}},
		{"POST /api/v1/statuses/1/bookmark", []string{"write", "write:bookmarks"}},
		{"POST /api/v1/statuses/1/pin", []string{"write", "write:accounts"}},
		{"POST /api/v1/statuses/1/mute", []string{"write", "follow", "write:mutes"}},
		{"GET /api/v1/polls/1", []string{"read", "read:statuses"}},
		{"POST /api/v1/polls/1/votes", []string{"write", "write:statuses"}},
		{"GET /api/v1/timelines/home", []string{"read", "read:statuses"}},
		{"GET /api/v1/timelines/public", []string{"read", "read:statuses"}},
		{"GET /api/v1/favourites", []string{"read", "read:favourites"}},
		{"GET /api/v1/bookmarks", []string{"read", "read:bookmarks"}},
		{"GET /api/v2/search?q=x", []string{"read", "read:search"}},
		{"POST /api/v2/media", []string{"write", "write:media"}},
		{"GET /api/v1/media/1", []string{"write", "write:media"}},
		{"GET /api/v1/notifications", []string{"read", "read:notifications"}},
		{"GET /api/v2/notifications", []string{"read", "read:notifications"}},
		{"GET /api/v1/notifications/unread_count", []string{"read", "read:notifications"}},
		{"POST /api/v1/notifications/1/dismiss", []string{"write", "write:notifications"}},
		{"POST /api/v1/notifications/clear", []string{"write", "write:notifications"}},
		{"GET /api/v1/markers", []string{"read", "read:statuses"}},
		{"POST /api/v1/markers", []string{"write", "write:statuses"}},
		{"GET /api/v1/streaming/user", []string{"read", "read:statuses"}},
		{"GET /api/v1/streaming/user/notification", []string{"read", "read:notifications"}},
		{"GET /api/v1/streaming/direct", []string{"read", "read:statuses"}},
	} {
		method, path, _ := strings.Cut(c.call, " ")
		for scope, token := range tokens {
			opens := slices.Contains(c.opens, scope)
			if opens && strings.Contains(path, "/streaming/") {
				continue // it would stay open
			}
			if a := w.do(method, path, token, nil); (a.status != 403) != opens || a.status == 401 || a.status >= 500 {
				t.Errorf("%s with the scope %s: %d %s", a.call, scope, a.status, a.body)
			}
		}
	}
}
