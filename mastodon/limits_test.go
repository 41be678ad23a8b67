package mastodon_test

import (
	"io"
	"net/http"
	"net/netip"
	"strconv"
	"testing"
	"time"

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

// Under load some wait, the rest are told to come back, and health answers.
func TestOverload(t *testing.T) {
	t.Parallel()
	enter, leave := make(chan struct{}), make(chan struct{})
	w := open(t, func(d *mastodon.Deps, c *mastodon.Config) {
		c.Concurrent, c.QueueWait = 1, time.Millisecond
	})
	// A body that does not come keeps its request, and its slot.
	body := &slowBody{enter: enter, leave: leave}
	r, err := http.NewRequest("POST", w.server.URL+"/api/v1/apps", body)
	w.must(err)
	r.Header.Set("Content-Type", "application/json")
	done := make(chan int)
	go func() {
		res, err := http.DefaultClient.Do(r)
		if err != nil {
			t.Error(err)
			done <- 0
			return
		}
		if err := res.Body.Close(); err != nil {
			t.Error(err)
		}
		done <- res.StatusCode
	}()
	<-enter
	for w.do("GET", "/api/v2/instance", "", nil).status != 503 { // until the server has begun with the other
		time.Sleep(time.Millisecond)
	}
	a := w.do("GET", "/api/v2/instance", "", nil).is(503)
	if a.header.Get("Retry-After") == "" {
		t.Errorf("%v", a.header)
	}
	w.do("GET", "/health/live", "", nil).is(200)
	close(leave)
	if status := <-done; status != 400 {
		t.Errorf("the slow request: %d", status)
	}
	w.do("GET", "/api/v2/instance", "", nil).is(200)
}

// slowBody begins an object, waits, and ends without closing it.
type slowBody struct {
	enter, leave chan struct{}
	reads        int
}

// Read implements io.Reader.
func (b *slowBody) Read(p []byte) (int, error) {
	b.reads++
	if b.reads == 1 {
		return copy(p, "{"), nil
	}
	if b.reads == 2 {
		close(b.enter)
	}
	<-b.leave
	return 0, io.EOF
}
