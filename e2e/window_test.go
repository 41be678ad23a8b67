package e2e_test

import (
	"context"
	"fmt"
	"os"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"github.com/chromedp/cdproto/cdp"
	"github.com/chromedp/cdproto/emulation"
	"github.com/chromedp/cdproto/page"
	"github.com/chromedp/chromedp"
)

// window is a browser's window with cookies of its own.
type window struct {
	*testing.T
	ctx  context.Context
	base string
	said *complaints
}

// openWindow opens a window of a running browser. A test that fails leaves a
// picture of it in a folder: that of GUILDHALL_PICTURES, or the one for
// temporary files.
func openWindow(t *testing.T, browser context.Context, base string) *window {
	t.Helper()
	ctx, cancel := chromedp.NewContext(browser, chromedp.WithNewBrowserContext())
	w := &window{T: t, ctx: ctx, base: base, said: &complaints{}}
	t.Cleanup(func() {
		if t.Failed() {
			w.keepPicture()
		}
		cancel()
	})
	if err := chromedp.Do(ctx, chromedp.Navigate("about:blank")); err != nil {
		t.Fatal(err)
	}
	w.said.listen(ctx)
	w.beforePages(`window.confirm = () => true`)
	return w
}

// keepPicture writes what the window shows to a file.
func (w *window) keepPicture() {
	folder := os.Getenv("GUILDHALL_PICTURES")
	if folder == "" {
		folder = filepath.Join(os.TempDir(), "guildhall-pictures")
	}
	data, err := chromedp.Run(w.ctx, chromedp.CaptureScreenshot())
	if err == nil {
		err = os.MkdirAll(folder, 0o755)
	}
	name := strings.NewReplacer("/", "_", " ", "_", ",", "").Replace(w.Name())
	file := filepath.Join(folder, fmt.Sprintf("%s-%d.png", name, marks.Add(1)))
	if err == nil {
		err = os.WriteFile(file, data, 0o644)
	}
	w.Logf("the window shows %s (%v)", file, err)
}

// beforePages runs a script at the beginning of every page from now on.
func (w *window) beforePages(script string) {
	w.Helper()
	w.do("a script for every page", chromedp.Func(func(ctx context.Context, tab *chromedp.Target) error {
		_, err := cdp.Call(ctx, tab, page.AddScriptToEvaluateOnNewDocument, page.AddScriptToEvaluateOnNewDocumentParams{Source: script})
		return err
	}))
}

// withoutScripts switches the pages' scripts off.
func (w *window) withoutScripts() {
	w.Helper()
	w.do("no scripts", chromedp.Func(func(ctx context.Context, tab *chromedp.Target) error {
		_, err := cdp.Call(ctx, tab, emulation.SetScriptExecutionDisabled, emulation.SetScriptExecutionDisabledParams{Value: true})
		return err
	}))
}

// do goes steps that have to work.
func (w *window) do(what string, steps ...chromedp.Action[chromedp.Void]) {
	w.Helper()
	limited, cancel := context.WithTimeout(w.ctx, 30*time.Second)
	defer cancel()
	if err := chromedp.Do(limited, steps...); err != nil {
		at, _ := chromedp.Run(w.ctx, chromedp.Location()) // the error above matters more
		w.Fatalf("%s: %v; at %s %v", what, err, at, w.said.lines())
	}
}

// to opens a page.
func (w *window) to(path string) {
	w.Helper()
	w.do("to "+path, chromedp.Navigate(w.base+path))
}

// click presses the first thing that a CSS selector finds.
func (w *window) click(selector string) {
	w.Helper()
	w.do("press "+selector, chromedp.Click(chromedp.CSS(selector)))
}

// follow presses what leads to another page, and waits for that.
func (w *window) follow(selector string) {
	w.Helper()
	limited, cancel := context.WithTimeout(w.ctx, 30*time.Second)
	defer cancel()
	arrived := func(page.EventLoadEventFired) bool { return true }
	if _, err := chromedp.Run(limited, chromedp.WaitEvent(page.LoadEventFired, arrived, chromedp.Click(chromedp.CSS(selector)))); err != nil {
		w.Fatalf("follow %s: %v", selector, err)
	}
}

// types writes into a field.
func (w *window) types(selector, text string) {
	w.Helper()
	w.do("write into "+selector, chromedp.SendKeys(chromedp.CSS(selector), text))
}

// sees waits until there is something to see.
func (w *window) sees(selector string) {
	w.Helper()
	w.do("see "+selector, chromedp.WaitVisible(chromedp.CSS(selector)))
}

// evaluate asks the page.
func evaluate[T any](w *window, script string) T {
	w.Helper()
	out, err := chromedp.Run(w.ctx, chromedp.Evaluate[T](script))
	if err != nil {
		w.Fatalf("%s: %v", script, err)
	}
	return out
}

// reads waits until the page's main part says a text.
func (w *window) reads(text string) {
	w.Helper()
	script := fmt.Sprintf("document.querySelector('main').innerText.includes(%q)", text)
	eventually(w.T, "to read "+text, func() bool {
		there, err := chromedp.Run(w.ctx, chromedp.Evaluate[bool](script))
		return err == nil && there // between two pages there is none to ask
	})
}

// article waits for a post with a text and returns the selector of its card.
func (w *window) article(text string) string {
	w.Helper()
	id := ""
	script := fmt.Sprintf("[...document.querySelectorAll('article[data-post]')].find(a => a.innerText.includes(%q))?.dataset.post || ''", text)
	eventually(w.T, "the post "+text, func() bool {
		found, err := chromedp.Run(w.ctx, chromedp.Evaluate[string](script))
		id = found
		return err == nil && id != ""
	})
	return fmt.Sprintf(`article[data-post="%s"]`, id)
}

// signIn signs a member in.
func (w *window) signIn(name string) {
	w.Helper()
	w.do("sign in as "+name, chromedp.Navigate(w.base+"/auth/sign_in"), chromedp.SendKeys(chromedp.CSS("#login"), name),
		chromedp.SendKeys(chromedp.CSS("#password"), password), chromedp.Click(chromedp.CSS("main form button")), chromedp.WaitVisible(chromedp.CSS("[data-composer]")))
}

// quiet fails if a script has failed or something was against the policy.
// That a form was refused is no complaint.
func (w *window) quiet() {
	w.Helper()
	for _, line := range w.said.lines() {
		if !strings.Contains(line, "Failed to load resource") {
			w.Errorf("the browser complains: %s", line)
		}
	}
}

func (c *complaints) lines() []string {
	c.mu.Lock()
	defer c.mu.Unlock()
	return append([]string(nil), c.list...)
}
