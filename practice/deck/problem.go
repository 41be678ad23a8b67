package deck

import (
	"cmp"
	"fmt"
	"slices"
	"strconv"
	"strings"
	"unicode"
	"unicode/utf8"
)

// Problem is one thing that is wrong with a deck.
type Problem struct {
	File       string // from the deck's folder, with slashes
	Line       int    // from 1; 0: the file as a whole
	Text       string
	Suggestion string // what was probably meant; empty: nothing is near
}

// String returns the problem in one line, as compilers do.
func (p Problem) String() string {
	place := p.File
	if strings.ContainsFunc(place, unicode.IsControl) { // what a terminal would obey
		place = strconv.Quote(place)
	}
	if p.Line > 0 {
		place = fmt.Sprintf("%s:%d", place, p.Line)
	}
	if p.Suggestion == "" {
		return place + ": " + p.Text
	}
	return fmt.Sprintf("%s: %s; did you mean %q?", place, p.Text, p.Suggestion)
}

// Problems are all that is wrong with a deck, by file and line. They are the
// error of Read.
type Problems []Problem

// Error returns a line for each problem.
func (p Problems) Error() string {
	lines := make([]string, len(p))
	for i, one := range p {
		lines[i] = one.String()
	}
	return strings.Join(lines, "\n")
}

// maxProblems bounds what a hostile deck makes us say.
const maxProblems = 1000

// add notes a problem; those beyond the bound are dropped.
func (p *Problems) add(one Problem) {
	if len(*p) < maxProblems {
		*p = append(*p, one)
	}
}

// err returns the problems in order, or nil if there is none.
func (p *Problems) err() error {
	if len(*p) == 0 {
		return nil
	}
	slices.SortStableFunc(*p, func(a, b Problem) int {
		return cmp.Or(cmp.Compare(a.File, b.File), cmp.Compare(a.Line, b.Line))
	})
	return slices.Compact(*p)
}

// quoted returns what somebody wrote in a form that fits into a line.
func quoted(s string) string {
	const most = 60
	if utf8.RuneCountInString(s) > most {
		s = string([]rune(s)[:most]) + "…"
	}
	return fmt.Sprintf("%q", s)
}

// nearest returns the known word that somebody probably meant, or "".
func nearest(word string, known []string) string {
	const longest, beginning = 64, 4 // letters
	if word == "" || len(word) > longest {
		return ""
	}
	lower := strings.ToLower(word)
	best, least := "", max(1, len(lower)/3)+1
	longer := "" // that begins like it
	for _, k := range known {
		if strings.HasSuffix(k, "/"+lower) {
			return k
		}
		if d := distance(lower, strings.ToLower(k)); d < least {
			best, least = k, d
		}
		if longer == "" && len(lower) >= beginning && strings.HasPrefix(k, lower) {
			longer = k
		}
	}
	if best == "" {
		return longer
	}
	return best
}

// distance counts the letters to insert, remove, replace or swap with their
// neighbour until a is b.
func distance(a, b string) int {
	before, last, row := make([]int, len(b)+1), make([]int, len(b)+1), make([]int, len(b)+1)
	for j := range last {
		last[j] = j
	}
	for i := range len(a) {
		row[0] = i + 1
		for j := range len(b) {
			change := 1
			if a[i] == b[j] {
				change = 0
			}
			row[j+1] = min(last[j]+change, last[j+1]+1, row[j]+1)
			if i > 0 && j > 0 && a[i] == b[j-1] && a[i-1] == b[j] {
				row[j+1] = min(row[j+1], before[j-1]+1)
			}
		}
		before, last, row = last, row, before
	}
	return last[len(b)]
}
