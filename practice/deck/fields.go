package deck

import (
	"bytes"
	"errors"
	"fmt"
	"io"
	"maps"
	"regexp"
	"slices"
	"strconv"
	"strings"
	"unicode"
	"unicode/utf8"

	"go.yaml.in/yaml/v3"
)

// file is a file that is being read. Its methods note what is wrong and return
// what can be had nevertheless, so that one pass finds all problems.
type file struct {
	name   string
	terms  *Terms            // nil: words are not looked up
	exists func(string) bool // whether a relative link leads to something; nil: not looked up
	found  *Problems
}

func (f *file) say(line int, format string, args ...any) {
	f.found.add(Problem{File: f.name, Line: line, Text: fmt.Sprintf(format, args...)})
}

// unknown says that a word is not among those known.
func (f *file) unknown(line int, what, word string, known []string) {
	f.found.add(Problem{File: f.name, Line: line, Text: what + " " + quoted(word) + " is not known", Suggestion: nearest(word, known)})
}

// clean reports whether the text can be read at all: UTF-8 with line feeds,
// nothing that hides or reorders what is seen.
func (f *file) clean(source []byte) bool {
	line := 1
	for i := 0; i < len(source); {
		r, n := utf8.DecodeRune(source[i:])
		switch {
		case r == utf8.RuneError && n == 1:
			f.say(line, "is not valid UTF-8")
			return false
		case r == '\r':
			f.say(line, "lines end in CR LF; save the file with LF")
			return false
		case r == '\n':
			line++
		case r != '\t' && unicode.IsControl(r), r == '\uFEFF', '\u202A' <= r && r <= '\u202E', '\u2066' <= r && r <= '\u2069':
			f.say(line, "control character U+%04X is not allowed", r)
			return false
		}
		i += n
	}
	return true
}

// yamlError is what the YAML package says. The line of some is counted from 0.
var (
	yamlError = regexp.MustCompile(`^yaml: (?:line (\d+): )?(.*)`)
	fromZero  = regexp.MustCompile(`^did not find expected (',' or|key|'-' indicator|node content|<)`)
)

// yaml returns the mapping that a YAML text is; its first line is number first
// of the file. It returns nil if there is none.
func (f *file) yaml(source []byte, first int) *yaml.Node {
	source = append(bytes.Repeat([]byte("#\n"), first-1), source...) // so that the lines it says are the file's
	d := yaml.NewDecoder(bytes.NewReader(source))
	var doc, more yaml.Node
	err := d.Decode(&doc)
	if err == nil {
		if err = d.Decode(&more); errors.Is(err, io.EOF) {
			return f.root(&doc, first)
		}
		if err == nil {
			f.say(more.Line, "a second YAML document is not allowed")
			return nil
		}
	}
	if errors.Is(err, io.EOF) {
		f.say(first, "is empty")
		return nil
	}
	line, text := first, err.Error()
	if m := yamlError.FindStringSubmatch(text); m != nil {
		text = m[2]
		if n, err := strconv.Atoi(m[1]); err == nil {
			line = n
		}
		if fromZero.MatchString(text) {
			line++
		}
	}
	f.say(line, "is not YAML: %s", text)
	return nil
}

func (f *file) root(doc *yaml.Node, first int) *yaml.Node {
	if len(doc.Content) != 1 || doc.Content[0].Kind != yaml.MappingNode {
		f.say(first, `must be lines of "key: value"`)
		return nil
	}
	if line := alias(doc); line > 0 { // also what would make a small text large
		f.say(line, "YAML anchors and aliases are not allowed")
		return nil
	}
	return doc.Content[0]
}

// alias returns the line of the first anchor or alias, or 0.
func alias(n *yaml.Node) int {
	if n.Kind == yaml.AliasNode || n.Anchor != "" {
		return n.Line
	}
	for _, c := range n.Content {
		if line := alias(c); line > 0 {
			return line
		}
	}
	return 0
}

// fields are the values of a mapping by key.
type fields struct {
	*file
	line   int
	values map[string]*yaml.Node
}

// mapping returns a mapping's values. Keys that are not known, stand twice or
// are missing are noted; a known key that ends in "?" may be missing.
func (f *file) mapping(n *yaml.Node, what string, known ...string) fields {
	out := fields{file: f, line: n.Line, values: map[string]*yaml.Node{}}
	if n.Kind != yaml.MappingNode {
		f.say(n.Line, `%s must be lines of "key: value"`, what)
		return out
	}
	names := make([]string, len(known))
	for i, k := range known {
		names[i] = strings.TrimSuffix(k, "?")
	}
	for i := 0; i+1 < len(n.Content); i += 2 {
		key, value := n.Content[i], n.Content[i+1]
		switch {
		case !slices.Contains(names, key.Value):
			f.unknown(key.Line, "key", key.Value, names)
		case out.values[key.Value] != nil:
			f.say(key.Line, "key %q stands twice", key.Value)
		default:
			out.values[key.Value] = value
		}
	}
	for i, k := range known {
		if k == names[i] && out.values[k] == nil {
			f.say(n.Line, "%s has no %q", what, k)
		}
	}
	return out
}

// at returns the line of a key's value, or of the mapping.
func (f fields) at(key string) int {
	if n := f.values[key]; n != nil {
		return n.Line
	}
	return f.line
}

// text returns a value that is text of 1 to most characters in one line.
func (f fields) text(key string, most int) string {
	n := f.values[key]
	if n == nil {
		return ""
	}
	return f.line1(n, key, most)
}

// line1 returns a node's text; what names it in messages.
func (f *file) line1(n *yaml.Node, what string, most int) string {
	if n.Kind != yaml.ScalarNode || n.ShortTag() != "!!str" {
		f.say(n.Line, "%s must be text; put it in quotes if it looks like something else", what)
		return ""
	}
	s := strings.TrimSpace(n.Value)
	switch length := utf8.RuneCountInString(s); {
	case s == "":
		f.say(n.Line, "%s is empty", what)
	case length > most:
		f.say(n.Line, "%s is %d characters long; %d are allowed", what, length, most)
	case strings.Contains(s, "\n"):
		f.say(n.Line, "%s must be one line", what)
	}
	return s
}

// whole returns a whole number between least and most.
func (f fields) whole(key string, least, most int) int {
	n := f.values[key]
	if n == nil {
		return 0
	}
	v, err := strconv.Atoi(n.Value)
	if n.Kind != yaml.ScalarNode || n.ShortTag() != "!!int" || err != nil || v < least || v > most {
		if least == most {
			f.say(n.Line, "%s must be %d", key, least)
		} else {
			f.say(n.Line, "%s must be a whole number from %d to %d", key, least, most)
		}
		return 0
	}
	return v
}

// yes returns a value that is true or false; false if it is missing.
func (f fields) yes(key string) bool {
	n := f.values[key]
	if n == nil {
		return false
	}
	var v bool
	if n.Kind != yaml.ScalarNode || n.ShortTag() != "!!bool" || n.Decode(&v) != nil {
		f.say(n.Line, "%s must be true or false", key)
	}
	return v
}

// items returns the nodes of a list that has least to most entries.
func (f fields) items(key string, least, most int) []*yaml.Node {
	n := f.values[key]
	if n == nil {
		return nil
	}
	if n.Kind != yaml.SequenceNode {
		f.say(n.Line, "%s must be a list", key)
		return nil
	}
	if len(n.Content) < least || len(n.Content) > most {
		f.say(n.Line, "%s has %d entries; %d to %d are allowed", key, len(n.Content), least, most)
	}
	return n.Content[:min(len(n.Content), most)]
}

// texts returns a list of texts that differ. If known is not nil, it has the
// words they may be.
func (f fields) texts(key string, least, most, length int, known []string) []string {
	out := []string{}
	for _, n := range f.items(key, least, most) {
		s := f.line1(n, "an entry of "+key, length)
		switch {
		case s == "":
		case slices.Contains(out, s):
			f.say(n.Line, "%s has %s twice", key, quoted(s))
		case known != nil && !slices.Contains(known, s):
			f.unknown(n.Line, strings.TrimSuffix(key, "s"), s, known)
		default:
			out = append(out, s)
		}
	}
	return out
}

// oneOf returns a text that is one of the known ones; nil knows all.
func (f fields) oneOf(key string, known []string) string {
	s := f.text(key, maxTitle)
	if s != "" && known != nil && !slices.Contains(known, s) {
		f.unknown(f.at(key), key, s, known)
	}
	return s
}

// matching returns a text of a form; like is an example of it.
func (f fields) matching(key string, form *regexp.Regexp, like string) string {
	s := f.text(key, maxTitle)
	if s != "" && !form.MatchString(s) {
		f.say(f.at(key), "%s %s must be like %q", key, quoted(s), like)
	}
	return s
}

// pairs returns a mapping whose keys are data; known has those it may have, nil
// any. The keys are sorted.
func (f *file) pairs(n *yaml.Node, what string, known []string) (keys []string, values map[string]*yaml.Node) {
	values = map[string]*yaml.Node{}
	if n == nil {
		return nil, values
	}
	if n.Kind != yaml.MappingNode {
		f.say(n.Line, `%s must be lines of "key: value"`, what)
		return nil, values
	}
	for i := 0; i+1 < len(n.Content); i += 2 {
		key := n.Content[i]
		switch {
		case values[key.Value] != nil:
			f.say(key.Line, "%s %s stands twice", what, quoted(key.Value))
		case known != nil && !slices.Contains(known, key.Value):
			f.unknown(key.Line, what, key.Value, known)
		default:
			values[key.Value] = n.Content[i+1]
		}
	}
	return slices.Sorted(maps.Keys(values)), values
}
