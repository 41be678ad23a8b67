package profiles

import (
	"context"
	"slices"
	"strconv"
	"time"

	"github.com/guildhall/guildhall/internal/db"
	"github.com/guildhall/guildhall/internal/errs"
	"github.com/guildhall/guildhall/internal/ids"
)

// Graph returns how a viewer stands to all others; viewer 0 stands to nobody.
// Returns NotFound if there is no such account.
func (s *Service) Graph(ctx context.Context, viewer ids.ID) (*Graph, error) {
	if viewer == 0 {
		return &Graph{}, nil
	}
	a, err := s.Account(ctx, viewer)
	if err != nil {
		return nil, err
	}
	// The version only grows, and a graph of a later one is as good.
	if g, ok := s.graphs.get(viewer); ok && g.Version >= a.Graph {
		return g, nil
	}
	mark := s.graphs.mark(viewer)
	key := viewer.String() + "@" + strconv.FormatInt(a.Graph, 10)
	v, err, _ := s.graphs.flights.Do(key, func() (any, error) {
		g, err := s.readGraph(context.WithoutCancel(ctx), viewer)
		if err == nil {
			s.graphs.put(viewer, g, mark)
		}
		return g, err
	})
	if err != nil {
		return nil, err
	}
	return v.(*Graph), nil
}

// What a row of a statement over several relations is about.
const (
	rowAccount = iota
	rowFollow
	rowFollower
	rowLanguage
	rowBlock
	rowBlocker
	rowMute
	rowNote
	rowEndorsement
)

// relationRow is a row of such a statement; which columns mean something
// depends on its kind.
type relationRow struct {
	kind                    int
	id                      ids.ID
	pending, boosts, notify bool // notify: of a mute, also no notifications
	number                  int64
	text                    string
}

func scanRelation(r *relationRow) []any {
	return []any{&r.kind, &r.id, &r.pending, &r.boosts, &r.notify, &r.number, &r.text}
}

// One statement sees one moment, so the version is that of the relations.
const graphSQL = `SELECT 0, id, FALSE, FALSE, FALSE, graph, '' FROM profiles_accounts WHERE id = $1
UNION ALL SELECT 1, to_id, pending, boosts, notify, 0, '' FROM profiles_follows WHERE from_id = $1 AND pending = FALSE
UNION ALL SELECT 3, to_id, FALSE, FALSE, FALSE, 0, language FROM profiles_follow_languages WHERE from_id = $1
UNION ALL SELECT 4, to_id, FALSE, FALSE, FALSE, 0, '' FROM profiles_blocks WHERE from_id = $1
UNION ALL SELECT 5, from_id, FALSE, FALSE, FALSE, 0, '' FROM profiles_blocks WHERE to_id = $1
UNION ALL SELECT 6, to_id, FALSE, FALSE, notifications, ends_at, '' FROM profiles_mutes WHERE from_id = $1`

func (s *Service) readGraph(ctx context.Context, viewer ids.ID) (*Graph, error) {
	rows, err := db.All(ctx, s.db, scanRelation, graphSQL, viewer)
	if err != nil {
		return nil, err
	}
	if len(rows) == 0 {
		return nil, errs.NotFoundRecord()
	}
	g := &Graph{Following: map[ids.ID]Follow{}, Blocking: map[ids.ID]bool{}, BlockedBy: map[ids.ID]bool{}, Muting: map[ids.ID]Mute{}}
	languages := map[ids.ID][]string{}
	for _, r := range rows {
		switch r.kind {
		case rowAccount:
			g.Version = r.number
		case rowFollow:
			g.Following[r.id] = Follow{Boosts: r.boosts, Notify: r.notify}
		case rowLanguage:
			languages[r.id] = append(languages[r.id], r.text)
		case rowBlock:
			g.Blocking[r.id] = true
		case rowBlocker:
			g.BlockedBy[r.id] = true
		case rowMute:
			g.Muting[r.id] = Mute{Notifications: r.notify, Until: endOf(r.number)}
		}
	}
	for id, list := range languages {
		if f, ok := g.Following[id]; ok { // a request has languages too
			slices.Sort(list)
			f.Languages = list
			g.Following[id] = f
		}
	}
	return g, nil
}

// endOf returns the end of a mute; zero: for good.
func endOf(ms int64) time.Time {
	if ms == 0 {
		return time.Time{}
	}
	return time.UnixMilli(ms).UTC()
}
