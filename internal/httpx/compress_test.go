package httpx_test

import (
	"compress/gzip"
	"io"
	"net/http"
	"net/http/httptest"
	"strconv"
	"strings"
	"testing"
	"time"

	"github.com/guildhall/guildhall/internal/httpx"
)

var long = strings.Repeat("all work and no play ", 200)

// answering serves what f answers, compressed for who asks for it.
func answering(t *testing.T, f http.HandlerFunc) func(header ...string) *http.Response {
	t.Helper()
	s := httptest.NewServer(httpx.Compress(f))
	t.Cleanup(s.Close)
	client := &http.Client{Transport: &http.Transport{DisableCompression: true}}
	t.Cleanup(client.CloseIdleConnections)
	return func(header ...string) *http.Response {
		t.Helper()
		r, err := http.NewRequestWithContext(t.Context(), "GET", s.URL, nil)
		if err != nil {
			t.Fatal(err)
		}
		for i := 0; i < len(header); i += 2 {
			r.Header.Add(header[i], header[i+1])
		}
		if r.Header.Get("Method") != "" {
			r.Method = r.Header.Get("Method")
		}
		res, err := client.Do(r)
		if err != nil {
			t.Fatal(err)
		}
		t.Cleanup(func() { res.Body.Close() })
		return res
	}
}

// body is what an answer says.
func body(t *testing.T, res *http.Response) string {
	t.Helper()
	in := io.Reader(res.Body)
	if res.Header.Get("Content-Encoding") == "gzip" {
		z, err := gzip.NewReader(res.Body)
		if err != nil {
			t.Fatal(err)
		}
		in = z
	}
	text, err := io.ReadAll(in)
	if err != nil {
		t.Fatal(err)
	}
	return string(text)
}

func TestCompress(t *testing.T) {
	for name, c := range map[string]struct {
		kind, text string
		header     []string // of the answer
		want       bool
	}{
		"page":                {"text/html; charset=utf-8", long, nil, true},
		"JSON":                {"application/json; charset=utf-8", long, nil, true},
		"kind of JSON":        {"application/jrd+json", long, nil, true},
		"drawing":             {"image/svg+xml", long, nil, true},
		"length is not known": {"text/plain", long, []string{"Content-Length", ""}, true},
		"short":               {"text/html", "hello", nil, false},
		"picture":             {"image/png", long, nil, false},
		"font":                {"font/woff2", long, nil, false},
		"events":              {"text/event-stream", long, []string{"Content-Length", ""}, false},
		"encoded already":     {"text/css", long, []string{"Content-Encoding", "br"}, false},
	} {
		get := answering(t, func(w http.ResponseWriter, _ *http.Request) {
			w.Header().Set("Content-Type", c.kind)
			w.Header().Set("Vary", "Cookie")
			w.Header().Set("ETag", `"x"`)
			w.Header().Set("Content-Length", strconv.Itoa(len(c.text)))
			for i := 0; i < len(c.header); i += 2 {
				if w.Header().Del(c.header[i]); c.header[i+1] != "" {
					w.Header().Set(c.header[i], c.header[i+1])
				}
			}
			_, _ = io.WriteString(w, c.text)
		})
		for _, asks := range []bool{true, false} {
			var res *http.Response
			if asks {
				res = get("Accept-Encoding", "gzip, br")
			} else {
				res = get()
			}
			h := res.Header
			if got := h.Get("Content-Encoding") == "gzip"; got != (c.want && asks) {
				t.Errorf("%s, asked for: %v: compressed %v", name, asks, got)
			}
			if got := strings.Contains(strings.Join(h["Vary"], ","), "Accept-Encoding"); got != c.want || !strings.Contains(strings.Join(h["Vary"], ","), "Cookie") {
				t.Errorf("%s: Vary %q", name, h["Vary"])
			}
			if weak := strings.HasPrefix(h.Get("ETag"), "W/"); weak != (c.want && asks) {
				t.Errorf("%s: ETag %s", name, h.Get("ETag"))
			}
			if got := body(t, res); got != c.text {
				t.Errorf("%s: %d bytes, want %d", name, len(got), len(c.text))
			}
			if c.want && asks && res.ContentLength > int64(len(c.text))/4 {
				t.Errorf("%s: %d bytes", name, res.ContentLength)
			}
		}
	}
}

func TestAcceptsGzip(t *testing.T) {
	for accept, want := range map[string]bool{"": false, "gzip": true, "GZIP": true, "br, gzip;q=0.5": true, "gzip;q=0": false, "gzip; q=0.000": false, "*": true, "*;q=0": false,
		"gzip;q=0, *": false, "identity": false, "identity, gzip;q=0.2": false, "identity;q=0.2, gzip;q=0.8": true, "deflate": false, "gzip;q=x": false, "gzip;level=9": false, "gzipped": false} {
		r := httptest.NewRequest("GET", "/", nil)
		if accept != "" {
			r.Header.Set("Accept-Encoding", accept)
		}
		if got := httpx.AcceptsGzip(r); got != want {
			t.Errorf("%q: %v", accept, got)
		}
	}
}

// What is flushed arrives, though the answer goes on.
func TestCompressFlushes(t *testing.T) {
	goOn := make(chan struct{})
	get := answering(t, func(w http.ResponseWriter, _ *http.Request) {
		w.Header().Set("Content-Type", "text/plain")
		_, _ = io.WriteString(w, "first")
		if err := http.NewResponseController(w).Flush(); err != nil {
			t.Error(err)
		}
		<-goOn
		_, _ = io.WriteString(w, "second")
	})
	res := get("Accept-Encoding", "gzip")
	z, err := gzip.NewReader(res.Body)
	if err != nil {
		t.Fatal(err)
	}
	text := make([]byte, len("first"))
	if _, err := io.ReadFull(z, text); err != nil || string(text) != "first" {
		t.Errorf("%q %v", text, err)
	}
	close(goOn)
	if rest, err := io.ReadAll(z); err != nil || string(rest) != "second" {
		t.Errorf("%q %v", rest, err)
	}
}

// An answer without a body has no encoding, and files in parts are sent as they are.
func TestCompressLeavesAlone(t *testing.T) {
	file := func(w http.ResponseWriter, r *http.Request) {
		w.Header().Set("Content-Type", "text/plain")
		w.Header().Set("ETag", `"x"`)
		http.ServeContent(w, r, "", time.Time{}, strings.NewReader(long))
	}
	get := answering(t, file)
	if res := get("Accept-Encoding", "gzip", "Range", "bytes=0-3"); res.StatusCode != 206 || res.Header.Get("Content-Encoding") != "" || body(t, res) != long[:4] {
		t.Errorf("a part: %d %v", res.StatusCode, res.Header)
	}
	if res := get("Accept-Encoding", "gzip", "If-None-Match", `W/"x"`); res.StatusCode != 304 || res.Header.Get("Content-Encoding") != "" {
		t.Errorf("not modified: %d %v", res.StatusCode, res.Header)
	}
	if res := get("Accept-Encoding", "gzip"); body(t, res) != long || res.Header.Get("Accept-Ranges") != "" || res.Header.Get("Content-Encoding") != "gzip" {
		t.Errorf("whole: %v", res.Header)
	}
	if res := get("Accept-Encoding", "gzip", "Method", "HEAD"); res.Header.Get("Content-Encoding") != "" || body(t, res) != "" {
		t.Errorf("HEAD: %v", res.Header)
	}
	get = answering(t, func(w http.ResponseWriter, _ *http.Request) { w.WriteHeader(http.StatusNoContent) })
	if res := get("Accept-Encoding", "gzip"); res.StatusCode != 204 || res.Header.Get("Content-Encoding") != "" {
		t.Errorf("nothing: %d %v", res.StatusCode, res.Header)
	}
}

// An answer that breaks off must not look whole.
func TestCompressBreaksOff(t *testing.T) {
	get := answering(t, func(w http.ResponseWriter, _ *http.Request) {
		w.Header().Set("Content-Type", "text/plain")
		_, _ = io.WriteString(w, long)
		_ = http.NewResponseController(w).Flush()
		panic(http.ErrAbortHandler)
	})
	res := get("Accept-Encoding", "gzip")
	z, err := gzip.NewReader(res.Body)
	if err != nil {
		t.Fatal(err)
	}
	if text, err := io.ReadAll(z); err == nil {
		t.Errorf("%d bytes and no error", len(text))
	}
}
