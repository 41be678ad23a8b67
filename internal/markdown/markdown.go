// Package markdown turns Markdown into HTML that is safe to show: CommonMark
// with tables, without raw HTML, and links that lead to web pages only. What a
// text means, and where it stands on a page, is its caller's.
package markdown

import (
	"bytes"
	"strings"

	"github.com/yuin/goldmark"
	"github.com/yuin/goldmark/ast"
	"github.com/yuin/goldmark/extension"
	"github.com/yuin/goldmark/parser"
	"github.com/yuin/goldmark/text"
	"github.com/yuin/goldmark/util"
)

// HTML returns a text as HTML. Headings in it are at least of the third level:
// the page has those above.
func HTML(source []byte) (string, error) {
	var out bytes.Buffer
	md := goldmark.New(
		goldmark.WithExtensions(extension.Table),
		goldmark.WithParserOptions(parser.WithASTTransformers(util.Prioritized(below{}, 100))),
	)
	if err := md.Convert(source, &out); err != nil {
		return "", err
	}
	return reachable.Replace(out.String()), nil
}

// reachable lets who has no mouse scroll in what may be wider than its place.
// The tags can only be goldmark's own: those in the text are escaped or left out.
var reachable = strings.NewReplacer("<pre>", `<pre tabindex="0">`, "<table>", `<div class="scrolls" tabindex="0"><table>`, "</table>", "</table></div>")

// below puts headings below those of the page.
type below struct{}

const (
	firstLevel = 3
	lastLevel  = 6
)

// Transform implements parser.ASTTransformer.
func (below) Transform(doc *ast.Document, _ text.Reader, _ parser.Context) {
	for n := doc.FirstChild(); n != nil; n = n.NextSibling() {
		if h, ok := n.(*ast.Heading); ok {
			h.Level = min(h.Level+firstLevel-1, lastLevel)
		}
	}
}
