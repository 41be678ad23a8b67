package mastodon

import (
	"net/http"
	"slices"

	"github.com/guildhall/guildhall/internal/ids"
	"github.com/guildhall/guildhall/moderation"
	"github.com/guildhall/guildhall/posts"
)

// Trends as moderators see them: with what waits for them, and what they have
// decided.

// adminTagEntity is Admin::Tag of the API.
type adminTagEntity struct {
	tagEntity
	Trendable      bool `json:"trendable"`
	Usable         bool `json:"usable"`
	Listable       bool `json:"listable"`
	RequiresReview bool `json:"requires_review"`
}

func (c *Call) adminTagEntity(t posts.RuledTag) adminTagEntity {
	return adminTagEntity{tagEntity: c.tagEntity(t.Tag), Trendable: t.Review == posts.Allowed, Usable: t.Usable, Listable: t.Listable,
		RequiresReview: t.Review == posts.Unreviewed}
}

func (c *Call) adminTagEntities(tags []posts.RuledTag) []adminTagEntity {
	list := make([]adminTagEntity, len(tags))
	for i, t := range tags {
		list[i] = c.adminTagEntity(t)
	}
	return list
}

func (s *server) adminTags(c *Call) error {
	tags, err := s.Posts.AllTags(c.R.Context(), c.Viewer(), c.Page(tagsPage, tagsPageMax))
	if err != nil {
		return err
	}
	if len(tags) > 0 {
		c.Link(tags[0].ID, tags[len(tags)-1].ID)
	}
	return c.JSON(http.StatusOK, c.adminTagEntities(tags))
}

func (s *server) adminTag(c *Call) error {
	id, err := c.PathID("id")
	if err != nil {
		return err
	}
	t, err := s.Posts.RuledTag(c.R.Context(), c.Viewer(), id)
	if err != nil {
		return err
	}
	return c.JSON(http.StatusOK, c.adminTagEntity(t))
}

// adminTagParams are what may be done with a hashtag.
type adminTagParams struct {
	Trendable *bool `param:"trendable"`
	Usable    *bool `param:"usable"`
	Listable  *bool `param:"listable"`
}

func (s *server) setAdminTag(c *Call) error {
	id, err := c.PathID("id")
	if err != nil {
		return err
	}
	var in adminTagParams
	if err := c.Decode(&in); err != nil {
		return err
	}
	if err := s.Moderation.Record(c.R.Context(), c.actor(), moderation.Entry{Action: "update", Kind: "hashtag", TargetID: id}); err != nil {
		return err
	}
	t, err := s.Posts.RuleTag(c.R.Context(), c.Viewer(), id, posts.TagRules{Trendable: in.Trendable, Usable: in.Usable, Listable: in.Listable})
	if err != nil {
		return err
	}
	return c.JSON(http.StatusOK, c.adminTagEntity(t))
}

// part cuts a part out of a list.
func part[T any](list []T, limit, offset int) []T {
	list = list[min(offset, len(list)):]
	return list[:min(limit, len(list))]
}

// trends returns the ids of a part of what trends, for moderators.
func (c *Call) trends(kind posts.TrendKind) ([]posts.Trend, []ids.ID, error) {
	list, err := c.server.Posts.Trends(c.R.Context(), kind, true)
	list = part(list, c.Limit(trendStatusPage, trendStatusPageMax), c.offset())
	want := make([]ids.ID, len(list))
	for i, t := range list {
		want[i] = t.ID
	}
	return list, want, err
}

func (s *server) adminTrendingTags(c *Call) error {
	_, want, err := c.trends(posts.TrendTag)
	if err != nil {
		return err
	}
	tags, err := s.Posts.RuledTags(c.R.Context(), c.Viewer(), want)
	if err != nil {
		return err
	}
	return c.JSON(http.StatusOK, c.adminTagEntities(tags))
}

// adminStatusAnswer is Status of the API with what moderators have to do.
type adminStatusAnswer struct {
	statusAnswer
	RequiresReview bool `json:"requires_review"`
}

func (s *server) adminTrendingStatuses(c *Call) error {
	list, want, err := c.trends(posts.TrendPost)
	if err != nil {
		return err
	}
	return s.adminStatuses(c, list, want, func(items [][]byte) error { return c.List(items) })
}

// adminStatuses answers with posts that trend.
func (s *server) adminStatuses(c *Call, list []posts.Trend, want []ids.ID, answer func([][]byte) error) error {
	views, err := s.Posts.GetMany(c.R.Context(), c.Viewer(), want)
	if err != nil {
		return err
	}
	items := make([][]byte, 0, len(views))
	for _, v := range views {
		body, err := s.statusJSON(c.R.Context(), c.Viewer(), v)
		if err != nil {
			return err
		}
		i := slices.IndexFunc(list, func(t posts.Trend) bool { return t.ID == v.ID })
		mark := `,"requires_review":false}`
		if list[i].Review == posts.Unreviewed {
			mark = `,"requires_review":true}`
		}
		items = append(items, append(body[:len(body)-1:len(body)-1], mark...))
	}
	return answer(items)
}

// trendKinds are the names in the audit log.
var trendKinds = [...]string{posts.TrendTag: "trending_tag", posts.TrendLink: "trending_link", posts.TrendPost: "trending_status", posts.TrendSite: "link_publisher"}

// review decides about what the path names, and returns its id.
func (c *Call) review(kind posts.TrendKind, allowed bool) (ids.ID, error) {
	id, err := c.PathID("id")
	if err != nil {
		return 0, err
	}
	e := moderation.Entry{Action: "reject", Kind: trendKinds[kind], TargetID: id}
	if allowed {
		e.Action = "approve"
	}
	if err := c.server.Moderation.Record(c.R.Context(), c.actor(), e); err != nil {
		return 0, err
	}
	return id, c.server.Posts.ReviewTrend(c.R.Context(), kind, id, allowed)
}

func (s *server) reviewTag(c *Call, allowed bool) error {
	id, err := c.review(posts.TrendTag, allowed)
	if err != nil {
		return err
	}
	t, err := s.Posts.RuledTag(c.R.Context(), c.Viewer(), id)
	if err != nil {
		return err
	}
	return c.JSON(http.StatusOK, c.adminTagEntity(t))
}

func (s *server) approveTag(c *Call) error { return s.reviewTag(c, true) }
func (s *server) rejectTag(c *Call) error  { return s.reviewTag(c, false) }

func (s *server) reviewStatus(c *Call, allowed bool) error {
	id, err := c.review(posts.TrendPost, allowed)
	if err != nil {
		return err
	}
	return s.adminStatuses(c, []posts.Trend{{ID: id, Review: posts.Allowed}}, []ids.ID{id}, func(items [][]byte) error {
		if len(items) == 0 { // whose author and the moderator block each other
			return c.JSON(http.StatusOK, struct{}{})
		}
		return c.Bytes(http.StatusOK, items[0])
	})
}

func (s *server) approveStatus(c *Call) error { return s.reviewStatus(c, true) }
func (s *server) rejectStatus(c *Call) error  { return s.reviewStatus(c, false) }

// publisherEntity is a site that links lead to.
type publisherEntity struct {
	ID             ids.ID  `json:"id"`
	Domain         string  `json:"domain"`
	Trendable      bool    `json:"trendable"`
	ReviewedAt     *string `json:"reviewed_at"`
	RequestedAt    *string `json:"requested_review_at"`
	RequiresReview bool    `json:"requires_review"`
}

func publisher(x posts.Site) publisherEntity {
	return publisherEntity{ID: x.ID, Domain: x.Host, Trendable: x.Review == posts.Allowed, ReviewedAt: timestamp(x.ReviewedAt),
		RequiresReview: x.Review == posts.Unreviewed}
}

func (s *server) publishers(c *Call) error {
	sites, err := s.Posts.Sites(c.R.Context(), c.Page(tagsPage, tagsPageMax))
	if err != nil {
		return err
	}
	list := make([]publisherEntity, len(sites))
	for i, x := range sites {
		list[i] = publisher(x)
	}
	if len(list) > 0 {
		c.Link(list[0].ID, list[len(list)-1].ID)
	}
	return c.JSON(http.StatusOK, list)
}

func (s *server) reviewPublisher(c *Call, allowed bool) error {
	id, err := c.review(posts.TrendSite, allowed)
	if err != nil {
		return err
	}
	x, err := s.Posts.Site(c.R.Context(), id)
	if err != nil {
		return err
	}
	return c.JSON(http.StatusOK, publisher(x))
}

func (s *server) approvePublisher(c *Call) error { return s.reviewPublisher(c, true) }
func (s *server) rejectPublisher(c *Call) error  { return s.reviewPublisher(c, false) }
