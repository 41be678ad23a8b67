package mastodon

import (
	"context"
	"net/http"

	"github.com/guildhall/guildhall/internal/ids"
	"github.com/guildhall/guildhall/internal/page"
	"github.com/guildhall/guildhall/profiles"
)

// Page sizes of lists of accounts.
const (
	accountsPage    = 40
	accountsPageMax = 80
)

func (s *server) account(c *Call) error {
	id, err := c.PathID("id")
	if err != nil {
		return err
	}
	body, err := s.accountJSON(c.R.Context(), id)
	if err != nil {
		return err
	}
	return c.Bytes(http.StatusOK, body)
}

// accounts answers with the accounts of the given ids that exist, in that order.
func (s *server) accounts(c *Call) error {
	want := c.IDs("id", accountsPage)
	found, err := s.accountsJSON(c.R.Context(), want)
	if err != nil {
		return err
	}
	var items [][]byte
	for _, id := range want {
		if body, ok := found[id]; ok {
			items = append(items, body)
			delete(found, id) // a repeated id is answered once
		}
	}
	return c.List(items)
}

// lookupParams name an account: user, or user@domain.
type lookupParams struct {
	Acct string `param:"acct"`
}

func (s *server) lookup(c *Call) error {
	a, err := s.Profiles.Lookup(c.R.Context(), c.Param("acct"))
	if err != nil {
		return err
	}
	body, err := s.accountJSON(c.R.Context(), a.ID)
	if err != nil {
		return err
	}
	return c.Bytes(http.StatusOK, body)
}

// searchAccountsParams are a query for accounts.
type searchAccountsParams struct {
	limitParams
	Q         string `param:"q"`
	Offset    int    `param:"offset"`
	Following bool   `param:"following"`
}

func (s *server) searchAccounts(c *Call) error {
	limit := c.Limit(accountsPage, accountsPageMax)
	found, err := s.Profiles.Search(c.R.Context(), c.Viewer(), c.Param("q"), limit, c.Int("offset", 0, 0, 10_000), c.Bool("following"))
	if err != nil {
		return err
	}
	items, err := s.accountList(c.R.Context(), found)
	if err != nil {
		return err
	}
	return c.List(items)
}

func (s *server) followers(c *Call) error {
	return s.ofAccount(c, s.Profiles.FollowersOf)
}

func (s *server) following(c *Call) error {
	return s.ofAccount(c, s.Profiles.FollowingOf)
}

func (s *server) followRequests(c *Call) error { return s.ofViewer(c, s.Profiles.Requests) }

func (s *server) blocks(c *Call) error { return s.ofViewer(c, s.Profiles.Blocks) }

func (s *server) ofAccount(c *Call, read func(ctx context.Context, viewer, id ids.ID, p page.Page) ([]profiles.Entry, error)) error {
	id, err := c.PathID("id")
	if err != nil {
		return err
	}
	entries, err := read(c.R.Context(), c.Viewer(), id, c.Page(accountsPage, accountsPageMax))
	if err != nil {
		return err
	}
	return s.entries(c, entries)
}

func (s *server) ofViewer(c *Call, read func(ctx context.Context, me ids.ID, p page.Page) ([]profiles.Entry, error)) error {
	entries, err := read(c.R.Context(), c.Viewer(), c.Page(accountsPage, accountsPageMax))
	if err != nil {
		return err
	}
	return s.entries(c, entries)
}

// entries answers with a part of a list of accounts and the way to the others.
func (s *server) entries(c *Call, entries []profiles.Entry) error {
	accounts := make([]*profiles.Account, len(entries))
	for i, e := range entries {
		accounts[i] = e.Account
	}
	items, err := s.accountList(c.R.Context(), accounts)
	if err != nil {
		return err
	}
	if len(entries) > 0 {
		c.Link(entries[0].Cursor, entries[len(entries)-1].Cursor)
	}
	return c.List(items)
}

// mutedEntity is MutedAccount of the API.
type mutedEntity struct {
	accountEntity
	MuteExpiresAt *string `json:"mute_expires_at"`
}

// mutes is like blocks, and says of each mute when it ends.
func (s *server) mutes(c *Call) error {
	ctx := c.R.Context()
	entries, err := s.Profiles.Mutes(ctx, c.Viewer(), c.Page(accountsPage, accountsPageMax))
	if err != nil {
		return err
	}
	graph, err := s.Profiles.Graph(ctx, c.Viewer())
	if err != nil {
		return err
	}
	want := make([]ids.ID, len(entries))
	for i, e := range entries {
		want[i] = e.Account.ID
	}
	stats, err := s.Posts.AuthorStats(ctx, want)
	if err != nil {
		return err
	}
	list := make([]mutedEntity, len(entries))
	for i, e := range entries {
		list[i] = mutedEntity{s.accountEntity(e.Account, stats[e.Account.ID]), timestamp(graph.Muting[e.Account.ID].Until)}
	}
	if len(entries) > 0 {
		c.Link(entries[0].Cursor, entries[len(entries)-1].Cursor)
	}
	return c.JSON(http.StatusOK, list)
}
