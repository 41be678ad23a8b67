package posts

import (
	"context"
	"slices"
	"time"

	"github.com/guildhall/guildhall/internal/bus"
	"github.com/guildhall/guildhall/internal/db"
	"github.com/guildhall/guildhall/internal/errs"
	"github.com/guildhall/guildhall/internal/ids"
	"github.com/guildhall/guildhall/internal/page"
	"github.com/guildhall/guildhall/profiles"
)

// membersAtOnce bounds how many members one call adds or removes.
const membersAtOnce = 500

// AddToList makes accounts members of a list. Nothing happens unless all can
// be. Returns NotFound if the list is not the owner's, or an account does not
// exist or is neither followed nor the owner; Invalid if one is a member already.
func (s *Service) AddToList(ctx context.Context, owner, id ids.ID, accounts []ids.ID) error {
	accounts, err := membersOf(accounts)
	if err != nil {
		return err
	}
	if _, err := s.List(ctx, owner, id); err != nil {
		return err
	}
	graph, err := s.Profiles.Graph(ctx, owner)
	if err != nil {
		return err
	}
	for _, a := range accounts {
		if !eligible(graph, owner, a) {
			return errs.NotFoundRecord()
		}
	}
	return s.changeMembers(ctx, owner, id, accounts, func(tx *db.Tx, account ids.ID) error {
		n, err := db.Exec(ctx, tx, "INSERT INTO posts_list_members (list_id, account_id, id) VALUES ($1, $2, $3) ON CONFLICT (list_id, account_id) DO NOTHING",
			id, account, s.IDs.New(owner))
		if err == nil && n == 0 {
			err = invalid("Account has already been taken")
		}
		return err
	})
}

// RemoveFromList takes accounts out of a list; those that are no members are
// passed over. Returns NotFound if the list is not the owner's.
func (s *Service) RemoveFromList(ctx context.Context, owner, id ids.ID, accounts []ids.ID) error {
	accounts, err := membersOf(accounts)
	if err != nil {
		return err
	}
	if _, err := s.List(ctx, owner, id); err != nil {
		return err
	}
	return s.changeMembers(ctx, owner, id, accounts, func(tx *db.Tx, account ids.ID) error {
		_, err := db.Exec(ctx, tx, "DELETE FROM posts_list_members WHERE list_id = $1 AND account_id = $2", id, account)
		return err
	})
}

// membersOf returns the accounts, each once.
func membersOf(accounts []ids.ID) ([]ids.ID, error) {
	if len(accounts) > membersAtOnce {
		return nil, errs.Newf(errs.Invalid, "Validation failed: At most %d accounts can be given at once", membersAtOnce)
	}
	seen := make(map[ids.ID]bool, len(accounts))
	return slices.DeleteFunc(slices.Clone(accounts), func(id ids.ID) bool {
		again := seen[id]
		seen[id] = true
		return again
	}), nil
}

// eligible tells whether an account may be in a list of the owner's.
func eligible(graph *profiles.Graph, owner, account ids.ID) bool {
	_, follows := graph.Following[account]
	return follows || account == owner
}

func (s *Service) changeMembers(ctx context.Context, owner, id ids.ID, accounts []ids.ID, change func(tx *db.Tx, account ids.ID) error) error {
	if len(accounts) == 0 {
		return nil
	}
	return s.write(ctx, func(tx *db.Tx) error {
		for _, account := range accounts {
			if err := change(tx, account); err != nil {
				return err
			}
		}
		return s.tellListChanged(ctx, tx, owner, id)
	})
}

// ListMembers returns the members of a list, the latest first. Returns NotFound
// if the list is not the owner's.
func (s *Service) ListMembers(ctx context.Context, owner, id ids.ID, p page.Page) ([]profiles.Entry, error) {
	if _, err := s.List(ctx, owner, id); err != nil {
		return nil, err
	}
	graph, err := s.Profiles.Graph(ctx, owner)
	if err != nil {
		return nil, err
	}
	return collect(p, func(q page.Page) ([]keyed[ids.ID], error) {
		end, args := q.SQL("id", []any{id})
		return db.All(ctx, s.DB, scanKeyed[ids.ID], "SELECT id, account_id FROM posts_list_members WHERE list_id = $1"+end, args...)
	}, func(rows []keyed[ids.ID]) ([]profiles.Entry, error) {
		// Those who are followed no longer are about to be taken out.
		rows = slices.DeleteFunc(slices.Clone(rows), func(r keyed[ids.ID]) bool { return !eligible(graph, owner, r.value) })
		want := make([]ids.ID, len(rows))
		for i, r := range rows {
			want[i] = r.value
		}
		accounts, err := s.Profiles.Accounts(ctx, want)
		out := make([]profiles.Entry, 0, len(rows))
		for _, r := range rows {
			if a := accounts[r.value]; a != nil {
				out = append(out, profiles.Entry{Cursor: r.of, Account: a})
			}
		}
		return out, err
	})
}

// ListsWith returns those of an owner's lists that have an account as a member,
// the oldest first. Returns NotFound if there is no such account.
func (s *Service) ListsWith(ctx context.Context, owner, account ids.ID) ([]List, error) {
	if _, err := s.Profiles.Account(ctx, account); err != nil {
		return nil, err
	}
	graph, err := s.Profiles.Graph(ctx, owner)
	if err != nil || !eligible(graph, owner, account) {
		return nil, err
	}
	return db.All(ctx, s.DB, scanList, `SELECT l.id, l.account_id, l.title, l.replies, l.exclusive FROM posts_lists l
		JOIN posts_list_members m ON m.list_id = l.id AND m.account_id = $2 WHERE l.account_id = $1 ORDER BY l.id`, owner, account)
}

// startLists takes accounts out of the lists of those who do not follow them
// any more.
func (s *Service) startLists(ctx context.Context) error {
	return s.Bus.Consume(ctx, bus.Consumer{Name: "lists", Events: []string{"profiles.unfollowed"}, Handle: s.unlist})
}

func (s *Service) unlist(ctx context.Context, events []bus.Event) error {
	return s.write(ctx, func(tx *db.Tx) error {
		for _, e := range events {
			f, err := bus.Decode[profiles.Unfollowed](e)
			if err != nil {
				return err
			}
			// Who was followed and put into a list again after that stays.
			left, err := db.Values[ids.ID](ctx, tx, `DELETE FROM posts_list_members WHERE account_id = $2 AND id < $3
				AND list_id IN (SELECT id FROM posts_lists WHERE account_id = $1) RETURNING list_id`, f.From, f.To, ids.At(e.At().Add(time.Millisecond)))
			if err != nil {
				return err
			}
			for _, list := range left {
				if err := s.tellListChanged(ctx, tx, f.From, list); err != nil {
					return err
				}
			}
		}
		return nil
	})
}
