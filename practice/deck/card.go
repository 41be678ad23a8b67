package deck

import (
	"bytes"
	"crypto/sha256"
	"encoding/hex"
	"regexp"
	"slices"
	"strings"

	"go.yaml.in/yaml/v3"
)

// The bounds of a card.
const (
	maxFile     = 64 << 10 // bytes
	maxTitle    = 120      // characters, as in all that follow
	maxQuestion = 500
	maxPoint    = 300
	maxTerm     = 60
	maxTrap     = 200
	maxName     = 100 // of an author
	maxMinutes  = 15
	maxWeight   = 5
	minPoints   = 5
	maxPoints   = 8
	minMust     = 2
	minTerms    = 2
	maxTerms    = 12
	maxEntries  = 20   // of lists that need no smaller bound
	minWords    = 150  // of the text
	maxWords    = 1500 // of the text
	maxMarks    = 1500 // each sort of Markdown's marks in the text
)

// licences are those that let a card be shown, changed and handed on.
var licences = []string{"CC0-1.0", "CC-BY-4.0", "CC-BY-SA-4.0", "MIT"}

var (
	kinds      = []string{string(Technical), string(Behavioral), string(Situational), string(ProblemSolving)}
	dimensions = []string{string(Reasoning), string(Correctness), string(TradeOff), string(Communication)}
	star       = []string{"situation", "task", "action", "result"}
)

var (
	idForm       = regexp.MustCompile(`^[a-z][a-z0-9]*(-[a-z0-9]+)*$`)
	labForm      = regexp.MustCompile(`^L[0-9]{2}$`)
	languageForm = regexp.MustCompile(`^[a-z]{2,3}(-[A-Za-z0-9]{2,8})*$`)
)

// ParseCard reads a card that was accepted once, whatever has been asked of
// cards since. It fails only if there is no card in the text.
func ParseCard(source []byte) (*Card, error) {
	var found Problems
	f := file{name: "card", found: &found}
	c := f.card(source)
	if c != nil && c.ID != "" && c.Question != "" && len(c.Rubric) > 0 {
		return c, nil
	}
	if c != nil {
		f.say(0, "has no id, no question or no rubric")
	}
	return nil, found.err()
}

// card reads a card and notes what is wrong with it. It returns nil if there is
// no front matter to read.
func (f *file) card(source []byte) *Card {
	if len(source) > maxFile {
		f.say(0, "is larger than 64 KiB")
		return nil
	}
	if !f.clean(source) {
		return nil
	}
	front, body, ok := cut(source)
	if !ok {
		f.say(1, `must begin with a line "---", the front matter, and another line "---"`)
		return nil
	}
	root := f.yaml(front, 2)
	if root == nil {
		return nil
	}
	sum := sha256.Sum256(source)
	c := &Card{Hash: hex.EncodeToString(sum[:]), Source: source}
	f.front(c, root)
	f.body(c, body, 1+bytes.Count(source[:len(source)-len(body)], []byte("\n")))
	return c
}

// cut parts the front matter from the text behind it.
func cut(source []byte) (front, body []byte, ok bool) {
	rest, ok := bytes.CutPrefix(source, []byte("---\n"))
	if !ok {
		return nil, nil, false
	}
	at := bytes.Index(rest, []byte("\n---\n"))
	if at < 0 {
		return nil, nil, false
	}
	return rest[:at+1], rest[at+len("\n---\n"):], true
}

func (f *file) front(c *Card, root *yaml.Node) {
	v := f.mapping(root, "the front matter", "schema", "id", "title", "kind", "role", "topic", "tags?", "level", "minutes",
		"lang", "question", "license", "authors", "labs?", "rubric", "traps")
	var roles, topics, tags, levels []string
	if f.terms != nil {
		roles, levels, topics, tags = idsOf(f.terms.Roles), idsOf(f.terms.Levels), idsOf(f.terms.Topics), f.terms.Tags
	}
	v.whole("schema", 1, 1)
	c.ID = v.matching("id", idForm, "be-013")
	c.Title = v.text("title", maxTitle)
	c.Kind = Kind(v.oneOf("kind", kinds))
	c.Roles = v.texts("role", 1, maxEntries, maxTitle, roles)
	c.Topic = v.oneOf("topic", topics)
	c.Tags = v.texts("tags", 0, maxEntries, maxTitle, tags)
	c.Level = v.oneOf("level", levels)
	c.Minutes = v.whole("minutes", 1, maxMinutes)
	c.Language = v.matching("lang", languageForm, "en")
	c.Question = v.text("question", maxQuestion)
	if c.Question != "" && !strings.HasSuffix(c.Question, "?") && !strings.HasSuffix(c.Question, ".") {
		f.say(v.at("question"), `question must end with "?" or "."`)
	}
	c.Licence = v.oneOf("license", licences)
	c.Authors = v.texts("authors", 1, maxEntries, maxName, nil)
	c.Labs = v.texts("labs", 0, maxEntries, maxTitle, nil)
	for _, lab := range c.Labs {
		if !labForm.MatchString(lab) {
			f.say(v.at("labs"), `lab %s must be like "L01"`, quoted(lab))
		}
	}
	c.Traps = v.texts("traps", 1, maxEntries, maxTrap, nil)
	f.rubric(c, v)
}

func (f *file) rubric(c *Card, v fields) {
	must, reasoning := 0, 0
	var ids []string
	nodes := v.items("rubric", minPoints, maxPoints)
	for _, n := range nodes {
		p := f.point(n)
		if p.ID != "" && slices.Contains(ids, p.ID) {
			f.say(n.Line, "the rubric has two points with the id %q", p.ID)
		}
		ids = append(ids, p.ID)
		if p.Must {
			must++
		}
		if p.Dim == Reasoning {
			reasoning++
		}
		c.Rubric = append(c.Rubric, p)
	}
	if nodes == nil {
		return
	}
	if must < minMust {
		f.say(v.at("rubric"), `the rubric has %d points with "must: true"; at least %d are needed`, must, minMust)
	}
	if reasoning == 0 {
		f.say(v.at("rubric"), `the rubric has no point with "dim: reasoning"; at least one is needed`)
	}
	if c.Kind != Behavioral {
		return
	}
	for _, part := range star {
		if !slices.Contains(ids, part) {
			f.say(v.at("rubric"), "the rubric of a behavioral card needs a point with the id %q", part)
		}
	}
}

func (f *file) point(n *yaml.Node) Point {
	v := f.mapping(n, "the rubric's point", "id", "must?", "weight", "dim", "point", "terms")
	p := Point{
		ID:     v.matching("id", idForm, "measure"),
		Must:   v.yes("must"),
		Weight: v.whole("weight", 1, maxWeight),
		Dim:    Dimension(v.oneOf("dim", dimensions)),
		Text:   v.text("point", maxPoint),
		Terms:  v.texts("terms", minTerms, maxTerms, maxTerm, nil),
	}
	if p.Text != "" && !strings.HasSuffix(p.Text, ".") {
		f.say(v.at("point"), `a point must end with "."`)
	}
	return p
}

// idsOf returns the ids of terms.
func idsOf(terms []Term) []string {
	out := make([]string, len(terms))
	for i, t := range terms {
		out[i] = t.ID
	}
	return out
}
