package posts_test

import (
	"context"
	"errors"
	"fmt"
	"net/url"
	"strings"
	"testing"
	"time"

	"github.com/guildhall/guildhall/internal/errs"
	"github.com/guildhall/guildhall/internal/fetch"
	"github.com/guildhall/guildhall/internal/ids"
	"github.com/guildhall/guildhall/internal/page"
	"github.com/guildhall/guildhall/internal/testkit"
	"github.com/guildhall/guildhall/posts"
	"github.com/guildhall/guildhall/profiles"
)

// library is pages by their addresses; one that is an address leads there.
type library map[string]string

func (l library) Get(_ context.Context, address string, _ int64, _ ...string) (*fetch.Document, error) {
	body := l[address]
	if strings.HasPrefix(body, "https://") {
		address, body = body, l[body]
	}
	u, err := url.Parse(address)
	if body == "" || err != nil {
		return nil, errors.New("there is no such page")
	}
	return &fetch.Document{URL: u, Type: "text/html; charset=utf-8", Body: []byte(body)}, nil
}

// Links trend that enough people show who want to be found and whom moderators
// have not limited, with what their pages say.
func TestTrendingLinks(t *testing.T) {
	testkit.Engines(t, func(t *testing.T, k *testkit.Kit) {
		d := newDesk(t, k)
		d.Service.Pages = library{"https://news.test/": "<title>News</title>", "https://www.blog.test/one": "<title>One</title>"}
		if err := d.who.Start(k.Ctx); err != nil {
			t.Fatal(err)
		}
		if err := d.Start(k.Ctx); err != nil {
			t.Fatal(err)
		}
		yes := true
		var people []ids.ID
		for _, name := range []string{"ada", "bob", "cyd", "dan"} {
			id := d.person(name)
			if _, err := d.who.Update(k.Ctx, id, profiles.Update{Discoverable: &yes}); err != nil {
				t.Fatal(err)
			}
			people = append(people, id)
		}
		shows := func(link string, who ...ids.ID) {
			t.Helper()
			for _, id := range who {
				d.say(id, "see "+link, posts.Public)
			}
		}
		shows("https://news.test/", people...)
		shows("https://www.blog.test/one", people[:3]...)
		shows("https://news.test/missing", people...)
		shows("https://news.test/few", people[:2]...)
		for _, id := range people {
			d.say(id, "private https://news.test/secret", posts.Followers)
		}
		// trend waits until so much trends; all is what moderators see.
		trend := func(when string, all bool, want ...string) []posts.TrendingLink {
			t.Helper()
			var links []posts.TrendingLink
			var got string
			defer func() {
				if t.Failed() {
					t.Logf("%s: %s, want %v", when, got, want)
				}
			}()
			testkit.Eventually(t, func() bool {
				k.Clock.Advance(time.Minute) // so long the order is remembered
				var err error
				if links, err = d.TrendingLinks(k.Ctx, all, 10, 0); err != nil {
					t.Fatal(err)
				}
				var list []string
				for _, l := range links {
					list = append(list, fmt.Sprint(l.Title, " ", l.History[0].Uses, " ", l.History[0].Accounts, " ", l.Review))
				}
				got = strings.Join(list, ", ")
				return got == strings.Join(want, ", ")
			})
			return links
		}
		links := trend("at first", false, "News 4 4 0", "One 3 3 0")
		if n := len(links[0].History); n != 7 {
			t.Errorf("%d days", n)
		}
		if rest, err := d.TrendingLinks(k.Ctx, false, 5, 1); err != nil || len(rest) != 1 || rest[0].Title != "One" {
			t.Errorf("%v, %v", rest, err)
		}

		for _, state := range []profiles.State{profiles.Silenced, profiles.Suspended} {
			if err := d.who.SetState(k.Ctx, people[2], state, true); err != nil {
				t.Fatal(err)
			}
			trend("one is limited", false, "News 3 3 0")
			if err := d.who.SetState(k.Ctx, people[2], state, false); err != nil {
				t.Fatal(err)
			}
			trend("no longer", false, "News 4 4 0", "One 3 3 0")
		}
		for _, wants := range []bool{false, true} {
			if _, err := d.who.Update(k.Ctx, people[2], profiles.Update{Discoverable: &wants}); err != nil {
				t.Fatal(err)
			}
			if wants {
				trend("one wants to be discovered again", false, "News 4 4 0", "One 3 3 0")
			} else {
				trend("one does not want to be discovered", false, "News 4 4 0")
			}
		}

		sites, err := d.Sites(k.Ctx, page.Page{Limit: 40})
		if err != nil || len(sites) != 2 {
			t.Fatalf("%v, %v", sites, err)
		}
		if err := d.ReviewTrend(k.Ctx, posts.TrendLink, links[0].LinkID, true); err != nil {
			t.Fatal(err)
		}
		for _, s := range sites {
			if err := d.ReviewTrend(k.Ctx, posts.TrendSite, s.ID, false); err != nil {
				t.Fatal(err)
			}
		}
		trend("the sites are rejected, and one link of them allowed", false, "News 4 4 1")
		trend("to moderators", true, "News 4 4 1", "One 3 3 2")
		if one, err := d.TrendingLink(k.Ctx, links[1].LinkID); err != nil || one.Title != "One" || one.Review != posts.Rejected || len(one.History) != 7 {
			t.Errorf("%+v, %v", one, err)
		}
		if _, err := d.TrendingLink(k.Ctx, 1); !errs.Is(err, errs.NotFound) {
			t.Errorf("a link that is none: %v", err)
		}
		unread := ids.ID(d.number("SELECT id FROM posts_links WHERE url = 'https://news.test/missing'"))
		if err := d.ReviewTrend(k.Ctx, posts.TrendLink, unread, true); !errs.Is(err, errs.NotFound) {
			t.Errorf("a link without a card: %v", err)
		}
	})
}

// A page can name one of our accounts as its author, by its address or that of
// its profile; a page of another site that a link leads to cannot.
func TestCreators(t *testing.T) {
	testkit.Engines(t, func(t *testing.T, k *testkit.Kit) {
		d := newDesk(t, k)
		names := func(creator string) string {
			return `<title>A page</title><meta name="fediverse:creator" content="` + creator + `">`
		}
		d.Service.Pages = library{
			"https://news.test/address": names("@Ada@here.test"), "https://news.test/bare": names("ada@here.test"), "https://news.test/profile": names("https://here.test/@ada"),
			"https://news.test/name": names("@ada"), "https://news.test/none": names("@nobody@here.test"), "https://news.test/elsewhere": names("@ada@other.test"),
			"https://news.test/page": names("https://other.test/@ada"), "https://news.test/moved": "https://evil.test/", "https://evil.test/": names("@ada@here.test"),
			"https://news.test/www": "https://www.news.test/", "https://www.news.test/": names("@ada@here.test"), "https://news.test/odd": names("@@@"),
		}
		if err := d.Start(k.Ctx); err != nil {
			t.Fatal(err)
		}
		ada := d.person("ada")
		for path, want := range map[string]ids.ID{"address": ada, "bare": ada, "profile": ada, "www": ada, "name": 0, "none": 0, "elsewhere": 0, "page": 0, "moved": 0, "odd": 0} {
			v := d.say(ada, "see https://news.test/"+path, posts.Public)
			testkit.Eventually(t, func() bool { return d.get(ada, v.ID).Card != nil })
			if c := d.get(ada, v.ID).Card; c.AuthorID != want {
				t.Errorf("%s: %d, want %d", path, c.AuthorID, want)
			}
		}
	})
}
