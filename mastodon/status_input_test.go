package mastodon_test

import (
	"slices"
	"strings"
	"testing"
)

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
		{"later", "POST", path, ann.token, `{"status": "x", "scheduled_at": "tomorrow"}`, 422, `{"details": {"scheduled_at": [{"error": "ERR_INVALID"}]}}`},
		{"a quote", "POST", path, ann.token, `{"status": "x", "quoted_status_id": "1"}`, 404, ""},
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
		ours := strings.Contains(link, `href="`+base+`/`) // these open no window
		if !strings.Contains(link, "nofollow noopener") || strings.Contains(link, "target=") == ours || strings.Contains(link, `rel="me`) {
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
