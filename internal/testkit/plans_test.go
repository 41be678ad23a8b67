package testkit

import (
	"testing"

	"github.com/guildhall/guildhall/internal/db"
)

func TestScans(t *testing.T) {
	for _, c := range []struct {
		engine     db.Engine
		text, step string
		want       bool
	}{
		{db.SQLite, "SELECT x FROM posts_posts", "SCAN posts_posts", true},
		{db.SQLite, "SELECT x FROM posts_posts AS p", "SCAN p", true},
		{db.SQLite, "SELECT x FROM posts_posts WHERE id = $1", "SEARCH posts_posts USING INTEGER PRIMARY KEY (rowid=?)", false},
		{db.SQLite, "SELECT x FROM posts_posts ORDER BY id LIMIT 20", "SCAN posts_posts USING INDEX by_id", false},
		{db.SQLite, "SELECT count(*) FROM posts_posts", "SCAN posts_posts USING COVERING INDEX by_id", true},
		{db.SQLite, "WITH up AS (SELECT 1) SELECT * FROM up", "SCAN up", false},
		{db.SQLite, "SELECT * FROM (SELECT 1) AS q", "SCAN q", false},
		{db.SQLite, "SELECT rowid FROM f WHERE f MATCH $1", "SCAN f VIRTUAL TABLE INDEX 0:M1", false},
		{db.Postgres, "SELECT x FROM posts_posts", "  ->  Seq Scan on posts_posts  (cost=1..2)", true},
		{db.Postgres, "SELECT x FROM posts_posts", "Index Scan using posts_posts_pkey on posts_posts", false},
	} {
		if got := scans(c.engine, c.text, c.step); got != c.want {
			t.Errorf("%s %q %q: %v", c.engine, c.text, c.step, got)
		}
	}
}
