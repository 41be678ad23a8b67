package mastodon

import (
	"maps"
	"mime/multipart"
	"slices"
	"strconv"
	"strings"

	"github.com/guildhall/guildhall/internal/errs"
)

// A request's parameters become one tree, whatever they were sent as. In forms
// and query strings brackets make the structure: "a[b]=1" is {"a": {"b": 1}},
// "a[]=1&a[]=2" and "a[0]=1&a[1]=2" are lists, and "a[][b]=1&a[][b]=2" is a
// list of objects.

// kind says what a node is.
type kind uint8

const (
	nodeNull kind = iota
	nodeText      // string, number or boolean, as it was written
	nodeList
	nodeObject
	nodeFile
)

type node struct {
	kind   kind
	text   string
	list   []*node
	fields map[string]*node
	file   *multipart.FileHeader
}

const (
	maxNodes = 5000 // of one request
	maxDepth = 8
)

// budget counts how many nodes a request may still make.
type budget struct{ left int }

func (b *budget) take() error {
	if b.left--; b.left < 0 {
		return tooMany()
	}
	return nil
}

func tooMany() error { return errs.New(errs.TooLarge, "The request has too many parameters") }

// putForm adds the values of a form to an object.
func (n *node) putForm(values map[string][]string, count *budget) error {
	for _, name := range slices.Sorted(maps.Keys(values)) {
		all := values[name]
		if before, ok := strings.CutSuffix(name, "[]"); ok {
			leaf := &node{kind: nodeList}
			for _, v := range all {
				if err := count.take(); err != nil {
					return err
				}
				leaf.list = append(leaf.list, &node{kind: nodeText, text: v})
			}
			if err := n.put(before, leaf, count); err != nil {
				return err
			}
			continue
		}
		if !strings.Contains(name, "[]") {
			all = all[len(all)-1:]
		}
		for i, v := range all {
			place := strings.ReplaceAll(name, "[]", "["+strconv.Itoa(i)+"]")
			if err := n.put(place, &node{kind: nodeText, text: v}, count); err != nil {
				return err
			}
		}
	}
	return nil
}

// put adds a leaf under a name with brackets. A later leaf replaces an earlier
// one of the same name.
func (n *node) put(name string, leaf *node, count *budget) error {
	key, rest, nested := strings.Cut(name, "[")
	for depth := 0; ; depth++ {
		if err := count.take(); err != nil {
			return err
		}
		if n.fields == nil {
			n.fields = map[string]*node{}
		}
		if !nested {
			n.fields[key] = leaf
			return nil
		}
		child := n.fields[key]
		if child == nil || child.kind != nodeObject {
			child = &node{kind: nodeObject}
			n.fields[key] = child
		}
		inner, after, closed := strings.Cut(rest, "]")
		if !closed || depth == maxDepth || after != "" && after[0] != '[' {
			return errs.New(errs.Malformed, "A parameter's name could not be read")
		}
		n, key = child, inner
		if nested = after != ""; nested {
			rest = after[1:]
		}
	}
}

// items returns the elements of a list, also of one that was written as an
// object with numbers for names, and a single value as a list of one.
func (n *node) items() ([]*node, bool) {
	switch n.kind {
	case nodeList:
		return n.list, true
	case nodeText:
		if n.text == "" {
			return nil, true
		}
		return []*node{n}, true
	case nodeObject:
		byIndex := make(map[int]*node, len(n.fields))
		for key, child := range n.fields {
			i, err := strconv.Atoi(key)
			if err != nil {
				return nil, false
			}
			byIndex[i] = child
		}
		all := make([]*node, 0, len(byIndex))
		for _, i := range slices.Sorted(maps.Keys(byIndex)) {
			all = append(all, byIndex[i])
		}
		return all, true
	}
	return nil, false
}
