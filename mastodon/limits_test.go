package mastodon_test

import (
	"bufio"
	"net"
	"net/http"
	"net/netip"
	"strconv"
	"strings"
	"testing"
	"time"

	"github.com/guildhall/guildhall/internal/httpx"
	"github.com/guildhall/guildhall/internal/limit"
	"github.com/guildhall/guildhall/mastodon"
)

// RL-09, RL-10: what is left is told, and when there is nothing left, when to come back.
func TestRateLimits(t *testing.T) {
	t.Parallel()
	w := open(t, func(d *mastodon.Deps, c *mastodon.Config) {
		d.Limit = limit.New(d.Now)
		c.Limits["token"] = limit.Rule{Name: "token", Limit: 3, Window: 5 * time.Minute}
		c.Limits["account"] = limit.Rule{Name: "account", Limit: 5, Window: 5 * time.Minute}
		c.Limits["address"] = limit.Rule{Name: "address", Limit: 8, Window: 5 * time.Minute}
		c.Limits["apps"] = limit.Rule{Name: "apps", Limit: 2, Window: 10 * time.Minute}
		c.TrustedProxies = []netip.Prefix{netip.MustParsePrefix("127.0.0.0/8")}
	})
	ann := w.person("ann")
	second := w.token(ann, "read")
	call := func(token string) *answer { return w.do("GET", "/api/v1/accounts/verify_credentials", token, nil) }
	for left := 2; left >= 0; left-- {
		a := call(ann.token).is(200)
		reset, err := time.Parse(time.RFC3339, a.header.Get("X-RateLimit-Reset"))
		if err != nil || !reset.After(w.kit.Clock.Now()) || a.header.Get("X-RateLimit-Limit") != "3" ||
			a.header.Get("X-RateLimit-Remaining") != strconv.Itoa(left) {
			t.Errorf("%d left: %v", left, a.header)
		}
	}
	a := call(ann.token).is(429).has(`{"error": "Too many requests"}`)
	if after, err := strconv.Atoi(a.header.Get("Retry-After")); err != nil || after < 1 || after > 300 || a.header.Get("X-RateLimit-Remaining") != "0" {
		t.Errorf("%v", a.header)
	}
	// Another token of the account: what the account has left. The one that was refused counted there.
	call(second).is(200)
	call(second).is(429)
	w.kit.Clock.Advance(5 * time.Minute)
	call(ann.token).is(200)

	// By address, of which an IPv6 customer has a whole network.
	anonymous := func(address string) *answer {
		return w.do("GET", "/api/v2/instance", "", nil, "X-Forwarded-For", address)
	}
	for i := range 8 {
		anonymous("2001:db8:1:2::" + strconv.Itoa(i)).is(200)
	}
	anonymous("2001:db8:1:2:ffff::1").is(429)
	anonymous("2001:db8:1:3::1").is(200)
	w.do("GET", "/health/ready", "", nil, "X-Forwarded-For", "2001:db8:1:2::1").is(200) // health always answers

	// RL-11: a route's own limit.
	register := func(address string) *answer {
		return w.do("POST", "/api/v1/apps", "", `{"client_name": "x", "redirect_uris": "https://x.test/"}`, "X-Forwarded-For", address)
	}
	register("192.0.2.1").is(200)
	register("192.0.2.1").is(200)
	register("192.0.2.1").is(429)
	register("192.0.2.2").is(200)
}

// RL-02: without a trusted proxy, what a client says of its address is nothing.
func TestRL02ForwardedByNobody(t *testing.T) {
	t.Parallel()
	w := open(t, func(d *mastodon.Deps, c *mastodon.Config) {
		d.Limit = limit.New(d.Now)
		c.Limits["address"] = limit.Rule{Name: "address", Limit: 3, Window: 5 * time.Minute}
	})
	for i := range 4 {
		address := "192.0.2." + strconv.Itoa(i)
		w.do("GET", "/api/v2/instance", "", nil, "X-Forwarded-For", address, "X-Real-Ip", address, "Forwarded", "for="+address,
			"Client-Ip", address, "True-Client-Ip", address, "Cf-Connecting-Ip", "127.0.0.1").is([]int{200, 200, 200, 429}[i])
	}
}

// Whoever tries tokens, or asks for names, is held back as others are.
func TestGuessesAreCounted(t *testing.T) {
	t.Parallel()
	w := open(t, func(d *mastodon.Deps, c *mastodon.Config) {
		d.Limit = limit.New(d.Now)
		c.Limits["address"] = limit.Rule{Name: "address", Limit: 3, Window: 5 * time.Minute}
	})
	for _, path := range []string{"/api/v1/timelines/home", "/api/v1/streaming/user", "/.well-known/webfinger?resource=acct:ann@guild.test"} {
		want := 401
		if strings.HasPrefix(path, "/.well-known") {
			want = 404
		}
		for i := range 4 {
			w.do("GET", path, "guess"+strconv.Itoa(i), nil).is([]int{want, want, want, 429}[i])
		}
		w.kit.Clock.Advance(5 * time.Minute)
	}
}

// DO-05: bodies that do not come keep nobody from being served, and are not
// waited for long.
func TestDO05SlowBodies(t *testing.T) {
	t.Parallel()
	w := open(t, func(d *mastodon.Deps, c *mastodon.Config) {
		d.Gate, c.BodyTime = httpx.NewGate(2, 8, 2*time.Second), 500*time.Millisecond
	})
	var slow []net.Conn
	for range 20 {
		conn, err := net.Dial("tcp", w.server.Listener.Addr().String())
		w.must(err)
		defer conn.Close()
		_, err = conn.Write([]byte("POST /api/v1/apps HTTP/1.1\r\nHost: guild.test\r\nContent-Type: application/json\r\nContent-Length: 1000\r\n\r\n{"))
		w.must(err)
		slow = append(slow, conn)
	}
	for range 20 {
		w.do("GET", "/api/v2/instance", "", nil).is(200)
	}
	for _, conn := range slow {
		res, err := http.ReadResponse(bufio.NewReader(conn), nil)
		w.must(err)
		if res.StatusCode != 400 || !res.Close {
			t.Errorf("%d, closed: %v", res.StatusCode, res.Close)
		}
		w.must(res.Body.Close())
	}
}
