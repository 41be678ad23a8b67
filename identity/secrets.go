package identity

import (
	"crypto/rand"
	"crypto/sha256"
	"crypto/subtle"
	"encoding/base64"
)

// digest is what is kept of a secret.
type digest [sha256.Size]byte

// secretMax is the longest secret that is looked at, in bytes; ours have 43.
const secretMax = 256

// newSecret returns 32 random bytes in base64url.
func newSecret() string {
	var b [32]byte
	// Since Go 1.24 crypto/rand does not fail: it ends the program instead.
	_, _ = rand.Read(b[:])
	return base64.RawURLEncoding.EncodeToString(b[:])
}

func hashSecret(secret string) digest { return sha256.Sum256([]byte(secret)) }

// fits tells, in constant time, whether a secret has the kept hash.
func fits(secret string, kept []byte) bool {
	h := hashSecret(secret)
	return subtle.ConstantTimeCompare(h[:], kept) == 1
}
