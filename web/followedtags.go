package web

import (
	"net/http"

	"github.com/guildhall/guildhall/posts"
)

// followedTagsData are tags that the reader follows.
type followedTagsData struct {
	Tags  []posts.Tag
	Later bool
	Older string // address of what follows, empty: nothing
}

// followedTags lists the tags that the reader follows.
func (c *call) followedTags() error {
	p := c.listPage()
	found, err := c.Posts.FollowedTags(c.r.Context(), c.user.ID, p)
	if err != nil {
		return err
	}
	d := followedTagsData{Later: p.Max != 0}
	for _, tag := range found {
		d.Tags = append(d.Tags, tag.Tag)
	}
	if len(found) == p.Limit {
		d.Older = tagsPath + "?max_id=" + found[len(found)-1].Cursor.String()
	}
	return c.show(http.StatusOK, followedTagsPage(c.private(c.words().Text("Tags that you follow")), d))
}
