package identity_test

import (
	"net/netip"
	"strings"
	"testing"
	"time"

	"github.com/guildhall/guildhall/identity"
	"github.com/guildhall/guildhall/internal/errs"
	"github.com/guildhall/guildhall/internal/page"
	"github.com/guildhall/guildhall/internal/testkit"
)

func TestNetworkBlocks(t *testing.T) {
	testkit.Engines(t, func(t *testing.T, k *testkit.Kit) {
		r := open(k)
		address := netip.MustParseAddr("192.0.2.7")
		b, err := r.SetIPBlock(k.Ctx, identity.IPBlock{Network: netip.MustParsePrefix("192.0.2.7/24"), Severity: identity.NoAccess, Comment: "spam",
			Expires: k.Clock.Now().Add(time.Hour).Truncate(time.Millisecond).UTC()})
		r.must(err)
		if !r.Bars(address) || r.Bars(netip.MustParseAddr("192.0.3.7")) {
			t.Error("not those are barred that should be")
		}
		if _, err := r.SetIPBlock(k.Ctx, identity.IPBlock{Network: b.Network, Severity: identity.NoSignUp}); !errs.Is(err, errs.Invalid) {
			t.Error(err)
		}
		b.Severity = identity.NoSignUp
		if _, err = r.SetIPBlock(k.Ctx, b); err != nil || r.Bars(address) {
			t.Errorf("%v", err)
		}
		if list, err := r.IPBlocks(k.Ctx, 0, page.Page{Limit: 10}); err != nil || len(list) != 1 || list[0] != b {
			t.Errorf("%+v, want %+v, %v", list, b, err)
		}
		r.must(r.RemoveIPBlock(k.Ctx, b.ID))
		if err := r.RemoveIPBlock(k.Ctx, b.ID); !errs.Is(err, errs.NotFound) {
			t.Error(err)
		}
		if list, err := r.IPBlocks(k.Ctx, b.ID, page.Page{Limit: 10}); err != nil || len(list) != 0 {
			t.Errorf("%+v, %v", list, err)
		}
	})
}

func TestEmailBlocks(t *testing.T) {
	testkit.Engines(t, func(t *testing.T, k *testkit.Kit) {
		r := open(k)
		signUp := func(name, email string) (*identity.User, error) {
			return r.SignUp(k.Ctx, identity.SignUp{Username: name, Email: email, Password: password, Agreed: true})
		}
		id, err := r.BlockEmailDomain(k.Ctx, "Mail.example", false)
		r.must(err)
		if _, err := r.BlockEmailDomain(k.Ctx, "mail.example", true); !errs.Is(err, errs.Invalid) {
			t.Error(err)
		}
		if _, err := signUp("ada", "ada@sub.mail.example"); !errs.Is(err, errs.Invalid) {
			t.Errorf("signed up: %v", err)
		}
		list, err := r.EmailDomainBlocks(k.Ctx, 0, page.Page{Limit: 10})
		if err != nil || len(list) != 1 || list[0].History[0].Attempts != 1 {
			t.Errorf("%+v, %v", list, err)
		}
		r.must(r.UnblockEmailDomain(k.Ctx, id))
		if err := r.UnblockEmailDomain(k.Ctx, id); !errs.Is(err, errs.NotFound) {
			t.Error(err)
		}

		hash, err := identity.CanonicalHash("ada+news@mail.example")
		r.must(err)
		b, err := r.BlockCanonicalEmail(k.Ctx, strings.ToUpper(hash))
		r.must(err)
		if again, err := r.BlockCanonicalEmail(k.Ctx, hash); err != nil || again != b {
			t.Errorf("%+v, %v", again, err)
		}
		if _, err := signUp("ada", "a.da@mail.example"); !errs.Is(err, errs.Invalid) {
			t.Errorf("signed up: %v", err)
		}
		if list, err := r.CanonicalEmailBlocks(k.Ctx, 0, hash, page.Page{Limit: 10}); err != nil || len(list) != 1 || list[0] != b {
			t.Errorf("%+v, %v", list, err)
		}
		r.must(r.UnblockCanonicalEmail(k.Ctx, b.ID))
		_, err = signUp("ada", "ada@mail.example")
		r.must(err)
	})
}
