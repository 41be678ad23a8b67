package app

import (
	"fmt"
	"io"
	"os"
	"sync"
	"time"
)

// progress shows on a terminal how far something has come.
type progress struct {
	mu    sync.Mutex
	out   io.Writer
	what  string
	all   int
	done  int
	shown time.Time
	live  bool
}

func newProgress(out io.Writer, what string, all int) *progress {
	p := &progress{out: out, what: what, all: all}
	if f, ok := out.(*os.File); ok {
		info, err := f.Stat()
		p.live = err == nil && info.Mode()&os.ModeCharDevice != 0
	}
	return p
}

// step counts one more.
func (p *progress) step() {
	p.mu.Lock()
	defer p.mu.Unlock()
	p.done++
	if p.live && (p.done == p.all || time.Since(p.shown) > 100*time.Millisecond) {
		p.shown = time.Now()
		fmt.Fprintf(p.out, "\r%s %d of %d ", p.what, p.done, p.all)
		if p.done == p.all {
			fmt.Fprintln(p.out)
		}
	}
}
