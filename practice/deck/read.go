package deck

import (
	"crypto/sha256"
	"encoding/hex"
	"errors"
	"fmt"
	"hash"
	"io"
	"io/fs"
	"path"
	"strconv"
	"strings"
)

// The bounds of a deck.
const (
	maxCards = 2000
	maxBytes = 32 << 20 // of deck.yaml and all cards
)

// The files of a deck. Others may be there, for links, and are not read.
const (
	description = "deck.yaml"
	cardsFolder = "cards"
	cardSuffix  = ".md"
)

// Read returns the deck in a folder. The error is Problems with all that is
// wrong: a deck is taken whole or not at all. Another error means that the file
// system failed.
func Read(fsys fs.FS, dir string, terms *Terms) (*Deck, error) {
	sub, err := fs.Sub(fsys, dir)
	if err != nil {
		return nil, err
	}
	var found Problems
	r := reader{fsys: sub, terms: terms, found: &found, hash: sha256.New()}
	d, err := r.deck()
	if err != nil {
		return nil, fmt.Errorf("reading a deck: %w", err)
	}
	if err := found.err(); err != nil {
		return nil, err
	}
	d.Hash = hex.EncodeToString(r.hash.Sum(nil))
	return d, nil
}

// reader reads the files of one deck.
type reader struct {
	fsys  fs.FS
	terms *Terms
	found *Problems
	hash  hash.Hash
	bytes int64
}

// errTooLarge ends the reading of a deck that is larger than maxBytes.
var errTooLarge = errors.New("deck too large")

func (r *reader) deck() (*Deck, error) {
	f := r.file(description)
	source, err := r.read(description)
	if err != nil {
		return nil, err
	}
	d := &Deck{}
	if source != nil {
		d = f.description(source)
	}
	names, err := r.names()
	if err != nil {
		return nil, err
	}
	ids, titles := map[string]string{}, map[string]string{}
	for _, name := range names {
		switch c, err := r.card(d, name); {
		case errors.Is(err, errTooLarge):
			f.say(0, "the deck is larger than 32 MiB")
			return d, nil
		case err != nil:
			return nil, err
		case c != nil:
			r.once(ids, c.ID, "id", name)
			r.once(titles, c.Title, "title", name)
			d.Cards = append(d.Cards, c)
		}
	}
	return d, nil
}

func (r *reader) file(name string) *file {
	return &file{name: name, terms: r.terms, found: r.found, exists: func(to string) bool {
		_, err := fs.Stat(r.fsys, path.Join(path.Dir(name), to))
		return err == nil
	}}
}

// names returns the cards' file names in order.
func (r *reader) names() ([]string, error) {
	entries, err := fs.ReadDir(r.fsys, cardsFolder)
	if err != nil && !errors.Is(err, fs.ErrNotExist) {
		return nil, err
	}
	var out []string
	for _, e := range entries {
		name := path.Join(cardsFolder, e.Name())
		switch {
		case strings.HasPrefix(e.Name(), "."): // of an editor or a file manager
		case !e.Type().IsRegular():
			r.file(name).say(0, "is not a file")
		case path.Ext(name) != cardSuffix:
			r.file(name).say(0, "is not a card: its name must end with .md")
		default:
			out = append(out, name)
		}
	}
	if len(out) == 0 {
		r.file(description).say(0, "the deck has no cards: the folder %q is empty or missing", cardsFolder)
	}
	if len(out) > maxCards {
		r.file(description).say(0, "the deck has %d cards; %d are allowed", len(out), maxCards)
		return nil, nil
	}
	return out, nil
}

// card reads a card and compares it with its deck; nil means there is none.
func (r *reader) card(d *Deck, name string) (*Card, error) {
	source, err := r.read(name)
	if err != nil || source == nil {
		return nil, err
	}
	f := r.file(name)
	c := f.card(source)
	if c == nil {
		return nil, nil
	}
	if want := strings.TrimSuffix(path.Base(name), cardSuffix); c.ID != "" && c.ID != want {
		f.say(lineOf(source, "id:"), "id %s is not the file's name", quoted(c.ID))
	}
	if d.Language != "" && c.Language != "" && c.Language != d.Language {
		f.say(lineOf(source, "lang:"), "lang %s is not the deck's language %q", quoted(c.Language), d.Language)
	}
	for _, role := range c.Roles {
		if _, ok := d.Roles[role]; !ok && len(d.Roles) > 0 {
			f.say(lineOf(source, "role:"), "role %q is not one of the deck's roles", role)
		}
	}
	return c, nil
}

// once notes that two cards of the deck have the same id or title.
func (r *reader) once(seen map[string]string, value, what, name string) {
	if value == "" {
		return
	}
	if first, ok := seen[value]; ok {
		r.file(name).say(0, "has the same %s as %s", what, first)
		return
	}
	seen[value] = name
}

// lineOf returns the line that a key of the front matter is in.
func lineOf(source []byte, key string) int {
	n := 0
	for line := range strings.Lines(string(source)) {
		n++
		if strings.HasPrefix(line, key) {
			return n
		}
	}
	return 0
}

// read returns a file's bytes and adds them to the deck's hash; nil if it is
// missing or too large, which is noted.
func (r *reader) read(name string) ([]byte, error) {
	file, err := r.fsys.Open(name)
	if errors.Is(err, fs.ErrNotExist) {
		r.file(name).say(0, "is missing")
		return nil, nil
	}
	if err != nil {
		return nil, err
	}
	source, err := io.ReadAll(io.LimitReader(file, maxFile+1))
	if err = errors.Join(err, file.Close()); err != nil {
		return nil, err
	}
	if len(source) > maxFile {
		r.file(name).say(0, "is larger than 64 KiB")
		return nil, nil
	}
	if r.bytes += int64(len(source)); r.bytes > maxBytes {
		return nil, errTooLarge
	}
	r.hash.Write([]byte(name + "\x00" + strconv.Itoa(len(source)) + "\x00"))
	r.hash.Write(source)
	return source, nil
}
