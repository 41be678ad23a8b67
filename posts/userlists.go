package posts

import (
	"context"

	"github.com/guildhall/guildhall/internal/db"
	"github.com/guildhall/guildhall/internal/errs"
	"github.com/guildhall/guildhall/internal/ids"
	"github.com/guildhall/guildhall/internal/text"
)

// List is a timeline that its owner makes of some of the accounts that they
// follow.
type List struct {
	ID        ids.ID
	AccountID ids.ID // whose
	Title     string
	Replies   RepliesPolicy
	Exclusive bool // what its members post does not appear in the owner's home
}

// RepliesPolicy is which answers of its members to others a list shows.
// Answers to the owner, and of members to themselves, are always there.
type RepliesPolicy uint8

// The policies.
const (
	RepliesToMembers  RepliesPolicy = iota // to other members
	RepliesToFollowed                      // to everybody whom the owner follows
	RepliesToNone
)

// ListUpdate is a change of a list; nil leaves a thing as it is.
type ListUpdate struct {
	Title     *string
	Replies   *RepliesPolicy
	Exclusive *bool
}

// titleMax bounds a list's title, in characters.
const titleMax = 256

const listColumns = "id, account_id, title, replies, exclusive"

func scanList(l *List) []any { return []any{&l.ID, &l.AccountID, &l.Title, &l.Replies, &l.Exclusive} }

// apply makes the change. Returns Invalid for a title that is empty or too long.
func (u ListUpdate) apply(l *List) error {
	if u.Title != nil {
		l.Title = text.Line(*u.Title)
	}
	if u.Replies != nil {
		l.Replies = *u.Replies
	}
	if u.Exclusive != nil {
		l.Exclusive = *u.Exclusive
	}
	switch {
	case l.Title == "":
		return invalid("Title can't be blank")
	case text.Characters(l.Title) > titleMax || len(l.Title) > bytesPerChar*titleMax:
		return errs.Newf(errs.Invalid, "Validation failed: Title is too long (maximum is %d characters)", titleMax)
	}
	return nil
}

// CreateList makes a list without members. Returns Invalid for a title that is
// empty or too long, or if the owner has too many lists.
func (s *Service) CreateList(ctx context.Context, owner ids.ID, u ListUpdate) (*List, error) {
	l := List{AccountID: owner}
	if err := u.apply(&l); err != nil {
		return nil, err
	}
	err := s.write(ctx, func(tx *db.Tx) error {
		if err := oneAtATime(ctx, tx, owner); err != nil {
			return err
		}
		n, err := db.Value[int](ctx, tx, "SELECT COUNT(*) FROM posts_lists WHERE account_id = $1", owner)
		if err != nil {
			return err
		}
		if n >= s.config.MaxLists {
			return errs.Newf(errs.Invalid, "Validation failed: You have reached the maximum number of lists (%d)", s.config.MaxLists)
		}
		l.ID = s.IDs.New(owner)
		_, err = db.Exec(ctx, tx, "INSERT INTO posts_lists ("+listColumns+") VALUES ($1, $2, $3, $4, $5)", l.ID, l.AccountID, l.Title, int(l.Replies), l.Exclusive)
		return err
	})
	if err != nil {
		return nil, err
	}
	return &l, nil
}

// oneAtATime makes the transaction wait for others that have called this for
// the same account, so that what it counts stays as it is.
func oneAtATime(ctx context.Context, tx *db.Tx, account ids.ID) error {
	_, err := db.Exec(ctx, tx, "INSERT INTO posts_authors (account_id) VALUES ($1) ON CONFLICT (account_id) DO UPDATE SET posts = posts_authors.posts", account)
	return err
}

// List returns one of the owner's lists. Returns NotFound if it is none.
func (s *Service) List(ctx context.Context, owner, id ids.ID) (*List, error) {
	return s.listOf(ctx, s.DB, owner, id)
}

func (s *Service) listOf(ctx context.Context, q db.Querier, owner, id ids.ID) (*List, error) {
	l, err := db.One(ctx, q, scanList, "SELECT "+listColumns+" FROM posts_lists WHERE id = $1 AND account_id = $2", id, owner)
	if err != nil {
		return nil, err
	}
	return &l, nil
}

// Lists returns all lists of an owner, the oldest first.
func (s *Service) Lists(ctx context.Context, owner ids.ID) ([]List, error) {
	return db.All(ctx, s.DB, scanList, "SELECT "+listColumns+" FROM posts_lists WHERE account_id = $1 ORDER BY id", owner)
}

// UpdateList changes a list and returns it. Returns NotFound if it is not the
// owner's; Invalid as CreateList does.
func (s *Service) UpdateList(ctx context.Context, owner, id ids.ID, u ListUpdate) (*List, error) {
	var l *List
	err := s.write(ctx, func(tx *db.Tx) error {
		var err error
		if l, err = s.listOf(ctx, tx, owner, id); err != nil {
			return err
		}
		if err := u.apply(l); err != nil {
			return err
		}
		if _, err := db.Exec(ctx, tx, "UPDATE posts_lists SET title = $2, replies = $3, exclusive = $4 WHERE id = $1", id, l.Title, int(l.Replies), l.Exclusive); err != nil {
			return err
		}
		return s.tellListChanged(ctx, tx, owner, id)
	})
	if err != nil {
		return nil, err
	}
	return l, nil
}

// DeleteList removes a list; its members stay followed. Returns NotFound if it
// is not the owner's.
func (s *Service) DeleteList(ctx context.Context, owner, id ids.ID) error {
	return s.write(ctx, func(tx *db.Tx) error {
		n, err := db.Exec(ctx, tx, "DELETE FROM posts_lists WHERE id = $1 AND account_id = $2", id, owner)
		if err != nil || n == 0 {
			return notFound(err)
		}
		return s.tellListChanged(ctx, tx, owner, id)
	})
}

func (s *Service) tellListChanged(ctx context.Context, tx *db.Tx, owner, id ids.ID) error {
	tx.OnCommit(func() { s.rechosen(context.WithoutCancel(ctx), owner) })
	_, err := s.outbox.Add(ctx, tx, ListChanged{ListID: id, AccountID: owner})
	return err
}
