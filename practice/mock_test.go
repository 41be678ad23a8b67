package practice_test

import (
	"os"
	"path/filepath"
	"strings"
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
	"github.com/guildhall/guildhall/practice"
	"github.com/guildhall/guildhall/practice/lab"
	"github.com/guildhall/guildhall/profiles"
)

// town is a hall whose members have accounts.
type town struct {
	*hall
	profiles      *profiles.Service
	ann, bob, cat ids.ID
}

// settle opens a hall with three members.
func settle(t *testing.T, k *testkit.Kit) *town {
	t.Helper()
	w := &town{hall: &hall{T: t, kit: k, db: k.Open("practice", practice.Schema())}}
	recordings, err := blob.Open(filepath.Join(k.Dir, "recordings"))
	w.must(err)
	t.Cleanup(func() { _ = recordings.Close() })
	keys, err := seal.LoadOrCreate(filepath.Join(k.Dir, "keys"))
	w.must(err)
	mails, err := mail.New(mail.Config{From: "no-reply@guild.test", Folder: filepath.Join(k.Dir, "mails"), Now: k.Clock.Now}, k.Log)
	w.must(err)
	members := identity.New(identity.Deps{DB: k.Open("identity", identity.Schema()), Bus: k.Bus, IDs: k.IDs, Now: k.Clock.Now, Log: k.Log, Keys: keys, Mail: mails}, identity.DefaultConfig())
	w.profiles = profiles.New(profiles.Deps{DB: k.Open("profiles", profiles.Schema()), Bus: k.Bus, IDs: k.IDs, Now: k.Clock.Now, Log: k.Log, Identity: members,
		Images: image.New(1, image.Limits{Bytes: 1 << 20, Pixels: 1 << 20}), Blobs: recordings, Format: func(s string) string { return s }}, profiles.DefaultConfig())
	w.Service = practice.New(practice.Deps{DB: w.db, Bus: k.Bus, IDs: k.IDs, Now: k.Clock.Now, Log: k.Log, Profiles: w.profiles, Recordings: recordings,
		Bundled: decks.Files, Labs: &lab.Runner{Command: []string{os.Args[0], "lab-child"}, Log: k.Log}}, practice.Config{BaseURL: "https://guild.test"})
	w.must(members.Start(k.Ctx))
	w.must(w.profiles.Start(k.Ctx))
	w.must(w.Start(k.Ctx))
	for name, to := range map[string]*ids.ID{"ann": &w.ann, "bob": &w.bob, "cat": &w.cat} {
		u, err := w.profiles.Register(k.Ctx, identity.SignUp{Username: name, Email: name + "@example.org", Trusted: true})
		w.must(err)
		*to = u.ID
	}
	return w
}

// offer is a proposal for tomorrow.
func (w *town) offer(to ids.ID) practice.MockOffer {
	return practice.MockOffer{Invited: to, Role: "back-end", Level: "mid", Slots: []time.Time{w.kit.Clock.Now().Add(24 * time.Hour), w.kit.Clock.Now().Add(48 * time.Hour)}}
}

// accepted is an interview of ann and bob.
func (w *town) accepted() *practice.Mock {
	w.Helper()
	m, err := w.Propose(w.kit.Ctx, w.ann, w.offer(w.bob))
	w.must(err)
	m, err = w.AcceptMock(w.kit.Ctx, w.bob, m.ID, m.Slots[0])
	w.must(err)
	return m
}

// begun is one of ann and bob in its first round, in which ann is the candidate.
func (w *town) begun() *practice.Mock {
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
func (w *town) sends(who, mock ids.ID, kind string, d practice.MockData) *practice.MockEvent {
	w.Helper()
	w.kit.Clock.Advance(time.Second)
	e, err := w.SendMock(w.kit.Ctx, who, mock, practice.MockDraft{Type: kind, Data: d})
	w.must(err)
	return e
}

func TestMockInterview(t *testing.T) {
	testkit.Engines(t, func(t *testing.T, k *testkit.Kit) {
		w, ctx := settle(t, k), k.Ctx
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
