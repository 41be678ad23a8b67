package mastodon

import (
	"net/http"

	"github.com/guildhall/guildhall/notifications"
)

// policySummary is what waits because of a policy.
type policySummary struct {
	Requests      int `json:"pending_requests_count"`
	Notifications int `json:"pending_notifications_count"`
}

// policyEntity is NotificationPolicy of the API.
type policyEntity struct {
	NotFollowing    string        `json:"for_not_following" enum:"accept,filter,drop"`
	NotFollowers    string        `json:"for_not_followers" enum:"accept,filter,drop"`
	NewAccounts     string        `json:"for_new_accounts" enum:"accept,filter,drop"`
	PrivateMentions string        `json:"for_private_mentions" enum:"accept,filter,drop"`
	LimitedAccounts string        `json:"for_limited_accounts" enum:"accept,filter,drop"`
	Summary         policySummary `json:"summary"`
}

// policyParams change a policy.
type policyParams struct {
	NotFollowing    *string `param:"for_not_following"`
	NotFollowers    *string `param:"for_not_followers"`
	NewAccounts     *string `param:"for_new_accounts"`
	PrivateMentions *string `param:"for_private_mentions"`
	LimitedAccounts *string `param:"for_limited_accounts"`
}

// policyV1Entity is V1::NotificationPolicy of the API, which knows no dropping.
type policyV1Entity struct {
	NotFollowing    bool          `json:"filter_not_following"`
	NotFollowers    bool          `json:"filter_not_followers"`
	NewAccounts     bool          `json:"filter_new_accounts"`
	PrivateMentions bool          `json:"filter_private_mentions"`
	Summary         policySummary `json:"summary"`
}

// policyV1Params change a policy the old way.
type policyV1Params struct {
	NotFollowing    *bool `param:"filter_not_following"`
	NotFollowers    *bool `param:"filter_not_followers"`
	NewAccounts     *bool `param:"filter_new_accounts"`
	PrivateMentions *bool `param:"filter_private_mentions"`
}

func (s *server) policy(c *Call) error {
	p, err := s.Notifications.Policy(c.R.Context(), c.Viewer())
	return s.answerPolicy(c, p, err)
}

func (s *server) setPolicy(c *Call) error {
	var in policyParams
	if err := c.Decode(&in); err != nil {
		return err
	}
	p, err := s.Notifications.SetPolicy(c.R.Context(), c.Viewer(), notifications.PolicyUpdate{
		NotFollowing: verdict(in.NotFollowing), NotFollowers: verdict(in.NotFollowers), NewAccounts: verdict(in.NewAccounts),
		PrivateMentions: verdict(in.PrivateMentions), LimitedAccounts: verdict(in.LimitedAccounts)})
	return s.answerPolicy(c, p, err)
}

func verdict(text *string) *notifications.Verdict {
	return (*notifications.Verdict)(text)
}

func (s *server) answerPolicy(c *Call, p notifications.Policy, err error) error {
	if err != nil {
		return err
	}
	summary, err := s.policySummary(c)
	if err != nil {
		return err
	}
	return c.JSON(http.StatusOK, policyEntity{string(p.NotFollowing), string(p.NotFollowers), string(p.NewAccounts),
		string(p.PrivateMentions), string(p.LimitedAccounts), summary})
}

func (s *server) policySummary(c *Call) (policySummary, error) {
	p, err := s.Notifications.Pending(c.R.Context(), c.Viewer())
	return policySummary{p.Requests, p.Notifications}, err
}

func (s *server) policyV1(c *Call) error {
	p, err := s.Notifications.Policy(c.R.Context(), c.Viewer())
	return s.answerPolicyV1(c, p, err)
}

func (s *server) setPolicyV1(c *Call) error {
	var in policyV1Params
	if err := c.Decode(&in); err != nil {
		return err
	}
	p, err := s.Notifications.SetPolicy(c.R.Context(), c.Viewer(), notifications.PolicyUpdate{
		NotFollowing: filtering(in.NotFollowing), NotFollowers: filtering(in.NotFollowers),
		NewAccounts: filtering(in.NewAccounts), PrivateMentions: filtering(in.PrivateMentions)})
	return s.answerPolicyV1(c, p, err)
}

func filtering(on *bool) *notifications.Verdict {
	if on == nil {
		return nil
	}
	v := notifications.Accept
	if *on {
		v = notifications.Aside
	}
	return &v
}

func (s *server) answerPolicyV1(c *Call, p notifications.Policy, err error) error {
	if err != nil {
		return err
	}
	summary, err := s.policySummary(c)
	if err != nil {
		return err
	}
	return c.JSON(http.StatusOK, policyV1Entity{p.NotFollowing != notifications.Accept, p.NotFollowers != notifications.Accept,
		p.NewAccounts != notifications.Accept, p.PrivateMentions != notifications.Accept, summary})
}
