package lab

import (
	"bufio"
	"context"
	"encoding/json"
	"fmt"
	"io"
	"os"
	"os/exec"
	"runtime"
	"time"
)

// The bounds of a process that a lab starts, beside those of the lab's own.
const (
	helperTime   = 20 * time.Second
	helperMemory = 256 << 20
	helperLine   = 64 << 10 // bytes of one line of its output
)

// helper is a process that a lab starts: this program again, doing what the
// lab's Serve does. It ends with the lab's process, however that ends: its
// standard input closes then, and it is of the same process group.
type helper struct {
	cmd   *exec.Cmd
	input io.Closer
	lines *bufio.Scanner
}

// startHelper starts a process of a lab with an environment of its own. The
// caller stops it; the end of ctx does too.
func startHelper(ctx context.Context, lab string, args any, env []string) (*helper, error) {
	self, err := os.Executable()
	if err != nil {
		return nil, err
	}
	serve, err := json.Marshal(args)
	if err != nil {
		return nil, err
	}
	line, err := json.Marshal(request{Lab: lab, Serve: serve, Time: helperTime, Memory: helperMemory})
	if err != nil {
		return nil, err
	}
	c := exec.CommandContext(ctx, self, Command)
	c.Env = append([]string{"GOMAXPROCS=1"}, env...)
	if runtime.GOOS == "windows" {
		c.Env = append(c.Env, "SystemRoot="+os.Getenv("SystemRoot"))
	}
	in, err := c.StdinPipe()
	if err != nil {
		return nil, err
	}
	out, err := c.StdoutPipe()
	if err != nil {
		return nil, err
	}
	if err := c.Start(); err != nil {
		return nil, err
	}
	h := &helper{cmd: c, input: in, lines: bufio.NewScanner(out)}
	h.lines.Buffer(nil, helperLine)
	// One that ended before it read is seen by how it ended.
	if _, err := in.Write(append(line, '\n')); err != nil && ctx.Err() != nil {
		h.stop()
		return nil, ctx.Err()
	}
	return h, nil
}

// read reads the next line of its output into v; false if there are no more.
func (h *helper) read(v any) (bool, error) {
	if !h.lines.Scan() {
		return false, h.lines.Err()
	}
	if err := json.Unmarshal(h.lines.Bytes(), v); err != nil {
		return false, fmt.Errorf("a lab's own process: %w", err)
	}
	return true, nil
}

// stop ends the process at once, if it has not ended, and waits for that.
func (h *helper) stop() {
	_ = h.cmd.Process.Kill() // an error means that it has ended
	_ = h.input.Close()      // it belongs to a process that is gone
	_ = h.cmd.Wait()         // how it ended is of no interest any more
}
