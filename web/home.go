package web

import (
	"net/http"

	"github.com/guildhall/guildhall/internal/ids"
	"github.com/guildhall/guildhall/internal/page"
	"github.com/guildhall/guildhall/posts"
)

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
// ending in "?", and in says which filters are at work in it.
func (c *call) list(views []*posts.View, p page.Page, in posts.FilterContexts, path string) (listData, error) {
	cards, err := c.cards(views)
	if err != nil {
		return listData{}, err
	}
	l := listData{Cards: sift(cards, in), Later: p.Max != 0}
	if len(views) == p.Limit {
		l.Older = path + "max_id=" + views[len(views)-1].ID.String()
	}
	return l, nil
}

// homeData is what the front page shows.
type homeData struct {
	listData
	News  bool       // posts that arrive are announced
	Draft *draftData // nil: nobody is signed in
	Due   *dueData   // nil: no card is due
}

// home is a member's own timeline, and for everybody else what is public.
func (c *call) home() error {
	if c.viewer() == 0 {
		return c.landing()
	}
	if isPart(c.r) && c.query("since_id") != "" {
		return c.news()
	}
	p := c.listPage()
	views, err := c.Posts.Home(c.r.Context(), c.viewer(), p)
	if err != nil {
		return err
	}
	var d homeData
	if d.listData, err = c.list(views, p, posts.FilterHome, homePath+"?"); err != nil {
		return err
	}
	if !d.Later {
		draft, err := c.draft(nil)
		if err != nil {
			return err
		}
		d.Draft, d.News = &draft, true
	}
	d.Due = c.due()
	return c.show(http.StatusOK, homePage(c.private(""), d))
}

// landing is the front page for whoever is not signed in, or not let in yet.
func (c *call) landing() error {
	l, err := c.localList(homePath + "?")
	if err != nil {
		return err
	}
	f := c.frame("")
	f.Landing = !l.Later
	f.NoIndex = l.Later // its content moves on
	f.Preview = &preview{Type: "website", URL: c.config.BaseURL + "/", Title: c.config.Title, Text: c.config.Description}
	return c.show(http.StatusOK, landingPage(f, l))
}

// local is what is public here.
func (c *call) local() error {
	l, err := c.localList(localTimelinePath + "?")
	if err != nil {
		return err
	}
	f := c.frame(c.words().Text("Community"))
	f.NoIndex = l.Later
	f.Preview = &preview{Type: "website", URL: c.config.BaseURL + localTimelinePath, Title: f.fullTitle(), Text: c.config.Description}
	return c.show(http.StatusOK, localPage(f, l))
}

func (c *call) localList(path string) (listData, error) {
	p := c.listPage()
	views, err := c.Posts.PublicTimeline(c.r.Context(), c.viewer(), posts.PublicFilter{Local: true}, p)
	if err != nil {
		return listData{}, err
	}
	return c.list(views, p, posts.FilterPublic, path)
}
