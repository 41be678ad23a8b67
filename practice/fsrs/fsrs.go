// Package fsrs says when a card returns: FSRS-6, the free spaced repetition
// scheduler, in its long-term mode, whose intervals are whole days. It is
// arithmetic over a state and a rating and keeps nothing: the log of ratings is
// practice's, and a state can be made from it again at any time. It also turns
// a ticked rubric into the rating that moves a schedule.
package fsrs

import (
	"math"
	"math/rand/v2"
	"time"
)

// Rating is how well a card was answered.
type Rating int

// The ratings.
const (
	Again Rating = 1 + iota
	Hard
	Good
	Easy
)

// String returns the rating's name.
func (r Rating) String() string {
	return [...]string{Again: "again", Hard: "hard", Good: "good", Easy: "easy"}[r]
}

// State is what is known of one member's memory of one card. The zero value is
// a card that was never reviewed.
type State struct {
	Stability  float64 // days until recall falls to nine of ten
	Difficulty float64 // 1 to 10
	ReviewedAt time.Time
	DueAt      time.Time
	Reviews    int
	Lapses     int // reviews after the first that were Again
}

// Entry is one line of a log of ratings.
type Entry struct {
	At     time.Time
	Rating Rating
	Seed   uint64 // that its fuzz was drawn with
}

// Scheduler holds the parameters. Its methods change nothing and may be called
// concurrently.
type Scheduler struct {
	Weights   [21]float64
	Retention float64 // the recall at which a card is due, above 0 and below 1
	Fuzz      bool    // spreads intervals, so that cards learnt together do not return together for ever
}

const (
	day     = 24 * time.Hour
	maxDays = 36500 // of an interval, and of a stability

	minStability = 0.001
)

// Default returns the scheduler with the published weights, which were fitted to
// the reviews of many people, a recall of nine in ten, and fuzz.
func Default() Scheduler {
	return Scheduler{
		Weights: [21]float64{
			0.212, 1.2931, 2.3065, 8.2956, 6.4133, 0.8334, 3.0194, 0.001, 1.8722, 0.1666, 0.796,
			1.4835, 0.0614, 0.2629, 1.6483, 0.6014, 1.8729, 0.5425, 0.0912, 0.0658, 0.1542,
		},
		Retention: 0.9,
		Fuzz:      true,
	}
}

// Next returns the state after a review. A rating outside the four counts as the
// nearest one. A review before the last one, as a clock that was set back makes
// it, counts as one of the same day. The same seed gives the same fuzz.
func (s Scheduler) Next(from State, r Rating, at time.Time, seed uint64) State {
	r = min(max(r, Again), Easy)
	return s.all(from, at, seed)[r-1]
}

// Preview returns the states after each of the four ratings, without fuzz.
func (s Scheduler) Preview(from State, at time.Time) [4]State {
	s.Fuzz = false
	return s.all(from, at, 0)
}

// Replay returns the state that a log leads to, from its first entry on.
func (s Scheduler) Replay(log []Entry) State {
	var state State
	for _, e := range log {
		state = s.Next(state, e.Rating, e.At, e.Seed)
	}
	return state
}

// Retrievability returns the chance, 0 to 1, that a card is remembered at a
// time; 0 for one that was never reviewed.
func (s Scheduler) Retrievability(state State, at time.Time) float64 {
	if state.Reviews == 0 {
		return 0
	}
	return s.recall(max(at.Sub(state.ReviewedAt).Hours()/24, 0), within(state.Stability, minStability, maxDays))
}

// all returns the states after each rating. All four are always worked out,
// since their intervals depend on one another.
func (s Scheduler) all(from State, at time.Time, seed uint64) [4]State {
	elapsed := 0.0
	if from.Reviews > 0 {
		elapsed = max(math.Floor(at.Sub(from.ReviewedAt).Hours()/24), 0)
	}
	chance := 0.5
	if s.Fuzz {
		chance = rand.New(rand.NewPCG(seed, 0)).Float64()
	}
	var states [4]State
	var days [4]int
	for i := range states {
		states[i] = s.after(from, Rating(i+1), elapsed)
		states[i].ReviewedAt = at
		days[i] = s.interval(states[i].Stability)
		if s.Fuzz {
			low, high := fuzzRange(days[i], int(elapsed))
			days[i] = low + int(chance*float64(high-low+1))
		}
	}
	for i, d := range ordered(days) {
		states[i].DueAt = at.Add(time.Duration(d) * day)
	}
	return states
}

// after returns memory and counts, without times, after a review that came a
// number of whole days after the last.
func (s Scheduler) after(from State, r Rating, elapsed float64) State {
	to := State{Reviews: from.Reviews + 1, Lapses: from.Lapses}
	if from.Reviews == 0 {
		to.Stability = within(s.Weights[r-1], 0.1, maxDays)
		to.Difficulty = within(s.firstDifficulty(r), 1, 10)
		return to
	}
	if r == Again {
		to.Lapses++
	}
	stability, difficulty := within(from.Stability, minStability, maxDays), within(from.Difficulty, 1, 10)
	to.Difficulty = within(s.nextDifficulty(difficulty, r), 1, 10)
	switch {
	case elapsed < 1:
		stability = s.sameDay(stability, r)
	case r == Again:
		stability = s.forgotten(stability, difficulty, s.recall(elapsed, stability))
	default:
		stability = s.recalled(stability, difficulty, s.recall(elapsed, stability), r)
	}
	to.Stability = within(stability, minStability, maxDays)
	return to
}

// ordered keeps the intervals of the four ratings apart by a day at least, and
// the longest within maxDays.
func ordered(days [4]int) [4]int {
	days[0] = min(days[0], days[1])
	for i := range days {
		days[i] = min(days[i], maxDays-len(days)+1+i)
		if i > 0 {
			days[i] = max(days[i], days[i-1]+1)
		}
	}
	return days
}

// within returns x inside of bounds, and the lower one for what is no number.
func within(x, low, high float64) float64 {
	if math.IsNaN(x) {
		return low
	}
	return min(max(x, low), high)
}
