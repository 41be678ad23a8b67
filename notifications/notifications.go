// Package notifications is what people are told: notifications, where they have
// read up to, and live streams. It hears what the other rooms tell (consume.go)
// and never tells them anything. How a message looks on the wire belongs to
// the edges.
package notifications

import (
	"time"

	"github.com/guildhall/guildhall/internal/ids"
)

// Type is what a notification is about, by its name in the API.
type Type string

// The types.
const (
	Mention       Type = "mention"
	NewPost       Type = "status"
	Boost         Type = "reblog"
	Follow        Type = "follow"
	FollowRequest Type = "follow_request"
	Favourite     Type = "favourite"
	PollEnded     Type = "poll"
	PostEdited    Type = "update"
)

// Notification tells an account that another one did something.
type Notification struct {
	ID        ids.ID
	AccountID ids.ID // who is told
	FromID    ids.ID // who did it
	Type      Type
	PostID    ids.ID // 0: none
	GroupKey  string // equal for those that are shown as one
	CreatedAt time.Time
}

// Group is notifications that are shown as one.
type Group struct {
	Key       string
	Type      Type
	PostID    ids.ID
	Count     int
	NewestID  ids.ID
	MaxID     ids.ID // newest and oldest id of the group on this page
	MinID     ids.ID
	LatestAt  time.Time
	SampleIDs []ids.ID // accounts, newest first, eight at most
}

// Filter says which notifications are wanted.
type Filter struct {
	Types   []Type // empty: all
	Exclude []Type
	FromID  ids.ID // 0: from anybody
}

// Marker is where an account has read up to in a timeline.
type Marker struct {
	Timeline   string // "home" or "notifications"
	LastReadID ids.ID
	Version    int
	UpdatedAt  time.Time
}
