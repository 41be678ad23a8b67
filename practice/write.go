package practice

import (
	"context"
	"time"
	"unicode/utf8"

	"github.com/guildhall/guildhall/internal/db"
	"github.com/guildhall/guildhall/internal/errs"
)

// idRetries is how often a transaction is run again because another node has
// made the same id in the same millisecond.
const idRetries = 3

// write runs f in a transaction, again with fresh ids if one exists already.
func (s *Service) write(ctx context.Context, f func(tx *db.Tx) error) error {
	for attempt := 0; ; attempt++ {
		err := s.DB.Write(ctx, f)
		if attempt == idRetries || !db.IsDuplicate(err) {
			return err
		}
	}
}

// invalid is the error for inputs that are wrong.
func invalid(fields map[string][]errs.Field) error {
	return &errs.Error{Kind: errs.Invalid, Text: "Validation failed", Fields: fields}
}

// checkText notes what is wrong with a text that must be valid and at most so
// many characters long.
func checkText(wrong map[string][]errs.Field, name, text string, most int) {
	switch {
	case !utf8.ValidString(text):
		wrong[name] = []errs.Field{{Code: "ERR_INVALID", Text: "is not valid UTF-8"}}
	case utf8.RuneCountInString(text) > most:
		wrong[name] = []errs.Field{{Code: "ERR_TOO_LONG", Text: "is too long"}}
	}
}

// moment is a time as the database keeps it; 0 is none.
func moment(ms int64) time.Time {
	if ms == 0 {
		return time.Time{}
	}
	return time.UnixMilli(ms)
}

// millis is moment's way back.
func millis(t time.Time) int64 {
	if t.IsZero() {
		return 0
	}
	return t.UnixMilli()
}
