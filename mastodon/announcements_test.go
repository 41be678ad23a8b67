package mastodon_test

import (
	"fmt"
	"net/url"
	"strings"
	"testing"
	"time"

	"github.com/guildhall/guildhall/identity"
	"github.com/guildhall/guildhall/internal/testkit"
)

const announcementsPath = "/api/guildhall/v1/admin/announcements"

func TestAnnouncements(t *testing.T) {
	t.Parallel()
	w := open(t)
	root, mod, ann, bob := w.staff("root", identity.RoleAdmin), w.staff("mod", identity.RoleModerator), w.person("ann"), w.person("bob")
	w.do("POST", emojisPath, mod.token, upload(t, "shortcode", "party", "@image", picture(t, 20, 20))).is(200)
	w.do("GET", "/api/v1/announcements", ann.token, nil).is(200).has(`[]`)
	live := w.events("user", bob.token)
	made := w.do("POST", announcementsPath, root.token, `{"text": "Meet @ann :party: #fun <b>", "starts_at": "2026-02-01T18:00:00Z", "ends_at": "2126-02-01T22:00:00+01:00"}`).is(200)
	id := "/api/v1/announcements/" + made.text("id")
	live.gets("announcement Meet")
	w.do("GET", "/api/v1/announcements", ann.token, nil).is(200).has(`[{"id": "` + made.text("id") + `", "read": false, "all_day": false,
		"starts_at": "2026-02-01T18:00:00.000Z", "ends_at": "2126-02-01T21:00:00.000Z", "mentions": [{"acct": "ann"}], "statuses": [],
		"tags": [{"name": "fun"}], "emojis": [{"shortcode": "party"}], "reactions": []}]`)
	harmless(t, w.do("GET", "/api/v1/announcements", ann.token, nil).text("0.content"))

	heart := id + "/reactions/" + url.PathEscape("❤️")
	w.do("PUT", heart, ann.token, nil).is(200)
	w.do("PATCH", heart, ann.token, nil).is(200) // twice is once
	w.do("PUT", heart, bob.token, nil).is(200)
	w.do("PUT", id+"/reactions/party", bob.token, nil).is(200)
	live.gets("announcement.reaction ❤️", "announcement.reaction ❤️", "announcement.reaction party")
	w.do("GET", "/api/v1/announcements", ann.token, nil).is(200).has(`[{"reactions": [{"name": "❤️", "count": 2, "me": true},
		{"name": "party", "count": 1, "me": false}]}]`)
	if a := w.do("GET", "/api/v1/announcements", ann.token, nil); !strings.HasPrefix(a.text("0.reactions.1.url"), base+"/media/") {
		t.Errorf("%s", a.body)
	}
	w.do("DELETE", heart, ann.token, nil).is(200)
	w.do("DELETE", heart, ann.token, nil).is(404)
	w.do("DELETE", id+"/reactions/party", bob.token, nil).is(200)
	w.do("POST", id+"/dismiss", ann.token, nil).is(200)
	w.do("GET", "/api/v1/announcements", ann.token, nil).is(200).has(`[{"read": true, "reactions": [{"name": "❤️", "count": 1, "me": false}]}]`)
	w.do("GET", "/api/v1/announcements", bob.token, nil).is(200).has(`[{"read": false, "reactions": [{"me": true}]}]`)
	live.gets("announcement.reaction ❤️", "announcement.reaction party")

	manage := announcementsPath + "/" + made.text("id")
	for _, method := range []string{"PATCH", "PUT"} {
		w.do(method, manage, root.token, `{"text": "Later", "starts_at": "", "ends_at": ""}`).is(200).has(`{"text": "Later", "starts_at": null}`)
		live.gets("announcement Later")
	}
	w.do("GET", announcementsPath, root.token, nil).is(200).has(`[{"text": "Later"}]`)
	w.do("PATCH", manage, root.token, `{"published": false}`).is(200).has(`{"published_at": null}`)
	live.gets("announcement.delete " + made.text("id"))
	w.run([]test{
		{"withdrawn", "GET", "/api/v1/announcements", ann.token, nil, 200, `[]`},
		{"withdrawn", "POST", id + "/dismiss", ann.token, nil, 404, ""},
		{"withdrawn", "PUT", heart, ann.token, nil, 404, ""},
		{"removed", "DELETE", manage, root.token, nil, 200, ""},
		{"removed", "PATCH", manage, root.token, `{"text": "x"}`, 404, ""},
		{"nobody", "GET", "/api/v1/announcements", "", nil, 401, ""},
		{"a moderator", "POST", announcementsPath, mod.token, `{"text": "x"}`, 403, ""},
		{"no text", "POST", announcementsPath, root.token, `{}`, 422, `{"details": {"text": [{"error": "ERR_BLANK"}]}}`},
		{"long text", "POST", announcementsPath, root.token, form("text", strings.Repeat("x", 5001)), 422, ""},
		{"ends first", "POST", announcementsPath, root.token, form("text", "x", "starts_at", "2026-02-02", "ends_at", "2026-02-01"), 422, ""},
		{"no time", "POST", announcementsPath, root.token, form("text", "x", "ends_at", "soon"), 422, ""},
		{"all day of none", "POST", announcementsPath, root.token, form("text", "x", "all_day", "true"), 422, ""},
		{"scheduled for the past", "POST", announcementsPath, root.token, form("text", "x", "scheduled_at", "2001-01-01"), 422, ""},
	})
}

func TestAnnouncementReactions(t *testing.T) {
	t.Parallel()
	w := open(t)
	root, ann := w.staff("root", identity.RoleOwner), w.person("ann")
	id := "/api/v1/announcements/" + w.do("POST", announcementsPath, root.token, `{"text": "Hello"}`).is(200).text("id") + "/reactions/"
	for _, name := range []string{"x", "party", "❤️❤️", "a❤️", " ", "👍 ", "1", "<b>", "🇩", strings.Repeat("👩‍", 40) + "👩", "*"} {
		w.do("PUT", id+url.PathEscape(name), ann.token, nil).is(422)
	}
	for i, name := range []string{"👍", "👍🏽", "🇩🇪", "1️⃣", "👩‍💻", "🏴󠁧󠁢󠁳󠁣󠁴󠁿", "☕", "🥑"} {
		w.do("PUT", id+url.PathEscape(name), ann.token, nil).is(200)
		if got := w.do("GET", "/api/v1/announcements", ann.token, nil).text("0.reactions.length"); got != fmt.Sprint(i+1) {
			t.Fatalf("%s: %s reactions", name, got)
		}
	}
	w.do("PUT", id+url.PathEscape("🎉"), root.token, nil).is(422) // the ninth kind
	w.do("PUT", id+url.PathEscape("👍"), root.token, nil).is(200)
	w.do("DELETE", id+url.PathEscape("🥑"), ann.token, nil).is(200)
	w.do("PUT", id+url.PathEscape("🎉"), root.token, nil).is(200)
}

func TestAnnouncementSchedule(t *testing.T) {
	t.Parallel()
	w := open(t)
	root, ann := w.staff("root", identity.RoleAdmin), w.person("ann")
	live := w.events("user", ann.token)
	at := func(d time.Duration) string { return w.kit.Clock.Now().Add(d).Format(time.RFC3339) }
	made := w.do("POST", announcementsPath, root.token, form("text", "Soon", "scheduled_at", at(time.Hour), "ends_at", at(3*time.Hour))).is(200).
		has(`{"published_at": null}`)
	w.do("GET", "/api/v1/announcements", ann.token, nil).is(200).has(`[]`)
	w.kit.Clock.Advance(2 * time.Hour)
	live.gets("announcement Soon")
	w.do("GET", "/api/v1/announcements", ann.token, nil).is(200).has(`[{"id": "` + made.text("id") + `"}]`)
	w.kit.Clock.Advance(2 * time.Hour)
	w.do("GET", "/api/v1/announcements", ann.token, nil).is(200).has(`[]`)
	live.gets("announcement.delete " + made.text("id"))
	testkit.Eventually(t, func() bool {
		return w.do("GET", announcementsPath, root.token, nil).is(200).value("0.published_at") == nil
	})
}
