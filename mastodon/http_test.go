package mastodon_test

import (
	"net/http"
	"strings"
	"testing"

	"github.com/prometheus/client_golang/prometheus"

	"github.com/guildhall/guildhall/mastodon"
)

func TestUnknown(t *testing.T) {
	t.Parallel()
	w := open(t)
	// XS-12: what is not there is said in JSON, and nothing of the path is said.
	for _, path := range []string{"/api/v1/%3Cb%3E", "/api/v1/nothing", "/api", "/api/v9", "/api/v1/accounts/1/nothing", "/api/v1/accounts/1/", "/media",
		"/api/v1/accounts/1%2ffollow", "/api//v1/instance", "/api/v1/../v1/instance", "/api/v1/./instance", "/API/V1/INSTANCE", "/api/v1/instance;x", "/oauth/nothing"} {
		a := w.do("GET", path, "", nil).is(404).has(`{"error": "Record not found"}`)
		if a.header.Get("Content-Type") != "application/json; charset=utf-8" || a.header.Get("X-Content-Type-Options") != "nosniff" {
			t.Errorf("%s: %v", path, a.header)
		}
	}
	a := w.do("DELETE", "/api/v1/accounts/verify_credentials", "", nil).is(405).has(`{"error": "Method not allowed"}`)
	if got := a.header.Get("Allow"); got != "GET, OPTIONS" {
		t.Errorf("Allow: %q", got)
	}
	for _, method := range []string{"TRACE", "CONNECT", "PROPFIND", "DEBUG", strings.Repeat("X", 1000)} { // PR-07
		if status, _, _ := w.raw(method + " /api/v1/instance HTTP/1.1\r\nHost: guild.test\r\nX-Secret: echo\r\n\r\n"); status != 405 && status != 400 && status != 501 {
			t.Errorf("%.20s: %d", method, status)
		}
	}
	w.do("POST", "/api/v1/instance", "", nil, "X-HTTP-Method-Override", "GET").is(405)
	w.do("HEAD", "/api/v1/instance", "", nil).is(200)
}

// XS-14: nothing redirects.
func TestXS14NoRedirects(t *testing.T) {
	t.Parallel()
	w := open(t)
	for _, path := range []string{"//evil.test", "//evil.test/%2e%2e", "/\\evil.test", "/api//evil.test", "/media//evil.test", "/api/%2F%2Fevil.test",
		"/api/v1/accounts/..//evil.test", "/.well-known//evil.test", "/api/v1/instance/?return_to=https://evil.test", "/api/v1/accounts/"} {
		status, header, _ := w.raw("GET " + path + " HTTP/1.1\r\nHost: guild.test\r\n\r\n")
		if header.Get("Location") != "" || status < 400 {
			t.Errorf("%s: %d %v", path, status, header)
		}
	}
}

func TestProtocol(t *testing.T) {
	t.Parallel()
	w := open(t)
	get := "GET /api/v2/instance HTTP/1.1\r\nHost: guild.test\r\n"
	// DO-13: bounds.
	for name, c := range map[string]struct {
		request string
		status  int
	}{
		"many headers": {get + manyHeaders(200) + "\r\n", 431},
		"long address": {"GET /api/v2/instance?" + strings.Repeat("x", 9000) + " HTTP/1.1\r\nHost: guild.test\r\n\r\n", 414},
		"some headers": {get + manyHeaders(50) + "\r\n", 200},
		"smuggling":    {"POST /oauth/token HTTP/1.1\r\nHost: guild.test\r\nContent-Length: 4\r\nTransfer-Encoding: chunked\r\nContent-Type: application/json\r\n\r\n0\r\n\r\nGET /hidden HTTP/1.1\r\nHost: x\r\n\r\n", 400},
	} {
		status, _, closes := w.raw(c.request)
		if status != c.status {
			t.Errorf("%s: %d, want %d", name, status, c.status)
		}
		if name == "smuggling" && !closes { // PR-01
			t.Error("the connection stays open after a chunked request")
		}
	}
	// CA-04: the host that a client names is nobody's.
	for _, request := range []string{"GET /.well-known/nodeinfo HTTP/1.1\r\nHost: evil.test\r\nX-Forwarded-Host: evil.test\r\n\r\n",
		"GET http://evil.test/.well-known/nodeinfo HTTP/1.1\r\nHost: evil.test\r\n\r\n"} {
		if status, _, _ := w.raw(request); status != 200 {
			t.Errorf("%s: %d", request, status)
		}
	}
	r, err := http.NewRequest("GET", w.server.URL+"/.well-known/nodeinfo", nil)
	w.must(err)
	r.Host = "evil.test"
	r.Header.Set("X-Forwarded-Host", "evil.test")
	if a := w.send(r); strings.Contains(string(a.body), "evil") {
		t.Errorf("%s", a.body)
	}
}

func manyHeaders(n int) string {
	var b strings.Builder
	for i := range n {
		b.WriteString("X-H" + string(rune('a'+i%26)) + strings.Repeat("y", i/26) + ": 1\r\n")
	}
	return b.String()
}

func TestHeaders(t *testing.T) {
	t.Parallel()
	w := open(t)
	ann := w.person("ann")
	// CA-01, LK-18: nobody stores what a token opened, and no cookie is let through.
	a := w.do("GET", "/api/v1/accounts/verify_credentials", ann.token, nil, "Origin", "https://evil.test").is(200)
	for name, want := range map[string]string{"Cache-Control": "private, no-store", "Vary": "Authorization", "X-Content-Type-Options": "nosniff",
		"Content-Security-Policy": "default-src 'none'; frame-ancestors 'none'", "Referrer-Policy": "no-referrer",
		"Access-Control-Allow-Origin": "*", "Access-Control-Allow-Credentials": "", "Content-Type": "application/json; charset=utf-8"} {
		if got := a.header.Get(name); got != want {
			t.Errorf("%s: %q, want %q", name, got, want)
		}
	}
	for _, path := range []string{"/api/v1/statuses", "/oauth/token", "/.well-known/nodeinfo"} {
		a := w.do("OPTIONS", path, "", nil, "Origin", "https://elk.test", "Access-Control-Request-Method", "POST",
			"Access-Control-Request-Headers", "authorization,idempotency-key").is(204)
		if !strings.Contains(a.header.Get("Access-Control-Allow-Headers"), "Authorization") || !strings.Contains(a.header.Get("Access-Control-Allow-Methods"), "DELETE") ||
			a.header.Get("Access-Control-Allow-Origin") != "*" {
			t.Errorf("%s: %v", path, a.header)
		}
	}
	if first, second := a.header.Get("X-Request-Id"), w.do("GET", "/api", "", nil).header.Get("X-Request-Id"); first == "" || first == second {
		t.Errorf("request ids %q and %q", first, second)
	}
	for accept, status := range map[string]int{"": 200, "*/*": 200, "application/json": 200, "text/html, application/*;q=0.8": 200, "text/html": 406, "image/png": 406} {
		w.do("GET", "/api/v2/instance", "", nil, "Accept", accept).is(status)
	}
}

// Tokens in odd places are no tokens.
func TestBearer(t *testing.T) {
	t.Parallel()
	w := open(t)
	ann := w.person("ann")
	const path = "/api/v1/accounts/verify_credentials"
	for header, status := range map[string]int{"Bearer " + ann.token: 200, "bearer " + ann.token: 200, ann.token: 401, "Basic " + ann.token: 401,
		"Bearer": 401, "Bearer ": 401, "Bearer " + strings.Repeat("x", 10_000): 401, "Bearer " + ann.token + "x": 401} {
		w.do("GET", path, "", nil, "Authorization", header).is(status)
	}
	w.do("GET", path+"?access_token="+ann.token, "", nil).is(401)
	w.do("GET", path, "", nil, "Cookie", "session="+ann.token).is(401)
	if got := w.do("GET", path, "x", nil).is(401).header.Get("WWW-Authenticate"); !strings.HasPrefix(got, "Bearer") {
		t.Errorf("WWW-Authenticate %q", got)
	}
	// A bad token is refused even where none is needed, so that a client learns of it.
	w.do("GET", "/api/v1/accounts/"+ann.id.String(), "x", nil).is(401)
}

func TestMetrics(t *testing.T) {
	t.Parallel()
	registry := prometheus.NewRegistry()
	w := open(t, func(d *mastodon.Deps, _ *mastodon.Config) { d.Metrics = registry })
	w.do("GET", "/api/v2/instance", "", nil).is(200)
	w.do("GET", "/api/v1/accounts/1", "", nil).is(404)
	w.do("GET", "/api/v1/accounts/2", "", nil).is(404)
	families, err := registry.Gather()
	w.must(err)
	got := map[string]uint64{}
	for _, f := range families {
		for _, m := range f.GetMetric() {
			if n := m.GetHistogram().GetSampleCount(); n > 0 {
				got[m.GetLabel()[0].GetValue()+" "+m.GetLabel()[1].GetValue()] = n
			}
		}
	}
	if len(got) != 2 || got["GET /api/v2/instance 2xx"] != 1 || got["GET /api/v1/accounts/{id} 4xx"] != 2 {
		t.Errorf("%v", got)
	}
}
