package web_test

import (
	"context"
	"fmt"
	"io"
	"net/http"
	"net/url"
	"slices"
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/chromedp/cdproto/cdp"
	"github.com/chromedp/cdproto/network"
	"github.com/chromedp/cdproto/page"
	"github.com/chromedp/chromedp"
	"github.com/guildhall/guildhall/internal/ids"
	"github.com/guildhall/guildhall/posts"
	"github.com/guildhall/guildhall/profiles"
)

// firstPage is the most that a first page may weigh over the wire, without fonts
// and pictures.
const firstPage = 60 << 10

// lively makes a community with all kinds of posts, more than a page of them.
// Returns the address of a thread.
func lively(w *world) string {
	w.Helper()
	author, reader := w.member("author"), w.member("reader")
	_, err := w.profiles.Update(w.kit.Ctx, author, profiles.Update{DisplayName: ref("Ada Author"), Note: ref("I keep #queues short and write about it. https://ada.example"),
		Fields: &[]profiles.Field{{Name: "Site", Value: "https://ada.example"}}})
	w.must(err)
	_, err = w.profiles.Follow(w.kit.Ctx, reader, author, profiles.FollowOptions{})
	w.must(err)
	root := w.post(author, posts.Draft{Text: "What would you ask a candidate first? #interviews"})
	for i := range 24 {
		d := posts.Draft{Text: fmt.Sprintf("Note %d: we moved the outbox to its own table, and the relay now waits for %d ms, so that a batch is worth its flush. "+
			"The consumers did not notice, the disk did. #postgres #queues @reader https://ada.example/notes/%d", i, 7*i, i)}
		switch i % 6 {
		case 1:
			d.Media = []ids.ID{w.picture(author, 640, 400+i, "A chart of latencies")}
		case 2:
			d.Media = []ids.ID{w.picture(author, 320, 480, "Left"), w.picture(author, 480, 320, "Right")}
		case 3:
			d.Poll = &posts.PollDraft{Options: []string{"At most once", "At least once", "Exactly once"}, ExpiresIn: time.Hour}
		case 4:
			d.InReplyToID = root.ID
		case 5:
			d.Spoiler = "Long"
		}
		w.post(author, d)
		w.kit.Clock.Advance(time.Hour)
	}
	return w.address("author", root)
}

// weight asks for an address as browsers do, and returns how many bytes its answer
// has over the wire, and what it says.
func (b *browser) weight(path string) (int, *shown) {
	b.Helper()
	r, err := http.NewRequestWithContext(b.kit.Ctx, "GET", b.base+path, nil)
	b.must(err)
	r.Header.Set("Accept-Encoding", "gzip, deflate, br, zstd") // so that the client leaves the bytes alone
	res, err := b.client.Do(r)
	b.must(err)
	defer res.Body.Close()
	data, err := io.ReadAll(res.Body)
	b.must(err)
	if res.StatusCode != http.StatusOK || res.Header.Get("Content-Encoding") != "gzip" {
		b.Errorf("%s: status %d, encoding %q", path, res.StatusCode, res.Header.Get("Content-Encoding"))
	}
	return len(data), b.get(path)
}

// What a visitor and a member download at first is small: the page and all that it
// needs beside fonts and pictures.
func TestFirstPageIsLight(t *testing.T) {
	w := open(t)
	lively(w)
	for name, b := range map[string]*browser{"landing": w.browser(), "home": w.signedIn("reader")} {
		total, s := b.weight("/")
		parts := []string{fmt.Sprintf("page %d", total)}
		needs := s.attrs("script", "src")
		for n := range s.nodes("link") {
			if rel := attr(n, "rel"); rel == "stylesheet" || rel == "icon" || rel == "manifest" || rel == "modulepreload" {
				needs = append(needs, attr(n, "href"))
			}
		}
		slices.Sort(needs)
		for _, path := range slices.Compact(needs) {
			if ext := path[strings.LastIndexByte(path, '.')+1:]; path == "" || slices.Contains([]string{"png", "ico", "jpg"}, ext) {
				continue
			}
			r, err := http.NewRequestWithContext(w.kit.Ctx, "GET", w.base+path, nil)
			w.must(err)
			r.Header.Set("Accept-Encoding", "gzip")
			res, err := b.client.Do(r)
			w.must(err)
			n, err := io.Copy(io.Discard, res.Body)
			w.must(err)
			w.must(res.Body.Close())
			total += int(n)
			parts = append(parts, fmt.Sprintf("%s %d", path, n))
		}
		t.Logf("%s: %.1f KiB over the wire: %s", name, float64(total)/1024, strings.Join(parts, ", "))
		if len(parts) < 4 {
			t.Errorf("%s: only %q were found", name, parts)
		}
		if total > firstPage {
			t.Errorf("%s weighs %d bytes, more than %d: %q", name, total, firstPage, parts)
		}
	}
}

// shifts is run before a page's own scripts: it adds up how much moves that nobody
// has moved.
const shifts = `window.moved = [];
new PerformanceObserver(list => { for (const e of list.getEntries()) if (!e.hadRecentInput) moved.push({value: e.value, what: e.sources.map(s =>
	(s.node && (s.node.outerHTML || s.node.textContent) || "").slice(0, 80)).join(" | ")}) }).observe({type: "layout-shift", buffered: true})`

// settled waits until the fonts are there, and goes down the page to its end, for
// what is loaded late and for lists that go on by themselves. Returns what has
// moved, by how many things a list has grown, and how high the foot of the page is.
const settled = `document.fonts.ready.then(async () => {
	const wait = () => new Promise(r => requestAnimationFrame(() => requestAnimationFrame(r)))
	const count = () => document.querySelectorAll("main article").length
	const began = count()
	for (let y = 0, waited = 0; waited < 150;) {
		if (y + innerHeight < document.documentElement.scrollHeight) scrollTo(0, y += innerHeight)
		else if (document.querySelector("main .older > a[rel=next]")) waited++
		else break
		await wait()
	}
	await new Promise(r => setTimeout(r, 100))
	return {fonts: [...document.fonts].filter(f => f.status === "loaded").length, moved, grown: count() - began,
		foot: document.querySelector(".foot").getBoundingClientRect().height}
})`

// Nothing on a page moves once it is seen, also when the fonts come late, and no
// page asks another host for anything.
func TestChromiumCalm(t *testing.T) {
	w := open(t)
	thread := lively(w)
	ctx := chromium(t)
	var mu sync.Mutex
	var asked []string
	w.must(chromedp.Listen(ctx, func(ev any) {
		if e, ok := ev.(*network.EventRequestWillBeSent); ok {
			mu.Lock()
			asked = append(asked, e.Request.URL)
			mu.Unlock()
		}
	}))
	w.must(chromedp.Do(ctx, chromedp.Func(func(ctx context.Context, tab *chromedp.Target) error {
		if _, err := cdp.Call(ctx, tab, page.AddScriptToEvaluateOnNewDocument, page.AddScriptToEvaluateOnNewDocumentParams{Source: shifts}); err != nil {
			return err
		}
		if _, err := cdp.Call(ctx, tab, network.SetCacheDisabled, network.SetCacheDisabledParams{CacheDisabled: true}); err != nil {
			return err
		}
		_, err := cdp.Call(ctx, tab, network.EmulateNetworkConditionsByRule, network.EmulateNetworkConditionsByRuleParams{
			MatchedNetworkConditions: []*network.Conditions{{URLPattern: w.base + "/assets/*.woff2", Latency: 400, DownloadThroughput: -1, UploadThroughput: -1}}})
		return err
	})))
	reader, grown := w.signedIn("reader"), 0
	for _, v := range []struct {
		reader *browser
		path   string
	}{{w.browser(), "/"}, {reader, "/"}, {reader, "/@author"}, {reader, thread}, {reader, "/explore"}, {w.browser(), "/@author"}, {w.browser(), thread}} {
		for _, width := range []int64{390, 1440} {
			w.kit.Clock.Advance(5 * time.Minute) // pages are limited
			w.must(chromedp.Do(ctx, v.reader.become(), chromedp.EmulateViewport(width, 900), chromedp.Navigate(w.base+v.path)))
			got, err := chromedp.Run(ctx, chromedp.Evaluate[struct {
				Fonts int
				Grown int
				Foot  float64
				Moved []struct {
					Value float64
					What  string
				}
			}](settled, chromedp.EvalAwaitPromise))
			w.must(err)
			sum := 0.0
			for _, m := range got.Moved {
				sum += m.Value
			}
			t.Logf("%s at %d px, signed in %v: moved by %.4f, %d fonts, grown by %d", v.path, width, v.reader.signed() != "", sum, got.Fonts, got.Grown)
			grown += got.Grown
			if got.Foot < 40 {
				t.Errorf("%s at %d px has no foot at its end", v.path, width)
			}
			if sum >= 0.02 || got.Fonts < 2 {
				t.Errorf("%s at %d px, signed in %v: moved by %.4f %v, %d fonts", v.path, width, v.reader.signed() != "", sum, got.Moved, got.Fonts)
			}
		}
	}
	mu.Lock()
	defer mu.Unlock()
	for _, address := range asked {
		if u, err := url.Parse(address); err != nil || u.Host != w.host && u.Scheme != "data" && u.Scheme != "blob" {
			t.Errorf("a page asks for %s", address)
		}
	}
	if grown < 4 {
		t.Errorf("lists have grown by %d only", grown)
	}
	if len(asked) < 50 {
		t.Errorf("only %d requests were seen", len(asked))
	}
}
