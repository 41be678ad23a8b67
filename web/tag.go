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
	l, err := c.list(views, p, posts.FilterPublic, path+"?")
	if err != nil {
		return err
	}
	f := c.frame("#" + tag.Name)
	f.NoIndex = l.Later
	f.Preview = &preview{Type: "website", URL: c.config.BaseURL + path, Title: f.fullTitle(), Text: c.words().Text("Public posts about %s", "#"+tag.Name)}
	return c.show(http.StatusOK, tagPage(f, tag, l))
}

// followTag follows a tag, or no longer, and answers with the button for the
// other of the two.
func (c *call) followTag() error {
	name, ctx := c.r.PathValue("tag"), c.r.Context()
	if !tagName.MatchString(name) {
		return errNoPage()
	}
	var tag posts.Tag
	var err error
	switch c.r.PathValue("deed") {
	case "follow":
		if err = c.limited("follows"); err == nil {
			tag, err = c.Posts.FollowTag(ctx, c.user.ID, name)
		}
	case "unfollow":
		tag, err = c.Posts.UnfollowTag(ctx, c.user.ID, name)
	default:
		return errNoPage()
	}
	switch {
	case err != nil:
		return err
	case !isPart(c.r):
		return c.back()
	}
	return c.show(http.StatusOK, tagButton(tag))
}
