package lab

import (
	"errors"
	"reflect"
	"testing"
)

// What SQLite is given is what was looked at: written down again, a statement
// is the same one statement.
func FuzzStatements(f *testing.F) {
	for _, s := range []string{
		"SELECT 1", "select a.b, 'it''s; ' || \"x\"\";\" from [t;] where a<=b and c<>`d``;`; -- rest\n;", "/* a ; */ select /**/ 1.5e3 -- no end",
		"'", "\"", "[", "/*", "--", "x'41'", "1'2'", "((((", "))))", ";;", "a==b!=c||d<<e>>f", "\u00a0", "\xff", "\x00", "é", "'é'", "/*/", "/**", "- -1", "a--b\nc",
	} {
		f.Add(s)
	}
	f.Fuzz(func(t *testing.T, sql string) {
		all, err := statements(sql)
		if err != nil {
			var no refusal
			if !errors.As(err, &no) || no.text == "" {
				t.Fatalf("%q: %v", sql, err)
			}
			return
		}
		for _, s := range all {
			again, err := statements(join(s))
			if err != nil || len(again) != 1 || !reflect.DeepEqual(again[0], s) {
				t.Fatalf("%q became %q: %v %v", s, join(s), again, err)
			}
		}
	})
}
