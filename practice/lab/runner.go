package lab

import (
	"bytes"
	"cmp"
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"log/slog"
	"os"
	"os/exec"
	"runtime"
	"strconv"
	"strings"
	"sync"
	"sync/atomic"
	"time"

	"github.com/guildhall/guildhall/internal/errs"
)

const (
	maxAnswer  = 256 << 10 // bytes of an answer, names and values
	maxErrors  = 16 << 10  // bytes of a child's standard error that are kept for the log
	queueFor   = 4         // runs that may wait for each slot
	retryAfter = 15 * time.Second
)

// Runner runs labs, each in a process of its own with bounds of time, memory
// and output. Its zero values are the defaults; fields are not changed once it
// is in use.
type Runner struct {
	Command []string      // starts the child: this program and its hidden argument
	Slots   int           // runs at the same time; default 2
	Time    time.Duration // of one run; default 20 s
	Memory  int64         // bytes of one run; default 512 MiB
	Output  int64         // bytes of a result; default 1 MiB
	Log     *slog.Logger  // what labs that were stopped left behind; nil: nowhere

	find    func(string) (Lab, bool) // nil: Find
	once    sync.Once
	slots   chan struct{}
	waiting atomic.Int64
}

// Prepare makes the task of a seed. An unknown lab is NotFound; Unavailable
// says when to try again.
func (r *Runner) Prepare(ctx context.Context, lab string, seed uint64) (*Task, error) {
	out, stop, err := r.run(ctx, request{Lab: lab, Seed: seed})
	if err != nil {
		return nil, err
	}
	if stop != "" {
		return nil, &errs.Error{Kind: errs.Unavailable, Text: "The lab could not be prepared. Try again in a moment.",
			Cause: fmt.Errorf("lab %s, seed %d: %s", lab, seed, stop), After: retryAfter}
	}
	if out.Task == nil {
		return nil, fmt.Errorf("lab %s, seed %d: no task", lab, seed)
	}
	return out.Task, nil
}

// Grade looks at an answer to the task of a seed. A run that had to be stopped
// is a Report that has not passed and says why. An unknown lab is NotFound, an
// answer beyond all bounds TooLarge; Unavailable says when to try again.
func (r *Runner) Grade(ctx context.Context, lab string, seed uint64, a Answer) (*Report, error) {
	size := 0
	for name, value := range a {
		size += len(name) + len(value)
	}
	if size > maxAnswer {
		return nil, errs.Newf(errs.TooLarge, "An answer may have %d KiB.", maxAnswer>>10)
	}
	if a == nil {
		a = Answer{}
	}
	out, stop, err := r.run(ctx, request{Lab: lab, Seed: seed, Answer: a})
	if err != nil {
		return nil, err
	}
	if stop != "" {
		return &Report{Void: true, Parts: []Part{{Name: "Run", Max: 100, Text: stop}}}, nil
	}
	if out.Report == nil {
		return nil, fmt.Errorf("lab %s, seed %d: no report", lab, seed)
	}
	return out.Report, nil
}

func (r *Runner) setUp() {
	r.once.Do(func() {
		r.slots = make(chan struct{}, cmp.Or(r.Slots, 2))
		if r.find == nil {
			r.find = Find
		}
		if r.Log == nil {
			r.Log = slog.New(slog.DiscardHandler)
		}
	})
}

// enter waits for a slot, in a queue that has an end.
func (r *Runner) enter(ctx context.Context) error {
	select {
	case r.slots <- struct{}{}:
		return nil
	default:
	}
	busy := &errs.Error{Kind: errs.Unavailable, Text: "All labs are busy. Try again in a moment.", After: retryAfter}
	defer r.waiting.Add(-1)
	if r.waiting.Add(1) > int64(cap(r.slots)*queueFor) {
		return busy
	}
	patience := time.NewTimer(r.limit())
	defer patience.Stop()
	select {
	case r.slots <- struct{}{}:
		return nil
	case <-patience.C:
		return busy
	case <-ctx.Done():
		return ctx.Err()
	}
}

func (r *Runner) limit() time.Duration { return cmp.Or(r.Time, 20*time.Second) }

// run has a child do a request. The text says why a run was stopped and is for
// the member; an error is ours.
func (r *Runner) run(ctx context.Context, q request) (out response, stop string, err error) {
	r.setUp()
	l, ok := r.find(q.Lab)
	if !ok {
		return out, "", errs.NotFoundRecord()
	}
	if err := r.enter(ctx); err != nil {
		return out, "", err
	}
	defer func() { <-r.slots }()
	dir, err := os.MkdirTemp("", "guildhall-lab-")
	if err != nil {
		return out, "", fmt.Errorf("lab %s: %w", q.Lab, err)
	}
	// Whatever happens nothing stays; what cannot be removed is ours to see.
	defer func() { err = errors.Join(err, removeAll(dir)) }()

	q.Time, q.Memory = r.limit(), cmp.Or(r.Memory, 512<<20)
	p := &process{dir: dir, procs: max(l.Procs, 1), output: bounded{most: int(cmp.Or(r.Output, 1<<20))}, errors: bounded{most: maxErrors, drop: true}}
	if err := p.run(ctx, r.Command, q); err != nil {
		return out, "", fmt.Errorf("lab %s: %w", q.Lab, err)
	}
	if p.cmd.ProcessState.ExitCode() == exitFault {
		return out, "", fmt.Errorf("lab %s, seed %d: the child could not read or write: %s", q.Lab, q.Seed, p.errors.kept.String())
	}
	if stop = p.stopped(q); stop != "" {
		r.Log.Warn("lab stopped", "lab", q.Lab, "seed", q.Seed, "why", stop, "stderr", p.errors.kept.String())
		return out, stop, nil
	}
	if err := json.Unmarshal(p.output.kept.Bytes(), &out); err != nil {
		return out, "", fmt.Errorf("lab %s, seed %d: %w", q.Lab, q.Seed, err)
	}
	if out.Fault != "" {
		return out, "", fmt.Errorf("lab %s, seed %d: %s", q.Lab, q.Seed, out.Fault)
	}
	if out.Late {
		return out, late(q.Time), nil
	}
	return out, "", nil
}

// removeAll removes a child's folder. Processes that are being killed may still
// put a file in it, so that one try may not do.
func removeAll(dir string) (err error) {
	for range 20 {
		if err = os.RemoveAll(dir); err == nil {
			return nil
		}
		time.Sleep(25 * time.Millisecond)
	}
	return err
}

// process is one child.
type process struct {
	dir    string
	procs  int
	output bounded
	errors bounded
	cmd    *exec.Cmd
	late   bool
}

// run starts the child, tells it what to do and waits for its end or for the
// time to be over. An error means that it could not be started, or that the
// caller does not wait any more.
func (p *process) run(ctx context.Context, command []string, q request) error {
	line, err := json.Marshal(q)
	if err != nil {
		return err
	}
	timed, cancel := context.WithTimeout(ctx, q.Time)
	defer cancel()
	c := exec.CommandContext(timed, command[0], command[1:]...)
	c.Dir, c.Env = p.dir, environment(p.dir, p.procs)
	c.Stdout, c.Stderr = &p.output, &p.errors
	c.Cancel = func() error { killGroup(c); return nil }
	c.WaitDelay = time.Second // what the child started may hold its output open
	ownGroup(c)
	p.cmd, p.output.full = c, cancel
	in, err := c.StdinPipe()
	if err != nil {
		return err
	}
	if err := c.Start(); err != nil {
		return err
	}
	// A child that ended before it read is seen by how it ended. The pipe stays
	// open until then, which tells the child that it is waited for.
	go func() { _, _ = io.Copy(in, bytes.NewReader(append(line, '\n'))) }()
	err = c.Wait()
	killGroup(c) // what it started and left
	p.late = errors.Is(timed.Err(), context.DeadlineExceeded) && ctx.Err() == nil
	var exit *exec.ExitError
	if ctx.Err() != nil {
		return ctx.Err()
	}
	if err != nil && !errors.As(err, &exit) && !errors.Is(err, exec.ErrWaitDelay) && timed.Err() == nil {
		return err
	}
	return nil
}

// environment is all that a child needs of it.
func environment(dir string, procs int) []string {
	env := []string{"TMPDIR=" + dir, "SQLITE_TMPDIR=" + dir, "HOME=" + dir, dirVariable + "=" + dir, "GOMAXPROCS=" + strconv.Itoa(procs)}
	if runtime.GOOS == "windows" {
		env = append(env, "TMP="+dir, "TEMP="+dir, "SystemRoot="+os.Getenv("SystemRoot"))
	}
	return env
}

// stopped says why a child did not come to a good end, or nothing.
func (p *process) stopped(q request) string {
	code := p.cmd.ProcessState.ExitCode()
	switch said := p.errors.kept.String(); {
	case p.output.over:
		return fmt.Sprintf("Stopped: it wrote more than %d KiB of output.", p.output.most>>10)
	case p.late, ranOutOfCPU(p.cmd):
		return late(q.Time)
	case code == exitMemory, code != 0 && (strings.Contains(said, "out of memory") || strings.Contains(said, "cannot allocate memory")):
		return fmt.Sprintf("Stopped: it used more than %d MiB of memory.", q.Memory>>20)
	case code != 0:
		return "Stopped: it crashed. What you gave it made it end in the middle of its work."
	case p.output.kept.Len() == 0:
		return "Stopped: it ended early and gave no result."
	}
	return ""
}

func late(t time.Duration) string {
	return fmt.Sprintf("Stopped after %g s: the work must be done by then.", t.Seconds())
}

// bounded keeps what is written up to a size. Beyond it, it drops the rest or
// calls for an end.
type bounded struct {
	kept bytes.Buffer // no embedding: its ReadFrom would go past Write
	most int
	drop bool
	full func()
	over bool
}

// Write implements io.Writer. It never fails, so that the writer learns its
// fate from the runner alone.
func (b *bounded) Write(p []byte) (int, error) {
	room := b.most - b.kept.Len()
	if len(p) > room {
		b.kept.Write(p[:room])
		if !b.drop && !b.over {
			b.over = true
			b.full()
		}
		return len(p), nil
	}
	return b.kept.Write(p)
}
