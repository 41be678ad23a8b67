package text

import (
	"strings"
	"unicode/utf8"
)

// shown is how many runes of a link are shown, after its scheme.
const shown = 30

var escaper = strings.NewReplacer("&", "&amp;", "<", "&lt;", ">", "&gt;", `"`, "&quot;", "'", "&#39;")

// HTML returns the text as HTML: tags p, br, a and span only, everything that
// was typed escaped. tagURL returns the address of a hashtag's page. Mentions
// without resolve, and hashtags without tagURL, stay plain text.
func (d *Document) HTML(resolve Resolver, tagURL func(tag string) string) string {
	if d.Text == "" {
		return ""
	}
	w := writer{text: d.Text}
	w.Grow(len(d.Text) + len(d.Text)/4 + 64*len(d.marks) + 16)
	w.WriteString("<p>")
	at := 0
	for _, m := range d.marks {
		typed := d.Text[m.start:m.end]
		switch m.kind {
		case link:
			w.plain(at, m.start)
			w.link(typed)
		case mention:
			if resolve == nil {
				continue
			}
			href, username, ok := resolve(m.name)
			if !ok {
				continue
			}
			w.plain(at, m.start)
			w.add(`<span class="h-card" translate="no"><a href="`, href, `" class="u-url mention" rel="nofollow noopener">@<span>`, username, `</span></a></span>`)
		case hashtag:
			if tagURL == nil {
				continue
			}
			w.plain(at, m.start)
			_, size := utf8.DecodeRuneInString(typed)
			w.add(`<a href="`, tagURL(m.name), `" class="mention hashtag" rel="tag nofollow noopener">#<span>`, typed[size:], `</span></a>`)
		}
		at = m.end
	}
	w.plain(at, len(d.Text))
	w.WriteString("</p>")
	return w.String()
}

type writer struct {
	strings.Builder
	text string
}

// add writes our own markup and, at odd places, what is not ours.
func (w *writer) add(parts ...string) {
	for i, p := range parts {
		if i%2 == 1 {
			p = escaper.Replace(p)
		}
		w.WriteString(p)
	}
}

// plain writes a part of the text with its paragraphs and lines.
func (w *writer) plain(from, to int) {
	for s := w.text[from:to]; s != ""; {
		i := strings.IndexByte(s, '\n')
		if i < 0 {
			w.WriteString(escaper.Replace(s))
			return
		}
		w.WriteString(escaper.Replace(s[:i]))
		rest := strings.TrimLeft(s[i:], "\n")
		if len(s)-i-len(rest) > 1 {
			w.WriteString("</p><p>")
		} else {
			w.WriteString("<br />")
		}
		s = rest
	}
}

// link writes an address. Scheme and overlength are there for whoever copies
// it, but not shown.
func (w *writer) link(address string) {
	hidden := strings.Index(address, "://") + len("://")
	if len(address) > hidden+4 && strings.EqualFold(address[hidden:hidden+4], "www.") {
		hidden += 4
	}
	visible, rest := address[hidden:], ""
	for i, n := range runes(visible) {
		if n == shown {
			visible, rest = visible[:i], visible[i:]
			break
		}
	}
	class := ""
	if rest != "" {
		class = "ellipsis"
	}
	w.add(`<a href="`, address, `" target="_blank" rel="nofollow noopener noreferrer" translate="no"><span class="invisible">`, address[:hidden],
		`</span><span class="`, class, `">`, visible, `</span><span class="invisible">`, rest, `</span></a>`)
}

// runes yields the byte offset and the number of each rune.
func runes(s string) func(yield func(offset, number int) bool) {
	return func(yield func(int, int) bool) {
		n := 0
		for i := range s {
			if !yield(i, n) {
				return
			}
			n++
		}
	}
}
