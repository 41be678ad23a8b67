package posts

import (
	"context"
	"slices"

	"github.com/guildhall/guildhall/internal/db"
	"github.com/guildhall/guildhall/internal/errs"
	"github.com/guildhall/guildhall/internal/ids"
)

// boostsAtOnce bounds how many boosts one transaction deletes, so that no other
// writer waits long for a post that was boosted by thousands.
const boostsAtOnce = 200

// Delete removes a post or a boost with all that hangs on it, and returns it as
// it was. Its images wait to be posted again, as after an upload, at other
// addresses. Returns NotFound if it is not the author's.
func (s *Service) Delete(ctx context.Context, author, id ids.ID) (*View, error) {
	v, err := s.own(ctx, author, id)
	if err != nil {
		return nil, err
	}
	if v.BoostOfID != 0 {
		_, err := s.Unboost(ctx, author, id)
		return v, err
	}
	if err := s.discard(ctx, v.Post); err != nil {
		return nil, err
	}
	if len(v.Media) > 0 || !v.EditedAt.IsZero() { // earlier versions may have had images
		if err := s.removeFiles(context.WithoutCancel(ctx), v); err != nil {
			s.Log.Warn("files of a deleted post stay until the next sweep", "post", id, "error", err)
		}
	}
	return v, s.reveal(ctx, author, v)
}

// discard deletes a post and all boosts of it. Returns NotFound if it is gone.
func (s *Service) discard(ctx context.Context, p *Post) error {
	for more := true; more; {
		err := s.write(ctx, func(tx *db.Tx) error {
			boosts, err := db.All(ctx, tx, scanBoost, `DELETE FROM posts_posts WHERE id IN (SELECT id FROM posts_posts WHERE boost_of_id = $1 AND boost_of_id <> 0 ORDER BY id LIMIT $2)
				RETURNING id, account_id, visibility`, p.ID, boostsAtOnce)
			if err != nil {
				return err
			}
			if len(boosts) > 0 {
				if err := s.unboosted(ctx, tx, p.ID, boosts); err != nil {
					return err
				}
			}
			if more = len(boosts) == boostsAtOnce; more {
				return nil
			}
			return s.remove(ctx, tx, p)
		})
		if err != nil {
			return err
		}
	}
	return nil
}

// removeFiles makes the files of a deleted post impossible to find, and shows in
// v where they are now, for the author alone.
func (s *Service) removeFiles(ctx context.Context, v *View) error {
	hidden, err := s.hideDetached(ctx)
	if err != nil {
		return err
	}
	p := *v.Post // the value is shared
	p.Media = slices.Clone(p.Media)
	for i, m := range p.Media {
		if now, ok := hidden[m.ID]; ok {
			p.Media[i] = now
		}
	}
	v.Post = &p
	return s.dropFiles(ctx)
}

// own returns a post of the author's. Returns NotFound for those of others.
func (s *Service) own(ctx context.Context, author, id ids.ID) (*View, error) {
	v, err := s.view(ctx, author, id)
	if err == nil && v.AccountID != author {
		err = errs.NotFoundRecord()
	}
	return v, err
}

// remove deletes a post that has no boosts.
func (s *Service) remove(ctx context.Context, tx *db.Tx, p *Post) error {
	if tx.Engine() == db.Postgres { // an edit at the same time must not change the hashtags meanwhile
		if _, err := db.Values[ids.ID](ctx, tx, "SELECT id FROM posts_posts WHERE id = $1 FOR UPDATE", p.ID); err != nil {
			return err
		}
	}
	if err := uncountTags(ctx, tx, p); err != nil {
		return err
	}
	if err := s.leave(ctx, tx, p); err != nil {
		return err
	}
	was := *p // the quote may have been revoked since p was read
	state, err := db.Value[int](ctx, tx, "DELETE FROM posts_posts WHERE id = $1 RETURNING quote_state", p.ID)
	if err != nil {
		return err // NotFound if somebody was faster
	}
	was.QuoteState = QuoteState(state)
	hadMedia, err := s.detach(ctx, tx, p.ID)
	if err != nil {
		return err
	}
	if counts(p) {
		if _, err := s.bump(ctx, tx, p.InReplyToID, "replies", -1); err != nil {
			return err
		}
	}
	if err := s.countQuote(ctx, tx, &was, -1); err != nil && !errs.Is(err, errs.NotFound) {
		return err
	}
	if err := uncountPost(ctx, tx, p.AccountID, p.Visibility); err != nil {
		return err
	}
	return s.tellDeleted(ctx, tx, Deleted{ID: p.ID, AccountID: p.AccountID, ParentID: p.InReplyToID, ThreadID: p.ThreadID, QuoteOfID: p.QuoteOfID,
		Visibility: p.Visibility, Mentions: mentioned(p.Mentions), Tags: p.Tags, HasMedia: hadMedia})
}

func (s *Service) tellDeleted(ctx context.Context, tx *db.Tx, d Deleted) error {
	tx.OnCommit(func() { s.unpublished(d) })
	_, err := s.outbox.Add(ctx, tx, d)
	return err
}

// uncountPost takes countPost back.
func uncountPost(ctx context.Context, tx *db.Tx, author ids.ID, v Visibility) error {
	if v == Direct {
		return nil
	}
	_, err := db.Exec(ctx, tx, "UPDATE posts_authors SET posts = posts - 1 WHERE account_id = $1", author)
	return err
}
