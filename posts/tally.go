package posts

import (
	"cmp"
	"context"
	"maps"
	"slices"

	"github.com/guildhall/guildhall/internal/days"
	"github.com/guildhall/guildhall/internal/db"
	"github.com/guildhall/guildhall/internal/ids"
)

// Day is what happened on a day, direct posts left out. What is deleted later
// stays counted.
type Day struct {
	Posts      int // boosts are none
	Replies    int // of these, answers to others
	Boosts     int
	Favourites int
}

// tally is what is added to the counts of days.
type tally struct {
	days map[days.Day]Day
	uses map[tagUse]int
}

// tagUse is a use of a hashtag that is counted.
type tagUse struct {
	tag      string
	account  ids.ID
	day      days.Day
	language string
}

func newTally() *tally { return &tally{days: map[days.Day]Day{}, uses: map[tagUse]int{}} }

// add counts a post or a boost.
func (t *tally) add(c *Created) {
	if c.Visibility == Direct {
		return
	}
	on := days.Of(c.ID.Time())
	d := t.days[on]
	if c.BoostOfID != 0 {
		d.Boosts++
	} else {
		d.Posts++
		if c.InReplyToAccountID != 0 && c.InReplyToAccountID != c.AccountID {
			d.Replies++
		}
	}
	t.days[on] = d
	if c.Visibility != Public {
		return
	}
	for _, tag := range c.Tags {
		t.uses[tagUse{tag, c.AccountID, on, c.Language}]++
	}
}

// favourite counts a favourite by its id, or that of its event.
func (t *tally) favourite(id ids.ID) {
	on := days.Of(id.Time())
	d := t.days[on]
	d.Favourites++
	t.days[on] = d
}

// store adds what was counted, in one order: two transactions must not wait for
// each other. The posts of the hashtags are stored before.
func (t *tally) store(ctx context.Context, tx *db.Tx, s *Service) error {
	var rows []any
	for _, on := range slices.Sorted(maps.Keys(t.days)) {
		d := t.days[on]
		rows = append(rows, on, d.Posts, d.Replies, d.Boosts, d.Favourites)
	}
	err := db.Insert(ctx, tx, "posts_days (day, posts, replies, boosts, favourites)", 5, rows,
		`ON CONFLICT (day) DO UPDATE SET posts = posts_days.posts + excluded.posts, replies = posts_days.replies + excluded.replies,
		boosts = posts_days.boosts + excluded.boosts, favourites = posts_days.favourites + excluded.favourites`)
	if err != nil || len(t.uses) == 0 {
		return err
	}
	names := map[string]bool{}
	for u := range t.uses {
		names[u.tag] = true
	}
	known, err := s.nameTags(ctx, tx, slices.Collect(maps.Keys(names)))
	if err != nil {
		return err
	}
	if err := t.storeAuthors(ctx, tx, known); err != nil {
		return err
	}
	return t.storeUses(ctx, tx, known)
}

// tagDay is where uses are counted.
type tagDay struct {
	tag      ids.ID
	day      days.Day
	language string
}

func (t *tally) storeUses(ctx context.Context, tx *db.Tx, known map[string]ids.ID) error {
	uses := map[tagDay]int{}
	for u, n := range t.uses {
		uses[tagDay{known[u.tag], u.day, u.language}] += n
	}
	var rows []any
	for _, k := range slices.SortedFunc(maps.Keys(uses), func(a, b tagDay) int {
		return cmp.Or(cmp.Compare(a.tag, b.tag), cmp.Compare(a.day, b.day), cmp.Compare(a.language, b.language))
	}) {
		rows = append(rows, k.tag, k.day, k.language, uses[k])
	}
	return db.Insert(ctx, tx, "posts_tag_days (tag_id, day, language, uses)", 4, rows,
		"ON CONFLICT (tag_id, day, language) DO UPDATE SET uses = posts_tag_days.uses + excluded.uses")
}

// storeAuthors counts who used a hashtag on a day for the first time.
func (t *tally) storeAuthors(ctx context.Context, tx *db.Tx, known map[string]ids.ID) error {
	used := map[tagAuthor][]days.Day{}
	for u := range t.uses {
		key := tagAuthor{u.account, known[u.tag]}
		used[key] = append(used[key], u.day)
	}
	pairs := slices.SortedFunc(maps.Keys(used), func(a, b tagAuthor) int { return cmp.Or(cmp.Compare(a.account, b.account), cmp.Compare(a.tag, b.tag)) })
	type key struct {
		tag        ids.ID
		day, prior days.Day
	}
	authors := map[key]int{}
	for part := range slices.Chunk(pairs, tallyStep) {
		counted, err := countedDays(ctx, tx, part)
		if err != nil {
			return err
		}
		for _, pair := range part {
			last, ok := counted[pair]
			before := last
			for _, day := range slices.Sorted(slices.Values(used[pair])) {
				if ok && day > last { // else counted, or all of the author's posts with it are gone again
					authors[key{pair.tag, day, last}]++
					last = day
				}
			}
			if last == before {
				continue
			}
			if _, err := db.Exec(ctx, tx, "UPDATE posts_tag_authors SET counted_day = $3 WHERE account_id = $1 AND tag_id = $2", pair.account, pair.tag, last); err != nil {
				return err
			}
		}
	}
	var rows []any
	for _, k := range slices.SortedFunc(maps.Keys(authors), func(a, b key) int {
		return cmp.Or(cmp.Compare(a.tag, b.tag), cmp.Compare(a.day, b.day), cmp.Compare(a.prior, b.prior))
	}) {
		rows = append(rows, k.tag, k.day, k.prior, authors[k])
	}
	return db.Insert(ctx, tx, "posts_tag_day_authors (tag_id, day, prior_day, authors)", 4, rows,
		"ON CONFLICT (tag_id, day, prior_day) DO UPDATE SET authors = posts_tag_day_authors.authors + excluded.authors")
}

// tallyStep is how many hashtags of authors are looked up by a statement.
const tallyStep = 64

// countedDays returns the days on which authors were counted last for hashtags,
// of those that have posts with them.
func countedDays(ctx context.Context, tx *db.Tx, pairs []tagAuthor) (map[tagAuthor]days.Day, error) {
	type row struct {
		tagAuthor
		day days.Day
	}
	var args []any
	for i := range tallyStep { // always as many, for one statement
		pair := pairs[min(i, len(pairs)-1)]
		args = append(args, pair.account, pair.tag)
	}
	rows, err := db.All(ctx, tx, func(r *row) []any { return []any{&r.account, &r.tag, &r.day} }, countedDaysSQL, args...)
	out := make(map[tagAuthor]days.Day, len(rows))
	for _, r := range rows {
		out[r.tagAuthor] = r.day
	}
	return out, err
}

// PostgreSQL must be told the type of the first row's parameters.
var countedDaysSQL = "SELECT account_id, tag_id, counted_day FROM posts_tag_authors WHERE (account_id, tag_id) IN (VALUES (CAST($1 AS BIGINT), CAST($2 AS BIGINT))" +
	db.Tuples(tallyStep, 2)[len("($1, $2)"):] + ")"
