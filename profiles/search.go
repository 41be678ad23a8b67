package profiles

import (
	"context"
	"fmt"
	"slices"
	"strings"
	"unicode"

	"github.com/guildhall/guildhall/internal/db"
	"github.com/guildhall/guildhall/internal/ids"
	"golang.org/x/text/unicode/norm"
)

const (
	// maxWord is how many bytes of a word are indexed.
	maxWord = 64
	// maxWords is how many words of a query count.
	maxWords = 5
	// maxQuery is how many bytes of a query are looked at.
	maxQuery = 500
	// maxCandidates is how many accounts with the query's longest word are
	// ranked, shorter words first; it bounds the cost of a one-letter query.
	// Those whom the viewer follows are always ranked.
	maxCandidates = 2000
	// lastRune sorts after every other character, by bytes.
	lastRune = "\U0010FFFF"
)

// Search finds accounts by the beginnings of words of their usernames and
// display names: the one with exactly this username first, then those whom the
// viewer follows, then those with the most followers. Accounts that block the
// viewer or that the viewer blocks are left out, as are suspended ones and
// silenced ones that the viewer does not follow.
func (s *Service) Search(ctx context.Context, viewer ids.ID, q string, limit, offset int, followingOnly bool) ([]*Account, error) {
	q = strings.TrimSpace(clean(q[:min(len(q), maxQuery)]))
	exact, isName := s.localName(q)
	list := words(q)
	if isName { // also "@name@domain", of which the domain is no word
		list = []string{exact}
	}
	if len(list) == 0 || limit <= 0 || offset < 0 {
		return nil, nil
	}
	slices.SortStableFunc(list, func(a, b string) int { return len(b) - len(a) })
	text, args := searchSQL(list[:min(len(list), maxWords)], followingOnly, viewer, exact)
	args = append(args, limit, offset)
	found, err := db.Values[ids.ID](ctx, s.db, text+fmt.Sprintf(" LIMIT $%d OFFSET $%d", len(args)-1, len(args)), args...)
	if err != nil {
		return nil, err
	}
	accounts, err := s.Accounts(ctx, found)
	if err != nil {
		return nil, err
	}
	out := make([]*Account, 0, len(found))
	for _, id := range found {
		if a, ok := accounts[id]; ok {
			out = append(out, a)
		}
	}
	return out, nil
}

// searchSQL returns the statement that finds and ranks the accounts that have
// all of the words, without its limit.
func searchSQL(list []string, followingOnly bool, viewer ids.ID, exact string) (string, []any) {
	args := []any{viewer, viewer, exact} // $2 as in notBlocked
	has := func(word, column string) string {
		args = append(args, word, word+lastRune)
		return fmt.Sprintf("EXISTS (SELECT 1 FROM profiles_search_words w WHERE w.account_id = %s AND w.word >= $%d AND w.word < $%d)",
			column, len(args)-1, len(args))
	}
	candidates := "SELECT f.to_id AS id FROM profiles_follows f WHERE f.from_id = $1 AND f.pending = FALSE AND " + has(list[0], "f.to_id")
	if !followingOnly {
		// has has just added the bounds of the first word.
		candidates += fmt.Sprintf(" UNION SELECT n.account_id FROM (SELECT w.account_id FROM profiles_search_words w WHERE w.word >= $%d AND w.word < $%d ORDER BY w.word LIMIT %d) AS n",
			len(args)-1, len(args), maxCandidates)
	}
	text := "WITH candidates AS (" + candidates + `)
SELECT a.id FROM candidates JOIN profiles_accounts a ON a.id = candidates.id
LEFT JOIN profiles_follows f ON f.from_id = $1 AND f.to_id = a.id AND f.pending = FALSE WHERE TRUE`
	for _, word := range list[1:] {
		text += " AND " + has(word, "a.id")
	}
	text += fmt.Sprintf(" AND a.state & %d = 0 AND (a.state & %d = 0 OR f.id IS NOT NULL OR a.id = $1)", Suspended, Silenced)
	return text + notBlocked("a.id") + `
ORDER BY CASE WHEN a.domain = '' AND a.name = $3 THEN 0 WHEN f.id IS NOT NULL THEN 1 ELSE 2 END, a.followers DESC, a.id`, args
}

// index replaces the words by which an account is found.
func index(ctx context.Context, tx *db.Tx, id ids.ID, username, displayName string) error {
	if _, err := db.Exec(ctx, tx, "DELETE FROM profiles_search_words WHERE account_id = $1", id); err != nil {
		return err
	}
	// The whole username, and its parts.
	list := words(username + " " + strings.ReplaceAll(username, "_", " ") + " " + displayName)
	for _, w := range list {
		if _, err := db.Exec(ctx, tx, "INSERT INTO profiles_search_words (word, account_id) VALUES ($1, $2)", w, id); err != nil {
			return err
		}
	}
	return nil
}

// words returns the distinct words of a text as they are compared: in lower
// case and without accents.
func words(text string) []string {
	var b strings.Builder
	for _, r := range norm.NFKD.String(text) {
		if !unicode.Is(unicode.Mn, r) {
			b.WriteRune(unicode.ToLower(r))
		}
	}
	list := strings.FieldsFunc(b.String(), func(r rune) bool {
		return !unicode.IsLetter(r) && !unicode.IsMark(r) && !unicode.IsDigit(r) && r != '_'
	})
	for i, w := range list {
		list[i] = strings.ToValidUTF8(w[:min(len(w), maxWord)], "")
	}
	slices.Sort(list)
	return slices.Compact(list)
}
