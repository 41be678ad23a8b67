package notifications

import (
	"bytes"
	"fmt"
	"image"
	"image/png"
	"strings"
	"sync/atomic"
	"testing"
	"time"

	"github.com/guildhall/guildhall/internal/db"
	"github.com/guildhall/guildhall/internal/errs"
	"github.com/guildhall/guildhall/internal/ids"
	"github.com/guildhall/guildhall/internal/testkit"
	"github.com/guildhall/guildhall/posts"
	"github.com/guildhall/guildhall/profiles"
)

// listen opens a feed on channels, written as "name" or "name tag".
func (w *town) listen(account ids.ID, channels ...string) *Feed {
	w.Helper()
	f, err := w.Subscribe(w.kit.Ctx, Subscriber{UserID: account, TokenID: account + 1})
	w.must(err)
	for _, c := range channels {
		name, tag, _ := strings.Cut(c, " ")
		w.must(f.Add(Channel{Name: name, Tag: tag}))
	}
	return f
}

// next waits for a feed's next message and returns it as "streams event text".
func (w *town) next(f *Feed) string {
	w.Helper()
	select {
	case d, ok := <-f.Messages():
		if !ok {
			return "ended: " + f.Err().Error()
		}
		return spellDelivery(d)
	case <-time.After(10 * time.Second):
		w.Fatal("no message within ten seconds")
		return ""
	}
}

func spellDelivery(d Delivery) string {
	what := ""
	switch {
	case d.Notification != nil:
		what = string(d.Notification.Type)
	case d.View != nil && d.View.Boost != nil:
		what = "boost of " + d.View.Boost.Text
	case d.View != nil:
		what = d.View.Text
	}
	return strings.Join(d.Streams, " ") + ": " + d.Event + " " + what
}

func (w *town) wantNext(f *Feed, want ...string) {
	w.Helper()
	for _, text := range want {
		if got := w.next(f); got != text {
			w.Errorf("got %q, want %q", got, text)
		}
	}
}

func TestStreams(t *testing.T) {
	testkit.Engines(t, func(t *testing.T, k *testkit.Kit) {
		w := open(t, k).start()
		p := w.people("ann", "bob", "cyd")
		ann, bob, cyd := p[0], p[1], p[2]
		self := w.listen(ann, "user")
		w.follow(bob, ann, profiles.FollowOptions{})
		w.wantNext(self, "user: notification follow")
		home := w.listen(bob, "user", "user:notification")
		public := w.listen(cyd, "public", "public:local", "public:media", "hashtag GO", "hashtag:local go", "hashtag rust", "direct", "public:remote")
		nobody := w.listen(0, "public")

		id := w.post(ann, "learning #Go", posts.Public)
		w.wantNext(self, "user: update learning #Go")
		w.wantNext(home, "user: update learning #Go")
		w.wantNext(public, "public: update learning #Go", "public:local: update learning #Go", "hashtag go: update learning #Go", "hashtag:local go: update learning #Go")
		w.wantNext(nobody, "public: update learning #Go")
		answer := w.post(cyd, "@ann so do I #go", posts.Public, id)
		w.wantNext(public, "hashtag go: update @ann so do I #go", "hashtag:local go: update @ann so do I #go")
		w.wantNext(self, "user: notification mention")
		_, err := w.posts.Edit(k.Ctx, ann, id, posts.Draft{Text: "learning #Rust"})
		w.must(err)
		w.wantNext(self, "user: status.update learning #Rust")
		w.wantNext(home, "user: status.update learning #Rust")
		w.wantNext(public, "public: status.update learning #Rust", "public:local: status.update learning #Rust", "hashtag rust: status.update learning #Rust")
		w.wantNext(nobody, "public: status.update learning #Rust")
		_, err = w.posts.Boost(k.Ctx, ann, answer, nil)
		w.must(err)
		w.wantNext(self, "user: update boost of @ann so do I #go")
		w.wantNext(home, "user: update boost of @ann so do I #go")
		_, err = w.posts.Delete(k.Ctx, ann, id)
		w.must(err)
		w.wantNext(self, "user: delete ")
		w.wantNext(home, "user: delete ")
		w.wantNext(public, "public: delete ", "public:local: delete ", "hashtag rust: delete ")
		w.must(public.Remove(Channel{Name: "public:local"}))
		w.must(public.Remove(Channel{Name: "public:local"}))
		w.post(cyd, "still there, @bob", posts.Public)
		w.wantNext(public, "public: update still there, @bob")
		w.wantNext(nobody, "public: delete ", "public: update still there, @bob")
		w.wantNext(home, "user: notification mention", "user:notification: notification mention")
		if len(public.Messages()) != 0 {
			t.Error(w.next(public))
		}
	})
}

// Streams of posts with images carry those alone, and also hear of their end.
func TestMediaStreams(t *testing.T) {
	k := testkit.New(t, db.SQLite)
	w := open(t, k).start()
	ann := w.people("ann")[0]
	f := w.listen(0, "public:media")
	show := func(text string) ids.ID {
		t.Helper()
		var picture bytes.Buffer
		w.must(png.Encode(&picture, image.NewGray(image.Rect(0, 0, 8, 8))))
		m, err := w.posts.Upload(k.Ctx, ann, &picture, "", 0, 0)
		w.must(err)
		view, err := w.posts.Create(k.Ctx, ann, posts.Draft{Text: text, Media: []ids.ID{m.ID}})
		w.must(err)
		return view.ID
	}
	for _, id := range []ids.ID{show("look"), w.post(ann, "words", posts.Public)} {
		_, err := w.posts.Delete(k.Ctx, ann, id)
		w.must(err)
	}
	show("and here")
	w.wantNext(f, "public:media: update look", "public:media: delete ", "public:media: update and here")
}

// Nothing of a private post reaches anybody's stream who may not see it, nor
// anything of somebody who is blocked or muted.
func TestNoCrossTalk(t *testing.T) {
	testkit.Engines(t, func(t *testing.T, k *testkit.Kit) {
		w := open(t, k).start()
		p := w.people("ann", "bob", "cyd", "dan")
		ann, bob, cyd, dan := p[0], p[1], p[2], p[3]
		w.follow(cyd, ann, profiles.FollowOptions{})
		before := w.listen(bob, "user")
		w.follow(dan, bob, profiles.FollowOptions{})
		w.wantNext(before, "user: notification follow") // else it would come later, among what is looked at
		before.Close()
		all := []string{"user", "user:notification", "direct", "public", "public:local", "public:media", "hashtag secret", "hashtag:local secret"}
		_, err := w.profiles.Mute(k.Ctx, dan, ann, false, 0)
		w.must(err)
		stranger, muter, reader := w.listen(bob, all...), w.listen(dan, all...), w.listen(cyd, "user")
		anybody := w.listen(0, "public", "hashtag secret")

		private := w.post(ann, "canary one #secret", posts.Followers)
		direct := w.post(ann, "canary two #secret, @cyd", posts.Direct)
		quiet := w.post(ann, "canary three #secret", posts.Unlisted)
		for _, id := range []ids.ID{private, direct, quiet} {
			_, err := w.posts.Edit(k.Ctx, ann, id, posts.Draft{Text: "canary again #secret, @cyd"})
			w.must(err)
		}
		_, err = w.posts.Boost(k.Ctx, ann, private, nil)
		w.must(err)
		for _, id := range []ids.ID{private, direct, quiet} {
			_, err := w.posts.Delete(k.Ctx, ann, id)
			w.must(err)
		}
		w.post(ann, "muted #secret", posts.Public) // dan does not want to hear this
		w.post(bob, "the end", posts.Public)
		w.wantNext(stranger, "public: update muted #secret", "public:local: update muted #secret",
			"hashtag secret: update muted #secret", "hashtag:local secret: update muted #secret", "user: update the end")
		w.wantNext(muter, "user: update the end", "public: update the end", "public:local: update the end")
		w.wantNext(anybody, "public: update muted #secret", "hashtag secret: update muted #secret", "public: update the end")
		heard := map[string]int{}
		for text := ""; text != "user: update muted #secret"; {
			text = w.next(reader)
			heard[text]++
		}
		// The follower hears of all that is not gone before it could be sent.
		for text, n := range map[string]int{"user: update canary one #secret": 1, "user: update canary two #secret, @cyd": 1,
			"user: update canary three #secret": 1, "user: delete ": 4} {
			if heard[text] > n {
				t.Errorf("%q %d times: %v", text, heard[text], heard)
			}
		}
		if heard["user: delete "] < 3 {
			t.Error(heard)
		}
	})
}

// Who reads a thread hears of all in it that they may and want to see, on every
// node.
func TestThreads(t *testing.T) {
	testkit.Engines(t, func(t *testing.T, k *testkit.Kit) {
		url := testkit.NATS(t)
		k.Bus = k.Connect(url)
		w := open(t, k).start()
		p := w.people("ann", "bob", "cyd", "dan", "eve")
		ann, bob, cyd, dan, eve := p[0], p[1], p[2], p[3], p[4]
		w.follow(cyd, ann, profiles.FollowOptions{})
		_, err := w.profiles.Mute(k.Ctx, dan, ann, false, 0)
		w.must(err)
		_, err = w.profiles.Block(k.Ctx, ann, eve)
		w.must(err)
		first, other := w.post(bob, "first", posts.Public), w.post(bob, "another", posts.Public)
		there := w.node(k.Connect(url))
		thread := Channel{Name: ChannelThread, Thread: first}
		listen := func(at *Service, who ids.ID) *Feed {
			f, err := at.Subscribe(k.Ctx, Subscriber{UserID: who})
			w.must(err)
			w.must(f.Add(thread))
			return f
		}
		stranger, follower, muter, blocked, anybody := listen(there, bob), listen(there, cyd), listen(there, dan), listen(there, eve), listen(there, 0)
		here := listen(w.Service, bob)
		in := "thread " + first.String() + ": "
		hear := func(text string, all ...*Feed) {
			t.Helper()
			for _, f := range all {
				w.wantNext(f, in+text)
			}
		}
		answer := w.post(ann, "public", posts.Public, first)
		hear("update public", stranger, follower, anybody, here)
		private := w.post(ann, "private", posts.Followers, answer)
		hear("update private", follower)
		_, err = w.posts.Edit(k.Ctx, ann, private, posts.Draft{Text: "private still"})
		w.must(err)
		hear("status.update private still", follower)
		_, err = w.posts.Edit(k.Ctx, ann, answer, posts.Draft{Text: "edited"})
		w.must(err)
		hear("status.update edited", stranger, follower, anybody, here)
		direct := w.post(ann, "@bob direct", posts.Direct, answer)
		hear("update @bob direct", stranger, here)
		for _, id := range []ids.ID{direct, private, answer} {
			_, err = w.posts.Delete(k.Ctx, ann, id)
			w.must(err)
		}
		hear("delete ", stranger, stranger, follower, follower, anybody, here, here)
		w.post(cyd, "elsewhere", posts.Public, other)
		w.post(cyd, "last", posts.Public, first)
		hear("update last", stranger, follower, muter, blocked, anybody, here)
	})
}

// Whoever begins or ceases to follow hears another home, from the very next post.
func TestStreamsFollowTheGraph(t *testing.T) {
	testkit.Engines(t, func(t *testing.T, k *testkit.Kit) {
		w := open(t, k).start()
		p := w.people("ann", "bob")
		ann, bob := p[0], p[1]
		home := w.listen(bob, "user")
		w.post(ann, "before", posts.Followers)
		w.post(bob, "mine", posts.Direct)
		w.wantNext(home, "user: update mine")
		w.follow(bob, ann, profiles.FollowOptions{})
		w.post(ann, "now", posts.Followers)
		w.wantNext(home, "user: update now")
		_, err := w.profiles.Block(k.Ctx, ann, bob)
		w.must(err)
		w.post(ann, "after", posts.Followers)
		w.post(bob, "mine again", posts.Public)
		w.wantNext(home, "user: update mine again")
	})
}

func TestFeedsEnd(t *testing.T) {
	testkit.Engines(t, func(t *testing.T, k *testkit.Kit) {
		w := open(t, k).start()
		p := w.people("ann", "bob")
		slow, other := w.listen(p[0], "user"), w.listen(p[0], "user")
		for i := range DefaultConfig().FeedQueue + 1 {
			w.hub.toUsers(&Message{Event: EventDelete, PostID: ids.ID(i)}, Channel{Name: ChannelUser}, []ids.ID{p[0]})
			w.next(other)
		}
		if slow.Err() != EndedSlow || other.Err() != nil {
			t.Error(slow.Err(), other.Err())
		}
		n := 0
		for range slow.Messages() {
			n++
		}
		if n != DefaultConfig().FeedQueue {
			t.Error(n, "messages were waiting")
		}
		if err := slow.Add(Channel{Name: "public"}); err != EndedSlow {
			t.Error(err)
		}
		w.CloseToken(p[0]) // nobody's
		if other.Err() != nil {
			t.Error(other.Err())
		}
		w.CloseToken(p[0] + 1)
		third := w.listen(p[1], "public")
		w.CloseUser(p[1])
		left := w.listen(p[1], "public")
		mine := w.listen(p[1], "public")
		mine.Close()
		mine.Close()
		w.CloseFeeds()
		w.CloseFeeds()
		for f, want := range map[*Feed]Ended{slow: EndedSlow, other: EndedRevoked, third: EndedRevoked, left: EndedShutdown, mine: EndedClosed} {
			if f.Err() != want {
				t.Errorf("%v, want %v", f.Err(), want)
			}
			if _, open := <-f.Messages(); open {
				t.Errorf("%s: still gives", want)
			}
		}
		if _, err := w.Subscribe(k.Ctx, Subscriber{UserID: p[1]}); !errs.Is(err, errs.Unavailable) {
			t.Error(err)
		}
		if w.hub.open.Load() != 0 || len(w.hub.users) != 0 || len(w.hub.channels) != 0 {
			t.Error("feeds are left behind")
		}
	})
}

func TestSubscribeRefuses(t *testing.T) {
	h := newHub(DefaultConfig())
	var kept atomic.Int64
	keep := func(Channel) (func(), error) {
		kept.Add(1)
		return func() { kept.Add(-1) }, nil
	}
	f, err := h.subscribe(Subscriber{UserID: 7}, keep)
	if err != nil {
		t.Fatal(err)
	}
	for c, want := range map[Channel]errs.Kind{
		{}: errs.Malformed, {Name: "list", Tag: "1"}: errs.Malformed, {Name: "public.>"}: errs.Malformed, {Name: "hashtag"}: errs.Malformed,
		{Name: "hashtag", Tag: strings.Repeat("a", 401)}: errs.Malformed, {Name: "hashtag", Tag: "\xff"}: errs.Malformed,
	} {
		if err := f.Add(c); !errs.Is(err, want) {
			t.Errorf("%q: %v", c, err)
		}
		if err := f.Remove(c); !errs.Is(err, want) {
			t.Errorf("%q: %v", c, err)
		}
	}
	for range 2 {
		if err := f.Add(Channel{Name: "user"}); err != nil || kept.Load() != 1 {
			t.Error(kept.Load(), err)
		}
	}
	for i := range channelsMax - 1 {
		if err := f.Add(Channel{Name: "hashtag", Tag: fmt.Sprint("*.>", i)}); err != nil {
			t.Fatal(err)
		}
	}
	if err := f.Add(Channel{Name: "hashtag", Tag: "onemore"}); !errs.Is(err, errs.TooMany) {
		t.Error(err)
	}
	for range DefaultConfig().StreamsPerAccount - 1 {
		if _, err := h.subscribe(Subscriber{UserID: 7}, keep); err != nil {
			t.Fatal(err)
		}
	}
	if _, err := h.subscribe(Subscriber{UserID: 7}, keep); !errs.Is(err, errs.TooMany) {
		t.Error(err)
	}
	f.Close()
	if kept.Load() != 0 {
		t.Error("the feed is still kept")
	}
	app, err := h.subscribe(Subscriber{}, keep)
	if err != nil {
		t.Fatal(err)
	}
	for _, name := range []string{"user", "user:notification", "direct"} {
		if err := app.Add(Channel{Name: name}); !errs.Is(err, errs.Unauthenticated) {
			t.Errorf("%s: %v", name, err)
		}
	}
}

// An event that is published twice is sent once.
func TestHeardTwice(t *testing.T) {
	var l lately
	for i := range ids.ID(3 * latelyMax) {
		if !l.add(i + 1) {
			t.Fatal(i, "is new")
		}
		if l.add(i+1) || i > 100 && l.add(i-100) {
			t.Fatal(i, "is known")
		}
	}
	if len(l.known) != latelyMax || !l.add(1) {
		t.Error(len(l.known), "are remembered, or the first still is")
	}
}

// A message is encoded once, however many sockets send it.
func TestEncodeOnce(t *testing.T) {
	m, n := &Message{}, 0
	for range 3 {
		if got := m.Encode(func() []byte { n++; return fmt.Append(nil, n) }); string(got) != "1" {
			t.Errorf("%s", got)
		}
	}
}
