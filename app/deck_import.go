package app

import (
	"bufio"
	"bytes"
	"context"
	"crypto/sha256"
	"encoding/hex"
	"errors"
	"fmt"
	"io"
	"io/fs"
	"net/http"
	"net/url"
	"os"
	"path/filepath"
	"strings"
	"text/tabwriter"
	"time"

	"github.com/guildhall/guildhall/internal/errs"
	"github.com/guildhall/guildhall/practice"
	"github.com/guildhall/guildhall/practice/deck"
)

// The bounds of an archive with decks, as it is read or downloaded.
const (
	maxDeckArchive = 64 << 20 // bytes, packed
	deckDownload   = time.Minute
)

// DeckImport says how decks are brought in.
type DeckImport struct {
	Source   string // a folder, a .tar.gz, or the https address of one
	Revision string // to keep; empty: the hash of what was read
	Only     string // the id of the deck that is wanted; empty: all that are there
	Yes      bool   // do not ask
	In       io.Reader
	Out      io.Writer
	Client   *http.Client // for downloads; nil: the usual one
}

// ImportDecks checks the decks of a source, shows what would change, asks, and
// keeps them in the place of those with the same ids. If one has a problem, none
// is taken. A running server, and all others on the database, show them within
// some ten seconds, when the bus next looks for what commands have left to tell.
func (a *App) ImportDecks(ctx context.Context, o DeckImport) (err error) {
	if err := a.Practice.Load(ctx); err != nil {
		return err
	}
	src, err := openDecks(ctx, o.Source, o.Client)
	if err != nil {
		return err
	}
	defer func() { err = errors.Join(err, src.close()) }()
	found, err := src.read(o.Only, a.Practice.Terms(), o.Out)
	if err != nil {
		return err
	}
	in := bufio.NewReader(o.In)
	for _, d := range found {
		revision := o.Revision
		if revision == "" {
			revision = src.revision
		}
		if revision == "" {
			revision = d.Hash
		}
		if err := a.importDeck(ctx, d, src.name, revision, in, o); err != nil {
			return err
		}
	}
	return nil
}

// importDeck takes one deck if the operator says so.
func (a *App) importDeck(ctx context.Context, d *deck.Deck, source, revision string, in *bufio.Reader, o DeckImport) error {
	kept, err := a.Practice.Deck(d.ID)
	if err != nil && !errs.Is(err, errs.NotFound) {
		return err
	}
	var before *deck.Deck
	if kept != nil {
		before = kept.Deck
		if kept.Hash == d.Hash && kept.Source == source && kept.Revision == revision {
			_, err := fmt.Fprintf(o.Out, "%s: nothing has changed\n", d.ID)
			return err
		}
	}
	if err := showChanges(o.Out, d, kept, deck.Compare(before, d)); err != nil {
		return err
	}
	if !o.Yes {
		if yes, err := confirmed(in, o.Out, "Take "+d.ID+"? [y/N] "); err != nil || !yes {
			return errors.Join(err, fmt.Errorf("%s was not taken", d.ID))
		}
	}
	if err := a.Practice.Import(ctx, d, source, revision); err != nil {
		return err
	}
	_, err = fmt.Fprintf(o.Out, "%s: taken, %d cards\n", d.ID, len(d.Cards))
	return err
}

// showChanges prints what a deck would change: the lines of cards that differ,
// and a line for each that comes or goes.
func showChanges(out io.Writer, d *deck.Deck, kept *practice.Deck, changes []deck.Change) error {
	var b strings.Builder
	switch {
	case kept == nil:
		fmt.Fprintf(&b, "%s: a new deck, %s, licence %s\n", d.ID, d.Title, d.Licence)
	case len(changes) == 0:
		fmt.Fprintf(&b, "%s: the same cards from elsewhere, or at another revision; they were from %s\n", d.ID, kept.Source)
	default:
		fmt.Fprintf(&b, "%s: kept is that of %s, %s\n", d.ID, kept.Source, kept.ImportedAt.UTC().Format(time.DateOnly))
	}
	for _, c := range changes {
		name := c.CardID
		if name == "" {
			name = "deck.yaml"
		}
		fmt.Fprintf(&b, "  %-8s %s  %s\n", c.Action, name, c.Title)
		if c.Action == deck.Changed {
			b.WriteString(c.Diff)
		}
	}
	_, err := io.WriteString(out, b.String())
	return err
}

// confirmed asks a question, whose answer is no unless it begins with y.
func confirmed(in *bufio.Reader, out io.Writer, question string) (bool, error) {
	if _, err := io.WriteString(out, question); err != nil {
		return false, err
	}
	line, err := in.ReadString('\n')
	if err != nil && !errors.Is(err, io.EOF) {
		return false, err
	}
	return strings.HasPrefix(strings.ToLower(strings.TrimSpace(line)), "y"), nil
}

// UpdateDeck brings a deck in again from where it came from.
func (a *App) UpdateDeck(ctx context.Context, id string, o DeckImport) error {
	if err := a.Practice.Load(ctx); err != nil {
		return err
	}
	kept, err := a.Practice.Deck(id)
	if errs.Is(err, errs.NotFound) {
		return fmt.Errorf("there is no deck %q", id)
	}
	if err != nil {
		return err
	}
	if kept.Source == practice.Bundled {
		return fmt.Errorf("%s comes with the program and is updated with it", id)
	}
	o.Source, o.Only = kept.Source, id
	return a.ImportDecks(ctx, o)
}

// ListDecks prints a line for each deck.
func (a *App) ListDecks(ctx context.Context, out io.Writer) error {
	if err := a.Practice.Load(ctx); err != nil {
		return err
	}
	w := tabwriter.NewWriter(out, 0, 0, 2, ' ', 0)
	fmt.Fprintln(w, "ID\tCARDS\tLICENCE\tSINCE\tREVISION\tSOURCE")
	for _, d := range a.Practice.Decks() {
		revision := d.Revision
		if len(revision) == sha256.Size*2 {
			revision = revision[:12]
		}
		fmt.Fprintf(w, "%s\t%d\t%s\t%s\t%s\t%s\n", d.ID, len(d.Cards), d.Licence, d.ImportedAt.UTC().Format(time.DateOnly), revision, d.Source)
	}
	return w.Flush()
}

// deckSource is where decks are read from.
type deckSource struct {
	files    fs.FS
	name     string // to find it again
	revision string // empty: a folder has none of its own
	close    func() error
}

// openDecks opens a folder, an archive or an address.
func openDecks(ctx context.Context, source string, client *http.Client) (*deckSource, error) {
	if strings.Contains(source, "://") {
		data, err := downloadDecks(ctx, source, client)
		if err != nil {
			return nil, fmt.Errorf("%s: %w", source, err)
		}
		return unpackDecks(source, data)
	}
	name, err := filepath.Abs(source)
	if err != nil {
		return nil, err
	}
	info, err := os.Stat(name)
	if err != nil {
		return nil, err
	}
	if info.IsDir() {
		root, err := os.OpenRoot(name)
		if err != nil {
			return nil, err
		}
		return &deckSource{files: root.FS(), name: name, close: root.Close}, nil
	}
	f, err := os.Open(name)
	if err != nil {
		return nil, err
	}
	data, err := readArchive(f)
	if err = errors.Join(err, f.Close()); err != nil {
		return nil, fmt.Errorf("%s: %w", name, err)
	}
	return unpackDecks(name, data)
}

func unpackDecks(name string, data []byte) (*deckSource, error) {
	files, err := deck.FromTar(bytes.NewReader(data))
	if err != nil {
		return nil, fmt.Errorf("%s: %w", name, err)
	}
	sum := sha256.Sum256(data)
	return &deckSource{files: files, name: name, revision: hex.EncodeToString(sum[:]), close: func() error { return nil }}, nil
}

func readArchive(r io.Reader) ([]byte, error) {
	data, err := io.ReadAll(io.LimitReader(r, maxDeckArchive+1))
	if err == nil && len(data) > maxDeckArchive {
		err = errors.New("the archive is larger than 64 MiB")
	}
	return data, err
}

// downloadDecks gets an archive by https. The address is the operator's own, who
// may well keep decks on a machine of their network: unlike those that members
// give, it may lead inside, and it goes through a proxy if one is set.
func downloadDecks(ctx context.Context, address string, client *http.Client) (data []byte, err error) {
	u, err := url.Parse(address)
	if err != nil {
		return nil, err
	}
	if u.Scheme != "https" || u.Host == "" {
		return nil, errors.New("only https addresses can be read")
	}
	c := http.Client{}
	if client != nil {
		c = *client
	}
	c.CheckRedirect = func(r *http.Request, via []*http.Request) error {
		if r.URL.Scheme != "https" || len(via) > 5 {
			return errors.New("leads away from https, or on and on")
		}
		return nil
	}
	ctx, cancel := context.WithTimeout(ctx, deckDownload)
	defer cancel()
	req, err := http.NewRequestWithContext(ctx, http.MethodGet, address, nil)
	if err != nil {
		return nil, err
	}
	res, err := c.Do(req)
	if err != nil {
		return nil, err
	}
	defer func() { err = errors.Join(err, res.Body.Close()) }()
	if res.StatusCode != http.StatusOK {
		return nil, fmt.Errorf("the server answered %s", res.Status)
	}
	return readArchive(res.Body)
}

// read returns the decks of the source. If one has problems, all problems are
// printed and none is returned.
func (s *deckSource) read(only string, terms *deck.Terms, out io.Writer) ([]*deck.Deck, error) {
	dirs, err := deck.Dirs(s.files)
	if err != nil {
		return nil, err
	}
	var list []*deck.Deck
	problems, at := 0, map[string]string{}
	for _, dir := range dirs {
		d, err := deck.Read(s.files, dir, terms)
		var found deck.Problems
		if err != nil && !errors.As(err, &found) {
			return nil, err
		}
		for _, p := range found {
			p.File = filepath.Join(dir, p.File)
			if _, err := fmt.Fprintln(out, p); err != nil {
				return nil, err
			}
		}
		problems += len(found)
		if found != nil || only != "" && d.ID != only {
			continue
		}
		if other, twice := at[d.ID]; twice {
			return nil, fmt.Errorf("the deck %q is in %s and in %s: nothing was taken", d.ID, other, dir)
		}
		at[d.ID], list = dir, append(list, d)
	}
	switch {
	case problems > 0:
		return nil, fmt.Errorf("%d problems: nothing was taken", problems)
	case len(list) == 0 && only != "":
		return nil, fmt.Errorf("there is no deck %q in %s", only, s.name)
	case len(list) == 0:
		return nil, fmt.Errorf("there is no deck in %s", s.name)
	}
	return list, nil
}
