package mastodon_test

import (
	"fmt"
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/guildhall/guildhall/internal/testkit"
)

// told waits until a person's list has so many notifications, and returns it.
func (w *world) told(p *person, n int) *answer {
	w.Helper()
	var a *answer
	testkit.Eventually(w.T, func() bool {
		a = w.do("GET", "/api/v1/notifications", p.token, nil).is(200)
		return a.text("length") == fmt.Sprint(n)
	})
	return a
}

func TestNotifications(t *testing.T) {
	t.Parallel()
	w := open(t)
	ann, bob, cleo := w.person("ann"), w.person("bob"), w.person("cleo")
	id := w.says(ann, "a post")
	n := 0
	next := func(method, path string, p *person, body any) {
		t.Helper()
		w.kit.Clock.Advance(time.Second)
		w.do(method, path, p.token, body).is(200)
		n++
		w.told(ann, n) // one after the other, so that their order is known
	}
	next("POST", "/api/v1/accounts/"+ann.id.String()+"/follow", bob, nil)
	next("POST", statusesPath+id+"/favourite", bob, nil)
	next("POST", statusesPath+id+"/reblog", cleo, nil)
	next("POST", "/api/v1/statuses", cleo, form("status", "@ann hello", "visibility", "direct"))
	const path = "/api/v1/notifications"
	list := w.do("GET", path, ann.token, nil).is(200).has(`[
		{"type": "mention", "account": {"username": "cleo"}, "status": {"content": "<p><span class=\"h-card\" translate=\"no\"><a href=\"https://guild.test/@ann\" class=\"u-url mention\" rel=\"nofollow noopener\">@<span>ann</span></a></span> hello</p>", "visibility": "direct"}},
		{"type": "reblog", "account": {"username": "cleo"}, "status": {"id": "` + id + `", "reblogs_count": 1}},
		{"type": "favourite", "account": {"username": "bob"}, "status": {"id": "` + id + `", "favourites_count": 1, "favourited": false}},
		{"type": "follow", "account": {"username": "bob"}}]`)
	if list.value("3.status") != nil || strings.Contains(string(list.body), `"status":null`) {
		t.Errorf("a follow has a status: %s", list.body)
	}
	favourite := list.text("2.id")
	w.run([]test{
		{"types", "GET", path + "?types[]=follow&types[]=favourite", ann.token, nil, 200, `[{"type": "favourite"}, {"type": "follow"}]`},
		{"types without brackets", "GET", path + "?types=follow", ann.token, nil, 200, `[{"type": "follow"}]`},
		{"types with numbers", "GET", path + "?types[0]=follow&types[1]=mention", ann.token, nil, 200, `[{"type": "mention"}, {"type": "follow"}]`},
		{"unknown types", "GET", path + "?types[]=admin.report&types[]=follow", ann.token, nil, 200, `[{"type": "follow"}]`},
		{"only unknown types", "GET", path + "?types[]=admin.report", ann.token, nil, 200, `[]`},
		{"without types", "GET", path + "?exclude_types[]=follow&exclude_types[]=mention&exclude_types[]=admin.sign_up", ann.token, nil, 200, `[{"type": "reblog"}, {"type": "favourite"}]`},
		{"both", "GET", path + "?types[]=follow&types[]=mention&exclude_types[]=follow", ann.token, nil, 200, `[{"type": "mention"}]`},
		{"from", "GET", path + "?account_id=" + bob.id.String(), ann.token, nil, 200, `[{"type": "favourite"}, {"type": "follow"}]`},
		{"from nobody", "GET", path + "?account_id=1", ann.token, nil, 200, `[]`},
		{"one", "GET", path + "/" + favourite, ann.token, nil, 200, `{"id": "` + favourite + `", "type": "favourite", "status": {"id": "` + id + `"}}`},
		{"since", "GET", path + "?since_id=" + favourite, ann.token, nil, 200, `[{"type": "mention"}, {"type": "reblog"}]`},
		{"at least", "GET", path + "?limit=1&min_id=" + favourite, ann.token, nil, 200, `[{"type": "reblog"}]`},

		{"unread", "GET", path + "/unread_count", ann.token, nil, 200, `{"count": 4}`},
		{"unread of a type", "GET", path + "/unread_count?types[]=mention", ann.token, nil, 200, `{"count": 1}`},
		{"unread at most", "GET", path + "/unread_count?limit=2", ann.token, nil, 200, `{"count": 2}`},
		{"read up to", "POST", "/api/v1/markers", ann.token, `{"notifications": {"last_read_id": "` + favourite + `"}}`, 200, `{"notifications": {"last_read_id": "` + favourite + `", "version": 1}}`},
		{"unread after", "GET", path + "/unread_count", ann.token, nil, 200, `{"count": 2}`},
		{"unread groups after", "GET", "/api/v2/notifications/unread_count", ann.token, nil, 200, `{"count": 2}`},

		// AZ-09: they are nobody else's.
		{"another's", "GET", path + "/" + favourite, bob.token, nil, 404, `{"error": "Record not found"}`},
		{"another dismisses", "POST", path + "/" + favourite + "/dismiss", bob.token, nil, 404, `{"error": "Record not found"}`},
		{"another clears", "POST", path + "/clear", bob.token, nil, 200, `{}`},
		{"still there", "GET", path + "/" + favourite, ann.token, nil, 200, ""},

		{"dismiss", "POST", path + "/" + favourite + "/dismiss", ann.token, nil, 200, `{}`},
		{"dismissed", "GET", path + "/" + favourite, ann.token, nil, 404, ""},
		{"the others", "GET", path, ann.token, nil, 200, `[{"type": "mention"}, {"type": "reblog"}, {"type": "follow"}]`},
	})
	first := w.do("GET", path+"?limit=2&exclude_types[]=poll", ann.token, nil).is(200)
	second := w.do("GET", link(first, "next"), ann.token, nil).is(200).has(`[{"type": "follow"}]`)
	w.do("GET", link(second, "prev"), ann.token, nil).is(200).has(`[{"type": "mention"}, {"type": "reblog"}]`)
	if l := first.header.Get("Link"); !strings.Contains(l, "exclude_types[]=poll") {
		t.Errorf("Link %s", l)
	}
	w.do("POST", path+"/clear", ann.token, nil).is(200).has(`{}`)
	w.do("GET", path, ann.token, nil).is(200).has(`[]`)
}

// What else people are told of: posts of those they asked about, edits of what
// they boosted, ends of polls, and who asks to follow.
func TestOtherNotifications(t *testing.T) {
	t.Parallel()
	w := open(t)
	ann, bob := w.person("ann"), w.person("bob")
	w.do("POST", "/api/v1/accounts/"+ann.id.String()+"/follow", bob.token, `{"notify": true}`).is(200)
	testkit.Eventually(t, func() bool { return w.do("GET", "/api/v1/notifications", ann.token, nil).text("length") == "1" })
	poll := w.do("POST", "/api/v1/statuses", ann.token, form("status", "?", "poll[options][]", "a", "poll[options][]", "b", "poll[expires_in]", "600")).is(200)
	w.told(bob, 1).has(`[{"type": "status", "account": {"username": "ann"}, "status": {"id": "` + poll.text("id") + `"}}]`)
	w.do("POST", "/api/v1/polls/"+poll.text("poll.id")+"/votes", bob.token, `{"choices": [0]}`).is(200)
	w.kit.Clock.Advance(time.Second)
	w.do("POST", statusesPath+poll.text("id")+"/reblog", bob.token, nil).is(200)
	w.told(ann, 2)
	w.kit.Clock.Advance(time.Second)
	w.do("PUT", statusesPath+poll.text("id"), ann.token, form("status", "??", "poll[options][]", "a", "poll[options][]", "b", "poll[expires_in]", "600")).is(200)
	w.told(bob, 2).has(`[{"type": "update", "status": {"content": "<p>??</p>", "reblogged": true}}, {"type": "status"}]`)

	w.do("PATCH", "/api/v1/accounts/update_credentials", bob.token, `{"locked": true}`).is(200)
	w.kit.Clock.Advance(time.Second)
	w.follows(ann, bob)
	w.told(bob, 3).has(`[{"type": "follow_request", "account": {"username": "ann"}}, {}, {}]`)
	w.do("POST", "/api/v1/follow_requests/"+ann.id.String()+"/reject", bob.token, nil).is(200)
	w.told(bob, 2)
	w.do("DELETE", statusesPath+poll.text("id"), ann.token, nil).is(200)
	w.told(bob, 0)
}

func TestGroups(t *testing.T) {
	t.Parallel()
	w := open(t)
	ann := w.person("ann")
	id, other := w.says(ann, "a post"), w.says(ann, "another")
	var people []*person
	for i, name := range []string{"p1", "p2", "p3"} {
		p := w.person(name)
		people = append(people, p)
		w.kit.Clock.Advance(time.Second)
		w.do("POST", statusesPath+id+"/favourite", p.token, nil).is(200)
		w.told(ann, i+1)
	}
	w.kit.Clock.Advance(time.Second)
	w.do("POST", statusesPath+other+"/favourite", people[0].token, nil).is(200)
	w.told(ann, 4)
	w.kit.Clock.Advance(time.Second)
	w.says(people[1], "@ann hello")
	w.told(ann, 5)

	const path = "/api/v2/notifications"
	sample := `"` + people[2].id.String() + `", "` + people[1].id.String() + `", "` + people[0].id.String() + `"`
	a := w.do("GET", path, ann.token, nil).is(200).has(`{"notification_groups": [
		{"type": "mention", "notifications_count": 1, "sample_account_ids": ["` + people[1].id.String() + `"]},
		{"type": "favourite", "notifications_count": 1, "status_id": "` + other + `", "sample_account_ids": ["` + people[0].id.String() + `"]},
		{"type": "favourite", "notifications_count": 3, "status_id": "` + id + `", "sample_account_ids": [` + sample + `]}],
		"accounts": [{"username": "p2"}, {"username": "p1"}, {"username": "p3"}]}`)
	if a.text("statuses.length") != "3" {
		t.Errorf("%s", a.body)
	}
	key, sole := a.text("notification_groups.2.group_key"), a.text("notification_groups.0.group_key")
	list := w.do("GET", "/api/v1/notifications?types[]=favourite", ann.token, nil).is(200)
	if list.text("1.group_key") != key || list.text("3.group_key") != key || a.text("notification_groups.2.most_recent_notification_id") != list.text("1.id") ||
		a.text("notification_groups.2.page_max_id") != list.text("1.id") || a.text("notification_groups.2.page_min_id") != list.text("3.id") {
		t.Errorf("%s\n%s", list.body, a.body)
	}
	w.run([]test{
		{"none grouped", "GET", path + "?grouped_types[]=reblog", ann.token, nil, 200, `{"notification_groups": [{}, {}, {}, {}, {}]}`},
		{"of a type", "GET", path + "?types[]=mention", ann.token, nil, 200, `{"notification_groups": [{"type": "mention"}]}`},
		{"without a type", "GET", path + "?exclude_types[]=favourite&expand_accounts=full", ann.token, nil, 200, `{"notification_groups": [{"type": "mention"}]}`},
		{"from", "GET", path + "?account_id=" + people[0].id.String(), ann.token, nil, 200, `{"notification_groups": [{"status_id": "` + other + `"}, {"status_id": "` + id + `"}]}`},
		{"count", "GET", path + "/unread_count", ann.token, nil, 200, `{"count": 3}`},
		{"count ungrouped", "GET", path + "/unread_count?grouped_types[]=reblog", ann.token, nil, 200, `{"count": 5}`},
		{"one", "GET", path + "/" + key, ann.token, nil, 200, `{"notification_groups": [{"group_key": "` + key + `", "notifications_count": 3, "sample_account_ids": [` + sample + `]}],
			"accounts": [{"username": "p3"}, {"username": "p2"}, {"username": "p1"}], "statuses": [{"id": "` + id + `"}]}`},
		{"one of its own", "GET", path + "/" + sole, ann.token, nil, 200, `{"notification_groups": [{"group_key": "` + sole + `", "type": "mention"}]}`},
		{"accounts", "GET", path + "/" + key + "/accounts", ann.token, nil, 200, `[{"username": "p3"}, {"username": "p2"}, {"username": "p1"}]`},
		{"some accounts", "GET", path + "/" + key + "/accounts?limit=1", ann.token, nil, 200, `[{"username": "p3"}]`},
		{"another's", "GET", path + "/" + key, people[0].token, nil, 404, `{"error": "Record not found"}`},
		{"another's accounts", "GET", path + "/" + key + "/accounts", people[0].token, nil, 404, ""},
		{"another dismisses", "POST", path + "/" + key + "/dismiss", people[0].token, nil, 200, `{}`},
		{"another dismisses one of its own", "POST", path + "/" + sole + "/dismiss", people[0].token, nil, 200, `{}`},
		{"still there", "GET", path, ann.token, nil, 200, `{"notification_groups": [{}, {}, {}]}`},
		{"dismiss", "POST", path + "/" + key + "/dismiss", ann.token, nil, 200, `{}`},
		{"dismiss one of its own", "POST", path + "/" + sole + "/dismiss", ann.token, nil, 200, `{}`},
		{"dismissed", "GET", path, ann.token, nil, 200, `{"notification_groups": [{"status_id": "` + other + `"}]}`},
		{"odd keys", "GET", path + "/favourite-1-%27%20OR%201%3D1", ann.token, nil, 404, ""},
		{"odder keys", "GET", path + "/%00%ff", ann.token, nil, 404, ""},
		{"long keys", "GET", path + "/" + strings.Repeat("x", 1000), ann.token, nil, 404, ""},
	})
	p := w.do("GET", path+"?limit=1&grouped_types[]=reblog", ann.token, nil).is(200)
	w.do("GET", link(p, "next"), ann.token, nil).is(200).has(`{"notification_groups": [], "accounts": [], "statuses": []}`)
}

func TestMarkers(t *testing.T) {
	t.Parallel()
	w := open(t)
	ann, bob := w.person("ann"), w.person("bob")
	const path = "/api/v1/markers"
	w.run([]test{
		{"none", "GET", path + "?timeline[]=home&timeline[]=notifications", ann.token, nil, 200, `{}`},
		{"one", "POST", path, ann.token, `{"home": {"last_read_id": "5"}}`, 200, `{"home": {"last_read_id": "5", "version": 1}}`},
		{"a form", "POST", path, ann.token, form("home[last_read_id]", "7", "notifications[last_read_id]", "9"), 200,
			`{"home": {"last_read_id": "7", "version": 2}, "notifications": {"last_read_id": "9", "version": 1}}`},
		{"both", "GET", path + "?timeline[]=home&timeline[]=notifications&timeline[]=other", ann.token, nil, 200, `{"home": {"last_read_id": "7"}, "notifications": {"last_read_id": "9"}}`},
		{"by name", "GET", path + "?timeline=home", ann.token, nil, 200, `{"home": {"version": 2}}`},
		{"with numbers", "GET", path + "?timeline[0]=home&timeline[1]=notifications", ann.token, nil, 200, `{"home": {}, "notifications": {}}`},
		{"nothing asked", "GET", path, ann.token, nil, 200, `{}`},
		{"nothing set", "POST", path, ann.token, `{"home": {}, "other": {"last_read_id": "1"}}`, 200, `{}`},
		{"no id", "POST", path, ann.token, `{"home": {"last_read_id": "x"}}`, 422, ""},
		{"a negative id", "POST", path, ann.token, `{"home": {"last_read_id": -5}}`, 422, ""},
		{"no object", "POST", path, ann.token, `{"home": "5"}`, 422, ""},
		{"one's own", "GET", path + "?timeline[]=home", bob.token, nil, 200, `{}`},
	})
	if a := w.do("GET", path+"?timeline[]=home&timeline[]=other", ann.token, nil); a.value("notifications") != nil || a.value("other") != nil {
		t.Errorf("%s", a.body)
	}
	// Of those who move a marker at once, who is late is told so.
	statuses := make([]int, 8)
	var all sync.WaitGroup
	for i := range statuses {
		all.Go(func() { statuses[i] = w.do("POST", path, bob.token, `{"home": {"last_read_id": "1"}}`).status })
	}
	all.Wait()
	moved := 0
	for _, status := range statuses {
		switch status {
		case 200:
			moved++
		case 409:
		default:
			t.Errorf("status %d", status)
		}
	}
	w.do("GET", path+"?timeline=home", bob.token, nil).is(200).has(fmt.Sprintf(`{"home": {"version": %d}}`, moved))
}

// A client that shows pictures alone gets whole accounts only where a group
// needs a name.
func TestPartialAccounts(t *testing.T) {
	t.Parallel()
	w := open(t)
	ann, bob, cleo := w.person("ann"), w.person("bob"), w.person("cleo")
	id := w.says(ann, "a post")
	for i, p := range []*person{bob, cleo} {
		w.kit.Clock.Advance(time.Second)
		w.do("POST", statusesPath+id+"/favourite", p.token, nil).is(200)
		w.told(ann, i+1)
	}
	const path = "/api/v2/notifications"
	w.do("GET", path+"?expand_accounts=partial_avatars", ann.token, nil).is(200).
		has(`{"accounts": [{"username": "cleo"}], "partial_accounts": [{"acct": "bob", "bot": false, "locked": false, "url": "https://guild.test/@bob"}]}`)
	for _, query := range []string{"", "?expand_accounts=full", "?expand_accounts=x"} {
		a := w.do("GET", path+query, ann.token, nil).is(200).has(`{"accounts": [{"username": "cleo"}, {"username": "bob"}]}`)
		if a.value("partial_accounts") != nil {
			t.Errorf("%s: %s", a.call, a.body)
		}
	}
}
