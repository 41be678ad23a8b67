package webpush

import (
	"crypto/ecdsa"
	"crypto/elliptic"
	"crypto/rand"
	"crypto/sha256"
	"encoding/base64"
	"encoding/json"
	"fmt"
	"net/url"
	"time"
)

// VAPID is the key by which push services know this server (RFC 8292).
type VAPID struct {
	key    *ecdsa.PrivateKey
	public string
}

// NewVAPID makes a key.
func NewVAPID() (*VAPID, error) {
	key, err := ecdsa.GenerateKey(elliptic.P256(), rand.Reader)
	if err != nil {
		return nil, err
	}
	return vapidOf(key)
}

// ParseVAPID reads what Private has returned.
func ParseVAPID(private []byte) (*VAPID, error) {
	key, err := ecdsa.ParseRawPrivateKey(elliptic.P256(), private)
	if err != nil {
		return nil, fmt.Errorf("webpush: %w", err)
	}
	return vapidOf(key)
}

func vapidOf(key *ecdsa.PrivateKey) (*VAPID, error) {
	public, err := key.PublicKey.Bytes()
	if err != nil {
		return nil, fmt.Errorf("webpush: %w", err)
	}
	return &VAPID{key: key, public: base64.RawURLEncoding.EncodeToString(public)}, nil
}

// Private returns the key's secret, to be stored sealed.
func (v *VAPID) Private() ([]byte, error) { return v.key.Bytes() }

// Public returns the key that subscribers are given, as base64url without
// padding of the uncompressed point.
func (v *VAPID) Public() string { return v.public }

// tokenFor is how long a token is good; a day is the most that services take.
const tokenFor = 12 * time.Hour

// token returns the JWT that shows a push service who sends. subject is how to
// reach the operator: a mailto: or https: address.
func (v *VAPID) token(endpoint *url.URL, subject string, now time.Time) (string, error) {
	claims, err := json.Marshal(struct {
		Audience string `json:"aud"`
		Expires  int64  `json:"exp"`
		Subject  string `json:"sub"`
	}{endpoint.Scheme + "://" + endpoint.Host, now.Add(tokenFor).Unix(), subject})
	if err != nil {
		return "", err
	}
	b64 := base64.RawURLEncoding.EncodeToString
	text := b64([]byte(`{"typ":"JWT","alg":"ES256"}`)) + "." + b64(claims)
	sum := sha256.Sum256([]byte(text))
	r, s, err := ecdsa.Sign(rand.Reader, v.key, sum[:])
	if err != nil {
		return "", err
	}
	signature := make([]byte, 64)
	r.FillBytes(signature[:32])
	s.FillBytes(signature[32:])
	return text + "." + b64(signature), nil
}
