package hint

import "strings"

// count fills in what tells a list of keywords from prose.
func (l *look) count(tokens []token, covered []bool) {
	length, bare := 0, true // of the item
	flush := func() {
		if length > 0 {
			l.items++
			if bare {
				l.bare++
			}
		}
		length, bare = 0, true
	}
	for i, t := range tokens {
		if t.mark {
			flush()
			continue
		}
		l.words++
		switch {
		case covered[i]:
			l.covered++
		case separators[t.word]:
			flush()
			continue
		case functionWords[t.word] || clause[t.word] || negators[t.word] || strings.HasSuffix(t.word, "n't"):
			l.little++
			bare = false
		default:
			bare = false
		}
		length++
	}
	flush()
}

// list reports whether counts are those of a list of keywords.
func (l look) list() bool {
	if l.words < 6 {
		return false
	}
	if l.bare >= 5 && 10*l.bare >= 7*l.items {
		return true
	}
	return 100*l.little <= 12*l.words && 100*l.covered >= 50*l.words
}

// listed says of each sentence whether it is a list of keywords, or a part of an
// answer that is one as a whole.
func listed(looked []look) []bool {
	var all look
	for _, l := range looked {
		all.words += l.words
		all.little += l.little
		all.covered += l.covered
		all.items += l.items
		all.bare += l.bare
	}
	whole := all.list()
	lists := make([]bool, len(looked))
	for i, l := range looked {
		lists[i] = whole || l.list()
	}
	return lists
}
