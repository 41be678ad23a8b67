package lab

import (
	"cmp"
	"fmt"
	"slices"
	"strings"
)

const (
	flameDepth  = 16    // frames above each other that are kept
	flameLeast  = 0.004 // share of the samples that a frame must have
	profileRows = 12    // of the table
	sampleTime  = 10    // ms of CPU that a sample stands for
)

// cpuProfile is what a profile says of functions.
type cpuProfile struct {
	stacks    []stack
	samples   int
	flat, cum map[string]int // samples by function
}

func newCPUProfile(stacks []stack) *cpuProfile {
	p := &cpuProfile{stacks: stacks, flat: map[string]int{}, cum: map[string]int{}}
	for _, s := range stacks {
		p.samples += s.Samples
		p.flat[s.Frames[len(s.Frames)-1]] += s.Samples
		for i, f := range s.Frames {
			if !slices.Contains(s.Frames[:i], f) { // one that calls itself counts once
				p.cum[f] += s.Samples
			}
		}
	}
	return p
}

// share is the part of the CPU that a function takes with all it calls.
func (p *cpuProfile) share(function string) float64 {
	return float64(p.cum[function]) / float64(max(p.samples, 1))
}

// rows makes rows of a table, as pprof's top has them.
func (p *cpuProfile) rows(names []string) [][]string {
	var rows [][]string
	of := func(n int) string { return fmt.Sprintf("%.1f %%", 100*float64(n)/float64(max(p.samples, 1))) }
	for _, f := range names {
		rows = append(rows, []string{f, fmt.Sprintf("%d ms", p.flat[f]*sampleTime), of(p.flat[f]), fmt.Sprintf("%d ms", p.cum[f]*sampleTime), of(p.cum[f])})
	}
	return rows
}

// tables are the functions with the most time of their own, and the program's
// by their time with all that they call.
func (p *cpuProfile) tables() []Table {
	head := []string{"function", "flat", "flat %", "cum", "cum %"}
	var top, own []string
	for f := range p.cum {
		if p.flat[f] > 0 {
			top = append(top, f)
		}
		if strings.HasPrefix(f, "app.") && slices.Contains(cpuFunctions(), f[len("app."):]) {
			own = append(own, f)
		}
	}
	most := func(by map[string]int) func(a, b string) int {
		return func(a, b string) int { return cmp.Or(by[b]-by[a], p.cum[b]-p.cum[a], strings.Compare(a, b)) }
	}
	slices.SortFunc(top, most(p.flat))
	slices.SortFunc(own, most(p.cum))
	return []Table{
		{Title: "Top functions by flat time", Head: head, Rows: p.rows(top[:min(len(top), profileRows)])},
		{Title: "Functions of the program by cumulative time", Head: head, Rows: p.rows(own)},
	}
}

// flame draws the profile as a flame graph.
func (p *cpuProfile) flame(title string) Chart {
	c := Chart{Kind: Flame, Title: title, X: "part of the CPU time", Y: "called by the one below"}
	p.burn(&c.Frames, p.stacks, 0, 0)
	return c
}

// burn adds the frames of a depth that some stacks have in common, and what is
// on them, from a place on.
func (p *cpuProfile) burn(frames *[]Frame, stacks []stack, depth int, from float64) {
	if depth == flameDepth {
		return
	}
	groups := map[string][]stack{}
	var names []string
	for _, s := range stacks {
		if len(s.Frames) <= depth {
			continue
		}
		name := s.Frames[depth]
		if groups[name] == nil {
			names = append(names, name)
		}
		groups[name] = append(groups[name], s)
	}
	slices.Sort(names)
	for _, name := range names {
		n := 0
		for _, s := range groups[name] {
			n += s.Samples
		}
		share := float64(n) / float64(p.samples)
		if share >= flameLeast {
			*frames = append(*frames, Frame{Name: name, Depth: depth, From: from, Share: share, Group: frameGroup(name)})
			p.burn(frames, groups[name], depth+1, from)
		}
		from += share
	}
}

func frameGroup(name string) FrameGroup {
	switch {
	case strings.HasPrefix(name, "app."):
		return OwnFrame
	case strings.HasPrefix(name, "runtime"), !strings.Contains(name, "."): // the latter in assembly
		return RuntimeFrame
	}
	return LibraryFrame
}
