package profiles

import (
	"context"
	"strings"

	"github.com/guildhall/guildhall/internal/db"
	"github.com/guildhall/guildhall/internal/errs"
	"github.com/guildhall/guildhall/internal/ids"
)

// eraseAtOnce bounds how many relations are read at once.
const eraseAtOnce = 200

// Erase deletes an account with all that it has to do with others, for good. It
// may be called again after it was cut short; an account that is not there is
// no error.
func (s *Service) Erase(ctx context.Context, id ids.ID) error {
	a, err := s.Account(ctx, id)
	if errs.Is(err, errs.NotFound) {
		return nil
	}
	if err != nil {
		return err
	}
	if err := s.eraseFollows(ctx, id); err != nil {
		return err
	}
	for _, text := range []string{
		"SELECT to_id FROM profiles_blocks WHERE from_id = $1 LIMIT $2",
		"SELECT from_id FROM profiles_blocks WHERE to_id = $1 LIMIT $2",
	} {
		if err := s.eraseBlocks(ctx, id, text); err != nil {
			return err
		}
	}
	if err := s.dropPictures(ctx, a); err != nil {
		return err
	}
	return s.write(ctx, func(tx *db.Tx) error {
		if err := s.eraseCollections(ctx, tx, id); err != nil {
			return err
		}
		for _, text := range erasures {
			if _, err := db.Exec(ctx, tx, text, id); err != nil {
				return err
			}
		}
		tx.OnCommit(func() {
			s.forgetState(id)
			s.names.forget(strings.ToLower(a.Username))
		})
		_, err := s.outbox.Add(ctx, tx, Erased{AccountID: id, Username: a.Username})
		return err
	})
}

// erasures delete what hangs on an account and needs no event; fields, words and
// the like go with the account.
var erasures = [...]string{
	"DELETE FROM profiles_mutes WHERE from_id = $1",
	"DELETE FROM profiles_mutes WHERE to_id = $1",
	"DELETE FROM profiles_notes WHERE from_id = $1",
	"DELETE FROM profiles_notes WHERE to_id = $1",
	"DELETE FROM profiles_endorsements WHERE from_id = $1",
	"DELETE FROM profiles_endorsements WHERE to_id = $1",
	"DELETE FROM profiles_dismissals WHERE from_id = $1",
	"DELETE FROM profiles_dismissals WHERE to_id = $1",
	"DELETE FROM profiles_domain_blocks WHERE account_id = $1",
	"DELETE FROM profiles_collection_items WHERE account_id = $1",
	"DELETE FROM profiles_accounts WHERE id = $1",
}

// eraseCollections removes an account's collections.
func (s *Service) eraseCollections(ctx context.Context, tx *db.Tx, owner ids.ID) error {
	list, err := db.Values[ids.ID](ctx, tx, "SELECT id FROM profiles_collections WHERE account_id = $1", owner)
	for _, id := range list {
		if err == nil {
			err = s.dropCollection(ctx, tx, owner, id)
		}
	}
	return err
}

// eraseFollows ends all follows and requests of an account, in both directions.
func (s *Service) eraseFollows(ctx context.Context, id ids.ID) error {
	for _, text := range []string{
		"SELECT from_id, to_id FROM profiles_follows WHERE from_id = $1 LIMIT $2",
		"SELECT from_id, to_id FROM profiles_follows WHERE to_id = $1 LIMIT $2",
	} {
		for {
			type pair struct{ from, to ids.ID }
			rows, err := db.All(ctx, s.db, func(p *pair) []any { return []any{&p.from, &p.to} }, text, id, eraseAtOnce)
			if err != nil {
				return err
			}
			for _, p := range rows {
				if err := s.between(ctx, p.from, p.to, func(c *change) (bool, error) { return c.unfollow(ctx, p.from, p.to) }); err != nil {
					return err
				}
			}
			if len(rows) < eraseAtOnce {
				break
			}
		}
	}
	return nil
}

// eraseBlocks lifts the blocks between an account and those that a statement
// finds.
func (s *Service) eraseBlocks(ctx context.Context, id ids.ID, text string) error {
	for {
		others, err := db.Values[ids.ID](ctx, s.db, text, id, eraseAtOnce)
		if err != nil {
			return err
		}
		for _, other := range others {
			err := s.between(ctx, id, other, func(c *change) (bool, error) {
				if _, err := db.Exec(ctx, c.tx, "DELETE FROM profiles_blocks WHERE from_id = $1 AND to_id = $2 OR from_id = $2 AND to_id = $1", id, other); err != nil {
					return false, err
				}
				return true, c.tell(ctx, GraphChanged{From: id, To: other})
			})
			if err != nil {
				return err
			}
		}
		if len(others) < eraseAtOnce {
			return nil
		}
	}
}

// dropPictures deletes the files of an account's pictures that nobody else has.
func (s *Service) dropPictures(ctx context.Context, a *Account) error {
	for _, key := range []string{a.Avatar, a.Header} {
		if key == "" {
			continue
		}
		used, err := db.Value[bool](ctx, s.db, `SELECT EXISTS (SELECT 1 FROM profiles_accounts WHERE avatar = $1 AND avatar <> '' AND id <> $2)
			OR EXISTS (SELECT 1 FROM profiles_accounts WHERE header = $1 AND header <> '' AND id <> $2)`, key, a.ID)
		if err != nil {
			return err
		}
		if used {
			continue
		}
		if err := s.blobs.Delete(ctx, key); err != nil {
			return err
		}
	}
	return nil
}
