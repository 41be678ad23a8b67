package posts

import (
	"context"

	"github.com/guildhall/guildhall/internal/db"
	"github.com/guildhall/guildhall/internal/ids"
)

// historyDays is how many days of a tag's use are told.
const historyDays = 7

// Tag returns a hashtag, given by its name or its id, and how public posts have
// used it lately. A tag that nobody has used exists too: its history is empty.
// Returns NotFound for what can be no hashtag.
func (s *Service) Tag(ctx context.Context, viewer ids.ID, name string) (Tag, error) {
	name, err := s.tagNamed(ctx, name)
	if err != nil {
		return Tag{}, err
	}
	tags, err := s.tagsNamed(ctx, viewer, []string{name})
	if err != nil {
		return Tag{}, err
	}
	return tags[0], nil
}

// SearchTags returns hashtags that begin with q and that a public post has, in
// alphabetical order.
func (s *Service) SearchTags(ctx context.Context, viewer ids.ID, q string, limit, offset int) ([]Tag, error) {
	q = normalTag(q)
	if q == "" {
		return nil, nil
	}
	names, err := db.Values[string](ctx, s.DB, `SELECT n.name FROM posts_tags_names n WHERE n.name >= $1 AND n.name < $2
		AND EXISTS (SELECT 1 FROM posts_tag_authors a WHERE a.tag_id = n.id AND a.public_posts > 0)
		AND NOT EXISTS (SELECT 1 FROM posts_tag_rules r WHERE r.tag_id = n.id AND NOT r.listable) ORDER BY n.name LIMIT $3 OFFSET $4`,
		q, q+"\U0010FFFF", limit, offset)
	if err != nil {
		return nil, err
	}
	return s.tagsNamed(ctx, viewer, names)
}

// tagsNamed returns hashtags in the order of their names.
func (s *Service) tagsNamed(ctx context.Context, viewer ids.ID, names []string) ([]Tag, error) {
	if len(names) == 0 {
		return nil, nil
	}
	in, args := db.In([]any{viewer}, names)
	rows, err := db.All(ctx, s.DB, func(t *Tag) []any { return []any{&t.ID, &t.Name, &t.Following, &t.Featuring} },
		`SELECT n.id, n.name, f.id IS NOT NULL, p.id IS NOT NULL FROM posts_tags_names n
		LEFT JOIN posts_tag_follows f ON f.account_id = $1 AND f.tag_id = n.id
		LEFT JOIN posts_tag_features p ON p.account_id = $1 AND p.tag_id = n.id WHERE n.name IN `+in, args...)
	if err != nil {
		return nil, err
	}
	known := make(map[string]Tag, len(rows))
	for _, t := range rows {
		known[t.Name] = t
	}
	tags := make([]Tag, len(names))
	for i, name := range names {
		tags[i] = known[name]
		tags[i].Name = name
	}
	return tags, s.readHistories(ctx, tags)
}

// readHistories fills in how public posts have used tags lately.
func (s *Service) readHistories(ctx context.Context, tags []Tag) error {
	list := make([]ids.ID, len(tags))
	for i, t := range tags {
		list[i] = t.ID
	}
	histories, err := s.histories(ctx, TrendTag, list)
	for i := range tags {
		tags[i].History = histories[tags[i].ID]
	}
	return err
}
