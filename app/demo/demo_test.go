package demo

import (
	"reflect"
	"regexp"
	"slices"
	"strings"
	"testing"
	"time"
	"unicode/utf8"
)

var now = time.Date(2026, 11, 20, 15, 30, 0, 0, time.UTC)

// plainPost is a post without its drawing functions, which cannot be compared.
func plainPost(p Post) Post {
	p.Images = slices.Clone(p.Images)
	for i := range p.Images {
		p.Images[i].Draw = nil
	}
	return p
}

func TestSameSeedSameCommunity(t *testing.T) {
	a, b, other := Generate(7, 42, 300, now), Generate(7, 42, 300, now), Generate(8, 42, 300, now)
	if !reflect.DeepEqual(a.Follows, b.Follows) || !reflect.DeepEqual(a.Lists, b.Lists) {
		t.Error("follows or lists differ for the same seed")
	}
	different := 0
	for i := range a.Posts {
		if !reflect.DeepEqual(plainPost(a.Posts[i]), plainPost(b.Posts[i])) {
			t.Fatalf("post %d differs for the same seed:\n%+v\n%+v", i, a.Posts[i], b.Posts[i])
		}
		if a.Posts[i].Text != other.Posts[i].Text {
			different++
		}
	}
	for i := range a.Members {
		if a.Members[i].Username != b.Members[i].Username || !a.Members[i].Joined.Equal(b.Members[i].Joined) {
			t.Fatalf("member %d differs for the same seed", i)
		}
	}
	if different < 200 {
		t.Errorf("another seed changes only %d of 300 posts", different)
	}
}

func TestSizes(t *testing.T) {
	for _, size := range []struct{ accounts, posts, wantMembers, wantPosts int }{
		{-1, -1, 1, 0}, {1, 0, 1, 0}, {1, 40, 1, 40}, {2, 25, 2, 25}, {5, 100, 5, 100}, {42, 1, 42, 1},
		{42, 620, 42, 620}, {45, 2500, 45, 2500}, {600, 1500, 600, 1500},
	} {
		c := Generate(1, size.accounts, size.posts, now)
		if len(c.Members) != size.wantMembers || len(c.Posts) != size.wantPosts {
			t.Errorf("%d accounts, %d posts: got %d and %d", size.accounts, size.posts, len(c.Members), len(c.Posts))
		}
		if c.Members[0].Username != "ada" {
			t.Errorf("first member is %q", c.Members[0].Username)
		}
		check(t, c)
	}
}

func TestDefaultCommunityIsLively(t *testing.T) {
	c := Generate(1, 42, 620, now)
	count, tags := census(c)
	for what, least := range map[string]int{
		"roots": 220, "distinct roots": 220, "threads": 55, "tags": 40, "pictures": 40, "warnings": 12, "polls": 20, "pinned": 5,
		"direct": 6, "private": 5, "unlisted": 1, "lang de": 10, "lang es": 10, "mentions of ada": 25, "bookmarks of ada": 10,
		"ada follows": 25, "ada is followed": 25, "lists": 3,
	} {
		if count[what] < least {
			t.Errorf("%s: %d, want at least %d", what, count[what], least)
		}
	}
	for _, tag := range []string{"#postgres", "#golang", "#systemdesign", "#interviewprep", "#sre", "#distributedsystems"} {
		if tags[tag] < 8 {
			t.Errorf("%s is used %d times", tag, tags[tag])
		}
	}
	if last := c.Posts[len(c.Posts)-1].At; now.Sub(last) > 6*time.Hour {
		t.Errorf("the newest post is %v old", now.Sub(last))
	}
	check(t, c)
}

// census counts what a visitor may come across, and how often each tag is used.
func census(c *Community) (count, tags map[string]int) {
	count, tags = map[string]int{"lists": len(c.Lists)}, map[string]int{}
	answered, texts := map[int]int{}, map[string]bool{}
	for _, p := range c.Posts {
		countPost(p, count)
		if p.ReplyTo < 0 {
			texts[p.Text] = true
		} else {
			answered[root(c, p)]++
		}
		for _, tag := range tagRE.FindAllString(p.Text, -1) {
			tags[strings.ToLower(tag)]++
		}
	}
	for _, n := range answered {
		if n >= 3 {
			count["threads"]++
		}
	}
	for _, f := range c.Follows {
		if f.From == 0 {
			count["ada follows"]++
		}
		if f.To == 0 {
			count["ada is followed"]++
		}
	}
	count["distinct roots"], count["tags"] = len(texts), len(tags)
	return count, tags
}

func countPost(p Post, count map[string]int) {
	count[p.Visibility]++
	count["lang "+p.Language]++
	count["pictures"] += len(p.Images)
	for what, is := range map[string]bool{
		"roots": p.ReplyTo < 0, "warnings": p.Spoiler != "", "polls": p.Poll != nil, "pinned": p.Pinned,
		"mentions of ada": strings.Contains(p.Text, "@ada"), "bookmarks of ada": slices.Contains(p.Bookmarks, 0),
	} {
		if is {
			count[what]++
		}
	}
}

func TestManyMembersAndPosts(t *testing.T) {
	c, posts := Stream(3, 20_000, 100_000, now)
	if len(c.Members) != 20_000 || c.Posts != nil {
		t.Fatalf("%d members, %d posts in memory", len(c.Members), len(c.Posts))
	}
	var all []Post
	last := -1
	for i, p := range posts {
		if i != last+1 {
			t.Fatalf("post %d after %d", i, last)
		}
		last = i
		all = append(all, p)
	}
	if len(all) != 100_000 {
		t.Fatalf("%d posts", len(all))
	}
	distinct := map[string]bool{}
	for _, p := range all {
		if p.ReplyTo < 0 {
			distinct[p.Text] = true
		}
	}
	if len(distinct) < 20_000 {
		t.Errorf("only %d different root posts", len(distinct))
	}
	c.Posts = all
	check(t, c)
}

var (
	tagRE      = regexp.MustCompile(`#\pL[\pL\d_]*`)
	leftoverRE = regexp.MustCompile(`\{[^{}]*\|`)
	usernameRE = regexp.MustCompile(`^[a-z0-9_]{1,30}$`)
)

func root(c *Community, p Post) int {
	at := p.ReplyTo
	for c.Posts[at].ReplyTo >= 0 {
		at = c.Posts[at].ReplyTo
	}
	return at
}

// check verifies what must hold for every community.
func check(t *testing.T, c *Community) {
	t.Helper()
	index := map[string]int{}
	for i, m := range c.Members {
		if _, taken := index[m.Username]; taken || !usernameRE.MatchString(m.Username) {
			t.Errorf("username %q is taken or not valid", m.Username)
		}
		index[m.Username] = i
		if m.DisplayName == "" || utf8.RuneCountInString(m.DisplayName) > 30 || m.Note == "" || utf8.RuneCountInString(m.Note) > 500 || strings.ContainsAny(m.Note, "{}|") {
			t.Errorf("%s: display name %q, note %q", m.Username, m.DisplayName, m.Note)
		}
		if len(m.Fields) > 4 || m.Avatar == nil || m.Header == nil || m.Joined.After(now) {
			t.Errorf("%s: %d fields, joined %v", m.Username, len(m.Fields), m.Joined)
		}
	}
	followers := checkFollows(t, c)
	for i, p := range c.Posts {
		checkPost(t, c, index, i)
		checkAudience(t, c, followers, i)
		if t.Failed() {
			t.Fatalf("post %d: %+v", i, plainPost(p))
		}
	}
}

func checkFollows(t *testing.T, c *Community) map[pair]time.Time {
	t.Helper()
	followers := map[pair]time.Time{}
	var last time.Time
	for _, f := range c.Follows {
		if f.From == f.To || f.At.Before(c.Members[f.From].Joined) || f.At.Before(c.Members[f.To].Joined) || f.At.After(now) || f.At.Before(last) {
			t.Fatalf("follow %+v", f)
		}
		if _, twice := followers[pair{f.From, f.To}]; twice {
			t.Fatalf("follow %+v twice", f)
		}
		last = f.At
		followers[pair{f.From, f.To}] = f.At
	}
	for _, l := range c.Lists {
		for _, m := range l.Members {
			if _, ok := followers[pair{l.Owner, m}]; !ok {
				t.Errorf("list %q holds %d, whom %d does not follow", l.Title, m, l.Owner)
			}
		}
	}
	return followers
}

func checkPost(t *testing.T, c *Community, index map[string]int, i int) {
	t.Helper()
	p := c.Posts[i]
	if n := utf8.RuneCountInString(p.Text) + utf8.RuneCountInString(p.Spoiler); n > 500 || p.Text == "" {
		t.Errorf("%d characters", n)
	}
	if p.At.Before(c.Members[p.Author].Joined) || p.At.After(now) || i > 0 && p.At.Before(c.Posts[i-1].At) {
		t.Errorf("at %v", p.At)
	}
	if p.ReplyTo >= i || p.ReplyTo < -1 {
		t.Errorf("replies to %d", p.ReplyTo)
	}
	if leftoverRE.MatchString(p.Text) {
		t.Errorf("template left over")
	}
	for _, m := range mentionRE.FindAllStringSubmatch(p.Text, -1) {
		if _, ok := index[m[1]]; !ok {
			t.Errorf("mentions %q", m[1])
		}
	}
	if p.ReplyTo >= 0 {
		parent := c.Posts[p.ReplyTo]
		if parent.Visibility != p.Visibility || parent.Spoiler != p.Spoiler {
			t.Errorf("differs from its parent in visibility or warning")
		}
		if name := c.Members[parent.Author].Username; parent.Author != p.Author && !strings.HasPrefix(p.Text, "@"+name) {
			t.Errorf("does not mention %s", name)
		}
	}
	for _, img := range p.Images {
		if n := utf8.RuneCountInString(img.Alt); n < 20 || n > 1500 || img.Draw == nil {
			t.Errorf("picture with alt %q", img.Alt)
		}
	}
	if p.Poll != nil {
		checkPoll(t, p)
	}
}

func checkPoll(t *testing.T, p Post) {
	t.Helper()
	if len(p.Poll.Options) < 2 || len(p.Poll.Options) > 4 || p.Poll.EndsIn < time.Hour {
		t.Errorf("poll %+v", p.Poll)
	}
	for _, o := range p.Poll.Options {
		if n := utf8.RuneCountInString(o); n < 1 || n > 50 {
			t.Errorf("option %q", o)
		}
	}
	voted := map[int]bool{}
	for _, v := range p.Poll.Votes {
		if voted[v.Voter] || v.Voter == p.Author || len(v.Choices) == 0 || !p.Poll.Multiple && len(v.Choices) != 1 {
			t.Errorf("vote %+v", v)
		}
		voted[v.Voter] = true
		for _, choice := range v.Choices {
			if choice < 0 || choice >= len(p.Poll.Options) {
				t.Errorf("vote %+v", v)
			}
		}
	}
}

// checkAudience verifies that only who may see a post has reacted to it.
func checkAudience(t *testing.T, c *Community, followers map[pair]time.Time, i int) {
	t.Helper()
	p := c.Posts[i]
	for _, group := range [][]int{p.Favourites, p.Boosts, p.Bookmarks} {
		for n, m := range group {
			if m < 0 || m >= len(c.Members) || slices.Contains(group[:n], m) || c.Members[m].Bot {
				t.Errorf("reaction of %d", m)
			}
			if _, follows := followers[pair{m, p.Author}]; p.Visibility == "private" && !follows {
				t.Errorf("%d reacted to a followers-only post of %d", m, p.Author)
			}
		}
	}
	switch p.Visibility {
	case "public", "unlisted":
	case "private":
		if len(p.Boosts) > 0 {
			t.Errorf("a followers-only post is boosted")
		}
		if p.ReplyTo >= 0 && c.Posts[p.ReplyTo].Author != p.Author {
			if at, ok := followers[pair{p.Author, c.Posts[p.ReplyTo].Author}]; !ok || at.After(p.At) {
				t.Errorf("answers a followers-only post without following")
			}
		}
	case "direct":
		if len(p.Boosts) > 0 || !strings.Contains(p.Text, "@") {
			t.Errorf("a direct post is boosted or addressed to nobody")
		}
	default:
		t.Errorf("visibility %q", p.Visibility)
	}
}
