package posts

import (
	"fmt"
	"reflect"
	"testing"
	"time"

	"golang.org/x/sync/errgroup"

	"github.com/guildhall/guildhall/internal/days"
	"github.com/guildhall/guildhall/internal/db"
	"github.com/guildhall/guildhall/internal/errs"
	"github.com/guildhall/guildhall/internal/ids"
	"github.com/guildhall/guildhall/internal/testkit"
)

// What happens and what is imported is counted by the day, once.
func TestDays(t *testing.T) {
	testkit.Engines(t, func(t *testing.T, k *testkit.Kit) {
		w := open(t, k)
		people := w.accounts("ann", "ben", "cia")
		ann, ben, cia := people[0], people[1], people[2]
		today := days.Of(k.Clock.Now())
		written := func(language string) func(*Draft) { return func(d *Draft) { d.Language = language } }

		past := func(hours int, who ids.ID) ids.ID {
			return ids.Past(k.Clock.Now().Add(-time.Duration(hours)*time.Hour), who)
		}
		public, direct := Public, Direct
		old := past(50, ann)
		must(t, w.Import(k.Ctx, []Past{
			{ID: old, Author: ann, Draft: Draft{Text: "#go then", Visibility: &public, Language: "en"}, Favourites: []Deed{{past(2, ben), ben}}, Boosts: []Deed{{past(26, cia), cia}}},
			{ID: past(49, ben), Author: ben, Draft: Draft{Text: "#go so", Visibility: &public, InReplyToID: old, Language: "de"}},
			{ID: past(48, ann), Author: ann, Draft: Draft{Text: "quite #go", Visibility: &direct, InReplyToID: old}},
		}))
		must(t, w.Import(k.Ctx, []Past{{ID: past(3, ann), Author: ann, Draft: Draft{Text: "#go on", Visibility: &public, Language: "en"}}}))

		post := w.say(cia, "#go now #go", written("en"))
		w.say(cia, "#go myself", to(post.ID), written("en"))
		w.say(ann, "yes", to(post.ID))
		w.say(ann, "hush #go", as(Direct), to(post.ID))
		w.say(ann, "quiet #go", as(Unlisted))
		w.boost(ben, post.ID)
		for range 2 {
			_, err := w.Favourite(k.Ctx, ben, post.ID)
			must(t, err)
		}
		must(t, w.countDays(k.Ctx)) // too early
		k.Clock.Advance(2 * time.Minute)
		var nodes errgroup.Group
		for range 4 {
			nodes.Go(func() error { return w.countDays(k.Ctx) })
		}
		must(t, nodes.Wait())
		span := days.Span{First: today - 3, Last: today}
		got, err := w.Days(k.Ctx, span)
		must(t, err)
		want := map[days.Day]Day{today - 2: {Posts: 2, Replies: 1}, today - 1: {Boosts: 1}, today: {Posts: 5, Replies: 1, Boosts: 1, Favourites: 2}}
		if !reflect.DeepEqual(got, want) {
			t.Errorf("days: %v, want %v", got, want)
		}
		tag, err := w.Tag(k.Ctx, 0, "go")
		must(t, err)
		figures := func(first days.Day, want TagFigures) {
			t.Helper()
			if got, err := w.TagFigures(k.Ctx, tag.ID, days.Span{First: first, Last: today}); err != nil || !reflect.DeepEqual(got, want) {
				t.Errorf("tag since %d: %v, want %v: %v", first, got, want, err)
			}
		}
		figures(today-3, TagFigures{Uses: days.Counts{today - 2: 2, today: 3}, Authors: days.Counts{today - 2: 2, today: 2}, People: 3,
			Languages: []LanguageUse{{"en", 4}, {"de", 1}}})
		figures(today-1, TagFigures{Uses: days.Counts{today: 3}, Authors: days.Counts{today: 2}, People: 2, Languages: []LanguageUse{{"en", 3}}})
		if _, err := w.TagFigures(k.Ctx, 1, span); !errs.Is(err, errs.NotFound) {
			t.Errorf("no tag: %v", err)
		}

		// Counted anew from the rows, it is the same.
		before := w.tallied()
		for name := ""; name != "00060_figures.sql"; {
			name, err = w.DB.MigrateDown(k.Ctx)
			must(t, err)
		}
		must(t, w.DB.Migrate(k.Ctx))
		if after := w.tallied(); after != before {
			t.Errorf("counted %s, and anew %s", before, after)
		}
		w.delete(cia, post.ID) // it was there all the same
		k.Clock.Advance(2 * time.Minute)
		must(t, w.countDays(k.Ctx))
		if got, err := w.Days(k.Ctx, span); err != nil || !reflect.DeepEqual(got, want) {
			t.Errorf("after deleting: %v %v", got, err)
		}
	})
}

// tallied returns all counts of days.
func (w *town) tallied() string {
	w.t.Helper()
	var all []any
	read := func(text string) {
		rows, err := db.All(w.kit.Ctx, w.DB, func(r *[5]int64) []any { return []any{&r[0], &r[1], &r[2], &r[3], &r[4]} }, text)
		must(w.t, err)
		all = append(all, rows)
	}
	read("SELECT day, posts, replies, boosts, favourites FROM posts_days WHERE day > 0 ORDER BY day")
	read("SELECT tag_id, day, LENGTH(language), uses, 0 FROM posts_tag_days WHERE tag_id > 0 ORDER BY tag_id, day, language")
	read("SELECT tag_id, day, prior_day, authors, 0 FROM posts_tag_day_authors WHERE tag_id > 0 ORDER BY tag_id, day, prior_day")
	read("SELECT tag_id, account_id, counted_day, 0, 0 FROM posts_tag_authors WHERE account_id > 0 AND posts > 0 ORDER BY account_id, tag_id")
	return fmt.Sprint(all)
}
