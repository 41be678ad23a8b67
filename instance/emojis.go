package instance

import (
	"iter"
	"strings"
)

// EmojiAt is a custom emoji in a text: text[Start:End] is its :shortcode:.
type EmojiAt struct {
	*Emoji
	Start, End int
}

// In yields the custom emoji that a text, plain or HTML, has as :shortcode:, in
// their order. Letters, digits and colons around one make it none.
func (e *Emojis) In(text string) iter.Seq[EmojiAt] {
	return func(yield func(EmojiAt) bool) {
		if len(e.List) == 0 {
			return
		}
		for at := 0; ; {
			open := strings.IndexByte(text[at:], ':')
			if open < 0 {
				return
			}
			open += at
			end := open + 1
			for end < len(text) && isShortcode(text[end]) {
				end++
			}
			if end == len(text) || text[end] != ':' {
				at = end
				continue
			}
			at = end // a colon that ends nothing may begin something
			if open > 0 && isAround(text[open-1]) || end+1 < len(text) && isAround(text[end+1]) {
				continue
			}
			if found := e.ByCode[text[open+1:end]]; found != nil {
				at = end + 1
				if !yield(EmojiAt{found, open, at}) {
					return
				}
			}
		}
	}
}

func isShortcode(b byte) bool { return b == '_' || isAround(b) && b != ':' }

// isAround tells whether a byte beside a shortcode makes it none.
func isAround(b byte) bool {
	return b >= 'a' && b <= 'z' || b >= 'A' && b <= 'Z' || b >= '0' && b <= '9' || b == ':'
}
