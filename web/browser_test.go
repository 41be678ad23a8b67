package web_test

import (
	"context"
	"fmt"
	"net/http"
	"net/http/httptest"
	"net/url"
	"os"
	"os/exec"
	"slices"
	"testing"
	"time"

	"github.com/chromedp/chromedp"
)

// chromium starts a real browser, or skips the test where there is none.
func chromium(t *testing.T) context.Context {
	t.Helper()
	var path string
	for _, name := range []string{"chromium", "chromium-browser", "google-chrome"} {
		if found, err := exec.LookPath(name); err == nil {
			path = found
			break
		}
	}
	if path == "" {
		if os.Getenv("CI") != "" {
			t.Fatal("no Chromium")
		}
		t.Skip("no Chromium")
	}
	options := append(slices.Clone(chromedp.DefaultExecAllocatorOptions[:]), chromedp.ExecPath(path), chromedp.NoSandbox, chromedp.WindowSize(1280, 900), chromedp.UserDataDir(t.TempDir()))
	ctx, cancel := context.WithTimeout(context.Background(), 8*time.Minute)
	t.Cleanup(cancel)
	ctx, cancel = chromedp.NewExecAllocator(ctx, options...)
	t.Cleanup(cancel)
	ctx, cancel = chromedp.NewContext(ctx)
	t.Cleanup(cancel)
	return ctx
}

// A browser that obeys the policy signs in, allows, and comes back to an app
// that listens on the same machine.
func TestChromiumSignsInAndAllows(t *testing.T) {
	w := open(t)
	w.member("mara")
	came := make(chan url.Values, 8)
	client := httptest.NewServer(http.HandlerFunc(func(rw http.ResponseWriter, r *http.Request) {
		if r.URL.Path == "/cb" {
			came <- r.URL.Query()
		}
		fmt.Fprint(rw, "<!doctype html><title>app</title>done")
	}))
	t.Cleanup(client.Close)
	app := w.app(client.URL + "/cb")
	ctx := chromium(t)
	w.must(chromedp.Do(ctx,
		chromedp.Navigate(w.base+authorize(app, "state", "from the app")),
		chromedp.SendKeys("#login", "mara"), chromedp.SendKeys("#password", password), chromedp.Click("main form button"),
		chromedp.WaitVisible("button[value=allow]"), chromedp.Click("button[value=allow]"),
	))
	select {
	case q := <-came:
		if q.Get("code") == "" || q.Get("state") != "from the app" {
			t.Errorf("the app got %v", q)
		}
	case <-time.After(20 * time.Second):
		text, err := chromedp.Run(ctx, chromedp.Location())
		w.must(err)
		t.Fatalf("the browser did not come back to the app; it is at %s", text)
	}
}

// Pages fit phones, tablets and desks, and what can be pressed is large enough.
func TestChromiumLayout(t *testing.T) {
	if testing.Short() {
		t.Skip("some seventy pages in a browser")
	}
	w := open(t)
	paths := []string{}
	for _, s := range everyPage(w) {
		if method, path := s.call[:3], s.call[4:]; method == "GET" && s.status < 500 && len(path) < 300 {
			paths = append(paths, path)
		}
	}
	slices.Sort(paths)
	ctx := chromium(t)
	w.must(chromedp.Do(ctx, chromedp.Navigate(w.base+"/auth/sign_in"), chromedp.SendKeys("#login", "author"), chromedp.SendKeys("#password", password),
		chromedp.Click("main form button"), chromedp.WaitVisible("[data-composer]")))
	for _, size := range []struct {
		name  string
		width int64
	}{{"phone", 390}, {"tablet", 820}, {"desk", 1440}} {
		for _, path := range slices.Compact(slices.Clone(paths)) {
			w.kit.Clock.Advance(5 * time.Minute) // pages are limited
			w.must(chromedp.Do(ctx, chromedp.EmulateViewport(size.width, 900), chromedp.Navigate(w.base+path)))
			wide, err := chromedp.Run(ctx, chromedp.Evaluate[int64]("document.documentElement.scrollWidth"))
			w.must(err)
			small, err := chromedp.Run(ctx, chromedp.Evaluate[[]string](smallTargets))
			w.must(err)
			if wide > size.width {
				t.Errorf("%s on a %s is %v wide", path, size.name, wide)
			}
			if len(small) > 0 {
				t.Errorf("%s on a %s: too small to press: %q", path, size.name, small)
			}
		}
	}
}

// smallTargets lists buttons, fields and links that stand alone and are lower
// than 40 px. Links in running text are as high as the text.
const smallTargets = `[...document.querySelectorAll("button, input:not([type=hidden]):not([type=checkbox]):not([type=radio]), textarea, summary, .go, .nav a, .top a, label.tick, .mark")]
	.filter(e => e.getClientRects().length && e.getBoundingClientRect().height < 39.5).map(e => e.outerHTML.slice(0, 80))`
