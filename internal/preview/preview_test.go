package preview

import (
	"net/url"
	"strings"
	"testing"
	"time"
	"unicode/utf8"
)

func at(t *testing.T) *url.URL {
	t.Helper()
	u, err := url.Parse("https://news.test/a/b?c=d")
	if err != nil {
		t.Fatal(err)
	}
	return u
}

func TestPage(t *testing.T) {
	const page = `<!doctype html><html lang="de-DE"><head><title> Plain </title><meta charset="utf-8">
		<meta property="og:title" content="A &amp; B"><meta property="og:title" content="second"><meta name="description" content="What
		it is about"><meta property="og:image" content="../pic.png"><meta property="og:image:alt" content="a picture">
		<meta name="author" content="Ada"><meta name="fediverse:creator" content="@ada@guild.test"><meta property="og:site_name" content="News">
		<meta property="article:published_time" content="2026-03-04T05:06:07+01:00">
		<link rel="alternate" type="application/json+oembed" href="/oembed?x=1&amp;y=2"></head><body><title>no</title>`
	want := Preview{Title: "A & B", Description: "What it is about", Language: "de-DE", AuthorName: "Ada", Creator: "@ada@guild.test", ProviderName: "News",
		Published: time.Date(2026, 3, 4, 4, 6, 7, 0, time.UTC), Image: "https://news.test/pic.png", ImageAlt: "a picture", OEmbed: "https://news.test/oembed?x=1&y=2"}
	if got := Page([]byte(page), "text/html", at(t)); got != want {
		t.Errorf("\n%+v\n%+v", got, want)
	}
	for given, want := range map[string]Preview{
		"<title>only &lt;this&gt;</title>": {Title: "only"},
		`<meta name=twitter:title content=x><meta name=twitter:image src=x content=//cdn.test/i.jpg>`:                {Title: "x", Image: "https://cdn.test/i.jpg"},
		`<meta property="article:author" content="https://news.test/ada">`:                                           {AuthorURL: "https://news.test/ada"},
		`<meta property=og:image content="javascript:alert(1)"><meta property=og:title content=" "><title>t</title>`: {Title: "t"},
		`<meta property=og:image content="data:image/png;base64,xx">`:                                                {},
		`<meta property=og:image content="http://user:pw@inside.test/">`:                                             {},
		"": {}, "<": {}, "<meta": {}, "\x00\xff\xfe": {}, "<title>": {},
	} {
		if got := Page([]byte(given), "text/html; charset=utf-8", at(t)); got != want {
			t.Errorf("%s\n%+v\n%+v", given, got, want)
		}
	}
}

// Pages are in many encodings, and some are in none.
func TestEncodings(t *testing.T) {
	for _, c := range []struct{ body, kind, want string }{
		{"<title>Gr\xfc\xdfe</title>", "text/html; charset=iso-8859-1", "Grüße"},
		{"<meta charset=shift_jis><title>\x93\xfa\x96{</title>", "text/html", "日本"},
		{"\xff\xfe<\x00t\x00i\x00t\x00l\x00e\x00>\x00x\x00", "text/html", "x"},
		{"<title>a\xff\xfeb\x00c</title>", "text/html; charset=utf-8", "a b c"},
		{"<title>x</title>", "text/html; charset=nonsense", "x"},
	} {
		if got := Page([]byte(c.body), c.kind, at(t)).Title; got != c.want || !utf8.ValidString(got) {
			t.Errorf("%q: %q", c.body, got)
		}
	}
}

// XS-07: no markup survives, and nothing is longer than its bound.
func TestXS07PlainText(t *testing.T) {
	p := Page([]byte(`<meta property="og:title" content="P&lt;script>alert(1)&lt;/script>&lt;b onclick=x>Q"><meta name="description" content="`+strings.Repeat("é", 5000)+`">`), "text/html; charset=utf-8", at(t))
	if p.Title != "PQ" || utf8.RuneCountInString(p.Description) != descriptionMax {
		t.Errorf("%q, %d", p.Title, len(p.Description))
	}
	p.AddOEmbed([]byte(`{"type": "rich", "html": "<script>alert(1)</script><iframe srcdoc=x>", "title": "other", "author_name": "<i>Ada</i>", "author_url": "javascript:alert(1)",
		"provider_name": {"x": 1}, "provider_url": "https://news.test", "thumbnail_url": "/t.png", "width": "100%"}`), at(t))
	want := Preview{Title: "PQ", Description: p.Description, AuthorName: "Ada", ProviderURL: "https://news.test", Image: "https://news.test/t.png"}
	if p != want {
		t.Errorf("%+v", p)
	}
	p.AddOEmbed([]byte(`[1`), at(t))
}

func FuzzPage(f *testing.F) {
	f.Add([]byte("<title>x</title>"), "text/html")
	f.Fuzz(func(t *testing.T, body []byte, kind string) {
		p := Page(body, kind, at(t))
		for _, s := range []string{p.Title, p.Description, p.AuthorName, p.Image} {
			if !utf8.ValidString(s) || strings.ContainsAny(s, "\x00\n") {
				t.Errorf("%q", s)
			}
		}
	})
}
