package identity_test

import (
	"strings"
	"testing"
	"time"

	"github.com/guildhall/guildhall/identity"
	"github.com/guildhall/guildhall/internal/errs"
	"github.com/guildhall/guildhall/internal/testkit"
)

// AT-04: another e-mail address is had by who knows the password and reads its
// mail, and nobody gets one that somebody else has.
func TestChangeEmail(t *testing.T) {
	testkit.Engines(t, func(t *testing.T, k *testkit.Kit) {
		r := open(k)
		ada := r.member("ada")
		r.member("bob")
		problem := func(password, email, field string) {
			t.Helper()
			err := r.ChangeEmail(k.Ctx, ada.ID, password, email)
			if !errs.Is(err, errs.Invalid) || !strings.Contains(strings.ToLower(err.Error()), field) {
				t.Errorf("%q: %v, want a problem with %s", email, err, field)
			}
		}
		problem("wrong", "new@example.org", "current_password")
		for _, email := range []string{"", "no address", "ada@example.org", "bob@example.org", "BOB@Example.org", " bob@example.org", "bob@example.org\x00"} {
			problem(password, email, "email")
			k.Clock.Advance(5 * time.Minute) // there are limits
		}
		if pending, err := r.PendingEmail(k.Ctx, ada.ID); err != nil || pending != "" {
			t.Errorf("pending %q, %v", pending, err)
		}

		r.must(r.ChangeEmail(k.Ctx, ada.ID, password, "first@example.org"))
		canceled := r.token("first@example.org", identity.ConfirmPath, 1)
		testkit.Eventually(t, func() bool { return len(r.mailsTo("ada@example.org")) == 1 })
		if text := r.mailsTo("ada@example.org")[0]; !strings.Contains(text, "about to change") && !strings.Contains(text, "another e-mail address") {
			t.Errorf("the notice: %s", text)
		}
		r.must(r.CancelEmailChange(k.Ctx, ada.ID))
		if _, err := r.Confirm(k.Ctx, canceled); !errs.Is(err, errs.Invalid) {
			t.Errorf("a canceled change: %v", err)
		}

		r.must(r.ChangeEmail(k.Ctx, ada.ID, password, "New@Example.org"))
		good := r.token("new@example.org", identity.ConfirmPath, 1)
		r.must(r.RequestReset(k.Ctx, "ada@example.org", "192.0.2.1", ""))
		reset := r.token("ada@example.org", identity.ResetPath, 3)
		for range 2 { // mail programs follow links too
			u, err := r.Confirm(k.Ctx, good)
			r.must(err)
			if u.Email != "new@example.org" || !u.Confirmed {
				t.Errorf("the user is %+v", u)
			}
		}
		if err := r.Reset(k.Ctx, reset, "quite another passphrase"); !errs.Is(err, errs.Invalid) { // AT-01
			t.Errorf("a reset by the old address: %v", err)
		}
		if pending, err := r.PendingEmail(k.Ctx, ada.ID); err != nil || pending != "" {
			t.Errorf("pending %q, %v", pending, err)
		}
		testkit.Eventually(t, func() bool { return len(r.mailsTo("ada@example.org")) == 4 })
		_, _, err := r.SignIn(k.Ctx, "new@example.org", password, "192.0.2.1", "test")
		r.must(err)
		if _, err := r.UserByLogin(k.Ctx, "ada@example.org"); !errs.Is(err, errs.NotFound) {
			t.Errorf("the old address: %v", err)
		}
	})
}

// A change that waits ends with the password it was asked for with, and nobody
// is robbed of an address that they took meanwhile.
func TestChangeEmailEnds(t *testing.T) {
	testkit.Engines(t, func(t *testing.T, k *testkit.Kit) {
		r := open(k)
		ada, bob := r.member("ada"), r.member("bob")
		r.must(r.ChangeEmail(k.Ctx, ada.ID, password, "new@example.org"))
		link := r.token("new@example.org", identity.ConfirmPath, 1)
		r.must(r.ChangePassword(k.Ctx, ada.ID, password, "quite another passphrase"))
		if _, err := r.Confirm(k.Ctx, link); !errs.Is(err, errs.Invalid) {
			t.Errorf("after another password: %v", err)
		}
		r.must(r.ChangeEmail(k.Ctx, bob.ID, password, "late@example.org"))
		link = r.token("late@example.org", identity.ConfirmPath, 1)
		r.member("late")
		if _, err := r.Confirm(k.Ctx, link); !errs.Is(err, errs.Invalid) {
			t.Errorf("an address that is taken: %v", err)
		}
		if u, err := r.User(k.Ctx, bob.ID); err != nil || u.Email != "bob@example.org" {
			t.Errorf("bob: %+v, %v", u, err)
		}
	})
}

// AT-19: who leaves says their password; nothing opens anything then.
func TestLeave(t *testing.T) {
	testkit.Engines(t, func(t *testing.T, k *testkit.Kit) {
		r := open(k)
		ada := r.member("ada")
		token, err := r.IssueToken(k.Ctx, ada.ID, "demo", "read")
		r.must(err)
		session, _, err := r.SignIn(k.Ctx, "ada", password, "192.0.2.1", "test")
		r.must(err)
		if err := r.Leave(k.Ctx, ada.ID, "wrong"); !errs.Is(err, errs.Invalid) {
			t.Errorf("with a wrong password: %v", err)
		}
		_, err = r.Authenticate(k.Ctx, token)
		r.must(err)
		r.must(r.Leave(k.Ctx, ada.ID, password))
		if _, err := r.Authenticate(k.Ctx, token); err == nil {
			t.Error("the token works")
		}
		if _, _, err := r.Session(k.Ctx, session); !errs.Is(err, errs.Unauthenticated) {
			t.Errorf("the session: %v", err)
		}
		if _, _, err := r.SignIn(k.Ctx, "ada", password, "192.0.2.1", "test"); !errs.Is(err, errs.Unauthenticated) {
			t.Errorf("signing in: %v", err)
		}
		r.must(r.Remove(k.Ctx, ada.ID))
		testkit.Eventually(t, func() bool { return len(r.mailsTo("ada@example.org")) == 1 })
		if text := r.mailsTo("ada@example.org")[0]; !strings.Contains(text, "you have deleted your account") {
			t.Errorf("the mail: %s", text)
		}
	})
}

// The house is never without an owner.
func TestLastOwnerStays(t *testing.T) {
	testkit.Engines(t, func(t *testing.T, k *testkit.Kit) {
		r := open(k)
		ada, bob, eve := r.member("ada"), r.member("bob"), r.member("eve")
		r.must(r.SetRole(k.Ctx, ada.ID, identity.RoleOwner))
		r.must(r.SetRole(k.Ctx, eve.ID, identity.RoleOwner))
		r.must(r.Disable(k.Ctx, eve.ID, true)) // nobody that could keep it
		if err := r.Leave(k.Ctx, ada.ID, password); !errs.Is(err, errs.Conflict) {
			t.Fatalf("the only owner: %v", err)
		}
		r.must(r.SetRole(k.Ctx, bob.ID, identity.RoleOwner))
		left := make(chan error, 2)
		for _, u := range []*identity.User{ada, bob} {
			go func() { left <- r.Leave(k.Ctx, u.ID, password) }()
		}
		first, second := <-left, <-left
		if (first == nil) == (second == nil) || !errs.Is(first, errs.Conflict) && !errs.Is(second, errs.Conflict) {
			t.Errorf("two who leave at once: %v, %v", first, second)
		}
	})
}

func TestExports(t *testing.T) {
	testkit.Engines(t, func(t *testing.T, k *testkit.Kit) {
		r := open(k)
		ada, bob := r.member("ada"), r.member("bob")
		if err := r.RequestExport(k.Ctx, ada.ID, "wrong"); !errs.Is(err, errs.Invalid) { // AT-09
			t.Errorf("with a wrong password: %v", err)
		}
		r.must(r.RequestExport(k.Ctx, ada.ID, password))
		if err := r.RequestExport(k.Ctx, ada.ID, password); !errs.Is(err, errs.Conflict) {
			t.Errorf("at once again: %v", err)
		}
		e, err := r.ClaimExport(k.Ctx)
		r.must(err)
		if e == nil || e.UserID != ada.ID {
			t.Fatalf("claimed %+v", e)
		}
		if again, err := r.ClaimExport(k.Ctx); err != nil || again != nil {
			t.Errorf("claimed twice: %+v, %v", again, err)
		}
		k.Clock.Advance(4 * time.Minute)
		r.must(r.HoldExport(k.Ctx, e.ID))
		k.Clock.Advance(4 * time.Minute)
		if again, err := r.ClaimExport(k.Ctx); err != nil || again != nil {
			t.Errorf("claimed while it is held: %+v, %v", again, err)
		}
		if _, err := r.ReadyExport(k.Ctx, ada.ID, e.ID); !errs.Is(err, errs.NotFound) {
			t.Errorf("fetched before it is ready: %v", err)
		}
		r.must(r.FinishExport(k.Ctx, e.ID, "a file", 42))
		ready, err := r.ReadyExport(k.Ctx, ada.ID, e.ID)
		r.must(err)
		if ready.File != "a file" || ready.Size != 42 || ready.FinishedAt.IsZero() {
			t.Errorf("ready: %+v", ready)
		}
		if _, err := r.ReadyExport(k.Ctx, bob.ID, e.ID); !errs.Is(err, errs.NotFound) { // AZ-32
			t.Errorf("somebody else's: %v", err)
		}
		testkit.Eventually(t, func() bool { return len(r.mailsTo("ada@example.org")) == 1 })
		k.Clock.Advance(8 * 24 * time.Hour)
		if _, err := r.ReadyExport(k.Ctx, ada.ID, e.ID); !errs.Is(err, errs.NotFound) {
			t.Errorf("after its time: %v", err)
		}
		expired, err := r.ExpiredExports(k.Ctx)
		r.must(err)
		if len(expired) != 1 || expired[0].File != "a file" {
			t.Fatalf("expired: %+v", expired)
		}
		r.must(r.ForgetExport(k.Ctx, e.ID))
		r.must(r.RequestExport(k.Ctx, ada.ID, password))
	})
}

// An archive that cannot be made is given up in the end, and may be asked for
// again; one of somebody who is gone is there to be deleted.
func TestExportsThatFail(t *testing.T) {
	testkit.Engines(t, func(t *testing.T, k *testkit.Kit) {
		r := open(k)
		ada := r.member("ada")
		r.must(r.RequestExport(k.Ctx, ada.ID, password))
		for range 5 {
			e, err := r.ClaimExport(k.Ctx)
			r.must(err)
			if e == nil {
				t.Fatal("not tried again")
			}
			r.must(r.RetryExport(k.Ctx, e.ID))
			k.Clock.Advance(2 * time.Minute)
		}
		if e, err := r.ClaimExport(k.Ctx); err != nil || e != nil {
			t.Errorf("tried for ever: %+v, %v", e, err)
		}
		if all, err := r.Exports(k.Ctx, ada.ID); err != nil || len(all) != 1 || !all[0].Failed {
			t.Errorf("exports: %+v, %v", all, err)
		}
		r.must(r.RequestExport(k.Ctx, ada.ID, password))
		e, err := r.ClaimExport(k.Ctx)
		r.must(err)
		r.must(r.Remove(k.Ctx, ada.ID))
		r.must(r.FinishExport(k.Ctx, e.ID, "a file", 1))
		k.Clock.Advance(6 * time.Minute)
		expired, err := r.ExpiredExports(k.Ctx)
		r.must(err)
		if len(expired) != 2 {
			t.Errorf("expired: %+v", expired)
		}
	})
}

func TestEndOtherSessions(t *testing.T) {
	testkit.Engines(t, func(t *testing.T, k *testkit.Kit) {
		r := open(k)
		ada := r.member("ada")
		var secrets []string
		for range 3 {
			secret, _, err := r.SignIn(k.Ctx, "ada", password, "192.0.2.1", "test")
			r.must(err)
			secrets = append(secrets, secret)
		}
		mine, _, err := r.Session(k.Ctx, secrets[1])
		r.must(err)
		r.must(r.EndOtherSessions(k.Ctx, ada.ID, mine.ID))
		for i, secret := range secrets {
			if _, _, err := r.Session(k.Ctx, secret); (err == nil) != (i == 1) {
				t.Errorf("session %d: %v", i, err)
			}
		}
	})
}
