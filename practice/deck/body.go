package deck

import (
	"bytes"
	"net/url"
	"regexp"
	"slices"
	"strings"

	"github.com/yuin/goldmark"
	"github.com/yuin/goldmark/ast"
	"github.com/yuin/goldmark/extension"
	"github.com/yuin/goldmark/text"
)

// The headings of a card, in order; a behavioral card's first is another.
const (
	definition = "Definition"
	asked      = "What is being asked"
	followUps  = "Follow-up points"
)

var others = []string{"Example", "Best practices", "Common pitfalls", followUps}

// headings returns those that a card of a kind has.
func headings(k Kind) []string {
	if k == Behavioral {
		return append([]string{asked}, others...)
	}
	return append([]string{definition}, others...)
}

// body reads a card's text; its first line is number first of the file.
func (f *file) body(c *Card, body []byte, first int) {
	words := len(bytes.Fields(body))
	if words < minWords || words > maxWords {
		f.say(first, "the text has %d words; %d to %d are allowed", words, minWords, maxWords)
	}
	if f.marks(body, first) || words > maxWords {
		return
	}
	b := markdown{file: f, source: body, first: first}
	doc := goldmark.New(goldmark.WithExtensions(extension.Table)).Parser().Parse(text.NewReader(body))
	var at []*ast.Heading // of the second level, in the document itself
	for n := doc.FirstChild(); n != nil; n = n.NextSibling() {
		if h, ok := n.(*ast.Heading); ok && h.Level == 2 && h.Pos() >= 0 && body[h.Pos()] == '#' {
			at = append(at, h)
		}
	}
	b.walk(doc, at)
	b.sections(c, at)
	b.order(c, at)
}

// marks notes a text that has so many marks of Markdown that reading it takes
// long: quotes in quotes, brackets in brackets and so on cost their square.
func (f *file) marks(body []byte, first int) bool {
	for _, mark := range []string{"[", "*", "_", ">", "<"} {
		if n := bytes.Count(body, []byte(mark)); n > maxMarks {
			f.say(first, "the text has %d times %q; %d are allowed", n, mark, maxMarks)
			return true
		}
	}
	return false
}

// markdown is the text of a card.
type markdown struct {
	*file
	source []byte
	first  int // number of its first line
}

// line returns the number of the line that an offset is in.
func (b markdown) line(offset int) int {
	return b.first + bytes.Count(b.source[:min(max(offset, 0), len(b.source))], []byte("\n"))
}

// sections parts the text at its headings. A line behind the heading and before
// the text is no part of either.
func (b markdown) sections(c *Card, at []*ast.Heading) {
	begin := len(b.source)
	if len(at) > 0 {
		begin = bytes.LastIndexByte(b.source[:at[0].Pos()], '\n') + 1
	}
	if before := bytes.TrimSpace(b.source[:begin]); len(before) > 0 {
		b.say(b.line(bytes.Index(b.source, before)), "stands before the first heading")
	}
	for i, h := range at {
		from, to := len(b.source), len(b.source)
		if n := bytes.IndexByte(b.source[h.Pos():], '\n'); n >= 0 {
			from = h.Pos() + n + 1
		}
		if i+1 < len(at) {
			to = bytes.LastIndexByte(b.source[:at[i+1].Pos()], '\n') + 1
		}
		s := Section{Title: b.title(h), Text: strings.Trim(string(b.source[from:max(from, to)]), "\n")}
		if strings.TrimSpace(s.Text) == "" {
			b.say(b.line(h.Pos()), "section %s is empty", quoted(s.Title))
		}
		c.Sections = append(c.Sections, s)
		if s.Title == followUps && i == len(at)-1 {
			c.FollowUps = b.followUps(from)
		}
	}
}

func (b markdown) title(h *ast.Heading) string {
	return strings.TrimSpace(string(h.Lines().Value(b.source)))
}

// order notes headings that are missing, not known or elsewhere.
func (b markdown) order(c *Card, at []*ast.Heading) {
	want := headings(c.Kind)
	var have, guessed []string
	sound := true
	for _, h := range at {
		title := b.title(h)
		switch {
		case !slices.Contains(want, title):
			b.unknown(b.line(h.Pos()), "heading", title, want)
			guessed, sound = append(guessed, nearest(title, want)), false
		case slices.Contains(have, title):
			b.say(b.line(h.Pos()), "heading %q stands twice", title)
			sound = false
		default:
			have = append(have, title)
		}
	}
	for _, w := range want {
		if !slices.Contains(have, w) && !slices.Contains(guessed, w) {
			b.say(b.first, `heading "## %s" is missing`, w)
			sound = false
		}
	}
	for i := 0; sound && i < len(want); i++ {
		if have[i] != want[i] {
			b.say(b.line(at[i].Pos()), "heading %q stands where %q belongs", have[i], want[i])
			return
		}
	}
}

// walk notes what a text must not have: other headings, HTML, pictures and
// links that lead nowhere.
func (b markdown) walk(doc ast.Node, at []*ast.Heading) {
	// The callback fails never.
	_ = ast.Walk(doc, func(n ast.Node, entering bool) (ast.WalkStatus, error) {
		if !entering {
			return ast.WalkContinue, nil
		}
		switch n := n.(type) {
		case *ast.Heading:
			if !slices.Contains(at, n) {
				b.say(b.line(n.Pos()), `headings other than the five "## " are not allowed`)
			}
		case *ast.HTMLBlock, *ast.RawHTML:
			b.say(b.line(n.Pos()), "HTML is not allowed; put it in `backquotes` if it is to be seen")
		case *ast.Image:
			b.say(b.line(n.Pos()), "pictures are not allowed; draw in a code block")
			return ast.WalkSkipChildren, nil
		case *ast.Link:
			b.link(n.Pos(), string(n.Destination))
		case *ast.AutoLink:
			to := string(n.URL(b.source))
			if n.AutoLinkType == ast.AutoLinkEmail {
				to = "mailto:" + to
			}
			b.link(n.Pos(), to)
		case *ast.FencedCodeBlock:
			b.fence(n)
		}
		return ast.WalkContinue, nil
	})
}

// fence notes a block of code that does not end.
func (b markdown) fence(n *ast.FencedCodeBlock) {
	if n.Lines().Len() == 0 {
		return
	}
	rest := bytes.TrimLeft(b.source[n.Lines().At(n.Lines().Len()-1).Stop:], " \t>")
	if !bytes.HasPrefix(rest, []byte("```")) && !bytes.HasPrefix(rest, []byte("~~~")) {
		b.say(b.line(n.Pos()), "this block of code has no end")
	}
}

// link notes an address that is neither on the web nor a file of the deck.
func (b markdown) link(pos int, to string) {
	u, err := url.Parse(to)
	switch {
	case err != nil:
		b.say(b.line(pos), "link %s is not an address", quoted(to))
	case u.Scheme == "" && u.Host == "":
		if b.exists == nil || u.Path != "" && b.exists(u.Path) {
			return
		}
		b.say(b.line(pos), "link %s leads to nothing in the deck", quoted(to))
	case u.Scheme != "http" && u.Scheme != "https" || u.Host == "":
		b.say(b.line(pos), "link %s must begin with https:// or http://, or name a file of the deck", quoted(to))
	}
}

var followUp = regexp.MustCompile(`^- \*\*([^*]+\?)\*\* (\S.*)$`)

const maxFollowUps = 20

// followUps reads the last section: "- **Question?** Answer.", line by line.
// Lines that are indented go on with an answer.
func (b markdown) followUps(from int) []FollowUp {
	var out []FollowUp
	offset := from
	for line := range strings.Lines(string(b.source[from:])) {
		at := b.line(offset)
		offset += len(line)
		line = strings.TrimRight(line, "\n")
		m := followUp.FindStringSubmatch(line)
		rest, indented := strings.CutPrefix(line, "  ")
		switch {
		case m != nil:
			out = append(out, FollowUp{Question: m[1], Answer: m[2]})
		case len(out) > 0 && (indented || line == ""):
			out[len(out)-1].Answer += "\n" + rest
		case line != "":
			b.say(at, `follow-up points must be like "- **Question?** Answer."`)
		}
	}
	for i := range out {
		out[i].Answer = strings.TrimSpace(out[i].Answer)
	}
	if len(out) > maxFollowUps {
		b.say(b.line(from), "there are %d follow-up points; %d are allowed", len(out), maxFollowUps)
	}
	return out
}
