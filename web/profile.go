package web

import (
	"net/http"
	"strings"

	"github.com/guildhall/guildhall/internal/ids"
	"github.com/guildhall/guildhall/internal/page"
	"github.com/guildhall/guildhall/posts"
	"github.com/guildhall/guildhall/practice"
	"github.com/guildhall/guildhall/profiles"
)

// profileData is what a profile's page shows.
type profileData struct {
	Account *profiles.Account
	Face    face
	Seal    practice.Seal // without a title: none
	Posts   int
	Show    string // which posts, "", "replies" or "media"; or "details"
	Pinned  []card
	// Relation is how the reader stands to them, nil: not at all.
	Relation *profiles.Relationship
	Details  *detailsData // nil: posts are shown
	listData
}

// detailsData is what else somebody tells of themselves.
type detailsData struct {
	Tags        []posts.FeaturedTag
	Recommended []person
	Receipts    []*practice.Receipt
}

// recommendedMost is how many people a profile recommends on its page.
const recommendedMost = 40

func (c *call) profile() error {
	a, err := c.owner()
	if err != nil {
		return err
	}
	ctx := c.r.Context()
	stats, err := c.Posts.AuthorStats(ctx, []ids.ID{a.ID})
	if err != nil {
		return err
	}
	seals, err := c.Practice.Seals(ctx, []ids.ID{a.ID})
	if err != nil {
		return err
	}
	d := profileData{Account: a, Face: faceOf(a), Seal: seals[a.ID], Posts: stats[a.ID].Posts}
	if d.Relation, err = c.relationship(a.ID); err != nil {
		return err
	}
	filter := posts.AccountFilter{ExcludeReplies: true}
	path := "/@" + a.Username + "?"
	switch c.query("show") {
	case "replies":
		d.Show, filter = "replies", posts.AccountFilter{}
	case "media":
		d.Show, filter = "media", posts.AccountFilter{OnlyMedia: true}
	}
	if d.Show != "" {
		path += "show=" + d.Show + "&"
	}
	if c.query("show") == "details" {
		d.Show = "details"
		d.Details, err = c.detailsOf(a.ID)
	} else {
		p := c.listPage()
		var views []*posts.View
		if views, err = c.Posts.AccountPosts(ctx, c.viewer(), a.ID, filter, p); err == nil {
			d.listData, err = c.list(views, p, posts.FilterAccount, path)
		}
	}
	if err != nil {
		return err
	}
	if d.Show == "" && !d.Later {
		if d.Pinned, err = c.pinned(a.ID); err != nil {
			return err
		}
	}
	f := c.frame(nameOf(a) + " (@" + a.Username + ")")
	f.NoIndex = !a.Indexable || d.Later || d.Show != ""
	f.Preview = &preview{Type: "profile", URL: c.config.BaseURL + "/@" + a.Username, Title: nameOf(a) + " (@" + a.Username + "@" + c.host + ")",
		Text: excerpt(a.Note), Image: c.mediaURL(a.Avatar), Alt: a.AvatarAlt}
	return c.show(http.StatusOK, profilePage(f, d))
}

// detailsOf is the part of a profile that is no posts.
func (c *call) detailsOf(id ids.ID) (*detailsData, error) {
	ctx := c.r.Context()
	tags, err := c.Posts.FeaturedTags(ctx, c.viewer(), id)
	if err != nil {
		return nil, err
	}
	most := page.Page{Limit: recommendedMost}
	list, err := c.Profiles.EndorsementsOf(ctx, c.viewer(), id, most)
	if err != nil {
		return nil, err
	}
	people, err := c.entries(list, most, "")
	if err != nil {
		return nil, err
	}
	receipts, err := c.receiptsOf(id)
	return &detailsData{tags, people.People, receipts}, err
}

// owner returns the account that the address names.
func (c *call) owner() (*profiles.Account, error) {
	name, ok := strings.CutPrefix(c.r.PathValue("acct"), "@")
	if !ok {
		return nil, errNoPage()
	}
	a, err := c.Profiles.Lookup(c.r.Context(), name)
	if err == nil && a.State.Is(profiles.Suspended) {
		return nil, errNoPage()
	}
	return a, err
}

func (c *call) pinned(id ids.ID) ([]card, error) {
	views, err := c.Posts.AccountPosts(c.r.Context(), c.viewer(), id, posts.AccountFilter{Pinned: true}, page.Page{Limit: pageSize})
	if err != nil {
		return nil, err
	}
	cards, err := c.cards(views)
	cards = sift(cards, posts.FilterAccount)
	for i := range cards {
		cards[i].Pinned = true
	}
	return cards, err
}

// mediaURL returns a blob's absolute address, or nothing for no blob.
func (s *server) mediaURL(key string) string {
	if key == "" {
		return ""
	}
	return s.config.BaseURL + "/media/" + key
}

// identifier leads from what the API calls an account or a post (its URI) to
// the page about it.
func (c *call) identifier() error {
	name, id := c.r.PathValue("name"), c.r.PathValue("id")
	if _, ok := ids.Parse(id); id != "" && !ok {
		return errNoPage()
	}
	a, err := c.Profiles.Lookup(c.r.Context(), name)
	if err != nil {
		return err
	}
	return c.goTo(strings.TrimSuffix("/@"+a.Username+"/"+id, "/"))
}
