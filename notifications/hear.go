package notifications

import (
	"bytes"
	"context"
	"encoding/json"
	"maps"
	"slices"
	"strings"

	"github.com/guildhall/guildhall/internal/bus"
	"github.com/guildhall/guildhall/internal/errs"
	"github.com/guildhall/guildhall/internal/ids"
	"github.com/guildhall/guildhall/posts"
	"github.com/guildhall/guildhall/profiles"
)

// Subscribe opens a feed, which carries nothing until channels are added. It
// ends with the reader's Close, when its reader is too slow, when the access is
// revoked or when the service stops. Returns TooMany if the account has too
// many feeds, and Unavailable when the service is stopping.
func (s *Service) Subscribe(ctx context.Context, who Subscriber) (*Feed, error) {
	keep := func(c Channel) (func(), error) {
		switch c.Name {
		case ChannelUser:
			return s.Posts.KeepFeed(context.WithoutCancel(ctx), who.UserID)
		case ChannelList:
			return s.Posts.KeepList(context.WithoutCancel(ctx), who.UserID, c.List)
		}
		return func() {}, nil
	}
	return s.hub.subscribe(who, keep)
}

// CloseUser ends all feeds of a user on this node, because they may not come
// in any more.
func (s *Service) CloseUser(user ids.ID) {
	s.hub.endWhere(EndedRevoked, func(f *Feed) bool { return f.who.UserID == user })
}

// CloseToken ends all feeds that were opened with an access token on this
// node, because it was revoked.
func (s *Service) CloseToken(token ids.ID) {
	s.hub.endWhere(EndedRevoked, func(f *Feed) bool { return f.who.TokenID == token })
}

// CloseFeeds ends all feeds and lets no more in: the first step of stopping.
func (s *Service) CloseFeeds() { s.hub.shut() }

// task is something that feeds may have to be sent.
type task struct {
	event        bus.Event
	notification *Notification // nil: see event
}

// hearEvent is called for each event of all rooms. It must not block: what
// concerns feeds is queued, and dropped when the queue is full, as streams
// promise nothing.
func (s *Service) hearEvent(e bus.Event) {
	if s.hub.open.Load() == 0 {
		return
	}
	switch e.Domain + "." + e.Kind {
	case "posts.created", "posts.edited", "posts.refreshed", "posts.deleted", "posts.filters_changed", "posts.conversation_changed",
		"instance.announced", "instance.reacted", "instance.withdrawn":
		if s.hub.heard.add(e.ID) {
			s.enqueue(task{event: e})
		}
	}
}

// hearNotification is called on every node when an account's notifications
// have changed.
func (s *Service) hearNotification(subject string, data []byte) {
	account, ok := ids.Parse(strings.TrimPrefix(subject, liveSubject))
	if !ok {
		s.Log.Warn("notification not understood", "subject", subject)
		return
	}
	s.recent.forget(account)
	if len(data) == 0 || !s.hub.isConnected(account) {
		return
	}
	if bytes.Equal(data, mergedMessage) {
		s.hub.toUsers(&Message{Event: EventMerged}, Channel{Name: ChannelUser}, []ids.ID{account})
		return
	}
	n := new(Notification)
	if err := json.Unmarshal(data, n); err != nil {
		s.Log.Warn("notification not understood", "subject", subject, "error", err)
		return
	}
	s.enqueue(task{notification: n})
}

// lost is called when events were missed: what is cached may be stale.
func (s *Service) lost() { s.recent.forgetAll() }

func (s *Service) enqueue(t task) {
	select {
	case s.hub.queue <- t:
	default:
		if s.hub.dropped.Add(1)%1000 == 1 {
			s.Log.Warn("live messages dropped", "dropped", s.hub.dropped.Load())
		}
	}
}

// runHub sends what was heard, in order, until ctx ends.
func (s *Service) runHub(ctx context.Context) {
	defer s.hub.shut()
	for {
		select {
		case <-ctx.Done():
			return
		case t := <-s.hub.queue:
			// Who only may not exist any more gets no message; that is no error.
			if err := s.send(ctx, t); err != nil && !errs.Is(err, errs.NotFound) && ctx.Err() == nil {
				s.Log.Warn("live message not sent", "kind", t.event.Kind, "error", err)
			}
		}
	}
}

func (s *Service) send(ctx context.Context, t task) error {
	if t.notification != nil {
		return s.sendNotification(ctx, *t.notification)
	}
	if t.event.Domain == "instance" {
		return s.sendAnnouncement(t.event)
	}
	switch t.event.Kind {
	case "created":
		return with(t.event, func(c posts.Created) error { return s.sendCreated(ctx, c) })
	case "edited":
		return with(t.event, func(c posts.Edited) error { return s.sendEdited(ctx, c) })
	case "conversation_changed":
		return with(t.event, func(c posts.ConversationChanged) error {
			s.hub.toUsers(&Message{Event: EventConversation, PostID: c.LastID}, Channel{Name: ChannelDirect}, []ids.ID{c.AccountID})
			return nil
		})
	case "refreshed":
		return with(t.event, func(r posts.Refreshed) error {
			return s.sendEdited(ctx, posts.Edited{ID: r.ID, AccountID: r.AccountID, Visibility: r.Visibility, Tags: r.Tags})
		})
	case "filters_changed":
		return with(t.event, func(f posts.FiltersChanged) error {
			s.hub.toUsers(&Message{Event: EventFilters}, Channel{Name: ChannelUser}, []ids.ID{f.AccountID})
			return nil
		})
	}
	return with(t.event, func(d posts.Deleted) error { return s.sendDeleted(ctx, d) })
}

func (s *Service) sendNotification(ctx context.Context, n Notification) error {
	shown, err := s.shown(ctx, n.AccountID, []Notification{n})
	if err != nil || len(shown) == 0 {
		return err
	}
	m := &Message{Event: EventNotification, PostID: n.PostID, Notification: &shown[0]}
	for _, name := range []string{ChannelUser, ChannelNotifications} {
		s.hub.toUsers(m, Channel{Name: name}, []ids.ID{n.AccountID})
	}
	return nil
}

func (s *Service) sendCreated(ctx context.Context, c posts.Created) error {
	to, err := s.audience(ctx, c)
	if err != nil {
		return err
	}
	var channels []Channel
	if c.Visibility == posts.Public && c.BoostOfID == 0 {
		answers := c.InReplyToID != 0 && c.InReplyToAccountID != c.AccountID
		channels = publicChannels(!answers, c.Tags)
	}
	listeners := s.hub.listeners(channels)
	partners, err := s.partners(ctx, c)
	if err != nil || to.empty() && len(listeners) == 0 && len(partners) == 0 {
		return err
	}
	view, err := s.plainView(ctx, c.AccountID, c.ID)
	if err != nil || view == nil {
		return err
	}
	s.hub.toUsers(&Message{Event: EventConversation, PostID: c.ID, View: view}, Channel{Name: ChannelDirect}, partners)
	return s.sendView(ctx, &Message{Event: EventUpdate, PostID: c.ID, View: view}, to, channels, listeners)
}

// partners returns those who take part in the conversation that a direct post
// belongs to and are connected.
func (s *Service) partners(ctx context.Context, c posts.Created) ([]ids.ID, error) {
	if c.Visibility != posts.Direct || c.BoostOfID != 0 {
		return nil, nil
	}
	connected := map[ids.ID]bool{}
	for _, id := range append([]ids.ID{c.AccountID}, c.Mentions...) {
		if s.hub.isConnected(id) {
			connected[id] = true
		}
	}
	if err := s.leaveHiding(ctx, connected, c.AccountID); err != nil {
		return nil, err
	}
	return slices.Collect(maps.Keys(connected)), nil
}

func (s *Service) sendEdited(ctx context.Context, c posts.Edited) error {
	view, err := s.plainView(ctx, c.AccountID, c.ID)
	if err != nil || view == nil {
		return err
	}
	to, err := s.audience(ctx, createdOf(view.Post))
	if err != nil {
		return err
	}
	if err := s.sendConversation(ctx, view); err != nil {
		return err
	}
	var channels []Channel
	if c.Visibility == posts.Public {
		answers := view.InReplyToID != 0 && view.InReplyToAccountID != view.AccountID
		channels = publicChannels(!answers, c.Tags)
	}
	return s.sendView(ctx, &Message{Event: EventEdit, PostID: c.ID, View: view}, to, channels, s.hub.listeners(channels))
}

// sendConversation tells those who take part in a conversation that its newest
// post reads otherwise.
func (s *Service) sendConversation(ctx context.Context, view *posts.View) error {
	people, err := s.partners(ctx, createdOf(view.Post))
	if err != nil {
		return err
	}
	var to []ids.ID
	for _, id := range people {
		c, err := s.Posts.ConversationOf(ctx, id, view.ID)
		if err != nil && !errs.Is(err, errs.NotFound) {
			return err
		}
		if err == nil && c.Last.ID == view.ID {
			to = append(to, id)
		}
	}
	s.hub.toUsers(&Message{Event: EventConversation, PostID: view.ID, View: view}, Channel{Name: ChannelDirect}, to)
	return nil
}

// sendView sends a post to those who have it in a timeline of theirs or read its
// thread, and to those listeners of the channels who do not hide its author.
func (s *Service) sendView(ctx context.Context, m *Message, to audience, channels []Channel, listeners map[ids.ID]bool) error {
	if err := s.leaveStrangers(ctx, &to, m.View); err != nil {
		return err
	}
	s.hub.toAudience(m, to)
	if len(m.View.Media) == 0 {
		channels = slices.DeleteFunc(channels, Channel.onlyMedia)
	}
	if err := s.leaveHiding(ctx, listeners, m.View.AccountID); err != nil {
		return err
	}
	s.hub.toChannels(m, channels, listeners)
	return nil
}

// sendDeleted tells those who may have been shown a post that it is gone. Only
// its id is told, and that not to those who could not see it.
func (s *Service) sendDeleted(ctx context.Context, d posts.Deleted) error {
	to, err := s.audience(ctx, posts.Created{ID: d.ID, AccountID: d.AccountID, ThreadID: d.ThreadID, BoostOfID: d.BoostOfID, Visibility: d.Visibility, Mentions: d.Mentions, Tags: d.Tags})
	if err != nil {
		return err
	}
	m := &Message{Event: EventDelete, PostID: d.ID}
	s.hub.toAudience(m, to)
	if d.Visibility != posts.Public || d.BoostOfID != 0 {
		return nil
	}
	channels := publicChannels(true, d.Tags)
	if !d.HasMedia {
		channels = slices.DeleteFunc(channels, Channel.onlyMedia)
	}
	listeners := s.hub.listeners(channels)
	if err := s.leaveHiding(ctx, listeners, d.AccountID); err != nil {
		return err
	}
	s.hub.toChannels(m, channels, listeners)
	return nil
}

// leaveHiding takes those out who hide an account's posts, and of a silenced
// account those who do not follow it.
func (s *Service) leaveHiding(ctx context.Context, listeners map[ids.ID]bool, author ids.ID) error {
	states, err := s.Profiles.States(ctx)
	if err != nil {
		return err
	}
	now, silenced := s.Now(), states.Is(author, profiles.Silenced)
	for id := range listeners {
		if id == author || id == 0 && !silenced {
			continue
		}
		graph, err := s.Profiles.Graph(ctx, id)
		if err != nil && !errs.Is(err, errs.NotFound) {
			return err
		}
		follows := false
		if err == nil {
			_, follows = graph.Following[author]
		}
		if err != nil || graph.Hides(author, now) || silenced && !follows {
			delete(listeners, id)
		}
	}
	return nil
}

// plainView loads a post without anybody's own state; nil if it is gone.
func (s *Service) plainView(ctx context.Context, author, id ids.ID) (*posts.View, error) {
	views, err := s.Posts.GetMany(ctx, author, []ids.ID{id})
	if err != nil || len(views) == 0 {
		return nil, err
	}
	v := *views[0]
	v.Viewer = posts.ViewerState{}
	if v.Boost != nil {
		boosted := *v.Boost
		boosted.Viewer = posts.ViewerState{}
		v.Boost = &boosted
	}
	return &v, nil
}

// publicChannels returns the channels that carry a public post: those of its
// tags and, if it belongs into public timelines, those.
func publicChannels(timelines bool, tags []string) []Channel {
	channels := make([]Channel, 0, 4+2*len(tags))
	if timelines {
		channels = append(channels, Channel{Name: ChannelPublic}, Channel{Name: ChannelLocal},
			Channel{Name: ChannelMedia}, Channel{Name: ChannelLocalMedia})
	}
	for _, tag := range tags {
		channels = append(channels, Channel{Name: ChannelTag, Tag: tag}, Channel{Name: ChannelTagLocal, Tag: tag})
	}
	return channels
}

func (c Channel) onlyMedia() bool { return strings.HasSuffix(c.Name, ":media") }
