package profiles

import (
	"context"
	"errors"
	"slices"

	"github.com/guildhall/guildhall/internal/db"
	"github.com/guildhall/guildhall/internal/errs"
	"github.com/guildhall/guildhall/internal/ids"
	"golang.org/x/text/language"
)

// FollowOptions is how somebody wants to follow; nil leaves a thing as it is,
// or takes the default for a new follow: boosts, no notifications, all languages.
type FollowOptions struct {
	Boosts, Notify *bool
	Languages      *[]string // ISO 639 or BCP 47; empty: all
}

// maxLanguages is how many languages a follow may name.
const maxLanguages = 50

// Follow makes from follow to, or ask to if that account is locked. If it does
// already, only the options change. Returns NotFound if there is no such
// account; Forbidden if one blocks the other, both are one or the other one is
// suspended; Invalid for an
// unknown language or more follows than are allowed.
func (s *Service) Follow(ctx context.Context, from, to ids.ID, o FollowOptions) (*Relationship, error) {
	var languages []string
	if o.Languages != nil {
		var err error
		if languages, err = parseLanguages(*o.Languages); err != nil {
			return nil, err
		}
	}
	if a, err := s.Account(ctx, to); err != nil {
		return nil, err
	} else if a.State.Is(Suspended) {
		return nil, notAllowed()
	}
	err := s.between(ctx, from, to, func(c *change) (bool, error) {
		blocked, err := c.blocked(ctx)
		if err != nil {
			return false, err
		}
		if blocked {
			return false, notAllowed()
		}
		old, err := db.All(ctx, c.tx, func(f *Follow) []any { return []any{&f.Boosts, &f.Notify} },
			"SELECT boosts, notify FROM profiles_follows WHERE from_id = $1 AND to_id = $2", from, to)
		if err != nil {
			return false, err
		}
		changed := true
		if len(old) > 0 {
			changed, err = c.refollow(ctx, old[0], o)
		} else {
			err = c.follow(ctx, o)
		}
		if err != nil || o.Languages == nil {
			return changed, err
		}
		return true, c.setLanguages(ctx, languages)
	})
	if err != nil {
		return nil, err
	}
	return s.relationship(ctx, from, to)
}

// Unfollow ends a follow or withdraws a request; neither needs to be there.
// Returns NotFound if there is no such account; Forbidden for oneself.
func (s *Service) Unfollow(ctx context.Context, from, to ids.ID) (*Relationship, error) {
	err := s.between(ctx, from, to, func(c *change) (bool, error) { return c.unfollow(ctx, from, to) })
	if err != nil {
		return nil, err
	}
	return s.relationship(ctx, from, to)
}

// RemoveFollower makes an account follow me no longer. Returns NotFound if
// there is no such account; Forbidden for oneself.
func (s *Service) RemoveFollower(ctx context.Context, me, follower ids.ID) (*Relationship, error) {
	err := s.between(ctx, follower, me, func(c *change) (bool, error) {
		follows, err := c.exists(ctx, "SELECT 1 FROM profiles_follows WHERE from_id = $1 AND to_id = $2 AND pending = FALSE", follower, me)
		if err != nil || !follows {
			return false, err
		}
		return c.unfollow(ctx, follower, me)
	})
	if err != nil {
		return nil, err
	}
	return s.relationship(ctx, me, follower)
}

// blocked tells whether one of the two blocks the other.
func (c *change) blocked(ctx context.Context) (bool, error) {
	return c.exists(ctx, `SELECT 1 FROM profiles_blocks WHERE from_id = $1 AND to_id = $2
UNION ALL SELECT 1 FROM profiles_blocks WHERE from_id = $2 AND to_id = $1`, c.from.id, c.to.id)
}

// follow inserts a new follow, or a request.
func (c *change) follow(ctx context.Context, o FollowOptions) error {
	if limit := max(c.s.config.FollowLimit, c.from.followers*11/10); c.from.following >= limit {
		return errs.Newf(errs.Invalid, "You cannot follow more than %d people", limit)
	}
	boosts, notify := o.Boosts == nil || *o.Boosts, o.Notify != nil && *o.Notify
	from, to := c.from.id, c.to.id
	if _, err := db.Exec(ctx, c.tx, "INSERT INTO profiles_follows (from_id, to_id, id, pending, boosts, notify) VALUES ($1, $2, $3, $4, $5, $6)",
		from, to, c.s.ids.New(to), c.to.locked, boosts, notify); err != nil {
		return err
	}
	if c.to.locked {
		return errors.Join(c.count(ctx, to, 0, 0, 1), c.tell(ctx, Requested{From: from, To: to}))
	}
	return errors.Join(
		c.count(ctx, from, 0, 1, 0),
		c.count(ctx, to, 1, 0, 0),
		c.tell(ctx, Followed{From: from, To: to}))
}

// refollow changes the options of a follow or a request.
func (c *change) refollow(ctx context.Context, old Follow, o FollowOptions) (bool, error) {
	boosts, notify := old.Boosts, old.Notify
	if o.Boosts != nil {
		boosts = *o.Boosts
	}
	if o.Notify != nil {
		notify = *o.Notify
	}
	if boosts == old.Boosts && notify == old.Notify && o.Languages == nil {
		return false, nil
	}
	_, err := db.Exec(ctx, c.tx, "UPDATE profiles_follows SET boosts = $3, notify = $4 WHERE from_id = $1 AND to_id = $2",
		c.from.id, c.to.id, boosts, notify)
	return true, errors.Join(err, c.tell(ctx, GraphChanged{From: c.from.id, To: c.to.id}))
}

func (c *change) setLanguages(ctx context.Context, languages []string) error {
	if _, err := db.Exec(ctx, c.tx, "DELETE FROM profiles_follow_languages WHERE from_id = $1 AND to_id = $2", c.from.id, c.to.id); err != nil {
		return err
	}
	for _, l := range languages {
		if _, err := db.Exec(ctx, c.tx, "INSERT INTO profiles_follow_languages (from_id, to_id, language) VALUES ($1, $2, $3)",
			c.from.id, c.to.id, l); err != nil {
			return err
		}
	}
	return nil
}

// parseLanguages returns the languages in their canonical form, sorted, each
// once. Returns Invalid for what is no language and for too many.
func parseLanguages(list []string) ([]string, error) {
	if len(list) > maxLanguages {
		return nil, errs.Newf(errs.Invalid, "A follow may name at most %d languages", maxLanguages)
	}
	out := make([]string, 0, len(list))
	for _, l := range list {
		canonical, ok := parseLanguage(l)
		if !ok {
			return nil, errs.New(errs.Invalid, "One of the languages is not known")
		}
		out = append(out, canonical)
	}
	slices.Sort(out)
	return slices.Compact(out), nil
}

// parseLanguage returns the canonical form of a language tag, and false if it
// is none.
func parseLanguage(text string) (string, bool) {
	if len(text) > 35 { // BCP 47 has every usual tag fit
		return "", false
	}
	tag, err := language.Parse(text)
	if err != nil || tag == language.Und {
		return "", false
	}
	return tag.String(), true
}
