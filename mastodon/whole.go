package mastodon

import "github.com/guildhall/guildhall/internal/ids"

// Entities that are written in parts (status.go, notifications.go) and never
// made as one value. They say what the parts are together; every recorded answer
// of the tests is held against them.

// statusAnswer is Status of the API.
type statusAnswer struct {
	statusParts
	Quote  *quoteEntity  `json:"quote"`
	Reblog *statusAnswer `json:"reblog"`
}

// quotedAnswer is Status of the API as a quote shows it.
type quotedAnswer struct {
	statusParts
	Quote  *shallowQuoteEntity `json:"quote"`
	Reblog *struct{}           `json:"reblog"` // nobody quotes a boost
}

// statusParts are what both have.
type statusParts struct {
	statusEntity
	Account         accountEntity      `json:"account"`
	RepliesCount    int                `json:"replies_count"`
	ReblogsCount    int                `json:"reblogs_count"`
	FavouritesCount int                `json:"favourites_count"`
	QuotesCount     int                `json:"quotes_count"`
	QuoteApproval   approvalEntity     `json:"quote_approval"`
	Tagged          []collectionEntity `json:"tagged_collections"`
	Poll            *pollEntity        `json:"poll"`
	viewerState
}

// approvalEntity is QuoteApproval of the API.
type approvalEntity struct {
	Automatic   []string `json:"automatic"`
	Manual      []string `json:"manual"`
	CurrentUser string   `json:"current_user" enum:"automatic,denied"`
}

// quoteEntity is Quote of the API.
type quoteEntity struct {
	State        string        `json:"state" enum:"accepted,revoked,deleted,unauthorized,blocked_account,muted_account"`
	QuotedStatus *quotedAnswer `json:"quoted_status"`
}

// shallowQuoteEntity is ShallowQuote of the API: a quote within a quoted status.
type shallowQuoteEntity struct {
	State          string  `json:"state" enum:"accepted,revoked,deleted,unauthorized,blocked_account,muted_account"`
	QuotedStatusID *ids.ID `json:"quoted_status_id"`
}

// viewerState is what the viewer has done with a status; anonymous callers get
// none of it.
type viewerState struct {
	Favourited *bool           `json:"favourited,omitempty"`
	Reblogged  *bool           `json:"reblogged,omitempty"`
	Bookmarked *bool           `json:"bookmarked,omitempty"`
	Muted      *bool           `json:"muted,omitempty"`
	Pinned     *bool           `json:"pinned,omitempty"` // only of one's own
	Filtered   *[]filterResult `json:"filtered,omitempty"`
}

// deletedEntity is a status as it was, with its text, so that the author can
// write it again.
type deletedEntity struct {
	statusAnswer
	Text string `json:"text"`
}

// notificationEntity is Notification of the API.
type notificationEntity struct {
	ID         string            `json:"id"`
	Type       string            `json:"type"`
	CreatedAt  string            `json:"created_at"`
	GroupKey   string            `json:"group_key"`
	Account    accountEntity     `json:"account"`
	Status     *statusAnswer     `json:"status,omitempty"`
	Report     *reportEntity     `json:"report,omitempty"`
	Warning    *warningEntity    `json:"moderation_warning,omitempty"`
	Collection *collectionEntity `json:"collection,omitempty"`
	Fallback   *fallbackEntity   `json:"fallback,omitempty"`
}

// contextAnswer is Context of the API.
type contextAnswer struct {
	Ancestors   []statusAnswer `json:"ancestors"`
	Descendants []statusAnswer `json:"descendants"`
}
