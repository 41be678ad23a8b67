package practice

import (
	"context"
	"fmt"
	"io/fs"
	"maps"
	"path"
	"slices"
	"time"

	"github.com/guildhall/guildhall/internal/db"
	"github.com/guildhall/guildhall/internal/errs"
	"github.com/guildhall/guildhall/practice/deck"
)

// Bundled is the source of the decks that come with the program.
const Bundled = "bundled"

// Deck is a deck with where it came from.
type Deck struct {
	*deck.Deck
	Source     string // Bundled, or an address
	Revision   string // the commit that it was read at; empty: none
	ImportedAt time.Time
}

// library is all decks, as they are now. It is not changed once it is made.
type library struct {
	decks  []*Deck // by id
	byID   map[string]*Deck
	byHash map[string]*deck.Card
	deckOf map[string]string // a card's hash to the id of its deck
}

func newLibrary() *library {
	return &library{byID: map[string]*Deck{}, byHash: map[string]*deck.Card{}, deckOf: map[string]string{}}
}

// card returns a card by its name; nil if there is none.
func (l *library) card(deckID, cardID string) *deck.Card {
	d := l.byID[deckID]
	if d == nil {
		return nil
	}
	i, ok := slices.BinarySearchFunc(d.Cards, cardID, func(c *deck.Card, id string) int {
		switch {
		case c.ID < id:
			return -1
		case c.ID > id:
			return 1
		}
		return 0
	})
	if !ok {
		return nil
	}
	return d.Cards[i]
}

// Terms returns the roles, levels and topics that plans and decks may name.
func (s *Service) Terms() *deck.Terms { return s.terms }

// Decks returns all decks by id.
func (s *Service) Decks() []*Deck { return s.library.Load().decks }

// Deck returns a deck. Returns NotFound if there is none.
func (s *Service) Deck(id string) (*Deck, error) {
	if d := s.library.Load().byID[id]; d != nil {
		return d, nil
	}
	return nil, errs.NotFoundRecord()
}

// Card returns a card as it is now. Returns NotFound if there is none. Its rubric
// and text are for those only who have answered, see Attempt.
func (s *Service) Card(deckID, cardID string) (*deck.Card, error) {
	if c := s.library.Load().card(deckID, cardID); c != nil {
		return c, nil
	}
	return nil, errs.NotFoundRecord()
}

// Import keeps a deck, in the place of the one with its id. Attempts go on to
// show the versions of cards that were answered.
func (s *Service) Import(ctx context.Context, d *deck.Deck, source, revision string) error {
	err := s.write(ctx, func(tx *db.Tx) error {
		if _, err := db.Exec(ctx, tx, `INSERT INTO practice_decks (id, hash, source, revision, description, imported_at) VALUES ($1, $2, $3, $4, $5, $6)
			ON CONFLICT (id) DO UPDATE SET hash = excluded.hash, source = excluded.source, revision = excluded.revision, description = excluded.description,
			imported_at = excluded.imported_at`, d.ID, d.Hash, source, revision, d.Source, s.Now().UnixMilli()); err != nil {
			return err
		}
		versions, cards := make([]any, 0, 4*len(d.Cards)), make([]any, 0, 3*len(d.Cards))
		for _, c := range d.Cards {
			versions = append(versions, c.Hash, d.ID, c.ID, c.Source)
			cards = append(cards, d.ID, c.ID, c.Hash)
		}
		if err := db.Insert(ctx, tx, "practice_versions (hash, deck_id, card_id, source)", 4, versions, "ON CONFLICT (hash) DO NOTHING"); err != nil {
			return err
		}
		if _, err := db.Exec(ctx, tx, "DELETE FROM practice_cards WHERE deck_id = $1", d.ID); err != nil {
			return err
		}
		if err := db.Insert(ctx, tx, "practice_cards (deck_id, card_id, hash)", 3, cards, ""); err != nil {
			return err
		}
		_, err := s.outbox.Add(ctx, tx, DeckChanged{DeckID: d.ID})
		return err
	})
	if err != nil {
		return err
	}
	return s.reload(ctx)
}

// importBundled brings in the decks that come with the program, if they are
// others than those that are kept. A deck of the same name that came from
// elsewhere stays.
func (s *Service) importBundled(ctx context.Context) error {
	kept := s.library.Load().byID
	described, err := fs.Glob(s.Bundled, "*/deck.yaml")
	if err != nil {
		return err
	}
	for _, name := range described {
		id := path.Dir(name)
		d, err := deck.Read(s.Bundled, id, s.terms)
		if err != nil {
			return fmt.Errorf("bundled deck %s: %w", id, err)
		}
		if k := kept[id]; k != nil && (k.Hash == d.Hash || k.Source != Bundled) {
			continue
		}
		if err := s.Import(ctx, d, Bundled, ""); err != nil {
			return err
		}
	}
	return nil
}

// deckRow is a row of practice_decks.
type deckRow struct {
	id, hash, source, revision string
	description                []byte
	importedAt                 int64
}

// cardRow is a card of a deck as it is now.
type cardRow struct {
	deckID, cardID, hash string
	source               []byte
}

// reload reads all decks anew.
func (s *Service) reload(ctx context.Context) error {
	s.fresh.Lock()
	defer s.fresh.Unlock()
	decks, err := db.All(ctx, s.DB, func(r *deckRow) []any {
		return []any{&r.id, &r.hash, &r.source, &r.revision, &r.description, &r.importedAt}
	}, "SELECT id, hash, source, revision, description, imported_at FROM practice_decks WHERE id > '' ORDER BY id LIMIT 1000")
	if err != nil {
		return err
	}
	lib := newLibrary()
	for _, row := range decks {
		d, err := deck.ParseDeck(row.description)
		if err != nil {
			return fmt.Errorf("deck %s: %w", row.id, err)
		}
		d.Hash = row.hash
		rows, err := db.All(ctx, s.DB, func(r *cardRow) []any { return []any{&r.deckID, &r.cardID, &r.hash, &r.source} },
			`SELECT c.deck_id, c.card_id, c.hash, v.source FROM practice_cards c JOIN practice_versions v ON v.hash = c.hash
			WHERE c.deck_id = $1 ORDER BY c.card_id`, row.id)
		if err != nil {
			return err
		}
		for _, r := range rows {
			c, err := s.parsed(r)
			if err != nil {
				return err
			}
			d.Cards = append(d.Cards, c)
			lib.byHash[c.Hash], lib.deckOf[c.Hash] = c, row.id
		}
		kept := &Deck{Deck: d, Source: row.source, Revision: row.revision, ImportedAt: time.UnixMilli(row.importedAt)}
		lib.decks, lib.byID[row.id] = append(lib.decks, kept), kept
	}
	s.library.Store(lib)
	return nil
}

// parsed returns a card that was kept; the one that is in memory if it has not
// changed.
func (s *Service) parsed(r cardRow) (*deck.Card, error) {
	if c := s.library.Load().byHash[r.hash]; c != nil {
		return c, nil
	}
	c, err := deck.ParseCard(r.source)
	if err != nil {
		return nil, fmt.Errorf("card %s of %s: %w", r.cardID, r.deckID, err)
	}
	return c, nil
}

// versions returns cards by their hashes, also those that no deck has any more.
func (s *Service) versions(ctx context.Context, hashes []string) (map[string]*deck.Card, error) {
	lib, found, missing := s.library.Load(), map[string]*deck.Card{}, map[string]bool{}
	for _, h := range hashes {
		if c := lib.byHash[h]; c != nil {
			found[h] = c
		} else {
			missing[h] = true
		}
	}
	if len(missing) == 0 {
		return found, nil
	}
	list, args := db.In(nil, slices.Collect(maps.Keys(missing)))
	rows, err := db.All(ctx, s.DB, func(r *cardRow) []any { return []any{&r.deckID, &r.cardID, &r.hash, &r.source} },
		"SELECT deck_id, card_id, hash, source FROM practice_versions WHERE hash IN "+list, args...)
	if err != nil {
		return nil, err
	}
	for _, r := range rows {
		if found[r.hash], err = s.parsed(r); err != nil {
			return nil, err
		}
	}
	return found, nil
}
