package hint

import (
	"strings"
	"unicode"
	"unicode/utf8"
)

// token is a word, or a mark that ends a part of a sentence.
type token struct {
	word string // lower case, without apostrophes; a mark is one rune of , : ; ( ) and –
	mark bool
	stem string // empty for marks
}

// sentence is a part of an answer with its words.
type sentence struct {
	text   string
	tokens []token
}

// cut returns the beginning of a text that is looked at.
func cut(s string) string {
	if len(s) <= MaxLength {
		return s
	}
	s = s[:MaxLength]
	for len(s) > 0 && !utf8.RuneStart(s[len(s)-1]) {
		s = s[:len(s)-1]
	}
	if r, n := utf8.DecodeLastRuneInString(s); r == utf8.RuneError {
		s = s[:len(s)-n]
	}
	return s
}

// sentences splits a text. A new line ends a sentence as well, so that the items
// of a list are sentences of their own.
func sentences(text string) []sentence {
	var all []sentence
	start := 0
	for i, r := range text {
		if !ends(text, i, r) {
			continue
		}
		end := i + utf8.RuneLen(r)
		if s := newSentence(text[start:end]); len(s.tokens) > 0 {
			all = append(all, s)
		}
		start = end
	}
	if s := newSentence(text[start:]); len(s.tokens) > 0 {
		all = append(all, s)
	}
	return all
}

// ends reports whether the rune at i ends a sentence. A full stop inside of a
// number, a name or "e.g." does not.
func ends(text string, i int, r rune) bool {
	switch r {
	case '\n', '!', '?':
		return true
	case '.':
		if i+1 < len(text) && !strings.ContainsRune(" \t\n\r\")'”", rune(text[i+1])) {
			return false
		}
		head := strings.ToLower(text[max(0, i-4):i])
		for _, short := range [...]string{"e.g", "i.e", "etc", " vs", " ca"} {
			if strings.HasSuffix(head, short) {
				return false
			}
		}
		return true
	}
	return false
}

func newSentence(text string) sentence {
	return sentence{text: strings.TrimSpace(text), tokens: tokens(text)}
}

// tokens splits text into words and marks. Hyphens, underscores and all other
// signs separate words, so "cache-aside" and "cache aside" are the same.
func tokens(text string) []token {
	var all []token
	word := strings.Builder{}
	flush := func() {
		if word.Len() == 0 {
			return
		}
		w := strings.Trim(word.String(), "'")
		if w = strings.TrimSuffix(w, "'s"); w != "" {
			all = append(all, token{word: w, stem: stem(w)})
		}
		word.Reset()
	}
	for _, r := range text {
		switch {
		case unicode.IsLetter(r) || unicode.IsDigit(r) || unicode.IsMark(r):
			word.WriteRune(unicode.ToLower(r))
		case r == '\'' || r == '’':
			word.WriteByte('\'')
		case r == '%':
			flush()
			all = append(all, token{word: "percent", stem: "percent"})
		default:
			flush()
			if strings.ContainsRune(",:;()–—/", r) {
				all = append(all, token{word: string(r), mark: true})
			}
		}
	}
	flush()
	return all
}

// quote returns a sentence as it is shown: one line of bounded length.
func quote(s string) string {
	const most = 400
	s = strings.Join(strings.Fields(s), " ")
	if len(s) <= most {
		return s
	}
	end := most
	for !utf8.RuneStart(s[end]) {
		end--
	}
	return s[:end] + "…"
}
