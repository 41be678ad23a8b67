package hint_test

import (
	"reflect"
	"slices"
	"strings"
	"testing"
	"unicode/utf8"

	"github.com/guildhall/guildhall/practice/deck"
	"github.com/guildhall/guildhall/practice/hint"
)

var points = []deck.Point{
	{ID: "plan", Text: "Reads the execution plan before changing anything.", Terms: []string{"explain", "query plan", "full scan"}},
	{ID: "index", Text: "Adds an index that fits the filter.", Terms: []string{"composite index", "covering index"}},
	{ID: "cost", Text: "States what the index costs on writes and disk.", Terms: []string{"write cost", "slower inserts", "disk space"}},
	{ID: "flight", Text: "Loads a missing entry once.", Terms: []string{"single flight", "normalisation", "fan-out", "rollback"}},
	{ID: "state", Text: "Keeps nothing between requests.", Terms: []string{"no sticky cookies", "stateless"}},
}

func TestCompare(t *testing.T) {
	for _, c := range []struct {
		name, answer, point string
		found, negated      bool
		terms               []string
		sentence            string
	}{
		{"a term", "First I look. Then I read the query plan.", "plan", true, false, []string{"query plan"}, "Then I read the query plan."},
		{"inflected", "Composite indices fit the filters.", "index", true, false, []string{"composite index"}, "Composite indices fit the filters."},
		{"with gaps, turned round", "The cost of every write grows, and it takes space on disk.", "cost", true, false, []string{"write cost", "disk space"}, ""},
		{"too far apart", "The cost is something that I would look at last of all, after a write.", "cost", false, false, nil, ""},
		{"hyphen", "We use single-flight loading.", "flight", true, false, []string{"single flight"}, ""},
		{"written as one", "We use singleflight loading.", "flight", true, false, []string{"single flight"}, ""},
		{"written apart", "We roll back and load missing entries once.", "flight", true, false, []string{"rollback"}, ""},
		{"American spelling", "The normalization loads each missing entry once.", "flight", true, false, []string{"normalisation"}, ""},
		{"over two sentences", "EXPLAIN shows it. I read the plan of the execution first.", "plan", true, false, []string{"explain"}, ""},
		{"denied", "We do not add a composite index.", "index", true, true, []string{"composite index"}, "We do not add a composite index."},
		{"never", "Never look at the query plan.", "plan", true, true, []string{"query plan"}, ""},
		{"without", "It works without a covering index.", "index", true, true, []string{"covering index"}, ""},
		{"instead of", "I guess instead of reading the query plan.", "plan", true, true, []string{"query plan"}, ""},
		{"not needed", "A composite index that fits the filter is not needed.", "index", true, true, []string{"composite index"}, ""},
		{"something else is denied", "I don't guess, but read the query plan.", "plan", true, false, []string{"query plan"}, ""},
		{"denied, then said", "Do not start with a composite index. Later I add a covering index that fits the filter.", "index", true, false, []string{"covering index"}, ""},
		{"not only", "Not only the query plan counts, I explain it as well.", "plan", true, false, []string{"explain", "query plan"}, ""},
		{"the point is a negation itself", "There are no sticky cookies.", "state", true, false, []string{"no sticky cookies"}, ""},
		{"nothing", "", "plan", false, false, nil, ""},
	} {
		h, _ := look(t, points, c.point, c.answer)
		if h.Found != c.found || h.Negated != c.negated || h.List || !slices.Equal(h.Terms, c.terms) {
			t.Errorf("%s: %+v", c.name, h)
		}
		if c.sentence != "" && h.Sentence != c.sentence {
			t.Errorf("%s: %q, not %q", c.name, h.Sentence, c.sentence)
		}
	}
}

func TestListsOfKeywords(t *testing.T) {
	for _, answer := range []string{
		"explain, query plan, full scan, composite index, covering index, write cost",
		"- explain\n- query plan\n- covering index\n- slower inserts\n- disk space",
	} {
		hints := hint.Compare(answer, points)
		if !hint.Flag(hints).KeywordList || !hints[0].List {
			t.Errorf("%q is no list of keywords: %+v", answer, hints)
		}
	}
	prose := "I read the query plan with EXPLAIN. If it shows a full scan, a composite index helps, and I say what its write cost is."
	if hints := hint.Compare(prose, points); hint.Flag(hints) != (hint.Flags{}) {
		t.Errorf("prose is flagged: %+v", hints)
	}
}

func TestOnlyTheBeginningOfAnEndlessAnswerIsLookedAt(t *testing.T) {
	filler := strings.Repeat("Something else is told here, ä. ", hint.MaxLength/32)
	if h, _ := look(t, points, "plan", filler+"I read the query plan."); h.Found {
		t.Errorf("found beyond the limit: %+v", h)
	}
	if h, _ := look(t, points, "plan", "I read the query plan. "+filler); !h.Found {
		t.Error("not found at the beginning")
	}
	h, _ := look(t, points, "plan", strings.Repeat("ä ", 300)+"I read the query plan")
	if len(h.Sentence) > 410 || !utf8.ValidString(h.Sentence) {
		t.Errorf("quoted: %d bytes %q", len(h.Sentence), h.Sentence)
	}
}

func FuzzCompare(f *testing.F) {
	for _, s := range []string{
		"", "I read the query plan.", "e.g. an index, i.e. 3.5 % n+1", "no, not, never ... \xff\xfe 'n't’s", "a\nb\r\n- c; d: e (f) / g",
		strings.Repeat("index ", 20000), strings.Repeat("x", 100000), strings.Repeat("no.", 30000), strings.Repeat("useless ", 20000),
		strings.Repeat("ab c, ", 20000), strings.Repeat("write cost ", 7000), strings.Repeat("not that, ", 9000),
	} {
		f.Add(s)
	}
	f.Fuzz(func(t *testing.T, answer string) {
		hints := hint.Compare(answer, points)
		if len(hints) != len(points) {
			t.Fatalf("%d hints", len(hints))
		}
		for i, h := range hints {
			if h.Point != points[i].ID || h.Found != (h.Sentence != "") || len(h.Sentence) > 410 || !h.Found && (h.Negated || h.List || h.Terms != nil) {
				t.Fatalf("%+v", h)
			}
			for _, term := range h.Terms {
				if !slices.Contains(points[i].Terms, term) {
					t.Fatalf("%q is no term of %s", term, h.Point)
				}
			}
		}
		if again := hint.Compare(answer, points); !reflect.DeepEqual(hints, again) {
			t.Fatalf("%+v, then %+v", hints, again)
		}
		// a rubric is text that others wrote, too; a deck bounds its length
		answer = answer[:min(len(answer), 500)]
		hint.Compare("I read the query plan", []deck.Point{{ID: "x", Text: answer, Terms: []string{answer, ""}}})
	})
}
