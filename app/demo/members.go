package demo

import (
	"fmt"
	"image"
	"math/rand/v2"
	"slices"
	"strings"
	"time"
	"unicode"

	"golang.org/x/text/unicode/norm"
)

// profile is a member before it has joined, with what it likes to talk about.
type profile struct {
	Member
	topics []string
	look   string // words that drawAvatar knows; empty for chance
}

// loadProfiles reads content/members.txt: blocks that begin with "@username", of lines "Key: value".
func loadProfiles() []profile {
	all, err := parseProfiles(readContent("members.txt"))
	if err != nil {
		panic("demo: members.txt: " + err.Error())
	}
	return all
}

func parseProfiles(text string) ([]profile, error) {
	var all []profile
	for n, line := range strings.Split(text, "\n") {
		line = strings.TrimSpace(line)
		if line == "" {
			continue
		}
		if name, ok := strings.CutPrefix(line, "@"); ok {
			all = append(all, profile{Member: Member{Username: name}})
			continue
		}
		key, value, ok := strings.Cut(line, ": ")
		if !ok || len(all) == 0 {
			return nil, fmt.Errorf("line %d: no key, or no member yet", n+1)
		}
		p := &all[len(all)-1]
		switch key {
		case "Name":
			p.DisplayName = value
		case "Note":
			p.Note = value
		case "Topics":
			p.topics = strings.Fields(value)
		case "Look":
			p.look = value
		case "Flags":
			p.Locked = strings.Contains(value, "locked")
			p.Bot = strings.Contains(value, "bot")
		default:
			p.Fields = append(p.Fields, Field{Name: key, Value: value})
		}
	}
	return all, nil
}

// people composes further members from content/names.txt, whose lines are "given@region: a, b",
// "surname@region: a, b", "bio: template", "field@Name: template" and "topics: a b c".
type people struct {
	regions   []region
	bios      []string
	fields    []Field
	topics    []string
	usernames map[string]bool
}

type region struct {
	name           string
	given, surname []string
}

func loadPeople() *people {
	p := &people{usernames: map[string]bool{}}
	for _, line := range strings.Split(readContent("names.txt"), "\n") {
		key, value, ok := strings.Cut(line, ": ")
		if !ok {
			continue
		}
		kind, name, _ := strings.Cut(key, "@")
		switch kind {
		case "given":
			p.regions = append(p.regions, region{name: name, given: strings.Split(value, ", ")})
		case "surname":
			i := slices.IndexFunc(p.regions, func(r region) bool { return r.name == name })
			p.regions[i].surname = strings.Split(value, ", ")
		case "bio":
			p.bios = append(p.bios, value)
		case "field":
			p.fields = append(p.fields, Field{Name: name, Value: value})
		case "topics":
			p.topics = strings.Fields(value)
		}
	}
	return p
}

// compose invents one more member with a username of its own.
func (p *people) compose(rng *rand.Rand) profile {
	r := p.regions[rng.IntN(len(p.regions))]
	given, surname := pick(rng, r.given), pick(rng, r.surname)
	m := Member{
		Username:    p.username(rng, given, surname),
		DisplayName: given + " " + surname,
		Note:        expand(rng, pick(rng, p.bios)),
		Locked:      rng.IntN(25) == 0,
	}
	first := rng.IntN(len(p.fields))
	for i := range rng.IntN(4) {
		f := p.fields[(first+i)%len(p.fields)]
		value := strings.ReplaceAll(expand(rng, f.Value), "USERNAME", strings.ReplaceAll(m.Username, "_", "-"))
		m.Fields = append(m.Fields, Field{Name: f.Name, Value: value})
	}
	topics := []string{pick(rng, p.topics), pick(rng, p.topics)}
	return profile{Member: m, topics: topics}
}

func (p *people) username(rng *rand.Rand, given, surname string) string {
	g, s := ascii(given), ascii(surname)
	styles := []string{g + s, g[:1] + s, g + "_" + s, s + g[:1], g + "_dev", g + s[:1], "its_" + g, s + "_" + g}
	first := rng.IntN(len(styles))
	for i := range styles {
		name := styles[(first+i)%len(styles)]
		if len(name) <= 30 && !p.usernames[name] {
			p.usernames[name] = true
			return name
		}
	}
	base := styles[first]
	for n := 2; ; n++ {
		name := fmt.Sprintf("%s%d", base[:min(len(base), 22)], n)
		if !p.usernames[name] {
			p.usernames[name] = true
			return name
		}
	}
}

// ascii folds a name to the lower-case letters a username may have.
func ascii(name string) string {
	special := strings.NewReplacer("ł", "l", "Ł", "l", "ø", "o", "Ø", "o", "ß", "ss", "đ", "d", "ı", "i", "æ", "ae", "ð", "d")
	return strings.Map(func(r rune) rune {
		if r < unicode.MaxASCII && unicode.IsLetter(r) {
			return unicode.ToLower(r)
		}
		return -1
	}, norm.NFD.String(special.Replace(name)))
}

// enrol creates the members: the written ones first, then as many composed ones as are needed.
func (g *generator) enrol(accounts int) {
	rng := g.rng(streamMembers, 0)
	profiles := loadProfiles()
	written := len(profiles)
	profiles = profiles[:min(accounts, written)]
	if accounts > written {
		crowd := loadPeople()
		for _, p := range profiles {
			crowd.usernames[p.Username] = true
		}
		for len(profiles) < accounts {
			profiles = append(profiles, crowd.compose(rng))
		}
	}
	g.written = min(accounts, written)
	g.members = make([]Member, accounts)
	g.index = make(map[string]int, accounts)
	g.interests = make([][]string, accounts)
	for i, p := range profiles {
		m := p.Member
		m.Joined = g.start.Add(-24*time.Hour - time.Duration(rng.Int64N(int64(300*24*time.Hour)))).Truncate(time.Second)
		look := rand.NewPCG(hash(m.Username), streamLooks).Uint64()
		m.Avatar = func() image.Image { return drawAvatar(look, p) }
		m.Header = func() image.Image { return drawHeader(look) }
		g.members[i] = m
		g.index[m.Username] = i
		g.interests[i] = p.topics
		if !m.Bot {
			g.humans = append(g.humans, i)
		}
	}
}
