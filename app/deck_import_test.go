package app

import (
	"archive/tar"
	"bytes"
	"compress/gzip"
	"crypto/sha256"
	"encoding/hex"
	"io/fs"
	"log/slog"
	"net/http"
	"net/http/httptest"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"github.com/guildhall/guildhall/decks"
	"github.com/guildhall/guildhall/internal/db"
	"github.com/guildhall/guildhall/practice"
)

// shelf is an app as commands open it, and a folder with a deck of its own.
type shelf struct {
	*testing.T
	*App
	folder string
	out    strings.Builder
}

func newShelf(t *testing.T) *shelf {
	t.Helper()
	c := Config{Data: t.TempDir(), Listen: "127.0.0.1:0", AdminListen: "off", RateLimits: "off", MaxCharacters: 500, MailFrom: "a@b.example"}
	if err := c.Check(); err != nil {
		t.Fatal(err)
	}
	a, err := Open(t.Context(), c, Options{Log: slog.New(slog.DiscardHandler), Offline: true})
	if err != nil {
		t.Fatal(err)
	}
	s := &shelf{T: t, App: a, folder: t.TempDir()}
	t.Cleanup(func() { s.must(a.Close()) })
	dsa, err := fs.Sub(decks.Files, "dsa-core")
	s.must(err)
	s.must(os.CopyFS(s.folder, dsa))
	s.replace("deck.yaml", "id: dsa-core", "id: our-deck")
	return s
}

func (s *shelf) must(err error) {
	s.Helper()
	if err != nil {
		s.Fatal(err)
	}
}

// replace changes a file of the deck.
func (s *shelf) replace(name, old, now string) {
	s.Helper()
	name = filepath.Join(s.folder, filepath.FromSlash(name))
	text, err := os.ReadFile(name)
	s.must(err)
	if !strings.Contains(string(text), old) {
		s.Fatalf("%q is not in %s", old, name)
	}
	s.must(os.WriteFile(name, []byte(strings.Replace(string(text), old, now, 1)), 0o600))
}

// options are of an import whose questions are answered so.
func (s *shelf) options(source, says string) DeckImport {
	s.out.Reset()
	return DeckImport{Source: source, In: strings.NewReader(says), Out: &s.out}
}

func (s *shelf) says(parts ...string) {
	s.Helper()
	for _, p := range parts {
		if !strings.Contains(s.out.String(), p) {
			s.Errorf("%q is not in\n%s", p, s.out.String())
		}
	}
}

// packed returns the deck as a forge packs a repository.
func (s *shelf) packed() []byte {
	s.Helper()
	var b bytes.Buffer
	z := gzip.NewWriter(&b)
	t := tar.NewWriter(z)
	s.must(t.AddFS(os.DirFS(filepath.Dir(s.folder))))
	s.must(t.Close())
	s.must(z.Close())
	return b.Bytes()
}

func TestImportDecks(t *testing.T) {
	t.Parallel()
	s := newShelf(t)
	ctx := t.Context()
	if err := s.ImportDecks(ctx, s.options(s.folder, "\n")); err == nil || !strings.Contains(err.Error(), "was not taken") {
		t.Errorf("without a yes: %v", err)
	}
	s.says("our-deck: a new deck", "added    dsa-001", "Take our-deck? [y/N]")
	if _, err := s.Practice.Deck("our-deck"); err == nil {
		t.Error("it was taken without a yes")
	}
	s.must(s.ImportDecks(ctx, s.options(s.folder, "y\n")))
	s.says("our-deck: taken, 22 cards")
	d, err := s.Practice.Deck("our-deck")
	s.must(err)
	if d.Source != s.folder || d.Revision != d.Hash || len(d.Cards) != 22 {
		t.Errorf("from %s at %s, %d cards", d.Source, d.Revision, len(d.Cards))
	}
	told, err := db.Value[int](ctx, s.dbs["practice"], "SELECT COUNT(*) FROM practice_outbox WHERE kind = 'deck_changed'")
	if err != nil || told != 1 {
		t.Errorf("servers are told %d times, %v", told, err)
	}
	s.must(s.UpdateDeck(ctx, "our-deck", s.options("", "")))
	s.says("our-deck: nothing has changed")

	s.replace("cards/dsa-001.md", "minutes: ", "minutes: 1")
	s.must(os.Remove(filepath.Join(s.folder, "cards", "dsa-022.md")))
	o := s.options("", "")
	o.Yes, o.Revision = true, "abc123"
	s.must(s.UpdateDeck(ctx, "our-deck", o))
	s.says("changed  dsa-001", "\n+minutes: 1", "removed  dsa-022", "our-deck: taken, 21 cards")
	s.out.Reset()
	s.must(s.ListDecks(ctx, &s.out))
	s.says("our-deck", "abc123", s.folder)
	s.must(s.Practice.Import(ctx, d.Deck, practice.Bundled, "")) // as a server does at its start
	for id, want := range map[string]string{"nothing": "there is no deck", "our-deck": "comes with the program"} {
		if err := s.UpdateDeck(ctx, id, s.options("", "y")); err == nil || !strings.Contains(err.Error(), want) {
			t.Errorf("%s: %v", id, err)
		}
	}
}

func TestImportDecksRefusesProblems(t *testing.T) {
	t.Parallel()
	s := newShelf(t)
	s.replace("cards/dsa-001.md", "topic: algorithms\n", "topic: algoritms\n")
	err := s.ImportDecks(t.Context(), s.options(s.folder, "y\n"))
	if err == nil || err.Error() != "1 problems: nothing was taken" {
		t.Errorf("got %v", err)
	}
	s.says(`cards/dsa-001.md:7: topic "algoritms" is not known; did you mean "algorithms"?`)
	if _, err := s.Practice.Deck("our-deck"); err == nil {
		t.Error("a deck with a problem was taken")
	}
	if err := s.ImportDecks(t.Context(), s.options(t.TempDir(), "y\n")); err == nil {
		t.Error("a folder without a deck was taken")
	}
}

func TestImportDecksFromArchives(t *testing.T) {
	t.Parallel()
	s := newShelf(t)
	ctx := t.Context()
	data := s.packed()
	sum := sha256.Sum256(data)
	name := filepath.Join(t.TempDir(), "decks.tar.gz")
	s.must(os.WriteFile(name, data, 0o600))
	s.must(s.ImportDecks(ctx, s.options(name, "yes\n")))
	d, err := s.Practice.Deck("our-deck")
	s.must(err)
	if d.Source != name || d.Revision != hex.EncodeToString(sum[:]) {
		t.Errorf("from %s at %s", d.Source, d.Revision)
	}

	server := httptest.NewTLSServer(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		switch r.URL.Path {
		case "/decks.tar.gz":
			_, _ = w.Write(data)
		case "/away":
			http.Redirect(w, r, "http://"+r.Host+"/decks.tar.gz", http.StatusFound)
		default:
			http.NotFound(w, r)
		}
	}))
	t.Cleanup(server.Close)
	o := s.options(server.URL+"/decks.tar.gz", "y\n")
	o.Client = server.Client()
	s.must(s.ImportDecks(ctx, o))
	s.says("the same cards from elsewhere", "our-deck: taken")
	if d, err = s.Practice.Deck("our-deck"); err != nil || d.Source != server.URL+"/decks.tar.gz" {
		t.Errorf("from %s, %v", d.Source, err)
	}
	for _, address := range []string{server.URL + "/away", server.URL + "/nothing", "http://" + server.Listener.Addr().String() + "/decks.tar.gz", "file:///etc/passwd"} {
		o := s.options(address, "y\n")
		o.Client = server.Client()
		if err := s.ImportDecks(ctx, o); err == nil {
			t.Errorf("%s was taken", address)
		}
	}
}
