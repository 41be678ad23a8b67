package web

import (
	"bytes"
	"context"
	"strings"
	"testing"
	"time"

	"github.com/guildhall/guildhall/identity"
	"github.com/guildhall/guildhall/instance"
	"github.com/guildhall/guildhall/internal/ids"
	"github.com/guildhall/guildhall/posts"
	"github.com/guildhall/guildhall/profiles"
)

// A post's article is the same whether it was made before or not, for every reader
// and whatever has changed meanwhile; each answer has its own token in it.
func TestArticlesAreKept(t *testing.T) {
	kept := newArticles()
	emojis := &instance.Emojis{}
	now := time.Date(2026, 11, 21, 12, 30, 30, 0, time.UTC)
	ann, ben := &profiles.Account{ID: 1, Username: "ann"}, &profiles.Account{ID: 2, Username: "ben", DisplayName: "Ben <b>"}
	base := posts.Post{ID: 9, AccountID: 1, Content: "<p>Hello</p>", CreatedAt: now.Add(-time.Hour)}
	poll := &posts.Poll{Expires: now.Add(3 * time.Hour), Voters: 3, Multiple: true, Options: []posts.PollOption{{Title: "a", Votes: 2}, {Title: "b", Votes: 1}, {Title: "c"}}}
	post := func(change func(p *posts.Post, v *posts.View, c *card)) card {
		p := base
		v := &posts.View{Post: &p}
		c := card{Item: p.ID, Post: v, Author: ann, URL: postURL(ann, p.ID), Ago: "1 h", now: now}
		change(&p, v, &c)
		return c
	}
	changes := map[string]func(p *posts.Post, v *posts.View, c *card){
		"plain":      func(*posts.Post, *posts.View, *card) {},
		"edited":     func(p *posts.Post, _ *posts.View, _ *card) { p.Content, p.EditedAt = "<p>Changed</p>", now },
		"liked":      func(_ *posts.Post, v *posts.View, _ *card) { v.Stats.Favourites, v.Viewer.Favourited = 3, true },
		"boosted":    func(_ *posts.Post, v *posts.View, c *card) { v.Viewer.Boosted, c.Booster, c.Item = true, ben, 10 },
		"quotable":   func(_ *posts.Post, v *posts.View, _ *card) { v.MayQuote = true },
		"bookmarked": func(_ *posts.Post, v *posts.View, _ *card) { v.Viewer.Bookmarked = true },
		"pinned":     func(_ *posts.Post, v *posts.View, c *card) { v.Viewer.Pinned, c.Pinned = true, true },
		"answer":     func(_ *posts.Post, v *posts.View, c *card) { v.Stats.Replies, c.ReplyTo = 1, ben },
		"later":      func(_ *posts.Post, _ *posts.View, c *card) { c.Ago = "2 h" },
		"link": func(_ *posts.Post, v *posts.View, _ *card) {
			v.Card = &posts.Card{URL: "https://x.example", Title: "X"}
		},
		"private": func(p *posts.Post, _ *posts.View, _ *card) { p.Visibility = posts.Followers },
		"warning": func(p *posts.Post, _ *posts.View, _ *card) { p.Spoiler, p.Language = "Careful", "de" },
		"main":    func(_ *posts.Post, _ *posts.View, c *card) { c.Main = true },
		"poll":    func(_ *posts.Post, v *posts.View, _ *card) { v.Poll = poll },
		"voted": func(_ *posts.Post, v *posts.View, _ *card) {
			v.Poll, v.Viewer.Voted, v.Viewer.Votes = poll, true, []int{0, 2}
		},
		"ended": func(_ *posts.Post, v *posts.View, c *card) { v.Poll, c.now = poll, now.Add(4*time.Hour) },
	}
	readers := map[string]*identity.User{"visitor": nil, "author": {ID: 1, Username: "ann"}, "reader": {ID: ids.ID(3), Username: "eve"}}
	for range 2 { // made, and kept
		for name, change := range changes {
			c := post(change)
			for who, user := range readers {
				if c.Post.Viewer.Voted && user == nil {
					continue // nobody has
				}
				for _, words := range loadCatalogues()[:1] {
					fresh := &reader{words: words, emojis: emojis, user: user}
					if user != nil {
						fresh.token = "token of " + who
					}
					again := *fresh
					again.articles = kept
					if want, got := rendered(t, fresh, c), rendered(t, &again, c); want != got {
						t.Errorf("%s, %s: kept\n%s\nwant\n%s", name, who, got, want)
					} else if n := strings.Count(got, "token of "+who); user != nil && n == 0 || user == nil && strings.Contains(got, "token") {
						t.Errorf("%s, %s: %d tokens", name, who, n)
					}
				}
			}
		}
	}
	// The same post, to the same reader: made once.
	c, r := post(changes["plain"]), &reader{words: loadCatalogues()[0], emojis: emojis, articles: newArticles()}
	rendered(t, r, c)
	r.articles.made.CleanUp()
	rendered(t, r, c)
	if n := r.articles.made.EstimatedSize(); n != 1 {
		t.Errorf("%d articles are kept", n)
	}
}

func rendered(t *testing.T, r *reader, c card) string {
	t.Helper()
	var b bytes.Buffer
	if err := postCard(c).Render(withReader(context.Background(), r), &b); err != nil {
		t.Fatal(err)
	}
	return b.String()
}
