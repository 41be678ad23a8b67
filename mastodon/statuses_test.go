package mastodon_test

import (
	"slices"
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/guildhall/guildhall/profiles"
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
		{"never edited", "GET", at + "/history", "", nil, 200, `[{"content": "<p>first <span class=\"h-card\" translate=\"no\"><a href=\"https://guild.test/@bob\" class=\"u-url mention\" rel=\"nofollow noopener\">@<span>bob</span></a></span></p>",
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

// Who does not want it does not tell which app they write with.
func TestApplicationOfStatuses(t *testing.T) {
	w := open(t)
	ann := w.person("ann")
	id := w.says(ann, "hello")
	for _, shows := range []bool{false, true} {
		_, err := w.profiles.Update(w.kit.Ctx, ann.id, profiles.Update{ShowApplication: &shows})
		w.must(err)
		want := `{"application": null}`
		if shows {
			want = `{"application": {"name": "test"}}`
		}
		w.do("GET", statusesPath+id, "", nil).is(200).has(want)
	}
}
