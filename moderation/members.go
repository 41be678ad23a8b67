package moderation

import (
	"context"
	"net/netip"
	"slices"
	"strings"

	"github.com/guildhall/guildhall/identity"
	"github.com/guildhall/guildhall/internal/errs"
	"github.com/guildhall/guildhall/internal/ids"
	"github.com/guildhall/guildhall/internal/page"
	"github.com/guildhall/guildhall/profiles"
)

// Member is an account with its user, as moderators see them.
type Member struct {
	User      *identity.User
	Account   *profiles.Account
	Addresses []identity.Address // the last first
	InvitedBy ids.ID             // 0: nobody
}

// MemberFilter narrows the list of members; zero values do not.
type MemberFilter struct {
	Remote      bool   // accounts of other servers, of which there are none
	Status      string // active, pending, disabled, silenced, suspended, sensitized
	Roles       []identity.Role
	InvitedBy   ids.ID
	Username    string // beginning
	DisplayName string // beginning of words
	Email       string // whole: addresses are sealed
	IP          string // address or network
}

// Bounds of the search for members.
const (
	candidatesMax = 10_000 // that one search looks at
	membersAtOnce = 200
)

// states are the statuses that the room profiles knows of.
var states = map[string]profiles.State{"silenced": profiles.Silenced, "suspended": profiles.Suspended, "sensitized": profiles.Sensitized}

// Members lists members, the newest first.
func (s *Service) Members(ctx context.Context, f MemberFilter, p page.Page) ([]*Member, error) {
	if f.Remote {
		return nil, nil
	}
	list, whole, err := s.candidates(ctx, f)
	if err != nil {
		return nil, err
	}
	next := func(q page.Page) ([]ids.ID, error) { return cut(list, q), nil }
	if !whole {
		next = func(q page.Page) ([]ids.ID, error) {
			users, err := s.Identity.Find(ctx, identity.Filter{Status: identity.Status(f.Status), Roles: f.Roles, Inviter: f.InvitedBy}, q)
			out := make([]ids.ID, len(users))
			for i, u := range users {
				out[i] = u.ID
			}
			return out, err
		}
	}
	var out []*Member
	q := page.Page{Max: p.Max, Since: p.Since, Min: p.Min, Limit: membersAtOnce}
	for looked := 0; looked < candidatesMax; looked += q.Limit {
		part, err := next(q)
		if err != nil {
			return nil, err
		}
		found, err := s.MembersByID(ctx, part)
		if err != nil {
			return nil, err
		}
		if p.Min != 0 {
			slices.Reverse(part)
		}
		for _, id := range part {
			if m := found[id]; m != nil && f.fits(m) && len(out) < p.Limit {
				out = append(out, m)
			}
		}
		if len(part) < q.Limit || len(out) == p.Limit {
			break
		}
		if last := part[len(part)-1]; p.Min != 0 {
			q.Min = last
		} else {
			q.Max = last
		}
	}
	return page.Sort(p, out), nil
}

// cut returns a page of ids that are sorted, the highest first.
func cut(list []ids.ID, p page.Page) []ids.ID {
	var out []ids.ID
	for _, id := range list {
		if p.Holds(id) {
			out = append(out, id)
		}
	}
	if p.Min != 0 {
		return out[max(0, len(out)-p.Limit):]
	}
	return out[:min(len(out), p.Limit)]
}

// candidates returns those among whom the members of a filter are, the newest
// first; whole is false if that is everybody.
func (s *Service) candidates(ctx context.Context, f MemberFilter) (list []ids.ID, whole bool, err error) {
	switch bits, kept := states[f.Status]; {
	case f.IP != "":
		network, ok := parseNetwork(f.IP)
		if !ok {
			return nil, true, nil
		}
		list, err = s.Identity.UsersAt(ctx, network, candidatesMax)
	case f.Email != "":
		u, missing := s.Identity.UserByLogin(ctx, f.Email)
		if missing == nil && strings.Contains(f.Email, "@") {
			list = []ids.ID{u.ID}
		} else if missing != nil && !errs.Is(missing, errs.NotFound) {
			err = missing
		}
	case f.Username != "" || f.DisplayName != "":
		list, err = s.Profiles.Named(ctx, f.Username, f.DisplayName, candidatesMax)
	case kept:
		all, failed := s.Profiles.States(ctx)
		err = failed
		for id, state := range all {
			if state.Is(bits) {
				list = append(list, id)
			}
		}
	default:
		return nil, false, nil
	}
	slices.SortFunc(list, func(a, b ids.ID) int { return int(max(-1, min(1, b-a))) })
	return list, true, err
}

// parseNetwork reads an address or a network; an address is one of one.
func parseNetwork(text string) (netip.Prefix, bool) {
	if network, err := netip.ParsePrefix(text); err == nil {
		return network.Masked(), true
	}
	address, err := netip.ParseAddr(text)
	if err != nil || address.Zone() != "" {
		return netip.Prefix{}, false
	}
	address = address.Unmap()
	return netip.PrefixFrom(address, address.BitLen()), true
}

// fits tells whether a member is among those that a filter wants.
func (f MemberFilter) fits(m *Member) bool {
	if bits, kept := states[f.Status]; kept && !m.Account.State.Is(bits) {
		return false
	}
	if len(f.Roles) > 0 && !slices.Contains(f.Roles, m.User.Role) {
		return false
	}
	name := strings.ToLower(f.Username)
	return identity.Status(f.Status).Matches(m.User) && (f.InvitedBy == 0 || m.InvitedBy == f.InvitedBy) &&
		strings.HasPrefix(strings.ToLower(m.User.Username), name) &&
		(f.Email == "" || strings.EqualFold(f.Email, m.User.Email))
}

// MembersByID returns those of the members that exist.
func (s *Service) MembersByID(ctx context.Context, list []ids.ID) (map[ids.ID]*Member, error) {
	users, err := s.Identity.UsersByID(ctx, list)
	if err != nil {
		return nil, err
	}
	accounts, err := s.Profiles.Accounts(ctx, list)
	if err != nil {
		return nil, err
	}
	addresses, err := s.Identity.Addresses(ctx, list)
	if err != nil {
		return nil, err
	}
	inviters, err := s.Identity.Inviters(ctx, list)
	if err != nil {
		return nil, err
	}
	out := make(map[ids.ID]*Member, len(users))
	for id, u := range users {
		if a := accounts[id]; a != nil {
			out[id] = &Member{User: u, Account: a, Addresses: addresses[id], InvitedBy: inviters[id]}
		}
	}
	return out, nil
}

// Member returns a member. Returns NotFound if there is none.
func (s *Service) Member(ctx context.Context, id ids.ID) (*Member, error) {
	found, err := s.MembersByID(ctx, []ids.ID{id})
	if err != nil {
		return nil, err
	}
	if m := found[id]; m != nil {
		return m, nil
	}
	return nil, errs.NotFoundRecord()
}
