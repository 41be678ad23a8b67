package deck

import (
	"maps"
	"reflect"
	"slices"
	"strings"
)

// Action is what happened to a card.
type Action string

// The actions.
const (
	Added   Action = "added"
	Removed Action = "removed"
	Changed Action = "changed"
)

// Part is a part of a card that changed.
type Part string

// The parts.
const (
	QuestionPart Part = "question"
	RubricPart   Part = "rubric" // with the traps
	TextPart     Part = "text"
	DetailsPart  Part = "details" // all else: level, topic, licence and so on
)

// Change is what happened to a card, or to deck.yaml, between two versions.
type Change struct {
	CardID string // empty: deck.yaml
	Title  string // of the card or the deck, as it is now or was last
	Action Action
	Parts  []Part // that changed; empty unless Changed
	Diff   string // from the old file to the new one, unified
}

// Compare returns what changed from one version of a deck to another: deck.yaml
// first, then the cards by id. Either deck may be nil: there is none.
func Compare(before, after *Deck) []Change {
	if before == nil {
		before = &Deck{}
	}
	if after == nil {
		after = &Deck{}
	}
	var out []Change
	if string(before.Source) != string(after.Source) {
		c := Change{Title: after.Title, Action: action(before.Source, after.Source), Diff: unified(description, before.Source, after.Source)}
		switch c.Action {
		case Removed:
			c.Title = before.Title
		case Changed:
			c.Parts = []Part{DetailsPart}
		}
		out = append(out, c)
	}
	old, now := byID(before), byID(after)
	ids := map[string]bool{}
	for _, c := range slices.Concat(before.Cards, after.Cards) {
		ids[c.ID] = true
	}
	for _, id := range slices.Sorted(maps.Keys(ids)) {
		if c, differs := compare(old[id], now[id]); differs {
			out = append(out, c)
		}
	}
	return out
}

func byID(d *Deck) map[string]*Card {
	out := make(map[string]*Card, len(d.Cards))
	for _, c := range d.Cards {
		out[c.ID] = c
	}
	return out
}

func action(before, after []byte) Action {
	switch {
	case before == nil:
		return Added
	case after == nil:
		return Removed
	}
	return Changed
}

// compare returns the change of one card; one of the two may be nil.
func compare(before, after *Card) (Change, bool) {
	last := after
	if last == nil {
		last = before
	}
	c := Change{CardID: last.ID, Title: last.Title, Action: Changed}
	var old, now []byte
	if before != nil {
		old = before.Source
	}
	if after != nil {
		now = after.Source
	}
	if before != nil && after != nil {
		if before.Hash == after.Hash {
			return Change{}, false
		}
		c.Parts = parts(before, after)
	} else {
		c.Action = action(old, now)
	}
	c.Diff = unified(cardsFolder+"/"+last.ID+cardSuffix, old, now)
	return c, true
}

// parts returns what two versions of a card differ in.
func parts(a, b *Card) []Part {
	var out []Part
	if a.Question != b.Question {
		out = append(out, QuestionPart)
	}
	if !reflect.DeepEqual(a.Rubric, b.Rubric) || !slices.Equal(a.Traps, b.Traps) {
		out = append(out, RubricPart)
	}
	if !slices.Equal(a.Sections, b.Sections) {
		out = append(out, TextPart)
	}
	if a.Title != b.Title || a.Kind != b.Kind || a.Topic != b.Topic || a.Level != b.Level || a.Minutes != b.Minutes ||
		a.Language != b.Language || a.Licence != b.Licence || !slices.Equal(a.Roles, b.Roles) || !slices.Equal(a.Tags, b.Tags) ||
		!slices.Equal(a.Authors, b.Authors) || !slices.Equal(a.Labs, b.Labs) || len(out) == 0 {
		out = append(out, DetailsPart)
	}
	return out
}

// lines parts a file at its line feeds.
func lines(source []byte) []string {
	return slices.Collect(strings.Lines(string(source)))
}
