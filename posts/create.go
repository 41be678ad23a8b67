package posts

import (
	"context"
	"crypto/sha256"
	"encoding/hex"

	"github.com/guildhall/guildhall/internal/db"
	"github.com/guildhall/guildhall/internal/errs"
	"github.com/guildhall/guildhall/internal/ids"
	"github.com/guildhall/guildhall/profiles"
)

// Create publishes a post. With a Key that the author has used within the last
// hour it returns the post of that time instead. Returns Invalid if the draft
// is empty or over a limit, or if an image is not the author's or is posted
// already; NotFound if the author may not see the post to be answered, or may
// not quote the one to be quoted; Forbidden if moderators do not let the author
// write.
func (s *Service) Create(ctx context.Context, author ids.ID, d Draft) (*View, error) {
	account, err := s.writerAccount(ctx, author)
	if err != nil {
		return nil, err
	}
	if d.Language == "" {
		d.Language = account.Language
	}
	if d.Sensitive == nil {
		d.Sensitive = &account.Sensitive
	}
	parent, err := s.answered(ctx, author, d.InReplyToID)
	if err != nil {
		return nil, err
	}
	quoted, err := s.quoted(ctx, author, d.QuoteOfID)
	if err != nil {
		return nil, err
	}
	content, err := s.compose(ctx, account, d)
	if err != nil {
		return nil, err
	}
	c := creation{s: s, draft: d, content: content, key: keyOf(d.Key), template: template(account, d, content, parent)}
	if err := c.quote(account, quoted); err != nil {
		return nil, err
	}
	if c.listeners, err = s.listeners(ctx, &c.template); err != nil {
		return nil, err
	}
	if err := s.write(ctx, func(tx *db.Tx) error { return c.store(ctx, tx) }); err != nil {
		return nil, err
	}
	if c.earlier != 0 {
		return s.view(ctx, author, c.earlier)
	}
	s.published(c.created)
	return s.view(ctx, author, c.post.ID)
}

// writerAccount returns the account that wants to write. Returns Forbidden if
// moderators do not let it.
func (s *Service) writerAccount(ctx context.Context, id ids.ID) (*profiles.Account, error) {
	if err := s.Profiles.MayWrite(ctx, id); err != nil {
		return nil, err
	}
	return s.Profiles.Account(ctx, id)
}

// answered returns the post that a draft answers, nil for none. An answer to a
// boost answers what was boosted.
func (s *Service) answered(ctx context.Context, author, id ids.ID) (*Post, error) {
	if id == 0 {
		return nil, nil
	}
	e, err := s.visibleTo(ctx, author, id)
	if err != nil {
		return nil, err
	}
	if e.post.BoostOfID != 0 {
		if e, err = s.visibleTo(ctx, author, e.post.BoostOfID); err != nil {
			return nil, err
		}
	}
	return e.post, nil
}

// template is the post that a draft becomes, without ids and images.
func template(author *profiles.Account, d Draft, c *content, parent *Post) Post {
	p := Post{AccountID: author.ID, Language: c.language, Spoiler: c.spoiler, Sensitive: c.sensitive,
		Text: c.text, Content: c.html, Mentions: c.mentions, Tags: c.tags, AppID: d.AppID}
	if d.Visibility != nil {
		p.Visibility = *d.Visibility
	} else {
		p.Visibility = privacy(author)
	}
	if parent != nil {
		p.InReplyToID, p.InReplyToAccountID, p.ThreadID = parent.ID, parent.AccountID, parent.ThreadID
		if d.Visibility == nil { // nobody asked for a wider circle than the talk has
			p.Visibility = max(p.Visibility, parent.Visibility)
		}
	}
	return p
}

// privacy returns the visibility that an account's posts have by default.
func privacy(a *profiles.Account) Visibility {
	switch a.Privacy {
	case "unlisted":
		return Unlisted
	case "private":
		return Followers
	}
	return Public
}

// keyOf makes an Idempotency-Key short and storable, whatever it is made of.
func keyOf(key string) string {
	if key == "" {
		return ""
	}
	sum := sha256.Sum256([]byte(key))
	return hex.EncodeToString(sum[:])
}

// creation is a post on its way into the database.
type creation struct {
	s        *Service
	draft    Draft
	content  *content
	key      string
	template Post
	quoted   ids.ID // the author of what is quoted
	// Those in whose conversations a direct post is.
	listeners []ids.ID

	// What a run of store has made.
	earlier ids.ID // the post that the key stands for already
	post    *Post
	poll    *Poll
	created Created
}

// store writes all of the post in a transaction. It may be run again.
func (c *creation) store(ctx context.Context, tx *db.Tx) error {
	p := c.template
	p.ID = c.s.IDs.New(p.AccountID)
	p.CreatedAt = p.ID.Time()
	if p.ThreadID == 0 {
		p.ThreadID = p.ID
	}
	c.post, c.poll = &p, nil
	if c.content.poll != nil {
		c.poll = new(Poll)
		*c.poll = *c.content.poll
		c.poll.ID, c.poll.PostID = c.s.IDs.New(p.AccountID), p.ID
		p.PollID = c.poll.ID
	}
	err := c.s.takeScheduled(ctx, tx, c.draft.scheduled, &p)
	if err != nil {
		return err
	}
	if c.earlier, err = c.s.claimKey(ctx, tx, &p, c.key); err != nil || c.earlier != 0 {
		return err
	}
	if _, err := insertPost(ctx, tx, &p); err != nil {
		return err
	}
	if err := c.s.storeParts(ctx, tx, &p, c.poll); err != nil {
		return err
	}
	if err := c.s.storeLink(ctx, tx, &p, c.content.link); err != nil {
		return err
	}
	if p.Media, err = attach(ctx, tx, &p, c.draft.Media); err != nil {
		return err
	}
	return c.finish(ctx, tx)
}

// finish does what hangs on other rows: counters and the event.
func (c *creation) finish(ctx context.Context, tx *db.Tx) error {
	p := c.post
	if counts(p) {
		if ok, err := c.s.bump(ctx, tx, p.InReplyToID, "replies", 1); err != nil {
			return err
		} else if !ok {
			return errs.NotFoundRecord()
		}
	}
	if err := c.s.countQuote(ctx, tx, p, 1); err != nil {
		return err
	}
	if err := c.s.countPost(ctx, tx, p); err != nil {
		return err
	}
	if err := c.s.join(ctx, tx, p, c.listeners); err != nil {
		return err
	}
	c.created = Created{ID: p.ID, AccountID: p.AccountID, InReplyToID: p.InReplyToID, InReplyToAccountID: p.InReplyToAccountID,
		ThreadID: p.ThreadID, QuoteOfID: p.QuoteOfID, QuoteOfAccountID: c.quoted,
		Visibility: p.Visibility, Mentions: mentioned(p.Mentions), Tags: p.Tags, Language: p.Language, LinkID: p.LinkID}
	// Before the event goes out: those who hear of the post find it in memory.
	tx.OnCommit(func() { c.s.fresh(p, c.poll) })
	_, err := c.s.outbox.Add(ctx, tx, c.created)
	return err
}

// fresh caches a new post, which nobody can have done anything with yet.
func (s *Service) fresh(p *Post, poll *Poll) {
	e := &entry{post: p}
	e.stats.Store(&Stats{})
	if poll != nil {
		e.poll.Store(poll)
	}
	s.posts.Set(p.ID, e)
	m, ok := s.marks.GetIfPresent(p.AccountID)
	if !ok || p.BoostOfID != 0 {
		return
	}
	m.mu.Lock()
	defer m.mu.Unlock()
	if len(m.posts) < marksMax {
		m.posts[p.ID] = 0
		if p.ThreadID == p.ID {
			m.threads[p.ID] = false
		}
	}
}

// claimKey binds an idempotency key to a new post, or returns the post that it
// is bound to. Keys that are too old, or whose post is gone, are free.
func (s *Service) claimKey(ctx context.Context, tx *db.Tx, p *Post, key string) (earlier ids.ID, err error) {
	if key == "" {
		return 0, nil
	}
	now := s.Now()
	n, err := db.Exec(ctx, tx, `INSERT INTO posts_idempotency (account_id, key, post_id, created_at) VALUES ($1, $2, $3, $4)
		ON CONFLICT (account_id, key) DO UPDATE SET post_id = excluded.post_id, created_at = excluded.created_at
		WHERE posts_idempotency.created_at <= $5`, p.AccountID, key, p.ID, toMillis(now), toMillis(now.Add(-s.config.KeepKeys)))
	if err != nil || n > 0 {
		return 0, err
	}
	// A statement of its own: the one above does not see the post of another
	// transaction that it has waited for (PostgreSQL).
	n, err = db.Exec(ctx, tx, `UPDATE posts_idempotency SET post_id = $1, created_at = $2
		WHERE account_id = $3 AND key = $4 AND NOT EXISTS (SELECT 1 FROM posts_posts WHERE id = posts_idempotency.post_id)`,
		p.ID, toMillis(now), p.AccountID, key)
	if err != nil || n > 0 {
		return 0, err
	}
	return db.Value[ids.ID](ctx, tx, "SELECT post_id FROM posts_idempotency WHERE account_id = $1 AND key = $2", p.AccountID, key)
}

// sweepKeys deletes idempotency keys that are too old, a bounded number at a
// time so that no writer waits long.
func (s *Service) sweepKeys(ctx context.Context) error {
	for {
		n, err := db.Exec(ctx, s.DB, `DELETE FROM posts_idempotency WHERE (account_id, key) IN
			(SELECT account_id, key FROM posts_idempotency WHERE created_at <= $1 ORDER BY created_at LIMIT 500)`,
			toMillis(s.Now().Add(-s.config.KeepKeys)))
		if err != nil || n == 0 {
			return err
		}
	}
}

var insertPostSQL = "INSERT INTO posts_posts (" + postColumns + ", in_public) VALUES " + db.Tuples(1, 20) +
	" ON CONFLICT (boost_of_id, account_id) WHERE boost_of_id <> 0 DO NOTHING"

// insertPost writes a post's row. Of a boost that there is already it writes
// none and returns 0.
func insertPost(ctx context.Context, tx *db.Tx, p *Post) (int64, error) {
	return db.Exec(ctx, tx, insertPostSQL, postValues(p)...)
}

// postValues are the values of postColumns and in_public.
func postValues(p *Post) []any {
	return []any{p.ID, p.AccountID, p.URI, p.InReplyToID, p.InReplyToAccountID, p.ThreadID, p.BoostOfID, int(p.Visibility), p.Language,
		p.Spoiler, p.Sensitive, p.Text, p.Content, toMillis(p.EditedAt), p.PollID, p.AppID, p.QuoteOfID, int(p.QuoteState), int(p.QuotePolicy), inPublic(p)}
}

// counts tells whether a post counts as an answer. The number is shown to all
// who see what was answered: a private answer must not show in it.
func counts(p *Post) bool { return p.InReplyToID != 0 && p.Visibility <= Unlisted }

// countPost counts a new post for its author. Direct posts are not counted:
// the number is shown to everybody.
func (s *Service) countPost(ctx context.Context, tx *db.Tx, p *Post) error {
	if p.Visibility == Direct {
		return nil
	}
	st, err := db.One(ctx, tx, scanAuthorStats, `INSERT INTO posts_authors (account_id, posts, last_at) VALUES ($1, 1, $2)
		ON CONFLICT (account_id) DO UPDATE SET posts = posts_authors.posts + 1, last_at = excluded.last_at RETURNING posts, last_at`,
		p.AccountID, toMillis(p.CreatedAt))
	if err == nil {
		tx.OnCommit(func() {
			if s.unordered() {
				s.authorStats.Invalidate(p.AccountID)
			} else {
				s.authorStats.Set(p.AccountID, st)
			}
		})
	}
	return err
}

// storeParts writes the mentions, hashtags and the poll of a post.
func (s *Service) storeParts(ctx context.Context, tx *db.Tx, p *Post, poll *Poll) error {
	if len(p.Mentions) > 0 {
		var args []any
		for i, m := range p.Mentions {
			args = append(args, p.ID, m.AccountID, i)
		}
		if _, err := db.Exec(ctx, tx, "INSERT INTO posts_mentions (post_id, account_id, position) VALUES "+db.Tuples(len(p.Mentions), 3), args...); err != nil {
			return err
		}
	}
	if err := s.storeTags(ctx, tx, p); err != nil || poll == nil {
		return err
	}
	_, err := db.Exec(ctx, tx, "INSERT INTO posts_polls (id, post_id, expires_at, multiple, hide_votes) VALUES ($1, $2, $3, $4, $5)",
		poll.ID, p.ID, toMillis(poll.Expires), poll.Multiple, poll.HideVotes)
	if err != nil {
		return err
	}
	var args []any
	for i, o := range poll.Options {
		args = append(args, poll.ID, i, o.Title)
	}
	_, err = db.Exec(ctx, tx, "INSERT INTO posts_poll_options (poll_id, position, title) VALUES "+db.Tuples(len(poll.Options), 3), args...)
	return err
}
