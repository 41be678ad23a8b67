package db

import (
	"context"
	"fmt"
	"time"
)

// About returns the engine's version and how many bytes the data takes: the
// domain's own on SQLite, all of the database on PostgreSQL.
func (d *DB) About(ctx context.Context) (version string, bytes int64, err error) {
	text := "SELECT sqlite_version(), (SELECT page_count FROM pragma_page_count) * (SELECT page_size FROM pragma_page_size)"
	if d.engine == Postgres {
		text = "SELECT current_setting('server_version'), pg_database_size(current_database())"
	}
	if err := d.pool.QueryRowContext(ctx, text).Scan(&version, &bytes); err != nil {
		return "", 0, fmt.Errorf("database %s: %w", d.name, err)
	}
	return version, bytes, nil
}

// Stats is how a database does, since this process has started.
type Stats struct {
	Name    string
	Bytes   int64 // of the domain's own file or schema
	Reading int   // connections that are in use; on PostgreSQL those of writers, too
	Readers int   // connections that there may be
	Waits   int64 // how often one was waited for, and how long in all
	Waited  time.Duration
	Writer  WriterStats // on SQLite
}

// WriterStats is how a SQLite file's writer does.
type WriterStats struct {
	Queue   int   // transactions that wait now
	Groups  int64 // groups that were committed
	Jobs    int64 // transactions in them
	Largest int64 // the most in one group
	Took    time.Duration
	Longest time.Duration // of one group
}

// Stats looks at the database.
func (d *DB) Stats(ctx context.Context) (Stats, error) {
	pool := d.pool.Stats()
	s := Stats{Name: d.name, Reading: pool.InUse, Readers: pool.MaxOpenConnections, Waits: pool.WaitCount, Waited: pool.WaitDuration}
	if d.engine == SQLite {
		s.Writer = d.writer.stats()
		var err error
		_, s.Bytes, err = d.About(ctx)
		return s, err
	}
	err := d.pool.QueryRowContext(ctx, `SELECT coalesce(sum(pg_total_relation_size(c.oid)), 0)::bigint FROM pg_class c
		JOIN pg_namespace n ON n.oid = c.relnamespace WHERE n.nspname = current_schema() AND c.relkind IN ('r', 'm')`).Scan(&s.Bytes)
	if err != nil {
		return s, fmt.Errorf("database %s: %w", d.name, err)
	}
	return s, nil
}
