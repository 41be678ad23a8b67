package fsrs_test

import (
	"fmt"
	"maps"
	"math"
	"slices"
	"strings"
	"testing"
	"time"

	"pgregory.net/rapid"

	"github.com/guildhall/guildhall/practice/fsrs"
)

const day = 24 * time.Hour

var start = time.Date(2026, 1, 1, 9, 0, 0, 0, time.UTC)

func exact() fsrs.Scheduler {
	s := fsrs.Default()
	s.Fuzz = false
	return s
}

// The vectors were computed with the reference implementation; every review
// comes on the day on which it is due.
func TestReferenceVectors(t *testing.T) {
	for _, v := range []struct {
		ratings    []fsrs.Rating
		s, d, days string
	}{
		{[]fsrs.Rating{3, 3, 3, 3, 3, 3}, "2.3065 13.8269 56.9567 196.2353 586.4835 1559.3567", "2.1181 2.1112 2.1043 2.0975 2.0906 2.0837", "3 14 57 196 586 1559"},
		{[]fsrs.Rating{3, 3, 1, 3, 3, 3}, "2.3065 13.8269 1.7264 5.1238 12.6030 29.1333", "2.1181 2.1112 7.3922 7.3801 7.3679 7.3558", "3 14 2 5 13 29"},
		{[]fsrs.Rating{1, 3, 3, 3, 3}, "0.2120 1.8868 7.6382 21.6078 54.2589", "", "1 3 8 22 54"},
		{[]fsrs.Rating{2, 3, 3, 3}, "1.2931 6.5747 22.5340 65.8455", "", "2 7 23 66"},
		{[]fsrs.Rating{4, 3, 3, 3}, "8.2956 38.9051 153.0001 509.5502", "", "8 39 153 510"},
	} {
		var state fsrs.State
		var s, d, days []string
		at := start
		for _, r := range v.ratings {
			state = exact().Next(state, r, at, 0)
			s, d = append(s, fmt.Sprintf("%.4f", state.Stability)), append(d, fmt.Sprintf("%.4f", state.Difficulty))
			days = append(days, fmt.Sprint(int(state.DueAt.Sub(at)/day)))
			at = state.DueAt
		}
		if got := strings.Join(s, " "); got != v.s {
			t.Errorf("%v: stability %s, not %s", v.ratings, got, v.s)
		}
		if got := strings.Join(d, " "); v.d != "" && got != v.d {
			t.Errorf("%v: difficulty %s, not %s", v.ratings, got, v.d)
		}
		if got := strings.Join(days, " "); got != v.days {
			t.Errorf("%v: days %s, not %s", v.ratings, got, v.days)
		}
	}
}

func TestCounts(t *testing.T) {
	state := exact().Replay([]fsrs.Entry{{At: start, Rating: fsrs.Again}, {At: start.Add(day), Rating: fsrs.Good}, {At: start.Add(5 * day), Rating: fsrs.Again}})
	if state.Reviews != 3 || state.Lapses != 1 || !state.ReviewedAt.Equal(start.Add(5*day)) {
		t.Errorf("after three reviews with one lapse: %+v", state)
	}
}

func TestSameDayReviewsDoNotGrowLikeSpacedOnes(t *testing.T) {
	first := exact().Next(fsrs.State{}, fsrs.Good, start, 0)
	same := exact().Next(first, fsrs.Good, start.Add(time.Hour), 0)
	// 2.3065 * max(1, e^(0.5425*0.0912) * 2.3065^-0.0658)
	if want := 2.3065 * max(1, math.Exp(0.5425*0.0912)*math.Pow(2.3065, -0.0658)); math.Abs(same.Stability-want) > 1e-9 {
		t.Errorf("stability %v, not %v", same.Stability, want)
	}
	again := exact().Next(first, fsrs.Again, start.Add(time.Hour), 0)
	if want := 2.3065 * math.Exp(0.5425*(0.0912-2)) * math.Pow(2.3065, -0.0658); math.Abs(again.Stability-want) > 1e-9 {
		t.Errorf("stability after Again %v, not %v", again.Stability, want)
	}
	back := exact().Next(first, fsrs.Good, start.Add(-48*time.Hour), 0)
	if back.Stability != same.Stability {
		t.Errorf("a clock that was set back: stability %v, not %v", back.Stability, same.Stability)
	}
}

func TestRetrievability(t *testing.T) {
	state := exact().Next(fsrs.State{}, fsrs.Easy, start, 0)
	if r := exact().Retrievability(state, start.Add(time.Duration(state.Stability*float64(day)))); math.Abs(r-0.9) > 1e-9 {
		t.Errorf("recall after the stability's days is %v, not 0.9", r)
	}
	if r := exact().Retrievability(state, start.Add(-day)); r != 1 {
		t.Errorf("recall before the review is %v", r)
	}
	if r := exact().Retrievability(fsrs.State{}, start); r != 0 {
		t.Errorf("recall of a card never seen is %v", r)
	}
}

func TestFuzzRanges(t *testing.T) {
	s := fsrs.Default()
	for _, c := range []struct {
		ratings   []fsrs.Rating
		low, high int // what the last interval may be
	}{
		{[]fsrs.Rating{1}, 1, 1},           // too short to be spread
		{[]fsrs.Rating{4}, 6, 10},          // 8 and 1 + 0.15*4.5 + 0.1*1 = 1.775 to both sides
		{[]fsrs.Rating{4, 3}, 35, 43},      // 39 and 1 + 0.675 + 1.3 + 0.05*19 = 3.925
		{[]fsrs.Rating{4, 3, 3}, 143, 163}, // 153 and 9.625
	} {
		seen := map[int]bool{}
		for seed := range uint64(300) {
			var state fsrs.State
			at := start
			for i, r := range c.ratings {
				if i == len(c.ratings)-1 {
					state = s.Next(state, r, at, seed)
				} else {
					state = exact().Next(state, r, at, 0)
					at = state.DueAt
				}
			}
			seen[int(state.DueAt.Sub(at)/day)] = true
		}
		days := slices.Sorted(maps.Keys(seen))
		if days[0] != c.low || days[len(days)-1] != c.high || len(days) != c.high-c.low+1 {
			t.Errorf("%v: %v, not all of %d to %d", c.ratings, days, c.low, c.high)
		}
	}
}

// anyState draws states of all kinds, also such as no scheduler makes.
func anyState(t *rapid.T) fsrs.State {
	odd := rapid.OneOf(rapid.Float64(), rapid.Float64Range(0, 40000), rapid.SampledFrom([]float64{math.NaN(), math.Inf(1), math.Inf(-1), 0, -1}))
	return fsrs.State{
		Stability: odd.Draw(t, "stability"), Difficulty: odd.Draw(t, "difficulty"),
		ReviewedAt: anyTime(t), DueAt: anyTime(t),
		Reviews: rapid.IntRange(0, 1000).Draw(t, "reviews"), Lapses: rapid.IntRange(0, 1000).Draw(t, "lapses"),
	}
}

func anyTime(t *rapid.T) time.Time {
	return time.Unix(rapid.Int64Range(-1<<36, 1<<36).Draw(t, "time"), 0)
}

func check(t *rapid.T, s fsrs.State) {
	if !(s.Stability > 0 && s.Stability <= 36500) {
		t.Fatalf("stability %v", s.Stability)
	}
	if !(s.Difficulty >= 1 && s.Difficulty <= 10) {
		t.Fatalf("difficulty %v", s.Difficulty)
	}
	if d := s.DueAt.Sub(s.ReviewedAt); d < day || d > 36500*day || d%day != 0 {
		t.Fatalf("due after %v", d)
	}
}

func TestHostileInputs(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		s := fsrs.Default()
		s.Fuzz = rapid.Bool().Draw(t, "fuzz")
		from, at := anyState(t), anyTime(t)
		check(t, s.Next(from, fsrs.Rating(rapid.Int().Draw(t, "rating")), at, rapid.Uint64().Draw(t, "seed")))
		if r := s.Retrievability(from, at); !(r >= 0 && r <= 1) {
			t.Fatalf("recall %v", r)
		}
	})
}

func TestIntervalsAreOrdered(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		s := fsrs.Default()
		s.Fuzz = rapid.Bool().Draw(t, "fuzz")
		from, at, seed := anyState(t), anyTime(t), rapid.Uint64().Draw(t, "seed")
		preview := s.Preview(from, at)
		for r := fsrs.Hard; r <= fsrs.Easy; r++ {
			if a, b := s.Next(from, r-1, at, seed), s.Next(from, r, at, seed); b.DueAt.Sub(a.DueAt) < day {
				t.Fatalf("%d is due %v, %d %v", r-1, a.DueAt, r, b.DueAt)
			}
			if b := exact().Next(from, r, at, 0); b != preview[r-1] {
				t.Fatalf("preview of %d: %+v, then %+v", r, preview[r-1], b)
			}
		}
	})
}

func TestReplayIsStepByStep(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		s := fsrs.Default()
		var log []fsrs.Entry
		var state fsrs.State
		at := start
		for range rapid.IntRange(0, 30).Draw(t, "reviews") {
			at = at.Add(time.Duration(rapid.Int64Range(-2*int64(day), 900*int64(day)).Draw(t, "gap")))
			e := fsrs.Entry{At: at, Rating: fsrs.Rating(rapid.IntRange(1, 4).Draw(t, "rating")), Seed: rapid.Uint64().Draw(t, "seed")}
			log, state = append(log, e), s.Next(state, e.Rating, e.At, e.Seed)
			check(t, state)
		}
		if got := s.Replay(log); got != state {
			t.Fatalf("replayed %+v, not %+v", got, state)
		}
	})
}

func TestFuzzIsBoundedAndChangesOnlyTheDay(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		from, at, seed := anyState(t), anyTime(t), rapid.Uint64().Draw(t, "seed")
		r := fsrs.Rating(rapid.IntRange(1, 4).Draw(t, "rating"))
		plain, fuzzed := exact().Next(from, r, at, 0), fsrs.Default().Next(from, r, at, seed)
		days := plain.DueAt.Sub(at).Hours() / 24
		// 1 + 15 % of 4.5 + 10 % of 13 + 5 % of what is above 20, and half a day of rounding
		room := 1 + 0.675 + 1.3 + 0.05*max(days-20, 0) + 0.5
		if off := fuzzed.DueAt.Sub(plain.DueAt).Hours() / 24; math.Abs(off) > room {
			t.Fatalf("%v days off %v", off, days)
		}
		fuzzed.DueAt = plain.DueAt
		if fuzzed != plain {
			t.Fatalf("fuzz changed %+v to %+v", plain, fuzzed)
		}
	})
}
