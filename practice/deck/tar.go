package deck

import (
	"archive/tar"
	"compress/gzip"
	"errors"
	"fmt"
	"io"
	"io/fs"
	"path"
	"slices"
	"strings"
)

// The bounds of an archive.
const (
	maxEntriesInTar = 10_000
	maxUnpacked     = 64 << 20 // bytes with the headers: maxBytes and as much for what else lies in a repository
	maxPath         = 255      // bytes
)

// FromTar returns the files of a .tar.gz, as a forge makes it of a repository.
// They are held in memory. It refuses an archive with a path that leads out of
// it, a link, a device, a file that stands twice, or more than fits the bounds.
// Dirs finds the decks in it.
func FromTar(r io.Reader) (fs.FS, error) {
	unzipped, err := gzip.NewReader(r)
	if err != nil {
		return nil, fmt.Errorf("not a .tar.gz: %w", err)
	}
	limited := &io.LimitedReader{R: unzipped, N: maxUnpacked}
	t := tar.NewReader(limited)
	m, size := newMemory(), int64(0)
	for n := 0; ; n++ {
		h, err := t.Next()
		if err == nil {
			size += h.Size // a sparse file is larger than what is read of it
		}
		switch {
		case limited.N <= 0 || size > maxUnpacked:
			return nil, errors.New("the archive is larger than 64 MiB when unpacked")
		case errors.Is(err, io.EOF):
			return m, nil
		case err != nil:
			return nil, fmt.Errorf("not a .tar.gz: %w", err)
		case n == maxEntriesInTar:
			return nil, fmt.Errorf("the archive has more than %d entries", maxEntriesInTar)
		}
		if err := m.take(h, t); err != nil {
			return nil, err
		}
	}
}

// take adds an entry of an archive.
func (m memory) take(h *tar.Header, content io.Reader) error {
	if h.Typeflag == tar.TypeXGlobalHeader { // the commit, in what git makes
		return nil
	}
	name := strings.TrimPrefix(strings.TrimSuffix(h.Name, "/"), "./")
	if !fs.ValidPath(name) || strings.ContainsAny(name, "\\\x00") || len(name) > maxPath {
		return fmt.Errorf("the archive has a path that is not allowed: %s", quoted(h.Name))
	}
	switch {
	case name == "." && h.Typeflag == tar.TypeDir:
		return nil
	case h.Typeflag == tar.TypeDir:
		return m.folder(name)
	case h.Typeflag != tar.TypeReg:
		return fmt.Errorf("the archive has something that is neither a file nor a folder: %s", quoted(h.Name))
	}
	data, err := io.ReadAll(content)
	if err != nil {
		return fmt.Errorf("not a .tar.gz: %w", err)
	}
	return m.add(name, data)
}

// Dirs returns the folders with a deck.yaml, in order.
func Dirs(fsys fs.FS) ([]string, error) {
	var out []string
	err := fs.WalkDir(fsys, ".", func(name string, e fs.DirEntry, err error) error {
		switch {
		case err != nil:
			return err
		case e.IsDir() && name != "." && strings.HasPrefix(e.Name(), "."): // a repository's own
			return fs.SkipDir
		case !e.IsDir() && e.Name() == description:
			out = append(out, path.Dir(name))
		}
		return nil
	})
	if err != nil {
		return nil, err
	}
	slices.Sort(out)
	return out, nil
}
