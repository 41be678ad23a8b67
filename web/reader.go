package web

import (
	"context"
	"net/http"
	"strings"
	"time"

	"github.com/guildhall/guildhall/identity"
	"github.com/guildhall/guildhall/instance"
	"golang.org/x/text/language"
)

// reader is for whom a page is made: every component finds it in its context.
type reader struct {
	words *catalogue
	// languages are all that may be chosen.
	languages []*catalogue
	user      *identity.User // nil: nobody is signed in
	token     string         // what forms of members bring back, empty: nobody is signed in
	emojis    *instance.Emojis
	articles  *articles // nil: none are kept
	theme     string    // light, dark or empty: as the device has it
	now       time.Time
}

type readerKey struct{}

func withReader(ctx context.Context, r *reader) context.Context {
	return context.WithValue(ctx, readerKey{}, r)
}

// readerOf returns for whom a component is rendered. Pages are rendered by show
// only, which says it.
func readerOf(ctx context.Context) *reader { return ctx.Value(readerKey{}).(*reader) }

// t is a text in the reader's language, see catalogue.text.
func t(ctx context.Context, english string, args ...any) string {
	return readerOf(ctx).words.Text(english, args...)
}

// count is a text that counts in the reader's language, see catalogue.count.
func count(ctx context.Context, n int, forms string, args ...any) string {
	return readerOf(ctx).words.Count(n, forms, args...)
}

// number is a count in the reader's language.
func number(ctx context.Context, n int) string { return readerOf(ctx).words.Number(n) }

// The cookies of what a browser was told to prefer.
const (
	languageCookie = "guildhall_language"
	themeCookie    = "guildhall_theme"
)

// themes are what may be chosen.
var themes = []string{"light", "dark"}

// reader returns for whom the answer is.
func (c *call) reader() *reader {
	r := &reader{words: c.words(), languages: c.catalogues, user: c.user, now: c.Now(), emojis: c.Instance.Emojis(), articles: c.articles}
	if c.user != nil {
		r.token = c.sessionToken(memberForms)
	}
	for _, theme := range themes {
		if c.cookie(themeCookie) == theme {
			r.theme = theme
		}
	}
	return r
}

// words returns the language of the answer: what the browser was told to prefer,
// else what it asks for.
func (c *call) words() *catalogue {
	if c.said == nil {
		c.said = c.chooseWords()
	}
	return c.said
}

func (c *call) chooseWords() *catalogue {
	chosen := c.cookie(languageCookie)
	for _, w := range c.catalogues {
		if w.Tag.String() == chosen {
			return w
		}
	}
	wanted, _, err := language.ParseAcceptLanguage(first(c.r.Header.Get("Accept-Language"), 200))
	if err != nil || len(wanted) == 0 {
		return c.catalogues[0]
	}
	_, i, _ := c.matcher.Match(wanted...)
	return c.catalogues[i]
}

// first returns at most n bytes of a text, up to its last comma before that.
func first(text string, n int) string {
	if len(text) <= n {
		return text
	}
	if i := strings.LastIndexByte(text[:n], ','); i > 0 {
		return text[:i]
	}
	return ""
}

// pressed is the value of aria-pressed.
func pressed(on bool) string {
	if on {
		return "true"
	}
	return "false"
}

// htmxConfig turns off what the pages' policy forbids, keeps no pages of a member
// in the browser's storage, and has a part that was exchanged work at once.
const htmxConfig = `{"includeIndicatorStyles":false,"allowEval":false,"selfRequestsOnly":true,"historyCacheSize":0,"scrollBehavior":"auto","timeout":30000,"defaultSettleDelay":0}`

// isPart tells whether a script asks for a part of a page, not the browser for
// a page.
func isPart(r *http.Request) bool { return r.Header.Get("HX-Request") == "true" }
