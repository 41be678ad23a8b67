package lab

import (
	"bytes"
	"cmp"
	"context"
	"encoding/json"
	"fmt"
	"io"
	"maps"
	"runtime/debug"
	"runtime/pprof"
	"slices"
	"strings"
	"sync"
	"time"

	"github.com/google/pprof/profile"
)

// cpuArgs is what a run of the program is told.
type cpuArgs struct {
	Seed    uint64        `json:"seed,string"`
	Fix     string        `json:"fix,omitempty"`
	Rows    int           `json:"rows"`    // of a request
	Budget  time.Duration `json:"budget"`  // of CPU
	Profile bool          `json:"profile"` // take one
}

// cpuRun is what a run came to.
type cpuRun struct {
	Requests int           `json:"requests"`
	CPU      time.Duration `json:"cpu"`
	Answer   string        `json:"answer"` // of the last request
	Stacks   []stack       `json:"stacks,omitempty"`
}

// stack is where a sample of the profile was taken: the outermost first.
type stack struct {
	Frames  []string `json:"frames"`
	Samples int      `json:"samples"`
}

// perRequest is the CPU time of a request.
func (r *cpuRun) perRequest() time.Duration { return r.CPU / time.Duration(max(r.Requests, 1)) }

// parallelParts is how many requests are answered at once with the fix “parallel”.
const parallelParts = 4

// serveCPU is the program under load, until it has used its CPU time. Time that
// others use does not count.
func serveCPU(ctx context.Context, raw json.RawMessage, out io.Writer) error {
	var a cpuArgs
	if err := json.Unmarshal(raw, &a); err != nil {
		return err
	}
	debug.SetGCPercent(100)
	if a.Fix == fixGarbage {
		debug.SetGCPercent(400)
	}
	p, err := newProgram(newCPUCase(a.Seed), a.Fix, a.Rows)
	if err != nil {
		return err
	}
	var b bytes.Buffer
	if a.Profile {
		if err := pprof.StartCPUProfile(&b); err != nil {
			return err
		}
	}
	run, start := &cpuRun{}, cpuTime()
	for run.CPU < a.Budget && ctx.Err() == nil {
		answer, requests := p.serve()
		run.Answer, run.Requests = answer, run.Requests+requests
		run.CPU = cpuTime() - start
	}
	if a.Profile {
		pprof.StopCPUProfile()
		if run.Stacks, err = readStacks(&b); err != nil {
			return err
		}
	}
	if ctx.Err() != nil {
		return ctx.Err()
	}
	return json.NewEncoder(out).Encode(run)
}

// serve answers a request; with the fix “parallel”, several at once. It tells
// how many.
//
//go:noinline
func (p *program) serve() (answer string, requests int) {
	if p.fix != fixParallel {
		return p.handle(), 1
	}
	var wait sync.WaitGroup
	answers := make([]string, parallelParts)
	for i := range answers {
		wait.Go(func() { answers[i] = p.handle() })
	}
	wait.Wait()
	return answers[0], parallelParts
}

// readStacks reads a CPU profile.
func readStacks(in io.Reader) ([]stack, error) {
	prof, err := profile.Parse(in)
	if err != nil {
		return nil, err
	}
	found := map[string]*stack{}
	for _, s := range prof.Sample {
		var frames []string
		for _, l := range slices.Backward(s.Location) { // the outermost is last
			for _, line := range slices.Backward(l.Line) {
				frames = append(frames, functionName(line.Function.Name))
			}
		}
		frames = fromServe(frames)
		key := strings.Join(frames, "\n")
		if found[key] == nil {
			found[key] = &stack{Frames: frames}
		}
		found[key].Samples += int(s.Value[0])
	}
	list := make([]stack, 0, len(found))
	for _, key := range slices.Sorted(maps.Keys(found)) {
		list = append(list, *found[key])
	}
	return list, nil
}

// functionName is a function's name as members see it: without the path of its
// package and types that it is made for, and what is here twice by the name that
// it has in the program.
func functionName(name string) string {
	if before, rest, generic := strings.Cut(name, "["); generic {
		name = before + rest[strings.LastIndex(rest, "]")+1:]
	}
	name = name[strings.LastIndex(name, "/")+1:]
	rest, own := strings.CutPrefix(name, "lab.")
	if !own {
		return name
	}
	rest = strings.TrimPrefix(rest, "(*program).")
	end := strings.IndexAny(rest, ".-")
	if end < 0 {
		end = len(rest)
	}
	return "app." + strings.TrimRight(rest[:end], "12") + rest[end:]
}

// background is the root of what is not done for a request.
const background = "runtime: garbage collector and scheduler"

// fromServe leaves what is around the program away.
func fromServe(frames []string) []string {
	if i := slices.Index(frames, "app.serve"); i >= 0 {
		return frames[i:]
	}
	return append([]string{background}, frames...)
}

// measure runs the program in a process of its own.
func (c *cpuCase) measure(ctx context.Context, a cpuArgs) (*cpuRun, error) {
	a.Seed, a.Rows = c.seed, cmp.Or(a.Rows, c.rows)
	h, err := startHelper(ctx, "L07", a, nil)
	if err != nil {
		return nil, err
	}
	defer h.stop()
	run := &cpuRun{}
	more, err := h.read(run)
	switch {
	case ctx.Err() != nil:
		return nil, ctx.Err()
	case err != nil:
		return nil, err
	case !more:
		return nil, fmt.Errorf("the program ended without a result")
	}
	return run, nil
}
