package profiles

import (
	"context"
	"slices"
	"strconv"
	"strings"
	"time"

	"github.com/guildhall/guildhall/internal/db"
	"github.com/guildhall/guildhall/internal/errs"
	"github.com/guildhall/guildhall/internal/ids"
)

// Account returns an account. Returns NotFound if there is none.
func (s *Service) Account(ctx context.Context, id ids.ID) (*Account, error) {
	if a, ok := s.accounts.get(id); ok {
		return a, nil
	}
	loaded, err := s.loadAccounts(ctx, []ids.ID{id})
	if err != nil {
		return nil, err
	}
	a, ok := loaded[id]
	if !ok {
		return nil, errs.NotFoundRecord()
	}
	return a, nil
}

// MayWrite returns Forbidden for an account that moderators have suspended, or
// whose user they keep out, and NotFound if there is none.
func (s *Service) MayWrite(ctx context.Context, id ids.ID) error {
	a, err := s.Account(ctx, id)
	if err != nil {
		return err
	}
	u, err := s.users.User(ctx, id)
	if err != nil && !errs.Is(err, errs.NotFound) { // who has no user is somewhere else
		return err
	}
	if a.State.Is(Suspended) || err == nil && u.Barred() {
		return errs.New(errs.Forbidden, "This account may not write any more")
	}
	return nil
}

// Accounts returns those of the accounts that exist.
func (s *Service) Accounts(ctx context.Context, list []ids.ID) (map[ids.ID]*Account, error) {
	out := make(map[ids.ID]*Account, len(list))
	var missing []ids.ID
	for _, id := range list {
		if _, ok := out[id]; ok {
			continue
		}
		a, ok := s.accounts.get(id)
		if !ok {
			missing = append(missing, id)
		}
		out[id] = a
	}
	for part := range slices.Chunk(missing, accountsAtOnce) {
		loaded, err := s.loadAccounts(ctx, part)
		if err != nil {
			return nil, err
		}
		for _, id := range part {
			if a, ok := loaded[id]; ok {
				out[id] = a
			} else {
				delete(out, id)
			}
		}
	}
	return out, nil
}

// accountsAtOnce bounds how many accounts one statement reads: who has many
// followers may follow more than the engines take parameters.
const accountsAtOnce = 512

// loadAccounts reads accounts and caches them. Callers that ask for the same
// ones at the same time share a statement, unless one of them was changed
// between the two calls.
func (s *Service) loadAccounts(ctx context.Context, list []ids.ID) (map[ids.ID]*Account, error) {
	marks := make([]uint64, len(list))
	key := make([]byte, 0, 32*len(list))
	for i, id := range list {
		marks[i] = s.accounts.mark(id)
		key = strconv.AppendInt(key, int64(id), 36)
		key = append(key, '@')
		key = strconv.AppendUint(key, marks[i], 36)
		key = append(key, ' ')
	}
	v, err, _ := s.accounts.flights.Do(string(key), func() (any, error) {
		// Others may wait for this one: it must not end with its first caller.
		loaded, err := s.readAccounts(context.WithoutCancel(ctx), list)
		for i, id := range list {
			if a, ok := loaded[id]; ok {
				s.accounts.put(id, a, marks[i])
			}
		}
		return loaded, err
	})
	if err != nil {
		return nil, err
	}
	return v.(map[ids.ID]*Account), nil
}

// accountRow is an account with one of its fields, or with none.
type accountRow struct {
	Account
	created     int64
	domains     *string // by spaces
	name, value *string
}

const accountSQL = `SELECT a.id, a.domain, a.username, a.display_name, a.note, a.avatar, a.header, a.avatar_alt, a.header_alt,
 a.locked, a.bot, a.discoverable, a.indexable, a.hide_collections, a.privacy, a.sensitive, a.language, a.created_at,
 a.followers, a.following, a.requests, a.state, a.graph, a.quote_policy, a.show_media, a.show_media_replies, a.show_featured, a.show_application,
 (SELECT string_agg(d.domain, ' ' ORDER BY d.position) FROM profiles_attribution_domains d WHERE d.account_id = a.id), f.name, f.value
FROM profiles_accounts a LEFT JOIN profiles_fields f ON f.account_id = a.id WHERE a.id IN `

func scanAccount(r *accountRow) []any {
	return []any{&r.ID, &r.Domain, &r.Username, &r.DisplayName, &r.Note, &r.Avatar, &r.Header, &r.AvatarAlt, &r.HeaderAlt,
		&r.Locked, &r.Bot, &r.Discoverable, &r.Indexable, &r.HideCollections, &r.Privacy, &r.Sensitive, &r.Language, &r.created,
		&r.Followers, &r.Following, &r.Requests, &r.State, &r.Graph, &r.QuotePolicy, &r.ShowMedia, &r.ShowMediaReplies, &r.ShowFeatured, &r.ShowApplication, &r.domains, &r.name, &r.value}
}

// readAccounts reads accounts and their fields in one statement, so that they
// are of the same moment.
func (s *Service) readAccounts(ctx context.Context, list []ids.ID) (map[ids.ID]*Account, error) {
	in, args := db.In(nil, list)
	rows, err := db.All(ctx, s.db, scanAccount, accountSQL+in+" ORDER BY a.id, f.position", args...)
	if err != nil {
		return nil, err
	}
	out := make(map[ids.ID]*Account, len(list))
	for i := range rows {
		r := &rows[i]
		a, ok := out[r.ID]
		if !ok {
			a = new(Account)
			*a = r.Account
			a.CreatedAt = time.UnixMilli(r.created).UTC()
			a.NoteHTML = s.format(a.Note)
			if r.domains != nil {
				a.Attributions = strings.Fields(*r.domains)
			}
			out[a.ID] = a
		}
		if r.name != nil {
			a.Fields = append(a.Fields, Field{Name: *r.name, Value: *r.value, ValueHTML: inline(s.format(*r.value))})
		}
	}
	return out, nil
}

// inline takes the paragraph away from around a single line: a field is shown in
// a table's cell.
func inline(html string) string {
	if strings.Count(html, "<p>") != 1 {
		return html
	}
	return strings.TrimSuffix(strings.TrimPrefix(html, "<p>"), "</p>")
}
