package identity_test

import (
	"testing"
	"time"

	"github.com/guildhall/guildhall/internal/errs"
	"github.com/guildhall/guildhall/internal/page"
	"github.com/guildhall/guildhall/internal/testkit"
)

// Invitations are listed with what became of them, and can be ended.
func TestInviteList(t *testing.T) {
	testkit.Engines(t, func(t *testing.T, k *testkit.Kit) {
		s := open(k)
		host := s.member("host")
		for _, until := range []time.Time{{}, k.Clock.Now().Add(time.Hour)} {
			k.Clock.Advance(time.Second)
			if _, err := s.CreateInvite(k.Ctx, host.ID, 3, until); err != nil {
				t.Fatal(err)
			}
		}
		list, err := s.Invites(k.Ctx, page.Page{Limit: 10})
		if err != nil || len(list) != 2 || list[0].ExpiresAt.IsZero() || !list[1].ExpiresAt.IsZero() || list[1].By != host.ID || list[1].MaxUses != 3 {
			t.Fatalf("%+v, %v", list, err)
		}
		for i, want := range []bool{false, true} {
			if list[i].Good(k.Clock.Now().Add(2*time.Hour)) != want {
				t.Errorf("in two hours: %+v", list[i])
			}
		}
		if err := s.EndInvite(k.Ctx, list[1].ID); err != nil {
			t.Fatal(err)
		}
		if list, err = s.Invites(k.Ctx, page.Page{Limit: 10}); err != nil || list[1].Good(k.Clock.Now()) {
			t.Errorf("%+v, %v", list, err)
		}
		if err := s.EndInvite(k.Ctx, 42); !errs.Is(err, errs.NotFound) {
			t.Errorf("nothing was ended: %v", err)
		}
	})
}
