package mastodon

import (
	"context"

	"github.com/guildhall/guildhall/internal/ids"
	"github.com/guildhall/guildhall/internal/page"
	"github.com/guildhall/guildhall/posts"
)

// Page sizes of lists of statuses.
const (
	statusesPage    = 20
	statusesPageMax = 40
)

func (c *Call) statusPage() page.Page { return c.Page(statusesPage, statusesPageMax) }

func (s *server) homeTimeline(c *Call) error {
	views, err := s.Posts.Home(c.R.Context(), c.Viewer(), c.statusPage())
	return s.statusList(c, views, err)
}

func (s *server) publicTimeline(c *Call) error {
	f := posts.PublicFilter{}
	if c.R.URL.RawQuery != "" {
		f = posts.PublicFilter{Local: c.Bool("local"), Remote: c.Bool("remote"), OnlyMedia: c.Bool("only_media")}
	}
	views, err := s.Posts.PublicTimeline(c.R.Context(), c.Viewer(), f, c.statusPage())
	return s.statusList(c, views, err)
}

func (s *server) tagTimeline(c *Call) error {
	q := c.Query()
	tags := func(name string) []string { return append(q[name+"[]"], q[name]...) }
	f := posts.TagFilter{Tag: c.Path("hashtag"), Any: tags("any"), All: tags("all"), None: tags("none"),
		Local: c.Bool("local"), OnlyMedia: c.Bool("only_media")}
	views, err := s.Posts.TagTimeline(c.R.Context(), c.Viewer(), f, c.statusPage())
	return s.statusList(c, views, err)
}

func (s *server) accountStatuses(c *Call) error {
	id, err := c.PathID("id")
	if err != nil {
		return err
	}
	f := posts.AccountFilter{}
	if c.R.URL.RawQuery != "" {
		f = posts.AccountFilter{Pinned: c.Bool("pinned"), ExcludeReplies: c.Bool("exclude_replies"),
			ExcludeBoosts: c.Bool("exclude_reblogs"), OnlyMedia: c.Bool("only_media"), Tagged: c.Param("tagged")}
	}
	views, err := s.Posts.AccountPosts(c.R.Context(), c.Viewer(), id, f, c.statusPage())
	return s.statusList(c, views, err)
}

func (s *server) favourites(c *Call) error { return s.kept(c, s.Posts.Favourites) }
func (s *server) bookmarks(c *Call) error  { return s.kept(c, s.Posts.Bookmarks) }

// kept answers with posts in the order in which the viewer has kept them.
func (s *server) kept(c *Call, read func(ctx context.Context, viewer ids.ID, p page.Page) ([]posts.Entry, error)) error {
	entries, err := read(c.R.Context(), c.Viewer(), c.statusPage())
	if err != nil {
		return err
	}
	views := make([]*posts.View, len(entries))
	for i, e := range entries {
		views[i] = e.View
	}
	if len(entries) > 0 {
		c.Link(entries[0].Cursor, entries[len(entries)-1].Cursor)
	}
	return s.bareList(c, views)
}
