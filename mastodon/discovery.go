package mastodon

import (
	"net/http"

	"github.com/guildhall/guildhall/internal/errs"
	"github.com/guildhall/guildhall/profiles"
)

// offsetMax is how far lists go that are paged by counting.
const offsetMax = 10_000

// directoryParams choose a part of the directory.
type directoryParams struct {
	offsetParams
	Order string `param:"order" enum:"active,new"`
	Local bool   `param:"local"`
}

// offsetParams choose a part of a list that is paged by counting.
type offsetParams struct {
	limitParams
	Offset int `param:"offset"`
}

func (c *Call) offset() int { return c.Int("offset", 0, 0, offsetMax) }

func (s *server) directory(c *Call) error {
	c.Bool("local") // all accounts are, until there is federation
	read := s.Posts.ActiveAuthors
	switch c.Param("order") {
	case "", "active":
	case "new":
		read = s.Profiles.Newest
	default:
		return errs.New(errs.Malformed, "Unknown order")
	}
	found, err := read(c.R.Context(), c.Viewer(), c.Limit(accountsPage, accountsPageMax), c.offset())
	if err != nil {
		return err
	}
	items, err := s.accountList(c.R.Context(), found)
	if err != nil {
		return err
	}
	return c.List(items)
}

// suggestionEntity is Suggestion of the API.
type suggestionEntity struct {
	Source  string                 `json:"source"` // what the first of the sources was called earlier
	Sources []string               `json:"sources"`
	Account encoded[accountEntity] `json:"account"`
}

// suggestionSources are the names in the API: today's and the earlier ones.
var suggestionSources = [...]struct{ name, former string }{
	profiles.FriendsOfFriends: {"friends_of_friends", "past_interactions"},
	profiles.MostFollowed:     {"most_followed", "global"},
}

// suggestions answers with suggestions as entities made by entity.
func (s *server) suggestions(c *Call, entity func(profiles.Suggestion, []byte) any) error {
	found, err := s.Profiles.Suggestions(c.R.Context(), c.Viewer(), c.Limit(accountsPage, accountsPageMax), c.offset())
	if err != nil {
		return err
	}
	accounts := make([]*profiles.Account, len(found))
	for i, x := range found {
		accounts[i] = x.Account
	}
	items, err := s.accountList(c.R.Context(), accounts)
	if err != nil {
		return err
	}
	list := make([]any, len(found))
	for i, x := range found {
		list[i] = entity(x, items[i])
	}
	return c.JSON(http.StatusOK, list)
}

func (s *server) suggestionsV1(c *Call) error {
	return s.suggestions(c, func(_ profiles.Suggestion, account []byte) any { return encoded[accountEntity](account) })
}

func (s *server) suggestionsV2(c *Call) error {
	return s.suggestions(c, func(x profiles.Suggestion, account []byte) any {
		e := suggestionEntity{Source: suggestionSources[x.Sources[0]].former, Account: account}
		for _, source := range x.Sources {
			e.Sources = append(e.Sources, suggestionSources[source].name)
		}
		return e
	})
}

func (s *server) dismissSuggestion(c *Call) error {
	id, err := c.PathID("id")
	if err != nil {
		return err
	}
	if err := s.Profiles.DismissSuggestion(c.R.Context(), c.Viewer(), id); err != nil {
		return err
	}
	return c.JSON(http.StatusOK, struct{}{})
}

func (s *server) endorse(c *Call) error   { return s.relate(c, s.Profiles.Endorse) }
func (s *server) unendorse(c *Call) error { return s.relate(c, s.Profiles.Unendorse) }

func (s *server) endorsementsOf(c *Call) error { return s.ofAccount(c, s.Profiles.EndorsementsOf) }

func (s *server) endorsements(c *Call) error {
	entries, err := s.Profiles.EndorsementsOf(c.R.Context(), c.Viewer(), c.Viewer(), c.Page(accountsPage, accountsPageMax))
	if err != nil {
		return err
	}
	return s.entries(c, entries)
}

// familiarEntity is FamiliarFollowers of the API.
type familiarEntity struct {
	ID       string                   `json:"id"`
	Accounts []encoded[accountEntity] `json:"accounts"`
}

func (s *server) familiarFollowers(c *Call) error {
	found, err := s.Profiles.FamiliarFollowers(c.R.Context(), c.Viewer(), c.IDs("id", accountsPage))
	if err != nil {
		return err
	}
	list := make([]familiarEntity, len(found))
	for i, f := range found {
		items, err := s.accountList(c.R.Context(), f.Followers)
		if err != nil {
			return err
		}
		list[i] = familiarEntity{ID: f.ID.String(), Accounts: make([]encoded[accountEntity], len(items))}
		for j, item := range items {
			list[i].Accounts[j] = item
		}
	}
	return c.JSON(http.StatusOK, list)
}

// identityProofs answers with what other sites say of an account: nothing, since
// the service that it was made for is no more.
func (s *server) identityProofs(c *Call) error {
	id, err := c.PathID("id")
	if err != nil {
		return err
	}
	if _, err := s.Profiles.Account(c.R.Context(), id); err != nil {
		return err
	}
	return s.emptyList(c)
}
