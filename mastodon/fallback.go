package mastodon

import (
	"cmp"
	"slices"

	"github.com/guildhall/guildhall/notifications"
	"github.com/guildhall/guildhall/profiles"
)

// fallbackEntity is NotificationFallback of the API: what a client shows of a
// notification of a type that it does not know.
type fallbackEntity struct {
	Title   string  `json:"title"`
	Summary string  `json:"summary"`
	Details *string `json:"details"` // the summary says it all
}

// supported reads which types a client shows by itself; nil if it does not say.
func (c *Call) supported() []notifications.Type { return c.types("supported_types") }

// fallbackOf returns what stands for a notification from an account, nil if the
// client shows its type, does not say what it shows, or the type is as old as
// all clients.
func fallbackOf(n *notifications.Notification, from *profiles.Account, supported []notifications.Type) *fallbackEntity {
	late := n.Type == notifications.AddedToCollection || n.Type == notifications.CollectionUpdate
	if !late || from == nil || supported == nil || slices.Contains(supported, n.Type) {
		return nil
	}
	return &fallbackEntity{Title: n.Title(cmp.Or(from.DisplayName, from.Username)),
		Summary: "This app does not show collections. Look for an update, or use another app to see it."}
}
