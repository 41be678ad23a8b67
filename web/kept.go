package web

import (
	"context"
	"net/http"

	"github.com/guildhall/guildhall/internal/ids"
	"github.com/guildhall/guildhall/internal/page"
	"github.com/guildhall/guildhall/posts"
)

// bookmarks are the posts that the reader keeps for later.
func (c *call) bookmarks() error { return c.kept(bookmarksPath, "Bookmarks", c.Posts.Bookmarks) }

// favourites are the posts that the reader likes.
func (c *call) favourites() error { return c.kept(favouritesPath, "Favourites", c.Posts.Favourites) }

// kept shows one of the reader's own lists of posts.
func (c *call) kept(path, title string, read func(context.Context, ids.ID, page.Page) ([]posts.Entry, error)) error {
	p := c.listPage()
	entries, err := read(c.r.Context(), c.user.ID, p)
	if err != nil {
		return err
	}
	views := make([]*posts.View, len(entries))
	for i, e := range entries {
		views[i] = e.View
	}
	l, err := c.list(views, p, posts.FilterHome, path+"?")
	if err != nil {
		return err
	}
	if l.Older != "" { // by when it was kept, not by when it was written
		l.Older = path + "?max_id=" + entries[len(entries)-1].Cursor.String()
	}
	return c.show(http.StatusOK, keptPage(c.private(c.words().Text(title)), path, l))
}
