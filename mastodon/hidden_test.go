package mastodon_test

import (
	"strings"
	"testing"

	"github.com/guildhall/guildhall/internal/testkit"
)

// same404 fails the test unless the answer is what unknown ids get, to the byte.
func (a *answer) same404() {
	a.Helper()
	if a.status != 404 || string(a.body) != `{"error":"Record not found"}` {
		a.Errorf("%s: %d %s", a.call, a.status, a.body)
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
