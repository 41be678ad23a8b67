package mastodon

import (
	"context"
	"slices"
	"strconv"

	"github.com/guildhall/guildhall/internal/ids"
	"github.com/guildhall/guildhall/internal/page"
	"github.com/guildhall/guildhall/posts"
)

// Page sizes of lists of statuses.
const (
	statusesPage    = 20
	statusesPageMax = 40
	tagsMax         = 16 // further tags of a tag's timeline that are read
)

// publicParams choose what of the public timeline is wanted.
type publicParams struct {
	pageParams
	Local     bool `param:"local"`
	Remote    bool `param:"remote"`
	OnlyMedia bool `param:"only_media"`
}

// tagParams choose what of a tag's timeline is wanted.
type tagParams struct {
	publicParams
	Any  []string `param:"any"`
	All  []string `param:"all"`
	None []string `param:"none"`
}

// accountStatusesParams choose among somebody's posts.
type accountStatusesParams struct {
	pageParams
	Pinned         bool   `param:"pinned"`
	ExcludeReplies bool   `param:"exclude_replies"`
	ExcludeBoosts  bool   `param:"exclude_reblogs"`
	OnlyMedia      bool   `param:"only_media"`
	Tagged         string `param:"tagged"`
}

func (c *Call) statusPage() page.Page { return c.Page(statusesPage, statusesPageMax) }

// list returns the values of a URL parameter that may be given many times, as
// name=a, name[]=a or name[0]=a; no more than most are read.
func (c *Call) list(name string, most int) []string {
	c.reads(name, nil)
	if c.R.URL.RawQuery == "" {
		return nil
	}
	q := c.Query()
	all := slices.Concat(q[name], q[name+"[]"])
	for i := 0; len(all) < most; i++ {
		more, ok := q[name+"["+strconv.Itoa(i)+"]"]
		if !ok {
			break
		}
		all = append(all, more...)
	}
	all = all[:min(len(all), most)]
	for i, v := range all {
		all[i] = cleanText(v)
	}
	return all
}

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
	f := posts.TagFilter{Tag: c.Path("hashtag"), Any: c.list("any", tagsMax), All: c.list("all", tagsMax), None: c.list("none", tagsMax),
		Local: c.Bool("local"), Remote: c.Bool("remote"), OnlyMedia: c.Bool("only_media")}
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
	if err == nil && f.Pinned { // few, and not in the order of their ids: there is no page after them
		return s.bareList(c, views)
	}
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
