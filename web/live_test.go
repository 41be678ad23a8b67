package web_test

import (
	"bufio"
	"context"
	"fmt"
	"net/http"
	"net/url"
	"strings"
	"testing"
	"time"

	"github.com/chromedp/chromedp"
	"github.com/guildhall/guildhall/internal/testkit"
	"github.com/guildhall/guildhall/posts"
	"github.com/guildhall/guildhall/profiles"
)

// events opens the stream and returns its lines as they come; the channel is
// closed when it ends. Threads are those that it shall tell of.
func (b *browser) events(threads ...string) <-chan string {
	b.Helper()
	ctx, cancel := context.WithTimeout(b.kit.Ctx, time.Minute)
	b.Cleanup(cancel)
	query := url.Values{}
	for _, thread := range threads {
		query.Add("thread", thread)
	}
	r, err := http.NewRequestWithContext(ctx, "GET", b.base+"/events?"+query.Encode(), nil)
	b.must(err)
	res, err := b.client.Do(r)
	b.must(err)
	if res.StatusCode != http.StatusOK || res.Header.Get("Content-Type") != "text/event-stream" || !strings.Contains(res.Header.Get("Cache-Control"), "no-store") {
		b.Fatalf("events: %s %v", res.Status, res.Header)
	}
	lines := make(chan string, 100)
	go func() {
		defer close(lines)
		defer res.Body.Close()
		for s := bufio.NewScanner(res.Body); s.Scan(); {
			lines <- s.Text()
		}
	}()
	return lines
}

// awaits reads lines until one is there; an empty one stands for the end.
func (b *browser) awaits(lines <-chan string, want string) {
	b.Helper()
	for {
		select {
		case line, open := <-lines:
			if !open && want != "" {
				b.Fatalf("the stream ended before %q", want)
			}
			if !open || want != "" && line == want {
				return
			}
		case <-time.After(20 * time.Second):
			b.Fatalf("no %q", want)
		}
	}
}

// A page is told of posts and notifications, until its session ends or the
// server stops.
func TestEvents(t *testing.T) {
	w := open(t)
	ann, ben := w.member("ann"), w.member("ben")
	_, err := w.profiles.Follow(w.kit.Ctx, ben, ann, profiles.FollowOptions{})
	w.must(err)
	b := w.signedIn("ben")
	since := w.post(ann, posts.Draft{Text: "before"})
	testkit.Eventually(t, func() bool { return strings.Contains(b.get("/").body, "before") })
	lines, other := b.events(), b.events()
	b.awaits(lines, "data: 0")
	first := w.post(ann, posts.Draft{Text: "after, for @ben"})
	b.awaits(lines, "data: "+first.ID.String())
	b.awaits(other, "event: post")
	b.awaits(other, "data: 1") // notification
	b.header.Set("HX-Request", "true")
	part := b.get("/?since_id=" + since.ID.String()).is(http.StatusOK)
	if strings.Contains(part.body, "<html") || strings.Contains(part.body, "before") || !strings.Contains(part.body, `data-post="`+first.ID.String()) {
		t.Errorf("the part: %s", part.body)
	}
	b.get("/?since_id=x").is(http.StatusNotFound)
	b.header.Del("HX-Request")
	if to := w.browser().get("/events").is(http.StatusSeeOther).location().Path; to != "/auth/sign_in" {
		t.Errorf("a visitor is sent to %s", to)
	}
	stranger := w.browser()
	stranger.header.Set("Accept", "text/event-stream")
	if to := stranger.get("/events").is(http.StatusNoContent).header.Get("HX-Redirect"); !strings.HasPrefix(to, "/auth/sign_in") {
		t.Errorf("a script of a visitor is told of %q", to)
	}
	b.get("/about").submit("/auth/sign_out").is(http.StatusSeeOther)
	w.post(ann, posts.Draft{Text: "not for who has left"})
	b.awaits(lines, "")
	c := w.signedIn("ben")
	lines = c.events()
	w.notifications.CloseFeeds()
	c.awaits(lines, "")
	c.get("/events").is(http.StatusServiceUnavailable)
}

// A page that shows a thread hears of strangers' answers in it that its reader may
// and wants to see, and of what becomes of them, all once.
func TestEventsOfThread(t *testing.T) {
	w := open(t)
	ann, ben, cyd := w.member("ann"), w.member("ben"), w.member("cyd")
	w.befriend(cyd, ann)
	post := w.post(ann, posts.Draft{Text: "Shep"})
	w.filter(ben, "Goats", "goats", posts.FilterHide, posts.FilterThread)
	stranger, friend := w.signedIn("ben"), w.signedIn("cyd")
	shown := fmt.Sprintf("%d-%d", post.ID, post.ID)
	lines, theirs, elsewhere := stranger.events(shown, "1-1"), friend.events(shown), stranger.events("1-1")
	for _, l := range []<-chan string{lines, theirs, elsewhere} {
		stranger.awaits(l, "event: conversations")
	}
	heard := map[<-chan string][]string{}
	hears := func(want string, all ...<-chan string) {
		t.Helper()
		for _, lines := range all {
			for line := ""; line != want; {
				select {
				case line = <-lines:
					heard[lines] = append(heard[lines], line)
				case <-time.After(20 * time.Second):
					t.Fatalf("no %q", want)
				}
			}
		}
	}
	w.post(ann, posts.Draft{Text: "For friends", InReplyToID: post.ID, Visibility: ref(posts.Followers)})
	w.post(ann, posts.Draft{Text: "Goats", InReplyToID: post.ID})
	answer := w.post(ann, posts.Draft{Text: "More sheep", InReplyToID: post.ID})
	hears("data: "+post.ID.String()+" "+answer.ID.String(), lines, theirs)
	_, err := w.posts.Edit(w.kit.Ctx, ann, answer.ID, posts.Draft{Text: "More sheep yet"})
	w.must(err)
	hears("event: edit", lines, theirs)
	_, err = w.posts.Delete(w.kit.Ctx, ann, answer.ID)
	w.must(err)
	hears("event: delete", lines, theirs)
	last := w.post(ann, posts.Draft{Text: "@ben @cyd The last", InReplyToID: post.ID})
	hears("data: "+post.ID.String()+" "+last.ID.String(), lines, theirs)
	hears("data: 1", elsewhere)
	count := func(lines <-chan string, want string) (n int) {
		for _, line := range heard[lines] {
			if line == want {
				n++
			}
		}
		return n
	}
	for lines, answers := range map[<-chan string]int{lines: 2, theirs: 4, elsewhere: 0} {
		changes := min(1, answers)
		if a, e, d := count(lines, "event: answer"), count(lines, "event: edit"), count(lines, "event: delete"); a != answers || e != changes || d != changes {
			t.Errorf("%d answers, %d edits, %d deletions: %q", a, e, d, heard[lines])
		}
	}
	// What has come before the connection is told at once.
	hears("data: "+post.ID.String()+" "+last.ID.String(), stranger.events(shown))
	stranger.get("/events?thread=1").is(http.StatusNotFound)
	stranger.get("/events?thread=1-1" + strings.Repeat("&thread=1-1", 20)).is(http.StatusNotFound)
}

// enters signs a browser in.
func (w *world) enters(ctx context.Context, name string) {
	w.Helper()
	w.must(chromedp.Do(ctx, chromedp.Navigate(w.base+"/auth/sign_in"), chromedp.SendKeys("#login", name), chromedp.SendKeys("#password", password),
		chromedp.Click("main form button"), chromedp.WaitVisible("[data-composer]")))
}

// A post of somebody else is announced, and shown when that is pressed.
func TestChromiumLive(t *testing.T) {
	w := open(t)
	ann, ben := w.member("ann"), w.member("ben")
	_, err := w.profiles.Follow(w.kit.Ctx, ben, ann, profiles.FollowOptions{})
	w.must(err)
	ctx := chromium(t)
	w.enters(ctx, "ben")
	w.must(chromedp.Do(ctx, chromedp.WaitReady("#live[data-on]")))
	w.post(ann, posts.Draft{Text: "Hot off the press, @ben"})
	w.must(chromedp.Do(ctx, chromedp.WaitVisible("#news"), chromedp.WaitVisible(`.nav .n`)))
	title, err := chromedp.Run(ctx, chromedp.Evaluate[string]("document.title + '|' + document.getElementById('news').textContent"))
	w.must(err)
	if !strings.HasPrefix(title, "(1) ") || !strings.HasSuffix(title, "|1 new post") {
		t.Errorf("title and bar: %q", title)
	}
	w.must(chromedp.Do(ctx, chromedp.Click("#news"), chromedp.WaitVisible("article.post"), chromedp.WaitNotVisible("#news")))
}
