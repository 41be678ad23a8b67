package instance

import (
	"context"
	"time"

	"github.com/guildhall/guildhall/internal/db"
	"github.com/guildhall/guildhall/internal/errs"
	"github.com/guildhall/guildhall/internal/ids"
	"github.com/guildhall/guildhall/internal/text"
)

// AnnouncementDraft is an announcement to be made, or a change of one; nil leaves
// a thing as it is, and a zero time takes it away.
type AnnouncementDraft struct {
	Text             *string
	StartsAt, EndsAt *time.Time
	AllDay           *bool
	ScheduledAt      *time.Time // publish it then
	Published        *bool      // publish it now, or take it back
}

// Announce makes an announcement. It is published at once unless the draft has
// it scheduled or unpublished. Returns Invalid with Fields for a text that is
// missing or too long and for times that do not go together.
func (s *Service) Announce(ctx context.Context, by ids.ID, d AnnouncementDraft) (*Announcement, error) {
	if d.Published == nil {
		at := d.ScheduledAt == nil || d.ScheduledAt.IsZero()
		d.Published = &at
	}
	a := &Announcement{}
	if err := s.setAnnouncement(a, d); err != nil {
		return nil, err
	}
	err := s.write(ctx, func(tx *db.Tx) error {
		a.ID = s.IDs.Global()
		if _, err := db.Exec(ctx, tx, `INSERT INTO instance_announcements (id, text, starts_at, ends_at, all_day, scheduled_at, published_at, updated_at)
 VALUES ($1, $2, $3, $4, $5, $6, $7, $8)`, a.ID, a.Text, millis(a.StartsAt), millis(a.EndsAt), a.AllDay, millis(a.ScheduledAt),
			millis(a.PublishedAt), millis(a.UpdatedAt)); err != nil {
			return err
		}
		if a.PublishedAt.IsZero() {
			return nil
		}
		return s.tell(ctx, tx, Announced{By: by, ID: a.ID})
	})
	if err != nil {
		return nil, err
	}
	return s.AnyAnnouncement(ctx, a.ID)
}

// ChangeAnnouncement changes, publishes or takes back an announcement. Returns
// NotFound if there is none, and Invalid as Announce.
func (s *Service) ChangeAnnouncement(ctx context.Context, by, id ids.ID, d AnnouncementDraft) (*Announcement, error) {
	a, err := s.AnyAnnouncement(ctx, id)
	if err != nil {
		return nil, err
	}
	was := !a.PublishedAt.IsZero()
	if err := s.setAnnouncement(a, d); err != nil {
		return nil, err
	}
	err = s.write(ctx, func(tx *db.Tx) error {
		n, err := db.Exec(ctx, tx, `UPDATE instance_announcements SET text = $2, starts_at = $3, ends_at = $4, all_day = $5, scheduled_at = $6,
 published_at = $7, updated_at = $8 WHERE id = $1`, id, a.Text, millis(a.StartsAt), millis(a.EndsAt), a.AllDay, millis(a.ScheduledAt),
			millis(a.PublishedAt), millis(a.UpdatedAt))
		if err != nil {
			return err
		}
		switch {
		case n == 0:
			return errs.NotFoundRecord()
		case !a.PublishedAt.IsZero():
			return s.tell(ctx, tx, Announced{By: by, ID: id})
		case was:
			return s.tell(ctx, tx, Withdrawn{By: by, ID: id})
		}
		return nil
	})
	if err != nil {
		return nil, err
	}
	return s.AnyAnnouncement(ctx, id)
}

// RemoveAnnouncement removes an announcement. Returns NotFound if there is none.
func (s *Service) RemoveAnnouncement(ctx context.Context, by, id ids.ID) error {
	return s.write(ctx, func(tx *db.Tx) error {
		n, err := db.Exec(ctx, tx, "DELETE FROM instance_announcements WHERE id = $1", id)
		if err != nil {
			return err
		}
		if n == 0 {
			return errs.NotFoundRecord()
		}
		return s.tell(ctx, tx, Withdrawn{By: by, ID: id})
	})
}

// setAnnouncement sets what the draft has of an announcement.
func (s *Service) setAnnouncement(a *Announcement, d AnnouncementDraft) error {
	p, now := problems{}, s.Now().UTC().Truncate(time.Millisecond)
	if d.Text != nil {
		a.Text = text.Clean(*d.Text)
	}
	p.length("text", a.Text, false, s.config.MaxAnnounce)
	for _, f := range []struct {
		to   *time.Time
		from *time.Time
	}{{&a.StartsAt, d.StartsAt}, {&a.EndsAt, d.EndsAt}, {&a.ScheduledAt, d.ScheduledAt}} {
		if f.from != nil {
			*f.to = *f.from
		}
	}
	if d.AllDay != nil {
		a.AllDay = *d.AllDay
	}
	if a.AllDay && a.StartsAt.IsZero() {
		p.add("starts_at", "ERR_BLANK", "can't be blank for what takes all day")
	}
	if !a.EndsAt.IsZero() && !a.EndsAt.After(a.StartsAt) {
		p.add("ends_at", "ERR_INVALID", "must be after the start")
	}
	if d.ScheduledAt != nil && !d.ScheduledAt.IsZero() && !d.ScheduledAt.After(now) {
		p.add("scheduled_at", "ERR_INVALID", "must be in the future")
	}
	if d.Published != nil {
		switch {
		case !*d.Published:
			a.PublishedAt = time.Time{}
		case a.PublishedAt.IsZero():
			a.PublishedAt, a.ScheduledAt = now, time.Time{}
		}
	}
	a.UpdatedAt = now
	return p.error()
}

// announceDue publishes what is scheduled and takes back what has run out.
func (s *Service) announceDue(ctx context.Context) error {
	now := s.Now().UnixMilli()
	due, err := db.Values[ids.ID](ctx, s.DB, "SELECT id FROM instance_announcements WHERE scheduled_at <> 0 AND scheduled_at <= $1 ORDER BY scheduled_at LIMIT 100", now)
	if err != nil {
		return err
	}
	over, err := db.Values[ids.ID](ctx, s.DB,
		"SELECT id FROM instance_announcements WHERE published_at <> 0 AND ends_at <> 0 AND ends_at <= $1 ORDER BY ends_at LIMIT 100", now)
	if err != nil {
		return err
	}
	for _, id := range due {
		if err := s.publishDue(ctx, id, now); err != nil {
			return err
		}
	}
	for _, id := range over {
		if err := s.endDue(ctx, id, now); err != nil {
			return err
		}
	}
	return nil
}

// publishDue publishes an announcement, unless another node was faster.
func (s *Service) publishDue(ctx context.Context, id ids.ID, now int64) error {
	return s.write(ctx, func(tx *db.Tx) error {
		n, err := db.Exec(ctx, tx, `UPDATE instance_announcements SET published_at = CASE WHEN published_at = 0 THEN $2 ELSE published_at END, scheduled_at = 0
 WHERE id = $1 AND scheduled_at <> 0 AND scheduled_at <= $2`, id, now)
		if err != nil || n == 0 {
			return err
		}
		return s.tell(ctx, tx, Announced{ID: id})
	})
}

// endDue takes an announcement back, unless another node was faster.
func (s *Service) endDue(ctx context.Context, id ids.ID, now int64) error {
	return s.write(ctx, func(tx *db.Tx) error {
		n, err := db.Exec(ctx, tx, "UPDATE instance_announcements SET published_at = 0 WHERE id = $1 AND published_at <> 0 AND ends_at <> 0 AND ends_at <= $2", id, now)
		if err != nil || n == 0 {
			return err
		}
		return s.tell(ctx, tx, Withdrawn{ID: id})
	})
}
