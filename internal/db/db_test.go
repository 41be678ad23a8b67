package db_test

import (
	"context"
	"errors"
	"path/filepath"
	"slices"
	"sync"
	"testing"
	"testing/fstest"

	"github.com/guildhall/guildhall/internal/db"
	"github.com/guildhall/guildhall/internal/errs"
	"github.com/guildhall/guildhall/internal/ids"
	"github.com/guildhall/guildhall/internal/testkit"
)

func TestMain(m *testing.M) { testkit.Main(m) }

var schema = fstest.MapFS{
	"00001_things.sql": {Data: []byte(`-- +goose Up
CREATE TABLE t_things (id INTEGER PRIMARY KEY, name TEXT NOT NULL UNIQUE, data BLOB, happy BOOLEAN NOT NULL);
CREATE TABLE t_pairs (a BIGINT NOT NULL, b BIGINT NOT NULL, PRIMARY KEY (a, b)) WITHOUT ROWID;
-- +goose Down
DROP TABLE t_pairs;
DROP TABLE t_things;
`)},
	"00002_more.sql": {Data: []byte("-- +goose Up\nCREATE INDEX t_pairs_b ON t_pairs (b);\n-- +goose Down\nDROP INDEX t_pairs_b;\n")},
}

type thing struct {
	ID    ids.ID
	Name  string
	Data  []byte
	Happy bool
}

func (t *thing) columns() []any { return []any{&t.ID, &t.Name, &t.Data, &t.Happy} }

const insert = "INSERT INTO t_things (id, name, data, happy) VALUES ($1, $2, $3, $4)"

func TestReadsBackWhatWasWritten(t *testing.T) {
	testkit.Engines(t, func(t *testing.T, k *testkit.Kit) {
		d := k.Open("t", schema)
		want := thing{ID: 1 << 62, Name: "naïve ' \"; DROP", Data: []byte{0, 255}, Happy: true}
		if _, err := db.Exec(k.Ctx, d, insert, want.ID, want.Name, want.Data, want.Happy); err != nil {
			t.Fatal(err)
		}
		got, err := db.One(k.Ctx, d, (*thing).columns, "SELECT id, name, data, happy FROM t_things WHERE id = $1", want.ID)
		if err != nil || got.ID != want.ID || got.Name != want.Name || !slices.Equal(got.Data, want.Data) || !got.Happy {
			t.Errorf("%+v %v", got, err)
		}
		if _, err := db.Value[string](k.Ctx, d, "SELECT name FROM t_things WHERE id = $1", ids.ID(2)); !errs.Is(err, errs.NotFound) {
			t.Errorf("a missing row gives %v", err)
		}
		in, args := db.In([]any{}, []ids.ID{5, want.ID, 7})
		names, err := db.Values[string](k.Ctx, d, "SELECT name FROM t_things WHERE id IN "+in, args...)
		if err != nil || len(names) != 1 || in != "($1,$2,$3,$4)" {
			t.Errorf("%v %v %s", names, err, in)
		}
	})
}

func TestWriteIsAllOrNothing(t *testing.T) {
	testkit.Engines(t, func(t *testing.T, k *testkit.Kit) {
		d := k.Open("t", schema)
		boom := errors.New("boom")
		for name, f := range map[string]func(tx *db.Tx) error{
			"error": func(*db.Tx) error { return boom },
			"panic": func(*db.Tx) error { panic("boom") },
			"duplicate": func(tx *db.Tx) error {
				_, err := db.Exec(k.Ctx, tx, insert, 1, "again", nil, false)
				if !db.IsDuplicate(err) {
					t.Errorf("duplicate key gives %v", err)
				}
				return err
			},
		} {
			called := false
			err := d.Write(k.Ctx, func(tx *db.Tx) error {
				tx.OnCommit(func() { called = true })
				if _, err := db.Exec(k.Ctx, tx, insert, 1, name, nil, false); err != nil {
					return err
				}
				return f(tx)
			})
			if err == nil || called {
				t.Errorf("%s: error %v, told of a commit: %v", name, err, called)
			}
		}
		left, err := db.Values[string](k.Ctx, d, "SELECT name FROM t_things WHERE id > $1", 0)
		if err != nil || len(left) != 0 {
			t.Errorf("left behind: %v %v", left, err)
		}
	})
}

// One job's failure must not take with it the others of its group.
func TestGroupCommitKeepsJobsApart(t *testing.T) {
	testkit.Engines(t, func(t *testing.T, k *testkit.Kit) {
		d := k.Open("t", schema)
		var wg sync.WaitGroup
		var mu sync.Mutex
		committed := 0
		for i := range 200 {
			wg.Go(func() {
				err := d.Write(k.Ctx, func(tx *db.Tx) error {
					tx.OnCommit(func() { mu.Lock(); committed++; mu.Unlock() })
					if _, err := db.Exec(k.Ctx, tx, "INSERT INTO t_pairs (a, b) VALUES ($1, $2)", i, i); err != nil {
						return err
					}
					if i%4 == 0 {
						return errs.New(errs.Invalid, "every fourth")
					}
					return nil
				})
				if (err != nil) != (i%4 == 0) {
					t.Errorf("job %d: %v", i, err)
				}
			})
		}
		wg.Wait()
		n, err := db.Value[int](k.Ctx, d, "SELECT count(*) FROM t_pairs WHERE a >= $1", 0)
		if err != nil || n != 150 || committed != 150 {
			t.Errorf("%d rows, %d told, %v", n, committed, err)
		}
	})
}

func TestMigrationsGoUpAndDown(t *testing.T) {
	testkit.Engines(t, func(t *testing.T, k *testkit.Kit) {
		d := k.Open("t", schema)
		var down []string
		for {
			name, err := d.MigrateDown(k.Ctx)
			if err != nil {
				t.Fatal(err)
			}
			if name == "" {
				break
			}
			down = append(down, name)
		}
		if !slices.Equal(down, []string{"00002_more.sql", "00001_things.sql"}) {
			t.Errorf("taken back: %v", down)
		}
		steps, err := d.Status(k.Ctx)
		if err != nil || len(steps) != 2 || !steps[0].Applied.IsZero() {
			t.Errorf("%+v %v", steps, err)
		}
		if err := d.Migrate(k.Ctx); err != nil {
			t.Fatal(err)
		}
	})
}

func TestMigratesOnceAcrossProcesses(t *testing.T) {
	dir := t.TempDir()
	var wg sync.WaitGroup
	for range 6 {
		wg.Go(func() {
			d, err := db.Open(context.Background(), db.Config{Name: "t", Dir: dir, Schema: schema})
			if err != nil {
				t.Error(err)
				return
			}
			defer d.Close()
			if err := d.Migrate(context.Background()); err != nil {
				t.Error(err)
			}
		})
	}
	wg.Wait()
}

func TestRefusesANewerSchema(t *testing.T) {
	testkit.Engines(t, func(t *testing.T, k *testkit.Kit) {
		k.Open("t", schema)
		older := fstest.MapFS{"00001_things.sql": schema["00001_things.sql"]}
		d2, err := k.Reopen("t", older)
		if err != nil {
			t.Fatal(err)
		}
		defer d2.Close()
		if err := d2.Migrate(k.Ctx); !errors.Is(err, db.ErrNewerSchema) {
			t.Errorf("an older program gets %v", err)
		}
	})
}

// An engine may have the first step for itself, and share the second.
func TestStepsOfOneEngineAndSharedOnes(t *testing.T) {
	testkit.Engines(t, func(t *testing.T, k *testkit.Kit) {
		mixed := fstest.MapFS{"sqlite/00001_things.sql": schema["00001_things.sql"], "postgres/00001_things.sql": schema["00001_things.sql"],
			"00002_more.sql": schema["00002_more.sql"]}
		k.Open("mixed", mixed)
		again, err := k.Reopen("mixed", mixed)
		if err != nil {
			t.Fatal(err)
		}
		defer again.Close()
		if err := again.Migrate(k.Ctx); err != nil {
			t.Error(err)
		}
	})
}

func TestOpenSaysWhatIsWrong(t *testing.T) {
	if _, err := db.Open(context.Background(), db.Config{Name: "t", Dir: filepath.Join(t.TempDir(), "missing"), Schema: schema}); err == nil {
		t.Error("a missing folder is taken")
	}
	_, err := db.Open(context.Background(), db.Config{Name: "t", URL: "postgres://u:secret@127.0.0.1:notaport/x", Schema: schema})
	if err == nil || errors.Is(err, context.Canceled) || len(err.Error()) > 200 || slices.Contains([]byte(err.Error()), 0) {
		t.Errorf("%v", err)
	}
}

func TestWriteAfterCloseIsRefused(t *testing.T) {
	d, err := db.Open(context.Background(), db.Config{Name: "t", Dir: t.TempDir(), Schema: schema})
	if err != nil {
		t.Fatal(err)
	}
	d.Close()
	if err := d.Write(context.Background(), func(*db.Tx) error { return nil }); !errs.Is(err, errs.Unavailable) {
		t.Errorf("%v", err)
	}
}
