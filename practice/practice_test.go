package practice_test

import (
	"bytes"
	"context"
	"errors"
	"io"
	"math"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/guildhall/guildhall/decks"
	"github.com/guildhall/guildhall/internal/blob"
	"github.com/guildhall/guildhall/internal/db"
	"github.com/guildhall/guildhall/internal/errs"
	"github.com/guildhall/guildhall/internal/ids"
	"github.com/guildhall/guildhall/internal/page"
	"github.com/guildhall/guildhall/internal/testkit"
	"github.com/guildhall/guildhall/practice"
	"github.com/guildhall/guildhall/practice/deck"
	"github.com/guildhall/guildhall/practice/fsrs"
	"github.com/guildhall/guildhall/practice/lab"
)

func TestMain(m *testing.M) {
	if len(os.Args) == 2 && os.Args[1] == "lab-child" { // which the labs of the tests start
		os.Exit(lab.Child(context.Background(), os.Stdin, os.Stdout))
	}
	testkit.Main(m)
}

// hall is the room, started, with the bundled decks. Members need no account:
// the room takes them at their ids.
type hall struct {
	*testing.T
	*practice.Service
	kit *testkit.Kit
	db  *db.DB
}

const (
	ann = ids.ID(1)
	bob = ids.ID(2)
)

func open(t *testing.T, k *testkit.Kit) *hall {
	t.Helper()
	recordings, err := blob.Open(filepath.Join(k.Dir, "recordings"))
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { _ = recordings.Close() })
	h := &hall{T: t, kit: k, db: k.Open("practice", practice.Schema())}
	h.Service = practice.New(practice.Deps{DB: h.db, Bus: k.Bus, IDs: k.IDs, Now: k.Clock.Now, Log: k.Log,
		Keys: keysOf(t, k), Recordings: recordings, Bundled: decks.Files, Labs: &lab.Runner{Command: []string{os.Args[0], "lab-child"}, Log: k.Log}}, practice.DefaultConfig())
	h.must(h.Start(k.Ctx))
	return h
}

func (h *hall) must(err error) {
	h.Helper()
	if err != nil {
		h.Fatal(err)
	}
}

// refused fails the test if an error is not of a kind.
func (h *hall) refused(err error, kind errs.Kind) {
	h.Helper()
	if !errs.Is(err, kind) {
		h.Errorf("%v, want %s", err, kind)
	}
}

// answered is an attempt whose rubric is open.
func (h *hall) answered(who ids.ID, deckID, cardID, text string) *practice.Attempt {
	h.Helper()
	a, err := h.Begin(h.kit.Ctx, who, deckID, cardID, 0)
	h.must(err)
	_, err = h.Answer(h.kit.Ctx, who, a.ID, practice.Given{Text: text, Seconds: 60})
	h.must(err)
	a, err = h.Predict(h.kit.Ctx, who, a.ID, 70)
	h.must(err)
	return a
}

// ticks marks all points of a card alike.
func ticks(c *deck.Card, m practice.Mark) []practice.Ticked {
	var list []practice.Ticked
	for _, p := range c.Rubric {
		list = append(list, practice.Ticked{Point: p.ID, Mark: m})
	}
	return list
}

func TestAttempt(t *testing.T) {
	testkit.Engines(t, func(t *testing.T, k *testkit.Kit) {
		h, ctx := open(t, k), k.Ctx
		a, err := h.Begin(ctx, ann, "backend-core", "be-013", 0)
		h.must(err)
		if a.State != practice.Asked || a.Open() {
			t.Fatalf("%+v", a)
		}
		_, err = h.Predict(ctx, ann, a.ID, 50)
		h.refused(err, errs.Conflict) // the answer comes first
		_, err = h.Check(ctx, ann, a.ID, ticks(a.Card, practice.Yes), "")
		h.refused(err, errs.Conflict)
		for _, g := range []practice.Given{{}, {Text: " \n"}, {Text: "x", Seconds: -1}, {Text: strings.Repeat("x", practice.MaxAnswer+1)}, {Text: "\xff"}} {
			_, err = h.Answer(ctx, ann, a.ID, g)
			h.refused(err, errs.Invalid)
		}
		k.Clock.Advance(90 * time.Second)
		a, err = h.Answer(ctx, ann, a.ID, practice.Given{Text: "I look for the slow statement in the slow log and measure its p99. Before I change anything I read the query plan with EXPLAIN. Every index makes inserts slower."})
		h.must(err)
		if a.State != practice.Answered || a.Open() || a.Seconds != 90 {
			t.Fatalf("%+v", a)
		}
		_, err = h.Answer(ctx, ann, a.ID, practice.Given{Text: "Another one"})
		h.refused(err, errs.Conflict)
		_, err = h.Skip(ctx, ann, a.ID)
		h.refused(err, errs.Conflict)
		for _, p := range []int{-1, 101} {
			_, err = h.Predict(ctx, ann, a.ID, p)
			h.refused(err, errs.Invalid)
		}
		a, err = h.Predict(ctx, ann, a.ID, 60)
		h.must(err)
		if !a.Open() || a.Predicted != 60 {
			t.Fatalf("%+v", a)
		}
		bad := ticks(a.Card, practice.Yes)
		for name, marks := range map[string][]practice.Ticked{"missing": bad[1:], "twice": append(slices.Clone(bad), bad[0]),
			"unknown": append(slices.Clone(bad), practice.Ticked{Point: "nothing"}), "none": nil,
			"no mark": append(slices.Clone(bad[1:]), practice.Ticked{Point: bad[0].Point, Mark: 7})} {
			if _, err := h.Check(ctx, ann, a.ID, marks, ""); !errs.Is(err, errs.Invalid) {
				t.Errorf("%s: %v", name, err)
			}
		}
		r, err := h.Check(ctx, ann, a.ID, ticks(a.Card, practice.Yes), "well")
		h.must(err)
		if r.Review.Score != 100 || r.Review.Rating != 4 || r.FollowUp == nil || len(r.Hints) != len(a.Card.Rubric) || !r.Hints[1].Found || r.Schedule.Reviews != 1 {
			t.Fatalf("%+v", r)
		}
		_, err = h.Check(ctx, ann, a.ID, ticks(a.Card, practice.No), "")
		h.refused(err, errs.Conflict)
		again, err := h.Result(ctx, ann, a.ID)
		h.must(err)
		if again.FollowUp.Question != r.FollowUp.Question || again.Review.Note != "well" || len(again.Review.Marks) != len(a.Card.Rubric) {
			t.Errorf("%+v", again)
		}
	})
}

// Everything of another member is as if it did not exist.
func TestOthersSeeNothing(t *testing.T) {
	testkit.Engines(t, func(t *testing.T, k *testkit.Kit) {
		h, ctx := open(t, k), k.Ctx
		a := h.answered(ann, "backend-core", "be-001", "GET is safe")
		_, err := h.Check(ctx, ann, a.ID, ticks(a.Card, practice.Yes), "")
		h.must(err)
		se, err := h.StartSession(ctx, ann)
		h.must(err)
		st, err := h.AddStory(ctx, ann, practice.Story{Title: "Outage", Situation: "At night"})
		h.must(err)
		for name, call := range map[string]func() error{
			"attempt":      func() error { _, err := h.Attempt(ctx, bob, a.ID); return err },
			"answer":       func() error { _, err := h.Answer(ctx, bob, a.ID, practice.Given{Text: "x"}); return err },
			"prediction":   func() error { _, err := h.Predict(ctx, bob, a.ID, 1); return err },
			"skip":         func() error { _, err := h.Skip(ctx, bob, a.ID); return err },
			"check":        func() error { _, err := h.Check(ctx, bob, a.ID, ticks(a.Card, practice.No), ""); return err },
			"result":       func() error { _, err := h.Result(ctx, bob, a.ID); return err },
			"record":       func() error { _, err := h.Record(ctx, bob, a.ID, strings.NewReader("OggS")); return err },
			"recording":    func() error { _, _, err := h.Recording(ctx, bob, a.ID); return err },
			"session":      func() error { _, err := h.Session(ctx, bob, se.ID); return err },
			"end":          func() error { _, err := h.EndSession(ctx, bob, se.ID); return err },
			"begin":        func() error { _, err := h.Begin(ctx, bob, se.Cards[0].DeckID, se.Cards[0].Card.ID, se.ID); return err },
			"story":        func() error { _, err := h.Story(ctx, bob, st.ID); return err },
			"change story": func() error { _, err := h.ChangeStory(ctx, bob, practice.Story{ID: st.ID, Title: "Mine"}); return err },
			"delete story": func() error { return h.DeleteStory(ctx, bob, st.ID) },
			"told by bob": func() error {
				b, err := h.Begin(ctx, bob, "backend-core", "be-024", 0)
				h.must(err)
				_, err = h.Answer(ctx, bob, b.ID, practice.Given{StoryID: st.ID})
				return err
			},
			"never existed": func() error { _, err := h.Attempt(ctx, bob, 12345); return err },
		} {
			if err := call(); !errs.Is(err, errs.NotFound) || err.Error() != errs.NotFoundRecord().Error() {
				t.Errorf("%s: %v", name, err)
			}
		}
		if due, err := h.Due(ctx, bob, 10); err != nil || len(due) > 0 {
			t.Errorf("%v, %v", due, err)
		}
		list, err := h.Attempts(ctx, bob, page.Page{Limit: 10})
		h.must(err)
		for _, x := range list {
			if x.AccountID != bob {
				t.Errorf("bob is shown %+v", x)
			}
		}
	})
}

func TestScheduleIsReplayedFromItsLog(t *testing.T) {
	testkit.Engines(t, func(t *testing.T, k *testkit.Kit) {
		h, ctx := open(t, k), k.Ctx
		var last *practice.Schedule
		for _, m := range []practice.Mark{practice.Yes, practice.Yes, practice.No, practice.Yes} {
			a := h.answered(ann, "dsa-core", "dsa-001", "A map")
			r, err := h.Check(ctx, ann, a.ID, ticks(a.Card, m), "")
			h.must(err)
			last = r.Schedule
			k.Clock.Set(last.DueAt.Add(time.Hour))
		}
		if last.Reviews != 4 || last.Lapses != 1 {
			t.Fatalf("%+v", last)
		}
		due, err := h.Due(ctx, ann, 10)
		h.must(err)
		if len(due) != 1 || due[0].CardID != "dsa-001" {
			t.Fatalf("%+v", due)
		}
		ratings, err := h.Ratings(ctx, ann, practice.Rated{}, 10)
		h.must(err)
		var log []fsrs.Entry
		for _, r := range ratings {
			log = append(log, fsrs.Entry{At: r.At, Rating: fsrs.Rating(r.Rating), Seed: uint64(r.AttemptID)})
		}
		again := fsrs.Default().Replay(log)
		if len(log) != 4 || math.Abs(again.Stability-last.Stability) > 1e-9 || !again.DueAt.Equal(last.DueAt) {
			t.Errorf("from the log: %+v, kept: %+v", again, last)
		}
		n, err := h.DueCount(ctx, ann)
		h.must(err)
		days, err := h.Forecast(ctx, ann, k.Clock.Now().Truncate(24*time.Hour), 7)
		h.must(err)
		if n != 1 || !slices.Equal(days, []int{1, 0, 0, 0, 0, 0, 0}) {
			t.Errorf("%d due, forecast %v", n, days)
		}
	})
}

func TestSession(t *testing.T) {
	testkit.Engines(t, func(t *testing.T, k *testkit.Kit) {
		h, ctx := open(t, k), k.Ctx
		h.must(h.SetPlan(ctx, ann, practice.Plan{Role: "back-end", Level: "junior", Minutes: 25, InterviewAt: k.Clock.Now().AddDate(0, 1, 0)}))
		se, err := h.StartSession(ctx, ann)
		h.must(err)
		if len(se.Cards) != 6 || se.Next() != 0 {
			t.Fatalf("%d cards, next %d", len(se.Cards), se.Next())
		}
		for _, c := range se.Cards {
			if c.Card.Level != "junior" || c.Reason != practice.Fresh || !slices.Contains(c.Card.Roles, "back-end") {
				t.Errorf("%s is %s, drawn as %d", c.Card.ID, c.Card.Level, c.Reason)
			}
		}
		first := se.Cards[0]
		a, err := h.Begin(ctx, ann, first.DeckID, first.Card.ID, se.ID)
		h.must(err)
		same, err := h.Begin(ctx, ann, first.DeckID, first.Card.ID, se.ID)
		h.must(err)
		if same.ID != a.ID {
			t.Error("a session asks a card twice")
		}
		_, err = h.Begin(ctx, ann, "backend-core", "be-018", se.ID) // a senior's
		h.refused(err, errs.NotFound)
		_, err = h.Skip(ctx, ann, a.ID)
		h.must(err)
		if se, err = h.CurrentSession(ctx, ann); err != nil || se == nil || se.Next() != 1 || se.Cards[0].Attempt.State != practice.Skipped {
			t.Fatalf("%+v, %v", se, err)
		}
		_, err = h.EndSession(ctx, ann, se.ID)
		h.must(err)
		if now, err := h.CurrentSession(ctx, ann); err != nil || now != nil {
			t.Errorf("%+v, %v", now, err)
		}
		k.Clock.Advance(48 * time.Hour)
		se, err = h.StartSession(ctx, ann)
		h.must(err)
		if c := se.Cards[0]; c.Reason != practice.Due || c.Card.ID != first.Card.ID {
			t.Errorf("%s comes first, drawn as %d", c.Card.ID, c.Reason)
		}
	})
}

func TestPlan(t *testing.T) {
	testkit.Engines(t, func(t *testing.T, k *testkit.Kit) {
		h, ctx := open(t, k), k.Ctx
		p, made, err := h.Plan(ctx, ann)
		h.must(err)
		if made || p != practice.DefaultPlan() {
			t.Errorf("%+v", p)
		}
		day := k.Clock.Now().AddDate(0, 0, 10).Truncate(time.Millisecond)
		want := practice.Plan{Role: "data", Level: "senior", Minutes: 40, Remind: true, InterviewAt: day}
		h.must(h.SetPlan(ctx, ann, practice.Plan{Role: "platform", Level: "mid", Minutes: 25}))
		h.must(h.SetPlan(ctx, ann, want))
		p, made, err = h.Plan(ctx, ann)
		h.must(err)
		if !made || !p.InterviewAt.Equal(day) || p.Role != "data" || p.Level != "senior" || p.Minutes != 40 || !p.Remind {
			t.Errorf("%+v", p)
		}
		err = h.SetPlan(ctx, ann, practice.Plan{Role: "king", Level: "high", Minutes: 500, InterviewAt: day.AddDate(9, 0, 0)})
		var e *errs.Error
		if !errors.As(err, &e) || len(e.Fields) != 4 {
			t.Errorf("%v", err)
		}
	})
}

func TestStories(t *testing.T) {
	testkit.Engines(t, func(t *testing.T, k *testkit.Kit) {
		h, ctx := open(t, k), k.Ctx
		_, err := h.AddStory(ctx, ann, practice.Story{Title: " ", Action: strings.Repeat("x", practice.MaxStory+1)})
		h.refused(err, errs.Invalid)
		st, err := h.AddStory(ctx, ann, practice.Story{Title: "Outage", Situation: "The shop was down.", Action: "I rolled back.", Result: "Up in five minutes."})
		h.must(err)
		a, err := h.Begin(ctx, ann, "backend-core", "be-024", 0)
		h.must(err)
		a, err = h.Answer(ctx, ann, a.ID, practice.Given{StoryID: st.ID})
		h.must(err)
		if a.Answer != "The shop was down.\n\nI rolled back.\n\nUp in five minutes." || a.StoryID != st.ID {
			t.Errorf("%+v", a)
		}
		st.Result = "Up again."
		_, err = h.ChangeStory(ctx, ann, *st)
		h.must(err)
		h.must(h.DeleteStory(ctx, ann, st.ID))
		if list, err := h.Stories(ctx, ann); err != nil || len(list) != 0 {
			t.Errorf("%v, %v", list, err)
		}
		if a, err = h.Attempt(ctx, ann, a.ID); err != nil || !strings.Contains(a.Answer, "five minutes") {
			t.Errorf("the answer has changed with the story: %v", err)
		}
	})
}

func TestRecording(t *testing.T) {
	testkit.Engines(t, func(t *testing.T, k *testkit.Kit) {
		h, ctx := open(t, k), k.Ctx
		a, err := h.Begin(ctx, ann, "backend-core", "be-001", 0)
		h.must(err)
		for name, c := range map[string]struct {
			body io.Reader
			kind errs.Kind
		}{
			"a page":    {strings.NewReader("<!doctype html><script>"), errs.Unsupported},
			"nothing":   {strings.NewReader(""), errs.Unsupported},
			"a picture": {strings.NewReader("\x89PNG\r\n\x1a\n0000"), errs.Unsupported},
			"too large": {io.MultiReader(strings.NewReader("OggS"), io.LimitReader(zeros{}, practice.MaxRecording)), errs.TooLarge},
		} {
			if _, err := h.Record(ctx, ann, a.ID, c.body); !errs.Is(err, c.kind) {
				t.Errorf("%s: %v", name, err)
			}
		}
		sound := []byte("OggS and what is said")
		_, err = h.Record(ctx, ann, a.ID, strings.NewReader("OggS the first try"))
		h.must(err)
		a, err = h.Record(ctx, ann, a.ID, bytes.NewReader(sound))
		h.must(err)
		_, err = h.Answer(ctx, ann, a.ID, practice.Given{})
		h.must(err)
		_, err = h.Record(ctx, ann, a.ID, bytes.NewReader(sound))
		h.refused(err, errs.Conflict)
		f, info, err := h.Recording(ctx, ann, a.ID)
		h.must(err)
		got, err := io.ReadAll(f)
		h.must(errors.Join(err, f.Close()))
		if !bytes.Equal(got, sound) || info.ContentType != "audio/ogg" {
			t.Errorf("%q, %s", got, info.ContentType)
		}
	})
}

type zeros struct{}

func (zeros) Read(p []byte) (int, error) { clear(p); return len(p), nil }

// A deck that changes does not change what was answered.
func TestAttemptsKeepTheirVersion(t *testing.T) {
	testkit.Engines(t, func(t *testing.T, k *testkit.Kit) {
		h, ctx := open(t, k), k.Ctx
		a := h.answered(ann, "backend-core", "be-002", "Tables")
		d, err := h.Deck("backend-core")
		h.must(err)
		other := *d.Deck
		other.Cards = slices.DeleteFunc(slices.Clone(d.Cards), func(c *deck.Card) bool { return c.ID == "be-002" })
		other.Hash = "another"
		h.must(h.Import(ctx, &other, "https://example.org/decks.git", "abc"))
		_, err = h.Card("backend-core", "be-002")
		h.refused(err, errs.NotFound)
		a, err = h.Attempt(ctx, ann, a.ID)
		h.must(err)
		if a.Card.ID != "be-002" || len(a.Card.Rubric) == 0 {
			t.Errorf("%+v", a.Card)
		}
		r, err := h.Check(ctx, ann, a.ID, ticks(a.Card, practice.Yes), "")
		h.must(err)
		if r.Schedule == nil {
			t.Error("no schedule")
		}
		if n, err := h.DueCount(ctx, ann); err != nil || n != 0 {
			t.Errorf("%d, %v", n, err)
		}
	})
}

// Two steps at once: one is taken, the other refused.
func TestStepsRace(t *testing.T) {
	testkit.Engines(t, func(t *testing.T, k *testkit.Kit) {
		h := open(t, k)
		a := h.answered(ann, "backend-core", "be-003", "Stores")
		done := make(chan error, 8)
		for range cap(done) {
			go func() {
				_, err := h.Check(context.WithoutCancel(k.Ctx), ann, a.ID, ticks(a.Card, practice.Partly), "")
				done <- err
			}()
		}
		ok := 0
		for range cap(done) {
			if err := <-done; err == nil {
				ok++
			} else if !errs.Is(err, errs.Conflict) {
				t.Error(err)
			}
		}
		if ok != 1 {
			t.Errorf("%d of %d have checked it", ok, cap(done))
		}
	})
}
