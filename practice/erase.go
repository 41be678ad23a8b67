package practice

import (
	"context"

	"github.com/guildhall/guildhall/internal/bus"
	"github.com/guildhall/guildhall/internal/db"
	"github.com/guildhall/guildhall/internal/ids"
	"github.com/guildhall/guildhall/profiles"
)

// erasures deletes what accounts that are gone for good have practised.
func (s *Service) erasures(ctx context.Context, events []bus.Event) error {
	for _, e := range events {
		gone, err := bus.Decode[profiles.Erased](e)
		if err != nil {
			return err
		}
		if err := s.erase(ctx, gone.AccountID); err != nil {
			return err
		}
	}
	return nil
}

// erased are the tables of what is an account's own. Sessions take their cards
// with them, attempts their reviews. Of asks of others, their seats are free
// again; the seats that others have handed in at theirs stay, as credits.
var erased = [...]string{
	"DELETE FROM practice_seats WHERE done_at = 0 AND ask_id IN (SELECT id FROM practice_asks WHERE account_id = $1)",
	"DELETE FROM practice_asks WHERE account_id = $1",
	"UPDATE practice_asks SET to_id = 0 WHERE to_id = $1",
	`UPDATE practice_asks SET taken = taken - 1,
		reviews_in = reviews_in - (SELECT COUNT(*) FROM practice_seats x WHERE x.ask_id = practice_asks.id AND x.account_id = $1 AND x.done_at > 0)
		WHERE state = 0 AND id IN (SELECT ask_id FROM practice_seats WHERE account_id = $1)`,
	"DELETE FROM practice_seats WHERE account_id = $1",
	"DELETE FROM practice_reviews WHERE account_id = $1",
	"DELETE FROM practice_attempts WHERE account_id = $1",
	"DELETE FROM practice_sessions WHERE account_id = $1",
	"DELETE FROM practice_plans WHERE account_id = $1",
	"DELETE FROM practice_log WHERE account_id = $1",
	"DELETE FROM practice_schedules WHERE account_id = $1",
	"DELETE FROM practice_stories WHERE account_id = $1",
	"DELETE FROM practice_lab_attempts WHERE account_id = $1",
	"DELETE FROM practice_receipts WHERE account_id = $1",
	"DELETE FROM practice_reminders WHERE account_id = $1",
}

// erase deletes all that an account has, recordings first: should it be cut
// short, their names are still there for the next time.
func (s *Service) erase(ctx context.Context, account ids.ID) error {
	for after := ids.ID(0); ; {
		type spoken struct {
			id  ids.ID
			key string
		}
		list, err := db.All(ctx, s.DB, func(r *spoken) []any { return []any{&r.id, &r.key} },
			"SELECT id, audio FROM practice_attempts WHERE account_id = $1 AND id > $2 AND audio <> '' ORDER BY id LIMIT 200", account, after)
		if err != nil {
			return err
		}
		for _, r := range list {
			others, err := db.Value[bool](ctx, s.DB, "SELECT EXISTS (SELECT 1 FROM practice_attempts WHERE audio = $1 AND audio <> '' AND account_id <> $2)", r.key, account)
			if err != nil {
				return err
			}
			if !others {
				if err := s.Recordings.Delete(ctx, r.key); err != nil {
					return err
				}
			}
			after = r.id
		}
		if len(list) == 0 {
			break
		}
	}
	if err := s.eraseMocks(ctx, account); err != nil {
		return err
	}
	return s.write(ctx, func(tx *db.Tx) error {
		for _, text := range erased {
			if _, err := db.Exec(ctx, tx, text, account); err != nil {
				return err
			}
		}
		return nil
	})
}
