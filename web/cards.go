package web

import (
	"context"
	"regexp"
	"slices"
	"strconv"
	"strings"
	"time"
	"unicode"

	"github.com/guildhall/guildhall/internal/ids"
	"github.com/guildhall/guildhall/posts"
	"github.com/guildhall/guildhall/practice"
	"github.com/guildhall/guildhall/profiles"
)

// card is a post with the people that its component names.
type card struct {
	Item    ids.ID      // in lists: of the boost, if it is one
	Post    *posts.View // of a boost, what is boosted
	Author  *profiles.Account
	Booster *profiles.Account // nil: not a boost
	ReplyTo *profiles.Account // nil: answers nobody else
	Seal    practice.Seal     // of the author; without a title: none
	Quoted  *card             // the quoted post, nil: none that is shown
	URL     string            // of the post's page, without the host
	Ago     string
	Pinned  bool
	Main    bool // the post that the page is about
	// Filtered and Blurred name the reader's filters that cover the post, or its
	// pictures; empty: none.
	Filtered, Blurred string
	matches           []posts.FilterMatch // the reader's filters, for whichever place
	now               time.Time
}

// cards gives posts the accounts they name. What has lost its author meanwhile
// is left out.
func (c *call) cards(views []*posts.View) ([]card, error) {
	if len(views) == 0 {
		return nil, nil
	}
	var named []ids.ID
	name := func(v *posts.View) {
		named = append(named, v.AccountID)
		if v.InReplyToAccountID != 0 {
			named = append(named, v.InReplyToAccountID)
		}
		if v.Quote != nil && v.Quote.Of != nil {
			named = append(named, v.Quote.Of.AccountID)
		}
	}
	for _, v := range views {
		name(v)
		if v.Boost != nil {
			name(v.Boost)
		}
	}
	people, err := c.Profiles.Accounts(c.r.Context(), named)
	if err != nil {
		return nil, err
	}
	seals, err := c.Practice.Seals(c.r.Context(), named)
	if err != nil {
		return nil, err
	}
	filters, err := c.Posts.FilterSet(c.r.Context(), c.viewer())
	if err != nil {
		return nil, err
	}
	now, words := c.Now(), c.words()
	cards := make([]card, 0, len(views))
	for _, v := range views {
		d := card{Item: v.ID, Post: v, now: now, matches: filters.Match(v, now)}
		if v.Boost != nil {
			if d.Booster = people[v.AccountID]; d.Booster == nil {
				continue
			}
			d.Post = v.Boost
		}
		if d.fill(people, words) {
			d.Seal = seals[d.Author.ID]
			if d.Quoted != nil {
				d.Quoted.matches = filters.Match(d.Quoted.Post, now)
			}
			cards = append(cards, d)
		}
	}
	return cards, nil
}

// fill adds what a post's card says beside the post. Returns false if its
// author is gone.
func (c *card) fill(people map[ids.ID]*profiles.Account, words *catalogue) bool {
	if c.Author = people[c.Post.AccountID]; c.Author == nil {
		return false
	}
	if to := c.Post.InReplyToAccountID; to != c.Post.AccountID {
		c.ReplyTo = people[to]
	}
	if q := c.Post.Quote; q != nil && q.Of != nil && q.State == posts.QuoteAccepted {
		if of := (&card{Item: q.ID, Post: q.Of, now: c.now}); of.fill(people, words) {
			c.Quoted = of
		}
	}
	c.URL = postURL(c.Author, c.Post.ID)
	c.Ago = words.ago(c.now, c.Post.CreatedAt)
	return true
}

// postURL is the address of a post's page, without the host.
func postURL(author *profiles.Account, id ids.ID) string {
	return "/@" + author.Username + "/" + id.String()
}

func (c card) machineTime() string { return c.Post.CreatedAt.UTC().Format(time.RFC3339) }

// answerURL is where an answer to the post is written.
func (c card) answerURL() string {
	if c.Main {
		return "#text" + c.Post.ID.String()
	}
	return composePath + "?in_reply_to_id=" + c.Post.ID.String()
}

// boostable tells whether the post may be passed on: public ones by everybody,
// one's own for followers too.
func (c card) boostable() bool { return c.Post.Visibility <= posts.Unlisted }

// own tells whether the reader wrote the post.
func (c card) own(r *reader) bool { return c.Post.AccountID == r.user.ID }

// quotes tells whether the post shows one of the reader's, who may take it out.
func (c card) quotes(r *reader) bool {
	return c.Quoted != nil && c.Quoted.Author.ID == r.user.ID && !c.own(r)
}

// mayVote tells whether the reader can still vote.
func (c card) mayVote(r *reader) bool {
	p := c.Post.Poll
	over := !p.Expires.IsZero() && !p.Expires.After(c.now)
	return r.token != "" && !over && !c.Post.Viewer.Voted && c.Post.AccountID != r.user.ID
}

// undo names the deed that a button does next.
func undo(deed string, done bool) string {
	if done {
		return "un" + deed
	}
	return deed
}

// some is a count, and nothing for none.
func some(ctx context.Context, n int) string {
	if n == 0 {
		return ""
	}
	return number(ctx, n)
}

func (c card) fullTime(ctx context.Context) string {
	return readerOf(ctx).words.date("2 January 2006, 15:04 UTC", c.Post.CreatedAt)
}

// face is an account's picture, or what stands for it.
type face struct {
	Key      string // blob key, empty: none
	Initials string
	Hue      int // 0 to 5
}

func faceOf(a *profiles.Account) face {
	return face{Key: a.Avatar, Initials: initials(nameOf(a)), Hue: ids.ShardOf(a.ID) % 6} // the shard is a hash
}

// shortcodes are emoji in a name.
var shortcodes = regexp.MustCompile(`:\w{2,}:`)

// initials are the first letters of a name's first and last word.
func initials(name string) string {
	name = shortcodes.ReplaceAllString(name, "")
	words := strings.FieldsFunc(name, func(r rune) bool { return !unicode.IsLetter(r) && !unicode.IsDigit(r) })
	if len(words) == 0 {
		return "·"
	}
	letters := []rune(words[0])[:1]
	if len(words) > 1 {
		letters = append(letters, []rune(words[len(words)-1])[0])
	}
	return strings.ToUpper(string(letters))
}

// nameOf returns what an account is called.
func nameOf(a *profiles.Account) string {
	if strings.TrimSpace(a.DisplayName) == "" {
		return a.Username
	}
	return a.DisplayName
}

// pollWords is how a poll stands.
type pollWords struct {
	Known   bool // the votes may be shown
	Options []optionWords
	Summary string
}

type optionWords struct {
	Title string
	Share string // percent
	Lead  bool   // nothing has more votes
	Mine  bool   // the reader voted for it
}

func (c card) poll(ctx context.Context) pollWords {
	p := c.Post.Poll
	over := !p.Expires.IsZero() && !p.Expires.After(c.now)
	w := pollWords{Known: over || !p.HideVotes}
	whole, most := p.Voters, 1
	if !p.Multiple {
		whole = 0
	}
	for _, o := range p.Options {
		if !p.Multiple {
			whole += o.Votes
		}
		most = max(most, o.Votes)
	}
	for i, o := range p.Options {
		words := optionWords{Title: o.Title, Share: "0", Mine: slices.Contains(c.Post.Viewer.Votes, i)}
		if w.Known && whole > 0 {
			words.Share, words.Lead = strconv.Itoa((100*o.Votes+whole/2)/whole), o.Votes == most
		}
		w.Options = append(w.Options, words)
	}
	w.Summary = count(ctx, p.Voters, "%s voter|%s voters")
	switch {
	case over:
		w.Summary += ", " + t(ctx, "ended")
	case !p.Expires.IsZero():
		w.Summary += ", " + left(ctx, p.Expires.Sub(c.now))
	}
	if !w.Known {
		w.Summary += "; " + t(ctx, "the result is shown at the end")
	}
	return w
}
