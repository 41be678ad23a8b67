package posts_test

import (
	"bytes"
	"context"
	"encoding/json"
	"errors"
	"image"
	"image/color"
	"image/png"
	"net"
	"net/netip"
	"path/filepath"
	"strings"
	"sync"
	"testing"

	"github.com/guildhall/guildhall/identity"
	"github.com/guildhall/guildhall/internal/blob"
	"github.com/guildhall/guildhall/internal/bus"
	"github.com/guildhall/guildhall/internal/db"
	"github.com/guildhall/guildhall/internal/errs"
	"github.com/guildhall/guildhall/internal/fetch"
	"github.com/guildhall/guildhall/internal/ids"
	pictures "github.com/guildhall/guildhall/internal/image"
	"github.com/guildhall/guildhall/internal/testkit"
	"github.com/guildhall/guildhall/internal/text"
	"github.com/guildhall/guildhall/posts"
	"github.com/guildhall/guildhall/profiles"
)

// signUps stands in for the room identity, whose sign-up hashes a password.
type signUps struct {
	kit   *testkit.Kit
	mu    sync.Mutex
	users map[ids.ID]*identity.User
}

func (d *signUps) SignUp(_ context.Context, r identity.SignUp) (*identity.User, error) {
	d.mu.Lock()
	defer d.mu.Unlock()
	u := &identity.User{ID: d.kit.IDs.New(0), Username: r.Username, CreatedAt: d.kit.Clock.Now()}
	d.users[u.ID] = u
	return u, nil
}

func (d *signUps) User(_ context.Context, id ids.ID) (*identity.User, error) {
	d.mu.Lock()
	defer d.mu.Unlock()
	if u, ok := d.users[id]; ok {
		return u, nil
	}
	return nil, errs.NotFoundRecord()
}

// desk is where the tests of writing sit: the room with its real parts.
type desk struct {
	*testing.T
	*posts.Service
	kit   *testkit.Kit
	db    *db.DB
	who   *profiles.Service
	blobs *blob.Store
	ctx   context.Context
	last  ids.ID // of the events that were looked at
}

func newDesk(t *testing.T, k *testkit.Kit) *desk {
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
	images := pictures.New(2, pictures.Limits{Bytes: 1 << 30, Pixels: 1 << 30})
	pc := profiles.DefaultConfig()
	pc.Domain = "here.test"
	who := profiles.New(profiles.Deps{DB: k.Open("profiles", profiles.Schema()), Bus: k.Bus, IDs: k.IDs, Now: k.Clock.Now, Log: k.Log,
		Identity: &signUps{kit: k, users: map[ids.ID]*identity.User{}}, Images: images, Blobs: blobs, Format: func(s string) string { return text.Parse(s).HTML(nil, nil) }}, pc)
	c := posts.DefaultConfig()
	c.BaseURL = "https://here.test"
	d := k.Open("posts", posts.Schema())
	s := posts.New(posts.Deps{DB: d, Search: k.Open("search", posts.SearchSchema()), Bus: k.Bus, IDs: k.IDs, Now: k.Clock.Now, Log: k.Log,
		Profiles: who, Images: images, Blobs: blobs, Pages: near()}, c)
	return &desk{T: t, Service: s, kit: k, db: d, who: who, blobs: blobs, ctx: k.Ctx}
}

// near reads pages of this machine's 127.0.0.1, or of other inside addresses,
// only, and knows no names.
func near(allow ...netip.Prefix) *fetch.Client {
	if allow == nil {
		allow = []netip.Prefix{netip.MustParsePrefix("127.0.0.1/32")}
	}
	return fetch.New(fetch.Options{Guard: fetch.Guard{Allow: allow,
		Resolver: &net.Resolver{PreferGo: true, Dial: func(context.Context, string, string) (net.Conn, error) { return nil, errors.New("no names") }}}})
}

// newReader is another process on the same data: nothing is cached there.
func newReader(d *desk) *posts.Service { return posts.New(d.Deps, posts.DefaultConfig()) }

func (d *desk) person(name string) ids.ID {
	d.Helper()
	u, err := d.who.Register(d.ctx, identity.SignUp{Username: name})
	if err != nil {
		d.Fatal(err)
	}
	return u.ID
}

func (d *desk) follow(from, to ids.ID) {
	d.Helper()
	if _, err := d.who.Follow(d.ctx, from, to, profiles.FollowOptions{}); err != nil {
		d.Fatal(err)
	}
}

func (d *desk) post(author ids.ID, dr posts.Draft) *posts.View {
	d.Helper()
	return d.ok(d.Create(d.ctx, author, dr))
}

func (d *desk) say(author ids.ID, words string, v posts.Visibility) *posts.View {
	d.Helper()
	return d.post(author, posts.Draft{Text: words, Visibility: &v})
}

func (d *desk) ok(v *posts.View, err error) *posts.View {
	d.Helper()
	if err != nil {
		d.Fatal(err)
	}
	return v
}

func (d *desk) get(viewer, id ids.ID) *posts.View {
	d.Helper()
	return d.ok(d.Get(d.ctx, viewer, id))
}

// fails checks that an error is of a kind and has a word in its text.
func (d *desk) fails(err error, kind errs.Kind, word string) {
	d.Helper()
	if !errs.Is(err, kind) || !strings.Contains(err.Error(), word) {
		d.Errorf("error %v (%v), want %v with %q", err, errs.KindOf(err), kind, word)
	}
}

// told returns the events since the last call, as "kind JSON".
func (d *desk) told() []string {
	d.Helper()
	rows, err := db.All(d.ctx, d.db, func(e *bus.Event) []any { return []any{&e.ID, &e.Kind, &e.Data} },
		"SELECT id, kind, data FROM posts_outbox WHERE id > $1 ORDER BY id", d.last)
	if err != nil {
		d.Fatal(err)
	}
	var list []string
	for _, e := range rows {
		list = append(list, e.Kind+" "+string(e.Data))
		d.last = e.ID
	}
	return list
}

// tells checks the events since the last call against payloads.
func (d *desk) tells(want ...bus.Payload) {
	d.Helper()
	got := d.told()
	if len(got) != len(want) {
		d.Errorf("%d events %q, want %d", len(got), got, len(want))
		return
	}
	for i, p := range want {
		data, err := json.Marshal(p)
		if err != nil {
			d.Fatal(err)
		}
		if w := p.Kind() + " " + string(data); got[i] != w {
			d.Errorf("event %s, want %s", got[i], w)
		}
	}
}

// number returns the one number that a statement selects.
func (d *desk) number(query string, args ...any) int {
	d.Helper()
	n, err := db.Value[int](d.ctx, d.db, query, args...)
	if err != nil {
		d.Fatal(err)
	}
	return n
}

// picture is a PNG; two of different shade are different files.
func picture(t testing.TB, w, h int, shade uint8) *bytes.Reader {
	t.Helper()
	m := image.NewRGBA(image.Rect(0, 0, w, h))
	for y := range h {
		for x := range w {
			m.SetRGBA(x, y, color.RGBA{shade, uint8(x), uint8(y), 255})
		}
	}
	var b bytes.Buffer
	if err := png.Encode(&b, m); err != nil {
		t.Fatal(err)
	}
	return bytes.NewReader(b.Bytes())
}

func (d *desk) upload(account ids.ID, shade uint8) *posts.Media {
	d.Helper()
	m, err := d.Upload(d.ctx, account, picture(d.T, 40, 30, shade), "shade", 0, 0)
	if err != nil {
		d.Fatal(err)
	}
	return m
}

// filed tells whether the blob store has a key.
func (d *desk) filed(key string) bool {
	d.Helper()
	ok, err := d.blobs.Exists(d.ctx, key)
	if err != nil {
		d.Fatal(err)
	}
	return ok
}

func to[T any](v T) *T { return &v }
