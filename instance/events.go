package instance

import "github.com/guildhall/guildhall/internal/ids"

// What this room tells the others. The subjects are instance.<kind>. By is who
// did it: 0 for the command line and for what happens by schedule.

// EmojiChanged says that a custom emoji was added, changed or removed.
type EmojiChanged struct {
	By        ids.ID `json:"by"`
	Shortcode string `json:"shortcode"`
	Removed   bool   `json:"removed,omitempty"`
}

// HouseChanged says that rules, terms of service or a document were changed.
type HouseChanged struct {
	By   ids.ID `json:"by"`
	What string `json:"what"` // rules, terms_of_service, privacy_policy, extended_description
}

// Announced says that an announcement is to be seen from now on, or has changed.
type Announced struct {
	By ids.ID `json:"by"`
	ID ids.ID `json:"id"`
}

// Withdrawn says that an announcement is no longer to be seen.
type Withdrawn struct {
	By ids.ID `json:"by"`
	ID ids.ID `json:"id"`
}

// Reacted says how often a reaction stands under an announcement now.
type Reacted struct {
	By    ids.ID `json:"by"`
	ID    ids.ID `json:"id"` // of the announcement
	Name  string `json:"name"`
	Count int    `json:"count"` // 0: nobody reacts so any more
}

// Kind implements bus.Payload.
func (EmojiChanged) Kind() string { return "emoji_changed" }

// Kind implements bus.Payload.
func (HouseChanged) Kind() string { return "house_changed" }

// Kind implements bus.Payload.
func (Announced) Kind() string { return "announced" }

// Kind implements bus.Payload.
func (Withdrawn) Kind() string { return "withdrawn" }

// Kind implements bus.Payload.
func (Reacted) Kind() string { return "reacted" }
