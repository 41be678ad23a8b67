package posts

import (
	"context"
	"slices"
	"time"

	"github.com/guildhall/guildhall/internal/db"
	"github.com/guildhall/guildhall/internal/errs"
	"github.com/guildhall/guildhall/internal/ids"
)

// editRetries is how often an edit that met another one starts again.
const editRetries = 3

// Edit replaces the content of a post: text, warning, images and poll become
// what the draft says, language and sensitivity too if it says anything of
// them. Who may see the post and what it answers stay. The version before is
// kept in the history; a poll with other options starts anew, one with the same
// goes on as it was. Nothing happens if nothing is different. Returns NotFound
// if the post is not the author's; Invalid as Create does, and for a boost.
func (s *Service) Edit(ctx context.Context, author, id ids.ID, d Draft) (*View, error) {
	for attempt := 0; ; attempt++ {
		err := s.edit(ctx, author, id, d)
		if err == nil && d.QuotePolicy != nil {
			return s.SetQuotePolicy(ctx, author, id, *d.QuotePolicy)
		}
		if err == nil {
			return s.view(ctx, author, id)
		}
		if attempt == editRetries || !errs.Is(err, errs.Conflict) {
			return nil, err
		}
		s.forget(id)
	}
}

func (s *Service) edit(ctx context.Context, author, id ids.ID, d Draft) error {
	v, err := s.own(ctx, author, id)
	if err != nil {
		return err
	}
	if v.BoostOfID != 0 {
		return invalid("A boost cannot be edited")
	}
	account, err := s.Profiles.Account(ctx, author)
	if err != nil {
		return err
	}
	if d.Language == "" {
		d.Language = v.Language
	}
	if d.Sensitive == nil {
		d.Sensitive = &v.Sensitive
	}
	d.QuoteOfID = v.QuoteOfID
	c, err := s.compose(ctx, account, d)
	if err != nil {
		return err
	}
	e := &editing{s: s, old: v, content: c, draft: d}
	if samePoll(v.Poll, c.poll) {
		c.poll = nil
		e.keepsPoll = v.Poll != nil
	}
	if e.described, err = e.describe(); err != nil {
		return err
	}
	if e.same() {
		return nil
	}
	now := *v.Post
	now.Mentions = c.mentions
	if peopleOf(&now) != peopleOf(v.Post) {
		if e.listeners, err = s.listeners(ctx, &now); err != nil {
			return err
		}
	}
	return s.write(ctx, func(tx *db.Tx) error { return e.store(ctx, tx) })
}

// samePoll tells whether votes for the one are votes for the other.
func samePoll(a, b *Poll) bool {
	if a == nil || b == nil {
		return a == b
	}
	return a.Multiple == b.Multiple && a.HideVotes == b.HideVotes &&
		slices.EqualFunc(a.Options, b.Options, func(x, y PollOption) bool { return x.Title == y.Title })
}

// editing is an edit on its way into the database.
type editing struct {
	s         *Service
	old       *View
	draft     Draft
	content   *content // without a poll if that stays as it is
	keepsPoll bool
	described []Media  // the post's images with another description or focus
	listeners []ids.ID // of a direct post with other participants: in whose conversations it is now
}

// describe returns those of the post's images whose attributes the draft
// changes. Attributes of other images are passed over.
func (e *editing) describe() ([]Media, error) {
	var changed []Media
	for _, a := range e.draft.Attributes {
		i := slices.IndexFunc(e.old.Media, func(m Media) bool { return m.ID == a.ID })
		if i < 0 || !slices.Contains(e.draft.Media, a.ID) {
			continue
		}
		m := e.old.Media[i]
		if err := e.s.describe(&m, a); err != nil {
			return nil, err
		}
		if m != e.old.Media[i] {
			changed = append(changed, m)
		}
	}
	return changed, nil
}

func (e *editing) same() bool {
	o, c := e.old, e.content
	return c.text == o.Text && c.html == o.Content && c.spoiler == o.Spoiler && c.sensitive == o.Sensitive && c.language == o.Language &&
		c.poll == nil && e.keepsPoll == (o.Poll != nil) && len(e.described) == 0 &&
		slices.EqualFunc(o.Media, e.draft.Media, func(m Media, id ids.ID) bool { return m.ID == id })
}

// store writes the edit in a transaction. It may be run again. Returns Conflict
// if the post was edited after it was read.
func (e *editing) store(ctx context.Context, tx *db.Tx) error {
	c, p := e.content, *e.old.Post // of p only what store sets is used
	p.EditedAt = e.s.Now().Truncate(time.Millisecond)
	if before := writtenAt(e.old.Post); !p.EditedAt.After(before) {
		p.EditedAt = before.Add(time.Millisecond)
	}
	p.Mentions, p.Tags = c.mentions, c.tags
	var poll *Poll
	if !e.keepsPoll {
		p.PollID = 0
	}
	if c.poll != nil {
		poll = new(Poll)
		*poll = *c.poll
		poll.ID, poll.PostID = e.s.IDs.New(p.AccountID), p.ID
		p.PollID = poll.ID
	}
	n, err := db.Exec(ctx, tx, `UPDATE posts_posts SET text = $1, content = $2, spoiler = $3, sensitive = $4, language = $5, poll_id = $6, edited_at = $7
		WHERE id = $8 AND edited_at = $9`, c.text, c.html, c.spoiler, c.sensitive, c.language, p.PollID, toMillis(p.EditedAt), p.ID, toMillis(e.old.EditedAt))
	if err != nil {
		return err
	}
	if n == 0 {
		return errs.New(errs.Conflict, "The post was edited at the same time")
	}
	if err := e.remember(ctx, tx); err != nil {
		return err
	}
	if err := e.clear(ctx, tx); err != nil {
		return err
	}
	if err := e.s.storeParts(ctx, tx, &p, poll); err != nil {
		return err
	}
	if err := e.s.storeLink(ctx, tx, &p, c.link); err != nil {
		return err
	}
	if err := e.storeMedia(ctx, tx); err != nil {
		return err
	}
	if len(e.listeners) > 0 {
		if err := e.s.leave(ctx, tx, &p); err != nil {
			return err
		}
		if err := e.s.join(ctx, tx, &p, e.listeners); err != nil {
			return err
		}
	}
	edited := Edited{ID: p.ID, AccountID: p.AccountID, Visibility: p.Visibility, Tags: p.Tags, Added: e.added(), LinkID: p.LinkID,
		Unvoted: p.PollID != e.old.PollID && e.old.PollID != 0}
	tx.OnCommit(func() { e.s.rewritten(edited) })
	_, err = e.s.outbox.Add(ctx, tx, edited)
	return err
}

// added returns the accounts that are mentioned now and were not before.
func (e *editing) added() []ids.ID {
	before := mentioned(e.old.Mentions)
	return slices.DeleteFunc(mentioned(e.content.mentions), func(id ids.ID) bool { return slices.Contains(before, id) })
}

// clear deletes what storeParts writes anew.
func (e *editing) clear(ctx context.Context, tx *db.Tx) error {
	if err := uncountTags(ctx, tx, e.old.Post); err != nil {
		return err
	}
	texts := []string{"DELETE FROM posts_mentions WHERE post_id = $1", "DELETE FROM posts_tags WHERE post_id = $1",
		"DELETE FROM posts_link_uses WHERE post_id = $1"}
	if !e.keepsPoll {
		texts = append(texts, "DELETE FROM posts_polls WHERE post_id = $1")
	}
	for _, text := range texts {
		if _, err := db.Exec(ctx, tx, text, e.old.ID); err != nil {
			return err
		}
	}
	return nil
}

// storeMedia gives the post its images: some were there, some are new. Those
// that are taken away stay for the history's sake.
func (e *editing) storeMedia(ctx context.Context, tx *db.Tx) error {
	for _, m := range e.described {
		if _, err := db.Exec(ctx, tx, "UPDATE posts_media SET description = $1, focus_x = $2, focus_y = $3 WHERE id = $4 AND post_id = $5",
			m.Description, m.FocusX, m.FocusY, m.ID, e.old.ID); err != nil {
			return err
		}
	}
	if slices.EqualFunc(e.old.Media, e.draft.Media, func(m Media, id ids.ID) bool { return m.ID == id }) {
		return nil
	}
	if _, err := db.Exec(ctx, tx, "UPDATE posts_media SET position = -1 WHERE post_id = $1", e.old.ID); err != nil {
		return err
	}
	for i, id := range e.draft.Media {
		n, err := db.Exec(ctx, tx, "UPDATE posts_media SET post_id = $1, position = $2 WHERE id = $3 AND account_id = $4 AND post_id IN (0, $1) AND scheduled_id = 0",
			e.old.ID, i, id, e.old.AccountID)
		if err != nil {
			return err
		}
		if n == 0 {
			return foreignMedia()
		}
	}
	return nil
}
