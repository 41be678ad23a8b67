package blob

import (
	"errors"
	"io/fs"
	"path"
)

// sweep makes the directory for unfinished uploads and removes those that a
// crash has left. Age is measured by the clock of the file system that stamped
// the files (a probe file tells it), which may be another machine's.
func (s *Store) sweep() error {
	if err := s.root.MkdirAll(tmpDir, 0o750); err != nil {
		return err
	}
	probe, f, err := s.createTemp()
	if err != nil {
		return err
	}
	fi, err := f.Stat()
	if err := errors.Join(err, f.Close(), s.remove(probe)); err != nil {
		return err
	}
	oldest := fi.ModTime().Add(-staleAfter)
	entries, err := fs.ReadDir(s.root.FS(), tmpDir)
	if err != nil {
		return err
	}
	for _, e := range entries {
		fi, err := e.Info()
		if errors.Is(err, fs.ErrNotExist) {
			continue // finished meanwhile by another process
		}
		if err != nil {
			return err
		}
		if fi.Mode().IsRegular() && fi.ModTime().Before(oldest) {
			if err := s.remove(path.Join(tmpDir, e.Name())); err != nil {
				return err
			}
		}
	}
	return nil
}
