package fetch

import (
	"bufio"
	"compress/gzip"
	"context"
	"io"
	"net"
	"net/http"
	"net/http/httptest"
	"net/netip"
	"strings"
	"sync/atomic"
	"testing"
	"testing/synctest"
	"time"

	"golang.org/x/net/dns/dnsmessage"
)

const mega = 1 << 20

var loopback = []netip.Prefix{netip.MustParsePrefix("127.0.0.1/32")}

func serve(t *testing.T, f http.HandlerFunc) *httptest.Server {
	t.Helper()
	s := httptest.NewServer(f)
	t.Cleanup(s.Close)
	return s
}

func client(t *testing.T, o Options) *Client {
	t.Helper()
	c := New(o)
	t.Cleanup(c.Close)
	return c
}

func TestGet(t *testing.T) {
	t.Parallel()
	var asked http.Header
	s := serve(t, func(w http.ResponseWriter, r *http.Request) {
		switch r.URL.Path {
		case "/old":
			http.Redirect(w, r, "/page", http.StatusMovedPermanently)
		case "/page":
			asked = r.Header
			w.Header().Set("Content-Type", "text/html; charset=utf-8")
			_, _ = io.WriteString(w, "hello")
		case "/data":
			w.Header().Set("Content-Type", "application/octet-stream")
		}
	})
	c := client(t, Options{Guard: Guard{Allow: loopback}, Agent: "tester"})
	d, err := c.Get(t.Context(), s.URL+"/old", mega, "text/html")
	if err != nil || string(d.Body) != "hello" || d.More || d.URL.Path != "/page" {
		t.Fatal(err)
	}
	if asked.Get("User-Agent") != "tester" || asked.Get("Referer") != "" || asked.Get("Cookie") != "" || asked.Get("Authorization") != "" {
		t.Errorf("%v", asked)
	}
	for _, address := range []string{s.URL + "/data", s.URL + "/none", "file:///etc/passwd", "ftp://127.0.0.1/", "http://", "http://user:secret@127.0.0.1/", "http:///x", "::",
		s.URL + "/page?" + strings.Repeat("x", addressMax)} {
		if d, err := c.Get(t.Context(), address, mega, "text/html"); err == nil {
			t.Errorf("%.60s: %.100s", address, d.Body)
		}
	}
}

// SS-04: a redirect leads nowhere inside, to no file, and not on for ever.
func TestSS04Redirects(t *testing.T) {
	t.Parallel()
	var inside, loops atomic.Int64
	secret := serve(t, func(http.ResponseWriter, *http.Request) { inside.Add(1) })
	_, port, err := net.SplitHostPort(secret.Listener.Addr().String())
	if err != nil {
		t.Fatal(err)
	}
	s := serve(t, func(w http.ResponseWriter, r *http.Request) {
		status := http.StatusFound
		switch r.URL.Query().Get("by") {
		case "307":
			status = http.StatusTemporaryRedirect
		case "308":
			status = http.StatusPermanentRedirect
		}
		switch r.URL.Path {
		case "/inside":
			http.Redirect(w, r, "http://127.0.0.2:"+port+"/", status)
		case "/file":
			http.Redirect(w, r, "file:///etc/passwd", status)
		default:
			loops.Add(1)
			http.Redirect(w, r, r.URL.String(), status)
		}
	})
	c := client(t, Options{Guard: Guard{Allow: loopback}})
	for _, path := range []string{"/inside", "/inside?by=307", "/inside?by=308", "/file", "/loop"} {
		if d, err := c.Get(t.Context(), s.URL+path, mega, "text/html"); err == nil {
			t.Errorf("%s: %.100s", path, d.Body)
		}
	}
	if inside.Load() != 0 || loops.Load() != redirects+1 {
		t.Errorf("%d hits inside, %d requests in a loop", inside.Load(), loops.Load())
	}
}

// SS-02: what counts is the address that is dialled, not the one that a name had
// when somebody looked.
func TestSS02Rebinding(t *testing.T) {
	t.Parallel()
	var hits atomic.Int64
	s := serve(t, func(http.ResponseWriter, *http.Request) { hits.Add(1) })
	_, port, err := net.SplitHostPort(s.Listener.Addr().String())
	if err != nil {
		t.Fatal(err)
	}
	var asked atomic.Int64
	resolver := names(t, func(name string) []string {
		switch {
		case name == "dual.test.":
			return []string{"192.0.2.1", "127.0.0.1"}
		case name == "turning.test." && asked.Add(1) == 1:
			return []string{"192.0.2.1"}
		}
		return []string{"127.0.0.1"}
	})
	c := client(t, Options{Guard: Guard{Resolver: resolver}})
	for _, host := range []string{"evil.test", "dual.test", "turning.test", "turning.test", "turning.test"} {
		if d, err := c.Get(t.Context(), "http://"+host+":"+port+"/", mega, "text/html"); err == nil {
			t.Errorf("%s: %.100s", host, d.Body)
		}
	}
	if hits.Load() != 0 || asked.Load() == 0 {
		t.Errorf("%d hits, %d questions", hits.Load(), asked.Load())
	}
}

// names is a resolver that asks a name server of the test's.
func names(t *testing.T, of func(name string) []string) *net.Resolver {
	t.Helper()
	conn, err := net.ListenPacket("udp", "127.0.0.1:0")
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { _ = conn.Close() })
	go func() {
		buf := make([]byte, 1500)
		for {
			n, from, err := conn.ReadFrom(buf)
			if err != nil {
				return
			}
			var m dnsmessage.Message
			if m.Unpack(buf[:n]) != nil || len(m.Questions) != 1 {
				continue
			}
			q := m.Questions[0]
			m = dnsmessage.Message{Header: dnsmessage.Header{ID: m.ID, Response: true}, Questions: m.Questions}
			if q.Type == dnsmessage.TypeA {
				for _, a := range of(q.Name.String()) {
					m.Answers = append(m.Answers, dnsmessage.Resource{Header: dnsmessage.ResourceHeader{Name: q.Name, Class: q.Class, Type: q.Type},
						Body: &dnsmessage.AResource{A: netip.MustParseAddr(a).As4()}})
				}
			}
			if answer, err := m.Pack(); err == nil {
				_, _ = conn.WriteTo(answer, from)
			}
		}
	}()
	return &net.Resolver{PreferGo: true, Dial: func(ctx context.Context, _, _ string) (net.Conn, error) {
		return new(net.Dialer).DialContext(ctx, "udp", conn.LocalAddr().String())
	}}
}

// SS-10: neither an endless body, nor one that grows when it is unpacked, nor
// endless headers cost more than the bound.
func TestSS10Huge(t *testing.T) {
	t.Parallel()
	var sent atomic.Int64
	s := serve(t, func(w http.ResponseWriter, r *http.Request) {
		block := make([]byte, 64<<10)
		w.Header().Set("Content-Type", "text/html")
		switch r.URL.Path {
		case "/headers":
			for range 200 {
				w.Header().Add("X-Filler", strings.Repeat("x", 50_000))
			}
		case "/bomb":
			w.Header().Set("Content-Encoding", "gzip")
			z := gzip.NewWriter(w)
			for range 1 << 14 { // 1 GiB
				n, err := z.Write(block)
				if sent.Add(int64(n)); err != nil {
					return
				}
			}
		default:
			for {
				if _, err := w.Write(block); err != nil {
					return
				}
			}
		}
	})
	c := client(t, Options{Guard: Guard{Allow: loopback}})
	for _, path := range []string{"/endless", "/bomb"} {
		d, err := c.Get(t.Context(), s.URL+path, mega, "text/html")
		if err != nil || len(d.Body) != mega || !d.More {
			t.Errorf("%s: %v", path, err)
		}
	}
	if _, err := c.Get(t.Context(), s.URL+"/headers", mega, "text/html"); err == nil {
		t.Error("endless headers were read")
	}
}

// drip answers on a connection, and then gives a byte a second until it ends.
func drip(conn net.Conn) {
	_, err := http.ReadRequest(bufio.NewReader(conn))
	if err == nil {
		_, err = io.WriteString(conn, "HTTP/1.1 200 OK\r\nContent-Type: text/html\r\n\r\n")
	}
	for err == nil {
		time.Sleep(time.Second) // of the test's own time
		_, err = io.WriteString(conn, "x")
	}
}

// SS-09: a server that drips is left after ten seconds in all.
func TestSS09SlowDrip(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		c := New(Options{})
		c.http.Transport = &http.Transport{DisableKeepAlives: true, DialContext: func(context.Context, string, string) (net.Conn, error) {
			here, there := net.Pipe()
			go drip(there)
			return here, nil
		}}
		start := time.Now()
		if d, err := c.Get(t.Context(), "http://slow.test/", mega, "text/html"); err == nil {
			t.Errorf("%.100s", d.Body)
		}
		if took := time.Since(start); took < within-time.Second || took > within+2*time.Second {
			t.Errorf("took %s", took)
		}
		time.Sleep(2 * time.Second) // the other side sees that nobody listens
	})
}
