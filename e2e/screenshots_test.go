package e2e_test

import (
	"context"
	"os"
	"path/filepath"
	"testing"

	"github.com/chromedp/cdproto/cdp"
	"github.com/chromedp/cdproto/emulation"
	"github.com/chromedp/cdproto/page"
	"github.com/chromedp/chromedp"
)

// views are the pictures of docs/screenshots. The demo's first member is the
// owner.
var views = []struct {
	name          string
	width, height int64
	theme, path   string
	prepare       string // a script of the page, empty: nothing
}{
	{"home", 1440, 900, "light", "/", ""},
	{"home-phone", 390, 844, "dark", "/", ""},
	{"profile", 1440, 900, "light", "/@priya", ""},
	{"thread", 1440, 900, "dark", "", ""}, // the most answered post of the community
	{"composer", 820, 900, "light", "/compose", `(() => {
		const text = document.querySelector("[data-composer] textarea"), poll = document.querySelector("[name=option]").closest("details")
		text.value = "Three ways to tell a candidate no, and what each of them teaches. Which one did you get last?"
		text.dispatchEvent(new Event("input", { bubbles: true }))
		poll.open = true
		const options = document.querySelectorAll("[name=option]")
		options[0].value = "A letter"; options[1].value = "A call, with reasons"
		return true
	})()`},
	{"explore", 1440, 900, "light", "/explore/people", ""},
	{"admin", 1440, 900, "dark", "/admin", ""},
	{"notifications", 820, 900, "light", "/notifications?show=favourites", ""},
}

// TestScreenshots takes the pictures of docs/screenshots anew if
// GUILDHALL_SCREENSHOTS is set.
func TestScreenshots(t *testing.T) {
	if os.Getenv("GUILDHALL_SCREENSHOTS") == "" {
		t.Skip("GUILDHALL_SCREENSHOTS is not set")
	}
	folder := filepath.Join("..", "docs", "screenshots")
	if err := os.MkdirAll(folder, 0o755); err != nil {
		t.Fatal(err)
	}
	s := start(t, "demo")
	browser := chromium(t)
	if err := chromedp.Do(browser, chromedp.Navigate("about:blank")); err != nil {
		t.Fatal(err)
	}
	w := openWindow(t, browser, s.base)
	w.do("sign in", chromedp.Navigate(s.base+"/auth/sign_in"), chromedp.SendKeys(chromedp.CSS("#login"), "ada"),
		chromedp.SendKeys(chromedp.CSS("#password"), "interview-ready"), chromedp.Click(chromedp.CSS("main form button")), chromedp.WaitVisible(chromedp.CSS("[data-composer]")))
	for _, v := range views {
		if v.path == "" {
			v.path = mostAnswered(s)
		}
		w.do(v.name, chromedp.EmulateViewport(v.width, v.height), inTheme(v.theme), chromedp.Navigate(s.base+v.path))
		if v.prepare != "" {
			evaluate[bool](w, v.prepare)
		}
		w.do("pictures and fonts", loaded())
		data, err := chromedp.Run(w.ctx, webp())
		if err != nil {
			t.Fatal(err)
		}
		if len(data) > 200<<10 {
			t.Errorf("%s has %d KiB", v.name, len(data)>>10)
		}
		if err := os.WriteFile(filepath.Join(folder, v.name+".webp"), data, 0o644); err != nil {
			t.Fatal(err)
		}
	}
}

// mostAnswered is the address of the public post with most answers.
func mostAnswered(s *server) string {
	type post struct {
		ID      string `json:"id"`
		Replies int    `json:"replies_count"`
		Account entity `json:"account"`
	}
	best := post{Replies: -1}
	for _, p := range must[[]post](s, "GET", "/api/v1/timelines/public?local=true&limit=40", "", nil) {
		if p.Replies > best.Replies {
			best = p
		}
	}
	return "/@" + best.Account.Acct + "/" + best.ID
}

// inTheme lets the browser prefer light or dark.
func inTheme(theme string) chromedp.Action[chromedp.Void] {
	return chromedp.Func(func(ctx context.Context, tab *chromedp.Target) error {
		_, err := cdp.Call(ctx, tab, emulation.SetEmulatedMedia, emulation.SetEmulatedMediaParams{
			Features: []*emulation.MediaFeature{{Name: "prefers-color-scheme", Value: theme}}})
		return err
	})
}

// loaded waits for the fonts and for the pictures that are in sight.
func loaded() chromedp.Action[chromedp.Void] {
	wait := chromedp.Evaluate[bool](`(async () => {
		await document.fonts.ready
		await Promise.all([...document.images].filter(i => i.getBoundingClientRect().top < innerHeight).map(i => i.decode().catch(() => {})))
		return true
	})()`, chromedp.EvalAwaitPromise)
	return func(ctx context.Context, tab *chromedp.Target) (chromedp.Void, error) {
		_, err := wait(ctx, tab)
		return chromedp.Void{}, err
	}
}

// webp takes a picture of what is in sight.
func webp() chromedp.Action[[]byte] {
	return func(ctx context.Context, tab *chromedp.Target) ([]byte, error) {
		quality := int64(82)
		shot, err := cdp.Call(ctx, tab, page.CaptureScreenshot, page.CaptureScreenshotParams{Format: page.CaptureScreenshotFormatWebp, Quality: &quality})
		return shot.Data, err
	}
}
