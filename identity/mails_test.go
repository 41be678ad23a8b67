package identity_test

import (
	"bytes"
	"fmt"
	"io"
	"mime/quotedprintable"
	"net/mail"
	"net/url"
	"os"
	"path/filepath"
	"regexp"
	"strings"
	"sync"
	"sync/atomic"
	"testing"
	"time"

	"github.com/guildhall/guildhall/identity"
	"github.com/guildhall/guildhall/internal/bus"
	"github.com/guildhall/guildhall/internal/db"
	"github.com/guildhall/guildhall/internal/errs"
	"github.com/guildhall/guildhall/internal/ids"
	"github.com/guildhall/guildhall/internal/testkit"
)

// mailsTo returns the texts of the mails to an address, the oldest first.
func (r *room) mailsTo(address string) (texts []string) {
	r.Helper()
	files, err := filepath.Glob(filepath.Join(r.mails, "*.eml"))
	r.must(err)
	for _, file := range files {
		data, err := os.ReadFile(file)
		r.must(err)
		m, err := mail.ReadMessage(bytes.NewReader(data))
		r.must(err)
		to, err := mail.ParseAddress(m.Header.Get("To"))
		r.must(err)
		text, err := io.ReadAll(quotedprintable.NewReader(m.Body))
		r.must(err)
		if to.Address == address {
			texts = append(texts, string(text))
		}
	}
	return texts
}

var link = regexp.MustCompile(`\S+\?token=\S+`)

// token waits for the n-th mail to an address and returns its link's secret.
func (r *room) token(address, page string, n int) string {
	r.Helper()
	var texts []string
	testkit.Eventually(r.T, func() bool { texts = r.mailsTo(address); return len(texts) >= n })
	u, err := url.Parse(link.FindString(texts[n-1]))
	r.must(err)
	if u.Scheme+"://"+u.Host != r.cfg.BaseURL || u.Path != page { // CA-05
		r.Fatalf("link %s", u)
	}
	return u.Query().Get("token")
}

func TestConfirm(t *testing.T) {
	testkit.Engines(t, func(t *testing.T, k *testkit.Kit) {
		r := open(k)
		u, err := r.SignUp(k.Ctx, form("ada"))
		r.must(err)
		bearer, err := r.IssueToken(k.Ctx, u.ID, "demo", "read")
		r.must(err)
		if c, err := r.Authenticate(k.Ctx, bearer); err != nil || c.Pending == "" {
			t.Errorf("unconfirmed: %+v %v", c, err)
		}
		first := r.token("ada@example.org", identity.ConfirmPath, 1)
		k.Clock.Advance(time.Second)
		r.must(r.ResendConfirmation(k.Ctx, u.ID, ""))
		second := r.token("ada@example.org", identity.ConfirmPath, 2)
		if _, err := r.Confirm(k.Ctx, first); !errs.Is(err, errs.Invalid) {
			t.Errorf("replaced link: %v", err)
		}

		r.member("bob")
		for email, want := range map[string]string{"bob@example.org": "email=ERR_TAKEN", "nonsense": "email=ERR_INVALID"} {
			if err := r.ResendConfirmation(k.Ctx, u.ID, email); codes(err) != want {
				t.Errorf("new address %s: %v", email, err)
			}
		}
		r.must(r.ResendConfirmation(k.Ctx, u.ID, "Countess@Example.org"))
		if _, err := r.Confirm(k.Ctx, second); !errs.Is(err, errs.Invalid) {
			t.Errorf("link of the old address: %v", err)
		}
		if err := r.Reset(k.Ctx, r.token("countess@example.org", identity.ConfirmPath, 1), password); !errs.Is(err, errs.Invalid) {
			t.Errorf("a confirmation does not reset: %v", err)
		}
		third := r.token("countess@example.org", identity.ConfirmPath, 1)
		for range 2 {
			got, err := r.Confirm(k.Ctx, third)
			r.must(err)
			if got.ID != u.ID || !got.Active() || got.Email != "countess@example.org" {
				t.Errorf("confirmed %+v", got)
			}
		}
		if c, err := r.Authenticate(k.Ctx, bearer); err != nil || c.Pending != "" {
			t.Errorf("confirmed: %+v %v", c, err)
		}
		if err := r.ResendConfirmation(k.Ctx, u.ID, ""); !errs.Is(err, errs.Forbidden) {
			t.Errorf("confirmed already: %v", err)
		}
		late, err := r.SignUp(k.Ctx, form("late"))
		r.must(err)
		stale := r.token("late@example.org", identity.ConfirmPath, 1)
		k.Clock.Advance(24 * time.Hour)
		if _, err := r.Confirm(k.Ctx, stale); !errs.Is(err, errs.Invalid) {
			t.Errorf("old link of %s: %v", late.Username, err)
		}
	})
}

// Mails are in the language of the one who gets them: as they signed up, or chose
// since; who asks for a new password gets it in the language of the question.
func TestMailsSpeakOnesLanguage(t *testing.T) {
	k := testkit.New(t, db.SQLite)
	r := open(k)
	mail := func(n int) string {
		r.Helper()
		var texts []string
		testkit.Eventually(t, func() bool { texts = r.mailsTo("ada@example.org"); return len(texts) >= n })
		k.Clock.Advance(time.Minute)
		return strings.ReplaceAll(texts[n-1], "\r\n", "\n")
	}
	in := form("ada")
	in.Locale = "de-AT"
	u, err := r.SignUp(k.Ctx, in)
	r.must(err)
	if text := mail(1); !strings.Contains(text, "Hallo ada,\n\nwillkommen auf") || !strings.Contains(text, "Der Link gilt 24 Stunden.") {
		t.Errorf("signed up in German: %s", text)
	}
	r.must(r.SetLocale(k.Ctx, u.ID, "es"))
	r.must(r.ResendConfirmation(k.Ctx, u.ID, ""))
	if text := mail(2); !strings.Contains(text, "Hola, ada:") || !strings.Contains(text, "El enlace vale 24 horas.") {
		t.Errorf("chose Spanish: %s", text)
	}
	r.must(r.RequestReset(k.Ctx, "ada@example.org", "192.0.2.1", "en-GB"))
	if text := mail(3); !strings.Contains(text, "The link is good for 1 hour and") {
		t.Errorf("asked in English: %s", text)
	}
	r.must(r.RequestReset(k.Ctx, "ada@example.org", "192.0.2.1", ""))
	if text := mail(4); !strings.Contains(text, "vale 1 hora y") {
		t.Errorf("asked by an app: %s", text)
	}
	if err := r.SetLocale(k.Ctx, 1, "de"); !errs.Is(err, errs.NotFound) {
		t.Errorf("nobody: %v", err)
	}
}

func TestReset(t *testing.T) {
	testkit.Engines(t, func(t *testing.T, k *testkit.Kit) { // AT-01
		r := open(k)
		r.member("ada")
		ask := func(n int) string {
			r.must(r.RequestReset(k.Ctx, " ADA@example.org", "192.0.2.1", ""))
			secret := r.token("ada@example.org", identity.ResetPath, n)
			k.Clock.Advance(time.Second)
			return secret
		}
		first := ask(1)
		second := ask(2)
		if err := r.Reset(k.Ctx, first, "another passphrase"); !errs.Is(err, errs.Invalid) {
			t.Errorf("replaced link: %v", err)
		}
		if _, err := r.Confirm(k.Ctx, second); !errs.Is(err, errs.Invalid) {
			t.Errorf("a reset does not confirm: %v", err)
		}
		if err := r.Reset(k.Ctx, second, "short"); codes(err) != "password=ERR_TOO_SHORT" {
			t.Errorf("bad password: %v", err)
		}
		r.must(r.Reset(k.Ctx, second, "another passphrase"))
		if err := r.Reset(k.Ctx, second, "a third passphrase"); !errs.Is(err, errs.Invalid) {
			t.Errorf("used link: %v", err)
		}
		if _, _, err := r.SignIn(k.Ctx, "ada", password, "192.0.2.1", ""); !errs.Is(err, errs.Unauthenticated) {
			t.Errorf("old password: %v", err)
		}
		_, u, err := r.SignIn(k.Ctx, "ada", "another passphrase", "192.0.2.1", "")
		r.must(err)
		third := ask(3)
		r.must(r.ChangePassword(k.Ctx, u.ID, "another passphrase", password))
		if err := r.Reset(k.Ctx, third, "a third passphrase"); !errs.Is(err, errs.Invalid) {
			t.Errorf("link from before the change: %v", err)
		}
		fourth := ask(4)
		k.Clock.Advance(time.Hour)
		if err := r.Reset(k.Ctx, fourth, "a third passphrase"); !errs.Is(err, errs.Invalid) {
			t.Errorf("old link: %v", err)
		}
	})
}

func TestResetRace(t *testing.T) {
	testkit.Engines(t, func(t *testing.T, k *testkit.Kit) {
		r := open(k)
		r.member("ada")
		r.must(r.RequestReset(k.Ctx, "ada@example.org", "192.0.2.1", ""))
		secret := r.token("ada@example.org", identity.ResetPath, 1)
		results := make([]error, 6)
		var wg sync.WaitGroup
		for i := range results {
			wg.Go(func() { results[i] = r.Reset(k.Ctx, secret, fmt.Sprintf("passphrase number %d", i)) })
		}
		wg.Wait()
		won := 0
		for i, err := range results {
			if err == nil {
				won++
				_, _, err = r.SignIn(k.Ctx, "ada", fmt.Sprintf("passphrase number %d", i), "192.0.2.1", "")
				r.must(err)
			} else if !errs.Is(err, errs.Invalid) {
				t.Error(err)
			}
		}
		if won != 1 {
			t.Errorf("the link worked %d times", won)
		}
	})
}

// The stream may be wiped while the server is off: the events of three days come
// again then, but no mail does.
func TestApprovalIsMailedOnce(t *testing.T) {
	k := testkit.New(t, db.SQLite)
	r := open(k, func(c *identity.Config) { c.Registrations = identity.ByApproval })
	u, err := r.SignUp(k.Ctx, form("ada"))
	r.must(err)
	r.must(r.Approve(k.Ctx, u.ID))
	r.must(k.Bus.Settle(k.Ctx))
	before := r.mailsTo(u.Email)
	if len(before) != 2 {
		t.Errorf("%d mails, want one to confirm the address and one of the approval", len(before))
	}
	r.Bus, err = bus.Open(k.Ctx, bus.Config{Dir: filepath.Join(k.Dir, "fresh"), Log: k.Log})
	r.must(err)
	defer r.Bus.Close()
	var again atomic.Bool
	r.must(r.Bus.Follow(bus.Follower{Event: func(e bus.Event) {
		if e.Kind == (identity.Approved{}).Kind() {
			again.Store(true)
		}
	}, Lost: func() {}}))
	r.node(r.db)
	testkit.Eventually(t, again.Load)
	r.must(r.Bus.Settle(k.Ctx))
	if after := r.mailsTo(u.Email); len(after) != len(before) {
		t.Errorf("%d mails after a restart, %d before", len(after), len(before))
	}
}

func TestMailLimits(t *testing.T) {
	testkit.Engines(t, func(t *testing.T, k *testkit.Kit) {
		r := open(k)
		r.member("ada")
		r.member("last")
		u, err := r.SignUp(k.Ctx, form("bob"))
		r.must(err)
		for i := range 10 {
			k.Clock.Advance(time.Second)
			r.must(r.RequestReset(k.Ctx, "ada@example.org", fmt.Sprintf("192.0.2.%d", i), ""))    // RL-07
			r.must(r.RequestReset(k.Ctx, "nobody@example.org", fmt.Sprintf("192.0.2.%d", i), "")) // the same answer
			r.must(r.ResendConfirmation(k.Ctx, u.ID, ""))                                         // RL-06
		}
		r.must(r.RequestReset(k.Ctx, "no address", "192.0.2.1", ""))
		if err := r.ResendConfirmation(k.Ctx, u.ID, "elsewhere@example.org"); !errs.Is(err, errs.TooMany) {
			t.Errorf("a new address does not help: %v", err)
		}
		// Mails go out in the order in which they were asked for.
		r.must(r.RequestReset(k.Ctx, "last@example.org", "203.0.113.1", ""))
		r.token("last@example.org", identity.ResetPath, 1)
		for address, want := range map[string]int{"ada@example.org": 5, "bob@example.org": 5, "nobody@example.org": 0} {
			if got := len(r.mailsTo(address)); got != want {
				t.Errorf("%d mails to %s, want %d", got, address, want)
			}
		}
		for i := range 20 {
			r.must(r.RequestReset(k.Ctx, fmt.Sprintf("nobody%d@example.org", i), "198.51.100.1", ""))
		}
		if err := r.RequestReset(k.Ctx, "nobody@example.org", "198.51.100.1", ""); !errs.Is(err, errs.TooMany) {
			t.Errorf("many from one address: %v", err)
		}
	})
}

func TestNewPasswordEndsEverything(t *testing.T) {
	testkit.Engines(t, func(t *testing.T, k *testkit.Kit) { // OA-15
		r := open(k)
		other := r.node(r.db)
		bob := r.member("bob")
		bystander, err := r.IssueToken(k.Ctx, bob.ID, "demo", "read")
		r.must(err)
		var mu sync.Mutex
		heard := map[ids.ID]bool{} // by the other node
		other.OnRevoked(func(userID, tokenID ids.ID) {
			mu.Lock()
			defer mu.Unlock()
			heard[userID] = heard[userID] || tokenID == 0
		})
		for name, set := range map[string]func(*identity.User) error{
			"change": func(u *identity.User) error { return r.ChangePassword(k.Ctx, u.ID, password, "another passphrase") },
			"set":    func(u *identity.User) error { return r.SetPassword(k.Ctx, u.ID, "another passphrase") },
			"reset": func(u *identity.User) error {
				r.must(r.RequestReset(k.Ctx, u.Email, "192.0.2.1", ""))
				return r.Reset(k.Ctx, r.token(u.Email, identity.ResetPath, 1), "another passphrase")
			},
		} {
			u := r.member(name)
			app, err := r.CreateApp(k.Ctx, "app", "", []string{"https://app.test/cb"}, "read")
			r.must(err)
			code, err := r.Authorize(k.Ctx, u.ID, asking(app))
			r.must(err)
			var sessions, tokens []string
			for i := range 3 {
				token, err := r.IssueToken(k.Ctx, u.ID, "demo", "read")
				r.must(err)
				tokens = append(tokens, token)
				for _, s := range []*identity.Service{r.Service, other} { // into both caches
					_, err = s.Authenticate(k.Ctx, token)
					r.must(err)
				}
				session, _, err := r.SignIn(k.Ctx, name, password, fmt.Sprintf("192.0.2.%d", i), "")
				r.must(err)
				sessions = append(sessions, session)
			}
			r.must(set(u))
			for _, session := range sessions {
				r.refused(name, session)
			}
			for _, token := range tokens {
				if _, err := r.Authenticate(k.Ctx, token); !errs.Is(err, errs.Unauthenticated) {
					t.Errorf("%s: token: %v", name, err)
				}
				testkit.Eventually(t, func() bool {
					_, err := other.Authenticate(k.Ctx, token)
					return errs.Is(err, errs.Unauthenticated)
				})
			}
			if _, err := r.Exchange(k.Ctx, redeeming(app, code)); oauthCode(err) != "invalid_grant" {
				t.Errorf("%s: code: %v", name, err)
			}
			testkit.Eventually(t, func() bool { mu.Lock(); defer mu.Unlock(); return heard[u.ID] })
			if _, _, err := r.SignIn(k.Ctx, name, "another passphrase", "192.0.2.9", ""); err != nil {
				t.Errorf("%s: new password: %v", name, err)
			}
		}
		if _, err := r.Authenticate(k.Ctx, bystander); err != nil {
			t.Errorf("somebody else: %v", err)
		}
		if err := r.ChangePassword(k.Ctx, bob.ID, "wrong", "another passphrase"); codes(err) != "current_password=ERR_INVALID" {
			t.Errorf("wrong old password: %v", err)
		}
		if err := r.ChangePassword(k.Ctx, bob.ID, password, strings.Repeat("a", 20)); codes(err) != "password=ERR_INVALID" {
			t.Errorf("bad new password: %v", err)
		}
	})
}
