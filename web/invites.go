package web

import (
	"net/http"
	"net/url"
	"strconv"
	"time"

	"github.com/guildhall/guildhall/identity"
	"github.com/guildhall/guildhall/internal/errs"
	"github.com/guildhall/guildhall/internal/ids"
	"github.com/guildhall/guildhall/moderation"
)

const (
	invitesPath = "/admin/invites"
	forInvites  = staff | audience(identity.ManageInvites)
)

// inviteRoutes are the page of invitations.
func inviteRoutes() []route {
	return []route{
		{"GET " + invitesPath, (*call).invites, forInvites},
		{"POST " + invitesPath, (*call).invite, forInvites},
		{"POST " + invitesPath + "/{id}/end", (*call).endInvite, forInvites},
	}
}

// inviteUsesMax is how many people one invitation may let in.
const inviteUsesMax = 10_000

// inviteTimes are how long an invitation can be good, by the form's value: days,
// 0 for ever.
var inviteTimes = []struct {
	days int
	name string
}{{1, "For a day"}, {7, "For a week"}, {30, "For 30 days"}, {0, "For ever"}}

// inviteLine is an invitation with who has made it, nil if they are gone.
type inviteLine struct {
	identity.Invite
	Maker *moderation.Member
}

// invitesData is what the page of invitations shows.
type invitesData struct {
	List  []inviteLine
	Older string
	Made  string // the address of the one that was made just now
	Uses  string // that were typed
	Days  int    // that were chosen
	Wrong *mistakes
}

func (c *call) invites() error { return c.showInvites(http.StatusOK, invitesData{Uses: "1", Days: 7}) }

func (c *call) showInvites(status int, d invitesData) error {
	list, err := c.Identity.Invites(c.r.Context(), c.deskLines())
	if err != nil {
		return err
	}
	var named []ids.ID
	for _, i := range list {
		named = append(named, i.By)
	}
	people, err := c.Moderation.MembersByID(c.r.Context(), named)
	if err != nil {
		return err
	}
	for _, i := range list {
		d.List = append(d.List, inviteLine{i, people[i.By]})
	}
	if len(list) > 0 {
		d.Older = older(invitesPath+"?", len(list), list[len(list)-1].ID)
	}
	return c.show(status, invitesPage(c.private(c.words().Text("Invitations")), d))
}

// invite makes an invitation. Its address is shown this once: nobody keeps it.
func (c *call) invite() error {
	d := invitesData{Uses: c.field("uses")}
	var until time.Time
	for _, x := range inviteTimes {
		if strconv.Itoa(x.days) == c.field("days") && x.days > 0 {
			d.Days, until = x.days, c.Now().AddDate(0, 0, x.days)
		}
	}
	uses, err := strconv.Atoi(d.Uses)
	if d.Uses == "" {
		uses, err = 0, nil
	}
	if err != nil || uses < 0 || uses > inviteUsesMax {
		d.Wrong = &mistakes{Fields: map[string][]errs.Field{"uses": {{Code: "ERR_INVALID", Text: c.words().Text("must be a number up to %s", strconv.Itoa(inviteUsesMax))}}}}
		return c.showInvites(http.StatusUnprocessableEntity, d)
	}
	if err := c.record("create", "invite", 0, ""); err != nil {
		return err
	}
	code, err := c.Identity.CreateInvite(c.r.Context(), c.user.ID, uses, until)
	if err != nil {
		return err
	}
	d.Made = c.config.BaseURL + signUpPath + "?" + url.Values{"invite": {code}}.Encode()
	return c.showInvites(http.StatusOK, d)
}

func (c *call) endInvite() error {
	id, err := c.pathID()
	if err != nil {
		return err
	}
	if err := c.record("destroy", "invite", id, ""); err != nil {
		return err
	}
	if err := c.Identity.EndInvite(c.r.Context(), id); err != nil {
		return err
	}
	return c.goTo(invitesPath)
}
