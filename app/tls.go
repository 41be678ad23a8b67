package app

import (
	"bytes"
	"crypto/ecdsa"
	"crypto/elliptic"
	"crypto/rand"
	"crypto/sha256"
	"crypto/tls"
	"crypto/x509"
	"crypto/x509/pkix"
	"encoding/pem"
	"errors"
	"fmt"
	"io/fs"
	"log/slog"
	"math/big"
	"net"
	"net/http"
	"net/url"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"sync"
	"time"
)

// How the server speaks TLS by itself: with a certificate that it has made, for
// this machine and whoever is told to trust it, or with one from files, which
// may be replaced while it runs.

const (
	selfSigned = "self-signed"
	// certified is how long a certificate of our own is good; browsers take none
	// that is good for more than 398 days. It is renewed when a month is left.
	certified = 397 * 24 * time.Hour
	renewed   = 30 * 24 * time.Hour
	looked    = time.Minute // how often files are looked at for changes
)

// certificates hands out the certificate of the moment.
type certificates struct {
	load func(now time.Time) (*tls.Certificate, error) // nil if the one that is known is good
	now  func() time.Time
	log  *slog.Logger

	mu   sync.Mutex
	last *tls.Certificate
	next time.Time // when to look again
}

// tlsConfig returns how to speak TLS, or nil for plain HTTP.
func (a *App) tlsConfig() (*tls.Config, error) {
	if a.config.TLS == "" {
		return nil, nil
	}
	c := &certificates{now: a.now, log: a.log}
	if a.config.TLS == selfSigned {
		path, names := a.config.certificateFile(), certificateNames(a.config.BaseURL)
		c.load = func(now time.Time) (*tls.Certificate, error) { return ownCertificate(path, names, now, c.last) }
	} else {
		cert, key, _ := strings.Cut(a.config.TLS, ",")
		var before []byte
		c.load = func(time.Time) (*tls.Certificate, error) { return fileCertificate(cert, key, &before) }
	}
	if _, err := c.get(nil); err != nil {
		return nil, fmt.Errorf("tls: %w", err)
	}
	return &tls.Config{MinVersion: tls.VersionTLS12, GetCertificate: c.get}, nil
}

// certificateFile holds the certificate that the server has made, and its key.
func (c *Config) certificateFile() string { return filepath.Join(c.Data, "tls.pem") }

// get returns the certificate of the moment. One that is known goes on to be
// used when no newer one can be had.
func (c *certificates) get(*tls.ClientHelloInfo) (*tls.Certificate, error) {
	c.mu.Lock()
	defer c.mu.Unlock()
	now := c.now()
	if c.last != nil && now.Before(c.next) {
		return c.last, nil
	}
	c.next = now.Add(looked)
	newer, err := c.load(now)
	switch {
	case err != nil && c.last == nil:
		return nil, err
	case err != nil:
		c.log.Error("certificate not renewed", "error", err)
	case newer != nil:
		c.last = newer
	}
	return c.last, nil
}

// fileCertificate reads a certificate and its key if they have changed.
func fileCertificate(cert, key string, before *[]byte) (*tls.Certificate, error) {
	certText, err := os.ReadFile(cert)
	if err != nil {
		return nil, err
	}
	keyText, err := os.ReadFile(key)
	if err != nil {
		return nil, err
	}
	all := slices.Concat(certText, keyText)
	if bytes.Equal(all, *before) {
		return nil, nil
	}
	pair, err := tls.X509KeyPair(certText, keyText)
	if err != nil {
		return nil, fmt.Errorf("%s and %s: %w", cert, key, err)
	}
	*before = all
	return &pair, nil
}

// certificateNames are what a certificate of our own is for: the base URL's
// host, and this machine.
func certificateNames(baseURL string) []string {
	names := []string{"localhost", "127.0.0.1", "::1"}
	if u, err := url.Parse(baseURL); err == nil && !slices.Contains(names, u.Hostname()) {
		names = append([]string{u.Hostname()}, names...)
	}
	return names
}

// ownCertificate returns the certificate in a file, a new one if there is none
// that is good for these names for another month, or nil if known is.
func ownCertificate(path string, names []string, now time.Time, known *tls.Certificate) (*tls.Certificate, error) {
	if known != nil && good(known, names, now) {
		return nil, nil
	}
	text, err := os.ReadFile(path)
	if err != nil && !errors.Is(err, fs.ErrNotExist) {
		return nil, err
	}
	if pair, err := tls.X509KeyPair(text, text); err == nil && good(&pair, names, now) {
		return &pair, nil
	}
	if text, err = newCertificate(names, now); err != nil {
		return nil, err
	}
	if err := writePrivate(path, text); err != nil {
		return nil, err
	}
	pair, err := tls.X509KeyPair(text, text)
	return &pair, err
}

func good(pair *tls.Certificate, names []string, now time.Time) bool {
	if pair.Leaf == nil || now.Before(pair.Leaf.NotBefore) || now.Add(renewed).After(pair.Leaf.NotAfter) {
		return false
	}
	return !slices.ContainsFunc(names, func(name string) bool { return pair.Leaf.VerifyHostname(name) != nil })
}

// newCertificate returns a certificate and its key as PEM. It vouches for
// nobody else: whoever trusts it trusts this server alone.
func newCertificate(names []string, now time.Time) ([]byte, error) {
	key, err := ecdsa.GenerateKey(elliptic.P256(), rand.Reader)
	if err != nil {
		return nil, err
	}
	serial, err := rand.Int(rand.Reader, new(big.Int).Lsh(big.NewInt(1), 127))
	if err != nil {
		return nil, err
	}
	template := x509.Certificate{SerialNumber: serial, Subject: pkix.Name{CommonName: names[0], Organization: []string{"Guildhall"}},
		NotBefore: now.Add(-time.Hour), NotAfter: now.Add(certified), KeyUsage: x509.KeyUsageDigitalSignature,
		ExtKeyUsage: []x509.ExtKeyUsage{x509.ExtKeyUsageServerAuth}, BasicConstraintsValid: true}
	for _, name := range names {
		if ip := net.ParseIP(name); ip != nil {
			template.IPAddresses = append(template.IPAddresses, ip)
		} else {
			template.DNSNames = append(template.DNSNames, name)
		}
	}
	cert, err := x509.CreateCertificate(rand.Reader, &template, &template, key.Public(), key)
	if err != nil {
		return nil, err
	}
	secret, err := x509.MarshalPKCS8PrivateKey(key)
	if err != nil {
		return nil, err
	}
	return slices.Concat(pem.EncodeToMemory(&pem.Block{Type: "CERTIFICATE", Bytes: cert}),
		pem.EncodeToMemory(&pem.Block{Type: "PRIVATE KEY", Bytes: secret})), nil
}

// writePrivate puts a file that only its owner may read in another one's place.
// It can be made anew, so that losing it in a power cut costs nothing.
func writePrivate(path string, text []byte) error {
	f, err := os.CreateTemp(filepath.Dir(path), ".tls-*") // 0600
	if err != nil {
		return err
	}
	_, err = f.Write(text)
	if err = errors.Join(err, f.Close()); err == nil {
		err = os.Rename(f.Name(), path)
	}
	if err != nil {
		return errors.Join(err, os.Remove(f.Name()))
	}
	return nil
}

// fingerprint is what browsers show of a certificate.
func fingerprint(c *tls.Certificate) string {
	sum := sha256.Sum256(c.Certificate[0])
	return strings.ReplaceAll(fmt.Sprintf("% X", sum), " ", ":")
}

// strict tells browsers to come by TLS alone from now on. It leaves out this
// machine's own name, under which other programs answer without TLS.
func strict(baseURL string, next http.Handler) http.Handler {
	u, err := url.Parse(baseURL)
	if err != nil || u.Scheme != "https" || u.Hostname() == "localhost" || net.ParseIP(u.Hostname()) != nil {
		return next
	}
	return http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		w.Header()["Strict-Transport-Security"] = []string{"max-age=31536000"}
		next.ServeHTTP(w, r)
	})
}
