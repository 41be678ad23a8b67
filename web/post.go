package web

import (
	"net/http"
	"net/url"
	"strings"

	"github.com/guildhall/guildhall/internal/errs"
	"github.com/guildhall/guildhall/internal/ids"
	"github.com/guildhall/guildhall/posts"
)

// postData is a post in its conversation.
type postData struct {
	Above, Below []card
	Card         card
	Draft        *draftData // of an answer, nil: nobody is signed in
}

func (c *call) post() error {
	id, ok := ids.Parse(c.r.PathValue("id"))
	if !ok {
		return errNoPage()
	}
	a, err := c.owner()
	if err != nil {
		return err
	}
	ctx := c.r.Context()
	view, err := c.Posts.Get(ctx, c.viewer(), id)
	if err != nil {
		return err
	}
	if view.AccountID != a.ID {
		return errNoPage()
	}
	if isPart(c.r) {
		return c.postPiece(view)
	}
	if err := c.readTalk(view); err != nil {
		return err
	}
	above, below, err := c.Posts.Context(ctx, c.viewer(), id)
	if err != nil {
		return err
	}
	var d postData
	if d.Above, err = c.cards(above); err != nil {
		return err
	}
	if d.Below, err = c.cards(below); err != nil {
		return err
	}
	d.Above, d.Below = sift(d.Above, posts.FilterThread), sift(d.Below, posts.FilterThread)
	here, err := c.cards([]*posts.View{view})
	if err != nil {
		return err
	}
	if len(here) == 0 { // its author has just gone
		return errNoPage()
	}
	d.Card = here[0]
	d.Card.Main = true
	d.Card.siftQuoted(posts.FilterThread)
	if c.viewer() != 0 {
		draft, err := c.draft(&d.Card)
		if err != nil {
			return err
		}
		d.Draft = &draft
	}
	f := c.frame(nameOf(d.Card.Author) + ": " + cut(summary(d.Card.Post.Post), 60))
	f.NoIndex = !d.Card.Author.Indexable || d.Card.Post.Visibility != posts.Public
	f.Preview = c.postPreview(d.Card)
	return c.show(http.StatusOK, postPage(f, d))
}

// postPiece answers with one post, for a page that shows it as it was.
func (c *call) postPiece(view *posts.View) error {
	cards, err := c.cards([]*posts.View{view})
	if err != nil {
		return err
	}
	if len(cards) == 0 {
		return errNoPage()
	}
	cards[0].Main = c.query("main") != ""
	cards[0].siftQuoted(posts.FilterThread)
	return c.show(http.StatusOK, postArticle(cards[0]))
}

// readTalk marks the conversation that a direct post belongs to as read: its
// reader looks at it.
func (c *call) readTalk(view *posts.View) error {
	if c.viewer() == 0 || view.Visibility != posts.Direct {
		return nil
	}
	talk, err := c.Posts.ConversationOf(c.r.Context(), c.user.ID, view.ID)
	if errs.Is(err, errs.NotFound) || err == nil && !talk.Unread {
		return nil
	}
	if err != nil {
		return err
	}
	_, err = c.Posts.MarkConversation(c.r.Context(), c.user.ID, talk.ID, false)
	c.unreads.Invalidate(c.user.ID)
	return err
}

// postPreview is what other sites show of a link to a post: nothing that its
// author wants to be asked for first.
func (c *call) postPreview(d card) *preview {
	p := &preview{Type: "article", URL: c.config.BaseURL + d.URL, Title: nameOf(d.Author) + " (@" + d.Author.Username + "@" + c.host + ")",
		Text: excerpt(summary(d.Post.Post)), Image: c.mediaURL(d.Author.Avatar), Alt: d.Author.AvatarAlt}
	p.OEmbed = c.config.BaseURL + "/api/oembed?url=" + url.QueryEscape(p.URL)
	if len(d.Post.Media) > 0 && !d.Post.Sensitive && d.Post.Spoiler == "" {
		m := d.Post.Media[0]
		p.Image, p.Alt, p.Large = c.mediaURL(m.Small.Key), m.Description, true
	}
	return p
}

// summary is a post in plain text, or its content warning.
func summary(p *posts.Post) string {
	switch {
	case p.Spoiler != "":
		return p.Spoiler
	case p.Text == "" && len(p.Media) > 0:
		return "📷" + strings.Repeat(" 📷", len(p.Media)-1)
	}
	return p.Text
}

// excerpt is the beginning of a text, in one line.
func excerpt(text string) string { return cut(strings.Join(strings.Fields(text), " "), 200) }

// cut returns at most n characters, at the end of a word if one ends nearby.
func cut(text string, n int) string {
	runes := []rune(text)
	if len(runes) <= n {
		return text
	}
	text = string(runes[:n-1])
	if i := strings.LastIndexByte(text, ' '); i > len(text)*2/3 {
		text = text[:i]
	}
	return text + "…"
}
