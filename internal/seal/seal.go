// Package seal encrypts what must not be readable in a stolen database: each
// value with a key of its own, which is wrapped by a master key from a file
// (envelope encryption, AES-256-GCM). It also makes blind indexes, by which a
// sealed value can be looked up. What does not belong here: which columns are
// sealed, and hashing of passwords and tokens.
//
// A sealed value is: version (1 byte), length of the master key's id (1), the
// id, the wrapped key (nonce 12, key 32, tag 16), the content (nonce 12,
// content, tag 16). The context is authenticated with both.
package seal

import (
	"crypto/aes"
	"crypto/cipher"
	"crypto/hmac"
	"crypto/rand"
	"crypto/sha256"
	"encoding/binary"
	"errors"
	"fmt"
)

const (
	version   = 1
	keySize   = 32
	overhead  = 12 + 16 // nonce and tag
	wrapSize  = keySize + overhead
	maxIDSize = 32
)

// ErrCorrupt is returned for what this keyring did not seal in this context:
// damaged, forged, moved from another row, or sealed under a lost master key.
var ErrCorrupt = errors.New("seal: value cannot be opened")

// Seal returns plain encrypted under a new key that only the newest master key
// opens. The context names the place the value belongs to (table, column and
// row, say); it is not stored, and Open needs the same.
func (k *Keyring) Seal(plain, context []byte) []byte {
	master := k.newest()
	var key [keySize]byte
	rand.Read(key[:])
	sealed := appendHeader(make([]byte, 0, 2+len(master.id)+wrapSize+overhead+len(plain)), master.id)
	sealed = master.wrap.Seal(sealed, nil, key[:], bind(sealed, context))
	return newAEAD(key[:]).Seal(sealed, nil, plain, bind([]byte{version}, context))
}

// Open returns what was sealed, by any key of the ring. It returns ErrCorrupt
// when the value, the context or the ring is not the one of Seal.
func (k *Keyring) Open(sealed, context []byte) ([]byte, error) {
	key, _, content, err := k.unwrap(sealed, context)
	if err != nil {
		return nil, err
	}
	return openContent(key, content, context)
}

// Reseal returns the value under the newest master key, and whether that is a
// change to be stored. The content is not encrypted anew, only its key is
// wrapped again, but it is verified. It returns ErrCorrupt as Open does.
func (k *Keyring) Reseal(sealed, context []byte) (resealed []byte, changed bool, err error) {
	key, id, content, err := k.unwrap(sealed, context)
	if err != nil {
		return nil, false, err
	}
	if _, err := openContent(key, content, context); err != nil {
		return nil, false, err
	}
	master := k.newest()
	if id == master.id {
		return sealed, false, nil
	}
	resealed = appendHeader(make([]byte, 0, len(sealed)+maxIDSize), master.id)
	resealed = master.wrap.Seal(resealed, nil, key, bind(resealed, context))
	return append(resealed, content...), true, nil
}

// Index returns 32 bytes that are the same for the same plain and context, and
// tell nothing to who has not the key file. They are made with the first key of
// the ring, so they survive rotation; they must not be used across contexts.
func (k *Keyring) Index(plain, context []byte) []byte {
	mac := hmac.New(sha256.New, k.index)
	// With its length before it, no part of the context can pass for content.
	mac.Write(binary.BigEndian.AppendUint64(nil, uint64(len(context))))
	mac.Write(context)
	mac.Write(plain)
	return mac.Sum(nil)
}

// unwrap takes a sealed value apart and opens its key.
func (k *Keyring) unwrap(sealed, context []byte) (key []byte, id string, content []byte, err error) {
	if len(sealed) < 2 || sealed[0] != version {
		return nil, "", nil, fmt.Errorf("%w: not of a known version", ErrCorrupt)
	}
	header := 2 + int(sealed[1])
	if len(sealed) < header+wrapSize+overhead {
		return nil, "", nil, fmt.Errorf("%w: too short", ErrCorrupt)
	}
	id = string(sealed[2:header])
	master, err := k.find(id)
	if err != nil {
		return nil, "", nil, err
	}
	wrapped, content := sealed[header:header+wrapSize], sealed[header+wrapSize:]
	key, err = master.wrap.Open(nil, nil, wrapped, bind(sealed[:header], context))
	if err != nil {
		return nil, "", nil, fmt.Errorf("%w: key wrapped by %s", ErrCorrupt, id)
	}
	return key, id, content, nil
}

func openContent(key, content, context []byte) ([]byte, error) {
	plain, err := newAEAD(key).Open(nil, nil, content, bind([]byte{version}, context))
	if err != nil {
		return nil, fmt.Errorf("%w: content", ErrCorrupt)
	}
	return plain, nil
}

func appendHeader(b []byte, id string) []byte {
	b = append(b, version, byte(len(id)))
	return append(b, id...)
}

// bind returns what is authenticated beside a ciphertext. A header tells its
// own length, so the two parts cannot be taken for others.
func bind(header, context []byte) []byte {
	return append(append(make([]byte, 0, len(header)+len(context)), header...), context...)
}

// newAEAD returns AES-256-GCM with random nonces, which stand before the
// ciphertext. It panics when the key has not 32 bytes, which is a bug of ours.
func newAEAD(key []byte) cipher.AEAD {
	block, err := aes.NewCipher(key)
	if err != nil {
		panic(err)
	}
	aead, err := cipher.NewGCMWithRandomNonce(block)
	if err != nil {
		panic(err)
	}
	return aead
}
