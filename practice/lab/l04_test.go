package lab

import (
	"context"
	"fmt"
	"os/exec"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/guildhall/guildhall/internal/testkit"
)

// rightPlan is what an expert would do.
func rightPlan(c *releaseCase) []string {
	plan := []string{stepHealth, stepTell}
	switch c.mend {
	case mendRollback:
		plan = append(plan, stepBack)
	case mendFlag, mendEither:
		plan = append(plan, stepOff)
	}
	plan = append(plan, stepLogs, stepConfig, stepSet, stepTry, stepDeploy)
	if c.guards {
		plan = append(plan, stepOn)
	}
	return append(plan, stepVerify)
}

func rightRelease(t *testing.T, seed uint64) (Answer, *releaseCase) {
	t.Helper()
	c, line := newReleaseCase(seed), 0
	for _, row := range prepare(t, failedRelease(), seed).Tables[0].Rows {
		if row[3] == c.cause() {
			if _, err := fmt.Sscan(row[0], &line); err != nil {
				t.Fatal(err)
			}
		}
	}
	return Answer{"plan": strings.Join(rightPlan(c), "\n"), "variable": c.variable, "line": fmt.Sprint(line), "harm": harms(c)[0].Value,
		"possible": c.possible()[0].Value, "prevent": c.prevent()[0].Value}, c
}

// seedsOf are the first seeds whose cases differ in how they break and mend.
func seedsOf(t *testing.T) map[string]uint64 {
	t.Helper()
	found := map[string]uint64{}
	for seed := range uint64(400) {
		c := newReleaseCase(seed)
		name := fmt.Sprint(c.mend, " ", c.breaks, " ", c.replaced)
		if _, there := found[name]; !there {
			found[name] = seed
		}
	}
	if len(found) != 6+1+3+2 {
		t.Fatalf("%d kinds of cases: %v", len(found), found)
	}
	return found
}

func TestL04RightPlansPass(t *testing.T) {
	for name, seed := range seedsOf(t) {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			a, c := rightRelease(t, seed)
			r := passes(t, failedRelease(), seed, a)
			points, most := r.Points()
			if points != most || most != 100 {
				t.Errorf("%d of %d\n%s", points, most, r.Log)
			}
			for _, chart := range r.Charts {
				checkChart(t, chart)
			}
			if q, _ := c.quickest(); !strings.Contains(r.Parts[2].Text, "From "+minutesOf(q)+" ") {
				t.Errorf("a good plan takes %d: %s", q, r.Parts[2].Text)
			}
		})
	}
}

// Each wrong plan is seen by what it does to real servers.
func TestL04WrongPlans(t *testing.T) {
	kinds := seedsOf(t)
	for _, w := range []struct {
		name, kind, part, why string
		change                func(plan []string) []string
	}{
		{"changes first", "rollback dies 2", "Looks first", "changes the system", func(p []string) []string { return p[1:] }},
		{"tells nobody", "rollback dies 1", "Tells people", "Nobody is told", without(stepTell)},
		{"searches first", "rollback hangs 2", "Service is back soon", "cause can wait", func(p []string) []string { return append([]string{stepLogs, stepTrace}, p...) }},
		{"gives up", "rollback fails 2", "Service is back soon", "fail to the end", func([]string) []string { return []string{stepHealth, stepTell} }},
		{"rolls back over a closed way", "flag fails 2", "No second incident", "dropped a column", func(p []string) []string { return append([]string{stepHealth, stepBack}, p...) }},
		{"deploys what is not mended", "rollback hangs 1", "No second incident", "fail again", func(p []string) []string { return slices.Insert(p, 3, stepDeploy) }},
		{"restarts", "forward dies 2", "Service is back soon", "good plan", func(p []string) []string { return append([]string{stepHealth, stepRestart, stepRestart}, p...) }},
		{"stays with the old version", "rollback fails 1", "The release is out", "still to be done", func(p []string) []string { return p[:3] }},
		{"leaves the flag off", "either fails 2", "The release is out", "is off", without(stepOn)},
		{"does not try it", "forward hangs 2", "Tried without users", "before users get it", without(stepTry)},
		{"does not look again", "forward fails 2", "Looks in the end", "as users see it", without(stepVerify)},
		{"never sets it", "either fails 1", "Tried without users", "never set", without(stepSet)},
	} {
		t.Run(w.name, func(t *testing.T) {
			t.Parallel()
			seed, known := kinds[w.kind]
			if !known {
				t.Fatalf("no case %s", w.kind)
			}
			a, c := rightRelease(t, seed)
			r := grade(t, failedRelease(), seed, with(a, "plan", strings.Join(w.change(rightPlan(c)), "\n")))
			found := slices.ContainsFunc(r.Parts, func(p Part) bool {
				return p.Name == w.part && p.Points < p.Max && strings.Contains(p.Text, w.why)
			})
			if !found {
				t.Errorf("want %q with %q: %+v\n%s", w.part, w.why, lost(r), r.Log)
			}
			if vital := w.part != "Looks first" && w.part != "Tells people" && w.part != "Tried without users" && w.part != "Looks in the end"; vital && r.Passed {
				t.Error("it passes")
			}
		})
	}
}

func without(step string) func([]string) []string {
	return func(p []string) []string { return slices.DeleteFunc(p, func(s string) bool { return s == step }) }
}

func TestL04WrongAnswers(t *testing.T) {
	t.Parallel()
	a, c := rightRelease(t, 3)
	for _, w := range []struct{ field, value, part, why string }{
		{"variable", c.former, "Missing variable", "reads another one"}, {"variable", c.optional, "Missing variable", "staging either"}, {"variable", "PORT", "The release is out", "In the end"},
		{"line", "400", "Root cause", "no such line"}, {"line", "1", "Root cause", "It is line"},
		{"harm", "slow", "Post-mortem: effect", "What failed"}, {"possible", "person", "Post-mortem: why it was possible", "will happen again"}, {"prevent", "careful", "Post-mortem: what to do", "more care"},
	} {
		r := grade(t, failedRelease(), 3, with(a, w.field, w.value))
		if !slices.ContainsFunc(lost(r), func(p Part) bool { return p.Name == w.part && strings.Contains(p.Text, w.why) }) {
			t.Errorf("%s %s: %+v", w.field, w.value, lost(r))
		}
		if r.Passed && !strings.HasPrefix(w.part, "Post-mortem") {
			t.Errorf("%s %s passes", w.field, w.value)
		}
	}
}

func TestL04Hostile(t *testing.T) {
	t.Parallel()
	a, _ := rightRelease(t, 1)
	withstands(t, failedRelease(), 1, a)
	fails(t, failedRelease(), 1, with(a, "plan", strings.Repeat(stepHealth+"\n", releaseSteps+1)), "Answer", "more than 16 steps")
	fails(t, failedRelease(), 1, with(a, "plan", "health\nrm -rf /"), "Answer", "none of its steps")
	fails(t, failedRelease(), 1, with(a, "variable", "LD_PRELOAD=x"), "Answer", "must be like")
	// What has a meaning for Go or the system has none here.
	fails(t, failedRelease(), 1, with(a, "variable", "GODEBUG"), "Missing variable", "Not GODEBUG")
}

func TestL04Seeds(t *testing.T) {
	t.Parallel()
	sameSeedSameTask(t, failedRelease(), func(seed uint64) Answer { a, _ := rightRelease(t, seed); return a })
}

// The heaviest plan fits into the time and memory of its process, and nothing
// of it is left: no server, no folder.
func TestL04InItsProcess(t *testing.T) {
	nothingLeft(t)
	r := runner(t, &Runner{Time: time.Minute})
	seed := seedsOf(t)["forward hangs 2"] // whose servers do not end by themselves
	a, c := rightRelease(t, seed)
	if task, err := r.Prepare(t.Context(), "L04", seed); err != nil || len(task.Fields) != 6 || len(task.Tables) != 2 {
		t.Fatalf("%+v %v", task, err)
	}
	report, err := r.Grade(t.Context(), "L04", seed, a)
	if err != nil || !report.Passed {
		t.Errorf("%+v %v", report, err)
	}
	heavy := strings.Repeat(strings.Join([]string{stepScale, stepTrace, stepDeploy, stepRestart}, "\n")+"\n", releaseSteps/4)
	report, err = r.Grade(t.Context(), "L04", seed, with(with(a, "plan", heavy), "variable", c.former))
	if err != nil || report.Passed || report.Void {
		t.Errorf("%+v %v", report, err)
	}
}

// A server that says nothing more is ended with what waits for it.
func TestL04HangingServerIsStopped(t *testing.T) {
	ctx, cancel := context.WithCancel(t.Context())
	h, err := startHelper(ctx, "L04", releaseArgs{Seed: seedsOf(t)["forward hangs 2"], Newer: true, Server: 1, Folder: t.TempDir()}, nil)
	if err != nil {
		t.Fatal(err)
	}
	for x := (heard{}); x.Try < releaseTries; {
		if more, err := h.read(&x); !more || err != nil {
			t.Fatal(more, err)
		}
	}
	cancel()
	for more := true; more; { // to the end of its output
		if more, err = h.read(&heard{}); err != nil {
			break
		}
	}
	h.stop()
	if h.cmd.ProcessState == nil {
		t.Error("it has no end")
	}
}

// The end of who started it is the end of a server.
func TestL04ServerEndsAlone(t *testing.T) {
	r := runner(t, &Runner{})
	c := exec.Command(r.Command[0], r.Command[1:]...)
	in, err := c.StdinPipe()
	if err != nil {
		t.Fatal(err)
	}
	if err := c.Start(); err != nil {
		t.Fatal(err)
	}
	line := fmt.Sprintf(`{"lab":"L04","seed":"0","time":20000000000,"memory":268435456,"serve":{"seed":"%d","newer":true,"server":1,"folder":"x"}}`+"\n", seedsOf(t)["forward hangs 2"])
	if _, err := in.Write([]byte(line)); err != nil {
		t.Fatal(err)
	}
	if err := in.Close(); err != nil {
		t.Fatal(err)
	}
	done := make(chan error, 1)
	go func() { done <- c.Wait() }()
	testkit.Eventually(t, func() bool { return len(done) == 1 })
	if c.ProcessState.ExitCode() != exitAlone {
		t.Error(<-done)
	}
}
