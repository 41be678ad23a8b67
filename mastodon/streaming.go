package mastodon

import (
	"context"
	"errors"
	"net/http"
	"strings"
	"time"

	"github.com/guildhall/guildhall/internal/errs"
	"github.com/guildhall/guildhall/internal/ids"
	"github.com/guildhall/guildhall/notifications"
	"github.com/guildhall/guildhall/posts"
)

// anybody is a viewer who has done nothing with any post: messages that many
// share are written for them.
const anybody = noSuchID

// channelScopes says what a token must allow for the channels that need a user.
var channelScopes = map[string]string{
	notifications.ChannelUser:          "read:statuses",
	notifications.ChannelNotifications: "read:notifications",
	notifications.ChannelDirect:        "read:statuses",
	notifications.ChannelList:          "read:lists",
}

// publicScope is what a token must allow, if there is one, for all others.
const publicScope = "read:statuses"

// subscribe opens a feed for the caller.
func (s *server) subscribe(c *Call) (*notifications.Feed, error) {
	who := notifications.Subscriber{UserID: c.Viewer()}
	if c.Caller != nil {
		who.TokenID = c.Caller.TokenID
	}
	feed, err := s.Notifications.Subscribe(c.R.Context(), who)
	if err != nil || c.Caller == nil {
		return feed, err
	}
	// From now on a revocation ends the feed; one that came just before did not.
	if err := s.authenticate(c); err != nil {
		feed.Close()
		return nil, err
	}
	return feed, nil
}

// addChannel subscribes a feed to a channel if the caller's token allows it.
func (c *Call) addChannel(f *notifications.Feed, channel notifications.Channel) error {
	scope, personal := channelScopes[channel.Name]
	if personal && c.Viewer() == 0 {
		return badToken()
	}
	if !personal {
		scope = publicScope
	}
	if c.Caller != nil && !c.Caller.Scopes.Allows(scope) {
		return errs.New(errs.Forbidden, "This action is outside the authorized scopes")
	}
	return f.Add(channel)
}

// payload returns what a message says: a status or a notification as JSON, or
// the id of a deleted status; nil if its event says all.
func (s *server) payload(ctx context.Context, viewer ids.ID, m *notifications.Message) ([]byte, error) {
	switch m.Event {
	case notifications.EventDelete:
		return []byte(m.PostID.String()), nil
	case notifications.EventMerged:
		return []byte("1"), nil
	case notifications.EventNotification:
		return s.notificationJSON(ctx, viewer, m.Notification)
	case notifications.EventConversation:
		return s.postConversation(ctx, viewer, m.PostID)
	case notifications.EventFilters:
		return nil, nil
	case notifications.EventAnnouncement, notifications.EventReaction, notifications.EventAnnouncementGone:
		return s.announcementJSON(ctx, m)
	}
	v := m.View
	if !shared(viewer, m) {
		var err error
		if v, err = s.Posts.Get(ctx, viewer, m.PostID); err != nil {
			return nil, err
		}
	}
	if viewer == 0 {
		viewer = anybody
	}
	return s.statusJSON(ctx, viewer, v)
}

// shared tells whether a reader gets the same status as others do, but for what
// their filters say: a new post, which nobody can have done anything with. What
// is edited or boosted the reader may have favourited, and must not see that
// undone; what is quoted, and whom an author lets quote, is not the same for all.
func shared(viewer ids.ID, m *notifications.Message) bool {
	content := m.View
	if content.Boost != nil {
		content = content.Boost
	}
	if content.Quote != nil || content.QuotePolicy == posts.QuotableByFollowers {
		return false
	}
	return viewer == 0 || m.Event == notifications.EventUpdate && m.View.Boost == nil && m.View.AccountID != viewer
}

// publicStreamParams say what of the public streams is wanted.
type publicStreamParams struct {
	OnlyMedia bool `param:"only_media"`
}

// tagStreamParams name the tag of a stream.
type tagStreamParams struct {
	Tag string `param:"tag"`
}

// listStreamParams name the list of a stream.
type listStreamParams struct {
	List string `param:"list"`
}

// heartbeat is how often a quiet stream shows that it is alive.
const heartbeat = 15 * time.Second

// events answers with server-sent events of one channel. The stream's name is
// the rest of the path: /api/v1/streaming/public/local is public:local.
func (s *server) events(c *Call) error {
	feed, err := s.subscribe(c)
	if err != nil {
		return err
	}
	defer feed.Close()
	_, name, _ := strings.Cut(c.R.URL.Path, "/streaming/")
	name = strings.ReplaceAll(name, "/", ":")
	if strings.HasPrefix(name, notifications.ChannelPublic) && c.Bool("only_media") {
		name += ":media"
	}
	params := streamParams{Stream: name}
	switch {
	case strings.HasPrefix(name, notifications.ChannelTag):
		params.Tag = c.Param("tag")
	case name == notifications.ChannelList:
		params.List = c.Param("list")
	}
	if err := c.addChannel(feed, params.channel()); err != nil {
		return err
	}
	out := c.openEvents()
	defer out.close()
	if !out.send([]byte(":)\n")) {
		return nil
	}
	tick := time.NewTicker(heartbeat)
	defer tick.Stop()
	for {
		var text []byte
		select {
		case <-c.R.Context().Done():
			return nil
		case <-tick.C:
			text = []byte(":thump\n")
		case d, open := <-feed.Messages():
			if !open {
				return nil
			}
			body, err := s.payload(c.R.Context(), c.Viewer(), d.Message)
			if err != nil {
				s.skipped(c, err)
				continue
			}
			if body == nil {
				body = []byte("undefined") // an event without data would not be told to the page
			}
			text = append(append(append([]byte("event: "), d.Event...), "\ndata: "...), body...)
			text = append(text, "\n\n"...)
		}
		if !out.send(text) {
			return nil
		}
	}
}

// eventStream is an answer of server-sent events.
type eventStream struct {
	c          *Call
	connection *http.ResponseController
}

// openEvents begins an answer of server-sent events.
func (c *Call) openEvents() eventStream {
	h := c.W.Header()
	h.Set("Content-Type", "text/event-stream")
	h.Set("X-Accel-Buffering", "no") // nginx would keep the events back
	c.status = http.StatusOK
	c.W.WriteHeader(http.StatusOK)
	return eventStream{c, http.NewResponseController(c.W)}
}

// send tells whether the client still reads.
func (e eventStream) send(text []byte) bool {
	// Who reads nothing any more must not hold the stream for ever.
	_ = e.connection.SetWriteDeadline(time.Now().Add(socketDead))
	if _, err := e.c.W.Write(text); err != nil {
		return false
	}
	return e.connection.Flush() == nil
}

// close lets the connection carry other requests after this one.
func (e eventStream) close() { _ = e.connection.SetWriteDeadline(time.Time{}) }

// skipped notes a message that could not be written. The post may have been
// deleted, or hidden from the reader, in between.
func (s *server) skipped(c *Call, err error) {
	if !errs.Is(err, errs.NotFound) && !errors.Is(err, context.Canceled) {
		s.Log.Error("message not streamed", "request", c.ID(), "error", err)
	}
}

func (s *server) streamingHealth(c *Call) error {
	return c.Write(http.StatusOK, "text/plain; charset=utf-8", []byte("OK"))
}
