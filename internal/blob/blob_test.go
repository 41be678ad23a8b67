package blob_test

import (
	"bytes"
	"context"
	"errors"
	"io"
	"io/fs"
	"os"
	"path/filepath"
	"strings"
	"sync"
	"testing"
	"testing/iotest"
	"time"

	"github.com/guildhall/guildhall/internal/blob"
	"github.com/guildhall/guildhall/internal/errs"
)

// The key of "hello" by its SHA-256.
const helloKey = "2c/f24dba5fb0a30e26e83b2ac5b9e29e1b161e5c1fa7425e73043362938b9824.jpg"

func open(t *testing.T, dir string) *blob.Store {
	t.Helper()
	s, err := blob.Open(dir)
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() {
		if err := s.Close(); err != nil {
			t.Error(err)
		}
	})
	return s
}

// files lists all regular files under dir with slashes.
func files(t *testing.T, dir string) []string {
	t.Helper()
	var names []string
	err := fs.WalkDir(os.DirFS(dir), ".", func(p string, d fs.DirEntry, err error) error {
		if err == nil && d.Type().IsRegular() {
			names = append(names, p)
		}
		return err
	})
	if err != nil {
		t.Fatal(err)
	}
	return names
}

func TestPutAndOpen(t *testing.T) {
	dir := filepath.Join(t.TempDir(), "made", "on", "demand")
	s := open(t, dir)
	for range 2 { // the second time it is there already
		key, size, err := s.Put(t.Context(), strings.NewReader("hello"), ".jpg")
		if err != nil || key != helloKey || size != 5 {
			t.Fatalf("Put = %q, %d, %v", key, size, err)
		}
		if got := files(t, dir); len(got) != 1 || got[0] != helloKey {
			t.Fatalf("on disk: %q", got)
		}
	}
	f, info, err := s.Open(t.Context(), helloKey)
	if err != nil {
		t.Fatal(err)
	}
	defer f.Close()
	if _, err := f.Seek(1, io.SeekStart); err != nil {
		t.Fatal(err)
	}
	if b, err := io.ReadAll(f); err != nil || string(b) != "ello" {
		t.Errorf("read %q, %v", b, err)
	}
	if info.Size != 5 || info.ContentType != "image/jpeg" || info.ModTime.IsZero() {
		t.Errorf("info %+v", info)
	}
}

func TestContentTypeComesFromTheKey(t *testing.T) {
	s := open(t, t.TempDir())
	for ext, want := range map[string]string{
		".png": "image/png", ".webp": "image/webp", ".mp4": "video/mp4", ".pdf": "application/pdf",
		".html": "application/octet-stream", ".svg": "application/octet-stream", ".js": "application/octet-stream",
	} {
		key, _, err := s.Put(t.Context(), strings.NewReader("<script>"), ext)
		if err != nil {
			t.Fatal(err)
		}
		f, info, err := s.Open(t.Context(), key)
		if err != nil {
			t.Fatal(err)
		}
		if err := f.Close(); err != nil {
			t.Fatal(err)
		}
		if info.ContentType != want {
			t.Errorf("%s: %s, want %s", ext, info.ContentType, want)
		}
	}
}

// ME-04, ME-14: whatever is asked for, nothing outside the root is read,
// written or removed.
func TestME14NoKeyLeavesTheRoot(t *testing.T) {
	parent := t.TempDir()
	secret := filepath.Join(parent, "secret.jpg")
	if err := os.WriteFile(secret, []byte("secret"), 0o600); err != nil {
		t.Fatal(err)
	}
	s := open(t, filepath.Join(parent, "media"))
	for _, key := range []string{
		"", ".", "..", "/", "../secret.jpg", "..\\secret.jpg", secret, "tmp", "tmp/x.jpg", "2c",
		"2c/../../secret.jpg", helloKey + "\x00", helloKey + "\n", "\n" + helloKey, "/" + helloKey, "./" + helloKey,
		strings.ToUpper(helloKey), helloKey + "/..", strings.Replace(helloKey, "/", "\\", 1), helloKey + ":stream",
		"2c/" + strings.Repeat("a", 62), "2c/" + strings.Repeat("a", 62) + ".", "2c/" + strings.Repeat("a", 4096) + ".jpg",
		"%2e%2e/secret.jpg", "..%2fsecret.jpg", "..../secret.jpg", "con.jpg",
	} {
		if _, _, err := s.Open(t.Context(), key); !errs.Is(err, errs.NotFound) {
			t.Errorf("Open(%q) = %v, want NotFound", key, err)
		}
		if ok, err := s.Exists(t.Context(), key); ok || err != nil {
			t.Errorf("Exists(%q) = %v, %v", key, ok, err)
		}
		if err := s.Delete(t.Context(), key); !errs.Is(err, errs.NotFound) {
			t.Errorf("Delete(%q) = %v, want NotFound", key, err)
		}
	}
	for _, ext := range []string{"", "jpg", ".", ".JPG", "./../../x", ".jpg/../..", ".jpg\x00", ".jpg\n", ".tar.gz", ".toolonganext"} {
		if key, _, err := s.Put(t.Context(), strings.NewReader("x"), ext); err == nil {
			t.Errorf("Put with extension %q gave %q", ext, key)
		}
	}
	if got := files(t, parent); len(got) != 1 || got[0] != "secret.jpg" {
		t.Errorf("on disk: %q", got)
	}
}

// A link planted in the directory must not lead out of it.
func TestSymlinkDoesNotLeaveTheRoot(t *testing.T) {
	parent := t.TempDir()
	dir := filepath.Join(parent, "media")
	s := open(t, dir)
	if err := os.WriteFile(filepath.Join(parent, "secret"), []byte("secret"), 0o600); err != nil {
		t.Fatal(err)
	}
	if err := os.Mkdir(filepath.Join(dir, "2c"), 0o700); err != nil {
		t.Fatal(err)
	}
	if err := os.Symlink(filepath.Join(parent, "secret"), filepath.Join(dir, filepath.FromSlash(helloKey))); err != nil {
		t.Skip("no symbolic links here:", err)
	}
	if f, _, err := s.Open(t.Context(), helloKey); err == nil {
		b, _ := io.ReadAll(f)
		t.Errorf("read %q through a link", b)
	}
}

func TestDelete(t *testing.T) {
	s := open(t, t.TempDir())
	key, _, err := s.Put(t.Context(), strings.NewReader("hello"), ".jpg")
	if err != nil {
		t.Fatal(err)
	}
	if ok, err := s.Exists(t.Context(), key); !ok || err != nil {
		t.Fatalf("Exists = %v, %v", ok, err)
	}
	for range 2 { // the second time it is missing
		if err := s.Delete(t.Context(), key); err != nil {
			t.Fatal(err)
		}
	}
	if ok, err := s.Exists(t.Context(), key); ok || err != nil {
		t.Errorf("Exists after Delete = %v, %v", ok, err)
	}
	if _, _, err := s.Open(t.Context(), key); !errs.Is(err, errs.NotFound) {
		t.Errorf("Open after Delete: %v", err)
	}
}

func TestFailedPutLeavesNothing(t *testing.T) {
	broken := errors.New("connection reset")
	canceled, cancel := context.WithCancel(t.Context())
	cancel()
	late, cancelLate := context.WithCancel(t.Context())
	for _, c := range []struct {
		name string
		ctx  context.Context
		r    io.Reader
		want error
	}{
		{"reader fails at once", t.Context(), iotest.ErrReader(broken), broken},
		{"reader fails half way", t.Context(), io.MultiReader(strings.NewReader("hel"), iotest.ErrReader(broken)), broken},
		{"canceled before", canceled, strings.NewReader("hello"), context.Canceled},
		{"canceled while reading", late, readerFunc(func([]byte) (int, error) { cancelLate(); return 0, io.EOF }), context.Canceled},
	} {
		t.Run(c.name, func(t *testing.T) {
			dir := t.TempDir()
			if key, _, err := open(t, dir).Put(c.ctx, c.r, ".jpg"); !errors.Is(err, c.want) {
				t.Errorf("Put = %q, %v, want %v", key, err, c.want)
			}
			if got := files(t, dir); len(got) != 0 {
				t.Errorf("left behind: %q", got)
			}
		})
	}
}

type readerFunc func([]byte) (int, error)

func (f readerFunc) Read(p []byte) (int, error) { return f(p) }

func TestConcurrentPutsOfTheSameContent(t *testing.T) {
	dir := t.TempDir()
	a, b := open(t, dir), open(t, dir) // two processes would look like this
	data := bytes.Repeat([]byte("x"), 100_000)
	var wg sync.WaitGroup
	for i := range 16 {
		s := []*blob.Store{a, b}[i%2]
		wg.Go(func() {
			if _, size, err := s.Put(t.Context(), bytes.NewReader(data), ".png"); err != nil || size != int64(len(data)) {
				t.Errorf("Put: %d, %v", size, err)
			}
		})
	}
	wg.Wait()
	if got := files(t, dir); len(got) != 1 {
		t.Errorf("on disk: %q", got)
	}
}

func TestPutMendsATruncatedBlob(t *testing.T) {
	dir := t.TempDir()
	s := open(t, dir)
	for _, damage := range []string{"", "hel", "hello and more"} {
		if err := os.MkdirAll(filepath.Join(dir, "2c"), 0o700); err != nil {
			t.Fatal(err)
		}
		name := filepath.Join(dir, filepath.FromSlash(helloKey))
		if err := os.WriteFile(name, []byte(damage), 0o600); err != nil {
			t.Fatal(err)
		}
		if _, _, err := s.Put(t.Context(), strings.NewReader("hello"), ".jpg"); err != nil {
			t.Fatal(err)
		}
		if b, err := os.ReadFile(name); err != nil || string(b) != "hello" {
			t.Errorf("after damage to %q: %q, %v", damage, b, err)
		}
	}
}

func TestOpenSweepsWhatCrashesLeft(t *testing.T) {
	dir := t.TempDir()
	open(t, dir)
	old, young := filepath.Join(dir, "tmp", "OLD"), filepath.Join(dir, "tmp", "YOUNG")
	for _, name := range []string{old, young} {
		if err := os.WriteFile(name, []byte("half"), 0o600); err != nil {
			t.Fatal(err)
		}
	}
	fi, err := os.Stat(young)
	if err != nil {
		t.Fatal(err)
	}
	long := fi.ModTime().Add(-2 * time.Hour)
	if err := os.Chtimes(old, long, long); err != nil {
		t.Fatal(err)
	}
	open(t, dir)
	if got := files(t, dir); len(got) != 1 || got[0] != "tmp/YOUNG" {
		t.Errorf("after the sweep: %q, want only the upload that may still run", got)
	}
}

func TestOpenRefusesWhatIsNoDirectory(t *testing.T) {
	file := filepath.Join(t.TempDir(), "file")
	if err := os.WriteFile(file, nil, 0o600); err != nil {
		t.Fatal(err)
	}
	if s, err := blob.Open(file); err == nil {
		t.Error("opened a file as a store")
		if err := s.Close(); err != nil {
			t.Error(err)
		}
	}
}

func TestCopyIsWhereNobodyKnows(t *testing.T) {
	ctx := context.Background()
	s := open(t, t.TempDir())
	key, _, err := s.Put(ctx, strings.NewReader("a picture"), ".png")
	if err != nil {
		t.Fatal(err)
	}
	copied, err := s.Copy(ctx, key)
	if err != nil {
		t.Fatal(err)
	}
	again, err := s.Copy(ctx, key)
	if err != nil || copied == key || copied == again {
		t.Errorf("%s copied to %s and %s: %v", key, copied, again, err)
	}
	if err := s.Delete(ctx, key); err != nil {
		t.Fatal(err)
	}
	r, info, err := s.Open(ctx, copied)
	if err != nil {
		t.Fatal(err)
	}
	defer r.Close()
	if data, err := io.ReadAll(r); err != nil || string(data) != "a picture" || info.ContentType != "image/png" {
		t.Errorf("%q %+v %v", data, info, err)
	}
	if _, err := s.Copy(ctx, key); !errs.Is(err, errs.NotFound) {
		t.Errorf("copy of what is gone: %v", err)
	}
}
