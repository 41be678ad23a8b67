package web_test

import (
	"context"
	"errors"
	"io/fs"
	"net/http"
	"net/url"
	"os"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/chromedp/cdproto/cdp"
	"github.com/chromedp/cdproto/emulation"
	"github.com/chromedp/cdproto/network"
	"github.com/chromedp/chromedp"
	"github.com/guildhall/guildhall/identity"
	"github.com/guildhall/guildhall/internal/ids"
	"github.com/guildhall/guildhall/moderation"
	"github.com/guildhall/guildhall/posts"
	"github.com/guildhall/guildhall/web"
)

// tour is everyPage, and the pages of who runs the house.
func tour(w *world) map[string]*shown {
	w.Helper()
	pages := everyPage(w)
	author, err := w.profiles.Lookup(w.kit.Ctx, "author")
	w.must(err)
	troll := w.member("troll")
	bad := w.post(troll, posts.Draft{Text: "Buy my elixir"})
	report, err := w.moderation.Report(w.kit.Ctx, author.ID, moderation.Draft{TargetID: troll, Category: moderation.Spam, Comment: "He sells oil", StatusIDs: []ids.ID{bad.ID}})
	w.must(err)
	member := w.signedIn("author")
	edit := member.get("/lists").submit("/lists", "title", "Team", "replies", "none").is(http.StatusSeeOther).follow()
	pages["edit a list"] = edit
	pages["a list"] = member.get(strings.TrimSuffix(edit.call[len("GET "):], "/edit"))
	member.get("/settings/filters/new").submit("/settings/filters/new", "title", "Films", "keyword", "spoilers", "action", "1", "expires", "0", "in_home", "1").is(http.StatusSeeOther)
	filters, err := w.posts.Filters(w.kit.Ctx, author.ID)
	w.must(err)
	for _, path := range []string{"/notifications", "/settings", "/settings/filters", "/settings/filters/" + filters[0].ID.String()} {
		pages["member "+path] = member.get(path)
	}
	w.keeper("owner", identity.RoleOwner)
	owner := w.signedIn("owner")
	for path := range staffPages {
		pages[path] = owner.get(path)
	}
	for _, path := range []string{"/", "/@troll", w.address("troll", bad), "/admin/reports/" + report.ID.String(), "/admin/accounts/" + troll.String()} {
		pages["owner "+path] = owner.get(path)
	}
	pages["a slow statement"] = owner.get(w.slowStatement())
	visitor := w.browser()
	for _, path := range []string{"/public/local", "/terms-of-service/" + w.kit.Clock.Now().UTC().Format(time.DateOnly)} {
		pages[path] = visitor.get(path)
	}
	return pages
}

// unseen are addresses for GET that show no page.
var unseen = map[string]string{
	"/events":               "a stream",
	"/manifest.webmanifest": "for browsers",
	"/admin/system/statements/{database}/{key}": "there is none that is slow",
	"/sw.js":                            "a script",
	"/practice/attempts/{id}/recording": "a file",
	"/practice/mocks/{id}/events":       "a stream",
	"/practice/mocks/{id}/log":          "for a script",
	"/practice/mocks/{id}/calendar":     "a file",
	"/practice/mocks/{id}/export":       "a file",
	"/practice/seats/{id}/recording":    "a file",
	"/receipts/{id}/receipt.jws":        "a file",
	"/settings/notifications/device":    "for the service worker",
	"/settings/exports/{file}":          "a file",
	"/backups/{id}/download":            "a file",
	"/compose/complete":                 "a part of a page",
	"/compose/pictures/{$}":             "a part of a page",
	"/users/{name}":                     "leads to the profile",
	"/users/{name}/statuses/{id}":       "leads to the post",
}

// No page is forgotten by the tests that look at all of them.
func TestTourIsWhole(t *testing.T) {
	w := open(t)
	mux := http.NewServeMux()
	missing := map[string]bool{}
	for _, pattern := range web.Pages() {
		mux.HandleFunc(pattern, http.NotFound)
		missing[pattern] = unseen[pattern] == ""
	}
	for _, s := range tour(w) {
		path, ok := strings.CutPrefix(s.call, "GET ")
		if !ok || s.status >= 400 {
			continue
		}
		u, err := url.Parse(path)
		w.must(err)
		_, pattern := mux.Handler(&http.Request{Method: "GET", URL: u, Host: w.host})
		missing[pattern] = false
	}
	for pattern, missed := range missing {
		if missed {
			t.Errorf("no page of %s is in everyPage or tour", pattern)
		}
	}
}

// axeSource is the code of axe-core, which npm brings.
func axeSource(t *testing.T) string {
	t.Helper()
	source, err := os.ReadFile("../e2e/node_modules/axe-core/axe.min.js")
	if errors.Is(err, fs.ErrNotExist) && os.Getenv("CI") == "" {
		t.Skip("axe-core is not there (npm ci --prefix e2e --ignore-scripts)")
	}
	if err != nil {
		t.Fatal(err)
	}
	return string(source)
}

// axe has the checks of axe-core, all or some, list what they do not like.
func axe(only string) chromedp.Action[[]string] {
	return chromedp.Evaluate[[]string](`axe.run(document, {resultTypes: ["violations"], preload: false, `+only+`}).then(r => r.violations.flatMap(v =>
		v.nodes.map(n => v.id + ": " + n.html.slice(0, 150) + " " + n.failureSummary.replaceAll(/\s+/g, " ").slice(0, 300))))`, chromedp.EvalAwaitPromise)
}

// inTheme shows pages as to somebody who has chosen light or dark, and no motion.
func inTheme(theme string) chromedp.Action[chromedp.Void] {
	return chromedp.Func(func(ctx context.Context, tab *chromedp.Target) error {
		_, err := cdp.Call(ctx, tab, emulation.SetEmulatedMedia, emulation.SetEmulatedMediaParams{Features: []*emulation.MediaFeature{
			{Name: "prefers-color-scheme", Value: theme}, {Name: "prefers-reduced-motion", Value: "reduce"}}})
		return err
	})
}

// become gives Chromium the cookies of a browser, and no others.
func (b *browser) become() chromedp.Action[chromedp.Void] {
	return chromedp.Func(func(ctx context.Context, tab *chromedp.Target) error {
		if _, err := cdp.Call(ctx, tab, network.ClearBrowserCookies, cdp.Empty{}); err != nil {
			return err
		}
		home, err := url.Parse(b.base)
		if err != nil {
			return err
		}
		var cookies []*network.CookieParam
		for _, c := range b.client.Jar.Cookies(home) {
			cookies = append(cookies, &network.CookieParam{Name: c.Name, Value: c.Value, URL: b.base, HTTPOnly: true, SameSite: network.CookieSameSiteLax})
		}
		_, err = cdp.Call(ctx, tab, network.SetCookies, network.SetCookiesParams{Cookies: cookies})
		return err
	})
}

// axe-core finds nothing on any page, signed in or out, in both themes, on a desk
// and on a phone.
func TestChromiumAxe(t *testing.T) {
	if testing.Short() {
		t.Skip("some hundred pages in a browser")
	}
	source := axeSource(t)
	w := open(t)
	type visit struct {
		reader *browser
		path   string
	}
	var visits []visit
	seen := map[string]int{}
	for _, s := range tour(w) {
		path, ok := strings.CutPrefix(s.call, "GET ")
		if who := s.signed(); ok && s.status < 500 && s.status/100 != 3 && len(path) < 300 && seen[who+path] == 0 {
			seen[who+path] = s.status
			visits = append(visits, visit{s.browser, path})
		}
	}
	slices.SortFunc(visits, func(a, b visit) int { return strings.Compare(a.reader.signed()+a.path, b.reader.signed()+b.path) })
	ctx := chromium(t)
	look := func(v visit, how, only string) {
		t.Helper()
		found, err := chromedp.Run(ctx, axe(only))
		w.must(err)
		for _, text := range found {
			t.Errorf("%s (%s, signed in: %v): %s", v.path, how, v.reader.signed() != "", text)
		}
	}
	var reader *browser
	for _, v := range visits {
		if v.reader != reader {
			reader = v.reader
			w.must(chromedp.Do(ctx, reader.become()))
		}
		w.kit.Clock.Advance(5 * time.Minute) // pages are limited
		w.must(chromedp.Do(ctx, chromedp.EmulateViewport(1440, 1000), inTheme("light"), chromedp.Navigate(w.base+v.path), chromedp.Evaluate[chromedp.Void](source)))
		status, err := chromedp.Run(ctx, chromedp.Evaluate[int](`performance.getEntriesByType("navigation")[0].responseStatus`))
		w.must(err)
		if want := seen[v.reader.signed()+v.path]; status != want {
			t.Errorf("%s: status %d, want %d", v.path, status, want)
		}
		look(v, "light", "")
		w.must(chromedp.Do(ctx, inTheme("dark")))
		look(v, "dark", `runOnly: ["color-contrast", "link-in-text-block"]`)
		w.must(chromedp.Do(ctx, chromedp.EmulateViewport(390, 844)))
		look(v, "dark on a phone", "")
	}
}

// signed is the session of who is signed in, empty if nobody is.
func (b *browser) signed() string {
	home, err := url.Parse(b.base)
	b.must(err)
	for _, c := range b.client.Jar.Cookies(home) {
		if strings.Contains(c.Name, "session") {
			return c.Value
		}
	}
	return ""
}
