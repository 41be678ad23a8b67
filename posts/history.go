package posts

import (
	"context"
	"time"

	"github.com/guildhall/guildhall/internal/db"
	"github.com/guildhall/guildhall/internal/errs"
	"github.com/guildhall/guildhall/internal/ids"
)

// Source returns the text and the content warning of a post as they were
// typed, for its author to edit. Returns NotFound if the post is not theirs.
func (s *Service) Source(ctx context.Context, author, id ids.ID) (text, spoiler string, err error) {
	v, err := s.own(ctx, author, id)
	if err != nil {
		return "", "", err
	}
	return v.Text, v.Spoiler, nil
}

// History returns the versions of a post, the first one first and the present
// one last. Returns NotFound if the viewer may not see the post.
func (s *Service) History(ctx context.Context, viewer, id ids.ID) ([]Edit, error) {
	v, err := s.view(ctx, viewer, id)
	if err != nil {
		return nil, err
	}
	if v.BoostOfID != 0 {
		return nil, errs.NotFoundRecord()
	}
	now := Edit{Text: v.Text, Content: v.Content, Spoiler: v.Spoiler, Sensitive: v.Sensitive, CreatedAt: writtenAt(v.Post), Media: v.Media, Poll: titles(v.Poll)}
	if v.EditedAt.IsZero() {
		return []Edit{now}, nil
	}
	versions, err := s.versions(ctx, id)
	return append(versions, now), err
}

// versionsMax bounds how many versions of a post are shown, the newest ones.
const versionsMax = 100

// versions reads the earlier versions of a post.
func (s *Service) versions(ctx context.Context, post ids.ID) ([]Edit, error) {
	rows, err := db.All(ctx, s.DB, func(k *keyed[Edit]) []any {
		e := &k.value
		return []any{&k.of, millis{&e.CreatedAt}, &e.Text, &e.Content, &e.Spoiler, &e.Sensitive}
	}, "SELECT id, created_at, text, content, spoiler, sensitive FROM posts_edits WHERE post_id = $1 ORDER BY id DESC LIMIT $2", post, versionsMax)
	if err != nil || len(rows) == 0 {
		return nil, err
	}
	versions := make([]Edit, len(rows))
	byID := make(map[ids.ID]*Edit, len(rows))
	edits := make([]ids.ID, len(rows))
	for i, r := range rows {
		e := &versions[len(rows)-1-i]
		*e, edits[i], byID[r.of] = r.value, r.of, e
	}
	in, args := db.In(nil, edits)
	media, err := db.All(ctx, s.DB, func(k *keyed[Media]) []any {
		m := &k.value
		return []any{&k.of, &m.ID, &m.AccountID, &m.PostID, &m.Description, &m.FocusX, &m.FocusY, &m.Blurhash,
			&m.Original.Key, &m.Original.Width, &m.Original.Height, &m.Small.Key, &m.Small.Width, &m.Small.Height}
	}, `SELECT e.edit_id, m.id, m.account_id, m.post_id, e.description, e.focus_x, e.focus_y, m.blurhash,
		m.original_key, m.original_width, m.original_height, m.small_key, m.small_width, m.small_height
		FROM posts_edits_media e JOIN posts_media m ON m.id = e.media_id WHERE e.edit_id IN `+in+" ORDER BY e.edit_id, e.position", args...)
	if err != nil {
		return nil, err
	}
	for _, m := range media {
		byID[m.of].Media = append(byID[m.of].Media, m.value)
	}
	options, err := db.All(ctx, s.DB, func(k *keyed[string]) []any { return []any{&k.of, &k.value} },
		"SELECT edit_id, title FROM posts_edits_options WHERE edit_id IN "+in+" ORDER BY edit_id, position", args...)
	for _, o := range options {
		byID[o.of].Poll = append(byID[o.of].Poll, o.value)
	}
	return versions, err
}

// remember puts the version that an edit replaces into the history.
func (e *editing) remember(ctx context.Context, tx *db.Tx) error {
	v, id := e.old, e.s.IDs.New(e.old.AccountID)
	_, err := db.Exec(ctx, tx, "INSERT INTO posts_edits (id, post_id, created_at, text, content, spoiler, sensitive) VALUES ($1, $2, $3, $4, $5, $6, $7)",
		id, v.ID, toMillis(writtenAt(v.Post)), v.Text, v.Content, v.Spoiler, v.Sensitive)
	if err != nil {
		return err
	}
	if len(v.Media) > 0 {
		var args []any
		for i, m := range v.Media {
			args = append(args, id, i, m.ID, m.Description, m.FocusX, m.FocusY)
		}
		if _, err := db.Exec(ctx, tx, "INSERT INTO posts_edits_media (edit_id, position, media_id, description, focus_x, focus_y) VALUES "+db.Tuples(len(v.Media), 6), args...); err != nil {
			return err
		}
	}
	if v.Poll == nil {
		return nil
	}
	var args []any
	for i, o := range v.Poll.Options {
		args = append(args, id, i, o.Title)
	}
	_, err = db.Exec(ctx, tx, "INSERT INTO posts_edits_options (edit_id, position, title) VALUES "+db.Tuples(len(v.Poll.Options), 3), args...)
	return err
}

// writtenAt returns when the present version of a post was written.
func writtenAt(p *Post) time.Time {
	if p.EditedAt.IsZero() {
		return p.CreatedAt
	}
	return p.EditedAt
}

func titles(p *Poll) []string {
	if p == nil {
		return nil
	}
	out := make([]string, len(p.Options))
	for i, o := range p.Options {
		out[i] = o.Title
	}
	return out
}
