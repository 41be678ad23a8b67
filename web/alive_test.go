package web_test

import (
	"context"
	"fmt"
	"net/http"
	"net/url"
	"strings"
	"testing"
	"time"

	"github.com/chromedp/chromedp"
	"github.com/guildhall/guildhall/internal/ids"
	"github.com/guildhall/guildhall/internal/page"
	"github.com/guildhall/guildhall/internal/testkit"
	"github.com/guildhall/guildhall/notifications"
	"github.com/guildhall/guildhall/posts"
	"github.com/guildhall/guildhall/profiles"
	"golang.org/x/net/html"
)

// befriend has people follow each other, both ways.
func (w *world) befriend(a, b ids.ID) {
	w.Helper()
	for _, pair := range [][2]ids.ID{{a, b}, {b, a}} {
		_, err := w.profiles.Follow(w.kit.Ctx, pair[0], pair[1], profiles.FollowOptions{})
		w.must(err)
	}
}

// What changes elsewhere is told to the page that shows it, which asks for the
// one post only.
func TestEventsOfPosts(t *testing.T) {
	w := open(t)
	ann, ben := w.member("ann"), w.member("ben")
	w.befriend(ann, ben)
	b := w.signedIn("ben")
	post := w.post(ann, posts.Draft{Text: "Shep"})
	testkit.Eventually(t, func() bool { return strings.Contains(b.get("/").body, "Shep") })
	lines := b.events(post.ID.String() + "-1")
	b.awaits(lines, "event: conversations")
	_, err := w.posts.Edit(w.kit.Ctx, ann, post.ID, posts.Draft{Text: "Sheep"})
	w.must(err)
	b.awaits(lines, "event: edit")
	b.awaits(lines, "data: "+post.ID.String())
	answer := w.post(ann, posts.Draft{Text: "More sheep", InReplyToID: post.ID})
	b.awaits(lines, "data: "+post.ID.String()+" "+answer.ID.String())
	w.post(ann, posts.Draft{Text: "@ben Between us", Visibility: ref(posts.Direct)})
	b.awaits(lines, "event: conversations")
	b.awaits(lines, "data: 1")
	_, err = w.posts.Delete(w.kit.Ctx, ann, answer.ID)
	w.must(err)
	b.awaits(lines, "event: delete")
	b.awaits(lines, "data: "+answer.ID.String())

	b.header.Set("HX-Request", "true")
	part := b.get(w.address("ann", post)).is(http.StatusOK).says("Sheep")
	if strings.Contains(part.body, "<html") || strings.Count(part.body, "<article") != 1 || !strings.Contains(part.body, `data-of="`+post.ID.String()) {
		t.Errorf("the part: %s", part.body)
	}
	b.get("/events").is(http.StatusNoContent) // there is a session
	v := w.browser()
	v.header.Set("HX-Request", "true")
	v.header.Set("Referer", w.base+"/lists")
	if to := v.get("/events").is(http.StatusNoContent).header.Get("HX-Redirect"); to != "/auth/sign_in?return_to=%2Flists" {
		t.Errorf("who has no session is led to %q", to)
	}
	v.get(w.address("ann", w.post(ann, posts.Draft{Text: "For friends", Visibility: ref(posts.Followers)}))).is(http.StatusNotFound)
}

// The navigation counts conversations with something new; to look at one is to
// have read it.
func TestConversationsAreRead(t *testing.T) {
	w := open(t)
	ann, ben := w.member("ann"), w.member("ben")
	w.befriend(ann, ben)
	b := w.signedIn("ben")
	unread := func() string {
		t.Helper()
		w.kit.Clock.Advance(5 * time.Minute) // pages are limited
		page := b.get("/about").is(http.StatusOK)
		for n := range page.nodes("a") {
			if attr(n, "href") == "/conversations" {
				var words []string
				for d := range n.Descendants() {
					if d.Type == html.TextNode {
						words = append(words, strings.Fields(d.Data)...)
					}
				}
				return strings.Join(words, " ")
			}
		}
		t.Fatal("no link to the conversations")
		return ""
	}
	if s := unread(); s != "Conversations" {
		t.Errorf("before: %q", s)
	}
	first := w.post(ann, posts.Draft{Text: "@ben One", Visibility: ref(posts.Direct)})
	w.post(ann, posts.Draft{Text: "@ben Two", Visibility: ref(posts.Direct)})
	testkit.Eventually(t, func() bool { return unread() == "Conversations 2 new" }) // it is counted anew after seconds
	b.get(w.address("ann", first)).is(http.StatusOK)
	if s := unread(); s != "Conversations 1 new" {
		t.Errorf("after looking at one: %q", s)
	}
	_, err := w.profiles.Block(w.kit.Ctx, ben, ann)
	w.must(err)
	testkit.Eventually(t, func() bool { return unread() == "Conversations" }) // with somebody who is blocked
}

// Who has made a poll is told of it in other words than who has voted.
func TestOwnPollHasEnded(t *testing.T) {
	w := open(t)
	ann, ben := w.member("ann"), w.member("ben")
	view := w.post(ann, posts.Draft{Text: "Which?", Poll: &posts.PollDraft{Options: []string{"Oak", "Elm"}, ExpiresIn: 5 * time.Minute}})
	_, _, err := w.posts.Vote(w.kit.Ctx, ben, view.PollID, []int{0})
	w.must(err)
	w.kit.Clock.Advance(6 * time.Minute)
	for name, want := range map[string]string{"ann": "Your poll has ended", "ben": "A poll of ann that you took part in has ended"} {
		testkit.Eventually(t, func() bool {
			list, err := w.notifications.List(w.kit.Ctx, map[string]ids.ID{"ann": ann, "ben": ben}[name], notifications.Filter{}, page.Page{Limit: 5})
			w.must(err)
			return len(list) > 0
		})
		w.signedIn(name).get("/notifications").says(want)
	}
}

// Rows leave a list without the page being loaded again.
func TestRowsLeave(t *testing.T) {
	w := open(t)
	ann, ben := w.member("ann"), w.member("ben")
	w.befriend(ann, ben)
	l, err := w.posts.CreateList(w.kit.Ctx, ann, posts.ListUpdate{Title: ref("Flock")})
	w.must(err)
	w.must(w.posts.AddToList(w.kit.Ctx, ann, l.ID, []ids.ID{ben}))
	a := w.signedIn("ann")
	address := fmt.Sprintf("/lists/%d", l.ID)
	form := url.Values{"token": {a.get("/").token()}, "account": {ben.String()}}
	a.header.Set("HX-Request", "true")
	if s := a.do("POST", address+"/remove", form).is(http.StatusOK); s.body != "" {
		t.Errorf("instead of nothing: %s", s.body)
	}
	a.do("POST", address+"/remove", url.Values{"token": form["token"], "account": {"x"}}).is(http.StatusNotFound)
	a.header.Del("HX-Request")
	a.get(address + "/edit").is(http.StatusOK)
}

// js evaluates an expression in the browser's page.
func js[T any](w *world, ctx context.Context, expression string) T {
	w.Helper()
	v, err := chromedp.Run(ctx, chromedp.Evaluate[T](expression, chromedp.EvalAwaitPromise))
	w.must(err)
	return v
}

// until waits for an expression to be true in the browser's page.
func (w *world) until(ctx context.Context, expression string) {
	w.Helper()
	end := time.Now().Add(20 * time.Second)
	for time.Now().Before(end) {
		if v, err := chromedp.Run(ctx, chromedp.Evaluate[bool](expression)); err == nil && v { // a page on its way has no answer
			return
		}
		time.Sleep(20 * time.Millisecond)
	}
	w.Fatalf("never: %s\nat %s, focus on %s", expression, js[string](w, ctx, "location.href"), js[string](w, ctx, "document.activeElement.outerHTML.slice(0, 200)"))
}

// A list goes on by itself; who comes back, or loads the page again, is where
// they were, with all that they had loaded.
func TestChromiumScroll(t *testing.T) {
	w := open(t)
	ann := w.member("ann")
	for i := range 70 {
		w.post(ann, posts.Draft{Text: fmt.Sprintf("Number %02d", i)})
	}
	ctx := chromium(t)
	w.enters(ctx, "ann")
	w.must(chromedp.Do(ctx, chromedp.Navigate(w.base+"/@ann")))
	const count = `document.querySelectorAll("main .posts article").length`
	w.until(ctx, `scrollTo(0, document.body.scrollHeight), `+count+` >= 60`)
	const target = `[...document.querySelectorAll("main .posts article")].find(a => a.textContent.includes("Number 21"))`
	js[bool](w, ctx, target+`.scrollIntoView({ block: "center", behavior: "instant" }), true`)
	w.until(ctx, `history.state?.place?.pages >= 2 && Math.abs(history.state.place.y - scrollY) < 2`)
	at := js[float64](w, ctx, target+`.getBoundingClientRect().top`)
	back := func(how string) {
		t.Helper()
		w.until(ctx, `document.readyState === "complete" && `+count+` >= 60 && !!`+target+` && Math.abs(`+target+`.getBoundingClientRect().top - `+fmt.Sprint(at)+`) < 3`)
		if seen := js[bool](w, ctx, `new Set([...document.querySelectorAll("main .posts article")].map(a => a.dataset.post)).size === `+count); !seen {
			t.Errorf("%s: posts twice", how)
		}
	}
	js[bool](w, ctx, target+`.querySelector("a.when").click(), true`)
	w.until(ctx, `!!document.querySelector("article.main")`)
	js[bool](w, ctx, `setTimeout(() => history.back()), true`)
	back("back")
	js[bool](w, ctx, `setTimeout(() => location.reload()), true`)
	w.until(ctx, `performance.getEntriesByType("navigation")[0].type === "reload"`)
	back("reload")
	if older := js[int](w, ctx, `document.querySelectorAll("main .older a[rel=next]").length`); older > 1 {
		t.Errorf("%d links to what follows", older)
	}
}

// The focus stays where one acts; what fails is taken back; keys do what the
// help says, and nothing while one types.
func TestChromiumFocusAndKeys(t *testing.T) {
	w := open(t)
	ann, ben := w.member("ann"), w.member("ben")
	w.befriend(ann, ben)
	for i := range 3 {
		w.post(ben, posts.Draft{Text: fmt.Sprint("Sheep ", i)})
	}
	mine := w.post(ann, posts.Draft{Text: "Goats"})
	ctx := chromium(t)
	w.enters(ctx, "ann")
	w.must(chromedp.Do(ctx, chromedp.Navigate(w.base+"/@ben")))
	press := func(selector string) {
		t.Helper()
		js[bool](w, ctx, `(e => { e.focus(); e.click(); return true })(document.querySelector('`+selector+`'))`)
	}
	const focused = `document.activeElement.matches('%s') && !document.querySelector('.htmx-request')`
	for _, act := range []string{"favourite", "boost", "bookmark"} {
		press("main article .act." + act)
		w.until(ctx, fmt.Sprintf(focused, "main article .act."+act+"[aria-pressed=true][hx-post$=un"+act+"]"))
	}
	press(".relate > button")
	w.until(ctx, fmt.Sprintf(focused, `.relate > button[hx-post="/@ben/follow"]`))
	js[bool](w, ctx, `document.querySelector(".relate .menu").open = true`)
	press(`.relate button[hx-post="/@ben/mute"]`)
	w.until(ctx, fmt.Sprintf(focused, ".relate .menu > summary")+` && document.getElementById("said").textContent.includes("muted ben")`)

	// A failure takes it back and says so.
	w.failing.Store(true)
	press("main article:nth-of-type(2) .act.favourite")
	w.until(ctx, `!document.getElementById("said").hidden && document.getElementById("said").textContent.includes("did not work") &&
		document.querySelector("main article:nth-of-type(2) .act.favourite").getAttribute("aria-pressed") === "false" &&
		document.querySelector("main article:nth-of-type(2) .act.favourite [data-count]").textContent === ""`)
	w.failing.Store(false)

	key := func(keys string, then string) {
		t.Helper()
		w.must(chromedp.Do(ctx, chromedp.KeyEvent(keys)))
		w.until(ctx, then)
	}
	w.must(chromedp.Do(ctx, chromedp.Navigate(w.base+"/@ben")))
	const third = `document.activeElement === document.querySelectorAll("main article.post")[%d]`
	key("j", fmt.Sprintf(third, 0))
	key("j", fmt.Sprintf(third, 1))
	key("k", fmt.Sprintf(third, 0))
	key("b", `document.querySelector("main article .act.boost").matches("[aria-pressed=false][hx-post$='/boost']")`) // it was on
	key("f", `document.querySelector("main article .act.favourite").matches("[aria-pressed=false][hx-post$='/favourite']")`)
	key("?", `document.getElementById("keys").open`)
	key("\x1b", `!document.getElementById("keys").open`)
	key("o", `!!document.querySelector("article.main")`)
	key("gh", `location.pathname === "/" && !!document.querySelector("[data-composer]")`)
	key("n", `document.activeElement.matches("[data-composer] textarea[name=text]")`)
	key("jj?gn", `document.activeElement.value.endsWith("jj?gn") && location.pathname === "/"`)
	key("\x1b", `document.activeElement.id === "content"`)
	key("gn", `location.pathname === "/notifications" && document.readyState === "complete"`)
	key("/", `document.activeElement.matches("input[type=search]") || location.pathname === "/search"`)
	w.must(chromedp.Do(ctx, chromedp.Navigate(w.base+w.address("ben", w.post(ben, posts.Draft{Text: "@ann Last"})))))
	key("jr", `document.activeElement.matches("textarea") || location.hash.startsWith("#text")`)

	// What was deleted leaves the focus on what follows.
	w.must(chromedp.Do(ctx, chromedp.Navigate(w.base+"/@ann")))
	js[bool](w, ctx, `window.confirm = () => true; document.querySelector("article .menu").open = true`)
	press(fmt.Sprintf(`article[data-of="%d"] button[hx-post$=delete]`, mine.ID))
	w.until(ctx, fmt.Sprintf(`!document.querySelector('article[data-of="%d"]') && document.activeElement.closest("main") !== null`, mine.ID))
}

// A lost connection is shown and mended; what came meanwhile is caught up with;
// posts change and go before one's eyes, and the end of a session is said.
func TestChromiumMends(t *testing.T) {
	w := open(t)
	ann, ben, cyd := w.member("ann"), w.member("ben"), w.member("cyd")
	w.befriend(ann, ben)
	post := w.post(ann, posts.Draft{Text: "Shep"})
	gone := w.post(ann, posts.Draft{Text: "Never mind"})
	ctx := chromium(t)
	w.enters(ctx, "ben")
	w.must(chromedp.Do(ctx, chromedp.Navigate(w.base+w.address("ann", post)), chromedp.WaitReady("#live[data-on]")))
	_, err := w.posts.Edit(w.kit.Ctx, ann, post.ID, posts.Draft{Text: "Sheep, of course"})
	w.must(err)
	w.until(ctx, `document.querySelector("article.main .body").textContent.includes("Sheep, of course")`)
	black := w.post(cyd, posts.Draft{Text: "Black ones", InReplyToID: post.ID}) // by a stranger
	w.until(ctx, `document.getElementById("news").textContent === "1 new answer" && !document.getElementById("news").hidden &&
		document.getElementById("news-heard").textContent === "1 new answer"`)
	js[bool](w, ctx, `document.getElementById("news").click(), true`)
	w.until(ctx, `document.activeElement.matches("article.post") && document.activeElement.textContent.includes("Black ones")`)

	// Another window hears by the first one's connection.
	other, done := chromedp.NewContext(ctx)
	defer done()
	w.must(chromedp.Do(other, chromedp.Navigate(w.base+w.address("cyd", black))))
	second := w.post(cyd, posts.Draft{Text: "Brown ones", InReplyToID: gone.ID})
	w.must(chromedp.Do(other, chromedp.Navigate(w.base+w.address("ann", gone)), chromedp.WaitReady("#news[hidden]")))
	w.until(ctx, fmt.Sprintf(`document.getElementById("live").dataset.on.includes(" %d-")`, gone.ID))
	w.post(cyd, posts.Draft{Text: "Grey ones", InReplyToID: gone.ID})
	w.until(other, `document.getElementById("news").textContent === "1 new answer" && !document.querySelector("#live[data-on]")`)
	_, err = w.posts.Delete(w.kit.Ctx, cyd, second.ID)
	w.must(err)
	w.until(other, fmt.Sprintf(`!document.querySelector('[data-of="%d"]') && document.getElementById("news-heard").textContent.includes("deleted")`, second.ID))
	done()

	w.must(chromedp.Do(ctx, chromedp.Navigate(w.base+"/notifications"), chromedp.WaitReady("#live[data-on]")))
	w.post(ann, posts.Draft{Text: "@ben Look"})
	w.until(ctx, `document.getElementById("news").textContent === "1 new notification" && document.querySelector(".nav .n") !== null`)
	js[bool](w, ctx, `document.getElementById("news").click(), true`)
	w.until(ctx, `document.activeElement.matches("article.notice.new") && document.querySelector("main").textContent.includes("Look") && document.getElementById("news").hidden`)

	w.must(chromedp.Do(ctx, chromedp.Navigate(w.base+"/"), chromedp.WaitReady("#live[data-on]")))
	_, err = w.posts.Delete(w.kit.Ctx, ann, gone.ID)
	w.must(err)
	w.until(ctx, fmt.Sprintf(`!document.querySelector('[data-of="%d"]')`, gone.ID))
	js[bool](w, ctx, `window.same = true`)
	w.breakDown()
	w.until(ctx, `!document.getElementById("live").hidden && document.getElementById("live").textContent.startsWith("No connection")`)
	w.post(ann, posts.Draft{Text: "While you were away"})
	w.down.Store(false)
	w.until(ctx, `document.getElementById("live").hidden && document.getElementById("news").textContent === "1 new post" && window.same`)

	w.must(chromedp.Do(ctx, chromedp.Navigate(w.base+"/@ann?show=replies"), chromedp.WaitReady("#live[data-on]")))
	sessions, err := w.identity.Sessions(w.kit.Ctx, ben)
	w.must(err)
	for _, s := range sessions {
		w.must(w.identity.EndSession(w.kit.Ctx, ben, s.ID))
	}
	w.post(ann, posts.Draft{Text: "Are you there?"}) // the stream ends at the next event
	w.until(ctx, `document.getElementById("live").textContent.includes("no longer signed in") && document.querySelector("#live a").getAttribute("href") === "/auth/sign_in?return_to=%2F%40ann%3Fshow%3Dreplies"`)
	w.must(chromedp.Do(ctx, chromedp.Click("#live a"), chromedp.SendKeys("#login", "ben"), chromedp.SendKeys("#password", password), chromedp.Click("main form button")))
	w.until(ctx, `location.pathname + location.search === "/@ann?show=replies" && document.querySelector("#live[data-on]") !== null`)
}
