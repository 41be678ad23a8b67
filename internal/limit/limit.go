// Package limit counts requests by key in fixed windows and says when there
// were too many. It counts in this process only and forgets at its end. What
// does not belong here: which requests have which rule, what is a key (an
// account, a token, an address), the answer that a client gets, and limits
// that hold for all nodes of a cluster.
package limit

import (
	"hash/maphash"
	"net/netip"
	"sync"
	"time"
)

const (
	shards = 64 // locks; requests with different keys hardly ever meet at one
	// maxKeys bounds the memory: some 30 MB when keys are addresses.
	maxKeys     = 1 << 18
	maxPerShard = maxKeys / shards
	// sample is how many counters are looked at to choose one to forget.
	sample = 16
)

// Rule allows Limit requests per Window. The windows of all keys begin
// together, at multiples of Window since the Unix epoch. A rule is known by its
// name; rules of one name share their counters. A Limit or Window of zero or
// less means that there is no limit.
type Rule struct {
	Name   string
	Limit  int
	Window time.Duration
}

// Decision is the answer to one request. Where there is no limit, Limit is 0
// and Reset is zero.
type Decision struct {
	OK         bool
	Limit      int
	Remaining  int           // requests left in this window, after this one
	Reset      time.Time     // when the next window begins
	RetryAfter time.Duration // until Reset when not OK, else 0
}

// Limiter counts. Its methods may be called at the same time; a nil *Limiter
// allows everything.
type Limiter struct {
	// Refused is told, if it is not nil, of each request that is not allowed. It
	// is set before the first one comes.
	Refused func(rule, key string)

	clock  func() time.Time
	seed   maphash.Seed
	shards [shards]shard
}

type shard struct {
	mu       sync.Mutex
	counters map[counterKey]counter
	// earliest is a time before which no counter expires, in Unix nanoseconds.
	// It spares a full shard from being searched in vain on each request.
	earliest int64
}

type counterKey struct{ rule, key string }

type counter struct {
	n     int
	reset int64 // end of its window, in Unix nanoseconds
}

// New returns a Limiter that reads the time from clock.
func New(clock func() time.Time) *Limiter {
	l := &Limiter{clock: clock, seed: maphash.MakeSeed()}
	for i := range l.shards {
		l.shards[i].counters = map[counterKey]counter{}
	}
	return l
}

// Allow counts one request of key under rule and decides on it. Requests that
// are not allowed do not count.
func (l *Limiter) Allow(key string, rule Rule) Decision {
	if l == nil || rule.Limit <= 0 || rule.Window <= 0 {
		return Decision{OK: true}
	}
	now := l.clock().UnixNano()
	reset := windowEnd(now, int64(rule.Window))
	s := &l.shards[maphash.String(l.seed, key)%shards]
	n, ok := s.count(counterKey{rule.Name, key}, rule.Limit, now, reset)
	d := Decision{OK: ok, Limit: rule.Limit, Remaining: rule.Limit - n, Reset: time.Unix(0, reset).UTC()}
	if !ok {
		d.RetryAfter = time.Duration(reset - now)
		if l.Refused != nil {
			l.Refused(rule.Name, key)
		}
	}
	return d
}

// windowEnd returns the first multiple of window after now.
func windowEnd(now, window int64) int64 {
	into := now % window
	if into < 0 {
		into += window
	}
	return now - into + window
}

// count counts one request of k unless there were max in its window. It returns
// how many there are now.
func (s *shard) count(k counterKey, max int, now, reset int64) (n int, ok bool) {
	s.mu.Lock()
	defer s.mu.Unlock()
	c, known := s.counters[k]
	if c.reset != reset { // another window, or none
		c = counter{reset: reset}
	}
	// More than max when the rule was made stricter meanwhile.
	if c.n >= max {
		return max, false
	}
	c.n++
	if !known && len(s.counters) >= maxPerShard {
		s.makeRoom(now)
	}
	if len(s.counters) == 0 || reset < s.earliest {
		s.earliest = reset
	}
	s.counters[k] = c
	return c.n, true
}

// makeRoom forgets all counters whose window is over, or, when there is none,
// one that has counted little: a flood of new keys should push out itself
// rather than those who are being held back.
func (s *shard) makeRoom(now int64) {
	if now >= s.earliest {
		s.earliest = 1<<63 - 1
		for k, c := range s.counters {
			if c.reset <= now {
				delete(s.counters, k)
			} else {
				s.earliest = min(s.earliest, c.reset)
			}
		}
		if len(s.counters) < maxPerShard {
			return
		}
	}
	var victim counterKey
	least, seen := 0, 0
	for k, c := range s.counters { // begins at a random place
		if seen == 0 || c.n < least {
			victim, least = k, c.n
		}
		if seen++; seen == sample {
			break
		}
	}
	delete(s.counters, victim)
}

// AddressKey returns the key to count the requests of an address by. A home or
// a server commonly has a whole IPv6 /64, so that is one key. IPv4 written as
// IPv6 is IPv4.
func AddressKey(a netip.Addr) string {
	a = a.Unmap().WithZone("")
	switch {
	case a.Is4():
		return a.String()
	case a.Is6():
		return netip.PrefixFrom(a, 64).Masked().String()
	}
	return "unknown" // the zero Addr: all who have no address share one key
}
