package fetch

import (
	"net"
	"net/http"
	"net/http/httptest"
	"net/netip"
	"testing"
)

func TestPublic(t *testing.T) {
	for text, want := range map[string]bool{
		"1.1.1.1": true, "2606:4700::1111": true, "::ffff:1.1.1.1": true, "126.255.255.255": true, "172.32.0.1": true,
		"127.0.0.1": false, "127.9.9.9": false, "0.0.0.0": false, "0.1.2.3": false, "10.0.0.1": false, "172.16.0.1": false, "192.168.1.1": false,
		"169.254.169.254": false, "100.64.0.1": false, "192.0.2.1": false, "198.18.0.1": false, "198.51.100.7": false, "203.0.113.9": false,
		"224.0.0.1": false, "240.0.0.1": false, "255.255.255.255": false,
		"::1": false, "::": false, "::ffff:127.0.0.1": false, "::127.0.0.1": false, "64:ff9b::7f00:1": false, "64:ff9b:1::1": false,
		"2002:7f00:1::": false, "2001:0:1::1": false, "2001:db8::1": false, "fe80::1": false, "fc00::1": false, "fec0::1": false, "ff02::1": false,
		"fe80::1%eth0": false, "3fff::1": false, "5f00::1": false,
	} {
		if got := Public(netip.MustParseAddr(text)); got != want {
			t.Errorf("%s: %v", text, got)
		}
	}
}

// SS-01, SS-02: no spelling of an inside address, and no name, is connected to.
func TestGuardRefusesInside(t *testing.T) {
	hits := 0
	server := httptest.NewServer(http.HandlerFunc(func(http.ResponseWriter, *http.Request) { hits++ }))
	defer server.Close()
	_, port, err := net.SplitHostPort(server.Listener.Addr().String())
	if err != nil {
		t.Fatal(err)
	}
	get := func(g Guard, host string) error {
		client := http.Client{Transport: g.Transport()}
		res, err := client.Get("http://" + host + ":" + port)
		if err == nil {
			err = res.Body.Close()
		}
		return err
	}
	for _, host := range []string{"127.0.0.1", "localhost", "[::1]", "0.0.0.0", "[::]", "[::ffff:127.0.0.1]", "127.1", "0x7f.1", "2130706433", "0177.0.0.1"} {
		if get(Guard{}, host) == nil {
			t.Errorf("%s was reached", host)
		}
	}
	if hits != 0 {
		t.Errorf("%d hits", hits)
	}
	if err := get(Guard{Allow: []netip.Prefix{netip.MustParsePrefix("127.0.0.0/8")}}, "127.0.0.1"); err != nil || hits != 1 {
		t.Errorf("%v, %d hits", err, hits)
	}
}

// The ports of pages are for public hosts; networks that are allowed have theirs.
func TestPorts(t *testing.T) {
	t.Parallel()
	g := Guard{Allow: []netip.Prefix{netip.MustParsePrefix("10.1.0.0/16")}, ports: []uint16{80, 443}}
	for address, ok := range map[string]bool{"93.184.216.34:443": true, "[2606:2800:21f::1]:80": true, "10.1.2.3:8080": true,
		"93.184.216.34:22": false, "93.184.216.34:6379": false, "10.2.0.1:80": false, "127.0.0.1:443": false} {
		if err := g.Control("tcp", address, nil); (err == nil) != ok {
			t.Errorf("%s: %v", address, err)
		}
	}
	if err := (Guard{}).Control("tcp", "93.184.216.34:8443", nil); err != nil {
		t.Error(err)
	}
}
