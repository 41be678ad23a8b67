// Package posts is what people say: posts and their media, polls, tags, boosts,
// favourites and bookmarks, and the timelines that show them. Whom a post may
// be shown to is decided here, in visible.go and nowhere else. Telling people
// about posts is the room notifications; their JSON belongs to the edges.
package posts

import (
	"time"

	"github.com/guildhall/guildhall/internal/ids"
)

// Visibility is who may see a post.
type Visibility uint8

// The visibilities, from wide to narrow.
const (
	Public    Visibility = iota // everybody, and in public timelines
	Unlisted                    // everybody, not in public timelines
	Followers                   // followers and those mentioned
	Direct                      // those mentioned
)

// Post is what an author wrote, or a boost of a post. The value that the
// service hands out is shared and must not be changed; an edited post is
// another pointer. Counters and what depends on the viewer are in View.
type Post struct {
	ID                 ids.ID
	AccountID          ids.ID
	URI                string // empty for local posts
	InReplyToID        ids.ID
	InReplyToAccountID ids.ID
	ThreadID           ids.ID // the first post of the conversation
	BoostOfID          ids.ID // a boost has no text of its own
	Visibility         Visibility
	Language           string // BCP 47, empty: unknown
	Spoiler            string // the content warning, plain text
	Sensitive          bool
	Text               string // as typed
	Content            string // HTML made from Text
	CreatedAt          time.Time
	EditedAt           time.Time // zero: never
	Media              []Media
	Mentions           []Mention
	Tags               []string // lower case, without #, in order of appearance
	PollID             ids.ID
	AppID              ids.ID
	QuoteOfID          ids.ID      // the post that this one shows; it may be gone
	QuoteState         QuoteState  // what that post's author says to it
	QuotePolicy        QuotePolicy // who may quote this post
	LinkID             ids.ID      // the first link, which may have a card
}

// Mention is an account that a post names.
type Mention struct {
	AccountID ids.ID
	Username  string
	Acct      string
}

// Media is an image of a post, or one that waits to be posted.
type Media struct {
	ID          ids.ID
	AccountID   ids.ID
	PostID      ids.ID // 0: not posted yet
	Description string // alternative text
	FocusX      float64
	FocusY      float64
	Blurhash    string
	Original    Rendition
	Small       Rendition
}

// Rendition is one size of an image.
type Rendition struct {
	Key    string // blob key
	Width  int
	Height int
}

// Stats are a post's counters.
type Stats struct {
	Replies, Boosts, Favourites, Quotes int
}

// Poll is a question with options, and how its votes stand.
type Poll struct {
	ID        ids.ID
	PostID    ids.ID
	Expires   time.Time // zero: never
	Multiple  bool
	HideVotes bool // show counts only after the end
	Options   []PollOption
	Voters    int
}

// Titles returns the options as they are written.
func (p *Poll) Titles() []string {
	titles := make([]string, len(p.Options))
	for i, o := range p.Options {
		titles[i] = o.Title
	}
	return titles
}

// PollOption is an answer and how many chose it.
type PollOption struct {
	Title string
	Votes int
}

// View is a post as one viewer sees it.
type View struct {
	*Post
	Stats  Stats
	Poll   *Poll       // nil: none
	Boost  *View       // the boosted post, nil unless this is a boost
	Quote  *Quote      // nil unless this quotes a post
	Card   *Card       // nil unless there is one for the first link
	Viewer ViewerState // zero for anonymous viewers
	// MayQuote says that the viewer may quote the post, or the boosted one.
	MayQuote bool
}

// ViewerState is what a viewer has done with a post.
type ViewerState struct {
	Favourited, Boosted, Bookmarked, Pinned, Muted bool
	Voted                                          bool
	Votes                                          []int // the viewer's choices, sorted
}

// Draft is what an author sends to be posted, or to replace a post's content.
type Draft struct {
	Text        string
	Spoiler     string
	Sensitive   *bool       // nil: the author's default, true with a content warning
	Visibility  *Visibility // nil: the author's default, narrowed to the answered post's
	Language    string
	InReplyToID ids.ID
	Media       []ids.ID
	Attributes  []MediaAttributes // edits only: changes of attached media
	Poll        *PollDraft
	AppID       ids.ID
	QuoteOfID   ids.ID       // of an edit it is passed over
	QuotePolicy *QuotePolicy // nil: the author's default, or as it was
	Mentionable *[]ids.ID    // whom alone the text may name, besides the author; nil: anybody
	Key         string       // Idempotency-Key, empty: none
	scheduled   ids.ID       // the scheduled post that this is
}

// MediaAttributes changes an image's description or focus; nil leaves it.
type MediaAttributes struct {
	ID             ids.ID
	Description    *string
	FocusX, FocusY *float64
}

// PollDraft is a poll to be posted.
type PollDraft struct {
	Options   []string
	ExpiresIn time.Duration
	Multiple  bool
	HideVotes bool
}

// Edit is one version of a post, for its history.
type Edit struct {
	Text, Content, Spoiler string
	Sensitive              bool
	CreatedAt              time.Time
	Media                  []Media
	Poll                   []string // option titles
}

// AuthorStats is what an account has written, for its profile.
type AuthorStats struct {
	Posts  int
	LastAt time.Time // zero: never
}

// Tag is a hashtag, how it was used lately, and what the viewer has to do with
// it.
type Tag struct {
	ID        ids.ID // 0: nobody has used it yet
	Name      string
	History   []TagDay // newest first, seven days
	Following bool     // its posts are in the viewer's home timeline
	Featuring bool     // it is on the viewer's profile
}

// TagDay is a tag's use on one day (UTC).
type TagDay struct {
	Day      time.Time
	Uses     int
	Accounts int
}
