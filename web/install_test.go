package web_test

import (
	"context"
	"encoding/json"
	"fmt"
	"image/png"
	"net/http"
	"net/url"
	"regexp"
	"strings"
	"testing"

	devtools "github.com/chromedp/cdproto/browser"
	"github.com/chromedp/cdproto/cdp"
	"github.com/chromedp/cdproto/page"
	"github.com/chromedp/cdproto/serviceworker"
	"github.com/chromedp/chromedp"
	"github.com/guildhall/guildhall/internal/errs"
	"github.com/guildhall/guildhall/internal/testkit"
	"github.com/guildhall/guildhall/notifications"
	"github.com/guildhall/guildhall/posts"
	"github.com/guildhall/guildhall/web"
)

// The manifest names icons that are what it says, and pages that exist, in the
// language of who asks.
func TestManifest(t *testing.T) {
	w := open(t)
	b := w.browser()
	page := b.get("/about").is(http.StatusOK)
	var manifest, touch string
	for n := range page.nodes("link") {
		switch attr(n, "rel") {
		case "manifest":
			manifest = attr(n, "href")
		case "apple-touch-icon":
			touch = attr(n, "href")
		}
	}
	var m struct {
		Name, Display, ID, Lang string
		Start                   string `json:"start_url"`
		Theme                   string `json:"theme_color"`
		Icons                   []struct{ Src, Sizes, Type, Purpose string }
		Shortcuts               []struct{ Name, URL string }
	}
	s := b.get(manifest).is(http.StatusOK)
	w.must(json.Unmarshal([]byte(s.body), &m))
	if m.Name != "Leeds Guild" || m.Display != "standalone" || m.Start != "/" || m.Lang != "en" || m.Theme == "" || s.header.Get("Content-Type") != "application/manifest+json" {
		t.Errorf("%+v", m)
	}
	sizes := map[string]string{touch: "180x180"}
	purposes := ""
	for _, i := range m.Icons {
		purposes += i.Purpose
		if i.Type == "image/png" {
			sizes[i.Src] = i.Sizes
		} else {
			b.get(i.Src).is(http.StatusOK)
		}
	}
	if len(sizes) != 4 || purposes != "maskable" {
		t.Errorf("icons %+v", m.Icons)
	}
	for address, want := range sizes {
		icon := b.get(address).is(http.StatusOK)
		config, err := png.DecodeConfig(strings.NewReader(icon.body))
		w.must(err)
		if size := fmt.Sprintf("%dx%d", config.Width, config.Height); size != want || len(icon.body) > 20<<10 {
			t.Errorf("%s is %s with %d bytes, not %s", address, size, len(icon.body), want)
		}
	}
	w.member("ann")
	ann := w.signedIn("ann")
	for _, shortcut := range m.Shortcuts {
		ann.get(shortcut.URL).is(http.StatusOK)
	}
	ann.get("/compose?title=Sheep&text=Of+the+hills&url=https%3A%2F%2Fsheep.example").is(http.StatusOK).says("Of the hills", "Sheep", "https://sheep.example")
	b.header.Set("Accept-Language", "de")
	if s := b.get("/manifest").is(http.StatusPermanentRedirect).follow(); !strings.Contains(s.body, `"Schreiben"`) {
		t.Errorf("auf Deutsch: %s", s.body)
	}
}

// The worker is asked for anew each time, may serve the whole site, and keeps
// nothing but the offline page, which is everybody's, and what that needs.
func TestServiceWorker(t *testing.T) {
	w := open(t)
	w.member("mildred")
	b := w.signedIn("mildred")
	s := b.get("/sw.js").is(http.StatusOK)
	if s.header.Get("Cache-Control") != "no-cache" || s.header.Get("Service-Worker-Allowed") != "/" || !strings.HasPrefix(s.header.Get("Content-Type"), "text/javascript") ||
		!strings.Contains(s.header.Get("Content-Security-Policy"), "default-src 'self'") {
		t.Errorf("headers %v", s.header)
	}
	var parts struct {
		Offline string
		Files   []string
	}
	w.must(json.Unmarshal([]byte(regexp.MustCompile(`const parts = (.*)`).FindStringSubmatch(s.body)[1]), &parts))
	page := b.get(parts.Offline).is(http.StatusOK).says("No connection")
	if strings.Contains(page.body, "mildred") || strings.Contains(page.body, `name="token"`) {
		t.Errorf("the offline page knows its reader: %s", page.body)
	}
	kept := map[string]bool{}
	for _, name := range parts.Files {
		kept[name] = true
		if c := b.get(name).is(http.StatusOK).header.Get("Cache-Control"); !strings.Contains(c, "immutable") {
			t.Errorf("%s: %s", name, c)
		}
	}
	for n := range page.nodes("") {
		if src := attr(n, "src"); src != "" && !kept[src] {
			t.Errorf("%s is not kept", src)
		}
		if attr(n, "rel") == "stylesheet" && !kept[attr(n, "href")] {
			t.Errorf("%s is not kept", attr(n, "href"))
		}
	}
}

// A browser subscribes, chooses, tries, and is left alone when it has turned
// messages off or has signed out.
func TestPushToThisDevice(t *testing.T) {
	w := open(t)
	ann, ben := w.member("ann"), w.member("ben")
	r := testkit.NewPushReceiver(t, w.kit.Clock.Now)
	const settings = "/settings/notifications"
	a := w.signedIn("ann")
	subscribe := func() *shown {
		return a.get(settings).submit(settings+"/device", "endpoint", r.URL+"/push", "p256dh", r.P256dh, "auth", r.Auth)
	}
	key, err := w.notifications.VAPID(w.kit.Ctx)
	w.must(err)
	page := a.get(settings).is(http.StatusOK).says("On this device", "Turn on here")
	if !strings.Contains(page.body, `data-key="`+key.Public()+`"`) || strings.Contains(page.body, "data-subscribed") {
		t.Error(page.body)
	}
	page.submit(settings+"/device", "endpoint", "http://inside.example", "p256dh", r.P256dh, "auth", r.Auth).is(http.StatusUnprocessableEntity).says("nothing by which it could be reached")
	page.submit(settings+"/device", "endpoint", r.URL, "p256dh", "!", "auth", "?").is(http.StatusUnprocessableEntity)
	page.submit(settings+"/device", "token", "x").is(http.StatusForbidden)
	w.browser().do("POST", settings+"/device", url.Values{}).is(http.StatusSeeOther)
	subscribe().is(http.StatusSeeOther).follow().says("Mentions and answers", "Turn off here", "Saved.")
	a.get(settings).submit(settings+"/device/alerts", "alert_favourites", "", "alert_mentions", "1", "policy", "all").is(http.StatusSeeOther)
	a.get(settings).submit(settings+"/device/alerts", "policy", "strangers").is(http.StatusUnprocessableEntity)
	a.get(settings).submit(settings + "/device/test").is(http.StatusSeeOther).follow().says("A message is on its way.")
	if n := len(r.Taken()); n != 1 {
		t.Fatalf("%d messages", n)
	}
	mine := w.post(ann, posts.Draft{Text: "Sheep?"})
	_, err = w.posts.Favourite(w.kit.Ctx, ben, mine.ID)
	w.must(err)
	answer := w.post(ben, posts.Draft{Text: "@ann Sheep!", InReplyToID: mine.ID})
	testkit.Eventually(t, func() bool { return len(r.Taken()) == 2 })
	var m struct{ Title, Body, URL, Access_Token string }
	w.must(json.Unmarshal(r.Taken()[1].Body, &m))
	if m.Title != "ben mentioned you" || m.URL != w.address("ben", answer) || m.Access_Token != "" {
		t.Errorf("%+v", m)
	}
	subscribe().is(http.StatusSeeOther) // again, and what was chosen stays
	if checked := strings.Count(a.get(settings).body, "checked"); checked != 1 {
		t.Errorf("%d choices", checked)
	}
	// The service worker does the same when the browser has taken another address.
	var keys struct{ Key, Token string }
	told := a.get(settings + "/device").is(http.StatusOK)
	w.must(json.Unmarshal([]byte(told.body), &keys))
	if keys.Key != key.Public() || !strings.Contains(told.header.Get("Cache-Control"), "no-store") {
		t.Errorf("%s, %v", told.body, told.header)
	}
	w.browser().get(settings + "/device").is(http.StatusNotFound)
	a.do("POST", settings+"/device", url.Values{"token": {keys.Token}, "endpoint": {r.URL + "/moved"}, "p256dh": {r.P256dh}, "auth": {r.Auth}}).is(http.StatusSeeOther)
	if checked := strings.Count(a.get(settings).body, "checked"); checked != 1 {
		t.Errorf("%d choices after the address has changed", checked)
	}
	a.get(settings).submit(settings + "/device/end").is(http.StatusSeeOther).follow().says("Turn on here")
	a.do("POST", settings+"/device/test", url.Values{"token": {a.get("/").token()}}).is(http.StatusNotFound).says("takes no messages any more")
	a.do("POST", settings+"/device/alerts", url.Values{"token": {a.get("/").token()}, "policy": {"all"}}).is(http.StatusNotFound)
	subscribe().is(http.StatusSeeOther)
	sessions, err := w.identity.Sessions(w.kit.Ctx, ann)
	w.must(err)
	here := notifications.Holder{AccountID: ann, SessionID: sessions[0].ID}
	if _, err := w.notifications.PushSubscription(w.kit.Ctx, here); err != nil {
		t.Error(err)
	}
	a.get("/about").submit("/auth/sign_out").is(http.StatusSeeOther)
	testkit.Eventually(t, func() bool {
		_, err := w.notifications.PushSubscription(w.kit.Ctx, here)
		return errs.Is(err, errs.NotFound)
	})
}

// A message says what has happened in the language of who gets it.
func TestTitlesOfMessages(t *testing.T) {
	titles := web.Titles()
	for locale, want := range map[string]string{"en": "Ben mentioned you", "de": "Ben hat dich erwähnt", "de-AT": "Ben hat dich erwähnt",
		"es": "Ben te mencionó", "tlh": "Ben mentioned you", "": "Ben mentioned you"} {
		if got := titles(locale, &notifications.Notification{Type: notifications.Mention}, "Ben"); got != want {
			t.Errorf("%q: %q, want %q", locale, got, want)
		}
	}
	if got := titles("de", &notifications.Notification{Type: notifications.PollEnded, FromID: 1, AccountID: 1}, "Ben"); got != "Deine Umfrage ist zu Ende" {
		t.Errorf("one's own poll: %q", got)
	}
	for _, kind := range notifications.Types() {
		if got := titles("es", &notifications.Notification{Type: kind}, "Ben"); got == "" || strings.Contains(got, "%") {
			t.Errorf("%s: %q", kind, got)
		}
	}
}

// Who allows messages gets them, chooses among them, and gets none after
// signing out. There is no push service here: the browser's part of it is made up.
func TestChromiumSubscribes(t *testing.T) {
	w := open(t)
	w.member("ann")
	r := testkit.NewPushReceiver(t, w.kit.Clock.Now)
	ctx := chromium(t)
	service := fmt.Sprintf(`{
		const made = { unsubscribe: async () => delete localStorage.subscribed,
			toJSON: () => ({ endpoint: %q, keys: { p256dh: %q, auth: %q } }) }
		PushManager.prototype.getSubscription = async () => localStorage.subscribed ? made : null
		PushManager.prototype.subscribe = async options => {
			if (!options.userVisibleOnly || options.applicationServerKey.length !== 87) throw new Error("options")
			localStorage.subscribed = "yes"
			return made
		}
	}`, r.URL+"/push", r.P256dh, r.Auth)
	w.must(chromedp.Do(ctx, func(ctx context.Context, target *chromedp.Target) (none chromedp.Void, err error) {
		_, err = cdp.Call(ctx, target, page.AddScriptToEvaluateOnNewDocument, page.AddScriptToEvaluateOnNewDocumentParams{Source: service})
		return none, err
	}, w.allowMessages))
	w.enters(ctx, "ann")
	w.must(chromedp.Do(ctx, chromedp.Navigate(w.base+"/settings/notifications"),
		chromedp.WaitVisible("#device [data-subscribe] button"), chromedp.Click("#device [data-subscribe] button"),
		chromedp.WaitVisible("#alert_mentions"), chromedp.WaitNotVisible("#device [data-subscribe]"), chromedp.WaitNotVisible("#device [data-problem]"),
		chromedp.Click("#device form[action$=test] button"), chromedp.WaitVisible("#device .done")))
	if n := len(r.Taken()); n != 1 {
		t.Errorf("%d messages", n)
	}
	w.must(chromedp.Do(ctx, chromedp.Click(".side form[action='/auth/sign_out'] button"), chromedp.WaitVisible("main a[href='/auth/sign_in']")))
	left, err := chromedp.Run(ctx, chromedp.Evaluate[bool]("!localStorage.subscribed"))
	w.must(err)
	if !left {
		t.Error("the browser is still subscribed")
	}
}

// A page that cannot be reached makes way for the offline page; what is pushed
// is shown.
func TestChromiumWorker(t *testing.T) {
	w := open(t)
	w.member("ann")
	ctx := chromium(t)
	w.enters(ctx, "ann")
	ready := chromedp.Evaluate[bool](`navigator.serviceWorker.ready.then(r => new Promise(done => {
		const look = () => r.active && r.active.state === "activated" && navigator.serviceWorker.controller ? done(true) : setTimeout(look, 20)
		look() }))`, chromedp.EvalAwaitPromise)
	if _, err := chromedp.Run(ctx, ready); err != nil {
		t.Fatal(err)
	}
	kept, err := chromedp.Run(ctx, chromedp.Evaluate[string](`caches.keys().then(names => Promise.all(names.map(n => caches.open(n).then(c => c.keys()))))
		.then(all => all.flat().map(r => new URL(r.url).pathname).filter(p => !p.startsWith("/assets/")).join())`, chromedp.EvalAwaitPromise))
	w.must(err)
	if kept != "/offline" {
		t.Errorf("the worker keeps %s", kept)
	}
	w.must(chromedp.Do(ctx, chromedp.Action[chromedp.Void](w.allowMessages)))
	registration, err := chromedp.Run(ctx, chromedp.Action[string](registered))
	w.must(err)
	var shown string
	testkit.Eventually(t, func() bool { // a worker that has not heard that it may shows nothing
		w.must(chromedp.Do(ctx, w.push(registration, `{"title": "ben mentioned you", "body": "Sheep!", "tag": "7", "url": "/notifications"}`)))
		shown, err = chromedp.Run(ctx, chromedp.Evaluate[string](`navigator.serviceWorker.ready.then(async r => {
			for (let i = 0; i < 20; i++) {
				const list = await r.getNotifications()
				if (list.length) return list.map(n => [n.title, n.body, n.tag, n.data.url].join("|")).join()
				await new Promise(later => setTimeout(later, 50))
			}
			return "" })`, chromedp.EvalAwaitPromise))
		w.must(err)
		return shown != ""
	})
	if shown != "ben mentioned you|Sheep!|7|/notifications" {
		t.Errorf("shown: %s", shown)
	}
	w.breakDown()
	w.must(chromedp.Do(ctx, chromedp.Navigate(w.base+"/bookmarks"), chromedp.WaitVisible("body[data-offline] h1")))
	w.down.Store(false)
	w.must(chromedp.Do(ctx, chromedp.WaitVisible("main#content nav.top")))
	here, err := chromedp.Run(ctx, chromedp.Location())
	w.must(err)
	if !strings.HasSuffix(here, "/bookmarks") {
		t.Errorf("back at %s", here)
	}
}

// allowMessages has the browser show what the pages want it to.
func (w *world) allowMessages(ctx context.Context, target *chromedp.Target) (none chromedp.Void, err error) {
	_, err = cdp.Call(ctx, target, devtools.SetPermission, devtools.SetPermissionParams{Origin: w.base,
		Permission: &devtools.PermissionDescriptor{Name: "notifications"}, Setting: devtools.PermissionSettingGranted})
	return none, err
}

// registered returns the name of the worker's registration.
func registered(ctx context.Context, target *chromedp.Target) (string, error) {
	updates, stop := target.Subscribe("ServiceWorker.workerRegistrationUpdated")
	defer stop()
	if _, err := cdp.Call(ctx, target, serviceworker.Enable, cdp.Empty{}); err != nil {
		return "", err
	}
	var told serviceworker.EventWorkerRegistrationUpdated
	for len(told.Registrations) == 0 {
		select {
		case <-ctx.Done():
			return "", ctx.Err()
		case data := <-updates:
			if err := json.Unmarshal(data, &told); err != nil {
				return "", err
			}
		}
	}
	return string(told.Registrations[0].RegistrationID), nil
}

// push delivers a message to the worker of the browser's page.
func (w *world) push(registration, data string) chromedp.Action[chromedp.Void] {
	return func(ctx context.Context, target *chromedp.Target) (none chromedp.Void, err error) {
		_, err = cdp.Call(ctx, target, serviceworker.DeliverPushMessage, serviceworker.DeliverPushMessageParams{Origin: w.base,
			RegistrationID: serviceworker.RegistrationID(registration), Data: data})
		return none, err
	}
}
