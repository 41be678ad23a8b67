package practice_test

import (
	"encoding/json"
	"fmt"
	"html"
	"path/filepath"
	"slices"
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/guildhall/guildhall/decks"
	"github.com/guildhall/guildhall/identity"
	"github.com/guildhall/guildhall/internal/blob"
	"github.com/guildhall/guildhall/internal/errs"
	"github.com/guildhall/guildhall/internal/ids"
	"github.com/guildhall/guildhall/internal/image"
	"github.com/guildhall/guildhall/internal/mail"
	"github.com/guildhall/guildhall/internal/page"
	"github.com/guildhall/guildhall/internal/seal"
	"github.com/guildhall/guildhall/internal/testkit"
	"github.com/guildhall/guildhall/posts"
	"github.com/guildhall/guildhall/practice"
	"github.com/guildhall/guildhall/profiles"
)

// guild is the room with members: ann asks, bob, cleo and dan review; bob follows
// ann.
type guild struct {
	*hall
	identity            *identity.Service
	profiles            *profiles.Service
	posts               *posts.Service
	ann, bob, cleo, dan ids.ID
	names               map[ids.ID]string
	recordings          *blob.Store
}

func openGuild(t *testing.T, k *testkit.Kit) *guild {
	t.Helper()
	g := &guild{hall: &hall{T: t, kit: k}, names: map[ids.ID]string{}}
	store := func(name string) *blob.Store {
		b, err := blob.Open(filepath.Join(k.Dir, name))
		g.must(err)
		t.Cleanup(func() { _ = b.Close() })
		return b
	}
	keys, err := seal.LoadOrCreate(filepath.Join(k.Dir, "keys"))
	g.must(err)
	mails, err := mail.New(mail.Config{From: "Guild <no-reply@guild.test>", Folder: filepath.Join(k.Dir, "mails"), Now: k.Clock.Now}, k.Log)
	g.must(err)
	images := image.New(1, image.Limits{Bytes: 1 << 20, Pixels: 1 << 20})
	blobs := store("blobs")
	g.identity = identity.New(identity.Deps{DB: k.Open("identity", identity.Schema()), Bus: k.Bus, IDs: k.IDs, Now: k.Clock.Now, Log: k.Log, Keys: keys, Mail: mails}, identity.DefaultConfig())
	g.profiles = profiles.New(profiles.Deps{DB: k.Open("profiles", profiles.Schema()), Bus: k.Bus, IDs: k.IDs, Now: k.Clock.Now, Log: k.Log,
		Identity: g.identity, Images: images, Blobs: blobs, Format: html.EscapeString}, profiles.DefaultConfig())
	g.posts = posts.New(posts.Deps{DB: k.Open("posts", posts.Schema()), Search: k.Open("search", posts.SearchSchema()), Bus: k.Bus, IDs: k.IDs, Now: k.Clock.Now,
		Log: k.Log, Profiles: g.profiles, Images: images, Blobs: blobs}, posts.DefaultConfig())
	g.db, g.recordings = k.Open("practice", practice.Schema()), store("recordings")
	g.Service = practice.New(practice.Deps{DB: g.db, Bus: k.Bus, IDs: k.IDs, Now: k.Clock.Now, Log: k.Log, Identity: g.identity, Profiles: g.profiles, Posts: g.posts, Keys: keys,
		Recordings: g.recordings, Bundled: decks.Files}, practice.Config{BaseURL: "https://guild.test"})
	g.must(g.profiles.Start(k.Ctx))
	g.must(g.posts.Start(k.Ctx))
	g.must(g.Start(k.Ctx))
	for _, m := range []struct {
		name string
		id   *ids.ID
	}{{"ann", &g.ann}, {"bob", &g.bob}, {"cleo", &g.cleo}, {"dan", &g.dan}} {
		*m.id = g.member(m.name)
	}
	g.follow(g.bob, g.ann)
	return g
}

func (g *guild) member(name string) ids.ID {
	g.Helper()
	u, err := g.profiles.Register(g.kit.Ctx, identity.SignUp{Username: name, Email: name + "@example.org", Trusted: true})
	g.must(err)
	g.names[u.ID] = name
	return u.ID
}

func (g *guild) follow(from, to ids.ID) {
	g.Helper()
	_, err := g.profiles.Follow(g.kit.Ctx, from, to, profiles.FollowOptions{})
	g.must(err)
}

// checked is an attempt whose rubric its author has ticked alike.
func (g *guild) checked(who ids.ID, card, text string, m practice.Mark) *practice.Attempt {
	g.Helper()
	g.kit.Clock.Advance(time.Second)
	a := g.answered(who, "backend-core", card, text)
	_, err := g.Check(g.kit.Ctx, who, a.ID, ticks(a.Card, m), "what the author notes")
	g.must(err)
	a, err = g.Attempt(g.kit.Ctx, who, a.ID)
	g.must(err)
	return a
}

func (g *guild) asks(a *practice.Attempt, r practice.AskRequest) *practice.Ask {
	g.Helper()
	k, err := g.AskReview(g.kit.Ctx, a.AccountID, a.ID, r)
	g.must(err)
	return k
}

func (g *guild) takes(who ids.ID, k *practice.Ask) *practice.Seat {
	g.Helper()
	seat, err := g.TakeSeat(g.kit.Ctx, who, k.ID)
	g.must(err)
	return seat
}

func (g *guild) handsIn(who ids.ID, seat *practice.Seat, m practice.Mark, note string) *practice.Seat {
	g.Helper()
	done, err := g.HandIn(g.kit.Ctx, who, seat.ID, ticks(seat.Card, m), note)
	g.must(err)
	return done
}

// credits fails the test if members have other credits than these.
func (g *guild) credits(who ids.ID, want int) {
	g.Helper()
	if n, err := g.Credits(g.kit.Ctx, who); err != nil || n != want {
		g.Errorf("%s has %d credits, want %d, %v", g.names[who], n, want, err)
	}
}

func (g *guild) offers(who ids.ID) []practice.OpenAsk {
	g.Helper()
	list, err := g.OpenAsks(g.kit.Ctx, who, 10)
	g.must(err)
	return list
}

// told are the texts of the direct posts that name a member, oldest first.
func (g *guild) told(who ids.ID) []string {
	g.Helper()
	list, err := g.posts.Conversations(g.kit.Ctx, who, page.Page{Limit: 40})
	g.must(err)
	var texts []string
	for _, c := range list {
		texts = append(texts, c.Last.Text)
	}
	slices.Reverse(texts)
	return texts
}

func TestPeerReview(t *testing.T) {
	testkit.Engines(t, func(t *testing.T, k *testkit.Kit) {
		g, ctx := openGuild(t, k), k.Ctx
		a := g.checked(g.ann, "be-013", "I read the plan.", practice.Yes)
		before, err := g.Result(ctx, g.ann, a.ID)
		g.must(err)
		ask := g.asks(a, practice.AskRequest{Circle: practice.Everyone, Seats: 2})
		if ask.State != practice.AskOpen || ask.Attempt.ID != a.ID || ask.Reviews != nil || ask.Own != nil {
			t.Fatalf("%+v", ask)
		}
		g.credits(g.ann, 0)
		for _, who := range []ids.ID{g.bob, g.cleo} {
			if list := g.offers(who); len(list) != 1 || list[0].AskID != ask.ID || list[0].Asked || list[0].Card.ID != "be-013" {
				t.Fatalf("%+v", list)
			}
		}
		if list := g.offers(g.ann); len(list) > 0 {
			t.Errorf("one's own answer is offered: %+v", list)
		}
		one := g.takes(g.bob, ask)
		if again := g.takes(g.bob, ask); again.ID != one.ID {
			t.Errorf("a second seat for the same: %+v", again)
		}
		if one.Answer != "I read the plan." || len(one.Card.Rubric) == 0 || one.Ask != nil || one.Mine != nil {
			t.Errorf("%+v", one)
		}
		_, err = g.HandIn(ctx, g.bob, one.ID, ticks(one.Card, practice.Yes)[1:], "")
		g.refused(err, errs.Invalid)
		if done := g.handsIn(g.bob, one, practice.Partly, "bob's note"); done.Mine == nil || done.Mine.Note != "bob's note" || done.Ask != nil {
			t.Errorf("%+v", done)
		}
		_, err = g.HandIn(ctx, g.bob, one.ID, ticks(one.Card, practice.No), "")
		g.refused(err, errs.Conflict)
		g.refused(g.GiveBack(ctx, g.bob, one.ID), errs.Conflict)
		if ask, err = g.Ask(ctx, g.ann, ask.ID); err != nil || ask.In != 1 || ask.State != practice.AskOpen || ask.Reviews != nil {
			t.Fatalf("%+v, %v", ask, err)
		}
		if _, err := g.Ask(ctx, g.bob, ask.ID); !errs.Is(err, errs.NotFound) {
			t.Errorf("a reviewer sees the ask too soon: %v", err)
		}
		k.Clock.Advance(time.Hour)
		two := g.takes(g.cleo, ask)
		done := g.handsIn(g.cleo, two, practice.No, "cleo's note")
		if done.Ask == nil || done.Ask.AccountID != g.ann || len(done.Ask.Reviews) != 2 || done.Ask.Own == nil || done.Ask.Attempt.Predicted != -1 {
			t.Fatalf("%+v", done.Ask)
		}
		ask, err = g.AskOf(ctx, g.ann, a.ID)
		g.must(err)
		if ask.State != practice.AskDone || len(ask.Disputed) != len(a.Card.Rubric) || ask.Own.Note != "what the author notes" || ask.Attempt.Predicted != 70 {
			t.Fatalf("%+v", ask)
		}
		if len(ask.Reviews) != 2 || ask.Reviews[0].AccountID != g.bob || ask.Reviews[1].AccountID != g.cleo || !ask.Reviews[0].Peer {
			t.Errorf("%+v", ask.Reviews)
		}
		if kappa := ask.Kappas[g.cleo]; kappa == nil || *kappa != 0 { // all yes, all no
			t.Errorf("kappa %v", kappa)
		}
		// The lowest rating holds, as of when the author checked the answer.
		after, err := g.Result(ctx, g.ann, a.ID)
		g.must(err)
		if before.Schedule.DueAt.Equal(after.Schedule.DueAt) || after.Schedule.Reviews != 1 || !after.Schedule.ReviewedAt.Equal(before.Schedule.ReviewedAt) || after.Review.ID != before.Review.ID {
			t.Errorf("%+v was %+v", after.Schedule, before.Schedule)
		}
		log, err := g.Ratings(ctx, g.ann, practice.Rated{}, 10)
		g.must(err)
		if len(log) != 2 || log[1].Rating != 1 || !log[1].At.Equal(log[0].At) {
			t.Errorf("%+v", log)
		}
		g.credits(g.ann, 0)
		g.credits(g.bob, 3)
		g.credits(g.cleo, 3)
		if list, err := g.Asks(ctx, g.ann, page.Page{Limit: 5}); err != nil || len(list) != 1 || len(list[0].Reviews) != 2 {
			t.Errorf("%+v, %v", list, err)
		}
		if list, err := g.Seats(ctx, g.cleo, page.Page{Limit: 5}); err != nil || len(list) != 1 || list[0].Mine.Note != "cleo's note" || list[0].Ask == nil {
			t.Errorf("%+v, %v", list, err)
		}
		// Once reviewed, the answer is not offered to the same people again.
		g.handsIn(g.ann, g.takes(g.ann, g.asks(g.checked(g.bob, "be-001", "GET is safe.", practice.Yes), practice.AskRequest{Circle: practice.Everyone, Seats: 1})), practice.Yes, "")
		g.asks(a, practice.AskRequest{Circle: practice.Everyone, Seats: 1})
		if len(g.offers(g.cleo)) != 0 || len(g.offers(g.dan)) != 1 {
			t.Errorf("%+v, %+v", g.offers(g.cleo), g.offers(g.dan))
		}
	})
}

// Nobody who may not learn whose an answer is, and what others found, is told.
func TestPeerReviewIsBlind(t *testing.T) {
	testkit.Engines(t, func(t *testing.T, k *testkit.Kit) {
		g, ctx := openGuild(t, k), k.Ctx
		a := g.checked(g.ann, "be-013", "The answer.", practice.Yes)
		ask := g.asks(a, practice.AskRequest{Circle: practice.Everyone, Seats: 2})
		one, two := g.takes(g.bob, ask), g.takes(g.cleo, ask)
		g.handsIn(g.bob, one, practice.Partly, "bob's note")
		all := func(things ...any) string {
			t.Helper()
			data, err := json.Marshal(things)
			g.must(err)
			return string(data)
		}
		list, err := g.Seats(ctx, g.cleo, page.Page{Limit: 5})
		g.must(err)
		handedIn, err := g.Seat(ctx, g.bob, one.ID)
		g.must(err)
		handedIn.Mine.AccountID, handedIn.Mine.Note = 0, "" // bob's own
		seen := all(g.offers(g.dan), g.takes(g.cleo, ask), list, handedIn)
		own, err := g.Ask(ctx, g.ann, ask.ID)
		g.must(err)
		author := all(own)
		for _, canary := range []string{g.ann.String(), a.ID.String(), "what the author notes", "bob's note", g.bob.String()} {
			if strings.Contains(seen, canary) {
				t.Errorf("the reviewer sees %q: %s", canary, seen)
			}
		}
		for _, canary := range []string{g.bob.String(), g.cleo.String(), one.ID.String(), "bob's note"} {
			if strings.Contains(author, canary) {
				t.Errorf("the author sees %q: %s", canary, author)
			}
		}
		for _, id := range []ids.ID{ask.ID, one.ID} {
			if id.Shard() != 0 {
				t.Errorf("the id %d tells something of its owner", id)
			}
		}
		for name, call := range map[string]func() error{
			"ask":         func() error { _, err := g.Ask(ctx, g.dan, ask.ID); return err },
			"withdraw":    func() error { return g.WithdrawAsk(ctx, g.dan, ask.ID) },
			"by reviewer": func() error { return g.WithdrawAsk(ctx, g.bob, ask.ID) },
			"ask of":      func() error { _, err := g.AskOf(ctx, g.bob, a.ID); return err },
			"ask again": func() error {
				_, err := g.AskReview(ctx, g.bob, a.ID, practice.AskRequest{Circle: practice.Everyone, Seats: 1})
				return err
			},
			"seat":      func() error { _, err := g.Seat(ctx, g.dan, two.ID); return err },
			"by author": func() error { _, err := g.Seat(ctx, g.ann, two.ID); return err },
			"hand in":   func() error { _, err := g.HandIn(ctx, g.dan, two.ID, ticks(a.Card, practice.Yes), ""); return err },
			"give back": func() error { return g.GiveBack(ctx, g.dan, two.ID) },
			"recording": func() error { _, _, err := g.SeatRecording(ctx, g.dan, two.ID); return err },
			"none":      func() error { _, _, err := g.SeatRecording(ctx, g.cleo, two.ID); return err },
			"answer":    func() error { _, err := g.SeatAnswer(ctx, g.dan, two.ID); return err },
			"own":       func() error { _, err := g.TakeSeat(ctx, g.ann, ask.ID); return err },
			"no ask":    func() error { _, err := g.TakeSeat(ctx, g.dan, 12345); return err },
			"attempt":   func() error { _, err := g.Attempt(ctx, g.bob, a.ID); return err },
		} {
			if err := call(); !errs.Is(err, errs.NotFound) || err.Error() != errs.NotFoundRecord().Error() {
				t.Errorf("%s: %v", name, err)
			}
		}
	})
}

// A circle is who is in it, and nobody who hides from the author or is hidden.
func TestCircles(t *testing.T) {
	testkit.Engines(t, func(t *testing.T, k *testkit.Kit) {
		g, ctx := openGuild(t, k), k.Ctx
		offered := func(who ids.ID, want bool) {
			t.Helper()
			if got := len(g.offers(who)) == 1; got != want {
				t.Errorf("offered to %s: %v, want %v", g.names[who], got, want)
			}
		}
		person := g.asks(g.checked(g.ann, "be-001", "One", practice.Yes), practice.AskRequest{Circle: practice.Person, Person: g.cleo, Seats: 1})
		offered(g.cleo, true)
		if !g.offers(g.cleo)[0].Asked {
			t.Error("cleo is not told that she was asked by name")
		}
		offered(g.bob, false)
		_, err := g.TakeSeat(ctx, g.bob, person.ID)
		g.refused(err, errs.NotFound)
		g.must(g.WithdrawAsk(ctx, g.ann, person.ID))
		offered(g.cleo, false)
		g.refused(g.WithdrawAsk(ctx, g.ann, person.ID), errs.Conflict)
		g.credits(g.ann, 2)

		a := g.checked(g.ann, "be-002", "Two", practice.Yes)
		followers := g.asks(a, practice.AskRequest{Circle: practice.Followers, Seats: 1})
		offered(g.bob, true)
		offered(g.cleo, false)
		for name, pair := range map[string][2]ids.ID{"author blocks": {g.ann, g.bob}, "reviewer blocks": {g.bob, g.ann}} {
			_, err := g.profiles.Block(ctx, pair[0], pair[1])
			g.must(err)
			if _, err := g.TakeSeat(ctx, g.bob, followers.ID); !errs.Is(err, errs.NotFound) {
				t.Errorf("%s: %v", name, err)
			}
			offered(g.bob, false)
			_, err = g.AskReview(ctx, g.ann, a.ID, practice.AskRequest{Circle: practice.Person, Person: g.bob, Seats: 1})
			g.refused(err, errs.NotFound)
			_, err = g.profiles.Unblock(ctx, pair[0], pair[1])
			g.must(err)
			g.follow(g.bob, g.ann)
		}
		for _, pair := range [][2]ids.ID{{g.ann, g.bob}, {g.bob, g.ann}} {
			_, err := g.profiles.Mute(ctx, pair[0], pair[1], false, 0)
			g.must(err)
			offered(g.bob, false)
			_, err = g.profiles.Unmute(ctx, pair[0], pair[1])
			g.must(err)
			offered(g.bob, true)
		}
		g.must(g.profiles.SetState(ctx, g.bob, profiles.Suspended, true))
		offered(g.bob, false)
		g.must(g.profiles.SetState(ctx, g.bob, profiles.Suspended, false))
		g.must(g.profiles.SetState(ctx, g.ann, profiles.Suspended, true))
		offered(g.bob, false)
		g.must(g.profiles.SetState(ctx, g.ann, profiles.Suspended, false))
		offered(g.bob, true)
	})
}

func TestAskingIsBounded(t *testing.T) {
	testkit.Engines(t, func(t *testing.T, k *testkit.Kit) {
		g, ctx := openGuild(t, k), k.Ctx
		everyone := practice.AskRequest{Circle: practice.Everyone, Seats: 1}
		open := g.answered(g.ann, "backend-core", "be-005", "Not ticked")
		_, err := g.AskReview(ctx, g.ann, open.ID, everyone)
		g.refused(err, errs.Conflict)
		a := g.checked(g.ann, "be-001", "One", practice.Yes)
		for _, r := range []practice.AskRequest{{Circle: practice.Everyone}, {Circle: practice.Everyone, Seats: 3}, {Circle: 9, Seats: 1}, {Circle: practice.Person, Seats: 1}} {
			_, err := g.AskReview(ctx, g.ann, a.ID, r)
			g.refused(err, errs.Invalid)
		}
		for _, who := range []ids.ID{g.ann, 12345} {
			_, err := g.AskReview(ctx, g.ann, a.ID, practice.AskRequest{Circle: practice.Person, Person: who, Seats: 1})
			g.refused(err, errs.NotFound)
		}
		g.asks(a, everyone)
		_, err = g.AskReview(ctx, g.ann, a.ID, everyone)
		g.refused(err, errs.Conflict)
		// However many are asked for at the same moment, credits are spent once.
		attempts := []*practice.Attempt{g.checked(g.ann, "be-002", "Two", practice.Yes), g.checked(g.ann, "be-003", "Three", practice.Yes), g.checked(g.ann, "be-004", "Four", practice.Yes)}
		var wg sync.WaitGroup
		errors := make([]error, len(attempts))
		for i, a := range attempts {
			wg.Go(func() { _, errors[i] = g.AskReview(ctx, g.ann, a.ID, everyone) })
		}
		wg.Wait()
		asked := 0
		for _, err := range errors {
			if err == nil {
				asked++
			} else {
				g.refused(err, errs.Forbidden)
			}
		}
		if asked != 1 {
			t.Errorf("%d asks for one credit", asked)
		}
		g.credits(g.ann, 0)
	})
}

// However many reach for the last seat at the same moment, one gets it.
func TestOneSeatOneReviewer(t *testing.T) {
	testkit.Engines(t, func(t *testing.T, k *testkit.Kit) {
		g, ctx := openGuild(t, k), k.Ctx
		ask := g.asks(g.checked(g.ann, "be-001", "One", practice.Yes), practice.AskRequest{Circle: practice.Everyone, Seats: 1})
		members := []ids.ID{g.bob, g.cleo, g.dan, g.member("eve"), g.member("fay")}
		var wg sync.WaitGroup
		seats, errors := make([]*practice.Seat, len(members)), make([]error, len(members))
		for i, who := range members {
			wg.Go(func() { seats[i], errors[i] = g.TakeSeat(ctx, who, ask.ID) })
		}
		wg.Wait()
		var winner int
		taken := 0
		for i := range members {
			if errors[i] == nil {
				taken++
				winner = i
			} else if !errs.Is(errors[i], errs.Conflict) {
				t.Error(errors[i])
			}
		}
		if taken != 1 {
			t.Fatalf("%d have the seat", taken)
		}
		for range 3 {
			wg.Go(func() {
				_, _ = g.HandIn(ctx, members[winner], seats[winner].ID, ticks(seats[winner].Card, practice.Yes), "")
			})
		}
		wg.Wait()
		g.credits(members[winner], 3)
		if done, err := g.Ask(ctx, g.ann, ask.ID); err != nil || done.State != practice.AskDone || done.In != 1 || len(done.Reviews) != 1 {
			t.Errorf("%+v, %v", done, err)
		}
		// Both reviews of two seats, at the same moment, close the ask.
		two := g.asks(g.checked(g.bob, "be-002", "Two", practice.Yes), practice.AskRequest{Circle: practice.Everyone, Seats: 2})
		for _, who := range []ids.ID{g.cleo, g.dan} {
			seat := g.takes(who, two)
			wg.Go(func() {
				if _, err := g.HandIn(ctx, who, seat.ID, ticks(seat.Card, practice.Yes), ""); err != nil {
					t.Error(err)
				}
			})
		}
		wg.Wait()
		if done, err := g.Ask(ctx, g.bob, two.ID); err != nil || done.State != practice.AskDone || len(done.Reviews) != 2 {
			t.Errorf("%+v, %v", done, err)
		}
	})
}

func TestSeatsHeldAreBounded(t *testing.T) {
	testkit.Engines(t, func(t *testing.T, k *testkit.Kit) {
		g, ctx := openGuild(t, k), k.Ctx
		var last *practice.Seat
		for i := range practice.MaxHeld + 1 {
			who := g.member(fmt.Sprintf("asker%d", i))
			ask := g.asks(g.checked(who, "be-001", "One", practice.Yes), practice.AskRequest{Circle: practice.Everyone, Seats: 1})
			if i < practice.MaxHeld {
				last = g.takes(g.dan, ask)
				continue
			}
			_, err := g.TakeSeat(ctx, g.dan, ask.ID)
			g.refused(err, errs.Forbidden)
			g.must(g.GiveBack(ctx, g.dan, last.ID))
			g.takes(g.dan, ask)
		}
		_, err := g.Seat(ctx, g.dan, last.ID)
		g.refused(err, errs.NotFound)
	})
}

func TestSweepOfPeerReviews(t *testing.T) {
	testkit.Engines(t, func(t *testing.T, k *testkit.Kit) {
		g, ctx := openGuild(t, k), k.Ctx
		pass := func(d time.Duration) {
			t.Helper()
			k.Clock.Advance(d)
			g.must(g.Sweep(ctx))
			g.must(g.Sweep(ctx)) // does no harm
		}
		state := func(ask *practice.Ask) *practice.Ask {
			t.Helper()
			now, err := g.Ask(ctx, ask.AccountID, ask.ID)
			g.must(err)
			return now
		}
		ask := g.asks(g.checked(g.ann, "be-001", "One", practice.Yes), practice.AskRequest{Circle: practice.Person, Person: g.cleo, Seats: 2})
		half := g.asks(g.checked(g.bob, "be-002", "Two", practice.Yes), practice.AskRequest{Circle: practice.Everyone, Seats: 2})
		seat := g.takes(g.cleo, ask)
		pass(23 * time.Hour)
		if now := state(ask); now.Taken != 1 {
			t.Errorf("%+v", now)
		}
		k.Clock.Advance(61 * time.Minute)
		_, err := g.HandIn(ctx, g.cleo, seat.ID, ticks(seat.Card, practice.Yes), "")
		g.refused(err, errs.Conflict) // the time is over, also before the sweep
		pass(0)
		if now := state(ask); now.Taken != 0 || now.Circle != practice.Person {
			t.Errorf("%+v", now)
		}
		g.handsIn(g.dan, g.takes(g.dan, half), practice.Yes, "")
		g.credits(g.ann, 0)
		pass(48 * time.Hour)
		if now := state(ask); now.Circle != practice.Followers || now.WidenedAt.IsZero() {
			t.Errorf("%+v", now)
		}
		g.credits(g.ann, 2) // both seats were empty
		g.credits(g.bob, 1) // one of two
		if now := state(half); now.Circle != practice.Everyone || !now.WidenedAt.IsZero() {
			t.Errorf("%+v", now)
		}
		if len(g.offers(g.bob)) != 1 || len(g.offers(g.dan)) != 0 {
			t.Error("followers are not those who are asked now")
		}
		pass(72 * time.Hour)
		if now := state(ask); now.Circle != practice.Everyone {
			t.Errorf("%+v", now)
		}
		pass(7 * 24 * time.Hour)
		if now := state(ask); now.State != practice.AskOpen {
			t.Errorf("%+v", now)
		}
		idle := g.takes(g.dan, ask)
		pass(2 * 24 * time.Hour)
		if now := state(ask); now.State != practice.AskExpired || now.ClosedAt.IsZero() {
			t.Errorf("%+v", now)
		}
		if now := state(half); now.State != practice.AskDone || len(now.Reviews) != 1 {
			t.Errorf("%+v", now)
		}
		_, err = g.Seat(ctx, g.dan, idle.ID)
		g.refused(err, errs.NotFound)
		g.credits(g.ann, 2)
		g.credits(g.bob, 1)
		g.credits(g.dan, 3)
	})
}

// What is withdrawn with a review is done; seats that somebody is at are paid for.
func TestWithdrawing(t *testing.T) {
	testkit.Engines(t, func(t *testing.T, k *testkit.Kit) {
		g, ctx := openGuild(t, k), k.Ctx
		ask := g.asks(g.checked(g.ann, "be-001", "One", practice.Yes), practice.AskRequest{Circle: practice.Everyone, Seats: 2})
		seat := g.takes(g.cleo, ask)
		g.must(g.WithdrawAsk(ctx, g.ann, ask.ID))
		g.credits(g.ann, 1)
		_, err := g.HandIn(ctx, g.cleo, seat.ID, ticks(seat.Card, practice.Yes), "")
		g.refused(err, errs.NotFound)
		other := g.asks(g.checked(g.bob, "be-002", "Two", practice.Yes), practice.AskRequest{Circle: practice.Everyone, Seats: 2})
		done := g.takes(g.cleo, other)
		g.handsIn(g.cleo, done, practice.Yes, "")
		g.must(g.WithdrawAsk(ctx, g.bob, other.ID))
		if now, err := g.Ask(ctx, g.cleo, other.ID); err != nil || now.State != practice.AskDone || len(now.Reviews) != 1 {
			t.Errorf("%+v, %v", now, err)
		}
		g.credits(g.bob, 1)
		g.credits(g.cleo, 3)
	})
}

// Worked out by hand.
func TestAgreement(t *testing.T) {
	for _, c := range []struct {
		name  string
		pairs practice.Pairs
		want  float64
		none  bool
	}{
		{name: "no points", none: true},
		{name: "all the same mark", pairs: practice.Pairs{2: {2: 7}}, none: true},
		{name: "full agreement", pairs: practice.Pairs{{3, 0, 0}, {0, 2, 0}, {0, 0, 5}}, want: 1},
		// Observed 0; by chance 0.
		{name: "all yes, all no", pairs: practice.Pairs{2: {0: 7}}, want: 0},
		// Observed 0; by chance 2·5·5/100 = 0.5.
		{name: "opposite", pairs: practice.Pairs{{0, 0, 5}, {}, {5, 0, 0}}, want: -1},
		// The textbook's 2 by 2: observed 35/50 = 0.7, by chance (25·30 + 25·20)/2500 = 0.5.
		{name: "two marks", pairs: practice.Pairs{{15, 0, 10}, {}, {5, 0, 20}}, want: 0.4},
		// Observed 15/20; rows 7, 6, 7, columns 6, 7, 7: by chance (42+42+49)/400 = 0.3325; 0.4175/0.6675.
		{name: "three marks", pairs: practice.Pairs{{5, 2, 0}, {1, 4, 1}, {0, 1, 6}}, want: 0.4175 / 0.6675},
		// Observed 9/10 only, but 9 of 10 the same mark: by chance 0.9 as well.
		{name: "no more than chance", pairs: practice.Pairs{2: {1: 1, 2: 9}}, want: 0},
	} {
		switch got := c.pairs.Agreement(); {
		case c.none != (got == nil):
			t.Errorf("%s: %v", c.name, got)
		case got != nil && (*got < c.want-1e-12 || *got > c.want+1e-12):
			t.Errorf("%s: %v, want %v", c.name, *got, c.want)
		}
	}
}
