package lab

import (
	"context"
	"errors"
	"fmt"
	"os"
	"path/filepath"
	"strings"
	"time"
)

// slowQuery is L01: real SQLite, a slow query, and what making it fast costs.
func slowQuery() Lab {
	return Lab{ID: "L01", Version: 1, Title: "A slow query",
		Summary: "Make a query on a real SQLite database fast, with as little cost for writes as it takes.",
		Topic:   "databases/query-tuning", Minutes: 25, Prepare: prepareSlowQuery, Grade: gradeSlowQuery}
}

const maxSQL = 4096

func prepareSlowQuery(ctx context.Context, seed uint64) (*Task, error) {
	s := newScenario(seed)
	dir, err := os.MkdirTemp("", "l01-")
	if err != nil {
		return nil, err
	}
	task, err := s.task(ctx, dir)
	return task, errors.Join(err, os.RemoveAll(dir))
}

func (s *scenario) task(ctx context.Context, dir string) (*Task, error) {
	path := filepath.Join(dir, "base.db")
	if err := s.build(ctx, path); err != nil {
		return nil, err
	}
	b, err := openMember(ctx, path, s.tables(), false)
	if err != nil {
		return nil, err
	}
	m, err := b.measure(ctx, s.slow())
	if err := errors.Join(err, b.Close()); err != nil {
		return nil, err
	}
	return &Task{Text: s.text(m), Fields: s.fields(), Tables: []Table{{Title: "The slow query now", Head: []string{"what", "figure"}, Rows: [][]string{
		{"rows in " + s.big, fmt.Sprint(bigRows)}, {"rows in " + s.small, fmt.Sprint(smallRows)},
		{"rows that it returns", fmt.Sprint(len(m.rows))}, {"pages that it looks at", fmt.Sprint(m.pages)},
		{"median time here", milliseconds(m.took)},
	}}}}, nil
}

func (s *scenario) tables() []string { return []string{s.big, s.small} }

func (s *scenario) fields() []Field {
	return []Field{
		{Name: "indexes", Label: "Indexes", Kind: SQL, Max: maxSQL,
			Help: fmt.Sprintf("CREATE INDEX statements, at most %d, each ended by a semicolon. None if the query alone can be mended.", maxIndexes)},
		{Name: "query", Label: "Query", Kind: SQL, Max: maxSQL, Value: s.slow(),
			Help: "Leave it as it is, or write one that returns the same rows in the same order for any data."},
	}
}

// text is the task.
func (s *scenario) text(m *measured) string {
	return fmt.Sprintf(`%s in SQLite. There are %d rows in `+"`%s`"+` and they grow all day; nothing but the primary keys is indexed. Some values are far more frequent than others. This query is run many times a second, each time with other values, and it is slow:

`+"```sql\n%s\n```"+`

The tables:

`+"```sql\n%s\n```"+`

What EXPLAIN QUERY PLAN says of it:

`+"```\n%s\n```"+`

Make it fast. You may create indexes and you may write the query anew. What you give is run on the database, and these are looked at:

- **the result**: the same rows in the same order, also after new rows came in;
- **the plan**: it searches instead of reading whole tables, and sorts nothing that an index can give in order;
- **the work**: how many pages of the file the query looks at, which does not depend on how busy the machine is;
- **the cost**: every index is written at each INSERT and takes space. An index that the query does not need loses points.
`, s.story, bigRows, s.big, s.slow(), s.schema(), strings.Join(m.plan, "\n"))
}

func milliseconds(d time.Duration) string { return fmt.Sprintf("%.2f ms", float64(d)/1e6) }

func gradeSlowQuery(ctx context.Context, seed uint64, a Answer) (*Report, error) {
	s := newScenario(seed)
	dir, err := os.MkdirTemp("", "l01-")
	if err != nil {
		return nil, err
	}
	report, err := s.grade(ctx, dir, a)
	if err := errors.Join(err, os.RemoveAll(dir)); err != nil {
		return asReport(err)
	}
	return report, nil
}

// asReport makes a report of a refusal. Other errors are ours.
func asReport(err error) (*Report, error) {
	var no refusal
	if errors.As(err, &no) {
		return &Report{Void: true, Parts: []Part{{Name: "Statements", Max: 100, Text: no.text}}}, nil
	}
	return nil, err
}

// read takes an answer apart.
func (s *scenario) read(a Answer) (indexes []string, query string, err error) {
	for _, f := range s.fields() {
		if len(a[f.Name]) > f.Max {
			return nil, "", refuse("%s: at most %d bytes.", f.Label, f.Max)
		}
	}
	if indexes, err = indexStatements(a["indexes"]); err != nil {
		return nil, "", fmt.Errorf("indexes: %w", err)
	}
	query = a["query"]
	if strings.TrimSpace(query) == "" {
		query = s.slow()
	}
	query, err = queryStatement(query)
	return indexes, query, err
}

func (s *scenario) grade(ctx context.Context, dir string, a Answer) (*Report, error) {
	indexes, query, err := s.read(a)
	if err != nil {
		return nil, err
	}
	g, err := s.references(ctx, dir)
	if err != nil {
		return nil, err
	}
	if err := s.try(ctx, &g.answer, dir, indexes, query); err != nil {
		return nil, err
	}
	return g.report(s, query), nil
}

// references builds the database and tries what an answer is compared with: the
// slow query as it is, and a good answer.
func (s *scenario) references(ctx context.Context, dir string) (*graded, error) {
	if err := s.build(ctx, filepath.Join(dir, "base.db")); err != nil {
		return nil, err
	}
	indexes, query, err := s.read(s.right())
	if err != nil {
		return nil, fmt.Errorf("the right answer: %v", err)
	}
	var g graded
	if err := s.try(ctx, &g.before, dir, nil, s.slow()); err != nil {
		return nil, fmt.Errorf("the slow query: %v", err)
	}
	if err := s.try(ctx, &g.right, dir, indexes, query); err != nil {
		return nil, fmt.Errorf("the right answer: %v", err)
	}
	return &g, nil
}

// trial is a database with some indexes and how a query and inserts did on it.
type trial struct {
	*measured
	names  []string // of the indexes
	later  *result  // of the query when new rows had come
	size   int64    // bytes of the file before them
	writes int      // pages that inserting them looked at
	insert time.Duration
}

// try runs indexes and a query on a copy of the database in a folder.
func (s *scenario) try(ctx context.Context, t *trial, dir string, indexes []string, query string) (err error) {
	path := filepath.Join(dir, "try.db")
	if err := copyBase(filepath.Join(dir, "base.db"), path); err != nil {
		return err
	}
	defer func() { err = errors.Join(err, os.Remove(path)) }()
	names, err := s.createIndexes(ctx, path, indexes)
	if err != nil {
		return err
	}
	t.names = names
	info, err := os.Stat(path)
	if err != nil {
		return err
	}
	t.size = info.Size()
	b, err := openMember(ctx, path, s.tables(), false)
	if err != nil {
		return err
	}
	t.measured, err = b.measure(ctx, query)
	if err := errors.Join(err, b.Close()); err != nil {
		return err
	}
	if err := s.insertNew(ctx, t, path); err != nil {
		return err
	}
	b, err = openMember(ctx, path, s.tables(), false)
	if err != nil {
		return err
	}
	t.later, err = b.query(ctx, query)
	return errors.Join(err, b.Close())
}

// createIndexes runs a member's statements and returns the names of what they made.
func (s *scenario) createIndexes(ctx context.Context, path string, statements []string) (names []string, err error) {
	b, err := openMember(ctx, path, s.tables(), true)
	if err != nil {
		return nil, err
	}
	limited, cancel := context.WithTimeout(ctx, indexTime)
	defer cancel()
	for i, q := range statements {
		if _, err := b.conn.ExecContext(limited, q); err != nil {
			if ctx.Err() == nil {
				err = b.reason(err, fmt.Sprintf("Statement %d of the indexes", i+1), indexTime)
			}
			return nil, errors.Join(err, b.Close())
		}
	}
	if err := b.Close(); err != nil {
		return nil, err
	}
	if b, err = openBase(ctx, path); err != nil {
		return nil, err
	}
	defer func() { err = errors.Join(err, b.Close()) }()
	found, err := b.rows(ctx, "SELECT name FROM sqlite_schema WHERE type = 'index' ORDER BY name")
	if err != nil {
		return nil, err
	}
	for _, row := range found.rows {
		names = append(names, strings.TrimSuffix(row, "|"))
	}
	return names, nil
}

// insertNew inserts new rows and counts what that takes.
func (s *scenario) insertNew(ctx context.Context, t *trial, path string) (err error) {
	b, err := openBase(ctx, path)
	if err != nil {
		return err
	}
	defer func() { err = errors.Join(err, b.Close()) }()
	if _, err := b.pages(); err != nil {
		return err
	}
	begun := time.Now()
	if _, err := b.conn.ExecContext(ctx, s.insert(bigRows+1, bigRows+newRows, true)); err != nil {
		// A UNIQUE index over what is unique only so far, or an expression that
		// fails for new values.
		return b.reason(err, "Inserting new rows", indexTime)
	}
	t.insert = time.Since(begun)
	t.writes, err = b.pages()
	return err
}
