package mastodon

import (
	"net/http"
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
