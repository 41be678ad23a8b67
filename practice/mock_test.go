package practice_test

import (
	"slices"
	"strings"
	"testing"
	"time"
	"unicode/utf8"

	"github.com/guildhall/guildhall/internal/errs"
	"github.com/guildhall/guildhall/internal/ids"
	"github.com/guildhall/guildhall/internal/page"
	"github.com/guildhall/guildhall/internal/testkit"
	"github.com/guildhall/guildhall/practice"
)

// offer is a proposal for tomorrow.
func (w *guild) offer(to ids.ID) practice.MockOffer {
	return practice.MockOffer{Invited: to, Role: "back-end", Level: "mid", Slots: []time.Time{w.kit.Clock.Now().Add(24 * time.Hour), w.kit.Clock.Now().Add(48 * time.Hour)}}
}

// accepted is an interview of ann and bob.
func (w *guild) accepted() *practice.Mock {
	w.Helper()
	m, err := w.Propose(w.kit.Ctx, w.ann, w.offer(w.bob))
	w.must(err)
	m, err = w.AcceptMock(w.kit.Ctx, w.bob, m.ID, m.Slots[0])
	w.must(err)
	return m
}

// begun is one of ann and bob in its first round, in which ann is the candidate.
func (w *guild) begun() *practice.Mock {
	w.Helper()
	m := w.accepted()
	w.kit.Clock.Set(m.At)
	for _, who := range []ids.ID{w.ann, w.bob} {
		_, err := w.EnterMock(w.kit.Ctx, who, m.ID)
		w.must(err)
	}
	w.sends(w.ann, m.ID, practice.MockPhase, practice.MockData{Phase: "round1"})
	return m
}

// sends puts an event into the log, a second after the last one.
func (w *guild) sends(who, mock ids.ID, kind string, d practice.MockData) *practice.MockEvent {
	w.Helper()
	w.kit.Clock.Advance(time.Second)
	e, err := w.SendMock(w.kit.Ctx, who, mock, practice.MockDraft{Type: kind, Data: d})
	w.must(err)
	return e
}

func TestMockInterview(t *testing.T) {
	testkit.Engines(t, func(t *testing.T, k *testkit.Kit) {
		w, ctx := openGuild(t, k), k.Ctx
		m := w.begun()
		m, err := w.Mock(ctx, w.bob, m.ID)
		w.must(err)
		if m.State != practice.MockRound1 || m.Candidate() != w.ann || m.Interviewer() != w.bob || m.Revision != 1 || m.PhaseEnds.Sub(k.Clock.Now()) != 25*time.Minute {
			t.Fatalf("%+v", m)
		}
		asked := w.sends(w.bob, m.ID, practice.MockAsks, practice.MockData{})
		if asked.Data.Hash == "" {
			t.Errorf("%+v", asked.Data)
		}
		for who, open := range map[ids.ID]bool{w.ann: false, w.bob: true} {
			seen, err := w.Mock(ctx, who, m.ID)
			w.must(err)
			if c := seen.Cards[0]; c.Open != open || (len(c.Card.Rubric) > 0) != open || (len(c.Card.FollowUps) > 0) != open || c.Card.Question == "" || (c.Card.Source != nil) != open {
				t.Errorf("%v: %+v", open, c)
			}
		}
		w.sends(w.ann, m.ID, practice.MockPatch, practice.MockData{Pane: "candidate", Insert: "héllo 🌍"})
		w.sends(w.ann, m.ID, practice.MockPatch, practice.MockData{Pane: "candidate", Base: 1, At: 6, Remove: 1, Insert: "you"})
		w.sends(w.bob, m.ID, practice.MockPatch, practice.MockData{Pane: "interviewer", Insert: "listening"})
		w.sends(w.bob, m.ID, practice.MockNote, practice.MockData{Text: "nervous"})
		w.sends(w.bob, m.ID, practice.MockHint, practice.MockData{Text: "and the cost?"})
		w.sends(w.ann, m.ID, practice.MockFlag, practice.MockData{})
		w.sends(w.bob, m.ID, practice.MockEnd, practice.MockData{})
		w.sends(w.bob, m.ID, practice.MockPhase, practice.MockData{Phase: "round2"})
		w.sends(w.ann, m.ID, practice.MockAsks, practice.MockData{Deck: "backend-core", Card: "be-013"})
		w.sends(w.ann, m.ID, practice.MockPhase, practice.MockData{Phase: "reviewing"})

		var panes practice.MockPanes
		var types [2][]string
		for i, who := range []ids.ID{w.ann, w.bob} {
			log, err := w.MockEvents(ctx, who, m.ID, 0, 100)
			w.must(err)
			for n, e := range log {
				if e.Seq != int64(n+1) {
					t.Fatalf("event %d has number %d", n+1, e.Seq)
				}
				if hidden := e.Data == nil; hidden != (e.Type == practice.MockNote && who == w.ann) {
					t.Errorf("%s for member %d: %+v", e.Type, i, e.Data)
				}
				if types[i] = append(types[i], e.Type); e.Type == practice.MockEnd && i == 0 {
					if panes.Candidate() != "héllo you" || panes.Interviewer() != "listening" {
						t.Errorf("%q, %q", panes.Candidate(), panes.Interviewer())
					}
				}
				if i == 0 {
					panes.Apply(e)
				}
			}
		}
		want := "phase entered entered phase card patch patch patch note hint flag end phase phase card phase"
		if got := strings.Join(types[0], " "); got != want || got != strings.Join(types[1], " ") {
			t.Errorf("got  %s\nwant %s", got, want)
		}
		if panes.Candidate() != "" || panes.Round != 2 {
			t.Errorf("%+v", panes)
		}

		m, err = w.Mock(ctx, w.bob, m.ID)
		w.must(err)
		if _, err := w.ReviewMock(ctx, w.bob, m.ID, practice.MockForm{Note: "well"}); !errs.Is(err, errs.Invalid) {
			t.Errorf("without marks: %v", err)
		}
		_, err = w.ReviewMock(ctx, w.bob, m.ID, practice.MockForm{Marks: ticks(m.Cards[0].Card, practice.Yes), Strength: "calm", Improve: "depth"})
		w.must(err)
		_, err = w.ReviewMock(ctx, w.bob, m.ID, practice.MockForm{Marks: ticks(m.Cards[0].Card, practice.No)})
		w.refused(err, errs.Conflict)
		m, err = w.Mock(ctx, w.ann, m.ID)
		w.must(err)
		if len(m.Reviews) != 0 || m.State != practice.MockReviewing {
			t.Errorf("%+v", m.Reviews)
		}
		m, err = w.ReviewMock(ctx, w.ann, m.ID, practice.MockForm{Marks: ticks(m.Cards[1].Card, practice.Partly)})
		w.must(err)
		if m.State != practice.MockClosed || len(m.Reviews) != 2 || len(m.Cards[0].Card.Rubric) == 0 {
			t.Errorf("%+v", m)
		}
		for _, r := range m.Reviews {
			if score := map[ids.ID]int{w.bob: 100, w.ann: 50}[r.AccountID]; r.Score != score || len(r.Marks) == 0 || r.Round != map[ids.ID]int{w.bob: 1, w.ann: 2}[r.AccountID] {
				t.Errorf("%+v", r)
			}
		}
		list, err := w.Mocks(ctx, w.bob, page.Page{Limit: 10})
		w.must(err)
		if len(list) != 1 || list[0].State != practice.MockClosed {
			t.Errorf("%+v", list)
		}
	})
}

// wants says what the house tells a member in the end, the newest last.
func (w *guild) wants(who ids.ID, parts ...string) {
	w.Helper()
	var got []string
	for end := time.Now().Add(10 * time.Second); time.Now().Before(end) && len(got) < len(parts); time.Sleep(5 * time.Millisecond) {
		got = w.told(who)
	}
	if len(got) != len(parts) {
		w.Fatalf("%s was told %q, want %q", w.names[who], got, parts)
	}
	for i, part := range parts {
		if !strings.Contains(got[i], part) || !strings.Contains(got[i], "https://guild.test/practice/mocks/") {
			w.Errorf("%s was told %q, want %q", w.names[who], got[i], part)
		}
	}
}

// state fails the test unless an interview is in a state.
func (w *guild) state(m *practice.Mock, want practice.MockState) *practice.Mock {
	w.Helper()
	w.must(w.SweepMocks(w.kit.Ctx))
	m, err := w.Mock(w.kit.Ctx, w.ann, m.ID)
	w.must(err)
	if m.State != want {
		w.Fatalf("%s, want %s", m.State, want)
	}
	return m
}

// Who does not come in time has not come; an interview goes on by the clock.
func TestMockGoesOnByTheClock(t *testing.T) {
	testkit.Engines(t, func(t *testing.T, k *testkit.Kit) {
		w, ctx := openGuild(t, k), k.Ctx
		m := w.accepted()
		_, err := w.EnterMock(ctx, w.ann, m.ID)
		w.refused(err, errs.Conflict) // a day too early
		k.Clock.Set(m.At.Add(-practice.MockSoon))
		w.state(m, practice.MockAccepted)
		w.wants(w.bob, "@\u2060ann proposes", "with @\u2060ann begins soon")
		k.Clock.Set(m.At.Add(-practice.MockOpens))
		w.state(m, practice.MockLobby)
		_, err = w.EnterMock(ctx, w.bob, m.ID)
		w.must(err)
		_, err = w.SendMock(ctx, w.bob, m.ID, practice.MockDraft{Type: practice.MockPhase, Data: practice.MockData{Phase: "round1"}})
		w.refused(err, errs.Conflict) // ann is not there
		k.Clock.Set(m.At.Add(practice.MockPatience - time.Second))
		w.state(m, practice.MockLobby)
		k.Clock.Advance(time.Second)
		if m = w.state(m, practice.MockNoShow); m.Entered != [2]bool{false, true} {
			t.Errorf("%v", m.Entered)
		}
		_, err = w.EnterMock(ctx, w.ann, m.ID)
		w.refused(err, errs.Conflict)
		_, err = w.CancelMock(ctx, w.ann, m.ID)
		w.refused(err, errs.Conflict)
		w.wants(w.ann, "bob has accepted", "begins soon", "somebody did not come")

		m = w.begun()
		for _, step := range []struct {
			after time.Duration
			state practice.MockState
		}{{25 * time.Minute, practice.MockRound1}, {5 * time.Minute, practice.MockSwap}, {10 * time.Minute, practice.MockRound2}, {30 * time.Minute, practice.MockReviewing},
			{72 * time.Hour, practice.MockClosed}} {
			k.Clock.Advance(step.after)
			w.state(m, step.state)
		}
		unanswered, err := w.Propose(ctx, w.ann, w.offer(0))
		w.must(err)
		k.Clock.Set(unanswered.Slots[1])
		w.state(unanswered, practice.MockCancelled)

		m = w.accepted()
		k.Clock.Set(m.At)
		for _, who := range []ids.ID{w.ann, w.bob} {
			_, err := w.EnterMock(ctx, who, m.ID)
			w.must(err)
		}
		k.Clock.Advance(time.Hour)
		w.state(m, practice.MockCancelled) // both came, and nobody has begun
	})
}

// Who blocks, or is blocked, is not met; what is wrong with an offer is said.
func TestMockOffers(t *testing.T) {
	testkit.Engines(t, func(t *testing.T, k *testkit.Kit) {
		w, ctx := openGuild(t, k), k.Ctx
		now := k.Clock.Now()
		good := w.offer(0)
		for name, change := range map[string]func(o *practice.MockOffer){
			"no slot":      func(o *practice.MockOffer) { o.Slots = nil },
			"in the past":  func(o *practice.MockOffer) { o.Slots = []time.Time{now} },
			"far away":     func(o *practice.MockOffer) { o.Slots = []time.Time{now.Add(61 * 24 * time.Hour)} },
			"six slots":    func(o *practice.MockOffer) { o.Slots = slots(now, 6) },
			"five minutes": func(o *practice.MockOffer) { o.Minutes = 5 },
			"two hours":    func(o *practice.MockOffer) { o.Minutes = 120 },
			"no such role": func(o *practice.MockOffer) { o.Role = "king" },
			"level":        func(o *practice.MockOffer) { o.Level = "high" },
			"long note":    func(o *practice.MockOffer) { o.Note = strings.Repeat("é", practice.MaxMockNote+1) },
			"broken note":  func(o *practice.MockOffer) { o.Note = "\xff" },
		} {
			o := good
			o.Slots = slices.Clone(good.Slots)
			change(&o)
			if _, err := w.Propose(ctx, w.ann, o); !errs.Is(err, errs.Invalid) {
				t.Errorf("%s: %v", name, err)
			}
		}
		open, err := w.Propose(ctx, w.ann, good)
		w.must(err)
		_, err = w.AcceptMock(ctx, w.ann, open.ID, open.Slots[0])
		w.refused(err, errs.Conflict) // one's own
		_, err = w.DeclineMock(ctx, w.bob, open.ID)
		w.refused(err, errs.NotFound) // it was not made to bob
		named, err := w.Propose(ctx, w.ann, w.offer(w.bob))
		w.must(err)
		for _, id := range []ids.ID{named.ID, 12345} {
			_, err = w.Mock(ctx, w.cleo, id)
			if !errs.Is(err, errs.NotFound) || err.Error() != errs.NotFoundRecord().Error() {
				t.Errorf("%v", err)
			}
		}

		_, err = w.profiles.Block(ctx, w.dan, w.ann)
		w.must(err)
		_, err = w.profiles.Block(ctx, w.ann, w.cleo)
		w.must(err)
		for _, who := range []ids.ID{w.dan, w.cleo} {
			if list, err := w.OpenMocks(ctx, who, 10); err != nil || len(list) > 0 {
				t.Errorf("%v, %v", list, err)
			}
			_, err = w.Mock(ctx, who, open.ID)
			w.refused(err, errs.NotFound)
			_, err = w.AcceptMock(ctx, who, open.ID, open.Slots[0])
			w.refused(err, errs.NotFound)
			_, err = w.Propose(ctx, w.ann, w.offer(who))
			w.refused(err, errs.NotFound)
		}
		if list, err := w.OpenMocks(ctx, w.bob, 10); err != nil || len(list) != 1 || list[0].ID != open.ID {
			t.Errorf("%v, %v", list, err)
		}
		_, err = w.DeclineMock(ctx, w.bob, named.ID)
		w.must(err)

		w.wants(w.bob, "ann proposes")

		// Who is muted may ask, but the house carries no message for them.
		_, err = w.profiles.Mute(ctx, w.bob, w.ann, false, 0)
		w.must(err)
		quiet, err := w.Propose(ctx, w.ann, w.offer(w.bob))
		w.must(err)
		_, err = w.CancelMock(ctx, w.ann, quiet.ID)
		w.must(err)
		_, err = w.Propose(ctx, w.bob, w.offer(w.ann))
		w.must(err)
		w.wants(w.ann, "bob has declined", "bob proposes")
		w.wants(w.bob, "ann proposes")
		_, err = w.profiles.Unmute(ctx, w.bob, w.ann)
		w.must(err)

		// Blocked after it was accepted: nobody gets in any more.
		m := w.accepted()
		k.Clock.Set(m.At)
		_, err = w.profiles.Block(ctx, w.bob, w.ann)
		w.must(err)
		for _, who := range []ids.ID{w.ann, w.bob} {
			_, err = w.EnterMock(ctx, who, m.ID)
			w.refused(err, errs.Conflict)
		}
		// Blocked in the middle of it: neither is told anything any more.
		_, err = w.profiles.Unblock(ctx, w.bob, w.ann)
		w.must(err)
		m = w.begun()
		_, err = w.profiles.Block(ctx, w.bob, w.ann)
		w.must(err)
		for _, who := range []ids.ID{w.ann, w.bob} {
			_, err = w.SendMock(ctx, who, m.ID, practice.MockDraft{Type: practice.MockFlag, Data: practice.MockData{Text: "you!"}})
			w.refused(err, errs.Conflict)
		}
		for range 10 {
			_, err = w.Propose(ctx, w.dan, practice.MockOffer{Role: "back-end", Level: "mid", Slots: slots(k.Clock.Now(), 1)})
			w.must(err)
		}
		_, err = w.Propose(ctx, w.dan, practice.MockOffer{Role: "back-end", Level: "mid", Slots: slots(k.Clock.Now(), 1)})
		w.refused(err, errs.Conflict)
		for range 20 {
			var m *practice.Mock
			if m, err = w.Propose(ctx, w.bob, practice.MockOffer{Role: "back-end", Level: "mid", Slots: slots(k.Clock.Now(), 1)}); err != nil {
				break
			}
			_, err = w.CancelMock(ctx, w.bob, m.ID)
			w.must(err)
		}
		w.must(err)
		_, err = w.Propose(ctx, w.bob, practice.MockOffer{Role: "back-end", Level: "mid", Slots: slots(k.Clock.Now(), 1)})
		w.refused(err, errs.TooMany)
	})
}

// slots are so many times, an hour apart.
func slots(from time.Time, n int) (list []time.Time) {
	for i := range n {
		list = append(list, from.Add(time.Duration(i+1)*time.Hour))
	}
	return list
}

// Two accept at once: one of them has it, and for the other it is not there.
func TestMockAcceptRace(t *testing.T) {
	testkit.Engines(t, func(t *testing.T, k *testkit.Kit) {
		w, ctx := openGuild(t, k), k.Ctx
		m, err := w.Propose(ctx, w.ann, w.offer(0))
		w.must(err)
		got := make(chan error, 3)
		for _, who := range []ids.ID{w.bob, w.cleo, w.dan} {
			go func() {
				_, err := w.AcceptMock(ctx, who, m.ID, m.Slots[0])
				got <- err
			}()
		}
		won := 0
		for range cap(got) {
			if err := <-got; err == nil {
				won++
			} else if !errs.Is(err, errs.NotFound) {
				t.Error(err)
			}
		}
		if won != 1 {
			t.Errorf("%d have accepted it", won)
		}
	})
}

// What does not fit into the log is refused, and leaves nothing there.
func TestMockLogRefuses(t *testing.T) {
	testkit.Engines(t, func(t *testing.T, k *testkit.Kit) {
		w, ctx := openGuild(t, k), k.Ctx
		m := w.begun()
		before, err := w.Mock(ctx, w.ann, m.ID)
		w.must(err)
		for name, c := range map[string]struct {
			who  ids.ID
			d    practice.MockDraft
			kind errs.Kind
		}{
			"an outsider":      {w.cleo, practice.MockDraft{Type: "note", Data: practice.MockData{Text: "x"}}, errs.NotFound},
			"no type":          {w.ann, practice.MockDraft{}, errs.Invalid},
			"the server's own": {w.ann, practice.MockDraft{Type: "entered"}, errs.Invalid},
			"presence":         {w.ann, practice.MockDraft{Type: "presence", Data: practice.MockData{Here: true}}, errs.Invalid},
			"empty note":       {w.ann, practice.MockDraft{Type: "note", Data: practice.MockData{Text: " "}}, errs.Invalid},
			"long note":        {w.ann, practice.MockDraft{Type: "note", Data: practice.MockData{Text: strings.Repeat("x", practice.MaxMockText+1)}}, errs.Invalid},
			"broken text":      {w.ann, practice.MockDraft{Type: "note", Data: practice.MockData{Text: "\xff"}}, errs.Invalid},
			"long key":         {w.ann, practice.MockDraft{Type: "flag", Key: strings.Repeat("k", 65)}, errs.Invalid},
			"broken key":       {w.ann, practice.MockDraft{Type: "flag", Key: "a\x00"}, errs.Invalid},
			"candidate's card": {w.ann, practice.MockDraft{Type: "card"}, errs.Conflict},
			"candidate's hint": {w.ann, practice.MockDraft{Type: "hint", Data: practice.MockData{Text: "x"}}, errs.Conflict},
			"no such card":     {w.bob, practice.MockDraft{Type: "card", Data: practice.MockData{Deck: "backend-core", Card: "be-999"}}, errs.NotFound},
			"half a card":      {w.bob, practice.MockDraft{Type: "card", Data: practice.MockData{Card: "be-001"}}, errs.NotFound},
			"wrong phase":      {w.ann, practice.MockDraft{Type: "phase", Data: practice.MockData{Phase: "round2"}}, errs.Conflict},
			"the same phase":   {w.ann, practice.MockDraft{Type: "phase", Data: practice.MockData{Phase: "round1"}}, errs.Conflict},
			"closed":           {w.ann, practice.MockDraft{Type: "phase", Data: practice.MockData{Phase: "closed"}}, errs.Conflict},
			"no pane":          {w.ann, patch("", 0, 0, 0, "x"), errs.Invalid},
			"empty patch":      {w.ann, patch("candidate", 0, 0, 0, ""), errs.Invalid},
			"foreign pane":     {w.ann, patch("interviewer", 0, 0, 0, "x"), errs.Conflict},
			"their pane":       {w.bob, patch("candidate", 0, 0, 0, "x"), errs.Conflict},
			"stale":            {w.ann, patch("candidate", 1, 0, 0, "x"), errs.Conflict},
			"before the text":  {w.ann, patch("candidate", 0, -1, 0, "x"), errs.Invalid},
			"behind the text":  {w.ann, patch("candidate", 0, 1, 0, "x"), errs.Conflict},
			"removes too much": {w.ann, patch("candidate", 0, 0, 1, "x"), errs.Conflict},
			"huge numbers":     {w.ann, patch("candidate", 0, 0, 1<<62, ""), errs.Conflict},
			"over 8 KiB":       {w.ann, patch("candidate", 0, 0, 0, strings.Repeat("x", practice.MaxMockData)), errs.Invalid},
		} {
			if _, err := w.SendMock(ctx, c.who, m.ID, c.d); !errs.Is(err, c.kind) {
				t.Errorf("%s: %v, want %s", name, err, c.kind)
			}
		}
		after, err := w.Mock(ctx, w.ann, m.ID)
		w.must(err)
		if after.Seq != before.Seq {
			t.Errorf("%d events were %d", after.Seq, before.Seq)
		}

		// A pane holds so much, and nobody types faster than so.
		const piece = 4000
		for i := range practice.MaxMockPane / piece {
			w.sends(w.ann, m.ID, practice.MockPatch, patch("candidate", i, 0, 0, strings.Repeat("x", piece)).Data)
		}
		k.Clock.Advance(time.Second)
		_, err = w.SendMock(ctx, w.ann, m.ID, patch("candidate", practice.MaxMockPane/piece, 0, 0, "x"))
		w.refused(err, errs.Invalid)
		for i := range 5 {
			_, err = w.SendMock(ctx, w.bob, m.ID, patch("interviewer", i, 0, 0, "x"))
			w.must(err)
		}
		_, err = w.SendMock(ctx, w.bob, m.ID, patch("interviewer", 5, 0, 0, "x"))
		w.refused(err, errs.TooMany)
		for range 5 {
			_, err = w.SendMock(ctx, w.bob, m.ID, practice.MockDraft{Type: practice.MockFlag})
			w.must(err)
		}
		_, err = w.SendMock(ctx, w.bob, m.ID, practice.MockDraft{Type: practice.MockFlag})
		w.refused(err, errs.TooMany)
		_, err = w.SendMock(ctx, w.ann, m.ID, practice.MockDraft{Type: practice.MockFlag}) // ann is not bob
		w.must(err)

		// The same key is the same event, once, from as many as send it at a time.
		k.Clock.Advance(2 * time.Second)
		got := make(chan *practice.MockEvent, 6)
		for range cap(got) {
			go func() {
				d := patch("interviewer", 5, 0, 0, "y")
				d.Key = "one"
				e, err := w.SendMock(ctx, w.bob, m.ID, d)
				if err != nil {
					t.Error(err)
				}
				got <- e
			}()
		}
		seqs := map[int64]bool{}
		for range cap(got) {
			if e := <-got; e != nil {
				seqs[e.Seq] = true
			}
		}
		if len(seqs) != 1 {
			t.Errorf("%v", seqs)
		}
		_, err = w.SendMock(ctx, w.bob, m.ID, practice.MockDraft{Type: practice.MockFlag, Key: "one"})
		w.refused(err, errs.Conflict)
	})
}

func patch(pane string, base, at, remove int, insert string) practice.MockDraft {
	return practice.MockDraft{Type: practice.MockPatch, Data: practice.MockData{Pane: pane, Base: base, At: at, Remove: remove, Insert: insert}}
}

// A member who is erased takes their words along; the other one keeps the rest,
// in its order.
func TestMockErasure(t *testing.T) {
	testkit.Engines(t, func(t *testing.T, k *testkit.Kit) {
		w, ctx := openGuild(t, k), k.Ctx
		m := w.begun()
		w.sends(w.bob, m.ID, practice.MockAsks, practice.MockData{})
		w.sends(w.ann, m.ID, practice.MockPatch, practice.MockData{Pane: "candidate", Insert: "ann's own"})
		w.sends(w.bob, m.ID, practice.MockPatch, practice.MockData{Pane: "interviewer", Insert: "bob's own"})
		open, err := w.Propose(ctx, w.ann, w.offer(0))
		w.must(err)
		w.must(w.profiles.Erase(ctx, w.ann))
		var log []practice.MockEvent
		testkit.Eventually(t, func() bool {
			log, err = w.MockEvents(ctx, w.bob, m.ID, 0, 100)
			w.must(err)
			return log[len(log)-1].Data.Phase == "cancelled"
		})
		for i, e := range log {
			if e.Seq != int64(i+1) || e.By == w.ann || e.Data != nil && strings.Contains(e.Data.Insert, "ann's") {
				t.Errorf("%+v %+v", e, e.Data)
			}
		}
		left, err := w.Mock(ctx, w.bob, m.ID)
		w.must(err)
		if left.State != practice.MockCancelled || left.Proposer != 0 || left.Partner != w.bob {
			t.Errorf("%+v", left)
		}
		_, err = w.Mock(ctx, w.bob, open.ID)
		w.refused(err, errs.NotFound)
		w.must(w.profiles.Erase(ctx, w.bob))
		testkit.Eventually(t, func() bool {
			_, err := w.Mock(ctx, w.bob, m.ID)
			return errs.Is(err, errs.NotFound)
		})
	})
}

// Two processes on one bus and one database: each hears what the other one has
// logged, and who is there.
func TestMockAcrossNodes(t *testing.T) {
	testkit.Engines(t, func(t *testing.T, k *testkit.Kit) {
		w, ctx := openGuild(t, k), k.Ctx
		other := practice.New(w.Deps, practice.Config{BaseURL: "https://guild.test"})
		w.must(other.Start(ctx))
		m := w.begun()
		here, stop, err := w.ListenMock(ctx, w.ann, m.ID, 4)
		w.must(err)
		defer stop()
		there, leave, err := other.ListenMock(ctx, w.bob, m.ID, 0)
		w.must(err)
		next := func(from <-chan practice.MockEvent, kind string) practice.MockEvent {
			t.Helper()
			for {
				select {
				case e := <-from:
					if e.Type == kind {
						return e
					}
				case <-time.After(10 * time.Second):
					t.Fatalf("no %s", kind)
				}
			}
		}
		if e := next(here, practice.MockPresence); e.By != w.bob || !e.Data.Here {
			t.Errorf("%+v", e)
		}
		if e := next(there, practice.MockPresence); e.By != w.ann || !e.Data.Here {
			t.Errorf("%+v", e)
		}
		_, err = other.SendMock(ctx, w.bob, m.ID, practice.MockDraft{Type: practice.MockHint, Data: practice.MockData{Text: "think of the cost"}})
		w.must(err)
		if e := next(here, practice.MockHint); e.Seq != 5 || e.Data.Text != "think of the cost" {
			t.Errorf("%+v", e)
		}
		leave()
		if e := next(here, practice.MockPresence); e.By != w.bob || e.Data.Here {
			t.Errorf("%+v", e)
		}
		_, _, err = w.ListenMock(ctx, w.cleo, m.ID, 0)
		w.refused(err, errs.NotFound)
	})
}

// A reader who does not read is ended, and goes on after what it had.
func TestMockSlowReader(t *testing.T) {
	t.Parallel()
	k := testkit.New(t, "sqlite")
	w, ctx := openGuild(t, k), k.Ctx
	m := w.begun()
	slow, stop, err := w.ListenMock(ctx, w.bob, m.ID, 0)
	w.must(err)
	defer stop()
	for range 300 {
		w.sends(w.ann, m.ID, practice.MockFlag, practice.MockData{})
	}
	seen := int64(0)
	for e := range slow {
		seen = max(seen, e.Seq)
	}
	again, stop, err := w.ListenMock(ctx, w.bob, m.ID, seen)
	w.must(err)
	defer stop()
	for e := range again {
		if e.Seq == 0 {
			continue
		}
		if seen++; e.Seq != seen {
			t.Fatalf("%d, want %d", e.Seq, seen)
		}
		if seen == 304 {
			break
		}
	}
}

// The calendar's file, byte for byte but for what changes.
func TestMockCalendar(t *testing.T) {
	testkit.Engines(t, func(t *testing.T, k *testkit.Kit) {
		w, ctx := openGuild(t, k), k.Ctx
		o := w.offer(w.bob)
		o.Note = "Ask me hard things; really, \\o/\r\n🌍🌍🌍🌍🌍🌍🌍🌍🌍🌍🌍🌍🌍🌍🌍🌍🌍🌍🌍🌍 end\x07"
		m, err := w.Propose(ctx, w.ann, o)
		w.must(err)
		_, err = w.MockCalendar(m)
		w.refused(err, errs.NotFound)
		m, err = w.AcceptMock(ctx, w.bob, m.ID, m.Slots[0])
		w.must(err)
		file, err := w.MockCalendar(m)
		w.must(err)
		id := m.ID.String()
		want := strings.Join([]string{
			"BEGIN:VCALENDAR", "VERSION:2.0", "PRODID:-//Guildhall//Mock interviews//EN", "CALSCALE:GREGORIAN", "METHOD:PUBLISH", "BEGIN:VEVENT",
			"UID:mock-" + id + "@guild.test", "DTSTAMP:20261121T090000Z", "DTSTART:20261122T090000Z", "DTEND:20261122T095500Z", "SEQUENCE:1", "STATUS:CONFIRMED",
			`SUMMARY:Mock interview: back-end\, mid`,
			`DESCRIPTION:Two rounds of 25 minutes\, one question each.\n\nAsk me hard things\; really\, \\o/\n🌍🌍🌍🌍🌍🌍🌍🌍🌍🌍🌍🌍🌍🌍🌍🌍🌍🌍🌍🌍 end\n\nhttps://guild.test/practice/mocks/` + id,
			"URL:https://guild.test/practice/mocks/" + id, "BEGIN:VALARM", "ACTION:DISPLAY", "DESCRIPTION:Mock interview", "TRIGGER:-PT15M", "END:VALARM", "END:VEVENT", "END:VCALENDAR", "",
		}, "\r\n")
		if got := strings.ReplaceAll(string(file), "\r\n ", ""); got != want {
			t.Errorf("got\n%q\nwant\n%q", got, want)
		}
		for line := range strings.SplitSeq(string(file), "\r\n") {
			if len(line) > 75 || !utf8.ValidString(line) {
				t.Errorf("%d octets: %q", len(line), line)
			}
		}
		m, err = w.CancelMock(ctx, w.bob, m.ID)
		w.must(err)
		file, err = w.MockCalendar(m)
		w.must(err)
		if text := string(file); !strings.Contains(text, "SEQUENCE:2\r\n") || !strings.Contains(text, "STATUS:CANCELLED\r\n") {
			t.Errorf("%s", text)
		}
	})
}
