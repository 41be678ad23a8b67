package posts

import "github.com/guildhall/guildhall/internal/ids"

// What this room tells the others. The subjects are posts.<kind>.

// Created says that a post or a boost exists.
type Created struct {
	ID                 ids.ID     `json:"id"`
	AccountID          ids.ID     `json:"account_id"`
	InReplyToID        ids.ID     `json:"in_reply_to_id,omitempty"`
	InReplyToAccountID ids.ID     `json:"in_reply_to_account_id,omitempty"`
	ThreadID           ids.ID     `json:"thread_id,omitempty"`
	BoostOfID          ids.ID     `json:"boost_of_id,omitempty"`
	BoostOfAccountID   ids.ID     `json:"boost_of_account_id,omitempty"`
	QuoteOfID          ids.ID     `json:"quote_of_id,omitempty"`
	QuoteOfAccountID   ids.ID     `json:"quote_of_account_id,omitempty"`
	Visibility         Visibility `json:"visibility"`
	Mentions           []ids.ID   `json:"mentions,omitempty"`
	Tags               []string   `json:"tags,omitempty"`
	Language           string     `json:"language,omitempty"`
	LinkID             ids.ID     `json:"link_id,omitempty"`
}

// Edited says that a post has another content. Added are accounts that are
// mentioned now and were not before. Unvoted says that its poll is gone or
// another one, on which nobody has voted.
type Edited struct {
	ID         ids.ID     `json:"id"`
	AccountID  ids.ID     `json:"account_id"`
	Visibility Visibility `json:"visibility"`
	Tags       []string   `json:"tags,omitempty"`
	Added      []ids.ID   `json:"added,omitempty"`
	Unvoted    bool       `json:"unvoted,omitempty"`
	LinkID     ids.ID     `json:"link_id,omitempty"`
}

// Deleted says that a post or a boost is gone. ParentID is the post that it
// answered or boosted, whose counters have changed. HasMedia says that it has
// images, or had some before it was edited.
type Deleted struct {
	ID         ids.ID     `json:"id"`
	AccountID  ids.ID     `json:"account_id"`
	ParentID   ids.ID     `json:"parent_id,omitempty"`
	ThreadID   ids.ID     `json:"thread_id,omitempty"`
	BoostOfID  ids.ID     `json:"boost_of_id,omitempty"`
	QuoteOfID  ids.ID     `json:"quote_of_id,omitempty"`
	Visibility Visibility `json:"visibility"`
	Mentions   []ids.ID   `json:"mentions,omitempty"`
	Tags       []string   `json:"tags,omitempty"`
	HasMedia   bool       `json:"has_media,omitempty"`
}

// Refreshed says that a post looks otherwise though nobody has edited it: who
// may quote it, whether it still shows what it quotes, the card of its link.
// Without ID only the card of a link is another one.
type Refreshed struct {
	ID         ids.ID     `json:"id"`
	AccountID  ids.ID     `json:"account_id"`
	QuoteOfID  ids.ID     `json:"quote_of_id,omitempty"` // a post whose counters have changed too
	LinkID     ids.ID     `json:"link_id,omitempty"`     // the link that has another card
	Visibility Visibility `json:"visibility"`
	Tags       []string   `json:"tags,omitempty"`
}

// Favourited says that an account likes a post.
type Favourited struct {
	PostID    ids.ID `json:"post_id"`
	AccountID ids.ID `json:"account_id"`
	AuthorID  ids.ID `json:"author_id"`
}

// Unfavourited takes Favourited back.
type Unfavourited struct {
	PostID    ids.ID `json:"post_id"`
	AccountID ids.ID `json:"account_id"`
	AuthorID  ids.ID `json:"author_id"`
}

// Marked says that a viewer has bookmarked, pinned, muted or voted, or taken
// it back: what nodes have cached of this viewer and post is stale.
type Marked struct {
	PostID    ids.ID `json:"post_id"`
	AccountID ids.ID `json:"account_id"`
	Voted     bool   `json:"voted,omitempty"` // the poll's counts have changed too
}

// PollEnded says that a poll takes no more votes.
type PollEnded struct {
	PostID   ids.ID `json:"post_id"`
	PollID   ids.ID `json:"poll_id"`
	AuthorID ids.ID `json:"author_id"`
}

// TagFollowed says that an account follows a hashtag from now on, or does so no
// longer.
type TagFollowed struct {
	AccountID ids.ID `json:"account_id"`
	TagID     ids.ID `json:"tag_id"`
	Ended     bool   `json:"ended,omitempty"`
}

// Kind implements bus.Payload.
func (TagFollowed) Kind() string { return "tag_followed" }

// FiltersChanged says that an account's filters are others now.
type FiltersChanged struct {
	AccountID ids.ID `json:"account_id"`
}

// ConversationChanged says that an account has read a conversation, wants to
// read it again, or that its newest post is gone. LastID is the newest one now.
type ConversationChanged struct {
	ID        ids.ID `json:"id"`
	AccountID ids.ID `json:"account_id"`
	LastID    ids.ID `json:"last_id"`
	Unread    bool   `json:"unread,omitempty"`
}

// Kind implements bus.Payload.
func (ConversationChanged) Kind() string { return "conversation_changed" }

// ListChanged says that an account's list, or who is in it, has changed, or
// that the list is gone.
type ListChanged struct {
	ListID    ids.ID `json:"list_id"`
	AccountID ids.ID `json:"account_id"` // whose list
}

// Kind implements bus.Payload.
func (ListChanged) Kind() string { return "list_changed" }

// TrendReviewed says that moderators have decided whether something may trend,
// or (Rules) whether a hashtag may be used and found.
type TrendReviewed struct {
	Type    TrendKind `json:"type"`
	ID      ids.ID    `json:"id"`
	Allowed bool      `json:"allowed,omitempty"`
	Rules   bool      `json:"rules,omitempty"`
}

// Kind implements bus.Payload.
func (TrendReviewed) Kind() string { return "trend_reviewed" }

// Kind implements bus.Payload.
func (Created) Kind() string { return "created" }

// Kind implements bus.Payload.
func (Edited) Kind() string { return "edited" }

// Kind implements bus.Payload.
func (Deleted) Kind() string { return "deleted" }

// Kind implements bus.Payload.
func (Refreshed) Kind() string { return "refreshed" }

// Kind implements bus.Payload.
func (Favourited) Kind() string { return "favourited" }

// Kind implements bus.Payload.
func (Unfavourited) Kind() string { return "unfavourited" }

// Kind implements bus.Payload.
func (Marked) Kind() string { return "marked" }

// Kind implements bus.Payload.
func (PollEnded) Kind() string { return "poll_ended" }

// Kind implements bus.Payload.
func (FiltersChanged) Kind() string { return "filters_changed" }
