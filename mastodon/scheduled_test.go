package mastodon_test

import (
	"fmt"
	"testing"
	"time"

	"github.com/guildhall/guildhall/internal/testkit"
)

const scheduledPath = "/api/v1/scheduled_statuses"

// AZ-06, DO-23: posts that wait are their author's alone, bounded, and published
// once when their time has come.
func TestAZ06Scheduled(t *testing.T) {
	t.Parallel()
	w := open(t)
	ann, bob := w.person("ann"), w.person("bob")
	after := func(d time.Duration) string { return w.kit.Clock.Now().Add(d).UTC().Format("2006-01-02T15:04:05.000Z") }
	media := w.upload(ann, "")
	at := after(time.Hour)
	a := w.do("POST", "/api/v1/statuses", ann.token, form("status", "later", "visibility", "unlisted", "media_ids[]", media, "scheduled_at", at), "Idempotency-Key", "k").is(200).
		has(`{"scheduled_at": "` + at + `", "params": {"text": "later", "visibility": "unlisted", "media_ids": ["` + media + `"], "poll": null}, "media_attachments": [{"id": "` + media + `"}]}`)
	id := a.text("id")
	path := scheduledPath + "/" + id
	again := w.do("POST", "/api/v1/statuses", ann.token, form("status", "later", "scheduled_at", at), "Idempotency-Key", "k").is(200)
	if again.text("id") != id {
		t.Errorf("the same key makes %s, not %s", again.text("id"), id)
	}
	poll := w.do("POST", "/api/v1/statuses", ann.token, `{"status": "which?", "scheduled_at": "`+after(2*time.Hour)+`", "poll": {"options": ["a", "b"], "expires_in": 600, "multiple": true}}`).is(200).
		has(`{"params": {"poll": {"options": ["a", "b"], "expires_in": 600, "multiple": true, "hide_totals": false}}}`).text("id")
	moved := form("scheduled_at", after(3*time.Hour))
	for _, method := range []string{"GET", "PUT", "PATCH", "DELETE"} {
		w.do(method, path, bob.token, moved).same404()
		w.do(method, path, "", moved).is(401)
	}
	w.do("GET", scheduledPath, bob.token, nil).is(200).has(`[]`)
	w.do("GET", scheduledPath+"?limit=1", ann.token, nil).is(200).has(`[{"id": "` + poll + `"}]`)
	w.do("GET", path, ann.token, nil).is(200).has(`{"id": "` + id + `", "scheduled_at": "` + at + `"}`)
	for _, when := range []string{after(4 * time.Minute), after(-time.Hour), "garbage", "2026"} {
		w.do("POST", "/api/v1/statuses", ann.token, form("status", "x", "scheduled_at", when)).is(422)
		w.do("PUT", path, ann.token, form("scheduled_at", when)).is(422)
	}
	w.do("POST", "/api/v1/statuses", ann.token, form("status", "", "scheduled_at", at)).is(422)
	w.do("POST", "/api/v1/statuses", ann.token, form("status", "x", "scheduled_at", at, "media_ids[]", media)).is(422)
	w.do("POST", "/api/v1/statuses", ann.token, form("status", "x", "media_ids[]", media)).is(422)
	w.do("PUT", scheduledPath+"/"+poll, ann.token, moved).is(200)
	w.do("PATCH", scheduledPath+"/"+poll, ann.token, nil).is(200)
	w.do("DELETE", scheduledPath+"/"+poll, ann.token, nil).is(200).has(`{}`)
	w.do("GET", scheduledPath+"/"+poll, ann.token, nil).same404()
	// One that answers what is gone when its time comes is dropped, and holds up no other.
	gone := w.says(bob, "gone soon")
	w.do("POST", "/api/v1/statuses", ann.token, form("status", "to nothing", "in_reply_to_id", gone, "scheduled_at", at)).is(200)
	w.do("DELETE", statusesPath+gone, bob.token, nil).is(200)

	w.kit.Clock.Advance(time.Hour + time.Minute)
	testkit.Eventually(t, func() bool { return w.do("GET", scheduledPath, ann.token, nil).is(200).text("length") == "0" })
	w.do("GET", "/api/v1/accounts/"+ann.id.String()+"/statuses", ann.token, nil).is(200).
		has(`[{"content": "<p>later</p>", "visibility": "unlisted", "media_attachments": [{"id": "` + media + `"}]}]`)
	w.do("DELETE", path, ann.token, nil).same404()

	day := w.kit.Clock.Now().UTC().Truncate(24 * time.Hour).Add(50 * time.Hour)
	for i := range 26 {
		when := day.Add(time.Duration(i) * time.Minute).Format(time.RFC3339)
		w.do("POST", "/api/v1/statuses", bob.token, form("status", fmt.Sprint(i), "scheduled_at", when)).is(map[bool]int{true: 200, false: 422}[i < 25])
	}
}

// A request that comes again after its post was published makes nothing anew:
// it is answered with the post.
func TestScheduledKeyAfterwards(t *testing.T) {
	t.Parallel()
	w := open(t)
	ann := w.person("ann")
	body := form("status", "once", "scheduled_at", w.kit.Clock.Now().Add(10*time.Minute).UTC().Format(time.RFC3339))
	w.do("POST", "/api/v1/statuses", ann.token, body, "Idempotency-Key", "k").is(200)
	w.kit.Clock.Advance(15 * time.Minute)
	posted := "/api/v1/accounts/" + ann.id.String() + "/statuses"
	testkit.Eventually(t, func() bool { return w.do("GET", posted, ann.token, nil).is(200).text("length") == "1" })
	again := form("status", "once", "scheduled_at", w.kit.Clock.Now().Add(10*time.Minute).UTC().Format(time.RFC3339))
	w.do("POST", "/api/v1/statuses", ann.token, again, "Idempotency-Key", "k").is(200).has(`{"content": "<p>once</p>", "account": {"username": "ann"}}`)
	w.do("GET", scheduledPath, ann.token, nil).is(200).has(`[]`)
	w.do("POST", "/api/v1/statuses", ann.token, again, "Idempotency-Key", "another").is(200).has(`{"params": {"text": "once"}}`)
}
