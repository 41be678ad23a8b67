package posts

import (
	"context"
	"time"

	"github.com/guildhall/guildhall/internal/db"
	"github.com/guildhall/guildhall/internal/errs"
	"github.com/guildhall/guildhall/internal/ids"
)

// FeaturedTag is a hashtag that an account shows on its profile.
type FeaturedTag struct {
	ID     ids.ID // of its place on the profile
	Name   string
	Posts  int       // the account's public and unlisted posts with it
	LastAt time.Time // of the newest of these; zero: none
}

func scanFeatured(r *featuredRow) []any { return []any{&r.ID, &r.Name, &r.Posts, &r.last} }

type featuredRow struct {
	FeaturedTag
	last ids.ID
}

const featuredSQL = `SELECT f.id, n.name, COALESCE(a.posts, 0), COALESCE(a.last_id, 0) FROM posts_tag_features f JOIN posts_tags_names n ON n.id = f.tag_id
	LEFT JOIN posts_tag_authors a ON a.account_id = f.account_id AND a.tag_id = f.tag_id WHERE f.account_id = $1`

// FeaturedTags lists the hashtags that an account shows on its profile, in the
// order in which they were put there: none to whom it blocks. Returns NotFound
// if there is no such account.
func (s *Service) FeaturedTags(ctx context.Context, by, account ids.ID) ([]FeaturedTag, error) {
	v, err := s.viewer(ctx, by)
	if err != nil {
		return nil, err
	}
	if _, err := s.Profiles.Account(ctx, account); err != nil {
		return nil, err
	}
	if v.graph.Blocking[account] || v.graph.BlockedBy[account] {
		return nil, nil
	}
	rows, err := db.All(ctx, s.DB, scanFeatured, featuredSQL+" ORDER BY f.id", account)
	out := make([]FeaturedTag, len(rows))
	for i, r := range rows {
		out[i] = r.made()
	}
	return out, err
}

func (r *featuredRow) made() FeaturedTag {
	if r.last != 0 {
		r.LastAt = r.last.Time()
	}
	return r.FeaturedTag
}

// FeatureTag shows a hashtag on the viewer's profile; once more changes nothing.
// Returns NotFound for what is no hashtag; Invalid if enough are shown.
func (s *Service) FeatureTag(ctx context.Context, viewer ids.ID, name string) (FeaturedTag, error) {
	t, err := s.changeTag(ctx, viewer, name, func(ctx context.Context, tx *db.Tx, tag ids.ID) error {
		// Lets one at a time through for an account.
		if _, err := db.Exec(ctx, tx, `INSERT INTO posts_authors (account_id) VALUES ($1)
			ON CONFLICT (account_id) DO UPDATE SET posts = posts_authors.posts`, viewer); err != nil {
			return err
		}
		shown, err := db.Value[int](ctx, tx, "SELECT COUNT(*) FROM posts_tag_features WHERE account_id = $1 AND tag_id <> $2", viewer, tag)
		if err != nil {
			return err
		}
		if shown >= s.config.MaxFeaturedTags {
			return invalid("You have already featured the maximum number of hashtags")
		}
		_, err = db.Exec(ctx, tx, "INSERT INTO posts_tag_features (account_id, tag_id, id) VALUES ($1, $2, $3) ON CONFLICT (account_id, tag_id) DO NOTHING",
			viewer, tag, s.IDs.New(viewer))
		return err
	})
	if err != nil {
		return FeaturedTag{}, err
	}
	r, err := db.One(ctx, s.DB, scanFeatured, featuredSQL+" AND f.tag_id = $2", viewer, t.ID)
	return r.made(), err
}

// UnfeatureTag takes a hashtag from the viewer's profile; it need not be there.
// Returns NotFound for what is no hashtag.
func (s *Service) UnfeatureTag(ctx context.Context, viewer ids.ID, name string) (Tag, error) {
	return s.changeTag(ctx, viewer, name, func(ctx context.Context, tx *db.Tx, tag ids.ID) error {
		_, err := db.Exec(ctx, tx, "DELETE FROM posts_tag_features WHERE account_id = $1 AND tag_id = $2", viewer, tag)
		return err
	})
}

// DeleteFeaturedTag takes the hashtag in a place from the viewer's profile.
// Returns NotFound if there is none.
func (s *Service) DeleteFeaturedTag(ctx context.Context, viewer, place ids.ID) error {
	n, err := db.Exec(ctx, s.DB, "DELETE FROM posts_tag_features WHERE account_id = $1 AND id = $2", viewer, place)
	if err == nil && n == 0 {
		err = errs.NotFoundRecord()
	}
	return err
}

// SuggestedTags returns the hashtags that the viewer uses most and does not show
// on the profile yet.
func (s *Service) SuggestedTags(ctx context.Context, viewer ids.ID) ([]Tag, error) {
	names, err := db.Values[string](ctx, s.DB, `SELECT n.name FROM posts_tag_authors a JOIN posts_tags_names n ON n.id = a.tag_id
		WHERE a.account_id = $1 AND NOT EXISTS (SELECT 1 FROM posts_tag_features f WHERE f.account_id = $1 AND f.tag_id = a.tag_id)
		ORDER BY a.posts DESC, a.tag_id DESC LIMIT $2`, viewer, s.config.MaxFeaturedTags)
	if err != nil {
		return nil, err
	}
	return s.tagsNamed(ctx, viewer, names)
}
