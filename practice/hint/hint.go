// Package hint looks in an answer for words that belong to the points of a
// rubric, so that somebody who has ticked the points already can see where a
// tick and the text do not agree. It is a pointer, never a grade: it knows words
// and not whether they are right. It therefore quotes the sentence that it
// found, and says when the words stand in a negation or in a bare list.
package hint

import "github.com/guildhall/guildhall/practice/deck"

// MaxLength is how many bytes of an answer are looked at; the rest is left out.
const MaxLength = 64 << 10

// Hint is what was found of one point.
type Hint struct {
	Point    string   // id
	Found    bool     // words that belong to the point are in the answer
	Sentence string   // where, at most about 400 bytes; empty: not found
	Terms    []string // the point's terms that are there, as the rubric writes them; words of its text may have been found instead
	Negated  bool     // the words stand in a negation: "we do not add an index"
	List     bool     // the words stand in a list of keywords that says nothing about them
}

// Flags is what is odd about an answer as a whole.
type Flags struct {
	KeywordList bool // half or more of what was found stands in a list of keywords
	Negated     bool // half or more of what was found stands in negations
}

// Flag returns what the hints of an answer amount to.
func Flag(hints []Hint) Flags {
	found, lists, negations := 0, 0, 0
	for _, h := range hints {
		if !h.Found {
			continue
		}
		found++
		if h.List {
			lists++
		}
		if h.Negated {
			negations++
		}
	}
	return Flags{KeywordList: lists > 0 && 2*lists >= found, Negated: negations > 0 && 2*negations >= found}
}

// What a match counts, and how much makes a point found. Set with the first half
// of testdata/pairs.jsonl.
const (
	strongTerm   = 1.6
	weakTerm     = 0.8 // of a word of many topics, or of several points of the card
	phrase       = 1.8 // of several words
	commonPhrase = 1.2
	strongWord   = 0.6 // of the point's own text
	weakWord     = 0.35

	enough = 1.7
	// of a negation and of a list less is enough, since they are only warned of
	enoughToWarn = 1.0
	wordsToWarn  = 2 * strongWord // without any term
)

// Compare returns one hint for each point. Its time grows linearly with the
// answer's length.
func Compare(answer string, points []deck.Point) []Hint {
	r := newRubric(points)
	all := sentences(cut(answer))
	looked := make([]look, len(all))
	for i, s := range all {
		looked[i] = r.look(s.tokens)
	}
	lists := listed(looked)
	hints := make([]Hint, len(points))
	for p := range points {
		hints[p] = r.hint(p, choose(p, all, looked, lists))
	}
	return hints
}

// choice is the passages of an answer that say most of a point.
type choice struct {
	said   passage // outside of negations, in prose; a sentence and what the one before it adds
	denied passage // in a negation
	listed passage // in a list
}

func choose(p int, all []sentence, looked []look, lists []bool) choice {
	var c choice
	for i, s := range all {
		here := gather(s.text, looked[i].matches[p], nil)
		if lists[i] {
			if here.positive+here.negative > c.listed.positive+c.listed.negative {
				c.listed = here
			}
			continue
		}
		if here.negative > c.denied.negative {
			c.denied = here
		}
		if i > 0 && !lists[i-1] && len(here.matches) > 0 {
			here = gather(s.text, here.matches, looked[i-1].matches[p])
		}
		if here.positive > c.said.positive {
			c.said = here
		}
	}
	return c
}

// hint decides for one point.
func (r *rubric) hint(p int, c choice) Hint {
	h := Hint{Point: r.points[p].id}
	var best passage
	switch {
	case c.said.positive >= enough && c.said.positive >= c.said.negative:
		best = c.said
	case c.denied.negative >= enoughToWarn && c.denied.negative > c.denied.positive && (c.denied.term || c.denied.negative >= wordsToWarn):
		best, h.Negated = c.denied, true
	case c.listed.positive+c.listed.negative >= enoughToWarn && c.listed.term:
		best, h.List = c.listed, true
	default:
		return h
	}
	h.Found, h.Sentence = true, quote(best.text)
	for i, t := range r.points[p].terms {
		if best.has(i, h.Negated || h.List) {
			h.Terms = append(h.Terms, t.text)
		}
	}
	return h
}
