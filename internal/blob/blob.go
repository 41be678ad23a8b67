// Package blob keeps files on disk under names made of their content. A blob
// is written once, durable before its key is told, and never changes, so two
// uploads of the same bytes share one file and a key can be cached for ever.
// What does not belong here: who may read a blob, what refers to it and when it
// may go (the domains know), and what is inside it.
package blob

import (
	"context"
	"crypto/rand"
	"crypto/sha256"
	"encoding/hex"
	"errors"
	"fmt"
	"hash"
	"io"
	"io/fs"
	"os"
	"path"
	"regexp"
	"time"

	"github.com/guildhall/guildhall/internal/errs"
	"github.com/guildhall/guildhall/internal/fsync"
)

// tmpDir holds uploads that are not complete yet, in the same file system as
// the blobs so that a rename is atomic. No key can name it.
const tmpDir = "tmp"

// staleAfter is how long an unfinished upload may rest before Open takes it
// for the leftover of a crash. Another process may share the directory, so
// young files are left alone.
const staleAfter = time.Hour

var (
	keyPattern = regexp.MustCompile(`\A[0-9a-f]{2}/[0-9a-f]{62}\.[a-z0-9]{1,8}\z`)
	extPattern = regexp.MustCompile(`\A\.[a-z0-9]{1,8}\z`)
)

// Store is a directory of blobs. Its methods may be called at the same time,
// also by several processes on one directory.
type Store struct {
	root *os.Root
}

// Info is what a reader needs to know of a blob.
type Info struct {
	Size        int64 // bytes
	ModTime     time.Time
	ContentType string // from the key's extension, never from the uploader
}

// Open returns the store in dir, which is created when missing, and removes
// what crashed uploads have left there. An error means that the directory
// cannot be used for writing.
func Open(dir string) (*Store, error) {
	if err := os.MkdirAll(dir, 0o750); err != nil {
		return nil, fmt.Errorf("blob: %w", err)
	}
	root, err := os.OpenRoot(dir)
	if err != nil {
		return nil, fmt.Errorf("blob: %w", err)
	}
	s := &Store{root: root}
	if err := s.sweep(); err != nil {
		return nil, errors.Join(fmt.Errorf("blob: clean up %s: %w", dir, err), root.Close())
	}
	return s, nil
}

// Close releases the directory. Blobs that are open stay readable.
func (s *Store) Close() error { return s.root.Close() }

// Put stores what r yields to its end and returns its key and size in bytes.
// ext is the file extension with its dot (".jpg"); it becomes part of the key
// and decides the content type. When Put returns without an error the blob
// survives a power cut. Putting the same bytes again returns the same key.
// Errors are those of r, of ctx and of the disk; after one, nothing is left.
func (s *Store) Put(ctx context.Context, r io.Reader, ext string) (key string, size int64, err error) {
	if !extPattern.MatchString(ext) {
		return "", 0, fmt.Errorf("blob: extension %q", ext)
	}
	if err := ctx.Err(); err != nil {
		return "", 0, err
	}
	tmp, f, err := s.createTemp()
	if err != nil {
		return "", 0, fmt.Errorf("blob: %w", err)
	}
	renamed := false
	defer func() {
		if !renamed {
			err = errors.Join(err, s.remove(tmp))
		}
	}()
	sum := sha256.New()
	size, err = write(f, sum, r)
	if err == nil {
		err = ctx.Err()
	}
	if err != nil {
		return "", 0, err
	}
	key = keyOf(sum, ext)
	if renamed, err = s.place(tmp, key, size); err != nil {
		return "", 0, fmt.Errorf("blob: place %s: %w", key, err)
	}
	return key, size, nil
}

// Open returns the blob for reading; the caller closes it. It returns NotFound
// when there is none, or none can have that key.
func (s *Store) Open(ctx context.Context, key string) (io.ReadSeekCloser, Info, error) {
	if err := ctx.Err(); err != nil {
		return nil, Info{}, err
	}
	if !keyPattern.MatchString(key) {
		return nil, Info{}, errs.NotFoundRecord()
	}
	f, err := s.root.Open(key)
	if errors.Is(err, fs.ErrNotExist) {
		return nil, Info{}, errs.NotFoundRecord()
	}
	if err != nil {
		return nil, Info{}, fmt.Errorf("blob: %w", err)
	}
	fi, err := f.Stat()
	if err == nil && !fi.Mode().IsRegular() {
		err = errs.NotFoundRecord()
	}
	if err != nil {
		return nil, Info{}, errors.Join(err, f.Close())
	}
	return f, Info{Size: fi.Size(), ModTime: fi.ModTime(), ContentType: contentType(path.Ext(key))}, nil
}

// Exists tells whether there is a blob with that key.
func (s *Store) Exists(ctx context.Context, key string) (bool, error) {
	if err := ctx.Err(); err != nil {
		return false, err
	}
	if !keyPattern.MatchString(key) {
		return false, nil
	}
	fi, err := s.root.Stat(key)
	if errors.Is(err, fs.ErrNotExist) {
		return false, nil
	}
	if err != nil {
		return false, fmt.Errorf("blob: %w", err)
	}
	return fi.Mode().IsRegular(), nil
}

// Copy stores a blob once more under a key that nobody knows and that its
// content does not tell. Returns NotFound if there is no such blob.
func (s *Store) Copy(ctx context.Context, key string) (copied string, err error) {
	from, _, err := s.Open(ctx, key)
	if err != nil {
		return "", err
	}
	defer func() { err = errors.Join(err, from.Close()) }()
	tmp, f, err := s.createTemp()
	if err != nil {
		return "", fmt.Errorf("blob: %w", err)
	}
	size, err := write(f, sha256.New(), from)
	if err != nil {
		return "", errors.Join(err, s.remove(tmp))
	}
	unknown := sha256.New()
	unknown.Write([]byte(rand.Text() + rand.Text()))
	copied = keyOf(unknown, path.Ext(key))
	if _, err := s.place(tmp, copied, size); err != nil {
		return "", fmt.Errorf("blob: place %s: %w", copied, err)
	}
	return copied, nil
}

// Delete removes a blob, durably; one that is not there is fine. It returns
// NotFound for what cannot be a key. Content is shared: the caller makes sure
// that nothing else refers to the key.
func (s *Store) Delete(ctx context.Context, key string) error {
	if err := ctx.Err(); err != nil {
		return err
	}
	if !keyPattern.MatchString(key) {
		return errs.NotFoundRecord()
	}
	err := s.root.Remove(key)
	if errors.Is(err, fs.ErrNotExist) {
		return nil
	}
	if err != nil {
		return fmt.Errorf("blob: %w", err)
	}
	return s.syncDir(path.Dir(key))
}

func keyOf(sum hash.Hash, ext string) string {
	name := hex.EncodeToString(sum.Sum(nil))
	return name[:2] + "/" + name[2:] + ext
}

// write copies r to f and sum, and leaves f closed and durable.
func write(f *os.File, sum hash.Hash, r io.Reader) (size int64, err error) {
	defer func() { err = errors.Join(err, f.Close()) }()
	if size, err = io.Copy(io.MultiWriter(f, sum), r); err != nil {
		return 0, err
	}
	return size, f.Sync()
}

// place gives the complete file tmp its name. It tells whether tmp was renamed,
// which it is not when the blob is there already.
func (s *Store) place(tmp, key string, size int64) (renamed bool, err error) {
	dir := path.Dir(key)
	switch err := s.root.Mkdir(dir, 0o750); {
	case err == nil:
		if err := s.syncDir("."); err != nil {
			return false, err
		}
	case !errors.Is(err, fs.ErrExist):
		return false, err
	}
	// A file of another size was damaged from outside; the good one replaces it.
	if fi, err := s.root.Stat(key); err != nil || fi.Size() != size {
		if err := s.root.Rename(tmp, key); err != nil {
			return false, err
		}
		renamed = true
	}
	// Also when it was there: another Put may have renamed it a moment ago and
	// not reached its own sync yet.
	return renamed, s.syncDir(dir)
}

func (s *Store) createTemp() (name string, f *os.File, err error) {
	name = path.Join(tmpDir, rand.Text())
	f, err = s.root.OpenFile(name, os.O_WRONLY|os.O_CREATE|os.O_EXCL, 0o640)
	return name, f, err
}

func (s *Store) remove(name string) error {
	if err := s.root.Remove(name); err != nil && !errors.Is(err, fs.ErrNotExist) {
		return err
	}
	return nil
}

func (s *Store) syncDir(name string) error {
	d, err := s.root.Open(name)
	if err != nil {
		return err
	}
	return errors.Join(fsync.Dir(d), d.Close())
}
