package profiles

import (
	"context"

	"github.com/guildhall/guildhall/internal/db"
	"github.com/guildhall/guildhall/internal/ids"
	"github.com/guildhall/guildhall/internal/page"
)

// Entry is an account in a list.
type Entry struct {
	Cursor  ids.ID // of the relation; pages are bounded by it
	Account *Account
}

// notBlocked ends a WHERE clause: the account in the (qualified) column and the
// viewer ($2) do not block each other.
func notBlocked(column string) string {
	return ` AND NOT EXISTS (SELECT 1 FROM profiles_blocks b WHERE b.from_id = $2 AND b.to_id = ` + column + `)
 AND NOT EXISTS (SELECT 1 FROM profiles_blocks b WHERE b.to_id = $2 AND b.from_id = ` + column + `)`
}

// FollowersOf lists who follows an account, newest first, as a viewer may see
// it: nothing if the account hides it or one blocks the other. Returns NotFound
// if there is no such account.
func (s *Service) FollowersOf(ctx context.Context, viewer, id ids.ID, p page.Page) ([]Entry, error) {
	if hidden, err := s.hidden(ctx, viewer, id); err != nil || hidden {
		return nil, err
	}
	return s.entries(ctx, p, "SELECT id, from_id FROM profiles_follows WHERE to_id = $1 AND pending = FALSE"+notBlocked("profiles_follows.from_id"), id, viewer)
}

// FollowingOf lists whom an account follows, newest first, as FollowersOf.
func (s *Service) FollowingOf(ctx context.Context, viewer, id ids.ID, p page.Page) ([]Entry, error) {
	if hidden, err := s.hidden(ctx, viewer, id); err != nil || hidden {
		return nil, err
	}
	return s.entries(ctx, p, "SELECT id, to_id FROM profiles_follows WHERE from_id = $1 AND pending = FALSE"+notBlocked("profiles_follows.to_id"), id, viewer)
}

// hidden tells whether an account's follows and followers are not shown to a viewer.
func (s *Service) hidden(ctx context.Context, viewer, id ids.ID) (bool, error) {
	a, err := s.Account(ctx, id)
	if err != nil || viewer == id && !a.State.Is(Suspended) {
		return false, err
	}
	g, err := s.Graph(ctx, viewer)
	if err != nil {
		return false, err
	}
	return a.State.Is(Suspended) || a.HideCollections || g.Blocking[id] || g.BlockedBy[id], nil
}

// Requests lists who asks to follow me, newest first.
func (s *Service) Requests(ctx context.Context, me ids.ID, p page.Page) ([]Entry, error) {
	return s.entries(ctx, p, "SELECT id, from_id FROM profiles_follows WHERE to_id = $1 AND pending = TRUE", me)
}

// Blocks lists whom I block, newest first.
func (s *Service) Blocks(ctx context.Context, me ids.ID, p page.Page) ([]Entry, error) {
	return s.entries(ctx, p, "SELECT id, to_id FROM profiles_blocks WHERE from_id = $1", me)
}

// Mutes lists whom I mute now, newest first.
func (s *Service) Mutes(ctx context.Context, me ids.ID, p page.Page) ([]Entry, error) {
	return s.entries(ctx, p, "SELECT id, to_id FROM profiles_mutes WHERE from_id = $1 AND (ends_at = 0 OR ends_at > $2)", me, s.now().UnixMilli())
}

// entries runs a statement that gives relations' ids and accounts, for a page.
// Suspended accounts are left out.
func (s *Service) entries(ctx context.Context, p page.Page, text string, args ...any) ([]Entry, error) {
	type row struct{ cursor, account ids.ID }
	end, args := p.SQL("id", args)
	rows, err := db.All(ctx, s.db, func(r *row) []any { return []any{&r.cursor, &r.account} }, text+end, args...)
	if err != nil {
		return nil, err
	}
	list := make([]ids.ID, len(rows))
	for i, r := range rows {
		list[i] = r.account
	}
	accounts, err := s.Accounts(ctx, list)
	if err != nil {
		return nil, err
	}
	out := make([]Entry, 0, len(rows))
	for _, r := range page.Sort(p, rows) {
		if a, ok := accounts[r.account]; ok && !a.State.Is(Suspended) {
			out = append(out, Entry{Cursor: r.cursor, Account: a})
		}
	}
	return out, nil
}

// FollowerIDs returns the accounts that follow one, in the order of their ids,
// after one of them (0: from the start).
func (s *Service) FollowerIDs(ctx context.Context, id, after ids.ID, limit int) ([]ids.ID, error) {
	return db.Values[ids.ID](ctx, s.db, `SELECT from_id FROM profiles_follows WHERE to_id = $1 AND from_id > $2 AND pending = FALSE
ORDER BY from_id LIMIT $3`, id, after, limit)
}

// Notifiers returns the followers who want to be told when an account posts.
func (s *Service) Notifiers(ctx context.Context, id ids.ID) ([]ids.ID, error) {
	return db.Values[ids.ID](ctx, s.db, "SELECT from_id FROM profiles_follows WHERE to_id = $1 AND notify = TRUE AND pending = FALSE ORDER BY from_id", id)
}
