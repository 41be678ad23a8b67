package mastodon

import (
	"context"
	"net/http"
	"net/url"
	"reflect"

	"github.com/guildhall/guildhall/internal/ids"
	"github.com/guildhall/guildhall/posts"
	"github.com/guildhall/guildhall/profiles"
)

// cardEntity is PreviewCard of the API. Nothing of a page is embedded: html and
// embed_url are always empty, and the type is link even if oEmbed calls the page
// a photo or a video, for clients show those by asking the other site for them.
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

// cardAuthor is PreviewCardAuthor of the API.
type cardAuthor struct {
	Name    string                 `json:"name"`
	URL     string                 `json:"url"`
	Account encoded[accountEntity] `json:"account" schema:"nullable"`
}

// credit is the account that a card shows as its page's author.
type credit struct {
	account *profiles.Account // nil: none
	stats   posts.AuthorStats
}

// creditOf returns whom a card shows as its author. A page may name whom it
// likes, so the account must say that the site may.
func creditOf(c *posts.Card, accounts map[ids.ID]*profiles.Account, stats map[ids.ID]posts.AuthorStats) credit {
	if c == nil || c.AuthorID == 0 {
		return credit{}
	}
	a := accounts[c.AuthorID]
	page, err := url.Parse(c.URL)
	if err != nil || a == nil || a.State.Is(profiles.Suspended) || !a.Attributes(page.Hostname()) {
		return credit{}
	}
	return credit{a, stats[c.AuthorID]}
}

// cardEntities makes the entities of cards, in their order.
func (s *server) cardEntities(ctx context.Context, cards ...*posts.Card) ([]*cardEntity, error) {
	var authors []ids.ID
	for _, c := range cards {
		if c.AuthorID != 0 {
			authors = append(authors, c.AuthorID)
		}
	}
	accounts, err := s.Profiles.Accounts(ctx, authors)
	if err != nil {
		return nil, err
	}
	stats, err := s.Posts.AuthorStats(ctx, authors)
	if err != nil {
		return nil, err
	}
	list := make([]*cardEntity, len(cards))
	for i, c := range cards {
		if list[i], err = s.cardEntity(c, creditOf(c, accounts, stats)); err != nil {
			return nil, err
		}
	}
	return list, nil
}

// cardEntity makes the entity of a card, nil of none.
func (s *server) cardEntity(c *posts.Card, by credit) (*cardEntity, error) {
	if c == nil {
		return nil, nil
	}
	e := &cardEntity{URL: c.URL, Title: c.Title, Description: c.Description, Language: orNil(c.Language), Type: "link",
		AuthorName: c.AuthorName, AuthorURL: c.AuthorURL, Authors: []cardAuthor{}, ProviderName: c.ProviderName, ProviderURL: c.ProviderURL,
		Width: c.Image.Width, Height: c.Image.Height, ImageDescription: c.ImageAlt, Blurhash: orNil(c.Blurhash), PublishedAt: timestamp(c.Published)}
	if c.AuthorName != "" || c.AuthorURL != "" || by.account != nil {
		e.Authors = append(e.Authors, cardAuthor{Name: c.AuthorName, URL: c.AuthorURL})
	}
	if by.account != nil {
		body, err := s.renderAccount(by.account, by.stats)
		if err != nil {
			return nil, err
		}
		e.Authors[0].Account = body
	}
	if c.Image.Key != "" {
		image := s.mediaURL(c.Image.Key)
		e.Image = &image
	}
	return e, nil
}

// cardAnswer is the card of a status, or an empty object if it has none.
type cardAnswer struct{}

func (cardAnswer) anyOf() []reflect.Type {
	return []reflect.Type{reflect.TypeFor[cardEntity](), reflect.TypeFor[struct{}]()}
}

// statusCard answers with what has long been part of a status itself, for
// clients that ask as they did before.
func (s *server) statusCard(c *Call) error {
	id, err := c.PathID("id")
	if err != nil {
		return err
	}
	v, err := s.Posts.Get(c.R.Context(), c.Viewer(), id)
	if err != nil {
		return err
	}
	if v.Boost != nil {
		v = v.Boost
	}
	if v.Card == nil {
		return s.emptyObject(c)
	}
	cards, err := s.cardEntities(c.R.Context(), v.Card)
	if err != nil {
		return err
	}
	return c.JSON(http.StatusOK, cards[0])
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
