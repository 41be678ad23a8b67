package fsrs

import "slices"

// Mark is what was found of one point of a rubric.
type Mark uint8

// The marks.
const (
	No Mark = iota
	Partly
	Yes
)

// marks are the marks' names, in the API, archives and forms.
var marks = [...]string{No: "no", Partly: "partly", Yes: "yes"}

// String returns the mark's name.
func (m Mark) String() string { return marks[m] }

// ReadMark returns the mark of a name.
func ReadMark(name string) (m Mark, ok bool) {
	i := slices.Index(marks[:], name)
	return Mark(max(i, 0)), i >= 0
}

// Marked is one point of a ticked rubric.
type Marked struct {
	Must   bool
	Weight int // below 1: counts nothing
	Mark   Mark
}

// Rate returns the share of the weights that an answer got, in percent rounded
// down, where Partly counts half, and the rating that follows from it:
//   - Again: a point that must be made is not, or there are no points;
//   - Hard: less than 70 %;
//   - Good: from 70 % on;
//   - Easy: from 90 % on, and within the limit. A limit below 1 is none.
func Rate(points []Marked, seconds, limitSeconds int) (score int, r Rating) {
	got, all, missed := 0, 0, false
	for _, p := range points {
		mark, weight := min(p.Mark, Yes), max(p.Weight, 0)
		got += weight * int(mark)
		all += weight * int(Yes)
		missed = missed || p.Must && mark == No
	}
	if all == 0 {
		return 0, Again
	}
	score = got * 100 / all
	switch {
	case missed:
		return score, Again
	case score < 70:
		return score, Hard
	case score >= 90 && (limitSeconds < 1 || seconds <= limitSeconds):
		return score, Easy
	}
	return score, Good
}
