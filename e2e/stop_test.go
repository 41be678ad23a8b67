package e2e_test

import (
	"errors"
	"net"
	"os"
	"path/filepath"
	"runtime"
	"strings"
	"sync"
	"sync/atomic"
	"syscall"
	"testing"
	"time"

	"github.com/coder/websocket"
)

func TestWhatStopsTheStart(t *testing.T) {
	t.Parallel()
	l, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		t.Fatal(err)
	}
	defer l.Close()
	taken := l.Addr().String()
	file := filepath.Join(t.TempDir(), "file")
	if err := os.WriteFile(file, nil, 0o600); err != nil {
		t.Fatal(err)
	}
	data := filepath.Join(t.TempDir(), "data")
	running := start(t, "serve", "--data", data)
	for _, tt := range []struct {
		name string
		args []string
		why  string
	}{
		{"taken port", []string{"serve", "--listen", taken}, taken + " is in use by another program; choose another address with --listen"},
		{"taken port of the administrator", []string{"serve", "--admin-listen", taken}, taken + " is in use by another program; choose another address with --admin-listen"},
		{"no such address", []string{"serve", "--listen", "192.0.2.1:80"}, "--listen: "},
		{"a file as the folder", []string{"serve", "--data", file}, "data folder: "},
		{"a file in the folder's path", []string{"user", "list", "--data", filepath.Join(file, "data")}, "data folder: "},
		{"another server's folder", []string{"serve", "--data", data}, "another guildhall process is using it"},
		{"a step back under a server", []string{"migrate", "down", "posts", "--data", data}, "another guildhall process is using it"},
		{"demo on a taken port", []string{"demo", "--listen", taken}, "--listen"},
		{"no database", []string{"serve", "--database-url", "postgres://me:hush@127.0.0.1:9/x"}, "database"},
		{"no event bus", []string{"serve", "--nats-url", "nats://me:hush@127.0.0.1:9"}, "nats"},
		{"no folder for the tokens", []string{"demo", "--accounts", "2", "--posts", "2", "--tokens", filepath.Join(file, "tokens")}, "tokens"},
	} {
		t.Run(tt.name, func(t *testing.T) {
			args := tt.args
			for _, option := range []string{"--listen", "--admin-listen"} {
				if !strings.Contains(strings.Join(args, " ")+" ", " "+option+" ") {
					args = append(args, option, "127.0.0.1:0")
				}
			}
			r := command(t, nil, "", args...)
			refused(t, r, tt.why)
			if strings.Contains(r.err, "hush") {
				t.Error("tells a secret")
			}
		})
	}
	t.Run("folder that may not be written", func(t *testing.T) {
		if os.Getuid() == 0 || runtime.GOOS == "windows" {
			t.Skip("root may write everywhere")
		}
		closed := t.TempDir()
		if err := os.Chmod(closed, 0o500); err != nil {
			t.Fatal(err)
		}
		refused(t, command(t, nil, "", "serve", "--data", closed), "permission denied")
		refused(t, command(t, nil, "", "serve", "--data", filepath.Join(closed, "data")), "permission denied")
	})
	if code := running.stop(); code != 0 {
		t.Errorf("the server that was there ended with %d:\n%s", code, running.out)
	}
}

// TestStop ends the server while members write and listen: what was begun is
// answered, streams are told to come back, and what was answered is kept.
func TestStop(t *testing.T) {
	t.Parallel()
	data := filepath.Join(t.TempDir(), "data")
	token := member(t, data, "ann")
	s := start(t, "serve", "--data", data, "--rate-limits", "off")

	var streams []*websocket.Conn
	for range 20 {
		conn, _, err := websocket.Dial(t.Context(), s.base+"/api/v1/streaming?stream=user&access_token="+token, nil)
		if err != nil {
			t.Fatal(err)
		}
		defer conn.CloseNow()
		conn.SetReadLimit(1 << 20)
		streams = append(streams, conn)
	}
	codes := make(chan websocket.StatusCode, len(streams))
	for _, conn := range streams {
		go func() {
			for {
				if _, _, err := conn.Read(t.Context()); err != nil {
					codes <- websocket.CloseStatus(err)
					return
				}
			}
		}()
	}

	var answered, cut atomic.Int64
	var wg sync.WaitGroup
	for range 8 {
		wg.Go(func() {
			for {
				_, code, err := call[entity](s, "POST", "/api/v1/statuses", token, map[string]string{"status": "again and again"})
				switch {
				case err == nil:
					answered.Add(1)
				case errors.Is(err, syscall.ECONNREFUSED):
					return // the server is gone, and took nothing on
				case code == 0:
					t.Log(err)
					cut.Add(1) // a connection may be closed as a request is sent
					return
				default:
					t.Errorf("a request was refused: %v", err)
					return
				}
			}
		})
	}
	eventually(t, "some load", func() bool { return answered.Load() > 100 })
	if code := s.stop(); code != 0 {
		t.Errorf("ended with %d", code)
	}
	wg.Wait()
	for range streams {
		select {
		case code := <-codes:
			if code != websocket.StatusServiceRestart {
				t.Errorf("a stream ended with %d", code)
			}
		case <-time.After(10 * time.Second):
			t.Fatal("a stream was not closed")
		}
	}
	for line := range strings.Lines(s.out.String()) {
		if strings.Contains(line, `"level":"ERROR"`) || strings.Contains(line, "panic") || strings.Contains(line, "goroutine ") {
			t.Errorf("says at the end: %s", line)
		}
	}
	stored := int64(len(rows(t, data)))
	if stored != answered.Load() {
		t.Errorf("%d posts were acknowledged, %d are stored", answered.Load(), stored)
	}
	t.Logf("%d posts acknowledged, %d not begun", answered.Load(), cut.Load())
}

// TestStopEarly ends the demo while it still makes its community up.
func TestStopEarly(t *testing.T) {
	t.Parallel()
	tmp := t.TempDir()
	s := spawn(t, []string{"TMPDIR=" + tmp}, "demo")
	eventually(t, "its folder", func() bool {
		found, err := filepath.Glob(filepath.Join(tmp, "guildhall-demo-*", "notifications.db"))
		return err == nil && len(found) > 0
	})
	if code := s.stop(); code != 0 {
		t.Errorf("ended with %d:\n%s", code, s.out)
	}
	if left, err := os.ReadDir(tmp); err != nil || len(left) > 0 {
		t.Errorf("%v is left behind, %v", left, err)
	}
}
