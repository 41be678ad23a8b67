package web

import (
	"net/http"
	"net/url"
	"regexp"

	"github.com/guildhall/guildhall/posts"
)

// tagName is what a hashtag can look like.
var tagName = regexp.MustCompile(`^[\p{L}\p{M}\p{N}_·]{1,100}$`)

func (c *call) tag() error {
	name := c.r.PathValue("tag")
	if !tagName.MatchString(name) {
		return errNoPage()
	}
	ctx := c.r.Context()
	tag, err := c.Posts.Tag(ctx, c.viewer(), name)
	if err != nil {
		return err
	}
	p := c.listPage()
	views, err := c.Posts.TagTimeline(ctx, c.viewer(), posts.TagFilter{Tag: name}, p)
	if err != nil {
		return err
	}
	path := "/tags/" + url.PathEscape(tag.Name)
	l, err := c.list(views, p, path+"?")
	if err != nil {
		return err
	}
	uses := 0
	for _, day := range tag.History {
		uses += day.Uses
	}
	f := c.frame("#" + tag.Name)
	f.NoIndex = l.Later
	f.Preview = &preview{Type: "website", URL: c.config.BaseURL + path, Title: f.fullTitle(), Text: "Public posts about #" + tag.Name}
	return c.show(http.StatusOK, tagPage(f, tag.Name, uses, l))
}
