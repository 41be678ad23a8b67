package practice

import (
	"context"
	"time"

	"github.com/guildhall/guildhall/internal/db"
	"github.com/guildhall/guildhall/internal/errs"
	"github.com/guildhall/guildhall/internal/ids"
)

const (
	// MaxSeats is how many reviews of an answer can be asked for at once.
	MaxSeats = 2
	// MaxAsks is how many asks a member may have open.
	MaxAsks = 10
	// firstCredits is what a member may ask for before they have reviewed anything.
	firstCredits = 2
	// widenAfter is how long a circle has to itself.
	widenAfter = 72 * time.Hour
	// closeAfter is how long an ask waits in all.
	closeAfter = 14 * 24 * time.Hour
)

// AskRequest says who is asked for how many reviews.
type AskRequest struct {
	Circle Circle
	Person ids.ID // who is asked by name, if the circle is Person
	Seats  int    // 1 or 2
}

// AskReview asks others to review one of a member's own attempts. Each seat costs
// a credit. Returns NotFound for an attempt that is not theirs, and a person who
// is not there or out of reach; Conflict if the rubric is not ticked, or an ask
// of it is open; Invalid with Fields; and Forbidden with too few credits or too
// many open asks.
func (s *Service) AskReview(ctx context.Context, account, attempt ids.ID, r AskRequest) (*Ask, error) {
	a, err := s.Attempt(ctx, account, attempt)
	if err != nil {
		return nil, err
	}
	if err := s.askable(ctx, account, &r); err != nil {
		return nil, err
	}
	if a.State != Checked {
		return nil, errs.New(errs.Conflict, "Tick the rubric yourself first")
	}
	now := s.Now()
	var id ids.ID
	err = s.write(ctx, func(tx *db.Tx) error {
		open, err := db.Value[bool](ctx, tx, "SELECT EXISTS (SELECT 1 FROM practice_asks WHERE attempt_id = $1 AND state = 0)", attempt)
		if err != nil {
			return err
		}
		if open {
			return errs.New(errs.Conflict, "A review of this answer is asked for already")
		}
		number, err := s.mayAsk(ctx, tx, account, r.Seats)
		if err != nil {
			return err
		}
		id = s.IDs.Global()
		if _, err := db.Exec(ctx, tx, `INSERT INTO practice_asks (number, refunded, `+askColumns+`)
			VALUES ($1, 0, $2, $3, $4, $5, $6, $7, 0, 0, 0, 0, $8, 0, 0)`,
			number, id, attempt, account, r.Circle, r.Person, r.Seats, now.Add(widenAfter).UnixMilli()); err != nil {
			return err
		}
		_, err = s.outbox.Add(ctx, tx, ReviewAsked{AskID: id, AccountID: account, To: r.Person})
		return err
	})
	if err != nil {
		return nil, err
	}
	return s.Ask(ctx, account, id)
}

// askable checks who is asked. That somebody mutes the member is not told.
func (s *Service) askable(ctx context.Context, account ids.ID, r *AskRequest) error {
	wrong := map[string][]errs.Field{}
	if r.Circle > Everyone {
		wrong["circle"] = []errs.Field{{Code: "ERR_INCLUSION", Text: "must be person, followers or everyone"}}
	}
	if r.Seats < 1 || r.Seats > MaxSeats {
		wrong["seats"] = []errs.Field{{Code: "ERR_INVALID", Text: "must be 1 or 2"}}
	}
	if r.Circle == Person && r.Person == 0 {
		wrong["account_id"] = []errs.Field{{Code: "ERR_BLANK", Text: "can't be blank"}}
	}
	if len(wrong) > 0 {
		return invalid(wrong)
	}
	if err := s.Profiles.MayWrite(ctx, account); err != nil {
		return err
	}
	if r.Circle != Person {
		r.Person = 0
		return nil
	}
	if err := s.Profiles.MayWrite(ctx, r.Person); err != nil {
		if errs.Is(err, errs.Forbidden) {
			return errs.NotFoundRecord()
		}
		return err
	}
	g, err := s.Profiles.Graph(ctx, account)
	if err != nil {
		return err
	}
	house, err := s.messengerID(ctx)
	if err != nil {
		return err
	}
	if r.Person == account || r.Person == house || g.Blocking[r.Person] || g.BlockedBy[r.Person] {
		return errs.NotFoundRecord()
	}
	return nil
}

// mayAsk returns the number of a member's next ask. Should another one of theirs
// be written at the same time, it has the same number, and one of the two is
// tried again.
func (s *Service) mayAsk(ctx context.Context, tx *db.Tx, account ids.ID, seats int) (number int, err error) {
	left, err := credits(ctx, tx, account)
	if err != nil {
		return 0, err
	}
	open, err := db.Value[int](ctx, tx, "SELECT COUNT(*) FROM practice_asks WHERE account_id = $1 AND state = 0", account)
	switch {
	case err != nil:
		return 0, err
	case left < seats:
		return 0, errs.New(errs.Forbidden, "You have asked for all the reviews that you may; review somebody else's answer to ask for another one")
	case open >= MaxAsks:
		return 0, errs.Newf(errs.Forbidden, "You wait for reviews of %d answers already", MaxAsks)
	}
	return db.Value[int](ctx, tx, "SELECT COALESCE(MAX(number), 0) + 1 FROM practice_asks WHERE account_id = $1", account)
}

// Credits returns how many reviews a member may ask for.
func (s *Service) Credits(ctx context.Context, account ids.ID) (int, error) {
	return credits(ctx, s.DB, account)
}

func credits(ctx context.Context, q db.Querier, account ids.ID) (int, error) {
	given, err := db.Value[int](ctx, q, "SELECT COUNT(*) FROM practice_seats WHERE account_id = $1 AND done_at > 0", account)
	if err != nil {
		return 0, err
	}
	spent, err := db.Value[int](ctx, q, "SELECT CAST(COALESCE(SUM(seats - refunded), 0) AS BIGINT) FROM practice_asks WHERE account_id = $1", account)
	return firstCredits + given - spent, err
}

// WithdrawAsk closes one of a member's own asks. What is in is shown; the cost of
// seats that nobody has taken is given back. Returns NotFound for others,
// Conflict if it is closed.
func (s *Service) WithdrawAsk(ctx context.Context, account, id ids.ID) error {
	row, err := s.askRow(ctx, id)
	if err != nil {
		return err
	}
	if row.AccountID != account {
		return errs.NotFoundRecord()
	}
	end, err := s.closing(ctx, row, AskWithdrawn)
	if err != nil {
		return err
	}
	return s.write(ctx, func(tx *db.Tx) error {
		closed, err := s.closeAsk(ctx, tx, end)
		if err == nil && !closed {
			return errs.New(errs.Conflict, "This ask is closed already")
		}
		return err
	})
}

// closing is what closing an ask takes.
type closing struct {
	ask     *Ask
	attempt *Attempt
	without AskState // what the ask is then if no review is in
	member  string   // what receipts call the author
}

func (s *Service) closing(ctx context.Context, row *askRow, without AskState) (*closing, error) {
	a, err := s.attempt(ctx, row.AttemptID)
	if err != nil {
		return nil, err
	}
	member, err := s.memberURL(ctx, row.AccountID)
	return &closing{&row.Ask, a, without, member}, err
}

// closeAsk closes an ask: it is done if there is a review. What is given back is
// the cost of the seats without a review, or of those that nobody has taken if
// the author withdraws it. Tells whether it was open.
func (s *Service) closeAsk(ctx context.Context, tx *db.Tx, c *closing) (closed bool, err error) {
	paid := "reviews_in"
	if c.without == AskWithdrawn {
		paid = "taken"
	}
	states, err := db.Values[AskState](ctx, tx, `UPDATE practice_asks SET state = CASE WHEN reviews_in > 0 THEN 1 ELSE CAST($2 AS BIGINT) END, closed_at = $3,
		refunded = CASE WHEN refunded > seats - `+paid+` THEN refunded ELSE seats - `+paid+` END WHERE id = $1 AND state = 0 RETURNING state`,
		c.ask.ID, c.without, s.Now().UnixMilli())
	if err != nil || len(states) == 0 {
		return false, err
	}
	idle, err := db.Values[ids.ID](ctx, tx, "DELETE FROM practice_seats WHERE ask_id = $1 AND done_at = 0 RETURNING account_id", c.ask.ID)
	if err != nil {
		return true, err
	}
	for _, who := range idle {
		if _, err := s.outbox.Add(ctx, tx, SeatEnded{AskID: c.ask.ID, AccountID: who}); err != nil {
			return true, err
		}
	}
	if _, err = s.outbox.Add(ctx, tx, AskClosed{AskID: c.ask.ID, AccountID: c.ask.AccountID, State: states[0]}); err != nil || states[0] != AskDone {
		return true, err
	}
	return true, s.settle(ctx, tx, c)
}

// settle makes the peers' reviews count: the lowest rating takes the place of the
// author's, and the answer's receipt is written.
func (s *Service) settle(ctx context.Context, tx *db.Tx, c *closing) error {
	peers, err := readReviews(ctx, tx, "WHERE id IN (SELECT review_id FROM practice_seats WHERE ask_id = $1 AND done_at > 0) ORDER BY id", c.ask.ID)
	if err != nil || len(peers) == 0 {
		return err
	}
	lowest := peers[0].Rating
	for _, r := range peers {
		lowest = min(lowest, r.Rating)
	}
	if err := s.rate(ctx, tx, c.attempt, lowest, c.attempt.CheckedAt); err != nil {
		return err
	}
	if err := s.receiptOfCard(ctx, tx, c.member, c.attempt, peers); err != nil {
		return err
	}
	_, err = s.outbox.Add(ctx, tx, Reviewed{AccountID: c.ask.AccountID, AttemptID: c.ask.AttemptID, Peer: true})
	return err
}
