package lab

import (
	"fmt"
	"testing"
)

// rightCapacity is what an expert would answer.
func rightCapacity(t *testing.T, seed uint64) (Answer, *capacityCase, size) {
	t.Helper()
	c := newCapacityCase(seed)
	c.aim()
	s, err := c.least()
	if err != nil {
		t.Fatal(err)
	}
	return Answer{"rate": fmt.Sprint(1.05 * c.rate()), "queries": fmt.Sprint(c.rate() * c.miss(s.cache)), "bandwidth": fmt.Sprint(c.rate() * c.kilobytes * 8 / 1e6),
		"web": fmt.Sprint(s.web), "db": fmt.Sprint(s.db), "cache": fmt.Sprint(s.cache)}, c, s
}

func TestCapacityRight(t *testing.T) {
	t.Parallel()
	caches := map[int]bool{}
	for seed := range uint64(seeds) {
		a, _, s := rightCapacity(t, seed)
		for _, chart := range passes(t, capacityPlan(), seed, a).Charts {
			checkChart(t, chart)
		}
		caches[s.cache] = true
	}
	if len(caches) < 3 {
		t.Errorf("the best cache is one of %v: attempts are too much alike", caches)
	}
}

func TestCapacityWrong(t *testing.T) {
	t.Parallel()
	l := capacityPlan()
	for seed := range uint64(2) {
		a, c, s := rightCapacity(t, seed)
		fails(t, l, seed, with(a, "rate", fmt.Sprint(c.rate()/c.peak)), "Requests a second", "86,400")
		fails(t, l, seed, with(a, "bandwidth", fmt.Sprint(c.rate()*c.kilobytes/1e6)), "Bandwidth", "8 bits")
		if reads := c.rate() * (1 - c.hits(s.cache)); !near(reads, c.rate()*c.miss(s.cache), l03Rate) {
			fails(t, l, seed, with(a, "queries", fmt.Sprint(reads)), "Database requests", "Writes do not ask the cache")
		}
		need := int(c.rate()/1000*c.web.mean/float64(c.web.workers)) + 1 // no room at all
		fails(t, l, seed, with(a, "web", fmt.Sprint(need)), "Busy shares", "the bound is 70 %")
		fails(t, l, seed, with(a, "web", fmt.Sprint(need-1)), "p99", "grows without end")
		fails(t, l, seed, with(a, "db", "1"), "Loss of a server", "")
		fails(t, l, seed, with(a, "db", fmt.Sprint(3*s.db+10)), "Cost", "cheapest plant that was found")
		fails(t, l, seed, with(a, "web", "1000"), "Cost", "cheapest plant that was found")
	}
}

func TestCapacityHostile(t *testing.T) {
	t.Parallel()
	for seed := range uint64(2) {
		a, _, _ := rightCapacity(t, seed)
		withstands(t, capacityPlan(), seed, a)
		fails(t, capacityPlan(), seed, with(a, "web", "2.5"), "Answer", "whole number")
		fails(t, capacityPlan(), seed, with(a, "db", "1001"), "Answer", "must lie within 1 and 1000")
		grade(t, capacityPlan(), seed, with(with(a, "web", "1000"), "db", "1000"))
		grade(t, capacityPlan(), seed, with(with(a, "web", "1"), "db", "1"))
	}
}

func TestCapacitySeeds(t *testing.T) {
	t.Parallel()
	sameSeedSameTask(t, capacityPlan(), func(seed uint64) Answer { a, _, _ := rightCapacity(t, seed); return a })
}

func BenchmarkGradeCapacity(b *testing.B) {
	for b.Loop() {
		if _, err := capacityPlan().Grade(b.Context(), 1, Answer{"rate": "1", "queries": "1", "bandwidth": "1", "web": "20", "db": "20", "cache": "8"}); err != nil {
			b.Fatal(err)
		}
	}
}
