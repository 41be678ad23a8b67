package posts

import (
	"context"
	"slices"

	"github.com/guildhall/guildhall/internal/db"
	"github.com/guildhall/guildhall/internal/errs"
	"github.com/guildhall/guildhall/internal/ids"
	"github.com/guildhall/guildhall/internal/page"
	"github.com/guildhall/guildhall/internal/text"
)

// followsMax bounds how many hashtags an account may follow: all of them are
// looked at when its home timeline is made.
const followsMax = 1000

// FollowTag brings the public posts with a hashtag into the viewer's home
// timeline; once more changes nothing. Returns NotFound for what is no hashtag;
// Invalid if the viewer follows too many.
func (s *Service) FollowTag(ctx context.Context, viewer ids.ID, name string) (Tag, error) {
	return s.changeTag(ctx, viewer, name, func(ctx context.Context, tx *db.Tx, tag ids.ID) error {
		follows, err := db.Value[int](ctx, tx, "SELECT COUNT(*) FROM posts_tag_follows WHERE account_id = $1 AND tag_id <> $2", viewer, tag)
		if err != nil {
			return err
		}
		if follows >= followsMax {
			return invalid("You already follow as many hashtags as is allowed")
		}
		n, err := db.Exec(ctx, tx, "INSERT INTO posts_tag_follows (account_id, tag_id, id) VALUES ($1, $2, $3) ON CONFLICT (account_id, tag_id) DO NOTHING",
			viewer, tag, s.IDs.New(viewer))
		if err != nil || n == 0 {
			return err
		}
		return s.tellTagFollowed(ctx, tx, TagFollowed{AccountID: viewer, TagID: tag})
	})
}

// UnfollowTag takes FollowTag back. Returns NotFound for what is no hashtag.
func (s *Service) UnfollowTag(ctx context.Context, viewer ids.ID, name string) (Tag, error) {
	return s.changeTag(ctx, viewer, name, func(ctx context.Context, tx *db.Tx, tag ids.ID) error {
		n, err := db.Exec(ctx, tx, "DELETE FROM posts_tag_follows WHERE account_id = $1 AND tag_id = $2", viewer, tag)
		if err != nil || n == 0 {
			return err
		}
		return s.tellTagFollowed(ctx, tx, TagFollowed{AccountID: viewer, TagID: tag, Ended: true})
	})
}

func (s *Service) tellTagFollowed(ctx context.Context, tx *db.Tx, f TagFollowed) error {
	tx.OnCommit(func() { s.rechosen(context.WithoutCancel(ctx), f.AccountID) })
	_, err := s.outbox.Add(ctx, tx, f)
	return err
}

// changeTag changes how a viewer stands to a hashtag and returns it. A tag that
// nobody has used yet is made.
func (s *Service) changeTag(ctx context.Context, viewer ids.ID, name string, change func(ctx context.Context, tx *db.Tx, tag ids.ID) error) (Tag, error) {
	name, err := s.tagNamed(ctx, name)
	if err != nil {
		return Tag{}, err
	}
	err = s.write(ctx, func(tx *db.Tx) error {
		known, err := s.nameTags(ctx, tx, []string{name})
		if err != nil {
			return err
		}
		return change(ctx, tx, known[name])
	})
	if err != nil {
		return Tag{}, err
	}
	return s.Tag(ctx, viewer, name)
}

// FollowedTag is a hashtag in the list of those that an account follows.
type FollowedTag struct {
	Cursor ids.ID // pages are bounded by it
	Tag
}

// FollowedTags lists the hashtags that an account follows, the latest first.
func (s *Service) FollowedTags(ctx context.Context, viewer ids.ID, p page.Page) ([]FollowedTag, error) {
	end, args := p.SQL("f.id", []any{viewer})
	rows, err := db.All(ctx, s.DB, scanKeyed[string],
		"SELECT f.id, n.name FROM posts_tag_follows f JOIN posts_tags_names n ON n.id = f.tag_id WHERE f.account_id = $1"+end, args...)
	if err != nil || len(rows) == 0 {
		return nil, err
	}
	rows = page.Sort(p, rows)
	names := make([]string, len(rows))
	for i, r := range rows {
		names[i] = r.value
	}
	tags, err := s.tagsNamed(ctx, viewer, names)
	if err != nil {
		return nil, err
	}
	out := make([]FollowedTag, len(rows))
	for i, r := range rows {
		out[i] = FollowedTag{Cursor: r.of, Tag: tags[i]}
	}
	return out, nil
}

// FollowsTag tells whether an account follows one of some hashtags.
func (s *Service) FollowsTag(ctx context.Context, reader ids.ID, names []string) (bool, error) {
	if len(names) == 0 {
		return false, nil
	}
	in, args := db.In([]any{reader}, names)
	found, err := db.Values[int](ctx, s.DB, "SELECT 1 FROM posts_tags_names n JOIN posts_tag_follows f ON f.account_id = $1 AND f.tag_id = n.id WHERE n.name IN "+in, args...)
	return len(found) > 0, err
}

// readFollowedTags puts into rules which hashtags the reader follows.
func (s *Service) readFollowedTags(ctx context.Context, r *rules) error {
	rows, err := db.All(ctx, s.DB, scanKeyed[string],
		"SELECT n.id, n.name FROM posts_tag_follows f JOIN posts_tags_names n ON n.id = f.tag_id WHERE f.account_id = $1 ORDER BY f.id", r.reader)
	for _, row := range rows {
		r.tagIDs = append(r.tagIDs, row.of)
		r.tags = append(r.tags, row.value)
	}
	slices.Sort(r.tags)
	return err
}

// holds tells whether a post that came into the feed still belongs there: an
// edit may have taken away the hashtag that it came by.
func (f *feed) holds(v *viewer, p *Post) bool {
	if _, follows := v.graph.Following[p.AccountID]; follows || p.AccountID == v.id {
		return true
	}
	return f.follows(p.Tags)
}

// addTagged adds the public posts with hashtags that the feed's reader follows.
func (w *windowScan) addTagged(ctx context.Context, f *feed) error {
	for chunk := range slices.Chunk(f.tagIDs, authorsMax) {
		in, args := db.In([]any{w.seen.low, w.seen.high, w.limit}, chunk)
		if err := w.add(ctx, candidateColumns+"posts_tags t JOIN posts_posts p ON p.id = t.post_id WHERE t.tag_id IN "+in+" AND t.post_id >= $1 AND t.post_id < $2 AND p.visibility = 0",
			"t.post_id", args, func(c *candidate) bool {
				c.tagged = true
				return true
			}); err != nil {
			return err
		}
	}
	return nil
}

// tagNamed returns the name of a hashtag that is given by its name or its id.
// Returns NotFound for what is neither.
func (s *Service) tagNamed(ctx context.Context, given string) (string, error) {
	if id, ok := ids.Parse(given); ok {
		return db.Value[string](ctx, s.DB, "SELECT name FROM posts_tags_names WHERE id = $1", id)
	}
	name := normalTag(given)
	if !text.IsTag(name) {
		return "", errs.NotFoundRecord()
	}
	return name, nil
}
