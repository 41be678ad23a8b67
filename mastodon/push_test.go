package mastodon_test

import (
	"encoding/json"
	"fmt"
	"strings"
	"testing"
	"time"

	"github.com/guildhall/guildhall/identity"
	"github.com/guildhall/guildhall/internal/testkit"
)

const pushPath = "/api/v1/push/subscription"

// subscription is what a client sends to be pushed to.
func subscription(r *testkit.PushReceiver, more ...string) string {
	return form(append([]string{"subscription[endpoint]", r.URL + "/send/1", "subscription[keys][p256dh]", r.P256dh, "subscription[keys][auth]", r.Auth}, more...)...)
}

func TestPushSubscription(t *testing.T) {
	t.Parallel()
	w := open(t)
	ann, bob := w.person("ann"), w.person("bob")
	r := testkit.NewPushReceiver(t, w.kit.Clock.Now)
	key := w.do("GET", "/api/v2/instance", "", nil).is(200).text("configuration.vapid.public_key")
	if app := w.do("POST", "/api/v1/apps", "", `{"client_name": "x", "redirect_uris": "urn:ietf:wg:oauth:2.0:oob"}`).is(200).text("vapid_key"); len(key) != 87 || app != key {
		t.Errorf("%q, %q", key, app)
	}
	w.do("GET", "/api/v1/apps/verify_credentials", ann.token, nil).is(200).has(`{"vapid_key": "` + key + `"}`)
	bodyOf := func(endpoint, public, auth string) string {
		return `{"subscription": {"endpoint": "` + endpoint + `", "keys": {"p256dh": "` + public + `", "auth": "` + auth + `"}}}`
	}
	w.run([]test{
		{"none", "GET", pushPath, ann.token, nil, 404, `{"error": "Record not found"}`},
		{"none to change", "PUT", pushPath, ann.token, `{"data": {"alerts": {"mention": true}}}`, 404, ""},
		{"a form", "POST", pushPath, ann.token, subscription(r, "data[alerts][mention]", "true", "data[alerts][admin.sign_up]", "1", "data[policy]", "followed"), 200,
			`{"endpoint": "` + r.URL + `/send/1", "standard": false, "policy": "followed", "server_key": "` + key + `",
			"alerts": {"mention": true, "admin.sign_up": true, "status": false, "reblog": false, "follow": false, "follow_request": false, "favourite": false, "poll": false,
			"update": false, "admin.report": false, "quote": false, "quoted_update": false}}`},
		{"one", "GET", pushPath, ann.token, nil, 200, `{"standard": false, "policy": "followed", "alerts": {"mention": true, "poll": false}}`},
		{"JSON instead", "POST", pushPath, ann.token, `{"subscription": {"endpoint": "` + r.URL + `", "standard": true, "keys": {"p256dh": "` + r.P256dh + `", "auth": "` + r.Auth + `=="}},
			"data": {"alerts": {"favourite": true}}}`, 200, `{"endpoint": "` + r.URL + `", "standard": true, "policy": "all", "alerts": {"mention": false, "favourite": true}}`},
		{"a change", "PUT", pushPath, ann.token, form("data[alerts][poll]", "true", "data[alerts][favourite]", "false", "policy", "none"), 200,
			`{"standard": true, "policy": "none", "alerts": {"poll": true, "favourite": false}}`},
		{"with PATCH", "PATCH", pushPath, ann.token, `{"data": {"policy": "follower"}}`, 200, `{"policy": "follower", "alerts": {"poll": true}}`},
		{"no policy", "PUT", pushPath, ann.token, `{"data": {"policy": "friends"}}`, 422, ""},
		{"another token of the same account", "GET", pushPath, w.token(ann, "push"), nil, 404, ""},
		{"no scope", "GET", pushPath, w.token(ann, "read write follow"), nil, 403, ""},
		{"anonymous", "POST", pushPath, "", nil, 401, ""},
		{"nothing", "POST", pushPath, bob.token, `{}`, 422, ""},
		{"not https", "POST", pushPath, bob.token, bodyOf("http://push.example/1", r.P256dh, r.Auth), 422, ""},
		{"no key", "POST", pushPath, bob.token, bodyOf("https://push.example/1", "AAAA", r.Auth), 422, ""},
		{"no base64", "POST", pushPath, bob.token, bodyOf("https://push.example/1", "???", r.Auth), 422, ""},
		{"no secret", "POST", pushPath, bob.token, bodyOf("https://push.example/1", r.P256dh, "AAAA"), 422, ""},
		{"no subscription came of it", "GET", pushPath, bob.token, nil, 404, ""},
	})
	w.do("DELETE", pushPath, ann.token, nil).is(200).has(`{}`)
	w.do("GET", pushPath, ann.token, nil).is(404)
	w.do("DELETE", pushPath, ann.token, nil).is(200)
}

// AZ-11: a subscription is that of one token: nobody else sees or changes it.
func TestAZ11PushOfOthers(t *testing.T) {
	t.Parallel()
	w := open(t)
	ann, bob := w.person("ann"), w.person("bob")
	r := testkit.NewPushReceiver(t, w.kit.Clock.Now)
	made := w.do("POST", pushPath, ann.token, subscription(r, "data[alerts][mention]", "true")).is(200)
	for _, method := range []string{"GET", "PUT"} {
		if a := w.do(method, pushPath, bob.token, nil).is(404); strings.Contains(string(a.body), r.URL) {
			t.Errorf("%s", a.body)
		}
		w.do(method, pushPath+"/"+made.text("id"), bob.token, nil).is(404)
		w.do(method, "/api/web/push_subscriptions/"+made.text("id"), bob.token, nil).is(404)
	}
	w.do("DELETE", pushPath, bob.token, nil).is(200)
	w.do("GET", pushPath, ann.token, nil).is(200).has(`{"id": "` + made.text("id") + `", "alerts": {"mention": true}}`)
}

// A push reaches the receiver encrypted and signed, the standard way and the old
// one, and carries what a client needs to fetch the notification. LK-16.
func TestLK16Push(t *testing.T) {
	t.Parallel()
	for _, standard := range []string{"true", "false"} {
		t.Run(standard, func(t *testing.T) {
			t.Parallel()
			w := open(t)
			ann, bob := w.person("ann"), w.person("bob")
			r := testkit.NewPushReceiver(t, w.kit.Clock.Now)
			key := w.do("POST", pushPath, ann.token, subscription(r, "subscription[standard]", standard, "data[alerts][mention]", "true")).is(200).text("server_key")
			id := w.says(ann, "a post")
			w.do("POST", statusesPath+id+"/favourite", bob.token, nil).is(200) // not asked for
			w.told(ann, 1)
			w.says(bob, "@ann a secret word", "visibility", "direct")
			n := w.told(ann, 2)
			testkit.Eventually(t, func() bool { return len(r.Taken()) == 1 })
			p := r.Taken()[0]
			var m struct {
				AccessToken      string      `json:"access_token"`
				NotificationID   json.Number `json:"notification_id"`
				NotificationType string      `json:"notification_type"`
				Icon, Title      string
				Body             string
				Locale           string `json:"preferred_locale"`
			}
			if err := json.Unmarshal(p.Body, &m); err != nil {
				t.Fatal(err)
			}
			if m.AccessToken != ann.token || m.NotificationID.String() != n.text("0.id") || m.NotificationType != "mention" || m.Title != "bob mentioned you" ||
				m.Body != "@ann a secret word" || m.Icon != base+"/avatars/default.png" || m.Locale != "en" {
				t.Errorf("%+v", m)
			}
			if p.ServerKey != key || p.Header.Get("TTL") == "" {
				t.Errorf("%v", p.Header)
			}
			sent := string(p.Raw) + fmt.Sprint(p.Header)
			if strings.Contains(sent, ann.token) || strings.Contains(sent, "secret") || strings.Contains(sent, "mention") {
				t.Errorf("in clear: %q", sent)
			}
			w.do("GET", "/api/v1/notifications/"+m.NotificationID.String(), m.AccessToken, nil).is(200).has(`{"type": "mention"}`)
		})
	}
}

// OA-13: nothing is pushed once the token is revoked.
func TestOA13NoPushAfterRevocation(t *testing.T) {
	t.Parallel()
	w := open(t)
	ann, bob := w.person("ann"), w.person("bob")
	gone, stays := testkit.NewPushReceiver(t, w.kit.Clock.Now), testkit.NewPushReceiver(t, w.kit.Clock.Now)
	app := w.app("read push")
	token := w.do("POST", "/oauth/token", "", form("grant_type", "authorization_code", "code", w.code(ann, app, "read push"), "client_id", app.id,
		"client_secret", app.secret, "redirect_uri", "https://app.test/cb")).is(200).text("access_token")
	w.do("POST", pushPath, token, subscription(gone, "data[alerts][mention]", "true")).is(200)
	w.do("POST", pushPath, ann.token, subscription(stays, "data[alerts][mention]", "true")).is(200)
	w.do("POST", "/oauth/revoke", "", form("client_id", app.id, "client_secret", app.secret, "token", token)).is(200)
	w.says(bob, "@ann hello")
	testkit.Eventually(t, func() bool { return len(stays.Taken()) == 1 })
	if gone.Hits() != 0 {
		t.Error("pushed to a revoked token")
	}
	w.do("GET", pushPath, token, nil).is(401)
}

// Who keeps the house is told of new members and reports, and nobody else; who is
// warned is told by whom of nothing.
func TestStaffNotifications(t *testing.T) {
	t.Parallel()
	w := open(t)
	mod, ann, bob := w.person("mod"), w.person("ann"), w.person("bob")
	w.must(w.identity.SetRole(w.kit.Ctx, mod.id, identity.RoleModerator))
	app := w.app("read write")
	w.do("POST", "/api/v1/accounts", app.token, form("username", "newcomer", "email", "new@example.org", "password", password, "agreement", "true", "locale", "en")).is(200)
	w.told(mod, 1).has(`[{"type": "admin.sign_up", "account": {"username": "newcomer"}}]`)
	w.kit.Clock.Advance(time.Second)
	bad := w.says(bob, "buy this")
	report := w.do("POST", "/api/v1/reports", ann.token, form("account_id", bob.id.String(), "status_ids[]", bad, "comment", "spam", "category", "spam")).is(200)
	want := `{"type": "admin.report", "account": {"username": "ann"}, "report": {"id": "` + report.text("id") + `", "comment": "spam", "category": "spam",
		"status_ids": ["` + bad + `"], "target_account": {"username": "bob"}}}`
	list := w.told(mod, 2).has(`[` + want + `, {"type": "admin.sign_up"}]`)
	w.do("GET", "/api/v1/notifications/"+list.text("0.id"), mod.token, nil).is(200).has(want)
	w.do("GET", "/api/v2/notifications", mod.token, nil).is(200).has(`{"notification_groups": [
		{"type": "admin.report", "report": {"id": "` + report.text("id") + `"}}, {"type": "admin.sign_up", "notifications_count": 1}]}`)
	w.do("GET", "/api/v1/notifications?types[]=admin.report", mod.token, nil).is(200).has(`[` + want + `]`)
	w.do("GET", "/api/v1/notifications?exclude_types[]=admin.report", mod.token, nil).is(200).has(`[{"type": "admin.sign_up"}]`)
	for _, p := range []*person{ann, bob} {
		w.do("GET", "/api/v1/notifications", p.token, nil).is(200).has(`[]`)
	}
	w.kit.Clock.Advance(time.Second)
	admin := w.staff("admin", identity.RoleAdmin)
	w.do("POST", "/api/v1/admin/accounts/"+bob.id.String()+"/action", admin.token, form("type", "none", "text", "stop it")).is(200)
	warned := w.told(bob, 1).has(`[{"type": "moderation_warning", "account": {"username": "bob"}, "moderation_warning": {"action": "none", "text": "stop it"}}]`)
	if strings.Contains(string(warned.body), admin.id.String()) {
		t.Errorf("who it was: %s", warned.body)
	}
	w.do("GET", "/api/v2/notifications", bob.token, nil).is(200).has(`{"notification_groups": [{"type": "moderation_warning", "moderation_warning": {"text": "stop it"}}]}`)
	w.must(w.identity.SetRole(w.kit.Ctx, mod.id, identity.RoleUser))
	w.told(mod, 0)
	w.do("GET", "/api/v1/notifications/"+list.text("0.id"), mod.token, nil).is(404)
}
