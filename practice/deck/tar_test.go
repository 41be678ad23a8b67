package deck_test

import (
	"archive/tar"
	"bytes"
	"compress/gzip"
	"errors"
	"fmt"
	"io/fs"
	"strings"
	"testing"
	"testing/fstest"

	"github.com/guildhall/guildhall/decks"
	"github.com/guildhall/guildhall/practice/deck"
)

// packed returns an archive of the headers; a file's bytes are in its PAX
// comment, which is not written.
func packed(t *testing.T, entries ...tar.Header) *bytes.Buffer {
	t.Helper()
	var out bytes.Buffer
	z := gzip.NewWriter(&out)
	w := tar.NewWriter(z)
	for _, h := range entries {
		data := h.PAXRecords["data"]
		if h.Typeflag != tar.TypeXGlobalHeader {
			h.PAXRecords = nil
		}
		h.Size = int64(len(data))
		if err := w.WriteHeader(&h); err != nil {
			t.Fatal(err)
		}
		if _, err := w.Write([]byte(data)); err != nil {
			t.Fatal(err)
		}
	}
	if err := w.Close(); err != nil {
		t.Fatal(err)
	}
	if err := z.Close(); err != nil {
		t.Fatal(err)
	}
	return &out
}

func entry(name, data string) tar.Header {
	return tar.Header{Typeflag: tar.TypeReg, Name: name, Mode: 0o644, PAXRecords: map[string]string{"data": data}}
}

func TestFromTar(t *testing.T) {
	entries := []tar.Header{
		{Typeflag: tar.TypeXGlobalHeader, Name: "pax_global_header", PAXRecords: map[string]string{"comment": "5c1b"}},
		{Typeflag: tar.TypeDir, Name: "repo-5c1b/"},
		entry("repo-5c1b/.github/deck.yaml", "not a deck"),
	}
	for name, file := range copied(t, decks.Files) {
		entries = append(entries, entry("repo-5c1b/"+name, string(file.Data)))
	}
	fsys, err := deck.FromTar(packed(t, entries...))
	if err != nil {
		t.Fatal(err)
	}
	if err := fstest.TestFS(fsys, "repo-5c1b/roles.yaml", "repo-5c1b/backend-core/cards/be-001.md"); err != nil {
		t.Error(err)
	}
	dirs, err := deck.Dirs(fsys)
	if err != nil || fmt.Sprint(dirs) != "[repo-5c1b/backend-core repo-5c1b/dsa-core]" {
		t.Fatal(dirs, err)
	}
	d, err := deck.Read(fsys, dirs[0], bundledTerms(t))
	if err != nil {
		t.Fatal(err)
	}
	if d.Hash != bundled(t, "backend-core").Hash {
		t.Error("the deck has another hash in an archive")
	}
}

func TestTarAttacks(t *testing.T) {
	many := make([]tar.Header, 10_001)
	for i := range many {
		many[i] = entry(fmt.Sprint(i), "")
	}
	zeros := strings.Repeat("\x00", 33<<20)
	cut := packed(t, entry("x", zeros[:100_000]))
	cut.Truncate(cut.Len() - 40)
	for _, c := range []struct {
		name, want string
		in         *bytes.Buffer
	}{
		{"path up", `not allowed: "../x"`, packed(t, entry("../x", ""))},
		{"path up inside", `not allowed: "a/../../x"`, packed(t, entry("a/../../x", ""))},
		{"absolute path", `not allowed: "/etc/passwd"`, packed(t, entry("/etc/passwd", ""))},
		{"other slash", `not allowed: "..\\x"`, packed(t, entry(`..\x`, ""))},
		{"long path", "not allowed:", packed(t, entry(strings.Repeat("x/", 200)+"x", ""))},
		{"empty part", `not allowed: "a//x"`, packed(t, entry("a//x", ""))},
		{"symbolic link", `neither a file nor a folder: "cards/x.md"`, packed(t, tar.Header{Typeflag: tar.TypeSymlink, Name: "cards/x.md", Linkname: "/etc/passwd"})},
		{"hard link", "neither a file nor a folder", packed(t, tar.Header{Typeflag: tar.TypeLink, Name: "x", Linkname: "/etc/passwd"})},
		{"device", "neither a file nor a folder", packed(t, tar.Header{Typeflag: tar.TypeChar, Name: "x"})},
		{"pipe", "neither a file nor a folder", packed(t, tar.Header{Typeflag: tar.TypeFifo, Name: "x"})},
		{"twice", `same path twice: "x"`, packed(t, entry("x", "a"), entry("x", "b"))},
		{"file as folder", `same path twice: "x"`, packed(t, entry("x", "a"), entry("x/y", "b"))},
		{"folder as file", `same path twice: "x"`, packed(t, entry("x/y", "a"), entry("x", "b"))},
		{"too many", "more than 10000 entries", packed(t, many...)},
		{"too large", "larger than 64 MiB", packed(t, entry("a", zeros), entry("b", zeros))},
		{"no gzip", "not a .tar.gz", bytes.NewBufferString("hello")},
		{"nothing", "not a .tar.gz", &bytes.Buffer{}},
		{"cut off", "not a .tar.gz", cut},
	} {
		t.Run(c.name, func(t *testing.T) {
			fsys, err := deck.FromTar(c.in)
			if err == nil || !strings.Contains(err.Error(), c.want) {
				t.Errorf("got %v", err)
			}
			if fsys != nil {
				t.Error("something is returned")
			}
		})
	}
}

// A sparse file says that it is large and need not bring the bytes.
func TestTarWithSparseFile(t *testing.T) {
	var plain, out bytes.Buffer
	w := tar.NewWriter(&plain)
	content := append([]byte("1\n1099511627776\n0\n"), make([]byte, 512-len("1\n1099511627776\n0\n"))...)
	h := tar.Header{Typeflag: tar.TypeReg, Name: "x", Size: int64(len(content)), PAXRecords: map[string]string{
		"XNU.sparse.major": "1", "XNU.sparse.minor": "0", "XNU.sparse.name": "x", "XNU.sparse.realsize": "1099511627776"}}
	if err := errors.Join(w.WriteHeader(&h), second(w.Write(content)), w.Close()); err != nil {
		t.Fatal(err)
	}
	z := gzip.NewWriter(&out)
	if err := errors.Join(second(z.Write(bytes.ReplaceAll(plain.Bytes(), []byte("XNU.sparse"), []byte("GNU.sparse")))), z.Close()); err != nil {
		t.Fatal(err)
	}
	if _, err := deck.FromTar(&out); err == nil || !strings.Contains(err.Error(), "larger than 64 MiB") {
		t.Errorf("got %v", err)
	}
}

func second(_ int, err error) error { return err }

func TestFilesOfAnArchiveCannotLeaveIt(t *testing.T) {
	fsys, err := deck.FromTar(packed(t, entry("x", "a")))
	if err != nil {
		t.Fatal(err)
	}
	for _, name := range []string{"../x", "/x", "./x", "x/y", "y", ""} {
		if _, err := fs.ReadFile(fsys, name); err == nil {
			t.Errorf("%q can be read", name)
		}
	}
}
