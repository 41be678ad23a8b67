package mastodon_test

import (
	"testing"
	"time"

	"github.com/guildhall/guildhall/internal/testkit"
)

// What happened in the last weeks, the newest first.
func TestActivity(t *testing.T) {
	t.Parallel()
	w := open(t)
	path := "/api/v1/instance/activity"
	a := w.do("GET", path, "", nil).is(200)
	// The clock stands on a Saturday: the week began on the 16th of November 2026.
	a.has(`[{"week": "1794787200", "statuses": "0", "logins": "0", "registrations": "0"}, {"week": "1794182400"}, {}, {}, {}, {}, {}, {}, {}, {}, {},
		{"week": "1788134400", "statuses": "0", "logins": "0", "registrations": "0"}]`)
	if a.value("12") != nil {
		t.Errorf("%s", a.body)
	}
	ann, bob := w.person("ann"), w.person("bob")
	w.says(ann, "one")
	w.says(ann, "for nobody else", "visibility", "direct")
	w.says(bob, "two")
	w.do("POST", statusesPath+w.says(bob, "three")+"/reblog", ann.token, nil).is(200)
	w.kit.Clock.Advance(7 * 24 * time.Hour)
	w.says(ann, "four")
	testkit.Eventually(t, func() bool {
		w.kit.Clock.Advance(2 * time.Minute)
		return w.do("GET", path, "", nil).is(200).text("0.statuses") == "1"
	})
	w.do("GET", path, "", nil).has(`[{"week": "1795392000", "statuses": "1", "logins": "1", "registrations": "0"},
		{"week": "1794787200", "statuses": "3", "logins": "2", "registrations": "2"}, {"statuses": "0"}, {}, {}, {}, {}, {}, {}, {}, {}, {}]`)
	w.do("GET", "/nodeinfo/2.0", "", nil).is(200).has(`{"usage": {"users": {"total": 2}, "localPosts": 5}}`)
}
