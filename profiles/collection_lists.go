package profiles

import (
	"context"
	"time"

	"github.com/guildhall/guildhall/internal/db"
	"github.com/guildhall/guildhall/internal/errs"
	"github.com/guildhall/guildhall/internal/ids"
)

const collectionColumns = "SELECT c.id, c.account_id, c.name, c.description, c.language, c.tag, c.sensitive, c.discoverable, c.updated_at FROM profiles_collections c"

type collectionRow struct {
	Collection
	updated int64
}

func scanCollection(r *collectionRow) []any {
	return []any{&r.ID, &r.AccountID, &r.Name, &r.Description, &r.Language, &r.Tag, &r.Sensitive, &r.Discoverable, &r.updated}
}

// Collection returns a collection as a viewer (0: nobody) sees it. Returns
// NotFound if there is none, or its owner and the viewer block each other.
func (s *Service) Collection(ctx context.Context, viewer, id ids.ID) (*Collection, error) {
	row, err := db.One(ctx, s.db, scanCollection, collectionColumns+" WHERE c.id = $1", id)
	if err != nil {
		return nil, err
	}
	list, err := s.collections(ctx, viewer, []collectionRow{row})
	if err != nil {
		return nil, err
	}
	if len(list) == 0 {
		return nil, errs.NotFoundRecord()
	}
	return list[0], nil
}

// ownCollection returns a collection of mine. Returns NotFound if I see no such
// collection, and Forbidden if it is somebody else's.
func (s *Service) ownCollection(ctx context.Context, me, id ids.ID) (*Collection, error) {
	c, err := s.Collection(ctx, me, id)
	if err == nil && c.AccountID != me {
		err = notAllowed()
	}
	return c, err
}

// CollectionsOf lists an account's collections as a viewer sees them, newest
// first. Returns NotFound if there is no such account.
func (s *Service) CollectionsOf(ctx context.Context, viewer, account ids.ID, limit, offset int) ([]*Collection, error) {
	if _, err := s.Account(ctx, account); err != nil {
		return nil, err
	}
	rows, err := db.All(ctx, s.db, scanCollection, collectionColumns+` WHERE c.account_id = $1 AND (c.discoverable = TRUE OR c.account_id = $2)
 ORDER BY c.id DESC LIMIT $3 OFFSET $4`, account, viewer, limit, offset)
	if err != nil {
		return nil, err
	}
	return s.collections(ctx, viewer, rows)
}

// CollectionsWith lists the collections that an account is in, newest first, as
// a viewer sees them. Returns NotFound if there is no such account.
func (s *Service) CollectionsWith(ctx context.Context, viewer, account ids.ID, limit, offset int) ([]*Collection, error) {
	if _, err := s.Account(ctx, account); err != nil {
		return nil, err
	}
	rows, err := db.All(ctx, s.db, scanCollection, collectionColumns+` JOIN profiles_collection_items i ON i.collection_id = c.id
 WHERE i.account_id = $1 AND i.revoked = FALSE AND (c.discoverable = TRUE OR c.account_id = $2 OR i.account_id = $2)
 ORDER BY i.collection_id DESC LIMIT $3 OFFSET $4`, account, viewer, limit, offset)
	if err != nil {
		return nil, err
	}
	return s.collections(ctx, viewer, rows)
}

// collections completes collections with the accounts that a viewer may see in
// them, and leaves out those whose owner they may not see.
func (s *Service) collections(ctx context.Context, viewer ids.ID, rows []collectionRow) ([]*Collection, error) {
	g := &Graph{}
	if viewer != 0 {
		var err error
		if g, err = s.Graph(ctx, viewer); err != nil {
			return nil, err
		}
	}
	list := []*Collection{}
	for i := range rows {
		c := &rows[i].Collection
		c.UpdatedAt = time.UnixMilli(rows[i].updated).UTC()
		items, err := db.All(ctx, s.db, func(i *CollectionItem) []any { return []any{&i.ID, &i.AccountID} },
			"SELECT id, account_id FROM profiles_collection_items WHERE collection_id = $1 AND revoked = FALSE ORDER BY id", c.ID)
		if err != nil {
			return nil, err
		}
		want := []ids.ID{c.AccountID}
		for _, item := range items {
			want = append(want, item.AccountID)
		}
		accounts, err := s.Accounts(ctx, want)
		if err != nil {
			return nil, err
		}
		visible := func(id ids.ID) bool {
			a := accounts[id]
			return a != nil && !a.State.Is(Suspended) && !g.Blocking[id] && !g.BlockedBy[id]
		}
		if !visible(c.AccountID) {
			continue
		}
		c.Items = []CollectionItem{}
		for _, item := range items {
			if visible(item.AccountID) {
				c.Items = append(c.Items, item)
			}
		}
		list = append(list, c)
	}
	return list, nil
}
