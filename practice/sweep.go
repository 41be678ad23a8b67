package practice

import (
	"context"
	"errors"
	"time"

	"github.com/guildhall/guildhall/internal/db"
)

const (
	sweepEvery = time.Minute
	// sweptAtOnce is how many things of a sort are read at once.
	sweptAtOnce = 100
)

// sweeping does what is due, again and again, until ctx ends.
func (s *Service) sweeping(ctx context.Context, every time.Duration, sweep func(context.Context) error) {
	tick := time.NewTicker(every)
	defer tick.Stop()
	for {
		select {
		case <-ctx.Done():
			return
		case <-tick.C:
		}
		if err := sweep(ctx); err != nil && ctx.Err() == nil {
			s.Log.Error("practice not swept", "error", err)
		}
	}
}

// Sweep does what is due by the clock. It runs every minute by itself, on all
// nodes: whatever it changes, one of them does.
func (s *Service) Sweep(ctx context.Context) error {
	var all []error
	for _, f := range [...]func(context.Context) error{s.freeLate, s.moveAsks, s.remind} {
		all = append(all, f(ctx))
	}
	return errors.Join(all...)
}

// freeLate frees the seats of reviewers whose time is over.
func (s *Service) freeLate(ctx context.Context) error {
	for {
		late, err := s.seatRows(ctx, "done_at = 0 AND ends_at <= $1 ORDER BY ends_at LIMIT $2", s.Now().UnixMilli(), sweptAtOnce)
		if err != nil {
			return err
		}
		var all []error
		for _, row := range late {
			all = append(all, s.write(ctx, func(tx *db.Tx) error {
				freed, err := freeSeat(ctx, tx, &row)
				if err == nil && freed {
					_, err = s.outbox.Add(ctx, tx, SeatEnded{AskID: row.ask, AccountID: row.account})
				}
				return err
			}))
		}
		if err := errors.Join(all...); err != nil || len(late) < sweptAtOnce {
			return err
		}
	}
}

// moveAsks widens the circles of asks that have waited, and closes those that
// have waited for too long.
func (s *Service) moveAsks(ctx context.Context) error {
	for {
		rows, err := s.askRows(ctx, "state = 0 AND next_at <= $1 ORDER BY next_at LIMIT $2", s.Now().UnixMilli(), sweptAtOnce)
		if err != nil {
			return err
		}
		var all []error // one that fails does not keep the others waiting
		for i := range rows {
			all = append(all, s.moveAsk(ctx, &rows[i]))
		}
		if err := errors.Join(all...); err != nil || len(rows) < sweptAtOnce {
			return err
		}
	}
}

// moveAsk widens an ask's circle and gives back what the reviews cost that are
// not in, or closes the ask.
func (s *Service) moveAsk(ctx context.Context, k *askRow) error {
	now, end := s.Now(), k.ID.Time().Add(closeAfter)
	if !now.Before(end) {
		c, err := s.closing(ctx, k, AskExpired)
		if err != nil {
			return err
		}
		return s.write(ctx, func(tx *db.Tx) error {
			_, err := s.closeAsk(ctx, tx, c)
			return err
		})
	}
	circle, widened, next := k.Circle, k.widened, end
	if circle < Everyone {
		circle, widened = circle+1, now.UnixMilli()
	}
	if again := now.Add(widenAfter); circle < Everyone && again.Before(end) {
		next = again
	}
	return s.write(ctx, func(tx *db.Tx) error {
		n, err := db.Exec(ctx, tx, `UPDATE practice_asks SET circle = $3, widened_at = $4, next_at = $5,
			refunded = CASE WHEN refunded > seats - reviews_in THEN refunded ELSE seats - reviews_in END
			WHERE id = $1 AND state = 0 AND next_at = $2`, k.ID, k.next, circle, widened, next.UnixMilli())
		if err != nil || n == 0 || circle == k.Circle {
			return err
		}
		_, err = s.outbox.Add(ctx, tx, AskWidened{AskID: k.ID, AccountID: k.AccountID, Circle: circle})
		return err
	})
}
