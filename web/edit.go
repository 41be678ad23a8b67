package web

import (
	"net/http"

	"github.com/guildhall/guildhall/internal/errs"
	"github.com/guildhall/guildhall/internal/ids"
	"github.com/guildhall/guildhall/posts"
)

// postPart answers with a page about a post: to edit it, how it was edited, or
// who did something with it.
func (c *call) postPart() error {
	switch c.r.PathValue("list") {
	case "edit":
		c.w.Header().Set("Cache-Control", "private, no-store")
		if err := c.admit(members); err != nil {
			return err
		}
		return c.editForm()
	case "history":
		return c.history()
	}
	return c.reactions()
}

// ownPost returns the post of the address, which must be the reader's.
func (c *call) ownPost() (*card, error) {
	to, err := c.named(c.r.PathValue("id"))
	if err != nil {
		return nil, err
	}
	if to.Post.AccountID != c.user.ID || to.Booster != nil || "@"+to.Author.Username != c.r.PathValue("acct") {
		return nil, errNoPage()
	}
	return to, nil
}

// editDraft is the composer with what the post of the address says.
func (c *call) editDraft() (draftData, error) {
	of, err := c.ownPost()
	if err != nil {
		return draftData{}, err
	}
	d, err := c.draft(nil)
	if err != nil {
		return d, err
	}
	p := of.Post
	d.Edits, d.Open = of, true
	d.Text, d.Spoiler, err = c.Posts.Source(c.r.Context(), c.user.ID, p.ID)
	d.Language, d.Sensitive, d.Pictures, d.Poll = p.Language, p.Sensitive, pictured(p.Media), c.pollOf(p.Poll)
	d.QuotePolicy = quotePolicies[p.QuotePolicy]
	return d, err
}

func (c *call) editForm() error {
	d, err := c.editDraft()
	if err != nil {
		return err
	}
	return c.resume(d, c.r.URL.Query())
}

// edit changes a post. With a mistake in it, the page comes again.
func (c *call) edit() error {
	d, err := c.editDraft()
	if err != nil {
		return err
	}
	of := d.Edits
	draft, again, err := c.written(&d)
	if err != nil {
		return err
	}
	if again {
		return c.recompose(d)
	}
	_, err = c.Posts.Edit(c.r.Context(), c.user.ID, of.Post.ID, draft)
	if c.blame(&d, err) {
		return c.recompose(d)
	}
	if err != nil {
		return err
	}
	if isPart(c.r) {
		c.w.Header().Set("HX-Trigger", "posted")
		return c.instead(of.URL)
	}
	return c.goTo(of.URL)
}

// version is what a post said for a time.
type version struct {
	posts.Edit
	card
	At string
}

// history shows what a post said before it was edited, the newest first.
func (c *call) history() error {
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
	edits, err := c.Posts.History(ctx, c.viewer(), id)
	if err != nil {
		return err
	}
	if view.AccountID != a.ID {
		return errNoPage()
	}
	cards, err := c.cards([]*posts.View{view})
	if err != nil {
		return err
	}
	if len(cards) == 0 {
		return errs.NotFoundRecord()
	}
	versions := make([]version, len(edits))
	for i, e := range edits {
		was := *view.Post
		was.Media = e.Media
		was.Sensitive, was.Spoiler = e.Sensitive, e.Spoiler
		versions[len(edits)-1-i] = version{Edit: e, card: card{Post: &posts.View{Post: &was}, now: c.Now()},
			At: c.words().date("2 January 2006, 15:04 UTC", e.CreatedAt)}
	}
	return c.show(http.StatusOK, historyPage(c.private(c.words().Text("Edits")), cards[0], versions))
}
