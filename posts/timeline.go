package posts

import (
	"context"
	"slices"
	"strings"

	"github.com/guildhall/guildhall/internal/db"
	"github.com/guildhall/guildhall/internal/ids"
	"github.com/guildhall/guildhall/internal/page"
	"github.com/guildhall/guildhall/internal/text"
	"github.com/guildhall/guildhall/profiles"
)

// PublicFilter narrows the public timeline.
type PublicFilter struct{ Local, Remote, OnlyMedia bool }

// TagFilter says which posts a tag's timeline shows.
type TagFilter struct {
	Tag                      string
	Any, All, None           []string // tags besides Tag: also these, and all of these, and none of these
	Local, Remote, OnlyMedia bool
}

// tagsMax bounds each of TagFilter's lists; what is more is ignored.
const tagsMax = 4

// AccountFilter narrows an account's posts.
type AccountFilter struct {
	Pinned, ExcludeReplies, ExcludeBoosts, OnlyMedia bool
	Tagged                                           string
}

// PublicTimeline returns everybody's public posts.
func (s *Service) PublicTimeline(ctx context.Context, by ids.ID, f PublicFilter, p page.Page) ([]*View, error) {
	v, err := s.viewer(ctx, by)
	if err != nil {
		return nil, err
	}
	from := s.publicItems
	switch {
	case f.OnlyMedia:
		from = s.list("SELECT post_id FROM posts_media WHERE position = 0 AND post_id <> 0", "post_id")
	case f.Remote:
		from = s.list("SELECT id FROM posts_posts WHERE in_public AND uri <> ''", "id")
	}
	return s.fill(ctx, v, p, whole(from), func(v *viewer, p, _ *Post) bool {
		return inPublic(p) && (!f.Local || p.URI == "") && (!f.Remote || p.URI != "") && (!f.OnlyMedia || len(p.Media) > 0) && !v.hides(p, nil) && !v.limited(p)
	})
}

// list returns a function that reads the ids of a page with a statement that
// has a WHERE clause.
func (s *Service) list(text, column string, args ...any) func(context.Context, page.Page) ([]ids.ID, error) {
	return func(ctx context.Context, p page.Page) ([]ids.ID, error) {
		end, all := p.SQL(column, slices.Clone(args))
		return db.Values[ids.ID](ctx, s.DB, text+end, all...)
	}
}

// publicItems reads the public timeline's ids, mostly from memory.
func (s *Service) publicItems(ctx context.Context, p page.Page) ([]ids.ID, error) {
	below := func(ctx context.Context, p page.Page) ([]item, error) {
		found, err := s.list("SELECT id FROM posts_posts WHERE in_public", "id")(ctx, p)
		return plainItems(found), err
	}
	fresh := func() bool { return s.public.full() && s.Now().UnixMilli() < s.publicUntil.Load() }
	if !fresh() {
		_, err, _ := s.flights.Do("public", func() (any, error) {
			if fresh() { // a call that ended just now has read it
				return nil, nil
			}
			s.publicUntil.Store(s.Now().Add(cacheTTL).UnixMilli())
			return nil, fillRing(context.WithoutCancel(ctx), s.public, below)
		})
		if err != nil {
			return nil, err
		}
	}
	items, err := s.public.fetch(ctx, p, below)
	return idsOf(items), err
}

// fillRing reads a ring's content. Only one call a ring may run at a time.
func fillRing(ctx context.Context, r *ring, read func(context.Context, page.Page) ([]item, error)) error {
	r.begin()
	rows, err := read(ctx, page.Page{Limit: r.size})
	if err != nil {
		r.empty()
		return err
	}
	r.fill(rows, len(rows) < r.size)
	return nil
}

func plainItems(found []ids.ID) []item {
	out := make([]item, len(found))
	for i, id := range found {
		out[i].id = id
	}
	return out
}

// TagTimeline returns public posts with a tag.
func (s *Service) TagTimeline(ctx context.Context, by ids.ID, f TagFilter, p page.Page) ([]*View, error) {
	v, err := s.viewer(ctx, by)
	if err != nil {
		return nil, err
	}
	main := normalTags(append([]string{f.Tag}, f.Any[:min(len(f.Any), tagsMax)]...))
	all, none := normalTags(f.All[:min(len(f.All), tagsMax)]), normalTags(f.None[:min(len(f.None), tagsMax)])
	tags, err := s.tagIDs(ctx, main)
	if err != nil || len(tags) == 0 {
		return nil, err
	}
	return s.fill(ctx, v, p, whole(s.tagged(tags)), func(v *viewer, p, _ *Post) bool {
		has := func(tag string) bool { return slices.Contains(p.Tags, tag) }
		return p.Visibility == Public && (!f.Local || p.URI == "") && (!f.Remote || p.URI != "") && (!f.OnlyMedia || len(p.Media) > 0) && !v.hides(p, nil) && !v.limited(p) &&
			!slices.ContainsFunc(none, has) && !slices.ContainsFunc(all, func(tag string) bool { return !has(tag) })
	})
}

// tagged reads the ids of posts with any of some tags.
func (s *Service) tagged(tags []ids.ID) func(context.Context, page.Page) ([]ids.ID, error) {
	return func(ctx context.Context, p page.Page) ([]ids.ID, error) {
		var out []ids.ID
		for _, tag := range tags {
			found, err := s.list("SELECT post_id FROM posts_tags WHERE tag_id = $1", "post_id", tag)(ctx, p)
			if err != nil {
				return nil, err
			}
			out = append(out, found...)
		}
		if len(tags) > 1 {
			slices.Sort(out)
			out = slices.Compact(out)
			if p.Min == 0 {
				slices.Reverse(out)
			}
		}
		return out[:min(len(out), p.Limit)], nil
	}
}

func normalTags(tags []string) []string {
	out := make([]string, 0, len(tags))
	for _, t := range tags {
		if t = normalTag(t); t != "" {
			out = append(out, t)
		}
	}
	return out
}

// normalTag returns the form in which a tag is kept; its sign may be there or not.
func normalTag(name string) string { return text.NormalizeTag(strings.TrimLeft(name, "#＃")) }

// tagIDs returns the ids of those tags that are known.
func (s *Service) tagIDs(ctx context.Context, names []string) ([]ids.ID, error) {
	if len(names) == 0 {
		return nil, nil
	}
	in, args := db.In(nil, names)
	return db.Values[ids.ID](ctx, s.DB, "SELECT id FROM posts_tags_names WHERE name IN "+in, args...)
}

// AccountPosts returns what an account has posted and boosted. Returns NotFound
// if there is no such account; the list is empty for those it blocks.
func (s *Service) AccountPosts(ctx context.Context, by, account ids.ID, f AccountFilter, p page.Page) ([]*View, error) {
	v, err := s.viewer(ctx, by)
	if err != nil {
		return nil, err
	}
	if a, err := s.Profiles.Account(ctx, account); err != nil || a.State.Is(profiles.Suspended) {
		return nil, err
	}
	from := s.accountItems(account)
	switch {
	case f.Pinned:
		return s.pinned(ctx, v, account, f, p)
	case f.OnlyMedia:
		from = s.list("SELECT post_id FROM posts_media WHERE account_id = $1 AND post_id <> 0 AND position = 0", "post_id", account)
	case f.Tagged != "":
		from = s.list("SELECT t.post_id FROM posts_tags t JOIN posts_posts p ON p.id = t.post_id WHERE t.tag_id = (SELECT id FROM posts_tags_names WHERE name = $1) AND p.account_id = $2",
			"t.post_id", normalTag(f.Tagged), account)
	}
	return s.fill(ctx, v, p, whole(from), f.keep)
}

func (f AccountFilter) keep(_ *viewer, p, _ *Post) bool {
	return (!f.ExcludeReplies || p.InReplyToID == 0 || p.InReplyToAccountID == p.AccountID) && (!f.ExcludeBoosts || p.BoostOfID == 0) &&
		(!f.OnlyMedia || len(p.Media) > 0) && (f.Tagged == "" || slices.Contains(p.Tags, normalTag(f.Tagged)))
}
