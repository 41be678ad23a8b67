package db

import (
	"strconv"
	"strings"
)

// unnumbered returns a statement with "?" for "$1", "$2", …, if these come in
// order and once each; else the statement as it is. A numbered parameter has a
// name in SQLite, and the driver looks through all names to bind one: with a
// thousand parameters that costs as much as the statement.
func unnumbered(text string) string {
	var b strings.Builder
	next := 1
	for i := 0; i < len(text); {
		switch end := i + 1; {
		case text[i] == '\'' || text[i] == '"':
			if n := strings.IndexByte(text[end:], text[i]); n >= 0 {
				end += n + 1
			}
			b.WriteString(text[i:end])
			i = end
		case text[i] == '$':
			for end < len(text) && text[end] >= '0' && text[end] <= '9' {
				end++
			}
			if text[i+1:end] != strconv.Itoa(next) {
				return text
			}
			b.WriteByte('?')
			next++
			i = end
		default:
			b.WriteByte(text[i])
			i++
		}
	}
	return b.String()
}
