package posts

import (
	"context"
	"time"

	"github.com/guildhall/guildhall/internal/db"
	"github.com/guildhall/guildhall/internal/errs"
	"github.com/guildhall/guildhall/internal/ids"
	"github.com/guildhall/guildhall/internal/page"
)

// Scheduled is a post that waits for its time. The draft's Key is a digest.
type Scheduled struct {
	ID        ids.ID
	AccountID ids.ID
	At        time.Time
	Draft     Draft
	Media     []Media
	Posted    *View // what it has become; nothing else is set then
}

const scheduledColumns = `id, account_id, at, key, text, spoiler, sensitive, visibility, language, in_reply_to_id, quote_of_id, quote_policy, app_id,
	poll_seconds, poll_multiple, poll_hide_votes`

// scheduledRow is a row of posts_scheduled; -1 stands for nil.
type scheduledRow struct {
	Scheduled
	at, seconds                   int64
	sensitive, visibility, policy int
	poll                          PollDraft
}

func scanScheduled(r *scheduledRow) []any {
	d := &r.Draft
	return []any{&r.ID, &r.AccountID, &r.at, &d.Key, &d.Text, &d.Spoiler, &r.sensitive, &r.visibility, &d.Language, &d.InReplyToID,
		&d.QuoteOfID, &r.policy, &d.AppID, &r.seconds, &r.poll.Multiple, &r.poll.HideVotes}
}

// Schedule keeps a draft to be published at a time. With a Key that the author
// has used for a post that still waits, or is published, it returns that one.
// Returns Invalid for a time that is too soon, for too many posts of that day or
// in all, and what Create returns for a draft that could not be published now.
func (s *Service) Schedule(ctx context.Context, author ids.ID, d Draft, at time.Time) (*Scheduled, error) {
	at, err := s.checkTime(at)
	if err != nil {
		return nil, err
	}
	if err := s.checkDraft(ctx, author, d); err != nil {
		return nil, err
	}
	d.Key = keyOf(d.Key)
	var id, posted ids.ID
	err = s.write(ctx, func(tx *db.Tx) error {
		if err := oneAtATime(ctx, tx, author); err != nil {
			return err
		}
		var err error
		if id, posted, err = s.scheduledBefore(ctx, tx, author, d.Key); err != nil || id != 0 || posted != 0 {
			return err
		}
		if err := s.checkSchedule(ctx, tx, author, 0, at); err != nil {
			return err
		}
		id = s.IDs.New(author)
		return s.storeScheduled(ctx, tx, id, author, d, at)
	})
	if err != nil {
		return nil, err
	}
	if posted != 0 {
		v, err := s.view(ctx, author, posted)
		return &Scheduled{Posted: v}, err
	}
	return s.ScheduledPost(ctx, author, id)
}

// scheduledBefore returns what a key stands for: a post that waits, or one that
// is published.
func (s *Service) scheduledBefore(ctx context.Context, tx *db.Tx, author ids.ID, key string) (waits, posted ids.ID, err error) {
	if key == "" {
		return 0, 0, nil
	}
	since := s.Now().Add(-s.config.KeepKeys)
	same, err := db.Values[ids.ID](ctx, tx, "SELECT id FROM posts_scheduled WHERE account_id = $1 AND id >= $2 AND key = $3 ORDER BY id LIMIT 1",
		author, ids.At(since), key)
	if err != nil || len(same) > 0 {
		return append(same, 0)[0], 0, err
	}
	same, err = db.Values[ids.ID](ctx, tx, `SELECT p.id FROM posts_idempotency k JOIN posts_posts p ON p.id = k.post_id
		WHERE k.account_id = $1 AND k.key = $2 AND k.created_at > $3`, author, key, toMillis(since))
	return 0, append(same, 0)[0], err
}

// checkDraft returns why a draft could not be published now.
func (s *Service) checkDraft(ctx context.Context, author ids.ID, d Draft) error {
	account, err := s.writerAccount(ctx, author)
	if err != nil {
		return err
	}
	parent, err := s.answered(ctx, author, d.InReplyToID)
	if err != nil {
		return err
	}
	quoted, err := s.quoted(ctx, author, d.QuoteOfID)
	if err != nil {
		return err
	}
	content, err := s.compose(ctx, account, d)
	if err != nil {
		return err
	}
	c := creation{s: s, draft: d, content: content, template: template(account, d, content, parent)}
	return c.quote(account, quoted)
}

// checkSchedule returns Invalid if an author has too many other scheduled posts
// than the one, in all or on a day (UTC).
func (s *Service) checkSchedule(ctx context.Context, tx *db.Tx, author, but ids.ID, at time.Time) error {
	day := at.Truncate(24 * time.Hour)
	all, err := db.Value[int](ctx, tx, "SELECT COUNT(*) FROM posts_scheduled WHERE account_id = $1 AND id <> $2", author, but)
	if err != nil {
		return err
	}
	if all >= s.config.MaxScheduled {
		return errs.Newf(errs.Invalid, "Validation failed: No more than %d posts can be scheduled", s.config.MaxScheduled)
	}
	today, err := db.Value[int](ctx, tx, "SELECT COUNT(*) FROM posts_scheduled WHERE account_id = $1 AND at >= $2 AND at < $3 AND id <> $4",
		author, toMillis(day), toMillis(day.Add(24*time.Hour)), but)
	if err == nil && today >= s.config.MaxScheduledDay {
		err = errs.Newf(errs.Invalid, "Validation failed: No more than %d posts can be scheduled for one day", s.config.MaxScheduledDay)
	}
	return err
}

func (s *Service) storeScheduled(ctx context.Context, tx *db.Tx, id, author ids.ID, d Draft, at time.Time) error {
	sensitive, visibility, policy, poll := -1, -1, -1, PollDraft{}
	if d.Sensitive != nil {
		sensitive = 0
		if *d.Sensitive {
			sensitive = 1
		}
	}
	if d.Visibility != nil {
		visibility = int(*d.Visibility)
	}
	if d.QuotePolicy != nil {
		policy = int(*d.QuotePolicy)
	}
	if d.Poll != nil {
		poll = *d.Poll
	}
	_, err := db.Exec(ctx, tx, "INSERT INTO posts_scheduled ("+scheduledColumns+", due_at) VALUES "+db.Tuples(1, 17),
		id, author, toMillis(at), d.Key, d.Text, d.Spoiler, sensitive, visibility, d.Language, d.InReplyToID, d.QuoteOfID, policy, d.AppID,
		int64(poll.ExpiresIn/time.Second), poll.Multiple, poll.HideVotes, toMillis(at))
	if err != nil {
		return err
	}
	for i, title := range poll.Options {
		if _, err := db.Exec(ctx, tx, "INSERT INTO posts_scheduled_options (scheduled_id, position, title) VALUES ($1, $2, $3)", id, i, title); err != nil {
			return err
		}
	}
	for i, media := range d.Media {
		n, err := db.Exec(ctx, tx, "UPDATE posts_media SET scheduled_id = $1, position = $2 WHERE id = $3 AND account_id = $4 AND post_id = 0 AND scheduled_id = 0 AND position >= 0",
			id, i, media, author)
		if err != nil {
			return err
		}
		if n == 0 {
			return foreignMedia()
		}
	}
	return nil
}

// ScheduledPost returns a post of the author's that waits. Returns NotFound if
// there is none.
func (s *Service) ScheduledPost(ctx context.Context, author, id ids.ID) (*Scheduled, error) {
	row, err := db.One(ctx, s.DB, scanScheduled, "SELECT "+scheduledColumns+" FROM posts_scheduled WHERE id = $1 AND account_id = $2", id, author)
	if err != nil {
		return nil, err
	}
	return s.scheduled(ctx, &row)
}

// ScheduledPosts lists an author's posts that wait, the latest made first.
func (s *Service) ScheduledPosts(ctx context.Context, author ids.ID, p page.Page) ([]Scheduled, error) {
	end, args := p.SQL("id", []any{author})
	rows, err := db.All(ctx, s.DB, scanScheduled, "SELECT "+scheduledColumns+" FROM posts_scheduled WHERE account_id = $1"+end, args...)
	if err != nil {
		return nil, err
	}
	out := make([]Scheduled, 0, len(rows))
	for _, row := range page.Sort(p, rows) {
		x, err := s.scheduled(ctx, &row)
		if err != nil {
			return nil, err
		}
		out = append(out, *x)
	}
	return out, nil
}

// scheduled makes the value of a row, with its images and its poll's options.
func (s *Service) scheduled(ctx context.Context, r *scheduledRow) (*Scheduled, error) {
	x := r.Scheduled
	x.At = fromMillis(r.at)
	if r.sensitive >= 0 {
		sensitive := r.sensitive == 1
		x.Draft.Sensitive = &sensitive
	}
	if r.visibility >= 0 {
		visibility := Visibility(r.visibility)
		x.Draft.Visibility = &visibility
	}
	if r.policy >= 0 {
		policy := QuotePolicy(r.policy)
		x.Draft.QuotePolicy = &policy
	}
	var err error
	if r.seconds > 0 {
		poll := r.poll
		poll.ExpiresIn = time.Duration(r.seconds) * time.Second
		if poll.Options, err = db.Values[string](ctx, s.DB, "SELECT title FROM posts_scheduled_options WHERE scheduled_id = $1 ORDER BY position", x.ID); err != nil {
			return nil, err
		}
		x.Draft.Poll = &poll
	}
	x.Media, err = db.All(ctx, s.DB, scanMedia, "SELECT "+mediaColumns+" FROM posts_media WHERE scheduled_id = $1 AND scheduled_id <> 0 ORDER BY position", x.ID)
	for _, m := range x.Media {
		x.Draft.Media = append(x.Draft.Media, m.ID)
	}
	return &x, err
}

// Reschedule moves a post that waits to another time. Returns NotFound if it is
// not the author's; Invalid as Schedule does.
func (s *Service) Reschedule(ctx context.Context, author, id ids.ID, at time.Time) (*Scheduled, error) {
	if _, err := s.ScheduledPost(ctx, author, id); err != nil {
		return nil, err
	}
	at, err := s.checkTime(at)
	if err != nil {
		return nil, err
	}
	err = s.write(ctx, func(tx *db.Tx) error {
		if err := oneAtATime(ctx, tx, author); err != nil {
			return err
		}
		if err := s.checkSchedule(ctx, tx, author, id, at); err != nil {
			return err
		}
		n, err := db.Exec(ctx, tx, "UPDATE posts_scheduled SET at = $3, due_at = $3, failures = 0 WHERE id = $1 AND account_id = $2", id, author, toMillis(at))
		if err != nil || n == 0 {
			return notFound(err)
		}
		return nil
	})
	if err != nil {
		return nil, err
	}
	return s.ScheduledPost(ctx, author, id)
}

// ChangeScheduled replaces a post that waits, with its time. What it answers and
// what it quotes stay. Returns NotFound if it is not the author's, or has been
// published; Invalid as Schedule does.
func (s *Service) ChangeScheduled(ctx context.Context, author, id ids.ID, d Draft, at time.Time) (*Scheduled, error) {
	old, err := s.ScheduledPost(ctx, author, id)
	if err != nil {
		return nil, err
	}
	d.InReplyToID, d.QuoteOfID, d.AppID, d.Key = old.Draft.InReplyToID, old.Draft.QuoteOfID, old.Draft.AppID, old.Draft.Key
	if at, err = s.checkTime(at); err != nil {
		return nil, err
	}
	if err := s.checkDraft(ctx, author, d); err != nil {
		return nil, err
	}
	err = s.write(ctx, func(tx *db.Tx) error {
		if err := oneAtATime(ctx, tx, author); err != nil {
			return err
		}
		if err := s.checkSchedule(ctx, tx, author, id, at); err != nil {
			return err
		}
		if err := s.dropScheduled(ctx, tx, author, id); err != nil {
			return err
		}
		return s.storeScheduled(ctx, tx, id, author, d, at)
	})
	if err != nil {
		return nil, err
	}
	return s.ScheduledPost(ctx, author, id)
}

// checkTime returns a time as it is kept. Returns Invalid if it is too soon.
func (s *Service) checkTime(at time.Time) (time.Time, error) {
	if at.Sub(s.Now()) < s.config.MinSchedule {
		return at, errs.Newf(errs.Invalid, "Validation failed: The time must be at least %d minutes ahead", int(s.config.MinSchedule.Minutes()))
	}
	return at.UTC().Truncate(time.Millisecond), nil
}

// Unschedule drops a post that waits; its images wait to be posted as after an
// upload. Returns NotFound if it is not the author's, or has been published.
func (s *Service) Unschedule(ctx context.Context, author, id ids.ID) error {
	return s.write(ctx, func(tx *db.Tx) error { return s.dropScheduled(ctx, tx, author, id) })
}

func (s *Service) dropScheduled(ctx context.Context, tx *db.Tx, author, id ids.ID) error {
	n, err := db.Exec(ctx, tx, "DELETE FROM posts_scheduled WHERE id = $1 AND account_id = $2", id, author)
	if err != nil || n == 0 {
		return notFound(err)
	}
	_, err = db.Exec(ctx, tx, "UPDATE posts_media SET scheduled_id = 0, position = 0, detached_at = $2 WHERE scheduled_id = $1 AND scheduled_id <> 0", id, toMillis(s.Now()))
	return err
}

const (
	dueAtOnce   = 50          // scheduled posts that one look publishes
	dueRetry    = time.Minute // after a failure of ours
	dueFailures = 10          // then it is given up
)

// publishDue publishes the posts whose time has come. Every node may try: only
// one of them finds the row to delete. One that may not be published any more is
// dropped: also that of an author whom moderators do not let write now.
func (s *Service) publishDue(ctx context.Context) error {
	rows, err := db.All(ctx, s.DB, scanScheduled, "SELECT "+scheduledColumns+" FROM posts_scheduled WHERE due_at <= $1 ORDER BY due_at LIMIT $2", toMillis(s.Now()), dueAtOnce)
	if err != nil {
		return err
	}
	for i := range rows {
		x, err := s.scheduled(ctx, &rows[i])
		if err == nil {
			x.Draft.scheduled, x.Draft.Key = x.ID, "" // its key is kept by takeScheduled
			_, err = s.Create(ctx, x.AccountID, x.Draft)
		}
		if err == nil || errs.Is(err, errs.Conflict) || ctx.Err() != nil { // Conflict: it is not there any more
			continue
		}
		if err := s.dueFailed(ctx, &rows[i].Scheduled, err); err != nil {
			return err
		}
	}
	return nil
}

// dueFailed drops a scheduled post that cannot be published, or puts it off if
// that is our failure.
func (s *Service) dueFailed(ctx context.Context, x *Scheduled, why error) error {
	ours := errs.Is(why, errs.Internal) || errs.Is(why, errs.Unavailable)
	return s.write(ctx, func(tx *db.Tx) error {
		if ours {
			failures, err := db.Value[int](ctx, tx, "UPDATE posts_scheduled SET failures = failures + 1, due_at = $2 WHERE id = $1 RETURNING failures", x.ID, toMillis(s.Now().Add(dueRetry)))
			if errs.Is(err, errs.NotFound) || err == nil && failures < dueFailures {
				tx.OnCommit(func() {
					s.Log.Error("scheduled post not published, tried again later", "scheduled", x.ID, "error", why)
				})
				return nil
			}
			if err != nil {
				return err
			}
		}
		tx.OnCommit(func() { s.Log.Warn("scheduled post dropped", "scheduled", x.ID, "account", x.AccountID, "error", why) })
		if err := s.dropScheduled(ctx, tx, x.AccountID, x.ID); !errs.Is(err, errs.NotFound) {
			return err
		}
		return nil
	})
}

// takeScheduled takes a scheduled post's place in the transaction that publishes
// it as p: no other one can any more. Its key stands for p as long as it would
// have stood for it. Returns Conflict if it is gone or moved.
func (s *Service) takeScheduled(ctx context.Context, tx *db.Tx, id ids.ID, p *Post) error {
	if id == 0 {
		return nil
	}
	keys, err := db.Values[string](ctx, tx, "DELETE FROM posts_scheduled WHERE id = $1 AND due_at <= $2 RETURNING key", id, toMillis(s.Now()))
	if err == nil && len(keys) == 0 {
		err = errs.New(errs.Conflict, "The scheduled post is gone")
	}
	if err != nil {
		return err
	}
	if keys[0] != "" {
		_, err := db.Exec(ctx, tx, `INSERT INTO posts_idempotency (account_id, key, post_id, created_at) VALUES ($1, $2, $3, $4)
			ON CONFLICT (account_id, key) DO UPDATE SET post_id = excluded.post_id, created_at = excluded.created_at
			WHERE posts_idempotency.created_at < excluded.created_at`, p.AccountID, keys[0], p.ID, toMillis(id.Time()))
		if err != nil {
			return err
		}
	}
	_, err = db.Exec(ctx, tx, "UPDATE posts_media SET scheduled_id = 0 WHERE scheduled_id = $1 AND scheduled_id <> 0", id)
	return err
}
