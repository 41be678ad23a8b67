package balance

import (
	"slices"
	"sync"
	"testing"
)

func balancer(t *testing.T, policy Policy, weights ...int) *Balancer {
	t.Helper()
	b, err := New(policy, weights...)
	if err != nil {
		t.Fatal(err)
	}
	return b
}

// picks takes n times and returns the places; no request ends.
func picks(t *testing.T, b *Balancer, n int) []int {
	t.Helper()
	var got []int
	for range n {
		i, ok := b.Pick()
		if !ok {
			t.Fatal("no backend")
		}
		got = append(got, i)
	}
	return got
}

func TestPicks(t *testing.T) {
	for _, c := range []struct {
		policy  Policy
		weights []int
		want    []int
	}{
		{RoundRobin, []int{1, 1, 1}, []int{0, 1, 2, 0, 1, 2, 0}},
		{RoundRobin, []int{9, 0, 1}, []int{0, 2, 0, 2, 0}},
		{LeastConnections, []int{1, 1, 1}, []int{0, 1, 2, 0, 1, 2}},
		{LeastConnections, []int{1, 0, 5}, []int{0, 2, 0, 2}},
		// nginx's own example, and what the deck shows of be-007.
		{WeightedRoundRobin, []int{5, 1, 1}, []int{0, 0, 1, 0, 2, 0, 0, 0, 0, 1}},
		{WeightedRoundRobin, []int{3, 1, 1}, []int{0, 1, 0, 2, 0, 0, 1}},
		{WeightedRoundRobin, []int{2, 0}, []int{0, 0}},
		{WeightedRoundRobin, []int{7}, []int{0, 0}},
	} {
		if got := picks(t, balancer(t, c.policy, c.weights...), len(c.want)); !slices.Equal(got, c.want) {
			t.Errorf("%s %v: %v, want %v", c.policy, c.weights, got, c.want)
		}
	}
}

func TestWeightedSharesAreExact(t *testing.T) {
	const rounds = 3
	for _, weights := range [][]int{{1, 2, 3, 4}, {10, 1}, {0, 3, 5}, {1000, 999, 1}, {4, 2, 2, 1, 7}} {
		sum := 0
		for _, w := range weights {
			sum += w
		}
		b, count := balancer(t, WeightedRoundRobin, weights...), make([]int, len(weights))
		for _, i := range picks(t, b, rounds*sum) {
			count[i]++
		}
		for i, w := range weights {
			if count[i] != rounds*w {
				t.Errorf("%v: %v picks in %d rounds", weights, count, rounds)
			}
		}
	}
}

func TestLeastConnectionsTakesTheLeast(t *testing.T) {
	b := balancer(t, LeastConnections, 1, 1, 1)
	picks(t, b, 6) // two each
	b.Done(1)
	if got := picks(t, b, 1); got[0] != 1 {
		t.Errorf("took %d, the least had 1", got[0])
	}
	b.Done(2)
	b.Done(2)
	if got := picks(t, b, 2); !slices.Equal(got, []int{2, 2}) {
		t.Errorf("took %v, the least had 2", got)
	}
	if b.InFlight(2) != 2 {
		t.Errorf("%d on their way", b.InFlight(2))
	}
}

func TestLeastConnectionsIsFairAmongEquals(t *testing.T) {
	b, count := balancer(t, LeastConnections, 1, 1, 1, 1), make([]int, 4)
	busy := picks(t, b, 1)[0] // and stays so
	for range 300 {
		i := picks(t, b, 1)[0]
		count[i]++
		b.Done(i)
	}
	for i, n := range count {
		if want := 100; i == busy && n != 0 || i != busy && n != want {
			t.Errorf("backend %d got %d of 300: %v", i, n, count)
		}
	}
}

func TestDrained(t *testing.T) {
	for _, policy := range Policies() {
		b := balancer(t, policy, 1, 1)
		first, _ := b.Pick()
		for i := range 2 {
			if err := b.SetWeight(i, 0); err != nil {
				t.Fatal(err)
			}
		}
		if i, ok := b.Pick(); ok {
			t.Errorf("%s: took %d, which is drained", policy, i)
		}
		b.Done(first) // what was on its way ends as ever
		if err := b.SetWeight(1, 3); err != nil {
			t.Fatal(err)
		}
		if i, ok := b.Pick(); !ok || i != 1 {
			t.Errorf("%s: took %d %v", policy, i, ok)
		}
	}
}

func TestRefused(t *testing.T) {
	for name, f := range map[string]func() (*Balancer, error){
		"policy":   func() (*Balancer, error) { return New("random", 1) },
		"empty":    func() (*Balancer, error) { return New(RoundRobin) },
		"negative": func() (*Balancer, error) { return New(RoundRobin, 1, -1) },
		"huge":     func() (*Balancer, error) { return New(RoundRobin, MaxWeight+1) },
	} {
		if _, err := f(); err == nil {
			t.Errorf("%s: no error", name)
		}
	}
	defer func() {
		if recover() == nil {
			t.Error("Done without Pick went through")
		}
	}()
	balancer(t, RoundRobin, 1).Done(0)
}

func TestManyAtOnce(t *testing.T) {
	for _, policy := range Policies() {
		b := balancer(t, policy, 1, 2, 3)
		var wg sync.WaitGroup
		for range 8 {
			wg.Go(func() {
				for range 1000 {
					if i, ok := b.Pick(); ok {
						b.Done(i)
					}
				}
			})
		}
		wg.Wait()
		for i := range 3 {
			if n := b.InFlight(i); n != 0 {
				t.Errorf("%s: %d still on their way", policy, n)
			}
		}
	}
}
