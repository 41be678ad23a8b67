package posts

import (
	"cmp"
	"context"
	"slices"
	"time"

	"github.com/guildhall/guildhall/internal/db"
	"github.com/guildhall/guildhall/internal/errs"
	"github.com/guildhall/guildhall/internal/ids"
)

// Filter is what an account does not want to read: posts with keywords, and
// single posts.
type Filter struct {
	ID        ids.ID
	Title     string
	Contexts  FilterContexts
	Action    FilterAction
	ExpiresAt time.Time // zero: never
	Keywords  []FilterKeyword
	Statuses  []FilterStatus
}

// FilterKeyword is a text that a filter looks for, whatever its case.
type FilterKeyword struct {
	ID, FilterID ids.ID
	Keyword      string
	WholeWord    bool // not within a longer word
}

// FilterStatus is a post that a filter names.
type FilterStatus struct {
	ID, FilterID, PostID ids.ID
}

// FilterContexts are the places where clients apply a filter, as bits.
type FilterContexts uint8

// The contexts, which the database knows by these numbers.
const (
	FilterHome FilterContexts = 1 << iota
	FilterNotifications
	FilterPublic
	FilterThread
	FilterAccount
)

// FilterAction is what clients do with a post that a filter matches.
type FilterAction uint8

// The actions, which the database knows by these numbers.
const (
	FilterWarn FilterAction = iota
	FilterHide
	FilterBlur // the media
)

// Filters returns an account's filters in the order in which they were made.
func (s *Service) Filters(ctx context.Context, account ids.ID) ([]Filter, error) {
	return readFilters(ctx, s.DB, account)
}

// Filter returns one of an account's filters. Returns NotFound if it has none
// with this id.
func (s *Service) Filter(ctx context.Context, account, id ids.ID) (*Filter, error) {
	all, err := readFilters(ctx, s.DB, account)
	if err != nil {
		return nil, err
	}
	return filterOf(all, id)
}

// Keyword returns a keyword of one of an account's filters. Returns NotFound if
// they have none with this id.
func (s *Service) Keyword(ctx context.Context, account, id ids.ID) (*FilterKeyword, error) {
	all, err := readFilters(ctx, s.DB, account)
	if err != nil {
		return nil, err
	}
	_, k, err := keywordOf(all, id)
	return k, err
}

// FilterStatus returns a post that one of an account's filters names, by the id
// that it has there. Returns NotFound if there is none.
func (s *Service) FilterStatus(ctx context.Context, account, id ids.ID) (*FilterStatus, error) {
	all, err := readFilters(ctx, s.DB, account)
	if err != nil {
		return nil, err
	}
	return filterStatusOf(all, id)
}

func filterOf(all []Filter, id ids.ID) (*Filter, error) {
	i := slices.IndexFunc(all, func(f Filter) bool { return f.ID == id })
	if i < 0 {
		return nil, errs.NotFoundRecord()
	}
	return &all[i], nil
}

func keywordOf(all []Filter, id ids.ID) (*Filter, *FilterKeyword, error) {
	for i := range all {
		for j := range all[i].Keywords {
			if all[i].Keywords[j].ID == id {
				return &all[i], &all[i].Keywords[j], nil
			}
		}
	}
	return nil, nil, errs.NotFoundRecord()
}

func filterStatusOf(all []Filter, id ids.ID) (*FilterStatus, error) {
	for i := range all {
		for j := range all[i].Statuses {
			if all[i].Statuses[j].ID == id {
				return &all[i].Statuses[j], nil
			}
		}
	}
	return nil, errs.NotFoundRecord()
}

// readFilters reads all of an account's filters, most of which have none.
func readFilters(ctx context.Context, q db.Querier, account ids.ID) ([]Filter, error) {
	type row struct {
		Filter
		expires int64
	}
	rows, err := db.All(ctx, q, func(r *row) []any { return []any{&r.ID, &r.Title, &r.Contexts, &r.Action, &r.expires} },
		"SELECT id, title, contexts, action, expires_at FROM posts_filters WHERE account_id = $1 ORDER BY id", account)
	if err != nil || len(rows) == 0 {
		return nil, err
	}
	all := make([]Filter, len(rows))
	at := make(map[ids.ID]*Filter, len(rows))
	for i, r := range rows {
		r.ExpiresAt = fromMillis(r.expires)
		all[i] = r.Filter
		at[r.ID] = &all[i]
	}
	words, err := db.All(ctx, q, func(k *FilterKeyword) []any { return []any{&k.ID, &k.FilterID, &k.Keyword, &k.WholeWord} },
		"SELECT k.id, k.filter_id, k.keyword, k.whole_word FROM posts_filters f JOIN posts_filters_keywords k ON k.filter_id = f.id WHERE f.account_id = $1 ORDER BY f.id, k.id", account)
	if err != nil {
		return nil, err
	}
	for _, k := range words {
		if f := at[k.FilterID]; f != nil { // else made after the first statement
			f.Keywords = append(f.Keywords, k)
		}
	}
	named, err := db.All(ctx, q, func(n *FilterStatus) []any { return []any{&n.ID, &n.FilterID, &n.PostID} },
		"SELECT n.id, n.filter_id, n.post_id FROM posts_filters f JOIN posts_filters_statuses n ON n.filter_id = f.id WHERE f.account_id = $1", account)
	for _, n := range named {
		if f := at[n.FilterID]; f != nil {
			f.Statuses = append(f.Statuses, n)
		}
	}
	for i := range all {
		slices.SortFunc(all[i].Statuses, func(a, b FilterStatus) int { return cmp.Compare(a.ID, b.ID) })
	}
	return all, err
}
