package instance

import (
	"context"
	"maps"
	"net/url"
	"slices"

	"github.com/guildhall/guildhall/internal/db"
	"github.com/guildhall/guildhall/internal/ids"
	"github.com/guildhall/guildhall/internal/page"
	"github.com/guildhall/guildhall/internal/text"
)

// shownMost is how many announcements are shown at once, the newest.
const shownMost = 50

type announcementRow struct {
	id                                          ids.ID
	text                                        string
	starts, ends, scheduled, published, updated int64
	allDay                                      bool
}

const announcementColumns = "SELECT id, text, starts_at, ends_at, all_day, scheduled_at, published_at, updated_at FROM instance_announcements"

func scanAnnouncement(r *announcementRow) []any {
	return []any{&r.id, &r.text, &r.starts, &r.ends, &r.allDay, &r.scheduled, &r.published, &r.updated}
}

// shown ends a WHERE clause: the announcement is published and has not run out
// at the time in the parameter.
func shown(parameter string) string {
	return " published_at <> 0 AND (ends_at = 0 OR ends_at > " + parameter + ")"
}

// Announcements returns what is announced now, the oldest first, as a viewer (0:
// nobody) sees it.
func (s *Service) Announcements(ctx context.Context, viewer ids.ID) ([]*Announcement, error) {
	rows, err := db.All(ctx, s.DB, scanAnnouncement, announcementColumns+" WHERE"+shown("$1")+" ORDER BY published_at DESC, id DESC LIMIT $2",
		s.Now().UnixMilli(), shownMost)
	if err != nil {
		return nil, err
	}
	slices.Reverse(rows)
	return s.made(ctx, viewer, rows)
}

// Announcement returns one that is announced now, as a viewer (0: nobody) sees
// it. Returns NotFound if there is none.
func (s *Service) Announcement(ctx context.Context, viewer, id ids.ID) (*Announcement, error) {
	return s.oneAnnouncement(ctx, viewer, announcementColumns+" WHERE id = $1 AND"+shown("$2"), id, s.Now().UnixMilli())
}

// AnyAnnouncement returns an announcement, published or not. Returns NotFound if
// there is none.
func (s *Service) AnyAnnouncement(ctx context.Context, id ids.ID) (*Announcement, error) {
	return s.oneAnnouncement(ctx, 0, announcementColumns+" WHERE id = $1", id)
}

// AllAnnouncements returns announcements, published or not, newest first.
func (s *Service) AllAnnouncements(ctx context.Context, p page.Page) ([]*Announcement, error) {
	end, args := p.SQL("id", nil)
	rows, err := db.All(ctx, s.DB, scanAnnouncement, announcementColumns+" WHERE id > 0"+end, args...)
	if err != nil {
		return nil, err
	}
	return s.made(ctx, 0, page.Sort(p, rows))
}

func (s *Service) oneAnnouncement(ctx context.Context, viewer ids.ID, text string, args ...any) (*Announcement, error) {
	row, err := db.One(ctx, s.DB, scanAnnouncement, text, args...)
	if err != nil {
		return nil, err
	}
	list, err := s.made(ctx, viewer, []announcementRow{row})
	if err != nil {
		return nil, err
	}
	return list[0], nil
}

// made completes announcements with what is found by their text and with what
// people have done with them.
func (s *Service) made(ctx context.Context, viewer ids.ID, rows []announcementRow) ([]*Announcement, error) {
	list := make([]*Announcement, len(rows))
	byID := make(map[ids.ID]*Announcement, len(rows))
	for i, r := range rows {
		a := &Announcement{ID: r.id, Text: r.text, StartsAt: fromMillis(r.starts), EndsAt: fromMillis(r.ends), AllDay: r.allDay,
			ScheduledAt: fromMillis(r.scheduled), PublishedAt: fromMillis(r.published), UpdatedAt: fromMillis(r.updated)}
		if err := s.format(ctx, a); err != nil {
			return nil, err
		}
		list[i], byID[a.ID] = a, a
	}
	if len(list) == 0 {
		return list, nil
	}
	if err := s.addReactions(ctx, viewer, byID); err != nil || viewer == 0 {
		return list, err
	}
	return list, s.addReads(ctx, viewer, byID)
}

// format makes the HTML of an announcement and finds whom and what it names.
func (s *Service) format(ctx context.Context, a *Announcement) error {
	doc := text.Parse(a.Text)
	a.Tags = doc.Tags
	found, err := s.Profiles.LookupAll(ctx, doc.Mentions)
	if err != nil {
		return err
	}
	a.HTML = doc.HTML(func(name string) (string, string, bool) {
		who, ok := found[name]
		if !ok {
			return "", "", false
		}
		m := Mention{AccountID: who.ID, Username: who.Username, Acct: who.Acct()}
		if !slices.Contains(a.Mentions, m) {
			a.Mentions = append(a.Mentions, m)
		}
		return s.config.BaseURL + "/@" + who.Acct(), who.Username, true
	}, func(tag string) string { return s.config.BaseURL + "/tags/" + url.PathEscape(tag) })
	return nil
}

func (s *Service) addReactions(ctx context.Context, viewer ids.ID, byID map[ids.ID]*Announcement) error {
	type row struct {
		id    ids.ID
		name  string
		count int
	}
	list, args := db.In(nil, keys(byID))
	rows, err := db.All(ctx, s.DB, func(r *row) []any { return []any{&r.id, &r.name, &r.count} },
		"SELECT announcement_id, name, count FROM instance_reaction_counts WHERE announcement_id IN "+list+" ORDER BY first, name", args...)
	if err != nil {
		return err
	}
	mine := map[row]bool{}
	if viewer != 0 {
		list, args := db.In([]any{viewer}, keys(byID))
		own, err := db.All(ctx, s.DB, func(r *row) []any { return []any{&r.id, &r.name} },
			"SELECT announcement_id, name FROM instance_reactions WHERE account_id = $1 AND announcement_id IN "+list, args...)
		if err != nil {
			return err
		}
		for _, r := range own {
			mine[r] = true
		}
	}
	for _, r := range rows {
		// What was one of our emoji may be none any more.
		if s.knownReaction(r.name) {
			a := byID[r.id]
			a.Reactions = append(a.Reactions, Reaction{Name: r.name, Count: r.count, Me: mine[row{id: r.id, name: r.name}]})
		}
	}
	return nil
}

func (s *Service) addReads(ctx context.Context, viewer ids.ID, byID map[ids.ID]*Announcement) error {
	list, args := db.In([]any{viewer}, keys(byID))
	read, err := db.Values[ids.ID](ctx, s.DB, "SELECT announcement_id FROM instance_announcement_reads WHERE account_id = $1 AND announcement_id IN "+list, args...)
	for _, id := range read {
		byID[id].Read = true
	}
	return err
}

func keys(byID map[ids.ID]*Announcement) []ids.ID {
	return slices.Sorted(maps.Keys(byID))
}
