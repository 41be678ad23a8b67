package demo

import (
	"fmt"
	"image"
	"math"
)

// barPictures are the bar charts, histograms and heat maps that posts show.
func barPictures() map[string]func() image.Image {
	return map[string]func() image.Image{
		"nplusone": rows{title: "Queries per request", subtitle: "before (pale) and after", bars: []row{
			{"search", 205, 6, false}, {"customer", 31, 5, false}, {"order page", 48, 4, false}, {"order list", 612, 3, false}}}.draw,
		"false-sharing": rows{title: "Two counters, one cache line", subtitle: "million operations per second", bars: []row{
			{"adjacent", 0, 8.1, true}, {"padded to 64 bytes", 0, 10.6, false}, {"one per thread", 0, 10.9, false}}}.draw,
		"cloud-bill": rows{title: "Where the money goes", subtitle: "thousand euros in a month", unit: "k", bars: []row{
			{"compute", 0, 18, false}, {"databases", 0, 11, false}, {"traffic", 0, 7, false}, {"logs", 0, 6, false}, {"forgotten staging", 0, 2, true}}}.draw,
		"ci-minutes": columns{title: "Testsuite", subtitle: "Minuten bis Grün, nach Woche", unit: "min", top: 40, bars: []bar{
			{"KW 1", 38, true}, {"KW 2", 29, false}, {"KW 3", 17, false}, {"KW 4", 9, false}, {"KW 5", 4, false}}}.draw,
		"mttr": columns{title: "Median incident", subtitle: "minutes, by quarter", unit: "min", top: 80, bars: []bar{
			{"Q1", 74, false}, {"Q2", 71, false}, {"Q3", 52, false}, {"Q4", 47, false}}, marks: []event{{0.5, "roles introduced"}}}.draw,
		"hot-partition":     hotPartition().draw,
		"latency-histogram": latencyHistogram().draw,
		"arrival-error":     arrivalError().draw,
		"retry-jitter":      drawJitter,
		"pager-heatmap":     pagerMap().draw,
		"cards-streak":      streakMap().draw,
		"commit-year":       yearMap().draw,
	}
}

func hotPartition() columns {
	b := columns{title: "Partition key: country", subtitle: "share of messages per partition", unit: "%", top: 80}
	for i, v := range []float64{2, 3, 1, 71, 2, 4, 1, 5, 3, 2, 4, 2} {
		b.bars = append(b.bars, bar{fmt.Sprint(i), v, v > 50})
	}
	return b
}

func latencyHistogram() columns {
	b := columns{title: "A long tail", subtitle: "requests by latency, one hour", unit: "k", top: 60, plain: true,
		marks: []event{{0.065, "p50  24 ms"}, {0.29, "p95  118 ms"}, {0.82, "p99  410 ms"}}}
	for i, v := range noisy(31, 40, 0.06, func(t float64) float64 {
		return 56*bell(t, 0.05, 0.055) + 9*math.Exp(-t*7) + 2.6*bell(t, 0.82, 0.05)
	}) {
		label := ""
		if i%8 == 0 {
			label = fmt.Sprint(i * 12)
		}
		b.bars = append(b.bars, bar{label, v, float64(i) > 0.78*40})
	}
	return b
}

func arrivalError() columns {
	b := columns{title: "Estimate minus arrival", subtitle: "seconds, eleven months later", unit: "%", top: 20, plain: true}
	for i, v := range noisy(32, 31, 0.05, func(t float64) float64 { return 18*bell(t, 0.5, 0.12) + 0.6*bell(t, 0.7, 0.25) }) {
		label := ""
		if i%5 == 0 {
			label = fmt.Sprint((i - 15) * 8)
		}
		b.bars = append(b.bars, bar{label, v, false})
	}
	return b
}

// drawJitter shows two histograms one above the other.
func drawJitter() image.Image {
	c := newPicture("Retries after an outage", "requests per 250 ms, thirty seconds")
	for half, title := range []string{"no jitter", "full jitter"} {
		base := 370 + float64(half)*235
		c.rect(90, base, 1030, 3, ink)
		for i, v := range noisy(uint64(33+half), 120, 0.12, func(t float64) float64 {
			if half == 1 {
				return 46 * bell(t, 0.35, 0.36)
			}
			return 165 * math.Exp(-t*1.3) * math.Pow(math.Abs(math.Cos(t*math.Pi*15)), 24)
		}) {
			col := brick
			if half == 1 {
				col = verdigris
			}
			c.rect(92+float64(i)*8.55, base-max(v, 1), 6.5, max(v, 1), col)
		}
		c.right(bold, 24, 1116, base-150, ink, title)
	}
	return c.img
}

func pagerMap() heatmap {
	noise := noisy(36, 7*24, 0.5, func(float64) float64 { return 0.13 })
	return heatmap{title: "When the pager rang", subtitle: "pages by weekday and hour, before the review", columns: 24, rows: 7, hot: brick,
		rowLabels:    []string{"Mon", "Tue", "Wed", "Thu", "Fri", "Sat", "Sun"},
		columnLabels: []string{"00", "03", "06", "09", "12", "15", "18", "21"},
		value: func(x, y int) float64 {
			v := math.Abs(noise[x*7+y])
			if x == 2 || x == 3 {
				v += 0.65
			}
			if y == 0 && x >= 7 && x <= 10 {
				v += 0.5
			}
			return min(v, 1)
		}}
}

func streakMap() heatmap {
	noise := noisy(37, 26*7, 0.25, func(float64) float64 { return 0.7 })
	return heatmap{title: "426 days in a row", subtitle: "cards reviewed per day, the last half year", columns: 26, rows: 7, hot: verdigris,
		rowLabels: []string{"M", "", "W", "", "F", "", "S"}, columnLabels: []string{"Feb", "Mar", "Apr", "May", "Jun", "Jul"},
		value: func(x, y int) float64 {
			if x == 10 {
				return 0.12
			}
			return min(max(noise[x*7+y], 0.1), 1)
		},
		outline: func(x, _ int) bool { return x > 20 }}
}

func yearMap() heatmap {
	noise := noisy(38, 40*7, 0.7, func(t float64) float64 { return 0.05 + 0.75*t })
	return heatmap{title: "One year of commits", subtitle: "from the night shift to the merge", columns: 40, rows: 7, hot: verdigris,
		rowLabels: []string{"M", "", "W", "", "F", "", "S"}, columnLabels: []string{"autumn", "winter", "spring", "summer"},
		value: func(x, y int) float64 { return min(max(noise[x*7+y], 0), 1) }}
}
