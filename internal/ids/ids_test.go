package ids_test

import (
	"encoding/json"
	"sync"
	"testing"
	"time"

	"github.com/guildhall/guildhall/internal/ids"
	"pgregory.net/rapid"
)

func TestGeneratorNeverGoesBack(t *testing.T) {
	now := time.Date(2026, 11, 21, 9, 0, 0, 0, time.UTC)
	g := ids.NewGenerator(func() time.Time { return now })
	last := g.Global()
	for i := range 20_000 { // more than one millisecond's sequence, with the clock set back half way
		if i == 10_000 {
			now = now.Add(-time.Hour)
		}
		id := g.Global()
		if id <= last {
			t.Fatalf("id %d after %d", id, last)
		}
		last = id
	}
}

func TestGeneratorIsUniqueUnderConcurrency(t *testing.T) {
	g := ids.NewGenerator(time.Now)
	var mu sync.Mutex
	seen := map[ids.ID]bool{}
	var wg sync.WaitGroup
	for range 8 {
		wg.Go(func() {
			for range 2000 {
				id := g.New(7)
				mu.Lock()
				if seen[id] {
					t.Errorf("%d twice", id)
				}
				seen[id] = true
				mu.Unlock()
			}
		})
	}
	wg.Wait()
}

func TestIDTellsTimeAndShard(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		ms := rapid.Int64Range(1577836800000, 1577836800000+1<<40).Draw(t, "ms")
		owner := ids.ID(rapid.Int64Range(1, 1<<62).Draw(t, "owner"))
		at := time.UnixMilli(ms).UTC()
		id := ids.NewGenerator(func() time.Time { return at }).New(owner)
		if !id.Time().Equal(at) || id.Shard() != ids.ShardOf(owner) || id < ids.At(at) || id >= ids.At(at.Add(time.Millisecond)) {
			t.Fatalf("%d: time %v shard %d", id, id.Time(), id.Shard())
		}
		if back, ok := ids.Parse(id.String()); !ok || back != id {
			t.Fatalf("%q parses to %d, %v", id.String(), back, ok)
		}
	})
}

func TestParseRefuses(t *testing.T) {
	for _, s := range []string{"", "0", "007", "-1", "+1", " 1", "1 ", "1e3", "0x1", "9223372036854775808", "99999999999999999999", "١٢", "1\x00"} {
		if id, ok := ids.Parse(s); ok {
			t.Errorf("%q gives %d", s, id)
		}
	}
}

func TestJSONIsAString(t *testing.T) {
	raw, err := json.Marshal(map[string]ids.ID{"id": 42})
	if err != nil || string(raw) != `{"id":"42"}` {
		t.Errorf("%s %v", raw, err)
	}
	var back map[string]ids.ID
	if err := json.Unmarshal(raw, &back); err != nil || back["id"] != 42 {
		t.Errorf("%v %v", back, err)
	}
	if err := json.Unmarshal([]byte(`{"id":"x"}`), &back); err == nil {
		t.Error("x is read as an id")
	}
}
