package text

import (
	"strings"
	"unicode"
)

// LinkLength is what a link counts for, however long it is.
const LinkLength = 23

// Length returns how long people take a text to be: characters as they are
// seen, with every link counted as 23 and no domain in mentions.
func Length(input string) int { return Parse(input).Length() }

// Length is the package's Length of a text that has been read.
func (d *Document) Length() int {
	n, at := 0, 0
	for _, m := range d.marks {
		switch m.kind {
		case link:
			n += Characters(d.Text[at:m.start]) + LinkLength
			at = m.end
		case mention:
			if _, domain, ok := strings.Cut(m.name, "@"); ok {
				n += Characters(d.Text[at : m.end-len(domain)-1])
				at = m.end
			}
		}
	}
	return n + Characters(d.Text[at:])
}

const (
	joiner     = '\u200d'
	halfFlag   = '\U0001f1e6' // the first of 26 regional indicators
	jamoVowel  = '\u1160'
	jamoEnd    = '\u11ff'
	skinFirst  = '\U0001f3fb'
	skinLast   = '\U0001f3ff'
	tagFirst   = '\U000e0020' // letters of sub-regional flags
	tagLast    = '\U000e007f'
	maxCluster = 32 // runes; longer ones are made to cheat
)

// Characters counts what is seen as one character as one: it approximates the
// grapheme clusters of Unicode (UAX 29) with what occurs in posts, which are
// combining marks, variants, emoji sequences, flags and Hangul jamo.
func Characters(s string) int {
	n, size := 0, 0
	joined, flag := false, false
	for _, r := range s {
		indicator := r >= halfFlag && r < halfFlag+26
		extends := size > 0 && (joined || r == joiner || unicode.IsMark(r) || r >= skinFirst && r <= skinLast ||
			r >= tagFirst && r <= tagLast || r >= jamoVowel && r <= jamoEnd || indicator && flag)
		flag = indicator && !(flag && extends)
		joined = r == joiner
		if extends && size < maxCluster {
			size++
			continue
		}
		n, size = n+1, 1
	}
	return n
}
