package posts

import (
	"cmp"
	"context"
	"slices"

	"golang.org/x/sync/errgroup"

	"github.com/guildhall/guildhall/internal/db"
	"github.com/guildhall/guildhall/internal/errs"
	"github.com/guildhall/guildhall/internal/ids"
	"github.com/guildhall/guildhall/profiles"
)

// Past is a post of a history that is brought in, and what others did about it.
type Past struct {
	ID     ids.ID // of ids.Past: its time and its author's shard
	Author ids.ID
	// Draft has no media, no poll and no key. What it answers was imported
	// before, or is earlier in the same batch.
	Draft                         Draft
	Favourites, Boosts, Bookmarks []Deed
}

// Deed is what an account did about a post, once.
type Deed struct {
	ID ids.ID // of ids.Past: its time and the account's shard
	By ids.ID
}

// Import writes a part of a history in one transaction, some thousands of posts
// at most, oldest first. No event tells of it and nobody is notified: it is
// meant for an instance that is being filled and has no readers yet. The rules
// for drafts hold; that authors and others may see what they answer, like or
// boost is for the caller to know. Returns Invalid for a draft that breaks a
// limit, NotFound for an answer to nothing.
func (s *Service) Import(ctx context.Context, past []Past) error {
	b := imported{s: s, byID: make(map[ids.ID]*Post, len(past)), stats: map[ids.ID]*Stats{}, authors: map[ids.ID]*AuthorStats{}, tally: newTally()}
	for i := range past {
		if err := b.add(ctx, &past[i]); err != nil {
			return err
		}
	}
	var work errgroup.Group
	work.Go(func() error { return s.write(ctx, func(tx *db.Tx) error { return b.store(ctx, tx) }) })
	work.Go(func() error {
		return s.Search.Write(ctx, func(tx *db.Tx) error {
			for _, p := range b.posts {
				if err := index1(ctx, tx, p); err != nil {
					return err
				}
			}
			return nil
		})
	})
	err := work.Wait()
	s.lost(ctx)
	return err
}

// imported is a part of a history on its way into the database.
type imported struct {
	s                     *Service
	posts                 []*Post // without boosts
	byID                  map[ids.ID]*Post
	boosts                []*Post
	favourites, bookmarks []reaction
	stats                 map[ids.ID]*Stats // what is added to the counters of posts
	authors               map[ids.ID]*AuthorStats
	tally                 *tally
}

// reaction is a row of posts_favourites or posts_bookmarks.
type reaction struct{ account, post, id ids.ID }

// deedRows returns the values of rows in the order of their primary key: the
// database writes a page once for all rows that belong on it.
func deedRows(list []reaction) []any {
	slices.SortFunc(list, func(a, b reaction) int { return cmp.Or(cmp.Compare(a.account, b.account), cmp.Compare(a.post, b.post)) })
	rows := make([]any, 0, 3*len(list))
	for _, r := range list {
		rows = append(rows, r.account, r.post, r.id)
	}
	return rows
}

func (b *imported) add(ctx context.Context, in *Past) error {
	account, err := b.s.Profiles.Account(ctx, in.Author)
	if err != nil {
		return err
	}
	parent, err := b.parent(ctx, in.Draft.InReplyToID)
	if err != nil {
		return err
	}
	content, err := b.s.compose(ctx, account, in.Draft)
	if err != nil {
		return err
	}
	p := template(account, in.Draft, content, parent)
	p.ID, p.CreatedAt = in.ID, in.ID.Time()
	if p.ThreadID == 0 {
		p.ThreadID = p.ID
	}
	if counts(&p) {
		b.count(p.InReplyToID).Replies++
	}
	b.posts, b.byID[p.ID] = append(b.posts, &p), &p
	b.author(&p)
	b.tally.add(&Created{ID: p.ID, AccountID: p.AccountID, InReplyToAccountID: p.InReplyToAccountID, Visibility: p.Visibility, Tags: p.Tags, Language: p.Language})
	b.deeds(&p, in, account)
	return nil
}

// parent returns the post that a draft answers, nil for none.
func (b *imported) parent(ctx context.Context, id ids.ID) (*Post, error) {
	if id == 0 || b.byID[id] != nil {
		return b.byID[id], nil
	}
	found, err := b.s.read(ctx, b.s.DB, []ids.ID{id})
	if err != nil {
		return nil, err
	}
	if found[id] == nil {
		return nil, errs.NotFoundRecord()
	}
	return found[id].post, nil
}

// deeds adds what others did about a post.
func (b *imported) deeds(p *Post, in *Past, author *profiles.Account) {
	for _, d := range in.Favourites {
		b.favourites = append(b.favourites, reaction{d.By, p.ID, d.ID})
		b.tally.favourite(d.ID)
	}
	for _, d := range in.Bookmarks {
		b.bookmarks = append(b.bookmarks, reaction{d.By, p.ID, d.ID})
	}
	for _, d := range in.Boosts {
		boost := &Post{ID: d.ID, AccountID: d.By, BoostOfID: p.ID, Visibility: p.Visibility, CreatedAt: d.ID.Time()}
		b.boosts = append(b.boosts, boost)
		b.author(boost)
		b.tally.add(&Created{ID: boost.ID, AccountID: d.By, BoostOfID: p.ID, Visibility: p.Visibility})
	}
	if len(in.Favourites)+len(in.Boosts) > 0 {
		st := b.count(p.ID)
		st.Favourites += len(in.Favourites)
		st.Boosts += len(in.Boosts)
	}
}

func (b *imported) count(id ids.ID) *Stats {
	if b.stats[id] == nil {
		b.stats[id] = &Stats{}
	}
	return b.stats[id]
}

// author counts a post or a boost for its author.
func (b *imported) author(p *Post) {
	if p.Visibility == Direct {
		return
	}
	st := b.authors[p.AccountID]
	if st == nil {
		st = &AuthorStats{}
		b.authors[p.AccountID] = st
	}
	st.Posts++
	if p.CreatedAt.After(st.LastAt) {
		st.LastAt = p.CreatedAt
	}
}

// store writes everything in a transaction. It may be run again.
func (b *imported) store(ctx context.Context, tx *db.Tx) error {
	rows := make([]any, 0, 17*(len(b.posts)+len(b.boosts)))
	for _, list := range [...][]*Post{b.posts, b.boosts} {
		for _, p := range list {
			rows = append(rows, postValues(p)...)
		}
	}
	if err := db.Insert(ctx, tx, "posts_posts ("+postColumns+", in_public)", 20, rows, ""); err != nil {
		return err
	}
	if err := b.storeParts(ctx, tx); err != nil {
		return err
	}
	if err := db.Insert(ctx, tx, "posts_favourites (account_id, post_id, id)", 3, deedRows(b.favourites), ""); err != nil {
		return err
	}
	if err := db.Insert(ctx, tx, "posts_bookmarks (account_id, post_id, id)", 3, deedRows(b.bookmarks), ""); err != nil {
		return err
	}
	if err := b.tally.store(ctx, tx, b.s); err != nil {
		return err
	}
	return b.storeCounts(ctx, tx)
}

// storeParts writes mentions and hashtags.
func (b *imported) storeParts(ctx context.Context, tx *db.Tx) error {
	var mentions, tags []any
	counts := tagCounts{}
	for _, p := range b.posts {
		for i, m := range p.Mentions {
			mentions = append(mentions, p.ID, m.AccountID, i)
		}
		if len(p.Tags) == 0 {
			continue
		}
		known, err := b.s.nameTags(ctx, tx, p.Tags)
		if err != nil {
			return err
		}
		for i, name := range p.Tags {
			tags = append(tags, known[name], p.ID, i)
		}
		counts.add(p, known)
	}
	if err := db.Insert(ctx, tx, "posts_mentions (post_id, account_id, position)", 3, mentions, ""); err != nil {
		return err
	}
	if err := db.Insert(ctx, tx, "posts_tags (tag_id, post_id, position)", 3, tags, ""); err != nil {
		return err
	}
	return counts.store(ctx, tx)
}

func (b *imported) storeCounts(ctx context.Context, tx *db.Tx) error {
	var rows []any
	for id, st := range b.stats {
		rows = append(rows, id, st.Replies, st.Boosts, st.Favourites)
	}
	err := db.Insert(ctx, tx, "posts_stats (post_id, replies, boosts, favourites)", 4, rows,
		`ON CONFLICT (post_id) DO UPDATE SET replies = posts_stats.replies + excluded.replies,
			boosts = posts_stats.boosts + excluded.boosts, favourites = posts_stats.favourites + excluded.favourites`)
	if err != nil {
		return err
	}
	rows = rows[:0]
	for id, st := range b.authors {
		rows = append(rows, id, st.Posts, toMillis(st.LastAt))
	}
	return db.Insert(ctx, tx, "posts_authors (account_id, posts, last_at)", 3, rows,
		"ON CONFLICT (account_id) DO UPDATE SET posts = posts_authors.posts + excluded.posts, last_at = excluded.last_at")
}
