package mastodon

import (
	"net/http"
	"slices"

	"github.com/guildhall/guildhall/internal/errs"
	"github.com/guildhall/guildhall/internal/ids"
	"github.com/guildhall/guildhall/notifications"
	"github.com/guildhall/guildhall/posts"
	"github.com/guildhall/guildhall/profiles"
)

// groupEntity is NotificationGroup of the API.
type groupEntity struct {
	Key        string                     `json:"group_key"`
	Count      int                        `json:"notifications_count"`
	Type       string                     `json:"type"`
	NewestID   int64                      `json:"most_recent_notification_id"` // a number, unlike all other ids
	MinID      ids.ID                     `json:"page_min_id"`
	MaxID      ids.ID                     `json:"page_max_id"`
	LatestAt   string                     `json:"latest_page_notification_at"`
	AccountIDs []ids.ID                   `json:"sample_account_ids"`
	StatusID   *ids.ID                    `json:"status_id,omitempty"`
	Report     *encoded[reportEntity]     `json:"report,omitempty"`
	Warning    *encoded[warningEntity]    `json:"moderation_warning,omitempty"`
	Collection *encoded[collectionEntity] `json:"collection,omitempty"`
	Fallback   *fallbackEntity            `json:"fallback,omitempty"`
}

// groupsParams choose notifications and say which are to be grouped.
type groupsParams struct {
	notificationsParams
	Grouped []string `param:"grouped_types"`
	Expand  string   `param:"expand_accounts" enum:"full,partial_avatars"`
}

// unreadGroupsParams choose which unread groups are counted, and how far.
type unreadGroupsParams struct {
	unreadParams
	Grouped []string `param:"grouped_types"`
}

// groupsAnswer is GroupedNotificationsResults of the API.
type groupsAnswer struct {
	Accounts []encoded[accountEntity] `json:"accounts"`
	Partial  *[]partialAccount        `json:"partial_accounts,omitempty"` // only if asked for
	Statuses encoded[[]statusAnswer]  `json:"statuses"`
	Groups   []groupEntity            `json:"notification_groups"`
}

// partialAccount is PartialAccountWithAvatar of the API.
type partialAccount struct {
	ID                ids.ID `json:"id"`
	Acct              string `json:"acct"`
	Locked            bool   `json:"locked"`
	Bot               bool   `json:"bot"`
	URL               string `json:"url"`
	Avatar            string `json:"avatar"`
	AvatarStatic      string `json:"avatar_static"`
	AvatarDescription string `json:"avatar_description"`
}

// groupedTypes reads which types are to be grouped: all that can be, unless the
// client names some.
func (c *Call) groupedTypes() []notifications.Type {
	if wanted := c.types("grouped_types"); len(wanted) > 0 {
		return wanted
	}
	return notifications.Groupable()
}

func (s *server) listGroups(c *Call) error {
	groups, err := s.Notifications.Groups(c.R.Context(), c.Viewer(), c.listFilter(), c.groupedTypes(), c.Page(notificationsPage, notificationsPageMax))
	if err != nil {
		return err
	}
	if len(groups) > 0 {
		c.Link(groups[0].MaxID, groups[len(groups)-1].MinID)
	}
	return s.answerGroups(c, groups, c.Param("expand_accounts") == "partial_avatars")
}

func (s *server) getGroup(c *Call) error {
	g, err := s.Notifications.Group(c.R.Context(), c.Viewer(), c.Path("key"))
	if err != nil {
		return err
	}
	return s.answerGroups(c, []notifications.Group{*g}, false)
}

// answerGroups answers with groups and what they name. With partial only the
// latest account of each group is there as a whole.
func (s *server) answerGroups(c *Call, groups []notifications.Group, partial bool) error {
	ctx := c.R.Context()
	out := groupsAnswer{Groups: make([]groupEntity, len(groups))}
	var views []*posts.View
	var first, more []ids.ID
	seen := map[ids.ID]bool{}
	for i, g := range groups {
		out.Groups[i] = groupEntity{Key: g.Key, Count: g.Count, Type: string(g.Type), NewestID: int64(g.NewestID), MinID: g.MinID, MaxID: g.MaxID,
			LatestAt: g.LatestAt.UTC().Format(timeFormat), AccountIDs: g.SampleIDs, StatusID: idOrNil(g.PostID)}
		first = append(first, g.SampleIDs[:min(1, len(g.SampleIDs))]...)
		more = append(more, g.SampleIDs...)
		if g.View != nil && !seen[g.View.ID] {
			seen[g.View.ID] = true
			views = append(views, g.View)
		}
	}
	if !partial {
		first, more = more, nil
	}
	people, err := s.Profiles.Accounts(ctx, append(more, first...))
	if err != nil {
		return err
	}
	if err := s.addSubjects(c, out.Groups, groups, people); err != nil {
		return err
	}
	bodies, err := s.accountList(ctx, distinctOf(people, first))
	if err != nil {
		return err
	}
	out.Accounts = make([]encoded[accountEntity], len(bodies))
	for i, body := range bodies {
		out.Accounts[i] = body
	}
	if partial {
		list := s.partialAccounts(distinctOf(people, more), first)
		out.Partial = &list
	}
	w, err := s.writer(ctx, c.Viewer(), views...)
	if err != nil {
		return err
	}
	if err := w.list(views); err != nil {
		return err
	}
	out.Statuses = w.buf
	return c.JSON(http.StatusOK, out)
}

// distinctOf returns those of some accounts that exist, each once.
func distinctOf(people map[ids.ID]*profiles.Account, list []ids.ID) []*profiles.Account {
	out := make([]*profiles.Account, 0, len(list))
	seen := map[ids.ID]bool{}
	for _, id := range list {
		if a := people[id]; a != nil && !seen[id] {
			seen[id] = true
			out = append(out, a)
		}
	}
	return out
}

// partialAccounts returns what it takes to show the pictures of accounts, but
// of those that are there as a whole.
func (s *server) partialAccounts(list []*profiles.Account, whole []ids.ID) []partialAccount {
	out := []partialAccount{}
	for _, a := range list {
		if slices.Contains(whole, a.ID) {
			continue
		}
		e := s.accountEntity(a, posts.AuthorStats{})
		out = append(out, partialAccount{ID: e.ID, Acct: e.Acct, Locked: e.Locked, Bot: e.Bot, URL: e.URL,
			Avatar: e.Avatar, AvatarStatic: e.AvatarStatic, AvatarDescription: e.AvatarDescription})
	}
	return out
}

// addSubjects completes groups that are about something else than a post.
func (s *server) addSubjects(c *Call, out []groupEntity, groups []notifications.Group, people map[ids.ID]*profiles.Account) error {
	var about []subject
	supported := c.supported()
	for i, g := range groups {
		if g.SubjectID == 0 || len(g.SampleIDs) == 0 {
			continue
		}
		about = append(about, subject{g.Type, g.SubjectID})
		n := notifications.Notification{Type: g.Type, FromID: g.SampleIDs[0]}
		out[i].Fallback = fallbackOf(&n, people[n.FromID], supported)
	}
	if about == nil {
		return nil
	}
	found, err := s.subjects(c.R.Context(), c.Viewer(), about)
	if err != nil {
		return err
	}
	for i, g := range groups {
		body := found[g.SubjectID]
		switch {
		case body == nil:
		case g.Type == notifications.Reported:
			out[i].Report = (*encoded[reportEntity])(&body)
		case g.Type == notifications.Warned:
			out[i].Warning = (*encoded[warningEntity])(&body)
		case subjectName(g.Type) == "collection":
			out[i].Collection = (*encoded[collectionEntity])(&body)
		}
	}
	return nil
}

func (s *server) groupAccounts(c *Call) error {
	found, err := s.Notifications.GroupAccounts(c.R.Context(), c.Viewer(), c.Path("key"), c.Page(accountsPage, accountsPageMax))
	if err != nil {
		return err
	}
	items, err := s.accountList(c.R.Context(), found)
	if err != nil {
		return err
	}
	return c.List(items)
}

func (s *server) dismissGroup(c *Call) error {
	err := s.Notifications.DismissGroup(c.R.Context(), c.Viewer(), c.Path("key"))
	if err != nil && !errs.Is(err, errs.NotFound) {
		return err
	}
	return c.JSON(http.StatusOK, struct{}{})
}

func (s *server) unreadGroups(c *Call) error {
	n, err := s.Notifications.UnreadGroupCount(c.R.Context(), c.Viewer(), c.filter(), c.groupedTypes(), c.Int("limit", 100, 1, unreadMax))
	return answerCount(c, n, err)
}
