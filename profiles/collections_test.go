package profiles_test

import (
	"testing"

	"github.com/guildhall/guildhall/internal/errs"
	"github.com/guildhall/guildhall/internal/testkit"
	"github.com/guildhall/guildhall/profiles"
)

func TestCollections(t *testing.T) {
	testkit.Engines(t, func(t *testing.T, k *testkit.Kit) {
		w := open(t, k)
		p := w.people("ann", "bob", "cyd")
		found, name, off := true, "people", false
		for _, id := range p[1:] {
			if _, err := w.Update(k.Ctx, id, profiles.Update{Discoverable: &found}); err != nil {
				t.Fatal(err)
			}
		}
		c, err := w.CreateCollection(k.Ctx, p[0], profiles.CollectionDraft{Name: &name, Accounts: p[1:2]})
		if err != nil || len(c.Items) != 1 {
			t.Fatalf("%+v, %v", c, err)
		}
		item, err := w.AddToCollection(k.Ctx, p[0], c.ID, p[2])
		if err != nil {
			t.Fatal(err)
		}
		if _, err := w.AddToCollection(k.Ctx, p[0], c.ID, p[2]); !errs.Is(err, errs.Invalid) {
			t.Error(err)
		}
		if _, err := w.AddToCollection(k.Ctx, p[1], c.ID, p[2]); !errs.Is(err, errs.Forbidden) {
			t.Error(err)
		}
		if list, err := w.CollectionsWith(k.Ctx, 0, p[2], 10, 0); err != nil || len(list) != 1 {
			t.Errorf("%v, %v", list, err)
		}
		if c, err = w.ChangeCollection(k.Ctx, p[0], c.ID, profiles.CollectionDraft{Discoverable: &off}); err != nil || c.Discoverable || c.Name != name {
			t.Errorf("%+v, %v", c, err)
		}
		if list, err := w.CollectionsOf(k.Ctx, p[1], p[0], 10, 0); err != nil || len(list) != 0 {
			t.Errorf("%v, %v", list, err)
		}
		if err := w.LeaveCollection(k.Ctx, p[2], c.ID, item.ID); err != nil {
			t.Error(err)
		}
		if _, err := w.AddToCollection(k.Ctx, p[0], c.ID, p[2]); !errs.Is(err, errs.Invalid) { // for good
			t.Error(err)
		}
		if err := w.RemoveFromCollection(k.Ctx, p[0], c.ID, c.Items[0].ID); err != nil {
			t.Error(err)
		}
		if err := w.RemoveCollection(k.Ctx, p[0], c.ID); err != nil {
			t.Error(err)
		}
		if _, err := w.Collection(k.Ctx, p[0], c.ID); !errs.Is(err, errs.NotFound) {
			t.Error(err)
		}
	})
}
