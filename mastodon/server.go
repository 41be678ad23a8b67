package mastodon

import (
	"crypto/rand"
	"net/http"
	"reflect"
	"strconv"
	"strings"
	"sync"
	"sync/atomic"

	"github.com/guildhall/guildhall/internal/httpx"
	"github.com/guildhall/guildhall/internal/observe"
)

// server is the API as a handler. Its fields do not change after New.
type server struct {
	Deps
	config      Config
	mux         *http.ServeMux
	behind      *http.ServeMux // asked for what mux does not know
	rendered    *renderCache
	statuses    *statusCache
	instance    *instanceCache
	pictures    pictures
	host        string // of BaseURL
	prefix      string // of request ids, so that two nodes' differ
	resets      timeText
	description func() ([]byte, error)                        // the document of the API, made once
	onRead      func(c *Call, name string, into reflect.Type) // nil but in tests
	count       atomic.Uint64
}

// Bounds of a request that no client of ours comes near.
const (
	maxURL     = 8 << 10
	maxHeaders = 100
)

// New returns the API as a handler. BaseURL must be an http or https address.
// Two routes with one pattern, or metrics that are registered already, are
// mistakes of the program, on which it panics.
func New(d Deps, config Config) http.Handler {
	config.BaseURL = strings.TrimSuffix(config.BaseURL, "/")
	_, host, _ := strings.Cut(config.BaseURL, "://")
	s := &server{
		Deps: d, config: config, host: host, prefix: rand.Text()[:8] + "-",
		mux: http.NewServeMux(), behind: http.NewServeMux(),
		rendered: newRenderCache(), statuses: newStatusCache(), pictures: drawPictures(), instance: &instanceCache{},
	}
	observe.Keep(d.Caches, "mastodon.accounts", s.rendered)
	observe.Keep(d.Caches, "mastodon.statuses", s.statuses)
	s.description = sync.OnceValues(func() ([]byte, error) { return Document(s.config) })
	durations := newDurations(d.Metrics)
	for _, route := range Routes() {
		mux := s.mux
		if route.Flags&Behind != 0 {
			mux = s.behind
		}
		mux.Handle(route.Method+" "+route.Pattern, newEndpoint(s, route, durations))
	}
	s.mux.HandleFunc("/media", s.missing) // else ServeMux redirects to /media/
	s.mux.HandleFunc("/", s.unknown)
	return s
}

// Owns tells whether a path belongs to the API, so that the composition root
// can give all others to the pages.
func Owns(path string) bool {
	switch path {
	case "/api/docs": // a page
		return false
	case "/oauth/token", "/oauth/revoke", "/oauth/userinfo", "/api", "/health",
		"/avatars/default.png", "/headers/default.png":
		return true
	}
	for _, prefix := range [...]string{"/api/", "/.well-known/", "/nodeinfo/", "/media/", "/health/"} {
		if strings.HasPrefix(path, prefix) {
			return true
		}
	}
	return false
}

// Header values that every answer shares; net/http only reads them.
var (
	jsonType  = []string{"application/json; charset=utf-8"}
	anyOrigin = []string{"*"}
	exposed   = []string{"Link, X-RateLimit-Limit, X-RateLimit-Remaining, X-RateLimit-Reset, X-Request-Id, Idempotency-Key, Retry-After, Deprecation, Mastodon-Async-Refresh"}
	// deprecatedSince is the day, by RFC 9745, since which this server says so: 2026-11-21.
	deprecatedSince = []string{"@1795219200"}
	nosniff         = []string{"nosniff"}
	noReferrer      = []string{"no-referrer"}
	jsonPolicy      = []string{"default-src 'none'; frame-ancestors 'none'"}
	notStored       = []string{"private, no-store"}
	byToken         = []string{"Authorization"}
)

// ServeHTTP implements http.Handler: what is true of every request, whatever
// its route, then the route.
func (s *server) ServeHTTP(w http.ResponseWriter, r *http.Request) {
	h := w.Header()
	h["X-Request-Id"] = []string{s.prefix + strconv.FormatUint(s.count.Add(1), 36)}
	h["X-Content-Type-Options"] = nosniff
	h["Referrer-Policy"] = noReferrer
	h["Content-Security-Policy"] = jsonPolicy
	h["Cache-Control"] = notStored
	h["Vary"] = byToken
	h["Access-Control-Allow-Origin"] = anyOrigin
	h["Access-Control-Expose-Headers"] = exposed
	if len(r.TransferEncoding) > 0 {
		// net/http takes Content-Length and chunked in one request; what a
		// proxy before us took for a second request must never be read as one.
		h.Set("Connection", "close")
	}
	switch {
	case len(r.RequestURI) > maxURL:
		s.refuse(w, http.StatusRequestURITooLong, "The address is too long")
	case headerLines(r.Header) > maxHeaders:
		s.refuse(w, http.StatusRequestHeaderFieldsTooLarge, "Too many headers")
	case !strings.HasPrefix(r.URL.Path, "/health") && s.Identity.Bars(httpx.ClientAddress(r, s.config.TrustedProxies)):
		s.refuse(w, http.StatusForbidden, "Your network is blocked")
	case r.Method == http.MethodOptions:
		preflight(h)
		w.WriteHeader(http.StatusNoContent)
	case r.Method == http.MethodTrace || r.Method == http.MethodConnect:
		s.refuse(w, http.StatusMethodNotAllowed, "Method not allowed")
	case !httpx.CleanPath(r.URL.Path):
		// ServeMux would redirect to the clean path.
		s.missing(w, r)
	default:
		s.mux.ServeHTTP(w, r)
	}
}

// headerLines counts a request's headers, one that is repeated as many.
func headerLines(h http.Header) int {
	n := 0
	for _, lines := range h {
		n += len(lines)
	}
	return n
}

// preflight answers a browser that asks whether a page of another origin may
// send a request: always, for the API knows no cookies.
func preflight(h http.Header) {
	h.Set("Access-Control-Allow-Methods", "GET, POST, PUT, PATCH, DELETE, OPTIONS")
	h.Set("Access-Control-Allow-Headers", "Authorization, Content-Type, Idempotency-Key, *")
	h.Set("Access-Control-Max-Age", "86400")
}

// methods are all that a route of the table can have, for the Allow header.
var methods = [...]string{"GET", "POST", "PUT", "PATCH", "DELETE"}

// unknown answers what no route of mux matches: as the one behind says, else
// 405 if another method would be taken, else 404.
func (s *server) unknown(w http.ResponseWriter, r *http.Request) {
	if _, pattern := s.behind.Handler(r); pattern != "" {
		s.behind.ServeHTTP(w, r)
		return
	}
	var allowed []string
	for _, method := range methods {
		probe := &http.Request{Method: method, URL: r.URL, Host: r.Host}
		_, pattern := s.mux.Handler(probe)
		if _, behind := s.behind.Handler(probe); pattern != "/" && pattern != "" || behind != "" {
			allowed = append(allowed, method)
		}
	}
	if allowed == nil {
		s.missing(w, r)
		return
	}
	w.Header().Set("Allow", strings.Join(append(allowed, "OPTIONS"), ", "))
	s.refuse(w, http.StatusMethodNotAllowed, "Method not allowed")
}

func (s *server) missing(w http.ResponseWriter, _ *http.Request) {
	s.refuse(w, http.StatusNotFound, "Record not found")
}

// refuse answers a request that reaches no route.
func (s *server) refuse(w http.ResponseWriter, status int, text string) {
	body, err := encode(errorBody{Error: text})
	if err != nil { // a string always encodes
		panic(err)
	}
	h := w.Header()
	h["Content-Type"] = jsonType
	h["Content-Length"] = []string{strconv.Itoa(len(body))}
	w.WriteHeader(status)
	_, _ = w.Write(body) // a client that is gone
}
