package mastodon

import (
	"bytes"
	"io"

	"github.com/go-json-experiment/json/jsontext"

	"github.com/guildhall/guildhall/internal/errs"
)

// readJSON reads a JSON object into root. Names are exact and may not repeat
// within an object, so that two readers cannot understand a body differently.
func readJSON(body []byte, root *node, count *budget) error {
	if len(bytes.TrimSpace(body)) == 0 {
		return nil
	}
	d := jsontext.NewDecoder(bytes.NewBuffer(body))
	tree, err := readValue(d, count)
	if err != nil {
		return err
	}
	if _, err := d.ReadToken(); err != io.EOF {
		return errs.Wrap(errs.Malformed, "The body must be a single JSON object", err)
	}
	if tree.kind != nodeObject {
		return errs.New(errs.Malformed, "The body must be a JSON object")
	}
	if root.fields == nil {
		root.fields = tree.fields
		return nil
	}
	for name, child := range tree.fields {
		root.fields[name] = child
	}
	return nil
}

func readValue(d *jsontext.Decoder, count *budget) (*node, error) {
	if err := count.take(); err != nil {
		return nil, err
	}
	if d.StackDepth() > maxDepth {
		return nil, errs.New(errs.Malformed, "The JSON is nested too deeply")
	}
	token, err := d.ReadToken()
	if err != nil {
		return nil, notJSON(err)
	}
	switch token.Kind() {
	case 'n':
		return &node{}, nil
	case '[':
		return readArray(d, count)
	case '{':
		return readObject(d, count)
	}
	return &node{kind: nodeText, text: token.String()}, nil
}

func readArray(d *jsontext.Decoder, count *budget) (*node, error) {
	n := &node{kind: nodeList}
	for d.PeekKind() != ']' {
		child, err := readValue(d, count)
		if err != nil {
			return nil, err
		}
		n.list = append(n.list, child)
	}
	_, err := d.ReadToken()
	return n, notJSON(err)
}

func readObject(d *jsontext.Decoder, count *budget) (*node, error) {
	n := &node{kind: nodeObject, fields: map[string]*node{}}
	for d.PeekKind() != '}' {
		name, err := d.ReadToken()
		if err != nil {
			return nil, notJSON(err)
		}
		key := name.String() // before the next token, which reuses its bytes
		if n.fields[key], err = readValue(d, count); err != nil {
			return nil, err
		}
	}
	_, err := d.ReadToken()
	return n, notJSON(err)
}

func notJSON(err error) error {
	if err == nil {
		return nil
	}
	return errs.Wrap(errs.Malformed, "The body is not valid JSON", err)
}
