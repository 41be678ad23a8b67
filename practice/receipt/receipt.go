// Package receipt is the form of what a server certifies of a member's practice:
// a JSON Web Signature (RFC 7515, compact) by an Ed25519 key (RFC 8037), with the
// issuer's keys as a JSON Web Key Set (RFC 7517). It signs and verifies; which
// achievements get a receipt, where keys and receipts are kept and how a key set
// is reached belong to others.
package receipt

import (
	"bytes"
	"crypto/ed25519"
	"encoding/base64"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"regexp"
	"strings"
)

// The header of every receipt. The type keeps a receipt from being taken for
// another token that the same key might sign one day (RFC 8725, 3.11).
const (
	Algorithm = "EdDSA"
	Type      = "guildhall-receipt+jwt"
)

// Most bounds a receipt and a key set that is read, in bytes.
const Most = 64 << 10

// Kind is what a receipt is about.
type Kind string

// The kinds.
const (
	Lab  Kind = "lab"  // a task that was graded by a program
	Card Kind = "card" // an answer that peers found good
)

// Claims is what a receipt says.
type Claims struct {
	Issuer    string `json:"iss"` // the server's address, without a slash at the end
	Member    string `json:"sub"` // the address of the member's page
	ID        string `json:"jti"` // of the receipt at its issuer
	IssuedAt  int64  `json:"iat"` // seconds since 1970
	Kind      Kind   `json:"kind"`
	Subject   string `json:"subject"` // L01, or backend-core/be-013
	Title     string `json:"title"`
	Version   string `json:"version"` // of the lab, or the hash of the card's file
	Score     int    `json:"score"`   // points
	Most      int    `json:"most"`    // that could be had
	Passed    bool   `json:"passed"`
	Parts     []Part `json:"parts"`
	Seed      string `json:"seed,omitempty"`      // of a lab's task, decimal: JavaScript's numbers are too short for it
	Reviewers int    `json:"reviewers,omitempty"` // of a card: how many
}

// Part is one thing that was looked at: of a lab what its report names, of a
// card a point of its rubric by its id, since the texts are for who has answered.
type Part struct {
	Name   string `json:"name"`
	Points int    `json:"points"`
	Most   int    `json:"most"`
}

type header struct {
	Algorithm string   `json:"alg"`
	Type      string   `json:"typ"`
	Key       string   `json:"kid"`
	Critical  []string `json:"crit,omitempty"` // extensions that must be understood; none is
}

// Sign returns a receipt.
func Sign(c *Claims, key ed25519.PrivateKey) (string, error) {
	public, ok := key.Public().(ed25519.PublicKey)
	if !ok {
		return "", errors.New("receipt: no Ed25519 key")
	}
	head, err := json.Marshal(header{Algorithm: Algorithm, Type: Type, Key: KeyID(public)})
	if err != nil {
		return "", err
	}
	body, err := json.Marshal(c)
	if err != nil {
		return "", err
	}
	signed := encoding.EncodeToString(head) + "." + encoding.EncodeToString(body)
	return signed + "." + encoding.EncodeToString(ed25519.Sign(key, []byte(signed))), nil
}

// encoding is base64url as RFC 7515 has it. Strict: a receipt has one spelling.
var encoding = base64.RawURLEncoding.Strict()

// form is a receipt's text; a signature is 64 bytes.
var form = regexp.MustCompile(`\A([A-Za-z0-9_-]+)\.([A-Za-z0-9_-]+)\.([A-Za-z0-9_-]{86})\z`)

// Read returns what a receipt says, which nothing vouches for yet: its issuer's
// name is needed to find the keys. Who keeps receipts that were made here reads
// them so too.
func Read(token string) (*Claims, error) {
	c, _, err := parse(token)
	return c, err
}

// Verify returns what a receipt says if one of the keys has signed it. The error
// is a sentence for who holds it.
func Verify(token string, keys *Keys) (*Claims, error) {
	c, kid, err := parse(token)
	if err != nil {
		return nil, err
	}
	if keys.Issuer != "" && keys.Issuer != c.Issuer {
		return nil, fmt.Errorf("the receipt says that it is from %.200q, but the keys are those of %.200q", c.Issuer, keys.Issuer)
	}
	public, err := keys.find(kid)
	if err != nil {
		return nil, err
	}
	at := strings.LastIndexByte(token, '.')
	signature, err := encoding.DecodeString(token[at+1:])
	if err != nil || !ed25519.Verify(public, []byte(token[:at]), signature) {
		return nil, errors.New("the signature is wrong: the receipt was changed, or was never signed with this key")
	}
	return c, nil
}

// parse takes a receipt apart and refuses every form but the one that Sign makes.
func parse(token string) (c *Claims, kid string, err error) {
	if len(token) > Most {
		return nil, "", fmt.Errorf("the receipt is too long: at most %d bytes", Most)
	}
	parts := form.FindStringSubmatch(token)
	if parts == nil {
		return nil, "", errors.New("this is no receipt: it has three parts with dots between, in base64url, of which the last is a signature")
	}
	var h header
	if err := decode(parts[1], &h); err != nil {
		return nil, "", fmt.Errorf("the receipt's header cannot be read: %w", err)
	}
	switch {
	case h.Algorithm != Algorithm:
		return nil, "", fmt.Errorf("the receipt is signed by %.40q; only %s counts", h.Algorithm, Algorithm)
	case h.Type != Type:
		return nil, "", fmt.Errorf("this is a token of the type %.40q, not a receipt", h.Type)
	case len(h.Critical) > 0:
		return nil, "", errors.New("the receipt needs extensions that are not known here")
	case h.Key == "":
		return nil, "", errors.New("the receipt does not say with which key it is signed")
	}
	c = &Claims{}
	if err := decode(parts[2], c); err != nil {
		return nil, "", fmt.Errorf("what the receipt says cannot be read: %w", err)
	}
	if c.Issuer == "" || c.Member == "" || c.ID == "" || c.Subject == "" || c.Kind != Lab && c.Kind != Card {
		return nil, "", errors.New("the receipt does not say who has shown what")
	}
	return c, h.Key, nil
}

// decode reads one JSON value, and nothing after it, of a part of a receipt.
func decode(part string, into any) error {
	text, err := encoding.DecodeString(part)
	if err != nil {
		return err
	}
	return unmarshal(text, into)
}

func unmarshal(text []byte, into any) error {
	d := json.NewDecoder(bytes.NewReader(text))
	if err := d.Decode(into); err != nil {
		return err
	}
	if _, err := d.Token(); err != io.EOF {
		return errors.New("something follows the JSON")
	}
	return nil
}
