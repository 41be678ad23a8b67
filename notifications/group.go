package notifications

import (
	"cmp"
	"context"
	"slices"
	"strings"
	"time"

	"github.com/guildhall/guildhall/internal/db"
	"github.com/guildhall/guildhall/internal/errs"
	"github.com/guildhall/guildhall/internal/ids"
	"github.com/guildhall/guildhall/internal/page"
	"github.com/guildhall/guildhall/profiles"
)

const (
	sampleMax = 8
	keyMax    = 64 // bytes; no group's key is longer
)

// Groups returns a page of an account's notifications with those of the grouped
// types (nil: all that can be) put together, newest group first. The page's
// bounds are ids of notifications: a group that began before the page comes
// again on the next one, with the same key. What List leaves out is left out.
func (s *Service) Groups(ctx context.Context, account ids.ID, f Filter, grouped []Type, p page.Page) ([]Group, error) {
	if grouped == nil {
		grouped = Groupable()
	}
	fold := newFold(grouped)
	chunk := p
	chunk.Limit = min(2*p.Limit, recentMax)
	err := s.walk(ctx, account, f.wanted(), chunk, func(n Notification) bool { return fold.add(n, p.Limit) })
	if err != nil {
		return nil, err
	}
	groups := fold.finish()
	if f.Aside {
		return groups, nil // counted as far as the page goes
	}
	return groups, s.complete(ctx, account, groups)
}

// Group returns a group of an account's notifications as a whole. Returns
// NotFound if it is empty or List would leave it out.
func (s *Service) Group(ctx context.Context, account ids.ID, key string) (*Group, error) {
	members, err := s.members(ctx, account, key, page.Page{Limit: sampleMax})
	if err != nil {
		return nil, err
	}
	if len(members) == 0 {
		return nil, errs.NotFoundRecord()
	}
	fold := newFold(Groupable())
	for _, n := range members {
		fold.add(n, 1)
	}
	groups := fold.finish()
	return &groups[0], s.complete(ctx, account, groups)
}

// GroupAccounts returns a page of the accounts of a group, by their
// notifications' ids, newest first. Returns NotFound for a group that is empty.
func (s *Service) GroupAccounts(ctx context.Context, account ids.ID, key string, p page.Page) ([]*profiles.Account, error) {
	members, err := s.members(ctx, account, key, p)
	if err != nil {
		return nil, err
	}
	if len(members) == 0 && p.Max == 0 && p.Since == 0 && p.Min == 0 {
		return nil, errs.NotFoundRecord()
	}
	from := make([]ids.ID, len(members))
	for i, n := range page.Sort(p, members) {
		from[i] = n.FromID
	}
	found, err := s.Profiles.Accounts(ctx, from)
	if err != nil {
		return nil, err
	}
	accounts := make([]*profiles.Account, 0, len(from))
	for _, id := range from {
		if a := found[id]; a != nil {
			accounts = append(accounts, a)
		}
	}
	return accounts, nil
}

// UnreadGroupCount counts an account's groups since its marker, up to limit.
func (s *Service) UnreadGroupCount(ctx context.Context, account ids.ID, f Filter, grouped []Type, limit int) (int, error) {
	since, err := s.readUpTo(ctx, account)
	if err != nil {
		return 0, err
	}
	groups, err := s.Groups(ctx, account, f, grouped, page.Page{Since: since, Limit: limit})
	return len(groups), err
}

func (s *Service) members(ctx context.Context, account ids.ID, key string, p page.Page) ([]Notification, error) {
	if id, ok := soleID(key); ok {
		n, err := s.Get(ctx, account, id)
		if err != nil {
			return nil, err
		}
		return []Notification{*n}, nil
	}
	if !isKey(key) {
		return nil, errs.NotFoundRecord()
	}
	rows, err := s.rows(ctx, "account_id = $1 AND group_key = $2 AND group_key <> '' AND live AND NOT filtered", p, account, key)
	if err != nil {
		return nil, err
	}
	return s.shown(ctx, account, rows)
}

// isKey tells whether a group can have a key: small letters, digits, - and _.
func isKey(key string) bool {
	return key != "" && len(key) <= keyMax && strings.IndexFunc(key, func(r rune) bool {
		return (r < 'a' || r > 'z') && (r < '0' || r > '9') && r != '-' && r != '_'
	}) < 0
}

// fold puts notifications together in the order in which walk meets them.
type fold struct {
	grouped []Type
	groups  []Group
	index   map[string]int
}

func newFold(grouped []Type) *fold { return &fold{grouped: grouped, index: map[string]int{}} }

// add tells whether n is in; it is not if it would make more than limit groups.
func (f *fold) add(n Notification, limit int) bool {
	key := n.GroupKey
	if !slices.Contains(f.grouped, n.Type) {
		key = ungrouped(n.ID)
	}
	i, ok := f.index[key]
	if !ok {
		if len(f.groups) == limit {
			return false
		}
		i = len(f.groups)
		f.index[key] = i
		f.groups = append(f.groups, Group{Key: key, Type: n.Type, PostID: n.PostID, SubjectID: n.SubjectID, View: n.View, MaxID: n.ID, MinID: n.ID, LatestAt: n.CreatedAt})
	}
	g := &f.groups[i]
	g.Count++
	g.MinID = min(g.MinID, n.ID)
	if n.ID >= g.MaxID {
		g.MaxID, g.LatestAt = n.ID, n.CreatedAt
	}
	g.SampleIDs = append(g.SampleIDs, n.FromID)
	return true
}

// finish sorts the groups; samples are as far as the page knows them.
func (f *fold) finish() []Group {
	for i := range f.groups {
		g := &f.groups[i]
		g.NewestID = g.MaxID
		g.SampleIDs = g.SampleIDs[:min(len(g.SampleIDs), sampleMax)]
	}
	slices.SortFunc(f.groups, func(a, b Group) int { return cmp.Compare(b.MaxID, a.MaxID) })
	return f.groups
}

// complete sets the groups' counts and samples from all their members, also
// from those that are not on the page.
func (s *Service) complete(ctx context.Context, account ids.ID, groups []Group) error {
	members := map[string]*memberSum{}
	for _, g := range groups {
		if _, sole := soleID(g.Key); !sole {
			members[g.Key] = &memberSum{}
		}
	}
	if len(members) == 0 {
		return nil
	}
	graph, err := s.Profiles.Graph(ctx, account)
	if err != nil {
		return err
	}
	r, err := s.newest(ctx, account)
	if err != nil {
		return err
	}
	now := s.Now()
	for i := range r.rows {
		n := &r.rows[i]
		if m := members[n.GroupKey]; m != nil && !silences(graph, n.FromID, now) {
			m.add(n.FromID)
		}
	}
	if err := s.countOlder(ctx, account, r, groups, members); err != nil {
		return err
	}
	for i := range groups {
		g := &groups[i]
		if m := members[g.Key]; m != nil && m.count > 0 {
			g.Count, g.SampleIDs = m.count, m.sample
		}
	}
	return nil
}

type memberSum struct {
	count  int
	sample []ids.ID
}

func (m *memberSum) add(from ids.ID) {
	m.count++
	if len(m.sample) < sampleMax {
		m.sample = append(m.sample, from)
	}
}

// late is how long after its event a notification usually is there.
const late = time.Hour

// countOlder asks the table about the groups that may have members which are
// too old to be in memory.
func (s *Service) countOlder(ctx context.Context, account ids.ID, r *recent, groups []Group, members map[string]*memberSum) error {
	if r.complete {
		return nil
	}
	oldest := r.rows[len(r.rows)-1].CreatedAt
	var keys []string
	for _, g := range groups {
		if members[g.Key] != nil && !oldest.Before(g.LatestAt.Truncate(bucketSpan).Add(-late)) {
			keys = append(keys, g.Key)
		}
	}
	if len(keys) == 0 {
		return nil
	}
	type member struct {
		key   string
		from  ids.ID
		total int
	}
	in, args := db.In([]any{account}, keys)
	rows, err := db.All(ctx, s.DB, func(m *member) []any { return []any{&m.key, &m.from, &m.total} },
		`SELECT group_key, from_id, total FROM (
			SELECT group_key, from_id, ROW_NUMBER() OVER (PARTITION BY group_key ORDER BY id DESC) AS place,
				COUNT(*) OVER (PARTITION BY group_key) AS total
			FROM notifications_notifications
			WHERE account_id = $1 AND group_key IN `+in+` AND group_key <> '' AND live AND NOT filtered
		) AS ranked WHERE place <= 8 ORDER BY group_key, place`, args...)
	if err != nil {
		return err
	}
	for _, key := range keys {
		members[key] = &memberSum{}
	}
	for _, m := range rows {
		members[m.key].add(m.from)
		members[m.key].count = m.total
	}
	return nil
}
