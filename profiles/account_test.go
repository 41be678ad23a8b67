package profiles_test

import (
	"strings"
	"testing"
	"time"

	"github.com/guildhall/guildhall/identity"
	"github.com/guildhall/guildhall/internal/bus"
	"github.com/guildhall/guildhall/internal/db"
	"github.com/guildhall/guildhall/internal/errs"
	"github.com/guildhall/guildhall/internal/ids"
	"github.com/guildhall/guildhall/internal/testkit"
	"github.com/guildhall/guildhall/profiles"
)

func TestRegister(t *testing.T) {
	testkit.Engines(t, func(t *testing.T, k *testkit.Kit) {
		w := open(t, k)
		if _, err := w.Lookup(k.Ctx, "ann_lee"); !errs.Is(err, errs.NotFound) {
			t.Fatalf("before: %v", err)
		}
		ann := w.people("Ann_Lee")[0]
		a := w.account(ann)
		if a.ID != ann || a.Username != "Ann_Lee" || a.Acct() != "Ann_Lee" || a.Privacy != "public" || a.Locked || !a.CreatedAt.Equal(k.Clock.Now()) {
			t.Errorf("%+v", a)
		}
		// The negative answer of before is not remembered.
		if b, err := w.Lookup(k.Ctx, "ann_lee"); err != nil || b != a {
			t.Errorf("%v, %v", b, err)
		}
		if n, err := w.Count(k.Ctx); err != nil || n != 1 {
			t.Errorf("%d, %v", n, err)
		}
		w.people("bob")
		k.Clock.Advance(time.Minute)
		if n, err := w.Count(k.Ctx); err != nil || n != 2 {
			t.Errorf("a minute later: %d, %v", n, err)
		}
	})
}

// Who follows very many has them all read at once when a feed is loaded.
func TestVeryManyAccounts(t *testing.T) {
	testkit.Engines(t, func(t *testing.T, k *testkit.Kit) {
		w := open(t, k)
		list := make([]ids.ID, 40_000)
		for i := range list {
			list[i] = ids.ID(i + 1) // nobody has such an id
		}
		ann := w.people("ann")[0]
		list[20_000] = ann
		all, err := w.Accounts(k.Ctx, list)
		if err != nil || len(all) != 1 || all[ann] == nil {
			t.Errorf("%d accounts, %v", len(all), err)
		}
	})
}

func TestLookup(t *testing.T) {
	testkit.Engines(t, func(t *testing.T, k *testkit.Kit) {
		w := open(t, k)
		ann := w.people("Ann", "bob")[0]
		for range 2 { // the second time from the cache
			for _, acct := range []string{"ann", "ANN", "@ann", "Ann@example.org", "@ann@EXAMPLE.org"} {
				if a, err := w.Lookup(k.Ctx, acct); err != nil || a.ID != ann {
					t.Errorf("%q: %v, %v", acct, a, err)
				}
			}
			for _, acct := range []string{"", "@", "@@", "nobody", "ann@elsewhere.org", "ann@", "ann@example.org@example.org",
				"ann\x00", "a nn", "ann'--", "änn", "\xff", strings.Repeat("a", 31), strings.Repeat("a", 1<<20)} {
				if a, err := w.Lookup(k.Ctx, acct); !errs.Is(err, errs.NotFound) {
					t.Errorf("%.40q: %v, %v", acct, a, err)
				}
			}
		}
		all, err := w.LookupAll(k.Ctx, []string{"ANN", "ann@Example.org", "nobody", "Bob", "bob"})
		if err != nil || len(all) != 3 || all["ann"].ID != ann || all["ann@example.org"].ID != ann || all["bob"].Username != "bob" {
			t.Errorf("%v, %v", all, err)
		}
		if all, err := w.LookupAll(k.Ctx, nil); err != nil || len(all) != 0 {
			t.Errorf("%v, %v", all, err)
		}
	})
}

func TestAccounts(t *testing.T) {
	testkit.Engines(t, func(t *testing.T, k *testkit.Kit) {
		w := open(t, k)
		p := w.people("ann", "bob", "cyd")
		w.update(p[1], profiles.Update{Note: ref("<b>"), Fields: &[]profiles.Field{{Name: "a", Value: "1"}, {Name: "b", Value: "<2>"}}})
		for range 2 {
			all, err := w.Accounts(k.Ctx, []ids.ID{p[0], p[1], 42, p[1], p[0]})
			if err != nil || len(all) != 2 || all[p[0]].Username != "ann" {
				t.Fatalf("%v, %v", all, err)
			}
			b := all[p[1]]
			if b.NoteHTML != "&lt;b&gt;" || len(b.Fields) != 2 || b.Fields[1] != (profiles.Field{Name: "b", Value: "<2>", ValueHTML: "&lt;2&gt;"}) {
				t.Errorf("%+v", b)
			}
			if b != w.account(p[1]) {
				t.Error("not the cached pointer")
			}
		}
		if _, err := w.Account(k.Ctx, 42); !errs.Is(err, errs.NotFound) {
			t.Error(err)
		}
		if all, err := w.Accounts(k.Ctx, nil); err != nil || len(all) != 0 {
			t.Errorf("%v, %v", all, err)
		}
	})
}

// A sign-up that died between the two rooms is finished by the event, once.
func TestHealing(t *testing.T) {
	testkit.Engines(t, func(t *testing.T, k *testkit.Kit) {
		w := open(t, k).start()
		u, err := w.dir.SignUp(k.Ctx, identity.SignUp{Username: "ann"})
		if err != nil {
			t.Fatal(err)
		}
		if _, err := w.Lookup(k.Ctx, "ann"); !errs.Is(err, errs.NotFound) {
			t.Fatal(err)
		}
		bob := w.people("bob")[0]
		tellRegistered(t, k, u.ID, 42, bob, u.ID)
		testkit.Eventually(t, func() bool {
			a, err := w.Lookup(k.Ctx, "ann")
			return err == nil && a.ID == u.ID
		})
		if found, err := w.Search(k.Ctx, 0, "an", 10, 0, false); err != nil || len(found) != 1 {
			t.Errorf("%v, %v", found, err)
		}
	})
}

// tellRegistered publishes what the room identity does for users.
func tellRegistered(t *testing.T, k *testkit.Kit, users ...ids.ID) {
	t.Helper()
	d := k.Open("identity", identity.Schema())
	out := bus.NewOutbox(k.Bus, d, k.IDs, k.Clock.Now)
	go out.Run(k.Ctx)
	for _, id := range users {
		if err := d.Write(k.Ctx, func(tx *db.Tx) error {
			_, err := out.Add(k.Ctx, tx, identity.Registered{UserID: id})
			return err
		}); err != nil {
			t.Fatal(err)
		}
	}
}

// What one node changes the other one sees, although it has cached it.
func TestTwoNodes(t *testing.T) {
	testkit.Engines(t, func(t *testing.T, k *testkit.Kit) {
		url := testkit.NATS(t)
		k.Bus = k.Connect(url)
		w := open(t, k).start()
		deps := w.deps
		deps.Bus = k.Connect(url)
		other := profiles.New(deps, config())
		if err := other.Start(k.Ctx); err != nil {
			t.Fatal(err)
		}
		p := w.people("ann", "bob")
		if a, err := other.Account(k.Ctx, p[1]); err != nil || a.Followers != 0 {
			t.Fatalf("%v, %v", a, err)
		}
		if _, err := other.Lookup(k.Ctx, "cyd"); !errs.Is(err, errs.NotFound) {
			t.Fatal(err)
		}
		if g, err := other.Graph(k.Ctx, p[0]); err != nil || len(g.Following) != 0 {
			t.Fatalf("%v, %v", g, err)
		}
		w.follow(p[0], p[1])
		w.people("cyd")
		testkit.Eventually(t, func() bool {
			a, err := other.Account(k.Ctx, p[1])
			g, err2 := other.Graph(k.Ctx, p[0])
			_, err3 := other.Lookup(k.Ctx, "cyd")
			return err == nil && err2 == nil && err3 == nil && a.Followers == 1 && len(g.Following) == 1
		})
	})
}
