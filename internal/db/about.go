package db

import (
	"context"
	"fmt"
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
