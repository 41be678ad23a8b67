package mastodon_test

import (
	"testing"
	"time"

	"github.com/guildhall/guildhall/internal/testkit"
)

func TestAnnualReports(t *testing.T) {
	testkit.Engines(t, testAnnualReports)
}

func testAnnualReports(t *testing.T, k *testkit.Kit) {
	w := openOn(k)
	ann, bob := w.person("ann"), w.person("bob")
	w.follows(bob, ann)
	best := w.says(ann, "Boost me #Go")
	w.says(ann, "also #go")
	w.do("POST", "/api/v1/statuses/"+best+"/reblog", bob.token, nil).is(200)
	const path = "/api/v1/annual_reports"
	year := "/" + w.kit.Clock.Now().Format("2006")
	w.run([]test{
		{"none", "GET", path, ann.token, nil, 200, `{"annual_reports": [], "accounts": [], "statuses": []}`},
		{"too early", "GET", path + year + "/state", ann.token, nil, 200, `{"state": "ineligible"}`},
		{"too early", "POST", path + year + "/generate", ann.token, nil, 200, ""},
		{"not made", "GET", path + year, ann.token, nil, 404, ""},
		{"not made", "POST", path + year + "/read", ann.token, nil, 404, ""},
		{"no year", "GET", path + "/x/state", ann.token, nil, 404, ""},
		{"nobody", "GET", path, "", nil, 401, ""},
	})
	w.kit.Clock.Set(time.Date(w.kit.Clock.Now().Year(), 12, 11, 0, 0, 0, 0, time.UTC))
	w.do("GET", path+year+"/state", ann.token, nil).is(200).has(`{"state": "eligible"}`)
	const refreshes = "/api/v1_alpha/async_refreshes/"
	w.do("GET", refreshes+"annual_report-"+year[1:], ann.token, nil).is(404) // nobody has asked
	made := w.do("POST", path+year+"/generate", ann.token, nil).is(202).header.Get("Mastodon-Async-Refresh")
	refresh := "annual_report-" + year[1:]
	if made != `id="`+refresh+`", retry=2` {
		t.Errorf("the header says %q", made)
	}
	testkit.Eventually(t, func() bool {
		status := w.do("GET", refreshes+refresh, ann.token, nil).is(200).has(`{"async_refresh": {"id": "` + refresh + `", "result_count": null}}`).text("async_refresh.status")
		if status != "running" && status != "finished" {
			t.Fatalf("status %q", status)
		}
		return status == "finished"
	})
	w.do("GET", refreshes+refresh, bob.token, nil).is(404) // it is ann's
	w.do("GET", refreshes+"annual_report-x", ann.token, nil).is(404)
	w.do("GET", refreshes+refresh, "", nil).is(401)
	testkit.Eventually(t, func() bool {
		return w.do("GET", path+year+"/state", ann.token, nil).is(200).text("state") == "available"
	})
	w.do("POST", path+year+"/generate", ann.token, nil).is(200)
	w.do("GET", path+year, ann.token, nil).is(200).has(`{"annual_reports": [{"account_id": "` + ann.id.String() + `", "schema_version": 2, "share_url": null,
		"data": {"archetype": "lurker", "top_hashtags": [{"name": "go", "count": 2}], "top_statuses": {"by_reblogs": "` + best + `"}}}],
		"accounts": [{"username": "ann"}], "statuses": [{"id": "` + best + `"}]}`)
	a := w.do("GET", path, ann.token, nil).is(200)
	if a.text("annual_reports.0.data.time_series.10") != "map[followers:1 month:11 statuses:2]" {
		t.Errorf("%s", a.body)
	}
	w.do("POST", path+year+"/read", ann.token, nil).is(200)
	w.do("GET", path, bob.token, nil).is(200).has(`{"annual_reports": []}`)
}
