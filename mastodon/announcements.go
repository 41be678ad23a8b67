package mastodon

import (
	"context"
	"net/http"
	"time"

	"github.com/guildhall/guildhall/instance"
	"github.com/guildhall/guildhall/internal/errs"
	"github.com/guildhall/guildhall/internal/ids"
	"github.com/guildhall/guildhall/notifications"
)

// announcementEntity is Announcement of the API.
type announcementEntity struct {
	ID          ids.ID               `json:"id"`
	Content     string               `json:"content"`
	StartsAt    *string              `json:"starts_at"`
	EndsAt      *string              `json:"ends_at"`
	AllDay      bool                 `json:"all_day"`
	PublishedAt string               `json:"published_at"`
	UpdatedAt   string               `json:"updated_at"`
	Read        *bool                `json:"read,omitempty"` // nil: for nobody in particular
	Mentions    []mentionEntity      `json:"mentions"`
	Statuses    []announcementStatus `json:"statuses"` // none: an announcement links to no posts by their ids
	Tags        []tagLink            `json:"tags"`
	Emojis      []emojiEntity        `json:"emojis"`
	Reactions   []reactionEntity     `json:"reactions"`
}

type announcementStatus struct {
	ID  ids.ID `json:"id"`
	URL string `json:"url"`
}

// reactionEntity is Reaction of the API.
type reactionEntity struct {
	Name      string  `json:"name"`
	Count     int     `json:"count"`
	Me        *bool   `json:"me,omitempty"` // nil: for nobody in particular
	URL       *string `json:"url,omitempty"`
	StaticURL *string `json:"static_url,omitempty"`
}

func (s *server) announcementEntity(viewer ids.ID, a *instance.Announcement) announcementEntity {
	e := announcementEntity{
		ID: a.ID, Content: a.HTML, StartsAt: timestamp(a.StartsAt), EndsAt: timestamp(a.EndsAt), AllDay: a.AllDay,
		PublishedAt: a.PublishedAt.UTC().Format(timeFormat), UpdatedAt: a.UpdatedAt.UTC().Format(timeFormat),
		Mentions: make([]mentionEntity, len(a.Mentions)), Statuses: []announcementStatus{}, Tags: make([]tagLink, len(a.Tags)),
		Emojis: s.emojisIn(s.Instance.Emojis(), a.Text), Reactions: make([]reactionEntity, len(a.Reactions)),
	}
	if viewer != 0 {
		e.Read = &a.Read
	}
	for i, m := range a.Mentions {
		e.Mentions[i] = mentionEntity{m.AccountID, m.Username, s.config.BaseURL + "/@" + m.Acct, m.Acct}
	}
	for i, name := range a.Tags {
		e.Tags[i] = tagLink{name, s.tagURL(name)}
	}
	for i, r := range a.Reactions {
		e.Reactions[i] = s.reactionEntity(r.Name, r.Count)
		if viewer != 0 {
			e.Reactions[i].Me = &r.Me
		}
	}
	return e
}

func (s *server) reactionEntity(name string, count int) reactionEntity {
	e := reactionEntity{Name: name, Count: count}
	if custom := s.Instance.Emojis().ByCode[name]; custom != nil {
		address := s.mediaURL(custom.Image)
		e.URL, e.StaticURL = &address, &address
	}
	return e
}

func (s *server) announcements(c *Call) error {
	all, err := s.Instance.Announcements(c.R.Context(), c.Viewer())
	if err != nil {
		return err
	}
	list := make([]announcementEntity, len(all))
	for i, a := range all {
		list[i] = s.announcementEntity(c.Viewer(), a)
	}
	return c.JSON(http.StatusOK, list)
}

func (s *server) dismissAnnouncement(c *Call) error {
	id, err := c.PathID("id")
	if err != nil {
		return err
	}
	return c.done(s.Instance.Dismiss(c.R.Context(), c.Viewer(), id))
}

func (s *server) react(c *Call) error {
	id, err := c.PathID("id")
	if err != nil {
		return err
	}
	return c.done(s.Instance.React(c.R.Context(), c.Viewer(), id, c.Path("name")))
}

func (s *server) unreact(c *Call) error {
	id, err := c.PathID("id")
	if err != nil {
		return err
	}
	return c.done(s.Instance.Unreact(c.R.Context(), c.Viewer(), id, c.Path("name")))
}

// done answers with an empty object, unless something went wrong.
func (c *Call) done(err error) error {
	if err != nil {
		return err
	}
	return c.JSON(http.StatusOK, struct{}{})
}

// reactedEntity is what the event announcement.reaction says.
type reactedEntity struct {
	reactionEntity
	AnnouncementID ids.ID `json:"announcement_id"`
}

// announcementJSON returns what a stream says of an announcement, the same for
// everybody.
func (s *server) announcementJSON(ctx context.Context, m *notifications.Message) ([]byte, error) {
	switch m.Event {
	case notifications.EventAnnouncementGone:
		return []byte(m.Announcement.String()), nil
	case notifications.EventReaction:
		return encode(reactedEntity{s.reactionEntity(m.Reaction.Name, m.Reaction.Count), m.Reaction.ID})
	}
	var failed error
	body := m.Encode(func() []byte {
		a, err := s.Instance.Announcement(ctx, 0, m.Announcement)
		if err != nil {
			failed = err
			return nil
		}
		body, err := encode(s.announcementEntity(0, a))
		failed = err
		return body
	})
	if body == nil && failed == nil {
		failed = errs.NotFoundRecord() // for another reader it was
	}
	return body, failed
}

// managedAnnouncement is an announcement as those see it who make it.
type managedAnnouncement struct {
	ID          ids.ID  `json:"id"`
	Text        string  `json:"text"`
	Content     string  `json:"content"`
	StartsAt    *string `json:"starts_at"`
	EndsAt      *string `json:"ends_at"`
	AllDay      bool    `json:"all_day"`
	ScheduledAt *string `json:"scheduled_at"`
	PublishedAt *string `json:"published_at"` // null: nobody sees it
	UpdatedAt   string  `json:"updated_at"`
}

func managed(a *instance.Announcement) managedAnnouncement {
	return managedAnnouncement{ID: a.ID, Text: a.Text, Content: a.HTML, StartsAt: timestamp(a.StartsAt), EndsAt: timestamp(a.EndsAt), AllDay: a.AllDay,
		ScheduledAt: timestamp(a.ScheduledAt), PublishedAt: timestamp(a.PublishedAt), UpdatedAt: a.UpdatedAt.UTC().Format(timeFormat)}
}

// announcementParams are what an announcement is made of; an empty time takes
// one away.
type announcementParams struct {
	Text        *string `param:"text"`
	StartsAt    *string `param:"starts_at"`
	EndsAt      *string `param:"ends_at"`
	AllDay      *bool   `param:"all_day"`
	ScheduledAt *string `param:"scheduled_at"`
	Published   *bool   `param:"published"`
}

func (c *Call) announcementDraft() (instance.AnnouncementDraft, error) {
	var in announcementParams
	if err := c.Decode(&in); err != nil {
		return instance.AnnouncementDraft{}, err
	}
	d := instance.AnnouncementDraft{Text: in.Text, AllDay: in.AllDay, Published: in.Published}
	var err error
	if d.StartsAt, err = parseTime("starts_at", in.StartsAt); err != nil {
		return d, err
	}
	if d.EndsAt, err = parseTime("ends_at", in.EndsAt); err != nil {
		return d, err
	}
	d.ScheduledAt, err = parseTime("scheduled_at", in.ScheduledAt)
	return d, err
}

// parseTime reads a time with its zone, or a day; nil for none given, and the
// zero time for an empty one.
func parseTime(name string, given *string) (*time.Time, error) {
	if given == nil || *given == "" {
		if given == nil {
			return nil, nil
		}
		return &time.Time{}, nil
	}
	for _, layout := range [...]string{time.RFC3339, time.DateOnly} {
		if t, err := time.Parse(layout, *given); err == nil && t.Year() >= 2000 && t.Year() < 3000 {
			return &t, nil
		}
	}
	return nil, wrongType(name, "must be a time like 2026-01-31T12:00:00Z")
}

func (s *server) listAnnouncements(c *Call) error {
	p := c.Page(40, 80)
	all, err := s.Instance.AllAnnouncements(c.R.Context(), p)
	if err != nil {
		return err
	}
	list := make([]managedAnnouncement, len(all))
	for i, a := range all {
		list[i] = managed(a)
	}
	if len(all) > 0 {
		c.Link(all[0].ID, all[len(all)-1].ID)
	}
	return c.JSON(http.StatusOK, list)
}

func (s *server) announce(c *Call) error {
	d, err := c.announcementDraft()
	if err != nil {
		return err
	}
	a, err := s.Instance.Announce(c.R.Context(), c.Viewer(), d)
	if err != nil {
		return err
	}
	return c.JSON(http.StatusOK, managed(a))
}

func (s *server) changeAnnouncement(c *Call) error {
	id, err := c.PathID("id")
	if err != nil {
		return err
	}
	d, err := c.announcementDraft()
	if err != nil {
		return err
	}
	a, err := s.Instance.ChangeAnnouncement(c.R.Context(), c.Viewer(), id, d)
	if err != nil {
		return err
	}
	return c.JSON(http.StatusOK, managed(a))
}

func (s *server) removeAnnouncement(c *Call) error {
	id, err := c.PathID("id")
	if err != nil {
		return err
	}
	return c.done(s.Instance.RemoveAnnouncement(c.R.Context(), c.Viewer(), id))
}
