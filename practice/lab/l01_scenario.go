package lab

import (
	"context"
	"errors"
	"fmt"
	"math/rand/v2"
	"strings"
)

// scenario is a database with a slow query: what the seed decides of L01.
type scenario struct {
	theme
	kind       int    // of query: 0 filter and order, 1 function on a column, 2 join and groups
	heavy      int    // the parent that has far more rows than the others and is asked for
	category   string // asked for
	day        string // asked for by kind 1
	since      string // asked for by kind 2
	place      string // asked for by kind 2
	multiplier [5]uint32
	offset     [5]uint32
}

// theme is the names of a database.
type theme struct {
	big, small, parent, category, at, amount, place string
	categories                                      [4]string
	story                                           string
}

func themes() []theme {
	return []theme{
		{"orders", "customers", "customer", "status", "placed", "total", "city", [4]string{"paid", "shipped", "refunded", "disputed"}, "A shop keeps its orders"},
		{"rides", "drivers", "driver", "state", "started", "fare", "town", [4]string{"done", "cancelled", "refused", "lost"}, "A taxi service keeps its rides"},
		{"readings", "sensors", "sensor", "kind", "taken", "value", "site", [4]string{"normal", "high", "low", "fault"}, "A water works keeps what its sensors read"},
		{"tickets", "agents", "agent", "priority", "opened", "minutes", "office", [4]string{"low", "medium", "high", "urgent"}, "A help desk keeps its tickets"},
	}
}

const (
	bigRows   = 100_000
	smallRows = 2000
	newRows   = 2000 // inserted to see what indexes cost
	places    = 100
)

// newScenario draws a scenario.
func newScenario(seed uint64) *scenario {
	r := rand.New(rand.NewPCG(seed, 0x1001))
	all := themes()
	s := &scenario{theme: all[r.IntN(len(all))], kind: r.IntN(3), heavy: 1 + r.IntN(smallRows)}
	s.category = s.categories[2+r.IntN(2)]
	if s.kind == 1 {
		s.category = s.categories[r.IntN(2)]
	}
	s.day = fmt.Sprintf("2025-%02d-%02d", 1+r.IntN(12), 1+r.IntN(27))
	s.since = fmt.Sprintf("2025-%02d-01", 10+r.IntN(3))
	s.place = fmt.Sprintf("%s-%02d", s.theme.place, r.IntN(places))
	for i := range s.multiplier {
		s.multiplier[i] = r.Uint32N(1<<31) | 1<<30 | 1
		s.offset[i] = r.Uint32()
	}
	return s
}

// draw is SQL for a number below most that looks random and depends on the
// row's number n and on the column.
func (s *scenario) draw(column int, most int) string {
	return fmt.Sprintf("((n * %d + %d) %% 4294967291 / 7 %% %d)", s.multiplier[column], s.offset[column], most)
}

// insert is SQL that makes the rows from a number to another. Of new rows every
// fiftieth is one that the slow query looks for, so that its result changes.
func (s *scenario) insert(from, to int, hits bool) string {
	parent := fmt.Sprintf("CASE WHEN %s < 4 THEN %d ELSE 1 + %s END", s.draw(0, 100), s.heavy, s.draw(1, smallRows))
	category := fmt.Sprintf("CASE WHEN %[1]s < 60 THEN '%[2]s' WHEN %[1]s < 85 THEN '%[3]s' WHEN %[1]s < 95 THEN '%[4]s' ELSE '%[5]s' END",
		s.draw(2, 100), s.categories[0], s.categories[1], s.categories[2], s.categories[3])
	at := fmt.Sprintf("datetime('2025-01-01', %s || ' minutes')", s.draw(3, 365*24*60))
	amount := "100 + " + s.draw(4, 90000)
	if hits {
		at0, parent0 := "'2025-12-31 23:59:59'", fmt.Sprint(s.heavy)
		if s.kind == 1 {
			at0 = "'" + s.day + " 12:00:00'"
		}
		if s.kind == 2 {
			parent0 = fmt.Sprintf("(SELECT MAX(id) FROM %s WHERE %s = '%s')", s.small, s.theme.place, s.place)
		}
		every := func(hit, other string) string {
			return fmt.Sprintf("CASE WHEN n %% 50 = 0 THEN %s ELSE %s END", hit, other)
		}
		parent, category, at, amount = every(parent0, parent), every("'"+s.category+"'", category), every(at0, at), every("1000000 + n", amount)
	}
	return fmt.Sprintf(`INSERT INTO %s (id, %s, %s, %s, %s, note)
		WITH RECURSIVE c(n) AS (SELECT %d UNION ALL SELECT n + 1 FROM c WHERE n < %d)
		SELECT n, %s, %s, %s, %s, 'note ' || (n * 7919 %% 1000003) || ' of what was said and done' FROM c`,
		s.big, s.parent, s.theme.category, s.at, s.amount, from, to, parent, category, at, amount)
}

// schema is the tables, as the member sees them.
func (s *scenario) schema() string {
	return fmt.Sprintf(`CREATE TABLE %[1]s (
  id INTEGER PRIMARY KEY,
  name TEXT NOT NULL,
  %[2]s TEXT NOT NULL
);
CREATE TABLE %[3]s (
  id INTEGER PRIMARY KEY,
  %[4]s INTEGER NOT NULL, -- id in %[1]s
  %[5]s TEXT NOT NULL, -- %[6]s
  %[7]s TEXT NOT NULL, -- UTC, like 2025-03-31 17:05:00
  %[8]s INTEGER NOT NULL,
  note TEXT NOT NULL
);`, s.small, s.theme.place, s.big, s.parent, s.theme.category, strings.Join(s.categories[:], ", "), s.at, s.amount)
}

// build fills a new file.
func (s *scenario) build(ctx context.Context, path string) (err error) {
	b, err := openBase(ctx, path)
	if err != nil {
		return err
	}
	defer func() { err = errors.Join(err, b.Close()) }()
	small := fmt.Sprintf(`INSERT INTO %[1]s (id, name, %[2]s)
		WITH RECURSIVE c(n) AS (SELECT 1 UNION ALL SELECT n + 1 FROM c WHERE n < %[3]d)
		SELECT n, 'name ' || n, printf('%[2]s-%%02d', n * 37 %% %[4]d) FROM c`, s.small, s.theme.place, smallRows, places)
	for _, q := range []string{s.schema(), small, s.insert(1, bigRows, false)} {
		if _, err := b.conn.ExecContext(ctx, q); err != nil {
			return err
		}
	}
	return nil
}

// slow is the query that takes too long.
func (s *scenario) slow() string {
	switch s.kind {
	case 0:
		return fmt.Sprintf(`SELECT id, %[1]s, %[2]s
FROM %[3]s
WHERE %[4]s = %[5]d AND %[6]s = '%[7]s'
ORDER BY %[1]s DESC, id DESC
LIMIT 20`, s.at, s.amount, s.big, s.parent, s.heavy, s.theme.category, s.category)
	case 1:
		return fmt.Sprintf(`SELECT id, %[1]s, %[2]s
FROM %[3]s
WHERE date(%[1]s) = '%[4]s' AND %[5]s = '%[6]s'
ORDER BY %[2]s DESC, id
LIMIT 10`, s.at, s.amount, s.big, s.day, s.theme.category, s.category)
	}
	return fmt.Sprintf(`SELECT p.id, p.name, COUNT(*) AS n, SUM(b.%[1]s) AS sum
FROM %[2]s AS b JOIN %[3]s AS p ON p.id = b.%[4]s
WHERE p.%[5]s = '%[6]s' AND b.%[7]s >= '%[8]s'
GROUP BY p.id, p.name
ORDER BY sum DESC, p.id
LIMIT 10`, s.amount, s.big, s.small, s.parent, s.theme.place, s.place, s.at, s.since)
}

// right is a good answer, which others are measured against.
func (s *scenario) right() Answer {
	switch s.kind {
	case 0:
		return Answer{"indexes": fmt.Sprintf("CREATE INDEX right1 ON %s (%s, %s, %s);", s.big, s.parent, s.theme.category, s.at), "query": s.slow()}
	case 1:
		ranged := fmt.Sprintf("%[1]s >= '%[2]s' AND %[1]s < date('%[2]s', '+1 day')", s.at, s.day)
		return Answer{"indexes": fmt.Sprintf("CREATE INDEX right1 ON %s (%s, %s);", s.big, s.theme.category, s.at),
			"query": strings.Replace(s.slow(), fmt.Sprintf("date(%s) = '%s'", s.at, s.day), ranged, 1)}
	}
	return Answer{"indexes": fmt.Sprintf("CREATE INDEX right1 ON %s (%s, %s);\nCREATE INDEX right2 ON %s (%s);", s.big, s.parent, s.at, s.small, s.theme.place),
		"query": s.slow()}
}
