package db

import (
	"context"
	"fmt"
	"hash/fnv"
	"slices"
	"sync"
	"time"

	"github.com/guildhall/guildhall/internal/errs"
)

const (
	// slowAfter is from when on a statement is slow.
	slowAfter = 10 * time.Millisecond
	// slowKept is how many slow statements are remembered, and slowText how many
	// bytes one may have: those with very many parameters are rare and all alike.
	slowKept = 50
	slowText = 4 << 10
)

// Statement is a statement that was slow, since this process has started. Its
// text has no values: those are parameters.
type Statement struct {
	Key        string // names it among those of the database
	Text       string
	Count      int // how often it was slow
	Total, Max time.Duration
}

// slow are the slowest statements of a database.
type slow struct {
	mu   sync.Mutex
	seen map[string]*Statement // by text
}

// took notes how long a statement took that began at start.
func (d *DB) took(text string, start time.Time) {
	if took := time.Since(start); took >= slowAfter && len(text) <= slowText {
		d.slow.note(text, took)
	}
}

// note keeps a statement if it is among the slowest.
func (s *slow) note(text string, took time.Duration) {
	s.mu.Lock()
	defer s.mu.Unlock()
	if s.seen == nil {
		s.seen = map[string]*Statement{}
	}
	x := s.seen[text]
	if x == nil {
		if len(s.seen) == slowKept && !s.makeRoom(took) {
			return
		}
		x = &Statement{Key: statementKey(text), Text: text}
		s.seen[text] = x
	}
	x.Count++
	x.Total += took
	x.Max = max(x.Max, took)
}

// makeRoom forgets the statement that took the least time in all, unless that
// is more than the new one took.
func (s *slow) makeRoom(took time.Duration) bool {
	var least *Statement
	for _, x := range s.seen {
		if least == nil || x.Total < least.Total {
			least = x
		}
	}
	if least.Total > took {
		return false
	}
	delete(s.seen, least.Text)
	return true
}

func statementKey(text string) string {
	h := fnv.New64a()
	h.Write([]byte(text)) // never fails
	return fmt.Sprintf("%016x", h.Sum64())
}

// Slow returns the slow statements, those first that took the most time in all.
func (d *DB) Slow() []Statement {
	d.slow.mu.Lock()
	defer d.slow.mu.Unlock()
	var list []Statement
	for _, x := range d.slow.seen {
		list = append(list, *x)
	}
	slices.SortFunc(list, func(a, b Statement) int { return int(max(-1, min(1, b.Total-a.Total))) })
	return list
}

// SlowPlan returns a slow statement and how the engine carries it out now, a
// step a line. Returns NotFound for one that is not remembered.
func (d *DB) SlowPlan(ctx context.Context, key string) (Statement, []string, error) {
	for _, x := range d.Slow() {
		if x.Key == key {
			plan, err := d.plan(ctx, x.Text, "SET LOCAL plan_cache_mode = force_generic_plan")
			return x, plan, err
		}
	}
	return Statement{}, nil, errs.NotFoundRecord()
}
