package hint

import "slices"

// match is one thing of a point that is in a sentence.
type match struct {
	item     int // a term's place, or -1 - a word's id
	weight   float64
	negative float64 // 0 to 1: how far it stands in a negation
}

// look is what is in one sentence.
type look struct {
	matches [][]match // by point
	words   int
	little  int // words that only hold the sentence together
	covered int // words that belong to terms
	items   int // parts between commas and the like
	bare    int // those that are terms and nothing else
}

// look looks for all points in a sentence.
func (r *rubric) look(tokens []token) look {
	scope := negated(tokens)
	at := map[int][]int{} // where each word of the rubric is
	for i, t := range tokens {
		if t.mark {
			continue
		}
		for _, id := range r.find(t.stem) {
			at[id] = append(at[id], i)
		}
		if i+1 < len(tokens) && !tokens[i+1].mark && len(t.word) < longest {
			if id, ok := r.ids[t.word+tokens[i+1].stem]; ok { // "roll back" for "rollback"
				at[id] = append(at[id], i)
			}
		}
	}
	l := look{matches: make([][]match, len(r.points))}
	covered := make([]bool, len(tokens))
	for p := range r.points {
		l.matches[p] = r.points[p].look(at, scope, covered)
	}
	l.count(tokens, covered)
	return l
}

func (p *point) look(at map[int][]int, scope []float64, covered []bool) []match {
	var matches []match
	used := map[int]bool{}
	for i, t := range p.terms {
		negative, ok := t.find(at, p.not, scope, covered)
		if !ok {
			continue
		}
		matches = append(matches, match{item: i, weight: t.weight, negative: negative})
		for _, id := range t.ids {
			used[id] = true
		}
	}
	for _, w := range p.words {
		if used[w.id] || len(at[w.id]) == 0 {
			continue
		}
		negative := 1.0
		for _, i := range at[w.id] {
			negative = min(negative, scope[i])
		}
		if p.not[w.id] {
			negative = 0
		}
		matches = append(matches, match{item: -1 - w.id, weight: w.weight, negative: negative})
	}
	return matches
}

// find looks for a term and marks what it covers. It returns how far the least
// negated place of it stands in a negation.
func (t *term) find(at map[int][]int, not map[int]bool, scope []float64, covered []bool) (negative float64, ok bool) {
	negative = 1
	place := func(places ...int) {
		sum := 0.0
		for k, i := range places {
			if !(k < len(t.ids) && not[t.ids[k]]) {
				sum += scope[i] / float64(len(places))
			}
		}
		for i := slices.Min(places); i <= slices.Max(places); i++ {
			covered[i] = true
		}
		negative, ok = min(negative, sum), true
	}
	if t.joined >= 0 {
		for _, i := range at[t.joined] {
			place(i)
		}
	}
	if t.exact {
		t.exactly(at, place)
	} else {
		t.together(at, place)
	}
	return negative, ok
}

// exactly calls place for each place where the term's words follow one another.
func (t *term) exactly(at map[int][]int, place func(...int)) {
	places := make([]int, len(t.ids))
next:
	for _, first := range at[t.ids[0]] {
		for k, id := range t.ids {
			if _, found := slices.BinarySearch(at[id], first+k); !found {
				continue next
			}
			places[k] = first + k
		}
		place(places...)
	}
}

// together calls place where the term's words stand near one another, in any
// order: "the cost of a write" for "write cost".
func (t *term) together(at map[int][]int, place func(...int)) {
	const gap = 3
	next := make([]int, len(t.ids)) // of each word's places
	places := make([]int, len(t.ids))
	for {
		low, first, last := 0, 0, 0
		for k, id := range t.ids {
			if next[k] >= len(at[id]) {
				return
			}
			places[k] = at[id][next[k]]
			if k == 0 || places[k] < first {
				low, first = k, places[k]
			}
			last = max(last, places[k])
		}
		if last-first < len(t.ids)+gap && distinct(places) {
			place(places...)
		}
		next[low]++
	}
}

func distinct(places []int) bool {
	for i, p := range places {
		if slices.Contains(places[:i], p) {
			return false
		}
	}
	return true
}

// passage is one sentence, or two, with what is in them of a point.
type passage struct {
	text               string
	positive, negative float64 // weights outside and inside of negations
	term               bool    // one of the matches is a term
	matches            []match
}

// gather adds up the matches of a sentence and of the one before it. What is in
// both counts once.
func gather(text string, here, before []match) passage {
	p := passage{text: text, matches: slices.Clone(here)}
	for _, m := range before {
		i := slices.IndexFunc(p.matches, func(o match) bool { return o.item == m.item })
		if i < 0 {
			p.matches = append(p.matches, m)
		} else {
			p.matches[i].negative = min(p.matches[i].negative, m.negative)
		}
	}
	for _, m := range p.matches {
		p.positive += m.weight * (1 - m.negative)
		p.negative += m.weight * m.negative
		p.term = p.term || m.item >= 0
	}
	return p
}

// has reports whether a term is in the passage, and outside of negations unless
// those count as well.
func (p passage) has(item int, negated bool) bool {
	return slices.ContainsFunc(p.matches, func(m match) bool { return m.item == item && (negated || m.negative < 1) })
}
