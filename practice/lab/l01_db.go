package lab

import (
	"context"
	"crypto/sha256"
	"database/sql"
	"errors"
	"fmt"
	"io"
	"math"
	"net/url"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"time"

	"modernc.org/sqlite"
	sqlite3 "modernc.org/sqlite/lib"
)

const (
	queryTime   = 2 * time.Second // of one query of a member
	indexTime   = 6 * time.Second // of all indexes of a member
	maxRows     = 1000
	maxRowBytes = 256 << 10
	pageSize    = 4096
	runs        = 5 // of a query whose time is told
)

// base is one connection to a database file of L01.
type base struct {
	db     *sql.DB
	conn   *sql.Conn
	path   string
	denied string // what the authorizer refused last
}

// openBase opens a file for the lab's own statements. They are not synced: the
// file lives as long as the run.
func openBase(ctx context.Context, path string) (*base, error) {
	return open(ctx, path, url.Values{"_pragma": {"journal_mode(MEMORY)", "synchronous(OFF)", "cache_size(-8000)", "locking_mode(NORMAL)"}})
}

// openMember opens a file for a member's statements: to read only, or to
// create indexes of the tables that it has.
func openMember(ctx context.Context, path string, tables []string, indexes bool) (*base, error) {
	v := url.Values{"_defensive": {"1"}, "_dqs": {"0"}, "_pragma": {"synchronous(OFF)", "cache_size(-8000)", "trusted_schema(0)", "cell_size_check(1)"}}
	if indexes {
		v.Add("_pragma", "journal_mode(MEMORY)")
		v.Add("_pragma", fmt.Sprint("max_page_count(", 64<<20/pageSize, ")"))
	} else {
		v.Set("mode", "ro")
		v.Add("_pragma", "query_only(1)")
	}
	b, err := open(ctx, path, v)
	if err != nil {
		return nil, err
	}
	for id, most := range map[int]int{
		sqlite3.SQLITE_LIMIT_LENGTH: 1 << 20, sqlite3.SQLITE_LIMIT_SQL_LENGTH: 16 << 10, sqlite3.SQLITE_LIMIT_COLUMN: 100,
		sqlite3.SQLITE_LIMIT_EXPR_DEPTH: 100, sqlite3.SQLITE_LIMIT_COMPOUND_SELECT: 10, sqlite3.SQLITE_LIMIT_VDBE_OP: 20000,
		sqlite3.SQLITE_LIMIT_FUNCTION_ARG: 8, sqlite3.SQLITE_LIMIT_ATTACHED: 0, sqlite3.SQLITE_LIMIT_LIKE_PATTERN_LENGTH: 100,
		sqlite3.SQLITE_LIMIT_VARIABLE_NUMBER: 1, sqlite3.SQLITE_LIMIT_TRIGGER_DEPTH: 1, sqlite3.SQLITE_LIMIT_WORKER_THREADS: 0,
	} {
		if _, err := sqlite.Limit(b.conn, id, most); err != nil {
			return nil, errors.Join(err, b.Close())
		}
	}
	err = b.conn.Raw(func(c any) error {
		return c.(sqlite.AuthorizerRegisterer).RegisterAuthorizer(b.authorizer(tables, indexes))
	})
	if err != nil {
		return nil, errors.Join(err, b.Close())
	}
	return b, nil
}

func open(ctx context.Context, path string, v url.Values) (*base, error) {
	db, err := sql.Open("sqlite", "file:"+filepath.ToSlash(path)+"?"+v.Encode())
	if err != nil {
		return nil, err
	}
	db.SetMaxOpenConns(1)
	c, err := db.Conn(ctx)
	if err != nil {
		return nil, errors.Join(err, db.Close())
	}
	return &base{db: db, conn: c, path: path}, nil
}

// Close closes the file.
func (b *base) Close() error { return errors.Join(b.conn.Close(), b.db.Close()) }

// functions are those that a member's SQL may call: none that reads files, makes
// values from nothing or is of no use for the task.
const functions = " abs avg ceil ceiling coalesce concat count cume_dist date datetime dense_rank first_value floor glob group_concat" +
	" ifnull iif instr julianday lag last_value lead length like lower ltrim max min mod nth_value ntile nullif percent_rank rank" +
	" round row_number rtrim sign strftime substr substring sum time timediff total trim typeof unixepoch upper "

// authorizer is SQLite's own question, asked for every part of a statement
// while it is compiled: may it do this?
func (b *base) authorizer(tables []string, indexes bool) sqlite.AuthorizerFn {
	deny := func(format string, args ...any) sqlite.AuthorizerReturnCode {
		b.denied = fmt.Sprintf(format, args...)
		return sqlite.AuthorizerDeny
	}
	return func(action sqlite.AuthorizerActionCode, a1, a2, _, _ string) sqlite.AuthorizerReturnCode {
		schema := strings.HasPrefix(strings.ToLower(a1), "sqlite_")
		switch action {
		case sqlite.AuthSelect:
			return sqlite.AuthorizerOK
		case sqlite.AuthRead:
			// Without a column it may be the name of a WITH part.
			if slices.Contains(tables, strings.ToLower(a1)) || a2 == "" && !schema || indexes && schema {
				return sqlite.AuthorizerOK
			}
			return deny("The table %s is not open here.", a1)
		case sqlite.AuthFunction:
			if strings.Contains(functions, " "+strings.ToLower(a2)+" ") {
				return sqlite.AuthorizerOK
			}
			return deny("The function %s is not open here.", a2)
		case sqlite.AuthRecursive:
			return deny("A recursive WITH is not open here: the task needs none.")
		case sqlite.AuthCreateIndex:
			if indexes && slices.Contains(tables, strings.ToLower(a2)) {
				return sqlite.AuthorizerOK
			}
		case sqlite.AuthReindex:
			if indexes { // how SQLite fills a new index
				return sqlite.AuthorizerOK
			}
		case sqlite.AuthInsert, sqlite.AuthUpdate:
			if indexes && schema { // how SQLite writes down a new index
				return sqlite.AuthorizerOK
			}
		}
		return deny("The statement does something that is not open here (SQLite's action %d %s).", action, a1)
	}
}

// reason turns an error of a member's SQL into a refusal that tells what was
// wrong with it.
func (b *base) reason(err error, what string, limit time.Duration) error {
	var e *sqlite.Error
	switch {
	case errors.Is(err, context.DeadlineExceeded):
		return refuse("%s was stopped after %g s.", what, limit.Seconds())
	case errors.Is(err, context.Canceled):
		return err
	case b.denied != "":
		return refuse("%s was refused: %s", what, b.denied)
	case errors.As(err, &e):
		return refuse("%s failed: SQLite says %q.", what, e.Error())
	}
	return err
}

// pages returns how many pages the connection has looked at since it was asked
// last, from its cache or from the file: work that is the same on every machine.
func (b *base) pages() (n int, err error) {
	err = b.conn.Raw(func(c any) error {
		for _, op := range []sqlite.DBStatusOp{sqlite.DBStatusCacheHit, sqlite.DBStatusCacheMiss} {
			v, _, err := c.(sqlite.DBStatus).Status(op, true)
			if err != nil {
				return err
			}
			n += v
		}
		return nil
	})
	return n, err
}

// result is what a query returned.
type result struct {
	rows  []string
	order [32]byte // of the rows as they came
	set   [32]byte // of the rows sorted
}

func digest(rows []string) (sum [32]byte) {
	h := sha256.New()
	for _, r := range rows {
		fmt.Fprintf(h, "%d:%s", len(r), r)
	}
	return [32]byte(h.Sum(nil))
}

// query runs a SELECT, bounded in time, rows and bytes.
func (b *base) query(ctx context.Context, q string) (*result, error) {
	limited, cancel := context.WithTimeout(ctx, queryTime)
	defer cancel()
	b.denied = ""
	out, err := b.rows(limited, q)
	if err != nil && ctx.Err() == nil {
		return nil, b.reason(err, "The query", queryTime)
	}
	return out, err
}

func (b *base) rows(ctx context.Context, q string) (*result, error) {
	rows, err := b.conn.QueryContext(ctx, q)
	if err != nil {
		return nil, err
	}
	defer rows.Close()
	columns, err := rows.Columns()
	if err != nil {
		return nil, err
	}
	values, to := make([]any, len(columns)), make([]any, len(columns))
	for i := range values {
		to[i] = &values[i]
	}
	out, size := &result{}, 0
	for rows.Next() {
		if err := rows.Scan(to...); err != nil {
			return nil, err
		}
		var line strings.Builder
		for _, v := range values {
			fmt.Fprintf(&line, "%s|", shown(v))
		}
		if size += line.Len(); len(out.rows) == maxRows || size > maxRowBytes {
			return nil, refuse("The query returns more than %d rows or %d KiB.", maxRows, maxRowBytes>>10)
		}
		out.rows = append(out.rows, line.String())
	}
	if err := rows.Err(); err != nil {
		return nil, err
	}
	out.order = digest(out.rows)
	out.set = digest(slices.Sorted(slices.Values(out.rows)))
	return out, nil
}

// shown writes a value so that 5 and 5.0 are the same, as they are in SQL.
func shown(v any) string {
	switch v := v.(type) {
	case nil:
		return "NULL"
	case []byte:
		return string(v)
	case float64:
		if v == math.Trunc(v) && math.Abs(v) < 1<<53 {
			return fmt.Sprint(int64(v))
		}
		return fmt.Sprintf("%.6f", v)
	}
	return fmt.Sprint(v)
}

// measured is how a query did.
type measured struct {
	*result
	plan  []string
	pages int
	took  time.Duration // median
}

// measure runs a query with its plan, counts its work and takes its time.
func (b *base) measure(ctx context.Context, q string) (*measured, error) {
	limited, cancel := context.WithTimeout(ctx, queryTime)
	defer cancel()
	b.denied = ""
	plan, err := b.plan(limited, q)
	if err != nil {
		if ctx.Err() == nil {
			err = b.reason(err, "The query", queryTime)
		}
		return nil, err
	}
	m := &measured{plan: plan}
	var times []time.Duration
	for i, start := 0, time.Now(); i < runs && (i == 0 || time.Since(start) < queryTime/2); i++ {
		if _, err := b.pages(); err != nil {
			return nil, err
		}
		begun := time.Now()
		if m.result, err = b.query(ctx, q); err != nil {
			return nil, err
		}
		times = append(times, time.Since(begun))
		if m.pages, err = b.pages(); err != nil {
			return nil, err
		}
	}
	slices.Sort(times)
	m.took = times[len(times)/2]
	return m, nil
}

// plan returns the lines of EXPLAIN QUERY PLAN, those inside others indented.
func (b *base) plan(ctx context.Context, q string) ([]string, error) {
	rows, err := b.conn.QueryContext(ctx, "EXPLAIN QUERY PLAN "+q)
	if err != nil {
		return nil, err
	}
	defer rows.Close()
	depth := map[int]int{}
	var out []string
	for rows.Next() {
		var id, parent, unused int
		var detail string
		if err := rows.Scan(&id, &parent, &unused, &detail); err != nil {
			return nil, err
		}
		depth[id] = depth[parent] + 1
		out = append(out, strings.Repeat("  ", depth[parent])+detail)
		if len(out) > 50 {
			return nil, refuse("The query's plan has more than 50 steps.")
		}
	}
	return out, rows.Err()
}

// copyBase copies a closed database file.
func copyBase(from, to string) (err error) {
	in, err := os.Open(from)
	if err != nil {
		return err
	}
	defer in.Close()
	out, err := os.OpenFile(to, os.O_CREATE|os.O_EXCL|os.O_WRONLY, 0o600)
	if err != nil {
		return err
	}
	_, err = io.Copy(out, in)
	return errors.Join(err, out.Close())
}
