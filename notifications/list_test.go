package notifications

import (
	"context"
	"errors"
	"fmt"
	"slices"
	"testing"

	"github.com/guildhall/guildhall/internal/bus"
	"github.com/guildhall/guildhall/internal/errs"
	"github.com/guildhall/guildhall/internal/ids"
	"github.com/guildhall/guildhall/internal/page"
	"github.com/guildhall/guildhall/internal/testkit"
	"github.com/guildhall/guildhall/posts"
	"github.com/guildhall/guildhall/profiles"
)

// crowd makes many accounts follow, and every third ask to follow, one.
func (w *town) crowd(account ids.ID, n int) []Notification {
	w.Helper()
	var batch []bus.Event
	for i, from := range w.strangers(n) {
		if i%3 == 0 {
			batch = append(batch, w.event("profiles", profiles.Requested{From: from, To: account}))
		} else {
			batch = append(batch, w.event("profiles", profiles.Followed{From: from, To: account}))
		}
	}
	for part := range slices.Chunk(batch, 256) {
		w.deliver(part...)
	}
	rows, err := w.rows(w.kit.Ctx, "account_id = $1 AND live AND NOT filtered", page.Page{Limit: n + 1}, account)
	w.must(err)
	if len(rows) < n {
		w.Fatalf("%d rows", len(rows))
	}
	return rows
}

// Lists are the same whether they come from memory, from the table, or from
// one after the other.
func TestPages(t *testing.T) {
	testkit.Engines(t, func(t *testing.T, k *testkit.Kit) {
		w := open(t, k)
		ann := w.people("ann")[0]
		all := w.crowd(ann, recentMax+60)
		at := func(i int) ids.ID { return all[i].ID }
		pages := []page.Page{{}, {Max: at(10)}, {Max: at(190)}, {Max: at(230)}, {Since: at(5)}, {Since: at(240)}, {Max: at(220), Since: at(240)},
			{Min: at(5)}, {Min: at(199)}, {Min: at(200)}, {Min: at(240)}, {Min: 1}, {Max: at(20), Min: at(60)}, {Max: 1}, {Min: at(0)}}
		filters := []Filter{{}, {Types: []Type{FollowRequest}}, {Exclude: []Type{FollowRequest}}, {Types: []Type{Follow, Mention}},
			{FromID: all[7].FromID}, {FromID: all[250].FromID, Types: []Type{Follow, FollowRequest}}, {Types: []Type{"no.such"}}, {Types: Types(), Exclude: Types()}}
		for _, p := range pages {
			p.Limit = 40
			for _, f := range filters {
				got, err := w.List(k.Ctx, ann, f, p)
				if err != nil {
					t.Fatal(err)
				}
				if want := slicePage(all, f, p); !slices.Equal(idsOf(got), want) {
					t.Errorf("%+v %+v:\n%v\n%v", p, f, idsOf(got), want)
				}
			}
		}
	})
}

// slicePage is what a list is by definition.
func slicePage(all []Notification, f Filter, p page.Page) []ids.ID {
	var fit []ids.ID
	for _, n := range all {
		if p.Holds(n.ID) && (len(f.Types) == 0 || slices.Contains(f.Types, n.Type)) && !slices.Contains(f.Exclude, n.Type) &&
			(f.FromID == 0 || f.FromID == n.FromID) {
			fit = append(fit, n.ID)
		}
	}
	if len(fit) > p.Limit && p.Min != 0 {
		return fit[len(fit)-p.Limit:]
	}
	return fit[:min(len(fit), p.Limit)]
}

func idsOf(rows []Notification) []ids.ID {
	var list []ids.ID
	for _, n := range rows {
		list = append(list, n.ID)
	}
	return list
}

// Hidden notifications leave no gap: the page is filled from behind them.
func TestHiddenAreSkipped(t *testing.T) {
	testkit.Engines(t, func(t *testing.T, k *testkit.Kit) {
		w := open(t, k)
		p := w.people("ann", "bob", "cyd")
		for range 5 {
			w.post(p[1], "hi @ann", posts.Public)
		}
		w.follow(p[2], p[0], profiles.FollowOptions{})
		for range 5 {
			w.post(p[1], "hi @ann", posts.Public)
		}
		w.deliver()
		_, err := w.profiles.Block(k.Ctx, p[1], p[0])
		w.must(err)
		for _, pg := range []page.Page{{Limit: 2}, {Limit: 2, Min: 1}} {
			rows, err := w.List(k.Ctx, p[0], Filter{}, pg)
			if got := w.spell(rows); err != nil || got != "follow cyd" {
				t.Errorf("%+v: %q, %v", pg, got, err)
			}
		}
		rows, err := w.rows(k.Ctx, "account_id = $1 AND live AND NOT filtered", page.Page{Limit: 1}, p[0])
		w.must(err)
		if _, err := w.Get(k.Ctx, p[0], rows[0].ID); !errs.Is(err, errs.NotFound) {
			t.Error("a hidden one can be read:", err)
		}
	})
}

func TestGetDismissClear(t *testing.T) {
	testkit.Engines(t, func(t *testing.T, k *testkit.Kit) {
		w := open(t, k)
		p := w.people("ann", "bob")
		post := w.post(p[1], "hi @ann", posts.Direct)
		w.follow(p[1], p[0], profiles.FollowOptions{})
		w.deliver()
		rows, err := w.List(k.Ctx, p[0], Filter{Types: []Type{Mention}}, page.Page{Limit: 40})
		w.must(err)
		n, err := w.Get(k.Ctx, p[0], rows[0].ID)
		if err != nil || n.Type != Mention || n.FromID != p[1] || n.PostID != post || n.View == nil || n.View.Text != "hi @ann" ||
			n.GroupKey != ungrouped(n.ID) || !n.CreatedAt.Equal(k.Clock.Now()) {
			t.Errorf("%+v, %v", n, err)
		}
		// bob has no part in it.
		if _, err := w.Get(k.Ctx, p[1], n.ID); !errs.Is(err, errs.NotFound) {
			t.Error(err)
		}
		if err := w.Dismiss(k.Ctx, p[1], n.ID); !errs.Is(err, errs.NotFound) {
			t.Error(err)
		}
		w.must(w.Clear(k.Ctx, p[1]))
		w.wantTold(p[0], "follow bob, mention bob")
		w.must(w.Dismiss(k.Ctx, p[0], n.ID))
		w.wantTold(p[0], "follow bob")
		if err := w.Dismiss(k.Ctx, p[0], n.ID); !errs.Is(err, errs.NotFound) {
			t.Error("dismissed twice:", err)
		}
		if _, err := w.Get(k.Ctx, p[0], n.ID); !errs.Is(err, errs.NotFound) {
			t.Error(err)
		}
		w.must(w.Clear(k.Ctx, p[0]))
		w.wantTold(p[0], "")
	})
}

func TestUnreadCount(t *testing.T) {
	testkit.Engines(t, func(t *testing.T, k *testkit.Kit) {
		w := open(t, k)
		ann := w.people("ann")[0]
		all := w.crowd(ann, 30)
		for _, c := range []struct {
			read  ids.ID
			f     Filter
			limit int
			want  int
		}{
			{0, Filter{}, 100, 30},
			{0, Filter{}, 10, 10},
			{all[12].ID, Filter{}, 100, 12},
			{all[12].ID, Filter{Types: []Type{FollowRequest}}, 100, 4},
			{all[0].ID, Filter{}, 100, 0},
		} {
			if c.read != 0 {
				_, err := w.SetMarkers(k.Ctx, ann, map[string]ids.ID{"notifications": c.read})
				w.must(err)
			}
			if n, err := w.UnreadCount(k.Ctx, ann, c.f, c.limit); err != nil || n != c.want {
				t.Errorf("%+v: %d, %v", c, n, err)
			}
		}
		if n, err := w.UnreadGroupCount(k.Ctx, ann, Filter{}, nil, 100); err != nil || n != 0 {
			t.Errorf("%d, %v", n, err)
		}
	})
}

// A warm first page comes from memory.
func TestWarmListRunsNoSQL(t *testing.T) {
	testkit.Engines(t, func(t *testing.T, k *testkit.Kit) {
		w := open(t, k)
		p := w.people("ann", "bob")
		id := w.post(p[0], "hello", posts.Public)
		_, err := w.posts.Favourite(k.Ctx, p[1], id)
		w.must(err)
		w.post(p[1], "hi @ann", posts.Public)
		w.deliver()
		w.crowd(p[0], recentMax+20)
		read := func() {
			t.Helper()
			rows, err := w.List(k.Ctx, p[0], Filter{}, page.Page{Limit: 40})
			if err != nil || len(rows) != 40 {
				t.Errorf("%d, %v", len(rows), err)
			}
			if _, err := w.List(k.Ctx, p[0], Filter{Types: []Type{FollowRequest}}, page.Page{Limit: 40}); err != nil {
				t.Error(err)
			}
		}
		read()
		ran := w.countSQL()
		read()
		if n := ran(); n != 0 {
			t.Errorf("%d statements", n)
		}
	})
}

// What was read before a change is not kept after it.
func TestRecentCacheRace(t *testing.T) {
	c := newRecentCache(1 << 20)
	old, fresh := &recent{complete: true}, &recent{complete: true, rows: []Notification{{ID: 1}}}
	got, err := c.get(t.Context(), 7, func(context.Context) (*recent, error) {
		// The change comes between the load's reading and its storing, and who
		// reads after it does not join the old load.
		c.forget(7)
		now, err := c.get(t.Context(), 7, func(context.Context) (*recent, error) { return fresh, nil })
		if now != fresh || err != nil {
			t.Errorf("after the change: %v, %v", now, err)
		}
		return old, nil
	})
	if got != old || err != nil {
		t.Fatalf("%v, %v", got, err)
	}
	fails := func(context.Context) (*recent, error) { return nil, errors.New("not there") }
	if got, err := c.get(t.Context(), 7, fails); got != fresh {
		t.Errorf("%v, %v", got, err)
	}
	c.forgetAll()
	if _, err := c.get(t.Context(), 7, fails); fmt.Sprint(err) != "not there" {
		t.Error(err)
	}
}

func TestMarkers(t *testing.T) {
	testkit.Engines(t, func(t *testing.T, k *testkit.Kit) {
		w := open(t, k)
		ann, both := ids.ID(5), []string{"home", "notifications"}
		if m, err := w.Markers(k.Ctx, ann, both); err != nil || len(m) != 0 {
			t.Errorf("%v, %v", m, err)
		}
		if m, err := w.Markers(k.Ctx, ann, nil); err != nil || len(m) != 0 {
			t.Errorf("%v, %v", m, err)
		}
		m, err := w.SetMarkers(k.Ctx, ann, map[string]ids.ID{"home": 10, "notifications": 20})
		want := Marker{"home", 10, 1, k.Clock.Now()}
		if err != nil || len(m) != 2 || m["home"] != want {
			t.Errorf("%+v, %v", m, err)
		}
		seen, err := w.Markers(k.Ctx, ann, both)
		w.must(err)
		if m, err := w.SetMarkers(k.Ctx, ann, map[string]ids.ID{"home": 11}); err != nil || m["home"].Version != 2 {
			t.Errorf("%+v, %v", m, err)
		}
		// Another client has seen the version before that; neither marker moves.
		if _, err := w.moveMarkers(k.Ctx, ann, map[string]ids.ID{"home": 12, "notifications": 21}, seen); !errs.Is(err, errs.Conflict) {
			t.Error(err)
		}
		m, err = w.Markers(k.Ctx, ann, both)
		if err != nil || m["home"].LastReadID != 11 || m["notifications"].LastReadID != 20 {
			t.Errorf("%+v, %v", m, err)
		}
		if _, err := w.SetMarkers(k.Ctx, ann, map[string]ids.ID{"elsewhere": 1}); !errs.Is(err, errs.Invalid) {
			t.Error(err)
		}
		if m, err := w.Markers(k.Ctx, 6, both); err != nil || len(m) != 0 {
			t.Errorf("somebody else's: %v, %v", m, err)
		}
	})
}

func TestSchemaGoesDownAndUp(t *testing.T) {
	testkit.Engines(t, func(t *testing.T, k *testkit.Kit) {
		d := k.Open("notifications", Schema())
		for _, want := range []string{"00081_sessions.sql", "00080_erasure.sql", "00051_push.sql", "00050_filtering.sql", "00001_notifications.sql", ""} {
			if name, err := d.MigrateDown(k.Ctx); err != nil || name != want {
				t.Errorf("%q, %v", name, err)
			}
		}
		if err := d.Migrate(k.Ctx); err != nil {
			t.Error(err)
		}
	})
}
