package receipt

import (
	"crypto/ed25519"
	"crypto/sha256"
	"errors"
	"fmt"
)

// Keys is an issuer's key set: the keys of today and of before, since old
// receipts stay true.
type Keys struct {
	Issuer string `json:"issuer,omitempty"` // our own addition to RFC 7517: whose they are
	Keys   []Key  `json:"keys"`
}

// Key is a public key as RFC 7517 and RFC 8037 write it.
type Key struct {
	Type      string `json:"kty"`
	Curve     string `json:"crv"`
	X         string `json:"x"`
	ID        string `json:"kid"`
	Use       string `json:"use"`
	Algorithm string `json:"alg"`
}

const (
	keyType  = "OKP"
	keyCurve = "Ed25519"
)

// NewKey returns a public key in a key set's form.
func NewKey(public ed25519.PublicKey) Key {
	return Key{Type: keyType, Curve: keyCurve, X: encoding.EncodeToString(public), ID: KeyID(public), Use: "sig", Algorithm: Algorithm}
}

// KeyID names a key by its thumbprint (RFC 7638), so that two keys never have the
// same name and no name can be given to another key.
func KeyID(public ed25519.PublicKey) string {
	sum := sha256.Sum256(fmt.Appendf(nil, `{"crv":%q,"kty":%q,"x":%q}`, keyCurve, keyType, encoding.EncodeToString(public)))
	return encoding.EncodeToString(sum[:])
}

// ReadKeys reads a key set; keys of other sorts in it are passed over when one
// is looked for.
func ReadKeys(text []byte) (*Keys, error) {
	if len(text) > Most {
		return nil, fmt.Errorf("the key set is too long: at most %d bytes", Most)
	}
	var k Keys
	if err := unmarshal(text, &k); err != nil {
		return nil, fmt.Errorf("the key set cannot be read: %w", err)
	}
	if k.Keys == nil {
		return nil, errors.New("this is no key set (RFC 7517)")
	}
	return &k, nil
}

// find returns the key of a name, which must be the name of what it is.
func (k *Keys) find(kid string) (ed25519.PublicKey, error) {
	for _, key := range k.Keys {
		if key.ID != kid || key.Type != keyType || key.Curve != keyCurve {
			continue
		}
		public, err := encoding.DecodeString(key.X)
		if err != nil || len(public) != ed25519.PublicKeySize || KeyID(public) != kid {
			return nil, fmt.Errorf("the key %.60q is no Ed25519 key of that name", kid)
		}
		return public, nil
	}
	return nil, fmt.Errorf("the issuer has no key %.60q: it did not sign this", kid)
}
