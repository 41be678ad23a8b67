package posts

import (
	"context"

	"github.com/guildhall/guildhall/internal/errs"
	"github.com/guildhall/guildhall/internal/ids"
)

// TrendingLink is a link that is much talked about, what its page says of
// itself, and what moderators think of it.
type TrendingLink struct {
	*Card
	History []TagDay // newest first, seven days
	Review  Review
}

// TrendingLinks returns the links that trend, the most talked about first; all
// is as for Trends. A link whose page could not be read has nothing to show
// and is left out.
func (s *Service) TrendingLinks(ctx context.Context, all bool, limit, offset int) ([]TrendingLink, error) {
	list, err := s.Trends(ctx, TrendLink, all)
	if err != nil {
		return nil, err
	}
	links, err := s.withCards(ctx, list)
	if err != nil {
		return nil, err
	}
	links = links[min(offset, len(links)):]
	links = links[:min(limit, len(links))]
	return links, s.addHistories(ctx, links)
}

// TrendingLink returns one link as moderators see it, whether it trends or not.
// Returns NotFound if there is none, or if its page could not be read.
func (s *Service) TrendingLink(ctx context.Context, id ids.ID) (TrendingLink, error) {
	list := []Trend{{ID: id}}
	if err := s.addReviews(ctx, TrendLink, list); err != nil {
		return TrendingLink{}, err
	}
	links, err := s.withCards(ctx, list)
	if err == nil && len(links) == 0 {
		err = errs.NotFoundRecord()
	}
	if err != nil {
		return TrendingLink{}, err
	}
	return links[0], s.addHistories(ctx, links)
}

// withCards returns those links that have cards, without their histories.
func (s *Service) withCards(ctx context.Context, list []Trend) ([]TrendingLink, error) {
	cards, err := s.Cards(ctx, idsOfTrends(list, len(list), 0))
	links := make([]TrendingLink, 0, len(cards))
	for _, t := range list {
		if c := cards[t.ID]; c != nil {
			links = append(links, TrendingLink{Card: c, Review: t.Review})
		}
	}
	return links, err
}

func (s *Service) addHistories(ctx context.Context, links []TrendingLink) error {
	list := make([]ids.ID, len(links))
	for i, l := range links {
		list[i] = l.LinkID
	}
	histories, err := s.histories(ctx, TrendLink, list)
	for i := range links {
		links[i].History = histories[links[i].LinkID]
	}
	return err
}
