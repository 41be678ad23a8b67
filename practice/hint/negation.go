package hint

import "strings"

// negators turn round what follows them in their part of a sentence.
var negators = set(`not no never none nobody nothing neither nor without cannot cant dont avoid avoids hardly refuse refuses refused`)

// breaks end the reach of a negation, beside marks.
var breaks = set(`but because since so therefore however although though unless until before if when while whereas that which who
	why how only instead otherwise yet then`)

// needed, after a negation, turns round what stands before it: "an index is not
// needed".
var needed = set(`needed necessary important required useful helpful relevant worth wanted matter problem idea help anything exist`)

// useless turns round what stands before it by itself.
var useless = set(`useless unnecessary pointless irrelevant superfluous nonsense overrated waste`)

// negated returns for each token how far it stands in a negation: 1 fully, 0.5
// as the subject of a negated verb, 0 not.
func negated(tokens []token) []float64 {
	scope := make([]float64, len(tokens))
	start, whole := 0, 0 // where the part of the sentence begins, without and with the relative clauses in it
	for i := 0; i < len(tokens); i++ {
		if at := negator(tokens, i); at > 0 {
			i = reach(tokens, scope, start, whole, i+at)
		} else if ended(tokens, i) {
			start = i + 1
			if !relative[tokens[i].word] {
				whole = start
			}
		} else if useless[tokens[i].word] {
			for j := max(whole, i-farthest); j < i; j++ {
				scope[j] = 1
			}
		}
	}
	return scope
}

// farthest is over how many words "… is useless" reaches back.
const farthest = 40

// negator returns the number of words of the negation that begins at i, or 0.
func negator(tokens []token, i int) int {
	w, next := tokens[i].word, ""
	if i+1 < len(tokens) {
		next = tokens[i+1].word
	}
	switch {
	case (w == "instead" || w == "rather") && (next == "of" || next == "than"):
		return 2
	case w == "not" && (next == "only" || next == "just" || next == "necessarily" || next == "enough"):
		return 0
	case w == "no" && (next == "longer" || next == "more" || next == "matter"):
		return 0
	case w == "nothing" && next == "but":
		return 0
	case negators[w] || strings.HasSuffix(w, "n't"):
		return 1
	}
	return 0
}

// relative begins clauses that say more of what stands before them.
var relative = set(`that which who`)

// reach marks what the negation before token i governs and returns the last
// token of it.
func reach(tokens []token, scope []float64, start, whole, i int) int {
	first, subject := i, 0.5
	if i+1 < len(tokens) && tokens[i].word == "to" && tokens[i+1].word == "do" { // nothing to do with
		subject = 1
	}
	for ; i < len(tokens); i++ {
		if needed[tokens[i].word] && i-first < 4 {
			subject = 1
		}
		if ended(tokens, i) {
			break
		}
		scope[i] = 1
	}
	if subject == 1 {
		start = max(whole, first-farthest)
	}
	for j := start; j < first; j++ {
		scope[j] = max(scope[j], subject)
	}
	return i - 1
}

// ended reports whether a part of the sentence ends at token i. A comma between
// the items of a list does not.
func ended(tokens []token, i int) bool {
	t := tokens[i]
	if !t.mark {
		return breaks[t.word] && !(t.word == "that" && i > 0 && statements[tokens[i-1].word])
	}
	if t.word == "/" {
		return false
	}
	if t.word != "," {
		return true
	}
	// an item: up to four words without a pronoun or an auxiliary, up to the next comma, "and", "or" or the end
	for j := i + 1; j < len(tokens) && j <= i+6; j++ {
		w := tokens[j].word
		switch {
		case w == "and" || w == "or" || w == "nor":
			if j == i+1 {
				if j+1 < len(tokens) && clause[tokens[j+1].word] {
					return true
				}
				continue
			}
			return false
		case tokens[j].mark:
			return false
		case clause[w] || breaks[w]:
			return true
		case j == len(tokens)-1:
			return false
		}
	}
	return true
}

// statements, before "that", are denied together with what they state.
var statements = set(`true mean means meant say says believe think claim case`)

// clause is words that begin a new statement or make one.
var clause = set(`i you he she it we they this there the is are was were be am do does did have has had will would can could should
	must may might in on at for to with nobody everybody each every all my our its their`)
