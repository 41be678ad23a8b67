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
)

// Circle is who may review an answer.
type Circle uint8

// The circles; each one is wider than the one before it.
const (
	Person    Circle = iota // one account, asked by name
	Followers               // also those who follow the author
	Everyone                // all members of the server
)

// String returns the circle's name.
func (c Circle) String() string { return [...]string{"person", "followers", "everyone"}[c] }

// AskState is what has become of an ask.
type AskState uint8

// The states.
const (
	AskOpen      AskState = iota
	AskDone               // closed with at least one review, which are shown now
	AskExpired            // closed without one
	AskWithdrawn          // by the author, before there was one
)

// String returns the state's name.
func (s AskState) String() string { return [...]string{"open", "done", "expired", "withdrawn"}[s] }

// Ask asks others to review an answer. What they find is shown when all are done.
type Ask struct {
	ID        ids.ID // says when it was asked, and not by whom
	AttemptID ids.ID
	AccountID ids.ID // who asks
	Attempt   *Attempt
	Circle    Circle
	Person    ids.ID // who is asked by name; 0: nobody
	Seats     int    // how many reviews are asked for
	Taken     int    // seats that somebody has, also those whose review is in
	In        int    // reviews that are in
	State     AskState
	WidenedAt time.Time // zero: the circle is the one that was asked for
	ClosedAt  time.Time
	ThreadID  ids.ID // the post that began the talk about it; 0: none
	// What follows is there only when the ask is done.
	Own      *Review             // what the author found
	Reviews  []Review            // what the others found
	Disputed []string            // points, by id, that one found and another did not
	Kappas   map[ids.ID]*float64 // how the author and each reviewer agree, see Agreement; nil in lists
}

// Seat is a reviewer's place at an ask. Whose answer it is, and what others found
// in it, is in Ask, when the ask is done.
type Seat struct {
	ID      ids.ID
	AskID   ids.ID
	Card    *deck.Card
	DeckID  string
	Answer  string
	Spoken  bool
	Seconds int
	TakenAt time.Time
	Until   time.Time // when it is free again unless the review is in
	DoneAt  time.Time // zero: the review is not in
	Mine    *Review   // nil: not in
	Ask     *Ask      // nil until the ask is done
}

// OpenAsk is an answer that a member may review.
type OpenAsk struct {
	AskID  ids.ID
	DeckID string
	Card   *deck.Card
	Asked  bool // the member was asked by name
	At     time.Time
}

// askRow is a row of practice_asks.
type askRow struct {
	Ask
	widened, closed, next int64
}

const askColumns = "id, attempt_id, account_id, circle, to_id, seats, taken, reviews_in, state, widened_at, next_at, closed_at, thread_id"

func scanAsk(r *askRow) []any {
	return []any{&r.ID, &r.AttemptID, &r.AccountID, &r.Circle, &r.Person, &r.Seats, &r.Taken, &r.In, &r.State, &r.widened, &r.next, &r.closed, &r.ThreadID}
}

func (s *Service) askRows(ctx context.Context, where string, args ...any) ([]askRow, error) {
	rows, err := db.All(ctx, s.DB, scanAsk, "SELECT "+askColumns+" FROM practice_asks WHERE "+where, args...)
	for i := range rows {
		rows[i].WidenedAt, rows[i].ClosedAt = moment(rows[i].widened), moment(rows[i].closed)
	}
	return rows, err
}

func (s *Service) askRow(ctx context.Context, id ids.ID) (*askRow, error) {
	rows, err := s.askRows(ctx, "id = $1", id)
	if err != nil {
		return nil, err
	}
	if len(rows) == 0 {
		return nil, errs.NotFoundRecord()
	}
	return &rows[0], nil
}

// Ask returns an ask of a member's own, or one that is done and that they have
// reviewed. Returns NotFound for others.
func (s *Service) Ask(ctx context.Context, account, id ids.ID) (*Ask, error) {
	row, err := s.askRow(ctx, id)
	if err != nil {
		return nil, err
	}
	if row.AccountID != account {
		reviewed, err := db.Value[bool](ctx, s.DB, "SELECT EXISTS (SELECT 1 FROM practice_seats WHERE ask_id = $1 AND account_id = $2 AND done_at > 0)", id, account)
		if err != nil {
			return nil, err
		}
		if !reviewed || row.State != AskDone {
			return nil, errs.NotFoundRecord()
		}
	}
	return s.wholeAsk(ctx, account, row)
}

// wholeAsk completes a row for somebody who may see it.
func (s *Service) wholeAsk(ctx context.Context, viewer ids.ID, row *askRow) (*Ask, error) {
	list, err := s.asks(ctx, viewer, []askRow{*row})
	if err != nil {
		return nil, err
	}
	if len(list) == 0 {
		return nil, errs.NotFoundRecord()
	}
	k := list[0]
	if k.State != AskDone {
		return k, nil
	}
	k.Kappas = make(map[ids.ID]*float64, len(k.Reviews))
	for _, r := range k.Reviews {
		if k.Kappas[r.AccountID], err = s.agreement(ctx, k.AccountID, r.AccountID); err != nil {
			return nil, err
		}
	}
	return k, nil
}

// Asks returns a member's own asks, the newest first, without Kappas.
func (s *Service) Asks(ctx context.Context, account ids.ID, p page.Page) ([]*Ask, error) {
	end, args := p.SQL("id", []any{account})
	rows, err := s.askRows(ctx, "account_id = $1"+end, args...)
	if err != nil {
		return nil, err
	}
	return s.asks(ctx, account, page.Sort(p, rows))
}

// AskOf returns the newest ask of one of a member's own attempts, nil if there is
// none. Returns NotFound for an attempt that is not theirs.
func (s *Service) AskOf(ctx context.Context, account, attempt ids.ID) (*Ask, error) {
	if _, err := s.Attempt(ctx, account, attempt); err != nil {
		return nil, err
	}
	rows, err := s.askRows(ctx, "attempt_id = $1 ORDER BY id DESC LIMIT 1", attempt)
	if err != nil || len(rows) == 0 {
		return nil, err
	}
	return s.wholeAsk(ctx, account, &rows[0])
}

// asks completes rows for somebody who may see them, without those that are
// gone meanwhile.
func (s *Service) asks(ctx context.Context, viewer ids.ID, rows []askRow) ([]*Ask, error) {
	attempts := make([]ids.ID, len(rows))
	for i := range rows {
		attempts[i] = rows[i].AttemptID
	}
	answers, err := s.attemptsByID(ctx, attempts)
	if err != nil {
		return nil, err
	}
	list, done := make([]*Ask, 0, len(rows)), map[ids.ID]*Ask{}
	for i := range rows {
		k := &rows[i].Ask
		if k.Attempt = answers[k.AttemptID]; k.Attempt == nil {
			continue
		}
		if k.AccountID != viewer {
			k.Attempt = shown(k.Attempt)
		}
		if list = append(list, k); k.State == AskDone {
			done[k.ID] = k
		}
	}
	return list, s.addReviews(ctx, done)
}

// shown is an attempt as its reviewers see it in the end: without the guess, and
// what else it belongs to.
func shown(a *Attempt) *Attempt {
	public := *a
	public.Predicted, public.SessionID, public.StoryID = -1, 0, 0
	return &public
}

// addReviews completes asks that are done.
func (s *Service) addReviews(ctx context.Context, done map[ids.ID]*Ask) error {
	if len(done) == 0 {
		return nil
	}
	asked, attempts := make([]ids.ID, 0, len(done)), make([]ids.ID, 0, len(done))
	for id, k := range done {
		asked, attempts = append(asked, id), append(attempts, k.AttemptID)
	}
	type row struct{ ask, review ids.ID }
	in, args := db.In(nil, asked)
	rows, err := db.All(ctx, s.DB, func(r *row) []any { return []any{&r.ask, &r.review} },
		"SELECT ask_id, review_id FROM practice_seats WHERE done_at > 0 AND ask_id IN "+in, args...)
	if err != nil {
		return err
	}
	of := make(map[ids.ID]ids.ID, len(rows))
	for _, r := range rows {
		of[r.review] = r.ask
	}
	in, args = db.In(nil, attempts)
	all, err := s.reviews(ctx, "WHERE attempt_id IN "+in+" ORDER BY id", args...)
	if err != nil {
		return err
	}
	for _, r := range all {
		for _, k := range done {
			switch {
			case !r.Peer && r.AttemptID == k.AttemptID:
				k.Own = &r
			case of[r.ID] == k.ID:
				k.Reviews = append(k.Reviews, r)
			}
		}
	}
	for _, k := range done {
		k.Disputed = disputed(k)
	}
	return nil
}

// disputed returns the points that one found in the answer and another did not,
// in the order of the rubric.
func disputed(k *Ask) []string {
	found, missed := map[string]bool{}, map[string]bool{}
	all := k.Reviews
	if k.Own != nil {
		all = append(slices.Clone(all), *k.Own)
	}
	for _, r := range all {
		for _, m := range r.Marks {
			found[m.Point] = found[m.Point] || m.Mark == Yes
			missed[m.Point] = missed[m.Point] || m.Mark == No
		}
	}
	var list []string
	for _, p := range k.Attempt.Card.Rubric {
		if found[p.ID] && missed[p.ID] {
			list = append(list, p.ID)
		}
	}
	return list
}
