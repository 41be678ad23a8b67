package lab

import (
	"math/rand/v2"
	"slices"
)

// The fixes that there are. The first five each mend one function.
const (
	fixSet, fixIndex, fixOnce, fixSort, fixBuilder = "set", "index", "once", "sort", "builder"
	fixParallel, fixGarbage, fixServer             = "parallel", "garbage", "server"
)

// The causes that there are.
const (
	causeSeen, causeScan, causeCompile, causeSort, causeCopy = "seen", "scan", "compile", "sort", "copy"
	causeGarbage, causeLock, causeTraffic                    = "garbage", "lock", "traffic"
)

// cpuFault is a way in which the program can be slow.
type cpuFault struct {
	function, cause, fix string
	growth               int // times that its CPU grows when a request has twice the rows
	rows, products       int // with which it takes most of the CPU
}

func cpuFaults() []cpuFault {
	return []cpuFault{
		{"unique", causeSeen, fixSet, 4, 6000, 500}, {"lookup", causeScan, fixIndex, 2, 1500, 5000}, {"screen", causeCompile, fixOnce, 2, 800, 500},
		{"rank", causeSort, fixSort, 4, 3000, 500}, {"render", causeCopy, fixBuilder, 4, 4500, 500},
	}
}

// cpuCase is one attempt's situation.
type cpuCase struct {
	cpuFault
	seed   uint64
	broken string // the function with the fault
}

// newCPUCase makes up the situation of a seed.
func newCPUCase(seed uint64) *cpuCase {
	r := dice(seed, 7)
	c := &cpuCase{cpuFault: pick(r, cpuFaults()), seed: seed}
	c.broken = c.function
	c.rows += c.rows * r.IntN(20) / 100
	c.products += c.products * r.IntN(20) / 100
	return c
}

// cpuFunctions are the program's functions, as they are called.
func cpuFunctions() []string {
	return []string{"serve", "handle", "parse", "unique", "lookup", "screen", "rank", "render", "pack", "sign"}
}

// fields are what is asked for, the options in an order of the seed.
func (c *cpuCase) fields() []Field {
	var functions, growths []Option
	for _, f := range cpuFunctions() {
		functions = append(functions, Option{f, "app." + f})
	}
	for _, g := range []string{"1", "2", "4", "8"} {
		growths = append(growths, Option{g, g + " times as much"})
	}
	growths[0].Label = "as much as before"
	causes := []Option{
		{causeSeen, "For each row it walks through all rows that it has kept so far"}, {causeScan, "For each row it walks through a whole list that never changes"},
		{causeCompile, "For each row it prepares anew what is the same for all"}, {causeSort, "After each row it puts all rows in order again"},
		{causeCopy, "For each row it copies all that it has written so far"}, {causeGarbage, "The garbage collector has too little memory"},
		{causeLock, "Requests wait for a lock"}, {causeTraffic, "There are more requests than usual"},
	}
	fixes := []Option{
		{fixSet, "Remember in a map which ids were seen"}, {fixIndex, "Make a map of the list, once, and look up in it"}, {fixOnce, "Compile the pattern once, when the program starts"},
		{fixSort, "Put the rows in order once, when all are there"}, {fixBuilder, "Write to a strings.Builder, which grows by doubling"},
		{fixParallel, "Answer several requests at once, each on a goroutine of its own"}, {fixGarbage, "Let the heap grow further before it is collected (GOGC=400)"}, {fixServer, "Keep the code, add a second server"},
	}
	shuffle := func(r *rand.Rand, list []Option) []Option {
		r.Shuffle(len(list), func(i, j int) { list[i], list[j] = list[j], list[i] })
		return slices.Clip(list)
	}
	r := dice(c.seed, 71)
	return []Field{
		{Name: "function", Label: "The function to change", Kind: Choice, Max: 20, Options: functions, Help: "Not who calls it, nor what it calls in Go's library."},
		{Name: "share", Label: "Part of the CPU that it takes, with all that it calls, in %", Kind: Number, Max: 10},
		{Name: "cause", Label: "Why it takes so much", Kind: Choice, Max: 20, Options: shuffle(r, causes)},
		{Name: "growth", Label: "With twice the rows in each request, this function takes", Kind: Choice, Max: 5, Options: growths},
		{Name: "fix", Label: "What to change", Kind: Choice, Max: 20, Options: shuffle(r, fixes)},
	}
}
