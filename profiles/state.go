package profiles

import (
	"context"
	"strconv"

	"github.com/guildhall/guildhall/internal/db"
	"github.com/guildhall/guildhall/internal/errs"
	"github.com/guildhall/guildhall/internal/ids"
)

// State is what moderators have decided about an account, as a set of bits.
type State uint8

// The states. The numbers are stored.
const (
	Suspended  State = 1 << iota // as good as gone, until it is taken back
	Silenced                     // limited: not shown to those who do not follow and did not ask for it
	Sensitized                   // all media are marked as sensitive
)

// Is tells whether all bits of a state are set.
func (s State) Is(bits State) bool { return s&bits == bits }

// States are the accounts about which moderators have decided something: few
// of many. The value is shared and must not be changed.
type States map[ids.ID]State

// Is tells whether an account is in a state.
func (s States) Is(id ids.ID, bits State) bool { return s[id].Is(bits) }

// States returns the states of all accounts that have one. It is called for
// every request that shows posts and is answered from memory.
func (s *Service) States(ctx context.Context) (States, error) {
	if all, ok := s.states.get(struct{}{}); ok {
		return all, nil
	}
	mark := s.states.mark(struct{}{})
	v, err, _ := s.states.flights.Do(strconv.FormatUint(mark, 36), func() (any, error) {
		type row struct {
			id    ids.ID
			state State
		}
		rows, err := db.All(context.WithoutCancel(ctx), s.db, func(r *row) []any { return []any{&r.id, &r.state} },
			"SELECT id, state FROM profiles_accounts WHERE id > 0 AND state <> 0")
		if err != nil {
			return nil, err
		}
		all := make(States, len(rows))
		for _, r := range rows {
			all[r.id] = r.state
		}
		s.states.put(struct{}{}, all, mark)
		return all, nil
	})
	if err != nil {
		return nil, err
	}
	return v.(States), nil
}

// SetState puts an account into a state or takes it out of it, and tells every
// node. Returns NotFound if there is no such account.
func (s *Service) SetState(ctx context.Context, id ids.ID, bits State, on bool) error {
	set, keep := int64(bits), int64(^State(0))
	if !on {
		set, keep = 0, int64(^bits)
	}
	return s.write(ctx, func(tx *db.Tx) error {
		changed, err := db.Exec(ctx, tx, "UPDATE profiles_accounts SET state = (state | $2) & $3 WHERE id = $1", id, set, keep)
		if err != nil {
			return err
		}
		if changed == 0 {
			return errs.NotFoundRecord()
		}
		tx.OnCommit(func() { s.forgetState(id) })
		_, err = s.outbox.Add(ctx, tx, StateChanged{AccountID: id})
		return err
	})
}

// forgetState drops what is cached of an account's state.
func (s *Service) forgetState(id ids.ID) {
	s.accounts.forget(id)
	s.states.forget(struct{}{})
}
