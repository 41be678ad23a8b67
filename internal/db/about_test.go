package db_test

import (
	"testing"
	"testing/fstest"

	"github.com/guildhall/guildhall/internal/db"
	"github.com/guildhall/guildhall/internal/testkit"
)

func TestAbout(t *testing.T) {
	testkit.Engines(t, func(t *testing.T, k *testkit.Kit) {
		version, bytes, err := k.Open("t", schema).About(k.Ctx)
		if err != nil || version == "" || version[0] < '1' || version[0] > '9' || bytes < 4096 {
			t.Errorf("%q, %d, %v", version, bytes, err)
		}
		d := k.Open("u", fstest.MapFS{"00001_u.sql": {Data: []byte("-- +goose Up\nCREATE TABLE u_u (id INTEGER PRIMARY KEY);\n-- +goose Down\nDROP TABLE u_u;\n")}})
		for i := range 3 {
			if _, err := db.Exec(k.Ctx, d, "INSERT INTO u_u (id) VALUES ($1)", i); err != nil {
				t.Fatal(err)
			}
		}
		s, err := d.Stats(k.Ctx)
		if err != nil || s.Name != "u" || s.Bytes < 4096 || s.Readers != 4 {
			t.Errorf("%+v, %v", s, err)
		}
		if w := s.Writer; k.Engine == db.SQLite && (w.Groups != 3 || w.Jobs != 3 || w.Largest != 1 || w.Took <= 0 || w.Longest > w.Took) {
			t.Errorf("the writer: %+v", w)
		}
	})
}
