package moderation

import (
	"context"
	"strings"
	"time"
	"unicode/utf8"

	"github.com/guildhall/guildhall/internal/db"
	"github.com/guildhall/guildhall/internal/ids"
	"github.com/guildhall/guildhall/internal/page"
)

// Note is what a moderator tells the others about a report.
type Note struct {
	ID        ids.ID
	ActorID   ids.ID
	Text      string
	CreatedAt time.Time
}

// AddNote keeps a note about a report. Returns NotFound if there is no such
// report; Invalid for a text that is empty or too long.
func (s *Service) AddNote(ctx context.Context, by Actor, report ids.ID, text string) error {
	text = strings.TrimSpace(text)
	switch {
	case text == "":
		return invalid("note", "ERR_BLANK", "can't be blank")
	case utf8.RuneCountInString(text) > textMax:
		return invalid("note", "ERR_TOO_LONG", "is too long (maximum is 5000 characters)")
	}
	_, err := s.withReport(ctx, by, report, "note", "", func(tx *db.Tx) error {
		_, err := db.Exec(ctx, tx, "INSERT INTO moderation_report_notes (id, report_id, actor_id, text) VALUES ($1, $2, $3, $4)", s.IDs.Global(), report, by.ID, text)
		return err
	})
	return err
}

// Notes lists the notes about a report, the latest first.
func (s *Service) Notes(ctx context.Context, report ids.ID, p page.Page) ([]Note, error) {
	end, args := p.SQL("id", []any{report})
	list, err := db.All(ctx, s.DB, func(n *Note) []any { return []any{&n.ID, &n.ActorID, &n.Text} },
		"SELECT id, actor_id, text FROM moderation_report_notes WHERE report_id = $1"+end, args...)
	for i := range list {
		list[i].CreatedAt = list[i].ID.Time()
	}
	return page.Sort(p, list), err
}
