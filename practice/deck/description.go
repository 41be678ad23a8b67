package deck

import (
	"strconv"

	"go.yaml.in/yaml/v3"
)

// The bounds of deck.yaml.
const (
	maxSummary = 1000 // characters
	maxWeights = 200
	maxDraw    = 100 // as weight of a topic
)

// ParseDeck reads a deck.yaml that was accepted once. It has no cards.
func ParseDeck(source []byte) (*Deck, error) {
	var found Problems
	f := file{name: description, found: &found}
	if d := f.description(source); d.ID != "" {
		return d, nil
	}
	return nil, found.err()
}

// description reads deck.yaml.
func (f *file) description(source []byte) *Deck {
	d := &Deck{Source: source, Roles: map[string]RoleMap{}}
	if !f.clean(source) {
		return d
	}
	root := f.yaml(source, 1)
	if root == nil {
		return d
	}
	v := f.mapping(root, "the file", "schema", "id", "title", "summary?", "language", "licence", "maintainers", "roles")
	v.whole("schema", 1, 1)
	d.ID = v.matching("id", idForm, "backend-core")
	d.Title = v.text("title", maxTitle)
	d.Summary = v.text("summary", maxSummary)
	d.Language = v.matching("language", languageForm, "en")
	d.Licence = v.oneOf("licence", licences)
	d.Maintainers = v.texts("maintainers", 1, maxEntries, maxName, nil)
	var known []string
	if f.terms != nil {
		known = idsOf(f.terms.Roles)
	}
	names, roles := f.pairs(v.values["roles"], "role", known)
	if n := v.values["roles"]; n != nil && len(n.Content) == 0 {
		f.say(v.at("roles"), "a deck needs at least one role")
	}
	for _, name := range names {
		d.Roles[name] = f.role(roles[name], name)
	}
	return d
}

func (f *file) role(n *yaml.Node, name string) RoleMap {
	var levels, topics []string
	if f.terms != nil {
		levels, topics = idsOf(f.terms.Levels), idsOf(f.terms.Topics)
	}
	v := f.mapping(n, "role "+quoted(name), "levels", "weights?")
	m := RoleMap{Levels: v.texts("levels", 1, maxEntries, maxTitle, levels), Weights: map[string]float64{}}
	names, weights := f.pairs(v.values["weights"], "topic", topics)
	if len(names) > maxWeights {
		f.say(v.at("weights"), "there are %d weights; %d are allowed", len(names), maxWeights)
		return m
	}
	for _, topic := range names {
		w, err := strconv.ParseFloat(weights[topic].Value, 64)
		if err != nil || !(w >= 0 && w <= maxDraw) {
			f.say(weights[topic].Line, "the weight of %q must be a number from 0 to %d", topic, maxDraw)
			continue
		}
		m.Weights[topic] = w
	}
	return m
}
