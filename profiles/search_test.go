package profiles_test

import (
	"strings"
	"testing"

	"github.com/guildhall/guildhall/internal/ids"
	"github.com/guildhall/guildhall/internal/testkit"
	"github.com/guildhall/guildhall/profiles"
)

func TestSearch(t *testing.T) {
	testkit.Engines(t, func(t *testing.T, k *testkit.Kit) {
		w := open(t, k)
		p := w.people("ann", "anna_gruber", "anders", "bob", "zoe", "viewer")
		ann, anna, anders, bob, zoe, viewer := p[0], p[1], p[2], p[3], p[4], p[5]
		w.update(bob, profiles.Update{DisplayName: ref("Robert Öztürk-Anwalt")})
		w.update(zoe, profiles.Update{DisplayName: ref("Зоя 山田")})
		w.follow(viewer, anders)
		w.follow(ann, anna)
		w.follow(bob, anna)
		w.follow(zoe, bob)
		w.follow(viewer, zoe)
		for _, c := range []struct {
			q    string
			want string
		}{
			{"an", "anders anna_gruber bob ann"}, // followed; two followers; one; none
			{"ann", "ann anna_gruber"},           // exactly the name first
			{"ANN", "ann anna_gruber"},
			{"@ann@example.org", "ann anna_gruber"},
			{"anna_g", "anna_gruber"},
			{"gruber", "anna_gruber"},
			{"rob oz", "bob"},
			{"ozturk robert", "bob"},
			{"öztürk", "bob"},
			{"anwalt gruber", ""},
			{"зо", "zoe"},
			{"山", "zoe"},
			{"田", ""},
			{"%", ""}, {"_", ""}, {"", ""}, {"   ", ""}, {"'; DROP TABLE profiles_accounts; --", ""},
			{"an\x00\xff", "anders anna_gruber bob ann"},
			{strings.Repeat("an ", 100_000), "anders anna_gruber bob ann"},
			{strings.Repeat("x", 1<<20), ""},
		} {
			found, err := w.Search(k.Ctx, viewer, c.q, 10, 0, false)
			if got := usernames(found); err != nil || got != c.want {
				t.Errorf("%.40q: %q, want %q, %v", c.q, got, c.want, err)
			}
		}
		for _, c := range []struct {
			viewer        ids.ID
			limit, offset int
			following     bool
			want          string
		}{
			{viewer, 2, 0, false, "anders anna_gruber"},
			{viewer, 2, 2, false, "bob ann"},
			{viewer, 2, 4, false, ""},
			{viewer, 10, 0, true, "anders"},
			{0, 10, 0, false, "anna_gruber anders bob ann"}, // of equals the older account
			{0, 10, 0, true, ""},
			{viewer, 0, 0, false, ""},
			{viewer, -1, -1, false, ""},
		} {
			found, err := w.Search(k.Ctx, c.viewer, "an", c.limit, c.offset, c.following)
			if got := usernames(found); err != nil || got != c.want {
				t.Errorf("%+v: %q, %v", c, got, err)
			}
		}
		w.update(bob, profiles.Update{DisplayName: ref("Rob")})
		if _, err := w.Block(k.Ctx, viewer, ann); err != nil {
			t.Fatal(err)
		}
		if _, err := w.Block(k.Ctx, anders, viewer); err != nil {
			t.Fatal(err)
		}
		if found, err := w.Search(k.Ctx, viewer, "an", 10, 0, false); err != nil || usernames(found) != "anna_gruber" {
			t.Errorf("%q, %v", usernames(found), err)
		}
	})
}

func usernames(list []*profiles.Account) string {
	out := make([]string, len(list))
	for i, a := range list {
		out[i] = a.Username
	}
	return strings.Join(out, " ")
}
