package mastodon

import (
	"net/http"

	"github.com/guildhall/guildhall/practice"
	"github.com/guildhall/guildhall/practice/deck"
)

// termEntity is a word that decks and plans use.
type termEntity struct {
	ID    string `json:"id"`
	Title string `json:"title"`
	About string `json:"about"`
}

type practiceTermsEntity struct {
	Roles  []termEntity `json:"roles"`
	Levels []termEntity `json:"levels"` // from the first to the highest
	Topics []termEntity `json:"topics"` // a tree by "/"
}

func termEntities(list []deck.Term) []termEntity {
	out := make([]termEntity, len(list))
	for i, t := range list {
		out[i] = termEntity(t)
	}
	return out
}

func (s *server) practiceTerms(c *Call) error {
	t := s.Practice.Terms()
	return c.JSON(http.StatusOK, practiceTermsEntity{termEntities(t.Roles), termEntities(t.Levels), termEntities(t.Topics)})
}

// deckEntity is a set of cards.
type deckEntity struct {
	ID          string   `json:"id"`
	Title       string   `json:"title"`
	Summary     string   `json:"summary"`
	Language    string   `json:"language"`
	Licence     string   `json:"licence"` // SPDX
	Maintainers []string `json:"maintainers"`
	CardsCount  int      `json:"cards_count"`
	Source      string   `json:"source"`
	Revision    *string  `json:"revision"`
	Hash        string   `json:"hash"`
}

type deckCardsEntity struct {
	deckEntity
	Cards []practiceCardEntity `json:"cards"`
}

// practiceCardEntity is a question. Rubric, traps, sections and labs' proofs are
// for who has answered it: null before.
type practiceCardEntity struct {
	Deck     string          `json:"deck"`
	ID       string          `json:"id"`
	Hash     string          `json:"hash"`
	Title    string          `json:"title"`
	Question string          `json:"question"`
	Kind     string          `json:"kind" enum:"technical,behavioral,situational,problem-solving"`
	Roles    []string        `json:"roles"`
	Topic    string          `json:"topic"`
	Tags     []string        `json:"tags"`
	Level    string          `json:"level"`
	Minutes  int             `json:"minutes"`
	Language string          `json:"language"`
	Licence  string          `json:"licence"`
	Authors  []string        `json:"authors"`
	Labs     []string        `json:"labs"`
	Rubric   []pointEntity   `json:"rubric" schema:"nullable"`
	Traps    []string        `json:"traps" schema:"nullable"`
	Sections []sectionEntity `json:"sections" schema:"nullable"`
}

// pointEntity is a line of a rubric.
type pointEntity struct {
	ID     string `json:"id"`
	Text   string `json:"text"`
	Must   bool   `json:"must"`
	Weight int    `json:"weight"`
	Dim    string `json:"dimension" enum:"reasoning,correctness,trade-off,communication"`
}

// sectionEntity is a part of the text of a card.
type sectionEntity struct {
	Title string `json:"title"`
	Text  string `json:"text"` // Markdown
}

func deckEntityOf(d *practice.Deck) deckEntity {
	return deckEntity{ID: d.ID, Title: d.Title, Summary: d.Summary, Language: d.Language, Licence: d.Licence, Maintainers: list(d.Maintainers),
		CardsCount: len(d.Cards), Source: d.Source, Revision: orNil(d.Revision), Hash: d.Hash}
}

// cardEntityOf is a card without what gives the answer away, unless it is open.
func cardEntityOf(deckID string, c *deck.Card, open bool) practiceCardEntity {
	e := practiceCardEntity{Deck: deckID, ID: c.ID, Hash: c.Hash, Title: c.Title, Question: c.Question, Kind: string(c.Kind), Roles: list(c.Roles), Topic: c.Topic,
		Tags: list(c.Tags), Level: c.Level, Minutes: c.Minutes, Language: c.Language, Licence: c.Licence, Authors: list(c.Authors), Labs: list(c.Labs)}
	if !open {
		return e
	}
	e.Traps, e.Rubric, e.Sections = list(c.Traps), make([]pointEntity, len(c.Rubric)), make([]sectionEntity, len(c.Sections))
	for i, p := range c.Rubric {
		e.Rubric[i] = pointEntity{p.ID, p.Text, p.Must, p.Weight, string(p.Dim)}
	}
	for i, x := range c.Sections {
		e.Sections[i] = sectionEntity(x)
	}
	return e
}

// list is a list that is never null.
func list(l []string) []string {
	if l == nil {
		return []string{}
	}
	return l
}

func (s *server) decks(c *Call) error {
	all := s.Practice.Decks()
	out := make([]deckEntity, len(all))
	for i, d := range all {
		out[i] = deckEntityOf(d)
	}
	return c.JSON(http.StatusOK, out)
}

func (s *server) deck(c *Call) error {
	d, err := s.Practice.Deck(c.Path("deck"))
	if err != nil {
		return err
	}
	out := deckCardsEntity{deckEntityOf(d), make([]practiceCardEntity, len(d.Cards))}
	for i, card := range d.Cards {
		out.Cards[i] = cardEntityOf(d.ID, card, false)
	}
	return c.JSON(http.StatusOK, out)
}

func (s *server) card(c *Call) error {
	card, err := s.Practice.Card(c.Path("deck"), c.Path("card"))
	if err != nil {
		return err
	}
	return c.JSON(http.StatusOK, cardEntityOf(c.Path("deck"), card, false))
}
