package db

import (
	"context"
	"database/sql"
	"errors"
	"regexp"
	"strconv"
	"strings"
)

var parameter = regexp.MustCompile(`\$\d+`)

// Explain returns the engine's plan for a statement, a step a line, without
// running it. On PostgreSQL whole-table reads are made as unattractive as the
// engine can, so that one in the plan means that no index serves; parameters
// count as unknown.
func (d *DB) Explain(ctx context.Context, text string) ([]string, error) {
	return d.plan(ctx, text, "SET LOCAL enable_seqscan = off", "SET LOCAL plan_cache_mode = force_generic_plan")
}

// plan returns the engine's plan for a statement; settings are what PostgreSQL
// is told before.
func (d *DB) plan(ctx context.Context, text string, settings ...string) (plan []string, err error) {
	if d.engine == SQLite {
		return d.explainSQLite(ctx, text)
	}
	tx, err := d.pool.BeginTx(ctx, nil)
	if err != nil {
		return nil, err
	}
	defer func() { err = errors.Join(err, tx.Rollback()) }()
	for _, s := range settings {
		if _, err := tx.ExecContext(ctx, s); err != nil {
			return nil, err
		}
	}
	if _, err := tx.ExecContext(ctx, "PREPARE explained AS "+text); err != nil {
		return nil, err
	}
	call := "EXPLAIN EXECUTE explained"
	if count := parameters(text); count > 0 {
		call += "(" + strings.TrimSuffix(strings.Repeat("NULL,", count), ",") + ")"
	}
	rows, err := tx.QueryContext(ctx, call)
	if err != nil {
		return nil, errors.Join(err, deallocate(ctx, tx))
	}
	for rows.Next() {
		var line string
		if err := rows.Scan(&line); err != nil {
			return nil, errors.Join(err, rows.Close())
		}
		plan = append(plan, line)
	}
	return plan, errors.Join(rows.Err(), rows.Close(), deallocate(ctx, tx))
}

func (d *DB) explainSQLite(ctx context.Context, text string) ([]string, error) {
	rows, err := d.pool.QueryContext(ctx, "EXPLAIN QUERY PLAN "+text, make([]any, parameters(text))...)
	if err != nil {
		return nil, err
	}
	defer rows.Close()
	var plan []string
	for rows.Next() {
		var id, parent, unused int
		var detail string
		if err := rows.Scan(&id, &parent, &unused, &detail); err != nil {
			return nil, err
		}
		plan = append(plan, detail)
	}
	return plan, rows.Err()
}

// parameters returns the highest number of a $n in a statement.
func parameters(text string) int {
	count := 0
	for _, p := range parameter.FindAllString(text, -1) {
		if n, err := strconv.Atoi(p[1:]); err == nil {
			count = max(count, n)
		}
	}
	return count
}

func deallocate(ctx context.Context, tx *sql.Tx) error {
	_, err := tx.ExecContext(ctx, "DEALLOCATE explained")
	return err
}
