package posts

import (
	"fmt"
	"slices"
	"testing"
	"time"

	"github.com/guildhall/guildhall/internal/db"
	"github.com/guildhall/guildhall/internal/errs"
	"github.com/guildhall/guildhall/internal/ids"
	"github.com/guildhall/guildhall/internal/page"
	"github.com/guildhall/guildhall/internal/testkit"
	"github.com/guildhall/guildhall/profiles"
	"pgregory.net/rapid"
)

// model is what the timelines should be, worked out in the plainest way.
type model struct {
	w      *town
	run    int
	people []ids.ID
	posts  []*Post // oldest first
}

func (m *model) find(id ids.ID) *Post {
	for _, p := range m.posts {
		if p.ID == id {
			return p
		}
	}
	return nil
}

func (m *model) sees(g *profiles.Graph, reader ids.ID, p *Post) bool {
	if p == nil {
		return false
	}
	_, follows := g.Following[p.AccountID]
	named := slices.ContainsFunc(p.Mentions, func(x Mention) bool { return x.AccountID == reader })
	blocked := g.Blocking[p.AccountID] || g.BlockedBy[p.AccountID]
	return p.AccountID == reader || !blocked && (p.Visibility <= Unlisted || named || follows && p.Visibility == Followers)
}

func (m *model) belongs(g *profiles.Graph, reader ids.ID, p *Post) bool {
	follow, follows := g.Following[p.AccountID]
	_, alsoFollows := g.Following[p.InReplyToAccountID]
	switch {
	case p.AccountID == reader:
		return true
	case !follows || g.Hides(p.AccountID, m.w.kit.Clock.Now()):
		return false
	case p.BoostOfID != 0:
		return follow.Boosts
	case p.Visibility == Direct && !slices.ContainsFunc(p.Mentions, func(x Mention) bool { return x.AccountID == reader }):
		return false
	}
	return p.InReplyToID == 0 || p.InReplyToAccountID == p.AccountID || p.InReplyToAccountID == reader || alsoFollows
}

func (m *model) home(t *rapid.T, reader ids.ID) []ids.ID {
	g, err := m.w.people.Graph(m.w.kit.Ctx, reader)
	if err != nil {
		t.Fatal(err)
	}
	var all []*Post
	for _, p := range slices.Backward(m.posts) {
		if m.belongs(g, reader, p) {
			all = append(all, p)
		}
	}
	var out []ids.ID
	for i, p := range all {
		if of := p.BoostOfID; of != 0 {
			original := m.find(of)
			near := all[i+1 : min(len(all), i+1+boostGap)]
			if slices.ContainsFunc(near, func(q *Post) bool { return q.ID == of || q.BoostOfID == of }) || !m.sees(g, reader, original) ||
				g.Hides(original.AccountID, m.w.kit.Clock.Now()) && p.AccountID != reader {
				continue
			}
		}
		if m.sees(g, reader, p) {
			out = append(out, p.ID)
		}
	}
	return out
}

func (m *model) account(t *rapid.T, reader, account ids.ID) []ids.ID {
	g, err := m.w.people.Graph(m.w.kit.Ctx, reader)
	if err != nil {
		t.Fatal(err)
	}
	var out []ids.ID
	for _, p := range slices.Backward(m.posts) {
		if p.AccountID == account && m.sees(g, reader, p) && (p.BoostOfID == 0 || m.sees(g, reader, m.find(p.BoostOfID))) {
			out = append(out, p.ID)
		}
	}
	return out
}

func (m *model) public(t *rapid.T, reader ids.ID) []ids.ID {
	g, err := m.w.people.Graph(m.w.kit.Ctx, reader)
	if err != nil {
		t.Fatal(err)
	}
	var out []ids.ID
	for _, p := range slices.Backward(m.posts) {
		if inPublic(p) && m.sees(g, reader, p) && !g.Hides(p.AccountID, m.w.kit.Clock.Now()) {
			out = append(out, p.ID)
		}
	}
	return out
}

// act does something that somebody might do.
func (m *model) act(t *rapid.T) {
	w, ctx := m.w, m.w.kit.Ctx
	who, other := rapid.SampledFrom(m.people).Draw(t, "who"), rapid.SampledFrom(m.people).Draw(t, "other")
	w.kit.Clock.Advance(time.Millisecond)
	allowed := func(err error) { // people also try what they may not do
		if errs.Is(err, errs.Internal) {
			t.Fatal(err)
		}
	}
	var some *Post
	if len(m.posts) > 0 {
		some = rapid.SampledFrom(m.posts[max(0, len(m.posts)-8):]).Draw(t, "some")
	}
	switch rapid.IntRange(0, 19).Draw(t, "act") {
	case 0:
		_, err := w.people.Follow(ctx, who, other, profiles.FollowOptions{})
		allowed(err)
	case 1:
		no := rapid.Bool().Draw(t, "boosts")
		_, err := w.people.Follow(ctx, who, other, profiles.FollowOptions{Boosts: &no})
		allowed(err)
	case 2:
		_, err := w.people.Unfollow(ctx, who, other)
		allowed(err)
	case 3:
		_, err := w.people.Mute(ctx, who, other, false, time.Duration(rapid.IntRange(0, 20).Draw(t, "ms"))*time.Second)
		allowed(err)
	case 4:
		_, err := w.people.Block(ctx, who, other)
		allowed(err)
	case 5:
		_, err := w.people.Unblock(ctx, who, other)
		allowed(err)
	case 6:
		w.kit.Clock.Advance(10 * time.Second)
	case 7:
		w.lost(ctx)
	case 8, 9:
		if some != nil {
			if _, err := w.Delete(ctx, some.AccountID, some.ID); err == nil {
				m.posts = slices.DeleteFunc(m.posts, func(p *Post) bool { return p.ID == some.ID || p.BoostOfID == some.ID })
			} else {
				allowed(err)
			}
		}
	case 10, 11, 12, 13:
		if some != nil {
			if v, err := w.Boost(ctx, who, some.ID, nil); err == nil {
				m.add(v.Post)
			} else {
				allowed(err)
			}
		}
	default:
		d := Draft{Text: fmt.Sprint("post ", len(m.posts))}
		if rapid.Bool().Draw(t, "mention") {
			d.Text += " @" + m.name(m.run, slices.Index(m.people, other))
		}
		vis := rapid.SampledFrom([]Visibility{Public, Public, Unlisted, Followers, Direct}).Draw(t, "visibility")
		d.Visibility = &vis
		if some != nil && rapid.Bool().Draw(t, "reply") {
			d.InReplyToID = some.ID
		}
		if v, err := w.Create(ctx, who, d); err == nil {
			m.add(v.Post)
		} else {
			allowed(err)
		}
	}
}

func (m *model) add(p *Post) {
	if m.find(p.ID) == nil {
		m.posts = append(m.posts, p)
	}
}

// Whatever people do, every list read in pages of any size, downwards or
// upwards, is exactly what it should be: from memory, and again from SQL alone.
func TestTimelinesAreRight(t *testing.T) {
	testkit.Engines(t, func(t *testing.T, k *testkit.Kit) {
		w := open(t, k, func(c *Config) {
			c.PushLimit, c.FeedSize, c.PublicSize, c.AuthorSize = 4, 3, 8, 5 // so that the database is read, too
		}).start()
		run := 0
		rapid.Check(t, func(rt *rapid.T) {
			if run++; run > 25 && k.Engine == db.Postgres {
				return // slow here, and SQLite has had all of them
			}
			m := &model{w: w}
			for i := range 5 {
				m.people = append(m.people, w.accounts(m.name(run, i))...)
			}
			m.run = run
			for range rapid.IntRange(1, 4).Draw(rt, "rounds") {
				for range rapid.IntRange(1, 60).Draw(rt, "acts") {
					m.act(rt)
				}
				m.check(rt)
			}
			w.lost(k.Ctx)
			m.check(rt)
		})
	})
}

func (m *model) name(run, i int) string { return fmt.Sprintf("r%dp%d", run, i) }

func (m *model) check(t *rapid.T) {
	reader := rapid.SampledFrom(m.people).Draw(t, "reader")
	account := rapid.SampledFrom(m.people).Draw(t, "account")
	limit := rapid.IntRange(1, 12).Draw(t, "limit")
	ctx := m.w.kit.Ctx
	for _, c := range []struct {
		name string
		want []ids.ID
		read func(page.Page) ([]*View, error)
	}{
		{"home", m.home(t, reader), func(p page.Page) ([]*View, error) { return m.w.Home(ctx, reader, p) }},
		{"account", m.account(t, reader, account), func(p page.Page) ([]*View, error) { return m.w.AccountPosts(ctx, reader, account, AccountFilter{}, p) }},
		{"public", m.public(t, reader), func(p page.Page) ([]*View, error) {
			if p.Min != 0 { // not what other runs have left
				p.Min = max(p.Min, m.people[0])
			} else {
				p.Since = m.people[0]
			}
			return m.w.PublicTimeline(ctx, reader, PublicFilter{}, p)
		}},
	} {
		if got := walkDown(m.w.t, limit, c.read); !slices.Equal(got, c.want) {
			t.Fatalf("%s of %d, pages of %d:\n got %v\nwant %v", c.name, reader, limit, got, c.want)
		}
		if got := walkUp(m.w.t, limit, c.read); !slices.Equal(got, c.want) {
			t.Fatalf("%s of %d, upwards, pages of %d:\n got %v\nwant %v", c.name, reader, limit, got, c.want)
		}
	}
}
