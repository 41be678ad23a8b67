package profiles

import (
	"context"
	"errors"
	"sync"

	"github.com/guildhall/guildhall/internal/bus"
	"github.com/guildhall/guildhall/internal/db"
	"github.com/guildhall/guildhall/internal/ids"
)

// change is a running transaction that changes how two accounts stand to each
// other. Both rows are locked from its start, so no other change of a relation
// of theirs runs at the same time, on no node.
type change struct {
	s        *Service
	tx       *db.Tx
	from, to party
	told     []bus.Payload
}

// party is what a change needs to know of an account.
type party struct {
	id                   ids.ID
	locked               bool
	followers, following int
}

// errUnchanged rolls back a transaction that had nothing to do.
var errUnchanged = errors.New("nothing to change")

// between runs f in a transaction of two accounts. If f tells that it changed
// something, both accounts' graph versions grow and what is cached of them is
// dropped; else nothing is written. Returns Forbidden if the two are one, NotFound
// if one does not exist, and f's error.
func (s *Service) between(ctx context.Context, from, to ids.ID, f func(c *change) (changed bool, err error)) error {
	if from == to {
		return notAllowed()
	}
	err := s.write(ctx, func(tx *db.Tx) error {
		c := &change{s: s, tx: tx, from: party{id: from}, to: party{id: to}}
		if err := c.lock(ctx); err != nil {
			return err
		}
		changed, err := f(c)
		if err != nil {
			return err
		}
		if !changed {
			return errUnchanged
		}
		tx.OnCommit(func() {
			s.accounts.forget(from)
			s.accounts.forget(to)
			s.watchers.tell(c.told)
		})
		return nil
	})
	if errors.Is(err, errUnchanged) {
		return nil
	}
	return err
}

// lock takes the rows in the order of their ids, so that two changes never
// wait for each other, and moves their versions on.
func (c *change) lock(ctx context.Context) error {
	first, second := &c.from, &c.to
	if second.id < first.id {
		first, second = second, first
	}
	for _, p := range []*party{first, second} {
		row, err := db.One(ctx, c.tx, func(r *party) []any { return []any{&r.id, &r.locked, &r.followers, &r.following} },
			"UPDATE profiles_accounts SET graph = graph + 1 WHERE id = $1 RETURNING id, locked, followers, following", p.id)
		if err != nil {
			return err
		}
		*p = row
	}
	return nil
}

// count adds to the kept counts of an account.
func (c *change) count(ctx context.Context, id ids.ID, followers, following, requests int) error {
	_, err := db.Exec(ctx, c.tx, `UPDATE profiles_accounts SET followers = followers + $2, following = following + $3,
 requests = requests + $4 WHERE id = $1`, id, followers, following, requests)
	return err
}

func (c *change) tell(ctx context.Context, p bus.Payload) error {
	c.told = append(c.told, p)
	_, err := c.s.outbox.Add(ctx, c.tx, p)
	return err
}

// watchers are told of what has changed on this node.
type watchers struct {
	mu   sync.RWMutex
	each []func(bus.Payload)
}

// WatchRelations has f told what has changed how two accounts stand to each
// other (Followed, Unfollowed, GraphChanged and the like) on this node: after the
// commit and before whoever changed it goes on, where the event comes at some
// time later. f must not block.
func (s *Service) WatchRelations(f func(bus.Payload)) {
	s.watchers.mu.Lock()
	defer s.watchers.mu.Unlock()
	s.watchers.each = append(s.watchers.each, f)
}

func (w *watchers) tell(changes []bus.Payload) {
	w.mu.RLock()
	defer w.mu.RUnlock()
	for _, f := range w.each {
		for _, p := range changes {
			f(p)
		}
	}
}

// exists tells whether a statement finds a row.
func (c *change) exists(ctx context.Context, text string, args ...any) (bool, error) {
	rows, err := db.Values[int](ctx, c.tx, text, args...)
	return len(rows) > 0, err
}

// delete runs a DELETE and tells whether there was something to delete.
func (c *change) delete(ctx context.Context, text string, args ...any) (bool, error) {
	n, err := db.Exec(ctx, c.tx, text, args...)
	return n > 0, err
}

// unfollow ends a follow, or a request to follow, and tells whether there was one.
func (c *change) unfollow(ctx context.Context, from, to ids.ID) (bool, error) {
	pending, err := db.Values[bool](ctx, c.tx, "DELETE FROM profiles_follows WHERE from_id = $1 AND to_id = $2 RETURNING pending", from, to)
	if err != nil || len(pending) == 0 {
		return false, err
	}
	if pending[0] {
		if err := c.count(ctx, to, 0, 0, -1); err != nil {
			return false, err
		}
		return true, c.tell(ctx, RequestEnded{From: from, To: to})
	}
	if _, err := db.Exec(ctx, c.tx, "DELETE FROM profiles_endorsements WHERE from_id = $1 AND to_id = $2", from, to); err != nil {
		return false, err
	}
	return true, errors.Join(
		c.count(ctx, from, 0, -1, 0),
		c.count(ctx, to, -1, 0, 0),
		c.tell(ctx, Unfollowed{From: from, To: to}))
}
