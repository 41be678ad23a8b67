package posts

import (
	"context"
	"fmt"
	"sync"
	"sync/atomic"
	"time"

	"github.com/guildhall/guildhall/internal/db"
	"github.com/guildhall/guildhall/internal/ids"
)

// entry is a post as the cache holds it: the post itself never changes, its
// counters and its poll's counts are replaced.
type entry struct {
	post  *Post
	stats atomic.Pointer[Stats] // never nil
	poll  atomic.Pointer[Poll]  // nil: none
	stale atomic.Bool           // stats and poll are to be read again

	mu      sync.Mutex
	changes uint32 // how often stats or poll were set or became stale
}

const postColumns = `id, account_id, uri, in_reply_to_id, in_reply_to_account_id, thread_id, boost_of_id, visibility, language, spoiler, sensitive, text, content, edited_at, poll_id, app_id,
	quote_of_id, quote_state, quote_policy`

// scanPost returns where postColumns go. Times are put right by finishPost.
func scanPost(r *postRow) []any {
	p := &r.Post
	return []any{&p.ID, &p.AccountID, &p.URI, &p.InReplyToID, &p.InReplyToAccountID, &p.ThreadID, &p.BoostOfID, &p.Visibility,
		&p.Language, &p.Spoiler, &p.Sensitive, &p.Text, &p.Content, &r.editedAt, &p.PollID, &p.AppID,
		&p.QuoteOfID, &p.QuoteState, &p.QuotePolicy}
}

// postRow is a row of posts_posts.
type postRow struct {
	Post
	editedAt int64
}

// made returns the row's post, without what other tables hold of it.
func (r *postRow) made() *Post {
	p := r.Post
	p.CreatedAt = p.ID.Time()
	p.EditedAt = fromMillis(r.editedAt)
	return &p
}

// fromMillis returns the time of a column of Unix milliseconds; 0 is the zero time.
func fromMillis(ms int64) time.Time {
	if ms == 0 {
		return time.Time{}
	}
	return time.UnixMilli(ms).UTC()
}

// toMillis is the other way.
func toMillis(t time.Time) int64 {
	if t.IsZero() {
		return 0
	}
	return t.UnixMilli()
}

const mediaColumns = `id, account_id, post_id, description, focus_x, focus_y, blurhash,
	original_key, original_width, original_height, small_key, small_width, small_height`

// scanMedia returns where mediaColumns go.
func scanMedia(m *Media) []any {
	return []any{&m.ID, &m.AccountID, &m.PostID, &m.Description, &m.FocusX, &m.FocusY, &m.Blurhash,
		&m.Original.Key, &m.Original.Width, &m.Original.Height, &m.Small.Key, &m.Small.Width, &m.Small.Height}
}

// inPublic tells what posts_posts.in_public says: whether a post belongs into
// public timelines.
func inPublic(p *Post) bool {
	return p.Visibility == Public && p.BoostOfID == 0 && (p.InReplyToID == 0 || p.InReplyToAccountID == p.AccountID)
}

// keyed is a value of one of several posts (or polls).
type keyed[T any] struct {
	of    ids.ID
	value T
}

// read reads posts from the database, past every cache; those that do not
// exist are left out.
func (s *Service) read(ctx context.Context, q db.Querier, want []ids.ID) (map[ids.ID]*entry, error) {
	found := make(map[ids.ID]*entry, len(want))
	if len(want) == 0 {
		return found, nil
	}
	in, args := db.In(nil, want)
	rows, err := db.All(ctx, q, scanPost, "SELECT "+postColumns+" FROM posts_posts WHERE id IN "+in, args...)
	if err != nil {
		return nil, err
	}
	var own, polls []ids.ID // posts with content of their own; those with polls
	for i := range rows {
		e := &entry{post: rows[i].made()}
		e.stats.Store(&Stats{})
		found[e.post.ID] = e
		if e.post.BoostOfID != 0 {
			continue
		}
		own = append(own, e.post.ID)
		if e.post.PollID != 0 {
			polls = append(polls, e.post.PollID)
		}
	}
	if len(own) == 0 {
		return found, nil
	}
	for _, step := range []func(context.Context, db.Querier, []ids.ID, map[ids.ID]*entry) error{s.readStats, s.readMedia, s.readTags, s.readMentions, s.readLinks} {
		if err := step(ctx, q, own, found); err != nil {
			return nil, err
		}
	}
	return found, s.readPolls(ctx, q, polls, found)
}

func (s *Service) readStats(ctx context.Context, q db.Querier, of []ids.ID, found map[ids.ID]*entry) error {
	stats, err := queryStats(ctx, q, of)
	for id, st := range stats {
		found[id].stats.Store(st)
	}
	return err
}

func queryStats(ctx context.Context, q db.Querier, of []ids.ID) (map[ids.ID]*Stats, error) {
	in, args := db.In(nil, of)
	rows, err := db.All(ctx, q, func(k *keyed[Stats]) []any {
		return []any{&k.of, &k.value.Replies, &k.value.Boosts, &k.value.Favourites, &k.value.Quotes}
	}, "SELECT post_id, replies, boosts, favourites, quotes FROM posts_stats WHERE post_id IN "+in, args...)
	stats := make(map[ids.ID]*Stats, len(rows))
	for i := range rows {
		stats[rows[i].of] = &rows[i].value
	}
	return stats, err
}

func (s *Service) readMedia(ctx context.Context, q db.Querier, of []ids.ID, found map[ids.ID]*entry) error {
	in, args := db.In(nil, of)
	rows, err := db.All(ctx, q, scanMedia, "SELECT "+mediaColumns+" FROM posts_media WHERE post_id IN "+in+" AND position >= 0 ORDER BY post_id, position", args...)
	for _, m := range rows {
		p := found[m.PostID].post
		p.Media = append(p.Media, m)
	}
	return err
}

func (s *Service) readTags(ctx context.Context, q db.Querier, of []ids.ID, found map[ids.ID]*entry) error {
	in, args := db.In(nil, of)
	rows, err := db.All(ctx, q, func(k *keyed[string]) []any { return []any{&k.of, &k.value} },
		"SELECT t.post_id, n.name FROM posts_tags t JOIN posts_tags_names n ON n.id = t.tag_id WHERE t.post_id IN "+in+" ORDER BY t.post_id, t.position", args...)
	for _, t := range rows {
		p := found[t.of].post
		p.Tags = append(p.Tags, t.value)
	}
	return err
}

func (s *Service) readMentions(ctx context.Context, q db.Querier, of []ids.ID, found map[ids.ID]*entry) error {
	in, args := db.In(nil, of)
	rows, err := db.All(ctx, q, func(k *keyed[ids.ID]) []any { return []any{&k.of, &k.value} },
		"SELECT post_id, account_id FROM posts_mentions WHERE post_id IN "+in+" ORDER BY post_id, position", args...)
	if err != nil || len(rows) == 0 {
		return err
	}
	who := make([]ids.ID, len(rows))
	for i, r := range rows {
		who[i] = r.value
	}
	accounts, err := s.Profiles.Accounts(ctx, who)
	if err != nil {
		return err
	}
	for _, r := range rows {
		p := found[r.of].post
		m := Mention{AccountID: r.value}
		if a := accounts[r.value]; a != nil {
			m.Username, m.Acct = a.Username, a.Acct()
		}
		p.Mentions = append(p.Mentions, m)
	}
	return nil
}

// mentioned returns the accounts that mentions name.
func mentioned(ms []Mention) []ids.ID {
	out := make([]ids.ID, len(ms))
	for i, m := range ms {
		out[i] = m.AccountID
	}
	return out
}

func (s *Service) readPolls(ctx context.Context, q db.Querier, polls []ids.ID, found map[ids.ID]*entry) error {
	if len(polls) == 0 {
		return nil
	}
	made, err := queryPolls(ctx, q, polls)
	for _, p := range made {
		if e := found[p.PostID]; e != nil {
			e.poll.Store(p)
		}
	}
	return err
}

// queryPolls reads polls with their options, by id.
func queryPolls(ctx context.Context, q db.Querier, polls []ids.ID) (map[ids.ID]*Poll, error) {
	in, args := db.In(nil, polls)
	rows, err := db.All(ctx, q, func(k *keyed[Poll]) []any {
		return []any{&k.value.ID, &k.value.PostID, millis{&k.value.Expires}, &k.value.Multiple, &k.value.HideVotes, &k.value.Voters}
	}, "SELECT id, post_id, expires_at, multiple, hide_votes, voters FROM posts_polls WHERE id IN "+in, args...)
	if err != nil {
		return nil, err
	}
	made := make(map[ids.ID]*Poll, len(rows))
	for i := range rows {
		made[rows[i].value.ID] = &rows[i].value
	}
	options, err := db.All(ctx, q, func(k *keyed[PollOption]) []any { return []any{&k.of, &k.value.Title, &k.value.Votes} },
		"SELECT poll_id, title, votes FROM posts_poll_options WHERE poll_id IN "+in+" ORDER BY poll_id, position", args...)
	for _, o := range options {
		if p := made[o.of]; p != nil {
			p.Options = append(p.Options, o.value)
		}
	}
	return made, err
}

// millis scans a column of Unix milliseconds into a time.
type millis struct{ to *time.Time }

// Scan implements sql.Scanner.
func (m millis) Scan(v any) error {
	n, ok := v.(int64)
	if !ok {
		return fmt.Errorf("not a time: %T", v)
	}
	*m.to = fromMillis(n)
	return nil
}
