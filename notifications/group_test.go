package notifications

import (
	"slices"
	"testing"

	"github.com/guildhall/guildhall/internal/errs"
	"github.com/guildhall/guildhall/internal/ids"
	"github.com/guildhall/guildhall/internal/page"
	"github.com/guildhall/guildhall/internal/testkit"
	"github.com/guildhall/guildhall/posts"
	"github.com/guildhall/guildhall/profiles"
)

func TestGroups(t *testing.T) {
	testkit.Engines(t, func(t *testing.T, k *testkit.Kit) {
		w := open(t, k)
		p := w.people("ann", "b1", "b2", "b3", "b4", "b5", "b6", "b7", "b8", "b9", "b10")
		ann, fans := p[0], p[1:]
		one, two := w.post(ann, "one", posts.Public), w.post(ann, "two", posts.Public)
		for _, f := range fans {
			_, err := w.posts.Favourite(k.Ctx, f, one)
			w.must(err)
		}
		_, err := w.posts.Favourite(k.Ctx, fans[0], two)
		w.must(err)
		_, err = w.posts.Boost(k.Ctx, fans[0], one, nil)
		w.must(err)
		_, err = w.posts.Boost(k.Ctx, fans[1], one, nil)
		w.must(err)
		w.post(fans[0], "hi @ann", posts.Public)
		w.post(fans[0], "hi again @ann", posts.Public)
		w.deliver()
		groups, err := w.Groups(k.Ctx, ann, Filter{}, nil, page.Page{Limit: 40})
		w.must(err)
		type short struct {
			kind  Type
			post  bool
			count int
			who   int
		}
		var got []short
		for _, g := range groups {
			got = append(got, short{g.Type, g.View != nil, g.Count, len(g.SampleIDs)})
		}
		want := []short{{Mention, true, 1, 1}, {Mention, true, 1, 1}, {Boost, true, 2, 2}, {Favourite, true, 1, 1}, {Favourite, true, 10, 8}}
		if !slices.Equal(got, want) {
			t.Fatalf("%+v", got)
		}
		big := groups[4]
		newest := []ids.ID{fans[9], fans[8], fans[7], fans[6], fans[5], fans[4], fans[3], fans[2]}
		if !slices.Equal(big.SampleIDs, newest) || big.NewestID != big.MaxID || big.MinID >= big.MaxID || !big.LatestAt.Equal(k.Clock.Now()) {
			t.Errorf("%+v", big)
		}
		// Only what the client can show as a group is grouped.
		if groups, err := w.Groups(k.Ctx, ann, Filter{Types: []Type{Favourite, Boost}}, []Type{Boost}, page.Page{Limit: 40}); err != nil || len(groups) != 12 ||
			groups[0].Count != 2 || groups[1].Key != ungrouped(groups[1].MaxID) {
			t.Errorf("%d, %v", len(groups), err)
		}
		wholeGroup(t, w, ann, big, fans)
	})
}

func wholeGroup(t *testing.T, w *town, ann ids.ID, big Group, fans []ids.ID) {
	ctx := w.kit.Ctx
	g, err := w.Group(ctx, ann, big.Key)
	if err != nil || g.Count != 10 || len(g.SampleIDs) != 8 || g.NewestID != big.NewestID {
		t.Errorf("%+v, %v", g, err)
	}
	accounts, err := w.GroupAccounts(ctx, ann, big.Key, page.Page{Limit: 80})
	if err != nil || len(accounts) != 10 || accounts[0].ID != fans[9] || accounts[9].ID != fans[0] {
		t.Errorf("%v, %v", accounts, err)
	}
	if n, err := w.UnreadGroupCount(ctx, ann, Filter{}, nil, 100); err != nil || n != 5 {
		t.Errorf("%d, %v", n, err)
	}
	for _, key := range []string{"", "ungrouped-", "ungrouped-1", "favourite-1-1", "x", "ungrouped-99999999999999999999", "favourite-\x00-1", string(make([]byte, 1<<16))} {
		if _, err := w.Group(ctx, ann, key); !errs.Is(err, errs.NotFound) {
			t.Errorf("%.30q: %v", key, err)
		}
		if _, err := w.GroupAccounts(ctx, ann, key, page.Page{Limit: 80}); !errs.Is(err, errs.NotFound) {
			t.Errorf("%.30q: %v", key, err)
		}
		if err := w.DismissGroup(ctx, ann, key); err != nil {
			t.Errorf("%.30q: %v", key, err)
		}
	}
	if _, err := w.Group(ctx, fans[0], big.Key); !errs.Is(err, errs.NotFound) {
		t.Error("somebody else's group:", err)
	}
	w.must(w.DismissGroup(ctx, fans[0], big.Key))
	w.must(w.DismissGroup(ctx, ann, big.Key))
	mentions, err := w.Groups(ctx, ann, Filter{}, nil, page.Page{Limit: 1})
	w.must(err)
	w.must(w.DismissGroup(ctx, ann, mentions[0].Key))
	w.wantTold(ann, "mention b1, reblog b2, reblog b1, favourite b1")
}

// Groups end with their half day; a page may cut one, whose count is of all.
func TestGroupPages(t *testing.T) {
	testkit.Engines(t, func(t *testing.T, k *testkit.Kit) {
		w := open(t, k)
		ann := w.people("ann")[0]
		first := w.crowd(ann, recentMax+100)
		k.Clock.Advance(bucketSpan)
		for _, from := range w.strangers(10) {
			w.deliver(w.event("profiles", profiles.Followed{From: from, To: ann}))
		}
		follows := Filter{Types: []Type{Follow}}
		groups, err := w.Groups(k.Ctx, ann, follows, nil, page.Page{Limit: 40})
		w.must(err)
		if len(groups) != 2 || groups[0].Count != 10 || groups[1].Count != 200 || len(groups[1].SampleIDs) != 8 ||
			groups[1].SampleIDs[0] != first[0].FromID || groups[0].Key == groups[1].Key || !groups[0].LatestAt.Equal(k.Clock.Now()) {
			t.Fatalf("%+v", groups)
		}
		one, err := w.Groups(k.Ctx, ann, follows, nil, page.Page{Limit: 1})
		if err != nil || len(one) != 1 || one[0].Key != groups[0].Key || one[0].MinID <= first[0].ID {
			t.Errorf("%+v, %v", one, err)
		}
		next, err := w.Groups(k.Ctx, ann, follows, nil, page.Page{Limit: 1, Max: first[150].ID})
		if err != nil || len(next) != 1 || next[0].Key != groups[1].Key || next[0].MaxID >= first[150].ID || next[0].Count != 200 ||
			next[0].LatestAt.After(k.Clock.Now().Add(-bucketSpan)) {
			t.Errorf("%+v, %v", next, err)
		}
		up, err := w.Groups(k.Ctx, ann, Filter{}, nil, page.Page{Limit: 3, Min: first[3].ID})
		if err != nil || len(up) != 3 || up[0].MaxID < up[1].MaxID || up[2].MinID <= first[3].ID {
			t.Errorf("%+v, %v", up, err)
		}
	})
}
