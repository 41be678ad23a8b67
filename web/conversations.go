package web

import (
	"net/http"

	"github.com/guildhall/guildhall/internal/ids"
	"github.com/guildhall/guildhall/posts"
	"github.com/guildhall/guildhall/profiles"
)

// talk is a conversation with what its component needs.
type talk struct {
	posts.Conversation
	People []*profiles.Account
	Card   card // its newest post
	Muted  bool // whoever has written that
}

// covered names the filters that keep the newest post from being shown here,
// empty: none. What a filter takes out of conversations has its line all the same:
// the conversation is not gone.
func (t talk) covered() string {
	return joined(t.Card.filters(posts.FilterThread, posts.FilterHide), t.Card.filters(posts.FilterThread, posts.FilterWarn))
}

// address is where something is done with the conversation.
func (t talk) address(deed string) string {
	return conversationsPath + "/" + t.ID.String() + "/" + deed
}

// talksData is what the page shows.
type talksData struct {
	Talks []talk
	Later bool
	Older string // address of what follows, empty: nothing
}

// conversations lists the reader's direct conversations.
func (c *call) conversations() error {
	p := c.listPage()
	found, err := c.Posts.Conversations(c.r.Context(), c.user.ID, p)
	if err != nil {
		return err
	}
	d := talksData{Later: p.Max != 0}
	if d.Talks, err = c.talks(found); err != nil {
		return err
	}
	if len(found) == p.Limit {
		d.Older = conversationsPath + "?max_id=" + found[len(found)-1].Last.ID.String()
	}
	return c.show(http.StatusOK, talksPage(c.private(c.words().Text("Conversations")), d))
}

// talks gives conversations the people in them. One whose newest post has lost
// its author is left out.
func (c *call) talks(found []posts.Conversation) ([]talk, error) {
	var named []ids.ID
	for _, f := range found {
		named = append(named, f.People...)
	}
	people, err := c.Profiles.Accounts(c.r.Context(), named)
	if err != nil {
		return nil, err
	}
	graph, err := c.Profiles.Graph(c.r.Context(), c.user.ID)
	if err != nil {
		return nil, err
	}
	var list []talk
	for _, f := range found {
		cards, err := c.cards([]*posts.View{f.Last})
		if err != nil {
			return nil, err
		}
		if len(cards) == 0 {
			continue
		}
		one := talk{Conversation: f, Card: cards[0], Muted: graph.Hides(f.Last.AccountID, c.Now())}
		for _, id := range f.People {
			if a := people[id]; a != nil {
				one.People = append(one.People, a)
			}
		}
		list = append(list, one)
	}
	return list, nil
}

// converse marks a conversation as read or unread, or takes it off the list,
// and answers with how it is then.
func (c *call) converse() error {
	id, ok := ids.Parse(c.r.PathValue("id"))
	if !ok {
		return errNoPage()
	}
	var found []posts.Conversation
	switch deed := c.r.PathValue("deed"); deed {
	case "read", "unread":
		one, err := c.Posts.MarkConversation(c.r.Context(), c.user.ID, id, deed == "unread")
		if err != nil {
			return err
		}
		found = append(found, *one)
	case "remove":
		if err := c.Posts.DeleteConversation(c.r.Context(), c.user.ID, id); err != nil {
			return err
		}
	default:
		return errNoPage()
	}
	if !isPart(c.r) {
		return c.back()
	}
	list, err := c.talks(found)
	if err != nil {
		return err
	}
	if len(list) == 0 {
		return c.show(http.StatusOK, nothing())
	}
	return c.show(http.StatusOK, talkCard(list[0]))
}
