package lab

import (
	"context"
	"fmt"
	"math"
	"slices"
	"strconv"
	"time"
)

const (
	beforeBudget = 500 * time.Millisecond // of CPU
	afterBudget  = 300 * time.Millisecond
	curveBudget  = 60 * time.Millisecond

	wantedGain  = 5.0 // times less CPU
	noGain      = 2.5 // what lies between the two is noise: right fixes gain 10 and more, others nothing
	leastSample = 20  // of a profile that says something
)

// cpuAnswer is an answer as it was read.
type cpuAnswer struct {
	function, cause, fix string
	share                float64 // in percent
	growth               int
}

// cpuRuns are the runs of a grade.
type cpuRuns struct {
	before, after, good *cpuRun // good: with the right fix
	curve               []Series
}

func gradeCPU(ctx context.Context, seed uint64, a Answer) (*Report, error) {
	c := newCPUCase(seed)
	f := readForm(c.fields(), a)
	x := cpuAnswer{function: f.choice("function"), share: f.number("share", 0, 100), cause: f.choice("cause"), fix: f.choice("fix")}
	x.growth, _ = strconv.Atoi(f.choice("growth")) // an option is a number; none is noted
	if r := f.unread(100); r != nil {
		return r, nil
	}
	runs, err := c.runs(ctx, x.fix)
	if err != nil {
		return nil, err
	}
	return c.report(x, runs), nil
}

// runs measures the program as it is, with a fix, and with the right one.
func (c *cpuCase) runs(ctx context.Context, fix string) (*cpuRuns, error) {
	r := &cpuRuns{}
	var err error
	if r.before, err = c.measure(ctx, cpuArgs{Budget: beforeBudget, Profile: true}); err != nil {
		return nil, err
	}
	if r.after, err = c.measure(ctx, cpuArgs{Budget: afterBudget, Fix: fix, Profile: true}); err != nil {
		return nil, err
	}
	r.good = r.after
	if fix != c.fix {
		if r.good, err = c.measure(ctx, cpuArgs{Budget: afterBudget, Fix: c.fix}); err != nil {
			return nil, err
		}
	}
	for _, s := range []struct {
		name, fix string
		whole     *cpuRun
	}{{"as it was", "", r.before}, {"mended", c.fix, r.good}} {
		line := Series{Name: s.name}
		for _, part := range []int{4, 2} {
			run, err := c.measure(ctx, cpuArgs{Budget: curveBudget, Fix: s.fix, Rows: c.rows / part})
			if err != nil {
				return nil, err
			}
			line.Points = append(line.Points, [2]float64{float64(c.rows / part), milli(run)})
		}
		r.curve = append(r.curve, Series{s.name, append(line.Points, [2]float64{float64(c.rows), milli(s.whole)})})
	}
	return r, nil
}

// milli is the CPU time of a request in ms.
func milli(r *cpuRun) float64 { return float64(r.perRequest()) / 1e6 }

func gain(before, after *cpuRun) float64 {
	return float64(before.perRequest()) / float64(max(after.perRequest(), 1))
}

// report looks at an answer and its runs.
func (c *cpuCase) report(x cpuAnswer, r *cpuRuns) *Report {
	p, gained := newCPUProfile(r.before.Stacks), gain(r.before, r.after)
	if why := c.noise(p, r, gained); why != "" {
		return &Report{Void: true, Parts: []Part{{Name: "Run", Max: 100, Text: "The runs were too noisy to tell: " + why + " Send the answer again."}}}
	}
	report := &Report{Parts: []Part{c.gradeFunction(x.function), c.gradeShare(x.share, p), c.gradeCause(x.cause), c.gradeGrowth(x.growth), c.gradeFix(x.fix, gained, r)}}
	points, _ := report.Points()
	report.Passed = points >= 85
	for _, i := range []int{0, 2, 4} { // function, cause, fix
		report.Passed = report.Passed && report.Parts[i].Points == report.Parts[i].Max
	}
	after := newCPUProfile(r.after.Stacks)
	report.Charts = []Chart{
		{Kind: Bars, Title: "CPU time of a request", Y: "ms", Labels: []string{"as it was", "with your change", "a good answer"},
			Series: []Series{{Name: "ms", Points: [][2]float64{{0, milli(r.before)}, {1, milli(r.after)}, {2, milli(r.good)}}}}},
		{Kind: Lines, Title: "CPU time by the size of a request", X: "rows", Y: "ms", Series: r.curve},
	}
	if after.samples >= leastSample {
		report.Charts = append(report.Charts, after.flame("Flame graph with your change"))
		report.Tables = after.tables()[1:]
	}
	return report
}

// noise says what in the runs cannot be true, or nothing.
func (c *cpuCase) noise(p *cpuProfile, r *cpuRuns, gained float64) string {
	switch {
	case r.after.Answer != r.before.Answer:
		return "the answers of the program differ."
	case p.samples < leastSample:
		return fmt.Sprintf("the profile has %d samples only.", p.samples)
	case gained > noGain && gained < wantedGain, gain(r.before, r.good) < wantedGain:
		return "the CPU time of a request changed less than a fix changes it, and more than none does."
	}
	return ""
}

func (c *cpuCase) gradeFunction(name string) Part {
	const title, most = "Function", 25
	switch name {
	case c.broken:
		return part(title, most, true, "app.%s: nearly all of the CPU is spent in it and in what it calls.", name)
	case "serve", "handle":
		return part(title, most, false, "Nearly all of the CPU is spent below app.%s, but it only calls others. Go up the flame graph to the last function of the program that is still wide: app.%s.", name, c.broken)
	}
	return part(title, most, false, "Not app.%s, which is narrow in the flame graph: app.%s is the last function of the program that is still wide. What is on top of it is only called by it.", name, c.broken)
}

func (c *cpuCase) gradeShare(share float64, p *cpuProfile) Part {
	is := 100 * p.share("app."+c.broken)
	return part("Part of the CPU", 10, math.Abs(share-is) <= l07Share, "In the run for this grade app.%s has %s %% of the CPU, with all that it calls (column cum); you said %s %%. More than that no change of it can save.", c.broken, figure(is), figure(share))
}

func (c *cpuCase) gradeCause(cause string) Part {
	const title, most = "Cause", 20
	right := optionOf(c.fields(), "cause", c.cause)
	switch {
	case cause == c.cause:
		return part(title, most, true, "%s.", right)
	case cause == causeGarbage:
		return part(title, most, false, "The garbage collector is a small part of the profile, or a result: %s.", lowerFirst(right))
	case cause == causeTraffic:
		return part(title, most, false, "The traffic is that of the others; a request has become dear: %s.", lowerFirst(right))
	case cause == causeLock:
		return part(title, most, false, "Who waits for a lock uses no CPU, and is not in this profile: %s.", lowerFirst(right))
	}
	return part(title, most, false, "The code of app.%s says: %s.", c.broken, lowerFirst(right))
}

func (c *cpuCase) gradeGrowth(times int) Part {
	why := "the work for a row stays the same, and there are twice as many."
	if c.growth == 4 {
		why = "there are twice as many rows, and each is twice the work, as it looks at the others."
	}
	return part("Growth", 10, times == c.growth, "With twice the rows it takes about %d times as much: %s The chart shows it.", c.growth, why)
}

func (c *cpuCase) gradeFix(fix string, gained float64, r *cpuRuns) Part {
	const title, most = "Five times less CPU", 35
	measured := fmt.Sprintf("A request takes %s ms of CPU instead of %s", figure(milli(r.after)), figure(milli(r.before)))
	if gained >= wantedGain {
		return part(title, most, true, "%s: %s times less.", measured, figure(gained))
	}
	why := "It changes a function that takes little."
	switch fix {
	case fixParallel:
		why = "Work that is spread is as much work as before."
	case fixGarbage:
		why = "Little of the time is spent on collecting garbage."
	case fixServer:
		why = "Two servers share the cost, and pay it all the same; twice the rows and they are full again."
	}
	return part(title, most, false, "%s. %s With the right change it takes %s: %s.", measured, why, figure(milli(r.good)), lowerFirst(optionOf(c.fields(), "fix", c.fix)))
}

// optionOf is the label of an option of a field.
func optionOf(fields []Field, name, value string) string {
	f := fields[slices.IndexFunc(fields, func(f Field) bool { return f.Name == name })]
	return f.Options[slices.IndexFunc(f.Options, func(o Option) bool { return o.Value == value })].Label
}

// lowerFirst begins a text with a small letter.
func lowerFirst(s string) string {
	if s == "" {
		return s
	}
	return string(s[0]|0x20) + s[1:]
}
