package notifications

import (
	"context"
	"crypto/tls"
	"encoding/json"
	"fmt"
	"html"
	"net/http"
	"path/filepath"
	"slices"
	"strings"
	"sync"
	"sync/atomic"
	"testing"
	"time"

	"github.com/guildhall/guildhall/identity"
	"github.com/guildhall/guildhall/internal/blob"
	"github.com/guildhall/guildhall/internal/bus"
	"github.com/guildhall/guildhall/internal/db"
	"github.com/guildhall/guildhall/internal/errs"
	"github.com/guildhall/guildhall/internal/ids"
	"github.com/guildhall/guildhall/internal/image"
	"github.com/guildhall/guildhall/internal/page"
	"github.com/guildhall/guildhall/internal/seal"
	"github.com/guildhall/guildhall/internal/testkit"
	"github.com/guildhall/guildhall/internal/webpush"
	"github.com/guildhall/guildhall/posts"
	"github.com/guildhall/guildhall/profiles"
)

func TestMain(m *testing.M) { testkit.Main(m) }

// directory stands in for the room identity, whose sign-up hashes a password.
type directory struct {
	kit    *testkit.Kit
	mu     sync.Mutex
	users  map[ids.ID]*identity.User
	tokens map[ids.ID]*identity.Caller
	// sessions are whose they are, by their ids.
	sessions map[ids.ID]ids.ID
}

func (d *directory) SignUp(_ context.Context, r identity.SignUp) (*identity.User, error) {
	d.mu.Lock()
	defer d.mu.Unlock()
	u := &identity.User{ID: d.kit.IDs.New(0), Username: r.Username, Role: identity.RoleUser, CreatedAt: d.kit.Clock.Now()}
	d.users[u.ID] = u
	return u, nil
}

func (d *directory) User(_ context.Context, id ids.ID) (*identity.User, error) {
	d.mu.Lock()
	defer d.mu.Unlock()
	if u, ok := d.users[id]; ok {
		return u, nil
	}
	return nil, errs.NotFoundRecord()
}

func (d *directory) Token(_ context.Context, id ids.ID) (*identity.Caller, error) {
	d.mu.Lock()
	defer d.mu.Unlock()
	if c, ok := d.tokens[id]; ok {
		return c, nil
	}
	return nil, errs.NotFoundRecord()
}

func (d *directory) SessionUser(ctx context.Context, id ids.ID) (*identity.User, error) {
	d.mu.Lock()
	user := d.sessions[id]
	d.mu.Unlock()
	return d.User(ctx, user)
}

func (d *directory) Staff(context.Context) ([]ids.ID, error) {
	d.mu.Lock()
	defer d.mu.Unlock()
	var staff []ids.ID
	for id, u := range d.users {
		if u.Role == identity.RoleModerator {
			staff = append(staff, id)
		}
	}
	return staff, nil
}

// pageOf is the first n of a list.
func pageOf(n int) page.Page { return page.Page{Limit: n} }

// town is the room with those that it stands on.
type town struct {
	*testing.T
	*Service
	kit      *testkit.Kit
	profiles *profiles.Service
	posts    *posts.Service
	dbs      []*db.DB // profiles, posts, notifications
	names    map[ids.ID]string
	identity *directory
	heard    [2]ids.ID // newest event of profiles and posts that deliver has read
}

func open(t *testing.T, k *testkit.Kit) *town {
	t.Helper()
	blobs, err := blob.Open(filepath.Join(k.Dir, "blobs"))
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() {
		if err := blobs.Close(); err != nil {
			t.Error(err)
		}
	})
	images := image.New(1, image.Limits{Bytes: 1 << 20, Pixels: 1 << 20})
	w := &town{T: t, kit: k, names: map[ids.ID]string{}, dbs: []*db.DB{
		k.Open("profiles", profiles.Schema()), k.Open("posts", posts.Schema()), k.Open("notifications", Schema()),
	}}
	w.identity = &directory{kit: k, users: map[ids.ID]*identity.User{}, tokens: map[ids.ID]*identity.Caller{}, sessions: map[ids.ID]ids.ID{}}
	keys, err := seal.LoadOrCreate(filepath.Join(k.Dir, "keys"))
	w.must(err)
	c := DefaultConfig()
	c.PushPoll = 20 * time.Millisecond
	pc := profiles.DefaultConfig()
	pc.Domain = "example.org"
	w.profiles = profiles.New(profiles.Deps{DB: w.dbs[0], Bus: k.Bus, IDs: k.IDs, Now: k.Clock.Now, Log: k.Log,
		Identity: w.identity, Images: images, Blobs: blobs, Format: html.EscapeString}, pc)
	w.posts = posts.New(posts.Deps{DB: w.dbs[1], Search: k.Open("search", posts.SearchSchema()), Bus: k.Bus, IDs: k.IDs, Now: k.Clock.Now,
		Log: k.Log, Profiles: w.profiles, Images: images, Blobs: blobs}, posts.DefaultConfig())
	w.Service = New(Deps{DB: w.dbs[2], Bus: k.Bus, IDs: k.IDs, Now: k.Clock.Now, Log: k.Log,
		Identity: w.identity, Profiles: w.profiles, Posts: w.posts, Keys: keys,
		Push:  webpush.NewClient(&http.Transport{TLSClientConfig: &tls.Config{InsecureSkipVerify: true}}, "mailto:a@example.org", k.Clock.Now),
		Icon:  func(a *profiles.Account) string { return "https://example.org/" + a.Username + ".png" },
		Title: func(_ string, n *Notification, name string) string { return n.Title(name) },
		Page:  func(of *profiles.Account, post ids.ID) string { return fmt.Sprintf("/@%s/%d", of.Username, post) }}, c)
	return w
}

// node is another node on the same databases, which hears.
func (w *town) node(b *bus.Bus) *Service {
	w.Helper()
	says, deps := w.posts.Deps, w.Deps
	says.Bus, deps.Bus = b, b
	other := posts.New(says, posts.DefaultConfig())
	deps.Posts = other
	there := New(deps, w.config)
	w.must(other.Start(w.kit.Ctx))
	w.must(there.Start(w.kit.Ctx))
	return there
}

// start makes all rooms hear each other.
func (w *town) start() *town {
	w.Helper()
	for _, start := range []func(context.Context) error{w.profiles.Start, w.posts.Start, w.Start} {
		if err := start(w.kit.Ctx); err != nil {
			w.Fatal(err)
		}
	}
	return w
}

// people registers accounts.
func (w *town) people(names ...string) []ids.ID {
	w.Helper()
	list := make([]ids.ID, len(names))
	for i, name := range names {
		u, err := w.profiles.Register(w.kit.Ctx, identity.SignUp{Username: name})
		w.must(err)
		list[i] = u.ID
		w.names[u.ID] = name
	}
	return list
}

// strangers makes accounts that only have to be there, all at once.
func (w *town) strangers(n int) []ids.ID {
	w.Helper()
	list := make([]ids.ID, n)
	w.must(w.dbs[0].Write(w.kit.Ctx, func(tx *db.Tx) error {
		for i := range list {
			list[i] = w.kit.IDs.Global()
			name := fmt.Sprint("stranger", list[i])
			if _, err := db.Exec(w.kit.Ctx, tx, "INSERT INTO profiles_accounts (id, domain, name, username, created_at) VALUES ($1, '', $2, $2, 0)", list[i], name); err != nil {
				return err
			}
		}
		return nil
	}))
	return list
}

func (w *town) must(err error) {
	w.Helper()
	if err != nil {
		w.Fatal(err)
	}
}

func ref[T any](v T) *T { return &v }

// post posts and returns the id.
func (w *town) post(author ids.ID, text string, v posts.Visibility, replyTo ...ids.ID) ids.ID {
	w.Helper()
	d := posts.Draft{Text: text, Visibility: &v}
	if len(replyTo) > 0 {
		d.InReplyToID = replyTo[0]
	}
	view, err := w.posts.Create(w.kit.Ctx, author, d)
	w.must(err)
	return view.ID
}

func (w *town) follow(from, to ids.ID, o profiles.FollowOptions) {
	w.Helper()
	_, err := w.profiles.Follow(w.kit.Ctx, from, to, o)
	w.must(err)
}

// events returns what profiles and posts have told since the last call.
func (w *town) events() []bus.Event {
	w.Helper()
	var all []bus.Event
	for i, d := range w.dbs[:2] {
		events, err := db.All(w.kit.Ctx, d, func(e *bus.Event) []any {
			e.Domain = d.Name()
			return []any{&e.ID, &e.Kind, &e.Data}
		}, "SELECT id, kind, data FROM "+d.Name()+"_outbox WHERE id > $1 ORDER BY id", w.heard[i])
		w.must(err)
		if len(events) > 0 {
			w.heard[i] = events[len(events)-1].ID
		}
		all = append(all, events...)
	}
	slices.SortFunc(all, func(a, b bus.Event) int { return int(max(-1, min(1, a.ID-b.ID))) })
	return all
}

// deliver hands events to the consumer, those of events if none are given, and
// returns them.
func (w *town) deliver(events ...bus.Event) []bus.Event {
	w.Helper()
	if events == nil {
		events = w.events()
	}
	w.must(w.handle(w.kit.Ctx, events))
	return events
}

// event makes an event that was recorded just now.
func (w *town) event(domain string, p bus.Payload) bus.Event {
	w.Helper()
	data, err := json.Marshal(p)
	w.must(err)
	return bus.Event{ID: w.kit.IDs.Global(), Domain: domain, Kind: p.Kind(), Data: data}
}

// told returns an account's notifications, newest first, as "type from".
func (w *town) told(account ids.ID) string {
	w.Helper()
	rows, err := w.List(w.kit.Ctx, account, Filter{}, page.Page{Limit: 40})
	w.must(err)
	return w.spell(rows)
}

func (w *town) spell(rows []Notification) string {
	var words []string
	for _, n := range rows {
		words = append(words, fmt.Sprintf("%s %s", n.Type, w.names[n.FromID]))
	}
	return strings.Join(words, ", ")
}

func (w *town) wantTold(account ids.ID, want string) {
	w.Helper()
	if got := w.told(account); got != want {
		w.Errorf("%s is told %q, want %q", w.names[account], got, want)
	}
}

// rowCount returns how many rows there are, dead ones too.
func (w *town) rowCount() int64 {
	w.Helper()
	n, err := db.Value[int64](w.kit.Ctx, w.dbs[2], "SELECT COUNT(*) FROM notifications_notifications WHERE id > 0")
	w.must(err)
	return n
}

// countSQL makes the returned function tell how many statements all rooms have
// run since. From then on their plans are not checked any more.
func (w *town) countSQL() func() int64 {
	var n atomic.Int64
	for _, d := range w.dbs {
		d.Trace(func(string) { n.Add(1) })
	}
	return n.Load
}
