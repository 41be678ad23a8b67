package posts

import (
	"context"
	"math"
	"time"

	"github.com/guildhall/guildhall/internal/db"
	"github.com/guildhall/guildhall/internal/ids"
)

// rankHalf is the age that costs a post as much as losing half of its likes and
// boosts does.
const rankHalf = 12 * time.Hour

// rankOf orders posts as n / 2^(age/rankHalf) does, at every moment: the
// logarithm of that is log2 n minus the age, and all get older alike.
func rankOf(id ids.ID, n int) int64 {
	return int64(1000 * (math.Log2(float64(n)) + float64(id.Time().UnixMilli())/float64(rankHalf.Milliseconds())))
}

// scorePosts brings the ranks of some posts up to date.
func (s *Service) scorePosts(ctx context.Context, tx *db.Tx, list []ids.ID) error {
	type scored struct {
		id, author ids.ID
		n          int
	}
	in, args := db.In(nil, list)
	rows, err := db.All(ctx, tx, func(r *scored) []any { return []any{&r.id, &r.author, &r.n} },
		`SELECT p.id, p.account_id, st.favourites + st.boosts FROM posts_posts p JOIN posts_stats st ON st.post_id = p.id
		WHERE p.visibility = 0 AND p.boost_of_id = 0 AND p.in_reply_to_id = 0 AND NOT p.sensitive AND p.spoiler = '' AND p.id IN `+in, args...)
	if err != nil {
		return err
	}
	found := make(map[ids.ID]bool, len(rows))
	for _, r := range rows {
		enough, err := s.likedByMany(ctx, tx, r.id, r.author, r.n)
		if err != nil {
			return err
		}
		if !enough {
			continue
		}
		found[r.id] = true
		if _, err := db.Exec(ctx, tx, "INSERT INTO posts_trend_posts (post_id, rank) VALUES ($1, $2) ON CONFLICT (post_id) DO UPDATE SET rank = excluded.rank",
			r.id, rankOf(r.id, r.n)); err != nil {
			return err
		}
	}
	var gone []ids.ID
	for _, id := range list {
		if !found[id] {
			gone = append(gone, id)
		}
	}
	if len(gone) == 0 {
		return nil
	}
	in, args = db.In(nil, gone)
	_, err = db.Exec(ctx, tx, "DELETE FROM posts_trend_posts WHERE post_id IN "+in, args...)
	return err
}

// likedByMany tells whether enough others like or boost a post, which n likes
// and boosts have.
func (s *Service) likedByMany(ctx context.Context, tx *db.Tx, id, author ids.ID, n int) (bool, error) {
	least := s.config.TrendAccounts
	if n < least {
		return false, nil
	}
	if n >= 2*least+2 { // nobody counts more than twice, and the author may be among them
		return true, nil
	}
	others, err := db.Value[int](ctx, tx, `SELECT COUNT(*) FROM (SELECT account_id FROM posts_favourites WHERE post_id = $1 AND account_id <> $2
		UNION SELECT account_id FROM posts_posts WHERE boost_of_id = $1 AND boost_of_id <> 0 AND account_id <> $2) AS others`, id, author)
	return others >= least, err
}
