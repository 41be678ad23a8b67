package mastodon

import (
	"net/http"

	"github.com/guildhall/guildhall/internal/errs"
	"github.com/guildhall/guildhall/internal/ids"
	"github.com/guildhall/guildhall/notifications"
	"github.com/guildhall/guildhall/posts"
)

// groupEntity is NotificationGroup of the API.
type groupEntity struct {
	Key        string                  `json:"group_key"`
	Count      int                     `json:"notifications_count"`
	Type       string                  `json:"type"`
	NewestID   int64                   `json:"most_recent_notification_id"` // a number, unlike all other ids
	MinID      ids.ID                  `json:"page_min_id"`
	MaxID      ids.ID                  `json:"page_max_id"`
	LatestAt   string                  `json:"latest_page_notification_at"`
	AccountIDs []ids.ID                `json:"sample_account_ids"`
	StatusID   *ids.ID                 `json:"status_id,omitempty"`
	Report     *encoded[reportEntity]  `json:"report,omitempty"`
	Warning    *encoded[warningEntity] `json:"moderation_warning,omitempty"`
}

// groupsParams choose notifications and say which are to be grouped.
type groupsParams struct {
	notificationsParams
	Grouped []string `param:"grouped_types"`
}

// unreadGroupsParams choose which unread groups are counted, and how far.
type unreadGroupsParams struct {
	unreadParams
	Grouped []string `param:"grouped_types"`
}

// groupsAnswer is GroupedNotificationsResults of the API.
type groupsAnswer struct {
	Accounts []encoded[accountEntity] `json:"accounts"`
	Statuses encoded[[]statusAnswer]  `json:"statuses"`
	Groups   []groupEntity            `json:"notification_groups"`
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
	return s.answerGroups(c, groups)
}

func (s *server) getGroup(c *Call) error {
	g, err := s.Notifications.Group(c.R.Context(), c.Viewer(), c.Path("key"))
	if err != nil {
		return err
	}
	return s.answerGroups(c, []notifications.Group{*g})
}

func (s *server) answerGroups(c *Call, groups []notifications.Group) error {
	out := groupsAnswer{Accounts: []encoded[accountEntity]{}, Groups: make([]groupEntity, len(groups))}
	var views []*posts.View
	var people []ids.ID
	seen := map[ids.ID]bool{}
	var about []subject
	for i, g := range groups {
		out.Groups[i] = groupEntity{Key: g.Key, Count: g.Count, Type: string(g.Type), NewestID: int64(g.NewestID), MinID: g.MinID, MaxID: g.MaxID,
			LatestAt: g.LatestAt.UTC().Format(timeFormat), AccountIDs: g.SampleIDs, StatusID: idOrNil(g.PostID)}
		if g.SubjectID != 0 {
			about = append(about, subject{g.Type, g.SubjectID})
		}
		for _, id := range g.SampleIDs {
			if !seen[id] {
				seen[id] = true
				people = append(people, id)
			}
		}
		if g.View != nil && !seen[g.View.ID] {
			seen[g.View.ID] = true
			views = append(views, g.View)
		}
	}
	if err := s.addSubjects(c, out.Groups, groups, about); err != nil {
		return err
	}
	accounts, err := s.accountsJSON(c.R.Context(), people)
	if err != nil {
		return err
	}
	for _, id := range people {
		if body := accounts[id]; body != nil {
			out.Accounts = append(out.Accounts, body)
		}
	}
	w, err := s.writer(c.R.Context(), c.Viewer(), views...)
	if err != nil {
		return err
	}
	if err := w.list(views); err != nil {
		return err
	}
	out.Statuses = w.buf
	return c.JSON(http.StatusOK, out)
}

// addSubjects completes groups that are about something else than a post.
func (s *server) addSubjects(c *Call, out []groupEntity, groups []notifications.Group, about []subject) error {
	if about == nil {
		return nil
	}
	found, err := s.subjects(c.R.Context(), about)
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
