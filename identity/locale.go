package identity

import (
	"context"

	"github.com/guildhall/guildhall/internal/db"
	"github.com/guildhall/guildhall/internal/errs"
	"github.com/guildhall/guildhall/internal/ids"
	"golang.org/x/text/language"
)

// SetLocale gives a user the language in which they are written to (BCP 47).
// Returns NotFound if there is no such user.
func (s *Service) SetLocale(ctx context.Context, id ids.ID, chosen string) error {
	return s.db.Write(ctx, func(tx *db.Tx) error {
		n, err := db.Exec(ctx, tx, "UPDATE identity_users SET locale = $2 WHERE id = $1", id, locale(chosen))
		if err != nil {
			return err
		}
		if n == 0 {
			return errs.NotFoundRecord()
		}
		return s.tellChanged(ctx, tx, id)
	})
}

// locale returns a language that is understood; English for what is not.
func locale(text string) string {
	if len(text) > 35 {
		return "en"
	}
	tag, err := language.Parse(text)
	if err != nil || tag == language.Und {
		return "en"
	}
	return tag.String()
}
