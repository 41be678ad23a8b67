package web_test

import (
	"fmt"
	"os"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"github.com/chromedp/chromedp"
	"github.com/chromedp/chromedp/kb"
	"github.com/guildhall/guildhall/internal/errs"
	"github.com/guildhall/guildhall/internal/ids"
	"github.com/guildhall/guildhall/internal/page"
	"github.com/guildhall/guildhall/internal/testkit"
	"github.com/guildhall/guildhall/posts"
)

// What a word could become is chosen with the keys alone, and announced; what is
// not posted is there again after the page was left.
func TestChromiumCompletesAndKeeps(t *testing.T) {
	w := open(t)
	ann := w.member("ann")
	w.member("benjamin")
	w.member("benny")
	ctx := chromium(t)
	w.enters(ctx, "ann")
	const text = "textarea[name=text]"
	w.must(chromedp.Do(ctx, chromedp.SendKeys(text, "Hello @ben"), chromedp.WaitVisible(".completions [role=option][aria-selected=true]")))
	state := func(expression string) string {
		got, err := chromedp.Run(ctx, chromedp.Evaluate[string](expression))
		w.must(err)
		return got
	}
	const chosen = `document.getElementById(document.querySelector("textarea[name=text]").getAttribute("aria-activedescendant")).dataset.insert`
	first := state(chosen)
	w.must(chromedp.Do(ctx, chromedp.SendKeys(text, kb.ArrowDown)))
	second := state(chosen)
	if first == second || !strings.HasPrefix(second, "@ben") {
		t.Errorf("the keys lead from %s to %s", first, second)
	}
	if said := state(`document.querySelector("[data-completed]").textContent`); said != "2 suggestions" {
		t.Errorf("it says %q", said)
	}
	w.must(chromedp.Do(ctx, chromedp.SendKeys(text, kb.Tab), chromedp.SendKeys(text, "there @ben"),
		chromedp.WaitVisible(".completions [role=option]"), chromedp.SendKeys(text, kb.Escape), chromedp.WaitNotVisible(".completions")))
	const value = `document.querySelector("textarea[name=text]").value`
	want := "Hello " + second + " there @ben"
	if got := state(value); got != want {
		t.Errorf("the text is %q, want %q", got, want)
	}
	w.must(chromedp.Do(ctx, chromedp.Navigate(w.base+"/about"), chromedp.Navigate(w.base+"/")))
	if got := state(value); got != want {
		t.Errorf("after the page was left, the text is %q", got)
	}
	// So is everything else of it, also pictures, unless they are gone.
	file := filepath.Join(t.TempDir(), "mill.jpg")
	w.must(os.WriteFile(file, photo(w), 0o600))
	const put = `((name, value) => { const f = document.querySelector("[data-composer]").elements[name]; f.value = value; f.dispatchEvent(new Event("input", { bubbles: true })); return "" })`
	w.must(chromedp.Do(ctx, chromedp.SetUploadFiles("[data-composer] input[name=file]", []string{file}), chromedp.WaitVisible(".attachment textarea"),
		chromedp.SendKeys(".attachment textarea", "A mill"), chromedp.SendKeys(".aim", kb.ArrowLeft)))
	for name, v := range map[string]string{"visibility": "unlisted", "language": "de", "at": "2030-07-01T10:00", "quote_policy": "nobody"} {
		state(put + fmt.Sprintf("(%q, %q)", name, v))
	}
	const all = `(f => [f.text.value, f.visibility.value, f.language.value, f.at.value, f.quote_policy.value, f.offset.value,
		...[...document.querySelectorAll(".attachment :is(textarea, input)")].map(e => e.value)].join("|"))(document.querySelector("[data-composer]").elements)`
	before := state(all)
	if !strings.HasPrefix(before, want+"|unlisted|de|2030-07-01T10:00|nobody|") || !strings.HasSuffix(before, "|A mill|45|50") {
		t.Errorf("what was chosen: %s", before)
	}
	w.must(chromedp.Do(ctx, chromedp.Navigate(w.base+"/about"), chromedp.Navigate(w.base+"/"), chromedp.WaitVisible(".attachment textarea")))
	w.until(ctx, `!document.getElementById("said").hidden && document.getElementById("said").textContent === "Your draft is here again."`)
	if got := state(all); got != before {
		t.Errorf("of\n%s\nis left\n%s", before, got)
	}
	picture, _ := ids.Parse(state(`document.querySelector(".attachment input[name=media]").value`))
	w.must(w.posts.DeleteMedia(w.kit.Ctx, ann, picture))
	w.must(chromedp.Do(ctx, chromedp.Navigate(w.base+"/about"), chromedp.Navigate(w.base+"/")))
	w.until(ctx, `document.getElementById("said").textContent.includes("no longer kept") && !document.querySelector(".attachment")`)
	if got := state(value); got != want {
		t.Errorf("without its picture, the text is %q", got)
	}
	w.must(chromedp.Do(ctx, chromedp.Navigate(w.base+"/@benny"), chromedp.Navigate(w.base+"/compose?text=Other")))
	if got := state(value); got != "Other" {
		t.Errorf("a draft replaces what an address brings: %q", got)
	}
}

// A picture's focus follows the keys and the pointer, one that is not taken says
// why, one that is removed is gone; a time is the reader's own.
func TestChromiumFocusAndTime(t *testing.T) {
	w := open(t)
	ann := w.member("ann")
	ctx := chromium(t)
	w.enters(ctx, "ann")
	folder := t.TempDir()
	good, bad := filepath.Join(folder, "mill.jpg"), filepath.Join(folder, "note.jpg")
	w.must(os.WriteFile(good, photo(w), 0o600))
	w.must(os.WriteFile(bad, []byte("no picture"), 0o600))
	const file = "[data-composer] input[name=file]"
	w.must(chromedp.Do(ctx, chromedp.SetUploadFiles(file, []string{bad}), chromedp.WaitVisible(".failed .wrong")))
	eval := func(expression string) string {
		got, err := chromedp.Run(ctx, chromedp.Evaluate[string](expression))
		w.must(err)
		return got
	}
	if said := eval(`document.querySelector(".failed .wrong").textContent`); !strings.Contains(said, "note.jpg") || !strings.Contains(said, "not a JPEG") {
		t.Errorf("it says %q", said)
	}
	// So does one that is too large, which is not sent, and one that the server fails on.
	fails := func(why string) {
		t.Helper()
		w.must(chromedp.Do(ctx, chromedp.Click("button[data-dismiss]"), chromedp.SetUploadFiles(file, []string{good}), chromedp.WaitVisible(".failed .wrong")))
		if said := eval(`document.querySelector(".failed .wrong[role=alert]").textContent`); !strings.Contains(said, "mill.jpg") || !strings.Contains(said, why) {
			t.Errorf("it says %q", said)
		}
	}
	bytes := eval(`document.querySelector("[data-attached]").dataset.bytes`)
	eval(`document.querySelector("[data-attached]").dataset.bytes = "10"`)
	fails("The picture has more than")
	eval(`document.querySelector("[data-attached]").dataset.bytes = "` + bytes + `"`)
	w.failing.Store(true)
	fails("That did not work.")
	w.failing.Store(false)
	w.must(chromedp.Do(ctx, chromedp.Click("button[data-dismiss]"), chromedp.SetUploadFiles(file, []string{good}),
		chromedp.WaitVisible(".attachment textarea"), chromedp.SendKeys(".aim", kb.ArrowLeft+kb.ArrowLeft+kb.ArrowUp)))
	const at = `[...document.querySelectorAll(".attachment input[type=number]")].map(f => f.value).join(" ") + " " + document.querySelector(".aim circle").getAttribute("cx")`
	if got := eval(at); got != "40 45 40%" {
		t.Errorf("the focus is at %s", got)
	}
	w.must(chromedp.Do(ctx, chromedp.SendKeys("textarea[name=text]", "From the walk"), chromedp.Click("[data-composer] .tools .go"),
		chromedp.WaitVisible("#posted article")))
	views, err := w.posts.AccountPosts(w.kit.Ctx, ann, ann, posts.AccountFilter{}, page.Page{Limit: 10})
	w.must(err)
	if m := views[0].Media[0]; m.FocusX > -0.19 || m.FocusX < -0.21 || m.FocusY < 0.09 || m.FocusY > 0.11 {
		t.Errorf("the focus is %v, %v", m.FocusX, m.FocusY)
	}
	w.must(chromedp.Do(ctx, chromedp.SetUploadFiles(file, []string{good}), chromedp.WaitVisible(".attachment button[name=detach]")))
	id := eval(`document.querySelector(".attachment input[name=media]").value`)
	eval(`document.querySelector(".attachment button[name=detach]").click(), ""`) // what was said may lie above it
	removed, _ := ids.Parse(id)
	testkit.Eventually(t, func() bool {
		_, err := w.posts.Media(w.kit.Ctx, ann, removed)
		return errs.Is(err, errs.NotFound)
	})
	// Ten in the morning there is not ten in UTC.
	w.must(chromedp.Do(ctx, chromedp.Click(".extra:has(input[name=at]) summary"), chromedp.WaitVisible("input[name=at]")))
	typed := eval(`(() => { const f = document.querySelector("input[name=at]"); f.value = "2030-07-01T10:00"; f.dispatchEvent(new Event("input", { bubbles: true })); return f.labels[0].textContent })()`)
	if typed != "Publish on, in your time" {
		t.Errorf("the label says %q", typed)
	}
	utc, err := time.Parse(time.RFC3339, eval(`new Date("2030-07-01T10:00").toISOString()`))
	w.must(err)
	w.must(chromedp.Do(ctx, chromedp.SendKeys("textarea[name=text]", "In summer"), chromedp.Click("[data-composer] .tools .go"),
		chromedp.WaitVisible(".write .done")))
	waiting, err := w.posts.ScheduledPosts(w.kit.Ctx, ann, page.Page{Limit: 10})
	w.must(err)
	if len(waiting) != 1 || !waiting[0].At.Equal(utc) {
		t.Errorf("it waits for %+v, want %v", waiting, utc)
	}
}
