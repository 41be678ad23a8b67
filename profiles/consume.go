package profiles

import (
	"context"
	"encoding/json"
	"strings"

	"github.com/guildhall/guildhall/identity"
	"github.com/guildhall/guildhall/internal/bus"
	"github.com/guildhall/guildhall/internal/errs"
	"github.com/guildhall/guildhall/internal/ids"
)

// consume makes the accounts of users whose sign-up was cut short between the
// two rooms.
func (s *Service) consume(ctx context.Context) error {
	return s.bus.Consume(ctx, bus.Consumer{Name: "profiles", Events: []string{"identity.registered"},
		Handle: func(ctx context.Context, events []bus.Event) error {
			for _, e := range events {
				if err := s.heal(ctx, e); err != nil {
					return err
				}
			}
			return nil
		}})
}

func (s *Service) heal(ctx context.Context, e bus.Event) error {
	r, err := bus.Decode[identity.Registered](e)
	if err != nil {
		return err
	}
	if _, err := s.Account(ctx, r.UserID); !errs.Is(err, errs.NotFound) {
		return err
	}
	u, err := s.users.User(ctx, r.UserID)
	if errs.Is(err, errs.NotFound) {
		return nil // gone again
	}
	if err != nil {
		return err
	}
	return s.create(ctx, u)
}

// hear keeps this node's caches fresh when any node changes something.
func (s *Service) hear(e bus.Event) {
	if e.Domain != s.db.Name() || e.Own { // what we changed was forgotten right after the commit
		return
	}
	// The fields of all kinds that say what is stale.
	var stale struct {
		AccountID ids.ID `json:"account_id"`
		Username  string `json:"username"`
		From      ids.ID `json:"from"`
		To        ids.ID `json:"to"`
	}
	if err := json.Unmarshal(e.Data, &stale); err != nil {
		s.log.Error("event not understood", "kind", e.Kind, "error", err)
		return
	}
	if e.Kind == (StateChanged{}).Kind() || e.Kind == (Erased{}).Kind() {
		s.forgetState(stale.AccountID)
	}
	if e.Kind == (SuggestionDismissed{}).Kind() {
		s.suggested.forget(stale.From)
		return
	}
	for _, id := range []ids.ID{stale.AccountID, stale.From, stale.To} {
		if id != 0 {
			s.accounts.forget(id)
		}
	}
	if stale.Username != "" {
		s.names.forget(strings.ToLower(stale.Username))
	}
}

// forgetAll drops all caches, after events were missed.
func (s *Service) forgetAll() {
	s.accounts.forgetAll()
	s.names.forgetAll()
	s.graphs.forgetAll()
	s.states.forgetAll()
	s.suggested.forgetAll()
}
