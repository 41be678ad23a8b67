package web

import (
	"context"
	"net/http"
	"net/netip"
	"net/url"
	"strings"

	"github.com/guildhall/guildhall/identity"
	"github.com/guildhall/guildhall/internal/ids"
	"github.com/guildhall/guildhall/internal/page"
	"github.com/guildhall/guildhall/moderation"
)

// accountTabs are the parts of the list of accounts, by the address's show.
var accountTabs = []struct{ show, name string }{
	{"", "All"}, {"active", "Active"}, {"pending", "Waiting"}, {"silenced", "Limited"}, {"suspended", "Suspended"}, {"staff", "Staff"},
}

// accountsData is what the list of accounts shows.
type accountsData struct {
	Show, Query string
	Members     []*moderation.Member
	Older       string
}

func (c *call) accounts() error {
	d := accountsData{Query: strings.TrimSpace(cut(c.query("q"), 320))}
	for _, tab := range accountTabs {
		if tab.show == c.query("show") {
			d.Show = tab.show
		}
	}
	f := sought(d.Query)
	switch d.Show {
	case "staff":
		f.Roles = []identity.Role{identity.RoleModerator, identity.RoleAdmin, identity.RoleOwner}
	default:
		f.Status = d.Show
	}
	var err error
	if d.Members, err = c.Moderation.Members(c.r.Context(), f, c.deskLines()); err != nil {
		return err
	}
	if n := len(d.Members); n > 0 {
		d.Older = older(accountsPath+"?show="+d.Show+"&q="+url.QueryEscape(d.Query)+"&", n, d.Members[n-1].User.ID)
	}
	return c.show(http.StatusOK, accountsPage(c.private(c.words().Text("Accounts")), d))
}

// sought says who is looked for: an e-mail address, an address or network of the
// internet, else the beginning of a username.
func sought(query string) moderation.MemberFilter {
	_, noAddress := netip.ParseAddr(query)
	_, noNetwork := netip.ParsePrefix(query)
	switch name := strings.TrimPrefix(query, "@"); {
	case query != "" && (noAddress == nil || noNetwork == nil):
		return moderation.MemberFilter{IP: query}
	case strings.Contains(name, "@"):
		return moderation.MemberFilter{Email: query}
	default:
		return moderation.MemberFilter{Username: name}
	}
}

// approvals are who waits to be let in.
func (c *call) approvals() error {
	list, err := c.Moderation.Members(c.r.Context(), moderation.MemberFilter{Status: "pending"}, c.deskLines())
	if err != nil {
		return err
	}
	d := accountsData{Members: list}
	if len(list) > 0 {
		d.Older = older(approvalsPath+"?", len(list), list[len(list)-1].User.ID)
	}
	return c.show(http.StatusOK, approvalsPage(c.private(c.words().Text("Approvals")), d))
}

// measureText bounds what an account is told, in characters.
const measureText = 5000

// measures are what can be done about an account.
var measures = []struct {
	action     moderation.Action
	name, hint string
}{
	{moderation.None, "Warn", "They are told, nothing else happens."},
	{moderation.Marked, "Mark media as sensitive", "All their pictures and videos are covered until one looks."},
	{moderation.Silenced, "Limit", "Only who follows them sees their posts in timelines."},
	{moderation.Disabled, "Keep from signing in", "Their posts stay, they cannot use the account."},
	{moderation.Closed, "Suspend", "Account and posts are gone for everybody until it is taken back."},
}

// measureData is what a moderator has chosen.
type measureData struct {
	Action moderation.Action
	Text   string
	Mail   bool
	Wrong  *mistakes // nil: nothing
}

// measure reads what was chosen.
func (c *call) measure() measureData {
	return measureData{Action: moderation.Action(c.field("type")), Text: c.field("text"), Mail: c.field("mail") != ""}
}

// accountData is what the page of an account shows.
type accountData struct {
	*moderation.Member
	Inviter  *moderation.Member // nil: nobody
	Warnings []*moderation.Warning
	Reports  []reportLine
	Measure  measureData
	Undo     []undoing       // what can be taken back
	MayAct   bool            // the reader outranks them
	Roles    []identity.Role // that the reader may give, none: not allowed
	Role     identity.Role   // that is chosen in the form
	Unfit    *mistakes       // what is wrong with it, nil: nothing
}

// undoing is a button that takes something back.
type undoing struct{ deed, name string }

func (d accountData) url() string { return accountsPath + "/" + d.User.ID.String() }

func (c *call) account() error {
	id, err := c.pathID()
	if err != nil {
		return err
	}
	return c.showAccount(http.StatusOK, id, accountData{Measure: noMeasure})
}

// historyLength is how many warnings and reports the page of an account shows.
const historyLength = 20

// showAccount answers with an account, and what was chosen in its forms.
func (c *call) showAccount(status int, id ids.ID, d accountData) error {
	ctx, history := c.r.Context(), page.Page{Limit: historyLength}
	member, err := c.Moderation.Member(ctx, id)
	if err != nil {
		return err
	}
	d.Member, d.MayAct = member, member.User.Role.Rank() < c.user.Role.Rank()
	if d.Unfit == nil {
		d.Role = member.User.Role
	}
	if d.Warnings, err = c.Moderation.WarningsOf(ctx, id, history); err != nil {
		return err
	}
	for _, resolved := range []bool{false, true} {
		list, err := c.Moderation.Reports(ctx, moderation.ReportFilter{TargetID: id, Resolved: resolved}, history)
		if err != nil {
			return err
		}
		lines, err := c.reportLines(list)
		if err != nil {
			return err
		}
		d.Reports = append(d.Reports, lines...)
	}
	if member.InvitedBy != 0 {
		people, err := c.Moderation.MembersByID(ctx, []ids.ID{member.InvitedBy})
		if err != nil {
			return err
		}
		d.Inviter = people[member.InvitedBy]
	}
	if d.MayAct {
		d.Undo = undoings(member)
		d.Roles = rolesBelow(c.user.Role)
	}
	return c.show(status, accountPage(c.private("@"+member.User.Username), d))
}

// undoings are what can be taken back of what was done about an account.
func undoings(m *moderation.Member) []undoing {
	var list []undoing
	for _, w := range stateWords(m.User, m.Account) {
		if deed := undoDeeds[w]; deed.deed != "" {
			list = append(list, deed)
		}
	}
	return list
}

// undoDeeds take back what stateWords tells.
var undoDeeds = map[string]undoing{
	"may not sign in":           {"enable", "Let them sign in again"},
	"media marked as sensitive": {"unsensitive", "Uncover their media"},
	"limited":                   {"unsilence", "Lift the limit"},
	"suspended":                 {"unsuspend", "Lift the suspension"},
}

// rolesBelow are those that somebody may give to others.
func rolesBelow(own identity.Role) []identity.Role {
	if !own.May(identity.ManageUserAccess) {
		return nil
	}
	var list []identity.Role
	for _, r := range []identity.Role{identity.RoleUser, identity.RoleModerator, identity.RoleAdmin} {
		if r.Rank() < own.Rank() {
			list = append(list, r)
		}
	}
	return list
}

// accountDeeds are what can be done about an account by one press.
var accountDeeds = map[string]func(s *moderation.Service, ctx context.Context, by moderation.Actor, id ids.ID) error{
	"approve":     (*moderation.Service).Approve,
	"reject":      (*moderation.Service).Reject,
	"enable":      takingBack(moderation.Disabled),
	"unsensitive": takingBack(moderation.Marked),
	"unsilence":   takingBack(moderation.Silenced),
	"unsuspend":   takingBack(moderation.Closed),
}

func takingBack(a moderation.Action) func(*moderation.Service, context.Context, moderation.Actor, ids.ID) error {
	return func(s *moderation.Service, ctx context.Context, by moderation.Actor, id ids.ID) error {
		return s.Undo(ctx, by, id, a)
	}
}

func (c *call) keepAccount() error {
	deed := c.r.PathValue("deed")
	do, ok := accountDeeds[deed]
	if !ok {
		return errNoPage()
	}
	id, err := c.pathID()
	if err != nil {
		return err
	}
	if err := do(c.Moderation, c.r.Context(), c.actor(), id); err != nil {
		return err
	}
	if deed == "approve" || deed == "reject" {
		return c.goTo(approvalsPath)
	}
	return c.goTo(accountsPath + "/" + id.String())
}

func (c *call) actOnAccount() error {
	id, err := c.pathID()
	if err != nil {
		return err
	}
	m := c.measure()
	err = c.Moderation.Act(c.r.Context(), c.actor(), id, moderation.Measure{Action: m.Action, Text: m.Text, Mail: m.Mail})
	if m.Wrong = mistakesOf(err); m.Wrong != nil {
		return c.showAccount(http.StatusUnprocessableEntity, id, accountData{Measure: m})
	}
	if err != nil {
		return err
	}
	return c.goTo(accountsPath + "/" + id.String())
}

func (c *call) changeRole() error {
	id, err := c.pathID()
	if err != nil {
		return err
	}
	d := accountData{Measure: noMeasure, Role: identity.Role(c.field("role"))}
	err = c.Moderation.SetRole(c.r.Context(), c.actor(), id, d.Role)
	if d.Unfit = mistakesOf(err); d.Unfit != nil {
		return c.showAccount(http.StatusUnprocessableEntity, id, d)
	}
	if err != nil {
		return err
	}
	return c.saved(accountsPath + "/" + id.String())
}
