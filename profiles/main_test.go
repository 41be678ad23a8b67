package profiles_test

import (
	"context"
	"html"
	"path/filepath"
	"strings"
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
	"github.com/guildhall/guildhall/internal/testkit"
	"github.com/guildhall/guildhall/profiles"
)

func TestMain(m *testing.M) { testkit.Main(m) }

// directory stands in for the room identity, whose sign-up hashes a password:
// these suites make hundreds of accounts.
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

// town is a service with its parts.
type town struct {
	*testing.T
	*profiles.Service
	kit  *testkit.Kit
	dir  *directory
	db   *db.DB
	deps profiles.Deps
}

func open(t *testing.T, k *testkit.Kit, adjust ...func(*profiles.Config)) *town {
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
	dir := &directory{kit: k, users: map[ids.ID]*identity.User{}}
	d := k.Open("profiles", profiles.Schema())
	deps := profiles.Deps{DB: d, Bus: k.Bus, IDs: k.IDs, Now: k.Clock.Now, Log: k.Log, Identity: dir,
		Images: image.New(2, image.Limits{Bytes: 1 << 30, Pixels: 1 << 30}), Blobs: blobs, Format: html.EscapeString}
	return &town{T: t, Service: profiles.New(deps, config(adjust...)), kit: k, dir: dir, db: d, deps: deps}
}

func config(adjust ...func(*profiles.Config)) profiles.Config {
	c := profiles.DefaultConfig()
	c.Domain = "example.org"
	for _, f := range adjust {
		f(&c)
	}
	return c
}

// start makes the service take part in events.
func (w *town) start() *town {
	w.Helper()
	if err := w.Start(w.kit.Ctx); err != nil {
		w.Fatal(err)
	}
	return w
}

// people registers accounts.
func (w *town) people(names ...string) []ids.ID {
	w.Helper()
	list := make([]ids.ID, len(names))
	for i, name := range names {
		u, err := w.Register(w.kit.Ctx, identity.SignUp{Username: name})
		if err != nil {
			w.Fatal(err)
		}
		list[i] = u.ID
	}
	return list
}

func (w *town) account(id ids.ID) *profiles.Account {
	w.Helper()
	a, err := w.Account(w.kit.Ctx, id)
	if err != nil {
		w.Fatal(err)
	}
	return a
}

// follow lets a millisecond pass before each, for lists are in order of time.
func (w *town) follow(from ids.ID, to ...ids.ID) {
	w.Helper()
	for _, id := range to {
		w.kit.Clock.Advance(time.Millisecond)
		if _, err := w.Follow(w.kit.Ctx, from, id, profiles.FollowOptions{}); err != nil {
			w.Fatal(err)
		}
	}
}

func (w *town) update(id ids.ID, u profiles.Update) *profiles.Account {
	w.Helper()
	a, err := w.Update(w.kit.Ctx, id, u)
	if err != nil {
		w.Fatal(err)
	}
	return a
}

func (w *town) relationship(from, to ids.ID) profiles.Relationship {
	w.Helper()
	all, err := w.Relationships(w.kit.Ctx, from, []ids.ID{to})
	if err != nil || len(all) != 1 {
		w.Fatalf("%v, %v", all, err)
	}
	return all[0]
}

// counts returns followers, following and requests of an account.
func (w *town) counts(id ids.ID) [3]int {
	w.Helper()
	a := w.account(id)
	return [3]int{a.Followers, a.Following, a.Requests}
}

// recorded returns the kinds and data of the events in the outbox since the
// last call, without those of registrations.
func (w *town) recorded() string {
	w.Helper()
	rows, err := db.All(w.kit.Ctx, w.db, func(e *bus.Event) []any { return []any{&e.ID, &e.Kind, &e.Data} },
		"SELECT id, kind, data FROM profiles_outbox WHERE id > 0 ORDER BY id")
	if err != nil {
		w.Fatal(err)
	}
	var list []string
	for _, e := range rows {
		if e.Kind != "registered" {
			list = append(list, e.Kind)
		}
	}
	if _, err := db.Exec(w.kit.Ctx, w.db, "DELETE FROM profiles_outbox WHERE id > 0"); err != nil {
		w.Fatal(err)
	}
	return strings.Join(list, " ")
}

func ref[T any](v T) *T { return &v }
