package web

import (
	"context"
	"crypto/rand"
	"errors"
	"net/http"
	"strings"

	"github.com/guildhall/guildhall/internal/errs"
	"github.com/guildhall/guildhall/internal/ids"
	"github.com/guildhall/guildhall/posts"
)

// draftData is what the composer shows.
type draftData struct {
	Text, Spoiler string
	Visibility    string // of visibilities
	Language      string
	ReplyTo       *card  // nil: answers nothing
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
	d := draftData{Key: rand.Text(), Max: c.config.MaxChars, face: face, ReplyTo: replyTo, Visibility: me.Privacy}
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
		d.Text = cut(c.query("text"), c.config.MaxChars)
	}
	d.Open = true
	return c.show(http.StatusOK, composePage(c.private(c.words().text("Write")), d))
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
	d := posts.Draft{Text: c.field("text"), Spoiler: c.field("spoiler"), Language: c.field("language"), Key: c.field("key")}
	if name := c.field("visibility"); name != "" {
		v := visibilityOf(name)
		d.Visibility = &v
	}
	var to *card
	if text := c.field("in_reply_to_id"); text != "" {
		var err error
		if to, err = c.answered(text); err != nil {
			return err
		}
		d.InReplyToID = to.Post.ID
	}
	view, err := c.Posts.Create(c.r.Context(), c.user.ID, d)
	var known *errs.Error
	if errors.As(err, &known) && known.Kind == errs.Invalid {
		return c.recompose(to, known.Text)
	}
	if err != nil {
		return err
	}
	if !isPart(c.r) {
		return c.goTo("/@" + c.user.Username + "/" + view.ID.String())
	}
	return c.posted(view, to)
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
	return c.show(http.StatusOK, composed(d, cards))
}

// recompose shows the composer again with what was typed and what is wrong.
func (c *call) recompose(to *card, problem string) error {
	d, err := c.draft(to)
	if err != nil {
		return err
	}
	d.Text, d.Spoiler, d.Visibility, d.Language = c.field("text"), c.field("spoiler"), c.field("visibility"), c.field("language")
	d.Key, d.Problem, d.Open = c.field("key"), c.words().sentence(problem), true
	if isPart(c.r) {
		return c.show(http.StatusOK, composer(d))
	}
	return c.show(http.StatusUnprocessableEntity, composePage(c.private(c.words().text("Write")), d))
}

// id sets the fields of several composers of a page apart.
func (d draftData) id() string {
	if d.ReplyTo == nil {
		return ""
	}
	return d.ReplyTo.Post.ID.String()
}

// prompt is what stands where nothing was written yet.
func (d draftData) prompt(ctx context.Context) string {
	if d.ReplyTo != nil {
		return t(ctx, "Your answer")
	}
	return t(ctx, "What did you learn today?")
}
