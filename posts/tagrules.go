package posts

import (
	"context"
	"slices"

	"github.com/guildhall/guildhall/internal/db"
	"github.com/guildhall/guildhall/internal/errs"
	"github.com/guildhall/guildhall/internal/ids"
	"github.com/guildhall/guildhall/internal/page"
)

// RuledTag is a hashtag with what moderators have decided about it.
type RuledTag struct {
	Tag
	Review   Review // whether it may trend
	Usable   bool   // in new posts
	Listable bool   // found by searches
}

// TagRules changes what moderators have decided about a hashtag; nil leaves a
// thing as it is.
type TagRules struct{ Trendable, Usable, Listable *bool }

// tagRule is a row of posts_tag_rules.
type tagRule struct {
	tag              ids.ID
	usable, listable bool
}

func (s *Service) readTagRules(ctx context.Context, list []ids.ID) (map[ids.ID]tagRule, error) {
	out := map[ids.ID]tagRule{}
	for part := range slices.Chunk(list, loadMax) {
		in, args := db.In(nil, part)
		rows, err := db.All(ctx, s.DB, func(r *tagRule) []any { return []any{&r.tag, &r.usable, &r.listable} },
			"SELECT tag_id, usable, listable FROM posts_tag_rules WHERE tag_id IN "+in, args...)
		if err != nil {
			return nil, err
		}
		for _, r := range rows {
			out[r.tag] = r
		}
	}
	return out, nil
}

// leaveRuledOut leaves out hashtags that may not be used or found.
func (s *Service) leaveRuledOut(ctx context.Context, list []Trend) ([]Trend, error) {
	rules, err := s.readTagRules(ctx, idsOfTrends(list, len(list), 0))
	return slices.DeleteFunc(list, func(t Trend) bool {
		r, ok := rules[t.ID]
		return ok && !(r.usable && r.listable)
	}), err
}

// refuseTags returns Invalid if one of a new post's hashtags may not be used.
func refuseTags(ctx context.Context, tx *db.Tx, known map[string]ids.ID) error {
	var list []ids.ID
	for _, id := range known {
		list = append(list, id)
	}
	in, args := db.In(nil, list)
	refused, err := db.Values[string](ctx, tx, "SELECT n.name FROM posts_tag_rules r JOIN posts_tags_names n ON n.id = r.tag_id WHERE NOT r.usable AND r.tag_id IN "+in, args...)
	if err == nil && len(refused) > 0 {
		err = invalid("This hashtag may not be used here: #" + refused[0])
	}
	return err
}

// TagsByID returns hashtags in the order of their ids, as a viewer sees them.
func (s *Service) TagsByID(ctx context.Context, viewer ids.ID, list []ids.ID) ([]Tag, error) {
	if len(list) == 0 {
		return nil, nil
	}
	in, args := db.In(nil, list)
	rows, err := db.All(ctx, s.DB, scanKeyed[string], "SELECT id, name FROM posts_tags_names WHERE id IN "+in, args...)
	if err != nil {
		return nil, err
	}
	names := make(map[ids.ID]string, len(rows))
	for _, r := range rows {
		names[r.of] = r.value
	}
	var order []string
	for _, id := range list {
		if name, ok := names[id]; ok {
			order = append(order, name)
		}
	}
	return s.tagsNamed(ctx, viewer, order)
}

// RuledTags returns hashtags with what moderators have decided about them, in
// the order of their ids.
func (s *Service) RuledTags(ctx context.Context, viewer ids.ID, list []ids.ID) ([]RuledTag, error) {
	tags, err := s.TagsByID(ctx, viewer, list)
	if err != nil {
		return nil, err
	}
	rules, err := s.readTagRules(ctx, list)
	if err != nil {
		return nil, err
	}
	reviews, err := s.readReviews(ctx, TrendTag, list)
	if err != nil {
		return nil, err
	}
	out := make([]RuledTag, len(tags))
	for i, t := range tags {
		out[i] = RuledTag{Tag: t, Usable: true, Listable: true}
		if r, ok := rules[t.ID]; ok {
			out[i].Usable, out[i].Listable = r.usable, r.listable
		}
		if r, ok := reviews[t.ID]; ok {
			out[i].Review = reviewed(r.allowed)
		}
	}
	return out, nil
}

// AllTags lists the hashtags of this server for moderators, the newest first.
func (s *Service) AllTags(ctx context.Context, viewer ids.ID, p page.Page) ([]RuledTag, error) {
	end, args := p.SQL("id", nil)
	list, err := db.Values[ids.ID](ctx, s.DB, "SELECT id FROM posts_tags_names WHERE id > 0"+end, args...)
	if err != nil {
		return nil, err
	}
	return s.RuledTags(ctx, viewer, page.Sort(p, list))
}

// RuledTag returns one hashtag. Returns NotFound if there is none.
func (s *Service) RuledTag(ctx context.Context, viewer, id ids.ID) (RuledTag, error) {
	list, err := s.RuledTags(ctx, viewer, []ids.ID{id})
	if err == nil && len(list) == 0 {
		err = errs.NotFoundRecord()
	}
	if err != nil {
		return RuledTag{}, err
	}
	return list[0], nil
}

// RuleTag changes what is decided about a hashtag. Returns NotFound if there is
// none.
func (s *Service) RuleTag(ctx context.Context, viewer, id ids.ID, r TagRules) (RuledTag, error) {
	err := s.write(ctx, func(tx *db.Tx) error {
		if _, err := db.Value[int](ctx, tx, "SELECT 1 FROM posts_tags_names WHERE id = $1", id); err != nil {
			return err
		}
		if r.Trendable != nil {
			if err := s.storeReview(ctx, tx, TrendTag, id, *r.Trendable); err != nil {
				return err
			}
		}
		if r.Usable == nil && r.Listable == nil {
			return nil
		}
		if _, err := db.Exec(ctx, tx, `INSERT INTO posts_tag_rules (tag_id, usable, listable) VALUES ($1, COALESCE($2, TRUE), COALESCE($3, TRUE))
			ON CONFLICT (tag_id) DO UPDATE SET usable = COALESCE($2, posts_tag_rules.usable), listable = COALESCE($3, posts_tag_rules.listable)`,
			id, r.Usable, r.Listable); err != nil {
			return err
		}
		return s.tellReviewed(ctx, tx, TrendReviewed{Type: TrendTag, ID: id, Rules: true})
	})
	if err != nil {
		return RuledTag{}, err
	}
	return s.RuledTag(ctx, viewer, id)
}
