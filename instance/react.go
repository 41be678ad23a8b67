package instance

import (
	"context"
	"regexp"
	"slices"

	"github.com/guildhall/guildhall/internal/db"
	"github.com/guildhall/guildhall/internal/errs"
	"github.com/guildhall/guildhall/internal/ids"
)

// Dismiss notes that a viewer has read an announcement. Returns NotFound if there
// is none to be seen.
func (s *Service) Dismiss(ctx context.Context, viewer, id ids.ID) error {
	return s.write(ctx, func(tx *db.Tx) error {
		if err := s.hold(ctx, tx, id); err != nil {
			return err
		}
		_, err := db.Exec(ctx, tx, `INSERT INTO instance_announcement_reads (account_id, announcement_id) VALUES ($1, $2)
 ON CONFLICT (account_id, announcement_id) DO NOTHING`, viewer, id)
		return err
	})
}

// React puts a viewer's reaction under an announcement; twice is as good as once.
// Returns NotFound if there is none to be seen, and Invalid for a name that is
// no emoji and for more than a few different ones.
func (s *Service) React(ctx context.Context, viewer, id ids.ID, name string) error {
	if !s.knownReaction(name) {
		return errs.New(errs.Invalid, "Validation failed: Name is not a recognized emoji")
	}
	return s.write(ctx, func(tx *db.Tx) error {
		if err := s.hold(ctx, tx, id); err != nil {
			return err
		}
		kinds, err := db.Values[string](ctx, tx, "SELECT name FROM instance_reaction_counts WHERE announcement_id = $1", id)
		if err != nil {
			return err
		}
		if len(kinds) >= s.config.MaxReactions && !slices.Contains(kinds, name) {
			return errs.New(errs.Invalid, "Validation failed: Limit of different reactions reached")
		}
		n, err := db.Exec(ctx, tx, `INSERT INTO instance_reactions (account_id, announcement_id, name) VALUES ($1, $2, $3)
 ON CONFLICT (account_id, announcement_id, name) DO NOTHING`, viewer, id, name)
		if err != nil || n == 0 {
			return err
		}
		count, err := db.Value[int](ctx, tx, `INSERT INTO instance_reaction_counts (announcement_id, name, count, first) VALUES ($1, $2, 1, $3)
 ON CONFLICT (announcement_id, name) DO UPDATE SET count = instance_reaction_counts.count + 1 RETURNING count`, id, name, s.IDs.Global())
		if err != nil {
			return err
		}
		return s.tell(ctx, tx, Reacted{By: viewer, ID: id, Name: name, Count: count})
	})
}

// Unreact takes a viewer's reaction back. Returns NotFound if there is none.
func (s *Service) Unreact(ctx context.Context, viewer, id ids.ID, name string) error {
	return s.write(ctx, func(tx *db.Tx) error {
		if err := s.hold(ctx, tx, id); err != nil {
			return err
		}
		n, err := db.Exec(ctx, tx, "DELETE FROM instance_reactions WHERE account_id = $1 AND announcement_id = $2 AND name = $3", viewer, id, name)
		if err != nil {
			return err
		}
		if n == 0 {
			return errs.NotFoundRecord()
		}
		return s.uncount(ctx, tx, viewer, id, name)
	})
}

// uncount counts a reaction less, and tells how many are left.
func (s *Service) uncount(ctx context.Context, tx *db.Tx, viewer, id ids.ID, name string) error {
	count, err := db.Value[int](ctx, tx, `UPDATE instance_reaction_counts SET count = count - 1 WHERE announcement_id = $1 AND name = $2
 RETURNING count`, id, name)
	if err != nil {
		return err
	}
	if count == 0 {
		if _, err := db.Exec(ctx, tx, "DELETE FROM instance_reaction_counts WHERE announcement_id = $1 AND name = $2", id, name); err != nil {
			return err
		}
	}
	return s.tell(ctx, tx, Reacted{By: viewer, ID: id, Name: name, Count: count})
}

// hold locks an announcement that is to be seen now until the transaction ends.
func (s *Service) hold(ctx context.Context, tx *db.Tx, id ids.ID) error {
	_, err := db.Value[ids.ID](ctx, tx, "UPDATE instance_announcements SET all_day = all_day WHERE id = $1 AND"+shown("$2")+" RETURNING id",
		id, s.Now().UnixMilli())
	return err
}

// knownReaction tells whether a name is a Unicode emoji or one of ours.
func (s *Service) knownReaction(name string) bool {
	return s.Emojis().ByCode[name] != nil || len(name) <= 64 && emoji.MatchString(name)
}

// emoji is one Unicode emoji: a flag, a keycap, or pictures with their variants,
// tones and tags, joined to one. The blocks are a little wider than what is an
// emoji today, for what is one tomorrow.
var emoji = regexp.MustCompile(`\A(?:[\x{1F1E6}-\x{1F1FF}]{2}|[0-9#*]\x{FE0F}?\x{20E3}|` + picture + `(?:\x{200D}` + picture + `)*)\z`)

const picture = `[\x{A9}\x{AE}\x{203C}\x{2049}\x{2122}\x{2139}\x{2194}-\x{21AA}\x{231A}-\x{23FF}\x{24C2}\x{25AA}-\x{27BF}` +
	`\x{2934}\x{2935}\x{2B05}-\x{2B55}\x{3030}\x{303D}\x{3297}\x{3299}\x{1F000}-\x{1F1E5}\x{1F200}-\x{1F3FA}\x{1F400}-\x{1FAFF}]` +
	`[\x{FE0F}\x{1F3FB}-\x{1F3FF}]*[\x{E0020}-\x{E007F}]*`
