package testkit

import (
	"context"
	"regexp"
	"strings"
	"testing"

	"github.com/guildhall/guildhall/internal/db"
)

// small are tables that do not grow with use; reading all of one is fine.
var small = regexp.MustCompile(`goose_db_version`)

// checkPlans fails the test if the engine would read a whole table, or sort in
// memory what an index could give in order, for one of the statements.
func checkPlans(t *testing.T, d *db.DB, texts []string) {
	t.Helper()
	for _, text := range texts {
		verb, _, _ := strings.Cut(strings.TrimSpace(text), " ")
		switch strings.ToUpper(verb) {
		case "SELECT", "UPDATE", "DELETE", "WITH":
		default:
			continue
		}
		plan, err := d.Explain(context.Background(), text)
		if err != nil {
			t.Errorf("explain %q: %v", text, err)
			continue
		}
		for _, step := range plan {
			if scans(d.Engine(), text, step) && !small.MatchString(step) {
				t.Errorf("%s reads a whole table: %q\n%s", d.Engine(), text, strings.Join(plan, "\n"))
				break
			}
		}
	}
}

// liteScan is a step that reads something from end to end, with the index that
// it follows, if any. A virtual table's step has its own index after a colon.
var liteScan = regexp.MustCompile(`^SCAN (\w+)( USING (?:COVERING )?INDEX \S+)?$`)

func scans(e db.Engine, text, step string) bool {
	if e == db.Postgres {
		return strings.Contains(step, "Seq Scan on ")
	}
	m := liteScan.FindStringSubmatch(step)
	if m == nil || derived(text, m[1]) {
		return false
	}
	ordered := m[2] != "" && strings.Contains(text, "LIMIT") // reads an index and stops early
	return !ordered
}

// derived tells whether a name in a statement stands for a subquery or a common
// table expression, not for a table.
func derived(text, name string) bool {
	return regexp.MustCompile(`(?i)\b` + name + `\s*(\([^)]*\))?\s+AS\s*\(|\)\s*(AS\s+)?` + name + `\b`).MatchString(text)
}
