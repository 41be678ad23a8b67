package e2e_test

import (
	"bytes"
	"crypto/tls"
	"crypto/x509"
	"fmt"
	"io"
	"net/http"
	"path/filepath"
	"slices"
	"strings"
	"time"

	"golang.org/x/net/http2"
	"golang.org/x/net/http2/hpack"
)

// rawHTTP2 is a connection on which any frame may be written, in any order.
type rawHTTP2 struct {
	*http2.Framer
	conn *tls.Conn
}

// dialHTTP2 opens a connection and throws away what the server says, unless it
// is to be left unread.
func dialHTTP2(base string, trusted *x509.CertPool, read bool, settings ...http2.Setting) (*rawHTTP2, error) {
	conn, err := tls.Dial("tcp", strings.TrimPrefix(base, "https://"), &tls.Config{RootCAs: trusted, NextProtos: []string{"h2"}})
	if err != nil {
		return nil, err
	}
	c := &rawHTTP2{http2.NewFramer(conn, conn), conn}
	if err := conn.SetDeadline(time.Now().Add(10 * time.Second)); err != nil {
		return nil, err
	}
	if _, err := io.WriteString(conn, http2.ClientPreface); err != nil {
		return nil, err
	}
	if read {
		go func() { _, _ = io.Copy(io.Discard, conn) }() // ends with the connection
	}
	return c, c.WriteSettings(settings...)
}

// headers are those of a request.
func headers(path string) []byte {
	var b bytes.Buffer
	e := hpack.NewEncoder(&b)
	for _, h := range [][2]string{{":method", "GET"}, {":scheme", "https"}, {":authority", "x"}, {":path", path}} {
		if err := e.WriteField(hpack.HeaderField{Name: h[0], Value: h[1]}); err != nil {
			panic(err) // a buffer takes all
		}
	}
	return b.Bytes()
}

// request opens a stream.
func (c *rawHTTP2) request(stream uint32, whole bool) error {
	return c.WriteHeaders(http2.HeadersFrameParam{StreamID: stream, BlockFragment: headers("/api/v1/instance"), EndStream: true, EndHeaders: whole})
}

// floods are what HTTP/2 lets a client do that costs it little. Each returns an
// error when the server has ended the connection.
var floods = []struct {
	name  string
	ended bool // the server has to end it
	read  bool
	send  func(c *rawHTTP2) error
}{
	{"rapid reset", false, true, func(c *rawHTTP2) error {
		for i := range uint32(10_000) {
			if err := c.request(2*i+1, true); err != nil {
				return err
			}
			if err := c.WriteRSTStream(2*i+1, http2.ErrCodeCancel); err != nil {
				return err
			}
		}
		return nil
	}},
	{"endless CONTINUATION", true, true, func(c *rawHTTP2) error {
		err := c.request(1, false)
		filler := bytes.Repeat([]byte{0x00, 1, 'x', 1, 'y'}, 3000) // x: y, never indexed
		for range 4000 {
			if err != nil {
				return err
			}
			err = c.WriteContinuation(1, false, filler)
		}
		return err
	}},
	{"SETTINGS", false, true, func(c *rawHTTP2) error {
		for range 100_000 {
			if err := c.WriteSettings(http2.Setting{ID: http2.SettingInitialWindowSize, Val: 1 << 16}); err != nil {
				return err
			}
		}
		return nil
	}},
	{"PING, and nothing is read", true, false, func(c *rawHTTP2) error {
		for {
			if err := c.WritePing(false, [8]byte{1}); err != nil {
				return err
			}
		}
	}},
	{"no window", false, true, func(c *rawHTTP2) error {
		for i := range uint32(100) {
			if err := c.request(2*i+1, true); err != nil {
				return err
			}
		}
		time.Sleep(500 * time.Millisecond) // while they wait
		return nil
	}},
}

// floodHTTP2 is DO-19: others are answered meanwhile, and afterwards.
func floodHTTP2(l *lab) error {
	s, trusted, _ := secure(l.T, "serve", "--data", filepath.Join(l.TempDir(), "data"), "--rate-limits", "off")
	normal := overTLS(trusted)
	normal.Timeout = 10 * time.Second
	ask := func() (time.Duration, error) {
		began := time.Now()
		res, err := normal.Get(s.base + "/api/v1/instance")
		if err != nil {
			return 0, err
		}
		defer res.Body.Close()
		if _, err = io.Copy(io.Discard, res.Body); err == nil && (res.StatusCode != http.StatusOK || res.ProtoMajor != 2) {
			err = fmt.Errorf("%s %s", res.Proto, res.Status)
		}
		return time.Since(began), err
	}
	for _, flood := range floods {
		var settings []http2.Setting
		if flood.name == "no window" {
			settings = []http2.Setting{{ID: http2.SettingInitialWindowSize, Val: 0}}
		}
		c, err := dialHTTP2(s.base, trusted, flood.read, settings...)
		if err != nil {
			return fmt.Errorf("%s: %w", flood.name, err)
		}
		over := make(chan error, 1)
		go func() { over <- flood.send(c) }()
		var took []time.Duration
		for done := false; !done; {
			d, err := ask()
			if err != nil {
				return fmt.Errorf("during %s: %w", flood.name, err)
			}
			took = append(took, d)
			select {
			case err = <-over:
				if done = true; flood.ended && err == nil {
					return fmt.Errorf("%s was let through", flood.name)
				}
			case <-time.After(5 * time.Millisecond):
			}
		}
		c.conn.Close()
		slices.Sort(took)
		l.Logf("%s: %d others were answered meanwhile, 99 of 100 within %s", flood.name, len(took), took[len(took)*99/100])
	}
	_, err := ask()
	return err
}
