package posts

import (
	"context"
	"errors"
	"sync"
	"time"

	"github.com/guildhall/guildhall/internal/db"
	"github.com/guildhall/guildhall/internal/errs"
	"github.com/guildhall/guildhall/internal/ids"
	"github.com/jackc/pgx/v5/pgconn"
)

const (
	// idRetries is how often a transaction is run again because another node
	// has made the same id in the same millisecond.
	idRetries = 3
	// foreignKey is PostgreSQL's code for a row whose parent does not exist.
	foreignKey = "23503"
	// pollsEvery and sweepEvery are how often the loops look.
	pollsEvery = 2 * time.Second
	sweepEvery = 10 * time.Minute
)

// write runs f in a transaction, again with fresh ids if one exists already.
// Returns NotFound if a post that f refers to was deleted at the same time.
func (s *Service) write(ctx context.Context, f func(tx *db.Tx) error) error {
	for attempt := 0; ; attempt++ {
		err := s.DB.Write(ctx, f)
		var pg *pgconn.PgError
		if errors.As(err, &pg) && pg.Code == foreignKey {
			return errs.NotFoundRecord()
		}
		if attempt == idRetries || !db.IsDuplicate(err) {
			return err
		}
	}
}

// startWriting ends polls in time, publishes what was scheduled, counts what happens by the day, sweeps what
// was left behind and keeps lists to those who are followed, until ctx ends.
func (s *Service) startWriting(ctx context.Context) error {
	go s.every(ctx, "polls", pollsEvery, s.endPolls)
	go s.every(ctx, "scheduled", pollsEvery, s.publishDue)
	go s.every(ctx, "days", daysEvery, s.countDays)
	go s.every(ctx, "sweep", sweepEvery, s.sweep)
	return s.startLists(ctx)
}

func (s *Service) every(ctx context.Context, what string, interval time.Duration, f func(context.Context) error) {
	tick := time.NewTicker(interval)
	defer tick.Stop()
	for {
		if err := f(ctx); err != nil && ctx.Err() == nil {
			s.Log.Error("posts", "loop", what, "error", err)
		}
		select {
		case <-ctx.Done():
			return
		case <-tick.C:
		}
	}
}

// sweep deletes idempotency keys and uploads that nobody can use any more.
func (s *Service) sweep(ctx context.Context) error {
	return errors.Join(s.sweepKeys(ctx), s.sweepUploads(ctx))
}

// writing is what the methods that write keep in memory.
type writing struct {
	tags  tagNames
	files sync.RWMutex // held for reading while a file is there and its row is not yet
}

func scanStats(st *Stats) []any { return []any{&st.Replies, &st.Boosts, &st.Favourites, &st.Quotes} }

// bump changes a counter of a post (replies, boosts, favourites or quotes) and makes the new ones known after
// the commit. A post that is gone is left alone: found is false.
func (s *Service) bump(ctx context.Context, tx *db.Tx, id ids.ID, counter string, by int) (found bool, err error) {
	st, err := db.One(ctx, tx, scanStats, "INSERT INTO posts_stats (post_id, "+counter+") SELECT id, CAST($2 AS INTEGER) FROM posts_posts WHERE id = $1"+
		" ON CONFLICT (post_id) DO UPDATE SET "+counter+" = posts_stats."+counter+" + $2 RETURNING replies, boosts, favourites, quotes", id, by)
	if errs.Is(err, errs.NotFound) {
		return false, nil
	}
	if err != nil {
		return false, err
	}
	tx.OnCommit(func() { s.setStats(id, st) })
	return true, nil
}
