package lab

import (
	"context"
	"errors"
	"log/slog"
	"os"
	"os/exec"
	"path/filepath"
	"runtime"
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/guildhall/guildhall/internal/errs"
	"github.com/guildhall/guildhall/internal/testkit"
)

// runner has the test binary as its child, and a folder of its own that must
// be empty in the end.
func runner(t *testing.T, r *Runner) *Runner {
	t.Helper()
	self, err := os.Executable()
	if err != nil {
		t.Fatal(err)
	}
	r.Command, r.find = []string{self, "lab-child"}, findWithBad
	if r.Log == nil {
		r.Log = slog.New(slog.NewTextHandler(t.Output(), nil))
	}
	return r
}

// nothingLeft points the temporary folder to one of the test's own and checks
// at the end that it is empty and that no process works in it.
func nothingLeft(t *testing.T) {
	t.Helper()
	dir := t.TempDir()
	t.Setenv("TMPDIR", dir)
	t.Cleanup(func() {
		left, err := os.ReadDir(dir)
		if err != nil || len(left) != 0 {
			t.Errorf("left behind: %v %v", left, err)
		}
		if runtime.GOOS != "linux" {
			return
		}
		testkit.Eventually(t, func() bool {
			folders, _ := filepath.Glob("/proc/[0-9]*/cwd")
			for _, f := range folders {
				if at, err := os.Readlink(f); err == nil && strings.HasPrefix(at, dir) {
					return false
				}
			}
			return true
		})
	})
}

func TestAGoodLab(t *testing.T) {
	nothingLeft(t)
	r := runner(t, &Runner{})
	task, err := r.Prepare(t.Context(), "good", 1<<63+7)
	if err != nil || task.Text != "seed 9223372036854775815" {
		t.Fatalf("%v %v", task, err)
	}
	for _, id := range []string{"good", "file", "noise"} {
		report, err := r.Grade(t.Context(), id, 1, Answer{"a": "b"})
		if err != nil || !report.Passed {
			t.Errorf("%s: %+v %v", id, report, err)
		}
	}
}

func TestALabSeesNothingOfTheServer(t *testing.T) {
	nothingLeft(t)
	t.Setenv("GUILDHALL_SECRET", "xyzzy")
	report, err := runner(t, &Runner{}).Grade(t.Context(), "environment", 1, nil)
	if err != nil {
		t.Fatal(err)
	}
	if strings.Contains(report.Log, "xyzzy") || strings.Contains(report.Log, "PATH=") || !strings.Contains(report.Log, "GOMAXPROCS=1") ||
		!strings.Contains(report.Log, "wd="+os.Getenv("TMPDIR")) {
		t.Error(report.Log)
	}
}

func TestABadLabIsStopped(t *testing.T) {
	nothingLeft(t)
	for _, c := range []struct {
		lab  string
		r    *Runner
		want string
	}{
		{"sleep", &Runner{Time: time.Second}, "Stopped after 1 s"},
		{"obedient", &Runner{Time: 2 * time.Second}, "Stopped after 2 s"},
		{"spin", &Runner{Time: time.Second}, "Stopped after 1 s"},
		{"memory", &Runner{Memory: 128 << 20}, "more than 128 MiB of memory"},
		{"block", &Runner{Memory: 256 << 20}, "more than 256 MiB of memory"},
		{"flood", &Runner{}, "more than 1024 KiB of output"},
		{"report", &Runner{}, "more than 1024 KiB of output"},
		{"panic", &Runner{}, "crashed"},
		{"code", &Runner{}, "crashed"},
		{"nothing", &Runner{}, "ended early"},
		{"grandchild", &Runner{Time: time.Second}, "Stopped after 1 s"},
	} {
		report, err := runner(t, c.r).Grade(t.Context(), c.lab, 1, nil)
		if err != nil {
			t.Errorf("%s: %v", c.lab, err)
			continue
		}
		points, most := report.Points()
		if report.Passed || points != 0 || most == 0 || !strings.Contains(report.Parts[0].Text, c.want) {
			t.Errorf("%s: %+v, want %q", c.lab, report, c.want)
		}
	}
}

// A result that came is a result, and what the lab left running ends.
func TestAGrandchildEndsWithItsLab(t *testing.T) {
	nothingLeft(t)
	report, err := runner(t, &Runner{}).Grade(t.Context(), "grandchild", 1, Answer{"wait": "no"})
	if err != nil || !report.Passed {
		t.Errorf("%+v %v", report, err)
	}
}

func TestFaultsThatAreOurs(t *testing.T) {
	nothingLeft(t)
	r := runner(t, &Runner{Time: time.Second})
	for _, id := range []string{"error", "garbage"} {
		if report, err := r.Grade(t.Context(), id, 1, nil); report != nil || !errs.Is(err, errs.Internal) {
			t.Errorf("%s: %v %v", id, report, err)
		}
	}
	if _, err := r.Grade(t.Context(), "L99", 1, nil); !errs.Is(err, errs.NotFound) {
		t.Error(err)
	}
	if _, err := r.Grade(t.Context(), "good", 1, Answer{"a": strings.Repeat("x", maxAnswer)}); !errs.Is(err, errs.TooLarge) {
		t.Error(err)
	}
	var e *errs.Error
	if _, err := r.Prepare(t.Context(), "sleep", 1); !errors.As(err, &e) || e.Kind != errs.Unavailable || e.After == 0 {
		t.Error(err)
	}
	if _, err := (&Runner{Command: []string{"/nonexistent"}, find: findWithBad}).Grade(t.Context(), "good", 1, nil); !errs.Is(err, errs.Internal) {
		t.Error(err)
	}
}

func TestACallerThatLeavesEndsItsRun(t *testing.T) {
	nothingLeft(t)
	r := runner(t, &Runner{Time: time.Hour})
	ctx, cancel := context.WithTimeout(t.Context(), 300*time.Millisecond)
	defer cancel()
	if _, err := r.Grade(ctx, "sleep", 1, nil); !errors.Is(err, context.DeadlineExceeded) {
		t.Error(err)
	}
}

// One slot and four that may wait: the sixth is told to come again, and the
// others get their turn.
func TestTheQueueHasAnEnd(t *testing.T) {
	nothingLeft(t)
	r := runner(t, &Runner{Slots: 1})
	r.setUp()
	r.slots <- struct{}{} // a run that takes its time
	var wait sync.WaitGroup
	for range queueFor {
		wait.Go(func() {
			if report, err := r.Grade(t.Context(), "good", 1, nil); err != nil || !report.Passed {
				t.Errorf("%v %v", report, err)
			}
		})
	}
	testkit.Eventually(t, func() bool { return r.waiting.Load() == queueFor })
	var e *errs.Error
	if _, err := r.Grade(t.Context(), "good", 1, nil); !errors.As(err, &e) || e.Kind != errs.Unavailable || e.After == 0 {
		t.Error(err)
	}
	<-r.slots
	wait.Wait()
}

// A child whose runner is gone ends by itself and removes its folder.
func TestAChildThatNobodyWaitsForEnds(t *testing.T) {
	nothingLeft(t)
	dir, err := os.MkdirTemp("", "")
	if err != nil {
		t.Fatal(err)
	}
	r := runner(t, &Runner{})
	c := exec.Command(r.Command[0], r.Command[1:]...)
	c.Dir, c.Env = dir, environment(dir, 1)
	c.Stdin = strings.NewReader(`{"lab":"sleep","seed":"1","answer":{},"time":60000000000,"memory":536870912}` + "\n")
	if err := c.Run(); err == nil || c.ProcessState.ExitCode() != exitAlone {
		t.Error(err)
	}
}

func TestChildRefusesWhatItCannotRead(t *testing.T) {
	for _, in := range []string{"", "{", "{}\n", "null\n", `{"lab":"L99","seed":"1"}` + "\n", "[]\n", `{"seed":-1}` + "\n"} {
		if code := child(t.Context(), strings.NewReader(in), nil, findWithBad); code != exitFault {
			t.Errorf("%q: %d", in, code)
		}
	}
}
