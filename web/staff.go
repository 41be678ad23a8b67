package web

import (
	"context"
	"errors"
	"maps"
	"slices"
	"strings"

	"github.com/guildhall/guildhall/identity"
	"github.com/guildhall/guildhall/internal/errs"
	"github.com/guildhall/guildhall/internal/httpx"
	"github.com/guildhall/guildhall/internal/ids"
	"github.com/guildhall/guildhall/internal/page"
	"github.com/guildhall/guildhall/moderation"
	"github.com/guildhall/guildhall/profiles"
)

// The addresses of the pages of moderators and administrators.
const (
	staffPath     = "/admin"
	reportsPath   = "/admin/reports"
	accountsPath  = "/admin/accounts"
	approvalsPath = "/admin/approvals"
	logPath       = "/admin/log"

	trendsPath        = "/admin/trends"
	rulesPath         = "/admin/rules"
	announcementsPath = "/admin/announcements"
	emojiPath         = "/admin/emoji"
	textsPath         = "/admin/terms"
	blocksPath        = "/admin/blocks"
)

// What the roles of their readers must allow.
const (
	forReports  = staff | audience(identity.ManageReports)
	forAccounts = staff | audience(identity.ManageUsers)
	forAccess   = staff | audience(identity.ManageUserAccess)
	forLog      = staff | audience(identity.ViewAuditLog)
	forFigures  = staff | audience(identity.ViewDashboard)
	forTrends   = staff | audience(identity.ManageTaxonomies)
	forRules    = staff | audience(identity.ManageRules)
	forNews     = staff | audience(identity.ManageNews)
	forEmoji    = staff | audience(identity.ManageCustomEmoji)
	forTexts    = staff | audience(identity.ManageSettings)
	forBlocks   = staff | audience(identity.ManageBlocks|identity.ManageFederation)
)

// staffRoutes are the pages of moderators and administrators.
func staffRoutes() []route {
	return slices.Concat(overviewRoutes(), systemRoutes(), memberDesks(), houseRoutes(), inviteRoutes(), blockRoutes())
}

// memberDesks are the pages about members, and about what was done.
func memberDesks() []route {
	return []route{
		{"GET " + reportsPath, (*call).reports, forReports},
		{"GET " + reportsPath + "/{id}", (*call).report, forReports},
		{"POST " + reportsPath + "/{id}/act", (*call).actOnReport, forReports},
		{"POST " + reportsPath + "/{id}/note", (*call).noteReport, forReports},
		{"POST " + reportsPath + "/{id}/{deed}", (*call).keepReport, forReports},
		{"GET " + accountsPath, (*call).accounts, forAccounts},
		{"GET " + approvalsPath, (*call).approvals, forAccounts},
		{"GET " + accountsPath + "/{id}", (*call).account, forAccounts},
		{"POST " + accountsPath + "/{id}/act", (*call).actOnAccount, forAccounts},
		{"POST " + accountsPath + "/{id}/role", (*call).changeRole, forAccess},
		{"POST " + accountsPath + "/{id}/{deed}", (*call).keepAccount, forAccounts},
		{"GET " + logPath, (*call).auditLog, forLog},
	}
}

// desk is a part of the administration.
type desk struct {
	path, name string
	needs      identity.Permissions
}

// deskGroup is parts of the administration that belong together.
type deskGroup struct {
	name  string
	desks []desk
}

// deskGroups are the parts, in the order of their navigation.
var deskGroups = []deskGroup{
	{"The server", []desk{
		{staffPath, "Overview", identity.ViewDashboard},
		{systemPath, "System", identity.ViewDevops},
		{logPath, "Audit log", identity.ViewAuditLog},
	}},
	{"People", []desk{
		{reportsPath, "Reports", identity.ManageReports},
		{approvalsPath, "Approvals", identity.ManageUsers},
		{accountsPath, "Accounts", identity.ManageUsers},
		{invitesPath, "Invitations", identity.ManageInvites},
		{blocksPath, "Blocks", identity.ManageBlocks | identity.ManageFederation},
	}},
	{"Seen by all", []desk{
		{trendsPath, "Trends", identity.ManageTaxonomies},
		{announcementsPath, "Announcements", identity.ManageNews},
		{rulesPath, "Rules", identity.ManageRules},
		{emojiPath, "Emoji", identity.ManageCustomEmoji},
		{textsPath, "Texts", identity.ManageSettings},
	}},
}

// of returns the parts that a role may use.
func (g deskGroup) of(r identity.Role) []desk {
	return slices.DeleteFunc(slices.Clone(g.desks), func(d desk) bool { return !r.May(d.needs) })
}

// isHere tells whether a page is one of the desk's.
func (d desk) isHere(f frame) bool {
	path, _, _ := strings.Cut(f.Here, "?")
	return path == d.path || d.path != staffPath && strings.HasPrefix(path, d.path+"/")
}

// forStaff tells whether the reader keeps the house.
func (f *frame) forStaff() bool {
	return f.User != nil && f.User.Active() && f.User.Role.May(identity.ViewDashboard)
}

// actor is the reader, as somebody who acts in the name of the house.
func (c *call) actor() moderation.Actor {
	return moderation.Actor{ID: c.user.ID, Role: c.user.Role,
		Address: httpx.ClientAddress(c.r, c.config.TrustedProxies).String()}
}

// pathID is the id in the page's address.
func (c *call) pathID() (ids.ID, error) {
	id, ok := ids.Parse(c.r.PathValue("id"))
	if !ok {
		return 0, errNoPage()
	}
	return id, nil
}

// deskPage is how many lines a page of the administration has.
const deskPage = 40

// deskLines is the part of a list that the page shows.
func (c *call) deskLines() page.Page {
	p := c.listPage()
	p.Limit = deskPage
	return p
}

// older is the address of what follows a list's last line, empty for nothing.
// path has at least one parameter or ends in "?".
func older(path string, n int, last ids.ID) string {
	if n < deskPage {
		return ""
	}
	return path + "max_id=" + last.String()
}

// mistakes are what is wrong with a form that was sent.
type mistakes struct {
	Text   string // about the form as a whole
	Fields map[string][]errs.Field
}

// mistakesOf returns what an error says about a form, nil if it is about
// something else.
func mistakesOf(err error) *mistakes {
	var known *errs.Error
	if !errors.As(err, &known) || known.Kind != errs.Invalid && known.Kind != errs.Conflict {
		return nil
	}
	if len(known.Fields) > 0 {
		return &mistakes{Fields: known.Fields}
	}
	return &mistakes{Text: known.Text}
}

// of returns what is wrong with a field.
func (m *mistakes) of(field string) []errs.Field {
	if m == nil {
		return nil
	}
	return m.Fields[field]
}

// all returns all that is wrong with a form of one field.
func (m *mistakes) all() []errs.Field {
	if m.Text != "" {
		return []errs.Field{{Text: m.Text}}
	}
	var list []errs.Field
	for _, name := range slices.Sorted(maps.Keys(m.Fields)) {
		list = append(list, m.Fields[name]...)
	}
	return list
}

// whole returns what is wrong with the form as a whole.
func (m *mistakes) whole(ctx context.Context) string {
	if m == nil || m.Text == "" {
		return ""
	}
	return readerOf(ctx).words.sentence(m.Text)
}

// stateWords says what moderators have done about an account.
func stateWords(u *identity.User, a *profiles.Account) []string {
	var words []string
	for _, s := range []struct {
		is   bool
		text string
	}{
		{!u.Confirmed, "not confirmed"}, {!u.Approved, "waits for approval"}, {u.Disabled, "may not sign in"},
		{a.State.Is(profiles.Sensitized), "media marked as sensitive"}, {a.State.Is(profiles.Silenced), "limited"},
		{a.State.Is(profiles.Suspended), "suspended"},
	} {
		if s.is {
			words = append(words, s.text)
		}
	}
	return words
}

// roleNames are what the roles are called.
var roleNames = map[identity.Role]string{identity.RoleUser: "Member", identity.RoleModerator: "Moderator",
	identity.RoleAdmin: "Administrator", identity.RoleOwner: "Owner"}
