package notifications

import (
	"context"
	"sync"
	"time"

	"github.com/guildhall/guildhall/internal/db"
	"github.com/guildhall/guildhall/internal/ids"
)

const (
	pushAtOnce     = 16               // messages under way on this node
	pushAtOnceHost = 4                // of them to one host, so that a slow one leaves room for others
	pushLease      = time.Minute      // until another node may try what this one has taken
	pushFor        = 48 * time.Hour   // how long a message is news
	pushFirst      = 15 * time.Second // before the second attempt; doubled each time
	pushMost       = 6 * time.Hour    // the longest wait between attempts
	pushGiveUp     = 72 * time.Hour   // of failure end a subscription
	pushSoon       = time.Second      // when a message is tried that found its host busy
)

// enqueue notes in tx what of the new notifications is to be pushed.
func (s *Service) enqueuePushes(ctx context.Context, tx *db.Tx, told []Notification) error {
	if len(told) == 0 {
		return nil
	}
	accounts := make([]ids.ID, 0, len(told))
	for _, n := range told {
		accounts = append(accounts, n.AccountID)
	}
	type alert struct {
		id, account ids.ID
		kind        Type
	}
	in, args := db.In(nil, accounts)
	alerts, err := db.All(ctx, tx, func(a *alert) []any { return []any{&a.id, &a.account, &a.kind} },
		`SELECT s.id, s.account_id, a.type FROM notifications_subscriptions s JOIN notifications_alerts a ON a.subscription_id = s.id
		WHERE s.policy <> 'none' AND s.account_id IN `+in, args...)
	if err != nil || len(alerts) == 0 {
		return err
	}
	for _, n := range told {
		for _, a := range alerts {
			if a.account != n.AccountID || a.kind != n.Type {
				continue
			}
			_, err := db.Exec(ctx, tx, `INSERT INTO notifications_pushes (subscription_id, notification_id, attempts, due_at)
				VALUES ($1, $2, 0, $3) ON CONFLICT (subscription_id, notification_id) DO NOTHING`, a.id, n.ID, s.Now().UnixMilli())
			if err != nil {
				return err
			}
		}
	}
	tx.OnCommit(s.wakePush)
	return nil
}

// wakePush has the queue looked at now.
func (s *Service) wakePush() {
	select {
	case s.pushWake <- struct{}{}:
	default:
	}
}

// due is a message to be pushed.
type due struct {
	subscription, notification ids.ID
	attempts                   int
}

func scanDue(d *due) []any { return []any{&d.subscription, &d.notification, &d.attempts} }

// runPush pushes what is due until ctx ends. What is taken and not brought to
// an end, because the process was killed, is taken again after the lease.
func (s *Service) runPush(ctx context.Context) {
	var under sync.WaitGroup
	defer under.Wait()
	slots := make(chan struct{}, pushAtOnce)
	tick := time.NewTicker(s.config.PushPoll)
	defer tick.Stop()
	for {
		free := cap(slots) - len(slots)
		taken, err := s.takePushes(ctx, free)
		if err != nil && ctx.Err() == nil {
			s.Log.Error("pushes not read", "error", err)
		}
		for _, d := range taken {
			slots <- struct{}{}
			under.Go(func() {
				defer s.wakePush()
				defer func() { <-slots }()
				if err := s.push(ctx, d); err != nil && ctx.Err() == nil {
					s.Log.Warn("push failed", "subscription", d.subscription, "notification", d.notification, "error", err)
				}
			})
		}
		if len(taken) > 0 && len(taken) == free {
			continue
		}
		select {
		case <-ctx.Done():
			return
		case <-s.pushWake:
		case <-tick.C:
		}
	}
}

// takePushes takes up to n messages that are due.
func (s *Service) takePushes(ctx context.Context, n int) ([]due, error) {
	if n == 0 {
		return nil, nil
	}
	now := s.Now()
	// Most of the time there is nothing, and reading costs no commit.
	some, err := db.Values[ids.ID](ctx, s.DB, "SELECT subscription_id FROM notifications_pushes WHERE due_at <= $1 LIMIT 1", now.UnixMilli())
	if err != nil || len(some) == 0 {
		return nil, err
	}
	var taken []due
	err = s.DB.Write(ctx, func(tx *db.Tx) error {
		// The outer condition is asked again of a row that another node was taking.
		taken, err = db.All(ctx, tx, scanDue, `UPDATE notifications_pushes SET due_at = $1 WHERE due_at <= $2 AND (subscription_id, notification_id) IN
		(SELECT subscription_id, notification_id FROM notifications_pushes WHERE due_at <= $2 ORDER BY due_at LIMIT $3)
		RETURNING subscription_id, notification_id, attempts`, now.Add(pushLease).UnixMilli(), now.UnixMilli(), n)
		return err
	})
	return taken, err
}

// pushed takes a message off the queue.
func (s *Service) pushed(ctx context.Context, d due) error {
	_, err := db.Exec(ctx, s.DB, "DELETE FROM notifications_pushes WHERE subscription_id = $1 AND notification_id = $2", d.subscription, d.notification)
	return err
}

// pushAgain puts a message off.
func (s *Service) pushAgain(ctx context.Context, d due, after time.Duration) error {
	_, err := db.Exec(ctx, s.DB, "UPDATE notifications_pushes SET attempts = $3, due_at = $4 WHERE subscription_id = $1 AND notification_id = $2",
		d.subscription, d.notification, d.attempts, s.Now().Add(after).UnixMilli())
	return err
}

// pushFailed notes that a subscription does not work, and ends it if it has not
// for long.
func (s *Service) pushFailed(ctx context.Context, r *subscriptionRow) error {
	now := s.Now()
	if r.failing == 0 {
		_, err := db.Exec(ctx, s.DB, "UPDATE notifications_subscriptions SET failing_since = $2 WHERE id = $1 AND failing_since = 0", r.ID, now.UnixMilli())
		return err
	}
	if now.Sub(time.UnixMilli(r.failing)) < pushGiveUp {
		return nil
	}
	return s.dropSubscription(ctx, r.ID)
}

// dropSubscription ends a subscription that is of no use. What is queued for it
// goes when its turn comes.
func (s *Service) dropSubscription(ctx context.Context, id ids.ID) error {
	_, err := db.Exec(ctx, s.DB, "DELETE FROM notifications_subscriptions WHERE id = $1", id)
	return err
}

// hosts bounds how many messages are under way to each host.
type hosts struct {
	mu    sync.Mutex
	under map[string]int
}

// enter tells whether there is room; then leave must be called.
func (h *hosts) enter(host string) bool {
	h.mu.Lock()
	defer h.mu.Unlock()
	if h.under[host] >= pushAtOnceHost {
		return false
	}
	h.under[host]++
	return true
}

func (h *hosts) leave(host string) {
	h.mu.Lock()
	defer h.mu.Unlock()
	if h.under[host]--; h.under[host] == 0 {
		delete(h.under, host)
	}
}
