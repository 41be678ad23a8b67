package deck_test

import (
	"fmt"
	"go/format"
	"io/fs"
	"regexp"
	"strings"
	"testing"

	"github.com/guildhall/guildhall/decks"
	"github.com/guildhall/guildhall/practice/deck"
)

func bundledTerms(t testing.TB) *deck.Terms {
	t.Helper()
	terms, err := deck.ReadTerms(decks.Files)
	if err != nil {
		t.Fatal(err)
	}
	return terms
}

func bundled(t testing.TB, id string) *deck.Deck {
	t.Helper()
	d, err := deck.Read(decks.Files, id, bundledTerms(t))
	if err != nil {
		t.Fatal(err)
	}
	return d
}

func TestBundledTerms(t *testing.T) {
	terms := bundledTerms(t)
	if len(terms.Roles) != 4 || len(terms.Levels) != 4 || len(terms.Topics) < 20 || len(terms.Tags) < 50 {
		t.Errorf("%d roles, %d levels, %d topics, %d tags", len(terms.Roles), len(terms.Levels), len(terms.Topics), len(terms.Tags))
	}
	if terms.Levels[0].ID != "junior" || terms.Levels[3].ID != "staff" || terms.Levels[1].About == "" {
		t.Errorf("levels: %+v", terms.Levels)
	}
}

func TestBundledDecks(t *testing.T) {
	dirs, err := deck.Dirs(decks.Files)
	if err != nil || fmt.Sprint(dirs) != "[backend-core dsa-core]" {
		t.Fatal(dirs, err)
	}
	for _, c := range []struct {
		id, form string
		kinds    map[deck.Kind]int
	}{
		{"backend-core", "be-%03d", map[deck.Kind]int{deck.Technical: 23, deck.Behavioral: 6, deck.Situational: 5, deck.ProblemSolving: 6}},
		{"dsa-core", "dsa-%03d", nil},
	} {
		t.Run(c.id, func(t *testing.T) {
			d := bundled(t, c.id)
			if d.ID != c.id || d.Licence != "CC-BY-SA-4.0" || d.Language != "en" || d.Title == "" || d.Summary == "" {
				t.Errorf("deck.yaml: %+v", d)
			}
			if d.Roles["data"].Weights["networking"] != 0 || d.Roles["platform"].Levels[0] == "" || len(d.Roles) != 4 {
				t.Errorf("roles: %v", d.Roles)
			}
			kinds := map[deck.Kind]int{}
			for i, card := range d.Cards {
				kinds[card.Kind]++
				if want := fmt.Sprintf(c.form, i+1); card.ID != want {
					t.Errorf("card %d is %s, not %s", i, card.ID, want)
				}
				whole(t, card)
			}
			if c.kinds == nil {
				if len(d.Cards) != 22 {
					t.Errorf("%d cards", len(d.Cards))
				}
			} else if fmt.Sprint(kinds) != fmt.Sprint(c.kinds) || len(d.Cards) != 40 {
				t.Errorf("%d cards: %v", len(d.Cards), kinds)
			}
		})
	}
}

var (
	block   = regexp.MustCompile("(?ms)^```go\n(.*?)^```$")
	inTotal = regexp.MustCompile(`\*\*In (\w+) minutes:\*\* (.*)`)
	part    = regexp.MustCompile(`\((\d?)(½?)\)`)
	numbers = map[string]int{"three": 3, "four": 4, "five": 5, "six": 6, "eight": 8}
)

// whole checks what only our own cards promise.
func whole(t *testing.T, c *deck.Card) {
	t.Helper()
	if len(c.Sections) != 5 || len(c.FollowUps) < 3 || c.FollowUps[0].Answer == "" {
		t.Errorf("%s: %d sections, %d follow-ups", c.ID, len(c.Sections), len(c.FollowUps))
	}
	for _, m := range block.FindAllStringSubmatch(string(c.Source), -1) {
		if !strings.HasPrefix(m[1], "package ") {
			continue
		}
		if got, err := format.Source([]byte(m[1])); err != nil || string(got) != m[1] {
			t.Errorf("%s: the program is not formatted: %v", c.ID, err)
		}
	}
	m := inTotal.FindStringSubmatch(string(c.Source))
	if m == nil {
		t.Errorf("%s: no plan for the minutes", c.ID)
		return
	}
	halves := 0
	for _, p := range part.FindAllStringSubmatch(m[2], -1) {
		if p[1] != "" {
			halves += 2 * int(p[1][0]-'0')
		}
		halves += len(p[2]) / len("½")
	}
	if halves != 2*c.Minutes || numbers[m[1]] != c.Minutes {
		t.Errorf("%s: %d minutes, planned are %s and the parts make %v", c.ID, c.Minutes, m[1], float64(halves)/2)
	}
}

func TestParseCardReadsWhatReadAccepts(t *testing.T) {
	for _, id := range []string{"backend-core", "dsa-core"} {
		for _, c := range bundled(t, id).Cards {
			got, err := deck.ParseCard(c.Source)
			if err != nil {
				t.Fatalf("%s: %v", c.ID, err)
			}
			if fmt.Sprintf("%+v", *got) != fmt.Sprintf("%+v", *c) {
				t.Errorf("%s is another card", c.ID)
			}
		}
	}
}

func TestParseDeckReadsWhatReadAccepts(t *testing.T) {
	d := bundled(t, "backend-core")
	got, err := deck.ParseDeck(d.Source)
	if err != nil {
		t.Fatal(err)
	}
	if got.ID != d.ID || got.Summary != d.Summary || fmt.Sprint(got.Roles) != fmt.Sprint(d.Roles) || got.Cards != nil {
		t.Errorf("got %+v", got)
	}
}

func TestHashIsOfAllFiles(t *testing.T) {
	const first = "backend-core/cards/be-001.md"
	d := bundled(t, "backend-core")
	if other := bundled(t, "backend-core"); len(d.Hash) != 64 || other.Hash != d.Hash {
		t.Error("the hash is not the same every time")
	}
	source, err := fs.ReadFile(decks.Files, first)
	if err != nil {
		t.Fatal(err)
	}
	changed := copied(t, decks.Files)
	changed[first].Data = append(source, '\n')
	other, err := deck.Read(changed, "backend-core", bundledTerms(t))
	if err != nil {
		t.Fatal(err)
	}
	if other.Hash == d.Hash || other.Cards[0].Hash == d.Cards[0].Hash || other.Cards[1].Hash != d.Cards[1].Hash {
		t.Error("the hash does not follow the bytes")
	}
}

func FuzzParseCard(f *testing.F) {
	for _, id := range []string{"backend-core", "dsa-core"} {
		for _, c := range bundled(f, id).Cards {
			f.Add(c.Source)
		}
	}
	f.Add([]byte(good))
	f.Fuzz(func(t *testing.T, source []byte) {
		c, err := deck.ParseCard(source)
		if (c == nil) == (err == nil) {
			t.Fatalf("%v, %v", c, err)
		}
		if c != nil && (c.ID == "" || c.Question == "" || len(c.Rubric) > 8 || len(c.Sections) > len(source)) {
			t.Fatalf("%+v", c)
		}
	})
}
