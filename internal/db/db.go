// Package db opens a domain's database and runs its SQL, the same text on both
// engines: SQLite with one writer that commits concurrent writes as a group,
// and PostgreSQL through pgx. It knows connections, transactions, statements,
// scanning and migrations. It knows no table: those belong to the domains.
package db

import (
	"context"
	"database/sql"
	"errors"
	"fmt"
	"io/fs"
	"log/slog"
	"strings"
	"sync"
	"sync/atomic"
	"time"

	"github.com/guildhall/guildhall/internal/errs"
	"github.com/guildhall/guildhall/internal/ids"
	"github.com/jackc/pgx/v5/pgconn"
	"modernc.org/sqlite"
	sqlite3 "modernc.org/sqlite/lib"
)

// Engine is a database system.
type Engine string

// The engines.
const (
	SQLite   Engine = "sqlite"
	Postgres Engine = "postgres"
)

// Config says where a domain's data is.
type Config struct {
	Name    string // the domain: the SQLite file's and the PostgreSQL schema's name
	Dir     string // folder of the SQLite files; used when URL is empty
	URL     string // PostgreSQL connection URL
	Conns   int    // most connections for reading (SQLite) or in all (PostgreSQL); 0: a default
	Schema  fs.FS  // migrations, see migrate.go
	Derived bool   // the content can be rebuilt: on SQLite commits are not waited for on the disk
	Log     *slog.Logger
}

// DB is one domain's database. Its methods may be called concurrently.
type DB struct {
	engine Engine
	name   string
	pool   *sql.DB // SQLite: readers; PostgreSQL: all
	writer *writer // SQLite only
	stmts  sync.Map
	log    *slog.Logger
	schema fs.FS
	trace  atomic.Pointer[func(string)]
	slow   slow
}

// Querier runs SQL: a DB outside of a transaction, a Tx inside of one.
type Querier interface {
	query(ctx context.Context, text string, args []any) (*sql.Rows, error)
	exec(ctx context.Context, text string, args []any) (sql.Result, error)
	took(text string, start time.Time)
	// Engine tells which text to use where the engines need two.
	Engine() Engine
}

// Engine returns the engine that the database runs on.
func (d *DB) Engine() Engine { return d.engine }

// Name returns the domain's name.
func (d *DB) Name() string { return d.name }

// Trace makes f be called with every statement's text before it runs. Tests use
// it to collect the statements whose plans they check; nil ends it.
func (d *DB) Trace(f func(text string)) { d.trace.Store(&f) }

func (d *DB) traced(text string) {
	if f := d.trace.Load(); f != nil && *f != nil {
		(*f)(text)
	}
}

// Write runs f in a transaction and returns when it is durable, or f's error
// after a rollback. f must not block on anything but tx, must not call Write,
// and may be run more than once: it lost against another transaction
// (PostgreSQL), or one of its group failed (SQLite).
func (d *DB) Write(ctx context.Context, f func(tx *Tx) error) error {
	if d.writer != nil {
		return d.writer.do(ctx, f)
	}
	return d.writePostgres(ctx, f)
}

// Close waits for running writes and closes the connections. It may be called
// more than once.
func (d *DB) Close() error {
	if d.writer != nil {
		d.writer.close()
	}
	return d.pool.Close()
}

func (d *DB) query(ctx context.Context, text string, args []any) (*sql.Rows, error) {
	d.traced(text)
	if d.engine == Postgres { // pgx keeps prepared statements by itself
		return d.pool.QueryContext(ctx, text, plain(args)...)
	}
	stmt, err := d.prepared(ctx, text)
	if err != nil {
		return nil, err
	}
	// The SQLite driver starts a goroutine a statement for a context that can
	// end; our statements are short, so they run to their end instead.
	return stmt.QueryContext(context.WithoutCancel(ctx), plain(args)...)
}

func (d *DB) exec(ctx context.Context, text string, args []any) (sql.Result, error) {
	var res sql.Result
	err := d.Write(ctx, func(tx *Tx) error {
		var err error
		res, err = tx.exec(ctx, text, args)
		return err
	})
	return res, err
}

func (d *DB) prepared(ctx context.Context, text string) (*sql.Stmt, error) {
	if s, ok := d.stmts.Load(text); ok {
		return s.(*sql.Stmt), nil
	}
	s, err := d.pool.PrepareContext(ctx, unnumbered(text))
	if err != nil {
		return nil, fmt.Errorf("prepare %q: %w", text, err)
	}
	if old, loaded := d.stmts.LoadOrStore(text, s); loaded {
		s.Close()
		return old.(*sql.Stmt), nil
	}
	return s, nil
}

// All runs a query and returns its rows; scan returns where the columns of a
// row go.
func All[T any](ctx context.Context, q Querier, scan func(*T) []any, text string, args ...any) ([]T, error) {
	defer q.took(text, time.Now())
	rows, err := q.query(ctx, text, args)
	if err != nil {
		return nil, failed(text, err)
	}
	defer rows.Close()
	var out []T
	for rows.Next() {
		var v T
		if err := rows.Scan(scan(&v)...); err != nil {
			return nil, failed(text, err)
		}
		out = append(out, v)
	}
	if err := rows.Err(); err != nil {
		return nil, failed(text, err)
	}
	return out, nil
}

// One runs a query and returns its first row. Returns NotFound if there is none.
func One[T any](ctx context.Context, q Querier, scan func(*T) []any, text string, args ...any) (T, error) {
	defer q.took(text, time.Now())
	var v T
	rows, err := q.query(ctx, text, args)
	if err != nil {
		return v, failed(text, err)
	}
	defer rows.Close()
	if !rows.Next() {
		if err := rows.Err(); err != nil {
			return v, failed(text, err)
		}
		return v, errs.NotFoundRecord()
	}
	if err := rows.Scan(scan(&v)...); err != nil {
		return v, failed(text, err)
	}
	return v, nil
}

// Values is All for one column.
func Values[T any](ctx context.Context, q Querier, text string, args ...any) ([]T, error) {
	return All(ctx, q, column[T], text, args...)
}

// Value is One for one column.
func Value[T any](ctx context.Context, q Querier, text string, args ...any) (T, error) {
	return One(ctx, q, column[T], text, args...)
}

func column[T any](v *T) []any { return []any{v} }

// Exec runs a statement and returns how many rows it changed. On a DB it is a
// transaction of its own.
func Exec(ctx context.Context, q Querier, text string, args ...any) (int64, error) {
	res, err := q.exec(ctx, text, args)
	if err != nil {
		return 0, failed(text, err)
	}
	return res.RowsAffected()
}

// In returns "($n,$n+1,…)" for the values and args with the values appended.
// The list is filled up to a power of two by repeating its last value, so that
// few distinct statements arise; values must not be empty.
func In[T any](args []any, values []T) (string, []any) {
	size := 1
	for size < len(values) {
		size *= 2
	}
	var b strings.Builder
	for i := range size {
		b.WriteByte("(,"[min(i, 1)])
		fmt.Fprintf(&b, "$%d", len(args)+1)
		args = append(args, values[min(i, len(values)-1)])
	}
	b.WriteByte(')')
	return b.String(), args
}

// IsDuplicate tells whether a statement failed because a unique key exists. On
// PostgreSQL the transaction is lost by then: prefer ON CONFLICT.
func IsDuplicate(err error) bool {
	var pg *pgconn.PgError
	if errors.As(err, &pg) {
		return pg.Code == "23505"
	}
	var lite *sqlite.Error
	return errors.As(err, &lite) &&
		(lite.Code() == sqlite3.SQLITE_CONSTRAINT_UNIQUE || lite.Code() == sqlite3.SQLITE_CONSTRAINT_PRIMARYKEY)
}

// IsCorrupt tells whether something failed because a SQLite file is damaged.
func IsCorrupt(err error) bool {
	var lite *sqlite.Error
	return errors.As(err, &lite) && (lite.Code()&0xff == sqlite3.SQLITE_CORRUPT || lite.Code()&0xff == sqlite3.SQLITE_NOTADB)
}

// plain turns ids into the integers that both drivers take as they are.
func plain(args []any) []any {
	for i, a := range args {
		if id, ok := a.(ids.ID); ok {
			args[i] = int64(id)
		}
	}
	return args
}

func failed(text string, err error) error {
	if errors.Is(err, context.Canceled) || errors.Is(err, context.DeadlineExceeded) {
		return errs.Wrap(errs.Unavailable, "The request was given up", err)
	}
	return fmt.Errorf("sql %q: %w", text, err)
}
