package fsrs

import "math"

// The formulas of FSRS-6. w are its weights, S stability in days, D difficulty,
// R the chance of recall, G the rating.

// recall is R after days: (1 + factor*t/S)^-w20, where factor makes it 0.9 at t = S.
func (s Scheduler) recall(days, stability float64) float64 {
	decay := -s.Weights[20]
	return within(math.Pow(1+s.factor()*days/stability, decay), 0, 1)
}

func (s Scheduler) factor() float64 { return math.Pow(0.9, -1/s.Weights[20]) - 1 }

// interval is the number of whole days after which recall has fallen to the
// retention that is wanted.
func (s Scheduler) interval(stability float64) int {
	days := stability / s.factor() * (math.Pow(s.Retention, -1/s.Weights[20]) - 1)
	return int(within(math.Round(days), 1, maxDays))
}

// firstDifficulty is not bounded, as nextDifficulty needs it so.
func (s Scheduler) firstDifficulty(r Rating) float64 {
	return s.Weights[4] - math.Exp(s.Weights[5]*float64(r-1)) + 1
}

// nextDifficulty moves D by the rating, less the nearer it is to 10, and then a
// little towards that of an easy card.
func (s Scheduler) nextDifficulty(d float64, r Rating) float64 {
	moved := d - s.Weights[6]*float64(r-Good)*(10-d)/9
	return s.Weights[7]*s.firstDifficulty(Easy) + (1-s.Weights[7])*moved
}

// recalled is S after a successful review: it grows more the easier the card,
// the lower S was and the nearer the card was to being forgotten.
func (s Scheduler) recalled(stability, difficulty, recall float64, r Rating) float64 {
	w := s.Weights
	growth := math.Exp(w[8]) * (11 - difficulty) * math.Pow(stability, -w[9]) * (math.Exp(w[10]*(1-recall)) - 1)
	switch r {
	case Hard:
		growth *= w[15]
	case Easy:
		growth *= w[16]
	}
	return stability * (1 + growth)
}

// forgotten is S after a lapse; it never grows by one.
func (s Scheduler) forgotten(stability, difficulty, recall float64) float64 {
	w := s.Weights
	left := w[11] * math.Pow(difficulty, -w[12]) * (math.Pow(stability+1, w[13]) - 1) * math.Exp(w[14]*(1-recall))
	return min(left, stability)
}

// sameDay is S after a second review within a day.
func (s Scheduler) sameDay(stability float64, r Rating) float64 {
	w := s.Weights
	change := math.Exp(w[17]*(float64(r-Good)+w[18])) * math.Pow(stability, -w[19])
	if r >= Hard {
		change = max(change, 1)
	}
	return stability * change
}

// fuzzRange returns the intervals that may stand in for one: a day and 15 % of
// what of it lies between 2.5 and 7 days, 10 % up to 20 days and 5 % beyond that
// to both sides, but never back to before the interval that has just passed.
func fuzzRange(days, elapsed int) (low, high int) {
	d := float64(days)
	if d < 2.5 {
		return days, days
	}
	delta := 1 + 0.15*(min(d, 7)-2.5) + 0.1*max(min(d, 20)-7, 0) + 0.05*max(d-20, 0)
	low, high = max(2, int(math.Round(d-delta))), min(int(math.Round(d+delta)), maxDays)
	if days > elapsed {
		low = max(low, elapsed+1)
	}
	return min(low, high), high
}
