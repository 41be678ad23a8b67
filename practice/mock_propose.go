package practice

import (
	"context"
	"slices"
	"time"

	"github.com/guildhall/guildhall/internal/db"
	"github.com/guildhall/guildhall/internal/errs"
	"github.com/guildhall/guildhall/internal/ids"
	"github.com/guildhall/guildhall/internal/page"
	"github.com/guildhall/guildhall/practice/deck"
	"github.com/guildhall/guildhall/profiles"
)

// errApart is for two who may not interview each other any more.
func errApart() error { return errs.New(errs.Conflict, "This interview cannot take place") }

// mayMeet tells whether two members may interview each other: neither blocks the
// other, and neither is suspended.
func (s *Service) mayMeet(ctx context.Context, a, b ids.ID) (bool, error) {
	if a == b {
		return false, nil
	}
	graph, err := s.Profiles.Graph(ctx, a)
	if errs.Is(err, errs.NotFound) {
		return false, nil
	}
	if err != nil || graph.Blocking[b] || graph.BlockedBy[b] {
		return false, err
	}
	accounts, err := s.Profiles.Accounts(ctx, []ids.ID{a, b})
	if err != nil {
		return false, err
	}
	for _, id := range []ids.ID{a, b} {
		if accounts[id] == nil || accounts[id].State.Is(profiles.Suspended) {
			return false, nil
		}
	}
	return true, nil
}

// Mock returns an interview that a member takes part in or was asked to, or that
// is open to everyone. Returns NotFound for others.
func (s *Service) Mock(ctx context.Context, account, id ids.ID) (*Mock, error) {
	r, err := s.visibleMock(ctx, account, id)
	if err != nil {
		return nil, err
	}
	m := &r.Mock
	if m.Cards, err = s.mockCards(ctx, r, account); err != nil {
		return nil, err
	}
	m.Reviews, err = s.mockReviews(ctx, r, account)
	return m, err
}

// visibleMock is the one place that decides who may see an interview.
func (s *Service) visibleMock(ctx context.Context, account, id ids.ID) (*mockRow, error) {
	r, err := s.mock(ctx, id)
	if err != nil || r.side(account) >= 0 {
		return r, err
	}
	if r.State != MockProposed || r.named {
		return nil, errs.NotFoundRecord()
	}
	ok, err := s.mayMeet(ctx, account, r.Proposer)
	if err == nil && !ok {
		err = errs.NotFoundRecord()
	}
	return r, err
}

// ownMock is visibleMock for the two members only.
func (s *Service) ownMock(ctx context.Context, account, id ids.ID) (*mockRow, error) {
	r, err := s.visibleMock(ctx, account, id)
	if err == nil && r.side(account) < 0 {
		return nil, errs.NotFoundRecord()
	}
	return r, err
}

// Mocks returns the interviews that a member has proposed, was asked to or has
// accepted, the newest first, without cards and reviews.
func (s *Service) Mocks(ctx context.Context, account ids.ID, p page.Page) ([]*Mock, error) {
	end, args := p.SQL("mock_id", []any{account})
	list, err := db.Values[ids.ID](ctx, s.DB, "SELECT mock_id FROM practice_mock_members WHERE account_id = $1"+end, args...)
	if err != nil || len(list) == 0 {
		return nil, err
	}
	in, args := db.In(nil, list)
	rows, err := db.All(ctx, s.DB, scanMock, "SELECT "+mockColumns+" FROM practice_mocks WHERE id IN "+in, args...)
	if err != nil {
		return nil, err
	}
	slices.SortFunc(rows, func(a, b mockRow) int { return int(min(max(b.ID-a.ID, -1), 1)) })
	return listed(ctx, s.DB, rows)
}

// listed completes the rows of a list.
func listed(ctx context.Context, q db.Querier, rows []mockRow) ([]*Mock, error) {
	if err := addMembers(ctx, q, rows); err != nil {
		return nil, err
	}
	list := make([]*Mock, len(rows))
	for i := range rows {
		list[i] = &rows[i].Mock
	}
	return list, nil
}

// openScan is how many proposals are looked at for a list of those that somebody
// may accept.
const openScan = 200

// OpenMocks returns proposals of others that a member may accept, the newest
// first.
func (s *Service) OpenMocks(ctx context.Context, account ids.ID, limit int) ([]*Mock, error) {
	rows, err := db.All(ctx, s.DB, scanMock, "SELECT "+mockColumns+" FROM practice_mocks WHERE state = 0 AND NOT named ORDER BY id DESC LIMIT $1", openScan)
	if err != nil {
		return nil, err
	}
	all, err := listed(ctx, s.DB, rows)
	if err != nil {
		return nil, err
	}
	graph, err := s.Profiles.Graph(ctx, account)
	if errs.Is(err, errs.NotFound) {
		return nil, nil
	}
	if err != nil {
		return nil, err
	}
	var list []*Mock
	for _, m := range all {
		if len(list) == limit {
			break
		}
		if graph.Hides(m.Proposer, s.Now()) || !m.Slots[len(m.Slots)-1].After(s.Now()) {
			continue
		}
		ok, err := s.mayMeet(ctx, account, m.Proposer)
		if err != nil {
			return nil, err
		}
		if ok {
			list = append(list, m)
		}
	}
	return list, nil
}

// checkOffer notes what is wrong with a proposal, and puts it in order.
func (s *Service) checkOffer(o *MockOffer) error {
	wrong := map[string][]errs.Field{}
	known := func(list []deck.Term, id string) bool {
		return slices.ContainsFunc(list, func(t deck.Term) bool { return t.ID == id })
	}
	if !known(s.terms.Roles, o.Role) {
		wrong["role"] = []errs.Field{{Code: "ERR_INCLUSION", Text: "is not a role that can be prepared for"}}
	}
	if !known(s.terms.Levels, o.Level) {
		wrong["level"] = []errs.Field{{Code: "ERR_INCLUSION", Text: "is not a level"}}
	}
	if o.Minutes == 0 {
		o.Minutes = MockMinutes
	}
	if o.Minutes < MinMockMinutes || o.Minutes > MaxMockMinutes {
		wrong["minutes"] = []errs.Field{{Code: "ERR_INVALID", Text: "must be between 10 and 60"}}
	}
	checkText(wrong, "note", o.Note, MaxMockNote)
	now, slots := s.Now(), make([]time.Time, len(o.Slots))
	for i, t := range o.Slots {
		if slots[i] = moment(t.UnixMilli()); !t.After(now) || t.After(now.Add(mockFarthest)) {
			wrong["slots"] = []errs.Field{{Code: "ERR_INVALID", Text: "must lie within the next 60 days"}}
		}
	}
	slices.SortFunc(slots, time.Time.Compare)
	o.Slots = slices.CompactFunc(slots, time.Time.Equal)
	if n := len(o.Slots); n == 0 || n > MaxMockSlots {
		wrong["slots"] = []errs.Field{{Code: "ERR_INVALID", Text: "must be one to five different times"}}
	}
	if len(wrong) > 0 {
		return invalid(wrong)
	}
	return nil
}

// Propose offers an interview to a member, or to everyone. Returns Invalid with
// Fields for what is wrong with the offer, NotFound for a member that may not be
// met, Forbidden for who may not write any more, Conflict if too many proposals
// wait already, and TooMany after too many in a day.
func (s *Service) Propose(ctx context.Context, account ids.ID, o MockOffer) (*Mock, error) {
	if err := s.checkOffer(&o); err != nil {
		return nil, err
	}
	if err := s.Profiles.MayWrite(ctx, account); err != nil {
		return nil, err
	}
	if o.Invited != 0 {
		if ok, err := s.mayMeet(ctx, account, o.Invited); err != nil || !ok {
			return nil, cmpErr(err, errs.NotFoundRecord())
		}
	}
	var id ids.ID
	err := s.write(ctx, func(tx *db.Tx) error {
		waiting, err := db.Value[int](ctx, tx, `SELECT COUNT(*) FROM practice_mock_members x JOIN practice_mocks m ON m.id = x.mock_id
			WHERE x.account_id = $1 AND x.side = 0 AND m.state = 0`, account)
		if err != nil {
			return err
		}
		if waiting >= maxMocksOpen {
			return errs.New(errs.Conflict, "Too many of your proposals wait for an answer")
		}
		lately, err := db.Value[int](ctx, tx, "SELECT COUNT(*) FROM practice_mock_members WHERE account_id = $1 AND mock_id > $2 AND side = 0", account, ids.At(s.Now().Add(-24*time.Hour)))
		if err != nil {
			return err
		}
		if lately >= maxMocksADay {
			return &errs.Error{Kind: errs.TooMany, Text: "Too many proposals in one day", After: time.Hour}
		}
		id = s.IDs.New(account)
		return s.keepOffer(ctx, tx, account, id, o)
	})
	if err != nil {
		return nil, err
	}
	return s.Mock(ctx, account, id)
}

// cmpErr is the first error that there is.
func cmpErr(a, b error) error {
	if a != nil {
		return a
	}
	return b
}

// keepOffer writes a proposal.
func (s *Service) keepOffer(ctx context.Context, tx *db.Tx, account, id ids.ID, o MockOffer) error {
	last := o.Slots[len(o.Slots)-1].UnixMilli()
	if _, err := db.Exec(ctx, tx, "INSERT INTO practice_mocks ("+mockColumns+") VALUES ($1, 0, $2, $3, $4, $5, $6, 0, 0, $7, $8, 0, 0, '', '', 0, 0, 0, 0)",
		id, o.Invited != 0, o.Role, o.Level, o.Note, o.Minutes, last, false); err != nil {
		return err
	}
	members := []any{id, 0, account, false}
	if o.Invited != 0 {
		members = append(members, id, 1, o.Invited, false)
	}
	if err := db.Insert(ctx, tx, "practice_mock_members (mock_id, side, account_id, entered)", 4, members, ""); err != nil {
		return err
	}
	slots := make([]any, 0, 2*len(o.Slots))
	for _, t := range o.Slots {
		slots = append(slots, id, t.UnixMilli())
	}
	if err := db.Insert(ctx, tx, "practice_mock_slots (mock_id, at)", 2, slots, ""); err != nil {
		return err
	}
	if o.Invited == 0 {
		return nil
	}
	_, err := s.outbox.Add(ctx, tx, MockMoved{MockID: id, What: MockWasProposed, By: account, To: []ids.ID{o.Invited}})
	return err
}

// AcceptMock fixes an interview at one of its slots. Returns NotFound for one
// that a member may not accept, Conflict if it is theirs or answered already, or
// the slot has passed, and Invalid for a time that is no slot.
func (s *Service) AcceptMock(ctx context.Context, account, id ids.ID, slot time.Time) (*Mock, error) {
	r, err := s.visibleMock(ctx, account, id)
	if err != nil {
		return nil, err
	}
	if r.side(account) == 0 {
		return nil, errs.New(errs.Conflict, "This is your own proposal")
	}
	if err := s.Profiles.MayWrite(ctx, account); err != nil {
		return nil, err
	}
	if ok, err := s.mayMeet(ctx, account, r.Proposer); err != nil || !ok {
		return nil, cmpErr(err, errs.NotFoundRecord())
	}
	err = s.changeMock(ctx, id, func(w *mockWork) error {
		switch {
		case w.State != MockProposed && w.side(account) < 0:
			return errs.NotFoundRecord() // somebody else was faster
		case w.State != MockProposed:
			return errs.New(errs.Conflict, "This proposal is answered already")
		case !slices.ContainsFunc(w.Slots, slot.Equal):
			return invalid(map[string][]errs.Field{"slot": {{Code: "ERR_INCLUSION", Text: "is none of the times that were proposed"}}})
		case !slot.After(w.now):
			return errs.New(errs.Conflict, "This time has passed")
		}
		if w.side(account) < 0 {
			if _, err := db.Exec(ctx, w.tx, "INSERT INTO practice_mock_members (mock_id, side, account_id, entered) VALUES ($1, 1, $2, $3)", id, account, false); err != nil {
				return err
			}
			w.sides[1] = account
		}
		w.startsAt = slot.UnixMilli()
		w.settled()
		return w.move(MockAccepted, account, MockWasAccepted, w.Proposer)
	})
	if err != nil {
		return nil, err
	}
	return s.Mock(ctx, account, id)
}

// DeclineMock says no to a proposal that was made to a member. Returns NotFound
// for others, Conflict if it is answered already.
func (s *Service) DeclineMock(ctx context.Context, account, id ids.ID) (*Mock, error) {
	r, err := s.ownMock(ctx, account, id)
	if err != nil {
		return nil, err
	}
	if r.side(account) != 1 {
		return nil, errs.New(errs.Conflict, "This is your own proposal")
	}
	err = s.changeMock(ctx, id, func(w *mockWork) error {
		if w.State != MockProposed {
			return errs.New(errs.Conflict, "This proposal is answered already")
		}
		return w.move(MockDeclined, account, MockWasDeclined, w.Proposer)
	})
	if err != nil {
		return nil, err
	}
	return s.Mock(ctx, account, id)
}

// CancelMock calls an interview off that has not begun, or takes a proposal back.
// Returns NotFound for one that is not theirs, Conflict if it has begun or is
// over, or waits for the member's own answer.
func (s *Service) CancelMock(ctx context.Context, account, id ids.ID) (*Mock, error) {
	if _, err := s.ownMock(ctx, account, id); err != nil {
		return nil, err
	}
	err := s.changeMock(ctx, id, func(w *mockWork) error {
		if w.State > MockLobby || w.State == MockProposed && w.side(account) != 0 {
			return errs.New(errs.Conflict, "This interview cannot be cancelled any more")
		}
		return w.move(MockCancelled, account, MockWasCancelled, w.Other(account))
	})
	if err != nil {
		return nil, err
	}
	return s.Mock(ctx, account, id)
}

// EnterMock lets a member into the lobby; again does no harm. Returns NotFound
// for an interview that is not theirs, Conflict if its lobby is not open, or the
// two may not meet any more.
func (s *Service) EnterMock(ctx context.Context, account, id ids.ID) (*Mock, error) {
	r, err := s.ownMock(ctx, account, id)
	if err != nil {
		return nil, err
	}
	if err := s.Profiles.MayWrite(ctx, account); err != nil {
		return nil, err
	}
	ok, err := s.mayMeet(ctx, account, r.Other(account))
	if err != nil {
		return nil, err
	}
	err = s.changeMock(ctx, id, func(w *mockWork) error {
		side := w.side(account)
		switch {
		case w.State.Round() > 0 || w.State == MockSwap || w.State == MockReviewing:
			return nil // back again
		case w.State != MockLobby:
			return errs.New(errs.Conflict, "The lobby is not open")
		case !ok:
			return errApart()
		case w.Entered[side]:
			return nil
		}
		w.Entered[side] = true
		if _, err := db.Exec(ctx, w.tx, "UPDATE practice_mock_members SET entered = $3 WHERE mock_id = $1 AND side = $2", id, side, true); err != nil {
			return err
		}
		return w.log(MockEvent{By: account, Type: MockEntered, Data: &MockData{}}, "")
	})
	if err != nil {
		return nil, err
	}
	return s.Mock(ctx, account, id)
}
