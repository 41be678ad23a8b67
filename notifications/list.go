package notifications

import (
	"cmp"
	"context"
	"fmt"
	"slices"
	"strings"
	"time"

	"github.com/guildhall/guildhall/identity"
	"github.com/guildhall/guildhall/internal/db"
	"github.com/guildhall/guildhall/internal/errs"
	"github.com/guildhall/guildhall/internal/ids"
	"github.com/guildhall/guildhall/internal/page"
	"github.com/guildhall/guildhall/posts"
	"github.com/guildhall/guildhall/profiles"
)

// List returns a page of an account's notifications, newest first, with the
// posts they are about. Those about a post that the account may not see (any
// more), and those from accounts that it blocks or whose notifications it
// mutes, are left out.
func (s *Service) List(ctx context.Context, account ids.ID, f Filter, p page.Page) ([]Notification, error) {
	rows := make([]Notification, 0, p.Limit)
	err := s.walk(ctx, account, f.wanted(), p, func(n Notification) bool {
		rows = append(rows, n)
		return len(rows) < p.Limit
	})
	return page.Sort(p, rows), err
}

// Get returns one of an account's notifications. Returns NotFound if it does
// not exist, is not this account's, or would be left out of its list.
func (s *Service) Get(ctx context.Context, account, id ids.ID) (*Notification, error) {
	r, err := db.One(ctx, s.DB, scanRow, selectRows+"id = $1 AND account_id = $2 AND live", id, account)
	if err != nil {
		return nil, err
	}
	shown, err := s.shown(ctx, account, []Notification{r.notification()})
	if err != nil {
		return nil, err
	}
	if len(shown) == 0 {
		return nil, errs.NotFoundRecord()
	}
	return &shown[0], nil
}

// UnreadCount counts an account's notifications since its marker, up to limit.
func (s *Service) UnreadCount(ctx context.Context, account ids.ID, f Filter, limit int) (int, error) {
	since, err := s.readUpTo(ctx, account)
	if err != nil {
		return 0, err
	}
	rows, err := s.List(ctx, account, f, page.Page{Since: since, Limit: limit})
	return len(rows), err
}

func (s *Service) readUpTo(ctx context.Context, account ids.ID) (ids.ID, error) {
	markers, err := s.Markers(ctx, account, []string{"notifications"})
	return markers["notifications"].LastReadID, err
}

// walkMax bounds how many notifications one request looks at, also if most of
// them may not be shown.
const walkMax = 2000

// walk hands the notifications that are shown to f, away from the page's
// starting point (newest first, or oldest first for a Min page), until f
// returns false.
func (s *Service) walk(ctx context.Context, account ids.ID, w wanted, p page.Page, f func(Notification) bool) error {
	if w.nothing() || p.Limit <= 0 {
		return nil
	}
	for looked := 0; looked < walkMax; looked += p.Limit {
		rows, err := s.slice(ctx, account, w, p)
		if err != nil || len(rows) == 0 {
			return err
		}
		last := rows[len(rows)-1].ID
		shown, err := s.shown(ctx, account, rows)
		if err != nil {
			return err
		}
		for _, n := range shown {
			if !f(n) {
				return nil
			}
		}
		if len(rows) < p.Limit {
			return nil
		}
		if p.Min != 0 {
			p.Min = last
		} else {
			p.Max = last
		}
	}
	return nil
}

// slice returns the next rows of a page in the order of walk; fewer than the
// page's limit mean that there are no more.
func (s *Service) slice(ctx context.Context, account ids.ID, w wanted, p page.Page) ([]Notification, error) {
	if w.aside {
		return s.all(ctx, account, w, p)
	}
	r, err := s.newest(ctx, account)
	if err != nil {
		return nil, err
	}
	if rows, ok := r.slice(w, p); ok {
		return rows, nil
	}
	return s.older(ctx, account, w, p)
}

// newest returns an account's newest notifications, from memory if they are
// there.
func (s *Service) newest(ctx context.Context, account ids.ID) (*recent, error) {
	return s.recent.get(ctx, account, func(ctx context.Context) (*recent, error) {
		rows, err := s.rows(ctx, "account_id = $1 AND live AND NOT filtered", page.Page{Limit: recentMax + 1}, account)
		if err != nil || len(rows) <= recentMax {
			return &recent{rows: rows, complete: true}, err
		}
		return &recent{rows: rows[:recentMax]}, nil
	})
}

// older reads a part of a list from the table. Each type is a statement of its
// own, which an index answers in order however rare the type is.
func (s *Service) older(ctx context.Context, account ids.ID, w wanted, p page.Page) ([]Notification, error) {
	switch {
	case w.from != 0:
		return s.rowsOf(ctx, account, w, p, "NOT filtered")
	case w.types == nil:
		return s.rows(ctx, "account_id = $1 AND live AND NOT filtered", p, account)
	}
	var all []Notification
	for _, t := range w.types {
		rows, err := s.rows(ctx, "account_id = $1 AND type = $2 AND live AND NOT filtered", p, account, t)
		if err != nil {
			return nil, err
		}
		all = append(all, rows...)
	}
	return ordered(all, p), nil
}

// all is older with what was put aside too.
func (s *Service) all(ctx context.Context, account ids.ID, w wanted, p page.Page) ([]Notification, error) {
	rows, err := s.older(ctx, account, w, p)
	if err != nil {
		return nil, err
	}
	aside, err := s.rowsOf(ctx, account, w, p, "filtered")
	return ordered(append(rows, aside...), p), err
}

// rowsOf reads a part of what is filtered, or not, with one statement.
func (s *Service) rowsOf(ctx context.Context, account ids.ID, w wanted, p page.Page, filtered string) ([]Notification, error) {
	where, args := "account_id = $1 AND live AND "+filtered, []any{account}
	if w.from != 0 {
		args = append(args, w.from)
		where += " AND from_id = $2"
	}
	if w.types != nil {
		var in string
		in, args = db.In(args, w.types)
		where += " AND type IN " + in
	}
	return s.rows(ctx, where, p, args...)
}

// ordered returns the first of what several statements gave, in the order of walk.
func ordered(all []Notification, p page.Page) []Notification {
	slices.SortFunc(all, func(a, b Notification) int {
		if p.Min != 0 {
			return cmp.Compare(a.ID, b.ID)
		}
		return cmp.Compare(b.ID, a.ID)
	})
	return all[:min(len(all), p.Limit)]
}

// shown leaves out what the account does not see, and sets the views.
func (s *Service) shown(ctx context.Context, account ids.ID, rows []Notification) ([]Notification, error) {
	graph, err := s.Profiles.Graph(ctx, account)
	if err != nil {
		return nil, err
	}
	views, err := s.views(ctx, account, rows)
	if err != nil {
		return nil, err
	}
	states, err := s.Profiles.States(ctx)
	if err != nil {
		return nil, err
	}
	staff, err := s.staffOnly(ctx, account, rows)
	if err != nil {
		return nil, err
	}
	now, out := s.Now(), rows[:0]
	for _, n := range rows {
		if n.Type.forStaff() && !staff {
			continue
		}
		if n.PostID != 0 {
			n.View = views[n.PostID]
		}
		if (n.PostID == 0 || n.View != nil) && !silences(graph, n.FromID, now) && !states.Is(n.FromID, profiles.Suspended) {
			out = append(out, n)
		}
	}
	return out, nil
}

// forStaff tells whether only who keeps the house is shown a type.
func (t Type) forStaff() bool { return t == SignedUp || t == Reported }

// staffOnly tells whether an account keeps the house, if one of the rows asks
// for it: who does not any more sees nothing of what was told then.
func (s *Service) staffOnly(ctx context.Context, account ids.ID, rows []Notification) (bool, error) {
	if !slices.ContainsFunc(rows, func(n Notification) bool { return n.Type.forStaff() }) {
		return false, nil
	}
	u, err := s.Identity.User(ctx, account)
	if errs.Is(err, errs.NotFound) {
		return false, nil
	}
	return err == nil && u.Role != identity.RoleUser, err
}

func (s *Service) views(ctx context.Context, account ids.ID, rows []Notification) (map[ids.ID]*posts.View, error) {
	var wanted []ids.ID
	views := make(map[ids.ID]*posts.View, len(rows))
	for _, n := range rows {
		if _, ok := views[n.PostID]; !ok && n.PostID != 0 {
			views[n.PostID] = nil
			wanted = append(wanted, n.PostID)
		}
	}
	if len(wanted) == 0 {
		return nil, nil
	}
	found, err := s.Posts.GetMany(ctx, account, wanted)
	for _, v := range found {
		views[v.ID] = v
	}
	return views, err
}

// row is a notification as it is scanned.
type row struct {
	n  Notification
	at int64
}

const selectRows = "SELECT id, account_id, type, from_id, post_id, group_key, filtered, created_at FROM notifications_notifications WHERE "

func scanRow(r *row) []any {
	return []any{&r.n.ID, &r.n.AccountID, &r.n.Type, &r.n.FromID, &r.n.PostID, &r.n.GroupKey, &r.n.Filtered, &r.at}
}

func (r row) notification() Notification {
	n := r.n
	n.CreatedAt = time.UnixMilli(r.at).UTC()
	if !n.Type.aboutPost() {
		n.PostID, n.SubjectID = 0, n.PostID
	}
	if n.GroupKey == "" {
		n.GroupKey = ungrouped(n.ID)
	}
	return n
}

// rows returns a page of the notifications that a condition holds for, in the
// order of walk.
func (s *Service) rows(ctx context.Context, where string, p page.Page, args ...any) ([]Notification, error) {
	tail, args := p.SQL("id", plainTypes(args))
	found, err := db.All(ctx, s.DB, scanRow, selectRows+where+tail, args...)
	out := make([]Notification, len(found))
	for i, r := range found {
		out[i] = r.notification()
	}
	return out, err
}

// plainTypes turns types into the strings that both drivers take as they are.
func plainTypes(args []any) []any {
	for i, a := range args {
		if t, ok := a.(Type); ok {
			args[i] = string(t)
		}
	}
	return args
}

// groupKey names the group that a notification belongs to: the same type, post
// and half day. Returns an empty string for types that are not grouped.
func groupKey(t Type, post ids.ID, at time.Time) string {
	if !slices.Contains(Groupable(), t) {
		return ""
	}
	bucket := at.Unix() / int64(bucketSpan/time.Second)
	if post == 0 {
		return fmt.Sprintf("%s-%d", t, bucket)
	}
	return fmt.Sprintf("%s-%d-%d", t, post, bucket)
}

// bucketSpan is the longest time that one group is about.
const bucketSpan = 12 * time.Hour

// ungrouped is the key of a notification that is its own group.
func ungrouped(id ids.ID) string { return "ungrouped-" + id.String() }

// soleID returns the id in an ungrouped key.
func soleID(key string) (ids.ID, bool) {
	number, ok := strings.CutPrefix(key, "ungrouped-")
	if !ok {
		return 0, false
	}
	return ids.Parse(number)
}
