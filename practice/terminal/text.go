package terminal

import (
	"strings"
	"unicode/utf8"
)

// width is how many characters a line has at most.
const width = 80

// wrap breaks a text into lines; first begins the first one, rest the others. A
// word that is longer than a line stays whole.
func wrap(text, first, rest string) string {
	var b strings.Builder
	b.WriteString(first)
	at, begun := utf8.RuneCountInString(first), false
	for _, word := range strings.Fields(text) {
		n := utf8.RuneCountInString(word)
		switch {
		case begun && at+1+n > width:
			b.WriteString("\n" + rest)
			at = utf8.RuneCountInString(rest)
		case begun:
			b.WriteByte(' ')
			at++
		}
		b.WriteString(word)
		at, begun = at+n, true
	}
	b.WriteByte('\n')
	return b.String()
}

// plain makes Markdown readable on a terminal: paragraphs and lists are wrapped,
// code and tables are left as they are.
func plain(markdown string) string {
	var b strings.Builder
	code := false
	for line := range strings.Lines(strings.TrimSpace(markdown)) {
		line = strings.TrimRight(line, "\n")
		trimmed := strings.TrimSpace(line)
		switch {
		case strings.HasPrefix(trimmed, "```"):
			code = !code
		case code:
			b.WriteString(strings.TrimRight("    "+line, " ") + "\n")
		case strings.HasPrefix(trimmed, "|"):
			b.WriteString(line + "\n")
		case trimmed == "":
			b.WriteByte('\n')
		default:
			b.WriteString(paragraph(line, trimmed))
		}
	}
	return b.String()
}

// paragraph wraps a line of text; what begins a list hangs.
func paragraph(line, trimmed string) string {
	indent := line[:len(line)-len(strings.TrimLeft(line, " "))]
	text := strings.NewReplacer("**", "", "`", "").Replace(trimmed)
	mark, rest, found := strings.Cut(text, " ")
	if found && (mark == "-" || mark == "*" || strings.HasSuffix(mark, ".") && strings.Trim(mark, "0123456789.") == "") {
		return wrap(rest, indent+mark+" ", indent+strings.Repeat(" ", len(mark)+1))
	}
	return wrap(text, indent, indent)
}
