package web

import (
	"context"
	"io"
	"strings"

	"github.com/a-h/templ"
	"github.com/guildhall/guildhall/instance"
)

// emojified writes a plain text with the community's emoji as pictures.
func emojified(text string) templ.Component {
	return templ.ComponentFunc(func(ctx context.Context, w io.Writer) error {
		_, err := io.WriteString(w, withEmoji(readerOf(ctx).emojis, templ.EscapeString(text)))
		return err
	})
}

// formatted writes HTML that the domains have made of what people typed: a
// post's content, a bio, a field's value, of which internal/text escapes all and
// adds links and line breaks; and what internal/markdown has made of longer
// texts. Nothing else may be written unescaped. The community's
// emoji become pictures, but in addresses and links, which stay as they are.
func formatted(html string) templ.Component {
	return templ.ComponentFunc(func(ctx context.Context, w io.Writer) error {
		_, err := io.WriteString(w, htmlWithEmoji(readerOf(ctx).emojis, html))
		return err
	})
}

func htmlWithEmoji(set *instance.Emojis, html string) string {
	if len(set.List) == 0 || strings.Count(html, ":") < 2 {
		return html
	}
	var b strings.Builder
	for html != "" {
		text, rest := html, ""
		if i := strings.IndexByte(html, '<'); i >= 0 { // of what was typed, each < is escaped
			text, rest = html[:i], html[i:]
		}
		b.WriteString(withEmoji(set, text))
		end := strings.IndexByte(rest, '>') + 1
		if strings.HasPrefix(rest, "<a ") {
			if i := strings.Index(rest, "</a>"); i > 0 {
				end = i
			}
		}
		b.WriteString(rest[:end])
		html = rest[end:]
	}
	return b.String()
}

// withEmoji puts pictures into a text that is HTML without elements. It is
// written by hand for it is in every line of a timeline.
func withEmoji(set *instance.Emojis, text string) string {
	var b strings.Builder
	at := 0
	for e := range set.In(text) {
		b.WriteString(text[at:e.Start])
		code := text[e.Start:e.End] // letters, digits and underscores
		b.WriteString(`<img class="emoji" src="/media/` + templ.EscapeString(e.Image) + `" alt="` + code + `" title="` + code +
			`" width="20" height="20" loading="lazy" decoding="async">`)
		at = e.End
	}
	if at == 0 {
		return text
	}
	b.WriteString(text[at:])
	return b.String()
}
