package posts

import (
	"unicode"
	"unicode/utf8"

	"golang.org/x/text/cases"
	"golang.org/x/text/unicode/norm"
)

// keywords finds many words in a text at once, in time that grows with the
// length of the text alone, whatever the words are (Aho and Corasick, 1975). A
// state is how much of a word was read; state 0 is nothing. It is not changed
// after link.
type keywords struct {
	first  [256]int32       // from state 0
	next   map[uint64]int32 // by state and byte
	parent []int32
	last   []byte  // the byte that led to the state
	fail   []int32 // the longest other state that the text so far ends with
	dict   []int32 // the longest such state at which a word ends; 0: none
	ends   []int32 // the word that ends at the state; -1: none
	also   []int32 // by word, another one of the same letters; -1: none
}

func newKeywords() *keywords {
	return &keywords{next: map[uint64]int32{}, parent: []int32{0}, last: []byte{0}, fail: []int32{0}, dict: []int32{0}, ends: []int32{-1}}
}

// add adds a word; they are counted from 0.
func (k *keywords) add(word []byte) {
	state := int32(0)
	for _, b := range word {
		to := k.child(state, b)
		if to == 0 {
			to = int32(len(k.parent))
			k.parent, k.last = append(k.parent, state), append(k.last, b)
			k.fail, k.dict, k.ends = append(k.fail, 0), append(k.dict, 0), append(k.ends, -1)
			if state == 0 {
				k.first[b] = to
			} else {
				k.next[edge(state, b)] = to
			}
		}
		state = to
	}
	k.also = append(k.also, k.ends[state])
	k.ends[state] = int32(len(k.also) - 1)
}

func edge(state int32, b byte) uint64 { return uint64(state)<<8 | uint64(b) }

func (k *keywords) child(state int32, b byte) int32 {
	if state == 0 {
		return k.first[b]
	}
	return k.next[edge(state, b)]
}

// link makes the words ready to be found.
func (k *keywords) link() {
	for _, state := range k.byDepth() {
		to := int32(0)
		if parent := k.parent[state]; parent != 0 {
			to = k.step(k.fail[parent], k.last[state])
		}
		k.fail[state] = to
		if k.ends[to] >= 0 {
			k.dict[state] = to
		} else {
			k.dict[state] = k.dict[to]
		}
	}
}

// byDepth returns the states but 0, those that less was read for first.
func (k *keywords) byDepth() []int32 {
	depth := make([]int, len(k.parent))
	var levels [][]int32
	for state := 1; state < len(k.parent); state++ { // a parent was made before its children
		d := depth[k.parent[state]]
		depth[state] = d + 1
		if d == len(levels) {
			levels = append(levels, nil)
		}
		levels[d] = append(levels[d], int32(state))
	}
	order := make([]int32, 0, len(k.parent))
	for _, level := range levels {
		order = append(order, level...)
	}
	return order
}

// step returns the state after one more byte.
func (k *keywords) step(state int32, b byte) int32 {
	for state != 0 {
		if to := k.next[edge(state, b)]; to != 0 {
			return to
		}
		state = k.fail[state]
	}
	return k.first[b]
}

// find calls found for each word that is in one of the texts, once.
func (k *keywords) find(texts [][]byte, found func(word int32)) {
	var done map[int32]bool // states whose words, and all shorter ones, were told
	for _, text := range texts {
		state := int32(0)
		for _, b := range text {
			state = k.step(state, b)
			at := state
			if k.ends[at] < 0 {
				at = k.dict[at]
			}
			for ; at != 0 && !done[at]; at = k.dict[at] {
				if done == nil {
					done = map[int32]bool{}
				}
				done[at] = true
				for word := k.ends[at]; word >= 0; word = k.also[word] {
					found(word)
				}
			}
		}
	}
}

// size is about how many bytes the states take.
func (k *keywords) size() int { return 1024 + 64*len(k.parent) + 4*len(k.also) }

// fold makes texts alike that differ in case, or in how accents are encoded.
func fold(s string) string { return cases.Fold().String(norm.NFC.String(s)) }

// boundary stands for the place between a word's letter and what is none. No
// UTF-8 has this byte.
const boundary = 0xff

// bounded marks the boundaries of the words of a text, so that to find a marked
// word in a marked text is to find it as a whole word.
func bounded(s string) []byte {
	out := make([]byte, 0, len(s)+len(s)/2+2)
	inside := false
	for _, r := range s {
		if isLetter(r) != inside {
			inside = !inside
			out = append(out, boundary)
		}
		out = utf8.AppendRune(out, r)
	}
	if inside {
		out = append(out, boundary)
	}
	return out
}

// isLetter tells whether words are made of a rune, as regular expressions see it
// for \b (Unicode Technical Standard 18, annex C).
func isLetter(r rune) bool {
	return unicode.In(r, unicode.Letter, unicode.Mark, unicode.Nd, unicode.Pc)
}
