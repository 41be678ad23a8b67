package web

import (
	"net/http"
	"time"

	"github.com/guildhall/guildhall/instance"
)

// Where the documents of the house are; Mastodon has them there too.
const (
	privacyPath = "/privacy-policy"
	termsPath   = "/terms-of-service"
)

// document is a text of the operator's.
type document struct {
	Title, Since, HTML string
	Next               string // the day from which other terms hold, empty: none
	NextDay            string // the same in words
}

func (c *call) privacyPolicy() error {
	d := c.Instance.House().PrivacyPolicy
	if d.HTML == "" {
		return errNoPage()
	}
	return c.document(privacyPath, document{Title: c.words().Text("Privacy policy"), Since: c.words().Text("As of %s", c.words().date("2 January 2006", d.UpdatedAt)), HTML: d.HTML})
}

// termsOfService shows the terms that hold, or those that hold from the day in
// the path on.
func (c *call) termsOfService() error {
	t, next, err := c.Instance.TermsOn(c.r.PathValue("date"))
	if err != nil {
		return err
	}
	return c.document(termsPath+"/"+t.Effective, document{Title: c.words().Text("Terms of service"), Since: c.since(t), HTML: t.HTML, Next: next, NextDay: c.onDay(next)})
}

func (c *call) since(t *instance.Terms) string {
	if c.Instance.Holds(t) {
		return c.words().Text("In force since %s", c.onDay(t.Effective))
	}
	return c.words().Text("In force from %s on", c.onDay(t.Effective))
}

// onDay is a day such as 2026-01-31 in the reader's words. What is no day stays.
func (c *call) onDay(day string) string {
	t, err := time.Parse(time.DateOnly, day)
	if err != nil {
		return day
	}
	return c.words().date("2 January 2006", t)
}

func (c *call) document(path string, d document) error {
	f := c.frame(d.Title)
	f.Preview = &preview{Type: "website", URL: c.config.BaseURL + path, Title: f.fullTitle(), Text: d.Since}
	return c.show(http.StatusOK, documentPage(f, d))
}
