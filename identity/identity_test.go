package identity_test

import (
	"context"
	"path/filepath"
	"testing"

	"github.com/guildhall/guildhall/identity"
	"github.com/guildhall/guildhall/internal/db"
	"github.com/guildhall/guildhall/internal/limit"
	"github.com/guildhall/guildhall/internal/mail"
	"github.com/guildhall/guildhall/internal/seal"
	"github.com/guildhall/guildhall/internal/testkit"
)

func TestMain(m *testing.M) { testkit.Main(m) }

// room is the service under test with what stands around it.
type room struct {
	*testkit.Kit
	*identity.Service
	cfg   identity.Config
	db    *db.DB
	mails string // folder
	// running is the context of what the services do in the background.
	running context.Context
}

// open starts the service; change may alter its configuration.
func open(k *testkit.Kit, change ...func(*identity.Config)) *room {
	k.Helper()
	r := &room{Kit: k, cfg: identity.DefaultConfig(), db: k.Open("identity", identity.Schema()), mails: filepath.Join(k.Dir, "mails")}
	r.cfg.BaseURL = "https://guild.test"
	var stop context.CancelFunc
	r.running, stop = context.WithCancel(k.Ctx)
	k.Cleanup(func() { // before the database is closed
		stop()
		k.Bus.Close()
	})
	for _, f := range change {
		f(&r.cfg)
	}
	r.Service = r.node(r.db)
	return r
}

// node starts one more copy of the service on a database.
func (r *room) node(d *db.DB) *identity.Service {
	r.Helper()
	keys, err := seal.LoadOrCreate(filepath.Join(r.Dir, "keys"))
	r.must(err)
	m, err := mail.New(mail.Config{From: "Guild <no-reply@guild.test>", Folder: r.mails, Now: r.Clock.Now}, r.Log)
	r.must(err)
	s := identity.New(identity.Deps{DB: d, Bus: r.Bus, IDs: r.IDs, Now: r.Clock.Now, Log: r.Log, Keys: keys, Mail: m,
		Limit: limit.New(r.Clock.Now)}, r.cfg)
	r.must(s.Start(r.running))
	return s
}

func (r *room) must(err error) {
	r.Helper()
	if err != nil {
		r.Fatal(err)
	}
}

const password = "a passphrase of some length"

// member makes a user who can sign in at once.
func (r *room) member(name string) *identity.User {
	r.Helper()
	u, err := r.SignUp(context.Background(), identity.SignUp{Username: name, Email: name + "@example.org", Password: password, Trusted: true})
	r.must(err)
	return u
}

func TestThinLine(t *testing.T) {
	testkit.Engines(t, func(t *testing.T, k *testkit.Kit) {
		r := open(k)
		u := r.member("Ada")
		secret, err := r.IssueToken(k.Ctx, u.ID, "demo", "read write")
		r.must(err)
		for range 2 {
			c, err := r.Authenticate(k.Ctx, secret)
			r.must(err)
			if c.UserID != u.ID || c.Role != identity.RoleUser || c.Pending != "" || c.Scopes.String() != "read write" {
				t.Fatalf("caller %+v", c)
			}
			app, err := r.App(k.Ctx, c.AppID)
			r.must(err)
			if app.Name != "demo" || app.ClientSecret != "" {
				t.Fatalf("app %+v", app)
			}
		}
		got, err := r.User(k.Ctx, u.ID)
		r.must(err)
		if *got != *u {
			t.Fatalf("got %+v, want %+v", got, u)
		}
	})
}
