package web_test

import (
	"bufio"
	"errors"
	"io"
	"net"
	"net/http"
	"net/netip"
	"net/url"
	"strconv"
	"testing"
	"time"

	"github.com/guildhall/guildhall/identity"
	"github.com/guildhall/guildhall/internal/limit"
	"github.com/guildhall/guildhall/web"
)

// One address cannot keep the server busy with pages; what it has of them to
// show them well, and other addresses, are not counted.
func TestTooManyPages(t *testing.T) {
	w := open(t, func(_ *identity.Config, c *web.Config) {
		c.TrustedProxies = []netip.Prefix{netip.MustParsePrefix("127.0.0.0/8")}
	})
	b := w.browser()
	b.header.Set("X-Forwarded-For", "192.0.2.1")
	style := b.get("/").is(http.StatusOK).attrs("link", "href")[0]
	for range 299 {
		b.get("/nothing").is(http.StatusNotFound)
	}
	s := b.get("/").is(http.StatusTooManyRequests).says("A little slower")
	if after, err := strconv.Atoi(s.header.Get("Retry-After")); err != nil || after < 1 || after > 300 {
		t.Errorf("Retry-After %q", s.header.Get("Retry-After"))
	}
	b.get(style).is(http.StatusOK)
	b.header.Set("X-Forwarded-For", "192.0.2.2")
	b.get("/").is(http.StatusOK)
	b.header.Set("X-Forwarded-For", "192.0.2.1")
	w.kit.Clock.Advance(5 * time.Minute)
	b.get("/").is(http.StatusOK)
}

// DO-05: a body that does not come is not waited for long, whether it is read
// or not.
func TestDO05(t *testing.T) {
	w := open(t, func(_ *identity.Config, c *web.Config) { c.FormTime = 200 * time.Millisecond })
	for method, status := range map[string]int{"POST": http.StatusBadRequest, "GET": http.StatusOK} {
		conn, err := net.Dial("tcp", w.host)
		w.must(err)
		defer conn.Close()
		_, err = conn.Write([]byte(method + " /auth/sign_in HTTP/1.1\r\nHost: " + w.host +
			"\r\nContent-Type: application/x-www-form-urlencoded\r\nContent-Length: 1000\r\n\r\nlogin=x"))
		w.must(err)
		w.must(conn.SetReadDeadline(time.Now().Add(10 * time.Second)))
		r := bufio.NewReader(conn)
		res, err := http.ReadResponse(r, nil)
		w.must(err)
		if res.StatusCode != status {
			t.Errorf("%s: %s", method, res.Status)
		}
		_, err = io.Copy(io.Discard, res.Body)
		w.must(err)
		if _, err := r.ReadByte(); !errors.Is(err, io.EOF) {
			t.Errorf("%s: the connection is not closed: %v", method, err)
		}
	}
}

// What the API limits is limited on pages by the same count, and what was
// written stays.
func TestLimitsOfDeeds(t *testing.T) {
	w := open(t, func(_ *identity.Config, c *web.Config) {
		c.Limits = map[string]limit.Rule{}
		for _, name := range []string{"statuses", "media", "follows", "reports"} {
			c.Limits[name] = limit.Rule{Name: name, Limit: 1, Window: time.Hour}
		}
	})
	w.member("ann")
	w.member("ben")
	a := w.signedIn("ann")
	token := a.get("/compose").is(http.StatusOK).token()
	const slower = "Please wait 60 minutes and try again."
	a.sends("/compose", nil, "token", token, "text", "One").is(http.StatusSeeOther)
	a.sends("/compose", nil, "token", token, "text", "Two").is(http.StatusUnprocessableEntity).says(slower, "Two")
	a.sends("/media", [][]byte{photo(w)}, "token", token).is(http.StatusOK)
	a.sends("/media", [][]byte{photo(w)}, "token", token).is(http.StatusUnprocessableEntity).says(slower)
	a.do("POST", "/@ben/follow", url.Values{"token": {token}}).is(http.StatusSeeOther)
	a.do("POST", "/tags/go/follow", url.Values{"token": {token}}).is(http.StatusTooManyRequests).says(slower)
	report := url.Values{"token": {token}, "category": {"spam"}}
	a.do("POST", "/@ben/report", report).is(http.StatusSeeOther)
	a.do("POST", "/@ben/report", report).is(http.StatusTooManyRequests).says(slower)
}
