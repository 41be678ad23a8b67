package lab

import (
	"math"
	"testing"
)

// erlangC is the mean wait of M/M/c theory, in units of the mean service time.
func erlangC(c int, rho float64) float64 {
	a := float64(c) * rho
	blocked := 1.0 // Erlang B, by its recursion: no factorials that overflow
	for k := 1; k <= c; k++ {
		blocked = a * blocked / (float64(k) + a*blocked)
	}
	waits := blocked / (1 - rho*(1-blocked))
	return waits / (float64(c) * (1 - rho))
}

func TestErlangC(t *testing.T) {
	// By hand: M/M/1 waits rho/(1-rho); M/M/2 waits rho²/(1-rho²).
	for _, rho := range []float64{.5, .9} {
		if got, want := erlangC(1, rho), rho/(1-rho); math.Abs(got-want) > 1e-12 {
			t.Errorf("M/M/1 at %v: %v, want %v", rho, got, want)
		}
		if got, want := erlangC(2, rho), rho*rho/(1-rho*rho); math.Abs(got-want) > 1e-12 {
			t.Errorf("M/M/2 at %v: %v, want %v", rho, got, want)
		}
	}
}

// The simulator against theory: the mean wait of M/M/c lies inside the 99 % interval
// that batch means give.
func TestPlantIsWhatTheorySays(t *testing.T) {
	t.Parallel()
	const batches, student = 20, 2.861 // Student's t for 99 %, 19 degrees of freedom
	for _, c := range []int{1, 4, 16} {
		for _, rho := range []float64{.5, .7, .8, .9, .95} {
			count := 1_000_000
			if rho > .85 { // waits hang together for longer
				count = 1_600_000
			}
			p := &plant{rate: rho * float64(c), web: pool{workers: c, mean: 1}}
			waits := p.run(count, dice(1, uint64(c)*1000+uint64(rho*100))).waits
			waits = waits[len(waits)/10:] // it began empty
			size, means := len(waits)/batches, make([]float64, batches)
			for i := range means {
				means[i] = mean(waits[i*size : (i+1)*size])
			}
			m, sum := mean(means), 0.0
			for _, x := range means {
				sum += (x - m) * (x - m)
			}
			half := student * math.Sqrt(sum/(batches-1)/batches)
			if want := erlangC(c, rho); math.Abs(m-want) > half || half > 0.25*want {
				t.Errorf("c=%d, load %v: mean wait %.4f ± %.4f, theory %.4f", c, rho, m, half, want)
			}
		}
	}
}

func TestPlantKeepsItsBooks(t *testing.T) {
	p := &plant{rate: 2, web: pool{workers: 3, mean: 1}, db: pool{workers: 2, mean: 2}, miss: .3}
	f := p.run(100_000, dice(1, 1))
	if len(f.times) != 100_000 || f.overload || !near(f.busy[0], 2.0/3, .02) || !near(f.busy[1], 2*.3*2/2, .02) {
		t.Errorf("%d answers, busy %v", len(f.times), f.busy)
	}
	if got := mean(f.times) - mean(f.waits); !near(got, 1+.3*2, .02) {
		t.Errorf("%v ms of work for a request", got)
	}
	p.db.workers = 1 // 1.2 of its capacity
	if f := p.run(2_000_000, dice(1, 1)); !f.overload {
		t.Error("a queue that grows without end is not noticed")
	}
	var q ring
	for i := range int32(1000) {
		q.push(2 * i)
		q.push(2*i + 1)
		if id, ok := q.pop(); !ok || id != i {
			t.Fatalf("ring gave %d for %d", id, i)
		}
	}
}

// BenchmarkMillion is 1,000,000 arrivals; the bar is half a second.
func BenchmarkMillion(b *testing.B) {
	b.ReportAllocs()
	p := &plant{rate: .8 * 16, web: pool{workers: 16, mean: 1}, db: pool{workers: 8, mean: 1.5}, miss: .3}
	for b.Loop() {
		if f := p.run(1_000_000, dice(1, 1)); f.overload {
			b.Fatal("overload")
		}
	}
}
