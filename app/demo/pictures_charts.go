package demo

import (
	"image"
	"math"
)

// chartPictures are the charts that posts show, by the name that content/ uses.
func chartPictures() map[string]func() image.Image {
	return map[string]func() image.Image{
		"table-bloat": lineChart{title: "orders: size on disk", subtitle: "primary, Friday to Monday", unit: "GB", top: 80,
			labels: []string{"Thu", "Fri", "Sat", "Sun", "Mon"}, events: []event{{0.38, "report starts"}},
			lines: []series{{"table size", brick, noisy(1, 90, 0.012, func(t float64) float64 { return ramp(t, 0.38, 1, 3, 70) }), false}}}.draw,
		"pool-size": lineChart{title: "More connections, slower answers", subtitle: "p99 by pool size, 16 cores", unit: "ms", top: 1000,
			labels: []string{"10", "40", "100", "200", "300", "400"},
			lines: []series{{"p99", verdigris, noisy(2, 40, 0.03, func(t float64) float64 {
				return 110 + 420*math.Exp(-t*22) + 790*t*t
			}), false}}}.draw,
		"replication-lag": lineChart{title: "Replica lag", subtitle: "one day, nightly batch included", unit: "s", top: 16,
			labels: []string{"00", "04", "08", "12", "16", "20", "24"}, events: []event{{0.13, "nightly batch"}},
			lines: []series{{"lag", verdigris, noisy(3, 160, 0.12, func(t float64) float64 {
				return 0.12 + 14*bell(t, 0.09, 0.02) + 9*bell(t, 0.13, 0.015) + 12*bell(t, 0.18, 0.02)
			}), false}}}.draw,
		"queue-depth": lineChart{title: "An outage with a progress bar", subtitle: "messages waiting", unit: "msgs", top: 6_000_000,
			labels: []string{"08", "10", "12", "14", "16", "18", "20"}, events: []event{{0.74, "consumers doubled"}},
			lines: []series{{"queue depth", brass, noisy(4, 120, 0.01, func(t float64) float64 {
				return ramp(t, 0.05, 0.74, 40_000, 4_100_000)*(1+0.05*math.Sin(t*40)) - ramp(t, 0.74, 0.98, 0, 4_050_000)
			}), false}}}.draw,
		"stampede": lineChart{title: "Every hour, on the hour", subtitle: "database queries per second after a deploy", unit: "q/s", top: 12_000,
			labels: []string{"+0h", "+1h", "+2h", "+3h", "+4h"},
			lines: []series{
				{"before", brick, noisy(5, 200, 0.05, func(t float64) float64 {
					return 900 + 10_000*(bell(t, 0.25, 0.008)+bell(t, 0.5, 0.008)+bell(t, 0.75, 0.008)+bell(t, 0.995, 0.008))
				}), false},
				{"jitter and one flight per key", verdigris, noisy(6, 200, 0.07, func(float64) float64 { return 1150 }), false}}}.draw,
		"goroutines": lineChart{title: "runtime.NumGoroutine()", subtitle: "three days and one missing Close", unit: "count", top: 16_000,
			labels: []string{"Mon", "Tue", "Wed", "Thu"}, events: []event{{0.86, "close body on error"}},
			lines: []series{{"goroutines", brick, noisy(7, 120, 0.02, func(t float64) float64 {
				if t > 0.86 {
					return 210
				}
				return ramp(t, 0, 0.86, 200, 14_000)
			}), false}}}.draw,
		"gc-sawtooth": lineChart{title: "Look at the lower edge", subtitle: "heap use over six hours", unit: "GB", top: 6,
			labels: []string{"0 h", "1 h", "2 h", "3 h", "4 h", "5 h", "6 h"},
			lines: []series{
				{"heap", verdigris, noisy(8, 240, 0.01, func(t float64) float64 { return 1.2 + 2.4*t + 1.7*math.Mod(t*18, 1) }), false},
				{"after full GC", brick, []float64{1.2, 3.6}, true}}}.draw,
	}
}

// moreCharts are line charts as well.
func moreCharts() map[string]func() image.Image {
	return map[string]func() image.Image{
		"nagle": lineChart{title: "Nagle meets delayed ACK", subtitle: "response time of forty requests in a row", unit: "ms", top: 50,
			labels: []string{"1", "10", "20", "30", "40"},
			lines: []series{
				{"before", brick, noisy(9, 40, 0.03, func(t float64) float64 { return 2 + 40*float64(int(math.Round(t*39))%2) }), false},
				{"TCP_NODELAY", verdigris, noisy(10, 40, 0.08, func(float64) float64 { return 2 }), false}}}.draw,
		"error-budget": lineChart{title: "Error budget, 30 days", subtitle: "what is left of 0.1 %", unit: "%", top: 100,
			labels: []string{"1", "6", "12", "18", "24", "30"}, events: []event{{0.4, "deploy"}},
			lines: []series{{"remaining", verdigris, noisy(11, 90, 0.004, func(t float64) float64 {
				return 100 - 42*t - ramp(t, 0.4, 0.43, 0, 40)
			}), false}}}.draw,
		"hpa-inflight": lineChart{title: "CPU was never the point", subtitle: "one hour on Tuesday", unit: "", top: 10_000,
			labels: []string{"10:00", "10:15", "10:30", "10:45", "11:00"}, events: []event{{0.68, "scale on in-flight"}},
			lines: []series{
				{"requests in flight", brick, noisy(12, 120, 0.03, func(t float64) float64 {
					return ramp(t, 0.1, 0.68, 300, 9000) - ramp(t, 0.68, 0.85, 0, 8600)
				}), false},
				{"CPU (20 % of the scale)", brass, noisy(13, 120, 0.04, func(float64) float64 { return 2000 }), false}}}.draw,
		"canary": lineChart{title: "Sorry, O'Briens", subtitle: "error rate during the canary, 1 % of traffic", unit: "%", top: 6,
			labels: []string{"0 min", "2", "4", "6", "8", "10"}, events: []event{{0.78, "automatic rollback"}},
			lines: []series{
				{"canary", brick, noisy(14, 80, 0.05, func(t float64) float64 {
					return 0.1 + ramp(t, 0.45, 0.7, 0, 3.9) - ramp(t, 0.78, 0.82, 0, 3.9)
				}), false},
				{"stable", verdigris, noisy(15, 80, 0.2, func(float64) float64 { return 0.1 }), false}}}.draw,
		"hot-updates": lineChart{title: "fillfactor and HOT updates", subtitle: "index size, two hours of updates", unit: "GB", top: 4,
			labels: []string{"0", "30 min", "1 h", "1 h 30", "2 h"},
			lines: []series{
				{"fillfactor 100", brick, noisy(16, 80, 0.006, func(t float64) float64 { return 1.1 + 1.5*math.Pow(t, 0.8) }), false},
				{"fillfactor 80", verdigris, noisy(17, 80, 0.006, func(float64) float64 { return 1.12 }), false}}}.draw,
		"cost-per-team": costPicture().draw,
	}
}

func costPicture() lineChart {
	l := lineChart{title: "Prices on the dashboard", subtitle: "weekly cost per service", unit: "EUR", top: 1200,
		labels: []string{"w1", "w3", "w5", "w7", "w9"}, events: []event{{0.28, "prices shown"}}}
	for i, s := range []struct {
		name string
		cost float64
	}{{"search", 1080}, {"logs", 840}, {"billing", 610}, {"mail", 380}, {"images", 220}} {
		col := [...]series{{col: verdigris}, {col: brick}, {col: brass}, {col: plum}, {col: sage}}[i].col
		l.lines = append(l.lines, series{s.name, col, noisy(uint64(20+i), 30, 0.012, func(t float64) float64 {
			return s.cost * ramp(t, 0.28, 0.9, 1, 0.62+0.06*float64(i))
		}), false})
	}
	return l
}
