package app

import (
	"crypto/ecdsa"
	"crypto/tls"
	"crypto/x509"
	"log/slog"
	"net/http"
	"net/http/httptest"
	"os"
	"path/filepath"
	"runtime"
	"slices"
	"testing"
	"time"
)

// A certificate of one's own is kept, is for the base URL and this machine, and
// is made anew a month before it ends, when it is for other names, and when the
// file is damaged.
func TestOwnCertificate(t *testing.T) {
	path := filepath.Join(t.TempDir(), "tls.pem")
	now := time.Date(2026, 11, 21, 9, 0, 0, 0, time.UTC)
	names := certificateNames("https://hall.example:8443")
	get := func(names []string, now time.Time) *tls.Certificate {
		t.Helper()
		c, err := ownCertificate(path, names, now, nil)
		if err != nil {
			t.Fatal(err)
		}
		return c
	}
	first := get(names, now)
	for _, name := range []string{"hall.example", "localhost", "127.0.0.1", "::1"} {
		if err := first.Leaf.VerifyHostname(name); err != nil {
			t.Error(err)
		}
	}
	if first.Leaf.VerifyHostname("other.example") == nil || first.Leaf.IsCA {
		t.Error("it is for others too")
	}
	if _, ok := first.PrivateKey.(*ecdsa.PrivateKey); !ok || first.Leaf.SignatureAlgorithm != x509.ECDSAWithSHA256 {
		t.Errorf("a key of type %T", first.PrivateKey)
	}
	if days := first.Leaf.NotAfter.Sub(first.Leaf.NotBefore).Hours() / 24; days > 398 {
		t.Errorf("good for %v days", days)
	}
	info, err := os.Stat(path)
	if err != nil || runtime.GOOS != "windows" && info.Mode().Perm() != 0o600 {
		t.Errorf("%v, %v", info.Mode(), err)
	}
	same := func(a, b *tls.Certificate) bool { return slices.Equal(a.Certificate[0], b.Certificate[0]) }
	if !same(first, get(names, now.Add(certified-renewed-time.Hour))) {
		t.Error("made anew while it is good")
	}
	second := get(names, now.Add(certified-renewed+time.Hour))
	if same(first, second) {
		t.Error("not renewed")
	}
	third := get(certificateNames("https://hall2.example"), now.Add(certified))
	if same(second, third) || third.Leaf.VerifyHostname("hall2.example") != nil {
		t.Error("not made for the new name")
	}
	if err := os.WriteFile(path, []byte("damaged"), 0o600); err != nil {
		t.Fatal(err)
	}
	if same(third, get(certificateNames("https://hall2.example"), now.Add(certified))) {
		t.Error("a damaged file was read")
	}
}

// The certificate of a running server is renewed, one from files when these
// change; one that cannot be read leaves the one before.
func TestCertificatesChange(t *testing.T) {
	now := time.Date(2026, 11, 21, 9, 0, 0, 0, time.UTC)
	dir := t.TempDir()
	cert, key := filepath.Join(dir, "cert.pem"), filepath.Join(dir, "key.pem")
	write := func(text []byte) {
		t.Helper()
		for _, path := range []string{cert, key} {
			if err := os.WriteFile(path, text, 0o600); err != nil {
				t.Fatal(err)
			}
		}
	}
	fresh := func() []byte {
		text, err := newCertificate([]string{"hall.example"}, now)
		if err != nil {
			t.Fatal(err)
		}
		return text
	}
	for _, how := range []string{"self-signed", cert + "," + key} {
		write(fresh())
		at := now
		a := &App{config: Config{Data: dir, TLS: how, BaseURL: "https://hall.example"}, log: slog.New(slog.DiscardHandler), now: func() time.Time { return at }}
		c, err := a.tlsConfig()
		if err != nil {
			t.Fatal(err)
		}
		if c.MinVersion != tls.VersionTLS12 {
			t.Errorf("version %x", c.MinVersion)
		}
		get := func() []byte {
			t.Helper()
			pair, err := c.GetCertificate(nil)
			if err != nil {
				t.Fatal(err)
			}
			return pair.Certificate[0]
		}
		first := get()
		at = at.Add(looked)
		if !slices.Equal(first, get()) {
			t.Errorf("%s: changed by itself", how)
		}
		write([]byte("damaged"))
		at = at.Add(looked)
		if !slices.Equal(first, get()) {
			t.Errorf("%s: what is damaged was taken", how)
		}
		write(fresh())
		at = now.Add(certified)
		if slices.Equal(first, get()) {
			t.Errorf("%s: not renewed", how)
		}
	}
	a := &App{config: Config{TLS: cert + "x," + key}, log: slog.New(slog.DiscardHandler), now: time.Now}
	if _, err := a.tlsConfig(); err == nil {
		t.Error("no certificate, and no failure")
	}
}

// Browsers come by TLS alone from now on; but not to other programs of this
// machine.
func TestStrictTransport(t *testing.T) {
	for base, want := range map[string]string{"https://hall.example": "max-age=31536000", "https://localhost:8443": "", "https://127.0.0.1": "", "http://hall.example": ""} {
		w := httptest.NewRecorder()
		strict(base, http.NotFoundHandler()).ServeHTTP(w, httptest.NewRequest("GET", "/", nil))
		if got := w.Header().Get("Strict-Transport-Security"); got != want {
			t.Errorf("%s: %q", base, got)
		}
	}
}
