package profiles

import (
	"context"
	"unicode/utf8"

	"github.com/guildhall/guildhall/internal/db"
	"github.com/guildhall/guildhall/internal/errs"
	"github.com/guildhall/guildhall/internal/ids"
)

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
		_, err = db.Exec(ctx, s.db, "DELETE FROM profiles_notes WHERE from_id = $1 AND to_id = $2", from, to)
	} else {
		_, err = db.Exec(ctx, s.db, `INSERT INTO profiles_notes (from_id, to_id, note) VALUES ($1, $2, $3)
ON CONFLICT (from_id, to_id) DO UPDATE SET note = excluded.note`, from, to, text)
	}
	if err != nil {
		return nil, err
	}
	return s.relationship(ctx, from, to)
}
