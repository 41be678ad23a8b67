package practice

import (
	"context"
	"encoding/json"
	"time"

	"github.com/guildhall/guildhall/internal/db"
	"github.com/guildhall/guildhall/internal/errs"
	"github.com/guildhall/guildhall/internal/ids"
	"github.com/guildhall/guildhall/practice/deck"
)

// mockPane is what the server knows of a pane: enough to refuse a patch that
// does not fit.
type mockPane struct{ patches, length int }

// mockRow is a row of practice_mocks with its members.
type mockRow struct {
	Mock
	named                  bool
	startsAt, ends, wake   int64
	toldSoon               bool
	hashes                 [2]string // of the cards
	candidate, interviewer mockPane
	sides                  [2]ids.ID // 0: nobody
}

const mockColumns = "id, state, named, role, level, note, minutes, starts_at, phase_ends, wake_at, told_soon, revision, seq, card1, card2, candidate_patches, candidate_length, interviewer_patches, interviewer_length"

func scanMock(r *mockRow) []any {
	return []any{&r.ID, &r.State, &r.named, &r.Role, &r.Level, &r.Note, &r.Minutes, &r.startsAt, &r.ends, &r.wake, &r.toldSoon, &r.Revision, &r.Seq,
		&r.hashes[0], &r.hashes[1], &r.candidate.patches, &r.candidate.length, &r.interviewer.patches, &r.interviewer.length}
}

// side is a member's place in the interview; -1: none.
func (r *mockRow) side(account ids.ID) int {
	for i, id := range r.sides {
		if id != 0 && id == account {
			return i
		}
	}
	return -1
}

// settled fills in what the columns and members come to.
func (r *mockRow) settled() {
	r.At, r.PhaseEnds = moment(r.startsAt), moment(r.ends)
	r.Proposer, r.Partner, r.Invited = r.sides[0], 0, 0
	if r.named {
		r.Invited = r.sides[1]
	}
	if r.startsAt != 0 {
		r.Partner = r.sides[1]
	}
}

// addMembers completes rows with their members and slots.
func addMembers(ctx context.Context, q db.Querier, rows []mockRow) error {
	if len(rows) == 0 {
		return nil
	}
	at, list := make(map[ids.ID]*mockRow, len(rows)), make([]ids.ID, len(rows))
	for i := range rows {
		at[rows[i].ID], list[i] = &rows[i], rows[i].ID
	}
	in, args := db.In(nil, list)
	type member struct {
		mock, account ids.ID
		side          int
		entered       bool
	}
	members, err := db.All(ctx, q, func(m *member) []any { return []any{&m.mock, &m.side, &m.account, &m.entered} },
		"SELECT mock_id, side, account_id, entered FROM practice_mock_members WHERE mock_id IN "+in, args...)
	if err != nil {
		return err
	}
	for _, m := range members {
		at[m.mock].sides[m.side], at[m.mock].Entered[m.side] = m.account, m.entered
	}
	type slot struct {
		mock ids.ID
		at   int64
	}
	slots, err := db.All(ctx, q, func(x *slot) []any { return []any{&x.mock, &x.at} },
		"SELECT mock_id, at FROM practice_mock_slots WHERE mock_id IN "+in+" ORDER BY mock_id, at", args...)
	for _, x := range slots {
		at[x.mock].Slots = append(at[x.mock].Slots, moment(x.at))
	}
	for i := range rows {
		rows[i].settled()
	}
	return err
}

// mock returns an interview, whoever takes part in it. Returns NotFound if there
// is none.
func (s *Service) mock(ctx context.Context, id ids.ID) (*mockRow, error) {
	rows, err := db.All(ctx, s.DB, scanMock, "SELECT "+mockColumns+" FROM practice_mocks WHERE id = $1", id)
	if err != nil {
		return nil, err
	}
	if len(rows) == 0 {
		return nil, errs.NotFoundRecord()
	}
	return &rows[0], addMembers(ctx, s.DB, rows)
}

// mockWork is a change of an interview, whose row is locked. Changes of row are
// written at the end.
type mockWork struct {
	*mockRow
	s    *Service
	ctx  context.Context
	tx   *db.Tx
	now  time.Time
	live []MockEvent // what has been logged
}

// changeMock brings an interview up to the time, then lets f change it. f may
// be called twice.
func (s *Service) changeMock(ctx context.Context, id ids.ID, f func(w *mockWork) error) error {
	return s.write(ctx, func(tx *db.Tx) error {
		// Writing first locks the row: what is read stays true until the commit.
		rows, err := db.All(ctx, tx, scanMock, "UPDATE practice_mocks SET seq = seq WHERE id = $1 RETURNING "+mockColumns, id)
		if err != nil {
			return err
		}
		if len(rows) == 0 {
			return errs.NotFoundRecord()
		}
		if err := addMembers(ctx, tx, rows); err != nil {
			return err
		}
		w := &mockWork{mockRow: &rows[0], s: s, ctx: ctx, tx: tx, now: s.Now()}
		if err := w.settle(); err != nil {
			return err
		}
		if err := f(w); err != nil {
			return err
		}
		return w.keep()
	})
}

// keep writes the row, and tells the listeners after the commit.
func (w *mockWork) keep() error {
	w.wake = millis(w.due())
	_, err := db.Exec(w.ctx, w.tx, `UPDATE practice_mocks SET state = $2, starts_at = $3, phase_ends = $4, wake_at = $5, told_soon = $6, revision = $7, seq = $8,
		card1 = $9, card2 = $10, candidate_patches = $11, candidate_length = $12, interviewer_patches = $13, interviewer_length = $14 WHERE id = $1`,
		w.ID, w.State, w.startsAt, w.ends, w.wake, w.toldSoon, w.Revision, w.Seq, w.hashes[0], w.hashes[1],
		w.candidate.patches, w.candidate.length, w.interviewer.patches, w.interviewer.length)
	if len(w.live) > 0 {
		w.tx.OnCommit(func() { w.s.tellMock(w.ID, w.live) })
	}
	return err
}

// log appends an event.
func (w *mockWork) log(e MockEvent, digest string) error {
	w.Seq++
	e.MockID, e.Seq, e.At = w.ID, w.Seq, moment(w.now.UnixMilli()).UTC()
	data, err := json.Marshal(e.Data)
	if err != nil {
		return err
	}
	w.live = append(w.live, e)
	_, err = db.Exec(w.ctx, w.tx, "INSERT INTO practice_mock_events (mock_id, seq, at, account_id, type, data, key, digest) VALUES ($1, $2, $3, $4, $5, $6, $7, $8)",
		w.ID, e.Seq, e.At.UnixMilli(), e.By, e.Type, string(data), e.Key, digest)
	return err
}

// eventRow is a row of practice_mock_events.
type eventRow struct {
	MockEvent
	at           int64
	data, digest string
}

const eventColumns = "mock_id, seq, at, account_id, type, data, key, digest"

func scanEvent(r *eventRow) []any {
	return []any{&r.MockID, &r.Seq, &r.at, &r.By, &r.Type, &r.data, &r.Key, &r.digest}
}

// made reads the data of a row.
func (r *eventRow) made() (MockEvent, error) {
	e := r.MockEvent
	e.At = moment(r.at).UTC()
	if r.data == "" {
		return e, nil
	}
	e.Data = new(MockData)
	return e, json.Unmarshal([]byte(r.data), e.Data)
}

// mockEvents returns the events after one, as they are kept.
func (s *Service) mockEvents(ctx context.Context, id ids.ID, after int64, limit int) ([]MockEvent, error) {
	rows, err := db.All(ctx, s.DB, scanEvent, "SELECT "+eventColumns+" FROM practice_mock_events WHERE mock_id = $1 AND seq > $2 ORDER BY seq LIMIT $3", id, after, limit)
	if err != nil {
		return nil, err
	}
	list := make([]MockEvent, len(rows))
	for i := range rows {
		if list[i], err = rows[i].made(); err != nil {
			return nil, err
		}
	}
	return list, nil
}

// seenBy is an event as one of the two may see it: notes are their writer's own.
func (e MockEvent) seenBy(account ids.ID) MockEvent {
	if e.By == account {
		return e
	}
	e.Key = ""
	if e.Type == MockNote {
		e.Data = nil
	}
	return e
}

// mockCards returns the cards of an interview as a member may see them.
func (s *Service) mockCards(ctx context.Context, r *mockRow, viewer ids.ID) (cards [2]*MockCard, err error) {
	var hashes []string
	for _, h := range r.hashes {
		if h != "" {
			hashes = append(hashes, h)
		}
	}
	if len(hashes) == 0 {
		return cards, nil
	}
	found, err := s.versions(ctx, hashes)
	if err != nil {
		return cards, err
	}
	places, err := s.decksOf(ctx, hashes)
	for i, h := range r.hashes {
		if found[h] == nil {
			continue
		}
		c := &MockCard{DeckID: places[h], Card: found[h], Open: r.State == MockClosed || r.AskedIn(viewer) == i+1}
		if !c.Open {
			c.Card = question(c.Card)
		}
		cards[i] = c
	}
	return cards, err
}

// question is a card without what gives the answer away.
func question(c *deck.Card) *deck.Card {
	asked := *c
	asked.Rubric, asked.Traps, asked.Sections, asked.FollowUps, asked.Source = nil, nil, nil, nil, nil
	return &asked
}
