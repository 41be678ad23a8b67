package moderation

import (
	"context"
	"time"

	"github.com/guildhall/guildhall/internal/db"
	"github.com/guildhall/guildhall/internal/ids"
	"github.com/guildhall/guildhall/internal/page"
)

// Entry is a line of the audit log: who did what to whom, when, and from where.
type Entry struct {
	ID       ids.ID
	ActorID  ids.ID // 0: the command line
	Action   string // suspend, resolve, create, …
	Kind     string // of the target: account, report, domain_block, …
	TargetID ids.ID
	Target   string // its name at the time
	Address  string // the actor's; empty: the command line
	Details  string
	At       time.Time
}

// record writes a line of the log in tx.
func (s *Service) record(ctx context.Context, tx *db.Tx, by Actor, e Entry) error {
	_, err := db.Exec(ctx, tx, `INSERT INTO moderation_log (id, actor_id, action, kind, target_id, target, address, details)
		VALUES ($1, $2, $3, $4, $5, $6, $7, $8)`, s.IDs.Global(), by.ID, e.Action, e.Kind, e.TargetID, e.Target, by.Address, e.Details)
	return err
}

// Record writes a line of the log about what another room does. It is called
// before that is done: what is not in the log does not happen.
func (s *Service) Record(ctx context.Context, by Actor, e Entry) error {
	return s.write(ctx, func(tx *db.Tx) error { return s.record(ctx, tx, by, e) })
}

// AuditLog lists what was done, the latest first.
func (s *Service) AuditLog(ctx context.Context, p page.Page) ([]Entry, error) {
	end, args := p.SQL("id", nil)
	rows, err := db.All(ctx, s.DB, func(e *Entry) []any {
		return []any{&e.ID, &e.ActorID, &e.Action, &e.Kind, &e.TargetID, &e.Target, &e.Address, &e.Details}
	}, "SELECT id, actor_id, action, kind, target_id, target, address, details FROM moderation_log WHERE id > 0"+end, args...)
	for i := range rows {
		rows[i].At = rows[i].ID.Time()
	}
	return page.Sort(p, rows), err
}
