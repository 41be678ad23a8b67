package lab

import (
	"bufio"
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"os"
	"runtime/debug"
	"runtime/metrics"
	"time"
)

// Command is the argument with which the program is the process of a lab.
const Command = "lab-child"

// request is what a child is told: one line on its standard input, which stays
// open for as long as somebody waits for it.
type request struct {
	Lab    string        `json:"lab"`
	Seed   uint64        `json:"seed,string"`
	Answer Answer        `json:"answer"` // null: prepare
	Time   time.Duration `json:"time"`
	Memory int64         `json:"memory"`

	Serve json.RawMessage `json:"serve,omitempty"` // for a process that a lab starts: what its Serve is given
}

// response is what a child writes to its standard output.
type response struct {
	Task   *Task   `json:"task,omitempty"`
	Report *Report `json:"report,omitempty"`
	Late   bool    `json:"late,omitempty"`  // the lab saw that its time is over
	Fault  string  `json:"fault,omitempty"` // the lab's error, for the log
}

// What a child ends with, beside 0 and what Go's runtime ends a crash with.
const (
	exitFault  = 64 // it could not read or write
	exitMemory = 65 // the watchdog saw too much memory in use
	exitAlone  = 66 // nobody waits for it any more
	exitServe  = 67 // what a lab started ended with an error
)

// dirVariable names the folder of a child in its environment. Beside TMPDIR it
// is there so that a child removes only what a runner made.
const dirVariable = "GUILDHALL_LAB_DIR"

// Child is a lab's process: it does what one request on in asks, writes the
// result to out and returns the code to exit with. The hidden command that a
// Runner starts calls it with standard input and output and nothing else; it
// bounds the process it runs in for good.
func Child(ctx context.Context, in io.Reader, out io.Writer) int {
	return child(ctx, in, out, Find)
}

func child(ctx context.Context, in io.Reader, out io.Writer, find func(string) (Lab, bool)) int {
	input := bufio.NewReader(in)
	line, err := input.ReadBytes('\n')
	if err != nil {
		return exitFault
	}
	var r request
	if err := json.Unmarshal(line, &r); err != nil {
		return exitFault
	}
	l, ok := find(r.Lab)
	if !ok || r.Serve != nil && l.Serve == nil {
		return exitFault
	}
	limit(r.Memory, r.Time)
	debug.SetMemoryLimit(r.Memory / 4 * 3)
	go watchMemory(r.Memory)
	go watchParent(input)

	// A tenth less than what the runner waits, so that a lab that looks at its
	// context can say so itself.
	ctx, cancel := context.WithTimeout(ctx, r.Time-r.Time/10)
	defer cancel()
	if r.Serve != nil {
		if l.Serve(ctx, r.Serve, out) != nil { // what it has to say it has written
			return exitServe
		}
		return 0
	}
	if err := json.NewEncoder(out).Encode(do(ctx, l, r)); err != nil {
		return exitFault
	}
	return 0
}

func do(ctx context.Context, l Lab, r request) response {
	var out response
	var err error
	if r.Answer == nil {
		out.Task, err = l.Prepare(ctx, r.Seed)
	} else {
		out.Report, err = l.Grade(ctx, r.Seed, r.Answer)
	}
	switch {
	case err != nil && errors.Is(ctx.Err(), context.DeadlineExceeded): // however the lab puts it
		return response{Late: true}
	case err != nil:
		return response{Fault: fmt.Sprintf("%s: %v", l.ID, err)}
	}
	return out
}

// watchMemory ends the process when Go's heap outgrows the limit. Where the
// system bounds a process it is there for the clear exit code, elsewhere it is
// the bound.
func watchMemory(limit int64) {
	sample := []metrics.Sample{{Name: "/memory/classes/total:bytes"}, {Name: "/memory/classes/heap/released:bytes"}}
	for range time.Tick(20 * time.Millisecond) {
		metrics.Read(sample)
		if used := int64(sample[0].Value.Uint64() - sample[1].Value.Uint64()); used > limit/10*9 {
			os.Exit(exitMemory)
		}
	}
}

// watchParent ends the process, and removes its folder, when the program that
// started it is gone: then nobody else would.
func watchParent(in io.Reader) {
	_, _ = io.Copy(io.Discard, in) // however it ends, nobody is there
	if dir := os.Getenv(dirVariable); dir != "" {
		_ = os.RemoveAll(dir) // nobody to tell
	}
	os.Exit(exitAlone)
}
