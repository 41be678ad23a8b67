// Package httpx is what both edges, the API and the pages, do with a request in
// the same way: who the client is, which paths are clean, how many may run at
// once, what a panic costs, how answers are compressed. What only one of them
// needs belongs there, as do answers and policies.
package httpx

import (
	"net/http"
	"net/netip"
	"slices"
	"strings"
)

// ClientAddress returns the address of the client: the connection's peer, or,
// if that is a trusted proxy, the last address of X-Forwarded-For that is not
// one. It returns the zero address if there is none to read.
func ClientAddress(r *http.Request, trusted []netip.Prefix) netip.Addr {
	peer, err := netip.ParseAddrPort(r.RemoteAddr)
	if err != nil {
		return netip.Addr{}
	}
	addr := peer.Addr().Unmap()
	if len(trusted) == 0 {
		return addr
	}
	hops := strings.Split(strings.Join(r.Header["X-Forwarded-For"], ","), ",")
	for _, hop := range slices.Backward(hops) {
		if !slices.ContainsFunc(trusted, func(p netip.Prefix) bool { return p.Contains(addr) }) {
			break
		}
		next, err := netip.ParseAddr(strings.TrimSpace(hop))
		if err != nil {
			break
		}
		addr = next.Unmap()
	}
	return addr
}

// CleanPath tells whether a path has no empty, "." or ".." segment and no
// backslash. http.ServeMux would redirect others to a path that browsers may
// take for another host: do not let them get there.
func CleanPath(path string) bool {
	if !strings.HasPrefix(path, "/") || strings.Contains(path, `\`) {
		return false
	}
	segments := strings.Split(path[1:], "/")
	for i, s := range segments {
		if s == "." || s == ".." || s == "" && i < len(segments)-1 {
			return false
		}
	}
	return true
}
