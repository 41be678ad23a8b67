package deck

import (
	"crypto/sha256"
	"fmt"
	"io/fs"
	"path"
	"slices"
)

// The files of words.
const (
	rolesFile  = "roles.yaml"
	topicsFile = "topics.yaml"
)

// maxKnown bounds each list of words.
const maxKnown = 1000

// ReadTerms returns the words of roles.yaml and topics.yaml. The error is
// Problems with all that is wrong with them, or that the file system failed.
func ReadTerms(fsys fs.FS) (*Terms, error) {
	var found Problems
	r := reader{fsys: fsys, found: &found, hash: sha256.New()}
	roles, err := r.words(rolesFile, "roles", "levels")
	if err != nil {
		return nil, err
	}
	topics, err := r.words(topicsFile, "topics", "tags")
	if err != nil {
		return nil, err
	}
	t := &Terms{
		Roles:  roles.terms("roles"),
		Levels: roles.terms("levels"),
		Topics: topics.terms("topics"),
		Tags:   topics.texts("tags", 0, maxKnown, maxTitle, nil),
	}
	known := idsOf(t.Topics)
	for _, id := range known {
		if above := path.Dir(id); above != "." && !slices.Contains(known, above) {
			topics.say(topics.at("topics"), "topic %q stands under %q, which is not known", id, above)
		}
	}
	if err := found.err(); err != nil {
		return nil, err
	}
	return t, nil
}

// words reads a file that has two lists.
func (r *reader) words(name, first, second string) (fields, error) {
	f := r.file(name)
	source, err := r.read(name)
	if err != nil {
		return fields{}, fmt.Errorf("reading %s: %w", name, err)
	}
	if source == nil || !f.clean(source) {
		return fields{file: f}, nil
	}
	root := f.yaml(source, 1)
	if root == nil {
		return fields{file: f}, nil
	}
	v := f.mapping(root, "the file", "schema", first, second)
	v.whole("schema", 1, 1)
	return v, nil
}

// terms returns a list of words with their titles.
func (f fields) terms(key string) []Term {
	out := []Term{}
	for _, n := range f.items(key, 1, maxKnown) {
		v := f.mapping(n, "an entry of "+key, "id", "title", "about?")
		t := Term{ID: v.text("id", maxTitle), Title: v.text("title", maxTitle), About: v.text("about", maxPoint)}
		if t.ID != "" && slices.Contains(idsOf(out), t.ID) {
			f.say(n.Line, "%s has %s twice", key, quoted(t.ID))
		}
		out = append(out, t)
	}
	return out
}
