package notifications

import (
	"github.com/guildhall/guildhall/instance"
	"github.com/guildhall/guildhall/internal/bus"
)

// sendAnnouncement sends everybody who is connected what happens to an
// announcement.
func (s *Service) sendAnnouncement(e bus.Event) error {
	everybody := func(m *Message) error {
		s.hub.toEverybody(m, Channel{Name: ChannelUser})
		return nil
	}
	switch e.Kind {
	case "announced":
		return with(e, func(a instance.Announced) error {
			return everybody(&Message{Event: EventAnnouncement, Announcement: a.ID})
		})
	case "reacted":
		return with(e, func(r instance.Reacted) error { return everybody(&Message{Event: EventReaction, Reaction: &r}) })
	}
	return with(e, func(w instance.Withdrawn) error {
		return everybody(&Message{Event: EventAnnouncementGone, Announcement: w.ID})
	})
}
