package e2e_test

import (
	"bufio"
	"bytes"
	"fmt"
	"io"
	"net"
	"net/http"
	"net/http/cookiejar"
	"net/url"
	"os"
	"os/exec"
	"path/filepath"
	"regexp"
	"runtime"
	"slices"
	"strconv"
	"strings"
	"sync"
	"testing"
	"time"
)

// TestPageSpeed compares the pages with a bare net/http server that answers the
// same bytes, and prints it: with GUILDHALL_SPEED=1 only, for it takes a minute
// and wants the machine for itself. Both are asked in turn, over 8 connections, by
// a client that costs little. The warm home page must reach a quarter of the bare
// server's requests per second.
func TestPageSpeed(t *testing.T) {
	if os.Getenv("GUILDHALL_SPEED") == "" {
		t.Skip("GUILDHALL_SPEED is not set")
	}
	s := start(t, "demo", "--rate-limits", "off")
	cookie := pageSession(t, s, "ada", "interview-ready")
	for _, c := range []struct {
		name, header string
		least        float64
	}{
		{"home", "Cookie: " + cookie + "\r\n", 0.25},
		{"home, gzip", "Cookie: " + cookie + "\r\nAccept-Encoding: gzip\r\n", 0},
		{"landing", "", 0},
	} {
		request := []byte("GET / HTTP/1.1\r\nHost: " + strings.TrimPrefix(s.base, "http://") + "\r\nAccept: text/html\r\n" + c.header + "\r\n")
		conn := &bareConn{base: s.base}
		body := conn.ask(t, request)
		floor := startFloor(t, body, strings.Contains(c.header, "gzip"))
		var ratios, cost, floorCost []float64
		for range 9 {
			ours, cpu := pace(t, s.base, s.cmd.Process.Pid, request)
			bare, bareCPU := pace(t, floor.base, floor.pid, request)
			ratios, cost, floorCost = append(ratios, ours/bare), append(cost, cpu), append(floorCost, bareCPU)
		}
		slices.Sort(ratios)
		slices.Sort(cost)
		slices.Sort(floorCost)
		t.Logf("%-10s %6d bytes: %.2f of the floor (%.2f to %.2f), %3.0f µs of processor time, the floor %2.0f", c.name, len(body), ratios[4], ratios[0], ratios[8], cost[4], floorCost[4])
		if ratios[4] < c.least {
			t.Errorf("%s reaches %.2f of the floor, want %.2f", c.name, ratios[4], c.least)
		}
	}
}

// pageToken is what the form of a page brings back.
var pageToken = regexp.MustCompile(`name="token" value="([^"]*)"`)

// pageSession signs in at the pages and returns the cookie.
func pageSession(t *testing.T, s *server, login, password string) string {
	t.Helper()
	jar, err := cookiejar.New(nil)
	if err != nil {
		t.Fatal(err)
	}
	client := &http.Client{Jar: jar}
	res, err := client.Get(s.base + "/auth/sign_in")
	if err != nil {
		t.Fatal(err)
	}
	page, err := io.ReadAll(res.Body)
	res.Body.Close()
	token := pageToken.FindSubmatch(page)
	if err != nil || token == nil {
		t.Fatalf("no form: %v %s", err, page)
	}
	res, err = client.PostForm(s.base+"/auth/sign_in", url.Values{"token": {string(token[1])}, "login": {login}, "password": {password}})
	if err != nil {
		t.Fatal(err)
	}
	res.Body.Close()
	for _, c := range jar.Cookies(res.Request.URL) {
		if strings.Contains(c.Name, "session") {
			return c.Name + "=" + c.Value
		}
	}
	t.Fatalf("not signed in: %s", res.Status)
	return ""
}

// pace asks for the same thing over 8 connections for a second. Returns how many
// answers came in a second, and the processor time, in microseconds, that the
// server's process used for each.
func pace(t *testing.T, base string, pid int, request []byte) (perSecond, cpu float64) {
	t.Helper()
	before, began := processorTime(pid), time.Now()
	counts := make([]int, 8)
	var wg sync.WaitGroup
	for i := range counts {
		wg.Go(func() {
			conn := &bareConn{base: base}
			for time.Since(began) < time.Second {
				conn.ask(t, request)
				counts[i]++
			}
			conn.close()
		})
	}
	wg.Wait()
	n := 0
	for _, c := range counts {
		n += c
	}
	return float64(n) / time.Since(began).Seconds(), float64((processorTime(pid) - before).Microseconds()) / float64(n)
}

// processorTime is what a process has used (Linux; elsewhere 0).
func processorTime(pid int) time.Duration {
	raw, err := os.ReadFile(fmt.Sprintf("/proc/%d/stat", pid))
	if err != nil {
		return 0
	}
	f := strings.Fields(string(raw[bytes.LastIndexByte(raw, ')')+1:]))
	user, _ := strconv.Atoi(f[11]) // the kernel writes numbers
	system, _ := strconv.Atoi(f[12])
	return time.Duration(user+system) * 10 * time.Millisecond
}

// bareConn is a connection that costs less than what it measures.
type bareConn struct {
	base string
	raw  net.Conn
	in   *bufio.Reader
	body []byte
}

// ask sends a request and returns the body of the answer, valid until the next call.
func (c *bareConn) ask(t *testing.T, request []byte) []byte {
	if c.raw == nil {
		raw, err := net.Dial("tcp", strings.TrimPrefix(c.base, "http://"))
		if err != nil {
			panic(err)
		}
		c.raw, c.in = raw, bufio.NewReaderSize(raw, 64<<10)
	}
	if err := c.exchange(request); err != nil {
		t.Errorf("%s: %v", c.base, err)
		runtime.Goexit()
	}
	return c.body
}

func (c *bareConn) close() {
	if c.raw != nil {
		c.raw.Close()
	}
}

func (c *bareConn) exchange(request []byte) error {
	if _, err := c.raw.Write(request); err != nil {
		return err
	}
	line, err := c.in.ReadSlice('\n')
	if err != nil || !bytes.Contains(line, []byte(" 200 ")) {
		return fmt.Errorf("%q %v", line, err)
	}
	length := -1 // chunked
	for {
		line, err := c.in.ReadSlice('\n')
		if err != nil {
			return err
		}
		if len(line) <= 2 {
			break
		}
		if name, value, _ := bytes.Cut(line, []byte(":")); bytes.EqualFold(name, []byte("Content-Length")) {
			if length, err = strconv.Atoi(string(bytes.TrimSpace(value))); err != nil {
				return err
			}
		}
	}
	c.body = c.body[:0]
	if length >= 0 {
		return c.read(length)
	}
	for {
		line, err := c.in.ReadSlice('\n')
		if err != nil {
			return err
		}
		n, err := strconv.ParseInt(string(bytes.TrimSpace(line)), 16, 64)
		if err != nil {
			return err
		}
		if err := c.read(int(n)); err != nil {
			return err
		}
		if _, err := c.in.Discard(2); err != nil || n == 0 {
			return err
		}
	}
}

func (c *bareConn) read(n int) error {
	at := len(c.body)
	c.body = slices.Grow(c.body, n)[:at+n]
	_, err := io.ReadFull(c.in, c.body[at:])
	return err
}

// floor is a bare server in a process of its own.
type floor struct {
	base string
	pid  int
}

// startFloor starts this test's program again as a server of these bytes.
func startFloor(t *testing.T, body []byte, zipped bool) floor {
	t.Helper()
	file := filepath.Join(t.TempDir(), "body")
	if err := os.WriteFile(file, body, 0o600); err != nil {
		t.Fatal(err)
	}
	cmd := exec.Command(os.Args[0], "-test.run=^TestFloor$")
	cmd.Env = append(os.Environ(), "GUILDHALL_FLOOR="+file, "GUILDHALL_FLOOR_ENCODING="+map[bool]string{true: "gzip"}[zipped])
	out, err := cmd.StdoutPipe()
	if err != nil {
		t.Fatal(err)
	}
	if err := cmd.Start(); err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() {
		cmd.Process.Kill() // it serves until then
		cmd.Wait()
	})
	line, err := bufio.NewReader(out).ReadString('\n')
	if err != nil {
		t.Fatal(err)
	}
	return floor{base: "http://" + strings.TrimSpace(line), pid: cmd.Process.Pid}
}

// TestFloor is no test but the server that startFloor starts.
func TestFloor(t *testing.T) {
	file := os.Getenv("GUILDHALL_FLOOR")
	if file == "" {
		t.Skip("it is started by TestPageSpeed")
	}
	body, err := os.ReadFile(file)
	if err != nil {
		t.Fatal(err)
	}
	l, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		t.Fatal(err)
	}
	fmt.Println(l.Addr())
	t.Fatal(http.Serve(l, http.HandlerFunc(func(w http.ResponseWriter, _ *http.Request) {
		h := w.Header()
		h.Set("Content-Type", "text/html; charset=utf-8")
		h.Set("Content-Length", strconv.Itoa(len(body)))
		if encoding := os.Getenv("GUILDHALL_FLOOR_ENCODING"); encoding != "" {
			h.Set("Content-Encoding", encoding)
		}
		w.Write(body)
	})))
}
