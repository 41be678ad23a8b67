package text_test

import (
	"slices"
	"strings"
	"testing"

	"github.com/guildhall/guildhall/internal/text"
)

func resolve(name string) (href, username string, ok bool) {
	if name == "ada" || name == "bob@far.test" {
		short, _, _ := strings.Cut(name, "@")
		return "https://here.test/@" + name, short, true
	}
	return "", "", false
}

func tagURL(tag string) string { return "https://here.test/tags/" + tag }

const (
	adaHTML   = `<span class="h-card" translate="no"><a href="https://here.test/@ada" class="u-url mention" rel="nofollow noopener">@<span>ada</span></a></span>`
	bobHTML   = `<span class="h-card" translate="no"><a href="https://here.test/@bob@far.test" class="u-url mention" rel="nofollow noopener">@<span>bob</span></a></span>`
	linkOpen  = `<a href="`
	linkAttrs = `" target="_blank" rel="nofollow noopener noreferrer" translate="no">`
)

func anchor(href, hidden, class, shown, rest string) string {
	return linkOpen + href + linkAttrs + `<span class="invisible">` + hidden + `</span><span class="` + class + `">` + shown + `</span><span class="invisible">` + rest + `</span></a>`
}

func tag(name, shown string) string {
	return `<a href="https://here.test/tags/` + name + `" class="mention hashtag" rel="tag nofollow noopener">#<span>` + shown + `</span></a>`
}

func TestHTML(t *testing.T) {
	example := anchor("https://example.com", "https://", "", "example.com", "")
	for _, c := range []struct{ name, in, want string }{
		{"empty", "", ""},
		{"space only", " \n\t ", ""},
		{"one line", "Hello", "<p>Hello</p>"},
		{"lines and paragraphs", "a\nb\n\nc\n\n\n\nd", "<p>a<br />b</p><p>c</p><p>d</p>"},
		{"other line ends", "a\r\nb\rc\r\n\r\nd", "<p>a<br />b<br />c</p><p>d</p>"},
		{"control characters", "a\x00b\x1b[0m\tc\u0085d", "<p>ab[0m cd</p>"},
		{"not UTF-8", "a\xff\xfeb", "<p>a\ufffdb</p>"},
		{"escapes", `<b>&amp;"'</b>`, "<p>&lt;b&gt;&amp;amp;&quot;&#39;&lt;/b&gt;</p>"},
		{"link", "see https://example.com.", "<p>see " + example + ".</p>"},
		{"link in brackets", "(https://example.com)", "<p>(" + example + ")</p>"},
		{"link with brackets", "https://example.com/a_(b)", "<p>" + anchor("https://example.com/a_(b)", "https://", "", "example.com/a_(b)", "") + "</p>"},
		{"link, www, long", "http://www.example.com/0123456789/0123456789/0123456789?q=1&r=%22#x",
			"<p>" + anchor("http://www.example.com/0123456789/0123456789/0123456789?q=1&amp;r=%22#x", "http://www.", "ellipsis", "example.com/0123456789/0123456", "789/0123456789?q=1&amp;r=%22#x") + "</p>"},
		{"link with a quote", `https://example.com/"onclick="x`, "<p>" + anchor("https://example.com/", "https://", "", "example.com/", "") + `&quot;onclick=&quot;x</p>`},
		{"link before a tag", "https://example.com<script>", "<p>" + example + "&lt;script&gt;</p>"},
		{"no link: other scheme", "javascript:alert(1) ftp://example.com", "<p>javascript:alert(1) ftp://example.com</p>"},
		{"no link: user name", "https://bank.test@evil.test/", "<p>https://bank.test@evil.test/</p>"},
		{"no link: within a word", "xhttps://example.com", "<p>xhttps://example.com</p>"},
		{"no link: no host", "https:// https://. http:///x", "<p>https:// https://. http:///x</p>"},
		{"mention", "@Ada, hi", "<p>" + adaHTML + ", hi</p>"},
		{"mention on another server", "@bob@far.test.", "<p>" + bobHTML + ".</p>"},
		{"mention of nobody", "@nobody @bob", "<p>@nobody @bob</p>"},
		{"no mention: mail address", "x@ada.test x@ada", "<p>x@ada.test x@ada</p>"},
		{"no mention: part of a word", "@adaé", "<p>@adaé</p>"},
		{"no mention within a link", "https://example.com/@ada", "<p>" + anchor("https://example.com/@ada", "https://", "", "example.com/@ada", "") + "</p>"},
		{"hashtag", "#Go #go", "<p>" + tag("go", "Go") + " " + tag("go", "go") + "</p>"},
		{"hashtag, other letters", "#Füße, #日本語 #हिन्दी #１a", "<p>" + tag("füße", "Füße") + ", " + tag("日本語", "日本語") + " " + tag("हिन्दी", "हिन्दी") + " " + tag("1a", "１a") + "</p>"},
		{"hashtag, full width", "＃go", "<p>" + tag("go", "go") + "</p>"},
		{"hashtag with a dot within", "#col·legi·", "<p>" + tag("col·legi", "col·legi") + "·</p>"},
		{"no hashtag: number", "#1 #2024 #_ # ##", "<p>#1 #2024 #_ # ##</p>"},
		{"no hashtag: part of something", "a#b /#c &#x27; ##d #·e", "<p>a#b /#c &amp;#x27; ##d #·e</p>"},
		{"no hashtag within a link", "https://example.com/#go", "<p>" + anchor("https://example.com/#go", "https://", "", "example.com/#go", "") + "</p>"},
		{"all next to each other", "@ada\n#go\n\nhttps://example.com", "<p>" + adaHTML + "<br />" + tag("go", "go") + "</p><p>" + example + "</p>"},
	} {
		t.Run(c.name, func(t *testing.T) {
			if got := text.Parse(c.in).HTML(resolve, tagURL); got != c.want {
				t.Errorf("\n got %s\nwant %s", got, c.want)
			}
		})
	}
}

func TestNamesStayPlainText(t *testing.T) {
	want := "<p>@ada #go<br />" + anchor("https://example.com", "https://", "", "example.com", "") + "</p>"
	if got := text.Parse("@ada #go\nhttps://example.com").HTML(nil, nil); got != want {
		t.Errorf("\n got %s\nwant %s", got, want)
	}
}

func TestNames(t *testing.T) {
	d := text.Parse("@Ada @ada @Bob@Far.Test. #Go #GO #ﬁne #cafe\u0301 #caf\u00e9 #\ufdfa x@y.z @" + strings.Repeat("a", 65))
	if want := []string{"ada", "bob@far.test"}; !slices.Equal(d.Mentions, want) {
		t.Errorf("mentions %q, want %q", d.Mentions, want)
	}
	if want := []string{"go", "fine", "café", "\ufdfa"}; !slices.Equal(d.Tags, want) {
		t.Errorf("tags %q, want %q", d.Tags, want)
	}
}

func TestNamesAreBounded(t *testing.T) {
	var b strings.Builder
	for i := range 2000 {
		name := strings.Repeat("a", i%50+1) + strings.Repeat("b", i/50)
		b.WriteString("@" + name + " #" + name + " ")
	}
	d := text.Parse(b.String())
	if len(d.Mentions) != 100 || len(d.Tags) != 100 {
		t.Errorf("%d mentions, %d tags, want 100 of each", len(d.Mentions), len(d.Tags))
	}
	if n := strings.Count(d.HTML(nil, tagURL), "<a "); n != 100 {
		t.Errorf("%d links, want 100", n)
	}
}

func TestLength(t *testing.T) {
	for _, c := range []struct {
		in   string
		want int
	}{
		{"", 0},
		{"  abc \n", 3},
		{"a\r\nb", 3},
		{"日本語", 3},
		{"e\u0301", 1},
		{"\u0301", 1},
		{"हिन्दी", 3},
		{"👍🏽", 1},
		{"👩‍👩‍👧‍👦!", 2},
		{"❤️", 1},
		{"🇩🇪🇫🇷", 2},
		{"🏴\U000e0067\U000e0062\U000e0065\U000e006e\U000e0067\U000e007f", 1},
		{"각", 1},
		{"1️⃣", 1},
		{"https://example.com/" + strings.Repeat("x", 300), 23},
		{"(https://a.test) http://b.test", 2 + 23 + 1 + 23},
		{"@ada hi", 7},
		{"@ada@far.example.com hi", 7},
		{"#tag", 4},
		{"a" + strings.Repeat("\u0301", 319), 10}, // no free ride
	} {
		if got := text.Length(c.in); got != c.want {
			t.Errorf("Length(%q) = %d, want %d", c.in, got, c.want)
		}
	}
}

func TestLine(t *testing.T) {
	if got := text.Line(" a\r\nb\x00\nc\n"); got != "a b c" {
		t.Errorf("Line = %q", got)
	}
}
