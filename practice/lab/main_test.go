package lab

import (
	"context"
	"fmt"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"testing"
	"time"
)

// The test binary is the child of its own runners, as the program is.
func TestMain(m *testing.M) {
	switch {
	case len(os.Args) > 1 && os.Args[1] == "lab-child":
		os.Exit(child(context.Background(), os.Stdin, os.Stdout, findWithBad))
	case len(os.Args) > 1 && os.Args[1] == "sleep":
		time.Sleep(time.Hour)
	}
	os.Exit(m.Run())
}

// findWithBad finds the labs, and those that behave badly.
func findWithBad(id string) (Lab, bool) {
	grade, bad := badLabs()[id]
	if !bad {
		return Find(id)
	}
	return Lab{ID: id, Grade: func(ctx context.Context, seed uint64, a Answer) (*Report, error) { return grade(ctx, a) },
		Prepare: func(ctx context.Context, seed uint64) (*Task, error) {
			if _, err := grade(ctx, Answer{}); err != nil {
				return nil, err
			}
			return &Task{Text: fmt.Sprintf("seed %d", seed)}, nil
		}}, true
}

func badLabs() map[string]func(context.Context, Answer) (*Report, error) {
	good := func() (*Report, error) {
		return &Report{Passed: true, Parts: []Part{{Name: "All", Points: 1, Max: 1}}}, nil
	}
	return map[string]func(context.Context, Answer) (*Report, error){
		"good": func(context.Context, Answer) (*Report, error) { return good() },
		"environment": func(context.Context, Answer) (*Report, error) {
			wd, _ := os.Getwd()
			return &Report{Log: strings.Join(append(os.Environ(), "wd="+wd), "\n")}, nil
		},
		"file": func(context.Context, Answer) (*Report, error) {
			if err := os.WriteFile(filepath.Join(os.TempDir(), "left"), []byte("x"), 0o600); err != nil {
				return nil, err
			}
			return good()
		},
		"error":    func(context.Context, Answer) (*Report, error) { return nil, fmt.Errorf("a fault of the lab") },
		"sleep":    func(context.Context, Answer) (*Report, error) { time.Sleep(time.Hour); return good() },
		"obedient": func(ctx context.Context, _ Answer) (*Report, error) { <-ctx.Done(); return nil, ctx.Err() },
		"spin": func(context.Context, Answer) (*Report, error) {
			for n := 0; ; n++ {
				if n < 0 {
					return good()
				}
			}
		},
		"memory": func(context.Context, Answer) (*Report, error) {
			var all [][]byte
			for {
				b := make([]byte, 4<<20)
				for i := 0; i < len(b); i += 4096 {
					b[i] = 1
				}
				all = append(all, b)
				if len(all) > 1000 {
					return good() // 4 GB: nothing held it
				}
			}
		},
		"block": func(context.Context, Answer) (*Report, error) {
			b := make([]byte, 3<<30)
			for i := 0; i < len(b); i += 4096 {
				b[i] = 1
			}
			return good()
		},
		"flood": func(context.Context, Answer) (*Report, error) {
			for {
				if _, err := os.Stdout.Write(make([]byte, 64<<10)); err != nil {
					return nil, err
				}
			}
		},
		"report": func(context.Context, Answer) (*Report, error) { return &Report{Log: strings.Repeat("x", 2<<20)}, nil },
		"noise": func(context.Context, Answer) (*Report, error) {
			fmt.Fprint(os.Stderr, strings.Repeat("noise ", 1<<20))
			return good()
		},
		"panic":   func(context.Context, Answer) (*Report, error) { panic("on purpose") },
		"nothing": func(context.Context, Answer) (*Report, error) { os.Exit(0); return good() },
		"code":    func(context.Context, Answer) (*Report, error) { os.Exit(7); return good() },
		"garbage": func(context.Context, Answer) (*Report, error) { fmt.Print("{broken"); os.Exit(0); return good() },
		"grandchild": func(_ context.Context, a Answer) (*Report, error) {
			self, err := os.Executable()
			if err != nil {
				return nil, err
			}
			c := exec.Command(self, "sleep")
			c.Stdout = os.Stdout // holds the output open
			if err := c.Start(); err != nil {
				return nil, err
			}
			if a["wait"] != "" {
				return good()
			}
			return nil, c.Wait()
		},
	}
}
