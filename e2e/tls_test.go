package e2e_test

import (
	"context"
	"crypto/tls"
	"crypto/x509"
	"io"
	"net/http"
	"net/url"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/coder/websocket"
)

// A server with a certificate of its own is used over TLS by whoever trusts that:
// HTTP/2, pages with secure cookies, addresses that begin with https, streams.
func TestTLS(t *testing.T) {
	t.Parallel()
	data := filepath.Join(t.TempDir(), "data")
	token := member(t, data, "ann")
	s, trusted, file := secure(t, "serve", "--data", data)
	client := overTLS(trusted)
	get := func(path, token string) (*http.Response, string) {
		t.Helper()
		r, err := http.NewRequestWithContext(t.Context(), "GET", s.base+path, nil)
		if err != nil {
			t.Fatal(err)
		}
		if token != "" {
			r.Header.Set("Authorization", "Bearer "+token)
		}
		res, err := client.Do(r)
		if err != nil {
			t.Fatalf("%v\n%s", err, s.out)
		}
		defer res.Body.Close()
		body, err := io.ReadAll(res.Body)
		if err != nil {
			t.Fatal(err)
		}
		return res, string(body)
	}
	res, body := get("/api/v1/accounts/verify_credentials", token)
	if res.ProtoMajor != 2 || res.TLS.Version < tls.VersionTLS12 || res.StatusCode != 200 || !strings.Contains(body, `"url":"`+s.base+`/@ann"`) {
		t.Errorf("%s over %s: %s", res.Status, res.Proto, body)
	}
	res, _ = get("/auth/sign_in", "")
	for _, cookie := range res.Cookies() {
		if !cookie.Secure || !cookie.HttpOnly {
			t.Errorf("the cookie %s", cookie)
		}
	}
	if len(res.Cookies()) == 0 {
		t.Error("no cookie to look at")
	}
	if _, err := http.Get(s.base + "/health"); err == nil || !strings.Contains(err.Error(), "certificate") {
		t.Errorf("who does not trust the certificate gets: %v", err)
	}
	if _, err := (&tls.Dialer{Config: &tls.Config{RootCAs: trusted, MaxVersion: tls.VersionTLS11}}).DialContext(t.Context(), "tcp", strings.TrimPrefix(s.base, "https://")); err == nil {
		t.Error("TLS 1.1 is spoken")
	}
	listens(t, client, s, token)
	if code := s.stop(); code != 0 {
		t.Errorf("exit code %d:\n%s", code, s.out)
	}
	info, err := os.Stat(file)
	if err != nil || info.Mode().Perm() != 0o600 {
		t.Errorf("%v, %v", info.Mode(), err)
	}
}

// secure runs a serving command with a certificate of its own until it is ready,
// and returns who is to be trusted and the certificate's file.
func secure(t *testing.T, args ...string) (s *server, trusted *x509.CertPool, file string) {
	t.Helper()
	s = spawn(t, nil, append(args, "--tls", "self-signed")...)
	file = filepath.Join(args[slices.Index(args, "--data")+1], "tls.pem")
	trusted = waitForCertificate(t, s, file)
	client := overTLS(trusted)
	defer client.CloseIdleConnections()
	for end := time.Now().Add(2 * time.Minute); ; time.Sleep(10 * time.Millisecond) {
		if res, err := client.Get(s.base + "/health/ready"); err == nil {
			res.Body.Close()
			if res.StatusCode == http.StatusOK {
				return s, trusted, file
			}
		}
		if time.Now().After(end) {
			t.Fatalf("not ready:\n%s", s.out)
		}
	}
}

// overTLS is a client that speaks HTTP/2 with who is trusted.
func overTLS(trusted *x509.CertPool) *http.Client {
	return &http.Client{Transport: &http.Transport{ForceAttemptHTTP2: true, TLSClientConfig: &tls.Config{RootCAs: trusted}}}
}

// waitForCertificate returns who is to be trusted.
func waitForCertificate(t *testing.T, s *server, file string) *x509.CertPool {
	t.Helper()
	for end := time.Now().Add(2 * time.Minute); ; time.Sleep(10 * time.Millisecond) {
		pool := x509.NewCertPool()
		if text, err := os.ReadFile(file); err == nil && pool.AppendCertsFromPEM(text) {
			return pool
		}
		select {
		case <-s.done:
			t.Fatalf("the server ended:\n%s", s.out)
		default:
		}
		if time.Now().After(end) {
			t.Fatalf("no certificate:\n%s", s.out)
		}
	}
}

// listens opens a WebSocket over TLS and hears of a post.
func listens(t *testing.T, client *http.Client, s *server, token string) {
	t.Helper()
	ctx, cancel := context.WithTimeout(t.Context(), time.Minute)
	defer cancel()
	// HTTP/1.1, as browsers do it: a connection becomes the socket.
	plain := &http.Client{Transport: &http.Transport{TLSClientConfig: client.Transport.(*http.Transport).TLSClientConfig.Clone()}}
	conn, res, err := websocket.Dial(ctx, "wss"+strings.TrimPrefix(s.base, "https")+"/api/v1/streaming?stream=user&access_token="+token, &websocket.DialOptions{HTTPClient: plain})
	if err != nil {
		t.Fatal(err)
	}
	defer conn.CloseNow()
	if res.StatusCode != http.StatusSwitchingProtocols {
		t.Errorf("%s", res.Status)
	}
	r, err := http.NewRequestWithContext(ctx, "POST", s.base+"/api/v1/statuses", strings.NewReader(url.Values{"status": {"Over TLS"}}.Encode()))
	if err != nil {
		t.Fatal(err)
	}
	r.Header.Set("Authorization", "Bearer "+token)
	r.Header.Set("Content-Type", "application/x-www-form-urlencoded")
	posted, err := client.Do(r)
	if err != nil {
		t.Fatal(err)
	}
	posted.Body.Close()
	_, text, err := conn.Read(ctx)
	if err != nil || !strings.Contains(string(text), "Over TLS") || !strings.Contains(string(text), `"stream":["user"]`) {
		t.Errorf("%s, %v", text, err)
	}
}
