package limit

import (
	"strconv"
	"testing"
	"time"
)

func (l *Limiter) keys() (n int) {
	for i := range l.shards {
		n += len(l.shards[i].counters)
	}
	return n
}

func TestMemoryIsBounded(t *testing.T) {
	now := time.Unix(1_800_000_000, 0)
	l := New(func() time.Time { return now })
	rule := Rule{Name: "api", Limit: 3, Window: time.Hour}
	for range 3 {
		l.Allow("held back", rule)
	}
	for i := range 2 * maxKeys {
		if !l.Allow(strconv.Itoa(i), rule).OK {
			t.Fatalf("key %d was refused at its first request", i)
		}
	}
	if n := l.keys(); n > maxKeys || n < maxKeys*9/10 {
		t.Errorf("%d keys are kept, of at most %d", n, maxKeys)
	}
	if l.Allow("held back", rule).OK {
		t.Error("a flood of keys set free who was held back")
	}
	// In the next window all of them are over and make room at once.
	now = now.Add(time.Hour)
	for i := range shards * 20 {
		l.Allow("new"+strconv.Itoa(i), rule)
	}
	if n := l.keys(); n > maxKeys/10 {
		t.Errorf("%d keys are left after their window", n)
	}
}

// Counters that still run are not forgotten while others are over.
func TestExpiredAreForgottenFirst(t *testing.T) {
	now := time.Unix(1_800_000_000, 0)
	l := New(func() time.Time { return now })
	short, long := Rule{Name: "short", Limit: 9, Window: time.Minute}, Rule{Name: "long", Limit: 1, Window: 24 * time.Hour}
	for i := range maxKeys / 4 {
		l.Allow(strconv.Itoa(i), long)
	}
	for i := range maxKeys {
		l.Allow("s"+strconv.Itoa(i), short)
		now = now.Add(time.Millisecond) // four minutes in all: most short windows are over soon
	}
	forgotten := 0
	for i := range maxKeys / 4 {
		if l.Allow(strconv.Itoa(i), long).OK {
			forgotten++
		}
	}
	if forgotten > 0 {
		t.Errorf("%d of %d running counters were forgotten", forgotten, maxKeys/4)
	}
}
