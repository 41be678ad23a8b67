// Package profiles says who people are and how they stand to each other:
// accounts with their fields and pictures, follows and follow requests, blocks,
// mutes and private notes. What people write is the room posts; how they sign
// in is the room identity.
package profiles

import (
	"time"

	"github.com/guildhall/guildhall/internal/ids"
)

// Account is a person or a program that others can follow. The value that the
// service hands out is shared and must not be changed; a changed account is
// another pointer.
type Account struct {
	ID          ids.ID
	Username    string
	Domain      string // empty for local accounts
	DisplayName string
	Note        string // as typed
	NoteHTML    string
	Fields      []Field
	Avatar      string // blob key, empty: the default picture
	Header      string // blob key, empty: the default picture
	AvatarAlt   string
	HeaderAlt   string
	Locked      bool // follows need consent
	Bot         bool
	Discoverable,
	Indexable,
	HideCollections bool // do not show whom I follow and who follows me
	ShowMedia, ShowMediaReplies, ShowFeatured bool     // tabs that the profile has
	ShowApplication                           bool     // posts say which app they were written with
	Privacy                                   string   // default visibility of posts: public, unlisted, private
	Sensitive                                 bool     // mark my media as sensitive by default
	Language                                  string   // default language of posts, BCP 47
	QuotePolicy                               string   // who may quote posts by default: public, followers, nobody
	Attributions                              []string // domains of websites that may name the account as an author
	CreatedAt                                 time.Time
	Followers                                 int // kept count, owned by this room
	Following                                 int // kept count, owned by this room
	Requests                                  int // follow requests that wait for an answer
	State                                     State
	// Graph changes whenever this account's follows, blocks or mutes do, from
	// either side. What was derived from them at another value is stale.
	Graph int64
}

// Acct returns username or username@domain.
func (a *Account) Acct() string {
	if a.Domain == "" {
		return a.Username
	}
	return a.Username + "@" + a.Domain
}

// Field is a line of the profile's table.
type Field struct {
	Name       string
	Value      string // as typed
	ValueHTML  string
	VerifiedAt time.Time // zero: not verified
}

// Update is a change of one's own profile; nil leaves a thing as it is.
type Update struct {
	DisplayName, Note          *string
	Fields                     *[]Field
	Avatar, Header             []byte // an image as uploaded; nil leaves it
	RemoveAvatar, RemoveHeader bool
	AvatarAlt, HeaderAlt       *string
	Locked, Bot, Discoverable  *bool
	Indexable, HideCollections *bool
	Privacy, Language          *string
	QuotePolicy                *string
	Sensitive                  *bool
	ShowMedia, ShowFeatured    *bool
	ShowMediaReplies           *bool
	ShowApplication            *bool
	AttributionDomains         *[]string
}

// Graph is how one account stands to all others. It is shared and must not be
// changed.
type Graph struct {
	Version   int64 // Account.Graph of the moment
	Following map[ids.ID]Follow
	Blocking  map[ids.ID]bool
	BlockedBy map[ids.ID]bool
	Muting    map[ids.ID]Mute
}

// Follow is how one account follows another.
type Follow struct {
	Boosts    bool     // also show what they boost
	Notify    bool     // tell me when they post
	Languages []string // only posts in these; empty: all
}

// Mute is how one account mutes another.
type Mute struct {
	Notifications bool      // also no notifications from them
	Until         time.Time // zero: for good
}

// holds tells whether the mute has not run out.
func (m Mute) holds(now time.Time) bool { return m.Until.IsZero() || now.Before(m.Until) }

// Mutes tells whether the viewer does not want to see an account's posts now.
func (g *Graph) Mutes(id ids.ID, now time.Time) bool {
	m, ok := g.Muting[id]
	return ok && m.holds(now)
}

// Hides tells whether the viewer does not see an account's posts in lists:
// blocked from either side, or muted.
func (g *Graph) Hides(id ids.ID, now time.Time) bool {
	return g.Blocking[id] || g.BlockedBy[id] || g.Mutes(id, now)
}

// Relationship is how a viewer and another account stand to each other.
type Relationship struct {
	ID                  ids.ID
	Following           bool
	Boosts, Notify      bool
	Languages           []string
	FollowedBy          bool
	Blocking, BlockedBy bool
	Muting              bool
	MutingNotifications bool
	MuteUntil           time.Time
	Requested           bool // my request waits for their answer
	RequestedBy         bool // theirs waits for mine
	Endorsed            bool // I recommend them on my profile
	Note                string
}
