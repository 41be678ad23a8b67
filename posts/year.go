package posts

import (
	"context"
	"time"

	"github.com/guildhall/guildhall/internal/db"
	"github.com/guildhall/guildhall/internal/ids"
)

// Activity is what an account wrote in some time.
type Activity struct {
	Months                        [12]int // posts and boosts, by the month
	Posts, Boosts, Replies, Polls int     // Posts are all of them
	MostBoosted                   ids.ID  // of the posts that everybody may see; 0: none was boosted
	TopTag                        string  // empty: none
	TopTagUses                    int
}

// activityPart and activityMost bound how many posts are read at once and in all.
const (
	activityPart = 1000
	activityMost = 100_000
)

type activityRow struct {
	id, replyTo, boostOf, poll ids.ID
	visibility                 Visibility
	boosts                     int
}

// Activity tells what an account wrote from one time to before another.
func (s *Service) Activity(ctx context.Context, account ids.ID, from, to time.Time) (Activity, error) {
	var a Activity
	tags, best := map[ids.ID]int{}, 0
	for after, read := ids.At(from)-1, 0; read < activityMost; {
		rows, err := db.All(ctx, s.DB, func(r *activityRow) []any {
			return []any{&r.id, &r.replyTo, &r.boostOf, &r.poll, &r.visibility, &r.boosts}
		}, `SELECT p.id, p.in_reply_to_id, p.boost_of_id, p.poll_id, p.visibility, COALESCE(st.boosts, 0) FROM posts_posts p
 LEFT JOIN posts_stats st ON st.post_id = p.id WHERE p.account_id = $1 AND p.id > $2 AND p.id < $3 ORDER BY p.id LIMIT $4`, account, after, ids.At(to), activityPart)
		if err != nil {
			return a, err
		}
		list := make([]ids.ID, len(rows))
		for i, r := range rows {
			list[i], after = r.id, r.id
			a.count(r)
			if r.boosts > best && r.boostOf == 0 && r.visibility <= Unlisted {
				best, a.MostBoosted = r.boosts, r.id
			}
		}
		if err := s.countUses(ctx, list, tags); err != nil {
			return a, err
		}
		read += len(rows)
		if len(rows) < activityPart {
			break
		}
	}
	top := ids.ID(0)
	for id, n := range tags {
		if n > a.TopTagUses || n == a.TopTagUses && id < top {
			top, a.TopTagUses = id, n
		}
	}
	if top == 0 {
		return a, nil
	}
	var err error
	a.TopTag, err = db.Value[string](ctx, s.DB, "SELECT name FROM posts_tags_names WHERE id = $1", top)
	return a, err
}

func (a *Activity) count(r activityRow) {
	a.Months[r.id.Time().Month()-1]++
	a.Posts++
	switch {
	case r.boostOf != 0:
		a.Boosts++
	case r.replyTo != 0:
		a.Replies++
	}
	if r.poll != 0 {
		a.Polls++
	}
}

// countUses adds how often hashtags stand in posts.
func (s *Service) countUses(ctx context.Context, list []ids.ID, tags map[ids.ID]int) error {
	if len(list) == 0 {
		return nil
	}
	type row struct {
		tag  ids.ID
		uses int
	}
	in, args := db.In(nil, list)
	rows, err := db.All(ctx, s.DB, func(r *row) []any { return []any{&r.tag, &r.uses} },
		"SELECT tag_id, COUNT(*) FROM posts_tags WHERE post_id IN "+in+" GROUP BY tag_id", args...)
	for _, r := range rows {
		tags[r.tag] += r.uses
	}
	return err
}

// Wrote tells whether an account wrote anything from one time to before another.
func (s *Service) Wrote(ctx context.Context, account ids.ID, from, to time.Time) (bool, error) {
	found, err := db.Values[ids.ID](ctx, s.DB, "SELECT id FROM posts_posts WHERE account_id = $1 AND id >= $2 AND id < $3 LIMIT 1",
		account, ids.At(from), ids.At(to))
	return len(found) > 0, err
}
