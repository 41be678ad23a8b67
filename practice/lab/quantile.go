package lab

import "math"

// quantile returns the value below which the share q of a sorted list lies; 0 for
// an empty one.
func quantile(sorted []float64, q float64) float64 {
	if len(sorted) == 0 {
		return 0
	}
	return sorted[min(len(sorted)-1, int(q*float64(len(sorted))))]
}

// mean returns the mean, 0 for an empty list.
func mean(list []float64) float64 {
	if len(list) == 0 {
		return 0
	}
	sum := 0.0
	for _, x := range list {
		sum += x
	}
	return sum / float64(len(list))
}

// slower draws the distribution of a sorted list of times as the share that is slower than x: on
// two logarithmic axes a tail is a line one can read p99 off, at the height 1 %.
func slower(name string, sorted []float64) Series {
	s := Series{Name: name}
	for q := 0.0; q <= 3.0; q += 0.1 { // from all down to one in a thousand
		share := math.Pow(10, -q)
		x := quantile(sorted, 1-share)
		if n := len(s.Points); n > 0 && x <= s.Points[n-1][0] {
			continue
		}
		s.Points = append(s.Points, [2]float64{x, 100 * share})
	}
	return s
}
