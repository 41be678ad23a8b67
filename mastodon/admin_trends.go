package mastodon

import (
	"context"
	"net/http"
	"strconv"

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
	return s.answerAdminTag(c, id)
}

func (s *server) answerAdminTag(c *Call, id ids.ID) error {
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
	name, _, err := s.Posts.TrendName(c.R.Context(), posts.TrendTag, id)
	if err != nil {
		return err
	}
	if err := s.Moderation.Record(c.R.Context(), c.actor(), moderation.Entry{Action: "update", Kind: "hashtag", TargetID: id, Target: name}); err != nil {
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

// trends returns a part of what trends, for moderators, and its ids.
func (c *Call) trends(kind posts.TrendKind) ([]posts.Trend, []ids.ID, error) {
	list, err := c.server.Posts.Trends(c.R.Context(), kind, true)
	list = part(list, c.Limit(trendStatusPage, trendStatusPageMax), c.offset())
	want := make([]ids.ID, len(list))
	for i, t := range list {
		want[i] = t.ID
	}
	return list, want, err
}

// trendKinds are the names in the audit log.
var trendKinds = [...]string{posts.TrendTag: "trending_tag", posts.TrendLink: "trending_link", posts.TrendPost: "trending_status", posts.TrendSite: "link_publisher"}

// review decides whether what the path names may trend, and answers with it.
func (s *server) review(c *Call, kind posts.TrendKind, allowed bool, answer func(*Call, ids.ID) error) error {
	id, err := c.PathID("id")
	if err != nil {
		return err
	}
	name, about, err := s.Posts.TrendName(c.R.Context(), kind, id)
	if err != nil {
		return err
	}
	e := moderation.Entry{Action: "reject", Kind: trendKinds[kind], TargetID: id, Target: name, Details: about}
	if allowed {
		e.Action = "approve"
	}
	if err := s.Moderation.Record(c.R.Context(), c.actor(), e); err != nil {
		return err
	}
	if err := s.Posts.ReviewTrend(c.R.Context(), kind, id, allowed); err != nil {
		return err
	}
	return answer(c, id)
}

func (s *server) approveTag(c *Call) error {
	return s.review(c, posts.TrendTag, true, s.answerAdminTag)
}
func (s *server) rejectTag(c *Call) error {
	return s.review(c, posts.TrendTag, false, s.answerAdminTag)
}
func (s *server) approveLink(c *Call) error {
	return s.review(c, posts.TrendLink, true, s.answerAdminLink)
}
func (s *server) rejectLink(c *Call) error {
	return s.review(c, posts.TrendLink, false, s.answerAdminLink)
}
func (s *server) approveStatus(c *Call) error {
	return s.review(c, posts.TrendPost, true, s.answerReviewed)
}
func (s *server) rejectStatus(c *Call) error {
	return s.review(c, posts.TrendPost, false, s.answerReviewed)
}
func (s *server) approvePublisher(c *Call) error {
	return s.review(c, posts.TrendSite, true, s.answerPublisher)
}
func (s *server) rejectPublisher(c *Call) error {
	return s.review(c, posts.TrendSite, false, s.answerPublisher)
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

// adminLinkEntity is Trends::Link of the API with what moderators have to do.
type adminLinkEntity struct {
	ID ids.ID `json:"id"`
	trendLinkEntity
	RequiresReview bool `json:"requires_review"`
}

func (s *server) adminLinkEntities(ctx context.Context, links []posts.TrendingLink) ([]adminLinkEntity, error) {
	entities, err := s.trendLinkEntities(ctx, links)
	list := make([]adminLinkEntity, len(entities))
	for i, e := range entities {
		list[i] = adminLinkEntity{links[i].LinkID, e, links[i].Review == posts.Unreviewed}
	}
	return list, err
}

func (s *server) adminTrendingLinks(c *Call) error {
	links, err := s.Posts.TrendingLinks(c.R.Context(), true, c.Limit(trendStatusPage, trendStatusPageMax), c.offset())
	if err != nil {
		return err
	}
	list, err := s.adminLinkEntities(c.R.Context(), links)
	if err != nil {
		return err
	}
	return c.JSON(http.StatusOK, list)
}

func (s *server) answerAdminLink(c *Call, id ids.ID) error {
	l, err := s.Posts.TrendingLink(c.R.Context(), id)
	if err != nil {
		return err
	}
	list, err := s.adminLinkEntities(c.R.Context(), []posts.TrendingLink{l})
	if err != nil {
		return err
	}
	return c.JSON(http.StatusOK, list[0])
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
	waits := make(map[ids.ID]bool, len(list))
	for _, t := range list {
		waits[t.ID] = t.Review == posts.Unreviewed
	}
	items, err := s.adminStatuses(c, want, waits)
	if err != nil {
		return err
	}
	return c.List(items)
}

// adminStatuses returns posts as JSON, and whether they wait for a review.
func (s *server) adminStatuses(c *Call, want []ids.ID, waits map[ids.ID]bool) ([][]byte, error) {
	views, err := s.Posts.GetMany(c.R.Context(), c.Viewer(), want)
	if err != nil {
		return nil, err
	}
	items := make([][]byte, 0, len(views))
	for _, v := range views {
		body, err := s.statusJSON(c.R.Context(), c.Viewer(), v)
		if err != nil {
			return nil, err
		}
		body = append(body[:len(body)-1:len(body)-1], `,"requires_review":`...)
		items = append(items, append(strconv.AppendBool(body, waits[v.ID]), '}'))
	}
	return items, nil
}

// answerReviewed answers with a post that has just been reviewed.
func (s *server) answerReviewed(c *Call, id ids.ID) error {
	items, err := s.adminStatuses(c, []ids.ID{id}, nil)
	if err != nil {
		return err
	}
	if len(items) == 0 { // its author and the moderator block each other
		return s.emptyObject(c)
	}
	return c.Bytes(http.StatusOK, items[0])
}

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

func (s *server) answerPublisher(c *Call, id ids.ID) error {
	x, err := s.Posts.Site(c.R.Context(), id)
	if err != nil {
		return err
	}
	return c.JSON(http.StatusOK, publisher(x))
}
