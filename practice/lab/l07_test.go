package lab

import (
	"context"
	"errors"
	"fmt"
	"math"
	"slices"
	"strconv"
	"strings"
	"testing"
	"time"
)

func (c *cpuCase) right() cpuAnswer {
	return cpuAnswer{function: c.function, share: 92, cause: c.cause, growth: c.growth, fix: c.fix}
}

func (x cpuAnswer) answer() Answer {
	return Answer{"function": x.function, "share": strconv.FormatFloat(x.share, 'f', -1, 64), "cause": x.cause, "growth": strconv.Itoa(x.growth), "fix": x.fix}
}

// cpuSeeds has a seed for each fault.
func cpuSeeds() map[string]uint64 {
	found := map[string]uint64{}
	for seed := uint64(0); len(found) < len(cpuFaults()); seed++ {
		if f := newCPUCase(seed).function; found[f] == 0 {
			found[f] = seed + 1
		}
	}
	for f := range found {
		found[f]--
	}
	return found
}

// An answer that is right passes with every fault, measured on the real
// program; what is too noisy to tell may be sent again, as a member would.
func TestL07RightAnswersPass(t *testing.T) {
	for name, seed := range cpuSeeds() {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			r := patient(t, seed, newCPUCase(seed).right().answer())
			if points, most := r.Points(); !r.Passed || points < 90 || most != 100 {
				t.Errorf("%d of %d: %+v", points, most, lost(r))
			}
			for _, c := range r.Charts {
				checkChart(t, c)
			}
		})
	}
}

// patient grades until the machine is quiet enough.
func patient(t *testing.T, seed uint64, a Answer) *Report {
	t.Helper()
	for range 5 {
		if r := grade(t, highCPU(), seed, a); !r.Void {
			return r
		}
	}
	t.Fatalf("seed %d: too noisy five times", seed)
	return nil
}

// A change that mends nothing is seen by what it does not save.
func TestL07WrongFixes(t *testing.T) {
	for fault, fix := range map[string]string{"unique": fixParallel, "render": fixGarbage, "screen": fixBuilder} {
		t.Run(fault, func(t *testing.T) {
			t.Parallel()
			seed := cpuSeeds()[fault]
			r := patient(t, seed, with(newCPUCase(seed).right().answer(), "fix", fix))
			if p := r.Parts[4]; p.Points != 0 || r.Passed || !strings.Contains(p.Text, "With the right change") {
				t.Errorf("%+v", r.Parts)
			}
		})
	}
}

// made are runs as they would be measured.
func (c *cpuCase) made(gained float64) *cpuRuns {
	of := func(d time.Duration) *cpuRun {
		return &cpuRun{Requests: 10, CPU: 10 * d, Answer: "x", Stacks: []stack{
			{[]string{"app.serve", "app.handle", "app." + c.broken, "runtime.memmove"}, 90}, {[]string{"app.serve", "app.handle", "app.parse"}, 6}, {[]string{background, "runtime.gcBgMarkWorker"}, 4}}}
	}
	before := 100 * time.Millisecond
	return &cpuRuns{before: of(before), after: of(time.Duration(float64(before) / gained)), good: of(before / 20)}
}

func TestL07Report(t *testing.T) {
	t.Parallel()
	for name, seed := range cpuSeeds() {
		c := newCPUCase(seed)
		right := c.right()
		if r := c.report(right, c.made(20)); !r.Passed || r.Void {
			t.Errorf("%s: %+v", name, lost(r))
		}
		for _, w := range []struct {
			part   int
			passes bool
			gained float64
			change func(x *cpuAnswer)
		}{
			{0, false, 20, func(x *cpuAnswer) { x.function = "handle" }}, {0, false, 20, func(x *cpuAnswer) { x.function = "sign" }},
			{1, true, 20, func(x *cpuAnswer) { x.share = 50 }}, {1, true, 20, func(x *cpuAnswer) { x.share = 77 }},
			{2, false, 20, func(x *cpuAnswer) { x.cause = causeGarbage }}, {2, false, 20, func(x *cpuAnswer) { x.cause = causeTraffic }},
			{3, true, 20, func(x *cpuAnswer) { x.growth = 8 }},
			{4, false, 1.1, func(x *cpuAnswer) { x.fix = fixServer }}, {4, false, .7, func(x *cpuAnswer) { x.fix = fixParallel }}, {4, false, 2.4, func(x *cpuAnswer) { x.fix = fixGarbage }},
		} {
			x := right
			w.change(&x)
			r := c.report(x, c.made(w.gained))
			if p := r.Parts[w.part]; p.Points != 0 || len(lost(r)) != 1 || r.Passed != w.passes || p.Text == "" {
				t.Errorf("%s %+v: passed %v, %+v", name, x, r.Passed, r.Parts)
			}
		}
	}
}

// What a noisy machine makes of a run is not graded.
func TestL07Noise(t *testing.T) {
	t.Parallel()
	c := newCPUCase(1)
	slow, other, few := c.made(20), c.made(20), c.made(20)
	slow.good, other.after.Answer, few.before.Stacks = slow.before, "y", few.before.Stacks[2:]
	for why, runs := range map[string]*cpuRuns{"less than a fix": c.made(3.4), "more than none": slow, "differ": other, "4 samples": few} {
		r := c.report(c.right(), runs)
		if points, _ := r.Points(); !r.Void || r.Passed || points != 0 || !strings.Contains(r.Parts[0].Text, why) {
			t.Errorf("%s: %+v", why, r.Parts)
		}
	}
}

// Both ways of each function come to the same.
func TestL07FixesChangeNoAnswer(t *testing.T) {
	t.Parallel()
	for _, seed := range cpuSeeds() {
		c := newCPUCase(seed)
		c.products = 50
		answers := map[string]bool{}
		for _, fix := range []string{"", c.fix, fixParallel} {
			p, err := newProgram(c, fix, 200)
			if err != nil {
				t.Fatal(err)
			}
			answer, _ := p.serve()
			answers[answer] = true
		}
		if len(answers) != 1 {
			t.Errorf("%s: %v", c.broken, answers)
		}
	}
}

func TestL07Task(t *testing.T) {
	t.Parallel()
	l, texts := highCPU(), map[string]bool{}
	for name, seed := range cpuSeeds() {
		c := newCPUCase(seed)
		code := c.code()
		if texts[code] || strings.Contains(code, "1(") || strings.Contains(code, "2(") || strings.Contains(code, "noinline") || strings.Count(code, "\nfunc ") != 8 {
			t.Errorf("%s:\n%s", name, code)
		}
		texts[code] = true
	}
	task := prepare(t, l, 1)
	c := newCPUCase(1)
	// The function is the widest of those that do not only call others.
	rows := task.Tables[1].Rows
	if i := slices.IndexFunc(rows, func(r []string) bool { return r[0] == "app."+c.broken }); i < 0 || i > 2 {
		t.Errorf("%s is not at the top: %v", c.broken, rows)
	}
	if len(task.Fields) != 5 || task.Charts[0].Kind != Flame || len(task.Tables[0].Rows) < 3 {
		t.Errorf("%+v", task)
	}
}

func TestL07Profile(t *testing.T) {
	t.Parallel()
	p := newCPUProfile([]stack{{[]string{"app.serve", "app.rank", "slices.sort", "slices.sort"}, 6}, {[]string{"app.serve", "app.rank"}, 2}, {[]string{"app.serve", "app.sign"}, 1}, {[]string{background, "runtime.gc"}, 1}})
	if p.samples != 10 || p.cum["slices.sort"] != 6 || p.flat["slices.sort"] != 6 || p.flat["app.rank"] != 2 || p.share("app.rank") != .8 || p.share("app.none") != 0 {
		t.Errorf("%+v", p)
	}
	c := p.flame("x")
	checkChart(t, c)
	var got []string
	for _, f := range c.Frames {
		got = append(got, fmt.Sprintf("%d %.1f+%.1f %s %s", f.Depth, f.From, f.Share, f.Name, f.Group))
	}
	want := []string{"0 0.0+0.9 app.serve own", "1 0.0+0.8 app.rank own", "2 0.0+0.6 slices.sort library", "3 0.0+0.6 slices.sort library", "1 0.8+0.1 app.sign own",
		"0 0.9+0.1 runtime: garbage collector and scheduler runtime", "1 0.9+0.1 runtime.gc runtime"}
	if !slices.Equal(got, want) {
		t.Errorf("%q", got)
	}
	for in, out := range map[string]string{
		"github.com/guildhall/guildhall/practice/lab.(*program).unique1.func1": "app.unique.func1", "github.com/guildhall/guildhall/practice/lab.(*program).serve": "app.serve",
		"slices.ContainsFunc[...]": "slices.ContainsFunc", "slices.insertionSortCmpFunc[go.shape.struct { github.com/guildhall/guildhall/practice/lab.id []string }].func1": "slices.insertionSortCmpFunc.func1",
		"github.com/guildhall/guildhall/practice/lab.dearest": "app.dearest", "github.com/guildhall/guildhall/practice/lab.(*program).parse-range1": "app.parse-range1", "regexp/syntax.(*parser).push": "syntax.(*parser).push", "runtime.memmove": "runtime.memmove",
	} {
		if got := functionName(in); got != out {
			t.Errorf("%s: %s", in, got)
		}
	}
	empty := newCPUProfile(nil)
	if math.IsNaN(empty.share("x")) || len(empty.flame("x").Frames) != 0 {
		t.Error("a profile of nothing")
	}
}

func TestL07Hostile(t *testing.T) {
	t.Parallel()
	seed := cpuSeeds()["screen"]
	a := newCPUCase(seed).right().answer()
	for _, f := range newCPUCase(seed).fields() {
		for _, v := range []string{"", "NaN", "-1", "101", "1e400", "\x00", "<script>", strings.Repeat("9", 1<<20)} {
			if r := grade(t, highCPU(), seed, with(a, f.Name, v)); !r.Void || r.Passed || !strings.Contains(r.Parts[0].Text, f.Label) {
				t.Errorf("%s %.20q: %+v", f.Name, v, r.Parts)
			}
		}
	}
	if r := grade(t, highCPU(), seed, nil); !r.Void {
		t.Errorf("%+v", r.Parts)
	}
}

func TestL07InItsProcess(t *testing.T) {
	nothingLeft(t)
	r := runner(t, &Runner{Time: time.Minute})
	seed := cpuSeeds()["lookup"]
	if task, err := r.Prepare(t.Context(), "L07", seed); err != nil || len(task.Fields) != 5 {
		t.Fatalf("%+v %v", task, err)
	}
	for range 5 {
		report, err := r.Grade(t.Context(), "L07", seed, newCPUCase(seed).right().answer())
		if err != nil || !report.Void && !report.Passed {
			t.Fatalf("%+v %v", report, err)
		}
		if report.Passed {
			return
		}
	}
	t.Error("too noisy five times")
}

// A program that would run for an hour ends with who waits for it.
func TestL07LongRunIsStopped(t *testing.T) {
	ctx, cancel := context.WithTimeout(t.Context(), 200*time.Millisecond)
	defer cancel()
	if _, err := newCPUCase(1).measure(ctx, cpuArgs{Budget: time.Hour}); !errors.Is(err, context.DeadlineExceeded) {
		t.Error(err)
	}
}
