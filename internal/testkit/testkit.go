// Package testkit starts the real parts that a room's tests stand on: a SQLite
// file or a private PostgreSQL cluster, the bus, a clock that tests move. It
// also collects every statement that a test ran and fails the test if one reads
// a whole table. It is for tests only, and knows no room.
package testkit

import (
	"context"
	"io/fs"
	"log/slog"
	"os"
	"path/filepath"
	"sync"
	"testing"
	"time"

	"github.com/guildhall/guildhall/internal/bus"
	"github.com/guildhall/guildhall/internal/db"
	"github.com/guildhall/guildhall/internal/ids"
)

// Kit is what one test has to itself.
type Kit struct {
	*testing.T
	Engine db.Engine
	Clock  *Clock
	IDs    *ids.Generator
	Bus    *bus.Bus
	Log    *slog.Logger
	Dir    string // a folder of its own
	Ctx    context.Context
	url    string // PostgreSQL database
	stop   func()
}

// Main runs a package's tests and stops what they have started. Call it from
// TestMain.
func Main(m *testing.M, after ...func(code int) int) {
	code := m.Run()
	for _, f := range after {
		code = f(code)
	}
	if err := cluster.stop(); err != nil {
		slog.Error("PostgreSQL not stopped", "error", err)
		code = max(code, 1)
	}
	os.Exit(code)
}

// Engines runs f on SQLite and on PostgreSQL, in parallel. Without PostgreSQL's
// binaries that part is skipped, unless CI is set: there it fails.
func Engines(t *testing.T, f func(t *testing.T, k *Kit)) {
	t.Helper()
	t.Parallel()
	t.Run("sqlite", func(t *testing.T) {
		t.Parallel()
		f(t, New(t, db.SQLite))
	})
	t.Run("postgres", func(t *testing.T) {
		t.Parallel()
		f(t, New(t, db.Postgres))
	})
}

// New returns a kit for one engine.
func New(t *testing.T, engine db.Engine) *Kit {
	t.Helper()
	k := &Kit{T: t, Engine: engine, Clock: NewClock(), Dir: t.TempDir(), Log: logger(t)}
	if engine == db.Postgres {
		k.url = cluster.database(t)
	}
	ctx, cancel := context.WithCancel(context.Background())
	k.Ctx = ctx
	k.IDs = ids.NewGenerator(k.Clock.Now)
	var err error
	k.Bus, err = bus.Open(ctx, bus.Config{Dir: filepath.Join(k.Dir, "bus"), Log: k.Log})
	if err != nil {
		t.Fatal(err)
	}
	k.stop = sync.OnceFunc(func() {
		cancel()
		k.Bus.Close()
	})
	t.Cleanup(k.stop)
	return k
}

// Open returns a room's database, migrated and empty. In the tests of one package
// a name stands for one schema.
func (k *Kit) Open(name string, schema fs.FS) *db.DB {
	k.Helper()
	ready := k.Engine == db.SQLite && stencil(k.T, k.Dir, name, schema)
	d, err := k.Reopen(name, schema)
	if err != nil {
		k.Fatal(err)
	}
	if !ready {
		err = d.Migrate(k.Ctx)
	}
	if err != nil {
		k.Fatal(err)
	}
	var mu sync.Mutex
	seen := map[string]bool{}
	d.Trace(func(text string) {
		mu.Lock()
		seen[text] = true
		mu.Unlock()
	})
	k.Cleanup(func() {
		k.stop() // first, so that nothing uses the database any more
		mu.Lock()
		texts := make([]string, 0, len(seen))
		for text := range seen {
			texts = append(texts, text)
		}
		mu.Unlock()
		d.Trace(nil)
		checkPlans(k.T, d, texts)
		if err := d.Close(); err != nil {
			k.Error(err)
		}
	})
	return d
}

// Reopen connects to a room's database once more, as another process would, and
// leaves it as it is. The caller closes it.
func (k *Kit) Reopen(name string, schema fs.FS) (*db.DB, error) {
	return db.Open(k.Ctx, db.Config{Name: name, Dir: k.Dir, URL: k.url, Conns: 4, Schema: schema, Log: k.Log})
}

// Eventually waits until f is true, and fails the test after ten seconds.
func Eventually(t testing.TB, f func() bool) {
	t.Helper()
	for end := time.Now().Add(10 * time.Second); time.Now().Before(end); time.Sleep(2 * time.Millisecond) {
		if f() {
			return
		}
	}
	t.Fatal("did not happen within ten seconds")
}

// logger shows warnings and errors when the test fails.
func logger(t *testing.T) *slog.Logger {
	return slog.New(slog.NewTextHandler(&output{t: t}, &slog.HandlerOptions{Level: slog.LevelWarn}))
}

type output struct {
	mu    sync.Mutex
	t     *testing.T
	ended bool
}

// Write implements io.Writer. What comes after the test's end is dropped: the
// testing package panics on it.
func (o *output) Write(p []byte) (int, error) {
	o.mu.Lock()
	defer o.mu.Unlock()
	if !o.ended && o.t.Context().Err() != nil {
		o.ended = true
	}
	if !o.ended {
		o.t.Logf("%s", p)
	}
	return len(p), nil
}
