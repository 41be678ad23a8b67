package mastodon

import (
	"context"
	"net/http"

	"github.com/guildhall/guildhall/internal/ids"
	"github.com/guildhall/guildhall/posts"
)

// listEntity is List of the API.
type listEntity struct {
	ID        ids.ID `json:"id"`
	Title     string `json:"title"`
	Replies   string `json:"replies_policy" enum:"followed,list,none"`
	Exclusive bool   `json:"exclusive"`
}

// repliesPolicies are the names in the API.
var repliesPolicies = [...]string{posts.RepliesToMembers: "list", posts.RepliesToFollowed: "followed", posts.RepliesToNone: "none"}

func listEntityOf(l *posts.List) listEntity {
	return listEntity{l.ID, l.Title, repliesPolicies[l.Replies], l.Exclusive}
}

// listParams say what a list is to be like.
type listParams struct {
	Title     *string `param:"title"`
	Replies   *string `param:"replies_policy" enum:"followed,list,none"`
	Exclusive *bool   `param:"exclusive"`
}

func (c *Call) listUpdate() (posts.ListUpdate, error) {
	var in listParams
	if err := c.Decode(&in); err != nil {
		return posts.ListUpdate{}, err
	}
	u := posts.ListUpdate{Title: in.Title, Exclusive: in.Exclusive}
	if in.Replies == nil || *in.Replies == "" {
		return u, nil
	}
	for policy, name := range repliesPolicies {
		if name == *in.Replies {
			p := posts.RepliesPolicy(policy)
			u.Replies = &p
			return u, nil
		}
	}
	return u, wrongType("replies_policy", "is not included in the list")
}

// answerList answers with a list, or with the error.
func answerList(c *Call, l *posts.List, err error) error {
	if err != nil {
		return err
	}
	return c.JSON(http.StatusOK, listEntityOf(l))
}

func answerLists(c *Call, found []posts.List, err error) error {
	if err != nil {
		return err
	}
	out := make([]listEntity, len(found))
	for i := range found {
		out[i] = listEntityOf(&found[i])
	}
	return c.JSON(http.StatusOK, out)
}

func (s *server) lists(c *Call) error {
	found, err := s.Posts.Lists(c.R.Context(), c.Viewer())
	return answerLists(c, found, err)
}

func (s *server) listsWith(c *Call) error {
	id, err := c.PathID("id")
	if err != nil {
		return err
	}
	found, err := s.Posts.ListsWith(c.R.Context(), c.Viewer(), id)
	return answerLists(c, found, err)
}

func (s *server) createList(c *Call) error {
	u, err := c.listUpdate()
	if err != nil {
		return err
	}
	l, err := s.Posts.CreateList(c.R.Context(), c.Viewer(), u)
	return answerList(c, l, err)
}

func (s *server) getList(c *Call) error {
	id, err := c.PathID("id")
	if err != nil {
		return err
	}
	l, err := s.Posts.List(c.R.Context(), c.Viewer(), id)
	return answerList(c, l, err)
}

func (s *server) updateList(c *Call) error {
	id, err := c.PathID("id")
	if err != nil {
		return err
	}
	u, err := c.listUpdate()
	if err != nil {
		return err
	}
	l, err := s.Posts.UpdateList(c.R.Context(), c.Viewer(), id, u)
	return answerList(c, l, err)
}

func (s *server) deleteList(c *Call) error {
	id, err := c.PathID("id")
	if err != nil {
		return err
	}
	if err := s.Posts.DeleteList(c.R.Context(), c.Viewer(), id); err != nil {
		return err
	}
	return c.JSON(http.StatusOK, struct{}{})
}

// membersMost bounds how many accounts an answer without a limit has.
const membersMost = 20_000

// listMembers answers with a part of a list's members, or with limit=0 with all.
func (s *server) listMembers(c *Call) error {
	id, err := c.PathID("id")
	if err != nil {
		return err
	}
	p := c.Page(accountsPage, accountsPageMax)
	if c.Param("limit") == "0" {
		p.Limit = membersMost
	}
	entries, err := s.Posts.ListMembers(c.R.Context(), c.Viewer(), id, p)
	if err != nil {
		return err
	}
	return s.entries(c, entries)
}

// membersParams name accounts.
type membersParams struct {
	AccountIDs []ids.ID `param:"account_ids"`
}

func (s *server) addToList(c *Call) error      { return s.changeMembers(c, s.Posts.AddToList) }
func (s *server) removeFromList(c *Call) error { return s.changeMembers(c, s.Posts.RemoveFromList) }

func (s *server) changeMembers(c *Call, change func(ctx context.Context, owner, list ids.ID, accounts []ids.ID) error) error {
	id, err := c.PathID("id")
	if err != nil {
		return err
	}
	var in membersParams
	if err := c.Decode(&in); err != nil {
		return err
	}
	if err := change(c.R.Context(), c.Viewer(), id, in.AccountIDs); err != nil {
		return err
	}
	return c.JSON(http.StatusOK, struct{}{})
}

func (s *server) listTimeline(c *Call) error {
	id, err := c.PathID("list_id")
	if err != nil {
		return err
	}
	views, err := s.Posts.ListTimeline(c.R.Context(), c.Viewer(), id, c.statusPage())
	return s.statusList(c, views, err)
}
