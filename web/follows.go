package web

import (
	"net/http"

	"github.com/guildhall/guildhall/profiles"
)

// below is what has its address below an account's: whom they follow, who
// follows them, or a post.
func (c *call) below() error {
	switch name := c.r.PathValue("id"); name {
	case "followers", "following":
		return c.follows(name)
	case "report":
		return c.reportForm()
	}
	return c.post()
}

// followsData is what a page about somebody's follows shows.
type followsData struct {
	Account *profiles.Account
	Show    string // followers or following
	Hidden  bool   // they do not show it
	peopleData
}

func (c *call) follows(show string) error {
	a, err := c.owner()
	if err != nil {
		return err
	}
	d := followsData{Account: a, Show: show, Hidden: a.HideCollections && a.ID != c.viewer()}
	read, title := c.Profiles.FollowersOf, "Followers of %s"
	if show == "following" {
		read, title = c.Profiles.FollowingOf, "Whom %s follows"
	}
	p := c.listPage()
	entries, err := read(c.r.Context(), c.viewer(), a.ID, p)
	if err != nil {
		return err
	}
	if d.peopleData, err = c.entries(entries, p, "/@"+a.Username+"/"+show+"?"); err != nil {
		return err
	}
	return c.show(http.StatusOK, followsPage(c.private(c.words().Text(title, nameOf(a))), d))
}

// requests lists who asks to follow the reader.
func (c *call) requests() error {
	p := c.listPage()
	entries, err := c.Profiles.Requests(c.r.Context(), c.user.ID, p)
	if err != nil {
		return err
	}
	d, err := c.entries(entries, p, requestsPath+"?")
	if err != nil {
		return err
	}
	return c.show(http.StatusOK, requestsPage(c.private(c.words().Text("Follow requests")), d))
}
