package httpx

import (
	"net/http"
	"net/netip"
	"testing"
)

func TestClientAddress(t *testing.T) {
	proxies := []netip.Prefix{netip.MustParsePrefix("10.0.0.0/8"), netip.MustParsePrefix("::1/128")}
	for _, c := range []struct {
		name, peer string
		forwarded  []string
		trusted    []netip.Prefix
		want       string
	}{
		{"no proxy", "192.0.2.1:99", nil, nil, "192.0.2.1"},
		{"nobody is trusted", "192.0.2.1:99", []string{"198.51.100.7"}, nil, "192.0.2.1"},
		{"the peer is not trusted", "192.0.2.1:99", []string{"198.51.100.7"}, proxies, "192.0.2.1"},
		{"one proxy", "10.0.0.1:99", []string{"198.51.100.7"}, proxies, "198.51.100.7"},
		{"two proxies, two headers", "[::1]:99", []string{"203.0.113.9, 198.51.100.7", "10.1.1.1"}, proxies, "198.51.100.7"},
		{"what a client claims is not believed", "10.0.0.1:99", []string{"10.0.0.5, 198.51.100.7"}, proxies, "198.51.100.7"},
		{"rubbish ends the chain", "10.0.0.1:99", []string{"198.51.100.7, <b>"}, proxies, "10.0.0.1"},
		{"IPv4 written as IPv6", "[::ffff:192.0.2.1]:99", nil, nil, "192.0.2.1"},
	} {
		r := &http.Request{RemoteAddr: c.peer, Header: http.Header{"X-Forwarded-For": c.forwarded}}
		if got := ClientAddress(r, c.trusted); got.String() != c.want {
			t.Errorf("%s: %v, want %s", c.name, got, c.want)
		}
	}
	if got := ClientAddress(&http.Request{RemoteAddr: "@"}, nil); got.IsValid() {
		t.Errorf("a socket without addresses: %v", got)
	}
}

func TestCleanPath(t *testing.T) {
	for path, want := range map[string]bool{
		"/": true, "/about": true, "/@a/1": true, "/about/": true, "/.well-known/x": true, "/..a": true,
		"": false, "about": false, "//evil.test": false, "/a//b": false, "/a/../b": false, "/.": false, "/a/..": false, `/\evil.test`: false,
	} {
		if CleanPath(path) != want {
			t.Errorf("%q: %v", path, !want)
		}
	}
}
