package profiles

import (
	"context"
	"errors"
	"time"
	"unicode/utf8"

	"github.com/guildhall/guildhall/internal/db"
	"github.com/guildhall/guildhall/internal/errs"
	"github.com/guildhall/guildhall/internal/ids"
)

// Block keeps two accounts apart: follows and requests in both directions end.
// Returns NotFound if there is no such account; Forbidden for oneself.
func (s *Service) Block(ctx context.Context, from, to ids.ID) (*Relationship, error) {
	err := s.between(ctx, from, to, func(c *change) (bool, error) {
		n, err := db.Exec(ctx, c.tx, "INSERT INTO profiles_blocks (from_id, to_id, id) VALUES ($1, $2, $3) ON CONFLICT (from_id, to_id) DO NOTHING",
			from, to, s.IDs.New(from))
		if err != nil || n == 0 {
			return false, err
		}
		_, err1 := c.unfollow(ctx, from, to)
		_, err2 := c.unfollow(ctx, to, from)
		return true, errors.Join(err1, err2, c.tell(ctx, GraphChanged{From: from, To: to, Blocked: true}))
	})
	if err != nil {
		return nil, err
	}
	return s.relationship(ctx, from, to)
}

// Unblock takes a block back; there need not be one. Returns NotFound if there
// is no such account; Forbidden for oneself.
func (s *Service) Unblock(ctx context.Context, from, to ids.ID) (*Relationship, error) {
	return s.undo(ctx, from, to, "DELETE FROM profiles_blocks WHERE from_id = $1 AND to_id = $2")
}

// undo removes a block or a mute.
func (s *Service) undo(ctx context.Context, from, to ids.ID, text string) (*Relationship, error) {
	err := s.between(ctx, from, to, func(c *change) (bool, error) {
		there, err := c.delete(ctx, text, from, to)
		if err != nil || !there {
			return false, err
		}
		return true, c.tell(ctx, GraphChanged{From: from, To: to})
	})
	if err != nil {
		return nil, err
	}
	return s.relationship(ctx, from, to)
}

// Mute hides an account's posts from me, and its notifications if wanted, for
// a time, 0 for good. Returns NotFound if there is no such account; Forbidden
// for oneself; Invalid for a negative time.
func (s *Service) Mute(ctx context.Context, from, to ids.ID, notifications bool, d time.Duration) (*Relationship, error) {
	if d < 0 {
		return nil, errs.New(errs.Invalid, "The duration must not be negative")
	}
	var ends int64
	if d > 0 {
		ends = s.Now().Add(d).UnixMilli()
	}
	err := s.between(ctx, from, to, func(c *change) (bool, error) {
		_, err := db.Exec(ctx, c.tx, `INSERT INTO profiles_mutes (from_id, to_id, id, notifications, ends_at) VALUES ($1, $2, $3, $4, $5)
ON CONFLICT (from_id, to_id) DO UPDATE SET notifications = excluded.notifications, ends_at = excluded.ends_at`,
			from, to, s.IDs.New(from), notifications, ends)
		return true, errors.Join(err, c.tell(ctx, GraphChanged{From: from, To: to}))
	})
	if err != nil {
		return nil, err
	}
	return s.relationship(ctx, from, to)
}

// Unmute takes a mute back; there need not be one. Returns NotFound if there
// is no such account; Forbidden for oneself.
func (s *Service) Unmute(ctx context.Context, from, to ids.ID) (*Relationship, error) {
	return s.undo(ctx, from, to, "DELETE FROM profiles_mutes WHERE from_id = $1 AND to_id = $2")
}

// SetNote keeps a private note on an account, which only its writer sees; an
// empty text removes it. Returns NotFound if there is no such account; Invalid
// if the text is too long.
func (s *Service) SetNote(ctx context.Context, from, to ids.ID, text string) (*Relationship, error) {
	text = clean(text)
	if utf8.RuneCountInString(text) > s.config.MaxComment {
		return nil, errs.Newf(errs.Invalid, "The note is longer than %d characters", s.config.MaxComment)
	}
	if _, err := s.Account(ctx, to); err != nil {
		return nil, err
	}
	var err error
	if text == "" {
		_, err = db.Exec(ctx, s.DB, "DELETE FROM profiles_notes WHERE from_id = $1 AND to_id = $2", from, to)
	} else {
		_, err = db.Exec(ctx, s.DB, `INSERT INTO profiles_notes (from_id, to_id, note) VALUES ($1, $2, $3)
ON CONFLICT (from_id, to_id) DO UPDATE SET note = excluded.note`, from, to, text)
	}
	if err != nil {
		return nil, err
	}
	return s.relationship(ctx, from, to)
}
