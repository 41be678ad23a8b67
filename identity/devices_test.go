package identity_test

import (
	"testing"
	"time"

	"github.com/guildhall/guildhall/identity"
	"github.com/guildhall/guildhall/internal/db"
	"github.com/guildhall/guildhall/internal/errs"
	"github.com/guildhall/guildhall/internal/testkit"
)

// Users see their own browsers and apps only, and end each by itself, at once.
func TestDevices(t *testing.T) {
	testkit.Engines(t, func(t *testing.T, k *testkit.Kit) {
		r := open(k)
		ada, eve := r.member("ada"), r.member("eve")
		first, _, err := r.SignIn(k.Ctx, "ada", password, "192.0.2.1", "Lynx")
		r.must(err)
		k.Clock.Advance(time.Hour)
		second, _, err := r.SignIn(k.Ctx, "ada", password, "192.0.2.2", "Links")
		r.must(err)
		list, err := r.Sessions(k.Ctx, ada.ID)
		r.must(err)
		if len(list) != 2 || list[0].UserAgent != "Links" || list[1].UserAgent != "Lynx" || list[1].Address != "192.0.2.1" || !list[0].UsedAt.Equal(k.Clock.Now().Truncate(time.Millisecond)) {
			t.Fatalf("sessions %+v", list)
		}
		if err := r.EndSession(k.Ctx, eve.ID, list[1].ID); !errs.Is(err, errs.NotFound) {
			t.Errorf("another's session: %v", err)
		}
		if _, _, err := r.Session(k.Ctx, first); err != nil {
			t.Error(err)
		}
		if u, err := r.SessionUser(k.Ctx, list[1].ID); err != nil || u.ID != ada.ID {
			t.Errorf("%+v, %v", u, err)
		}
		r.must(r.EndSession(k.Ctx, ada.ID, list[1].ID))
		if _, err := r.SessionUser(k.Ctx, list[1].ID); !errs.Is(err, errs.NotFound) {
			t.Errorf("whose session has ended: %v", err)
		}
		r.must(r.SignOut(k.Ctx, first)) // nothing is told of it again
		told, err := db.Value[int](k.Ctx, r.db, "SELECT COUNT(*) FROM identity_outbox WHERE id > 0 AND kind = 'signed_out'")
		r.must(err)
		if told != 1 {
			t.Errorf("%d were told that one session has ended", told)
		}
		r.refused("ended", first)
		if _, _, err := r.Session(k.Ctx, second); err != nil {
			t.Error(err)
		}

		token, err := r.IssueToken(k.Ctx, ada.ID, "Tusker", "read write")
		r.must(err)
		if _, err := r.Authenticate(k.Ctx, token); err != nil { // is cached now
			t.Fatal(err)
		}
		grants, err := r.Grants(k.Ctx, ada.ID)
		r.must(err)
		if len(grants) != 1 || grants[0].App.Name != "Tusker" || grants[0].Scopes.String() != "read write" {
			t.Fatalf("grants %+v", grants)
		}
		if others, err := r.Grants(k.Ctx, eve.ID); err != nil || len(others) != 0 {
			t.Errorf("eve has %+v, %v", others, err)
		}
		if err := r.EndGrant(k.Ctx, eve.ID, grants[0].TokenID); !errs.Is(err, errs.NotFound) {
			t.Errorf("another's token: %v", err)
		}
		r.must(r.EndGrant(k.Ctx, ada.ID, grants[0].TokenID))
		if _, err := r.Authenticate(k.Ctx, token); !errs.Is(err, errs.Unauthenticated) {
			t.Errorf("ended token: %v", err)
		}
		if list, err := r.Sessions(k.Ctx, identity.Session{}.UserID); err != nil || len(list) != 0 {
			t.Errorf("sessions of nobody: %+v, %v", list, err)
		}
	})
}
