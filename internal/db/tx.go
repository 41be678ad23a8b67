package db

import (
	"context"
	"database/sql"
	"errors"
	"fmt"
	"runtime/debug"
	"time"

	"github.com/guildhall/guildhall/internal/errs"
	"github.com/jackc/pgx/v5/pgconn"
)

// Tx is a running transaction. It belongs to one goroutine.
type Tx struct {
	db        *DB
	tx        *sql.Tx // PostgreSQL
	conn      *writer // SQLite
	committed []func()
}

// Engine returns the engine that the transaction runs on.
func (t *Tx) Engine() Engine { return t.db.engine }

// OnCommit makes f be called once the transaction is durable, in the order of
// the commits on SQLite, before Write returns. f must be quick and not block.
func (t *Tx) OnCommit(f func()) { t.committed = append(t.committed, f) }

func (t *Tx) query(ctx context.Context, text string, args []any) (*sql.Rows, error) {
	t.db.traced(text)
	if t.tx != nil {
		return t.tx.QueryContext(ctx, text, plain(args)...)
	}
	stmt, err := t.conn.prepared(text)
	if err != nil {
		return nil, err
	}
	return stmt.QueryContext(context.Background(), plain(args)...)
}

func (t *Tx) took(text string, start time.Time) { t.db.took(text, start) }

func (t *Tx) exec(ctx context.Context, text string, args []any) (sql.Result, error) {
	t.db.traced(text)
	defer t.took(text, time.Now())
	if t.tx != nil {
		return t.tx.ExecContext(ctx, text, plain(args)...)
	}
	stmt, err := t.conn.prepared(text)
	if err != nil {
		return nil, err
	}
	return stmt.ExecContext(context.Background(), plain(args)...)
}

// retries is how often a PostgreSQL transaction is run again after it lost
// against another one.
const retries = 5

func (d *DB) writePostgres(ctx context.Context, f func(*Tx) error) error {
	for attempt := 0; ; attempt++ {
		err := d.tryPostgres(ctx, f)
		var pg *pgconn.PgError
		lost := errors.As(err, &pg) && (pg.Code == "40001" || pg.Code == "40P01")
		if !lost || attempt == retries {
			return err
		}
	}
}

func (d *DB) tryPostgres(ctx context.Context, f func(*Tx) error) (err error) {
	raw, err := d.pool.BeginTx(ctx, nil)
	if err != nil {
		return failed("BEGIN", err)
	}
	tx := &Tx{db: d, tx: raw}
	if err := protect(tx, f); err != nil {
		if rollback := raw.Rollback(); rollback != nil && !errors.Is(rollback, sql.ErrTxDone) {
			return errors.Join(err, rollback)
		}
		return err
	}
	if err := raw.Commit(); err != nil {
		return failed("COMMIT", err)
	}
	tx.finish()
	return nil
}

func (t *Tx) finish() {
	for _, f := range t.committed {
		f()
	}
}

// protect turns a panic in f into an error, so that a transaction is always
// ended and the writer goes on.
func protect(tx *Tx, f func(*Tx) error) (err error) {
	defer func() {
		if r := recover(); r != nil {
			err = errs.Wrap(errs.Internal, "", fmt.Errorf("panic in a transaction: %v\n%s", r, debug.Stack()))
		}
	}()
	return f(tx)
}
