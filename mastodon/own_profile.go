package mastodon

import (
	"net/http"

	"github.com/guildhall/guildhall/internal/ids"
	"github.com/guildhall/guildhall/profiles"
)

// profileEntity is Profile of the API: one's own profile as it was typed.
type profileEntity struct {
	ID                ids.ID        `json:"id"`
	DisplayName       string        `json:"display_name"`
	Note              string        `json:"note"`
	Fields            []fieldEntity `json:"fields"`
	Avatar            *string       `json:"avatar"` // null: none was chosen
	AvatarStatic      *string       `json:"avatar_static"`
	AvatarDescription string        `json:"avatar_description"`
	Header            *string       `json:"header"`
	HeaderStatic      *string       `json:"header_static"`
	HeaderDescription string        `json:"header_description"`
	Locked            bool          `json:"locked"`
	Bot               bool          `json:"bot"`
	HideCollections   bool          `json:"hide_collections"`
	Discoverable      bool          `json:"discoverable"`
	Indexable         bool          `json:"indexable"`
	ShowMedia         bool          `json:"show_media"`
	ShowMediaReplies  bool          `json:"show_media_replies"`
	ShowFeatured      bool          `json:"show_featured"`
	Attributions      []string      `json:"attribution_domains"`

	FeaturedTags []featuredTagEntity `json:"featured_tags"`
}

func (s *server) ownProfile(c *Call) error {
	a, err := s.Profiles.Account(c.R.Context(), c.Viewer())
	if err != nil {
		return err
	}
	return s.answerProfile(c, a)
}

func (s *server) changeProfile(c *Call) error {
	u, err := s.profileUpdate(c)
	if err != nil {
		return err
	}
	a, err := s.Profiles.Update(c.R.Context(), c.Viewer(), u)
	if err != nil {
		return err
	}
	return s.answerProfile(c, a)
}

func (s *server) answerProfile(c *Call, a *profiles.Account) error {
	tags, err := s.featuredTagEntities(c.R.Context(), a.ID, a)
	if err != nil {
		return err
	}
	e := profileEntity{
		ID: a.ID, DisplayName: a.DisplayName, Note: a.Note, Fields: make([]fieldEntity, len(a.Fields)),
		Avatar: s.chosen(a.Avatar), AvatarDescription: a.AvatarAlt, Header: s.chosen(a.Header), HeaderDescription: a.HeaderAlt,
		Locked: a.Locked, Bot: a.Bot, HideCollections: a.HideCollections, Discoverable: a.Discoverable, Indexable: a.Indexable,
		ShowMedia: a.ShowMedia, ShowMediaReplies: a.ShowMediaReplies, ShowFeatured: a.ShowFeatured, Attributions: orEmpty(a.Attributions),
		FeaturedTags: tags,
	}
	e.AvatarStatic, e.HeaderStatic = e.Avatar, e.Header
	for i, f := range a.Fields {
		e.Fields[i] = fieldEntity{f.Name, f.Value, timestamp(f.VerifiedAt)}
	}
	return c.JSON(http.StatusOK, e)
}

// chosen returns the address of a picture, nil for none.
func (s *server) chosen(key string) *string {
	if key == "" {
		return nil
	}
	address := s.mediaURL(key)
	return &address
}
