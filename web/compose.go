package web

import (
	"cmp"
	"context"
	"crypto/rand"
	"net/http"
	"strings"

	"github.com/guildhall/guildhall/internal/ids"
	"github.com/guildhall/guildhall/posts"
)

// draftData is what the composer shows.
type draftData struct {
	Text, Spoiler string
	Visibility    string // of visibilities
	Language      string
	Media         []posts.Media
	Poll          pollFields
	ReplyTo       *card  // nil: answers nothing
	Edits         *card  // the post that is edited, nil: a new one
	Key           string // so that a form that is sent twice makes one post
	Problem       string // what is wrong with it
	Max           int    // characters
	Open          bool   // the cursor goes there
	face
}

// visibilities are who may see a post, by the name that forms and the API have
// for it.
var visibilities = []struct {
	name, text, hint string
	is               posts.Visibility
}{
	{"public", "Public", "Everybody, in all timelines", posts.Public},
	{"unlisted", "Quiet", "Everybody, but in no public timeline", posts.Unlisted},
	{"private", "Followers", "Only who follows you", posts.Followers},
	{"direct", "Direct", "Only who is mentioned", posts.Direct},
}

// draft returns an empty composer, or one for an answer.
func (c *call) draft(replyTo *card) (draftData, error) {
	_, face, err := c.self()
	if err != nil {
		return draftData{}, err
	}
	me, err := c.Profiles.Account(c.r.Context(), c.user.ID)
	if err != nil {
		return draftData{}, err
	}
	d := draftData{Key: rand.Text(), Max: c.config.MaxChars, face: face, ReplyTo: replyTo, Visibility: me.Privacy, Poll: pollOf(nil),
		Language: cmp.Or(me.Language, c.words().tag.String())}
	if replyTo != nil {
		d.Text = c.mentions(replyTo)
		d.Spoiler = replyTo.Post.Spoiler
		for _, v := range visibilities {
			if v.is == replyTo.Post.Visibility && v.is > visibilityOf(d.Visibility) {
				d.Visibility = v.name
			}
		}
	}
	return d, nil
}

// visibilityOf returns the visibility of a name, Public for one that is none.
func visibilityOf(name string) posts.Visibility {
	for _, v := range visibilities {
		if v.name == name {
			return v.is
		}
	}
	return posts.Public
}

// mentions is how an answer begins: with all who take part in the conversation.
func (c *call) mentions(to *card) string {
	var b strings.Builder
	if to.Author.ID != c.user.ID {
		b.WriteString("@" + to.Author.Username + " ")
	}
	for _, m := range to.Post.Mentions {
		if m.AccountID != c.user.ID && m.AccountID != to.Author.ID {
			b.WriteString("@" + m.Username + " ")
		}
	}
	return b.String()
}

func (c *call) composeForm() error {
	var to *card
	if text := c.query("in_reply_to_id"); text != "" {
		var err error
		if to, err = c.answered(text); err != nil {
			return err
		}
	}
	d, err := c.draft(to)
	if err != nil {
		return err
	}
	if d.Text == "" {
		d.Text = cut(c.shared(), c.config.MaxChars)
	}
	d.Open = true
	return c.show(http.StatusOK, composePage(c.private(c.words().text("Write")), d))
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

// answered returns the post with an id as a card.
func (c *call) answered(id string) (*card, error) {
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

// compose posts what was written. With a mistake in it, the page comes again,
// with all that was typed.
func (c *call) compose() error {
	var to *card
	if text := c.field("in_reply_to_id"); text != "" {
		var err error
		if to, err = c.answered(text); err != nil {
			return err
		}
	}
	d, err := c.draft(to)
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
	if to != nil {
		draft.InReplyToID = to.Post.ID
	}
	view, err := c.Posts.Create(c.r.Context(), c.user.ID, draft)
	if text, ok := c.problemWith(err); ok {
		d.Problem = text
		return c.recompose(d)
	}
	if err != nil {
		return err
	}
	if !isPart(c.r) {
		return c.goTo("/@" + c.user.Username + "/" + view.ID.String())
	}
	return c.posted(view, to)
}

// written reads the composer's fields into d and into a draft. It tells whether
// the composer is to come again: for pictures to be described, or because of a
// mistake.
func (c *call) written(d *draftData) (draft posts.Draft, again bool, err error) {
	d.Text, d.Spoiler, d.Language = c.field("text"), c.field("spoiler"), c.field("language")
	d.Key, d.Poll, d.Open = c.field("key"), c.pollFields(), true
	draft = posts.Draft{Text: d.Text, Spoiler: d.Spoiler, Language: d.Language, Key: d.Key, Poll: d.Poll.draft()}
	if name := c.field("visibility"); name != "" {
		v := visibilityOf(name)
		d.Visibility, draft.Visibility = name, &v
	}
	if d.Media, draft.Attributes, d.Problem, err = c.attached(); err != nil {
		return draft, false, err
	}
	for _, m := range d.Media {
		draft.Media = append(draft.Media, m.ID)
	}
	return draft, d.Problem != "" || c.field("attach") != "" || c.field("remove") != "", nil
}

// posted answers a script: a new composer, and the post above the others of the
// page.
func (c *call) posted(view *posts.View, to *card) error {
	cards, err := c.cards([]*posts.View{view})
	if err != nil {
		return err
	}
	d, err := c.draft(nil)
	if err != nil {
		return err
	}
	if to != nil {
		if d, err = c.draft(to); err != nil {
			return err
		}
	}
	c.w.Header().Set("HX-Trigger", "posted") // what the browser keeps of it can go
	return c.show(http.StatusOK, composed(d, cards))
}

// recompose shows the composer again with what was typed and what is wrong.
func (c *call) recompose(d draftData) error {
	if isPart(c.r) {
		return c.show(http.StatusOK, composer(d))
	}
	status, title := http.StatusOK, "Write"
	if d.Problem != "" {
		status = http.StatusUnprocessableEntity
	}
	if d.Edits != nil {
		title = "Edit post"
	}
	return c.show(status, composePage(c.private(c.words().text(title)), d))
}

// action is where the composer's form leads to.
func (d draftData) action() string {
	if d.Edits != nil {
		return d.Edits.URL + "/edit"
	}
	return composePath
}

// storage names the draft that a browser keeps, empty: none.
func (d draftData) storage(ctx context.Context) string {
	if d.Edits != nil {
		return ""
	}
	return readerOf(ctx).user.ID.String() + ":" + d.id()
}

// knowsLanguage tells whether the composer lists the draft's language.
func (d draftData) knowsLanguage() bool {
	for _, l := range written {
		if l.Value == d.Language {
			return true
		}
	}
	return d.Language == ""
}

// id sets the fields of several composers of a page apart.
func (d draftData) id() string {
	switch {
	case d.Edits != nil:
		return d.Edits.Post.ID.String()
	case d.ReplyTo != nil:
		return d.ReplyTo.Post.ID.String()
	}
	return ""
}

// prompt is what stands where nothing was written yet.
func (d draftData) prompt(ctx context.Context) string {
	if d.ReplyTo != nil {
		return t(ctx, "Your answer")
	}
	return t(ctx, "What did you learn today?")
}
