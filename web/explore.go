package web

import (
	"net/http"
	"net/url"
	"strconv"

	"github.com/guildhall/guildhall/posts"
	"github.com/guildhall/guildhall/profiles"
)

// exploreTabs are the parts of the page, by the last part of the address.
var exploreTabs = []struct {
	show, text string
	members    bool // it is about the reader
}{{"", "Posts", false}, {"tags", "Tags", false}, {"links", "Links", false}, {"suggestions", "For you", true}, {"people", "People", false}}

// suggestionTexts say why somebody is suggested.
var suggestionTexts = map[profiles.Source]string{
	profiles.FriendsOfFriends: "People whom you follow follow them",
	profiles.MostFollowed:     "Many here follow them",
}

// exploreData is what one part of the page shows.
type exploreData struct {
	Show  string
	Order string // of people: active or new
	Cards []card
	Tags  []posts.Tag
	Links []posts.TrendingLink
	peopleData
	More string // address of what follows, empty: nothing
}

func exploreAddress(show string) string {
	if show == "" {
		return explorePath
	}
	return explorePath + "/" + show
}

// explore shows what is talked about, and whom to meet.
func (c *call) explore() error {
	parts := map[string]func(*exploreData) (int, error){
		"": c.exploredPosts, "tags": c.exploredTags, "links": c.exploredLinks, "suggestions": c.suggested, "people": c.directory}
	d := exploreData{Show: c.r.PathValue("show")}
	read, ok := parts[d.Show]
	if !ok {
		return errNoPage()
	}
	if d.Show == "suggestions" {
		if err := c.admit(members); err != nil {
			return err
		}
	}
	n, err := read(&d)
	if err != nil {
		return err
	}
	d.Later = c.offset() > 0
	if next := c.offset() + n; n == pageSize && next < offsetMax {
		v := url.Values{"offset": {strconv.Itoa(next)}}
		if d.Order == "new" {
			v.Set("order", d.Order)
		}
		d.More = exploreAddress(d.Show) + "?" + v.Encode()
	}
	f := c.frame(c.words().Text("Explore"))
	f.NoIndex = d.Later || d.Show == "suggestions" || d.Show == "people"
	f.Preview = &preview{Type: "website", URL: c.config.BaseURL + c.r.URL.Path, Title: f.fullTitle(), Text: c.config.Description}
	return c.show(http.StatusOK, explorePage(f, d))
}

func (c *call) exploredPosts(d *exploreData) (int, error) {
	views, err := c.Posts.TrendingPosts(c.r.Context(), c.viewer(), pageSize, c.offset())
	if err != nil {
		return 0, err
	}
	d.Cards, err = c.cards(views)
	d.Cards = sift(d.Cards, posts.FilterPublic)
	return len(views), err
}

func (c *call) exploredTags(d *exploreData) (n int, err error) {
	d.Tags, err = c.Posts.TrendingTags(c.r.Context(), c.viewer(), pageSize, c.offset())
	return len(d.Tags), err
}

func (c *call) exploredLinks(d *exploreData) (n int, err error) {
	d.Links, err = c.Posts.TrendingLinks(c.r.Context(), false, pageSize, c.offset())
	return len(d.Links), err
}

// suggested are people whom the reader might want to follow.
func (c *call) suggested(d *exploreData) (int, error) {
	found, err := c.Profiles.Suggestions(c.r.Context(), c.user.ID, pageSize, c.offset())
	if err != nil {
		return 0, err
	}
	accounts := make([]*profiles.Account, len(found))
	for i, s := range found {
		accounts[i] = s.Account
	}
	if d.People, err = c.people(accounts); err != nil {
		return 0, err
	}
	for i, s := range found {
		d.People[i].Why = c.words().Text(suggestionTexts[s.Sources[0]])
	}
	return len(found), nil
}

// directory lists who wants to be found.
func (c *call) directory(d *exploreData) (int, error) {
	read := c.Posts.ActiveAuthors
	if d.Order = "active"; c.query("order") == "new" {
		d.Order, read = "new", c.Profiles.Newest
	}
	found, err := read(c.r.Context(), c.viewer(), pageSize, c.offset())
	if err != nil {
		return 0, err
	}
	d.People, err = c.people(found)
	return len(found), err
}
