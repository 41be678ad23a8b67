package posts

import (
	"cmp"
	"context"
	"maps"
	"slices"

	"github.com/guildhall/guildhall/internal/db"
	"github.com/guildhall/guildhall/internal/errs"
	"github.com/guildhall/guildhall/internal/ids"
)

// The kept counts of posts_tag_authors: what follows them is shown to everybody,
// so that only public and unlisted posts are in them.

// tagCounts is what is added to the counts.
type tagCounts map[tagAuthor]tagCount

type tagAuthor struct{ account, tag ids.ID }

type tagCount struct {
	posts, public int
	last          ids.ID
}

// add counts a new post, or an edited one, for its author's hashtags.
func (c tagCounts) add(p *Post, known map[string]ids.ID) {
	if p.Visibility > Unlisted {
		return
	}
	for _, tag := range known {
		key := tagAuthor{p.AccountID, tag}
		n := c[key]
		n.posts++
		if p.Visibility == Public {
			n.public++
		}
		n.last = max(n.last, p.ID)
		c[key] = n
	}
}

func (c tagCounts) store(ctx context.Context, tx *db.Tx) error {
	// In one order: two transactions must not wait for each other.
	keys := slices.SortedFunc(maps.Keys(c), func(a, b tagAuthor) int { return cmp.Or(cmp.Compare(a.account, b.account), cmp.Compare(a.tag, b.tag)) })
	var rows []any
	for _, key := range keys {
		n := c[key]
		rows = append(rows, key.account, key.tag, n.posts, n.public, n.last)
	}
	return db.Insert(ctx, tx, "posts_tag_authors (account_id, tag_id, posts, public_posts, last_id)", 5, rows,
		`ON CONFLICT (account_id, tag_id) DO UPDATE SET posts = posts_tag_authors.posts + excluded.posts, public_posts = posts_tag_authors.public_posts + excluded.public_posts,
		last_id = CASE WHEN excluded.last_id > posts_tag_authors.last_id THEN excluded.last_id ELSE posts_tag_authors.last_id END`)
}

// uncountTags takes countTags back, before the post's hashtags are deleted. No
// other transaction may change them.
func uncountTags(ctx context.Context, tx *db.Tx, p *Post) error {
	if p.Visibility > Unlisted {
		return nil
	}
	tags, err := db.Values[ids.ID](ctx, tx, "SELECT tag_id FROM posts_tags WHERE post_id = $1 ORDER BY tag_id", p.ID)
	if err != nil {
		return err
	}
	public := 0
	if p.Visibility == Public {
		public = 1
	}
	for _, tag := range tags {
		left, err := db.One(ctx, tx, func(k *keyed[int]) []any { return []any{&k.of, &k.value} },
			"UPDATE posts_tag_authors SET posts = posts - 1, public_posts = public_posts - $3 WHERE account_id = $1 AND tag_id = $2 RETURNING last_id, posts",
			p.AccountID, tag, public)
		switch {
		case err != nil:
			return err
		case left.value <= 0:
			_, err = db.Exec(ctx, tx, "DELETE FROM posts_tag_authors WHERE account_id = $1 AND tag_id = $2", p.AccountID, tag)
		case left.of == p.ID:
			err = findLast(ctx, tx, p, tag)
		}
		if err != nil {
			return err
		}
	}
	return nil
}

// findLast finds an author's newest post with a hashtag but for one.
func findLast(ctx context.Context, tx *db.Tx, but *Post, tag ids.ID) error {
	last, err := db.Value[ids.ID](ctx, tx, `SELECT p.id FROM posts_posts p WHERE p.account_id = $1 AND p.id < $2 AND p.visibility <= 1
		AND EXISTS (SELECT 1 FROM posts_tags t WHERE t.tag_id = $3 AND t.post_id = p.id) ORDER BY p.id DESC LIMIT 1`, but.AccountID, but.ID, tag)
	if err != nil && !errs.Is(err, errs.NotFound) {
		return err
	}
	_, err = db.Exec(ctx, tx, "UPDATE posts_tag_authors SET last_id = $3 WHERE account_id = $1 AND tag_id = $2", but.AccountID, tag, last)
	return err
}
