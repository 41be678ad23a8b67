package mastodon_test

import (
	"strconv"
	"strings"
	"testing"
	"time"

	"github.com/guildhall/guildhall/internal/testkit"
	"github.com/guildhall/guildhall/profiles"
)

const (
	policyPath   = "/api/v2/notifications/policy"
	requestsPath = "/api/v1/notifications/requests"
)

func TestNotificationPolicy(t *testing.T) {
	t.Parallel()
	w := open(t)
	ann := w.person("ann")
	none := `"summary": {"pending_requests_count": 0, "pending_notifications_count": 0}`
	w.run([]test{
		{"the first", "GET", policyPath, ann.token, nil, 200, `{"for_not_following": "accept", "for_not_followers": "accept", "for_new_accounts": "accept",
			"for_private_mentions": "accept", "for_limited_accounts": "filter", ` + none + `}`},
		{"a change", "PATCH", policyPath, ann.token, form("for_not_following", "filter", "for_new_accounts", "drop"), 200,
			`{"for_not_following": "filter", "for_not_followers": "accept", "for_new_accounts": "drop"}`},
		{"with PUT", "PUT", policyPath, ann.token, `{"for_private_mentions": "drop", "for_not_followers": "filter", "for_limited_accounts": "accept", "for_new_accounts": "accept"}`, 200,
			`{"for_not_following": "filter", "for_not_followers": "filter", "for_new_accounts": "accept", "for_private_mentions": "drop", "for_limited_accounts": "accept"}`},
		{"no verdict", "PATCH", policyPath, ann.token, `{"for_not_following": "burn"}`, 422, `{"details": {"for_not_following": [{"error": "ERR_INCLUSION"}]}}`},
		{"no text", "PATCH", policyPath, ann.token, `{"for_not_following": {"a": 1}}`, 422, ""},
		{"kept", "GET", policyPath, ann.token, nil, 200, `{"for_not_following": "filter"}`},
		{"the old form", "GET", "/api/v1/notifications/policy", ann.token, nil, 200,
			`{"filter_not_following": true, "filter_not_followers": true, "filter_new_accounts": false, "filter_private_mentions": true, ` + none + `}`},
		{"the old change", "PUT", "/api/v1/notifications/policy", ann.token, form("filter_not_following", "false", "filter_new_accounts", "true"), 200,
			`{"filter_not_following": false, "filter_new_accounts": true}`},
		{"with PATCH", "PATCH", "/api/v1/notifications/policy", ann.token, `{"filter_not_followers": false, "filter_private_mentions": false}`, 200,
			`{"filter_not_followers": false, "filter_private_mentions": false}`},
		{"in the new form", "GET", policyPath, ann.token, nil, 200, `{"for_not_following": "accept", "for_not_followers": "accept", "for_new_accounts": "filter", "for_private_mentions": "accept"}`},
		{"anonymous", "GET", policyPath, "", nil, 401, ""},
		{"no scope", "PATCH", policyPath, w.token(ann, "read"), `{}`, 403, ""},
	})
}

// What strangers send waits until they are accepted, and is nowhere before.
func TestNotificationRequests(t *testing.T) {
	t.Parallel()
	w := open(t)
	ann, bob, cyd, dan := w.person("ann"), w.person("bob"), w.person("cyd"), w.person("dan")
	w.follows(ann, cyd)
	w.told(cyd, 1)
	w.do("PATCH", policyPath, ann.token, `{"for_not_following": "filter"}`).is(200)
	id := w.says(ann, "a post")
	hello := w.says(bob, "@ann hello")
	w.pending(ann, 1, 1)
	w.do("POST", statusesPath+id+"/favourite", bob.token, nil).is(200)
	w.pending(ann, 1, 2)
	w.do("POST", statusesPath+id+"/favourite", dan.token, nil).is(200)
	w.pending(ann, 2, 3)
	w.kit.Clock.Advance(time.Second)
	w.says(cyd, "@ann I am followed")
	w.told(ann, 1).has(`[{"type": "mention", "account": {"username": "cyd"}}]`)

	list := w.do("GET", requestsPath, ann.token, nil).is(200).has(`[
		{"account": {"username": "dan"}, "notifications_count": "1", "last_status": {"id": "` + id + `"}},
		{"account": {"username": "bob"}, "notifications_count": "2", "last_status": {"id": "` + hello + `"}}]`)
	dans, bobs := list.text("0.id"), list.text("1.id")
	first := w.do("GET", requestsPath+"?limit=1", ann.token, nil).is(200).has(`[{"id": "` + dans + `"}]`)
	w.do("GET", link(first, "next"), ann.token, nil).is(200).has(`[{"id": "` + bobs + `"}]`)
	w.do("GET", requestsPath+"?min_id="+bobs, ann.token, nil).is(200).has(`[{"id": "` + dans + `"}]`)
	w.do("GET", requestsPath+"?since_id="+dans, ann.token, nil).is(200).has(`[]`)
	w.run([]test{
		{"all", "GET", "/api/v1/notifications?include_filtered=true", ann.token, nil, 200, `[{"account": {"username": "cyd"}}, {}, {}, {}]`},
		{"all of a sender", "GET", "/api/v1/notifications?include_filtered=true&account_id=" + bob.id.String(), ann.token, nil, 200, `[{"type": "favourite"}, {"type": "mention"}]`},
		{"some of all", "GET", "/api/v1/notifications?include_filtered=true&types[]=favourite", ann.token, nil, 200, `[{"account": {"username": "dan"}}, {"account": {"username": "bob"}}]`},
		{"grouped", "GET", "/api/v2/notifications?include_filtered=true", ann.token, nil, 200,
			`{"notification_groups": [{"type": "mention"}, {"type": "favourite", "notifications_count": 2}, {"type": "mention"}]}`},
		{"not in groups", "GET", "/api/v2/notifications", ann.token, nil, 200, `{"notification_groups": [{"type": "mention"}]}`},
		{"not counted", "GET", "/api/v1/notifications/unread_count", ann.token, nil, 200, `{"count": 1}`},
		{"nor in groups", "GET", "/api/v2/notifications/unread_count", ann.token, nil, 200, `{"count": 1}`},
		{"one", "GET", requestsPath + "/" + bobs, ann.token, nil, 200, `{"id": "` + bobs + `", "account": {"username": "bob"}}`},
		{"another's list", "GET", requestsPath, bob.token, nil, 200, `[]`},
		{"another's", "GET", requestsPath + "/" + bobs, bob.token, nil, 404, `{"error": "Record not found"}`},
		{"another accepts", "POST", requestsPath + "/" + bobs + "/accept", bob.token, nil, 404, `{"error": "Record not found"}`},
		{"another dismisses", "POST", requestsPath + "/" + bobs + "/dismiss", bob.token, nil, 404, `{"error": "Record not found"}`},
		{"another accepts many", "POST", requestsPath + "/accept", bob.token, form("id[]", bobs), 200, `{}`},
		{"none such", "GET", requestsPath + "/1", ann.token, nil, 404, ""},
		{"no id", "GET", requestsPath + "/x", ann.token, nil, 404, ""},
		{"no scope", "POST", requestsPath + "/" + bobs + "/accept", w.token(ann, "read"), nil, 403, ""},
		{"anonymous", "GET", requestsPath, "", nil, 401, ""},
		{"merged", "GET", requestsPath + "/merged", ann.token, nil, 200, `{"merged": true}`},
		{"still waiting", "GET", requestsPath, ann.token, nil, 200, `[{}, {}]`},
	})
	live := w.dial("?stream=user&access_token=" + ann.token)
	w.do("POST", requestsPath+"/"+bobs+"/accept", ann.token, nil).is(200).has(`{}`)
	if f := live.next(); f.Event != "notifications_merged" || f.Payload != "1" {
		t.Errorf("%+v", f)
	}
	w.told(ann, 3).has(`[{"account": {"username": "cyd"}}, {"type": "favourite", "account": {"username": "bob"}}, {"type": "mention", "account": {"username": "bob"}}]`)
	w.pending(ann, 1, 1)
	w.kit.Clock.Advance(time.Second)
	w.says(bob, "@ann thank you") // the permission is remembered
	w.told(ann, 4)
	w.do("POST", requestsPath+"/"+dans+"/dismiss", ann.token, nil).is(200).has(`{}`)
	w.pending(ann, 0, 0)
	w.do("GET", requestsPath+"/"+dans, ann.token, nil).is(404)
	w.do("GET", "/api/v1/notifications?include_filtered=true", ann.token, nil).is(200).has(`[{}, {}, {}, {}]`)

	w.says(dan, "@ann me again")
	w.pending(ann, 1, 1) // a new request
	w.do("POST", requestsPath+"/dismiss", ann.token, form("id[]", w.do("GET", requestsPath, ann.token, nil).text("0.id"), "id[]", "77")).is(200).has(`{}`)
	w.pending(ann, 0, 0)
	w.says(dan, "@ann and again")
	w.pending(ann, 1, 1)
	w.do("POST", requestsPath+"/accept", ann.token, `{"id": ["`+w.do("GET", requestsPath, ann.token, nil).text("0.id")+`"]}`).is(200).has(`{}`)
	w.told(ann, 5)
	w.do("POST", requestsPath+"/accept", ann.token, form("id[]", strings.Repeat("9", 40))).is(200)
	many := make([]string, 0, 400)
	for range 200 {
		many = append(many, "id[]", "1")
	}
	w.do("POST", requestsPath+"/accept", ann.token, form(many...)).is(422)
}

// What limited accounts send is put aside, shown or dropped, as the reader wants,
// and shown whatever the policy if the reader follows them.
func TestLimitedAccountsPolicy(t *testing.T) {
	t.Parallel()
	w := open(t)
	ann, bob, cyd := w.person("ann"), w.person("bob"), w.person("cyd")
	w.state(bob, profiles.Silenced, true)
	w.says(bob, "@ann put aside") // as it is without a word
	w.pending(ann, 1, 1)
	w.do("GET", "/api/v1/notifications", ann.token, nil).is(200).has(`[]`)
	w.do("GET", requestsPath, ann.token, nil).is(200).has(`[{"account": {"username": "bob", "limited": true}}]`)
	w.do("PATCH", policyPath, ann.token, `{"for_limited_accounts": "drop"}`).is(200).has(`{"for_limited_accounts": "drop"}`)
	w.says(bob, "@ann dropped")
	w.says(cyd, "@ann not limited")
	w.told(ann, 1).has(`[{"account": {"username": "cyd"}}]`)
	w.pending(ann, 1, 1)
	w.do("PATCH", policyPath, ann.token, form("for_limited_accounts", "accept")).is(200).has(`{"for_limited_accounts": "accept"}`)
	w.says(bob, "@ann accepted")
	w.told(ann, 2).has(`[{"account": {"username": "bob"}}, {"account": {"username": "cyd"}}]`)
	w.do("PATCH", policyPath, ann.token, `{"for_limited_accounts": "drop"}`).is(200)
	w.follows(ann, bob)
	w.says(bob, "@ann followed")
	w.told(ann, 3).has(`[{"account": {"username": "bob"}}, {}, {}]`)
	w.do("PATCH", policyPath, ann.token, `{"for_limited_accounts": "burn"}`).is(422)
}

// pending waits until so much waits for a person to be accepted.
func (w *world) pending(p *person, requests, notifications int) {
	w.Helper()
	want := `{"pending_requests_count": ` + strconv.Itoa(requests) + `, "pending_notifications_count": ` + strconv.Itoa(notifications) + `}`
	testkit.Eventually(w.T, func() bool {
		a := w.do("GET", policyPath, p.token, nil).is(200)
		return a.text("summary.pending_requests_count") == strconv.Itoa(requests) && a.text("summary.pending_notifications_count") == strconv.Itoa(notifications)
	})
	w.do("GET", policyPath, p.token, nil).has(`{"summary": ` + want + `}`)
}

// Notifications can be removed one by one, some at once, and all, by their
// reader alone. AZ-09.
func TestAZ09Dismiss(t *testing.T) {
	t.Parallel()
	w := open(t)
	ann, bob := w.person("ann"), w.person("bob")
	const path = "/api/v1/notifications"
	for i, text := range []string{"@ann one", "@ann two", "@ann three", "@ann four"} {
		w.kit.Clock.Advance(time.Second)
		w.says(bob, text)
		w.told(ann, i+1)
	}
	list := w.do("GET", path, ann.token, nil).is(200)
	n := func(i int) string { return list.text(strconv.Itoa(i) + ".id") }
	w.run([]test{
		{"another's", "GET", path + "/" + n(0), bob.token, nil, 404, `{"error": "Record not found"}`},
		{"another dismisses", "POST", path + "/" + n(0) + "/dismiss", bob.token, nil, 404, `{"error": "Record not found"}`},
		{"another deletes", "DELETE", path + "/" + n(0), bob.token, nil, 404, `{"error": "Record not found"}`},
		{"another deletes many", "DELETE", path + "/destroy_multiple?ids[]=" + n(0) + "&ids[]=" + n(1), bob.token, nil, 200, `{}`},
		{"another clears", "POST", path + "/clear", bob.token, nil, 200, `{}`},
		{"another clears groups", "POST", "/api/v2/notifications/clear", bob.token, nil, 200, `{}`},
		{"all are there", "GET", path, ann.token, nil, 200, `[{}, {}, {}, {}]`},
		{"one", "DELETE", path + "/" + n(0), ann.token, nil, 200, `{}`},
		{"some", "DELETE", path + "/destroy_multiple?ids[]=" + n(1) + "&ids[]=" + n(2) + "&ids[]=5", ann.token, nil, 200, `{}`},
		{"none", "DELETE", path + "/destroy_multiple", ann.token, nil, 200, `{}`},
		{"the last", "GET", path, ann.token, nil, 200, `[{"id": "` + n(3) + `"}]`},
		{"clear", "POST", "/api/v2/notifications/clear", ann.token, nil, 200, `{}`},
		{"cleared", "GET", path, ann.token, nil, 200, `[]`},
		{"anonymous", "DELETE", path + "/destroy_multiple", "", nil, 401, ""},
	})
}
