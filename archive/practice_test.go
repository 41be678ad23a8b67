package archive_test

import (
	"bytes"
	"crypto/ed25519"
	"strings"
	"testing"
	"time"

	"github.com/guildhall/guildhall/internal/db"
	"github.com/guildhall/guildhall/internal/ids"
	"github.com/guildhall/guildhall/internal/testkit"
	"github.com/guildhall/guildhall/practice"
	"github.com/guildhall/guildhall/practice/receipt"
)

// answers has a member answer a card and tick every point.
func (h *hall) answers(who ids.ID, a *practice.Attempt, text string) {
	h.Helper()
	ctx := h.kit.Ctx
	_, err := h.Practice.Answer(ctx, who, a.ID, practice.Given{Text: text})
	h.must(err)
	_, err = h.Practice.Predict(ctx, who, a.ID, 65)
	h.must(err)
	var ticked []practice.Ticked
	for _, p := range a.Card.Rubric {
		ticked = append(ticked, practice.Ticked{Point: p.ID, Mark: practice.Yes})
	}
	ticked[0].Note = "said it first"
	_, err = h.Practice.Check(ctx, who, a.ID, ticked, "went well")
	h.must(err)
}

// reviewed has somebody review a member's answer.
func (h *hall) reviewed(who, by, attempt ids.ID, note string) *practice.Ask {
	h.Helper()
	ctx := h.kit.Ctx
	ask, err := h.Practice.AskReview(ctx, who, attempt, practice.AskRequest{Circle: practice.Everyone, Seats: 1})
	h.must(err)
	seat, err := h.Practice.TakeSeat(ctx, by, ask.ID)
	h.must(err)
	var marks []practice.Ticked
	for _, p := range seat.Card.Rubric {
		marks = append(marks, practice.Ticked{Point: p.ID, Mark: practice.Partly})
	}
	_, err = h.Practice.HandIn(ctx, by, seat.ID, marks, note)
	h.must(err)
	return ask
}

// What a member has practised is in the archive, and nothing of others'.
func TestArchiveOfPractice(t *testing.T) {
	testkit.Engines(t, func(t *testing.T, k *testkit.Kit) {
		h := open(t, k)
		ctx := k.Ctx
		ann, ben := h.member("ann"), h.member("ben")
		h.must(h.Practice.SetPlan(ctx, ann, practice.Plan{Role: "platform", Level: "senior", Minutes: 40, Remind: true}))
		story, err := h.Practice.AddStory(ctx, ann, practice.Story{Title: "The week of the outage", Situation: "It was dark"})
		h.must(err)
		session, err := h.Practice.StartSession(ctx, ann)
		h.must(err)
		first := session.Cards[0]
		a, err := h.Practice.Begin(ctx, ann, first.DeckID, first.Card.ID, session.ID)
		h.must(err)
		sound := "OggS and then what was said"
		_, err = h.Practice.Record(ctx, ann, a.ID, strings.NewReader(sound))
		h.must(err)
		h.answers(ann, a, "my own words")
		b, err := h.Practice.Begin(ctx, ben, "backend-core", "be-013", 0)
		h.must(err)
		h.answers(ben, b, "secret of ben's")

		mock, err := h.Practice.Propose(ctx, ann, practice.MockOffer{Invited: ben, Role: "back-end", Level: "mid", Note: "a note of ann's", Slots: []time.Time{k.Clock.Now().Add(time.Minute)}})
		h.must(err)
		_, err = h.Practice.AcceptMock(ctx, ben, mock.ID, mock.Slots[0])
		h.must(err)
		for _, who := range []ids.ID{ann, ben} {
			_, err = h.Practice.EnterMock(ctx, who, mock.ID)
			h.must(err)
			_, err = h.Practice.SendMock(ctx, who, mock.ID, practice.MockDraft{Type: practice.MockNote, Data: practice.MockData{Text: map[ids.ID]string{ann: "breathe", ben: "secret of ben's, too"}[who]}})
			h.must(err)
		}

		d, err := k.Reopen("practice", practice.Schema())
		h.must(err)
		defer func() { h.must(d.Close()) }()
		h.must(d.Write(ctx, func(tx *db.Tx) error {
			_, err := db.Exec(ctx, tx, `INSERT INTO practice_lab_attempts (id, account_id, lab_id, version, seed, passed, points, most, graded_at, task, answer, report)
				VALUES (7, $1, 'L02', 1, 3, TRUE, 90, 100, 1, '{"text": "Balance"}', '{"policy": "least"}', '{"passed": true}')`, ann)
			return err
		}))
		token, err := receipt.Sign(&receipt.Claims{Issuer: "https://guild.test", Member: "https://guild.test/@ann", ID: "8", Kind: receipt.Lab, Subject: "L02", Title: "Balance"},
			ed25519.NewKeyFromSeed(make([]byte, ed25519.SeedSize)))
		h.must(err)
		h.must(d.Write(ctx, func(tx *db.Tx) error {
			_, err := db.Exec(ctx, tx, "INSERT INTO practice_receipts (id, account_id, kind, attempt_id, token, shown) VALUES (8, $1, 'lab', 7, $2, TRUE)", ann, token)
			return err
		}))

		ask := h.reviewed(ann, ben, a.ID, "a note of ben's")
		theirs, err := h.Practice.AskReview(ctx, ben, b.ID, practice.AskRequest{Circle: practice.Everyone, Seats: 1})
		h.must(err)
		seat, err := h.Practice.TakeSeat(ctx, ann, theirs.ID)
		h.must(err)

		var out bytes.Buffer
		h.must(h.Write(ctx, ann, &out))
		files := h.unzip(out.Bytes())
		attempt, card := `"`+a.ID.String()+`"`, `"card":"`+first.Card.ID+`"`
		for name, want := range map[string][]string{
			"practice/plan.json":                            {`"role": "platform"`, `"level": "senior"`, `"made": true`},
			"practice/stories.json":                         {"The week of the outage", "It was dark", story.ID.String()},
			"practice/sessions.json":                        {session.ID.String(), attempt, card},
			"practice/attempts.json":                        {attempt, card, "my own words", `"predicted":65`, `"state":"checked"`, first.Card.Hash, "practice/recordings/" + a.ID.String() + ".ogg"},
			"practice/reviews.json":                         {attempt, "said it first", "went well", `"mark":"yes"`, `"score":100`},
			"practice/asks.json":                            {ask.ID.String(), attempt, `"state":"done"`, `"by":"` + ben.String() + `"`, "a note of ben's", `"mark":"partly"`},
			"practice/seats.json":                           {seat.ID.String(), theirs.ID.String(), `"card":"be-013"`},
			"practice/log.json":                             {attempt, card, `"rating":"easy"`},
			"practice/labs.json":                            {`"lab":"L02"`, `"points":90`, "Balance", `"policy":"least"`},
			"practice/receipts.json":                        {token, `"subject":"L02"`, `"shown":true`},
			"practice/schedules.json":                       {`"card": "` + first.Card.ID + `"`, `"due_at"`},
			"practice/recordings/" + a.ID.String() + ".ogg": {sound},
			"practice/mocks.json":                           {mock.ID.String(), "a note of ann's", "breathe", `"state":"lobby"`},
			"README.txt":                                    {"practice/"},
		} {
			for _, part := range want {
				if !strings.Contains(files[name], part) {
					t.Errorf("%s lacks %q: %s", name, part, files[name])
				}
			}
		}
		for name, body := range files {
			if strings.HasPrefix(name, "practice/") && (strings.Contains(body, "secret of ben") || strings.Contains(body, b.ID.String())) {
				t.Errorf("%s tells what is somebody else's", name)
			}
		}
	})
}
