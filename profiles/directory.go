package profiles

import (
	"context"
	"fmt"

	"github.com/guildhall/guildhall/internal/db"
	"github.com/guildhall/guildhall/internal/ids"
)

// Newest lists the accounts that want to be discovered, the newest first, without
// those that the viewer hides or that hide from them.
func (s *Service) Newest(ctx context.Context, viewer ids.ID, limit, offset int) ([]*Account, error) {
	found, err := db.Values[ids.ID](ctx, s.db, "SELECT a.id FROM profiles_accounts a WHERE a.discoverable = TRUE AND a.state & $1 = 0"+notBlocked("a.id")+
		" ORDER BY a.id DESC LIMIT $3 OFFSET $4", int64(Suspended|Silenced), viewer, limit, offset)
	if err != nil {
		return nil, err
	}
	return s.inOrder(ctx, found)
}

// Discoverable returns those of some accounts that may be shown to a viewer who
// does not know them, in their order: they want to be discovered, no moderator
// has limited them, and neither they nor the viewer hide from the other.
func (s *Service) Discoverable(ctx context.Context, viewer ids.ID, list []ids.ID) ([]*Account, error) {
	if len(list) == 0 {
		return nil, nil
	}
	in, args := db.In([]any{int64(Suspended | Silenced)}, list)
	listed, err := db.Values[ids.ID](ctx, s.db, "SELECT id FROM profiles_accounts WHERE discoverable = TRUE AND state & $1 = 0 AND id IN "+in, args...)
	if err != nil {
		return nil, err
	}
	g, err := s.Graph(ctx, viewer)
	if err != nil {
		return nil, err
	}
	kept := make(map[ids.ID]bool, len(listed))
	for _, id := range listed {
		kept[id] = !g.Hides(id, s.now())
	}
	found := make([]ids.ID, 0, len(listed))
	for _, id := range list {
		if kept[id] {
			found = append(found, id)
		}
	}
	return s.inOrder(ctx, found)
}

// inOrder returns accounts in the order of their ids in the list.
func (s *Service) inOrder(ctx context.Context, list []ids.ID) ([]*Account, error) {
	accounts, err := s.Accounts(ctx, list)
	if err != nil {
		return nil, err
	}
	out := make([]*Account, 0, len(list))
	for _, id := range list {
		if a := accounts[id]; a != nil {
			out = append(out, a)
		}
	}
	return out, nil
}

// mostFollowed returns the accounts with the most followers of those that want
// to be discovered.
func (s *Service) mostFollowed(ctx context.Context, limit int) ([]ids.ID, error) {
	return db.Values[ids.ID](ctx, s.db, fmt.Sprintf("SELECT id FROM profiles_accounts WHERE discoverable = TRUE ORDER BY followers DESC, id DESC LIMIT %d", limit))
}
