// Package text makes safe HTML of the plain text that people type: paragraphs,
// line breaks, links, mentions and hashtags, in the form that Mastodon's clients
// know. It also counts text the way those clients do. What does not belong
// here: who is mentioned (the caller resolves names), HTML that comes from
// elsewhere, and limits.
package text

import (
	"regexp"
	"strings"
	"unicode"
	"unicode/utf8"
)

// maxNames bounds the mentions and the hashtags of one text; what is over stays
// plain text. Nobody reads so many, and each costs rows.
const maxNames = 100

// Document is a text that has been read: clean, and with its parts found.
type Document struct {
	// Text is the input as Clean leaves it.
	Text string
	// Mentions are the names as typed without @ ("name" or "name@domain"), in
	// lower case, each once, in order.
	Mentions []string
	// Tags are the hashtags without #, normalised, each once, in order.
	Tags []string

	marks []mark
}

// mark is a part of a text that becomes a link.
type mark struct {
	kind       kind
	start, end int    // bytes
	name       string // Mentions' or Tags' form
}

type kind uint8

const (
	link kind = iota
	mention
	hashtag
)

// Resolver finds the account that a mention means: the address of its page and
// its name to show. A mention that it does not know stays plain text.
type Resolver func(name string) (href, username string, ok bool)

// Parse reads a text in time that grows with its length alone.
func Parse(input string) *Document {
	d := &Document{Text: Clean(input)}
	d.scan()
	return d
}

// Links returns the web addresses as typed, in order.
func (d *Document) Links() []string {
	var found []string
	for _, m := range d.marks {
		if m.kind == link {
			found = append(found, d.Text[m.start:m.end])
		}
	}
	return found
}

var ends = regexp.MustCompile(`\r\n?`)

// Clean makes a text fit to be kept: valid UTF-8, no control characters but
// line feeds, and no space around it.
func Clean(input string) string {
	s := strings.ToValidUTF8(input, string(utf8.RuneError))
	if strings.IndexFunc(s, func(r rune) bool { return unicode.IsControl(r) && r != '\n' }) >= 0 {
		s = strings.Map(func(r rune) rune {
			switch {
			case r == '\n':
				return r
			case r == '\t':
				return ' '
			case unicode.IsControl(r):
				return -1
			}
			return r
		}, ends.ReplaceAllString(s, "\n"))
	}
	return strings.TrimSpace(s)
}

// Line is Clean for what has one line, like a name or a poll's option.
func Line(input string) string {
	return strings.TrimSpace(strings.ReplaceAll(Clean(input), "\n", " "))
}
