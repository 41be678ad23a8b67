package app

import (
	"os"
	"path/filepath"
	"strings"
	"testing"

	"github.com/guildhall/guildhall/decks"
)

func TestLintDecks(t *testing.T) {
	t.Parallel()
	var out strings.Builder
	if err := LintDecks(nil, &out); err != nil {
		t.Fatal(err)
	}
	if want := "decks/backend-core: 40 cards, no problems\ndecks/dsa-core: 22 cards, no problems\n"; out.String() != want {
		t.Errorf("got %q, want %q", out.String(), want)
	}
}

func TestLintDecksInFolders(t *testing.T) {
	t.Parallel()
	good, bad, empty := t.TempDir(), t.TempDir(), t.TempDir()
	for _, to := range []string{good, bad} {
		if err := os.CopyFS(to, decks.Files); err != nil {
			t.Fatal(err)
		}
	}
	name := filepath.Join(bad, "dsa-core", "cards", "dsa-001.md")
	source, err := os.ReadFile(name)
	if err != nil {
		t.Fatal(err)
	}
	if err := os.WriteFile(name, []byte(strings.Replace(string(source), "topic: algorithms\n", "topic: algoritms\n", 1)), 0o600); err != nil {
		t.Fatal(err)
	}
	var out strings.Builder
	err = LintDecks([]string{good, bad, empty}, &out)
	if err == nil || err.Error() != "3 problems" {
		t.Errorf("got %v", err)
	}
	for _, want := range []string{
		filepath.Join(good, "dsa-core") + ": 22 cards, no problems\n",
		name + `:7: topic "algoritms" is not known; did you mean "algorithms"?` + "\n",
		filepath.Join(empty, "deck.yaml") + ": is missing\n",
	} {
		if !strings.Contains(out.String(), want) {
			t.Errorf("%q is not in\n%s", want, out.String())
		}
	}
	if err := LintDecks([]string{filepath.Join(empty, "nothing")}, &out); err == nil {
		t.Error("a folder that is not there has no problem")
	}
}
