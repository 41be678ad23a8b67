// Package e2e tests the program as people meet it: the built binary, started on
// an empty folder, driven by HTTP, by public client libraries and by a browser,
// and killed. What one room does is tested in that room.
package e2e_test

import (
	"bytes"
	"context"
	"encoding/json"
	"fmt"
	"io"
	"net"
	"net/http"
	"os"
	"os/exec"
	"path/filepath"
	"slices"
	"strings"
	"sync"
	"syscall"
	"testing"
	"time"
)

var binary struct {
	once sync.Once
	path string
	err  error
}

func TestMain(m *testing.M) {
	code := m.Run()
	if binary.path != "" {
		os.RemoveAll(filepath.Dir(binary.path))
	}
	os.Exit(code)
}

// program builds guildhall once, with the race detector if the tests have it,
// and returns its path.
func program(t *testing.T) string {
	t.Helper()
	binary.once.Do(func() {
		dir, err := os.MkdirTemp("", "guildhall-e2e-")
		if err != nil {
			binary.err = err
			return
		}
		binary.path = filepath.Join(dir, "guildhall")
		args := []string{"build", "-o", binary.path, "../cmd/guildhall"}
		if raced {
			args = slices.Insert(args, 1, "-race")
		}
		out, err := exec.Command("go", args...).CombinedOutput()
		if err != nil {
			binary.err = fmt.Errorf("%w\n%s", err, out)
		}
	})
	if binary.err != nil {
		t.Fatal(binary.err)
	}
	return binary.path
}

// environment is this process's without what would configure the program.
func environment(more ...string) []string {
	var out []string
	for _, v := range os.Environ() {
		if !strings.HasPrefix(v, "GUILDHALL_") {
			out = append(out, v)
		}
	}
	return append(out, more...)
}

// guildhall runs a command to its end and returns what it printed.
func guildhall(t *testing.T, input string, args ...string) (string, error) {
	t.Helper()
	path := program(t) // which takes a while the first time
	ctx, cancel := context.WithTimeout(context.Background(), time.Minute)
	defer cancel()
	cmd := exec.CommandContext(ctx, path, args...)
	cmd.Stdin = strings.NewReader(input)
	cmd.Dir, cmd.Env = t.TempDir(), environment()
	out, err := cmd.CombinedOutput()
	return strings.TrimSpace(string(out)), err
}

// server is a running `guildhall serve` or `guildhall demo`.
type server struct {
	t    *testing.T
	base string
	cmd  *exec.Cmd
	out  *log
	done chan struct{}
}

// log collects a process's output while it is written.
type log struct {
	mu sync.Mutex
	b  bytes.Buffer
}

func (l *log) Write(p []byte) (int, error) {
	l.mu.Lock()
	defer l.mu.Unlock()
	return l.b.Write(p)
}

func (l *log) String() string {
	l.mu.Lock()
	defer l.mu.Unlock()
	return l.b.String()
}

// start runs a serving command on a free port and waits until it is ready.
func start(t *testing.T, args ...string) *server {
	t.Helper()
	return launch(t, nil, args...)
}

// spawn runs a serving command with variables on a free port.
func spawn(t *testing.T, env []string, args ...string) *server {
	t.Helper()
	l, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		t.Fatal(err)
	}
	addr := l.Addr().String()
	l.Close()
	scheme := "http://"
	if slices.Contains(args, "--tls") {
		scheme = "https://"
	}
	s := &server{t: t, base: scheme + addr, out: &log{}, done: make(chan struct{})}
	s.cmd = exec.Command(program(t), append(args, "--listen", addr, "--admin-listen", "off", "--base-url", s.base)...)
	s.cmd.Dir, s.cmd.Env = t.TempDir(), environment(env...)
	s.cmd.Stdout, s.cmd.Stderr = s.out, s.out
	if err := s.cmd.Start(); err != nil {
		t.Fatal(err)
	}
	go func() {
		s.cmd.Wait() // how it ended is looked up in ProcessState
		close(s.done)
	}()
	t.Cleanup(s.kill)
	return s
}

// launch is start with variables.
func launch(t *testing.T, env []string, args ...string) *server {
	t.Helper()
	s := spawn(t, env, args...)
	for end := time.Now().Add(2 * time.Minute); ; time.Sleep(10 * time.Millisecond) {
		res, err := http.Get(s.base + "/health/ready")
		if err == nil {
			res.Body.Close()
			if res.StatusCode == http.StatusOK {
				return s
			}
		}
		select {
		case <-s.done:
			t.Fatalf("the server ended:\n%s", s.out)
		default:
		}
		if time.Now().After(end) {
			t.Fatalf("the server is not ready:\n%s", s.out)
		}
	}
}

// kill ends the server as a power cut would.
func (s *server) kill() {
	s.cmd.Process.Signal(syscall.SIGKILL) // fails if it has ended already
	<-s.done
	if out := s.out.String(); strings.Contains(out, "DATA RACE") {
		s.t.Errorf("the server's code has a data race:\n%s", out)
	}
}

// stop asks the server to end and returns its exit code.
func (s *server) stop() int {
	s.t.Helper()
	if err := s.cmd.Process.Signal(syscall.SIGTERM); err != nil {
		s.t.Fatal(err)
	}
	select {
	case <-s.done:
	case <-time.After(30 * time.Second):
		s.t.Fatalf("does not end on SIGTERM:\n%s", s.out)
	}
	return s.cmd.ProcessState.ExitCode()
}

// call makes a request and decodes the JSON answer; header pairs may follow.
func call[T any](s *server, method, path, token string, in any, header ...string) (T, int, error) {
	var out T
	var body io.Reader
	if in != nil {
		raw, err := json.Marshal(in)
		if err != nil {
			return out, 0, err
		}
		body = bytes.NewReader(raw)
	}
	req, err := http.NewRequest(method, s.base+path, body)
	if err != nil {
		return out, 0, err
	}
	if in != nil {
		req.Header.Set("Content-Type", "application/json")
	}
	if token != "" {
		req.Header.Set("Authorization", "Bearer "+token)
	}
	for i := 0; i+1 < len(header); i += 2 {
		req.Header.Set(header[i], header[i+1])
	}
	res, err := http.DefaultClient.Do(req)
	if err != nil {
		return out, 0, err
	}
	defer res.Body.Close()
	raw, err := io.ReadAll(res.Body)
	if err != nil {
		return out, res.StatusCode, err
	}
	if res.StatusCode >= 300 {
		return out, res.StatusCode, fmt.Errorf("%s %s: %d %.300s", method, path, res.StatusCode, raw)
	}
	return out, res.StatusCode, json.Unmarshal(raw, &out)
}

// must is call for what has to work.
func must[T any](s *server, method, path, token string, in any) T {
	s.t.Helper()
	out, _, err := call[T](s, method, path, token, in)
	if err != nil {
		s.t.Fatalf("%v\n%s", err, s.out)
	}
	return out
}

type entity struct {
	ID      string `json:"id"`
	Content string `json:"content"`
	Type    string `json:"type"`
	Acct    string `json:"acct"`
	Status  *struct {
		ID      string `json:"id"`
		Content string `json:"content"`
	} `json:"status"`
}

// all reads a list to its end, page by page.
func all(s *server, path, token string) []entity {
	s.t.Helper()
	var out []entity
	for max := ""; ; {
		page := must[[]entity](s, "GET", path+max, token, nil)
		if len(page) == 0 {
			return out
		}
		out = append(out, page...)
		max = "&max_id=" + page[len(page)-1].ID
	}
}

// member creates a user in a data folder and returns their access token.
func member(t *testing.T, data, name string) string {
	t.Helper()
	if out, err := guildhall(t, password+"\n", "user", "create", name, name+"@example.org", "--data", data); err != nil {
		t.Fatal(err, out)
	}
	token, err := guildhall(t, "", "user", "token", name, "--data", data)
	if err != nil {
		t.Fatal(err, token)
	}
	return token
}
