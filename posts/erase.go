package posts

import (
	"context"

	"github.com/guildhall/guildhall/internal/db"
	"github.com/guildhall/guildhall/internal/errs"
	"github.com/guildhall/guildhall/internal/ids"
)

// eraseAtOnce bounds how many rows one step of an erasure takes, so that no
// other writer waits long.
const eraseAtOnce = 100

// Erase deletes all that an account has written, done and kept, for good. Its
// votes stay counted. It may be called again after it was cut short.
func (s *Service) Erase(ctx context.Context, account ids.ID) error {
	if err := s.erasePosts(ctx, account); err != nil {
		return err
	}
	if err := s.eraseFavourites(ctx, account); err != nil {
		return err
	}
	for _, text := range erasures {
		if _, err := db.Exec(ctx, s.DB, text, account); err != nil {
			return err
		}
	}
	s.authorStats.Invalidate(account)
	s.forgetFilters(account)
	return s.dropFiles(ctx)
}

// erasures delete what hangs on an account and needs no event. Its place in the
// lists of others ends with their follows.
var erasures = [...]string{
	"DELETE FROM posts_bookmarks WHERE account_id = $1",
	"DELETE FROM posts_pins WHERE account_id = $1",
	"DELETE FROM posts_thread_mutes WHERE account_id = $1",
	"DELETE FROM posts_authors WHERE account_id = $1",
	"DELETE FROM posts_idempotency WHERE account_id = $1",
	"DELETE FROM posts_poll_votes WHERE account_id = $1",
	"DELETE FROM posts_lists WHERE account_id = $1",
	"DELETE FROM posts_filters WHERE account_id = $1",
	"DELETE FROM posts_tag_follows WHERE account_id = $1",
	"DELETE FROM posts_tag_features WHERE account_id = $1",
	"DELETE FROM posts_tag_authors WHERE account_id = $1",
	"DELETE FROM posts_conversations WHERE account_id = $1",
	"DELETE FROM posts_directs WHERE account_id = $1",
	"DELETE FROM posts_scheduled WHERE account_id = $1",
	"UPDATE posts_media SET account_id = 0, scheduled_id = 0 WHERE account_id = $1 AND post_id = 0", // condemned, see files.go
}

func (s *Service) erasePosts(ctx context.Context, account ids.ID) error {
	for {
		list, err := db.Values[ids.ID](ctx, s.DB, "SELECT id FROM posts_posts WHERE account_id = $1 ORDER BY id DESC LIMIT $2", account, eraseAtOnce)
		if err != nil || len(list) == 0 {
			return err
		}
		found, err := s.read(ctx, s.DB, list)
		if err != nil {
			return err
		}
		for _, e := range found {
			if err := s.erasePost(ctx, e.post); err != nil && !errs.Is(err, errs.NotFound) {
				return err
			}
		}
		if _, err := s.hideDetached(ctx); err != nil {
			return err
		}
	}
}

// erasePost deletes a post, or a boost.
func (s *Service) erasePost(ctx context.Context, p *Post) error {
	if p.BoostOfID == 0 {
		return s.discard(ctx, p)
	}
	return s.write(ctx, func(tx *db.Tx) error {
		gone, err := db.All(ctx, tx, scanBoost, "DELETE FROM posts_posts WHERE id = $1 RETURNING id, account_id, visibility", p.ID)
		if err != nil || len(gone) == 0 {
			return err
		}
		return s.unboosted(ctx, tx, p.BoostOfID, gone)
	})
}

func (s *Service) eraseFavourites(ctx context.Context, account ids.ID) error {
	for {
		list, err := db.Values[ids.ID](ctx, s.DB, "SELECT post_id FROM posts_favourites WHERE account_id = $1 ORDER BY post_id LIMIT $2", account, eraseAtOnce)
		if err != nil || len(list) == 0 {
			return err
		}
		err = s.write(ctx, func(tx *db.Tx) error {
			for _, id := range list {
				n, err := db.Exec(ctx, tx, "DELETE FROM posts_favourites WHERE account_id = $1 AND post_id = $2", account, id)
				if err != nil {
					return err
				}
				if n == 0 {
					continue
				}
				if _, err := s.bump(ctx, tx, id, "favourites", -1); err != nil {
					return err
				}
				author, err := db.Values[ids.ID](ctx, tx, "SELECT account_id FROM posts_posts WHERE id = $1", id)
				if err != nil || len(author) == 0 {
					return err
				}
				if _, err := s.outbox.Add(ctx, tx, Unfavourited{PostID: id, AccountID: account, AuthorID: author[0]}); err != nil {
					return err
				}
			}
			return nil
		})
		if err != nil {
			return err
		}
	}
}

// Evidence returns posts as moderators see them, in the order of want: whoever
// may see them, also those of suspended accounts. Those that are gone are left
// out. It is for reports alone.
func (s *Service) Evidence(ctx context.Context, want []ids.ID) ([]*View, error) {
	found := make([]*entry, len(want))
	if err := s.entries(ctx, want, found); err != nil {
		return nil, err
	}
	var out []*View
	for _, e := range found {
		if e != nil && e.post.BoostOfID == 0 {
			out = append(out, &View{Post: e.post, Stats: *e.stats.Load(), Poll: e.poll.Load()})
		}
	}
	return out, nil
}
