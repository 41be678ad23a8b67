// Package webpush sends messages to browsers and apps through their push
// services: encrypted for the receiver alone (RFC 8291, and the draft before it
// that old clients speak), signed by this server (RFC 8292, VAPID). Who is sent
// what, and when again, is for the callers.
package webpush

import (
	"crypto/aes"
	"crypto/cipher"
	"crypto/ecdh"
	"crypto/hkdf"
	"crypto/rand"
	"crypto/sha256"
	"encoding/base64"
	"encoding/binary"
	"errors"
	"fmt"
	"strings"
)

// Receiver is where messages go and who can read them.
type Receiver struct {
	Endpoint string `json:"endpoint"` // of the push service
	Public   []byte `json:"p256dh"`   // P-256, uncompressed
	Auth     []byte `json:"auth"`     // 16 bytes that the receiver and we share
}

// MostBytes is how long a message may be: push services take 4096 bytes with
// all that encryption adds (RFC 8291 §4).
const MostBytes = 3993

const (
	authSize   = 16
	saltSize   = 16
	publicSize = 65
	recordSize = 4096
)

// Check says what is wrong with the keys of a receiver.
func (r Receiver) Check() error {
	if _, err := ecdh.P256().NewPublicKey(r.Public); err != nil {
		return errors.New("p256dh is not a public key on the curve P-256")
	}
	if len(r.Auth) != authSize {
		return fmt.Errorf("auth is not %d bytes", authSize)
	}
	return nil
}

// DecodeKey reads a key as clients send it, in either alphabet of base64, with
// or without padding.
func DecodeKey(text string) ([]byte, error) {
	text = strings.TrimRight(strings.NewReplacer("+", "-", "/", "_").Replace(text), "=")
	return base64.RawURLEncoding.DecodeString(text)
}

// sealed is a message that only its receiver can read.
type sealed struct {
	body   []byte
	salt   []byte
	public []byte // of the key that was made for this message
}

// encrypt encrypts a message for a receiver, as the standard says or as the
// draft before it.
func (r Receiver) encrypt(plain []byte, standard bool) (sealed, error) {
	if len(plain) > MostBytes {
		return sealed{}, fmt.Errorf("webpush: %d bytes are too many", len(plain))
	}
	key, err := ecdh.P256().GenerateKey(rand.Reader)
	if err != nil {
		return sealed{}, err
	}
	salt := make([]byte, saltSize)
	rand.Read(salt)
	return r.encryptWith(key, salt, plain, standard)
}

func (r Receiver) encryptWith(key *ecdh.PrivateKey, salt, plain []byte, standard bool) (sealed, error) {
	public, err := ecdh.P256().NewPublicKey(r.Public)
	if err != nil {
		return sealed{}, fmt.Errorf("webpush: %w", err)
	}
	shared, err := key.ECDH(public)
	if err != nil {
		return sealed{}, fmt.Errorf("webpush: %w", err)
	}
	out := sealed{salt: salt, public: key.PublicKey().Bytes()}
	if standard {
		out.body, err = r.aes128gcm(shared, out, plain)
	} else {
		out.body, err = r.aesgcm(shared, out, plain)
	}
	return out, err
}

// aes128gcm is RFC 8291 §3.4 over RFC 8188, in one record.
func (r Receiver) aes128gcm(shared []byte, s sealed, plain []byte) ([]byte, error) {
	ikm, err := hkdf.Key(sha256.New, shared, r.Auth, "WebPush: info\x00"+string(r.Public)+string(s.public), 32)
	if err != nil {
		return nil, err
	}
	aead, nonce, err := keysOf(ikm, s.salt, "Content-Encoding: aes128gcm\x00", "Content-Encoding: nonce\x00")
	if err != nil {
		return nil, err
	}
	body := append(make([]byte, 0, saltSize+5+publicSize+len(plain)+17), s.salt...)
	body = binary.BigEndian.AppendUint32(body, recordSize)
	body = append(append(body, publicSize), s.public...)
	return aead.Seal(body, nonce, append(plain[:len(plain):len(plain)], 2), nil), nil // 2: the last record
}

// aesgcm is draft-ietf-webpush-encryption-04.
func (r Receiver) aesgcm(shared []byte, s sealed, plain []byte) ([]byte, error) {
	ikm, err := hkdf.Key(sha256.New, shared, r.Auth, "Content-Encoding: auth\x00", 32)
	if err != nil {
		return nil, err
	}
	keys := "P-256\x00" + string(sized(r.Public)) + string(sized(s.public))
	aead, nonce, err := keysOf(ikm, s.salt, "Content-Encoding: aesgcm\x00"+keys, "Content-Encoding: nonce\x00"+keys)
	if err != nil {
		return nil, err
	}
	return aead.Seal(nil, nonce, append([]byte{0, 0}, plain...), nil), nil // no padding
}

func sized(b []byte) []byte { return append(binary.BigEndian.AppendUint16(nil, uint16(len(b))), b...) }

// keysOf derives what encrypts a record.
func keysOf(ikm, salt []byte, keyInfo, nonceInfo string) (cipher.AEAD, []byte, error) {
	key, err := hkdf.Key(sha256.New, ikm, salt, keyInfo, 16)
	if err != nil {
		return nil, nil, err
	}
	nonce, err := hkdf.Key(sha256.New, ikm, salt, nonceInfo, 12)
	if err != nil {
		return nil, nil, err
	}
	block, err := aes.NewCipher(key)
	if err != nil {
		return nil, nil, err
	}
	aead, err := cipher.NewGCM(block)
	return aead, nonce, err
}
