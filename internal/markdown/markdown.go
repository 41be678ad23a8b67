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
	return convert(source, 3, goldmark.WithExtensions(extension.Table))
}

// Document returns a text that is most of a page as HTML. Headings in it are at
// least of the second level, addresses become links, and tags are text like all
// else: who writes such a text may not know of Markdown.
func Document(source []byte) (string, error) {
	return convert(source, 2, goldmark.WithParser(untagged()), goldmark.WithExtensions(extension.Table, extension.NewLinkify()))
}

func convert(source []byte, level int, options ...goldmark.Option) (string, error) {
	var out bytes.Buffer
	md := goldmark.New(append(options, goldmark.WithParserOptions(parser.WithASTTransformers(util.Prioritized(below{level}, 100))))...)
	if err := md.Convert(source, &out); err != nil {
		return "", err
	}
	return reachable.Replace(out.String()), nil
}

// untagged is CommonMark's parser without the parts that know tags.
func untagged() parser.Parser {
	return parser.NewParser(
		parser.WithBlockParsers(
			util.Prioritized(parser.NewSetextHeadingParser(), 100), util.Prioritized(parser.NewThematicBreakParser(), 200),
			util.Prioritized(parser.NewListParser(), 300), util.Prioritized(parser.NewListItemParser(), 400),
			util.Prioritized(parser.NewCodeBlockParser(), 500), util.Prioritized(parser.NewATXHeadingParser(), 600),
			util.Prioritized(parser.NewFencedCodeBlockParser(), 700), util.Prioritized(parser.NewBlockquoteParser(), 800),
			util.Prioritized(parser.NewParagraphParser(), 1000)),
		parser.WithInlineParsers(
			util.Prioritized(parser.NewCodeSpanParser(), 100), util.Prioritized(parser.NewLinkParser(), 200),
			util.Prioritized(parser.NewAutoLinkParser(), 300), util.Prioritized(parser.NewEmphasisParser(), 500)),
		parser.WithParagraphTransformers(parser.DefaultParagraphTransformers()...),
	)
}

// reachable lets who has no mouse scroll in what may be wider than its place.
// The tags can only be goldmark's own: those in the text are escaped or left out.
var reachable = strings.NewReplacer("<pre>", `<pre tabindex="0">`, "<table>", `<div class="scrolls" tabindex="0"><table>`, "</table>", "</table></div>")

// below puts headings below those of the page.
type below struct{ first int } // level that headings begin with

const lastLevel = 6

// Transform implements parser.ASTTransformer.
func (b below) Transform(doc *ast.Document, _ text.Reader, _ parser.Context) {
	for n := doc.FirstChild(); n != nil; n = n.NextSibling() {
		if h, ok := n.(*ast.Heading); ok {
			h.Level = min(h.Level+b.first-1, lastLevel)
		}
	}
}
