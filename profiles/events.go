package profiles

import "github.com/guildhall/guildhall/internal/ids"

// What this room tells the others. The subjects are profiles.<kind>.

// Registered says that an account exists from now on.
type Registered struct {
	AccountID ids.ID `json:"account_id"`
	Username  string `json:"username"`
}

// Updated says that an account's profile has changed.
type Updated struct {
	AccountID ids.ID `json:"account_id"`
	// Reach says that it wants to be discovered, or no longer does.
	Reach bool `json:"reach,omitempty"`
}

// Followed says that From follows To from now on, at once or after consent.
type Followed struct {
	From ids.ID `json:"from"`
	To   ids.ID `json:"to"`
}

// Unfollowed says that From follows To no longer, whoever ended it.
type Unfollowed struct {
	From ids.ID `json:"from"`
	To   ids.ID `json:"to"`
}

// Requested says that From asks to follow To.
type Requested struct {
	From ids.ID `json:"from"`
	To   ids.ID `json:"to"`
}

// RequestEnded says that a request to follow was answered or withdrawn.
type RequestEnded struct {
	From     ids.ID `json:"from"`
	To       ids.ID `json:"to"`
	Accepted bool   `json:"accepted"`
}

// GraphChanged says that blocks, mutes or the options of a follow between two
// accounts have changed.
type GraphChanged struct {
	From ids.ID `json:"from"`
	To   ids.ID `json:"to"`
	// Blocked says that From blocks To from now on.
	Blocked bool `json:"blocked,omitempty"`
}

// StateChanged says that moderators have decided something else about an account.
type StateChanged struct {
	AccountID ids.ID `json:"account_id"`
}

// Erased says that an account is gone for good. The name makes other nodes
// forget whose it was.
type Erased struct {
	AccountID ids.ID `json:"account_id"`
	Username  string `json:"username"`
}

// Kind implements bus.Payload.
func (Erased) Kind() string { return "erased" }

// Kind implements bus.Payload.
func (StateChanged) Kind() string { return "state_changed" }

// SuggestionDismissed says that From does not want to be shown To as a
// suggestion.
type SuggestionDismissed struct {
	From ids.ID `json:"from"`
	To   ids.ID `json:"to"`
}

// Kind implements bus.Payload.
func (SuggestionDismissed) Kind() string { return "suggestion_dismissed" }

// Collected says that From has put To into a collection.
type Collected struct {
	From         ids.ID `json:"from"`
	To           ids.ID `json:"to"`
	CollectionID ids.ID `json:"collection_id"`
}

// CollectionChanged says that From has changed what a collection says of itself.
type CollectionChanged struct {
	From         ids.ID `json:"from"`
	CollectionID ids.ID `json:"collection_id"`
}

// Uncollected says that To is no longer in a collection of From's, whoever
// ended it.
type Uncollected struct {
	From         ids.ID `json:"from"`
	To           ids.ID `json:"to"`
	CollectionID ids.ID `json:"collection_id"`
}

// CollectionRemoved says that a collection of From's is gone.
type CollectionRemoved struct {
	From         ids.ID `json:"from"`
	CollectionID ids.ID `json:"collection_id"`
}

// Kind implements bus.Payload.
func (Collected) Kind() string { return "collected" }

// Kind implements bus.Payload.
func (Uncollected) Kind() string { return "uncollected" }

// Kind implements bus.Payload.
func (CollectionRemoved) Kind() string { return "collection_removed" }

// Kind implements bus.Payload.
func (CollectionChanged) Kind() string { return "collection_changed" }

// Kind implements bus.Payload.
func (Registered) Kind() string { return "registered" }

// Kind implements bus.Payload.
func (Updated) Kind() string { return "updated" }

// Kind implements bus.Payload.
func (Followed) Kind() string { return "followed" }

// Kind implements bus.Payload.
func (Unfollowed) Kind() string { return "unfollowed" }

// Kind implements bus.Payload.
func (Requested) Kind() string { return "requested" }

// Kind implements bus.Payload.
func (RequestEnded) Kind() string { return "request_ended" }

// Kind implements bus.Payload.
func (GraphChanged) Kind() string { return "graph_changed" }
