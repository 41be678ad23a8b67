package web

import (
	"context"
	"net/http"
	"strconv"
	"strings"
	"time"

	"github.com/guildhall/guildhall/internal/errs"
	"github.com/guildhall/guildhall/internal/ids"
	"github.com/guildhall/guildhall/internal/page"
	"github.com/guildhall/guildhall/notifications"
	"github.com/guildhall/guildhall/posts"
)

const (
	// heartbeat is how often a quiet stream shows that it is alive, and looks
	// whether its session is.
	heartbeat = 15 * time.Second
	// sendTime is how long a browser may take to read an event.
	sendTime = 30 * time.Second
	// threadsMax is of how many threads one stream tells: those that windows of a
	// browser show.
	threadsMax = 20
	// newsMax is up to how many new posts are put on top of a page; with more
	// than these it is loaded anew.
	newsMax = 40
)

// events answers with server-sent events of what is new for the member: "post"
// with the id of a post in the home timeline, "answer" with the thread and the id
// of a post in one of the threads that are asked for (by their first post and the
// newest one that is known, "1-2"), "edit" and "delete" with the id of a post in either,
// "notifications" and "conversations" with how many are new. It ends with the
// session and when the server stops. A script that asks for a part only wants to
// know whether there is still a session.
func (c *call) events() error {
	if isPart(c.r) {
		c.w.WriteHeader(http.StatusNoContent)
		return nil
	}
	ctx := c.r.Context()
	feed, err := c.Notifications.Subscribe(ctx, notifications.Subscriber{UserID: c.user.ID})
	if err != nil {
		return err
	}
	defer feed.Close()
	channels := []notifications.Channel{{Name: notifications.ChannelUser}, {Name: notifications.ChannelDirect}}
	shown := map[ids.ID]ids.ID{} // threads, and the newest post of each
	for i, text := range c.r.URL.Query()["thread"] {
		text, newest, _ := strings.Cut(text, "-")
		thread, ok := ids.Parse(text)
		since, known := ids.Parse(newest)
		if !ok || !known || i == threadsMax {
			return errNoPage()
		}
		shown[thread] = since
		channels = append(channels, notifications.Channel{Name: notifications.ChannelThread, Thread: thread})
	}
	for _, channel := range channels {
		if err := feed.Add(channel); err != nil {
			return err
		}
	}
	missed, err := c.missed(shown)
	if err != nil {
		return err
	}
	connection := http.NewResponseController(c.w)
	// The connection may carry other requests after this one.
	defer func() { _ = connection.SetWriteDeadline(time.Time{}) }()
	h := c.w.Header()
	h.Set("Content-Type", "text/event-stream")
	h.Set("X-Accel-Buffering", "no") // nginx would keep the events back
	c.slot.Leave()                   // a stream stays for hours
	c.w.WriteHeader(http.StatusOK)
	send := func(text string) bool {
		// Who reads nothing any more must not hold the stream for ever.
		_ = connection.SetWriteDeadline(time.Now().Add(sendTime))
		if _, err := c.w.Write([]byte(text)); err != nil {
			return false
		}
		return connection.Flush() == nil
	}
	// A browser that comes back may have missed some.
	if !send("retry: 2000\n" + c.notificationsEvent() + c.talksEvent() + missed) {
		return nil
	}
	tick := time.NewTicker(heartbeat)
	defer tick.Stop()
	var last *notifications.Message
	for {
		text := ":\n\n"
		select {
		case <-ctx.Done():
			return nil
		case <-tick.C:
		case d, open := <-feed.Messages():
			if !open {
				return nil
			}
			again := d.Message == last // by another channel
			if last = d.Message; d.Streams[0] == notifications.ChannelThread {
				text = c.threadEvent(d.Message, again)
			} else {
				text = c.event(d.Message)
			}
			if text == "" {
				continue
			}
		}
		if !c.stillSignedIn(ctx) || !send(text) {
			return nil
		}
	}
}

// event is a message as the page is told of it, empty if it is not.
func (c *call) event(m *notifications.Message) string {
	switch m.Event {
	case notifications.EventUpdate:
		if c.hides(m.View, posts.FilterHome) {
			return ""
		}
		return "event: post\ndata: " + m.PostID.String() + "\n\n"
	case notifications.EventEdit:
		return "event: edit\ndata: " + m.PostID.String() + "\n\n"
	case notifications.EventDelete:
		return "event: delete\ndata: " + m.PostID.String() + "\n\n"
	case notifications.EventNotification, notifications.EventMerged:
		return c.notificationsEvent()
	case notifications.EventConversation:
		return c.talksEvent()
	}
	return ""
}

// threadEvent is a message as a page that shows the thread is told of it, empty
// if it is not. Of edits and deletions it may have been told already.
func (c *call) threadEvent(m *notifications.Message, told bool) string {
	switch {
	case m.Event != notifications.EventUpdate && told:
		return ""
	case m.Event != notifications.EventUpdate:
		return c.event(m)
	case c.hides(m.View, posts.FilterThread):
		return ""
	}
	return answerEvent(m.View)
}

func answerEvent(v *posts.View) string {
	return "event: answer\ndata: " + v.ThreadID.String() + " " + v.ID.String() + "\n\n"
}

// missed tells of what has come into threads since the newest posts that the
// browser shows of them.
func (c *call) missed(shown map[ids.ID]ids.ID) (string, error) {
	text := ""
	for thread, newest := range shown {
		views, err := c.Posts.AnswersSince(c.r.Context(), c.user.ID, thread, newest)
		if err != nil {
			return "", err
		}
		for _, v := range views {
			if !c.hides(v, posts.FilterThread) {
				text += answerEvent(v)
			}
		}
	}
	return text, nil
}

func (c *call) talksEvent() string {
	return "event: conversations\ndata: " + strconv.Itoa(c.unreadTalks()) + "\n\n"
}

// hides tells whether one of the member's filters leaves a post out of their
// home timeline, or of threads. If that cannot be found out at the moment, none does.
func (c *call) hides(v *posts.View, where posts.FilterContexts) bool {
	filters, err := c.Posts.FilterSet(c.r.Context(), c.user.ID)
	if err != nil || v == nil {
		return false
	}
	return card{matches: filters.Match(v, c.Now())}.hidden(where)
}

func (c *call) notificationsEvent() string {
	return "event: notifications\ndata: " + strconv.Itoa(c.unreadNotifications()) + "\n\n"
}

// stillSignedIn tells whether the session goes on. If that cannot be found out
// at the moment, it does.
func (c *call) stillSignedIn(ctx context.Context) bool {
	_, _, err := c.Identity.Session(ctx, c.session)
	return !errs.Is(err, errs.Unauthenticated)
}

// news answers with what has come into the home timeline since a post.
func (c *call) news() error {
	since, ok := ids.Parse(c.query("since_id"))
	if !ok && c.query("since_id") != "0" { // a page without posts
		return errNoPage()
	}
	views, err := c.Posts.Home(c.r.Context(), c.viewer(), page.Page{Since: since, Limit: newsMax})
	if err != nil {
		return err
	}
	if len(views) == newsMax { // there may be a gap below them
		c.w.Header().Set("HX-Refresh", "true")
	}
	cards, err := c.cards(views)
	if err != nil {
		return err
	}
	return c.show(http.StatusOK, newPosts(sift(cards, posts.FilterHome)))
}
