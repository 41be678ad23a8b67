package posts

import (
	"context"

	"github.com/guildhall/guildhall/internal/db"
	"github.com/guildhall/guildhall/internal/ids"
	"github.com/guildhall/guildhall/profiles"
)

const (
	// activeStep is how many authors are looked at at once, activeMax in all:
	// most of a community may not want to be discovered.
	activeStep = 512
	activeMax  = 8 * activeStep
)

// ActiveAuthors lists the accounts that want to be discovered, who posted last
// first, without those that the viewer hides or that hide from them.
func (s *Service) ActiveAuthors(ctx context.Context, viewer ids.ID, limit, offset int) ([]*profiles.Account, error) {
	var out []*profiles.Account
	for from := 0; from < activeMax && len(out) < offset+limit; from += activeStep {
		authors, err := db.Values[ids.ID](ctx, s.DB, "SELECT account_id FROM posts_authors WHERE last_at > 0 ORDER BY last_at DESC, account_id DESC LIMIT $1 OFFSET $2",
			activeStep, from)
		if err != nil {
			return nil, err
		}
		listed, err := s.Profiles.Discoverable(ctx, viewer, authors)
		if err != nil {
			return nil, err
		}
		out = append(out, listed...)
		if len(authors) < activeStep {
			break
		}
	}
	out = out[min(offset, len(out)):]
	return out[:min(limit, len(out))], nil
}
