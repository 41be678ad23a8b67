package identity_test

import (
	"strings"
	"sync"
	"sync/atomic"
	"testing"

	"github.com/guildhall/guildhall/identity"
	"github.com/guildhall/guildhall/internal/errs"
	"github.com/guildhall/guildhall/internal/testkit"
)

// TestRevokedAtOnce has readers load a token over and over while it is revoked:
// none may see it afterwards, whatever was being loaded meanwhile.
func TestRevokedAtOnce(t *testing.T) {
	testkit.Engines(t, func(t *testing.T, k *testkit.Kit) {
		r := open(k)
		u := r.member("ada")
		app := r.app("read")
		for range 30 {
			token, err := r.NewToken(k.Ctx, app.ID, u.ID, identity.Scopes{"read"})
			r.must(err)
			var revoked atomic.Bool
			var wg sync.WaitGroup
			for range 3 {
				wg.Go(func() {
					for {
						after := revoked.Load()
						_, err := r.Authenticate(k.Ctx, token.Secret)
						if after {
							if !errs.Is(err, errs.Unauthenticated) {
								t.Errorf("revoked: %v", err)
							}
							return
						}
					}
				})
			}
			r.must(r.Revoke(k.Ctx, app.ClientID, app.ClientSecret, token.Secret))
			revoked.Store(true)
			wg.Wait()
		}
	})
}

// TestAuthenticateWarm wants no SQL for a token that is cached.
func TestAuthenticateWarm(t *testing.T) {
	testkit.Engines(t, func(t *testing.T, k *testkit.Kit) {
		r := open(k)
		u := r.member("ada")
		token, err := r.IssueToken(k.Ctx, u.ID, "demo", "read")
		r.must(err)
		if _, err := r.Authenticate(k.Ctx, token); err != nil {
			t.Fatal(err)
		}
		second, err := r.Reopen("identity", identity.Schema())
		r.must(err)
		defer func() { r.must(second.Close()) }()
		var statements atomic.Int32
		second.Trace(func(text string) {
			if strings.Contains(text, "identity_tokens") {
				statements.Add(1)
			}
		})
		node := r.node(second)
		for range 10 {
			if _, err := node.Authenticate(k.Ctx, token); err != nil {
				t.Fatal(err)
			}
		}
		if statements.Load() != 1 {
			t.Errorf("%d statements for ten requests", statements.Load())
		}
		for _, bad := range []string{"", "x", strings.Repeat("x", 100000), "\x00"} {
			if _, err := node.Authenticate(k.Ctx, bad); !errs.Is(err, errs.Unauthenticated) {
				t.Errorf("%.10q: %v", bad, err)
			}
		}
	})
}
