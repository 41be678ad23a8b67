package testkit

import (
	"context"
	"errors"
	"io/fs"
	"log/slog"
	"os"
	"path/filepath"
	"sync"
	"testing"

	"github.com/guildhall/guildhall/internal/db"
)

// stencils are migrated, empty SQLite files by the room's name. Migrating takes
// most of a small test's time, so each test begins with a copy.
var stencils sync.Map // string -> func() ([]byte, error)

// stencil puts a migrated, empty file of a room into a test's folder. It returns
// false if the test has a file already.
func stencil(t *testing.T, dir, name string, schema fs.FS) bool {
	t.Helper()
	file := filepath.Join(dir, name+".db")
	if _, err := os.Stat(file); err == nil {
		return false
	}
	cut, _ := stencils.LoadOrStore(name, sync.OnceValues(func() ([]byte, error) { return migrated(name, schema) }))
	data, err := cut.(func() ([]byte, error))()
	if err != nil {
		t.Fatal(err)
	}
	if err := os.WriteFile(file, data, 0o600); err != nil {
		t.Fatal(err)
	}
	return true
}

// migrated returns the content of a room's file after all migrations.
func migrated(name string, schema fs.FS) (data []byte, err error) {
	dir, err := os.MkdirTemp("", "guildhall-stencil-")
	if err != nil {
		return nil, err
	}
	defer func() { err = errors.Join(err, os.RemoveAll(dir)) }()
	d, err := db.Open(context.Background(), db.Config{Name: name, Dir: dir, Conns: 1, Schema: schema, Log: slog.New(slog.DiscardHandler)})
	if err != nil {
		return nil, err
	}
	if err := errors.Join(d.Migrate(context.Background()), d.Close()); err != nil {
		return nil, err
	}
	return os.ReadFile(filepath.Join(dir, name+".db"))
}
