package web

import (
	"context"
	"encoding/json"
	"net/http"
	"slices"
	"strings"
	"time"

	"github.com/guildhall/guildhall/identity"
	"github.com/guildhall/guildhall/internal/errs"
	"github.com/guildhall/guildhall/internal/ids"
	"github.com/guildhall/guildhall/internal/limit"
	"github.com/guildhall/guildhall/internal/webpush"
	"github.com/guildhall/guildhall/notifications"
	"github.com/guildhall/guildhall/profiles"
)

// devicePath is where a browser says where it is pushed to, and what.
const devicePath = notificationSettingsPath + "/device"

// ruleTry is how often a member may have a message sent to themselves.
var ruleTry = limit.Rule{Name: "web.push_try", Limit: 5, Window: 10 * time.Minute}

// alertChoice is what can be pushed, or not.
type alertChoice struct {
	name, text string
	types      []notifications.Type
	usual      bool // until something else is chosen
	staff      bool // only for those who keep the house
}

// alertChoices are what can be pushed, in the order of the page.
func alertChoices() []alertChoice {
	return []alertChoice{
		{name: "mentions", text: "Mentions and answers", types: []notifications.Type{notifications.Mention}, usual: true},
		{name: "follows", text: "New followers and follow requests", types: []notifications.Type{notifications.Follow, notifications.FollowRequest}, usual: true},
		{name: "favourites", text: "Favourites of my posts", types: []notifications.Type{notifications.Favourite}, usual: true},
		{name: "boosts", text: "Boosts and quotes of my posts", types: []notifications.Type{notifications.Boost, notifications.Quote}, usual: true},
		{name: "polls", text: "Polls that have ended", types: []notifications.Type{notifications.PollEnded}, usual: true},
		{name: "posts", text: "Posts of people whose bell I rang", types: []notifications.Type{notifications.NewPost}, usual: true},
		{name: "edits", text: "Edits of what I boosted or quoted", types: []notifications.Type{notifications.PostEdited, notifications.QuotedUpdate}},
		{name: "collections", text: "Collections that I am in", types: []notifications.Type{notifications.AddedToCollection, notifications.CollectionUpdate}},
		{name: "warnings", text: "Messages of the moderators", types: []notifications.Type{notifications.Warned, notifications.Severed}, usual: true},
		{name: "staff", text: "Reports and new members", types: []notifications.Type{notifications.Reported, notifications.SignedUp}, usual: true, staff: true},
	}
}

// alerts are the types of the choices for a member that a condition holds for.
func alerts(of *identity.User, chosen func(alertChoice) bool) []notifications.Type {
	var list []notifications.Type
	for _, a := range alertChoices() {
		if (!a.staff || of.Role.May(identity.ManageReports)) && chosen(a) {
			list = append(list, a.types...)
		}
	}
	return list
}

// deviceData is what the settings show of this browser.
type deviceData struct {
	Key          string                      // of this server, with which a browser subscribes
	Subscription *notifications.Subscription // nil: nothing is pushed to it
	Problem      string
	Tried        bool // a message was just sent
}

// on tells whether what can be chosen is pushed.
func (d deviceData) on(a alertChoice) bool { return slices.Contains(d.Subscription.Alerts, a.types[0]) }

// pushPolicies are the choices of whose notifications are pushed.
var pushPolicies = []struct{ value, text string }{
	{string(notifications.PushAll), "Everybody"},
	{string(notifications.PushFollowed), "People I follow"},
	{string(notifications.PushFollowers), "People who follow me"},
	{string(notifications.PushNone), "Nobody"},
}

func policyChoices(ctx context.Context) []choice {
	var list []choice
	for _, p := range pushPolicies {
		list = append(list, choice{p.value, t(ctx, p.text)})
	}
	return list
}

// holder is this browser, as one that is pushed to.
func (c *call) holder() notifications.Holder {
	return notifications.Holder{AccountID: c.user.ID, SessionID: c.sessionID}
}

// device finds how it stands with this browser.
func (c *call) device() (deviceData, error) {
	ctx := c.r.Context()
	d := deviceData{Tried: c.query("tried") != ""}
	v, err := c.Notifications.VAPID(ctx)
	if err != nil {
		return d, err
	}
	d.Key = v.Public()
	if d.Subscription, err = c.Notifications.PushSubscription(ctx, c.holder()); errs.Is(err, errs.NotFound) {
		d.Subscription, err = nil, nil
	}
	return d, err
}

// deviceKeys tells the service worker with what to subscribe, and what the form
// that says so brings back: the browser has taken another address by itself, and
// no page is open. Other sites can no more read it than a page.
func (c *call) deviceKeys() error {
	if c.user == nil {
		return errNoPage()
	}
	v, err := c.Notifications.VAPID(c.r.Context())
	if err != nil {
		return err
	}
	body, err := json.Marshal(struct {
		Key   string `json:"key"`
		Token string `json:"token"`
	}{v.Public(), c.sessionToken(memberForms)})
	if err != nil {
		return err
	}
	return c.write("application/json", body)
}

// subscribeDevice has notifications pushed to this browser from now on. What
// was chosen for it before stays.
func (c *call) subscribeDevice() error {
	ctx := c.r.Context()
	sub := notifications.Subscription{Standard: true, Locale: c.words().Tag.String(), Receiver: webpush.Receiver{Endpoint: c.field("endpoint")},
		Alerts: alerts(c.user, func(a alertChoice) bool { return a.usual })}
	before, err := c.Notifications.PushSubscription(ctx, c.holder())
	switch {
	case err == nil:
		sub.Alerts, sub.Policy = before.Alerts, before.Policy
	case !errs.Is(err, errs.NotFound):
		return err
	}
	var noKey, noSecret error
	sub.Receiver.Public, noKey = webpush.DecodeKey(c.field("p256dh"))
	sub.Receiver.Auth, noSecret = webpush.DecodeKey(c.field("auth"))
	unreadable := noKey != nil || noSecret != nil
	if !unreadable {
		_, err = c.Notifications.SubscribePush(ctx, c.holder(), sub)
	}
	switch {
	case unreadable || refusal(err) != nil:
		return c.showDeviceProblem(http.StatusUnprocessableEntity, "This browser says nothing by which it could be reached. Try again, or use another one.")
	case err != nil:
		return err
	}
	return c.saved(notificationSettingsPath)
}

// updateDevice changes what is pushed to this browser.
func (c *call) updateDevice() error {
	chosen, policy := alerts(c.user, func(a alertChoice) bool { return c.field("alert_"+a.name) != "" }), notifications.PushPolicy(c.field("policy"))
	_, err := c.Notifications.UpdatePush(c.r.Context(), c.holder(), notifications.PushUpdate{Alerts: &chosen, Policy: &policy})
	if err != nil {
		return err
	}
	return c.saved(notificationSettingsPath)
}

// unsubscribeDevice has nothing pushed to this browser any more.
func (c *call) unsubscribeDevice() error {
	if err := c.Notifications.UnsubscribePush(c.r.Context(), c.holder()); err != nil {
		return err
	}
	return c.saved(notificationSettingsPath)
}

// tryDevice sends a message to this browser.
func (c *call) tryDevice() error {
	if d := c.Limit.Allow("user:"+c.user.ID.String(), ruleTry); !d.OK {
		return &errs.Error{Kind: errs.TooMany, After: d.RetryAfter}
	}
	words := c.words()
	err := c.Notifications.TryPush(c.r.Context(), c.holder(), c.config.Title, words.Text("This is how messages arrive on this device."))
	switch {
	case errs.Is(err, errs.NotFound):
		return c.showDeviceProblem(http.StatusNotFound, "This browser takes no messages any more. Turn them on again.")
	case errs.Is(err, errs.Unavailable):
		return c.showDeviceProblem(http.StatusServiceUnavailable, "The message could not be delivered. Try again in a moment.")
	case err != nil:
		return err
	}
	return c.goTo(notificationSettingsPath, "tried", "1")
}

// showDeviceProblem shows the page with what went wrong about this browser.
func (c *call) showDeviceProblem(status int, english string) error {
	p, err := c.Notifications.Policy(c.r.Context(), c.user.ID)
	if err != nil {
		return err
	}
	return c.showPolicy(status, policyData{Policy: p, Device: deviceData{Problem: c.words().Text(english)}})
}

// Titles returns what says in somebody's language what a notification is about,
// given the name of who did it: what messages that are pushed begin with.
func Titles() func(locale string, n *notifications.Notification, name string) string {
	all := loadCatalogues()
	return func(locale string, n *notifications.Notification, name string) string {
		english := notificationTexts[n.Type].one
		if n.Type == notifications.PollEnded && n.FromID == n.AccountID {
			english = ownPollEnded
		}
		language, _, _ := strings.Cut(locale, "-")
		i := slices.IndexFunc(all, func(words *catalogue) bool { return words.Tag.String() == language })
		switch {
		case i <= 0 || english == "": // the room itself speaks English
			return n.Title(name)
		case strings.Contains(english, "%s"):
			return all[i].Text(english, name)
		}
		return all[i].Text(english)
	}
}

// Address is where the page of an account is, or of a post of theirs.
func Address(of *profiles.Account, post ids.ID) string {
	if post == 0 {
		return "/@" + of.Username
	}
	return "/@" + of.Username + "/" + post.String()
}
