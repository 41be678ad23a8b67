package profiles_test

import (
	"reflect"
	"testing"
	"time"

	"github.com/guildhall/guildhall/internal/ids"
	"github.com/guildhall/guildhall/internal/testkit"
	"github.com/guildhall/guildhall/profiles"
)

// Follows that were imported are what follows are that were made one by one.
func TestImportFollows(t *testing.T) {
	testkit.Engines(t, func(t *testing.T, k *testkit.Kit) {
		w := open(t, k)
		p := w.people("ann", "bob", "cia")
		ann, bob, cia := p[0], p[1], p[2]
		if g, err := w.Graph(k.Ctx, cia); err != nil || len(g.Following) != 0 {
			t.Fatal(g, err)
		}
		at := k.Clock.Now().Add(-48 * time.Hour)
		w.recorded()
		if err := w.ImportFollows(k.Ctx, []profiles.PastFollow{
			{ID: ids.Past(at, ann), From: cia, To: ann}, {ID: ids.Past(at.Add(time.Hour), ann), From: bob, To: ann}, {ID: ids.Past(at, bob), From: ann, To: bob},
		}); err != nil {
			t.Fatal(err)
		}
		if a, b, c := w.counts(ann), w.counts(bob), w.counts(cia); a != [3]int{2, 1, 0} || b != [3]int{1, 1, 0} || c != [3]int{0, 1, 0} {
			t.Errorf("counts: %v %v %v", a, b, c)
		}
		if g, err := w.Graph(k.Ctx, cia); err != nil || !reflect.DeepEqual(g.Following, map[ids.ID]profiles.Follow{ann: {Boosts: true}}) {
			t.Errorf("the graph: %+v, %v", g, err)
		}
		if got := w.recorded(); got != "" {
			t.Errorf("told of %s", got)
		}
		if n, err := w.Gained(k.Ctx, ann, at, at.Add(time.Minute)); err != nil || n != 1 {
			t.Errorf("came in the first minute: %d, %v", n, err)
		}
		if err := w.ImportFollows(k.Ctx, []profiles.PastFollow{{ID: ids.Past(at, ann), From: cia, To: ann}}); err == nil {
			t.Error("a follow came twice")
		}
		if a := w.counts(ann); a != [3]int{2, 1, 0} {
			t.Errorf("what failed was counted: %v", a)
		}
	})
}
