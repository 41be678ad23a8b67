package db

import (
	"bytes"
	"context"
	"database/sql"
	"errors"
	"fmt"
	"io"
	"io/fs"
	"path"
	"regexp"
	"slices"
	"strings"
	"time"

	"github.com/pressly/goose/v3"
	"github.com/pressly/goose/v3/lock"
)

// ErrNewerSchema says that a newer version of the program has migrated the
// database; an older one must not run on it.
var ErrNewerSchema = errors.New("the database was migrated by a newer version of guildhall; install that version, or run its 'guildhall migrate down' first")

// Step is one migration of a domain.
type Step struct {
	Database string
	Version  int64
	Name     string
	Applied  time.Time // zero: pending
}

// Migrate brings the schema up to this program's version, once across all
// processes. A process that is killed leaves whole steps behind.
func (d *DB) Migrate(ctx context.Context) error {
	return d.migrating(ctx, func(p *goose.Provider) error {
		current, target, err := p.GetVersions(ctx)
		if err != nil {
			return err
		}
		if current > target {
			return ErrNewerSchema
		}
		_, err = p.Up(ctx)
		return err
	})
}

// MigrateDown takes the last step back and returns its name, or "" when there
// is none left.
func (d *DB) MigrateDown(ctx context.Context) (name string, err error) {
	err = d.migrating(ctx, func(p *goose.Provider) error {
		res, err := p.Down(ctx)
		if errors.Is(err, goose.ErrNoNextVersion) {
			return nil
		}
		if err != nil {
			return err
		}
		name = path.Base(res.Source.Path)
		return nil
	})
	return name, err
}

// Status lists the steps that this program knows.
func (d *DB) Status(ctx context.Context) (steps []Step, err error) {
	err = d.migrating(ctx, func(p *goose.Provider) error {
		all, err := p.Status(ctx)
		for _, s := range all {
			steps = append(steps, Step{Database: d.name, Version: s.Source.Version, Name: path.Base(s.Source.Path), Applied: s.AppliedAt})
		}
		return err
	})
	return steps, err
}

// migrating runs f with the migrations' provider, alone.
func (d *DB) migrating(ctx context.Context, f func(*goose.Provider) error) (err error) {
	defer func() {
		if err != nil {
			err = fmt.Errorf("database %s: %w", d.name, err)
		}
	}()
	files := dialect{files: d.schema, engine: d.engine}
	opts := []goose.ProviderOption{goose.WithDisableGlobalRegistry(true)}
	if d.engine == Postgres {
		locker, err := lock.NewPostgresSessionLocker(lock.WithLockTimeout(1, 120))
		if err != nil {
			return err
		}
		p, err := goose.NewProvider(goose.DialectPostgres, d.pool, files, append(opts, goose.WithSessionLocker(locker))...)
		if err != nil {
			return err
		}
		return f(p)
	}
	return d.alone(ctx, func(pool *sql.DB) error {
		p, err := goose.NewProvider(goose.DialectSQLite3, pool, files, opts...)
		if err != nil {
			return err
		}
		return f(p)
	})
}

// alone lends f a writing pool while a lock keeps other processes out.
func (d *DB) alone(ctx context.Context, f func(*sql.DB) error) (err error) {
	var file string
	if err := d.pool.QueryRowContext(ctx, "SELECT file FROM pragma_database_list WHERE name = 'main'").Scan(&file); err != nil {
		return err
	}
	gate, err := takeLock(ctx, file+".lock", "120000")
	if err != nil {
		return err
	}
	defer func() { err = errors.Join(err, gate.Release()) }()
	pool, err := sql.Open("sqlite", "file:"+file+"?_txlock=immediate&_pragma=busy_timeout(10000)&_pragma=journal_mode(WAL)&_pragma=synchronous(FULL)")
	if err != nil {
		return err
	}
	pool.SetMaxOpenConns(1)
	return errors.Join(f(pool), pool.Close())
}

// dialect is a folder of migrations as one engine reads them. The shared files
// are SQLite's text; PostgreSQL gets its own words for three of SQLite's. A
// file in the subfolder "sqlite" or "postgres" is for that engine alone.
type dialect struct {
	files  fs.FS
	engine Engine
}

var words = []struct {
	lite *regexp.Regexp
	pg   string
}{
	{regexp.MustCompile(`\bINTEGER PRIMARY KEY\b`), "BIGINT PRIMARY KEY"},
	{regexp.MustCompile(`\s*\bWITHOUT ROWID\b`), ""},
	{regexp.MustCompile(`\bBLOB\b`), "BYTEA"},
}

// Open implements fs.FS.
func (d dialect) Open(name string) (fs.File, error) {
	f, err := d.files.Open(path.Join(string(d.engine), name))
	if errors.Is(err, fs.ErrNotExist) {
		f, err = d.files.Open(name)
	}
	if err != nil || d.engine == SQLite {
		return f, err
	}
	text, err := io.ReadAll(f)
	if err != nil {
		return nil, errors.Join(err, f.Close())
	}
	for _, w := range words {
		text = w.lite.ReplaceAll(text, []byte(w.pg))
	}
	return &translated{File: f, Reader: bytes.NewReader(text)}, nil
}

// ReadDir implements fs.ReadDirFS: the shared files and those of the engine, by
// name, for that is the order in which goose takes them.
func (d dialect) ReadDir(name string) ([]fs.DirEntry, error) {
	entries, err := fs.ReadDir(d.files, name)
	if err != nil {
		return nil, err
	}
	own, err := fs.ReadDir(d.files, path.Join(string(d.engine), name))
	if errors.Is(err, fs.ErrNotExist) {
		err = nil
	}
	entries = append(entries, own...)
	slices.SortFunc(entries, func(a, b fs.DirEntry) int { return strings.Compare(a.Name(), b.Name()) })
	return entries, err
}

// Glob implements fs.GlobFS, which is how the files are found.
func (d dialect) Glob(pattern string) ([]string, error) {
	entries, err := d.ReadDir(".")
	if err != nil {
		return nil, err
	}
	var names []string
	for _, e := range entries {
		if ok, err := path.Match(pattern, e.Name()); err != nil {
			return nil, err
		} else if ok && !e.IsDir() {
			names = append(names, e.Name())
		}
	}
	return names, nil
}

type translated struct {
	fs.File
	*bytes.Reader
}

// Read implements fs.File.
func (t *translated) Read(p []byte) (int, error) { return t.Reader.Read(p) }
