package notifications

import (
	"sync"
	"unicode/utf8"

	"github.com/guildhall/guildhall/instance"
	"github.com/guildhall/guildhall/internal/errs"
	"github.com/guildhall/guildhall/internal/ids"
	"github.com/guildhall/guildhall/internal/text"
	"github.com/guildhall/guildhall/posts"
)

// Subscriber is who opens a stream.
type Subscriber struct {
	UserID  ids.ID // 0: nobody, who only gets what everybody may see
	TokenID ids.ID
}

// Channel is a stream by its name in the API; Tag is for the hashtag ones, List
// for a list's, Thread for a conversation's, which the API does not have.
type Channel struct {
	Name, Tag string
	List      ids.ID
	Thread    ids.ID // its first post
}

// The names of the channels.
const (
	ChannelUser          = "user"
	ChannelNotifications = "user:notification"
	ChannelDirect        = "direct"
	ChannelPublic        = "public"
	ChannelLocal         = "public:local"
	ChannelRemote        = "public:remote"
	ChannelMedia         = "public:media"
	ChannelLocalMedia    = "public:local:media"
	ChannelRemoteMedia   = "public:remote:media"
	ChannelList          = "list"
	ChannelTag           = "hashtag"
	ChannelTagLocal      = "hashtag:local"
	ChannelThread        = "thread"
)

// The names of the events.
const (
	EventUpdate       = "update"
	EventDelete       = "delete"
	EventEdit         = "status.update"
	EventNotification = "notification"
	EventConversation = "conversation"
	EventMerged       = "notifications_merged" // what was put aside is among the others now
	EventFilters      = "filters_changed"

	EventAnnouncement     = "announcement"
	EventReaction         = "announcement.reaction"
	EventAnnouncementGone = "announcement.delete"
)

// Message is what one or many sockets are sent. It is shared and must not be
// changed.
type Message struct {
	Event        string
	PostID       ids.ID            // delete: the post that is gone
	View         *posts.View       // update, status.update and conversation: the post, without anybody's own state
	Notification *Notification     // notification: with the post as its reader sees it
	Announcement ids.ID            // announcement and announcement.delete
	Reaction     *instance.Reacted // announcement.reaction
	once         sync.Once
	encoded      []byte
}

// Encode returns the message's bytes: f makes them for the first who asks, all
// others get the same.
func (m *Message) Encode(f func() []byte) []byte {
	m.once.Do(func() { m.encoded = f() })
	return m.encoded
}

// Delivery is a message and the stream that it came by, as the API spells it:
// ["user"], ["hashtag", "go"], ["list", "12"]. Streams is shared and must not be changed.
type Delivery struct {
	Streams []string
	*Message
}

// Ended says why a feed gives no more messages.
type Ended string

// The reasons.
const (
	EndedClosed   Ended = "closed by its reader"
	EndedSlow     Ended = "the reader is too slow"
	EndedRevoked  Ended = "the access was revoked"
	EndedShutdown Ended = "the server shuts down"
)

// Error implements error.
func (e Ended) Error() string { return string(e) }

// channelsMax bounds the channels of one feed.
const channelsMax = 100

// tagMax bounds a tag, in bytes.
const tagMax = 400

// Feed is one socket's subscriptions. Its methods may be called concurrently.
type Feed struct {
	hub      *hub
	who      Subscriber
	queue    chan Delivery
	keep     func(Channel) (release func(), err error) // keeps the timeline of a channel in memory
	channels map[Channel]subscription                  // guarded by hub.mu
	ended    Ended                                     // empty: open; guarded by hub.mu
}

// subscription is a feed's place on a channel.
type subscription struct {
	streams []string // the stream as the API spells it
	release func()   // ends what is kept for it
}

// Messages gives what the channels carry. It is closed when the feed ends.
func (f *Feed) Messages() <-chan Delivery { return f.queue }

// Err returns an Ended when the feed has ended, else nil.
func (f *Feed) Err() error {
	f.hub.mu.RLock()
	defer f.hub.mu.RUnlock()
	if f.ended == "" {
		return nil
	}
	return f.ended
}

// Close ends the feed. It may be called more than once.
func (f *Feed) Close() { f.hub.end(EndedClosed, f) }

// Add subscribes to a channel; twice is as good as once. What happens from its
// return on is not missed. Returns Malformed for
// a channel that does not exist or lacks its tag or list, Unauthenticated for a
// person's channel without a person, NotFound for a list that is not theirs,
// TooMany for too many channels on one feed, and an Ended if the feed has ended.
func (f *Feed) Add(c Channel) error {
	c, streams, err := c.known()
	if err != nil {
		return err
	}
	if f.who.UserID == 0 && c.personal() {
		return errs.New(errs.Unauthenticated, "This channel needs a user")
	}
	release, err := f.keep(c)
	if err != nil {
		return err
	}
	added, err := f.hub.add(f, c, streams, release)
	if !added {
		release()
	}
	return err
}

// Remove ends the subscription to a channel; there need not be one. Returns
// Malformed for a channel that does not exist or lacks its tag.
func (f *Feed) Remove(c Channel) error {
	c, _, err := c.known()
	if err == nil {
		f.hub.remove(f, c)
	}
	return err
}

func (c Channel) personal() bool {
	return c.Name == ChannelUser || c.Name == ChannelNotifications || c.Name == ChannelDirect || c.Name == ChannelList
}

// known returns the channel as it is kept and how its stream is spelled.
func (c Channel) known() (Channel, []string, error) {
	switch c.Name {
	case ChannelUser, ChannelNotifications, ChannelDirect, ChannelPublic, ChannelLocal, ChannelRemote,
		ChannelMedia, ChannelLocalMedia, ChannelRemoteMedia:
		return Channel{Name: c.Name}, []string{c.Name}, nil
	case ChannelTag, ChannelTagLocal:
		if c.Tag == "" || len(c.Tag) > tagMax || !utf8.ValidString(c.Tag) {
			return c, nil, errs.New(errs.Malformed, "Missing tag name parameter")
		}
		c.Tag = text.NormalizeTag(c.Tag)
		return Channel{Name: c.Name, Tag: c.Tag}, []string{c.Name, c.Tag}, nil
	case ChannelList:
		if c.List == 0 {
			return c, nil, errs.New(errs.Malformed, "Missing list name parameter")
		}
		return Channel{Name: c.Name, List: c.List}, []string{c.Name, c.List.String()}, nil
	case ChannelThread:
		if c.Thread == 0 {
			break
		}
		return Channel{Name: c.Name, Thread: c.Thread}, []string{c.Name, c.Thread.String()}, nil
	}
	return c, nil, errs.New(errs.Malformed, "Unknown stream type requested")
}
