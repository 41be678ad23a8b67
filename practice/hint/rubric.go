package hint

import (
	"slices"
	"strings"

	"github.com/guildhall/guildhall/practice/deck"
)

// rubric is the points of a card, ready to be looked for.
type rubric struct {
	points []point
	ids    map[string]int   // by a stem
	near   map[string][]int // by the beginning of a stem: those that are a little longer
}

type point struct {
	id    string
	terms []term
	words []word
	not   map[int]bool // words that the point itself has in a negation
}

// word is one word of a point's text or of its terms.
type word struct {
	id     int
	weight float64
}

// term is words that are looked for together.
type term struct {
	text   string
	ids    []int // of its words; in an exact one of all, else of those that say something
	exact  bool  // word by word; else in any order with small gaps
	joined int   // id of the same in one word; -1: none
	weight float64
}

func newRubric(points []deck.Point) *rubric {
	r := &rubric{ids: map[string]int{}, near: map[string][]int{}}
	in := map[int]int{} // in how many points a word is
	for _, p := range points {
		all := map[int]bool{}
		for _, text := range append([]string{p.Text}, p.Terms...) {
			for _, t := range tokens(text) {
				if !t.mark {
					all[r.id(t.stem)] = true
				}
			}
		}
		for id := range all {
			in[id]++
		}
	}
	for _, p := range points {
		r.points = append(r.points, r.point(p, func(t token) bool {
			return weak[t.stem] || meta[t.stem] || in[r.ids[t.stem]] > 1
		}))
	}
	return r
}

// ending is how many letters the stems of one word's forms may differ by at their
// end, where the stemmer does not find the same: deliv(er), deliver(y).
const ending = 2

// id returns the number of a stem.
func (r *rubric) id(stem string) int {
	if id, ok := r.ids[stem]; ok {
		return id
	}
	id := len(r.ids)
	r.ids[stem] = id
	for n := len(stem) - 1; n >= max(5, len(stem)-ending); n-- {
		r.near[stem[:n]] = append(r.near[stem[:n]], id)
	}
	return id
}

// joined returns the number of several words written as one.
func (r *rubric) joined(words string) int {
	id, ok := r.ids[words]
	if !ok {
		id = len(r.ids)
		r.ids[words] = id
	}
	return id
}

// find returns the rubric's words that a stem may be a form of.
func (r *rubric) find(stem string) []int {
	ids := r.near[stem]
	for n := len(stem); n >= max(5, len(stem)-ending) || n == len(stem); n-- {
		if id, ok := r.ids[stem[:n]]; ok {
			ids = append(slices.Clip(ids), id)
		}
	}
	return ids
}

func (r *rubric) point(p deck.Point, common func(token) bool) point {
	to := point{id: p.ID, not: map[int]bool{}}
	seen := map[int]bool{}
	for _, text := range append([]string{p.Text}, p.Terms...) {
		words := tokens(text)
		scope := negated(words)
		denied := false // up to the next "and": "without a single point of failure and automatic failover"
		for i, t := range words {
			denied = scope[i] == 1 && (denied || i == 0 || scope[i-1] < 1) && t.word != "and"
			if t.mark {
				continue
			}
			id := r.id(t.stem)
			to.not[id] = to.not[id] || denied
			if functionWords[t.word] || meta[t.stem] || len(t.word) < 2 || seen[id] {
				continue
			}
			seen[id] = true
			w := word{id, strongWord}
			if common(t) {
				w.weight = weakWord
			}
			to.words = append(to.words, w)
		}
	}
	for _, text := range p.Terms {
		if t, ok := r.term(text, common); ok {
			to.terms = append(to.terms, t)
		}
	}
	return to
}

// mostWords is how many words of a term are looked for.
const mostWords = 8

func (r *rubric) term(text string, common func(token) bool) (term, bool) {
	t := term{text: text, joined: -1, weight: weakTerm}
	var all, content []int
	whole := ""
	words := slices.DeleteFunc(tokens(text), func(t token) bool { return t.mark })
	for i, w := range words {
		all = append(all, r.id(w.stem))
		if !functionWords[w.word] && len(w.word) > 1 {
			content = append(content, r.id(w.stem))
			if !common(w) {
				t.weight = strongTerm
			}
		}
		if i == len(words)-1 {
			whole += w.stem
		} else {
			whole += w.word
		}
	}
	if len(all) == 0 {
		return t, false
	}
	t.ids = content
	if len(content) < 2 {
		t.ids, t.exact = all, true
	}
	t.ids = t.ids[:min(len(t.ids), mostWords)]
	switch {
	case len(all) > 1 && t.weight == strongTerm:
		t.weight = phrase
	case len(content) > 1:
		t.weight = commonPhrase
	}
	if len(all) > 1 && len(whole) > 5 && !strings.ContainsAny(whole, "0123456789") {
		t.joined = r.joined(whole)
	}
	return t, true
}
