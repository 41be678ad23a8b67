package demo

import (
	"cmp"
	"math/rand/v2"
	"slices"
	"time"
)

type pair struct{ from, to int }

// befriend decides who follows whom: the written members by shared interests, the others mostly those
// whom many follow. Whoever answers a followers-only post follows its author from the start.
func (g *generator) befriend() {
	rng := g.rng(streamFollows, 0)
	seen := map[pair]bool{}
	follow := func(from, to int, at time.Time) {
		if from != to && !seen[pair{from, to}] {
			seen[pair{from, to}] = true
			g.follows = append(g.follows, Follow{From: from, To: to, At: at})
		}
	}
	for _, sl := range g.slots {
		if sl.script.visibility == "private" && sl.reply >= 0 {
			from, to := int(sl.author), int(g.slots[sl.reply].author)
			follow(from, to, g.acquainted(from, to).Add(time.Hour))
		}
	}
	for from := range g.written {
		for to := range g.written {
			if rng.Float64() < g.sympathy(from, to) {
				follow(from, to, g.followTime(rng, from, to))
			}
		}
	}
	for from := g.written; from < len(g.members); from++ {
		if rng.IntN(3) == 0 {
			follow(from, 0, g.followTime(rng, from, 0))
		}
		for range 4 + rng.IntN(16) {
			u := rng.Float64()
			to := int(u * u * u * float64(len(g.members)))
			follow(from, to, g.followTime(rng, from, to))
		}
	}
	slices.SortStableFunc(g.follows, func(a, b Follow) int { return a.At.Compare(b.At) })
	g.followers = make([][]int, len(g.members))
	for _, f := range g.follows {
		g.followers[f.To] = append(g.followers[f.To], f.From)
	}
}

// sympathy is the chance that one written member follows another. The first one knows almost all.
func (g *generator) sympathy(from, to int) float64 {
	switch {
	case g.members[from].Bot:
		return 0
	case from == 0:
		return 0.8
	case to == 0:
		return 0.88
	case g.members[to].Bot:
		return 0.3
	}
	shared := 0
	for _, t := range g.interests[from] {
		if slices.Contains(g.interests[to], t) {
			shared++
		}
	}
	return 0.12 + 0.22*float64(min(shared, 3))
}

// acquainted is when the later of two members joined.
func (g *generator) acquainted(a, b int) time.Time {
	if g.members[a].Joined.After(g.members[b].Joined) {
		return g.members[a].Joined
	}
	return g.members[b].Joined
}

// followTime is a moment after both joined; a quarter of the first member's followers are new.
func (g *generator) followTime(rng *rand.Rand, from, to int) time.Time {
	since := g.acquainted(from, to)
	if to == 0 && rng.IntN(4) == 0 {
		since = g.now.Add(-2 * day)
	}
	return since.Add(time.Duration(rng.Float64() * float64(g.now.Sub(since)))).Truncate(time.Second)
}

// lists are the first member's own selections of people whom it follows.
func (g *generator) lists() []List {
	wanted := []struct{ title, topic string }{
		{"Databases", "databases"}, {"Interview partners", "interviews"}, {"On call", "sre"},
	}
	followed := map[int]bool{}
	for _, f := range g.follows {
		if f.From == 0 {
			followed[f.To] = true
		}
	}
	var all []List
	for _, w := range wanted {
		l := List{Title: w.title}
		for m := range g.written {
			if followed[m] && slices.Contains(g.interests[m], w.topic) {
				l.Members = append(l.Members, m)
			}
		}
		slices.SortFunc(l.Members, cmp.Compare[int])
		if len(l.Members) > 0 {
			all = append(all, l)
		}
	}
	return all
}
