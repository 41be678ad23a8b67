package identity_test

import (
	"errors"
	"fmt"
	"slices"
	"strings"
	"sync"
	"sync/atomic"
	"testing"
	"time"

	"github.com/guildhall/guildhall/identity"
	"github.com/guildhall/guildhall/internal/errs"
	"github.com/guildhall/guildhall/internal/testkit"
)

// form is a sign-up that is acceptable, from an address of its own.
func form(name string) identity.SignUp {
	return identity.SignUp{Username: name, Email: name + "@example.org", Password: password, Locale: "de", Agreed: true,
		Address: "192.0.2." + fmt.Sprint(len(name))}
}

// codes returns the fields of an Invalid error as "field=CODE" words.
func codes(err error) string {
	var e *errs.Error
	if !errors.As(err, &e) || e.Kind != errs.Invalid {
		return fmt.Sprint(err)
	}
	var words []string
	for _, name := range []string{"username", "email", "password", "agreement", "reason", "role", "invite_code", "current_password",
		"client_name", "website", "redirect_uris", "scopes"} {
		for _, f := range e.Fields[name] {
			words = append(words, name+"="+f.Code)
		}
	}
	return strings.Join(words, " ")
}

func TestSignUpRefuses(t *testing.T) {
	testkit.Engines(t, func(t *testing.T, k *testkit.Kit) {
		r := open(k)
		r.member("taken")
		for _, c := range []struct {
			name   string
			change func(*identity.SignUp)
			want   string
		}{
			{"no name", func(s *identity.SignUp) { s.Username = "" }, "username=ERR_BLANK"},
			{"long name", func(s *identity.SignUp) { s.Username = strings.Repeat("a", 31) }, "username=ERR_TOO_LONG"},
			{"signs in the name", func(s *identity.SignUp) { s.Username = "a.b" }, "username=ERR_INVALID"},
			{"line end in the name", func(s *identity.SignUp) { s.Username = "ab\n" }, "username=ERR_INVALID"},
			{"foreign letters", func(s *identity.SignUp) { s.Username = "аdmin" }, "username=ERR_INVALID"},
			{"IN-09 a letter that lower case makes plain", func(s *identity.SignUp) { s.Username = "al\u0130ce" }, "username=ERR_INVALID"},
			{"IN-09 the sign of Kelvin", func(s *identity.SignUp) { s.Username = "\u212aim" }, "username=ERR_INVALID"},
			{"reserved", func(s *identity.SignUp) { s.Username = "Admin" }, "username=ERR_RESERVED"},
			{"taken in other case", func(s *identity.SignUp) { s.Username, s.Email = "TAKEN", "TAKEN@Example.ORG" }, "username=ERR_TAKEN email=ERR_TAKEN"},
			{"no address", func(s *identity.SignUp) { s.Email = " " }, "email=ERR_BLANK"},
			{"long address", func(s *identity.SignUp) { s.Email = strings.Repeat("a", 310) + "@example.org" }, "email=ERR_TOO_LONG"},
			{"no domain", func(s *identity.SignUp) { s.Email = "a@b" }, "email=ERR_INVALID"},
			{"two addresses", func(s *identity.SignUp) { s.Email = "a@b.org,c@d.org" }, "email=ERR_INVALID"},
			{"routed address", func(s *identity.SignUp) { s.Email = "a%b.org@d.org" }, "email=ERR_INVALID"},
			{"header in the address", func(s *identity.SignUp) { s.Email = "a@b.org\r\nBcc: c@d.org" }, "email=ERR_INVALID"},
			{"AT-14 7 characters", func(s *identity.SignUp) { s.Password = "7 chars" }, "password=ERR_TOO_SHORT"},
			{"AT-14 common", func(s *identity.SignUp) { s.Password = "Password123" }, "password=ERR_INVALID"},
			{"AT-14 same as the name", func(s *identity.SignUp) { s.Username, s.Password = "quite_a_long_name", "Quite_a_long_name" }, "password=ERR_INVALID"},
			{"AT-14 same as the address", func(s *identity.SignUp) { s.Password = "refused@example.org" }, "password=ERR_INVALID"},
			{"AT-14 10 000 characters", func(s *identity.SignUp) { s.Password = strings.Repeat("ab", 5000) }, "password=ERR_TOO_LONG"},
			{"one character", func(s *identity.SignUp) { s.Password = strings.Repeat("é", 12) }, "password=ERR_INVALID"},
			{"neighbours", func(s *identity.SignUp) { s.Password = "abcdefghijklm" }, "password=ERR_INVALID"},
			{"not agreed", func(s *identity.SignUp) { s.Agreed = false }, "agreement=ERR_ACCEPTED"},
			{"long reason", func(s *identity.SignUp) { s.Reason = strings.Repeat("é", 1001) }, "reason=ERR_TOO_LONG"},
			{"no text", func(s *identity.SignUp) { s.Reason = "a\x00b" }, "reason=ERR_INVALID"},
		} {
			in := form("refused")
			c.change(&in)
			_, err := r.SignUp(k.Ctx, in)
			if got := codes(err); got != c.want {
				t.Errorf("%s: %s, want %s", c.name, got, c.want)
			}
		}
		in := form("accepted")
		in.Password = "пароль из 64 знаков, with spaces and ünïcode, that nobody guesses"
		u, err := r.SignUp(k.Ctx, in)
		r.must(err)
		if u.Confirmed || !u.Approved || u.Role != identity.RoleUser || u.Locale != "de" {
			t.Errorf("user %+v", u)
		}
	})
}

// A server to try things out takes what others have chosen a thousand times, but
// not less than eight characters.
func TestWeakPasswords(t *testing.T) {
	testkit.Engines(t, func(t *testing.T, k *testkit.Kit) {
		r := open(k, func(c *identity.Config) { c.WeakPasswords = true })
		for _, c := range []struct{ password, want string }{
			{"", "password=ERR_BLANK"}, {"7 chars", "password=ERR_TOO_SHORT"}, {strings.Repeat("ab", 5000), "password=ERR_TOO_LONG"}, {"password", "<nil>"},
		} {
			in := form("weak")
			in.Password = c.password
			if _, err := r.SignUp(k.Ctx, in); codes(err) != c.want {
				t.Errorf("%.20q: %s, want %s", c.password, codes(err), c.want)
			}
		}
	})
}

func TestSignUpOnce(t *testing.T) {
	testkit.Engines(t, func(t *testing.T, k *testkit.Kit) {
		r := open(k)
		var won atomic.Int32
		var wg sync.WaitGroup
		for i := range 8 {
			wg.Go(func() {
				in := form("racer")
				in.Trusted = true
				if i%2 == 0 { // half fight for the name, half for the address
					in.Email = fmt.Sprintf("racer%d@example.org", i)
				} else {
					in.Username = "racer"
				}
				_, err := r.SignUp(k.Ctx, in)
				if err == nil {
					won.Add(1)
				} else if !errs.Is(err, errs.Invalid) {
					t.Error(err)
				}
			})
		}
		wg.Wait()
		if won.Load() != 1 {
			t.Errorf("%d sign-ups won", won.Load())
		}
	})
}

func TestRegistrationModes(t *testing.T) {
	testkit.Engines(t, func(t *testing.T, k *testkit.Kit) {
		cfg := identity.DefaultConfig()
		r := open(k)
		in := func(name, invite string) identity.SignUp {
			f := form(name)
			f.Invite, f.Address = invite, ""
			return f
		}
		owner := r.member("owner")
		with := func(mode identity.Registrations) *identity.Service {
			r.cfg = cfg
			r.cfg.Registrations, r.cfg.RequireConfirmation = mode, false
			return r.node(r.db)
		}
		closed := with(identity.Closed)
		if _, err := closed.SignUp(k.Ctx, in("a", "")); !errs.Is(err, errs.Forbidden) {
			t.Errorf("closed: %v", err)
		}
		trusted := form("cli_made")
		trusted.Trusted, trusted.Role = true, identity.RoleOwner
		if u, err := closed.SignUp(k.Ctx, trusted); err != nil || !u.Active() || u.Role != identity.RoleOwner {
			t.Errorf("trusted: %+v %v", u, err)
		}

		invited := with(identity.ByInvite)
		once, err := invited.CreateInvite(k.Ctx, owner.ID, 1, time.Time{})
		r.must(err)
		soon, err := invited.CreateInvite(k.Ctx, owner.ID, 0, k.Clock.Now().Add(time.Hour))
		r.must(err)
		if _, err := invited.SignUp(k.Ctx, in("b", "")); !errs.Is(err, errs.Forbidden) {
			t.Errorf("no invitation: %v", err)
		}
		if _, err := invited.SignUp(k.Ctx, in("b", "wrong")); codes(err) != "invite_code=ERR_INVALID" {
			t.Errorf("wrong invitation: %v", err)
		}
		if u, err := invited.SignUp(k.Ctx, in("b", once)); err != nil || !u.Active() {
			t.Errorf("invitation: %+v %v", u, err)
		}
		if _, err := invited.SignUp(k.Ctx, in("c", once)); codes(err) != "invite_code=ERR_INVALID" {
			t.Errorf("used invitation: %v", err)
		}
		k.Clock.Advance(time.Hour)
		if _, err := invited.SignUp(k.Ctx, in("c", soon)); codes(err) != "invite_code=ERR_INVALID" {
			t.Errorf("expired invitation: %v", err)
		}

		approving := with(identity.ByApproval)
		free, err := approving.CreateInvite(k.Ctx, owner.ID, 0, time.Time{})
		r.must(err)
		if u, err := approving.SignUp(k.Ctx, in("d", free)); err != nil || !u.Approved {
			t.Errorf("invited, so approved: %+v %v", u, err)
		}
		waiting, err := approving.SignUp(k.Ctx, in("e", "wrong"))
		if err != nil || waiting.Approved {
			t.Errorf("waiting: %+v %v", waiting, err)
		}
		list, err := approving.Users(k.Ctx, 0, 10)
		list = slices.DeleteFunc(list, func(u *identity.User) bool { return u.Approved })
		r.must(err)
		if len(list) != 1 || *list[0] != *waiting {
			t.Errorf("waiting %+v", list)
		}
	})
}

func TestApproval(t *testing.T) {
	testkit.Engines(t, func(t *testing.T, k *testkit.Kit) {
		r := open(k, func(c *identity.Config) { c.Registrations, c.RequireConfirmation = identity.ByApproval, false })
		yes, err := r.SignUp(k.Ctx, form("yes"))
		r.must(err)
		no, err := r.SignUp(k.Ctx, form("nope"))
		r.must(err)
		token := map[string]string{}
		for name, u := range map[string]*identity.User{"yes": yes, "no": no} {
			token[name], err = r.IssueToken(k.Ctx, u.ID, "demo", "read")
			r.must(err)
			if c, err := r.Authenticate(k.Ctx, token[name]); err != nil || c.Pending == "" {
				t.Errorf("%s before: %+v %v", name, c, err)
			}
		}
		r.must(r.Approve(k.Ctx, yes.ID))
		r.must(r.Approve(k.Ctx, yes.ID)) // again is fine
		r.must(r.Reject(k.Ctx, no.ID))
		if c, err := r.Authenticate(k.Ctx, token["yes"]); err != nil || c.Pending != "" {
			t.Errorf("approved: %+v %v", c, err)
		}
		if _, err := r.Authenticate(k.Ctx, token["no"]); !errs.Is(err, errs.Unauthenticated) {
			t.Errorf("rejected: %v", err)
		}
		if _, err := r.User(k.Ctx, no.ID); !errs.Is(err, errs.NotFound) {
			t.Errorf("rejected user: %v", err)
		}
		if err := r.Reject(k.Ctx, yes.ID); !errs.Is(err, errs.Conflict) {
			t.Errorf("reject an approved one: %v", err)
		}
		if err := r.Approve(k.Ctx, no.ID); !errs.Is(err, errs.NotFound) {
			t.Errorf("approve a removed one: %v", err)
		}
		again := form("NOPE") // the name stays taken, the address is free again
		if _, err := r.SignUp(k.Ctx, again); codes(err) != "username=ERR_TAKEN" {
			t.Errorf("name of a removed user: %v", err)
		}
		testkit.Eventually(t, func() bool { return len(r.mailsTo("yes@example.org")) == 1 })
	})
}

func TestSignUpLimit(t *testing.T) {
	testkit.Engines(t, func(t *testing.T, k *testkit.Kit) {
		r := open(k)
		try := func(name, address string) error {
			in := form(name)
			in.Address = address
			_, err := r.SignUp(k.Ctx, in)
			return err
		}
		for i := range 5 {
			r.must(try(fmt.Sprintf("n%d", i), fmt.Sprintf("2001:db8::%d", i+1))) // one /64
		}
		err := try("n5", "2001:db8::ffff")
		var e *errs.Error
		if !errors.As(err, &e) || e.Kind != errs.TooMany || e.After <= 0 || e.After > 30*time.Minute {
			t.Fatalf("sixth: %v", err)
		}
		r.must(try("n6", "2001:db8:0:1::1"))
		k.Clock.Advance(e.After)
		r.must(try("n5", "2001:db8::ffff"))
	})
}
