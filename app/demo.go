package app

import (
	"bytes"
	"container/heap"
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"hash/fnv"
	"image"
	"image/jpeg"
	"io"
	"log/slog"
	"os"
	"sync/atomic"
	"time"

	"github.com/guildhall/guildhall/app/demo"
	"github.com/guildhall/guildhall/identity"
	"github.com/guildhall/guildhall/internal/ids"
	"github.com/guildhall/guildhall/posts"
	"github.com/guildhall/guildhall/profiles"
)

// DemoOptions says how large the demo's community is.
type DemoOptions struct {
	Accounts, Posts int
	TokensFile      string // where the address and the members' tokens go; empty: nowhere
	Log             *slog.Logger
	Out             io.Writer
}

// demoPassword is the password of the demo's members that visitors sign in as.
const demoPassword = "interview-ready"

// demoPasswords is how many members have a password: hashing takes a while.
const demoPasswords = 42

// demoPictures is how many members have pictures: drawing takes a while, too.
const demoPictures = 120

// demoAge is how long before now the first members of the largest communities
// joined, at most.
const demoAge = 1100 * 24 * time.Hour

// Demo fills an empty data folder, or an empty PostgreSQL, with a community and
// serves it; it refuses one in which somebody is. The services are the real
// ones; only their clock shows the time at which things are meant to have
// happened, until the server starts.
func Demo(ctx context.Context, c Config, o DemoOptions) (err error) {
	var clock movable
	clock.set(time.Now().Add(-demoAge))
	a, err := Open(ctx, c, Options{Log: o.Log, Now: clock.now})
	if err != nil {
		return err
	}
	defer func() { err = errors.Join(err, a.Close()) }()
	n, err := a.Profiles.Count(ctx)
	if err != nil {
		return err
	}
	if n > 0 {
		return fmt.Errorf("the demo needs an empty database; in this one are %d members", n)
	}
	return a.Serve(ctx, func(ctx context.Context) error {
		s := seeding{app: a, clock: &clock, out: o.Out, now: time.Now()}
		if err := s.run(ctx, o); err != nil {
			return fmt.Errorf("demo: %w", err)
		}
		clock.follow()
		if err := s.writeTokens(ctx, o.TokensFile); err != nil {
			return err
		}
		fmt.Fprintf(o.Out, "\nGuildhall demo: %s\n\n  sign in as   %s (or any of %d members)\n  password     %s\n  with an app  server %s\n  with curl    curl -H 'Authorization: Bearer %s' %s/api/v1/timelines/home\n\nCtrl-C ends it and removes everything.\n",
			c.BaseURL, s.people[0].Username, min(len(s.people), demoPasswords), demoPassword, c.BaseURL, s.token, c.BaseURL)
		return nil
	})
}

// movable is a clock that shows a set time until it follows the real one.
type movable struct{ at atomic.Int64 }

func (m *movable) set(t time.Time) { m.at.Store(t.UnixMilli()) }
func (m *movable) follow()         { m.at.Store(0) }

func (m *movable) now() time.Time {
	if at := m.at.Load(); at != 0 {
		return time.UnixMilli(at)
	}
	return time.Now()
}

// seeding carries out what a made-up community has done, in order of time.
type seeding struct {
	app     *App
	clock   *movable
	out     io.Writer
	now     time.Time
	people  []demo.Member
	ids     []ids.ID // of the members
	posts   []ids.ID
	token   string // of the first member
	queue   agenda
	planned int
	joined  *progress
}

// deed is something that somebody does at a time.
type deed struct {
	at   time.Time
	n    int // order among deeds of the same time
	what string
	do   func(context.Context) error
}

type agenda []deed

func (a agenda) Len() int { return len(a) }
func (a agenda) Less(i, j int) bool {
	return a[i].at.Before(a[j].at) || a[i].at.Equal(a[j].at) && a[i].n < a[j].n
}
func (a agenda) Swap(i, j int) { a[i], a[j] = a[j], a[i] }
func (a *agenda) Push(d any)   { *a = append(*a, d.(deed)) }

// Pop implements heap.Interface.
func (a *agenda) Pop() any {
	last := (*a)[len(*a)-1]
	*a = (*a)[:len(*a)-1]
	return last
}

func (s *seeding) later(at time.Time, what string, do func(context.Context) error) {
	if at.After(s.now) {
		at = s.now
	}
	s.planned++
	heap.Push(&s.queue, deed{at, s.planned, what, do})
}

// until does what is due by a time.
func (s *seeding) until(ctx context.Context, t time.Time) error {
	for len(s.queue) > 0 && !s.queue[0].at.After(t) {
		d := heap.Pop(&s.queue).(deed)
		if err := s.at(ctx, d.at, d.do); err != nil {
			return fmt.Errorf("%s: %w", d.what, err)
		}
	}
	return nil
}

func (s *seeding) at(ctx context.Context, t time.Time, do func(context.Context) error) error {
	if ctx.Err() != nil {
		return ctx.Err()
	}
	if t.After(s.clock.now()) {
		s.clock.set(t)
	}
	return do(ctx)
}

func (s *seeding) run(ctx context.Context, o DemoOptions) error {
	community, all := demo.Stream(1, o.Accounts, o.Posts, s.now)
	s.people, s.ids = community.Members, make([]ids.ID, len(community.Members))
	s.joined = newProgress(s.out, "members", len(s.people))
	past := newHistory(s, community)
	s.practise(community.Practices)
	s.interview(community.Mocks)
	s.askPeers(community.Practices)
	writing := newProgress(s.out, "posts", o.Posts)
	for i, p := range all {
		switch imported := max(0, o.Posts-demoLived); {
		case i < imported:
			if err := past.add(ctx, p); err != nil {
				return err
			}
		case i == imported:
			if err := s.present(ctx, past, p.At); err != nil {
				return err
			}
			fallthrough
		default:
			if err := s.live(ctx, p); err != nil {
				return err
			}
		}
		writing.step()
	}
	if len(s.posts) == 0 { // nobody writes anything
		if err := s.present(ctx, past, time.Time{}); err != nil {
			return err
		}
	}
	if err := s.until(ctx, s.now); err != nil {
		return err
	}
	if err := s.app.Posts.RecountTrends(ctx); err != nil { // no event tells of what was imported
		return err
	}
	return s.app.bus.Settle(ctx)
}

// present ends the history: from now on things happen one by one.
func (s *seeding) present(ctx context.Context, past *history, at time.Time) error {
	if len(s.posts)+len(past.batch) > 0 {
		if err := past.step(ctx, at); err != nil {
			return err
		}
		if err := past.befriend(ctx, at); err != nil {
			return err
		}
		fmt.Fprintf(s.out, "imported %d posts in %.0f s\n", len(s.posts), past.importing.Seconds())
	}
	for _, i := range past.joins {
		s.later(s.people[i].Joined, "join", func(ctx context.Context) error { return s.join(ctx, i) })
	}
	for _, f := range past.follows {
		s.later(f.At, "follow", func(ctx context.Context) error { return s.follow(ctx, f) })
	}
	return nil
}

// live writes a post at its time, after all that was to happen before it.
func (s *seeding) live(ctx context.Context, p demo.Post) error {
	if err := s.until(ctx, p.At); err != nil {
		return err
	}
	return s.at(ctx, p.At, func(ctx context.Context) error { return s.write(ctx, p) })
}

func (s *seeding) join(ctx context.Context, i int) error {
	s.joined.step()
	m := s.people[i]
	up := identity.SignUp{Username: m.Username, Email: m.Username + "@guildhall.example", Locale: "en", Agreed: true, Trusted: true, Role: identity.RoleUser}
	if i < demoPasswords {
		up.Password = demoPassword
	}
	if i == 0 {
		up.Role = identity.RoleOwner
	}
	u, err := s.app.Profiles.Register(ctx, up)
	if err != nil {
		return fmt.Errorf("member %s: %w", m.Username, err)
	}
	s.ids[i] = u.ID
	yes := true
	change := profiles.Update{DisplayName: &m.DisplayName, Note: &m.Note, Locked: &m.Locked, Bot: &m.Bot, Discoverable: &yes, Indexable: &yes}
	fields := make([]profiles.Field, len(m.Fields))
	for i, f := range m.Fields {
		fields[i] = profiles.Field{Name: f.Name, Value: f.Value}
	}
	change.Fields = &fields
	if i < demoPictures {
		if change.Avatar, err = draw(m.Avatar()); err != nil {
			return err
		}
		if change.Header, err = draw(m.Header()); err != nil {
			return err
		}
	}
	_, err = s.app.Profiles.Update(ctx, u.ID, change)
	return err
}

func draw(m image.Image) ([]byte, error) {
	var b bytes.Buffer
	err := jpeg.Encode(&b, m, &jpeg.Options{Quality: 92})
	return b.Bytes(), err
}

func (s *seeding) follow(ctx context.Context, f demo.Follow) error {
	from, to := s.ids[f.From], s.ids[f.To]
	r, err := s.app.Profiles.Follow(ctx, from, to, profiles.FollowOptions{})
	if err != nil {
		return err
	}
	if r.Requested {
		_, err = s.app.Profiles.AuthorizeRequest(ctx, to, from)
	}
	return err
}

// draft is what a post says, without images and poll.
func (s *seeding) draft(p demo.Post) posts.Draft {
	visibility := map[string]posts.Visibility{"public": posts.Public, "unlisted": posts.Unlisted, "private": posts.Followers, "direct": posts.Direct}[p.Visibility]
	d := posts.Draft{Text: p.Text, Spoiler: p.Spoiler, Sensitive: &p.Sensitive, Visibility: &visibility, Language: p.Language}
	if p.ReplyTo >= 0 {
		d.InReplyToID = s.posts[p.ReplyTo]
	}
	return d
}

func (s *seeding) write(ctx context.Context, p demo.Post) error {
	d := s.draft(p)
	if p.Poll != nil {
		d.Poll = &posts.PollDraft{Options: p.Poll.Options, Multiple: p.Poll.Multiple, ExpiresIn: p.Poll.EndsIn}
	}
	author := s.ids[p.Author]
	for _, i := range p.Images {
		data, err := draw(i.Draw())
		if err != nil {
			return err
		}
		m, err := s.app.Posts.Upload(ctx, author, bytes.NewReader(data), i.Alt, i.FocusX, i.FocusY)
		if err != nil {
			return err
		}
		d.Media = append(d.Media, m.ID)
	}
	view, err := s.app.Posts.Create(ctx, author, d)
	if err != nil {
		return fmt.Errorf("post %d of %s: %w", len(s.posts), s.people[p.Author].Username, err)
	}
	s.posts = append(s.posts, view.ID)
	s.reactions(p, view)
	return nil
}

// reactions plans what others do about a post in the hours after it.
func (s *seeding) reactions(p demo.Post, view *posts.View) {
	each := func(members []int, word string, do func(ctx context.Context, who ids.ID) error) {
		for _, m := range members {
			at := p.At.Add(delay(view.ID, m, word))
			if p.Visibility == "private" {
				at = s.now // some follow only later
			}
			s.later(at, word, func(ctx context.Context) error {
				if err := do(ctx, s.ids[m]); err != nil {
					return fmt.Errorf("%s, of a %s post of %s: %w", s.people[m].Username, p.Visibility, s.people[p.Author].Username, err)
				}
				return nil
			})
		}
	}
	each(p.Favourites, "favourite", func(ctx context.Context, who ids.ID) error {
		_, err := s.app.Posts.Favourite(ctx, who, view.ID)
		return err
	})
	each(p.Boosts, "boost", func(ctx context.Context, who ids.ID) error {
		_, err := s.app.Posts.Boost(ctx, who, view.ID, nil)
		return err
	})
	each(p.Bookmarks, "bookmark", func(ctx context.Context, who ids.ID) error {
		_, err := s.app.Posts.Bookmark(ctx, who, view.ID)
		return err
	})
	if p.Pinned {
		each([]int{p.Author}, "pin", func(ctx context.Context, who ids.ID) error {
			_, err := s.app.Posts.Pin(ctx, who, view.ID)
			return err
		})
	}
	if p.Poll == nil {
		return
	}
	for _, v := range p.Poll.Votes {
		wait := min(delay(view.ID, v.Voter, "vote"), p.Poll.EndsIn-time.Minute)
		s.later(p.At.Add(wait), "vote", func(ctx context.Context) error {
			_, _, err := s.app.Posts.Vote(ctx, s.ids[v.Voter], view.PollID, v.Choices)
			return err
		})
	}
}

// delay is between a minute and about nine hours, mostly short, and always the
// same for the same deed.
func delay(post ids.ID, member int, word string) time.Duration {
	h := fnv.New32a()
	fmt.Fprint(h, post.Shard(), member, word)
	x := float64(h.Sum32()%1000) / 1000
	return time.Minute + time.Duration(x*x*x*float64(9*time.Hour))
}

// writeTokens issues an access token for every member; the file has the form
// that load generators read.
func (s *seeding) writeTokens(ctx context.Context, file string) error {
	target := struct {
		Base   string   `json:"base"`
		Tokens []string `json:"tokens"`
	}{Base: s.app.config.BaseURL}
	count := len(s.ids)
	if file == "" {
		count = 1
	}
	for _, id := range s.ids[:count] {
		token, err := s.app.Identity.IssueToken(ctx, id, "Guildhall demo", "read write follow push")
		if err != nil {
			return err
		}
		target.Tokens = append(target.Tokens, token)
	}
	s.token = target.Tokens[0]
	if file == "" {
		return nil
	}
	raw, err := json.Marshal(target)
	if err != nil {
		return err
	}
	return os.WriteFile(file, raw, 0o600)
}
