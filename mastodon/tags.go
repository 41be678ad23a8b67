package mastodon

import (
	"context"
	"net/http"
	"net/url"
	"strconv"

	"github.com/guildhall/guildhall/internal/errs"
	"github.com/guildhall/guildhall/internal/ids"
	"github.com/guildhall/guildhall/posts"
	"github.com/guildhall/guildhall/profiles"
)

// Page sizes of lists of tags.
const (
	tagsPage    = 100
	tagsPageMax = 200
)

// tagEntity is Tag of the API.
type tagEntity struct {
	ID        string          `json:"id"` // the name, of a tag that nobody has used yet
	Name      string          `json:"name"`
	URL       string          `json:"url"`
	History   []historyEntity `json:"history"`
	Following *bool           `json:"following,omitempty"` // only to members
	Featuring *bool           `json:"featuring,omitempty"`
}

// historyEntity is how a tag or a link was used on one day.
type historyEntity struct {
	Day      string `json:"day"` // Unix seconds of midnight UTC
	Uses     string `json:"uses"`
	Accounts string `json:"accounts"`
}

func historyEntities(days []posts.TagDay) []historyEntity {
	list := make([]historyEntity, len(days))
	for i, d := range days {
		list[i] = historyEntity{strconv.FormatInt(d.Day.Unix(), 10), strconv.Itoa(d.Uses), strconv.Itoa(d.Accounts)}
	}
	return list
}

func (c *Call) tagEntity(t posts.Tag) tagEntity {
	e := tagEntity{ID: t.Name, Name: t.Name, URL: c.server.tagURL(t.Name), History: historyEntities(t.History)}
	if t.ID != 0 {
		e.ID = t.ID.String()
	}
	if c.Viewer() != 0 {
		e.Following, e.Featuring = &t.Following, &t.Featuring
	}
	return e
}

func (c *Call) tagEntities(tags []posts.Tag) []tagEntity {
	list := make([]tagEntity, len(tags))
	for i, t := range tags {
		list[i] = c.tagEntity(t)
	}
	return list
}

func (s *server) getTag(c *Call) error {
	return s.aboutTag(c, s.Posts.Tag)
}

func (s *server) followTag(c *Call) error   { return s.aboutTag(c, s.Posts.FollowTag) }
func (s *server) unfollowTag(c *Call) error { return s.aboutTag(c, s.Posts.UnfollowTag) }
func (s *server) unfeature(c *Call) error   { return s.aboutTag(c, s.Posts.UnfeatureTag) }

func (s *server) feature(c *Call) error {
	return s.aboutTag(c, func(ctx context.Context, viewer ids.ID, name string) (posts.Tag, error) {
		if _, err := s.Posts.FeatureTag(ctx, viewer, name); err != nil {
			return posts.Tag{}, err
		}
		return s.Posts.Tag(ctx, viewer, name)
	})
}

// aboutTag answers with the tag in the path, after what do has made of it.
func (s *server) aboutTag(c *Call, do func(ctx context.Context, viewer ids.ID, name string) (posts.Tag, error)) error {
	t, err := do(c.R.Context(), c.Viewer(), c.Path("name"))
	if err != nil {
		return err
	}
	return c.JSON(http.StatusOK, c.tagEntity(t))
}

func (s *server) followedTags(c *Call) error {
	tags, err := s.Posts.FollowedTags(c.R.Context(), c.Viewer(), c.Page(tagsPage, tagsPageMax))
	if err != nil {
		return err
	}
	list := make([]tagEntity, len(tags))
	for i, t := range tags {
		list[i] = c.tagEntity(t.Tag)
	}
	if len(tags) > 0 {
		c.Link(tags[0].Cursor, tags[len(tags)-1].Cursor)
	}
	return c.JSON(http.StatusOK, list)
}

// featuredTagEntity is FeaturedTag of the API.
type featuredTagEntity struct {
	ID            ids.ID  `json:"id"`
	Name          string  `json:"name"`
	URL           string  `json:"url"`
	StatusesCount string  `json:"statuses_count"`
	LastStatusAt  *string `json:"last_status_at"` // the day
}

// featuredTagEntity makes the entity of a tag on the profile of acct.
func (s *server) featuredTagEntity(t posts.FeaturedTag, acct string) featuredTagEntity {
	e := featuredTagEntity{ID: t.ID, Name: t.Name, URL: s.config.BaseURL + "/@" + acct + "/tagged/" + url.PathEscape(t.Name),
		StatusesCount: strconv.Itoa(t.Posts)}
	if !t.LastAt.IsZero() {
		day := t.LastAt.UTC().Format(dayFormat)
		e.LastStatusAt = &day
	}
	return e
}

func (s *server) ownFeaturedTags(c *Call) error { return s.featuredOf(c, c.Viewer()) }

func (s *server) featuredTags(c *Call) error {
	id, err := c.PathID("id")
	if err != nil {
		return err
	}
	return s.featuredOf(c, id)
}

func (s *server) featuredOf(c *Call, id ids.ID) error {
	a, err := s.Profiles.Account(c.R.Context(), id)
	if err != nil {
		return err
	}
	list, err := s.featuredTagEntities(c.R.Context(), c.Viewer(), a)
	if err != nil {
		return err
	}
	return c.JSON(http.StatusOK, list)
}

// featuredTagEntities are the tags on the profile of an account.
func (s *server) featuredTagEntities(ctx context.Context, viewer ids.ID, of *profiles.Account) ([]featuredTagEntity, error) {
	tags, err := s.Posts.FeaturedTags(ctx, viewer, of.ID)
	if err != nil {
		return nil, err
	}
	list := make([]featuredTagEntity, len(tags))
	for i, t := range tags {
		list[i] = s.featuredTagEntity(t, of.Acct())
	}
	return list, nil
}

// featureParams name a tag to be shown on the profile.
type featureParams struct {
	Name string `param:"name"`
}

func (s *server) addFeaturedTag(c *Call) error {
	var in featureParams
	if err := c.Decode(&in); err != nil {
		return err
	}
	t, err := s.Posts.FeatureTag(c.R.Context(), c.Viewer(), in.Name)
	if errs.Is(err, errs.NotFound) {
		return wrongType("name", "is not a hashtag")
	}
	if err != nil {
		return err
	}
	a, err := s.Profiles.Account(c.R.Context(), c.Viewer())
	if err != nil {
		return err
	}
	return c.JSON(http.StatusOK, s.featuredTagEntity(t, a.Acct()))
}

func (s *server) deleteFeaturedTag(c *Call) error {
	id, err := c.PathID("id")
	if err != nil {
		return err
	}
	if err := s.Posts.DeleteFeaturedTag(c.R.Context(), c.Viewer(), id); err != nil {
		return err
	}
	return c.JSON(http.StatusOK, struct{}{})
}

func (s *server) suggestedTags(c *Call) error {
	tags, err := s.Posts.SuggestedTags(c.R.Context(), c.Viewer())
	if err != nil {
		return err
	}
	return c.JSON(http.StatusOK, c.tagEntities(tags))
}
