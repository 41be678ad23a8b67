package practice

import (
	"context"
	"crypto/sha256"
	"encoding/hex"
	"encoding/json"
	"math/rand/v2"
	"slices"
	"strings"
	"time"
	"unicode/utf8"

	"github.com/guildhall/guildhall/internal/db"
	"github.com/guildhall/guildhall/internal/errs"
	"github.com/guildhall/guildhall/internal/ids"
	"github.com/guildhall/guildhall/practice/deck"
)

const (
	mockPatchRate = 5  // patches of a member in a second
	mockEventRate = 10 // events of a member in a second
)

// MockEvents returns the events of an interview after one, the first one first,
// as a member may see them. Returns NotFound for who is none of the two.
func (s *Service) MockEvents(ctx context.Context, account, id ids.ID, after int64, limit int) ([]MockEvent, error) {
	if _, err := s.ownMock(ctx, account, id); err != nil {
		return nil, err
	}
	list, err := s.mockEvents(ctx, id, after, limit)
	for i := range list {
		list[i] = list[i].seenBy(account)
	}
	return list, err
}

// SendMock puts an event into the log, and returns it as it is there. One with a
// key that was sent before is not put there again. Returns NotFound for who is
// none of the two, Invalid with Fields for data that is wrong, Conflict for what
// does not fit to the state, the sender's part or the pane, or has the key of
// something else, TooMany for more than one can type, and Forbidden for who may
// not write any more.
func (s *Service) SendMock(ctx context.Context, account, id ids.ID, d MockDraft) (*MockEvent, error) {
	if err := s.maySay(ctx, account, id); err != nil {
		return nil, err
	}
	digest, err := checkDraft(&d)
	if err != nil {
		return nil, err
	}
	var sent *MockEvent
	err = s.changeMock(ctx, id, func(w *mockWork) error {
		if w.side(account) < 0 { // gone in the meantime
			return errs.NotFoundRecord()
		}
		there, err := w.retried(account, d.Key, digest)
		if err != nil || there != nil {
			sent = there
			return err
		}
		if err := w.mayWrite(account, d.Type); err != nil {
			return err
		}
		before := len(w.live)
		if err := w.apply(account, d, digest); err != nil {
			return err
		}
		sent = &w.live[before]
		return nil
	})
	if err != nil {
		return nil, err
	}
	seen := sent.seenBy(account)
	return &seen, nil
}

// maySay refuses who is none of the two, or may not tell the other one anything
// any more.
func (s *Service) maySay(ctx context.Context, account, id ids.ID) error {
	r, err := s.ownMock(ctx, account, id)
	if err != nil {
		return err
	}
	if err := s.Profiles.MayWrite(ctx, account); err != nil {
		return err
	}
	ok, err := s.mayMeet(ctx, account, r.Other(account))
	if err == nil && !ok {
		return errApart()
	}
	return err
}

// checkDraft refuses what no interview could take, leaves out of the data what
// does not belong to the type, and returns what tells the draft from others.
func checkDraft(d *MockDraft) (digest string, err error) {
	wrong := map[string][]errs.Field{}
	if len(d.Key) > MaxMockKey || !utf8.ValidString(d.Key) || strings.ContainsRune(d.Key, 0) {
		wrong["key"] = []errs.Field{{Code: "ERR_INVALID", Text: "must be text of at most 64 bytes"}}
	}
	in := d.Data
	d.Data = MockData{}
	switch d.Type {
	case MockPhase:
		d.Data.Phase = in.Phase
	case MockAsks:
		d.Data.Deck, d.Data.Card = in.Deck, in.Card
	case MockNote, MockHint, MockFlag:
		d.Data.Text = in.Text
		checkText(wrong, "text", in.Text, MaxMockText)
		if strings.TrimSpace(in.Text) == "" && d.Type != MockFlag {
			wrong["text"] = []errs.Field{{Code: "ERR_BLANK", Text: "can't be blank"}}
		}
	case MockPatch:
		d.Data.Pane, d.Data.Base, d.Data.At, d.Data.Remove, d.Data.Insert = in.Pane, in.Base, in.At, in.Remove, in.Insert
		checkText(wrong, "insert", in.Insert, MaxMockPane)
		if in.Pane != PaneCandidate && in.Pane != PaneInterviewer {
			wrong["pane"] = []errs.Field{{Code: "ERR_INCLUSION", Text: "is no pane"}}
		}
		if in.Base < 0 || in.At < 0 || in.Remove < 0 || in.Remove == 0 && in.Insert == "" {
			wrong["at"] = []errs.Field{{Code: "ERR_INVALID", Text: "must be a change of the text"}}
		}
	case MockEnd:
	default:
		wrong["type"] = []errs.Field{{Code: "ERR_INCLUSION", Text: "is no event that can be sent"}}
	}
	data, err := json.Marshal(d.Data)
	if err != nil {
		return "", err
	}
	if len(data) > MaxMockData {
		wrong["data"] = []errs.Field{{Code: "ERR_TOO_LONG", Text: "is larger than 8 KiB"}}
	}
	if len(wrong) > 0 {
		return "", invalid(wrong)
	}
	sum := sha256.Sum256(append([]byte(d.Type+"\n"), data...))
	return hex.EncodeToString(sum[:]), nil
}

// retried returns the event that was sent with a key before; nil if there is none.
func (w *mockWork) retried(account ids.ID, key, digest string) (*MockEvent, error) {
	if key == "" {
		return nil, nil
	}
	rows, err := db.All(w.ctx, w.tx, scanEvent, "SELECT "+eventColumns+" FROM practice_mock_events WHERE mock_id = $1 AND account_id = $2 AND key = $3 AND key <> ''", w.ID, account, key)
	if err != nil || len(rows) == 0 {
		return nil, err
	}
	if rows[0].digest != digest {
		return nil, errs.New(errs.Conflict, "Something else was sent with this key")
	}
	e, err := rows[0].made()
	return &e, err
}

// mayWrite refuses a member who sends more than one can type, and an interview
// whose log is full.
func (w *mockWork) mayWrite(account ids.ID, kind string) error {
	if w.Seq >= MaxMockEvents {
		return errs.New(errs.Conflict, "The log of this interview is full")
	}
	type row struct {
		by   ids.ID
		kind string
	}
	// So many, and what the server adds, are more than a second can hold.
	rows, err := db.All(w.ctx, w.tx, func(r *row) []any { return []any{&r.by, &r.kind} },
		"SELECT account_id, type FROM practice_mock_events WHERE mock_id = $1 AND seq > $2 AND at > $3", w.ID, w.Seq-4*mockEventRate, w.now.Add(-time.Second).UnixMilli())
	if err != nil {
		return err
	}
	events, patches := 0, 0
	for _, r := range rows {
		if r.by == account {
			events++
			if r.kind == MockPatch {
				patches++
			}
		}
	}
	if events >= mockEventRate || kind == MockPatch && patches >= mockPatchRate {
		return &errs.Error{Kind: errs.TooMany, Text: "Too much at once; send what is typed together", After: time.Second}
	}
	return nil
}

// apply puts a draft into the log, if it fits.
func (w *mockWork) apply(account ids.ID, d MockDraft, digest string) error {
	e := MockEvent{By: account, Type: d.Type, Data: &d.Data, Key: d.Key}
	switch d.Type {
	case MockPhase:
		return w.advance(account, e, digest)
	case MockNote:
		if w.State < MockLobby || w.State.Over() {
			return outOfPhase()
		}
		return w.log(e, digest)
	}
	if w.State.Round() == 0 {
		return outOfPhase()
	}
	asks := account == w.Interviewer()
	switch d.Type {
	case MockAsks:
		if !asks {
			return notYours()
		}
		return w.ask(e, digest)
	case MockHint:
		if !asks {
			return notYours()
		}
	case MockPatch:
		if asks != (d.Data.Pane == PaneInterviewer) {
			return notYours()
		}
		if err := w.patch(d.Data); err != nil {
			return err
		}
	case MockEnd:
		if err := w.log(e, digest); err != nil {
			return err
		}
		return w.move(w.State+1, account, "")
	}
	return w.log(e, digest)
}

func outOfPhase() error { return errs.New(errs.Conflict, "This is not the time for it") }

func notYours() error { return errs.New(errs.Conflict, "This is the other member's part") }

// advance begins the next phase, if it is the one that is meant.
func (w *mockWork) advance(account ids.ID, e MockEvent, digest string) error {
	next := w.State + 1
	if w.State < MockLobby || next > MockReviewing || e.Data.Phase != next.String() || w.State == MockLobby && !(w.Entered[0] && w.Entered[1]) {
		return outOfPhase()
	}
	if err := w.move(next, account, ""); err != nil {
		return err
	}
	// The entry of the phase is that of the draft.
	last := &w.live[len(w.live)-1]
	last.Key = e.Key
	_, err := db.Exec(w.ctx, w.tx, "UPDATE practice_mock_events SET key = $3, digest = $4 WHERE mock_id = $1 AND seq = $2", w.ID, last.Seq, e.Key, digest)
	return err
}

// patch changes a pane.
func (w *mockWork) patch(d MockData) error {
	pane := &w.candidate
	if d.Pane == PaneInterviewer {
		pane = &w.interviewer
	}
	if d.Base != pane.patches {
		return errs.New(errs.Conflict, "The pane has changed since")
	}
	if d.At > pane.length || d.Remove > pane.length-d.At {
		return errs.New(errs.Conflict, "The pane is not that long")
	}
	length := pane.length - d.Remove + utf8.RuneCountInString(d.Insert)
	if length > MaxMockPane {
		return invalid(map[string][]errs.Field{"insert": {{Code: "ERR_TOO_LONG", Text: "does not fit into the pane any more"}}})
	}
	pane.patches, pane.length = pane.patches+1, length
	return nil
}

// ask reveals the card of a round, once.
func (w *mockWork) ask(e MockEvent, digest string) error {
	round := w.State.Round()
	if w.hashes[round-1] != "" {
		return errs.New(errs.Conflict, "The question of this round is asked already")
	}
	if e.Data.Deck == "" && e.Data.Card == "" {
		deckID, card := w.draw()
		if card == nil {
			return errs.New(errs.NotFound, "There are no cards for this interview yet")
		}
		e.Data.Deck, e.Data.Card = deckID, card.ID
	}
	card, err := w.s.Card(e.Data.Deck, e.Data.Card)
	if err != nil {
		return err
	}
	e.Data.Hash, w.hashes[round-1] = card.Hash, card.Hash
	return w.log(e, digest)
}

// draw chooses a card for the round: of the role and level that were agreed on,
// else any that is not asked yet.
func (w *mockWork) draw() (deckID string, card *deck.Card) {
	lib := w.s.library.Load()
	rng := rand.New(rand.NewPCG(uint64(w.ID), uint64(w.State)))
	fits := candidates(lib, w.s.terms, Plan{Role: w.Role, Level: w.Level}, map[string]bool{}, map[string]int{}, rng)
	fits = slices.DeleteFunc(fits, func(c candidate) bool { return c.Card.Hash == w.hashes[0] })
	if len(fits) > 0 {
		return fits[0].DeckID, fits[0].Card
	}
	var all []SessionCard
	for _, d := range lib.decks {
		for _, c := range d.Cards {
			if c.Hash != w.hashes[0] {
				all = append(all, SessionCard{DeckID: d.ID, Card: c})
			}
		}
	}
	if len(all) == 0 {
		return "", nil
	}
	c := all[rng.IntN(len(all))]
	return c.DeckID, c.Card
}
