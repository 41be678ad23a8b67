package lab

import (
	"fmt"
	"testing"

	"github.com/guildhall/guildhall/internal/balance"
)

// rightBalance is what an expert would answer.
func rightBalance(t *testing.T, seed uint64) (Answer, *balanceCase) {
	t.Helper()
	c, err := newBalanceCase(seed)
	if err != nil {
		t.Fatal(err)
	}
	if err := c.measure(seed); err != nil {
		t.Fatal(err)
	}
	policy := balance.LeastConnections
	if c.fails {
		policy = balance.WeightedRoundRobin
	}
	return Answer{"p99": fmt.Sprint(c.healthy.p(.99)), "diverges": c.diverges, "weights": list(c.fit), "policy": string(policy)}, c
}

func TestBalanceRight(t *testing.T) {
	t.Parallel()
	diverges, failing := map[string]int{}, 0
	for seed := range uint64(seeds) {
		a, c := rightBalance(t, seed)
		r := passes(t, loadBalancing(), seed, a)
		for _, chart := range r.Charts {
			checkChart(t, chart)
		}
		diverges[c.diverges]++
		if c.fails {
			failing++
		}
		if len(r.Charts[0].Series) != 3 {
			t.Errorf("seed %d: %d policies drawn", seed, len(r.Charts[0].Series))
		}
	}
	if len(diverges) != 4 || failing < 2 || failing > seeds-2 {
		t.Errorf("of %d seeds: %v, %d where a server fails: attempts are too much alike", seeds, diverges, failing)
	}
}

func TestBalanceWrong(t *testing.T) {
	t.Parallel()
	l := loadBalancing()
	for seed := range uint64(seeds / 2) {
		a, c := rightBalance(t, seed)
		fails(t, l, seed, with(a, "p99", fmt.Sprint(c.healthy.p(.95))), "Reading p99", "at most")
		wrong := divergesBoth
		if c.diverges == wrong {
			wrong = divergesNone
		}
		fails(t, l, seed, with(a, "diverges", wrong), "Which queue grows", "You foresaw something else")
		if c.fails {
			fails(t, l, seed, with(a, "policy", string(balance.LeastConnections)), "Targets", "fails fast")
			fails(t, l, seed, with(a, "policy", string(balance.RoundRobin)), "Targets", "error")
			fails(t, l, seed, with(a, "weights", list(c.old)), "Weights", "error")
			continue
		}
		if c.diverges == divergesRR || c.diverges == divergesBoth {
			fails(t, l, seed, with(a, "policy", string(balance.RoundRobin)), "Stability", "grows without end")
		}
		if c.diverges == divergesOld || c.diverges == divergesBoth {
			fails(t, l, seed, with(a, "weights", list(c.old)), "Weights", "at its worst")
			fails(t, l, seed, with(with(a, "weights", list(c.old)), "policy", string(balance.WeightedRoundRobin)), "Stability", "grows without end")
		}
		fails(t, l, seed, with(a, "policy", string(balance.RoundRobin)), "Targets", "p99")
	}
}

func TestBalanceHostile(t *testing.T) {
	t.Parallel()
	for seed := range uint64(2) {
		a, _ := rightBalance(t, seed)
		withstands(t, loadBalancing(), seed, a)
		zeros := "0"
		for range prepare(t, loadBalancing(), seed).Tables[0].Rows[1:] {
			zeros += ",0"
		}
		fails(t, loadBalancing(), seed, with(a, "weights", zeros), "Answer", "no server is left")
	}
}

func TestBalanceSeeds(t *testing.T) {
	t.Parallel()
	sameSeedSameTask(t, loadBalancing(), func(seed uint64) Answer { a, _ := rightBalance(t, seed); return a })
}

func BenchmarkGradeBalance(b *testing.B) {
	c, err := newBalanceCase(1)
	if err != nil {
		b.Fatal(err)
	}
	a := Answer{"p99": "1", "diverges": "none", "weights": list(c.fit), "policy": "round-robin"}
	for b.Loop() {
		if _, err := loadBalancing().Grade(b.Context(), 1, a); err != nil {
			b.Fatal(err)
		}
	}
}
