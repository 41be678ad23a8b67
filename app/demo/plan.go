package demo

import (
	"cmp"
	"hash/fnv"
	"math"
	"math/rand/v2"
	"slices"
	"time"
)

// The streams of random numbers; every use has its own, so that a change to one part of the
// community leaves the others as they were.
const (
	streamMembers = iota + 1
	streamLooks
	streamPlan
	streamPosts
	streamFollows
	streamPractice
)

const day = 24 * time.Hour

// generator holds the plan of a community: who says what, when, in answer to what. The posts
// themselves are rendered one by one from it.
type generator struct {
	seed       uint64
	start, now time.Time

	members   []Member
	written   int            // how many members come from members.txt
	index     map[string]int // by username
	interests [][]string     // by member
	humans    []int

	slots     []slot
	follows   []Follow
	followers [][]int // by member

	used map[int]int // how often a member was cast, to give everyone a turn
}

// slot is the plan of one post.
type slot struct {
	script *script
	at     int64 // milliseconds since start
	part   int32
	author int32
	reply  int32 // slot, or -1
	unit   int32 // the conversation
	cast   []int32
}

func newGenerator(seed uint64, accounts, posts int, now time.Time) *generator {
	g := &generator{seed: seed, now: now.UTC(), used: map[int]int{}}
	scale := math.Sqrt(float64(posts) / 620)
	span := time.Duration(min(max(30*scale, 3), 700) * float64(day))
	g.start = g.now.Add(-span).Truncate(time.Second)
	g.enrol(accounts)
	g.plan(posts)
	g.befriend()
	return g
}

func (g *generator) rng(stream, n uint64) *rand.Rand {
	return rand.New(rand.NewPCG(g.seed+stream*0x9e3779b97f4a7c15, n))
}

func hash(s string) uint64 {
	h := fnv.New64a()
	h.Write([]byte(s)) // never fails, says hash.Hash
	return h.Sum64()
}

func pick[T any](rng *rand.Rand, from []T) T { return from[rng.IntN(len(from))] }

// plan fills the slots: written conversations first, composed ones for what is left. If there are far
// more posts than written ones, the written ones are among the newest, where visitors look.
func (g *generator) plan(posts int) {
	rng := g.rng(streamPlan, 0)
	var ready, templates []*script
	for _, s := range loadScripts() {
		switch {
		case s.template:
			templates = append(templates, s)
		case g.playable(s):
			ready = append(ready, s)
		}
	}
	rng.Shuffle(len(ready), func(i, j int) { ready[i], ready[j] = ready[j], ready[i] })
	slices.SortStableFunc(ready, func(a, b *script) int { return cmp.Compare(urgency(a), urgency(b)) })
	writtenPosts := 0
	for _, s := range ready {
		writtenPosts += len(s.parts)
	}
	g.slots = make([]slot, 0, posts)
	recent := min(1, 2*float64(writtenPosts)/float64(max(posts, 1)))
	unit := int32(0)
	for _, s := range ready {
		if len(g.slots) == posts {
			break
		}
		parts := min(len(s.parts), posts-len(g.slots))
		g.stage(rng, s, unit, parts, placeOf(rng, s, recent))
		unit++
	}
	for ; len(g.slots) < posts; unit++ {
		g.improvise(rng, pick(rng, templates), unit, posts-len(g.slots))
	}
	g.sortSlots()
}

// playable reports whether the people that a script needs are members.
func (g *generator) playable(s *script) bool {
	for _, name := range s.cast {
		if _, ok := g.index[name]; !ok {
			return false
		}
	}
	for _, p := range s.parts {
		for _, m := range mentionRE.FindAllStringSubmatch(p.text, -1) {
			if _, ok := g.index[m[1]]; !ok && len(m[1]) > 1 {
				return false
			}
		}
	}
	return s.voices() <= min(len(g.humans), g.written)
}

// urgency orders scripts for communities too small to hold them all.
func urgency(s *script) int {
	if s.late || s.pinned {
		return 0
	}
	return 1
}

// placeOf chooses when a conversation begins, as a share of the whole time.
func placeOf(rng *rand.Rand, s *script, recent float64) float64 {
	switch {
	case s.late:
		return 1 - 0.06*recent*rng.Float64()
	case s.pinned:
		return 0.4 * rng.Float64()
	}
	return 1 - recent*rng.Float64()
}

// stage adds the first parts of a script, beginning at a share of the time.
func (g *generator) stage(rng *rand.Rand, s *script, unit int32, parts int, place float64) {
	cast := g.castScript(rng, s)
	base := int32(len(g.slots))
	for i := range parts {
		p := s.parts[i]
		reply := int32(-1)
		if p.parent >= 0 {
			reply = base + int32(p.parent)
		}
		g.slots = append(g.slots, slot{script: s, part: int32(i), author: cast[p.voice], reply: reply, unit: unit, cast: cast})
	}
	g.time(rng, base, place)
}

// improvise adds a composed post with up to three of the replies that fit it.
func (g *generator) improvise(rng *rand.Rand, s *script, unit int32, room int) {
	author := g.anyone(rng)
	cast := []int32{author}
	base := int32(len(g.slots))
	g.slots = append(g.slots, slot{script: s, author: author, reply: -1, unit: unit, cast: cast})
	answers := rng.Perm(len(s.parts) - 1)
	n := min(max(rng.IntN(6)-2, 0), room-1, len(answers))
	if len(g.humans) < 2 {
		n = 0
	}
	for _, a := range answers[:n] {
		who := g.anyone(rng)
		for who == author {
			who = g.anyone(rng)
		}
		g.slots = append(g.slots, slot{script: s, part: int32(a + 1), author: who, reply: base, unit: unit, cast: cast})
	}
	g.time(rng, base, rng.Float64())
}

// anyone picks a person; the first members talk more than the last.
func (g *generator) anyone(rng *rand.Rand) int32 {
	u := rng.Float64()
	return int32(g.humans[int(u*u*float64(len(g.humans)))])
}

// castScript gives every voice a person who cares for the topic, and everyone a turn.
func (g *generator) castScript(rng *rand.Rand, s *script) []int32 {
	cast := make([]int32, 0, s.voices())
	for _, name := range s.cast {
		cast = append(cast, int32(g.index[name]))
	}
	for len(cast) < s.voices() {
		best, bestScore := -1, math.Inf(-1)
		for _, m := range g.humans {
			if m >= g.written {
				break
			}
			if slices.Contains(cast, int32(m)) {
				continue
			}
			score := 4*float64(overlap(g.interests[m], s)) - float64(g.used[m])/2 + 3*rng.Float64()
			if score > bestScore {
				best, bestScore = m, score
			}
		}
		g.used[best]++
		cast = append(cast, int32(best))
	}
	return cast
}

// overlap counts the topics of a script that a member has; the language outweighs them all.
func overlap(interests []string, s *script) int {
	n := 0
	for _, t := range s.topics {
		if slices.Contains(interests, t) {
			n = 1
		}
	}
	if s.language != "en" && slices.Contains(interests, s.language) {
		n += 100
	}
	return n
}

// time sets when the slots from base on are posted: the root at a share of the time, drawn
// towards the day, the replies minutes or hours after one another, all before now.
func (g *generator) time(rng *rand.Rand, base int32, place float64) {
	span := float64(g.now.Sub(g.start).Milliseconds()) - 4*60_000
	dayMS := float64(day.Milliseconds())
	at := place * span
	clock := math.Mod(float64(g.start.UnixMilli())+at, dayMS) / dayMS
	at += dayMS * 0.11 * math.Sin(2*math.Pi*(clock-0.1))
	at = min(max(at, 0), span)
	times := []float64{at}
	for range g.slots[base+1:] {
		at += 120_000 + rng.ExpFloat64()*40*60_000
		times = append(times, at)
	}
	squeeze := 1.0
	if at > span {
		squeeze = (span - times[0]) / (at - times[0])
	}
	for i, t := range times {
		g.slots[int(base)+i].at = int64(times[0] + (t-times[0])*squeeze)
	}
}

// sortSlots puts the slots in order of time and makes the replies point to the new places.
func (g *generator) sortSlots() {
	order := make([]int32, len(g.slots))
	for i := range order {
		order[i] = int32(i)
	}
	slices.SortStableFunc(order, func(a, b int32) int { return cmp.Compare(g.slots[a].at, g.slots[b].at) })
	place := make([]int32, len(order))
	sorted := make([]slot, len(order))
	for to, from := range order {
		place[from] = int32(to)
		sorted[to] = g.slots[from]
	}
	for i := range sorted {
		if sorted[i].reply >= 0 {
			sorted[i].reply = place[sorted[i].reply]
		}
	}
	g.slots = sorted
}
