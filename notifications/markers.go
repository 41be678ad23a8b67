package notifications

import (
	"context"
	"maps"
	"slices"
	"time"

	"github.com/guildhall/guildhall/internal/db"
	"github.com/guildhall/guildhall/internal/errs"
	"github.com/guildhall/guildhall/internal/ids"
)

// Markers returns where an account has read up to in the given timelines;
// those without a marker are left out.
func (s *Service) Markers(ctx context.Context, account ids.ID, timelines []string) (map[string]Marker, error) {
	markers := map[string]Marker{}
	if len(timelines) == 0 {
		return markers, nil
	}
	in, args := db.In([]any{account}, timelines)
	rows, err := db.All(ctx, s.DB, scanMarker,
		"SELECT timeline, last_read_id, version, updated_at FROM notifications_markers WHERE account_id = $1 AND timeline IN "+in, args...)
	for _, r := range rows {
		markers[r.m.Timeline] = r.marker()
	}
	return markers, err
}

// SetMarkers moves markers and returns them as they are then. Returns Invalid
// for a timeline that has no marker, and Conflict if one of the markers was
// moved by somebody else at the same time.
func (s *Service) SetMarkers(ctx context.Context, account ids.ID, to map[string]ids.ID) (map[string]Marker, error) {
	timelines := slices.Sorted(maps.Keys(to))
	for _, t := range timelines {
		if t != "home" && t != "notifications" {
			return nil, errs.New(errs.Invalid, "Validation failed: Timeline has no marker")
		}
	}
	current, err := s.Markers(ctx, account, timelines)
	if err != nil {
		return nil, err
	}
	return s.moveMarkers(ctx, account, to, current)
}

// moveMarkers moves markers from what the caller has seen.
func (s *Service) moveMarkers(ctx context.Context, account ids.ID, to map[string]ids.ID, seen map[string]Marker) (map[string]Marker, error) {
	moved := make(map[string]Marker, len(to))
	err := s.DB.Write(ctx, func(tx *db.Tx) error {
		for _, t := range slices.Sorted(maps.Keys(to)) { // in one order, so that no two wait for each other
			r, err := db.One(ctx, tx, scanMarker, `INSERT INTO notifications_markers (account_id, timeline, last_read_id, version, updated_at)
				VALUES ($1, $2, $3, 1, $4)
				ON CONFLICT (account_id, timeline) DO UPDATE SET last_read_id = excluded.last_read_id,
					version = notifications_markers.version + 1, updated_at = excluded.updated_at
				WHERE notifications_markers.version = $5
				RETURNING timeline, last_read_id, version, updated_at`,
				account, t, to[t], s.Now().UnixMilli(), seen[t].Version)
			if errs.Is(err, errs.NotFound) {
				return errs.New(errs.Conflict, "Conflict during update, please try again")
			}
			if err != nil {
				return err
			}
			moved[t] = r.marker()
		}
		return nil
	})
	return moved, err
}

type markerRow struct {
	m  Marker
	at int64
}

func scanMarker(r *markerRow) []any {
	return []any{&r.m.Timeline, &r.m.LastReadID, &r.m.Version, &r.at}
}

func (r markerRow) marker() Marker {
	r.m.UpdatedAt = time.UnixMilli(r.at).UTC()
	return r.m
}
