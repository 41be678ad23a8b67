package posts

import (
	"cmp"
	"context"
	"slices"
	"time"

	"github.com/guildhall/guildhall/internal/bus"
	"github.com/guildhall/guildhall/internal/days"
	"github.com/guildhall/guildhall/internal/db"
	"github.com/guildhall/guildhall/internal/ids"
)

const (
	// daysEvery is how often what happened is counted.
	daysEvery = 2 * time.Second
	// daysStep is how many events are counted in a transaction.
	daysStep = 500
	// daysBehind is how long after an event it is counted: by then none with an
	// earlier id can be committed any more.
	daysBehind = time.Minute
)

// countDays counts what the outbox tells since the last time. Each event counts
// once, for the mark moves on in the same transaction.
func (s *Service) countDays(ctx context.Context) error {
	for {
		n, err := s.countDaysStep(ctx)
		if err != nil || n < daysStep {
			return err
		}
	}
}

func (s *Service) countDaysStep(ctx context.Context) (int, error) {
	after, err := db.Value[ids.ID](ctx, s.DB, "SELECT event_id FROM posts_days_turn WHERE id = 1")
	if err != nil {
		return 0, err
	}
	events, err := db.All(ctx, s.DB, func(e *bus.Event) []any { return []any{&e.ID, &e.Kind, &e.Data} },
		"SELECT id, kind, data FROM posts_outbox WHERE id > $1 AND id < $2 ORDER BY id LIMIT $3", after, ids.At(s.Now().Add(-daysBehind)), daysStep)
	if err != nil || len(events) == 0 {
		return 0, err
	}
	t := newTally()
	for _, e := range events {
		switch e.Kind {
		case Created{}.Kind():
			c, err := bus.Decode[Created](e)
			if err != nil {
				return 0, err
			}
			t.add(&c)
		case Favourited{}.Kind():
			t.favourite(e.ID)
		}
	}
	return len(events), s.write(ctx, func(tx *db.Tx) error {
		n, err := db.Exec(ctx, tx, "UPDATE posts_days_turn SET event_id = $2 WHERE id = 1 AND event_id = $1", after, events[len(events)-1].ID)
		if err != nil || n == 0 { // another node was faster
			return err
		}
		return t.store(ctx, tx, s)
	})
}

// Days returns what happened on the days of a span, up to about a minute ago.
func (s *Service) Days(ctx context.Context, span days.Span) (map[days.Day]Day, error) {
	rows, err := db.All(ctx, s.DB, func(k *keyed[Day]) []any {
		return []any{&k.of, &k.value.Posts, &k.value.Replies, &k.value.Boosts, &k.value.Favourites}
	}, "SELECT day, posts, replies, boosts, favourites FROM posts_days WHERE day >= $1 AND day <= $2", span.First, span.Last)
	out := make(map[days.Day]Day, len(rows))
	for _, r := range rows {
		out[days.Day(r.of)] = r.value
	}
	return out, err
}

// TagFigures is how public posts have used a hashtag over some days.
type TagFigures struct {
	Uses, Authors days.Counts
	People        int           // different authors in all
	Languages     []LanguageUse // the most frequent first
}

// LanguageUse is how many posts are in a language.
type LanguageUse struct {
	Language string // BCP 47, empty: unknown
	Posts    int
}

// TagFigures returns how a hashtag was used, up to about a minute ago. An author
// who has deleted all posts with it and uses it again is another one. Returns
// NotFound if there is no such hashtag.
func (s *Service) TagFigures(ctx context.Context, tag ids.ID, span days.Span) (TagFigures, error) {
	f := TagFigures{Uses: days.Counts{}, Authors: days.Counts{}}
	if _, err := db.Value[int](ctx, s.DB, "SELECT 1 FROM posts_tags_names WHERE id = $1", tag); err != nil {
		return f, err
	}
	uses, err := db.All(ctx, s.DB, func(r *tagDayUses) []any { return []any{&r.day, &r.language, &r.uses} },
		"SELECT day, language, uses FROM posts_tag_days WHERE tag_id = $1 AND day >= $2 AND day <= $3", tag, span.First, span.Last)
	if err != nil {
		return f, err
	}
	languages := map[string]int{}
	for _, r := range uses {
		f.Uses[r.day] += r.uses
		languages[r.language] += r.uses
	}
	for language, n := range languages {
		f.Languages = append(f.Languages, LanguageUse{language, n})
	}
	slices.SortFunc(f.Languages, func(a, b LanguageUse) int {
		return cmp.Or(cmp.Compare(b.Posts, a.Posts), cmp.Compare(a.Language, b.Language))
	})
	type row struct {
		day            days.Day
		authors, fresh int
	}
	authors, err := db.All(ctx, s.DB, func(r *row) []any { return []any{&r.day, &r.authors, &r.fresh} },
		`SELECT day, CAST(SUM(authors) AS BIGINT), CAST(SUM(CASE WHEN prior_day < $2 THEN authors ELSE 0 END) AS BIGINT)
		FROM posts_tag_day_authors WHERE tag_id = $1 AND day >= $2 AND day <= $3 GROUP BY day`, tag, span.First, span.Last)
	for _, r := range authors {
		f.Authors[r.day] = r.authors
		f.People += r.fresh
	}
	return f, err
}

type tagDayUses struct {
	tagDay
	uses int
}
