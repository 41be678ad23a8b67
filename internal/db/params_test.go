package db

import "testing"

func TestUnnumbered(t *testing.T) {
	for in, want := range map[string]string{
		"SELECT 1": "SELECT 1",
		"INSERT INTO a VALUES ($1, $2), ($3, $4)":    "INSERT INTO a VALUES (?, ?), (?, ?)",
		"SELECT '$1', \"$9\", 'it''s $2' WHERE a=$1": "SELECT '$1', \"$9\", 'it''s $2' WHERE a=?",
		"SELECT $2, $1":             "SELECT $2, $1",
		"SELECT $1, $1":             "SELECT $1, $1",
		"SELECT $1 -- an unended '": "SELECT ? -- an unended '",
		"SELECT $":                  "SELECT $",
	} {
		if got := unnumbered(in); got != want {
			t.Errorf("%q: %q, want %q", in, got, want)
		}
	}
}
