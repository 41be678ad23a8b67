// Package fetch reaches out to addresses that strangers have given us, and sees
// to it that these lead nowhere inside. What is done with an answer belongs to
// the callers.
package fetch

import (
	"fmt"
	"net"
	"net/http"
	"net/netip"
	"slices"
	"syscall"
	"time"
)

// Guard refuses connections to addresses that are not public. It looks at the
// address that is really dialled, so that neither spellings, nor names, nor
// answers of DNS that change lead past it.
type Guard struct {
	Allow    []netip.Prefix // taken whatever they are, at any port
	Resolver *net.Resolver  // nil: the system's
	ports    []uint16       // of public addresses; none: any
}

// inside lists what is reserved within the ranges of public addresses
// (RFC 6890 and the IANA registries that continue it).
var inside = []netip.Prefix{
	netip.MustParsePrefix("0.0.0.0/8"),
	netip.MustParsePrefix("100.64.0.0/10"), // carriers' own
	netip.MustParsePrefix("192.0.0.0/24"),
	netip.MustParsePrefix("192.0.2.0/24"), // for documents
	netip.MustParsePrefix("192.88.99.0/24"),
	netip.MustParsePrefix("198.18.0.0/15"), // for benchmarks
	netip.MustParsePrefix("198.51.100.0/24"),
	netip.MustParsePrefix("203.0.113.0/24"),
	netip.MustParsePrefix("240.0.0.0/4"),
	netip.MustParsePrefix("2001::/23"),     // tunnels and the like
	netip.MustParsePrefix("2001:db8::/32"), // for documents
	netip.MustParsePrefix("2002::/16"),     // IPv4 within
	netip.MustParsePrefix("3fff::/20"),
}

// global is all that IPv6 has given out for public use; IPv4 addresses in IPv6
// clothes are outside of it.
var global = netip.MustParsePrefix("2000::/3")

// Public tells whether anybody on the internet reaches the same host by an
// address.
func Public(a netip.Addr) bool {
	a = a.Unmap()
	if a.Zone() != "" || !a.IsGlobalUnicast() || a.IsPrivate() || a.Is6() && !global.Contains(a) {
		return false
	}
	return !slices.ContainsFunc(inside, func(p netip.Prefix) bool { return p.Contains(a) })
}

// Control is for net.Dialer: it refuses before the first packet.
func (g Guard) Control(_, address string, _ syscall.RawConn) error {
	target, err := netip.ParseAddrPort(address)
	if err != nil {
		return fmt.Errorf("fetch: %q is no address: %w", address, err)
	}
	a := target.Addr().Unmap()
	switch {
	case slices.ContainsFunc(g.Allow, func(p netip.Prefix) bool { return p.Contains(a) }):
		return nil
	case !Public(a):
		return fmt.Errorf("fetch: %s is not public", a)
	case len(g.ports) > 0 && !slices.Contains(g.ports, target.Port()):
		return fmt.Errorf("fetch: no page is at port %d", target.Port())
	}
	return nil
}

// Transport returns a transport that connects to public addresses only, by no
// proxy, with bounds on each step.
func (g Guard) Transport() *http.Transport {
	dialer := &net.Dialer{Timeout: 5 * time.Second, KeepAlive: 30 * time.Second, Control: g.Control, Resolver: g.Resolver}
	return &http.Transport{DialContext: dialer.DialContext, ForceAttemptHTTP2: true, TLSHandshakeTimeout: 5 * time.Second,
		ResponseHeaderTimeout: 10 * time.Second, MaxResponseHeaderBytes: 64 << 10, MaxIdleConns: 64, MaxIdleConnsPerHost: 4, MaxConnsPerHost: 8,
		IdleConnTimeout: 90 * time.Second}
}
