package web_test

import (
	"net/http"
	"strings"
	"testing"
	"time"
)

// What is due to a member stands beside their timeline, and nothing to others.
func TestDueBesideTimeline(t *testing.T) {
	w := open(t)
	w.member("ann")
	w.member("ben")
	a, b := w.signedIn("ann"), w.signedIn("ben")
	w.practised(a)
	if strings.Contains(a.get("/").is(http.StatusOK).body, "Due for review") {
		t.Error("something is due at once")
	}
	w.kit.Clock.Advance(2 * 24 * time.Hour)
	a.get("/").is(http.StatusOK).says("Due for review", "1 card").submit("/practice/sessions").is(http.StatusSeeOther).follow().is(http.StatusOK)
	if strings.Contains(b.get("/").is(http.StatusOK).body, "Due for review") {
		t.Error("something is due to who has not practised")
	}
}
