package web

import (
	"context"
	"net/http"

	"github.com/guildhall/guildhall/internal/ids"
	"github.com/guildhall/guildhall/profiles"
)

// relations are what a member can do about another one by one press: the last
// part of the form's address, below that of the profile.
var relations = map[string]func(s *profiles.Service, ctx context.Context, me, other ids.ID) (*profiles.Relationship, error){
	"follow": func(s *profiles.Service, ctx context.Context, me, other ids.ID) (*profiles.Relationship, error) {
		return s.Follow(ctx, me, other, profiles.FollowOptions{})
	},
	"unfollow": (*profiles.Service).Unfollow,
	"block":    (*profiles.Service).Block,
	"unblock":  (*profiles.Service).Unblock,
	"mute": func(s *profiles.Service, ctx context.Context, me, other ids.ID) (*profiles.Relationship, error) {
		return s.Mute(ctx, me, other, true, 0)
	},
	"unmute":    (*profiles.Service).Unmute,
	"accept":    (*profiles.Service).AuthorizeRequest,
	"reject":    (*profiles.Service).RejectRequest,
	"remove":    (*profiles.Service).RemoveFollower,
	"endorse":   (*profiles.Service).Endorse,
	"unendorse": (*profiles.Service).Unendorse,
	"dismiss": func(s *profiles.Service, ctx context.Context, me, other ids.ID) (*profiles.Relationship, error) {
		if err := s.DismissSuggestion(ctx, me, other); err != nil {
			return nil, err
		}
		list, err := s.Relationships(ctx, me, []ids.ID{other})
		if err != nil {
			return nil, err
		}
		return &list[0], nil
	},
}

// relationSaid is what is said when something was done that cannot be seen, or
// not where it was pressed.
var relationSaid = map[string]string{
	"block":   "You have blocked %s.",
	"unblock": "You no longer block %s.",
	"mute":    "You have muted %s.",
	"unmute":  "You no longer mute %s.",
	"accept":  "%s follows you now.",
	"reject":  "You have declined the request of %s.",
	"remove":  "%s no longer follows you.",
	"dismiss": "%s is no longer suggested.",
}

// relate does something about another member, and answers with the buttons for
// what can be done next, or leads back to the page that the form is on.
func (c *call) relate() error {
	if c.r.PathValue("deed") == "report" {
		return c.sendReport()
	}
	do, ok := relations[c.r.PathValue("deed")]
	if !ok {
		return errNoPage()
	}
	other, err := c.owner()
	if err != nil {
		return err
	}
	if c.r.PathValue("deed") == "follow" {
		if err := c.limited("follows"); err != nil {
			return err
		}
	}
	r, err := do(c.Profiles, c.r.Context(), c.user.ID, other.ID)
	if err != nil {
		return err
	}
	if !isPart(c.r) {
		return c.back()
	}
	return c.show(http.StatusOK, relationButtons(other, r))
}

// relationship is how the reader stands to somebody, nil if nobody is signed in
// or it is themselves.
func (c *call) relationship(other ids.ID) (*profiles.Relationship, error) {
	if c.viewer() == 0 || other == c.viewer() {
		return nil, nil
	}
	list, err := c.Profiles.Relationships(c.r.Context(), c.viewer(), []ids.ID{other})
	if err != nil || len(list) == 0 {
		return nil, err
	}
	return &list[0], nil
}
