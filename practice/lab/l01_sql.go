package lab

import (
	"fmt"
	"strings"
	"unicode/utf8"
)

// token is one word, sign, string or quoted name of SQL.
type token struct {
	kind tokenKind
	text string // as it was written
}

type tokenKind uint8

const (
	word   tokenKind = iota // keyword or bare name
	quoted                  // "name", `name` or [name]
	str                     // 'text'
	number
	sign
)

// is tells whether a token is a certain keyword.
func (t token) is(keyword string) bool { return t.kind == word && strings.EqualFold(t.text, keyword) }

// name returns what a token names, in lower case, or nothing.
func (t token) name() string {
	switch t.kind {
	case word:
		return strings.ToLower(t.text)
	case quoted:
		return strings.ToLower(t.text[1 : len(t.text)-1])
	}
	return ""
}

// refusal is SQL that is not run, with the reason for the member.
type refusal struct{ text string }

func (r refusal) Error() string { return r.text }

func refuse(format string, args ...any) error { return refusal{fmt.Sprintf(format, args...)} }

const maxParentheses = 40

// statements takes SQL apart. Comments fall away, and what comes out is put
// together again before it runs, so that SQLite reads exactly what was looked at.
func statements(sql string) ([][]token, error) {
	if !utf8.ValidString(sql) || strings.ContainsRune(sql, 0) {
		return nil, refuse("This is not text: it has bytes that are not UTF-8, or a zero byte.")
	}
	var all [][]token
	var one []token
	depth := 0
	for rest := sql; rest != ""; {
		t, n, err := next(rest)
		if err != nil {
			return nil, err
		}
		rest = rest[n:]
		switch {
		case t.text == "":
			continue
		case t.kind == sign && t.text == ";":
			if len(one) > 0 {
				all = append(all, one)
			}
			one = nil
			continue
		case t.kind == sign && t.text == "(":
			if depth++; depth > maxParentheses {
				return nil, refuse("There are more than %d parentheses inside each other.", maxParentheses)
			}
		case t.kind == sign && t.text == ")":
			depth--
		}
		one = append(one, t)
	}
	if len(one) > 0 {
		all = append(all, one)
	}
	return all, nil
}

// next reads one token and says how many bytes it takes. Space and comments
// are tokens without a text.
func next(s string) (token, int, error) {
	c := s[0]
	switch {
	case strings.IndexByte(" \t\r\n\f", c) >= 0:
		return token{}, 1, nil
	case strings.HasPrefix(s, "--"):
		if end := strings.IndexByte(s, '\n'); end >= 0 {
			return token{}, end + 1, nil
		}
		return token{}, len(s), nil
	case strings.HasPrefix(s, "/*"):
		end := strings.Index(s[2:], "*/")
		if end < 0 {
			return token{}, 0, refuse("A comment that begins with /* does not end.")
		}
		return token{}, end + 4, nil
	case c == '\'':
		return closed(s, '\'', str)
	case c == '"', c == '`':
		return closed(s, c, quoted)
	case c == '[':
		return closed(s, ']', quoted)
	case c >= '0' && c <= '9':
		return run(s, number, ".")
	case letter(c):
		return run(s, word, "")
	case strings.IndexByte("(),.;*+-/%<>=!|&~", c) >= 0:
		n := 1
		if len(s) > 1 && strings.Contains(" <= >= <> != == || << >> ", " "+s[:2]+" ") {
			n = 2
		}
		return token{sign, s[:n]}, n, nil
	}
	r, _ := utf8.DecodeRuneInString(s)
	return token{}, 0, refuse("The character %q (%U) has no meaning here outside quotes. Some signs only look like those of SQL.", r, r)
}

// closed reads up to a closing quote; a doubled one stands for itself.
func closed(s string, quote byte, kind tokenKind) (token, int, error) {
	for i := 1; i < len(s); i++ {
		if s[i] != quote {
			continue
		}
		if quote != ']' && i+1 < len(s) && s[i+1] == quote {
			i++
			continue
		}
		return token{kind, s[:i+1]}, i + 1, nil
	}
	return token{}, 0, refuse("A quote that begins with %c does not end.", s[0])
}

func run(s string, kind tokenKind, more string) (token, int, error) {
	n := 1
	for n < len(s) && (letter(s[n]) || s[n] >= '0' && s[n] <= '9' || strings.IndexByte(more, s[n]) >= 0) {
		n++
	}
	if n < len(s) && s[n] == '\'' {
		return token{}, 0, refuse("Blobs and prefixed strings are not used here.")
	}
	return token{kind, s[:n]}, n, nil
}

func letter(c byte) bool { return c == '_' || c >= 'a' && c <= 'z' || c >= 'A' && c <= 'Z' }

// join writes a statement down again.
func join(tokens []token) string {
	var b strings.Builder
	for _, t := range tokens {
		b.WriteString(t.text)
		b.WriteByte(' ')
	}
	return strings.TrimSpace(b.String())
}

const maxIndexes = 8

// indexStatements reads the member's indexes: CREATE INDEX and nothing else.
func indexStatements(sql string) ([]string, error) {
	all, err := statements(sql)
	if err != nil {
		return nil, err
	}
	if len(all) > maxIndexes {
		return nil, refuse("At most %d indexes can be created; these are %d statements.", maxIndexes, len(all))
	}
	var out []string
	for _, s := range all {
		at := 1
		if len(s) > 1 && s[1].is("unique") {
			at = 2
		}
		if !s[0].is("create") || len(s) <= at || !s[at].is("index") {
			return nil, refuse("Only CREATE INDEX statements belong here, not %s.", begin(s))
		}
		for _, t := range s {
			if t.is("where") {
				return nil, refuse("A partial index (WHERE) helps only the values that it names. The query runs with other values too: index the columns.")
			}
		}
		if err := plainNames(s); err != nil {
			return nil, err
		}
		out = append(out, join(s))
	}
	return out, nil
}

// queryStatement reads the member's query: one SELECT.
func queryStatement(sql string) (string, error) {
	all, err := statements(sql)
	if err != nil {
		return "", err
	}
	if len(all) != 1 {
		return "", refuse("The query is one statement; these are %d.", len(all))
	}
	s := all[0]
	if !s[0].is("select") && !s[0].is("with") {
		return "", refuse("The query is a SELECT, not %s.", begin(s))
	}
	return join(s), plainNames(s)
}

// plainNames refuses the names of SQLite's own tables and functions.
func plainNames(s []token) error {
	for _, t := range s {
		n := t.name()
		for _, own := range []string{"sqlite_", "pragma_", "fts3", "fts5", "dbstat"} {
			if strings.HasPrefix(n, own) {
				return refuse("%s is SQLite's own and not open here.", n)
			}
		}
	}
	return nil
}

// begin is how a statement starts, for a text.
func begin(s []token) string {
	out := join(s[:min(len(s), 3)])
	if len(out) > 60 {
		return out[:60] + "…"
	}
	return out
}
