package deck

import (
	"bytes"
	"fmt"
	"io"
	"io/fs"
	"path"
	"slices"
	"time"
)

// memory is a file system of an archive's files.
type memory map[string]*node

// node is a file or a folder.
type node struct {
	name     string // the last part of the path
	dir      bool
	data     []byte
	children []string // names, in no order
}

func newMemory() memory { return memory{".": {name: ".", dir: true}} }

// folder adds a folder with those above it.
func (m memory) folder(name string) error {
	if n, ok := m[name]; ok {
		if !n.dir {
			return twice(name)
		}
		return nil
	}
	if err := m.folder(path.Dir(name)); err != nil {
		return err
	}
	m.put(name, &node{name: path.Base(name), dir: true})
	return nil
}

// add adds a file.
func (m memory) add(name string, data []byte) error {
	if _, ok := m[name]; ok {
		return twice(name)
	}
	if err := m.folder(path.Dir(name)); err != nil {
		return err
	}
	m.put(name, &node{name: path.Base(name), data: data})
	return nil
}

func (m memory) put(name string, n *node) {
	m[name] = n
	above := m[path.Dir(name)]
	above.children = append(above.children, n.name)
}

func twice(name string) error {
	return fmt.Errorf("the archive has the same path twice: %s", quoted(name))
}

// Open implements fs.FS.
func (m memory) Open(name string) (fs.File, error) {
	if !fs.ValidPath(name) {
		return nil, &fs.PathError{Op: "open", Path: name, Err: fs.ErrInvalid}
	}
	n, ok := m[name]
	if !ok {
		return nil, &fs.PathError{Op: "open", Path: name, Err: fs.ErrNotExist}
	}
	if !n.dir {
		return &opened{node: n, Reader: bytes.NewReader(n.data)}, nil
	}
	entries := make([]fs.DirEntry, len(n.children))
	for i, child := range slices.Sorted(slices.Values(n.children)) {
		entries[i] = fs.FileInfoToDirEntry(info{m[path.Join(name, child)]})
	}
	return &openedDir{node: n, entries: entries}, nil
}

// opened is an open file.
type opened struct {
	*node
	*bytes.Reader
}

// Stat, with Read of the reader and Close, implements fs.File.
func (o *opened) Stat() (fs.FileInfo, error) { return info{o.node}, nil }

// Close does nothing.
func (o *opened) Close() error { return nil }

// openedDir is an open folder.
type openedDir struct {
	*node
	entries []fs.DirEntry // not yet read
}

// Stat, with Read and Close, implements fs.File.
func (o *openedDir) Stat() (fs.FileInfo, error) { return info{o.node}, nil }

// Read fails: a folder has no bytes.
func (o *openedDir) Read([]byte) (int, error) {
	return 0, &fs.PathError{Op: "read", Path: o.name, Err: fs.ErrInvalid}
}

// Close does nothing.
func (o *openedDir) Close() error { return nil }

// ReadDir implements fs.ReadDirFile.
func (o *openedDir) ReadDir(n int) ([]fs.DirEntry, error) {
	if n <= 0 {
		n = len(o.entries)
	} else if len(o.entries) == 0 {
		return nil, io.EOF
	}
	n = min(n, len(o.entries))
	out := o.entries[:n:n]
	o.entries = o.entries[n:]
	return out, nil
}

// info describes a node.
type info struct{ *node }

// Name, Size, Mode, ModTime, IsDir and Sys implement fs.FileInfo.
func (i info) Name() string { return i.name }

// Size is the number of bytes.
func (i info) Size() int64 { return int64(len(i.data)) }

// Mode says that nothing can be changed.
func (i info) Mode() fs.FileMode {
	if i.dir {
		return fs.ModeDir | 0o555
	}
	return 0o444
}

// ModTime is not kept.
func (i info) ModTime() time.Time { return time.Time{} }

// IsDir reports whether it is a folder.
func (i info) IsDir() bool { return i.dir }

// Sys is nothing.
func (i info) Sys() any { return nil }
