package text_test

import (
	"slices"
	"strings"
	"testing"
	"unicode/utf8"

	"github.com/guildhall/guildhall/internal/text"
	"golang.org/x/net/html"
	"golang.org/x/net/html/atom"
	"pgregory.net/rapid"
)

// allowed says which tags our HTML has, and which values their attributes.
var allowed = map[atom.Atom]map[string]func(string) bool{
	atom.P:  {},
	atom.Br: {},
	atom.Span: {
		"class":     func(v string) bool { return slices.Contains([]string{"", "invisible", "ellipsis", "h-card"}, v) },
		"translate": func(v string) bool { return v == "no" },
	},
	atom.A: {
		"href": func(v string) bool {
			return strings.HasPrefix(strings.ToLower(v), "http://") || strings.HasPrefix(strings.ToLower(v), "https://")
		},
		"class": func(v string) bool { return v == "u-url mention" || v == "mention hashtag" },
		"rel": func(v string) bool {
			return slices.Contains([]string{"nofollow noopener noreferrer", "nofollow noopener", "tag nofollow noopener"}, v)
		},
		"target":    func(v string) bool { return v == "_blank" },
		"translate": func(v string) bool { return v == "no" },
	},
}

// fataler is what both testing.T and rapid.T are.
type fataler interface {
	Helper()
	Fatalf(format string, args ...any)
}

// inert checks that a browser finds nothing in the HTML but what is allowed,
// that it would write it as we did, and that the reader sees what was typed.
func inert(t fataler, input, output string) {
	t.Helper()
	if !utf8.ValidString(output) {
		t.Fatalf("%q: not UTF-8: %q", input, output)
	}
	body := &html.Node{Type: html.ElementNode, Data: "body", DataAtom: atom.Body}
	nodes, err := html.ParseFragment(strings.NewReader(output), body)
	if err != nil {
		t.Fatalf("%q: %v", input, err)
	}
	var seen strings.Builder
	for i, n := range nodes {
		if i > 0 {
			seen.WriteString("\n\n")
		}
		walk(t, input, n, &seen, false)
	}
	if got, want := squeeze(seen.String()), squeeze(text.Clean(input)); got != want {
		t.Fatalf("reader of %q sees %q", want, got)
	}
}

func walk(t fataler, input string, n *html.Node, seen *strings.Builder, inLink bool) {
	t.Helper()
	switch n.Type {
	case html.TextNode:
		seen.WriteString(n.Data)
	case html.ElementNode:
		attrs, ok := allowed[n.DataAtom]
		if !ok || n.Namespace != "" || inLink && n.DataAtom != atom.Span {
			t.Fatalf("%q: element %s %s", input, n.Namespace, n.Data)
		}
		values := map[string]string{}
		for _, a := range n.Attr {
			if ok := attrs[a.Key]; ok == nil || !ok(a.Val) {
				t.Fatalf("%q: <%s %s=%q>", input, n.Data, a.Key, a.Val)
			}
			values[a.Key] = a.Val
		}
		if rel := values["rel"]; values["target"] != "" && !strings.Contains(rel, "nofollow noopener") {
			t.Fatalf("%q: target without noopener: %q", input, rel)
		}
		if n.DataAtom == atom.Br {
			seen.WriteByte('\n')
		}
		inLink = inLink || n.DataAtom == atom.A
	default:
		t.Fatalf("%q: node of type %v", input, n.Type)
	}
	for c := n.FirstChild; c != nil; c = c.NextSibling {
		walk(t, input, c, seen, inLink)
	}
}

// squeeze makes texts comparable whose mentions and hashtags were rewritten.
func squeeze(s string) string {
	for strings.Contains(s, "\n\n\n") {
		s = strings.ReplaceAll(s, "\n\n\n", "\n\n")
	}
	s = strings.ReplaceAll(s, "＃", "#")
	return strings.ReplaceAll(strings.ToLower(s), "@bob@far.test", "@bob")
}

// XS-01, XS-04
var hostile = []string{
	`<script>alert(1)</script>`,
	`<img src=x onerror=alert(1)>`,
	`<svg/onload=alert(1)>`,
	`<a href="javascript:alert(1)">x</a>`,
	`"><img src=x>`,
	`&lt;script&gt;`,
	`<math><mi//xlink:href="data:x">`,
	`<math><annotation-xml>`,
	`<noscript><p title="</noscript><img src=x onerror=1>">`,
	`<svg><style><img title="</style><img src onerror=1>">`,
	`https://x.test/"onmouseover="alert(1)`,
	`https://x.test/'onmouseover='alert(1)`,
	`https://x.test/<script>`,
	`https://x.test/&quot;onclick=1`,
	`HTTPS://X.test/\" style=x`,
	`https://@ada#<b>@ada"`,
	"@ada\x00<b>", "#go\u2028<b>", "\ufeff<script>", "<\x00script>", "<scr\x01ipt>",
	`@ada@"><script>`, `#"><script>`, `＃<b>`, "javascript&#58;alert(1)", "<!--", "]]>", "<![CDATA[",
	"https://xn--a.test/\u202egpj.exe", "https://[::1]:80/<b>", "https://%00/", "https://a.test/%3Cscript%3E",
}

func TestHostileTextIsInert(t *testing.T) {
	for _, in := range hostile {
		inert(t, in, text.Parse(in).HTML(resolve, tagURL))
		inert(t, in, text.Parse(in).HTML(nil, nil))
	}
}

// XS-09: neither links nor mentions nor hashtags vouch for what they lead to.
func TestLinksDoNotVouch(t *testing.T) {
	got := text.Parse("https://a.test http://b.test/?x=1 @ada #go").HTML(resolve, tagURL)
	for part := range strings.SplitSeq(got[strings.Index(got, "<a "):], "<a ") {
		tag, _, _ := strings.Cut(part, ">")
		if tag != "" && !strings.Contains(tag, "nofollow noopener") {
			t.Errorf("<a %s> vouches: %s", tag, got)
		}
	}
	if strings.Count(got, "<a ") != 4 {
		t.Errorf("not 4 links: %s", got)
	}
}

// XS-04: the time must not grow with the square of the length. At these sizes a
// test that does would take minutes.
func TestLongHostileText(t *testing.T) {
	for _, part := range []string{
		"<b>", "https://a(", "https://a[{(", "http://", "https://a.test/ ", "@", "@a", "@ada ", "@ada@", "@a@a@", "#", "#a", "#a ", "#a#",
		"·", "#·", "&", "<", "\n", "\r", "\r\n", "a\n\n", "e\u0301", "\u0301", "\u200d", "👩\u200d", "🇩", "\xff", "@a.", "http://a.test/@a#b", "https://x@y ",
		"://", "(((https://a.test", "https://a.test/(()", "https://a..", "a_",
	} {
		in := strings.Repeat(part, 10_000)
		d := text.Parse(in)
		if d.Length() > len(in)*23 {
			t.Errorf("%q: length %d", part, d.Length())
		}
		inert(t, in, d.HTML(resolve, tagURL))
	}
}

func TestAnyTextIsInert(t *testing.T) {
	pieces := append([]string{"<", ">", "&", `"`, "'", "@", "#", "@ada", "#go", " ", "\n", "\n\n", "https://", "http://a.test", "://", "/", "(", ")", "@bob@far.test", "\x00", "\u200d", "é", "<p>", "<a href='"}, hostile...)
	rapid.Check(t, func(t *rapid.T) {
		part := rapid.OneOf(rapid.SampledFrom(pieces), rapid.String())
		in := strings.Join(rapid.SliceOfN(part, 0, 12).Draw(t, "parts"), "")
		d := text.Parse(in)
		inert(t, in, d.HTML(resolve, tagURL))
		if again := text.Clean(d.Text); again != d.Text {
			t.Fatalf("Clean is not idempotent: %q, %q", d.Text, again)
		}
	})
}

func FuzzHTML(f *testing.F) {
	for _, in := range hostile {
		f.Add(in)
	}
	f.Fuzz(func(t *testing.T, in string) {
		inert(t, in, text.Parse(in).HTML(resolve, tagURL))
	})
}
