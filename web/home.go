package web

import (
	"net/http"

	"github.com/guildhall/guildhall/internal/ids"
	"github.com/guildhall/guildhall/internal/page"
	"github.com/guildhall/guildhall/posts"
)

// anonymous is whom public pages are made for, whoever is signed in: what is
// not for everybody is for the apps to show.
const anonymous ids.ID = 0

// pageSize is how many posts a page lists.
const pageSize = 20

// listPage reads which part of a list is wanted.
func (c *call) listPage() page.Page {
	from, _ := ids.Parse(c.query("max_id")) // 0, the start, for what is no id
	return page.Page{Max: from, Limit: pageSize}
}

// listData is a list of posts.
type listData struct {
	Cards []card
	Later bool   // not the list's beginning
	Older string // address of what follows, empty: nothing
}

// list makes a page's list; path is its address with at least one parameter or
// ending in "?".
func (c *call) list(views []*posts.View, p page.Page, path string) (listData, error) {
	cards, err := c.cards(views)
	if err != nil {
		return listData{}, err
	}
	l := listData{Cards: cards, Later: p.Max != 0}
	if len(views) == p.Limit {
		l.Older = path + "max_id=" + views[len(views)-1].ID.String()
	}
	return l, nil
}

// homeData is what the front page shows.
type homeData struct {
	listData
	Name string // of who is signed in
	Face face
}

func (c *call) home() error {
	p := c.listPage()
	views, err := c.Posts.PublicTimeline(c.r.Context(), anonymous, posts.PublicFilter{Local: true}, p)
	if err != nil {
		return err
	}
	var d homeData
	if d.listData, err = c.list(views, p, "/?"); err != nil {
		return err
	}
	if c.user != nil {
		if d.Name, d.Face, err = c.self(); err != nil {
			return err
		}
	}
	f := c.frame("")
	f.Landing = !d.Later
	f.NoIndex = d.Later // its content moves on
	f.Preview = &preview{Type: "website", URL: c.config.BaseURL + "/", Title: c.config.Title, Text: c.config.Description}
	return c.show(http.StatusOK, homePage(f, d))
}
