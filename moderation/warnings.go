package moderation

import (
	"context"

	"github.com/guildhall/guildhall/internal/db"
	"github.com/guildhall/guildhall/internal/ids"
	"github.com/guildhall/guildhall/internal/page"
)

func scanWarning(w *Warning) []any {
	return []any{&w.ID, &w.AccountID, &w.ActorID, &w.Action, &w.Text, &w.ReportID}
}

// Warnings returns those of the warnings that exist.
func (s *Service) Warnings(ctx context.Context, list []ids.ID) (map[ids.ID]*Warning, error) {
	if len(list) == 0 {
		return nil, nil
	}
	in, args := db.In(nil, list)
	rows, err := db.All(ctx, s.DB, scanWarning, "SELECT id, account_id, actor_id, action, text, report_id FROM moderation_warnings WHERE id IN "+in, args...)
	if err != nil {
		return nil, err
	}
	posts, err := attached(ctx, s.DB, "SELECT warning_id, status_id FROM moderation_warning_statuses WHERE warning_id IN ", list)
	out := make(map[ids.ID]*Warning, len(rows))
	for i := range rows {
		w := &rows[i]
		w.CreatedAt, w.StatusIDs = w.ID.Time(), posts[w.ID]
		out[w.ID] = w
	}
	return out, err
}

// WarningsOf lists what an account was told, the latest first.
func (s *Service) WarningsOf(ctx context.Context, account ids.ID, p page.Page) ([]*Warning, error) {
	end, args := p.SQL("id", []any{account})
	list, err := db.All(ctx, s.DB, func(id *ids.ID) []any { return []any{id} }, "SELECT id FROM moderation_warnings WHERE account_id = $1"+end, args...)
	if err != nil {
		return nil, err
	}
	found, err := s.Warnings(ctx, list)
	out := make([]*Warning, 0, len(list))
	for _, id := range page.Sort(p, list) {
		if w := found[id]; w != nil {
			out = append(out, w)
		}
	}
	return out, err
}

// insertWarning records in tx what an account is told.
func (s *Service) insertWarning(ctx context.Context, tx *db.Tx, w *Warning, mail bool) error {
	_, err := db.Exec(ctx, tx, `INSERT INTO moderation_warnings (id, account_id, actor_id, action, text, report_id, mail) VALUES ($1, $2, $3, $4, $5, $6, $7)`,
		w.ID, w.AccountID, w.ActorID, string(w.Action), w.Text, w.ReportID, mail)
	if err != nil {
		return err
	}
	if err := attach(ctx, tx, "INSERT INTO moderation_warning_statuses (warning_id, status_id) VALUES ($1, $2)", w.ID, w.StatusIDs); err != nil {
		return err
	}
	_, err = s.outbox.Add(ctx, tx, Warned{AccountID: w.AccountID, WarningID: w.ID, Action: w.Action, Mail: mail})
	return err
}
