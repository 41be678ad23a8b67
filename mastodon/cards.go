package mastodon

import "github.com/guildhall/guildhall/posts"

// cardEntity is PreviewCard of the API. Nothing of a page is embedded: html and
// embed_url are always empty.
type cardEntity struct {
	URL              string       `json:"url"`
	Title            string       `json:"title"`
	Description      string       `json:"description"`
	Language         *string      `json:"language"`
	Type             string       `json:"type" enum:"link"`
	AuthorName       string       `json:"author_name"`
	AuthorURL        string       `json:"author_url"`
	Authors          []cardAuthor `json:"authors"`
	ProviderName     string       `json:"provider_name"`
	ProviderURL      string       `json:"provider_url"`
	HTML             string       `json:"html"`
	EmbedURL         string       `json:"embed_url"`
	Width            int          `json:"width"`
	Height           int          `json:"height"`
	Image            *string      `json:"image"`
	ImageDescription string       `json:"image_description"`
	Blurhash         *string      `json:"blurhash"`
	PublishedAt      *string      `json:"published_at"`
}

// cardAuthor is PreviewCardAuthor of the API. A page may name whom it likes as
// its author, so no account is shown as one.
type cardAuthor struct {
	Name    string    `json:"name"`
	URL     string    `json:"url"`
	Account *struct{} `json:"account"`
}

// cardEntity makes the entity of a card, nil of none.
func (s *server) cardEntity(c *posts.Card) *cardEntity {
	if c == nil {
		return nil
	}
	e := &cardEntity{URL: c.URL, Title: c.Title, Description: c.Description, Language: orNil(c.Language), Type: "link",
		AuthorName: c.AuthorName, AuthorURL: c.AuthorURL, Authors: []cardAuthor{}, ProviderName: c.ProviderName, ProviderURL: c.ProviderURL,
		Width: c.Image.Width, Height: c.Image.Height, ImageDescription: c.ImageAlt, Blurhash: orNil(c.Blurhash), PublishedAt: timestamp(c.Published)}
	if c.AuthorName != "" || c.AuthorURL != "" {
		e.Authors = append(e.Authors, cardAuthor{Name: c.AuthorName, URL: c.AuthorURL})
	}
	if c.Image.Key != "" {
		image := s.mediaURL(c.Image.Key)
		e.Image = &image
	}
	return e
}

// linkParams choose a part of the posts that show a link.
type linkParams struct {
	URL string `param:"url"`
	pageParams
}

func (s *server) linkTimeline(c *Call) error {
	views, err := s.Posts.LinkTimeline(c.R.Context(), c.Viewer(), c.Param("url"), c.statusPage())
	return s.statusList(c, views, err)
}
