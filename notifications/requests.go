package notifications

import (
	"cmp"
	"context"
	"maps"
	"slices"
	"time"

	"github.com/guildhall/guildhall/internal/db"
	"github.com/guildhall/guildhall/internal/errs"
	"github.com/guildhall/guildhall/internal/ids"
	"github.com/guildhall/guildhall/internal/page"
	"github.com/guildhall/guildhall/posts"
)

// Request is what an account's policy has put aside of one sender.
type Request struct {
	ID        ids.ID
	FromID    ids.ID
	Count     int // notifications
	CreatedAt time.Time
	UpdatedAt time.Time
	View      *posts.View // the newest post that they are about, nil if there is none to be seen
}

// Requests returns a page of who waits for an account to be accepted, newest
// first. Those whom the account blocks or mutes are left out.
func (s *Service) Requests(ctx context.Context, account ids.ID, p page.Page) ([]Request, error) {
	tail, args := p.SQL("id", []any{account})
	rows, err := db.All(ctx, s.DB, scanRequest, "SELECT id, from_id FROM notifications_requests WHERE account_id = $1"+tail, args...)
	if err != nil {
		return nil, err
	}
	return s.wholeRequests(ctx, account, page.Sort(p, rows))
}

// Request returns one who waits to be accepted. Returns NotFound if there is no
// such request to this account, or Requests would leave it out.
func (s *Service) Request(ctx context.Context, account, id ids.ID) (*Request, error) {
	r, err := db.One(ctx, s.DB, scanRequest, "SELECT id, from_id FROM notifications_requests WHERE id = $1 AND account_id = $2", id, account)
	if err != nil {
		return nil, err
	}
	whole, err := s.wholeRequests(ctx, account, []Request{r})
	if err == nil && len(whole) == 0 {
		err = errs.NotFoundRecord()
	}
	if err != nil {
		return nil, err
	}
	return &whole[0], nil
}

func scanRequest(r *Request) []any { return []any{&r.ID, &r.FromID} }

// aside is what was put aside of one sender.
type aside struct {
	from  ids.ID
	count int
	at    int64
	post  ids.ID
}

// wholeRequests completes requests with what they are made of.
func (s *Service) wholeRequests(ctx context.Context, account ids.ID, requests []Request) ([]Request, error) {
	if len(requests) == 0 {
		return nil, nil
	}
	graph, err := s.Profiles.Graph(ctx, account)
	if err != nil {
		return nil, err
	}
	from := make([]ids.ID, len(requests))
	for i, r := range requests {
		from[i] = r.FromID
	}
	in, args := db.In([]any{account}, from)
	rows, err := db.All(ctx, s.DB, func(r *aside) []any { return []any{&r.from, &r.count, &r.at, &r.post} },
		`SELECT from_id, COUNT(*), MAX(created_at), MAX(CASE WHEN type = 'added_to_collection' THEN 0 ELSE post_id END)
		FROM notifications_notifications WHERE account_id = $1 AND from_id IN `+in+` AND live AND filtered GROUP BY from_id`, args...)
	if err != nil {
		return nil, err
	}
	found := make(map[ids.ID]aside, len(rows))
	var about []ids.ID
	for _, r := range rows {
		found[r.from] = r
		if r.post != 0 {
			about = append(about, r.post)
		}
	}
	views := map[ids.ID]*posts.View{}
	if len(about) > 0 {
		list, err := s.Posts.GetMany(ctx, account, about)
		if err != nil {
			return nil, err
		}
		for _, v := range list {
			views[v.ID] = v
		}
	}
	out := requests[:0]
	for _, r := range requests {
		a, ok := found[r.FromID]
		if !ok || silences(graph, r.FromID, s.Now()) {
			continue
		}
		r.Count, r.CreatedAt, r.UpdatedAt, r.View = a.count, r.ID.Time().UTC(), time.UnixMilli(a.at).UTC(), views[a.post]
		out = append(out, r)
	}
	return out, nil
}

// AcceptRequests shows what was put aside of senders, and has an account told of
// them from now on. Requests that do not exist are left out; returns NotFound if
// none does.
func (s *Service) AcceptRequests(ctx context.Context, account ids.ID, requests ...ids.ID) error {
	err := s.endRequests(ctx, account, requests, func(tx *db.Tx, from []ids.ID) error {
		for _, id := range from {
			_, err := db.Exec(ctx, tx, "INSERT INTO notifications_permissions (account_id, from_id) VALUES ($1, $2) ON CONFLICT (account_id, from_id) DO NOTHING", account, id)
			if err != nil {
				return err
			}
		}
		return setAside(ctx, tx, "filtered = FALSE", account, from)
	})
	if err == nil {
		s.publish(account, mergedMessage)
	}
	return err
}

// DismissRequests removes what was put aside of senders. Requests that do not
// exist are left out; returns NotFound if none does.
func (s *Service) DismissRequests(ctx context.Context, account ids.ID, requests ...ids.ID) error {
	return s.endRequests(ctx, account, requests, func(tx *db.Tx, from []ids.ID) error {
		return setAside(ctx, tx, "live = FALSE", account, from)
	})
}

// setAside changes all that was put aside of senders.
func setAside(ctx context.Context, tx *db.Tx, set string, account ids.ID, from []ids.ID) error {
	in, args := db.In([]any{account}, from)
	_, err := db.Exec(ctx, tx, "UPDATE notifications_notifications SET "+set+" WHERE account_id = $1 AND from_id IN "+in+" AND live AND filtered", args...)
	return err
}

// endRequests takes requests away and hands their senders to f.
func (s *Service) endRequests(ctx context.Context, account ids.ID, requests []ids.ID, f func(tx *db.Tx, from []ids.ID) error) error {
	if len(requests) == 0 {
		return errs.NotFoundRecord()
	}
	return s.DB.Write(ctx, func(tx *db.Tx) error {
		in, args := db.In([]any{account}, requests)
		from, err := db.Values[ids.ID](ctx, tx, "DELETE FROM notifications_requests WHERE account_id = $1 AND id IN "+in+" RETURNING from_id", args...)
		if err != nil {
			return err
		}
		if len(from) == 0 {
			return errs.NotFoundRecord()
		}
		return f(tx, from)
	})
}

// pair is a reader and a sender.
type pair struct{ account, from ids.ID }

// inOrder returns pairs in the order in which their rows are locked.
func inOrder(pairs map[pair]bool) []pair {
	return slices.SortedFunc(maps.Keys(pairs), func(a, b pair) int {
		return cmp.Or(cmp.Compare(a.account, b.account), cmp.Compare(a.from, b.from))
	})
}

// putAside makes sure that there are requests of senders something was put
// aside of in tx.
func (s *Service) putAside(ctx context.Context, tx *db.Tx, pairs map[pair]bool) error {
	for _, p := range inOrder(pairs) {
		// The update locks the row against who tidies up, see tidy.
		_, err := db.Exec(ctx, tx, `INSERT INTO notifications_requests (id, account_id, from_id) VALUES ($1, $2, $3)
			ON CONFLICT (account_id, from_id) DO UPDATE SET from_id = excluded.from_id`, s.IDs.New(p.account), p.account, p.from)
		if err != nil {
			return err
		}
	}
	return nil
}

// tidy removes requests that nothing is left of. First it takes hold of the row:
// who is adding to it then either has committed, and is seen, or adds it anew.
func tidy(ctx context.Context, tx *db.Tx, pairs map[pair]bool) error {
	for _, p := range inOrder(pairs) {
		for _, text := range []string{
			"UPDATE notifications_requests SET from_id = $2 WHERE account_id = $1 AND from_id = $2",
			`DELETE FROM notifications_requests WHERE account_id = $1 AND from_id = $2 AND NOT EXISTS
				(SELECT 1 FROM notifications_notifications n WHERE n.account_id = $1 AND n.from_id = $2 AND n.live AND n.filtered)`,
		} {
			if _, err := db.Exec(ctx, tx, text, p.account, p.from); err != nil {
				return err
			}
		}
	}
	return nil
}
