package profiles

import (
	"context"
	"fmt"
	"strings"

	"github.com/guildhall/guildhall/internal/db"
	"github.com/guildhall/guildhall/internal/ids"
)

// Named returns accounts whose username, if one is given, and a word of whose
// display name, if one is given, begin so: for moderators, also those that
// nobody else finds. No more than limit are returned.
func (s *Service) Named(ctx context.Context, username, displayName string, limit int) ([]ids.ID, error) {
	var where []string
	var args []any
	prefix := func(word string) string {
		args = append(args, word, word+lastRune)
		return fmt.Sprintf("w.word >= $%d AND w.word < $%d", len(args)-1, len(args))
	}
	if name := strings.ToLower(clean(username)); name != "" {
		// The whole username is one of the words.
		where = append(where, prefix(name))
		args = append(args, name+"%")
		where[0] += fmt.Sprintf(" AND a.name LIKE $%d ESCAPE '\\'", len(args))
		args[len(args)-1] = strings.NewReplacer(`\`, `\\`, "%", `\%`, "_", `\_`).Replace(name) + "%"
	}
	list := words(displayName)
	for _, word := range list[:min(len(list), maxWords)] {
		where = append(where, prefix(word))
	}
	if len(where) == 0 {
		return nil, nil
	}
	text := "SELECT DISTINCT a.id FROM profiles_search_words w JOIN profiles_accounts a ON a.id = w.account_id WHERE " + where[0]
	for _, more := range where[1:] {
		text += " AND EXISTS (SELECT 1 FROM profiles_search_words w WHERE w.account_id = a.id AND " + more + ")"
	}
	args = append(args, limit)
	return db.Values[ids.ID](ctx, s.db, text+fmt.Sprintf(" ORDER BY a.id DESC LIMIT $%d", len(args)), args...)
}
