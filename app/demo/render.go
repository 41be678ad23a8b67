package demo

import (
	"fmt"
	"math"
	"math/rand/v2"
	"regexp"
	"slices"
	"strconv"
	"strings"
	"time"
)

var (
	mentionRE = regexp.MustCompile(`@(\w+)`)
	rangeRE   = regexp.MustCompile(`^(\d+)-(\d+)$`)
)

// render makes the post of a slot. It depends on nothing but the plan, so posts can be rendered in
// any order and more than once.
func (g *generator) render(i int) Post {
	sl := g.slots[i]
	s := sl.script
	rng := g.rng(streamPosts, uint64(i))
	p := Post{
		Author:     int(sl.author),
		At:         g.start.Add(time.Duration(sl.at) * time.Millisecond),
		ReplyTo:    int(sl.reply),
		Spoiler:    s.spoiler,
		Sensitive:  s.sensitive || s.spoiler != "",
		Visibility: s.visibility,
		Language:   s.language,
		Pinned:     s.pinned && sl.part == 0,
	}
	p.Text = g.text(rng, sl)
	for _, ref := range s.parts[sl.part].images {
		p.Images = append(p.Images, Image{Alt: ref.alt, Draw: picture(ref.name), FocusY: 0.3})
	}
	if s.poll != nil && sl.part == 0 {
		p.Poll = g.poll(rng, s.poll, p.Author)
	}
	g.applaud(rng, &p, sl)
	return p
}

// text fills in the names: a reply begins with whom it answers, voices become mentions.
func (g *generator) text(rng *rand.Rand, sl slot) string {
	text := sl.script.parts[sl.part].text
	if sl.script.template {
		text = expand(rng, text)
	}
	text = mentionRE.ReplaceAllStringFunc(text, func(m string) string {
		if len(m) != 2 || m[1] < 'A' || m[1] > 'Z' {
			return m
		}
		return "@" + g.members[sl.cast[m[1]-'A']].Username
	})
	if sl.reply >= 0 && g.slots[sl.reply].author != sl.author {
		mention := "@" + g.members[g.slots[sl.reply].author].Username
		if !strings.HasPrefix(text, mention) {
			text = mention + " " + text
		}
	}
	return text
}

// expand chooses one of each {a|b|c} and a number of each {10-90}.
func expand(rng *rand.Rand, template string) string {
	for { // from the inside out
		end := strings.IndexByte(template, '}')
		if end < 0 {
			return template
		}
		begin := strings.LastIndexByte(template[:end], '{')
		template = template[:begin] + choose(rng, template[begin+1:end]) + template[end+1:]
	}
}

func choose(rng *rand.Rand, inner string) string {
	if strings.Contains(inner, "|") {
		return pick(rng, strings.Split(inner, "|"))
	}
	r := rangeRE.FindStringSubmatch(inner)
	if r == nil {
		panic(fmt.Sprintf("demo: neither alternatives nor a range: {%s}", inner))
	}
	low, errLow := strconv.Atoi(r[1])
	high, errHigh := strconv.Atoi(r[2])
	if errLow != nil || errHigh != nil || high < low {
		panic(fmt.Sprintf("demo: bad range {%s}", inner))
	}
	return strconv.Itoa(low + rng.IntN(high-low+1))
}

// poll lets members vote; options differ in how much they please.
func (g *generator) poll(rng *rand.Rand, q *question, author int) *Poll {
	p := &Poll{Options: q.options, Multiple: q.multiple, EndsIn: q.endsIn}
	appeal := make([]float64, len(q.options))
	total := 0.0
	for i := range appeal {
		appeal[i] = 0.3 + rng.ExpFloat64()
		total += appeal[i]
	}
	share := 0.35 + 0.4*rng.Float64()
	for _, voter := range sample(rng, g.humans, author, min(int(share*float64(len(g.humans))), 400)) {
		var choices []int
		for i, a := range appeal {
			if q.multiple && rng.Float64() < 1.4*a/total {
				choices = append(choices, i)
			}
		}
		if len(choices) == 0 {
			u := rng.Float64() * total
			for i, a := range appeal {
				u -= a
				if u < 0 || i == len(appeal)-1 {
					choices = []int{i}
					break
				}
			}
		}
		p.Votes = append(p.Votes, Vote{Voter: voter, Choices: choices})
	}
	return p
}

// crowded is the number of posts above which nobody can read all of them: each
// finds fewer friends then.
const crowded = 50_000

// applaud gives a post its favourites, boosts and bookmarks, by people who may see it.
func (g *generator) applaud(rng *rand.Rand, p *Post, sl slot) {
	public := p.Visibility == "public" || p.Visibility == "unlisted"
	audience := g.humans
	switch p.Visibility {
	case "private":
		audience = g.followers[p.Author]
	case "direct":
		audience = nil
		for _, m := range sl.cast {
			audience = append(audience, int(m))
		}
	}
	liking := math.Exp(1.5 + 0.8*rng.NormFloat64())
	if len(g.slots) > crowded {
		liking *= 0.4
	}
	switch {
	case p.ReplyTo >= 0:
		liking *= 0.4
	case p.Author == 0:
		liking *= 1.7
	}
	if len(p.Images) > 0 || p.Pinned {
		liking *= 1.5
	}
	p.Favourites = sample(rng, audience, p.Author, int(liking))
	if !public {
		return
	}
	boosting := 0.28
	if p.ReplyTo >= 0 {
		boosting = 0.1
	}
	p.Boosts = sample(rng, audience, p.Author, int(liking*boosting))
	p.Bookmarks = sample(rng, audience, p.Author, int(liking*0.18+0.35*rng.Float64()))
	if p.ReplyTo < 0 && p.Author != 0 && rng.IntN(14) == 0 && !slices.Contains(p.Bookmarks, 0) {
		p.Bookmarks = append(p.Bookmarks, 0)
	}
}

// sample picks up to n distinct members, but not the one left out.
func sample(rng *rand.Rand, from []int, without, n int) []int {
	n = min(n, (len(from)+1)*3/4)
	if n <= 0 {
		return nil
	}
	chosen := make([]int, 0, n)
	for tries := 4 * n; tries > 0 && len(chosen) < n; tries-- {
		m := pick(rng, from)
		if m != without && !slices.Contains(chosen, m) {
			chosen = append(chosen, m)
		}
	}
	return chosen
}
