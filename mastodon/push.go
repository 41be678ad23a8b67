package mastodon

import (
	"net/http"

	"github.com/guildhall/guildhall/internal/errs"
	"github.com/guildhall/guildhall/internal/ids"
	"github.com/guildhall/guildhall/internal/webpush"
	"github.com/guildhall/guildhall/notifications"
)

// pushAlerts say of each type of notification whether it is pushed.
type pushAlerts struct {
	Mention           bool `param:"mention" json:"mention"`
	NewPost           bool `param:"status" json:"status"`
	Boost             bool `param:"reblog" json:"reblog"`
	Follow            bool `param:"follow" json:"follow"`
	FollowRequest     bool `param:"follow_request" json:"follow_request"`
	Favourite         bool `param:"favourite" json:"favourite"`
	PollEnded         bool `param:"poll" json:"poll"`
	PostEdited        bool `param:"update" json:"update"`
	Quote             bool `param:"quote" json:"quote"`
	QuotedUpdate      bool `param:"quoted_update" json:"quoted_update"`
	SignedUp          bool `param:"admin.sign_up" json:"admin.sign_up"`
	Reported          bool `param:"admin.report" json:"admin.report"`
	Warned            bool `param:"moderation_warning" json:"moderation_warning"`
	Severed           bool `param:"severed_relationships" json:"severed_relationships"`
	AddedToCollection bool `param:"added_to_collection" json:"added_to_collection"`
	CollectionUpdate  bool `param:"collection_update" json:"collection_update"`
}

// each calls f with each type and its place in a.
func (a *pushAlerts) each(f func(t notifications.Type, on *bool)) {
	places := map[notifications.Type]*bool{
		notifications.Mention: &a.Mention, notifications.NewPost: &a.NewPost, notifications.Boost: &a.Boost, notifications.Follow: &a.Follow,
		notifications.FollowRequest: &a.FollowRequest, notifications.Favourite: &a.Favourite, notifications.PollEnded: &a.PollEnded,
		notifications.PostEdited: &a.PostEdited, notifications.Quote: &a.Quote, notifications.QuotedUpdate: &a.QuotedUpdate,
		notifications.SignedUp: &a.SignedUp, notifications.Reported: &a.Reported, notifications.Warned: &a.Warned, notifications.Severed: &a.Severed,
		notifications.AddedToCollection: &a.AddedToCollection, notifications.CollectionUpdate: &a.CollectionUpdate,
	}
	for _, t := range notifications.Types() {
		if on := places[t]; on != nil {
			f(t, on)
		}
	}
}

// types returns the types that are on.
func (a *pushAlerts) types() []notifications.Type {
	var list []notifications.Type
	a.each(func(t notifications.Type, on *bool) {
		if *on {
			list = append(list, t)
		}
	})
	return list
}

// pushData is what is pushed, and whose.
type pushData struct {
	Alerts *pushAlerts `param:"alerts"`
	Policy *string     `param:"policy"`
}

// pushUpdateParams change a subscription. The policy is taken at both places
// where clients put it.
type pushUpdateParams struct {
	Data   pushData `param:"data"`
	Policy *string  `param:"policy"`
}

// pushParams make a subscription.
type pushParams struct {
	Subscription struct {
		Endpoint string `param:"endpoint"`
		Standard bool   `param:"standard"`
		Keys     struct {
			Public string `param:"p256dh"`
			Auth   string `param:"auth"`
		} `param:"keys"`
	} `param:"subscription"`
	pushUpdateParams
}

// pushEntity is WebPushSubscription of the API.
type pushEntity struct {
	ID        ids.ID     `json:"id"`
	Endpoint  string     `json:"endpoint"`
	Standard  bool       `json:"standard"`
	Alerts    pushAlerts `json:"alerts"`
	Policy    string     `json:"policy" enum:"all,followed,follower,none"`
	ServerKey string     `json:"server_key"`
}

func (p pushUpdateParams) update() notifications.PushUpdate {
	var u notifications.PushUpdate
	policy := p.Data.Policy
	if policy == nil {
		policy = p.Policy
	}
	u.Policy = (*notifications.PushPolicy)(policy)
	if p.Data.Alerts != nil {
		list := p.Data.Alerts.types()
		u.Alerts = &list
	}
	return u
}

func (s *server) answerPush(c *Call, sub *notifications.Subscription, err error) error {
	if err != nil {
		return err
	}
	v, err := s.Notifications.VAPID(c.R.Context())
	if err != nil {
		return err
	}
	e := pushEntity{ID: sub.ID, Endpoint: sub.Receiver.Endpoint, Standard: sub.Standard, Policy: string(sub.Policy), ServerKey: v.Public()}
	e.Alerts.each(func(t notifications.Type, on *bool) {
		for _, wanted := range sub.Alerts {
			*on = *on || t == wanted
		}
	})
	return c.JSON(http.StatusOK, e)
}

// holder is whose subscription it is.
func (c *Call) holder() notifications.Holder {
	return notifications.Holder{AccountID: c.Viewer(), TokenID: c.Caller.TokenID, Token: c.token}
}

func (s *server) pushSubscription(c *Call) error {
	sub, err := s.Notifications.PushSubscription(c.R.Context(), c.holder())
	return s.answerPush(c, sub, err)
}

func (s *server) subscribePush(c *Call) error {
	var in pushParams
	if err := c.Decode(&in); err != nil {
		return err
	}
	sub := notifications.Subscription{Standard: in.Subscription.Standard, Receiver: webpush.Receiver{Endpoint: in.Subscription.Endpoint}}
	var err, err2 error
	sub.Receiver.Public, err = webpush.DecodeKey(in.Subscription.Keys.Public)
	sub.Receiver.Auth, err2 = webpush.DecodeKey(in.Subscription.Keys.Auth)
	if err != nil || err2 != nil {
		return errs.New(errs.Invalid, "Validation failed: keys must be base64")
	}
	u := in.update()
	if u.Policy != nil {
		sub.Policy = *u.Policy
	}
	if u.Alerts != nil {
		sub.Alerts = *u.Alerts
	}
	made, err := s.Notifications.SubscribePush(c.R.Context(), c.holder(), sub)
	return s.answerPush(c, made, err)
}

func (s *server) updatePush(c *Call) error {
	var in pushUpdateParams
	if err := c.Decode(&in); err != nil {
		return err
	}
	sub, err := s.Notifications.UpdatePush(c.R.Context(), c.holder(), in.update())
	return s.answerPush(c, sub, err)
}

func (s *server) unsubscribePush(c *Call) error {
	if err := s.Notifications.UnsubscribePush(c.R.Context(), c.holder()); err != nil {
		return err
	}
	return s.emptyObject(c)
}
