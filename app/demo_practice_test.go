package app

import (
	"io"
	"log/slog"
	"testing"
	"time"

	"github.com/guildhall/guildhall/internal/ids"
	"github.com/guildhall/guildhall/internal/page"
	"github.com/guildhall/guildhall/internal/testkit"
	"github.com/guildhall/guildhall/practice"
)

// Whoever signs in to the demo finds reviews that are due, answers and stories.
func TestDemoPractises(t *testing.T) {
	t.Parallel()
	c := Config{Data: t.TempDir(), Listen: "127.0.0.1:0", AdminListen: "off", RateLimits: "off", MaxCharacters: 500, MailFrom: "a@b.example"}
	if err := c.Check(); err != nil {
		t.Fatal(err)
	}
	var clock movable
	clock.set(time.Now().Add(-demoAge))
	ctx := t.Context()
	a, err := Open(ctx, c, Options{Log: slog.New(slog.DiscardHandler), Now: clock.now})
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() {
		if err := a.Close(); err != nil {
			t.Error(err)
		}
	})
	if err := a.Start(ctx); err != nil {
		t.Fatal(err)
	}
	s := seeding{app: a, clock: &clock, out: io.Discard, now: time.Now()}
	if err := s.run(ctx, DemoOptions{Accounts: 3, Posts: 6, Out: io.Discard}); err != nil {
		t.Fatal(err)
	}
	clock.follow()
	ada := s.ids[0]
	due, err := a.Practice.DueCount(ctx, ada)
	if err != nil || due < 4 || due > 6 {
		t.Errorf("%d reviews due, %v", due, err)
	}
	checkAnswers(t, a, s)
	session, err := a.Practice.CurrentSession(ctx, ada)
	if err != nil || session == nil || session.Next() < 1 {
		t.Errorf("the session: %+v, %v", session, err)
	}
	stories, err := a.Practice.Stories(ctx, ada)
	if err != nil || len(stories) != 2 {
		t.Errorf("%d stories, %v", len(stories), err)
	}
	checkMocks(t, a, s)
	receipts, err := a.Practice.ShownReceipts(ctx, 0, ada, page.Page{Limit: 10})
	if err != nil || len(receipts) != 1 || !receipts[0].Passed {
		t.Errorf("%d receipts shown, %v", len(receipts), err)
	}
	days, err := a.Practice.Forecast(ctx, ada, time.Now().UTC().Truncate(24*time.Hour), 30)
	if err != nil {
		t.Fatal(err)
	}
	checkPeers(t, a, ada)
	busy := 0
	for _, n := range days {
		if n > 0 {
			busy++
		}
	}
	if busy < 4 {
		t.Errorf("the forecast is empty: %v", days)
	}
}

// checkPeers looks for an answer that was reviewed and is talked about, and one
// to review.
func checkPeers(t *testing.T, a *App, who ids.ID) {
	t.Helper()
	asks, err := a.Practice.Asks(t.Context(), who, page.Page{Limit: 10})
	if err != nil || len(asks) != 2 || asks[0].State != practice.AskOpen || asks[1].State != practice.AskDone || len(asks[1].Reviews) != 2 || len(asks[1].Disputed) == 0 {
		t.Fatalf("%+v, %v", asks, err)
	}
	testkit.Eventually(t, func() bool {
		done, err := a.Practice.Ask(t.Context(), who, asks[1].ID)
		return err == nil && done.ThreadID != 0
	})
	if seats, err := a.Practice.Seats(t.Context(), who, page.Page{Limit: 10}); err != nil || len(seats) != 1 || seats[0].Ask == nil {
		t.Errorf("%+v, %v", seats, err)
	}
}

func checkAnswers(t *testing.T, a *App, s seeding) {
	t.Helper()
	for i, who := range s.ids {
		list, err := a.Practice.Attempts(t.Context(), who, page.Page{Limit: 40})
		if err != nil {
			t.Fatal(err)
		}
		checked := 0
		for _, x := range list {
			if x.State == practice.Checked {
				checked++
			}
			if x.State != practice.Skipped && (x.State != practice.Checked || len(x.Answer) < 100) {
				t.Errorf("%s of %s: %+v", x.CardID, s.people[i].Username, x)
			}
		}
		if checked < 3 || i == 0 && checked < 14 {
			t.Errorf("%s has %d checked answers", s.people[i].Username, checked)
		}
		_, made, err := a.Practice.Plan(t.Context(), who)
		if err != nil || !made {
			t.Errorf("%s has no plan: %v", s.people[i].Username, err)
		}
	}
}

// The first member has an interview behind them, one to come, and may accept one.
func checkMocks(t *testing.T, a *App, s seeding) {
	t.Helper()
	ctx, ada := t.Context(), s.ids[0]
	list, err := a.Practice.Mocks(ctx, ada, page.Page{Limit: 10})
	if err != nil || len(list) != 2 || list[0].State != practice.MockAccepted || list[1].State != practice.MockClosed {
		t.Fatalf("%+v, %v", list, err)
	}
	r, err := a.Practice.MockRecord(ctx, ada, list[1].ID)
	if err != nil || len(r.Reviews) != 2 || len(r.Events) < 50 {
		t.Fatalf("%d reviews, %d events, %v", len(r.Reviews), len(r.Events), err)
	}
	open, err := a.Practice.OpenMocks(ctx, ada, 10)
	if err != nil || len(open) != 1 || open[0].Invited != 0 {
		t.Errorf("%+v, %v", open, err)
	}
}
