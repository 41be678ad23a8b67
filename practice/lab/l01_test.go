package lab

import (
	"fmt"
	"path/filepath"
	"reflect"
	"strings"
	"testing"
)

func gradeSQL(t *testing.T, seed uint64, indexes, query string) *Report {
	t.Helper()
	report, err := gradeSlowQuery(t.Context(), seed, Answer{"indexes": indexes, "query": query})
	if err != nil {
		t.Fatalf("seed %d: %v", seed, err)
	}
	return report
}

// seedOf finds a seed whose slow query is of a kind.
func seedOf(kind int) uint64 {
	for seed := uint64(1); ; seed++ {
		if newScenario(seed).kind == kind {
			return seed
		}
	}
}

func said(r *Report) string {
	var b strings.Builder
	for _, p := range r.Parts {
		fmt.Fprintf(&b, "%s %d/%d: %s\n", p.Name, p.Points, p.Max, p.Text)
	}
	return b.String() + r.Log
}

func points(t *testing.T, r *Report) int {
	t.Helper()
	got, most := r.Points()
	if most != 100 {
		t.Fatalf("of %d points", most)
	}
	return got
}

func TestSlowQueryRightAnswersPass(t *testing.T) {
	for seed := range uint64(10) {
		s := newScenario(seed)
		a := s.right()
		r := gradeSQL(t, seed, a["indexes"], a["query"])
		if !r.Passed || points(t, r) < 95 {
			t.Errorf("seed %d, kind %d: %s", seed, s.kind, said(r))
		}
	}
}

// Points go by what is counted, never by time: an answer gets the same twice.
func TestSlowQueryGradesTheSameTwice(t *testing.T) {
	a := newScenario(4).right()
	a["indexes"] += "CREATE INDEX more ON " + newScenario(4).big + " (note);"
	one, two := gradeSQL(t, 4, a["indexes"], a["query"]), gradeSQL(t, 4, a["indexes"], a["query"])
	if !reflect.DeepEqual(one.Parts, two.Parts) || !reflect.DeepEqual(one.Charts, two.Charts) || one.Log != two.Log {
		t.Errorf("%s\n%s", said(one), said(two))
	}
}

func TestSlowQueryTask(t *testing.T) {
	kinds := map[int]bool{}
	for seed := range uint64(3) {
		s := newScenario(seedOf(int(seed)))
		kinds[s.kind] = true
		task, err := prepareSlowQuery(t.Context(), seedOf(int(seed)))
		if err != nil {
			t.Fatal(err)
		}
		for _, part := range []string{s.slow(), s.schema(), "SCAN"} {
			if !strings.Contains(task.Text, part) {
				t.Errorf("the text has no %q:\n%s", part, task.Text)
			}
		}
		if task.Fields[1].Value != s.slow() {
			t.Error("the query does not stand in its field")
		}
	}
	if len(kinds) != 3 {
		t.Error(kinds)
	}
	if reflect.DeepEqual(newScenario(1), newScenario(2)) || !reflect.DeepEqual(newScenario(7), newScenario(7)) {
		t.Error("a seed makes one scenario, another seed another")
	}
}

func TestSlowQueryAnswersOfAllSorts(t *testing.T) {
	filter, function, join := newScenario(seedOf(0)), newScenario(seedOf(1)), newScenario(seedOf(2))
	dirs, refs := map[*scenario]string{}, map[*scenario]*graded{}
	for _, s := range []*scenario{filter, function, join} {
		dirs[s] = t.TempDir()
		var err error
		if refs[s], err = s.references(t.Context(), dirs[s]); err != nil {
			t.Fatal(err)
		}
	}
	grade := func(s *scenario, a Answer) *Report {
		indexes, query, err := s.read(a)
		if err == nil {
			g := *refs[s]
			if err = s.try(t.Context(), &g.answer, dirs[s], indexes, query); err == nil {
				return g.report(s, query)
			}
		}
		return refused(t, err)
	}
	index := func(s *scenario, columns ...string) string {
		return fmt.Sprintf("CREATE INDEX i%d ON %s (%s);\n", len(strings.Join(columns, "")), s.big, strings.Join(columns, ", "))
	}
	over := filter.right()["indexes"] + index(filter, filter.at) + index(filter, filter.amount, filter.at) + index(filter, "note") + index(filter, "note", filter.amount)
	for _, c := range []struct {
		name    string
		s       *scenario
		indexes string
		query   string
		passed  bool
		min     int
		max     int
		said    string
	}{
		{"nothing", filter, "", "", false, 0, 50, "still reads all of " + filter.big},
		{"the order's column first", filter, index(filter, filter.at, filter.theme.category, filter.parent), filter.slow(), false, 0, 70, "columns compared with = first"},
		{"the order is missing", filter, index(filter, filter.parent), filter.slow(), false, 0, 80, "sorts in a temporary B-tree"},
		{"as good, the first two the other way round", filter, index(filter, filter.theme.category, filter.parent, filter.at), filter.slow(), true, 95, 100, "with an index"},
		{"too many indexes", filter, over, filter.slow(), true, 80, 82, "does not use"},
		{"an index without a use", join, join.right()["indexes"] + index(join, "note"), join.slow(), true, 80, 94, "every INSERT pays"},
		{"other rows", filter, filter.right()["indexes"], strings.Replace(filter.slow(), "LIMIT 20", "LIMIT 19", 1), false, 0, 75, "Row 20 is no row"},
		{"another order", filter, filter.right()["indexes"], "SELECT * FROM (" + filter.slow() + ") ORDER BY 1", false, 0, 75, "in another order"},
		{"only today's rows", filter, "", "SELECT id, " + filter.at + ", " + filter.amount + " FROM " + filter.big + " WHERE id IN (" + ids(t, filter, dirs[filter]) + ") ORDER BY " + filter.at + " DESC, id DESC", false, 0, 75, "after new rows came in"},
		{"a function hides the column", function, function.right()["indexes"], function.slow(), false, 0, 85, "thrown away again"},
		{"an index on the expression", function, fmt.Sprintf("CREATE INDEX i ON %s (%s, date(%s))", function.big, function.theme.category, function.at), function.slow(), true, 95, 100, "SEARCH"},
		{"a unique index that is none", filter, fmt.Sprintf("CREATE UNIQUE INDEX i ON %s (%s)", filter.big, filter.parent), "", false, 0, 0, "UNIQUE constraint failed"},
		{"a column that is not there", filter, "", "SELECT nonesuch FROM " + filter.big, false, 0, 0, "no such column: nonesuch"},
	} {
		r := grade(c.s, Answer{"indexes": c.indexes, "query": c.query})
		if got := points(t, r); r.Passed != c.passed || got < c.min || got > c.max || !strings.Contains(said(r), c.said) {
			t.Errorf("%s: passed %v with %d points, want %v with %d to %d and %q\n%s", c.name, r.Passed, got, c.passed, c.min, c.max, c.said, said(r))
		}
	}
}

// refused is the report of an answer that was not run.
func refused(t *testing.T, err error) *Report {
	t.Helper()
	r, err := asReport(err)
	if err != nil {
		t.Fatal(err)
	}
	return r
}

// ids returns the ids that the slow query finds today.
func ids(t *testing.T, s *scenario, dir string) string {
	t.Helper()
	b, err := openBase(t.Context(), filepath.Join(dir, "base.db"))
	if err != nil {
		t.Fatal(err)
	}
	defer b.Close()
	got, err := b.query(t.Context(), s.slow())
	if err != nil {
		t.Fatal(err)
	}
	var out []string
	for _, row := range got.rows {
		id, _, _ := strings.Cut(row, "|")
		out = append(out, id)
	}
	return strings.Join(out, ", ")
}
