package web

import (
	"context"
	"crypto/rand"
	"io"
	"math/bits"
	"strings"
	"time"

	"github.com/a-h/templ"
	"github.com/guildhall/guildhall/identity"
	"github.com/guildhall/guildhall/instance"
	"github.com/guildhall/guildhall/internal/ids"
	"github.com/guildhall/guildhall/posts"
	"github.com/guildhall/guildhall/practice"
	"github.com/guildhall/guildhall/profiles"
	"github.com/maypok86/otter/v2"
)

const (
	articleBytes = 32 << 20
	// articleFor bounds how long posts are kept in memory by articles that were
	// made of what they were before.
	articleFor = 10 * time.Minute
)

// articles keeps the HTML of posts: most of a timeline was shown before, to
// somebody. An article is known by all that it is made of, and made of nothing
// else, so it cannot be out of date, nor tell one reader of another. What differs
// in each answer, the token of its forms, is put in when it is written.
type articles struct {
	made      *otter.Cache[articleKey, []string]
	composers *otter.Cache[composerKey, []string]
	places    *otter.Cache[placeKey, string]
	mark      string // stands for the token; nobody can know it
	keyMark   string // stands for the key of a draft
}

// articleKey is what the article of a post is made of. What the domains hand out
// as pointers they do not change.
type articleKey struct {
	item                     ids.ID
	post                     *posts.Post
	author, booster, replyTo *profiles.Account
	seal                     practice.Seal // of the author
	link                     *posts.Card
	stats                    posts.Stats
	ago                      string
	words                    *catalogue
	emojis                   *instance.Emojis
	member, own              bool // the reader is one, and the author
	mayQuote                 bool
	favourited, boosted      bool
	bookmarked, pinned       bool
	pinnedHere               bool // on the page that it is pinned to
	poll                     *posts.Poll
	voted                    bool
	votes                    uint64 // the choices as bits
	minute                   int64  // Unix milliseconds, for a poll: at which it was looked at, or when it has ended
}

func newArticles() *articles {
	return &articles{mark: rand.Text(), keyMark: rand.Text(),
		composers: otter.Must(&otter.Options[composerKey, []string]{MaximumSize: 1 << 10}),
		places:    otter.Must(&otter.Options[placeKey, string]{MaximumSize: 1 << 12}),
		made: otter.Must(&otter.Options[articleKey, []string]{MaximumWeight: articleBytes,
			Weigher: func(_ articleKey, parts []string) uint32 {
				n := 512
				for _, p := range parts {
					n += len(p) + 16
				}
				return uint32(n)
			},
			ExpiryCalculator: otter.ExpiryWriting[articleKey, []string](articleFor)})}
}

// plain tells whether an article depends on nothing beside its key: no quote, no
// filter, and not the post that the page is about.
func (c card) plain() bool {
	return !c.Main && c.Blurred == "" && c.Post.Quote == nil
}

func (c card) key(r *reader) articleKey {
	k := articleKey{item: c.Item, post: c.Post.Post, author: c.Author, booster: c.Booster, replyTo: c.ReplyTo, seal: c.Seal, link: c.Post.Card, stats: c.Post.Stats, ago: c.Ago,
		words: r.words, emojis: r.emojis, pinnedHere: c.Pinned}
	if r.token != "" {
		v := c.Post.Viewer
		k.member, k.own, k.mayQuote = true, c.own(r), c.Post.MayQuote
		k.favourited, k.boosted, k.bookmarked, k.pinned = v.Favourited, v.Boosted, v.Bookmarked, v.Pinned && k.own
	}
	if p := c.Post.Poll; p != nil {
		k.poll, k.minute = p, c.now.Truncate(time.Minute).UnixMilli()
		if !p.Expires.IsZero() && !p.Expires.After(c.now) {
			k.minute = p.Expires.UnixMilli()
		}
		if k.member {
			k.voted = c.Post.Viewer.Voted
			for _, i := range c.Post.Viewer.Votes {
				k.votes |= 1 << i
			}
		}
	}
	return k
}

// card is what the key was made of, without what is not in the key.
func (k articleKey) card() card {
	var votes []int
	for i := range bits.Len64(k.votes) {
		if k.votes&(1<<i) != 0 {
			votes = append(votes, i)
		}
	}
	return card{now: time.UnixMilli(k.minute), Item: k.item, Author: k.author, Booster: k.booster, ReplyTo: k.replyTo, Seal: k.seal, URL: postURL(k.author, k.post.ID), Ago: k.ago, Pinned: k.pinnedHere,
		Post: &posts.View{Post: k.post, Stats: k.stats, Card: k.link, Poll: k.poll, MayQuote: k.mayQuote,
			Viewer: posts.ViewerState{Favourited: k.favourited, Boosted: k.boosted, Bookmarked: k.bookmarked, Pinned: k.pinned, Voted: k.voted, Votes: votes}}}
}

// reader is whom an article is made for: anybody of whom the key is true.
func (k articleKey) reader(token string) *reader {
	r := &reader{words: k.words, emojis: k.emojis}
	if k.member {
		r.token, r.user = token, &identity.User{}
		if k.own {
			r.user.ID = k.post.AccountID
		}
	}
	return r
}

// article is postArticle, made before if possible.
func article(c card) templ.Component {
	return templ.ComponentFunc(func(ctx context.Context, w io.Writer) error {
		r := readerOf(ctx)
		if r.articles == nil || !c.plain() {
			return postArticle(c).Render(ctx, w)
		}
		parts, err := r.articles.get(ctx, c.key(r))
		if err != nil {
			return err
		}
		return writeParts(w, parts, r.token)
	})
}

// writeParts writes what was kept with a text between its parts.
func writeParts(w io.Writer, parts []string, between string) error {
	for i, part := range parts {
		if i > 0 {
			if _, err := io.WriteString(w, between); err != nil {
				return err
			}
		}
		if _, err := io.WriteString(w, part); err != nil {
			return err
		}
	}
	return nil
}

// get returns an article in the parts between which the token belongs.
func (a *articles) get(ctx context.Context, k articleKey) ([]string, error) {
	if parts, ok := a.made.GetIfPresent(k); ok {
		return parts, nil
	}
	var b strings.Builder
	if err := postArticle(k.card()).Render(withReader(ctx, k.reader(a.mark)), &b); err != nil {
		return nil, err
	}
	parts := strings.Split(b.String(), a.mark)
	a.made.Set(k, parts)
	return parts, nil
}

// languageOptions are the languages in which people write. They are many and on
// most pages of members, so that they are written without a component for each.
func languageOptions(selected string) templ.Component {
	return templ.ComponentFunc(func(_ context.Context, w io.Writer) error {
		var b strings.Builder
		for _, l := range written {
			b.WriteString(`<option value="` + l.Value + `" lang="` + l.Value + `"`)
			if l.Value == selected {
				b.WriteString(" selected")
			}
			b.WriteString(">" + templ.EscapeString(l.Text) + "</option>")
		}
		_, err := io.WriteString(w, b.String())
		return err
	})
}

// composerKey is what an empty composer is made of, beside what is the same for
// all members.
type composerKey struct {
	words                             *catalogue
	visibility, quotePolicy, language string
	sensitive                         bool
	face                              face
}

// emptyComposer is composer for a draft in which nothing is written yet, made
// before if possible; as an article, it is made of nothing but its key.
func emptyComposer(d draftData) templ.Component {
	return templ.ComponentFunc(func(ctx context.Context, w io.Writer) error {
		r := readerOf(ctx)
		k := composerKey{r.words, d.Visibility, d.QuotePolicy, d.Language, d.Sensitive, d.face}
		parts, ok := r.articles.composers.GetIfPresent(k)
		if !ok {
			made := draftData{Visibility: k.visibility, QuotePolicy: k.quotePolicy, Language: k.language, Sensitive: k.sensitive, face: k.face,
				Poll: d.Poll, Limits: d.Limits, Key: r.articles.keyMark}
			var b strings.Builder
			anybody := &reader{words: k.words, token: r.articles.mark, user: &identity.User{}}
			if err := composer(made).Render(withReader(ctx, anybody), &b); err != nil {
				return err
			}
			parts = strings.Split(b.String(), r.articles.keyMark)
			r.articles.composers.Set(k, parts)
		}
		for i, part := range parts {
			if i > 0 {
				if _, err := io.WriteString(w, d.Key); err != nil {
					return err
				}
			}
			if err := writeParts(w, strings.Split(part, r.articles.mark), r.token); err != nil {
				return err
			}
		}
		return nil
	})
}

// placeKey is what a link of the navigation is made of.
type placeKey struct {
	words               *catalogue
	address, sign, name string
	current             string // of aria-current, empty: none
	n                   int    // of things there that are new
}

// place is placeLink, made before if possible: a page has some twenty.
func place(f frame, address, sign, name string, n int) templ.Component {
	return templ.ComponentFunc(func(ctx context.Context, w io.Writer) error {
		r := readerOf(ctx)
		k := placeKey{words: r.words, address: address, sign: sign, name: name, n: n}
		if f.Here == address {
			k.current = "page"
		} else if f.within(address) {
			k.current = "true"
		}
		if r.articles == nil {
			return placeLink(k).Render(ctx, w)
		}
		html, ok := r.articles.places.GetIfPresent(k)
		if !ok {
			var b strings.Builder
			if err := placeLink(k).Render(withReader(ctx, &reader{words: k.words}), &b); err != nil {
				return err
			}
			html = b.String()
			r.articles.places.Set(k, html)
		}
		_, err := io.WriteString(w, html)
		return err
	})
}
