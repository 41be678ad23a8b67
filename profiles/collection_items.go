package profiles

import (
	"context"
	"slices"

	"github.com/guildhall/guildhall/internal/db"
	"github.com/guildhall/guildhall/internal/errs"
	"github.com/guildhall/guildhall/internal/ids"
)

// AddToCollection puts an account into one of my collections. Returns NotFound if
// I see no such collection, Forbidden if it is somebody else's, and Invalid if
// the account may not be in it, is in it, or has left it, and if it is full.
func (s *Service) AddToCollection(ctx context.Context, me, id, account ids.ID) (*CollectionItem, error) {
	c, err := s.ownCollection(ctx, me, id)
	if err != nil {
		return nil, err
	}
	if err := s.collectable(ctx, me, account); err != nil {
		return nil, err
	}
	var item *CollectionItem
	err = s.write(ctx, func(tx *db.Tx) error {
		if err := s.touchCollection(ctx, tx, id); err != nil {
			return err
		}
		item, err = s.collect(ctx, tx, c, account)
		return err
	})
	return item, err
}

// collect adds an account in the transaction of a collection that is locked.
func (s *Service) collect(ctx context.Context, tx *db.Tx, c *Collection, account ids.ID) (*CollectionItem, error) {
	n, err := db.Value[int](ctx, tx, "SELECT COUNT(*) FROM profiles_collection_items WHERE collection_id = $1 AND revoked = FALSE", c.ID)
	if err != nil {
		return nil, err
	}
	if n >= maxCollected {
		return nil, tooManyCollected()
	}
	item := &CollectionItem{ID: s.ids.New(c.AccountID), AccountID: account}
	added, err := db.Exec(ctx, tx, `INSERT INTO profiles_collection_items (id, collection_id, account_id) VALUES ($1, $2, $3)
 ON CONFLICT (collection_id, account_id) DO NOTHING`, item.ID, c.ID, account)
	if err != nil {
		return nil, err
	}
	if added == 0 {
		return nil, errs.New(errs.Invalid, "Validation failed: The account is in the collection already, or has left it")
	}
	_, err = s.outbox.Add(ctx, tx, Collected{From: c.AccountID, To: account, CollectionID: c.ID})
	return item, err
}

// RemoveFromCollection takes an account out of one of my collections. Returns
// NotFound if I see no such collection or item, and Forbidden if it is somebody
// else's.
func (s *Service) RemoveFromCollection(ctx context.Context, me, id, item ids.ID) error {
	if _, err := s.ownCollection(ctx, me, id); err != nil {
		return err
	}
	return s.write(ctx, func(tx *db.Tx) error {
		account, err := db.Value[ids.ID](ctx, tx, `DELETE FROM profiles_collection_items WHERE id = $1 AND collection_id = $2 AND revoked = FALSE
 RETURNING account_id`, item, id)
		if err != nil {
			return err
		}
		if _, err := s.outbox.Add(ctx, tx, Uncollected{From: me, To: account, CollectionID: id}); err != nil {
			return err
		}
		return s.touchCollection(ctx, tx, id)
	})
}

// LeaveCollection takes myself out of somebody's collection, for good. Returns
// NotFound if I see no such collection or item, and Forbidden if the item is
// another account.
func (s *Service) LeaveCollection(ctx context.Context, me, id, item ids.ID) error {
	c, err := s.Collection(ctx, me, id)
	if err != nil {
		return err
	}
	i := slices.IndexFunc(c.Items, func(i CollectionItem) bool { return i.ID == item })
	switch {
	case i < 0:
		return errs.NotFoundRecord()
	case c.Items[i].AccountID != me:
		return notAllowed()
	}
	return s.write(ctx, func(tx *db.Tx) error {
		n, err := db.Exec(ctx, tx, "UPDATE profiles_collection_items SET revoked = TRUE WHERE id = $1 AND revoked = FALSE", item)
		if err != nil || n == 0 {
			return err
		}
		_, err = s.outbox.Add(ctx, tx, Uncollected{From: c.AccountID, To: me, CollectionID: id})
		return err
	})
}

// touchCollection locks a collection and notes when it was changed. Returns
// NotFound if it is gone.
func (s *Service) touchCollection(ctx context.Context, tx *db.Tx, id ids.ID) error {
	_, err := db.Value[ids.ID](ctx, tx, "UPDATE profiles_collections SET updated_at = $2 WHERE id = $1 RETURNING id", id, s.now().UnixMilli())
	return err
}

// leaveCollections takes two accounts out of each other's collections.
func (c *change) leaveCollections(ctx context.Context) error {
	for _, pair := range [][2]ids.ID{{c.from.id, c.to.id}, {c.to.id, c.from.id}} {
		if _, err := db.Exec(ctx, c.tx, `DELETE FROM profiles_collection_items WHERE account_id = $1 AND collection_id IN
 (SELECT id FROM profiles_collections WHERE account_id = $2)`, pair[0], pair[1]); err != nil {
			return err
		}
	}
	return nil
}
