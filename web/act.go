package web

import (
	"context"
	"net/http"
	"strconv"
	"strings"

	"github.com/guildhall/guildhall/internal/ids"
	"github.com/guildhall/guildhall/posts"
)

// deeds are what a member can do with a post by one press: the last part of the
// form's address, below that of the post.
var deeds = map[string]func(s *posts.Service, ctx context.Context, me, post ids.ID) (*posts.View, error){
	"favourite":   (*posts.Service).Favourite,
	"unfavourite": (*posts.Service).Unfavourite,
	"boost": func(s *posts.Service, ctx context.Context, me, post ids.ID) (*posts.View, error) {
		v, err := s.Boost(ctx, me, post, nil)
		if err != nil || v.Boost == nil {
			return v, err
		}
		return v.Boost, nil
	},
	"unboost":    (*posts.Service).Unboost,
	"bookmark":   (*posts.Service).Bookmark,
	"unbookmark": (*posts.Service).Unbookmark,
	"pin":        (*posts.Service).Pin,
	"unpin":      (*posts.Service).Unpin,
	"mute":       (*posts.Service).MuteThread,
	"unmute":     (*posts.Service).UnmuteThread,
	"delete":     (*posts.Service).Delete,
	"revoke": func(s *posts.Service, ctx context.Context, me, post ids.ID) (*posts.View, error) {
		v, err := s.Get(ctx, me, post)
		if err != nil {
			return nil, err
		}
		return s.Revoke(ctx, me, v.QuoteOfID, post)
	},
	// A vote names the options that were ticked.
	"vote": nil,
}

// act does something with a post, and answers with what the form is part of, or
// leads back to the page that it is on.
func (c *call) act() error {
	deed := c.r.PathValue("deed")
	if deed == "edit" {
		return c.edit()
	}
	do, ok := deeds[deed]
	id, isID := ids.Parse(c.r.PathValue("id"))
	if !ok || !isID {
		return errNoPage()
	}
	ctx := c.r.Context()
	var view *posts.View
	var err error
	if deed == "vote" {
		view, err = c.vote(id)
	} else {
		view, err = do(c.Posts, ctx, c.user.ID, id)
	}
	if err != nil {
		return err
	}
	switch {
	case deed == "delete":
		return c.deleted(id)
	case !isPart(c.r):
		return c.back()
	}
	cards, err := c.cards([]*posts.View{view})
	if err != nil {
		return err
	}
	if len(cards) == 0 { // its author has just gone
		return errNoPage()
	}
	if deed == "vote" {
		return c.show(http.StatusOK, poll(cards[0]))
	}
	return c.show(http.StatusOK, actions(cards[0]))
}

// vote votes in a post's poll.
func (c *call) vote(id ids.ID) (*posts.View, error) {
	ctx := c.r.Context()
	view, err := c.Posts.Get(ctx, c.user.ID, id)
	if err != nil {
		return nil, err
	}
	if view.Poll == nil {
		return nil, errNoPage()
	}
	var choices []int
	for _, text := range c.r.PostForm["choice"] {
		n, err := strconv.Atoi(text)
		if err != nil {
			return nil, errNoPage()
		}
		choices = append(choices, n)
	}
	if _, _, err := c.Posts.Vote(ctx, c.user.ID, view.PollID, choices); err != nil {
		return nil, err
	}
	return c.Posts.Get(ctx, c.user.ID, id)
}

// deleted leads away from a post that is gone; a script takes it off the page.
func (c *call) deleted(id ids.ID) error {
	if isPart(c.r) {
		return c.show(http.StatusOK, nothing())
	}
	here := c.whereabouts()
	if strings.HasSuffix(here, "/"+id.String()) {
		return c.goTo(homePath)
	}
	return c.goTo(here)
}
