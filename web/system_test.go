package web_test

import (
	"net/http"
	"net/url"
	"strings"
	"testing"
	"time"

	"github.com/chromedp/chromedp"
	"github.com/guildhall/guildhall/identity"
	"github.com/guildhall/guildhall/internal/db"
	"github.com/guildhall/guildhall/posts"
)

// countUp is a statement that takes its time.
const countUp = "WITH RECURSIVE numbers(x) AS (SELECT 1 UNION ALL SELECT x + 1 FROM numbers WHERE x < $1) SELECT count(*) FROM numbers"

// slowStatement runs countUp and returns the address of the page about it.
func (w *world) slowStatement() string {
	w.Helper()
	d := w.machine.Databases[0]
	if n, err := db.Value[int](w.kit.Ctx, d, countUp, 300_000); err != nil || n != 300_000 {
		w.Fatal(n, err)
	}
	for _, x := range d.Slow() {
		if x.Text == countUp {
			return "/admin/system/statements/" + d.Name() + "/" + x.Key
		}
	}
	w.Fatal("the statement is not among the slow ones")
	return ""
}

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
	plan := w.slowStatement()
	a := w.signedIn("adm")
	s := a.get("/admin/system").is(http.StatusOK)
	readable(t, "/admin/system", s)
	s.says("Processors in use", "Goroutines", "Requests a second", "pages", "Queues", "notifications", "identity", "Slow statements", "WITH RECURSIVE numbers",
		"identity.tokens", "identity.users", "Wrong login or password", "127.0.0.1", "A form from elsewhere, or out of date", "The administration, without being allowed to")
	if lines := strings.Count(s.body, "<polyline points=\""); lines != 6 || strings.Contains(s.body, "300000") {
		t.Errorf("%d charts; or a value of a statement is told", lines)
	}
	a.get("/admin/system?span=day").is(http.StatusOK).says("24 h ago")

	p := a.get(plan).is(http.StatusOK).says(countUp, "SCAN numbers")
	readable(t, plan, p)
	for _, gone := range []string{"/admin/system/statements/identity/x", strings.Replace(plan, "identity", "nothing", 1), strings.Replace(plan, "identity", "posts", 1)} {
		a.get(gone).is(http.StatusNotFound)
	}

	a.header.Set("HX-Request", "true")
	if part := a.get("/admin/system").is(http.StatusOK); strings.Contains(part.body, "<html") || !strings.Contains(part.body, "<polyline") {
		t.Errorf("the part: %.200s", part.body)
	}
}

// What is exchanged on the page of the machine takes neither the focus nor the
// open tables away, and nothing is while somebody is busy there.
func TestChromiumSystem(t *testing.T) {
	w := open(t)
	w.keeper("adm", identity.RoleAdmin)
	for range 3 {
		w.kit.Clock.Advance(10 * time.Second)
		w.machine.History.Take()
	}
	ctx := chromium(t)
	w.enters(ctx, "adm")
	const ask = `htmx.ajax("GET", "/admin/system", {source: "#machine", target: "#machine", swap: "innerHTML"})`
	w.must(chromedp.Do(ctx, chromedp.Navigate(w.base+"/admin/system"), chromedp.WaitReady("#trace-1 summary")))
	got, err := chromedp.Run(ctx, chromedp.Evaluate[string](`(async () => {
		const swaps = []
		document.addEventListener("htmx:afterSwap", e => swaps.push(e.target.id))
		const summary = document.querySelector("#trace-1 summary")
		summary.click()
		summary.focus()
		summary.dataset.old = "1"
		`+ask+`
		await new Promise(r => setTimeout(r, 300))
		const kept = document.activeElement.dataset.old === "1"
		document.activeElement.blur()
		await `+ask+`
		const old = document.querySelector("#trace-1 summary").dataset.old
		return [kept, swaps.join(), old === undefined, document.getElementById("trace-1").open].join(" ")
	})()`, chromedp.EvalAwaitPromise))
	w.must(err)
	if got != "true machine true true" {
		t.Errorf("%s", got)
	}
}
