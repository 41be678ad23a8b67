package mastodon_test

import (
	"strings"
	"testing"

	"github.com/guildhall/guildhall/internal/testkit"
)

func TestQuotes(t *testing.T) {
	t.Parallel()
	w := open(t)
	ann, bob, cleo := w.person("ann"), w.person("bob"), w.person("cleo")
	w.follows(cleo, bob)
	one := w.says(ann, "one", "quote_approval_policy", "followers")
	stream := w.events("user", cleo.token)
	anonymous := w.events("public", "")
	w.run([]test{
		{"not a follower", "POST", "/api/v1/statuses", bob.token, form("status", "x", "quoted_status_id", one), 404, `{"error": "Record not found"}`},
		{"what it says to a stranger", "GET", statusesPath + one, bob.token, nil, 200, `{"quote": null, "quotes_count": 0,
			"quote_approval": {"automatic": ["followers"], "manual": [], "current_user": "denied"}}`},
		{"to nobody", "GET", statusesPath + one, "", nil, 200, `{"quote_approval": {"automatic": ["followers"], "manual": [], "current_user": "denied"}}`},
		{"to the author", "GET", statusesPath + one, ann.token, nil, 200, `{"quote_approval": {"current_user": "automatic"}}`},
		{"not one of them", "PUT", statusesPath + one + "/interaction_policy", ann.token, `{"quote_approval_policy": "friends"}`, 422, ""},
		{"none", "PUT", statusesPath + one + "/interaction_policy", ann.token, nil, 422, ""},
		{"another's", "PUT", statusesPath + one + "/interaction_policy", bob.token, `{"quote_approval_policy": "public"}`, 404, `{"error": "Record not found"}`},
		{"anonymous", "PUT", statusesPath + one + "/interaction_policy", "", `{"quote_approval_policy": "public"}`, 401, ""},
		{"wrong scope", "PUT", statusesPath + one + "/interaction_policy", w.token(ann, "read"), `{"quote_approval_policy": "public"}`, 403, ""},
		{"by PATCH", "PATCH", statusesPath + one + "/interaction_policy", ann.token, `{"quote_approval_policy": "nobody"}`, 200, `{"quote_approval": {"automatic": []}}`},
		{"by a form", "PUT", statusesPath + one + "/interaction_policy", ann.token, form("quote_approval_policy", "public"), 200,
			`{"edited_at": null, "quote_approval": {"automatic": ["public"], "manual": [], "current_user": "automatic"}}`},
		{"no such policy", "POST", "/api/v1/statuses", bob.token, form("status", "x", "quote_approval_policy", "me"), 422, ""},
	})
	two := w.says(bob, "two", "quoted_status_id", one)
	three := w.says(cleo, "", "quoted_status_id", two)
	w.run([]test{
		{"a quote", "GET", statusesPath + two, "", nil, 200, `{"quote": {"state": "accepted", "quoted_status": {"id": "` + one + `", "content": "<p>one</p>",
			"quotes_count": 1, "quote": null, "account": {"username": "ann"}}}}`},
		{"a quote of a quote", "GET", statusesPath + three, ann.token, nil, 200, `{"content": "", "quote": {"state": "accepted", "quoted_status": {"id": "` + two + `",
			"favourited": false, "quote": {"state": "accepted", "quoted_status_id": "` + one + `"}}}}`},
		{"the list", "GET", statusesPath + one + "/quotes", "", nil, 200, `[{"id": "` + two + `", "quote": {"state": "accepted"}}]`},
		{"in a list", "GET", "/api/v1/timelines/home", cleo.token, nil, 200, `[{"id": "` + three + `"}, {"id": "` + two + `", "quote": {"quoted_status": {"id": "` + one + `"}}}]`},
		{"quoted twice", "POST", "/api/v1/statuses", bob.token, form("status", "again", "quoted_status_id", one), 200, ""},
	})
	a := w.do("GET", statusesPath+one+"/quotes?limit=1", bob.token, nil).is(200).has(`[{"content": "<p>again</p>"}]`)
	if link := a.header.Get("Link"); !strings.Contains(link, base+statusesPath+one+"/quotes?limit=1&max_id="+a.text("0.id")+`>; rel="next"`) {
		t.Errorf("Link: %s", link)
	}
	w.do("GET", statusesPath+one+"/quotes?limit=1&max_id="+a.text("0.id"), bob.token, nil).is(200).has(`[{"id": "` + two + `"}]`)
	w.run([]test{
		{"not the author", "POST", statusesPath + one + "/quotes/" + two + "/revoke", bob.token, nil, 403, ""},
		{"not a quote", "POST", statusesPath + one + "/quotes/" + three + "/revoke", ann.token, nil, 404, `{"error": "Record not found"}`},
		{"anonymous", "POST", statusesPath + one + "/quotes/" + two + "/revoke", "", nil, 401, ""},
		{"revoked", "POST", statusesPath + one + "/quotes/" + two + "/revoke", ann.token, nil, 200, `{"id": "` + two + `", "quote": {"state": "revoked", "quoted_status": null}}`},
		{"counted", "GET", statusesPath + one, ann.token, nil, 200, `{"quotes_count": 1}`},
		{"within another", "GET", statusesPath + three, bob.token, nil, 200, `{"quote": {"quoted_status": {"quote": {"state": "revoked", "quoted_status_id": null}}}}`},
		{"deleted and drafted anew", "DELETE", statusesPath + two, bob.token, nil, 200, `{"text": "two", "quote": {"quoted_status": {"id": "` + one + `"}}}`},
		{"what quotes it", "GET", statusesPath + three, bob.token, nil, 200, `{"quote": {"state": "deleted", "quoted_status": null}}`},
	})
	stream.gets("update bob two", "update cleo", "update bob again", "status.update bob two", "delete "+two)
	anonymous.gets("status.update ann one", "status.update ann one", "update bob two", "update cleo", "update bob again", "status.update bob two", "delete "+two)
	testkit.Eventually(t, func() bool {
		return w.do("GET", "/api/v1/notifications?types[]=quote", ann.token, nil).is(200).text("length") == "1" // of the deleted one nothing is left
	})
	w.do("PUT", statusesPath+one, ann.token, `{"status": "two"}`).is(200)
	testkit.Eventually(t, func() bool {
		return w.do("GET", "/api/v1/notifications?types[]=quoted_update", bob.token, nil).is(200).text("0.status.quote.quoted_status.content") == "<p>two</p>"
	})
	w.run([]test{
		{"default", "GET", "/api/v1/preferences", ann.token, nil, 200, `{"posting:default:quote_policy": "public"}`},
		{"another", "PATCH", "/api/v1/accounts/update_credentials", ann.token, form("source[quote_policy]", "nobody"), 200, `{"source": {"quote_policy": "nobody"}}`},
		{"none of them", "PATCH", "/api/v1/accounts/update_credentials", ann.token, form("source[quote_policy]", "x"), 422, ""},
		{"told", "GET", "/api/v1/accounts/verify_credentials", ann.token, nil, 200, `{"source": {"quote_policy": "nobody"}}`},
		{"kept", "POST", "/api/v1/statuses", ann.token, form("status", "x"), 200, `{"quote_approval": {"automatic": []}}`},
	})
}

// AZ-26: a policy cannot be gone around by a boost, and AZ-02: what a viewer
// may not see of a quote is not in any answer.
func TestAZ26QuotesLeakNothing(t *testing.T) {
	t.Parallel()
	w := open(t)
	ann, bob, cleo := w.person("ann"), w.person("bob"), w.person("cleo")
	w.follows(bob, ann)
	const canary = "canary5512"
	closed := w.says(ann, canary, "quote_approval_policy", "nobody")
	boost := w.do("POST", statusesPath+closed+"/reblog", bob.token, nil).is(200).text("id")
	hidden := w.says(ann, canary, "visibility", "private")
	direct := w.says(ann, "@bob "+canary, "visibility", "direct")
	for _, id := range []string{closed, boost, hidden, direct, "1"} {
		w.do("POST", "/api/v1/statuses", bob.token, form("status", "x", "quoted_status_id", id)).same404()
	}
	// Her own private post, shown to one who does not follow her.
	shown := w.says(ann, "@cleo look", "visibility", "private", "quoted_status_id", hidden)
	stream := w.events("user/notification", cleo.token)
	w.do("GET", statusesPath+shown, bob.token, nil).is(200).has(`{"visibility": "private", "quote": {"state": "accepted", "quoted_status": {"id": "` + hidden + `"}}}`)
	leak := func(a *answer) {
		t.Helper()
		if strings.Contains(string(a.body), canary) || strings.Contains(string(a.body), hidden) {
			t.Errorf("%s: %s", a.call, a.body)
		}
	}
	a := w.do("GET", statusesPath+shown, cleo.token, nil).is(200).has(`{"quote": {"state": "unauthorized", "quoted_status": null}}`)
	leak(a)
	w.says(ann, "@cleo once more", "quoted_status_id", hidden, "visibility", "private")
	event, _ := stream.line()
	data, _ := stream.line()
	if strings.Contains(data, canary) || !strings.Contains(data, `"state":"unauthorized","quoted_status":null`) {
		t.Errorf("%s: %s", event, data)
	}
	testkit.Eventually(t, func() bool {
		return w.do("GET", "/api/v1/notifications", cleo.token, nil).is(200).text("length") == "2"
	})
	leak(w.do("GET", "/api/v1/notifications", cleo.token, nil))
	w.do("GET", statusesPath+hidden+"/quotes", cleo.token, nil).same404()
	w.do("POST", statusesPath+hidden+"/quotes/"+shown+"/revoke", cleo.token, nil).same404()
	w.do("PUT", statusesPath+hidden+"/interaction_policy", cleo.token, form("quote_approval_policy", "public")).same404()
	w.do("GET", statusesPath+shown+"/quotes", ann.token, nil).is(200).has(`[]`)

	// Of people who block each other neither sees the other's posts in quotes.
	seen := w.says(ann, canary)
	quote := w.says(bob, "see", "quoted_status_id", seen)
	w.do("POST", "/api/v1/accounts/"+cleo.id.String()+"/block", ann.token, nil).is(200)
	leak(w.do("GET", statusesPath+quote, cleo.token, nil).is(200).has(`{"quote": {"state": "unauthorized", "quoted_status": null}}`))
	w.do("POST", "/api/v1/accounts/"+cleo.id.String()+"/unblock", ann.token, nil).is(200)
	w.do("POST", "/api/v1/accounts/"+ann.id.String()+"/block", cleo.token, nil).is(200)
	leak(w.do("GET", statusesPath+quote, cleo.token, nil).is(200).has(`{"quote": {"state": "blocked_account", "quoted_status": null}}`))
	w.do("POST", "/api/v1/accounts/"+ann.id.String()+"/unblock", cleo.token, nil).is(200)
	w.do("POST", "/api/v1/accounts/"+ann.id.String()+"/mute", cleo.token, nil).is(200)
	w.do("GET", statusesPath+quote, cleo.token, nil).is(200).has(`{"quote": {"state": "muted_account", "quoted_status": {"id": "` + seen + `"}}}`)
}
