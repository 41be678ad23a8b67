package deck_test

import (
	"fmt"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"testing"

	"github.com/guildhall/guildhall/practice/deck"
)

func read(t *testing.T, card, description string) *deck.Deck {
	t.Helper()
	m := two(card)
	m["deck.yaml"].Data = []byte(description)
	d, err := deck.Read(m, ".", bundledTerms(t))
	if err != nil {
		t.Fatal(err)
	}
	return d
}

func TestCompare(t *testing.T) {
	before := read(t, good, goodDeck)
	for _, c := range []struct {
		old, new, want, diff string
	}{
		{`"Why?"`, `"Why not?"`, "[question]", `--- a/cards/x-001.md
+++ b/cards/x-001.md
@@ -9,7 +9,7 @@
 level: mid
 minutes: 6
 lang: en
-question: "Why?"
+question: "Why not?"
 license: MIT
 authors: ["A. Writer"]
 rubric:
`},
		{"traps: [guesses]", "traps: [guesses, waits]", "[rubric]", ""},
		{"- Do.\n", "- Do.\n- Do more.\n", "[text]", `--- a/cards/x-001.md
+++ b/cards/x-001.md
@@ -31,6 +31,7 @@
 ## Best practices
 
 - Do.
+- Do more.
 
 ## Common pitfalls
 
`},
		{"minutes: 6", "minutes: 7", "[details]", ""},
		{"minutes: 6", "minutes:  6", "[details]", ""}, // the bytes differ, and so the version
		{"weight: 3", "weight: 4", "[rubric]", ""},
		{"goes on.\n", "goes on.", "[details]", `--- a/cards/x-001.md
+++ b/cards/x-001.md
@@ -40,4 +40,4 @@
 
 - **Why so?** Because.
 - **And then?** That
-  goes on.
+  goes on.
\ No newline at end of file
`},
	} {
		t.Run(c.new, func(t *testing.T) {
			got := deck.Compare(before, read(t, strings.Replace(good, c.old, c.new, 1), goodDeck))
			if len(got) != 1 || got[0].CardID != "x-001" || got[0].Action != deck.Changed || fmt.Sprint(got[0].Parts) != c.want {
				t.Fatalf("got %+v", got)
			}
			if c.diff != "" && got[0].Diff != c.diff {
				t.Errorf("got\n%s\nwant\n%s", got[0].Diff, c.diff)
			}
		})
	}
	if got := deck.Compare(before, before); got != nil {
		t.Errorf("got %+v", got)
	}
	got := deck.Compare(before, read(t, good, strings.Replace(goodDeck, "title: X", "title: Y", 1)))
	if len(got) != 1 || got[0].CardID != "" || got[0].Action != deck.Changed || got[0].Title != "Y" || !strings.Contains(got[0].Diff, "-title: X\n+title: Y\n") {
		t.Errorf("got %+v", got)
	}
}

func TestCompareWithNone(t *testing.T) {
	d := read(t, good, goodDeck)
	for _, c := range []struct {
		before, after *deck.Deck
		action        deck.Action
		head          string
	}{
		{nil, d, deck.Added, "--- /dev/null\n+++ b/cards/x-001.md\n@@ -0,0 +1,43 @@\n+---\n"},
		{d, nil, deck.Removed, "--- a/cards/x-001.md\n+++ /dev/null\n@@ -1,43 +0,0 @@\n----\n"},
	} {
		got := deck.Compare(c.before, c.after)
		if len(got) != 3 || got[0].CardID != "" || got[1].CardID != "x-001" || got[2].CardID != "x-002" {
			t.Fatalf("got %+v", got)
		}
		for _, one := range got {
			if one.Action != c.action || one.Title == "" || one.Parts != nil {
				t.Errorf("got %+v", one)
			}
		}
		if !strings.HasPrefix(got[1].Diff, c.head) {
			t.Errorf("got %s", got[1].Diff[:100])
		}
	}
}

// A diff is right if patch makes the new file of the old one.
func TestDiffCanBeApplied(t *testing.T) {
	patch, err := exec.LookPath("patch")
	if err != nil {
		t.Skip("no patch here")
	}
	cards := bundled(t, "backend-core").Cards
	for i := range 5 {
		a, b := *cards[i], *cards[i+1]
		b.ID = a.ID
		change := deck.Compare(&deck.Deck{Cards: []*deck.Card{&a}}, &deck.Deck{Cards: []*deck.Card{&b}})
		name := filepath.Join(t.TempDir(), "card.md")
		if err := os.WriteFile(name, a.Source, 0o600); err != nil {
			t.Fatal(err)
		}
		cmd := exec.Command(patch, "-s", name)
		cmd.Stdin = strings.NewReader(change[0].Diff)
		if out, err := cmd.CombinedOutput(); err != nil {
			t.Fatalf("%v: %s", err, out)
		}
		got, err := os.ReadFile(name)
		if err != nil || string(got) != string(b.Source) {
			t.Errorf("%s to %s: the diff makes another file (%v)", cards[i].ID, cards[i+1].ID, err)
		}
	}
}

func TestDiffOfHugeFilesIsBounded(t *testing.T) {
	a, b := deck.Card{ID: "x", Hash: "a"}, deck.Card{ID: "x", Hash: "b"}
	for i := range 30_000 {
		a.Source = fmt.Appendf(a.Source, "%d\n", i%7)
		b.Source = fmt.Appendf(b.Source, "%d\n", i%5)
	}
	got := deck.Compare(&deck.Deck{Cards: []*deck.Card{&a}}, &deck.Deck{Cards: []*deck.Card{&b}})
	if len(got) != 1 || strings.Count(got[0].Diff, "\n-") < 29_000 {
		t.Errorf("got %d changes", len(got))
	}
}
