package practice_test

import (
	"slices"
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/guildhall/guildhall/identity"
	"github.com/guildhall/guildhall/internal/db"
	"github.com/guildhall/guildhall/internal/errs"
	"github.com/guildhall/guildhall/internal/ids"
	"github.com/guildhall/guildhall/internal/page"
	"github.com/guildhall/guildhall/internal/testkit"
	"github.com/guildhall/guildhall/posts"
	"github.com/guildhall/guildhall/practice"
	"github.com/guildhall/guildhall/profiles"
)

// saidTo waits for a direct post to a member that has a text, and returns who
// wrote it.
func (g *guild) saidTo(who ids.ID, text string) *profiles.Account {
	g.Helper()
	var by ids.ID
	testkit.Eventually(g.T, func() bool {
		list, err := g.posts.Conversations(g.kit.Ctx, who, page.Page{Limit: 40})
		g.must(err)
		return slices.ContainsFunc(list, func(c posts.Conversation) bool {
			by = c.Last.AccountID
			return strings.Contains(c.Last.Text, text)
		})
	})
	a, err := g.profiles.Account(g.kit.Ctx, by)
	g.must(err)
	return a
}

// count is what a statement counts in the room's database.
func (g *guild) count(text string, args ...any) int {
	g.Helper()
	d, err := g.kit.Reopen("practice", practice.Schema()) // whose statements need no index
	g.must(err)
	defer func() { g.must(d.Close()) }()
	n, err := db.Value[int](g.kit.Ctx, d, text, args...)
	g.must(err)
	return n
}

// another is the room on another node.
func (g *guild) another() *practice.Service {
	g.Helper()
	s := practice.New(g.Deps, practice.Config{BaseURL: "https://guild.test"})
	g.must(s.Load(g.kit.Ctx))
	return s
}

// The house speaks with one voice, whatever names are taken and however many
// nodes begin to speak at the same moment.
func TestOneMessenger(t *testing.T) {
	testkit.Engines(t, func(t *testing.T, k *testkit.Kit) {
		g, ctx := openGuild(t, k), k.Ctx
		_, err := g.profiles.Register(ctx, identity.SignUp{Username: "Practice", Email: "p@example.org", Trusted: true})
		g.must(err)
		other := g.another()
		var wg sync.WaitGroup
		found := make([]ids.ID, 8)
		for i := range found {
			wg.Go(func() {
				s := []*practice.Service{g.Service, other}[i%2]
				testkit.Eventually(t, func() bool {
					id, err := practice.Messenger(ctx, s)
					found[i] = id
					return err == nil
				})
			})
		}
		wg.Wait()
		for _, id := range found {
			if id != found[0] || id == 0 {
				t.Fatalf("%v", found)
			}
		}
		a, err := g.profiles.Account(ctx, found[0])
		g.must(err)
		if a.Username != "practice_2" || !a.Bot || a.Discoverable || a.DisplayName != "Practice" {
			t.Errorf("%+v", a)
		}
		if all, err := g.profiles.Newest(ctx, g.ann, 10, 0); err != nil || len(all) > 0 {
			t.Errorf("%+v, %v", all, err)
		}
		if _, err := g.profiles.Lookup(ctx, "practice_3"); !errs.Is(err, errs.NotFound) {
			t.Error("a second one was made")
		}
		g.must(g.profiles.Erase(ctx, a.ID)) // by moderators; the house speaks again
		k.Clock.Advance(2 * time.Minute)
		if id, err := practice.Messenger(ctx, other); err != nil || id == a.ID {
			t.Errorf("%d, %v", id, err)
		}
	})
}

// An event that comes twice is told once; what concerns nobody any more, not at all.
func TestMessagesAreSentOnce(t *testing.T) {
	testkit.Engines(t, func(t *testing.T, k *testkit.Kit) {
		g, ctx := openGuild(t, k), k.Ctx
		a := g.checked(g.ann, "be-013", "My answer", practice.Yes)
		ask := g.asks(a, practice.AskRequest{Circle: practice.Person, Person: g.bob, Seats: 1})
		house := g.saidTo(g.bob, "asks you to review")
		seat := g.takes(g.bob, ask)
		g.handsIn(g.bob, seat, practice.Yes, "")
		g.saidTo(g.ann, "is reviewed")
		for _, who := range []ids.ID{g.ann, g.bob} {
			before := g.told(who)
			for range 2 {
				g.must(practice.TellAgain(ctx, g.Service))
			}
			if after := g.told(who); !slices.Equal(before, after) {
				t.Errorf("told again: %q was %q", after, before)
			}
			for _, text := range before {
				if strings.Contains(text, "differently") {
					t.Errorf("all agree, but %q", text)
				}
			}
		}
		// Who mutes the author is not told of the ask, and the author not of the mute.
		_, err := g.profiles.Mute(ctx, g.cleo, g.ann, false, 0)
		g.must(err)
		muted := g.asks(g.checked(g.ann, "be-001", "Another", practice.Yes), practice.AskRequest{Circle: practice.Person, Person: g.cleo, Seats: 1})
		g.must(g.WithdrawAsk(ctx, g.ann, muted.ID))
		g.must(practice.TellAgain(ctx, g.Service))
		if told := g.told(g.cleo); len(told) > 0 {
			t.Errorf("%q", told)
		}
		// Moderators may silence the house: nothing is sent, and nothing waits.
		g.must(g.profiles.SetState(ctx, house.ID, profiles.Suspended, true))
		g.asks(g.checked(g.bob, "be-002", "Two", practice.Yes), practice.AskRequest{Circle: practice.Person, Person: g.dan, Seats: 1})
		g.must(practice.TellAgain(ctx, g.Service))
		if told := g.told(g.dan); len(told) > 0 {
			t.Errorf("%q", told)
		}
	})
}

// What members disagree about is talked about by those who are still on terms.
func TestThreads(t *testing.T) {
	testkit.Engines(t, func(t *testing.T, k *testkit.Kit) {
		g, ctx := openGuild(t, k), k.Ctx
		ask := g.asks(g.checked(g.ann, "be-013", "My answer", practice.Yes), practice.AskRequest{Circle: practice.Everyone, Seats: 2})
		one, two := g.takes(g.bob, ask), g.takes(g.cleo, ask)
		g.handsIn(g.bob, one, practice.Partly, "")
		_, err := g.profiles.Block(ctx, g.ann, g.bob)
		g.must(err)
		g.handsIn(g.cleo, two, practice.No, "")
		g.saidTo(g.cleo, "differently")
		if told := g.told(g.bob); len(told) > 0 {
			t.Errorf("who is blocked is brought in: %q", told)
		}
		testkit.Eventually(t, func() bool {
			k, err := g.Ask(ctx, g.ann, ask.ID)
			g.must(err)
			return k.ThreadID != 0
		})
	})
}

// A reminder goes out once a day, by one of the nodes, not during a session, and
// not to who does not want it.
func TestReminders(t *testing.T) {
	testkit.Engines(t, func(t *testing.T, k *testkit.Kit) {
		g, ctx := openGuild(t, k), k.Ctx
		other := g.another()
		plan := practice.DefaultPlan()
		g.must(g.SetPlan(ctx, g.bob, plan)) // does not want to be reminded
		plan.Remind = true
		g.must(g.SetPlan(ctx, g.ann, plan))
		for _, who := range []ids.ID{g.ann, g.bob} {
			g.checked(who, "be-001", "No idea", practice.No)
		}
		sent := func(want int) {
			t.Helper()
			var wg sync.WaitGroup
			for _, s := range []*practice.Service{g.Service, other} {
				wg.Go(func() {
					if err := s.Sweep(ctx); err != nil {
						t.Error(err)
					}
				})
			}
			wg.Wait()
			if n := g.count("SELECT COUNT(*) FROM practice_outbox WHERE kind = 'cards_due'"); n != want {
				t.Errorf("%d reminders, want %d", n, want)
			}
		}
		k.Clock.Advance(2 * time.Hour)
		sent(0) // nothing is due
		k.Clock.Advance(26 * time.Hour)
		sent(1)
		sent(1)
		k.Clock.Advance(23 * time.Hour)
		plan.Remind = false
		g.must(g.SetPlan(ctx, g.ann, plan))
		plan.Remind = true
		g.must(g.SetPlan(ctx, g.ann, plan)) // on again brings none before its time
		sent(1)
		session, err := g.StartSession(ctx, g.ann)
		g.must(err)
		k.Clock.Advance(2 * time.Hour)
		sent(1)
		_, err = g.EndSession(ctx, g.ann, session.ID)
		g.must(err)
		k.Clock.Advance(20 * time.Minute)
		sent(2)
		plan.Remind = false
		g.must(g.SetPlan(ctx, g.ann, plan))
		k.Clock.Advance(72 * time.Hour)
		sent(2)
		g.saidTo(g.ann, "card is due for review")
	})
}

// Who is erased leaves nothing, frees the seats that they had, and takes nothing
// from those who have reviewed their answers.
func TestErasureOfPeers(t *testing.T) {
	testkit.Engines(t, func(t *testing.T, k *testkit.Kit) {
		g, ctx := openGuild(t, k), k.Ctx
		mine := g.asks(g.checked(g.ann, "be-001", "One", practice.Yes), practice.AskRequest{Circle: practice.Everyone, Seats: 2})
		g.handsIn(g.bob, g.takes(g.bob, mine), practice.Yes, "")
		idle := g.takes(g.cleo, mine)
		theirs := g.asks(g.checked(g.bob, "be-002", "Two", practice.Yes), practice.AskRequest{Circle: practice.Person, Person: g.ann, Seats: 2})
		g.handsIn(g.ann, g.takes(g.ann, theirs), practice.Yes, "")
		other := g.asks(g.checked(g.cleo, "be-003", "Three", practice.Yes), practice.AskRequest{Circle: practice.Everyone, Seats: 1})
		g.takes(g.ann, other)
		g.must(g.profiles.Erase(ctx, g.ann))
		testkit.Eventually(t, func() bool {
			return g.count("SELECT COUNT(*) FROM practice_asks WHERE account_id = $1", g.ann) == 0 && g.count("SELECT COUNT(*) FROM practice_seats WHERE account_id = $1", g.ann) == 0
		})
		_, err := g.Seat(ctx, g.cleo, idle.ID)
		g.refused(err, errs.NotFound)
		g.credits(g.bob, 1) // two asked for, one given
		if now, err := g.Ask(ctx, g.bob, theirs.ID); err != nil || now.In != 0 || now.Taken != 0 || now.Person != 0 {
			t.Errorf("%+v, %v", now, err)
		}
		if now, err := g.Ask(ctx, g.cleo, other.ID); err != nil || now.Taken != 0 {
			t.Errorf("%+v, %v", now, err)
		}
		if list, err := g.Seats(ctx, g.bob, page.Page{Limit: 5}); err != nil || len(list) > 0 {
			t.Errorf("%+v, %v", list, err)
		}
	})
}

// What peers find is certified: of each point the lowest mark.
func TestReviewedAnswersHaveReceipts(t *testing.T) {
	testkit.Engines(t, func(t *testing.T, k *testkit.Kit) {
		g, ctx := openGuild(t, k), k.Ctx
		ask := g.asks(g.checked(g.ann, "be-001", "One", practice.Yes), practice.AskRequest{Circle: practice.Everyone, Seats: 1})
		g.handsIn(g.bob, g.takes(g.bob, ask), practice.Yes, "")
		list, err := g.Receipts(ctx, g.ann, page.Page{Limit: 5})
		g.must(err)
		if len(list) != 1 || list[0].Subject != "backend-core/be-001" || list[0].Reviewers != 1 || !list[0].Passed || list[0].Member != "https://guild.test/@ann" {
			t.Errorf("%+v", list)
		}
	})
}
