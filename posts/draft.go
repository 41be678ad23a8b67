package posts

import (
	"context"
	"net/url"
	"slices"
	"strings"
	"time"

	"github.com/guildhall/guildhall/internal/errs"
	"github.com/guildhall/guildhall/internal/ids"
	"github.com/guildhall/guildhall/internal/text"
	"github.com/guildhall/guildhall/profiles"
	"golang.org/x/text/language"
)

// content is what a draft says, checked and ready to be kept.
type content struct {
	text, html, spoiler string
	link                string // the first that may have a card
	sensitive           bool
	language            string
	mentions            []Mention
	tags                []string
	poll                *Poll // without ids; nil: none
}

// bytesPerChar bounds texts whose characters are made of very many bytes.
const bytesPerChar = 4

// compose checks a draft and makes its HTML. Returns Invalid for what breaks a
// limit.
func (s *Service) compose(ctx context.Context, author *profiles.Account, d Draft) (*content, error) {
	if d.Spoiler = text.Line(d.Spoiler); strings.TrimSpace(d.Text) == "" {
		d.Text, d.Spoiler = d.Spoiler, "" // a warning of nothing is the text
	}
	if len(d.Text)+len(d.Spoiler) > bytesPerChar*s.config.MaxChars {
		return nil, s.tooLong()
	}
	doc := text.Parse(d.Text)
	switch {
	case doc.Text == "" && len(d.Media) == 0 && d.QuoteOfID == 0:
		return nil, invalid("Text can't be blank")
	case doc.Length()+text.Characters(d.Spoiler) > s.config.MaxChars:
		return nil, s.tooLong()
	}
	if err := s.checkMedia(d); err != nil {
		return nil, err
	}
	c := &content{text: doc.Text, spoiler: d.Spoiler, link: s.linkOf(doc), tags: doc.Tags, language: normalLanguage(d.Language)}
	c.sensitive = c.spoiler != "" || d.Sensitive != nil && *d.Sensitive
	var err error
	if c.poll, err = s.checkPoll(d.Poll); err != nil {
		return nil, err
	}
	found, err := s.addressees(ctx, author.ID, doc.Mentions)
	if err != nil {
		return nil, err
	}
	c.html = doc.HTML(func(name string) (string, string, bool) {
		a, ok := found[name]
		if !ok {
			return "", "", false
		}
		c.mention(a)
		return s.config.BaseURL + "/@" + a.Acct(), a.Username, true
	}, s.tagURL)
	return c, c.onlyNames(author.ID, d.Mentionable)
}

func (s *Service) tagURL(tag string) string { return s.config.BaseURL + "/tags/" + url.PathEscape(tag) }

// mention records an account that the text names, once.
func (c *content) mention(a *profiles.Account) {
	if !slices.ContainsFunc(c.mentions, func(m Mention) bool { return m.AccountID == a.ID }) {
		c.mentions = append(c.mentions, Mention{AccountID: a.ID, Username: a.Username, Acct: a.Acct()})
	}
}

// addressees finds the accounts behind names, without those that the author
// blocks or is blocked by: to them the author is not to reach out.
func (s *Service) addressees(ctx context.Context, author ids.ID, names []string) (map[string]*profiles.Account, error) {
	if len(names) == 0 {
		return nil, nil
	}
	found, err := s.Profiles.LookupAll(ctx, names)
	if err != nil || len(found) == 0 {
		return nil, err
	}
	graph, err := s.Profiles.Graph(ctx, author)
	if err != nil {
		return nil, err
	}
	for name, a := range found {
		if graph.Blocking[a.ID] || graph.BlockedBy[a.ID] {
			delete(found, name)
		}
	}
	return found, nil
}

func (s *Service) checkMedia(d Draft) error {
	switch sorted := slices.Sorted(slices.Values(d.Media)); {
	case len(d.Media) > s.config.MaxMedia:
		return errs.Newf(errs.Invalid, "Validation failed: Cannot attach more than %d files", s.config.MaxMedia)
	case len(slices.Compact(sorted)) < len(d.Media):
		return invalid("The same file is attached twice")
	case len(d.Media) > 0 && d.Poll != nil:
		return invalid("A post has files or a poll, not both")
	}
	return nil
}

// checkPoll makes a poll of a draft, or nil of nil.
func (s *Service) checkPoll(d *PollDraft) (*Poll, error) {
	if d == nil {
		return nil, nil
	}
	p := &Poll{Multiple: d.Multiple, HideVotes: d.HideVotes}
	for _, o := range d.Options {
		title := text.Line(o)
		switch {
		case title == "":
			continue // apps send the fields that were left empty
		case len(p.Options) == s.config.MaxOptions:
			return nil, errs.Newf(errs.Invalid, "Validation failed: Poll can't have more than %d options", s.config.MaxOptions)
		case text.Characters(title) > s.config.MaxOption || len(title) > bytesPerChar*s.config.MaxOption:
			return nil, errs.Newf(errs.Invalid, "Validation failed: Poll options can't be longer than %d characters", s.config.MaxOption)
		case slices.ContainsFunc(p.Options, func(o PollOption) bool { return o.Title == title }):
			return nil, invalid("Poll options can't be the same")
		}
		p.Options = append(p.Options, PollOption{Title: title})
	}
	switch {
	case len(p.Options) < 2:
		return nil, invalid("Poll must have more than one option")
	case d.ExpiresIn < s.config.MinPoll:
		return nil, invalid("Poll ends too soon")
	case d.ExpiresIn > s.config.MaxPoll:
		return nil, invalid("Poll ends too far in the future")
	}
	p.Expires = s.Now().Add(d.ExpiresIn).Truncate(time.Millisecond).UTC()
	return p, nil
}

// regional are the languages whose written form differs so much from place to
// place that the place is kept.
var regional = map[string]bool{"zh": true, "pt": true, "sr": true}

// normalLanguage returns a language's canonical tag, mostly two letters, or ""
// for what is none.
func normalLanguage(s string) string {
	if s == "" || len(s) > 35 {
		return ""
	}
	tag, err := language.Parse(s)
	base, confidence := tag.Base()
	if err != nil || confidence == language.No {
		return ""
	}
	if !regional[base.String()] {
		return base.String()
	}
	_, script, region := tag.Raw()
	out := base.String()
	if s := script.String(); s != "Zzzz" {
		out += "-" + s
	}
	if r := region.String(); r != "ZZ" {
		out += "-" + r
	}
	return out
}

func invalid(what string) error { return errs.New(errs.Invalid, "Validation failed: "+what) }

func (s *Service) tooLong() error {
	return errs.Newf(errs.Invalid, "Validation failed: Text character limit of %d exceeded", s.config.MaxChars)
}
