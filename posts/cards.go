package posts

import (
	"context"
	"time"

	"github.com/guildhall/guildhall/internal/db"
	"github.com/guildhall/guildhall/internal/ids"
	"github.com/maypok86/otter/v2"
)

// Card is what the page behind a link says of itself, as plain text and web
// addresses. It is shared and must not be changed.
type Card struct {
	LinkID             ids.ID
	URL                string
	Title, Description string
	Language           string // BCP 47, empty: unknown
	AuthorName         string
	AuthorURL          string
	AuthorID           ids.ID // the account that the page names as its author, which may not know of it; 0: none
	ProviderName       string
	ProviderURL        string
	Published          time.Time // zero: unknown
	Image              Rendition // without Key: none
	ImageAlt           string
	Blurhash           string
}

type cardCache = otter.Cache[ids.ID, *Card]

// noCard is cached for a link whose page has not been read.
var noCard = new(Card)

func weighCard(_ ids.ID, c *Card) uint32 {
	return uint32(256 + len(c.URL) + len(c.Title) + len(c.Description) + len(c.AuthorName) + len(c.AuthorURL) + len(c.ImageAlt))
}

// showCards adds to views, and to the posts that they boost or quote, the cards
// of their links.
func (s *Service) showCards(ctx context.Context, views []*View) error {
	var with []*View
	var links []ids.ID
	add := func(w *View) {
		if w.LinkID != 0 {
			with, links = append(with, w), append(links, w.LinkID)
		}
	}
	for _, w := range views {
		if w.Boost != nil {
			w = w.Boost
		}
		add(w)
		if w.Quote != nil && w.Quote.Of != nil {
			add(w.Quote.Of)
		}
	}
	if len(with) == 0 {
		return nil
	}
	cards, err := s.Cards(ctx, links)
	for _, w := range with {
		w.Card = cards[w.LinkID]
	}
	return err
}

// Cards returns the cards of links by their ids; a link whose page has not been
// read has none.
func (s *Service) Cards(ctx context.Context, links []ids.ID) (map[ids.ID]*Card, error) {
	found := make(map[ids.ID]*Card, len(links))
	var missing []ids.ID
	for _, id := range links {
		if c, ok := s.cards.GetIfPresent(id); !ok {
			missing = append(missing, id)
		} else if c != noCard {
			found[id] = c
		}
	}
	for len(missing) > 0 {
		n := min(len(missing), loadMax)
		loaded, err := s.cards.BulkGet(ctx, missing[:n], otter.BulkLoaderFunc[ids.ID, *Card](s.readCards))
		if err != nil {
			return nil, err
		}
		for id, c := range loaded {
			if c != noCard {
				found[id] = c
			}
		}
		missing = missing[n:]
	}
	return found, nil
}

func (s *Service) readCards(ctx context.Context, links []ids.ID) (map[ids.ID]*Card, error) {
	in, args := db.In(nil, links)
	rows, err := db.All(ctx, s.DB, func(c *Card) []any {
		return []any{&c.LinkID, &c.URL, &c.Title, &c.Description, &c.Language, &c.AuthorName, &c.AuthorURL, &c.AuthorID, &c.ProviderName, &c.ProviderURL,
			millis{&c.Published}, &c.Image.Key, &c.Image.Width, &c.Image.Height, &c.ImageAlt, &c.Blurhash}
	}, `SELECT id, url, title, description, language, author_name, author_url, author_id, provider_name, provider_url, published_at,
		image_key, image_width, image_height, image_alt, image_blurhash FROM posts_links WHERE id IN `+in+" AND fetched_at <> 0", args...)
	if err != nil {
		return nil, err
	}
	found := make(map[ids.ID]*Card, len(links))
	for _, id := range links {
		found[id] = noCard
	}
	for i := range rows {
		found[rows[i].LinkID] = &rows[i]
	}
	return found, nil
}
