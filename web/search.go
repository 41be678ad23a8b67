package web

import (
	"net/http"
	"net/url"
	"strconv"
	"strings"

	"github.com/guildhall/guildhall/internal/errs"
	"github.com/guildhall/guildhall/internal/page"
	"github.com/guildhall/guildhall/internal/text"
	"github.com/guildhall/guildhall/posts"
)

const (
	searchMax  = 1000   // bytes of a query
	searchSome = 5      // people and tags on the page that has everything
	offsetMax  = 10_000 // how far lists go that are paged by counting
)

// searchTabs are what can be searched for, by the address's type.
var searchTabs = []struct {
	kind, text string
	members    bool // visitors cannot
}{{"", "Everything", false}, {"accounts", "People", false}, {"statuses", "Posts", true}, {"hashtags", "Tags", false}}

// searchData is what the page shows.
type searchData struct {
	Query, Kind string
	Problems    []errs.Field
	People      []person
	Tags        []posts.Tag
	Cards       []card
	More        string // address of what follows, empty: nothing
}

// Empty tells whether nothing was found.
func (d searchData) Empty() bool { return len(d.People)+len(d.Tags)+len(d.Cards) == 0 }

// address is that of the page with another kind of results.
func (d searchData) address(kind string) string {
	v := url.Values{"q": {d.Query}}
	if kind != "" {
		v.Set("type", kind)
	}
	return searchPath + "?" + v.Encode()
}

// search finds people, tags and, for members, posts. An address of this server
// leads to what it is of.
func (c *call) search() error {
	d := searchData{Query: text.Line(c.query("q"))}
	for _, tab := range searchTabs {
		if tab.kind == c.query("type") && (!tab.members || c.viewer() != 0) {
			d.Kind = tab.kind
		}
	}
	if path, ours := strings.CutPrefix(d.Query, c.config.BaseURL+"/"); ours {
		path, _, _ = strings.Cut(path, "#")
		return c.goTo(localPath("/" + path))
	}
	status := http.StatusOK
	switch {
	case len(d.Query) > searchMax:
		d.Problems = []errs.Field{{Text: c.words().Text("That is too long to be searched for")}}
		d.Query, status = cut(d.Query, searchMax/2), http.StatusUnprocessableEntity
	case d.Query != "":
		if err := c.find(&d); err != nil {
			return err
		}
	}
	title := c.words().Text("Search")
	if d.Query != "" {
		title = d.Query + " · " + title
	}
	return c.show(status, searchPage(c.private(title), d))
}

// offset is how many items of a list that is paged by counting come before what
// is wanted.
func (c *call) offset() int {
	n, err := strconv.Atoi(c.query("offset"))
	if err != nil { // from the start
		return 0
	}
	return min(max(n, 0), offsetMax)
}

// find finds what is asked for; of everything only the beginning.
func (c *call) find(d *searchData) error {
	ctx, limit, offset := c.r.Context(), pageSize, c.offset()
	if d.Kind == "" {
		limit, offset = searchSome, 0
	}
	if c.viewer() == 0 {
		offset = 0
	}
	n := 0
	if d.Kind == "" || d.Kind == "accounts" {
		found, err := c.Profiles.Search(ctx, c.viewer(), d.Query, limit, offset, false)
		if err != nil {
			return err
		}
		n = len(found)
		if d.People, err = c.people(found); err != nil {
			return err
		}
	}
	if d.Kind == "" || d.Kind == "hashtags" {
		var err error
		if d.Tags, err = c.Posts.SearchTags(ctx, c.viewer(), d.Query, limit, offset); err != nil {
			return err
		}
		n = len(d.Tags)
	}
	if c.viewer() != 0 && (d.Kind == "" || d.Kind == "statuses") {
		views, err := c.Posts.SearchPosts(ctx, c.viewer(), d.Query, 0, pageSize, offset, page.Page{Limit: pageSize})
		if err != nil {
			return err
		}
		n = len(views)
		if d.Cards, err = c.cards(views); err != nil {
			return err
		}
		d.Cards = sift(d.Cards, posts.FilterPublic)
	}
	if n == pageSize && d.Kind != "" && c.viewer() != 0 {
		d.More = d.address(d.Kind) + "&offset=" + strconv.Itoa(offset+n)
	}
	return nil
}
