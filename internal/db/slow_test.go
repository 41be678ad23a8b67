package db

import (
	"context"
	"fmt"
	"testing"
	"time"

	"github.com/guildhall/guildhall/internal/errs"
)

// The slowest statements stay, however many there are.
func TestSlow(t *testing.T) {
	d := &DB{}
	d.slow.note("SELECT 'slow'", time.Minute)
	for i := range 1000 {
		d.slow.note("SELECT 'often'", time.Second)
		d.slow.note(fmt.Sprintf("SELECT %d", i), 20*time.Millisecond)
	}
	list := d.Slow()
	if len(list) != slowKept || list[0].Text != "SELECT 'often'" || list[0].Count != 1000 || list[0].Total != 1000*time.Second || list[0].Max != time.Second {
		t.Errorf("%d statements, first %+v", len(list), list[0])
	}
	if list[1].Text != "SELECT 'slow'" || list[1].Key == list[0].Key {
		t.Errorf("%+v", list[1])
	}
	d.took("SELECT 'fast'", time.Now())
	d.took(string(make([]byte, slowText+1)), time.Now().Add(-time.Hour))
	if again := d.Slow(); again[0].Count != 1000 || len(again) != slowKept {
		t.Errorf("%+v", again[0])
	}
	if _, _, err := d.SlowPlan(context.Background(), "x"); !errs.Is(err, errs.NotFound) {
		t.Errorf("a plan of nothing: %v", err)
	}
}
