package mastodon

import (
	"net/http"
	"net/url"
	"slices"
	"strconv"
	"strings"

	"github.com/guildhall/guildhall/internal/errs"
	"github.com/guildhall/guildhall/internal/ids"
	"github.com/guildhall/guildhall/internal/page"
)

// searchAnswer is Search of the API.
type searchAnswer struct {
	Accounts []encoded[accountEntity] `json:"accounts"`
	Statuses encoded[[]statusAnswer]  `json:"statuses"`
	Hashtags []tagEntity              `json:"hashtags"`
}

// searchParams are a query.
type searchParams struct {
	pageParams
	Q         string `param:"q"`
	Type      string `param:"type" enum:"accounts,statuses,hashtags"`
	Resolve   bool   `param:"resolve"`
	Following bool   `param:"following"`
	AccountID ids.ID `param:"account_id"` // whose statuses
	Offset    int    `param:"offset"`
}

// searchMax bounds a query, in bytes.
const searchMax = 1000

func (s *server) search(c *Call) error {
	out, err := s.find(c)
	if err != nil {
		return err
	}
	return c.JSON(http.StatusOK, out)
}

// searchAnswerV1 is what the first version of search answers with.
type searchAnswerV1 struct {
	Accounts []encoded[accountEntity] `json:"accounts"`
	Statuses encoded[[]statusAnswer]  `json:"statuses"`
	Hashtags []string                 `json:"hashtags"`
}

func (s *server) searchV1(c *Call) error {
	found, err := s.find(c)
	if err != nil {
		return err
	}
	out := searchAnswerV1{found.Accounts, found.Statuses, make([]string, len(found.Hashtags))}
	for i, t := range found.Hashtags {
		out.Hashtags[i] = t.Name
	}
	return c.JSON(http.StatusOK, out)
}

// find finds what the parameters ask for.
func (s *server) find(c *Call) (*searchAnswer, error) {
	q := strings.TrimSpace(c.Param("q"))
	if q == "" || len(q) > searchMax {
		return nil, wrongType("q", "must be between 1 and "+strconv.Itoa(searchMax)+" bytes")
	}
	kind := c.Param("type")
	switch kind {
	case "", "accounts", "statuses", "hashtags":
	default:
		return nil, errs.New(errs.Malformed, "Unknown type of search")
	}
	resolve := c.Bool("resolve")
	if c.Viewer() == 0 && (c.Int("offset", 0, 0, 1) > 0 || resolve) {
		return nil, errs.New(errs.Unauthenticated, "Search queries pagination and resolving are not supported without authentication")
	}
	limit, offset := c.Int("limit", 20, 1, 40), c.Int("offset", 0, 0, 1000)
	if kind == "" {
		offset = 0 // which of the three would it count?
	}
	out := &searchAnswer{Accounts: []encoded[accountEntity]{}, Statuses: encoded[[]statusAnswer]("[]"), Hashtags: []tagEntity{}}
	if path, ours := strings.CutPrefix(q, s.config.BaseURL+"/"); ours {
		if err := s.findAddress(c, path, kind, out); err != nil && !errs.Is(err, errs.NotFound) {
			return nil, err
		}
		return out, nil
	}
	for _, part := range []struct {
		kind string
		find func(c *Call, q string, limit, offset int, out *searchAnswer) error
	}{{"accounts", s.findAccounts}, {"statuses", s.findStatuses}, {"hashtags", s.findTags}} {
		if kind == "" || kind == part.kind {
			if err := part.find(c, q, limit, offset, out); err != nil {
				return nil, err
			}
		}
	}
	return out, nil
}

// findAddress finds what an address of this server, given without its
// beginning, is of. Returns NotFound if it is of nothing that is searched for.
func (s *server) findAddress(c *Call, path, kind string, out *searchAnswer) error {
	path, _, _ = strings.Cut(path, "#")
	path, _, _ = strings.Cut(path, "?")
	parts := strings.Split(strings.TrimSuffix(path, "/"), "/")
	for i, part := range parts {
		text, err := url.PathUnescape(part)
		if err != nil {
			return errs.NotFoundRecord()
		}
		parts[i] = cleanText(text)
	}
	name, isName := strings.CutPrefix(parts[0], "@")
	if parts[0] == "users" && len(parts) > 1 {
		name, isName, parts = parts[1], true, parts[1:]
	}
	if isName && len(parts) == 3 && parts[1] == "statuses" {
		parts = parts[1:]
	}
	switch {
	case isName && len(parts) == 1 && kind != "statuses" && kind != "hashtags":
		return s.foundAccount(c, name, out)
	case isName && len(parts) == 2 && kind != "accounts" && kind != "hashtags":
		return s.foundStatus(c, parts[1], out)
	case parts[0] == "tags" && len(parts) == 2 && kind != "accounts" && kind != "statuses":
		t, err := s.Posts.Tag(c.R.Context(), c.Viewer(), parts[1])
		if err == nil {
			out.Hashtags = append(out.Hashtags, c.tagEntity(t))
		}
		return err
	}
	return errs.NotFoundRecord()
}

func (s *server) foundAccount(c *Call, name string, out *searchAnswer) error {
	a, err := s.Profiles.Lookup(c.R.Context(), name)
	if err != nil {
		return err
	}
	body, err := s.accountJSON(c.R.Context(), a.ID)
	if err == nil {
		out.Accounts = append(out.Accounts, body)
	}
	return err
}

func (s *server) foundStatus(c *Call, number string, out *searchAnswer) error {
	id, _ := ids.Parse(number)
	v, err := s.Posts.Get(c.R.Context(), c.Viewer(), id)
	if err != nil {
		return err
	}
	body, err := s.statusJSON(c.R.Context(), c.Viewer(), v)
	if err == nil {
		out.Statuses = slices.Concat([]byte("["), body, []byte("]"))
	}
	return err
}

func (s *server) findAccounts(c *Call, q string, limit, offset int, out *searchAnswer) error {
	found, err := s.Profiles.Search(c.R.Context(), c.Viewer(), q, limit, offset, c.Bool("following"))
	if err != nil {
		return err
	}
	items, err := s.accountList(c.R.Context(), found)
	for _, item := range items {
		out.Accounts = append(out.Accounts, item)
	}
	return err
}

func (s *server) findStatuses(c *Call, q string, limit, offset int, out *searchAnswer) error {
	if c.Viewer() == 0 {
		return nil // as at Mastodon, posts are searched by members
	}
	account := c.IDs("account_id", 1)
	if len(account) == 0 {
		account = append(account, 0)
	}
	bounds := c.statusPage()
	views, err := s.Posts.SearchPosts(c.R.Context(), c.Viewer(), q, account[0], limit, offset, page.Page{Max: bounds.Max, Min: bounds.Min, Limit: limit})
	if err != nil {
		return err
	}
	w, err := s.writer(c.R.Context(), c.Viewer(), views...)
	if err != nil {
		return err
	}
	err = w.list(views)
	out.Statuses = w.buf
	return err
}

func (s *server) findTags(c *Call, q string, limit, offset int, out *searchAnswer) error {
	found, err := s.Posts.SearchTags(c.R.Context(), c.Viewer(), q, limit, offset)
	for _, t := range found {
		out.Hashtags = append(out.Hashtags, c.tagEntity(t))
	}
	return err
}
