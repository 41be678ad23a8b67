package web_test

import (
	"net/http"
	"net/url"
	"strings"
	"testing"
	"time"

	"github.com/guildhall/guildhall/identity"
	"github.com/guildhall/guildhall/internal/db"
	"github.com/guildhall/guildhall/posts"
)

// Administrators see how the machine does: load, requests, queues, databases,
// slow statements with their plans, caches, and what was refused.
func TestSystem(t *testing.T) {
	w := open(t)
	w.keeper("adm", identity.RoleAdmin)
	author := w.member("author")
	w.post(author, posts.Draft{Text: "hello"})
	w.browser().get("/@author").is(http.StatusOK)
	w.browser().get("/auth/sign_in").submit("", "login", "adm", "password", "wrong").is(http.StatusUnauthorized)
	w.signedIn("author").get("/admin/system").is(http.StatusNotFound)
	w.browser().do("POST", "/auth/sign_in", url.Values{"login": {"x"}})
	for range 30 {
		w.kit.Clock.Advance(10 * time.Second)
		w.machine.History.Take()
	}
	const slow = "WITH RECURSIVE numbers(x) AS (SELECT 1 UNION ALL SELECT x + 1 FROM numbers WHERE x < $1) SELECT count(*) FROM numbers"
	if n, err := db.Value[int](w.kit.Ctx, w.machine.Databases[0], slow, 300_000); err != nil || n != 300_000 {
		t.Fatal(n, err)
	}

	a := w.signedIn("adm")
	s := a.get("/admin/system").is(http.StatusOK)
	readable(t, "/admin/system", s)
	s.says("Processors in use", "Goroutines", "Requests a second", "pages", "Queues", "notifications", "identity", "Slow statements", "WITH RECURSIVE numbers",
		"identity.tokens", "identity.users", "Wrong login or password", "127.0.0.1", "A form from elsewhere, or out of date", "The administration, without being allowed to")
	if lines := strings.Count(s.body, "<polyline points=\""); lines != 7 || strings.Contains(s.body, "300000") {
		t.Errorf("%d charts; or a value of a statement is told", lines)
	}
	a.get("/admin/system?span=day").is(http.StatusOK).says("24 h ago")

	var plan string
	for _, x := range w.machine.Databases[0].Slow() {
		if x.Text == slow {
			plan = "/admin/system/statements/identity/" + x.Key
		}
	}
	p := a.get(plan).is(http.StatusOK).says(slow, "SCAN numbers")
	readable(t, plan, p)
	for _, gone := range []string{"/admin/system/statements/identity/x", strings.Replace(plan, "identity", "nothing", 1), strings.Replace(plan, "identity", "posts", 1)} {
		a.get(gone).is(http.StatusNotFound)
	}

	a.header.Set("HX-Request", "true")
	if part := a.get("/admin/system").is(http.StatusOK); strings.Contains(part.body, "<html") || !strings.Contains(part.body, "<polyline") {
		t.Errorf("the part: %.200s", part.body)
	}
}
