package hint_test

import (
	"bytes"
	"encoding/json"
	"fmt"
	"io/fs"
	"maps"
	"math/rand/v2"
	"os"
	"path"
	"slices"
	"strings"
	"testing"

	"go.yaml.in/yaml/v3"

	"github.com/guildhall/guildhall/decks"
	"github.com/guildhall/guildhall/practice/deck"
	"github.com/guildhall/guildhall/practice/hint"
)

// rubrics returns the points of all bundled cards.
func rubrics(t testing.TB) map[string][]deck.Point {
	t.Helper()
	files, err := fs.Glob(decks.Files, "*/cards/*.md")
	if err != nil || len(files) < 60 {
		t.Fatalf("%d cards: %v", len(files), err)
	}
	all := map[string][]deck.Point{}
	for _, file := range files {
		source, err := fs.ReadFile(decks.Files, file)
		if err != nil {
			t.Fatal(err)
		}
		var front struct {
			Rubric []struct {
				ID    string
				Point string
				Terms []string
			}
		}
		if err := yaml.Unmarshal(bytes.SplitN(source, []byte("---\n"), 3)[1], &front); err != nil {
			t.Fatalf("%s: %v", file, err)
		}
		id := strings.TrimSuffix(path.Base(file), ".md")
		for _, p := range front.Rubric {
			all[id] = append(all[id], deck.Point{ID: p.ID, Text: p.Point, Terms: p.Terms})
		}
	}
	return all
}

func lines[T any](t testing.TB, file string) []T {
	t.Helper()
	source, err := os.ReadFile(file)
	if err != nil {
		t.Fatal(err)
	}
	var all []T
	for line := range strings.Lines(string(source)) {
		var v T
		if err := json.Unmarshal([]byte(line), &v); err != nil {
			t.Fatalf("%s: %v: %s", file, err, line)
		}
		all = append(all, v)
	}
	return all
}

type pair struct {
	Card, Point, Answer string
	Covered             bool
}

type tally struct{ right, wrong, missed, refused, flagged int }

func (c tally) precision() float64 { return float64(c.right) / float64(max(1, c.right+c.wrong)) }
func (c tally) recall() float64    { return float64(c.right) / float64(max(1, c.right+c.missed)) }

func (c tally) String() string {
	n := c.right + c.wrong + c.missed + c.refused
	return fmt.Sprintf("%d pairs: precision %.3f, recall %.3f, flagged %.3f", n, c.precision(), c.recall(), float64(c.flagged)/float64(n))
}

// The first half of the pairs was used to set the weights, the second was not.
func TestPairs(t *testing.T) {
	cards, pairs := rubrics(t), lines[pair](t, "testdata/pairs.jsonl")
	if len(pairs) != 200 {
		t.Fatalf("%d pairs", len(pairs))
	}
	seen := map[string]bool{}
	var halves [2]tally
	var all tally
	for i, p := range pairs {
		seen[p.Card] = true
		h, flags := look(t, cards[p.Card], p.Point, p.Answer)
		odd := flags != hint.Flags{} || h.Negated || h.List
		for _, c := range []*tally{&halves[i/100], &all} {
			found := h.Found && !h.Negated && !h.List
			switch {
			case found && p.Covered:
				c.right++
			case found:
				c.wrong++
			case p.Covered:
				c.missed++
			default:
				c.refused++
			}
			if odd {
				c.flagged++
			}
		}
	}
	t.Logf("first half: %v", halves[0])
	t.Logf("second half: %v", halves[1])
	t.Logf("all: %v", all)
	if len(seen) < 25 {
		t.Errorf("only %d cards", len(seen))
	}
	for _, c := range append(halves[:], all) {
		if c.precision() < 0.9 {
			t.Errorf("precision is below 0.90: %v", c)
		}
		if c.recall() < 0.6 {
			t.Errorf("recall is below 0.60: %v", c)
		}
	}
	if all.flagged > 10 {
		t.Errorf("more than 5 %% of honest answers are flagged: %v", all)
	}
}

func look(t *testing.T, points []deck.Point, id, answer string) (hint.Hint, hint.Flags) {
	t.Helper()
	hints := hint.Compare(answer, points)
	for _, h := range hints {
		if h.Point == id {
			return h, hint.Flag(hints)
		}
	}
	t.Fatalf("no point %s", id)
	return hint.Hint{}, hint.Flags{}
}

// An answer to one card says next to nothing about another one.
func TestOffTopic(t *testing.T) {
	cards := rubrics(t)
	found, all := 0, 0
	ids := slices.Sorted(maps.Keys(cards))
	for i, p := range lines[pair](t, "testdata/pairs.jsonl") {
		for k := range 5 {
			card := ids[(7*i+11*k)%len(ids)]
			if card == p.Card {
				continue
			}
			for _, h := range hint.Compare(p.Answer, cards[card]) {
				all++
				if h.Found && !h.Negated && !h.List {
					found++
				}
			}
		}
	}
	t.Logf("%d of %d points of other cards are found", found, all)
	if 100*found > 2*all {
		t.Errorf("%d of %d points of other cards are found", found, all)
	}
}

// The text of a card answers its question, with all that prose has of negations,
// lists, code and tables.
func TestCardsAnswerThemselves(t *testing.T) {
	cards := rubrics(t)
	files, err := fs.Glob(decks.Files, "*/cards/*.md")
	if err != nil {
		t.Fatal(err)
	}
	found, odd, all := 0, 0, 0
	for _, file := range files {
		source, err := fs.ReadFile(decks.Files, file)
		if err != nil {
			t.Fatal(err)
		}
		hints := hint.Compare(string(bytes.SplitN(source, []byte("---\n"), 3)[2]), cards[strings.TrimSuffix(path.Base(file), ".md")])
		if flags := hint.Flag(hints); flags != (hint.Flags{}) {
			t.Errorf("%s: %+v", file, flags)
		}
		for _, h := range hints {
			all++
			switch {
			case h.Negated || h.List:
				odd++
			case h.Found:
				found++
			}
		}
	}
	t.Logf("of %d points %d are found and %d flagged", all, found, odd)
	if 10*found < 8*all || 50*odd > all {
		t.Errorf("of %d points %d are found and %d flagged", all, found, odd)
	}
}

type attack struct{ Card, Kind, Answer string }

func TestAttacks(t *testing.T) {
	cards := rubrics(t)
	for kind, made := range map[string]func([]deck.Point, *rand.Rand) string{"list": shuffled, "negation": denied} {
		var attacks []attack
		for _, a := range lines[attack](t, "testdata/attacks.jsonl") {
			if a.Kind == kind {
				attacks = append(attacks, a)
			}
		}
		byHand := len(attacks)
		for card, points := range cards {
			for seed := range uint64(3) {
				attacks = append(attacks, attack{card, kind, made(points, rand.New(rand.NewPCG(seed, uint64(len(points)))))})
			}
		}
		var missed [2]int
		for i, a := range attacks {
			hints := hint.Compare(a.Answer, cards[a.Card])
			flags := hint.Flag(hints)
			if kind == "list" && flags.KeywordList || kind == "negation" && flags.Negated {
				continue
			}
			half := 0
			if i >= byHand {
				half = 1
			}
			missed[half]++
			t.Logf("not flagged: %s %q", a.Card, a.Answer)
		}
		t.Logf("%s: %d of %d by hand and %d of %d made are not flagged", kind, missed[0], byHand, missed[1], len(attacks)-byHand)
		if all := missed[0] + missed[1]; len(attacks) < 60 || 20*all > len(attacks) || 20*missed[0] > max(20, byHand) {
			t.Errorf("%s: more than 5 %% of the attacks are not flagged", kind)
		}
	}
}

// shuffled lists a rubric's terms in any order.
func shuffled(points []deck.Point, rnd *rand.Rand) string {
	var terms []string
	for _, p := range points {
		terms = append(terms, p.Terms...)
	}
	rnd.Shuffle(len(terms), func(i, j int) { terms[i], terms[j] = terms[j], terms[i] })
	return strings.Join(terms[:min(len(terms), 6+rnd.IntN(20))], []string{", ", " ", "\n- ", "; ", " and ", ". "}[rnd.IntN(6)])
}

// denied says the contrary of each point.
func denied(points []deck.Point, rnd *rand.Rand) string {
	var text strings.Builder
	for _, p := range points {
		a, b := p.Terms[rnd.IntN(len(p.Terms))], p.Terms[rnd.IntN(len(p.Terms))]
		fmt.Fprintf(&text, [...]string{
			"We do not use %[1]s or %[2]s. ",
			"I would never think of %[1]s, and there is no %[2]s here. ",
			"It works without %[1]s and without any %[2]s. ",
			"Nobody needs %[1]s, %[2]s or anything like that. ",
			"I just try things instead of %[1]s. ",
			"%[1]s is not needed. ",
			"It is not true that %[3]s ",
			"An answer never %[3]s ",
			"You don't have to care about %[1]s or %[2]s. ",
			"There isn't any %[1]s. ",
		}[rnd.IntN(10)], a, b, strings.ToLower(p.Text[:1])+p.Text[1:])
	}
	return text.String()
}
