package web

import (
	"bytes"
	"log/slog"
	"net/http"
	"net/http/httptest"
	"runtime"
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/guildhall/guildhall/instance"
	"github.com/guildhall/guildhall/internal/httpx"
)

// bare is a server without domains, for what every page has in common.
func bare(log *bytes.Buffer, gate *httpx.Gate) *server {
	return &server{Deps: Deps{Log: slog.New(slog.NewJSONHandler(log, nil)), Gate: gate, Now: time.Now, Instance: new(instance.Service)}, catalogues: loadCatalogues(),
		buffers: &sync.Pool{New: func() any { return new(bytes.Buffer) }}}
}

// LK-11: a page that panics costs one request, tells the log where, and the
// reader nothing; half a page is cut off.
func TestPanic(t *testing.T) {
	var log bytes.Buffer
	gate := httpx.NewGate(1, 0, 0)
	s := bare(&log, gate)
	w := httptest.NewRecorder()
	s.answer(w, httptest.NewRequest("GET", "/x", nil), route{handler: func(*call) error { panic("secret") }})
	if w.Code != http.StatusInternalServerError || !strings.Contains(w.Body.String(), "Something broke here") || strings.Contains(w.Body.String(), "secret") {
		t.Errorf("%d %s", w.Code, w.Body)
	}
	if !strings.Contains(log.String(), "answer_test.go") {
		t.Errorf("logged %s", &log)
	}
	if running, _ := gate.Load(); running != 0 {
		t.Error("the slot is not given back")
	}
	defer func() {
		if p := recover(); p != http.ErrAbortHandler {
			t.Errorf("half a page ends with %v", p)
		}
	}()
	s.answer(httptest.NewRecorder(), httptest.NewRequest("GET", "/x", nil), route{handler: func(c *call) error {
		c.w.WriteHeader(http.StatusOK)
		panic("late")
	}})
	t.Error("half a page looks whole")
}

// Under load some wait, and the rest are told to come back.
func TestOverload(t *testing.T) {
	var log bytes.Buffer
	gate := httpx.NewGate(1, 1, time.Minute)
	s := bare(&log, gate)
	enter, leave := make(chan struct{}), make(chan struct{})
	slow := route{handler: func(c *call) error {
		enter <- struct{}{}
		<-leave
		return c.show(http.StatusOK, nothing())
	}}
	call := func(page route) *httptest.ResponseRecorder {
		w := httptest.NewRecorder()
		s.answer(w, httptest.NewRequest("GET", "/x", nil), page)
		return w
	}
	codes := make(chan int)
	for range 2 {
		go func() { codes <- call(slow).Code }()
	}
	<-enter // one runs,
	for waiting := 0; waiting == 0; _, waiting = gate.Load() {
		runtime.Gosched() // and one waits
	}
	if w := call(slow); w.Code != http.StatusServiceUnavailable || w.Header().Get("Retry-After") == "" || !strings.Contains(w.Body.String(), "Too busy at the moment") {
		t.Errorf("%d %v", w.Code, w.Header())
	}
	close(leave)
	<-enter
	for range 2 {
		if code := <-codes; code != http.StatusOK {
			t.Errorf("%d", code)
		}
	}
}

// watched sees whether a slot is held while a page is written.
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

// DO-04: who reads a page slowly holds no slot meanwhile.
func TestSlowReaders(t *testing.T) {
	var log bytes.Buffer
	gate := httpx.NewGate(1, 0, 0)
	w := &watched{ResponseRecorder: httptest.NewRecorder(), gate: gate}
	bare(&log, gate).answer(w, httptest.NewRequest("GET", "/x", nil), route{handler: func(*call) error { return errNoPage() }})
	if w.Body.Len() == 0 || w.taken {
		t.Errorf("%q was written with a slot held: %v", w.Body, w.taken)
	}
}

// A form's token looks different each time, and only the session that it was made
// for takes it.
func TestMask(t *testing.T) {
	seen := map[string]bool{}
	for range 50 {
		c := &call{server: new(server), session: "one"}
		token := c.sessionToken("x")
		if seen[token] {
			t.Fatalf("%s comes twice", token)
		}
		seen[token] = true
		if again := c.sessionToken("x"); again != token {
			t.Errorf("one answer has %s and %s", token, again)
		}
		for text, want := range map[string]bool{token: true, token[:len(token)-1]: false, token[1:] + "A": false, "": false, strings.Repeat("A", len(token)): false} {
			c.r = httptest.NewRequest("POST", "/x", nil)
			c.r.PostForm = map[string][]string{"token": {text}}
			if got := c.checkToken("one", "x") == nil; got != want {
				t.Errorf("%s is taken: %v", text, got)
			}
			if c.checkToken("two", "x") == nil || c.checkToken("one", "y") == nil || c.checkToken("", "x") == nil {
				t.Errorf("%s is taken by another session or for another purpose", text)
			}
		}
	}
}
