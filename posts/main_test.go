package posts

import (
	"context"
	"fmt"
	"html"
	"path/filepath"
	"sync"
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
	"github.com/guildhall/guildhall/internal/testkit"
	"github.com/guildhall/guildhall/profiles"
)

func TestMain(m *testing.M) { testkit.Main(m) }

// directory stands in for the room identity, whose sign-up hashes a password.
type directory struct {
	kit   *testkit.Kit
	mu    sync.Mutex
	users map[ids.ID]*identity.User
}

func (d *directory) SignUp(_ context.Context, r identity.SignUp) (*identity.User, error) {
	d.mu.Lock()
	defer d.mu.Unlock()
	u := &identity.User{ID: d.kit.IDs.New(0), Username: r.Username, CreatedAt: d.kit.Clock.Now()}
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

// town is a service with its parts and with people.
type town struct {
	*Service
	t      testing.TB
	kit    *testkit.Kit
	people *profiles.Service
	seen   *statements
}

// statements counts what the service has asked its databases.
type statements struct {
	mu   sync.Mutex
	list []string
}

func (s *statements) add(text string) {
	s.mu.Lock()
	s.list = append(s.list, text)
	s.mu.Unlock()
}

// taken returns what was asked since the last call.
func (s *statements) taken() []string {
	s.mu.Lock()
	defer s.mu.Unlock()
	list := s.list
	s.list = nil
	return list
}

func open(t *testing.T, k *testkit.Kit, adjust ...func(*Config)) *town {
	t.Helper()
	return build(t, k, k.Open("profiles", profiles.Schema()), k.Open("posts", Schema()), k.Open("search", SearchSchema()), adjust...)
}

func build(t testing.TB, k *testkit.Kit, peopleDB, postsDB, searchDB *db.DB, adjust ...func(*Config)) *town {
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
	images := image.New(2, image.Limits{Bytes: 1 << 30, Pixels: 1 << 30})
	pc := profiles.DefaultConfig()
	pc.Domain = "example.org"
	people := profiles.New(profiles.Deps{DB: peopleDB, Bus: k.Bus, IDs: k.IDs, Now: k.Clock.Now, Log: k.Log,
		Identity: &directory{kit: k, users: map[ids.ID]*identity.User{}}, Images: images, Blobs: blobs, Format: html.EscapeString}, pc)
	c := DefaultConfig()
	for _, f := range adjust {
		f(&c)
	}
	s := New(Deps{DB: postsDB, Search: searchDB, Bus: k.Bus, IDs: k.IDs, Now: k.Clock.Now, Log: k.Log,
		Profiles: people, Images: images, Blobs: blobs}, c)
	return &town{Service: s, t: t, kit: k, people: people}
}

// node returns another service over the same databases, as another process
// would have it, but for the profiles.
func (w *town) node(b *bus.Bus) *town {
	other, deps := *w, w.Deps
	deps.Bus = b
	other.Service = New(deps, w.config)
	return &other
}

// start makes the services take part in events.
func (w *town) start() *town {
	w.t.Helper()
	must(w.t, w.people.Start(w.kit.Ctx))
	must(w.t, w.Start(w.kit.Ctx))
	return w
}

func must(t testing.TB, err error) {
	t.Helper()
	if err != nil {
		t.Fatal(err)
	}
}

// accounts registers people.
func (w *town) accounts(names ...string) []ids.ID {
	w.t.Helper()
	list := make([]ids.ID, len(names))
	for i, name := range names {
		w.kit.Clock.Advance(time.Millisecond)
		u, err := w.people.Register(w.kit.Ctx, identity.SignUp{Username: name})
		must(w.t, err)
		list[i] = u.ID
	}
	return list
}

func (w *town) follow(from ids.ID, to ...ids.ID) {
	w.t.Helper()
	for _, id := range to {
		_, err := w.people.Follow(w.kit.Ctx, from, id, profiles.FollowOptions{})
		must(w.t, err)
	}
}

// say publishes a post, a millisecond after the one before.
func (w *town) say(author ids.ID, text string, adjust ...func(*Draft)) *View {
	w.t.Helper()
	w.kit.Clock.Advance(time.Millisecond)
	d := Draft{Text: text}
	for _, f := range adjust {
		f(&d)
	}
	v, err := w.Create(w.kit.Ctx, author, d)
	must(w.t, err)
	return v
}

func as(v Visibility) func(*Draft) { return func(d *Draft) { d.Visibility = &v } }
func to(id ids.ID) func(*Draft)    { return func(d *Draft) { d.InReplyToID = id } }

func (w *town) boost(by, id ids.ID) *View {
	w.t.Helper()
	w.kit.Clock.Advance(time.Millisecond)
	v, err := w.Boost(w.kit.Ctx, by, id, nil)
	must(w.t, err)
	return v
}

func (w *town) delete(author, id ids.ID) {
	w.t.Helper()
	_, err := w.Delete(w.kit.Ctx, author, id)
	must(w.t, err)
}

// home returns the ids of a whole home timeline, read in pages.
func (w *town) home(reader ids.ID, limit int) []ids.ID {
	w.t.Helper()
	return walkDown(w.t, limit, func(p page.Page) ([]*View, error) { return w.Home(w.kit.Ctx, reader, p) })
}

// walkDown reads a whole list with max_id.
func walkDown(t testing.TB, limit int, read func(page.Page) ([]*View, error)) []ids.ID {
	t.Helper()
	var all []ids.ID
	for p := (page.Page{Limit: limit}); ; {
		views, err := read(p)
		must(t, err)
		if len(views) == 0 {
			return all
		}
		all = append(all, viewIDs(views)...)
		p.Max = all[len(all)-1]
	}
}

// walkUp reads a whole list with min_id, and returns it newest first.
func walkUp(t testing.TB, limit int, read func(page.Page) ([]*View, error)) []ids.ID {
	t.Helper()
	var all []ids.ID
	for p := (page.Page{Limit: limit, Min: 1}); ; {
		views, err := read(p)
		must(t, err)
		if len(views) == 0 {
			return all
		}
		all = append(viewIDs(views), all...)
		p.Min = all[0]
	}
}

func viewIDs(views []*View) []ids.ID {
	out := make([]ids.ID, len(views))
	for i, v := range views {
		out[i] = v.ID
	}
	return out
}

// watch starts counting the statements of the service's databases.
func (w *town) watch() *statements {
	w.seen = &statements{}
	w.DB.Trace(w.seen.add)
	w.Search.Trace(w.seen.add)
	return w.seen
}

// scatter writes posts past the service: n of each author, a minute apart,
// the authors taking turns. It returns their ids, oldest first.
func (w *town) scatter(n int, authors ...ids.ID) []ids.ID {
	w.t.Helper()
	var all []ids.ID
	for i := 0; i < n; i++ {
		w.kit.Clock.Advance(time.Minute)
		must(w.t, w.DB.Write(w.kit.Ctx, func(tx *db.Tx) error {
			for _, a := range authors {
				p := &Post{ID: w.kit.IDs.New(a), AccountID: a, Text: fmt.Sprint("post ", i), Content: fmt.Sprint("<p>post ", i, "</p>")}
				p.ThreadID, p.CreatedAt = p.ID, p.ID.Time()
				all = append(all, p.ID)
				if _, err := insertPost(w.kit.Ctx, tx, p); err != nil {
					return err
				}
				if err := w.countPost(w.kit.Ctx, tx, p); err != nil {
					return err
				}
			}
			return nil
		}))
	}
	return all
}
