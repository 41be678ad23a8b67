package profiles

import (
	"context"
	"strings"

	"github.com/guildhall/guildhall/internal/db"
	"github.com/guildhall/guildhall/internal/errs"
	"github.com/guildhall/guildhall/internal/ids"
)

// Lookup returns the account that a name stands for: "name", or
// "name@domain" with this server's domain, whatever the case. Returns NotFound
// if there is none.
func (s *Service) Lookup(ctx context.Context, acct string) (*Account, error) {
	found, err := s.LookupAll(ctx, []string{acct})
	if err != nil {
		return nil, err
	}
	for _, a := range found {
		return a, nil
	}
	return nil, errs.NotFoundRecord()
}

// LookupAll is Lookup for many names; the keys of the answer are the names as
// they were given, in lower case. Names that nobody has are left out.
func (s *Service) LookupAll(ctx context.Context, accts []string) (map[string]*Account, error) {
	names := make(map[string]string, len(accts)) // lower case as given -> local name
	byName := make(map[string]ids.ID, len(accts))
	var missing []string
	for _, acct := range accts {
		name, ok := s.localName(acct)
		if !ok {
			continue
		}
		names[strings.ToLower(acct)] = name
		if _, seen := byName[name]; seen {
			continue
		}
		id, cached := s.names.get(name)
		if !cached {
			missing = append(missing, name)
		}
		byName[name] = id
	}
	if err := s.loadNames(ctx, missing, byName); err != nil {
		return nil, err
	}
	var list []ids.ID
	for _, id := range byName {
		if id != 0 {
			list = append(list, id)
		}
	}
	accounts, err := s.Accounts(ctx, list)
	if err != nil {
		return nil, err
	}
	out := make(map[string]*Account, len(names))
	for acct, name := range names {
		if a, ok := accounts[byName[name]]; ok {
			out[acct] = a
		}
	}
	return out, nil
}

// loadNames adds the ids of the missing names, and caches them.
func (s *Service) loadNames(ctx context.Context, missing []string, into map[string]ids.ID) error {
	if len(missing) == 0 {
		return nil
	}
	marks := make([]uint64, len(missing))
	for i, name := range missing {
		marks[i] = s.names.mark(name)
	}
	type row struct {
		name string
		id   ids.ID
	}
	in, args := db.In(nil, missing)
	rows, err := db.All(ctx, s.db, func(r *row) []any { return []any{&r.name, &r.id} },
		"SELECT name, id FROM profiles_accounts WHERE domain = '' AND name IN "+in, args...)
	if err != nil {
		return err
	}
	for _, r := range rows {
		into[r.name] = r.id
	}
	for i, name := range missing {
		s.names.put(name, into[name], marks[i])
	}
	return nil
}

// localName returns the name, in lower case, that an acct has on this server,
// and false if it cannot be one of ours.
func (s *Service) localName(acct string) (string, bool) {
	name, domain, remote := strings.Cut(strings.TrimPrefix(acct, "@"), "@")
	if remote && !strings.EqualFold(domain, s.config.Domain) || name == "" || len(name) > 30 {
		return "", false
	}
	for i := range len(name) {
		c := name[i] | 0x20
		if (c < 'a' || c > 'z') && (name[i] < '0' || name[i] > '9') && name[i] != '_' {
			return "", false
		}
	}
	return strings.ToLower(name), true
}
