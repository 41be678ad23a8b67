package db

import (
	"context"
	"database/sql"
	"errors"
	"fmt"
	"log/slog"
	"net/url"
	"os"
	"path/filepath"
	"strings"
	"time"

	"github.com/jackc/pgx/v5"
	"github.com/jackc/pgx/v5/stdlib"
)

// Open connects to a domain's database and creates the SQLite file or the
// PostgreSQL schema if it is not there. It does not migrate: see Migrator.
func Open(ctx context.Context, c Config) (*DB, error) {
	if c.Log == nil {
		c.Log = slog.New(slog.DiscardHandler)
	}
	d := &DB{name: c.Name, log: c.Log, schema: c.Schema}
	var err error
	if c.URL != "" {
		d.engine = Postgres
		err = d.openPostgres(ctx, c)
	} else {
		d.engine = SQLite
		err = d.openSQLite(ctx, c)
	}
	if err != nil {
		return nil, fmt.Errorf("database %s: %w", c.Name, err)
	}
	return d, nil
}

func (d *DB) openSQLite(ctx context.Context, c Config) error {
	path := filepath.Join(c.Dir, c.Name+".db")
	if err := writable(path); err != nil {
		return err
	}
	sync := "FULL" // NORMAL would lose acknowledged commits on power loss
	if c.Derived {
		sync = "OFF"
	}
	common := url.Values{"_pragma": {"busy_timeout(10000)", "journal_mode(WAL)", "synchronous(" + sync + ")",
		"foreign_keys(1)", "temp_store(MEMORY)", "cache_size(-8192)", "wal_autocheckpoint(4000)"}}
	writing := url.Values{"_txlock": {"immediate"}}
	for k, v := range common {
		writing[k] = v
	}
	w, err := sql.Open("sqlite", "file:"+filepath.ToSlash(path)+"?"+writing.Encode())
	if err != nil {
		return err
	}
	w.SetMaxOpenConns(1)
	// The first connection turns a new file into WAL mode, which fails while
	// another process does the same.
	gate, err := takeLock(ctx, path+".lock", "120000")
	if err != nil {
		return errors.Join(err, w.Close())
	}
	if err := errors.Join(w.PingContext(ctx), gate.Release()); err != nil {
		return errors.Join(err, w.Close())
	}
	common.Add("_pragma", "query_only(1)")
	d.pool, err = sql.Open("sqlite", "file:"+filepath.ToSlash(path)+"?"+common.Encode())
	if err != nil {
		return errors.Join(err, w.Close())
	}
	readers := c.Conns
	if readers == 0 {
		readers = 4
	}
	d.pool.SetMaxOpenConns(readers)
	d.pool.SetMaxIdleConns(readers)
	d.writer, err = newWriter(d, w)
	return err
}

// writable creates the file with tight permissions before SQLite would create
// it with loose ones, and says clearly when that cannot be.
func writable(path string) error {
	f, err := os.OpenFile(path, os.O_RDWR|os.O_CREATE, 0o600)
	if err != nil {
		return err
	}
	return f.Close()
}

func (d *DB) openPostgres(ctx context.Context, c Config) error {
	cfg, err := pgx.ParseConfig(c.URL)
	if err != nil {
		return errors.New("the PostgreSQL URL cannot be read") // pgx's text may carry the password
	}
	cfg.RuntimeParams["search_path"] = c.Name
	cfg.RuntimeParams["application_name"] = "guildhall " + c.Name
	d.pool = stdlib.OpenDB(*cfg)
	conns := c.Conns
	if conns == 0 {
		conns = 16
	}
	d.pool.SetMaxOpenConns(conns)
	d.pool.SetMaxIdleConns(conns)
	d.pool.SetConnMaxIdleTime(5 * time.Minute)
	if _, err := d.pool.ExecContext(ctx, `CREATE SCHEMA IF NOT EXISTS "`+strings.ReplaceAll(c.Name, `"`, "")+`"`); err != nil && !IsDuplicate(err) {
		return errors.Join(err, d.pool.Close())
	}
	return nil
}
