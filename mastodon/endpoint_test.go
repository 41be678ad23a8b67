package mastodon

import (
	"bytes"
	"errors"
	"fmt"
	"log/slog"
	"net/http"
	"net/http/httptest"
	"runtime"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/prometheus/client_golang/prometheus"

	"github.com/guildhall/guildhall/internal/blob"
	"github.com/guildhall/guildhall/internal/errs"
	"github.com/guildhall/guildhall/internal/httpx"
)

// LK-11: a handler that fails or panics costs one request an answer that tells
// nothing, and leaves the log what it needs.
func TestFailures(t *testing.T) {
	for _, c := range []struct {
		name   string
		handle func(*server, *Call) error
		status int
		body   string
		logged string
	}{
		{"panic", func(*server, *Call) error { panic("secret") }, 500, `{"error":"An unexpected error occurred"}`, "endpoint_test.go"},
		{"our fault", func(*server, *Call) error { return errors.New("SELECT secret") }, 500, `{"error":"An unexpected error occurred"}`, "SELECT secret"},
		{"our fault, with a text", func(*server, *Call) error { return errs.Wrap(errs.Internal, "secret", errors.New("cause")) }, 500,
			`{"error":"An unexpected error occurred"}`, "cause"},
		{"not found", func(*server, *Call) error { return errs.NotFoundRecord() }, 404, `{"error":"Record not found"}`, ""},
		{"cause", func(*server, *Call) error { return errs.Wrap(errs.Malformed, "Bad", errors.New("secret")) }, 400, `{"error":"Bad"}`, ""},
		{"fields", func(*server, *Call) error {
			return &errs.Error{Kind: errs.Invalid, Text: "Validation failed", Fields: map[string][]errs.Field{"name": {{Code: "ERR_BLANK", Text: "can't be blank"}}}}
		}, 422, `{"error":"Validation failed","details":{"name":[{"error":"ERR_BLANK","description":"can't be blank"}]}}`, ""},
		{"after the answer", func(_ *server, c *Call) error { return errors.Join(c.Bytes(200, []byte("1")), errors.New("late")) }, 200, "1", "late"},
	} {
		var log bytes.Buffer
		s := &server{Deps: Deps{Log: slog.New(slog.NewJSONHandler(&log, nil)), Gate: httpx.NewGate(1, 0, time.Second)}}
		e := newEndpoint(s, Route{Method: "GET", Pattern: "/x", Handle: c.handle}, nil)
		w := httptest.NewRecorder()
		e.ServeHTTP(w, httptest.NewRequest("GET", "/x", nil))
		if w.Code != c.status || w.Body.String() != c.body {
			t.Errorf("%s: %d %s", c.name, w.Code, w.Body)
		}
		if !strings.Contains(log.String(), c.logged) || c.logged == "" && log.Len() > 0 {
			t.Errorf("%s: logged %s", c.name, &log)
		}
		if running, _ := s.Gate.Load(); running > 0 {
			t.Errorf("%s: the slot is not given back", c.name)
		}
	}
}

// Under load some wait, the rest are told to come back, and health answers.
func TestOverload(t *testing.T) {
	enter, leave := make(chan struct{}), make(chan struct{})
	s := &server{Deps: Deps{Log: slog.New(slog.DiscardHandler), Gate: httpx.NewGate(1, 1, time.Minute)}}
	call := func(e *endpoint) *httptest.ResponseRecorder {
		w := httptest.NewRecorder()
		e.ServeHTTP(w, httptest.NewRequest("GET", "/x", nil))
		return w
	}
	slow := newEndpoint(s, Route{Handle: func(_ *server, c *Call) error {
		enter <- struct{}{}
		<-leave
		return c.Bytes(200, nil)
	}}, nil)
	quick := Route{Handle: func(_ *server, c *Call) error { return c.Bytes(200, nil) }}
	answers := make(chan int)
	for range 2 {
		go func() { answers <- call(slow).Code }()
	}
	<-enter // one runs,
	for waiting := 0; waiting == 0; _, waiting = s.Gate.Load() {
		runtime.Gosched() // and one waits
	}
	if w := call(newEndpoint(s, quick, nil)); w.Code != 503 || w.Header().Get("Retry-After") == "" {
		t.Errorf("%d %v", w.Code, w.Header())
	}
	quick.Flags = Unshed
	if w := call(newEndpoint(s, quick, nil)); w.Code != 200 {
		t.Errorf("health: %d", w.Code)
	}
	close(leave)
	<-enter
	for range 2 {
		if code := <-answers; code != 200 {
			t.Errorf("%d", code)
		}
	}
}

// DO-04: who reads an answer slowly holds no slot meanwhile.
func TestSlowReaders(t *testing.T) {
	blobs, err := blob.Open(t.TempDir())
	if err != nil {
		t.Fatal(err)
	}
	defer blobs.Close()
	key, _, err := blobs.Put(t.Context(), strings.NewReader("a picture"), ".png")
	if err != nil {
		t.Fatal(err)
	}
	for name, handle := range map[string]func(*server, *Call) error{
		"JSON":    func(_ *server, c *Call) error { return c.Bytes(200, []byte("[]")) },
		"failure": func(*server, *Call) error { return errs.NotFoundRecord() },
		"file":    (*server).file,
		"picture": func(s *server, c *Call) error { return s.picture(c, []byte("a picture")) },
	} {
		s := &server{Deps: Deps{Log: slog.New(slog.DiscardHandler), Blobs: blobs, Gate: httpx.NewGate(1, 0, 0)}}
		r := httptest.NewRequest("GET", "/media/"+key, nil)
		r.SetPathValue("key", key)
		w := &watched{ResponseRecorder: httptest.NewRecorder(), gate: s.Gate}
		newEndpoint(s, Route{Handle: handle}, nil).ServeHTTP(w, r)
		if w.Body.Len() == 0 || w.taken {
			t.Errorf("%s: %q was written with a slot held: %v", name, w.Body, w.taken)
		}
	}
}

// watched sees whether the gate's slots are taken while an answer is written.
type watched struct {
	*httptest.ResponseRecorder
	gate  *httpx.Gate
	taken bool
}

// Write implements http.ResponseWriter.
func (w *watched) Write(p []byte) (int, error) {
	running, _ := w.gate.Load()
	w.taken = w.taken || running > 0
	return w.ResponseRecorder.Write(p)
}

// What was asked for is measured, and only that takes memory.
func TestDurations(t *testing.T) {
	registry := prometheus.NewRegistry()
	s := &server{Deps: Deps{Log: slog.New(slog.DiscardHandler), Gate: httpx.NewGate(1, 0, 0)}}
	durations := newDurations(registry)
	call := func(r Route) {
		newEndpoint(s, r, durations).ServeHTTP(httptest.NewRecorder(), httptest.NewRequest("GET", "/x", nil))
	}
	fine := Route{Method: "GET", Pattern: "/fine", Handle: func(_ *server, c *Call) error { return c.Bytes(200, nil) }}
	call(fine)
	call(fine)
	call(Route{Method: "GET", Pattern: "/broken", Handle: func(*server, *Call) error { return errs.NotFoundRecord() }})
	call(Route{Method: "GET", Pattern: "/health", Flags: Unshed, Handle: fine.Handle})
	newEndpoint(s, Route{Method: "GET", Pattern: "/idle"}, durations)
	families, err := registry.Gather()
	if err != nil {
		t.Fatal(err)
	}
	var got []string
	for _, m := range families[0].GetMetric() {
		got = append(got, fmt.Sprint(m.GetLabel()[0].GetValue(), " ", m.GetLabel()[1].GetValue(), " ", m.GetHistogram().GetSampleCount()))
	}
	if want := []string{"GET /broken 4xx 1", "GET /fine 2xx 2"}; !slices.Equal(got, want) {
		t.Errorf("got %v, want %v", got, want)
	}
}

// Each kind of failure has its status.
func TestStatuses(t *testing.T) {
	for k := errs.Internal; k <= errs.Unavailable; k++ {
		if statuses[k] < 400 {
			t.Errorf("%v has the status %d", k, statuses[k])
		}
	}
}

// What a client sends in a URL cannot leave the header that it comes back in.
func TestLinkEscapes(t *testing.T) {
	for raw, want := range map[string]string{
		"a=1&max_id=5&limit=2":   "<https://g.test/x?a=1&limit=2&max_id=1>; rel=\"next\", <https://g.test/x?a=1&limit=2&min_id=9>; rel=\"prev\"",
		"":                       "<https://g.test/x?max_id=1>; rel=\"next\", <https://g.test/x?min_id=9>; rel=\"prev\"",
		"a=>;rel=\"x\",<y>\r\né": "<https://g.test/x?a=%3E;rel=%22x%22%2C%3Cy%3E%0D%0A%C3%A9&max_id=1>; rel=\"next\", <https://g.test/x?a=%3E;rel=%22x%22%2C%3Cy%3E%0D%0A%C3%A9&min_id=9>; rel=\"prev\"",
		"&&since_id=1&min_id&b":  "<https://g.test/x?b&max_id=1>; rel=\"next\", <https://g.test/x?b&min_id=9>; rel=\"prev\"",
	} {
		w := httptest.NewRecorder()
		r := httptest.NewRequest("GET", "/x", nil)
		r.URL.RawQuery = raw
		c := &Call{W: w, R: r, server: &server{config: Config{BaseURL: "https://g.test"}}}
		c.Link(9, 1)
		if got := w.Header().Get("Link"); got != want {
			t.Errorf("%q:\n got %s\nwant %s", raw, got, want)
		}
	}
}

// BenchmarkFrame is what the edge itself costs: to be compared with a handler
// that writes the same bytes.
func BenchmarkFrame(b *testing.B) {
	body := []byte(`{"id":"1"}`)
	s := New(Deps{Log: slog.New(slog.DiscardHandler)}, DefaultConfig()).(*server)
	s.mux = http.NewServeMux()
	s.mux.Handle("GET /api/v1/statuses/{id}", newEndpoint(s, Route{Method: "GET", Pattern: "/api/v1/statuses/{id}",
		Handle: func(_ *server, c *Call) error { return c.Bytes(200, body) }}, nil))
	r := httptest.NewRequest("GET", "/api/v1/statuses/123", nil)
	b.ReportAllocs()
	for b.Loop() {
		s.ServeHTTP(&discard{h: http.Header{}}, r)
	}
}

// discard is a ResponseWriter that costs nothing.
type discard struct{ h http.Header }

// Header implements http.ResponseWriter.
func (d *discard) Header() http.Header { return d.h }

// Write implements http.ResponseWriter.
func (d *discard) Write(p []byte) (int, error) { return len(p), nil }

// WriteHeader implements http.ResponseWriter.
func (d *discard) WriteHeader(int) {}
