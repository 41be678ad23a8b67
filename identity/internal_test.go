package identity

import (
	"context"
	"errors"
	"testing"
	"time"

	"github.com/alexedwards/argon2id"
	"github.com/guildhall/guildhall/internal/db"
	"github.com/guildhall/guildhall/internal/errs"
	"github.com/guildhall/guildhall/internal/ids"
	"github.com/guildhall/guildhall/internal/testkit"
)

// TestDummyHash wants an unknown login to cost what a known one does.
func TestDummyHash(t *testing.T) {
	h := newHasher(1, false)
	params, _, _, err := argon2id.DecodeHash(dummyHash)
	if err != nil {
		t.Fatal(err)
	}
	if *params != h.params {
		t.Errorf("the dummy has %+v, new hashes have %+v", *params, h.params)
	}
}

// TestHashWaits wants no more hashes at a time than allowed, and a waiting one
// to end with its context.
func TestHashWaits(t *testing.T) {
	h := newHasher(1, false)
	leave, err := h.enter(t.Context())
	if err != nil {
		t.Fatal(err)
	}
	ctx, cancel := context.WithCancel(t.Context())
	cancel()
	if _, err := h.hash(ctx, "a passphrase"); !errs.Is(err, errs.Unavailable) {
		t.Errorf("while another one runs: %v", err)
	}
	leave()
	if _, err := h.hash(t.Context(), "a passphrase"); err != nil {
		t.Error(err)
	}
}

// TestStaleLoad changes a user while they are read: what was read before the
// change must not be kept, though it is stored after it.
func TestStaleLoad(t *testing.T) {
	c := newCache(time.Now)
	const id ids.ID = 7
	stored := "old"
	loads := 0
	load := func(_ context.Context, g *generations) (cached[*User], error) {
		loads++
		u := &User{ID: id, Username: stored}
		if loads == 1 {
			stored = "new"
			c.forget(id)
		}
		return keep(c, u, id, g, userFor), nil
	}
	for range 2 {
		u, err := lookup(t.Context(), c, c.users, id, load)
		if err != nil || u.Username != "new" {
			t.Fatalf("got %+v, %v", u, err)
		}
	}
	if loads != 2 {
		t.Errorf("loaded %d times", loads)
	}
	c.forgetAll()
	boom := errors.New("boom")
	_, err := lookup(t.Context(), c, c.users, id, func(context.Context, *generations) (cached[*User], error) { return cached[*User]{}, boom })
	if !errors.Is(err, boom) {
		t.Errorf("failed load: %v", err)
	}
}

// TestSweep wants what has expired to go, and the rest to stay.
func TestSweep(t *testing.T) {
	testkit.Engines(t, func(t *testing.T, k *testkit.Kit) {
		d := k.Open("identity", Schema())
		s := New(Deps{DB: d, Bus: k.Bus, IDs: k.IDs, Now: k.Clock.Now, Log: k.Log}, DefaultConfig())
		insert := func(text string, args ...any) {
			t.Helper()
			if _, err := db.Exec(k.Ctx, d, text, args...); err != nil {
				t.Fatal(err)
			}
		}
		for i, age := range []time.Duration{0, 25 * time.Hour, 31 * 24 * time.Hour} {
			at := k.Clock.Now().Add(-age).UnixMilli()
			h := hashSecret(string(rune('a' + i)))
			insert("INSERT INTO identity_sessions (id, hash, user_id, created_at, used_at, address, user_agent) VALUES ($1, $2, 1, $3, $3, '', '')", i, h[:], at)
			insert(`INSERT INTO identity_codes (hash, app_id, user_id, redirect_uri, scopes, challenge, expires_at, used, token_id)
				VALUES ($1, 1, 1, '', '', '', $2, TRUE, 0)`, h[:], at)
			insert("INSERT INTO identity_links (user_id, kind, hash, event_id, sent, expires_at) VALUES ($1, 'reset', $2, 1, TRUE, $3)", i, h[:], at)
		}
		if err := s.sweep(k.Ctx); err != nil {
			t.Fatal(err)
		}
		for table, want := range map[string]int{"sessions WHERE used_at > 0": 2, "codes WHERE expires_at > 0": 1, "links WHERE expires_at > 0": 1} {
			n, err := db.Value[int](k.Ctx, d, "SELECT COUNT(*) FROM identity_"+table)
			if err != nil || n != want {
				t.Errorf("%s: %d left, want %d (%v)", table, n, want, err)
			}
		}
	})
}

// TestMigrations takes the schema down and up again.
func TestMigrations(t *testing.T) {
	testkit.Engines(t, func(t *testing.T, k *testkit.Kit) {
		d, err := k.Reopen("identity", Schema())
		if err != nil {
			t.Fatal(err)
		}
		defer func() {
			if err := d.Close(); err != nil {
				t.Error(err)
			}
		}()
		for range 2 {
			if err := d.Migrate(k.Ctx); err != nil {
				t.Fatal(err)
			}
			if _, err := d.MigrateDown(k.Ctx); err != nil {
				t.Fatal(err)
			}
		}
	})
}
