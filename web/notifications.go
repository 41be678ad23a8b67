package web

import (
	"net/http"

	"github.com/guildhall/guildhall/internal/ids"
	"github.com/guildhall/guildhall/moderation"
	"github.com/guildhall/guildhall/notifications"
	"github.com/guildhall/guildhall/posts"
	"github.com/guildhall/guildhall/profiles"
)

// notificationTabs are the parts of the page, by the address's show.
var notificationTabs = []struct {
	show, text string
	types      []notifications.Type
}{
	{"", "All", nil},
	{"mentions", "Mentions", []notifications.Type{notifications.Mention}},
	{"favourites", "Favourites", []notifications.Type{notifications.Favourite}},
	{"boosts", "Boosts", []notifications.Type{notifications.Boost, notifications.Quote}},
	{"follows", "Follows", []notifications.Type{notifications.Follow, notifications.FollowRequest}},
}

// groupedTypes are those that are shown as one when many do the same.
var groupedTypes = []notifications.Type{notifications.Favourite, notifications.Boost, notifications.Follow}

// notificationTexts say what somebody did; those of the groups, what two
// and what several did.
var notificationTexts = map[notifications.Type]struct{ icon, one, two, several string }{
	notifications.Mention:           {"reply", "%s mentioned you", "", ""},
	notifications.NewPost:           {"write", "%s posted", "", ""},
	notifications.Boost:             {"boost", "%s boosted your post", "%s and %s boosted your post", "%s and %s others boosted your post"},
	notifications.Follow:            {"person", "%s follows you", "%s and %s follow you", "%s and %s others follow you"},
	notifications.FollowRequest:     {"person", "%s wants to follow you", "", ""},
	notifications.Favourite:         {"favourite", "%s likes your post", "%s and %s like your post", "%s and %s others like your post"},
	notifications.PollEnded:         {"check", "A poll of %s that you took part in has ended", "", ""},
	notifications.PostEdited:        {"write", "%s edited a post that you boosted", "", ""},
	notifications.Quote:             {"boost", "%s quoted your post", "", ""},
	notifications.QuotedUpdate:      {"write", "%s edited a post that you quoted", "", ""},
	notifications.SignedUp:          {"person", "%s signed up", "", ""},
	notifications.Reported:          {"warn", "%s reported somebody", "", ""},
	notifications.Warned:            {"warn", "The moderators have sent you a warning", "", ""},
	notifications.Severed:           {"warn", "You have lost follows", "", ""},
	notifications.AddedToCollection: {"person", "%s added you to a collection", "", ""},
	notifications.CollectionUpdate:  {"person", "%s changed a collection that you are in", "", ""},
}

// ownPollEnded is said to who has made the poll.
const ownPollEnded = "Your poll has ended"

// notice is a group of notifications with what its component needs.
type notice struct {
	notifications.Group
	Icon, Text string
	Others     int // beside the first account
	People     []*profiles.Account
	Ago        string
	New        bool
	Card       *card               // nil: it is about no post
	Asks       bool                // a follow request that waits
	Warning    *moderation.Warning // nil: none
}

// noticesData is what the page shows.
type noticesData struct {
	Show    string
	Notices []notice
	Later   bool
	Older   string
}

func (c *call) notificationList() error {
	d := noticesData{Show: c.query("show")}
	filter, path := notifications.Filter{}, notificationsPath+"?"
	for _, tab := range notificationTabs {
		if tab.show == d.Show && tab.show != "" {
			filter.Types = tab.types
			path += "show=" + tab.show + "&"
		}
	}
	if filter.Types == nil {
		d.Show = ""
	}
	ctx, p := c.r.Context(), c.listPage()
	groups, err := c.Notifications.Groups(ctx, c.user.ID, filter, groupedTypes, p)
	if err != nil {
		return err
	}
	read, err := c.Notifications.Markers(ctx, c.user.ID, []string{"notifications"})
	if err != nil {
		return err
	}
	if d.Notices, err = c.notices(groups, read["notifications"].LastReadID); err != nil {
		return err
	}
	d.Later = p.Max != 0
	if len(groups) == p.Limit {
		d.Older = path + "max_id=" + groups[len(groups)-1].MinID.String()
	}
	f := c.private(c.words().Text("Notifications"))
	if len(groups) > 0 && !d.Later && groups[0].NewestID > read["notifications"].LastReadID {
		if _, err := c.Notifications.SetMarkers(ctx, c.user.ID, map[string]ids.ID{"notifications": groups[0].NewestID}); err != nil {
			return err
		}
		c.unreads.Invalidate(c.user.ID)
		f.Unread = 0
	}
	return c.show(http.StatusOK, noticesPage(f, d))
}

// notices gives groups the accounts and posts that they name. One whose account
// is gone is left out.
func (c *call) notices(groups []notifications.Group, read ids.ID) ([]notice, error) {
	var named []ids.ID
	for _, g := range groups {
		named = append(named, g.SampleIDs...)
	}
	people, err := c.Profiles.Accounts(c.r.Context(), named)
	if err != nil {
		return nil, err
	}
	warnings, err := c.Moderation.Warnings(c.r.Context(), subjects(groups, notifications.Warned))
	if err != nil {
		return nil, err
	}
	now, words := c.Now(), c.words()
	var list []notice
	for _, g := range groups {
		texts := notificationTexts[g.Type]
		n := notice{Group: g, Icon: texts.icon, Text: texts.one, Others: g.Count - 1, Ago: words.ago(now, g.LatestAt), New: g.NewestID > read, Warning: warnings[g.SubjectID]}
		for _, id := range g.SampleIDs {
			if a := people[id]; a != nil {
				n.People = append(n.People, a)
			}
		}
		if len(n.People) == 0 {
			continue
		}
		switch {
		case n.Others == 1 && texts.two != "" && len(n.People) == 2:
			n.Text = texts.two
		case n.Others > 0 && texts.several != "":
			n.Text = texts.several
		case n.Type == notifications.PollEnded && n.People[0].ID == c.user.ID:
			n.Text = ownPollEnded
		}
		if n.Type == notifications.PollEnded && n.People[0].ID == c.user.ID {
			n.Text = ownPollEnded
		}
		if g.View != nil {
			cards, err := c.cards([]*posts.View{g.View})
			if err != nil {
				return nil, err
			}
			if len(cards) > 0 && cards[0].hidden(posts.FilterNotifications) {
				continue
			}
			if cards = sift(cards, posts.FilterNotifications); len(cards) > 0 {
				n.Card = &cards[0]
			}
		}
		list = append(list, n)
	}
	return list, c.asks(list)
}

// subjects are what the notifications of one type are about.
func subjects(groups []notifications.Group, about notifications.Type) []ids.ID {
	var list []ids.ID
	for _, g := range groups {
		if g.Type == about {
			list = append(list, g.SubjectID)
		}
	}
	return list
}

// asks finds the follow requests that still wait.
func (c *call) asks(list []notice) error {
	var from []ids.ID
	for _, n := range list {
		if n.Type == notifications.FollowRequest {
			from = append(from, n.People[0].ID)
		}
	}
	if len(from) == 0 {
		return nil
	}
	relations, err := c.Profiles.Relationships(c.r.Context(), c.user.ID, from)
	if err != nil {
		return err
	}
	waits := map[ids.ID]bool{}
	for _, r := range relations {
		waits[r.ID] = r.RequestedBy
	}
	for i := range list {
		list[i].Asks = list[i].Type == notifications.FollowRequest && waits[list[i].People[0].ID]
	}
	return nil
}

// about leads to what a notification is about beside posts, empty: nowhere.
func (n notice) about() string {
	if n.Type == notifications.Reported {
		return reportsPath + "/" + n.SubjectID.String()
	}
	return ""
}

// whole tells whether a notification shows its post in full: what asks for an
// answer does.
func (n notice) whole() bool {
	switch n.Type {
	case notifications.Mention, notifications.NewPost, notifications.Quote, notifications.PollEnded:
		return true
	}
	return false
}
