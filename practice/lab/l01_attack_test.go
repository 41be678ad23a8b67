package lab

import (
	"context"
	"errors"
	"path/filepath"
	"strings"
	"testing"
	"time"
)

// attackers is a database that attacks run against, each on a copy of its own.
type attackers struct {
	s   *scenario
	dir string
}

// run tries SQL like an answer's and returns why it was refused.
func (a *attackers) run(ctx context.Context, indexes, query string) error {
	statements, read, err := a.s.read(Answer{"indexes": indexes, "query": query})
	if err != nil {
		return err
	}
	return a.s.try(ctx, &trial{}, a.dir, statements, read)
}

func newAttackers(t *testing.T) *attackers {
	t.Helper()
	a := &attackers{s: newScenario(seedOf(0)), dir: t.TempDir()}
	if err := a.s.build(t.Context(), filepath.Join(a.dir, "base.db")); err != nil {
		t.Fatal(err)
	}
	return a
}

// What a member could send to reach what is not theirs, to stay for ever, or to
// fill the machine. § stands for the big table.
func TestSlowQueryAttacks(t *testing.T) {
	a := newAttackers(t)
	secret := filepath.Join(a.dir, "base.db")
	for _, c := range []struct{ indexes, query, said string }{
		// Other files.
		{"", "ATTACH DATABASE '" + secret + "' AS other", "is a SELECT"},
		{"ATTACH '" + secret + "' AS other", "", "Only CREATE INDEX"},
		{"", "SELECT 1; ATTACH '" + secret + "' AS x", "one statement"},
		{"", "DETACH DATABASE main", "is a SELECT"},
		{"VACUUM INTO '" + secret + ".copy'", "", "Only CREATE INDEX"},
		{"", "SELECT load_extension('/tmp/evil.so')", "load_extension"},
		{"", "SELECT readfile('/etc/passwd')", "readfile"},
		{"", "SELECT writefile('/tmp/x', 'x')", "writefile"},
		{"", "SELECT * FROM fts5vocab", "SQLite's own"},
		{"", "SELECT edit('x')", "edit"},
		// Settings and the schema.
		{"PRAGMA writable_schema = 1", "", "Only CREATE INDEX"},
		{"", "PRAGMA table_info(§)", "is a SELECT"},
		{"", "SELECT * FROM pragma_database_list", "SQLite's own"},
		{"", "SELECT * FROM PRAGMA_compile_options()", "SQLite's own"},
		{"", "SELECT * FROM \"pragma_database_list\"", "SQLite's own"},
		{"", "SELECT * FROM [sqlite_master]", "SQLite's own"},
		{"", "SELECT sql FROM sqlite_schema", "SQLite's own"},
		{"UPDATE sqlite_master SET sql = 'x'", "", "Only CREATE INDEX"},
		{"", "SELECT * FROM dbstat", "SQLite's own"},
		{"CREATE INDEX i ON sqlite_master (sql)", "", "SQLite's own"},
		{"CREATE INDEX temp.i ON § (id)", "", "failed"},
		{"CREATE INDEX sqlite_autoindex_§_1 ON § (id)", "", "SQLite's own"},
		// Writing.
		{"", "DELETE FROM §", "is a SELECT"},
		{"", "WITH x AS (SELECT 1) DELETE FROM §", "refused"},
		{"", "WITH x AS (SELECT 1) INSERT INTO § SELECT * FROM §", "refused"},
		{"", "WITH x AS (SELECT 1) UPDATE § SET note = ''", "refused"},
		{"", "REPLACE INTO § SELECT * FROM §", "is a SELECT"},
		{"DROP TABLE §", "", "Only CREATE INDEX"},
		{"CREATE TABLE x AS SELECT 1", "", "Only CREATE INDEX"},
		{"CREATE TEMP TRIGGER x AFTER INSERT ON § BEGIN DELETE FROM §; END", "", "Only CREATE INDEX"},
		{"CREATE TRIGGER x AFTER INSERT ON § BEGIN SELECT 1; END", "", "Only CREATE INDEX"},
		{"CREATE VIEW x AS SELECT 1", "", "Only CREATE INDEX"},
		{"CREATE VIRTUAL TABLE x USING fts5(a)", "", "Only CREATE INDEX"},
		{"ALTER TABLE § RENAME TO x", "", "Only CREATE INDEX"},
		{"BEGIN EXCLUSIVE", "", "Only CREATE INDEX"},
		{"ANALYZE", "", "Only CREATE INDEX"},
		{"REINDEX §", "", "Only CREATE INDEX"},
		// Without end or too large.
		{"", "WITH RECURSIVE c(n) AS (SELECT 1 UNION ALL SELECT n + 1 FROM c) SELECT COUNT(*) FROM c", "recursive"},
		{"", "WITH c(n) AS (SELECT 1 UNION ALL SELECT n + 1 FROM c) SELECT * FROM c", "recursive"},
		{"", "SELECT COUNT(*) FROM § a, § b, § c", "stopped after 2 s"},
		{"", "SELECT a.note FROM § a, § b, § c ORDER BY a.note || b.note || c.note LIMIT 1", "stopped after 2 s"},
		{"", "SELECT * FROM §", "more than 1000 rows"},
		{"", "SELECT group_concat(note) FROM §", "too big"},
		{"", "SELECT randomblob(1000000000)", "randomblob"},
		{"", "SELECT zeroblob(1000000000)", "zeroblob"},
		{"", "SELECT printf('%1000000000d', 1)", "printf"},
		{"", "SELECT replace(note, 'n', note) FROM §", "replace"},
		{"", "SELECT " + strings.Repeat("(", 500) + "1" + strings.Repeat(")", 500), "parentheses"},
		{"", "SELECT 1" + strings.Repeat("+1", 500), "failed"},
		{"", "SELECT " + strings.Repeat("NOT ", 500) + "1", "failed"},
		{"", "SELECT 1" + strings.Repeat(" UNION ALL SELECT 1", 50), "failed"},
		{"", "SELECT 1" + strings.Repeat(", 1", 200), "failed"},
		{"", "SELECT '" + strings.Repeat("x", 5000) + "'", "at most 4096 bytes"},
		{strings.Repeat("CREATE INDEX i ON § (id);", 9), "", "At most 8"},
		{"CREATE INDEX i ON § (id) WHERE id = 1", "", "partial index"},
		{"CREATE INDEX i ON § (random())", "", "random"},
		{"CREATE INDEX i ON § ((SELECT 1))", "", "failed"},
		// Disguises.
		{"", "SELECT 1 /* ; */; /* */ DROP /**/ TABLE §", "one statement"},
		{"", "SELECT 1 -- \n; DELETE FROM §", "one statement"},
		{"", "/* SELECT */ DELETE FROM §", "is a SELECT"},
		{"", "SELECT '--'; DELETE FROM § --'", "one statement"},
		{"", "SELECT 'it''s'; DELETE FROM §", "one statement"},
		{"", "SELECT 1 /* no end", "does not end"},
		{"", "SELECT 'no end", "does not end"},
		{"", "SELECT \"no end", "does not end"},
		{"", "SELECT 1\uff1b DELETE FROM §", "U+FF1B"},
		{"", "\u0405ELECT 1", "U+0405"},
		{"", "SELECT\u00a01", "U+00A0"},
		{"", "SELECT\u200b 1", "U+200B"},
		{"", "SELECT 1\x00; DELETE FROM §", "zero byte"},
		{"", "SELECT \xff\xfe", "not UTF-8"},
		{"", "SELECT x'41'", "Blobs"},
		{"", "SELECT ?1", "U+003F"},
		{"", "SELECT @a, :b, $c", "U+0040"},
		{"", "EXPLAIN SELECT 1", "is a SELECT"},
		{"", "EXPLAIN DELETE FROM §", "is a SELECT"},
		{"", "VALUES (1)", "is a SELECT"},
		{"", "SELECT \"no such column\" FROM §", "no such column"},
		{"", "SELECT nonesuch(1)", "no such function"},
		{"", ";;;", "one statement"},
	} {
		indexes, query := strings.ReplaceAll(c.indexes, "§", a.s.big), strings.ReplaceAll(c.query, "§", a.s.big)
		begun := time.Now()
		err := a.run(t.Context(), indexes, query)
		var no refusal
		if !errors.As(err, &no) || !strings.Contains(no.text, c.said) {
			t.Errorf("%.80q %.80q: %v, want a refusal with %q", c.indexes, c.query, err, c.said)
		}
		if took := time.Since(begun); took > 15*time.Second {
			t.Errorf("%.80q took %v", c.query, took)
		}
	}
	left, err := filepath.Glob(filepath.Join(a.dir, "*"))
	if err != nil || len(left) != 1 {
		t.Errorf("left: %v %v", left, err)
	}
}

// What looks like an attack and is none is not refused.
func TestSlowQueryHonestSQL(t *testing.T) {
	a := newAttackers(t)
	for _, c := range [][2]string{
		{"-- why: the ';' in here ends nothing\nCREATE INDEX \"my; index\" ON § (id) /* so */;", ""},
		{"create unique index if not exists main.[i] on `§` (id desc);", ""},
		{"", "WITH newest AS (SELECT id FROM § ORDER BY id DESC LIMIT 3) SELECT COUNT(*) FROM newest"},
		{"", "SELECT 'DELETE; ATTACH -- é ；', \"id\" AS \"größe\" FROM § WHERE id <= 3 AND id <> 2 AND (id = 1 OR id == 3)"},
		{"", "SELECT id, ROW_NUMBER() OVER (ORDER BY id) FROM § WHERE id IN (SELECT MAX(id) FROM §) LIMIT 1;"},
		{"", "SELECT COUNT(*), CAST(MAX(id) AS TEXT) || 'x', 1.5e3 FROM § WHERE id < 100 GROUP BY id % 3 HAVING COUNT(*) > 1"},
	} {
		if err := a.run(t.Context(), strings.ReplaceAll(c[0], "§", a.s.big), strings.ReplaceAll(c[1], "§", a.s.big)); err != nil {
			t.Errorf("%q: %v", c, err)
		}
	}
}

// In its process, as the server runs it: what eats time is stopped there too,
// and nothing stays.
func TestSlowQueryInItsProcess(t *testing.T) {
	nothingLeft(t)
	r := runner(t, &Runner{Time: time.Minute})
	seed := seedOf(0)
	s := newScenario(seed)
	report, err := r.Grade(t.Context(), "L01", seed, s.right())
	if err != nil || !report.Passed {
		t.Errorf("%+v %v", report, err)
	}
	report, err = r.Grade(t.Context(), "L01", seed, Answer{"query": "SELECT a.note || b.note FROM " + s.big + " a, " + s.big + " b ORDER BY 1"})
	if err != nil || report.Passed || !strings.Contains(said(report), "stopped after 2 s") {
		t.Errorf("%+v %v", report, err)
	}
}
