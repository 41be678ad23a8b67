package identity

import (
	"context"
	_ "embed"
	"fmt"
	"strings"
	"unicode/utf8"

	"github.com/alexedwards/argon2id"
	"github.com/guildhall/guildhall/internal/errs"
)

const (
	passwordMin     = 10  // characters
	passwordMinWeak = 8   // characters, where weak passwords are taken
	passwordMax     = 256 // characters
)

// dummyHash is the hash of a random password that nobody knows. It is checked
// when a login is unknown, so that the answer takes as long as for a known one.
const dummyHash = "$argon2id$v=19$m=19456,t=2,p=1$qPC49nO2WvKAPzKGJ0Q7og$6qQwirGDX761ugOKmRlyo6sYTjEnQCbj7JQuIIdKRGc"

// commonPasswords are those of at least ten characters that leaked most often.
//
//go:embed common_passwords.txt
var commonPasswords string

// hasher hashes passwords, a bounded number at a time: each takes 19 MiB.
type hasher struct {
	slots  chan struct{}
	params argon2id.Params
	common map[string]bool
	least  int  // characters of a password
	weak   bool // what is easy to guess is taken
}

func newHasher(concurrency int, weak bool) hasher {
	h := hasher{slots: make(chan struct{}, max(concurrency, 1)), common: map[string]bool{}, least: passwordMin, weak: weak,
		params: argon2id.Params{Memory: 19 * 1024, Iterations: 2, Parallelism: 1, SaltLength: 16, KeyLength: 32}}
	for word := range strings.FieldsSeq(commonPasswords) {
		h.common[word] = true
	}
	if weak {
		h.least = passwordMinWeak
	}
	return h
}

func (h *hasher) enter(ctx context.Context) (leave func(), err error) {
	select {
	case h.slots <- struct{}{}:
		return func() { <-h.slots }, nil
	case <-ctx.Done():
		return nil, errs.Wrap(errs.Unavailable, "The server is busy; try again in a moment", ctx.Err())
	}
}

// hash returns the hash of a password in PHC format.
func (h *hasher) hash(ctx context.Context, password string) (string, error) {
	leave, err := h.enter(ctx)
	if err != nil {
		return "", err
	}
	defer leave()
	return argon2id.CreateHash(password, &h.params)
}

// matches tells whether a password has a hash. It takes the same time whatever
// the password is; an overlong one never matches, and none has no hash.
func (h *hasher) matches(ctx context.Context, password, hash string) (bool, error) {
	if len(password) > passwordMax*utf8.UTFMax || hash == "" {
		password, hash = "", dummyHash
	}
	leave, err := h.enter(ctx)
	if err != nil {
		return false, err
	}
	defer leave()
	return argon2id.ComparePasswordAndHash(password, hash)
}

// refusal says what is wrong with a new password of a user, or nothing.
func (h *hasher) refusal(password, username, email string) []errs.Field {
	lower := strings.ToLower(password)
	local, _, _ := strings.Cut(email, "@")
	switch n := utf8.RuneCountInString(password); {
	case password == "":
		return []errs.Field{{Code: "ERR_BLANK", Text: "can't be blank"}}
	case !utf8.ValidString(password):
		return []errs.Field{{Code: "ERR_INVALID", Text: "is not valid UTF-8"}}
	case n < h.least:
		return []errs.Field{{Code: "ERR_TOO_SHORT", Text: fmt.Sprintf("must have at least %d characters", h.least)}}
	case n > passwordMax:
		return []errs.Field{{Code: "ERR_TOO_LONG", Text: "must have at most 256 characters"}}
	case h.weak:
		return nil
	case h.common[lower] || monotonous(lower) || lower == strings.ToLower(username) || lower == email || lower == local:
		return []errs.Field{{Code: "ERR_INVALID", Text: "is too easy to guess"}}
	}
	return nil
}

// monotonous tells whether a text is one character again and again, or runs of
// neighbours as in "abcdefghij" and "9876543210".
func monotonous(s string) bool {
	var last, step rune
	steps := map[rune]int{}
	for i, r := range s {
		if i > 0 {
			step = r - last
			steps[step]++
		}
		last = r
	}
	n := utf8.RuneCountInString(s) - 1
	return steps[0] >= n-1 || steps[1] >= n-1 || steps[-1] >= n-1
}
