// Package ids makes and reads the 63-bit ids of rows: 41 bits of milliseconds
// since 2020, 10 bits of shard (a hash of the owning account) and 12 bits of
// sequence. Ids sort by time, and an id alone tells which shard its row is in.
// What does not belong here: random secrets (identity makes those).
package ids

import (
	"math/rand/v2"
	"strconv"
	"sync"
	"time"
)

// ID identifies a row. Zero means none. On the wire it is a decimal string.
type ID int64

const (
	shardBits    = 10
	sequenceBits = 12
	// Shards is how many shards an id can name.
	Shards = 1 << shardBits
	// epoch is 2020-01-01T00:00:00Z in Unix milliseconds.
	epoch = 1577836800000
)

// String returns the decimal form.
func (id ID) String() string { return strconv.FormatInt(int64(id), 10) }

// Time returns the millisecond in which the id was made.
func (id ID) Time() time.Time {
	return time.UnixMilli(int64(id)>>(shardBits+sequenceBits) + epoch).UTC()
}

// Shard returns the shard that the id names.
func (id ID) Shard() int { return int(id>>sequenceBits) & (Shards - 1) }

// MarshalText writes the decimal form, so that JSON carries a string.
func (id ID) MarshalText() ([]byte, error) {
	return strconv.AppendInt(nil, int64(id), 10), nil
}

// UnmarshalText reads the decimal form.
func (id *ID) UnmarshalText(text []byte) error {
	n, err := strconv.ParseInt(string(text), 10, 64)
	if err != nil {
		return err
	}
	*id = ID(n)
	return nil
}

// Parse reads a decimal id. It returns 0, false for anything that no id can
// look like, also for signs, spaces, leading zeros and overflow.
func Parse(s string) (ID, bool) {
	if s == "" || len(s) > 19 || s[0] < '1' || s[0] > '9' {
		return 0, false
	}
	n, err := strconv.ParseInt(s, 10, 64)
	if err != nil {
		return 0, false
	}
	return ID(n), true
}

// At returns the lowest id of a time, for ranges over time.
func At(t time.Time) ID {
	return ID((t.UnixMilli() - epoch) << (shardBits + sequenceBits))
}

// ShardOf returns the shard that an account's rows live in.
func ShardOf(account ID) int {
	h := uint64(account) * 0x9E3779B97F4A7C15
	return int(h >> (64 - shardBits))
}

// Generator makes ids. It never goes back on a node, not even when the clock
// does; between nodes the primary key decides, and the writer retries.
type Generator struct {
	now  func() time.Time
	mu   sync.Mutex
	last int64 // millisecond and sequence of the last id, without the shard
}

// NewGenerator returns a generator that reads the time from now.
func NewGenerator(now func() time.Time) *Generator { return &Generator{now: now} }

// New returns a new id in the shard of the owning account.
func (g *Generator) New(owner ID) ID { return g.make(g.now(), ShardOf(owner)) }

// Global returns a new id in shard 0; on one node these ids are strictly
// increasing, which the outbox relies on.
func (g *Generator) Global() ID { return g.make(g.now(), 0) }

func (g *Generator) make(t time.Time, shard int) ID {
	// A random start in the lower half leaves room to count on, and makes two
	// nodes in one millisecond unlikely to meet.
	tick := (t.UnixMilli()-epoch)<<sequenceBits | rand.Int64N(1<<(sequenceBits-1))
	g.mu.Lock()
	if tick>>sequenceBits <= g.last>>sequenceBits {
		tick = g.last + 1
	}
	g.last = tick
	g.mu.Unlock()
	ms, seq := tick>>sequenceBits, tick&(1<<sequenceBits-1)
	return ID(ms<<(shardBits+sequenceBits) | int64(shard)<<sequenceBits | seq)
}

// Past returns an id in the shard of the owning account for something that
// happened at t. Two of one millisecond may be the same: the primary key decides.
func Past(t time.Time, owner ID) ID {
	return At(t) | ID(ShardOf(owner))<<sequenceBits | ID(rand.Int64N(1<<sequenceBits))
}
