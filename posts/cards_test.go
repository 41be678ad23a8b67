package posts_test

import (
	"context"
	"encoding/binary"
	"errors"
	"fmt"
	"hash/crc32"
	"io"
	"net/http"
	"net/http/httptest"
	"net/netip"
	"net/url"
	"slices"
	"strings"
	"sync"
	"sync/atomic"
	"testing"
	"time"

	"github.com/guildhall/guildhall/internal/db"
	"github.com/guildhall/guildhall/internal/errs"
	"github.com/guildhall/guildhall/internal/fetch"
	"github.com/guildhall/guildhall/internal/ids"
	"github.com/guildhall/guildhall/internal/page"
	"github.com/guildhall/guildhall/internal/testkit"
	"github.com/guildhall/guildhall/posts"
	"github.com/guildhall/guildhall/profiles"
)

// site is a web server whose pages say what a test wants.
type site struct {
	*httptest.Server
	hits  atomic.Int64 // of pages
	title atomic.Value
	down  atomic.Bool
}

func newSite(t *testing.T, picture []byte) *site {
	s := &site{}
	s.title.Store("A page")
	s.Server = httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		if r.URL.Path == "/pic.png" {
			w.Header().Set("Content-Type", "image/png")
			_, _ = w.Write(picture)
			return
		}
		s.hits.Add(1)
		if s.down.Load() {
			http.Error(w, "down", http.StatusBadGateway)
			return
		}
		w.Header().Set("Content-Type", "text/html; charset=utf-8")
		_, _ = fmt.Fprintf(w, `<title>%s</title><meta property=og:image content=/pic.png><meta name=author content=Ada>`, s.title.Load())
	}))
	t.Cleanup(s.Close)
	return s
}

const canary = "AUTHOR-CANARY"

// signedPicture is a PNG that says who made it.
func signedPicture(t *testing.T) []byte {
	data, err := io.ReadAll(picture(t, 1200, 800, 9))
	if err != nil {
		t.Fatal(err)
	}
	body := []byte("tEXtAuthor\x00" + canary)
	chunk := binary.BigEndian.AppendUint32(nil, uint32(len(body)-4))
	chunk = binary.BigEndian.AppendUint32(append(chunk, body...), crc32.ChecksumIEEE(body))
	const header = 8 + 25
	return slices.Concat(data[:header], chunk, data[header:])
}

func TestCards(t *testing.T) {
	testkit.Engines(t, func(t *testing.T, k *testkit.Kit) {
		d := newDesk(t, k)
		if err := d.Start(k.Ctx); err != nil {
			t.Fatal(err)
		}
		ada, bob := d.person("ada"), d.person("bob")
		s := newSite(t, signedPicture(t))
		link := s.URL + "/page"
		one, err := d.says(ada, "look: "+strings.ToUpper(s.URL[:4])+s.URL[4:]+"/page#part and "+s.URL+"/other", nil)
		if err != nil {
			t.Fatal(err)
		}
		card := func(id ids.ID) *posts.Card {
			t.Helper()
			var c *posts.Card
			testkit.Eventually(t, func() bool { c = d.get(bob, id).Card; return c != nil })
			return c
		}
		c := card(one.ID)
		if c.URL != link || c.Title != "A page" || c.AuthorName != "Ada" || c.ProviderName != "127.0.0.1" || c.Image.Key == "" || c.Blurhash == "" {
			t.Errorf("%+v", c)
		}
		f, _, err := d.blobs.Open(k.Ctx, c.Image.Key)
		if err != nil {
			t.Fatal(err)
		}
		data, err := io.ReadAll(f)
		if err := f.Close(); err != nil {
			t.Fatal(err)
		}
		if err != nil || strings.Contains(string(data), canary) { // ME-06
			t.Errorf("the picture carries what was in it: %v", err)
		}
		// SS-12: the same page is not read again by many posts at once.
		var all sync.WaitGroup
		for i := range 30 {
			all.Go(func() {
				if v, err := d.says(bob, fmt.Sprint(i, " ", link), nil); err != nil || v.Card == nil {
					t.Errorf("%+v, %v", v, err)
				}
			})
		}
		all.Wait()
		// It is read again by the next use after two weeks, and kept if that fails.
		k.Clock.Advance(15 * 24 * time.Hour)
		s.title.Store("Another title")
		two, err := d.says(bob, link, nil)
		if err != nil || two.Card.Title != "A page" {
			t.Fatalf("%+v %v", two, err)
		}
		testkit.Eventually(t, func() bool { return d.get(bob, one.ID).Card.Title == "Another title" })
		if n := s.hits.Load(); n != 2 {
			t.Errorf("read %d times", n)
		}
		// An edit takes the card away, and another one gives it back.
		if v, err := d.Edit(d.ctx, bob, two.ID, posts.Draft{Text: "none"}); err != nil || v.Card != nil {
			t.Errorf("%+v %v", v.Card, err)
		}
		if v, err := d.Edit(d.ctx, bob, two.ID, posts.Draft{Text: "again " + link}); err != nil || v.Card == nil {
			t.Errorf("%+v %v", v.Card, err)
		}
		// In boosts and quotes too, and from another process.
		boost, err := d.Boost(d.ctx, bob, one.ID, nil)
		if err != nil || boost.Boost.Card == nil || boost.Card != nil {
			t.Errorf("%+v %v", boost, err)
		}
		quote, err := d.says(bob, "see", quoting(one.ID, posts.Public))
		if err != nil || quote.Quote.Of.Card == nil {
			t.Errorf("%+v %v", quote, err)
		}
		if v, err := newReader(d).Get(d.ctx, bob, one.ID); err != nil || v.Card == nil || v.Card.Title != "Another title" {
			t.Errorf("%+v %v", v, err)
		}
		d.linkTimeline(link, one.ID, ada, bob)
	})
}

// linkTimeline checks that only public posts of those who want to be found are
// listed.
func (d *desk) linkTimeline(link string, want ids.ID, ada, bob ids.ID) {
	d.Helper()
	if _, err := d.says(ada, "private "+link, func(x *posts.Draft) { v := posts.Followers; x.Visibility = &v }); err != nil {
		d.Fatal(err)
	}
	yes := true
	if _, err := d.who.Update(d.ctx, ada, profiles.Update{Discoverable: &yes}); err != nil {
		d.Fatal(err)
	}
	for address, want := range map[string][]ids.ID{link: {want}, link + "#x": {want}, link + "x": nil, "": nil, "x": nil, "http://": nil} {
		views, err := d.LinkTimeline(d.ctx, bob, address, page.Page{Limit: 40})
		var got []ids.ID
		for _, v := range views {
			got = append(got, v.ID)
		}
		if err != nil || !slices.Equal(got, want) {
			d.Errorf("%q: %v, %v", address, got, err)
		}
	}
}

// A page that cannot be read is tried again by the next use, later and later.
func TestFailedCards(t *testing.T) {
	testkit.Engines(t, func(t *testing.T, k *testkit.Kit) {
		d := newDesk(t, k)
		if err := d.Start(k.Ctx); err != nil {
			t.Fatal(err)
		}
		ada := d.person("ada")
		s := newSite(t, nil) // and its picture is none
		s.down.Store(true)
		failures := func() int {
			n, err := db.Value[int](k.Ctx, d.db, "SELECT failures FROM posts_links WHERE url = $1", s.URL+"/")
			if err != nil && !errs.Is(err, errs.NotFound) {
				t.Fatal(err)
			}
			return n
		}
		use := func() *posts.View {
			t.Helper()
			v, err := d.says(ada, s.URL, nil)
			if err != nil {
				t.Fatal(err)
			}
			return v
		}
		use()
		testkit.Eventually(t, func() bool { return failures() == 1 })
		use()
		k.Clock.Advance(16 * time.Minute)
		use()
		testkit.Eventually(t, func() bool { return failures() == 2 })
		if n := s.hits.Load(); n != 2 {
			t.Errorf("asked %d times", n)
		}
		s.down.Store(false)
		k.Clock.Advance(2 * time.Hour)
		v := use()
		testkit.Eventually(t, func() bool { return d.get(ada, v.ID).Card != nil })
		if c := d.get(ada, v.ID).Card; failures() != 0 || c.Image.Key != "" {
			t.Errorf("%+v", c)
		}
	})
}

// SS-01, SS-13: links inside have no card, and nothing tells whether a port is
// open there. The posts are as any other.
func TestSS01LinksInside(t *testing.T) {
	testkit.Engines(t, func(t *testing.T, k *testkit.Kit) {
		d := newDesk(t, k)
		d.Service.Pages = near(netip.MustParsePrefix("10.99.99.99/32")) // nobody is there
		if err := d.Start(k.Ctx); err != nil {
			t.Fatal(err)
		}
		ada := d.person("ada")
		s := newSite(t, nil)
		port := s.URL[strings.LastIndexByte(s.URL, ':'):]
		for _, host := range []string{"127.0.0.1", "localhost", "127.0.0.2", "[::1]", "0.0.0.0", "[::]", "[::127.0.0.1]", "[64:ff9b::7f00:1]", "[2002:7f00:1::]",
			"2130706433", "0x7f.1", "127.1", "0177.0.0.1", "127.0.0.1.nip.test", "169.254.169.254"} {
			v, err := d.says(ada, "see http://"+host+port+"/a", nil)
			if err != nil || v.Card != nil {
				t.Errorf("%s: %+v, %v", host, v, err)
			}
		}
		testkit.Eventually(t, func() bool {
			return len(d.waiting()) == 0
		})
		if n := s.hits.Load(); n != 0 {
			t.Errorf("%d hits", n)
		}
	})
}

// dripping are pages of which one takes all the time that it is given.
type dripping struct{ until chan time.Time }

func (p dripping) Get(ctx context.Context, address string, _ int64, types ...string) (*fetch.Document, error) {
	u, err := url.Parse(address)
	if err != nil || u.Host != "slow.test" {
		return &fetch.Document{URL: u, Type: types[0], Body: []byte("<title>A page</title>")}, err
	}
	end, bounded := ctx.Deadline()
	if !bounded {
		return nil, errors.New("no deadline")
	}
	p.until <- end
	<-ctx.Done()
	return nil, ctx.Err()
}

// SS-09: a page that drips is given up by a total deadline, and other pages are
// read meanwhile.
func TestSS09OthersGoOn(t *testing.T) {
	k := testkit.New(t, db.SQLite)
	d := newDesk(t, k)
	p := dripping{make(chan time.Time, 1)}
	d.Service.Pages = p
	if err := d.Start(k.Ctx); err != nil {
		t.Fatal(err)
	}
	ada := d.person("ada")
	slow, err := d.says(ada, "see http://slow.test/", nil)
	if err != nil {
		t.Fatal(err)
	}
	select {
	case end := <-p.until:
		if left := time.Until(end); left > 30*time.Second {
			t.Errorf("is given %s", left)
		}
	case <-time.After(10 * time.Second):
		t.Fatal("is not read")
	}
	for i := range 20 {
		v, err := d.says(ada, fmt.Sprintf("see http://fast.test/%d", i), nil)
		if err != nil {
			t.Fatal(err)
		}
		testkit.Eventually(t, func() bool { return d.get(ada, v.ID).Card != nil })
	}
	if c := d.get(ada, slow.ID).Card; c != nil {
		t.Errorf("%+v", c)
	}
}

// waiting returns the links that nobody has read or failed to read.
func (d *desk) waiting() []string {
	d.Helper()
	links, err := db.Values[string](d.ctx, d.db, "SELECT url FROM posts_links WHERE fetched_at = 0 AND failures = 0 AND tried_at >= 0 ORDER BY tried_at LIMIT 99")
	if err != nil {
		d.Fatal(err)
	}
	return links
}

func TestNoCards(t *testing.T) {
	testkit.Engines(t, func(t *testing.T, k *testkit.Kit) {
		d := newDesk(t, k)
		ada := d.person("ada")
		for _, text := range []string{"https://here.test/@ada", "http://here.test", "@ada #tag", "see ftp://x.test/", "https://user:pw@x.test/", "https://x.test/" + strings.Repeat("ü", 400)} {
			if _, err := d.says(ada, text, nil); err != nil && !errs.Is(err, errs.Invalid) {
				t.Errorf("%.40s: %v", text, err)
			}
		}
		d.Service.Pages = nil // switched off
		if _, err := d.says(ada, "https://other.test/", nil); err != nil {
			t.Fatal(err)
		}
		if links := d.waiting(); len(links) != 0 {
			t.Errorf("%q", links)
		}
	})
}
