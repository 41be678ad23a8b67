package practice

import (
	"context"
	"io"
	"time"

	"github.com/guildhall/guildhall/internal/blob"
	"github.com/guildhall/guildhall/internal/db"
	"github.com/guildhall/guildhall/internal/errs"
	"github.com/guildhall/guildhall/internal/ids"
	"github.com/guildhall/guildhall/internal/page"
)

const (
	// seatLasts is how long a reviewer has.
	seatLasts = 24 * time.Hour
	// MaxHeld is how many seats a member may have without having handed in.
	MaxHeld = 5
)

// seatRow is a row of practice_seats.
type seatRow struct {
	id, ask, account, review ids.ID
	ends, done               int64
}

const seatColumns = "id, ask_id, account_id, review_id, ends_at, done_at"

func scanSeat(r *seatRow) []any {
	return []any{&r.id, &r.ask, &r.account, &r.review, &r.ends, &r.done}
}

func (s *Service) seatRows(ctx context.Context, where string, args ...any) ([]seatRow, error) {
	return db.All(ctx, s.DB, scanSeat, "SELECT "+seatColumns+" FROM practice_seats WHERE "+where, args...)
}

// seatOf returns a member's own seat.
func (s *Service) seatOf(ctx context.Context, account, id ids.ID) (*seatRow, error) {
	rows, err := s.seatRows(ctx, "id = $1", id)
	if err != nil {
		return nil, err
	}
	if len(rows) == 0 || rows[0].account != account {
		return nil, errs.NotFoundRecord()
	}
	return &rows[0], nil
}

// Seat returns one of a member's own seats. Returns NotFound for others.
func (s *Service) Seat(ctx context.Context, account, id ids.ID) (*Seat, error) {
	row, err := s.seatOf(ctx, account, id)
	if err != nil {
		return nil, err
	}
	return s.wholeSeat(ctx, account, *row)
}

func (s *Service) wholeSeat(ctx context.Context, account ids.ID, row seatRow) (*Seat, error) {
	k, err := s.askRow(ctx, row.ask)
	if err != nil {
		return nil, err
	}
	list, err := s.seats(ctx, account, []seatRow{row}, []askRow{*k})
	if err != nil {
		return nil, err
	}
	if len(list) == 0 {
		return nil, errs.NotFoundRecord()
	}
	if list[0].Ask != nil {
		list[0].Ask, err = s.wholeAsk(ctx, account, k)
	}
	return list[0], err
}

// Seats returns a member's own seats, the newest first. Those at asks that are
// gone with their author are left out.
func (s *Service) Seats(ctx context.Context, account ids.ID, p page.Page) ([]*Seat, error) {
	end, args := p.SQL("id", []any{account})
	rows, err := s.seatRows(ctx, "account_id = $1 AND EXISTS (SELECT 1 FROM practice_asks k WHERE k.id = practice_seats.ask_id)"+end, args...)
	if err != nil || len(rows) == 0 {
		return nil, err
	}
	asked := make([]ids.ID, len(rows))
	for i, r := range rows {
		asked[i] = r.ask
	}
	in, args := db.In(nil, asked)
	asks, err := s.askRows(ctx, "id IN "+in, args...)
	if err != nil {
		return nil, err
	}
	return s.seats(ctx, account, page.Sort(p, rows), asks)
}

// seats completes rows, of which asks are all that there are.
func (s *Service) seats(ctx context.Context, account ids.ID, rows []seatRow, asks []askRow) ([]*Seat, error) {
	whole, err := s.asks(ctx, account, asks)
	if err != nil {
		return nil, err
	}
	by := make(map[ids.ID]*Ask, len(whole))
	for _, k := range whole {
		by[k.ID] = k
	}
	var found []ids.ID
	list := make([]*Seat, 0, len(rows))
	for _, r := range rows {
		k := by[r.ask]
		if k == nil {
			continue // gone since
		}
		seat := &Seat{ID: r.id, AskID: r.ask, Card: k.Attempt.Card, DeckID: k.Attempt.DeckID, Answer: k.Attempt.Answer, Spoken: k.Attempt.Audio != "",
			Seconds: k.Attempt.Seconds, TakenAt: r.id.Time(), Until: moment(r.ends), DoneAt: moment(r.done)}
		if r.done > 0 {
			found = append(found, r.review)
			if k.State == AskDone {
				seat.Ask = k
			}
		}
		list = append(list, seat)
	}
	if len(found) == 0 {
		return list, nil
	}
	in, args := db.In(nil, found)
	mine, err := s.reviews(ctx, "WHERE id IN "+in, args...)
	for i := range mine {
		for _, seat := range list {
			if by[seat.AskID].AttemptID == mine[i].AttemptID && !seat.DoneAt.IsZero() {
				seat.Mine = &mine[i]
			}
		}
	}
	for _, seat := range list {
		if seat.Mine != nil && seat.Ask == nil {
			seat.Mine.AttemptID = 0 // its shard would tell something of whose it is
		}
	}
	return list, err
}

// TakeSeat gives a member a seat at an ask that is offered to them, the same one
// if they have it already. Returns NotFound for others, Conflict if all seats are
// taken, and Forbidden to who has too many.
func (s *Service) TakeSeat(ctx context.Context, account, ask ids.ID) (*Seat, error) {
	there, err := s.seatRows(ctx, "ask_id = $1 AND account_id = $2", ask, account)
	if err != nil {
		return nil, err
	}
	if len(there) > 0 {
		return s.wholeSeat(ctx, account, there[0])
	}
	k, err := s.askRow(ctx, ask)
	if err != nil {
		return nil, err
	}
	if err := s.takeable(ctx, account, k); err != nil {
		return nil, err
	}
	var id ids.ID
	err = s.write(ctx, func(tx *db.Tx) error {
		n, err := db.Exec(ctx, tx, "UPDATE practice_asks SET taken = taken + 1 WHERE id = $1 AND state = 0 AND taken < seats", ask)
		if err != nil {
			return err
		}
		if n == 0 {
			return errs.New(errs.Conflict, "Others have taken this answer")
		}
		id = s.IDs.Global()
		n, err = db.Exec(ctx, tx, "INSERT INTO practice_seats ("+seatColumns+") VALUES ($1, $2, $3, 0, $4, 0) ON CONFLICT (ask_id, account_id) DO NOTHING",
			id, ask, account, s.Now().Add(seatLasts).UnixMilli())
		if err == nil && n == 0 {
			return errs.New(errs.Conflict, "You have taken this answer already")
		}
		return err
	})
	if err != nil {
		return nil, err
	}
	return s.Seat(ctx, account, id)
}

// takeable checks that an ask is offered to a member, and that they may take it.
func (s *Service) takeable(ctx context.Context, account ids.ID, k *askRow) error {
	offered, err := s.offered(ctx, account, []askRow{*k})
	if err != nil {
		return err
	}
	if len(offered) == 0 {
		return errs.NotFoundRecord()
	}
	if err := s.Profiles.MayWrite(ctx, account); err != nil {
		return err
	}
	held, err := db.Value[int](ctx, s.DB, "SELECT COUNT(*) FROM practice_seats WHERE account_id = $1 AND done_at = 0", account)
	if err == nil && held >= MaxHeld {
		return errs.Newf(errs.Forbidden, "Hand in one of the %d answers that you have, or give it back, before you take another one", MaxHeld)
	}
	return err
}

// GiveBack frees one of a member's own seats. Returns NotFound for others,
// Conflict if the review is in.
func (s *Service) GiveBack(ctx context.Context, account, id ids.ID) error {
	row, err := s.seatOf(ctx, account, id)
	if err != nil {
		return err
	}
	if row.done > 0 {
		return errHandedIn()
	}
	return s.write(ctx, func(tx *db.Tx) error {
		_, err := freeSeat(ctx, tx, row)
		return err
	})
}

// freeSeat gives a seat back whose review is not in; tells whether it was there.
func freeSeat(ctx context.Context, tx *db.Tx, row *seatRow) (freed bool, err error) {
	n, err := db.Exec(ctx, tx, "DELETE FROM practice_seats WHERE id = $1 AND done_at = 0", row.id)
	if err != nil || n == 0 {
		return false, err
	}
	_, err = db.Exec(ctx, tx, "UPDATE practice_asks SET taken = taken - 1 WHERE id = $1", row.ask)
	return true, err
}

func errHandedIn() error { return errs.New(errs.Conflict, "This review is handed in already") }

// HandIn takes what a reviewer has ticked, a mark for each point of the rubric.
// With the last review of an ask it is done: the reviews are shown, and the
// author's card returns as the lowest of them says. Returns NotFound for a seat
// that is not theirs, Conflict if the review is in or the time is over, and
// Invalid with Fields for points that are missing or not in the rubric.
func (s *Service) HandIn(ctx context.Context, account, id ids.ID, marks []Ticked, note string) (*Seat, error) {
	row, err := s.seatOf(ctx, account, id)
	if err != nil {
		return nil, err
	}
	if row.done > 0 {
		return nil, errHandedIn()
	}
	k, err := s.askRow(ctx, row.ask)
	if err != nil {
		return nil, err
	}
	end, err := s.closing(ctx, k, AskExpired)
	if err != nil {
		return nil, err
	}
	r, err := judge(end.attempt, marks, note)
	if err != nil {
		return nil, err
	}
	r.AccountID, r.Peer = account, true
	err = s.write(ctx, func(tx *db.Tx) error { return s.handIn(ctx, tx, row.id, end, r) })
	if err != nil {
		return nil, err
	}
	return s.Seat(ctx, account, id)
}

func (s *Service) handIn(ctx context.Context, tx *db.Tx, seat ids.ID, end *closing, r *Review) error {
	now := s.Now().UnixMilli()
	n, err := db.Exec(ctx, tx, "UPDATE practice_seats SET done_at = $2 WHERE id = $1 AND done_at = 0 AND ends_at > $2", seat, now)
	if err != nil {
		return err
	}
	if n == 0 {
		return errs.New(errs.Conflict, "The time for this review is over, or it is handed in already")
	}
	if err := s.keepReview(ctx, tx, r); err != nil {
		return err
	}
	if _, err := db.Exec(ctx, tx, "UPDATE practice_seats SET review_id = $2 WHERE id = $1", seat, r.ID); err != nil {
		return err
	}
	full, err := db.Values[bool](ctx, tx, "UPDATE practice_asks SET reviews_in = reviews_in + 1 WHERE id = $1 AND state = 0 RETURNING reviews_in >= seats", end.ask.ID)
	if err != nil {
		return err
	}
	if len(full) == 0 {
		return errs.New(errs.Conflict, "This ask is closed already")
	}
	if full[0] {
		_, err = s.closeAsk(ctx, tx, end)
	}
	return err
}

// SeatRecording opens the spoken answer that a member reviews; the caller closes
// it. Returns NotFound for a seat that is not theirs, and if there is none.
func (s *Service) SeatRecording(ctx context.Context, account, id ids.ID) (io.ReadSeekCloser, blob.Info, error) {
	a, err := s.seatAttempt(ctx, account, id)
	if err != nil {
		return nil, blob.Info{}, err
	}
	return s.openRecording(ctx, a)
}

// SeatAnswer returns the answer that a member reviews with its author, for a
// report to the moderators. It must not be shown to the member. Returns NotFound
// for a seat that is not theirs.
func (s *Service) SeatAnswer(ctx context.Context, account, id ids.ID) (*Attempt, error) {
	return s.seatAttempt(ctx, account, id)
}

func (s *Service) seatAttempt(ctx context.Context, account, id ids.ID) (*Attempt, error) {
	row, err := s.seatOf(ctx, account, id)
	if err != nil {
		return nil, err
	}
	k, err := s.askRow(ctx, row.ask)
	if err != nil {
		return nil, err
	}
	return s.attempt(ctx, k.AttemptID)
}

// began keeps the post that the talk about an ask began with.
func (s *Service) began(ctx context.Context, ask, post ids.ID) error {
	return s.write(ctx, func(tx *db.Tx) error {
		_, err := db.Exec(ctx, tx, "UPDATE practice_asks SET thread_id = $2 WHERE id = $1", ask, post)
		return err
	})
}
