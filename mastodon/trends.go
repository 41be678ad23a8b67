package mastodon

import (
	"context"
	"net/http"

	"github.com/guildhall/guildhall/posts"
)

// Page sizes of trends.
const (
	trendsPage         = 10
	trendsPageMax      = 20
	trendStatusPage    = 20
	trendStatusPageMax = 40
)

func (s *server) trendingTags(c *Call) error {
	tags, err := s.Posts.TrendingTags(c.R.Context(), c.Viewer(), c.Limit(trendsPage, trendsPageMax), c.offset())
	if err != nil {
		return err
	}
	return c.JSON(http.StatusOK, c.tagEntities(tags))
}

func (s *server) trendingStatuses(c *Call) error {
	views, err := s.Posts.TrendingPosts(c.R.Context(), c.Viewer(), c.Limit(trendStatusPage, trendStatusPageMax), c.offset())
	if err != nil {
		return err
	}
	return s.bareList(c, views)
}

// trendLinkEntity is Trends::Link of the API.
type trendLinkEntity struct {
	cardEntity
	History []historyEntity `json:"history"`
}

// trendLinkEntities makes the entities of links, in their order.
func (s *server) trendLinkEntities(ctx context.Context, links []posts.TrendingLink) ([]trendLinkEntity, error) {
	cards := make([]*posts.Card, len(links))
	for i, l := range links {
		cards[i] = l.Card
	}
	made, err := s.cardEntities(ctx, cards...)
	if err != nil {
		return nil, err
	}
	list := make([]trendLinkEntity, len(links))
	for i, l := range links {
		list[i] = trendLinkEntity{*made[i], historyEntities(l.History)}
	}
	return list, nil
}

func (s *server) trendingLinks(c *Call) error {
	links, err := s.Posts.TrendingLinks(c.R.Context(), false, c.Limit(trendsPage, trendsPageMax), c.offset())
	if err != nil {
		return err
	}
	list, err := s.trendLinkEntities(c.R.Context(), links)
	if err != nil {
		return err
	}
	return c.JSON(http.StatusOK, list)
}
