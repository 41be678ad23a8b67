package seal_test

import (
	"bytes"
	"crypto/hkdf"
	"crypto/hmac"
	"crypto/sha256"
	"encoding/base64"
	"errors"
	"os"
	"path/filepath"
	"runtime"
	"strings"
	"sync"
	"testing"

	"github.com/guildhall/guildhall/internal/seal"
)

func load(t *testing.T, path string) *seal.Keyring {
	t.Helper()
	k, err := seal.LoadOrCreate(path)
	if err != nil {
		t.Fatal(err)
	}
	return k
}

func newRing(t *testing.T) *seal.Keyring { return load(t, filepath.Join(t.TempDir(), "keys")) }

func checkOpens(t *testing.T, k *seal.Keyring, sealed, context []byte, want string) {
	t.Helper()
	if got, err := k.Open(sealed, context); err != nil || string(got) != want {
		t.Errorf("Open = %q, %v, want %q", got, err, want)
	}
}

var row = []byte("identity_accounts/email/1")

func TestSealAndOpen(t *testing.T) {
	path := filepath.Join(t.TempDir(), "made", "keys")
	k := load(t, path)
	for _, plain := range []string{"", "ada@example.org", strings.Repeat("long ", 100_000)} {
		a, b := k.Seal([]byte(plain), row), k.Seal([]byte(plain), row)
		if bytes.Equal(a, b) {
			t.Error("the same value is sealed to the same bytes twice")
		}
		if plain != "" && bytes.Contains(a, []byte(plain)) {
			t.Error("the value can be read in its sealed form")
		}
		checkOpens(t, k, a, row, plain)
		checkOpens(t, load(t, path), b, row, plain) // after a restart
	}
}

func TestMovedToAnotherRow(t *testing.T) {
	k := newRing(t)
	sealed := k.Seal([]byte("secret"), row)
	for _, context := range []string{"", "identity_accounts/email/2", "identity_accounts/email/1 ", "identity_accounts/email/"} {
		if plain, err := k.Open(sealed, []byte(context)); !errors.Is(err, seal.ErrCorrupt) {
			t.Errorf("in %q: %q, %v", context, plain, err)
		}
		if _, _, err := k.Reseal(sealed, []byte(context)); !errors.Is(err, seal.ErrCorrupt) {
			t.Errorf("resealed in %q: %v", context, err)
		}
	}
}

func TestTampering(t *testing.T) {
	k := newRing(t)
	sealed := k.Seal([]byte("secret"), row)
	for i := range sealed {
		for bit := range 8 {
			forged := bytes.Clone(sealed)
			forged[i] ^= 1 << bit
			if plain, err := k.Open(forged, row); !errors.Is(err, seal.ErrCorrupt) {
				t.Fatalf("bit %d of byte %d: %q, %v", bit, i, plain, err)
			}
		}
		if plain, err := k.Open(sealed[:i], row); !errors.Is(err, seal.ErrCorrupt) {
			t.Fatalf("cut to %d bytes: %q, %v", i, plain, err)
		}
	}
	if _, err := k.Open(append(bytes.Clone(sealed), 0), row); !errors.Is(err, seal.ErrCorrupt) {
		t.Errorf("a byte more: %v", err)
	}
	// The wrapped key of one value with the content of another.
	other := k.Seal([]byte("public"), row)
	content := len(sealed) - len("secret") - 28
	if _, err := k.Open(append(bytes.Clone(other[:content]), sealed[content:]...), row); !errors.Is(err, seal.ErrCorrupt) {
		t.Errorf("mixed from two: %v", err)
	}
	if _, err := newRing(t).Open(sealed, row); !errors.Is(err, seal.ErrCorrupt) {
		t.Errorf("by another ring: %v", err)
	}
}

func TestRotation(t *testing.T) {
	path := filepath.Join(t.TempDir(), "keys")
	k, other := load(t, path), load(t, path) // another process on the same file
	old, index := k.Seal([]byte("secret"), row), k.Index([]byte("ada"), row)
	if err := k.Rotate(); err != nil {
		t.Fatal(err)
	}
	fresh := k.Seal([]byte("secret"), row)
	if bytes.Equal(old[:10], fresh[:10]) {
		t.Error("sealed under the old key after a rotation")
	}
	for name, ring := range map[string]*seal.Keyring{"rotated": k, "running meanwhile": other, "restarted": load(t, path)} {
		t.Run(name, func(t *testing.T) {
			checkOpens(t, ring, old, row, "secret")
			checkOpens(t, ring, fresh, row, "secret")
			if !bytes.Equal(ring.Index([]byte("ada"), row), index) {
				t.Error("the index changed")
			}
		})
	}
	if err := other.Rotate(); err != nil { // must not drop the key it has not loaded
		t.Fatal(err)
	}
	checkOpens(t, load(t, path), fresh, row, "secret")
	checkOpens(t, k, other.Seal([]byte("third"), row), row, "third")
	if fi, err := os.Stat(path); err != nil || fi.Mode().Perm() != 0o600 && runtime.GOOS != "windows" {
		t.Errorf("%v, %v", fi.Mode(), err)
	}
	if left, err := filepath.Glob(path + ".*"); err != nil || len(left) != 0 {
		t.Errorf("left beside the key file: %q, %v", left, err)
	}
}

func TestReseal(t *testing.T) {
	path := filepath.Join(t.TempDir(), "keys")
	k := load(t, path)
	first, err := os.ReadFile(path)
	if err != nil {
		t.Fatal(err)
	}
	sealed := k.Seal([]byte("secret"), row)
	same, changed, err := k.Reseal(sealed, row)
	if err != nil || changed || !bytes.Equal(same, sealed) {
		t.Errorf("under the newest key already: %v, %v", changed, err)
	}
	if err := k.Rotate(); err != nil {
		t.Fatal(err)
	}
	moved, changed, err := k.Reseal(sealed, row)
	if err != nil || !changed {
		t.Fatalf("Reseal: %v, %v", changed, err)
	}
	checkOpens(t, k, moved, row, "secret")
	if _, changed, err := k.Reseal(moved, row); changed || err != nil {
		t.Errorf("a second time: %v, %v", changed, err)
	}
	// Who has only the old key can open it no more.
	oldOnly := filepath.Join(t.TempDir(), "keys")
	if err := os.WriteFile(oldOnly, first, 0o600); err != nil {
		t.Fatal(err)
	}
	checkOpens(t, load(t, oldOnly), sealed, row, "secret")
	if _, err := load(t, oldOnly).Open(moved, row); !errors.Is(err, seal.ErrCorrupt) {
		t.Errorf("by the old key: %v", err)
	}
	moved[len(moved)-1] ^= 1
	if _, _, err := k.Reseal(moved, row); !errors.Is(err, seal.ErrCorrupt) {
		t.Errorf("damaged content was resealed: %v", err)
	}
}

func TestIndex(t *testing.T) {
	path := filepath.Join(t.TempDir(), "keys")
	secret := bytes.Repeat([]byte{7}, 32)
	line := "first " + base64.StdEncoding.EncodeToString(secret) + "\n"
	if err := os.WriteFile(path, []byte(line), 0o600); err != nil {
		t.Fatal(err)
	}
	k := load(t, path)
	// Stored indexes must not change with the program.
	key, err := hkdf.Key(sha256.New, secret, nil, "guildhall blind index v1", 32)
	if err != nil {
		t.Fatal(err)
	}
	mac := hmac.New(sha256.New, key)
	mac.Write([]byte("\x00\x00\x00\x00\x00\x00\x00\x05emailada@example.org"))
	if got := k.Index([]byte("ada@example.org"), []byte("email")); !bytes.Equal(got, mac.Sum(nil)) {
		t.Errorf("index %x", got)
	}
	seen := map[string]string{}
	for _, c := range [][2]string{{"ada", "email"}, {"bob", "email"}, {"ada", "phone"}, {"aada", "emai"}, {"da", "emaila"}, {"", "emailada"}} {
		index := string(k.Index([]byte(c[0]), []byte(c[1])))
		if before, ok := seen[index]; ok {
			t.Errorf("%q and %q have one index", c, before)
		}
		seen[index] = c[0] + " in " + c[1]
	}
	if bytes.Equal(newRing(t).Index([]byte("ada"), []byte("email")), k.Index([]byte("ada"), []byte("email"))) {
		t.Error("the index does not depend on the key")
	}
}

func TestKeyFilesThatAreRefused(t *testing.T) {
	good := base64.StdEncoding.EncodeToString(bytes.Repeat([]byte{7}, 32))
	for name, content := range map[string]string{
		"empty":            "",
		"only a comment":   "# nothing\n",
		"no key":           "first\n",
		"short key":        "first " + base64.StdEncoding.EncodeToString([]byte("short")) + "\n",
		"not base64":       "first !!!!\n",
		"bad id":           "fi/rst " + good + "\n",
		"id too long":      strings.Repeat("x", 33) + " " + good + "\n",
		"the same id":      "first " + good + "\nfirst " + good + "\n",
		"a bad line later": "first " + good + "\nsecond\n",
	} {
		path := filepath.Join(t.TempDir(), "keys")
		if err := os.WriteFile(path, []byte(content), 0o600); err != nil {
			t.Fatal(err)
		}
		if _, err := seal.LoadOrCreate(path); err == nil {
			t.Errorf("%s: accepted", name)
		} else if strings.Contains(err.Error(), good) {
			t.Errorf("%s: the error tells a key: %v", name, err)
		}
		if after, err := os.ReadFile(path); err != nil || string(after) != content {
			t.Errorf("%s: the file was changed", name)
		}
	}
}

func TestPermissions(t *testing.T) {
	if runtime.GOOS == "windows" {
		t.Skip("rights are not mode bits on Windows")
	}
	path := filepath.Join(t.TempDir(), "keys")
	load(t, path)
	if fi, err := os.Stat(path); err != nil || fi.Mode().Perm() != 0o600 {
		t.Errorf("made with %v, %v", fi.Mode(), err)
	}
	for _, mode := range []os.FileMode{0o640, 0o604, 0o660, 0o644, 0o610} {
		if err := os.Chmod(path, mode); err != nil {
			t.Fatal(err)
		}
		if _, err := seal.LoadOrCreate(path); err == nil {
			t.Errorf("mode %o was accepted", mode)
		}
	}
	if err := os.Chmod(path, 0o400); err != nil {
		t.Fatal(err)
	}
	load(t, path)
}

func TestStartedTogether(t *testing.T) {
	path := filepath.Join(t.TempDir(), "keys")
	rings := make([]*seal.Keyring, 8)
	var wg sync.WaitGroup
	for i := range rings {
		wg.Go(func() {
			var err error
			if rings[i], err = seal.LoadOrCreate(path); err != nil {
				t.Error(err)
			}
		})
	}
	wg.Wait()
	if t.Failed() {
		return
	}
	sealed := rings[0].Seal([]byte("secret"), row)
	for _, k := range rings {
		checkOpens(t, k, sealed, row, "secret")
	}
}

func TestRotationIsOneAtATime(t *testing.T) {
	path := filepath.Join(t.TempDir(), "keys")
	k := load(t, path)
	before, err := os.ReadFile(path)
	if err != nil {
		t.Fatal(err)
	}
	if err := os.WriteFile(path+".new", nil, 0o600); err != nil {
		t.Fatal(err)
	}
	if err := k.Rotate(); err == nil {
		t.Error("rotated while another process was")
	}
	if _, err := os.Stat(path + ".new"); err != nil {
		t.Error("took the other's lock away:", err)
	}
	if after, err := os.ReadFile(path); err != nil || !bytes.Equal(before, after) {
		t.Error("the key file changed")
	}
}

// A key file of another installation in the place of ours would silently break
// every index.
func TestReplacedKeyFile(t *testing.T) {
	path := filepath.Join(t.TempDir(), "keys")
	k := load(t, path)
	if err := os.Remove(path); err != nil {
		t.Fatal(err)
	}
	foreign := load(t, path).Seal([]byte("secret"), row)
	if plain, err := k.Open(foreign, row); err == nil {
		t.Errorf("opened %q by a ring that took over foreign keys", plain)
	}
	if err := k.Rotate(); err == nil {
		t.Error("rotated a foreign key file")
	}
}

func TestConcurrentUse(t *testing.T) {
	k := newRing(t)
	var wg sync.WaitGroup
	for range 4 {
		wg.Go(func() {
			for range 50 {
				checkOpens(t, k, k.Seal([]byte("secret"), row), row, "secret")
			}
		})
	}
	for range 3 {
		if err := k.Rotate(); err != nil {
			t.Error(err)
		}
	}
	wg.Wait()
}
