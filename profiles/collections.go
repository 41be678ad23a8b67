package profiles

import (
	"context"
	"slices"
	"time"

	"golang.org/x/text/language"

	"github.com/guildhall/guildhall/internal/db"
	"github.com/guildhall/guildhall/internal/errs"
	"github.com/guildhall/guildhall/internal/ids"
	"github.com/guildhall/guildhall/internal/text"
)

// Collection is a set of accounts that an account recommends.
type Collection struct {
	ID           ids.ID
	AccountID    ids.ID
	Name         string
	Description  string
	Language     string // BCP 47, empty: not told
	Tag          string // without #, empty: none
	Sensitive    bool
	Discoverable bool // is shown to others in the owner's list
	UpdatedAt    time.Time
	Items        []CollectionItem // those that the viewer may see, in the order in which they came
}

// CollectionItem is an account in a collection. Its id tells when it came.
type CollectionItem struct {
	ID        ids.ID
	AccountID ids.ID
}

// CollectionDraft is a collection to be made, or a change of one; nil leaves a
// thing as it is.
type CollectionDraft struct {
	Name, Description, Language, Tag *string
	Sensitive, Discoverable          *bool
	Accounts                         []ids.ID // of a new one only
}

// Limits of collections, those that Mastodon has.
const (
	maxCollections     = 10
	maxCollected       = 25
	maxCollectionName  = 40
	maxCollectionAbout = 100
)

// CreateCollection makes a collection. Returns Invalid with Fields for texts that
// are missing, too long or nothing they can be, for too many collections or
// accounts, and for accounts that may not be in it.
func (s *Service) CreateCollection(ctx context.Context, me ids.ID, d CollectionDraft) (*Collection, error) {
	c := &Collection{AccountID: me, Discoverable: true}
	if err := setCollection(c, d); err != nil {
		return nil, err
	}
	slices.Sort(d.Accounts)
	d.Accounts = slices.Compact(d.Accounts)
	if len(d.Accounts) > maxCollected {
		return nil, tooManyCollected()
	}
	for _, id := range d.Accounts {
		if err := s.collectable(ctx, me, id); err != nil {
			return nil, err
		}
	}
	err := s.write(ctx, func(tx *db.Tx) error {
		n, err := db.Value[int](ctx, tx, "SELECT COUNT(*) FROM profiles_collections WHERE account_id = $1", me)
		if err != nil {
			return err
		}
		if n >= maxCollections {
			return errs.Newf(errs.Invalid, "Validation failed: You have %d collections, more are not possible", maxCollections)
		}
		c.ID = s.ids.New(me)
		if _, err := db.Exec(ctx, tx, `INSERT INTO profiles_collections (id, account_id, name, description, language, tag, sensitive, discoverable, updated_at)
 VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9)`, c.ID, me, c.Name, c.Description, c.Language, c.Tag, c.Sensitive, c.Discoverable, s.now().UnixMilli()); err != nil {
			return err
		}
		for _, id := range d.Accounts {
			if _, err := s.collect(ctx, tx, c, id); err != nil {
				return err
			}
		}
		return nil
	})
	if err != nil {
		return nil, err
	}
	return s.Collection(ctx, me, c.ID)
}

// ChangeCollection changes a collection. Returns NotFound if the viewer sees no
// such collection, Forbidden if it is somebody else's, and Invalid as
// CreateCollection.
func (s *Service) ChangeCollection(ctx context.Context, me, id ids.ID, d CollectionDraft) (*Collection, error) {
	c, err := s.ownCollection(ctx, me, id)
	if err != nil {
		return nil, err
	}
	if err := setCollection(c, d); err != nil {
		return nil, err
	}
	err = s.write(ctx, func(tx *db.Tx) error {
		n, err := db.Exec(ctx, tx, `UPDATE profiles_collections SET name = $2, description = $3, language = $4, tag = $5, sensitive = $6, discoverable = $7,
 updated_at = $8 WHERE id = $1`, id, c.Name, c.Description, c.Language, c.Tag, c.Sensitive, c.Discoverable, s.now().UnixMilli())
		if err != nil {
			return err
		}
		if n == 0 {
			return errs.NotFoundRecord()
		}
		_, err = s.outbox.Add(ctx, tx, CollectionChanged{From: me, CollectionID: id})
		return err
	})
	if err != nil {
		return nil, err
	}
	return s.Collection(ctx, me, id)
}

// RemoveCollection removes a collection. Returns NotFound if the viewer sees no
// such collection, and Forbidden if it is somebody else's.
func (s *Service) RemoveCollection(ctx context.Context, me, id ids.ID) error {
	if _, err := s.ownCollection(ctx, me, id); err != nil {
		return err
	}
	return s.write(ctx, func(tx *db.Tx) error { return s.dropCollection(ctx, tx, me, id) })
}

// dropCollection deletes a collection, if it is there.
func (s *Service) dropCollection(ctx context.Context, tx *db.Tx, owner, id ids.ID) error {
	n, err := db.Exec(ctx, tx, "DELETE FROM profiles_collections WHERE id = $1", id)
	if err != nil || n == 0 {
		return err
	}
	_, err = s.outbox.Add(ctx, tx, CollectionRemoved{From: owner, CollectionID: id})
	return err
}

// setCollection sets what the draft has of a collection.
func setCollection(c *Collection, d CollectionDraft) error {
	p := problems{}
	if d.Name != nil {
		c.Name = text.Line(*d.Name)
	}
	if c.Name == "" {
		p.add("name", "ERR_BLANK", "can't be blank")
	} else if len([]rune(c.Name)) > maxCollectionName {
		p.add("name", "ERR_TOO_LONG", tooLong(maxCollectionName))
	}
	if d.Description != nil {
		if c.Description = text.Clean(*d.Description); len([]rune(c.Description)) > maxCollectionAbout {
			p.add("description", "ERR_TOO_LONG", tooLong(maxCollectionAbout))
		}
	}
	if d.Language != nil {
		c.Language = ""
		if *d.Language != "" {
			tag, err := language.Parse(*d.Language)
			if err != nil {
				p.add("language", "ERR_INVALID", "is not a language")
			}
			c.Language = tag.String()
		}
	}
	if d.Tag != nil {
		setCollectionTag(c, *d.Tag, p)
	}
	if d.Sensitive != nil {
		c.Sensitive = *d.Sensitive
	}
	if d.Discoverable != nil {
		c.Discoverable = *d.Discoverable
	}
	if len(p) > 0 {
		return p.error()
	}
	return nil
}

// setCollectionTag sets the hashtag, which may have its sign.
func setCollectionTag(c *Collection, typed string, p problems) {
	c.Tag = ""
	if typed = text.Line(typed); typed == "" {
		return
	}
	if typed[0] != '#' {
		typed = "#" + typed
	}
	doc := text.Parse(typed)
	if len(doc.Tags) != 1 || doc.Tags[0] != text.NormalizeTag(typed[1:]) {
		p.add("tag_name", "ERR_INVALID", "is not a hashtag")
		return
	}
	c.Tag = doc.Tags[0]
}

// collectable tells whether an account may be put into a collection of mine: it
// wants to be found, and none blocks the other. Returns Invalid if not.
func (s *Service) collectable(ctx context.Context, me, id ids.ID) error {
	refused := errs.New(errs.Invalid, "Validation failed: The account cannot be added to a collection")
	a, err := s.Account(ctx, id)
	if errs.Is(err, errs.NotFound) {
		return refused
	}
	if err != nil {
		return err
	}
	g, err := s.Graph(ctx, me)
	if err != nil {
		return err
	}
	if !a.Discoverable || a.State.Is(Suspended) || g.Blocking[id] || g.BlockedBy[id] {
		return refused
	}
	return nil
}

func tooManyCollected() error {
	return errs.Newf(errs.Invalid, "Validation failed: A collection has %d accounts at most", maxCollected)
}
