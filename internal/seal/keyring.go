package seal

import (
	"crypto/cipher"
	"crypto/hkdf"
	"crypto/rand"
	"crypto/sha256"
	"encoding/base64"
	"encoding/hex"
	"errors"
	"fmt"
	"io/fs"
	"regexp"
	"slices"
	"strings"
	"sync"
)

// Keyring holds the master keys. Its methods may be called at the same time.
type Keyring struct {
	path  string
	index []byte // key of the blind indexes, from the first master key

	mu   sync.RWMutex
	keys []masterKey // newest last, never empty
}

type masterKey struct {
	id     string
	secret []byte
	wrap   cipher.AEAD
}

var idPattern = regexp.MustCompile(`\A[A-Za-z0-9_-]{1,32}\z`)

// LoadOrCreate reads the key file, or makes one with a new key. The file must
// be readable by nobody but its owner. Two processes that start at the same
// time end up with the same file.
func LoadOrCreate(path string) (*Keyring, error) {
	keys, err := readFile(path)
	if errors.Is(err, fs.ErrNotExist) {
		if err := createFile(path, format([]masterKey{newMasterKey()})); err != nil {
			return nil, fmt.Errorf("seal: create key file: %w", err)
		}
		keys, err = readFile(path)
	}
	if err != nil {
		return nil, err
	}
	return &Keyring{path: path, keys: keys, index: derive(keys[0].secret, "guildhall blind index v1")}, nil
}

// Rotate adds a new master key to the file and uses it from now on. What older
// keys have sealed stays readable; Reseal moves it to the new one. One key may
// wrap four billion values. It fails when another process is rotating.
func (k *Keyring) Rotate() error {
	k.mu.Lock()
	defer k.mu.Unlock()
	err := replaceFile(k.path, func() ([]byte, error) {
		keys, err := k.read() // another process may have added one since
		if err != nil {
			return nil, err
		}
		return format(append(slices.Clone(keys), newMasterKey())), nil
	})
	if err != nil {
		return fmt.Errorf("seal: rotate: %w", err)
	}
	k.keys, err = k.read()
	return err
}

func (k *Keyring) newest() masterKey {
	k.mu.RLock()
	defer k.mu.RUnlock()
	return k.keys[len(k.keys)-1]
}

// find returns a master key by its id. One that is not known may have been
// added by another process, so the file is read again.
func (k *Keyring) find(id string) (masterKey, error) {
	k.mu.RLock()
	i := indexOf(k.keys, id)
	keys := k.keys
	k.mu.RUnlock()
	if i >= 0 {
		return keys[i], nil
	}
	if !idPattern.MatchString(id) {
		return masterKey{}, fmt.Errorf("%w: no key id", ErrCorrupt)
	}
	k.mu.Lock()
	defer k.mu.Unlock()
	keys, err := k.read()
	if err != nil {
		return masterKey{}, err
	}
	k.keys = keys
	if i := indexOf(keys, id); i >= 0 {
		return keys[i], nil
	}
	return masterKey{}, fmt.Errorf("%w: master key %s is not in %s", ErrCorrupt, id, k.path)
}

// read returns the keys of the file as it is now. One that begins with another
// key is another installation's, and would break every index.
func (k *Keyring) read() ([]masterKey, error) {
	keys, err := readFile(k.path)
	if err != nil {
		return nil, err
	}
	if keys[0].id != k.keys[0].id || string(keys[0].secret) != string(k.keys[0].secret) {
		return nil, fmt.Errorf("seal: %s was replaced by another key file", k.path)
	}
	return keys, nil
}

func indexOf(keys []masterKey, id string) int {
	return slices.IndexFunc(keys, func(m masterKey) bool { return m.id == id })
}

func newMasterKey() masterKey {
	var id [4]byte
	secret := make([]byte, keySize)
	rand.Read(id[:])
	rand.Read(secret)
	return masterFrom(hex.EncodeToString(id[:]), secret)
}

func masterFrom(id string, secret []byte) masterKey {
	return masterKey{id: id, secret: secret, wrap: newAEAD(derive(secret, "guildhall key wrap v1"))}
}

// derive makes a key for one purpose. It panics when asked for too much, which
// is a bug of ours.
func derive(secret []byte, purpose string) []byte {
	key, err := hkdf.Key(sha256.New, secret, nil, purpose, keySize)
	if err != nil {
		panic(err)
	}
	return key
}

const fileHead = "# Master keys of Guildhall, newest last. Who has this file can read what is sealed;\n" +
	"# without it nobody can. Keep a copy apart from the backups, and never remove the first line of keys.\n"

func format(keys []masterKey) []byte {
	var b strings.Builder
	b.WriteString(fileHead)
	for _, m := range keys {
		fmt.Fprintf(&b, "%s %s\n", m.id, base64.StdEncoding.EncodeToString(m.secret))
	}
	return []byte(b.String())
}

// parse reads lines "id base64key"; empty ones and comments are skipped.
func parse(data []byte) ([]masterKey, error) {
	var keys []masterKey
	n := 0
	for line := range strings.Lines(string(data)) {
		n++
		line = strings.TrimSpace(line)
		if line == "" || strings.HasPrefix(line, "#") {
			continue
		}
		id, encoded, _ := strings.Cut(line, " ")
		secret, err := base64.StdEncoding.DecodeString(strings.TrimSpace(encoded))
		switch {
		case !idPattern.MatchString(id):
			return nil, fmt.Errorf("line %d: no key id", n)
		case err != nil || len(secret) != keySize:
			return nil, fmt.Errorf("line %d: key %s is not %d bytes in base64", n, id, keySize) // never the text itself
		case indexOf(keys, id) >= 0:
			return nil, fmt.Errorf("line %d: key %s is there twice", n, id)
		}
		keys = append(keys, masterFrom(id, secret))
	}
	if len(keys) == 0 {
		return nil, errors.New("no keys in it")
	}
	return keys, nil
}
