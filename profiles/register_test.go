package profiles_test

import (
	"path/filepath"
	"testing"

	"github.com/guildhall/guildhall/identity"
	"github.com/guildhall/guildhall/internal/errs"
	"github.com/guildhall/guildhall/internal/mail"
	"github.com/guildhall/guildhall/internal/seal"
	"github.com/guildhall/guildhall/internal/testkit"
	"github.com/guildhall/guildhall/profiles"
)

// The two rooms together: a user gets their account, at once or, when the
// sign-up was cut short, soon; who is refused gets none.
func TestRegisterWithIdentity(t *testing.T) {
	testkit.Engines(t, func(t *testing.T, k *testkit.Kit) {
		users := openIdentity(t, k)
		w := open(t, k)
		w.deps.Identity = users
		w.Service = profiles.New(w.deps, config())
		w.start()
		form := identity.SignUp{Username: "Ann", Email: "ann@example.org", Password: "a passphrase of some length", Trusted: true}
		u, err := w.Register(k.Ctx, form)
		if err != nil {
			t.Fatal(err)
		}
		if a := w.account(u.ID); a.Username != "Ann" || !a.CreatedAt.Equal(u.CreatedAt) {
			t.Errorf("%+v", a)
		}
		form.Username, form.Email = "ANN", "other@example.org"
		if _, err := w.Register(k.Ctx, form); !errs.Is(err, errs.Invalid) {
			t.Errorf("taken: %v", err)
		}
		form.Username = "bob"
		if u, err = users.SignUp(k.Ctx, form); err != nil {
			t.Fatal(err)
		}
		testkit.Eventually(t, func() bool {
			a, err := w.Lookup(k.Ctx, "bob")
			return err == nil && a.ID == u.ID
		})
		if n, err := w.Count(k.Ctx); err != nil || n != 2 {
			t.Errorf("%d, %v", n, err)
		}
	})
}

func openIdentity(t *testing.T, k *testkit.Kit) *identity.Service {
	t.Helper()
	keys, err := seal.LoadOrCreate(filepath.Join(k.Dir, "keys"))
	if err != nil {
		t.Fatal(err)
	}
	m, err := mail.New(mail.Config{From: "Guild <no-reply@guild.test>", Folder: filepath.Join(k.Dir, "mails"), Now: k.Clock.Now}, k.Log)
	if err != nil {
		t.Fatal(err)
	}
	s := identity.New(identity.Deps{DB: k.Open("identity", identity.Schema()), Bus: k.Bus, IDs: k.IDs, Now: k.Clock.Now,
		Log: k.Log, Keys: keys, Mail: m}, identity.DefaultConfig())
	if err := s.Start(k.Ctx); err != nil {
		t.Fatal(err)
	}
	return s
}

// The schema can be taken back step by step, and built again.
func TestMigrations(t *testing.T) {
	testkit.Engines(t, func(t *testing.T, k *testkit.Kit) {
		w := open(t, k)
		for {
			step, err := w.db.MigrateDown(k.Ctx)
			if err != nil {
				t.Fatal(err)
			}
			if step == "" {
				break
			}
		}
		if err := w.db.Migrate(k.Ctx); err != nil {
			t.Fatal(err)
		}
		w.people("ann")
	})
}
