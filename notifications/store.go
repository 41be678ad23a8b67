package notifications

import (
	"context"
	"encoding/json"
	"fmt"
	"maps"
	"slices"
	"strings"

	"github.com/guildhall/guildhall/internal/db"
	"github.com/guildhall/guildhall/internal/ids"
)

// liveSubject, with an account's id, carries its new notifications as JSON to
// all nodes; an empty message says that notifications have gone.
const liveSubject = "live.notification."

// store carries out a plan in one transaction and tells all nodes about it.
func (s *Service) store(ctx context.Context, p *plan, changes []change) error {
	if len(changes) == 0 && len(p.deleted) == 0 && len(p.unboosts) == 0 && len(p.blocks) == 0 {
		return nil
	}
	var told []Notification
	var gone map[ids.ID]bool // accounts
	err := s.DB.Write(ctx, func(tx *db.Tx) error {
		gone = map[ids.ID]bool{}
		if err := remove(ctx, tx, p, gone); err != nil {
			return err
		}
		var err error
		told, err = s.upsert(ctx, tx, changes, gone)
		return err
	})
	if err != nil {
		return err
	}
	return s.announce(told, gone)
}

// remove carries out what a plan takes back without knowing the registers, and
// notes whose notifications have gone.
func remove(ctx context.Context, tx *db.Tx, p *plan, gone map[ids.ID]bool) error {
	run := func(text string, args ...any) error {
		accounts, err := db.Values[ids.ID](ctx, tx, text+" RETURNING account_id", args...)
		for _, a := range accounts {
			gone[a] = true
		}
		return err
	}
	if len(p.deleted) > 0 {
		// These rows may go at once: nobody sees what is about a deleted post.
		in, args := db.In(nil, slices.Sorted(maps.Keys(p.deleted)))
		if err := run("DELETE FROM notifications_notifications WHERE post_id <> 0 AND post_id IN "+in, args...); err != nil {
			return err
		}
	}
	for _, u := range p.unboosts {
		if err := run(`UPDATE notifications_notifications SET live = FALSE, event_id = $3
			WHERE post_id = $1 AND post_id <> 0 AND type = 'reblog' AND from_id = $2 AND event_id < $3`, u.post, u.from, u.event); err != nil {
			return err
		}
	}
	for _, b := range p.blocks {
		if err := run(`UPDATE notifications_notifications SET live = FALSE, event_id = $3
			WHERE account_id = $1 AND from_id = $2 AND live AND event_id < $3`, b.account, b.from, b.event); err != nil {
			return err
		}
	}
	return nil
}

// upsert sets registers for which no newer event is known, and returns the
// notifications that are there now and were not before.
func (s *Service) upsert(ctx context.Context, tx *db.Tx, changes []change, gone map[ids.ID]bool) ([]Notification, error) {
	var told []Notification
	for len(changes) > 0 {
		n := portion(len(changes))
		more, err := s.upsertPortion(ctx, tx, changes[:n], gone)
		if err != nil {
			return nil, err
		}
		told, changes = append(told, more...), changes[n:]
	}
	return told, nil
}

// portion returns how many of n rows to write with one statement: always one of
// a few sizes, so that few distinct statements arise.
func portion(n int) int {
	for _, size := range [...]int{64, 16, 4} {
		if n >= size {
			return size
		}
	}
	return 1
}

func (s *Service) upsertPortion(ctx context.Context, tx *db.Tx, changes []change, gone map[ids.ID]bool) ([]Notification, error) {
	rows := make(map[ids.ID]change, len(changes))
	args := make([]any, 0, 9*len(changes))
	for _, c := range changes {
		id := s.IDs.New(c.account)
		rows[id] = c
		args = append(args, id, c.account, string(c.kind), c.from, c.post, groupKey(c.kind, c.post, c.at), c.event, c.live, c.at.UnixMilli())
	}
	set, err := db.Values[ids.ID](ctx, tx, upsertText(len(changes)), args...)
	if err != nil {
		return nil, err
	}
	slices.Sort(set)
	var told []Notification
	for _, id := range set {
		c := rows[id]
		if !c.live {
			gone[c.account] = true
			continue
		}
		r := row{Notification{ID: id, AccountID: c.account, FromID: c.from, Type: c.kind, PostID: c.post,
			GroupKey: groupKey(c.kind, c.post, c.at)}, c.at.UnixMilli()}
		told = append(told, r.notification())
	}
	return told, nil
}

func upsertText(rows int) string {
	var b strings.Builder
	b.WriteString("INSERT INTO notifications_notifications (id, account_id, type, from_id, post_id, group_key, event_id, live, created_at) VALUES ")
	for i := range rows {
		if i > 0 {
			b.WriteString(", ")
		}
		n := 9 * i
		fmt.Fprintf(&b, "($%d, $%d, $%d, $%d, $%d, $%d, $%d, $%d, $%d)", n+1, n+2, n+3, n+4, n+5, n+6, n+7, n+8, n+9)
	}
	// A mention is told once: that it was edited out and in again is no news.
	b.WriteString(` ON CONFLICT (account_id, from_id, type, post_id) DO UPDATE SET id = excluded.id, group_key = excluded.group_key,
		event_id = excluded.event_id, live = excluded.live, created_at = excluded.created_at
		WHERE notifications_notifications.event_id < excluded.event_id AND notifications_notifications.type <> 'mention'
		RETURNING id`)
	return b.String()
}

// announce tells all nodes what has come and gone. An event that is handed out
// again finds its rows and announces nothing: live messages are sent once.
func (s *Service) announce(told []Notification, gone map[ids.ID]bool) error {
	for _, n := range told {
		delete(gone, n.AccountID)
		s.recent.forget(n.AccountID)
		data, err := json.Marshal(n)
		if err != nil {
			return err
		}
		if err := s.Bus.Publish(liveSubject+n.AccountID.String(), data); err != nil {
			s.Log.Warn("notification not published", "account", n.AccountID, "error", err)
		}
	}
	for account := range gone {
		s.changed(account)
	}
	return nil
}
