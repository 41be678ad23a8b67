package seal

import (
	"crypto/rand"
	"errors"
	"fmt"
	"io"
	"io/fs"
	"os"
	"path/filepath"
	"runtime"

	"github.com/guildhall/guildhall/internal/fsync"
)

// maxFile is far more than a century of daily rotations takes.
const maxFile = 4 << 20

// readFile returns the keys of a file that only its owner can read, at least
// one. It returns fs.ErrNotExist when there is no file.
func readFile(path string) (keys []masterKey, err error) {
	f, err := os.Open(path)
	if err != nil {
		return nil, fmt.Errorf("seal: %w", err)
	}
	defer func() { err = errors.Join(err, f.Close()) }()
	fi, err := f.Stat()
	if err != nil {
		return nil, fmt.Errorf("seal: %w", err)
	}
	// Windows keeps rights elsewhere; its mode bits tell nothing.
	if runtime.GOOS != "windows" && fi.Mode().Perm()&0o077 != 0 {
		return nil, fmt.Errorf("seal: %s can be read by others (mode %04o); make it 0600", path, fi.Mode().Perm())
	}
	data, err := io.ReadAll(io.LimitReader(f, maxFile))
	if err != nil {
		return nil, fmt.Errorf("seal: %w", err)
	}
	if keys, err = parse(data); err != nil {
		return nil, fmt.Errorf("seal: %s: %w", path, err)
	}
	return keys, nil
}

// createFile makes the file with its content, durably, or leaves alone what is
// there. A link never replaces anything and shows the file whole at once, which
// an exclusive open alone would not.
func createFile(path string, data []byte) (err error) {
	if err := os.MkdirAll(filepath.Dir(path), 0o700); err != nil {
		return err
	}
	tmp := path + "." + rand.Text() + ".tmp"
	if err := writeNew(tmp, data); err != nil {
		return err
	}
	defer func() { err = errors.Join(err, os.Remove(tmp)) }()
	if err := os.Link(tmp, path); err != nil && !errors.Is(err, fs.ErrExist) {
		return err
	}
	return syncDir(path)
}

// replaceFile puts what content returns in the place of the file, durably and
// at once. Only one process at a time can: the new file is the lock.
func replaceFile(path string, content func() ([]byte, error)) error {
	tmp := path + ".new"
	lock, err := os.OpenFile(tmp, os.O_WRONLY|os.O_CREATE|os.O_EXCL, 0o600)
	if errors.Is(err, fs.ErrExist) {
		return fmt.Errorf("another process is at it (if none is, remove %s)", tmp)
	}
	if err != nil {
		return err
	}
	data, err := content()
	if err == nil {
		_, err = lock.Write(data)
	}
	if err == nil {
		err = lock.Sync()
	}
	if err = errors.Join(err, lock.Close()); err == nil {
		err = os.Rename(tmp, path)
	}
	if err != nil {
		return errors.Join(err, os.Remove(tmp))
	}
	return syncDir(path)
}

// writeNew writes a file that is not there yet, durably.
func writeNew(path string, data []byte) error {
	f, err := os.OpenFile(path, os.O_WRONLY|os.O_CREATE|os.O_EXCL, 0o600)
	if err != nil {
		return err
	}
	_, err = f.Write(data)
	if err == nil {
		err = f.Sync()
	}
	if err = errors.Join(err, f.Close()); err != nil {
		return errors.Join(err, os.Remove(path))
	}
	return nil
}

// syncDir makes the entry of path durable.
func syncDir(path string) error {
	d, err := os.Open(filepath.Dir(path))
	if err != nil {
		return err
	}
	return errors.Join(fsync.Dir(d), d.Close())
}
