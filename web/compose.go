package web

import (
	"net/http"
	"net/url"
	"slices"
	"strings"

	"github.com/guildhall/guildhall/internal/ids"
	"github.com/guildhall/guildhall/posts"
)

// newDraft returns a composer for what a form or an address names: an answer, a
// quote, or neither.
func (c *call) newDraft(v url.Values) (draftData, error) {
	var to, quotes *card
	var err error
	if text := v.Get("in_reply_to_id"); text != "" {
		if to, err = c.named(text); err != nil {
			return draftData{}, err
		}
	}
	if text := v.Get("quoted_status_id"); text != "" {
		if quotes, err = c.named(text); err != nil {
			return draftData{}, err
		}
		if !quotes.Post.MayQuote {
			return draftData{}, errNoPage()
		}
	}
	d, err := c.draft(to)
	if d.Quotes = quotes; quotes != nil && quotes.Post.Visibility == posts.Followers {
		d.narrow(posts.Followers)
	}
	return d, err
}

// composeForm shows the composer, also with what an address brings: another
// site's words, or those that were typed when a session ended.
func (c *call) composeForm() error {
	q := c.r.URL.Query()
	d, err := c.newDraft(q)
	if err != nil {
		return err
	}
	if text := c.shared(); text != "" {
		q.Set("text", text)
	}
	return c.resume(d, q)
}

// resume shows a composer with the fields that are in the address.
func (c *call) resume(d draftData, q url.Values) (err error) {
	d.read(q)
	d.Text = cut(d.Text, 4*c.config.Posts.MaxChars)
	if q.Has("media") {
		if d.Pictures, err = c.picturesOf(q); err != nil {
			return err
		}
	}
	d.Open = true
	return c.show(http.StatusOK, composePage(c.private(c.words().Text(d.title())), d))
}

// shared is what another app has sent here, or a link: see the manifest.
func (c *call) shared() string {
	text := c.query("text")
	for _, more := range []string{c.query("title"), c.query("url")} {
		if more != "" && !strings.Contains(text, more) {
			text = strings.TrimSpace(text + "\n" + more)
		}
	}
	return text
}

// named returns the post with an id as a card; of a boost, what was boosted.
func (c *call) named(id string) (*card, error) {
	parsed, ok := ids.Parse(id)
	if !ok {
		return nil, errNoPage()
	}
	view, err := c.Posts.Get(c.r.Context(), c.user.ID, parsed)
	if err != nil {
		return nil, err
	}
	cards, err := c.cards([]*posts.View{view})
	if err != nil {
		return nil, err
	}
	if len(cards) == 0 {
		return nil, errNoPage()
	}
	return &cards[0], nil
}

// compose posts what was written, or has it wait for its time. With a mistake in
// it, the page comes again, with all that was typed.
func (c *call) compose() error {
	d, err := c.newDraft(c.r.PostForm)
	if err != nil {
		return err
	}
	draft, again, err := c.written(&d)
	if err != nil {
		return err
	}
	if again {
		return c.recompose(d)
	}
	draft.Attributes = nil
	if d.ReplyTo != nil {
		draft.InReplyToID = d.ReplyTo.Post.ID
	}
	if d.Quotes != nil {
		draft.QuoteOfID = d.Quotes.Post.ID
	}
	if err := c.limited("statuses"); c.blame(&d, err) {
		return c.recompose(d)
	}
	if !d.At.Time.IsZero() {
		return c.schedule(d, draft)
	}
	view, err := c.Posts.Create(c.r.Context(), c.user.ID, draft)
	if c.blame(&d, err) {
		return c.recompose(d)
	}
	if err != nil {
		return err
	}
	if !isPart(c.r) {
		return c.goTo("/@" + c.user.Username + "/" + view.ID.String())
	}
	return c.posted([]*posts.View{view}, d.ReplyTo, "")
}

// written reads the composer's fields into d and into a draft. It tells whether
// the composer is to come again: for pictures to be described, or because of a
// mistake.
func (c *call) written(d *draftData) (draft posts.Draft, again bool, err error) {
	d.read(c.r.PostForm)
	d.Open, d.Problems = true, problems{}
	draft = posts.Draft{Text: d.Text, Spoiler: d.Spoiler, Language: d.Language, Key: d.Key, Poll: d.Poll.draft()}
	if c.r.PostForm.Has("whole") {
		draft.Sensitive = &d.Sensitive
	}
	if c.field("visibility") != "" {
		v := visibilityOf(d.Visibility)
		draft.Visibility = &v
	}
	if i := slices.Index(quotePolicies, c.field("quote_policy")); i >= 0 {
		policy := posts.QuotePolicy(i)
		draft.QuotePolicy = &policy
	}
	if d.At.Bad {
		d.Problems["at"] = c.words().Text("That is no day and time.")
	}
	if draft.Attributes, err = c.attached(d); err != nil {
		return draft, false, err
	}
	for _, p := range d.Pictures {
		draft.Media = append(draft.Media, p.ID)
		again = again || p.Problem != ""
	}
	return draft, again || len(d.Problems) > 0 || c.field("attach") != "" || c.field("detach") != "", nil
}

// fieldOf returns the composer's field that the domain speaks of. Of everything
// else the text is the cause.
func fieldOf(refusal string) string {
	refusal = strings.TrimPrefix(refusal, "Validation failed: ")
	for _, of := range []struct{ field, begins string }{
		{"poll", "Poll "}, {"poll", "A post has files or a poll"},
		{"at", "The time "}, {"at", "No more than "},
		{"file", "Description "}, {"file", "Focus "}, {"file", "Cannot attach "}, {"file", "A file "}, {"file", "The same file "},
	} {
		if strings.HasPrefix(refusal, of.begins) {
			return of.field
		}
	}
	return "text"
}

// blame notes beside its field what an error says is wrong with a draft, if that
// is what it says.
func (c *call) blame(d *draftData, err error) bool {
	text, ok := c.problemWith(err)
	if !ok {
		return false
	}
	d.Problems = problems{fieldOf(err.Error()): text}
	return true
}

// posted answers a script: a new composer that says what was done, and the posts
// that there are now above the others of the page.
func (c *call) posted(views []*posts.View, to *card, done string) error {
	cards, err := c.cards(views)
	if err != nil {
		return err
	}
	d, err := c.draft(to)
	if err != nil {
		return err
	}
	d.Done = done
	c.w.Header().Set("HX-Trigger", "posted") // what the browser keeps of it can go
	return c.show(http.StatusOK, composed(d, cards))
}

// recompose shows the composer again with what was typed and what is wrong.
func (c *call) recompose(d draftData) error {
	if isPart(c.r) {
		return c.show(http.StatusOK, composer(d))
	}
	status := http.StatusOK
	if d.wrong() {
		status = http.StatusUnprocessableEntity
	}
	return c.show(status, composePage(c.private(c.words().Text(d.title())), d))
}
