package web_test

import (
	"context"
	"fmt"
	"strings"
	"testing"
	"time"

	"github.com/chromedp/cdproto/cdp"
	"github.com/chromedp/cdproto/page"
	"github.com/chromedp/chromedp"
	"github.com/chromedp/chromedp/kb"
	"github.com/guildhall/guildhall/internal/ids"
	"github.com/guildhall/guildhall/posts"
)

// focusSeen tells what the focus is on, and what is wrong with it: lost, out of
// sight, covered, or not to be told from what has none.
const focusSeen = `(() => {
	const e = document.activeElement
	const name = e === document.body ? "body" : e.outerHTML.replace(/\s+/g, " ").slice(0, 120)
	if (e === document.body || e === document.documentElement) return { name, lost: true, wrong: "" }
	const box = e.getBoundingClientRect(), style = getComputedStyle(e)
	const wrong = []
	if (box.width < 2 || box.height < 2) wrong.push("no box")
	if (box.bottom <= 0 || box.top >= innerHeight || box.right <= 0 || box.left >= innerWidth) wrong.push("outside of the window at " + Math.round(box.top))
	const marked = s => s.outlineStyle !== "none" && parseFloat(s.outlineWidth) > 0 || s.boxShadow !== "none"
	if (!marked(style)) wrong.push("no outline")
	return { name, lost: false, wrong: wrong.join(", ") }
})()`

type focusState struct {
	Name, Wrong string
	Lost        bool
}

// press sends keys to where the focus is.
func (w *world) press(ctx context.Context, keys string) {
	w.Helper()
	w.must(chromedp.Do(ctx, chromedp.KeyEvent(keys)))
}

// reaches presses the tabulator until the focus is on what matches a selector;
// whatever it is on meanwhile has to be seen.
func (w *world) reaches(ctx context.Context, selector string) {
	w.Helper()
	for range 200 {
		w.press(ctx, kb.Tab)
		if js[bool](w, ctx, fmt.Sprintf("document.activeElement.matches(%q)", selector)) {
			w.isFocusSeen(ctx)
			return
		}
	}
	w.Fatalf("the tabulator does not lead to %s", selector)
}

func (w *world) isFocusSeen(ctx context.Context) {
	w.Helper()
	if s := js[focusState](w, ctx, focusSeen); s.Lost || s.Wrong != "" {
		w.Errorf("%s: the focus is on %s: %s", js[string](w, ctx, "location.pathname"), s.Name, s.Wrong)
	}
}

// Everything can be reached and done with the keyboard, where one is can always
// be seen, and nothing that changes the page loses the focus.
func TestChromiumKeyboard(t *testing.T) {
	w := open(t)
	ann, ben := w.member("ann"), w.member("ben")
	w.befriend(ann, ben)
	poll := w.post(ben, posts.Draft{Text: "Which? #sheep", Poll: &posts.PollDraft{Options: []string{"Oak", "Elm"}, ExpiresIn: time.Hour}})
	for i := range 25 {
		w.post(ben, posts.Draft{Text: fmt.Sprint("Sheep ", i)})
	}
	w.post(ben, posts.Draft{Text: "@ann Look", InReplyToID: poll.ID})
	ctx := chromium(t)
	w.must(chromedp.Do(ctx, chromedp.Func(func(ctx context.Context, tab *chromedp.Target) error { // lists wait to be asked
		_, err := cdp.Call(ctx, tab, page.AddScriptToEvaluateOnNewDocument, page.AddScriptToEvaluateOnNewDocumentParams{Source: "delete window.IntersectionObserver"})
		return err
	})))
	w.must(chromedp.Do(ctx, chromedp.Navigate(w.base+"/auth/sign_in")))
	w.reaches(ctx, "#login")
	w.press(ctx, "ann")
	w.reaches(ctx, "#password")
	w.press(ctx, password+kb.Enter)
	w.until(ctx, `!!document.querySelector("[data-composer]")`)
	for _, path := range []string{"/", "/explore", "/notifications", "/conversations", "/search?q=sheep", "/lists", "/@ben", w.address("ben", poll), "/compose", "/settings/profile"} {
		w.must(chromedp.Do(ctx, chromedp.Navigate(w.base+path)))
		w.walk(ctx, path)
	}
	w.actsByKeyboard(ctx, w.address("ben", poll), ben)
}

// walk goes through the first forty places of a page that the tabulator leads to.
func (w *world) walk(ctx context.Context, path string) {
	w.Helper()
	names := map[string]bool{}
	for range 40 {
		w.press(ctx, kb.Tab)
		s := js[focusState](w, ctx, focusSeen)
		if s.Lost { // at the end, the browser's own window has it
			break
		}
		if s.Wrong != "" {
			w.Errorf("%s: %s: %s", path, s.Name, s.Wrong)
		}
		names[s.Name] = true
	}
	if len(names) < 12 {
		w.Errorf("%s has only %d places for the tabulator", path, len(names))
	}
}

// actsByKeyboard does what changes a page, and looks where the focus is then.
func (w *world) actsByKeyboard(ctx context.Context, poll string, author ids.ID) {
	w.Helper()
	does := func(selector, keys, then string) {
		w.Helper()
		w.reaches(ctx, selector)
		w.press(ctx, keys)
		w.until(ctx, then+` && !document.querySelector(".htmx-request") && document.activeElement !== document.body`)
		w.isFocusSeen(ctx)
	}
	w.must(chromedp.Do(ctx, chromedp.Navigate(w.base+poll)))
	does("article.main .poll input", " ", `document.activeElement.checked`)
	does("article.main .poll button", kb.Enter, `!document.querySelector("article.main .poll input")`)
	w.must(chromedp.Do(ctx, chromedp.Navigate(w.base+"/@ben")))
	does(".relate > button", kb.Enter, `!!document.querySelector('.relate > button[hx-post="/@ben/follow"]')`)
	w.press(ctx, kb.Enter)
	w.until(ctx, `document.activeElement.matches('.relate > button[hx-post="/@ben/unfollow"]')`)
	does("main article .act.boost", kb.Enter, `document.querySelector("main article .act.boost").ariaPressed === "true"`)
	does("main article .act.favourite", kb.Enter, `document.querySelector("main article .act.favourite").ariaPressed === "true"`)
	w.press(ctx, "?")
	w.until(ctx, `document.getElementById("keys").open`)
	w.press(ctx, kb.Escape)
	w.until(ctx, `!document.getElementById("keys").open && document.activeElement.matches(".act.favourite")`)
	w.isFocusSeen(ctx)
	js[bool](w, ctx, `document.querySelectorAll("main article .act.bookmark")[19].focus(), true`)
	before := js[int](w, ctx, `document.querySelectorAll("main article").length`)
	does("main .older a", kb.Enter, fmt.Sprintf(`document.querySelectorAll("main article").length > %d`, before))
	if s := js[focusState](w, ctx, focusSeen); !strings.HasPrefix(s.Name, "<article") {
		w.Errorf("after more was loaded, the focus is on %s", s.Name)
	}
	w.must(chromedp.Do(ctx, chromedp.Navigate(w.base+"/"), chromedp.WaitReady("#live[data-on]")))
	w.post(author, posts.Draft{Text: "The newest"})
	w.until(ctx, `!document.getElementById("news").hidden`)
	does("#news", kb.Enter, `document.getElementById("news").hidden`)
}
