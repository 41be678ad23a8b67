package mastodon

import (
	"context"
	"net/http"

	"github.com/guildhall/guildhall/internal/ids"
	"github.com/guildhall/guildhall/posts"
)

// conversationEntity is Conversation of the API.
type conversationEntity struct {
	ID         ids.ID                   `json:"id"`
	Unread     bool                     `json:"unread"`
	Accounts   []encoded[accountEntity] `json:"accounts"` // who takes part besides the viewer
	LastStatus encoded[statusAnswer]    `json:"last_status"`
}

// conversationList makes the entities of a viewer's conversations.
func (s *server) conversationList(ctx context.Context, viewer ids.ID, found []posts.Conversation) ([]conversationEntity, error) {
	var people []ids.ID
	for _, c := range found {
		people = append(people, c.People...)
	}
	accounts, err := s.accountsJSON(ctx, people)
	if err != nil {
		return nil, err
	}
	out := make([]conversationEntity, len(found))
	for i, c := range found {
		e := conversationEntity{ID: c.ID, Unread: c.Unread, Accounts: []encoded[accountEntity]{}}
		if e.LastStatus, err = s.statusJSON(ctx, viewer, c.Last); err != nil {
			return nil, err
		}
		for _, id := range c.People {
			if body := accounts[id]; body != nil {
				e.Accounts = append(e.Accounts, body)
			}
		}
		out[i] = e
	}
	return out, nil
}

// postConversation returns what a direct post has made of its conversation.
func (s *server) postConversation(ctx context.Context, viewer, post ids.ID) ([]byte, error) {
	found, err := s.Posts.ConversationOf(ctx, viewer, post)
	if err != nil {
		return nil, err
	}
	list, err := s.conversationList(ctx, viewer, []posts.Conversation{*found})
	if err != nil {
		return nil, err
	}
	return encode(list[0])
}

func (s *server) conversations(c *Call) error {
	found, err := s.Posts.Conversations(c.R.Context(), c.Viewer(), c.statusPage())
	if err != nil {
		return err
	}
	list, err := s.conversationList(c.R.Context(), c.Viewer(), found)
	if err != nil {
		return err
	}
	if len(found) > 0 {
		c.Link(found[0].Last.ID, found[len(found)-1].Last.ID)
	}
	return c.JSON(http.StatusOK, list)
}

func (s *server) readConversation(c *Call) error   { return s.markConversation(c, false) }
func (s *server) unreadConversation(c *Call) error { return s.markConversation(c, true) }

func (s *server) markConversation(c *Call, unread bool) error {
	id, err := c.PathID("id")
	if err != nil {
		return err
	}
	found, err := s.Posts.MarkConversation(c.R.Context(), c.Viewer(), id, unread)
	if err != nil {
		return err
	}
	list, err := s.conversationList(c.R.Context(), c.Viewer(), []posts.Conversation{*found})
	if err != nil {
		return err
	}
	return c.JSON(http.StatusOK, list[0])
}

func (s *server) deleteConversation(c *Call) error {
	id, err := c.PathID("id")
	if err != nil {
		return err
	}
	if err := s.Posts.DeleteConversation(c.R.Context(), c.Viewer(), id); err != nil {
		return err
	}
	return c.JSON(http.StatusOK, struct{}{})
}

func (s *server) directTimeline(c *Call) error {
	views, err := s.Posts.DirectTimeline(c.R.Context(), c.Viewer(), c.statusPage())
	return s.statusList(c, views, err)
}
