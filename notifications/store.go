package notifications

import (
	"cmp"
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

// mergedMessage, instead of a notification, says that what was put aside is
// among the others from now on.
var mergedMessage = []byte(`"merged"`)

// publish drops what is cached of an account's notifications and tells all
// nodes. A node that does not hear it shows the old list until the cache's time
// is up.
func (s *Service) publish(account ids.ID, data []byte) {
	s.recent.forget(account)
	if err := s.Bus.Publish(liveSubject+account.String(), data); err != nil {
		s.Log.Warn("change of notifications not published", "account", account, "error", err)
	}
}

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
		if told, err = s.upsert(ctx, tx, changes, gone); err != nil {
			return err
		}
		return s.enqueuePushes(ctx, tx, told)
	})
	if err != nil {
		return err
	}
	return s.announce(told, gone)
}

// remove carries out what a plan takes back without knowing the registers, and
// notes whose notifications have gone.
func remove(ctx context.Context, tx *db.Tx, p *plan, gone map[ids.ID]bool) error {
	left := map[pair]bool{} // of what was put aside, something has gone
	run := func(text string, args ...any) error {
		rows, err := db.All(ctx, tx, scanEnded, text+" RETURNING account_id, from_id, filtered", args...)
		for _, r := range rows {
			gone[r.account] = true
			if r.filtered {
				left[r.pair] = true
			}
		}
		return err
	}
	if len(p.deleted) > 0 {
		// These rows may go at once: nobody is told of what is deleted (allow.go).
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
	return tidy(ctx, tx, left)
}

// ended is a notification that has gone.
type ended struct {
	pair
	filtered bool
}

func scanEnded(r *ended) []any { return []any{&r.account, &r.from, &r.filtered} }

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
	args := make([]any, 0, 10*len(changes))
	for _, c := range changes {
		id := s.IDs.New(c.account)
		rows[id] = c
		args = append(args, id, c.account, string(c.kind), c.from, c.post, groupKey(c.kind, c.post, c.at), c.event, c.live, c.at.UnixMilli(), c.filtered)
	}
	set, err := db.All(ctx, tx, func(r *written) []any { return []any{&r.id, &r.filtered} }, upsertText(len(changes)), args...)
	if err != nil {
		return nil, err
	}
	slices.SortFunc(set, func(a, b written) int { return cmp.Compare(a.id, b.id) })
	var told []Notification
	aside, left := map[pair]bool{}, map[pair]bool{}
	for _, w := range set {
		c := rows[w.id]
		switch p := (pair{c.account, c.from}); {
		case !c.live && w.filtered:
			left[p] = true
		case !c.live:
			gone[c.account] = true
		case c.filtered:
			aside[p], gone[c.account] = true, true // it may have been shown before
		default:
			r := row{n: Notification{ID: w.id, AccountID: c.account, FromID: c.from, Type: c.kind, PostID: c.post,
				GroupKey: groupKey(c.kind, c.post, c.at)}, at: c.at.UnixMilli()}
			told = append(told, r.notification())
		}
	}
	if err := s.putAside(ctx, tx, aside); err != nil {
		return nil, err
	}
	return told, tidy(ctx, tx, left)
}

// written is a row that was set, and whether what it is about was put aside.
type written struct {
	id       ids.ID
	filtered bool
}

func upsertText(rows int) string {
	var b strings.Builder
	b.WriteString("INSERT INTO notifications_notifications (id, account_id, type, from_id, post_id, group_key, event_id, live, created_at, filtered) VALUES ")
	for i := range rows {
		if i > 0 {
			b.WriteString(", ")
		}
		n := 10 * i
		fmt.Fprintf(&b, "($%d, $%d, $%d, $%d, $%d, $%d, $%d, $%d, $%d, $%d)", n+1, n+2, n+3, n+4, n+5, n+6, n+7, n+8, n+9, n+10)
	}
	// A mention is told once: that it was edited out and in again is no news.
	b.WriteString(` ON CONFLICT (account_id, from_id, type, post_id) DO UPDATE SET id = excluded.id, group_key = excluded.group_key,
		event_id = excluded.event_id, live = excluded.live, created_at = excluded.created_at,
		filtered = CASE WHEN excluded.live THEN excluded.filtered ELSE notifications_notifications.filtered END
		WHERE notifications_notifications.event_id < excluded.event_id AND notifications_notifications.type <> 'mention'
		RETURNING id, filtered`)
	return b.String()
}

// announce tells all nodes what has come and gone. An event that is handed out
// again finds its rows and announces nothing: live messages are sent once.
func (s *Service) announce(told []Notification, gone map[ids.ID]bool) error {
	for _, n := range told {
		delete(gone, n.AccountID)
		data, err := json.Marshal(n)
		if err != nil {
			return err
		}
		s.publish(n.AccountID, data)
	}
	for account := range gone {
		s.publish(account, nil)
	}
	return nil
}
