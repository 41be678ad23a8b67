package posts

import (
	"testing"
	"time"

	"github.com/guildhall/guildhall/internal/errs"
	"github.com/guildhall/guildhall/internal/ids"
	"github.com/guildhall/guildhall/internal/page"
	"github.com/guildhall/guildhall/internal/testkit"
)

// A history that was imported looks as if it had been lived.
func TestImport(t *testing.T) {
	testkit.Engines(t, func(t *testing.T, k *testkit.Kit) {
		w := open(t, k)
		people := w.accounts("ann", "ben", "cia")
		ann, ben, cia := people[0], people[1], people[2]
		w.follow(cia, ann)
		if home, err := w.Home(k.Ctx, cia, page.Page{Limit: 5}); err != nil || len(home) != 0 {
			t.Fatal(home, err)
		}
		start := k.Clock.Now().Add(-48 * time.Hour)
		at := func(n int, who ids.ID) ids.ID { return ids.Past(start.Add(time.Duration(n)*time.Minute), who) }
		public, private := Public, Followers
		root, answer, quiet := at(1, ann), at(2, ben), at(3, ann)
		must(t, w.Import(k.Ctx, []Past{
			{ID: root, Author: ann, Draft: Draft{Text: "Indexes are #sorted copies, @ben", Visibility: &public},
				Favourites: []Deed{{at(5, ben), ben}, {at(6, cia), cia}}, Boosts: []Deed{{at(7, cia), cia}}, Bookmarks: []Deed{{at(8, ben), ben}}},
			{ID: answer, Author: ben, Draft: Draft{Text: "And they cost writes", Visibility: &public, InReplyToID: root}},
			{ID: quiet, Author: ann, Draft: Draft{Text: "For followers", Visibility: &private}},
		}))
		must(t, w.Import(k.Ctx, []Past{{ID: at(9, cia), Author: cia, Draft: Draft{Text: "Later", Visibility: &public, InReplyToID: root}}}))

		v, err := w.Get(k.Ctx, ben, root)
		must(t, err)
		if v.Stats != (Stats{Replies: 2, Boosts: 1, Favourites: 2}) || !v.Viewer.Favourited || !v.Viewer.Bookmarked || len(v.Mentions) != 1 || len(v.Tags) != 1 || v.ThreadID != root {
			t.Errorf("root: %+v", v)
		}
		_, below, err := w.Context(k.Ctx, 0, root)
		must(t, err)
		if len(below) != 2 || below[0].ID != answer || below[0].InReplyToAccountID != ann {
			t.Errorf("answers: %v", below)
		}
		if _, err := w.Get(k.Ctx, ben, quiet); !errs.Is(err, errs.NotFound) {
			t.Errorf("ben sees what is for followers: %v", err)
		}
		home, err := w.Home(k.Ctx, cia, page.Page{Limit: 5})
		must(t, err)
		if len(home) != 3 || home[1].ID != quiet || home[2].ID != root { // the root only once, not as her boost too
			for _, v := range home {
				t.Errorf("home: %d %q boosts %d", v.ID, v.Text, v.BoostOfID)
			}
		}
		stats, err := w.AuthorStats(k.Ctx, people)
		must(t, err)
		if stats[cia].Posts != 2 || !stats[cia].LastAt.Equal(at(9, cia).Time()) || stats[ann].Posts != 2 {
			t.Errorf("stats: %v", stats)
		}
		found, err := w.SearchPosts(k.Ctx, 0, "sorted copies", 0, 5, 0, page.Page{})
		must(t, err)
		if len(found) != 1 || found[0].ID != root {
			t.Errorf("found: %v", found)
		}
		if err := w.Import(k.Ctx, []Past{{ID: at(20, ben), Author: ben, Draft: Draft{Text: "To nobody", InReplyToID: at(19, ann)}}}); !errs.Is(err, errs.NotFound) {
			t.Errorf("an answer to nothing: %v", err)
		}
	})
}
