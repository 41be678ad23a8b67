package posts

import (
	"context"
	"maps"
	"slices"
	"strconv"
	"strings"

	"github.com/guildhall/guildhall/internal/bus"
	"github.com/guildhall/guildhall/internal/db"
	"github.com/guildhall/guildhall/internal/errs"
	"github.com/guildhall/guildhall/internal/ids"
)

// indexStep is how many posts a transaction of Reindex takes.
const indexStep = 256

// startSearch keeps the full-text index up to date, and makes it anew unless it
// is known to hold all posts: it is no part of backups and may be thrown away.
func (s *Service) startSearch(ctx context.Context) error {
	err := s.Bus.Consume(ctx, bus.Consumer{Name: "search", Events: []string{"posts.created", "posts.edited", "posts.deleted"}, Handle: s.indexEvents})
	if err != nil {
		return err
	}
	_, err = db.Value[int](ctx, s.Search, "SELECT id FROM posts_search_made WHERE id = 1")
	if !errs.Is(err, errs.NotFound) {
		return err
	}
	go func() {
		if err := s.Reindex(ctx); err != nil && ctx.Err() == nil {
			s.Log.Error("full-text index not made", "error", err)
		}
	}()
	return nil
}

// indexEvents brings the index up to date with posts that were created, edited
// or deleted: whatever the event, as they are now.
func (s *Service) indexEvents(ctx context.Context, events []bus.Event) error {
	var touched []ids.ID
	found := map[ids.ID]*entry{}
	for _, e := range events {
		v, err := bus.Decode[struct {
			ID        ids.ID `json:"id"`
			BoostOfID ids.ID `json:"boost_of_id"`
		}](e)
		if err != nil {
			return err
		}
		if v.BoostOfID == 0 {
			touched = append(touched, v.ID)
		}
		// A later change of a new post brings an event of its own: what is
		// cached is good enough until then.
		if cached, ok := s.posts.GetIfPresent(v.ID); ok && e.Kind == (Created{}).Kind() {
			found[v.ID] = cached
		} else {
			delete(found, v.ID)
		}
	}
	return s.index(ctx, touched, found)
}

// Reindex brings the whole full-text index up to date. It may run while the
// server does.
func (s *Service) Reindex(ctx context.Context) error {
	for after := ids.ID(0); ; {
		step, err := db.Values[ids.ID](ctx, s.DB, "SELECT id FROM posts_posts WHERE id > $1 ORDER BY id LIMIT $2", after, indexStep)
		if err != nil {
			return err
		}
		if len(step) == 0 {
			_, err = db.Exec(ctx, s.Search, "INSERT INTO posts_search_made (id) VALUES (1) ON CONFLICT (id) DO NOTHING")
			return err
		}
		if err := s.index(ctx, step, map[ids.ID]*entry{}); err != nil {
			return err
		}
		after = step[len(step)-1]
	}
}

// index puts posts into the index, as found or else as they are in the
// database, and takes those out that do not exist.
func (s *Service) index(ctx context.Context, touched []ids.ID, found map[ids.ID]*entry) error {
	missing := slices.DeleteFunc(slices.Clone(touched), func(id ids.ID) bool { return found[id] != nil })
	read, err := s.read(ctx, s.DB, missing)
	if err != nil || len(touched) == 0 {
		return err
	}
	maps.Copy(found, read)
	return s.Search.Write(ctx, func(tx *db.Tx) error {
		for _, id := range touched {
			if err := unindex(ctx, tx, id); err != nil {
				return err
			}
			e := found[id]
			if e == nil || e.post.BoostOfID != 0 {
				continue
			}
			if err := index1(ctx, tx, e.post); err != nil {
				return err
			}
		}
		return nil
	})
}

func unindex(ctx context.Context, tx *db.Tx, id ids.ID) error {
	text := "DELETE FROM posts_search WHERE rowid = $1"
	if tx.Engine() == db.Postgres {
		text = "DELETE FROM posts_search WHERE post_id = $1"
	}
	_, err := db.Exec(ctx, tx, text, id)
	return err
}

func index1(ctx context.Context, tx *db.Tx, p *Post) error {
	all := words(p.Spoiler + " " + p.Text)
	for _, m := range p.Media {
		all = append(all, words(m.Description)...)
	}
	if tx.Engine() == db.Postgres {
		_, err := db.Exec(ctx, tx, "INSERT INTO posts_search (post_id, tsv) VALUES ($1, CAST(CAST($2 AS TEXT) AS TSVECTOR)) ON CONFLICT (post_id) DO UPDATE SET tsv = excluded.tsv",
			p.ID, vector(all, searchMarks(p)))
		return err
	}
	_, err := db.Exec(ctx, tx, "INSERT INTO posts_search (rowid, words, marks) VALUES ($1, $2, $3)", p.ID, strings.Join(all, " "), strings.Join(searchMarks(p), " "))
	return err
}

// wordMax is the longest word of a tsvector in bytes; longer ones are cut by
// nobody, so they are left out.
const wordMax = 2000

// vector returns words and marks as PostgreSQL writes a tsvector. They are made
// of letters and digits only.
func vector(all, marks []string) string {
	var b strings.Builder
	for i, w := range all {
		if len(w) <= wordMax {
			b.WriteString("'" + w + "':" + strconv.Itoa(i+1) + " ")
		}
	}
	for _, m := range marks {
		b.WriteString("'=" + m + "' ")
	}
	return b.String()
}
