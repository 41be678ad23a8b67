package profiles

import (
	"context"
	"slices"

	"github.com/guildhall/guildhall/internal/db"
	"github.com/guildhall/guildhall/internal/errs"
	"github.com/guildhall/guildhall/internal/ids"
)

// Relationships tells how a viewer stands to accounts, in their order; those
// that do not exist are left out.
func (s *Service) Relationships(ctx context.Context, viewer ids.ID, list []ids.ID) ([]Relationship, error) {
	accounts, err := s.Accounts(ctx, list)
	if err != nil {
		return nil, err
	}
	out := make([]Relationship, 0, len(list))
	at := make(map[ids.ID]int, len(list))
	var known []ids.ID
	for _, id := range list {
		if _, twice := at[id]; twice || accounts[id] == nil {
			continue
		}
		at[id] = len(out)
		out = append(out, Relationship{ID: id})
		known = append(known, id)
	}
	if len(known) == 0 {
		return out, nil
	}
	rows, err := s.readRelations(ctx, viewer, known)
	if err != nil {
		return nil, err
	}
	now := s.now()
	for _, r := range rows {
		rel := &out[at[r.id]]
		switch r.kind {
		case rowFollow:
			rel.Following, rel.Requested = !r.pending, r.pending
			rel.Boosts, rel.Notify = r.boosts && !r.pending, r.notify && !r.pending
		case rowFollower:
			rel.FollowedBy, rel.RequestedBy = !r.pending, r.pending
		case rowLanguage:
			rel.Languages = append(rel.Languages, r.text)
		case rowBlock:
			rel.Blocking = true
		case rowBlocker:
			rel.BlockedBy = true
		case rowMute:
			if m := (Mute{Notifications: r.notify, Until: endOf(r.number)}); m.holds(now) {
				rel.Muting, rel.MutingNotifications, rel.MuteUntil = true, m.Notifications, m.Until
			}
		case rowNote:
			rel.Note = r.text
		case rowEndorsement:
			rel.Endorsed = true
		}
	}
	for i := range out {
		slices.Sort(out[i].Languages)
	}
	return out, nil
}

// readRelations reads all that a viewer has with accounts, in one statement.
func (s *Service) readRelations(ctx context.Context, viewer ids.ID, list []ids.ID) ([]relationRow, error) {
	in, args := db.In([]any{viewer}, list)
	text := `SELECT 1, to_id, pending, boosts, notify, 0, '' FROM profiles_follows WHERE from_id = $1 AND to_id IN ` + in + `
UNION ALL SELECT 2, from_id, pending, FALSE, FALSE, 0, '' FROM profiles_follows WHERE to_id = $1 AND from_id IN ` + in + `
UNION ALL SELECT 3, to_id, FALSE, FALSE, FALSE, 0, language FROM profiles_follow_languages WHERE from_id = $1 AND to_id IN ` + in + `
UNION ALL SELECT 4, to_id, FALSE, FALSE, FALSE, 0, '' FROM profiles_blocks WHERE from_id = $1 AND to_id IN ` + in + `
UNION ALL SELECT 5, from_id, FALSE, FALSE, FALSE, 0, '' FROM profiles_blocks WHERE to_id = $1 AND from_id IN ` + in + `
UNION ALL SELECT 6, to_id, FALSE, FALSE, notifications, ends_at, '' FROM profiles_mutes WHERE from_id = $1 AND to_id IN ` + in + `
UNION ALL SELECT 7, to_id, FALSE, FALSE, FALSE, 0, note FROM profiles_notes WHERE from_id = $1 AND to_id IN ` + in + `
UNION ALL SELECT 8, to_id, FALSE, FALSE, FALSE, 0, '' FROM profiles_endorsements WHERE from_id = $1 AND to_id IN ` + in
	return db.All(ctx, s.db, scanRelation, text, args...)
}

// relationship is Relationships for one account.
func (s *Service) relationship(ctx context.Context, viewer, id ids.ID) (*Relationship, error) {
	all, err := s.Relationships(ctx, viewer, []ids.ID{id})
	if err != nil {
		return nil, err
	}
	if len(all) == 0 {
		return nil, errs.NotFoundRecord()
	}
	return &all[0], nil
}
