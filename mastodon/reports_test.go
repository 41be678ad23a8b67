package mastodon_test

import (
	"fmt"
	"strings"
	"testing"

	"github.com/guildhall/guildhall/instance"
	"github.com/guildhall/guildhall/internal/limit"
	"github.com/guildhall/guildhall/mastodon"
)

func TestReports(t *testing.T) {
	t.Parallel()
	w := open(t)
	var rules [2]string
	for i, text := range []string{"Be kind", "No spam"} {
		r, err := w.instance.AddRule(w.kit.Ctx, 0, instance.RuleDraft{Text: &text})
		w.must(err)
		rules[i] = r.ID.String()
	}
	ann, bob := w.person("ann"), w.person("bob")
	id, other := w.says(ann, "rude"), w.says(bob, "not ann's")
	body := func(more string) string { return fmt.Sprintf(`{"account_id": "%s"%s}`, ann.id, more) }
	w.run([]test{
		{"plain", "POST", "/api/v1/reports", bob.token, body(""), 200,
			`{"category": "other", "comment": "", "action_taken": false, "action_taken_at": null, "forwarded": false, "status_ids": [], "rule_ids": [], "target_account": {"username": "ann"}}`},
		{"whole", "POST", "/api/v1/reports", bob.token, body(`, "comment": " bad ", "category": "violation", "forward": true, "rule_ids": ["` + rules[1] + `", "` + rules[1] + `", "9"], "status_ids": ["` + id + `", "` + other + `"]`), 200,
			`{"category": "violation", "comment": "bad", "forwarded": false, "status_ids": ["` + id + `"], "rule_ids": ["` + rules[1] + `"]}`},
		{"rules alone", "POST", "/api/v1/reports", bob.token, fmt.Sprintf("account_id=%s&rule_ids[]=%s&status_ids[]=%s", ann.id, rules[0], id), 200, `{"category": "violation", "rule_ids": ["` + rules[0] + `"], "status_ids": ["` + id + `"]}`},
		{"spam breaks no rule", "POST", "/api/v1/reports", bob.token, body(`, "category": "spam", "rule_ids": ["` + rules[0] + `"]`), 200, `{"category": "spam", "rule_ids": []}`},
		{"nobody", "POST", "/api/v1/reports", bob.token, `{"account_id": "1"}`, 404, ""},
		{"nothing", "POST", "/api/v1/reports", bob.token, `{}`, 404, ""},
		{"oneself", "POST", "/api/v1/reports", ann.token, body(""), 422, ""},
		{"no category", "POST", "/api/v1/reports", bob.token, body(`, "category": "boring"`), 422, ""},
		{"long", "POST", "/api/v1/reports", bob.token, body(`, "comment": "` + strings.Repeat("é", 1001) + `"`), 422, ""},
		{"as long as may be", "POST", "/api/v1/reports", bob.token, body(`, "comment": "` + strings.Repeat("é", 1000) + `"`), 200, ""},
		{"anonymous", "POST", "/api/v1/reports", "", body(""), 401, ""},
	})
}

// AZ-27: a report attaches only what its author may see, and of the reported.
func TestAZ27ReportHidden(t *testing.T) {
	t.Parallel()
	w := open(t)
	ann, bob, cleo := w.person("ann"), w.person("bob"), w.person("cleo")
	private := w.says(ann, "canary", "visibility", "private")
	public := w.says(cleo, "hello")
	a := w.do("POST", "/api/v1/reports", bob.token, form("account_id", ann.id.String(), "status_ids[]", private)).is(200).has(`{"status_ids": []}`)
	if strings.Contains(string(a.body), "canary") {
		t.Error("the report shows what is hidden")
	}
	w.do("POST", "/api/v1/reports", bob.token, `{"account_id": "`+ann.id.String()+`", "status_ids": ["`+private+`", "`+public+`"]}`).is(200).has(`{"status_ids": []}`)
}

// RL-11, of reports.
func TestRL11Reports(t *testing.T) {
	t.Parallel()
	w := open(t, func(d *mastodon.Deps, c *mastodon.Config) {
		d.Limit = limit.New(d.Now)
		c.Limits["reports"] = limit.Rule{Name: "reports", Limit: 3, Window: c.Limits["reports"].Window}
	})
	ann, bob := w.person("ann"), w.person("bob")
	for range 3 {
		w.do("POST", "/api/v1/reports", bob.token, form("account_id", ann.id.String())).is(200)
	}
	w.do("POST", "/api/v1/reports", bob.token, form("account_id", ann.id.String())).is(429)
	if mastodon.DefaultLimits()["reports"].Limit != 400 {
		t.Error("not 400 a day")
	}
}
