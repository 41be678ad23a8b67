package mastodon

import (
	"context"
	"net/http"
	"slices"
	"strconv"

	"github.com/guildhall/guildhall/identity"
	"github.com/guildhall/guildhall/internal/errs"
	"github.com/guildhall/guildhall/internal/ids"
	"github.com/guildhall/guildhall/moderation"
	"github.com/guildhall/guildhall/profiles"
)

// adminAccountEntity is Admin::Account of the API.
type adminAccountEntity struct {
	ID            ids.ID                 `json:"id"`
	Username      string                 `json:"username"`
	Domain        *string                `json:"domain"` // null: ours
	CreatedAt     string                 `json:"created_at"`
	Email         string                 `json:"email"`
	IP            *string                `json:"ip"` // the last one; null: not known any more
	IPs           []ipEntity             `json:"ips"`
	Locale        string                 `json:"locale"`
	InviteRequest *string                `json:"invite_request"`
	Role          roleEntity             `json:"role"`
	Confirmed     bool                   `json:"confirmed"`
	Approved      bool                   `json:"approved"`
	Disabled      bool                   `json:"disabled"`
	Silenced      bool                   `json:"silenced"`
	Suspended     bool                   `json:"suspended"`
	Sensitized    bool                   `json:"sensitized"`
	Account       encoded[accountEntity] `json:"account"`
	AppID         *ids.ID                `json:"created_by_application_id,omitempty"`
	InvitedBy     *ids.ID                `json:"invited_by_account_id,omitempty"`
}

// ipEntity is Admin::Ip of the API.
type ipEntity struct {
	IP     string `json:"ip"`
	UsedAt string `json:"used_at"`
}

func (s *server) adminAccount(ctx context.Context, m *moderation.Member) (adminAccountEntity, error) {
	account, err := s.accountJSON(ctx, m.Account.ID)
	u, state := m.User, m.Account.State
	e := adminAccountEntity{ID: u.ID, Username: u.Username, CreatedAt: u.CreatedAt.UTC().Format(timeFormat), Email: u.Email,
		IPs: make([]ipEntity, len(m.Addresses)), Locale: u.Locale, InviteRequest: orNil(u.Reason), Role: role(u.Role),
		Confirmed: u.Confirmed, Approved: u.Approved, Disabled: u.Disabled, Silenced: state.Is(profiles.Silenced),
		Suspended: state.Is(profiles.Suspended), Sensitized: state.Is(profiles.Sensitized), Account: encoded[accountEntity](account),
		AppID: idOrNil(u.AppID), InvitedBy: idOrNil(m.InvitedBy)}
	for i, a := range m.Addresses {
		e.IPs[i] = ipEntity{a.IP.String(), a.UsedAt.UTC().Format(timeFormat)}
	}
	if len(e.IPs) > 0 {
		e.IP = &e.IPs[0].IP
	}
	return e, err
}

// actor is who asks, as somebody who acts in the name of the house.
func (c *Call) actor() moderation.Actor {
	return moderation.Actor{ID: c.Caller.UserID, Role: c.Caller.Role, Address: c.Address().String()}
}

// adminAccountsParams are the filters of the first version: flags.
type adminAccountsParams struct {
	Local       bool   `param:"local"`
	Remote      bool   `param:"remote"`
	Active      bool   `param:"active"`
	Pending     bool   `param:"pending"`
	Disabled    bool   `param:"disabled"`
	Silenced    bool   `param:"silenced"`
	Suspended   bool   `param:"suspended"`
	Sensitized  bool   `param:"sensitized"`
	Staff       bool   `param:"staff"`
	Username    string `param:"username"`
	DisplayName string `param:"display_name"`
	ByDomain    string `param:"by_domain"`
	Email       string `param:"email"`
	IP          string `param:"ip"`
	pageParams
}

var staffRoles = []identity.Role{identity.RoleModerator, identity.RoleAdmin, identity.RoleOwner}

func (s *server) adminAccounts(c *Call) error {
	var in adminAccountsParams
	if err := c.Decode(&in); err != nil {
		return err
	}
	f := moderation.MemberFilter{Remote: in.Remote && !in.Local || s.elsewhere(in.ByDomain), Username: in.Username, DisplayName: in.DisplayName, Email: in.Email, IP: in.IP}
	for status, wanted := range map[string]bool{"active": in.Active, "pending": in.Pending, "disabled": in.Disabled,
		"silenced": in.Silenced, "suspended": in.Suspended, "sensitized": in.Sensitized} {
		if wanted && f.Status != "" {
			return errs.New(errs.Invalid, "Validation failed: Only one status can be asked for")
		}
		if wanted {
			f.Status = status
		}
	}
	if in.Staff {
		f.Roles = staffRoles
	}
	return s.members(c, f)
}

// elsewhere tells whether a domain is given and not ours.
func (s *server) elsewhere(domain string) bool { return domain != "" && domain != s.host }

// adminAccountsParams2 are the filters of the second version.
type adminAccountsParams2 struct {
	Origin      string   `param:"origin"`
	Status      string   `param:"status"`
	Permissions string   `param:"permissions"`
	RoleIDs     []string `param:"role_ids"`
	InvitedBy   ids.ID   `param:"invited_by"`
	Username    string   `param:"username"`
	DisplayName string   `param:"display_name"`
	ByDomain    string   `param:"by_domain"`
	Email       string   `param:"email"`
	IP          string   `param:"ip"`
	pageParams
}

func (s *server) adminAccounts2(c *Call) error {
	var in adminAccountsParams2
	if err := c.Decode(&in); err != nil {
		return err
	}
	f := moderation.MemberFilter{Remote: in.Origin == "remote" || s.elsewhere(in.ByDomain), Status: in.Status, InvitedBy: in.InvitedBy,
		Username: in.Username, DisplayName: in.DisplayName, Email: in.Email, IP: in.IP}
	statuses := []string{"", "active", "pending", "disabled", "silenced", "suspended", "sensitized"}
	if !slices.Contains(statuses, in.Status) {
		return wrongType("status", "is not one of active, pending, disabled, silenced, suspended, sensitized")
	}
	if in.Permissions == "staff" {
		f.Roles = staffRoles
	}
	for r, id := range roleIDs {
		if slices.Contains(in.RoleIDs, id) {
			f.Roles = append(slices.Clip(f.Roles), r)
		}
	}
	return s.members(c, f)
}

// Page sizes of lists for moderators.
const (
	adminPage    = 100
	adminPageMax = 200
)

func (s *server) members(c *Call, f moderation.MemberFilter) error {
	list, err := s.Moderation.Members(c.R.Context(), f, c.Page(adminPage, adminPageMax))
	if err != nil {
		return err
	}
	out := make([]adminAccountEntity, len(list))
	for i, m := range list {
		if out[i], err = s.adminAccount(c.R.Context(), m); err != nil {
			return err
		}
	}
	if len(list) > 0 {
		c.Link(list[0].User.ID, list[len(list)-1].User.ID)
	}
	return c.JSON(http.StatusOK, out)
}

func (s *server) adminAccountByID(c *Call) error {
	id, err := c.PathID("id")
	if err != nil {
		return err
	}
	return s.member(c, id)
}

// member answers with a member.
func (s *server) member(c *Call, id ids.ID) error {
	m, err := s.Moderation.Member(c.R.Context(), id)
	if err != nil {
		return err
	}
	e, err := s.adminAccount(c.R.Context(), m)
	if err != nil {
		return err
	}
	return c.JSON(http.StatusOK, e)
}

// actionParams are what a moderator does about an account.
type actionParams struct {
	Type     string `param:"type"`
	ReportID ids.ID `param:"report_id"`
	PresetID string `param:"warning_preset_id"` // there are no presets: it has no effect
	Text     string `param:"text"`
	Mail     bool   `param:"send_email_notification"`
}

func (s *server) adminAction(c *Call) error {
	id, err := c.PathID("id")
	if err != nil {
		return err
	}
	var in actionParams
	if err := c.Decode(&in); err != nil {
		return err
	}
	err = s.Moderation.Act(c.R.Context(), c.actor(), id, moderation.Measure{Action: moderation.Action(in.Type), Text: in.Text,
		ReportID: in.ReportID, Mail: in.Mail})
	if err != nil {
		return err
	}
	return s.emptyObject(c)
}

// onMember makes a handler that does something about an account and answers
// with it as it is then.
func onMember(do func(*server, *Call, ids.ID) error) func(*server, *Call) error {
	return func(s *server, c *Call) error {
		id, err := c.PathID("id")
		if err != nil {
			return err
		}
		if err := do(s, c, id); err != nil {
			return err
		}
		return s.member(c, id)
	}
}

func undo(a moderation.Action) func(*server, *Call) error {
	return onMember(func(s *server, c *Call, id ids.ID) error {
		return s.Moderation.Undo(c.R.Context(), c.actor(), id, a)
	})
}

func adminApprove(s *server, c *Call) error {
	return onMember(func(s *server, c *Call, id ids.ID) error {
		return s.Moderation.Approve(c.R.Context(), c.actor(), id)
	})(s, c)
}

// adminReject answers with the account as it was.
func (s *server) adminReject(c *Call) error {
	return s.lastTime(c, s.Moderation.Reject)
}

// adminErase answers with the account as it was; its data go by and by.
func (s *server) adminErase(c *Call) error {
	return s.lastTime(c, s.Moderation.Erase)
}

func (s *server) lastTime(c *Call, do func(context.Context, moderation.Actor, ids.ID) error) error {
	id, err := c.PathID("id")
	if err != nil {
		return err
	}
	m, err := s.Moderation.Member(c.R.Context(), id)
	if err != nil {
		return err
	}
	e, err := s.adminAccount(c.R.Context(), m)
	if err != nil {
		return err
	}
	if err := do(c.R.Context(), c.actor(), id); err != nil {
		return err
	}
	return c.JSON(http.StatusOK, e)
}

// permissions is a role's bit mask as clients read it.
func permissions(r identity.Role) string { return strconv.FormatUint(uint64(r.Permissions()), 10) }
