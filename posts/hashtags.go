package posts

import (
	"context"
	"slices"
	"time"

	"github.com/guildhall/guildhall/internal/db"
	"github.com/guildhall/guildhall/internal/errs"
	"github.com/guildhall/guildhall/internal/ids"
)

const (
	// historyDays is how many days of a tag's use are told.
	historyDays = 7
	// usesMax bounds how many uses of a tag are counted, the newest.
	usesMax = 5000
)

// Tag returns a hashtag and how public posts have used it lately. A tag that
// nobody has used exists too: its history is empty.
func (s *Service) Tag(ctx context.Context, name string) (Tag, error) {
	name = normalTag(name)
	if name == "" {
		return Tag{}, errs.NotFoundRecord()
	}
	tags, err := s.histories(ctx, []string{name})
	if err != nil {
		return Tag{}, err
	}
	return tags[0], nil
}

// SearchTags returns known hashtags that begin with q, in alphabetical order.
func (s *Service) SearchTags(ctx context.Context, q string, limit, offset int) ([]Tag, error) {
	q = normalTag(q)
	if q == "" {
		return nil, nil
	}
	names, err := db.Values[string](ctx, s.DB, "SELECT name FROM posts_tags_names WHERE name >= $1 AND name < $2 ORDER BY name LIMIT $3 OFFSET $4",
		q, q+"\U0010FFFF", limit, offset)
	if err != nil || len(names) == 0 {
		return nil, err
	}
	return s.histories(ctx, names)
}

// histories returns tags with their use, in the order of names.
func (s *Service) histories(ctx context.Context, names []string) ([]Tag, error) {
	today := s.Now().UTC().Truncate(24 * time.Hour)
	tags := make([]Tag, len(names))
	for i, name := range names {
		tags[i] = Tag{Name: name, History: make([]TagDay, historyDays)}
		for d := range historyDays {
			tags[i].History[d].Day = today.AddDate(0, 0, -d)
		}
		uses, err := db.All(ctx, s.DB, scanKeyed[ids.ID], "SELECT t.post_id, p.account_id FROM posts_tags t JOIN posts_posts p ON p.id = t.post_id"+
			" WHERE t.tag_id = (SELECT id FROM posts_tags_names WHERE name = $1) AND t.post_id >= $2 AND p.visibility = 0 ORDER BY t.post_id DESC LIMIT $3",
			name, ids.At(today.AddDate(0, 0, 1-historyDays)), usesMax)
		if err != nil {
			return nil, err
		}
		tags[i].count(today, uses)
	}
	return tags, nil
}

// count fills the history with uses: posts and their authors.
func (t *Tag) count(today time.Time, uses []keyed[ids.ID]) {
	var accounts [historyDays][]ids.ID
	for _, u := range uses {
		d := int(today.Sub(u.of.Time().Truncate(24*time.Hour)) / (24 * time.Hour))
		if d < 0 || d >= historyDays {
			continue
		}
		t.History[d].Uses++
		if !slices.Contains(accounts[d], u.value) {
			accounts[d] = append(accounts[d], u.value)
		}
	}
	for d := range accounts {
		t.History[d].Accounts = len(accounts[d])
	}
}
