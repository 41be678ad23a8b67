package identity_test

import (
	"fmt"
	"reflect"
	"strings"
	"sync"
	"sync/atomic"
	"testing"
	"time"

	"github.com/guildhall/guildhall/identity"
	"github.com/guildhall/guildhall/internal/errs"
	"github.com/guildhall/guildhall/internal/testkit"
)

func TestSessions(t *testing.T) {
	testkit.Engines(t, func(t *testing.T, k *testkit.Kit) {
		r := open(k)
		u := r.member("Ada")
		in := func(login string) string {
			secret, got, err := r.SignIn(k.Ctx, login, password, "192.0.2.1", "Browser\xff\x00"+strings.Repeat("é", 300))
			r.must(err)
			if *got != *u {
				t.Fatalf("signed in %+v", got)
			}
			return secret
		}
		var secrets []string
		for _, login := range []string{"ada", " ADA ", "ada@EXAMPLE.org", "ada@example.org"} {
			secrets = append(secrets, in(login))
		}
		for _, secret := range secrets {
			s, got, err := r.Session(k.Ctx, secret)
			r.must(err)
			if s.UserID != u.ID || *got != *u {
				t.Errorf("session %+v of %+v", s, got)
			}
		}
		r.must(r.SignOut(k.Ctx, secrets[0]))
		r.must(r.SignOut(k.Ctx, secrets[0]))
		r.refused("AT-10 signed out", secrets[0])
		for _, bad := range []string{"", "x", strings.Repeat("x", 5000)} {
			r.refused("unknown", bad)
		}

		k.Clock.Advance(29 * 24 * time.Hour) // a used session lives on, an idle one ends
		if _, _, err := r.Session(k.Ctx, secrets[1]); err != nil {
			t.Error(err)
		}
		k.Clock.Advance(2 * 24 * time.Hour)
		if _, _, err := r.Session(k.Ctx, secrets[1]); err != nil {
			t.Error(err)
		}
		r.refused("idle", secrets[2])
	})
}

// refused wants a session not to work.
func (r *room) refused(name, secret string) {
	r.Helper()
	if _, _, err := r.Session(r.Ctx, secret); !errs.Is(err, errs.Unauthenticated) {
		r.Errorf("%s: %v", name, err)
	}
}

func TestSignInTellsNothing(t *testing.T) {
	testkit.Engines(t, func(t *testing.T, k *testkit.Kit) { // AT-13
		r := open(k)
		r.member("ada")
		off := r.member("off")
		r.must(r.Disable(k.Ctx, off.ID, true))
		var want error
		for i, login := range []string{"ada", "ada@example.org", "nobody", "nobody@example.org", "off", "", "@", "a b", strings.Repeat("x", 10000), "x\x00@y.z"} {
			_, _, err := r.SignIn(k.Ctx, login, "not the password", fmt.Sprintf("192.0.2.%d", i), "")
			if want == nil {
				want = err
			}
			if !errs.Is(err, errs.Unauthenticated) || !reflect.DeepEqual(err, want) {
				t.Errorf("%.20q: %v", login, err)
			}
		}
		if _, _, err := r.SignIn(k.Ctx, "ada", strings.Repeat("x", 10000), "192.0.2.99", ""); !reflect.DeepEqual(err, want) {
			t.Errorf("long password: %v", err)
		}
		if _, _, err := r.SignIn(k.Ctx, "off", password, "192.0.2.99", ""); !errs.Is(err, errs.Forbidden) {
			t.Errorf("disabled: %v", err)
		}
	})
}

// TestNoPassword has the command line make users without a password: no text is
// theirs, until they ask for a new one.
func TestNoPassword(t *testing.T) {
	testkit.Engines(t, func(t *testing.T, k *testkit.Kit) {
		r := open(k)
		in := form("demo")
		in.Trusted, in.Password = true, ""
		u, err := r.SignUp(k.Ctx, in)
		r.must(err)
		for _, guess := range []string{"", " ", password} {
			if _, _, err := r.SignIn(k.Ctx, "demo", guess, "192.0.2.1", ""); !errs.Is(err, errs.Unauthenticated) {
				t.Errorf("%q: %v", guess, err)
			}
			if err := r.ChangePassword(k.Ctx, u.ID, guess, password); codes(err) != "current_password=ERR_INVALID" {
				t.Errorf("change with %q: %v", guess, err)
			}
		}
		in.Trusted, in.Username, in.Email = false, "other", "other@example.org"
		if _, err := r.SignUp(k.Ctx, in); codes(err) != "password=ERR_BLANK" {
			t.Errorf("not trusted: %v", err)
		}
		r.must(r.SetPassword(k.Ctx, u.ID, password))
		_, _, err = r.SignIn(k.Ctx, "demo", password, "192.0.2.1", "")
		r.must(err)
		second := r.member("second")
		first, err := r.Users(k.Ctx, 0, 1)
		r.must(err)
		rest, err := r.Users(k.Ctx, u.ID, 10)
		r.must(err)
		if len(first) != 1 || *first[0] != *u || len(rest) != 1 || *rest[0] != *second {
			t.Errorf("users %+v, then %+v", first, rest)
		}
	})
}

func TestSignInLimits(t *testing.T) {
	testkit.Engines(t, func(t *testing.T, k *testkit.Kit) {
		r := open(k)
		r.member("ada")
		r.member("bob")
		k.Clock.Set(k.Clock.Now().Truncate(time.Hour).Add(time.Hour))
		try := func(login, password, address string) errs.Kind {
			_, _, err := r.SignIn(k.Ctx, login, password, address, "")
			return errs.KindOf(err)
		}
		t.Run("RL-13", func(t *testing.T) {
			var checked atomic.Int32
			var wg sync.WaitGroup
			for range 100 {
				wg.Go(func() {
					if try("ada", "wrong", "192.0.2.1") == errs.Unauthenticated {
						checked.Add(1)
					}
				})
			}
			wg.Wait()
			if checked.Load() != 10 {
				t.Errorf("%d passwords were checked", checked.Load())
			}
		})
		t.Run("RL-01", func(t *testing.T) {
			if got := try("ada@example.org", password, "192.0.2.1"); got != errs.TooMany {
				t.Errorf("right password from that address: %v", got)
			}
			for i := range 15 {
				if got := try("ada", "wrong", fmt.Sprintf("198.51.100.%d", i)); got != errs.Unauthenticated {
					t.Fatalf("try %d: %v", i, got)
				}
			}
			if got := try("ADA", password, "203.0.113.1"); got != errs.TooMany {
				t.Errorf("right password from a new address: %v", got)
			}
			if _, _, err := r.SignIn(k.Ctx, "bob", password, "203.0.113.1", ""); err != nil {
				t.Errorf("somebody else: %v", err)
			}
			k.Clock.Advance(time.Hour)
			if _, _, err := r.SignIn(k.Ctx, "ada", password, "192.0.2.1", ""); err != nil {
				t.Errorf("an hour later: %v", err)
			}
		})
	})
}

func TestDisable(t *testing.T) {
	testkit.Engines(t, func(t *testing.T, k *testkit.Kit) {
		r := open(k)
		u := r.member("ada")
		token, err := r.IssueToken(k.Ctx, u.ID, "demo", "read admin:read")
		r.must(err)
		session, _, err := r.SignIn(k.Ctx, "ada", password, "192.0.2.1", "")
		r.must(err)
		c, err := r.Authenticate(k.Ctx, token)
		r.must(err)
		if c.Scopes.String() != "read" {
			t.Errorf("a user has the scopes %q", c.Scopes)
		}
		r.must(r.SetRole(k.Ctx, u.ID, identity.RoleModerator))
		if c, err := r.Authenticate(k.Ctx, token); err != nil || c.Scopes.String() != "read admin:read" || c.Role != identity.RoleModerator {
			t.Errorf("a moderator is %+v %v", c, err)
		}
		if err := r.SetRole(k.Ctx, u.ID, "king"); !errs.Is(err, errs.Invalid) {
			t.Errorf("no such role: %v", err)
		}
		if err := r.SetRole(k.Ctx, 1, identity.RoleAdmin); !errs.Is(err, errs.NotFound) {
			t.Errorf("no such user: %v", err)
		}
		r.must(r.Disable(k.Ctx, u.ID, true))
		for range 2 {
			if c, err := r.Authenticate(k.Ctx, token); !errs.Is(err, errs.Forbidden) || c != nil {
				t.Errorf("disabled: %+v %v", c, err)
			}
		}
		r.refused("disabled", session)
		r.must(r.Disable(k.Ctx, u.ID, false))
		if _, err := r.Authenticate(k.Ctx, token); err != nil {
			t.Errorf("enabled: %v", err)
		}
		r.refused("ended by disabling", session)
	})
}

func TestCountActive(t *testing.T) {
	testkit.Engines(t, func(t *testing.T, k *testkit.Kit) {
		r := open(k)
		want := func(total, month, halfyear int) {
			t.Helper()
			k.Clock.Advance(time.Minute)
			a, b, c, err := r.CountActive(k.Ctx)
			r.must(err)
			if a != total || b != month || c != halfyear {
				t.Errorf("counted %d %d %d, want %d %d %d", a, b, c, total, month, halfyear)
			}
		}
		want(0, 0, 0)
		u := r.member("ada")
		r.member("bob")
		_, err := r.SignUp(k.Ctx, form("unconfirmed"))
		r.must(err)
		want(2, 0, 0)
		token, err := r.IssueToken(k.Ctx, u.ID, "demo", "read")
		r.must(err)
		_, err = r.Authenticate(k.Ctx, token)
		r.must(err)
		_, _, err = r.SignIn(k.Ctx, "bob", password, "192.0.2.1", "")
		r.must(err)
		want(2, 2, 2)
		k.Clock.Advance(31 * 24 * time.Hour)
		_, err = r.Authenticate(k.Ctx, token)
		r.must(err)
		want(2, 1, 2)
		k.Clock.Advance(181 * 24 * time.Hour)
		want(2, 0, 0)
	})
}
