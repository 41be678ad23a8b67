package identity_test

import (
	"reflect"
	"testing"
	"time"

	"github.com/guildhall/guildhall/identity"
	"github.com/guildhall/guildhall/internal/days"
	"github.com/guildhall/guildhall/internal/ids"
	"github.com/guildhall/guildhall/internal/testkit"
)

// Who is active, stays and joins is counted once a day, whatever they do.
func TestFigures(t *testing.T) {
	testkit.Engines(t, func(t *testing.T, k *testkit.Kit) {
		r := open(k)
		first := days.Of(k.Clock.Now()) // the 21st of November, a Saturday
		app, err := r.CreateApp(k.Ctx, "Ivory", "", []string{identity.OutOfBand}, "read")
		r.must(err)
		join := func(name string, by ids.ID) string {
			u, err := r.SignUp(k.Ctx, identity.SignUp{AppID: by, Username: name, Email: name + "@example.org", Trusted: true, Locale: "de"})
			r.must(err)
			secret, err := r.IssueToken(k.Ctx, u.ID, "test", "read")
			r.must(err)
			return secret
		}
		uses := func(secrets ...string) {
			for _, secret := range append(secrets, secrets...) { // twice: it counts once
				_, err := r.Authenticate(k.Ctx, secret)
				r.must(err)
				k.Clock.Advance(10 * time.Second) // the cache lets go of the token
			}
		}
		ann, bob := join("ann", 0), join("bob", 0)
		uses(ann, bob)
		k.Clock.Advance(24 * time.Hour)
		cia := join("cia", app.ID)
		uses(ann, cia)
		k.Clock.Advance(9 * 24 * time.Hour) // the first of December
		uses(bob, ann)

		active := func(from, to days.Day, daily days.Counts, people int) {
			t.Helper()
			got, n, err := r.Active(k.Ctx, days.Span{First: first + from, Last: first + to})
			r.must(err)
			if !reflect.DeepEqual(got, daily) || n != people {
				t.Errorf("active %d to %d: %v, %d", from, to, got, n)
			}
		}
		active(0, 10, days.Counts{first: 2, first + 1: 2, first + 10: 2}, 3)
		active(0, 1, days.Counts{first: 2, first + 1: 2}, 3)
		active(1, 10, days.Counts{first + 1: 2, first + 10: 2}, 3)
		active(2, 10, days.Counts{first + 10: 2}, 2)
		active(2, 9, days.Counts{}, 0)

		joined, err := r.Joined(k.Ctx, days.Span{First: first, Last: first + 10})
		r.must(err)
		if !reflect.DeepEqual(joined, days.Counts{first: 2, first + 1: 1}) {
			t.Errorf("joined: %v", joined)
		}
		sources, err := r.Sources(k.Ctx, days.Span{First: first, Last: first + 1}, 5)
		r.must(err)
		if !reflect.DeepEqual(sources, []identity.Source{{Users: 2}, {App: "Ivory", Users: 1}}) {
			t.Errorf("sources: %v", sources)
		}
		for span, want := range map[days.Span][]identity.LocaleUse{
			{First: first, Last: first + 10}: {{Locale: "de", Users: 3}}, {First: first + 2, Last: first + 10}: {{Locale: "de", Users: 2}}, {First: first + 2, Last: first + 3}: nil} {
			locales, err := r.Locales(k.Ctx, span, 5)
			r.must(err)
			if !reflect.DeepEqual(locales, want) {
				t.Errorf("locales of %v: %v", span, locales)
			}
		}
		retained := func(monthly bool, joined []days.Day, want ...identity.Retained) {
			t.Helper()
			got, err := r.Retention(k.Ctx, monthly, joined)
			r.must(err)
			cells := map[identity.Retained]bool{}
			for _, c := range got {
				cells[c] = true
			}
			for _, c := range want {
				if !cells[c] || len(got) != len(want) {
					t.Errorf("retention: %v, want %v", got, want)
				}
			}
		}
		retained(false, []days.Day{first, first + 1}, identity.Retained{Joined: first, Active: first, Users: 2},
			identity.Retained{Joined: first, Active: first + 1, Users: 1}, identity.Retained{Joined: first + 1, Active: first + 1, Users: 1})
		november, december := first.Month(), first.NextMonth()
		retained(true, []days.Day{november, december}, identity.Retained{Joined: november, Active: november, Users: 3},
			identity.Retained{Joined: november, Active: december, Users: 2})
	})
}
