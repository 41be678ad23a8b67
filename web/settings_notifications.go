package web

import (
	"context"
	"net/http"

	"github.com/guildhall/guildhall/internal/errs"
	"github.com/guildhall/guildhall/internal/ids"
	"github.com/guildhall/guildhall/notifications"
	"github.com/guildhall/guildhall/profiles"
)

// asidePath is where those wait whom the policy has put aside.
const asidePath = notificationsPath + "/requests"

// policyQuestion is one thing that a member decides about strangers.
type policyQuestion struct {
	name, text, hint string
	of               func(*notifications.Policy) *notifications.Verdict
}

// inWords is the question's hint, empty for none.
func (q policyQuestion) inWords(ctx context.Context) string {
	if q.hint == "" {
		return ""
	}
	return t(ctx, q.hint)
}

func policyQuestions() []policyQuestion {
	return []policyQuestion{
		{"for_not_following", "People I do not follow", "", func(p *notifications.Policy) *notifications.Verdict { return &p.NotFollowing }},
		{"for_not_followers", "People who do not follow me", "", func(p *notifications.Policy) *notifications.Verdict { return &p.NotFollowers }},
		{"for_new_accounts", "New accounts", "Made in the last 30 days.", func(p *notifications.Policy) *notifications.Verdict { return &p.NewAccounts }},
		{"for_private_mentions", "Direct posts that I did not ask for", "Answers to you and people you follow always arrive.",
			func(p *notifications.Policy) *notifications.Verdict { return &p.PrivateMentions }},
		{"for_limited_accounts", "Accounts that moderators have limited", "", func(p *notifications.Policy) *notifications.Verdict { return &p.LimitedAccounts }},
	}
}

func verdictChoices(ctx context.Context) []choice {
	return []choice{{string(notifications.Accept), t(ctx, "Tell me")}, {string(notifications.Aside), t(ctx, "Put aside")}, {string(notifications.Drop), t(ctx, "Ignore")}}
}

// policyData is what the page about notifications shows.
type policyData struct {
	Policy   notifications.Policy
	Pending  notifications.Pending
	Problems map[string][]errs.Field
	Device   deviceData
	Saved    bool
}

func (c *call) notificationSettings() error {
	p, err := c.Notifications.Policy(c.r.Context(), c.user.ID)
	if err != nil {
		return err
	}
	return c.showPolicy(http.StatusOK, policyData{Policy: p, Saved: c.isSaved()})
}

func (c *call) showPolicy(status int, d policyData) error {
	var err error
	if d.Pending, err = c.Notifications.Pending(c.r.Context(), c.user.ID); err != nil {
		return err
	}
	problem := d.Device.Problem
	if d.Device, err = c.device(); err != nil {
		return err
	}
	d.Device.Problem = problem
	return c.show(status, policyPage(c.settingsFrame("Notifications"), d))
}

func (c *call) setPolicy() error {
	var p notifications.Policy
	for _, q := range policyQuestions() {
		*q.of(&p) = notifications.Verdict(c.field(q.name))
	}
	_, err := c.Notifications.SetPolicy(c.r.Context(), c.user.ID, notifications.PolicyUpdate{NotFollowing: &p.NotFollowing, NotFollowers: &p.NotFollowers,
		NewAccounts: &p.NewAccounts, PrivateMentions: &p.PrivateMentions, LimitedAccounts: &p.LimitedAccounts})
	if why := refusal(err); why != nil {
		return c.showPolicy(http.StatusUnprocessableEntity, policyData{Policy: p, Problems: why.Fields})
	}
	if err != nil {
		return err
	}
	return c.saved(notificationSettingsPath)
}

// waiting is a sender whose notifications were put aside.
type waiting struct {
	notifications.Request
	From *profiles.Account
	Ago  string
}

// asideData is what the page about those who wait shows.
type asideData struct {
	Waiting []waiting
	Older   string
}

func (c *call) asideList() error {
	ctx, p := c.r.Context(), c.listPage()
	list, err := c.Notifications.Requests(ctx, c.user.ID, p)
	if err != nil {
		return err
	}
	var from []ids.ID
	for _, r := range list {
		from = append(from, r.FromID)
	}
	people, err := c.Profiles.Accounts(ctx, from)
	if err != nil {
		return err
	}
	var d asideData
	for _, r := range list {
		if a := people[r.FromID]; a != nil {
			d.Waiting = append(d.Waiting, waiting{Request: r, From: a, Ago: c.words().ago(c.Now(), r.UpdatedAt)})
		}
	}
	if len(list) == p.Limit {
		d.Older = asidePath + "?max_id=" + list[len(list)-1].ID.String()
	}
	return c.show(http.StatusOK, asidePage(c.settingsFrame("Put aside"), d))
}

func (c *call) acceptAside() error {
	return c.end(func(ctx context.Context, me, id ids.ID) error { return c.Notifications.AcceptRequests(ctx, me, id) }, asidePath)
}

func (c *call) dismissAside() error {
	return c.end(func(ctx context.Context, me, id ids.ID) error { return c.Notifications.DismissRequests(ctx, me, id) }, asidePath)
}
