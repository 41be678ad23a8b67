package mastodon_test

import (
	"context"
	"fmt"
	"runtime"
	"strings"
	"testing"
	"time"

	"github.com/guildhall/guildhall/identity"
	"github.com/guildhall/guildhall/internal/testkit"
	"github.com/guildhall/guildhall/mastodon"
)

const (
	measuresPath   = "/api/v1/admin/measures"
	dimensionsPath = "/api/v1/admin/dimensions"
	retentionPath  = "/api/v1/admin/retention"
)

// town fills a world with a little of everything, on the 21st of November, and
// with less on the day after, the present one. It returns the id of the hashtag.
func (w *world) town() (mod, ann, bob *person, tag string) {
	w.Helper()
	mod, ann, bob = w.staff("mod", identity.RoleModerator), w.person("ann"), w.person("bob")
	id := w.says(ann, "#go is on", "language", "en")
	w.says(bob, "#go it is", "language", "de", "in_reply_to_id", id)
	w.do("POST", statusesPath+id+"/favourite", bob.token, nil).is(200)
	w.do("POST", statusesPath+id+"/reblog", bob.token, nil).is(200)
	report := w.do("POST", "/api/v1/reports", bob.token, `{"account_id": "`+ann.id.String()+`", "comment": "loud"}`).is(200).text("id")
	w.do("POST", "/api/v1/reports", bob.token, `{"account_id": "`+ann.id.String()+`", "comment": "still loud"}`).is(200)
	w.do("POST", "/api/v1/admin/reports/"+report+"/resolve", mod.token, nil).is(200)
	w.kit.Clock.Advance(24 * time.Hour)
	w.says(ann, "#go on", "language", "en")
	w.kit.Clock.Advance(2 * time.Minute)
	testkit.Eventually(w.T, func() bool {
		return w.do("POST", measuresPath, mod.token, `{"keys": ["interactions"], "start_at": "2026-11-21", "end_at": "2026-11-21"}`).is(200).text("0.total") == "3"
	})
	return mod, ann, bob, w.do("GET", "/api/v2/search?type=hashtags&q=go", ann.token, nil).is(200).text("hashtags.0.id")
}

func TestMeasures(t *testing.T) {
	t.Parallel()
	w := open(t)
	mod, ann, _, tag := w.town()
	const zero = `"data": [{"date": "2026-11-21T00:00:00.000Z", "value": "0"}, {"date": "2026-11-22T00:00:00.000Z", "value": "0"}]`
	for key, want := range map[string]string{
		"active_users":               `"total": "3", "previous_total": "0", "data": [{"date": "2026-11-21T00:00:00.000Z", "value": "3"}, {"date": "2026-11-22T00:00:00.000Z", "value": "2"}]`,
		"new_users":                  `"total": "3", "previous_total": "0", "data": [{"value": "3"}, {"value": "0"}]`,
		"interactions":               `"total": "3", "previous_total": "0", "data": [{"value": "3"}, {"value": "0"}]`,
		"opened_reports":             `"total": "2", "previous_total": "0", "data": [{"value": "2"}, {"value": "0"}]`,
		"resolved_reports":           `"total": "1", "previous_total": "0", "data": [{"value": "1"}, {"value": "0"}]`,
		"tag_accounts":               `"total": "2", "previous_total": "0", "data": [{"value": "2"}, {"value": "1"}]`,
		"tag_uses":                   `"total": "3", "previous_total": "0", "data": [{"value": "2"}, {"value": "1"}]`,
		"tag_servers":                `"total": "1", "previous_total": "0", "data": [{"value": "1"}, {"value": "1"}]`,
		"instance_accounts":          `"total": "0", ` + zero,
		"instance_media_attachments": `"total": "0", "unit": "bytes", "human_value": "0 Bytes", ` + zero,
		"instance_reports":           `"total": "0", "unit": null, ` + zero,
		"instance_statuses":          `"total": "0", ` + zero,
		"instance_follows":           `"total": "0", ` + zero,
		"instance_followers":         `"total": "0", ` + zero,
	} {
		body := `{"keys": ["` + key + `", "` + key + `"], "start_at": "2026-11-21", "end_at": "2026-11-22T10:00:00Z"`
		switch {
		case strings.HasPrefix(key, "tag_"):
			w.do("POST", measuresPath, mod.token, body+`}`).is(422)
			w.do("POST", measuresPath, mod.token, body+`, "`+key+`": {"id": "123"}}`).same404()
			body += `, "` + key + `": {"id": "` + tag + `"}`
		case strings.HasPrefix(key, "instance_"):
			w.do("POST", measuresPath, mod.token, body+`}`).is(422)
			body += `, "` + key + `": {"domain": "elsewhere.test"}`
		}
		w.do("POST", measuresPath, mod.token, body+`}`).is(200).has(`[{"key": "` + key + `", ` + want + `}]`)
	}
	// The day before counts as the one before; a form asks as well as JSON.
	w.do("POST", measuresPath, mod.token, "keys[]=tag_uses&keys[]=active_users&tag_uses[id]="+tag+"&start_at=2026-11-22&end_at=2026-11-22").is(200).has(`[
		{"key": "tag_uses", "total": "1", "previous_total": "2", "data": [{"value": "1"}]}, {"key": "active_users", "total": "2", "previous_total": "3"}]`)
	w.do("POST", measuresPath, ann.token, `{"keys": ["new_users"]}`).is(403)
}

func TestDimensions(t *testing.T) {
	t.Parallel()
	w := open(t, func(d *mastodon.Deps, _ *mastodon.Config) {
		d.Storage = func(context.Context) (mastodon.Storage, error) {
			return mastodon.Storage{Engine: "SQLite", Version: "3.50.4", Data: 3 << 19, Media: 1000}, nil
		}
	})
	mod, ann, _, tag := w.town()
	for key, want := range map[string]string{
		"languages":          `[{"key": "en", "human_key": "English", "value": "3"}]`,
		"sources":            `[{"key": "web", "human_key": "Website", "value": "3"}]`,
		"servers":            `[{"key": "guild.test", "human_key": "guild.test", "value": "4"}]`,
		"space_usage":        `[{"key": "sqlite", "human_key": "SQLite", "value": "1572864", "unit": "bytes", "human_value": "1.5 MB"}, {"key": "media", "value": "1000", "human_value": "1000 Bytes"}]`,
		"software_versions":  `[{"key": "guildhall", "value": "0.1.0", "human_value": "0.1.0"}, {"key": "go", "value": "` + strings.TrimPrefix(runtime.Version(), "go") + `"}, {"key": "sqlite", "human_key": "SQLite", "value": "3.50.4"}]`,
		"tag_servers":        `[{"key": "guild.test", "value": "3"}]`,
		"tag_languages":      `[{"key": "en", "human_key": "English", "value": "2"}, {"key": "de", "human_key": "German", "value": "1"}]`,
		"instance_accounts":  `[]`,
		"instance_languages": `[]`,
	} {
		body := `{"keys": ["` + key + `"], "start_at": "2026-11-21", "end_at": "2026-11-22"`
		switch {
		case strings.HasPrefix(key, "tag_"):
			w.do("POST", dimensionsPath, mod.token, body+`}`).is(422)
			body += `, "` + key + `": {"id": "` + tag + `"}`
		case strings.HasPrefix(key, "instance_"):
			w.do("POST", dimensionsPath, mod.token, body+`}`).is(422)
			body += `, "` + key + `": {"domain": "elsewhere.test"}`
		}
		w.do("POST", dimensionsPath, mod.token, body+`}`).is(200).has(`[{"key": "` + key + `", "data": ` + want + `}]`)
	}
	a := w.do("POST", dimensionsPath, mod.token, `{"keys": ["tag_languages"], "limit": 1, "start_at": "2026-11-21", "end_at": "2026-11-22", "tag_languages": {"id": "`+tag+`"}}`).is(200)
	if a.value("0.data.0") == nil || a.value("0.data.1") != nil {
		t.Errorf("limit 1: %s", a.body)
	}
	w.do("POST", dimensionsPath, mod.token, `{"keys": ["languages", "servers"], "start_at": "2026-10-01", "end_at": "2026-10-02"}`).is(200).has(`[{"data": []}, {"data": []}]`)
	w.do("POST", dimensionsPath, ann.token, `{"keys": ["languages"]}`).is(403)
	// Of no days at all: the latest.
	w.do("POST", dimensionsPath, mod.token, `{"keys": ["languages", "sources"]}`).is(200).
		has(`[{"key": "languages", "data": [{"key": "en", "value": "3"}]}, {"key": "sources", "data": [{"key": "web", "value": "3"}]}]`)
	w.kit.Clock.Advance(30 * 24 * time.Hour)
	w.do("POST", dimensionsPath, mod.token, "keys[]=sources").is(200).has(`[{"key": "sources", "data": []}]`)
}

func TestRetention(t *testing.T) {
	t.Parallel()
	w := open(t)
	mod, ann, _, _ := w.town()
	w.do("POST", retentionPath, mod.token, `{"start_at": "2026-11-21", "end_at": "2026-11-22", "frequency": "day"}`).is(200).has(`[
		{"period": "2026-11-21T00:00:00.000Z", "frequency": "day", "data": [{"date": "2026-11-21T00:00:00.000Z", "rate": 1, "value": "3"}, {"rate": 0.6666666666666666, "value": "2"}]},
		{"period": "2026-11-22T00:00:00.000Z", "data": [{"date": "2026-11-22T00:00:00.000Z", "rate": 0, "value": "0"}]}]`)
	w.kit.Clock.Advance(20 * 24 * time.Hour)
	w.says(ann, "December")
	w.do("POST", retentionPath, mod.token, "start_at=2026-10-15&end_at=2026-12-15&frequency=month").is(200).has(`[
		{"period": "2026-10-01T00:00:00.000Z", "frequency": "month", "data": [{"value": "0"}, {"value": "0"}, {"value": "0"}]},
		{"period": "2026-11-01T00:00:00.000Z", "data": [{"date": "2026-11-01T00:00:00.000Z", "rate": 1, "value": "3"}, {"date": "2026-12-01T00:00:00.000Z", "value": "2"}]},
		{"period": "2026-12-01T00:00:00.000Z", "data": [{"value": "0"}]}]`)
	w.do("POST", retentionPath, ann.token, "start_at=2026-11-21&end_at=2026-11-22&frequency=day").is(403)
}

// AZ-18: who may not ask is told so; who may cannot ask for too much.
func TestFiguresRefuse(t *testing.T) {
	t.Parallel()
	w := open(t)
	mod, ann := w.staff("mod", identity.RoleModerator), w.person("ann")
	const wide = "&start_at=0001-01-01&end_at=9999-12-31"
	for _, path := range []string{measuresPath, dimensionsPath, retentionPath} {
		body := strings.Repeat("keys[]=active_users&", 20) + "frequency=day"
		w.run([]test{
			{path + " anonymous", "POST", path, "", body + wide, 401, ""},
			{path + " by a member", "POST", path, ann.token, body + wide, 403, ""},
			{path + " without the scope", "POST", path, w.token(mod, "read write"), body + wide, 403, `{"error": "This action is outside the authorized scopes"}`},
			{path + " of all time", "POST", path, mod.token, body + wide, 422, ""},
			{path + " of very long", "POST", path, mod.token, body + "&start_at=2020-01-01&end_at=2026-01-01", 422, ""},
			{path + " backwards", "POST", path, mod.token, body + "&start_at=2026-11-02&end_at=2026-11-01", 422, ""},
			{path + " without a start", "POST", path, mod.token, body + "&end_at=2026-11-01", 422, ""},
			{path + " without an end", "POST", path, mod.token, body + "&start_at=2026-11-01&end_at=", 422, ""},
			{path + " of no day", "POST", path, mod.token, body + "&start_at=soon&end_at=2026-11-01", 422, ""},
		})
	}
	const day = "&start_at=2026-11-21&end_at=2026-11-21"
	w.run([]test{
		{"no measure", "POST", measuresPath, mod.token, "keys[]=new_users&keys[]=money" + day, 422, `{"error": "Validation failed: keys has \"money\", which is not known"}`},
		{"no dimension", "POST", dimensionsPath, mod.token, "keys[]=new_users" + day, 422, ""},
		{"no frequency", "POST", retentionPath, mod.token, "frequency=hour" + day, 422, ""},
		{"no keys", "POST", measuresPath, mod.token, "x=y" + day, 422, ""},
		{"too many keys", "POST", dimensionsPath, mod.token, func() string {
			var b strings.Builder
			for i := range 500 {
				fmt.Fprintf(&b, "keys[]=%d&", i)
			}
			return b.String() + day[1:]
		}(), 422, ""},
		{"a year", "POST", measuresPath, mod.token, "keys[]=new_users&start_at=2026-01-01&end_at=2026-12-31", 200, `[{"key": "new_users", "total": "2"}]`},
		{"two years by the month", "POST", retentionPath, mod.token, "frequency=month&start_at=2025-01-01&end_at=2026-12-31", 200, ""},
	})
}
