// Package preview reads what a web page says of itself: title, description,
// author, picture, from OpenGraph, Twitter's tags, oEmbed and plain HTML. All
// of it becomes plain text and web addresses; no markup of the page survives.
// What does not belong here: getting pages, and keeping what they say.
package preview

import (
	"bytes"
	"io"
	"net/url"
	"strings"
	"time"
	"unicode/utf8"

	"golang.org/x/net/html"
	"golang.org/x/net/html/charset"
	"golang.org/x/text/language"
)

// The longest texts that are kept, in characters.
const (
	titleMax       = 500
	descriptionMax = 1000
	nameMax        = 200
	addressMax     = 2048 // bytes
)

// Preview is what a page says of itself. What it does not say is empty.
type Preview struct {
	Title, Description string
	Language           string // BCP 47
	AuthorName         string
	AuthorURL          string
	Creator            string // the author's address in the fediverse, as the page has it
	ProviderName       string
	ProviderURL        string
	Published          time.Time
	Image              string // its address
	ImageAlt           string
	OEmbed             string // where the page says more, as JSON
}

// Page reads an HTML page that was at an address, with its Content-Type as
// sent. A page in no known encoding is read as far as it goes.
func Page(body []byte, contentType string, at *url.URL) Preview {
	r := reader{base: at, meta: map[string]string{}}
	text, err := charset.NewReader(bytes.NewReader(body), contentType)
	if err != nil {
		text = bytes.NewReader(body)
	}
	r.read(text)
	p := Preview{
		Title:        cut(titleMax, r.first("og:title", "twitter:title"), r.title),
		Description:  cut(descriptionMax, r.first("og:description", "twitter:description", "description")),
		AuthorName:   cut(nameMax, r.first("author", "dc.creator", "article:author", "og:article:author")),
		ProviderName: cut(nameMax, r.first("og:site_name", "application-name")),
		Creator:      cut(nameMax, r.first("fediverse:creator")),
		ImageAlt:     cut(descriptionMax, r.first("og:image:alt", "twitter:image:alt")),
		Image:        r.address(r.first("og:image:secure_url", "og:image", "og:image:url", "twitter:image", "twitter:image:src")),
		OEmbed:       r.address(r.oembed),
		Published:    moment(r.first("article:published_time", "og:article:published_time", "date", "dc.date")),
	}
	if strings.HasPrefix(p.AuthorName, "http://") || strings.HasPrefix(p.AuthorName, "https://") {
		p.AuthorName, p.AuthorURL = "", r.address(p.AuthorName) // a profile's address, as OpenGraph has it
	}
	if tag, err := language.Parse(strings.ReplaceAll(cut(35, r.first("og:locale"), r.language), "_", "-")); err == nil {
		p.Language = tag.String()
	}
	return p
}

// reader collects what stands in a page.
type reader struct {
	base     *url.URL
	meta     map[string]string // the first of each name
	title    string
	language string
	oembed   string
}

// metaMax bounds how many names a page may give.
const metaMax = 200

func (r *reader) read(text io.Reader) {
	z := html.NewTokenizer(text)
	z.SetMaxBuf(1 << 20)
	for {
		switch z.Next() {
		case html.ErrorToken:
			return // the end, or where it is broken
		case html.StartTagToken, html.SelfClosingTagToken:
			name, more := z.TagName()
			switch string(name) {
			case "html":
				r.language = attributes(z, more)["lang"]
			case "meta":
				r.addMeta(attributes(z, more))
			case "link":
				r.addLink(attributes(z, more))
			case "title":
				if z.Next() == html.TextToken && r.title == "" {
					r.title = string(z.Text())
				}
			}
		}
	}
}

func attributes(z *html.Tokenizer, more bool) map[string]string {
	all := map[string]string{}
	for more {
		var key, value []byte
		key, value, more = z.TagAttr()
		if _, twice := all[string(key)]; !twice {
			all[string(key)] = string(value)
		}
	}
	return all
}

func (r *reader) addMeta(a map[string]string) {
	name := a["property"]
	if name == "" {
		name = a["name"]
	}
	name = strings.ToLower(name)
	if _, twice := r.meta[name]; !twice && len(r.meta) < metaMax && a["content"] != "" {
		r.meta[name] = a["content"]
	}
}

func (r *reader) addLink(a map[string]string) {
	if r.oembed == "" && strings.EqualFold(a["rel"], "alternate") && strings.EqualFold(a["type"], "application/json+oembed") {
		r.oembed = a["href"]
	}
}

// first returns the first of the names that the page gives.
func (r *reader) first(names ...string) string {
	for _, name := range names {
		if v := r.meta[name]; v != "" {
			return v
		}
	}
	return ""
}

// address returns a web address as it stands from the page, "" for what is
// none.
func (r *reader) address(s string) string {
	u, err := r.base.Parse(strings.TrimSpace(s))
	if s == "" || err != nil || u.Scheme != "http" && u.Scheme != "https" || u.Hostname() == "" || u.User != nil || len(u.String()) > addressMax {
		return ""
	}
	return u.String()
}

// cut makes one line of plain text of the first of the texts that has one, of
// at most so many characters.
func cut(most int, texts ...string) string {
	for _, s := range texts {
		s = strings.Join(strings.Fields(plain(s)), " ")
		if s == "" {
			continue
		}
		if utf8.RuneCountInString(s) > most {
			s = strings.TrimSpace(string([]rune(s)[:most-1])) + "…"
		}
		return s
	}
	return ""
}

// plain takes markup and what is no text out of a text.
func plain(s string) string {
	s = strings.Map(func(c rune) rune {
		if c < ' ' || c == 0x7f || c == utf8.RuneError {
			return ' '
		}
		return c
	}, s)
	if !strings.Contains(s, "<") {
		return s
	}
	var b strings.Builder
	z := html.NewTokenizer(strings.NewReader(s))
	skip := false
	for {
		switch z.Next() {
		case html.ErrorToken:
			return b.String()
		case html.TextToken:
			if !skip {
				b.Write(z.Text())
			}
		case html.StartTagToken:
			name, _ := z.TagName()
			skip = string(name) == "script" || string(name) == "style"
		default:
			skip = false
		}
	}
}

// moment reads a date, the zero time if it is none.
func moment(s string) time.Time {
	for _, layout := range []string{time.RFC3339, "2006-01-02T15:04:05-0700", "2006-01-02T15:04:05", "2006-01-02 15:04:05", "2006-01-02"} {
		if t, err := time.Parse(layout, strings.TrimSpace(s)); err == nil && t.Year() > 1900 && t.Year() < 3000 {
			return t.UTC()
		}
	}
	return time.Time{}
}
