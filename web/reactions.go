package web

import (
	"net/http"

	"github.com/guildhall/guildhall/internal/ids"
	"github.com/guildhall/guildhall/posts"
)

// reactionsData is who likes or boosts a post.
type reactionsData struct {
	Card card
	Show string // favourites or reblogs
	peopleData
}

// reactions lists who likes or boosts a post that the reader may see.
func (c *call) reactions() error {
	d := reactionsData{Show: c.r.PathValue("list")}
	read, title := c.Posts.FavouritedBy, "Who likes this post"
	switch d.Show {
	case "favourites":
	case "reblogs":
		read, title = c.Posts.BoostedBy, "Who boosted this post"
	default:
		return errNoPage()
	}
	id, ok := ids.Parse(c.r.PathValue("id"))
	if !ok {
		return errNoPage()
	}
	a, err := c.owner()
	if err != nil {
		return err
	}
	view, err := c.Posts.Get(c.r.Context(), c.viewer(), id)
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
	if len(cards) == 0 { // its author has just gone
		return errNoPage()
	}
	d.Card = cards[0]
	p := c.listPage()
	entries, err := read(c.r.Context(), c.viewer(), id, p)
	if err != nil {
		return err
	}
	if d.peopleData, err = c.entries(entries, p, d.Card.URL+"/"+d.Show+"?"); err != nil {
		return err
	}
	return c.show(http.StatusOK, reactionsPage(c.private(c.words().Text(title)), d))
}
