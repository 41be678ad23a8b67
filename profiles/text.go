package profiles

import (
	"strings"
	"unicode"
)

// clean makes text of what somebody sent: valid UTF-8, lines ended by "\n", no
// control characters, no space around it.
func clean(text string) string {
	text = strings.ReplaceAll(strings.ToValidUTF8(text, "\uFFFD"), "\r\n", "\n")
	text = strings.Map(func(r rune) rune {
		if unicode.IsControl(r) && r != '\n' && r != '\t' {
			return -1
		}
		return r
	}, text)
	return strings.TrimSpace(text)
}
