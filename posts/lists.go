package posts

import (
	"context"

	"github.com/guildhall/guildhall/internal/db"
	"github.com/guildhall/guildhall/internal/ids"
	"github.com/guildhall/guildhall/internal/page"
	"github.com/guildhall/guildhall/profiles"
)

// Entry is a post in a viewer's own list.
type Entry struct {
	Cursor ids.ID // pages are bounded by it
	*View
}

// Favourites lists what a viewer likes, the latest first.
func (s *Service) Favourites(ctx context.Context, by ids.ID, p page.Page) ([]Entry, error) {
	return s.ownList(ctx, by, p, "SELECT id, post_id FROM posts_favourites WHERE account_id = $1")
}

// Bookmarks lists what a viewer has bookmarked, the latest first.
func (s *Service) Bookmarks(ctx context.Context, by ids.ID, p page.Page) ([]Entry, error) {
	return s.ownList(ctx, by, p, "SELECT id, post_id FROM posts_bookmarks WHERE account_id = $1")
}

func (s *Service) ownList(ctx context.Context, by ids.ID, p page.Page, text string) ([]Entry, error) {
	v, err := s.viewer(ctx, by)
	if err != nil {
		return nil, err
	}
	return collect(p, func(q page.Page) ([]keyed[ids.ID], error) {
		end, args := q.SQL("id", []any{by})
		return db.All(ctx, s.DB, scanKeyed[ids.ID], text+end, args...)
	}, func(rows []keyed[ids.ID]) ([]Entry, error) {
		want := make([]ids.ID, len(rows))
		cursors := make(map[ids.ID]ids.ID, len(rows))
		for i, r := range rows {
			want[i] = r.value
			cursors[r.value] = r.of
		}
		views, err := s.views(ctx, v, want, nil)
		out := make([]Entry, len(views))
		for i, w := range views {
			out[i] = Entry{Cursor: cursors[w.ID], View: w}
		}
		return out, err
	})
}

func scanKeyed[T any](k *keyed[T]) []any { return []any{&k.of, &k.value} }

// collect reads rows, named by their cursor, until a page is full of what make
// makes of them or there are no more.
func collect[R, T any](p page.Page, read func(page.Page) ([]keyed[R], error), made func([]keyed[R]) ([]T, error)) ([]T, error) {
	var out []T
	for q := p; ; {
		rows, err := read(q)
		if err != nil {
			return nil, err
		}
		items, err := made(rows)
		if err != nil {
			return nil, err
		}
		out = append(out, items[:min(len(items), p.Limit-len(out))]...)
		if len(rows) < q.Limit || len(out) >= p.Limit {
			return page.Sort(p, out), nil
		}
		if last := rows[len(rows)-1].of; p.Min != 0 {
			q.Min = last
		} else {
			q.Max = last
		}
		q.Limit = min(2*q.Limit, max(overfetch, p.Limit))
	}
}

// FavouritedBy lists who likes a post, the latest first, without those whom a
// block parts from the viewer. Returns NotFound if they may not see the post.
func (s *Service) FavouritedBy(ctx context.Context, by, id ids.ID, p page.Page) ([]profiles.Entry, error) {
	return s.people(ctx, by, id, p, "SELECT id, account_id, 0 FROM posts_favourites WHERE post_id = $1")
}

// BoostedBy lists who boosts a post, the latest first, without boosts that the
// viewer may not see. Returns NotFound if they may not see the post.
func (s *Service) BoostedBy(ctx context.Context, by, id ids.ID, p page.Page) ([]profiles.Entry, error) {
	return s.people(ctx, by, id, p, "SELECT id, account_id, visibility FROM posts_posts WHERE boost_of_id = $1 AND boost_of_id <> 0")
}

// people lists the accounts of rows (cursor, account, visibility).
func (s *Service) people(ctx context.Context, by, id ids.ID, p page.Page, text string) ([]profiles.Entry, error) {
	e, err := s.visibleTo(ctx, by, id)
	if err != nil {
		return nil, err
	}
	if e.post.BoostOfID != 0 {
		id = e.post.BoostOfID
	}
	v, err := s.viewer(ctx, by)
	if err != nil {
		return nil, err
	}
	return collect(p, func(q page.Page) ([]keyed[Post], error) {
		end, args := q.SQL("id", []any{id})
		return db.All(ctx, s.DB, func(k *keyed[Post]) []any {
			return []any{&k.of, &k.value.AccountID, &k.value.Visibility}
		}, text+end, args...)
	}, func(rows []keyed[Post]) ([]profiles.Entry, error) {
		var want []ids.ID
		for i := range rows {
			if s.visible(v, &rows[i].value) {
				want = append(want, rows[i].value.AccountID)
			}
		}
		accounts, err := s.Profiles.Accounts(ctx, want)
		var out []profiles.Entry
		for i := range rows {
			if a := accounts[rows[i].value.AccountID]; a != nil && s.visible(v, &rows[i].value) {
				out = append(out, profiles.Entry{Cursor: rows[i].of, Account: a})
			}
		}
		return out, err
	})
}
