package moderation

import (
	"context"
	"time"

	"github.com/guildhall/guildhall/instance"
	"github.com/guildhall/guildhall/internal/bus"
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
	Address  string // the actor's; empty: the command line, or what another room tells
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

// logHouse writes a line about a change of the house. The event's id is the
// line's, so that one that comes again is logged once.
func (s *Service) logHouse(ctx context.Context, e bus.Event) error {
	by, entry, err := houseEntry(e)
	if err != nil || entry.Action == "" {
		return err
	}
	_, err = db.Exec(ctx, s.DB, `INSERT INTO moderation_log (id, actor_id, action, kind, target_id, target, address, details)
		VALUES ($1, $2, $3, $4, $5, $6, '', '') ON CONFLICT (id) DO NOTHING`, e.ID, by, entry.Action, entry.Kind, entry.TargetID, entry.Target)
	return err
}

// houseEntry returns who has changed what; without action nobody did: it was
// due.
func houseEntry(e bus.Event) (by ids.ID, entry Entry, err error) {
	switch e.Kind {
	case instance.HouseChanged{}.Kind():
		c, err := bus.Decode[instance.HouseChanged](e)
		return c.By, Entry{Action: "update", Kind: c.What}, err
	case instance.EmojiChanged{}.Kind():
		c, err := bus.Decode[instance.EmojiChanged](e)
		entry = Entry{Action: "update", Kind: "custom_emoji", Target: c.Shortcode}
		if c.Removed {
			entry.Action = "destroy"
		}
		return c.By, entry, err
	}
	a, err := bus.Decode[instance.Announced](e) // or withdrawn, which says the same
	if a.By == 0 {
		return 0, Entry{}, err
	}
	entry = Entry{Action: "publish", Kind: "announcement", TargetID: a.ID}
	if e.Kind == (instance.Withdrawn{}).Kind() {
		entry.Action = "withdraw"
	}
	return a.By, entry, err
}

// LogFilter narrows the audit log; zero values do not.
type LogFilter struct {
	ActorID      ids.ID
	Kind, Action string // both or none
}

// AuditLog lists what was done, the latest first.
func (s *Service) AuditLog(ctx context.Context, f LogFilter, p page.Page) ([]Entry, error) {
	where, args := "id > 0", []any(nil)
	switch deed := "kind = $1 AND action = $2"; {
	case f.Kind != "" && f.ActorID != 0:
		where, args = deed+" AND actor_id = $3", []any{f.Kind, f.Action, f.ActorID}
	case f.Kind != "":
		where, args = deed, []any{f.Kind, f.Action}
	case f.ActorID != 0:
		where, args = "actor_id = $1", []any{f.ActorID}
	}
	end, args := p.SQL("id", args)
	rows, err := db.All(ctx, s.DB, func(e *Entry) []any {
		return []any{&e.ID, &e.ActorID, &e.Action, &e.Kind, &e.TargetID, &e.Target, &e.Address, &e.Details}
	}, "SELECT id, actor_id, action, kind, target_id, target, address, details FROM moderation_log WHERE "+where+end, args...)
	for i := range rows {
		rows[i].At = rows[i].ID.Time()
	}
	return page.Sort(p, rows), err
}
